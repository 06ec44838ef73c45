//! What loading a definition says, in full: `definitions/*.dialect` beside what is said of them. Bless with `EDGE_BLESS=1`.

use edge_dialect::{Registry, check};
use edge_support::{Diagnostics, SourceMap};
use std::path::Path;
use std::sync::Arc;

/// Everything that a tool says when it loads a file.
fn findings(name: &str, text: &str) -> String {
    let builtin = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let sources = Arc::new(SourceMap::over(builtin.sources()[0].clone()));
    let diags = Diagnostics::new();
    if let Ok(registry) = builtin.with_dialect(&sources, name, text, &diags) {
        let own = |dialect: &str| dialect == "t";
        check::check_some(&registry, &own, &diags);
        edge_asm::examples::check(&registry, &own, &diags);
    }
    diags.render(&sources)
}

#[test]
fn broken_definitions_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "dialect"));
    paths.sort();
    assert!(!paths.is_empty());
    let mut wrong = vec![];
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let said = findings(&name, &std::fs::read_to_string(&path).unwrap());
        assert!(said.contains("error["), "nothing is said of {name}");
        let expected = path.with_extension("out");
        if std::env::var_os("EDGE_BLESS").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{name}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A definition that uses every part of the language: what its examples and rejects say holds.
#[test]
fn the_language_is_complete() {
    let said = findings("language.dialect", include_str!("language/language.dialect"));
    assert!(said.is_empty(), "{said}");
}
