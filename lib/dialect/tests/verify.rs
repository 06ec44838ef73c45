//! What definitions refuse, with the message that they give.

use edge_dialect::Registry;
use edge_dialect::verify::verify_op;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Body, Builder, Context, Type};

/// Builds one operation on block arguments of the given types, and gives the messages of its findings.
fn findings(ctx: &Context, op: &str, operands: &[Type], results: &[Type], props: &[(&str, Attr)]) -> Vec<String> {
    let mut body = Body::new();
    let loc = ctx.unknown_loc();
    let block = body.new_block();
    let args: Vec<_> = operands.iter().map(|t| body.add_arg(block, *t, loc)).collect();
    let mut builder = Builder::at_end(ctx, &mut body, block, loc);
    let mut b = builder.op(op).operands(args).results(results.iter().copied());
    for (name, attr) in props {
        b = b.prop(name, *attr);
    }
    let op = b.build();
    verify_op(ctx, &body, op, None).into_iter().map(|f| f.message).collect()
}

#[test]
fn messages() {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let ctx = &registry.context();
    let (f, i, index) = (ctx.f32(), ctx.i32(), ctx.index());
    let m = ctx.memref(&[4, DYNAMIC], f);
    let t = |shape: &[i64]| ctx.tensor(shape, f);
    let (v, none) = (ctx.vector(&[4], f), ctx.vector(&[0], f));
    let cases: &[(&str, &[Type], &[Type], &[(&str, Attr)], &[&str])] = &[
        ("arith.addf", &[f, f], &[f], &[], &[]),
        ("arith.addf", &[f], &[f], &[], &["expected 2 operands, but found 1"]),
        ("arith.addi", &[f, f], &[f], &[], &["operand `lhs` has type f32, which is not like(int | index)"]),
        (
            "arith.addi",
            &[i, index],
            &[i],
            &[],
            &[
                "operand `rhs` has type index, but operand `lhs` has i32",
                "`arith.addi` demands: operands and results have one type",
            ],
        ),
        ("arith.cmpi", &[i, i], &[ctx.i1()], &[], &["property `predicate` is missing"]),
        ("arith.cmpi", &[i, i], &[ctx.i1()], &[("predicate", ctx.i64_attr(2))], &[]),
        ("arith.extf", &[ctx.f64()], &[f], &[], &["the result is not wider than the operand"]),
        (
            "linalg.add",
            &[m],
            &[],
            &[("operandSegmentSizes", ctx.i32_array(&[0, 1]))],
            &["expected 1 regions, but found 0", "`linalg.add` has 3 operands, not 1"],
        ),
        ("vector.shuffle", &[v, v], &[v], &[("mask", ctx.i64_array(&[0, 1, 2, 3]))], &[]),
        ("vector.shuffle", &[v, v], &[none], &[("mask", ctx.i64_array(&[]))], &["invalid mask length"]),
        ("memref.load", &[m, index, index], &[f], &[], &[]),
        ("memref.load", &[m, index], &[f], &[], &["the number of indices is not the rank of the memref"]),
        ("memref.load", &[m, index, index], &[i], &[], &["result `result` has type i32, but operand `memref` has f32"]),
        ("memref.alloc", &[index], &[m], &[("operandSegmentSizes", ctx.i32_array(&[1, 0]))], &[]),
        (
            "memref.alloc",
            &[index],
            &[m],
            &[("operandSegmentSizes", ctx.i32_array(&[2, 0]))],
            &["`operandSegmentSizes` counts 2, but there is 1 operand"],
        ),
        ("nn.matmul", &[t(&[4, 8]), t(&[7, 2])], &[t(&[4, 2])], &[], &["operand `b` has K = 7, but operand `a` has K = 8"]),
        ("nn.relu", &[t(&[4])], &[t(&[4])], &[], &[]),
        (
            "nn.relu",
            &[ctx.tensor(&[2, 3], ctx.i1())],
            &[ctx.tensor(&[2, 3], ctx.i1())],
            &[],
            &["operand `x` has element type i1, which is not one of i8, i16, i32, i64, f16, bf16, f32, f64"],
        ),
    ];
    for (op, operands, results, props, expected) in cases {
        assert_eq!(findings(ctx, op, operands, results, props), *expected, "{op}");
    }
}

#[test]
fn calls() {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let ctx = &registry.context();
    let loc = ctx.unknown_loc();
    let (f, i) = (ctx.f32(), ctx.i32());
    let mut inner = Body::new();
    let region = inner.new_region();
    let block = inner.add_block(region);
    let mut b = Builder::at_end(ctx, &mut inner, block, loc);
    let (empty, ty) = (Body::new(), ctx.type_attr(ctx.function_type(&[], &[f])));
    let mut declared = empty;
    let body_region = declared.new_region();
    b.op("func.func").prop("sym_name", ctx.str_attr("g")).prop("function_type", ty).isolated(declared, &[body_region]).build();
    for (callee, result) in [("g", f), ("g", i), ("h", f)] {
        b.op("func.call").prop("callee", ctx.symbol_attr(callee)).result(result).build();
    }
    let mut top = Body::new();
    let outer = top.new_block();
    let module = Builder::at_end(ctx, &mut top, outer, loc).op("builtin.module").isolated(inner, &[region]).build();
    let messages: Vec<String> = edge_dialect::verify::verify_all(ctx, &top, module).into_iter().map(|f| f.message).collect();
    let expected = [
        "a symbol that is only declared cannot be public",
        "the call has type () -> i32, but `g` has () -> f32",
        "`h` does not reference a valid function",
    ];
    assert_eq!(messages, expected);
}
