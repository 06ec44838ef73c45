//! What the fuzz targets do with their bytes. A target panics where something is wrong; an error that is reported is right.

mod choices;
mod forms;
mod program;
mod seeds;
mod values;

use bytes::Bytes;
use choices::Choices;
use edge_asm::{PrintOptions, print_module};
use edge_dialect::Registry;
use edge_support::{Diagnostics, SourceMap};
use forms::{again, read, verify};
pub use seeds::seeds;
use std::path::Path;
use std::sync::Arc;

/// Definitions that allow operations which their format cannot say.
const LOOSE: &str = include_str!("../../../lib/asm/tests/loose.txt");

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
    let loose: Vec<&str> = LOOSE.lines().collect();
    let defs: Vec<_> = registry.ops().filter(|d| program::can_make(d) && !loose.contains(&d.name.as_str())).collect();
    let wanted = 1 + choices.below(4);
    let ops: Vec<_> = (0..wanted).map(|_| &**defs[choices.below(defs.len())]).collect();
    program::check(&registry, &ctx, &ops, &mut choices);
}
