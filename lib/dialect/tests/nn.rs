//! The tensor-level definitions, instantiated through the IR's types.

use edge_dialect::Registry;
use edge_dialect::instance::infer_types;
use edge_ir::{Attr, Context, Type};

fn registry() -> Registry {
    Registry::builtin().unwrap_or_else(|e| panic!("{e}"))
}

fn infer(
    op: &str,
    operands: &[&[Type]],
    attrs: &dyn Fn(&Context, &str) -> Option<Attr>,
    ctx: &Context,
) -> Result<Vec<Type>, String> {
    let registry = registry();
    let def = registry.op(op).unwrap_or_else(|| panic!("no `{op}`"));
    let operands: Vec<Vec<_>> = operands.iter().map(|g| g.iter().map(|t| (*t, None)).collect()).collect();
    infer_types(ctx, def, &operands, &|name| attrs(ctx, name)).map_err(|e| e.message)
}

#[test]
fn every_eval_reads() {
    let registry = registry();
    let missing: Vec<&str> =
        registry.ops().filter(|o| o.eval.is_some() && o.definition().is_none()).map(|o| o.name.as_str()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(registry.op("nn.conv").is_some_and(|o| o.definition().is_some()));
}

#[test]
fn sizes_follow() {
    let ctx = registry().context();
    let t = |shape: &[i64]| ctx.tensor(shape, ctx.f32());
    let none = |_: &Context, _: &str| None;
    assert_eq!(infer("nn.add", &[&[t(&[4, 1, 8])], &[t(&[3, 1])]], &none, &ctx), Ok(vec![t(&[4, 3, 8])]));
    let conv = |ctx: &Context, name: &str| match name {
        "group" => Some(ctx.i64_attr(2)),
        "strides" => Some(ctx.i64_array(&[2, 1])),
        "low" | "high" => Some(ctx.i64_array(&[1, 1])),
        _ => None,
    };
    assert_eq!(infer("nn.conv", &[&[t(&[1, 4, 8, 8])], &[t(&[6, 2, 3, 3])], &[]], &conv, &ctx), Ok(vec![t(&[1, 6, 4, 8])]));
    let error = infer("nn.matmul", &[&[t(&[4, 8])], &[t(&[7, 2])]], &none, &ctx);
    assert!(error.as_ref().is_err_and(|m| m.contains('7') && m.contains('8')), "{error:?}");
}
