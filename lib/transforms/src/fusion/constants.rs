//! Constants all of whose elements are equal go into the nests that read them.

use super::splice::guard_of;
use crate::loop_ir::{NestOp, ReadOp};
use edge_ir::{Attr, AttrKind, Body, Builder, Context, Op, Traits, Type, TypeKind, Value};

/// Replaces reads of splat constants by scalar constants, and drops the operands.
pub fn inline_splats(ctx: &Context, host: &mut Body, nest: NestOp) {
    let mut n = 0;
    while n < nest.counts(ctx, host).0 {
        let value = splat_of(ctx, host, host.operand(nest.0, n));
        if !value.is_some_and(|v| inline(ctx, host, nest, n, v)) {
            n += 1;
        }
    }
}

/// The element of a constant tensor that holds nothing else.
fn splat_of(ctx: &Context, host: &Body, tensor: Value) -> Option<Attr> {
    let op = host.defining_op(tensor).filter(|op| host.op(*op).has(ctx, Traits::CONSTANT_LIKE))?;
    let AttrKind::Dense { ty, data, splat } = ctx.attr_kind(host.op(op).attr(ctx, "value")?) else { return None };
    let kind = ctx.type_kind(ty);
    let elem = kind.elem()?;
    (splat || edge_ir::elements::count(kind.shape()?) == Some(1)).then(|| scalar(ctx, elem, data)).flatten()
}

fn scalar(ctx: &Context, elem: Type, data: &[u8]) -> Option<Attr> {
    let size = ctx.byte_size(elem)? as usize;
    let mut bytes = [0u8; 16];
    bytes.get_mut(..size)?.copy_from_slice(data.get(..size)?);
    match ctx.type_kind(elem) {
        TypeKind::Float(_) => Some(ctx.attr(AttrKind::Float { bits: u128::from_le_bytes(bytes), ty: elem })),
        TypeKind::Integer { .. } | TypeKind::Index => {
            let value = edge_ir::elements::ints(ctx, elem, &data[..size])?.first().copied()?;
            Some(ctx.int_attr(value as i128, crate::loop_ir::view::scalar_type(ctx, elem)))
        }
        _ => None,
    }
}

fn inline(ctx: &Context, host: &mut Body, nest: NestOp, n: usize, value: Attr) -> bool {
    let (Some(block), Some(inner)) = (host.op(nest.0).entry(), host.op_mut(nest.0).body_mut()) else { return false };
    let arg = inner.block_args(block)[n];
    let reads: Vec<Op> = inner.uses(arg).map(|u| u.0).collect();
    if reads.iter().any(|op| ReadOp::cast(ctx, inner, *op).is_none()) {
        return false;
    }
    for read in reads {
        replace(ctx, inner, ReadOp(read), value);
    }
    inner.erase_arg(block, n);
    let (ins, outs, dims) = nest.counts(ctx, host);
    let operands: Vec<Value> = host.operands(nest.0).enumerate().filter(|(i, _)| *i != n).map(|(_, v)| v).collect();
    host.set_operands(nest.0, &operands);
    let sizes = ctx.i32_array(&[ins as i32 - 1, outs as i32, dims as i32]);
    host.op_mut(nest.0).set_attr(ctx, "operandSegmentSizes", Some(sizes));
    true
}

fn replace(ctx: &Context, inner: &mut Body, read: ReadOp, value: Attr) {
    let result = inner.result(read.0, 0);
    let ty = inner.ty(result);
    let guard = guard_of(ctx, inner, read);
    let other = read.other(ctx, inner);
    let mut b = Builder::before(ctx, inner, read.0);
    let mut new = b.op("arith.constant").prop("value", value).result(ty).value();
    if let Some(other) = other {
        let cond = super::prologue::condition(&mut b, &guard);
        new = b.op("arith.select").operand(cond).operand(new).operand(other).result(ty).value();
    }
    inner.replace_all_uses(result, new);
    inner.erase(read.0);
}
