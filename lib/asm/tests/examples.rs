//! Every example of the project's dialects is printed as it stands and verifies; every reject gives exactly its message.

use edge_dialect::Registry;
use edge_support::Diagnostics;

#[test]
fn project_dialects() {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let diags = Diagnostics::new();
    edge_asm::examples::check(&registry, &|_| true, &diags);
    let count = diags.errors();
    assert_eq!(count, 0, "{}", diags.render(&registry.sources()[0]));
}
