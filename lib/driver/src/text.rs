//! Between text and modules, and what passes are checked with.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module, print_op};
use edge_ir::{Body, Context, Module, OpData, OpState, verify as structure};
use edge_support::{Diagnostic, Diagnostics, FileId, Reported, SourceMap};

/// Reads a module.
pub fn read(
    ctx: &Context,
    sources: &SourceMap,
    file: FileId,
    allow_unregistered: bool,
    diags: &Diagnostics,
) -> Result<Module, Reported> {
    parse_module(ctx, sources, file, diags, &ParseOptions { allow_unregistered })
}

/// The text of a module as a file holds it.
pub fn write(ctx: &Context, module: &Module, form: &PrintOptions) -> Vec<u8> {
    print_module(ctx, module, form).into_bytes()
}

/// The text of an isolated operation as a pass sees it: what is outside of it cannot be named.
pub fn print(ctx: &Context, op: &mut OpData) -> String {
    let mut alone = Body::new();
    let mut state = OpState::new(op.name, op.loc);
    state.attrs = op.discardable();
    state.body = op.take_body();
    let copy = alone.create(ctx, state);
    for (slot, value) in op.prop_slots().iter().enumerate() {
        alone.op_mut(copy).set_prop_slot(slot, *value);
    }
    alone.op_mut(copy).set_raw_props(op.raw_props());
    // A custom form would look for the operands and results, which are not here.
    let generic = op.num_operands() > 0 || !op.results().is_empty();
    let text = print_op(ctx, &alone, copy, &PrintOptions { generic, ..PrintOptions::default() });
    if let Some((body, regions)) = alone.op_mut(copy).take_body() {
        op.put_body(body, regions);
    }
    text
}

/// The checks of structure, and where it holds those of the definitions; every finding is reported.
pub fn verify(ctx: &Context, sources: &SourceMap, op: &mut OpData, diags: &Diagnostics) -> Result<(), Reported> {
    let mut findings = structure::verify_isolated(ctx, op);
    if findings.is_empty() {
        findings = edge_dialect::verify::verify_inside(ctx, op);
    }
    report(ctx, sources, findings, diags)
}

/// [`verify`] of a whole module, its top-level operation included.
pub fn verify_module(ctx: &Context, sources: &SourceMap, module: &mut Module, diags: &Diagnostics) -> Result<(), Reported> {
    let root = module.root();
    let mut findings = structure::verify(ctx, &mut module.top, root);
    if findings.is_empty() {
        findings = edge_dialect::verify::verify_all(ctx, &module.top, root);
    }
    report(ctx, sources, findings, diags)
}

fn report(ctx: &Context, sources: &SourceMap, findings: Vec<structure::Finding>, diags: &Diagnostics) -> Result<(), Reported> {
    let mut result = Ok(());
    for finding in findings {
        let mut d = Diagnostic::error(finding.code, finding.message).at_opt(ctx.span_of(finding.loc, sources));
        if let Some(name) = ctx.loc_name(finding.loc) {
            d = d.in_place(format!("`{name}`"));
        }
        for (loc, message) in finding.also {
            if let Some(span) = ctx.span_of(loc, sources) {
                d = d.also(span, message);
            }
        }
        result = Err(diags.error(d));
    }
    result
}
