//! The pages in docs/dialects are those of the definitions. `EDGE_UPDATE_DOCS=1 cargo test -p edge-dialect --test pages` writes them.

use edge_dialect::{Registry, export};
use std::{collections::BTreeSet, env, fs, path::Path};

#[test]
fn pages_are_current() {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects");
    let update = env::var_os("EDGE_UPDATE_DOCS").is_some();
    let mut wanted = BTreeSet::new();
    for dialect in registry.dialects() {
        let (name, page) = (format!("{}.md", dialect.name), export::markdown(dialect));
        let path = folder.join(&name);
        if update {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &page).unwrap();
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == page, "docs/dialects/{name} is not what the definition says; see the head of this test");
        wanted.insert(name);
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(wanted.contains(&name), "docs/dialects/{name} belongs to no dialect");
    }
}
