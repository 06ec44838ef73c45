//! Types that formats leave out follow from the others.

use edge_dialect::Registry;
use edge_dialect::infer::{Types, complete, region_args, type_text};
use edge_ir::types::DYNAMIC;
use edge_ir::{Context, Type};

fn context() -> (Registry, Context) {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let ctx = registry.context();
    (registry, ctx)
}

type Given<'a> = &'a [&'a [Option<Type>]];

/// Completes and shows `operands -> results`.
fn run(registry: &Registry, ctx: &Context, op: &str, operands: Given<'_>, results: &[Option<&[Type]>]) -> String {
    let def = registry.op(op).unwrap_or_else(|| panic!("no op {op}"));
    let results = results.iter().map(|r| r.map(<[Type]>::to_vec)).collect();
    let mut types = Types { operands: operands.iter().map(|g| g.to_vec()).collect(), results };
    if let Err(message) = complete(ctx, def, &mut types, &|_| None) {
        return message;
    }
    let show = |t: Type| type_text(ctx, t);
    let left: Vec<String> = types.operands.iter().flatten().flatten().map(|t| show(*t)).collect();
    let right: Vec<String> = types.results.iter().flatten().flatten().map(|t| show(*t)).collect();
    format!("{} -> {}", left.join(", "), right.join(", "))
}

#[test]
fn elided_types() {
    let (registry, ctx) = context();
    let (f, i, v, m) = (ctx.f32(), ctx.index(), ctx.vector(&[16], ctx.f32()), ctx.memref(&[4, DYNAMIC], ctx.f32()));
    let mask = ctx.vector(&[16], ctx.i1());
    let cases: &[(&str, Given<'_>, &[Option<&[Type]>], &str)] = &[
        ("arith.addf", &[&[None], &[None]], &[Some(&[f])], "f32, f32 -> f32"),
        ("arith.cmpi", &[&[Some(i)], &[None]], &[None], "index, index -> i1"),
        ("arith.cmpf", &[&[Some(v)], &[None]], &[None], "vector<16xf32>, vector<16xf32> -> vector<16xi1>"),
        ("memref.load", &[&[Some(m)], &[None, None]], &[None], "memref<4x?xf32>, index, index -> f32"),
        ("memref.store", &[&[None], &[Some(m)], &[None]], &[], "f32, memref<4x?xf32>, index -> "),
        (
            "vector.fma",
            &[&[Some(v)], &[None], &[None]],
            &[None],
            "vector<16xf32>, vector<16xf32>, vector<16xf32> -> vector<16xf32>",
        ),
        (
            "vector.from_elements",
            &[&[None, None]],
            &[None],
            "the type of operand `elements` does not follow from what is written",
        ),
        (
            "vector.transfer_read",
            &[&[Some(m)], &[None], &[None], &[]],
            &[Some(&[v])],
            "memref<4x?xf32>, index, f32 -> vector<16xf32>",
        ),
        (
            "scf.for",
            &[&[None], &[None], &[None], &[]],
            &[Some(&[])],
            "the type of operand `lowerBound` does not follow from what is written",
        ),
        (
            "vector.maskedload",
            &[&[None], &[None], &[Some(mask)], &[Some(v)]],
            &[None],
            "the type of operand `base` does not follow from what is written",
        ),
    ];
    for (op, operands, results, expected) in cases {
        assert_eq!(run(&registry, &ctx, op, operands, results), *expected, "{op}");
    }
}

#[test]
fn entry_arguments() {
    let (registry, ctx) = context();
    let t = ctx.tensor(&[DYNAMIC], ctx.f32());
    let nest = registry.op("loop.nest").unwrap_or_else(|| panic!("no nest"));
    let types = Types { operands: vec![vec![Some(t)], vec![Some(t)], vec![Some(ctx.index())]], results: vec![Some(vec![t])] };
    let args = region_args(&ctx, nest, 0, &types, &|_| None).unwrap_or_default();
    let shown: Vec<String> = args.iter().map(|t| type_text(&ctx, *t)).collect();
    assert_eq!(shown, ["!loop.view", "!loop.view", "index"]);
}
