//! The load-time checks: silent on the project's dialects, and each finds what it is for.

use edge_dialect::{Registry, check};
use edge_support::{Diagnostics, SourceMap};
use std::sync::Arc;

#[test]
fn project_dialects_pass() {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let diags = Diagnostics::new();
    check::check(&registry, &diags);
    let sources = registry.sources().first().cloned().unwrap_or_default();
    assert_eq!(diags.errors(), 0, "{}", diags.render(&sources));
}

/// The messages of loading and checking one definition.
fn messages(text: &str) -> Vec<String> {
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    if let Ok(registry) = Registry::empty().with_dialect(&sources, "t.dialect", text, &diags) {
        check::check(&registry, &diags);
    }
    diags.take().into_iter().map(|d| format!("{} {}", d.code.0, d.message)).collect()
}

#[test]
fn findings() {
    let cases = include_str!("data/check.txt");
    for case in cases.split("\n=====\n") {
        let (text, expected) = case.split_once("\n-----\n").unwrap_or((case, ""));
        let expected: Vec<&str> = expected.lines().filter(|l| !l.is_empty()).collect();
        assert_eq!(messages(text), expected, "{text}");
    }
}
