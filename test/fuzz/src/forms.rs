//! A module in its two forms.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_ir::{Context, Module};
use edge_support::{Diagnostics, SourceMap};

/// Reads a module; `Err` holds the diagnostics.
pub fn read(ctx: &Context, text: &str) -> Result<Module, String> {
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("fuzz.mlir", text);
    let module = parse_module(ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true });
    module.map_err(|_| diags.render(&sources))
}

/// The first finding of the verifiers.
pub fn verify(ctx: &Context, module: &mut Module) -> Result<(), String> {
    let root = module.root();
    let mut found = edge_ir::verify::verify(ctx, &mut module.top, root);
    if found.is_empty() {
        found = edge_dialect::verify::verify_all(ctx, &module.top, root);
    }
    found.first().map_or(Ok(()), |f| Err(f.message.clone()))
}

/// Reads what was printed and prints it in `form`.
pub fn again(registry: &Registry, text: &str, form: &PrintOptions, wanted: &str, what: &str) {
    let ctx = registry.context();
    let module = read(&ctx, text).unwrap_or_else(|e| panic!("{what} that was printed cannot be read:\n{e}\n{text}"));
    let printed = print_module(&ctx, &module, form);
    assert!(printed == wanted, "{what} is printed differently when it is read again:\n{wanted}\n---\n{printed}");
}
