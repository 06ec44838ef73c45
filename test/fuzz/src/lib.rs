//! What the fuzz targets do with their bytes. A target panics where something is wrong; an error that is reported is right.

mod choices;
pub mod program;

use bytes::Bytes;
use choices::Choices;
use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_ir::{Context, Module};
use edge_support::{Diagnostics, SourceMap};
use std::path::Path;
use std::sync::Arc;

/// A target by name.
pub fn target(name: &str) -> Option<fn(&[u8])> {
    Some(match name {
        "text" => text,
        "definition" => definition,
        "onnx" => onnx,
        "program" => program,
        _ => return None,
    })
}

pub fn registry() -> Registry {
    Registry::builtin().unwrap_or_else(|e| panic!("{e}"))
}

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

/// Text, read and verified, is the same after it was printed and read again, in both forms.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let registry = registry();
    let ctx = registry.context();
    let Ok(mut module) = read(&ctx, &text) else { return };
    let generic = print_module(&ctx, &module, &PrintOptions::generic());
    again(&registry, &generic, &PrintOptions::generic(), &generic, "the generic form");
    if verify(&ctx, &mut module).is_ok() {
        let custom = print_module(&ctx, &module, &PrintOptions::default());
        again(&registry, &custom, &PrintOptions::default(), &custom, "the custom form");
    }
}

/// Reads what was printed and prints it in `form`.
pub fn again(registry: &Registry, text: &str, form: &PrintOptions, wanted: &str, what: &str) {
    let ctx = registry.context();
    let module = read(&ctx, text).unwrap_or_else(|e| panic!("{what} that was printed cannot be read:\n{e}\n{text}"));
    let printed = print_module(&ctx, &module, form);
    assert!(printed == wanted, "{what} is printed differently when it is read again:\n{wanted}\n---\n{printed}");
}

/// A definition file, with all checks made when it is loaded, and its page.
pub fn definition(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    if let Ok(registry) = Registry::empty().with_dialect(&sources, "fuzz.dialect", &text, &diags) {
        edge_dialect::check::check(&registry, &diags);
        registry.dialects().iter().for_each(|d| drop(edge_dialect::export::markdown(d)));
        registry.context();
    } else {
        assert!(diags.errors() > 0, "an error without a diagnostic");
    }
    diags.render(&sources);
}

/// A model: decoded, imported, and what was imported is sound and can be printed and read.
pub fn onnx(bytes: &[u8]) {
    use edge_import::onnx::{Options, decode, import};
    let diags = Diagnostics::new();
    let Ok(model) = decode(Bytes::copy_from_slice(bytes), "fuzz.onnx", &diags) else { return };
    let registry = registry();
    let ctx = registry.context();
    if let Ok(module) = import(&model, Path::new("fuzz.onnx"), &ctx, &registry, &Options::default(), &diags) {
        let generic = print_module(&ctx, &module, &PrintOptions::generic());
        again(&registry, &generic, &PrintOptions::generic(), &generic, "an imported model");
    }
}

/// A valid program of any dialects, as the bytes choose.
pub fn program(bytes: &[u8]) {
    let registry = registry();
    let ctx = registry.context();
    let mut choices = Choices::new(bytes);
    let defs: Vec<_> = registry.ops().filter(|d| program::can_make(d)).collect();
    let wanted = 1 + choices.below(4);
    let ops: Vec<_> = (0..wanted).map(|_| &**defs[choices.below(defs.len())]).collect();
    program::check(&registry, &ctx, &ops, &mut choices);
}
