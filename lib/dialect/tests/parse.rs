//! The definition files of the project are read without a diagnostic.

use edge_support::{Diagnostics, SourceMap};

#[test]
fn project_files() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialects");
    let mut paths: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "dialect")) {
        let (sources, diags) = (SourceMap::new(), Diagnostics::new());
        let file = sources.add(path.display().to_string(), std::fs::read_to_string(path).unwrap());
        let parsed = edge_dialect::parse::parse(&sources, file, &diags);
        assert!(parsed.is_ok(), "{}", diags.render(&sources));
    }
}

#[test]
fn builtin_loads() {
    let registry = edge_dialect::Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let ctx = registry.context();
    assert_eq!(ctx.registered_ops().count(), registry.ops().count());
}
