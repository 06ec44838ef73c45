//! Whether two extents are equal, static or not.

use crate::loop_ir::build::index_constant;
use crate::loop_ir::{Bound, MapBuilder, NestOp, names};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Block, Body, Builder, Context, Op, Value, ValueDef};

/// An extent in a form in which equal ones are recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    Static(i64),
    /// The size of one axis of a tensor that no operation here makes.
    Axis(Value, i64),
    Value(Value),
    Apply(Attr, Vec<Extent>),
}

/// The extent of an axis of a tensor of the host.
pub fn of_axis(ctx: &Context, body: &Body, tensor: Value, axis: usize) -> Extent {
    let shape = ctx.type_kind(body.ty(tensor)).shape().unwrap_or(&[]);
    match shape.get(axis) {
        Some(d) if *d != DYNAMIC => return Extent::Static(*d),
        _ => {}
    }
    if let ValueDef::Result(op, n) = body.def(tensor) {
        if let Some(nest) = NestOp::cast(ctx, body, op) {
            return of_axis(ctx, body, nest.outs(ctx, body)[n as usize], axis);
        }
        if body.name(ctx, op) == names::EMPTY {
            let position = shape[..axis].iter().filter(|d| **d == DYNAMIC).count();
            return of_value(ctx, body, body.operand(op, position));
        }
    }
    Extent::Axis(tensor, axis as i64)
}

/// An index value of the host as an extent.
pub fn of_value(ctx: &Context, body: &Body, value: Value) -> Extent {
    let Some(op) = body.defining_op(value) else { return Extent::Value(value) };
    match body.name(ctx, op) {
        "arith.constant" => match body.op(op).attr(ctx, "value").and_then(|a| ctx.as_int(a)) {
            Some(n) => Extent::Static(n),
            None => Extent::Value(value),
        },
        names::DIM => match of_value(ctx, body, body.operand(op, 1)) {
            Extent::Static(axis) if axis >= 0 => of_axis(ctx, body, body.operand(op, 0), axis as usize),
            _ => Extent::Value(value),
        },
        names::APPLY => match map_of(ctx, body, op) {
            Some(map) => Extent::Apply(map, body.operands(op).map(|v| of_value(ctx, body, v)).collect()),
            None => Extent::Value(value),
        },
        _ => Extent::Value(value),
    }
}

/// The map of an `affine.apply`, which has one result.
fn map_of(ctx: &Context, body: &Body, op: Op) -> Option<Attr> {
    body.op(op).attr(ctx, "map").filter(|a| ctx.as_map(*a).is_some_and(|m| m.results.len() == 1))
}

/// A loop bound inside a nest as an extent of the host.
pub fn of_bound(ctx: &Context, host: &Body, nest: NestOp, inner: &Body, bound: Bound) -> Extent {
    match bound {
        Bound::Static(n) => Extent::Static(n),
        Bound::Dynamic(value) => inside(ctx, host, nest, inner, value),
    }
}

fn inside(ctx: &Context, host: &Body, nest: NestOp, inner: &Body, value: Value) -> Extent {
    match inner.def(value) {
        ValueDef::Arg(_, n) => match host.operands(nest.0).nth(n as usize) {
            Some(operand) => of_value(ctx, host, operand),
            None => Extent::Value(value),
        },
        ValueDef::Result(op, _) if inner.name(ctx, op) == names::APPLY => match map_of(ctx, inner, op) {
            Some(map) => Extent::Apply(map, inner.operands(op).map(|v| inside(ctx, host, nest, inner, v)).collect()),
            None => Extent::Value(value),
        },
        ValueDef::Result(..) => Extent::Value(value),
    }
}

/// Makes every `tensor.dim` ask where the extent comes from, not the tensor that happens to have it: so a nest's result is not used
/// for its shape alone.
pub fn resolve_dims(ctx: &Context, host: &mut Body, block: Block) {
    for op in host.block_ops(block).collect::<Vec<_>>() {
        if host.name(ctx, op) != names::DIM {
            continue;
        }
        let result = host.result(op, 0);
        let extent = of_value(ctx, host, result);
        if extent == Extent::Value(result) {
            continue;
        }
        let tensor = host.operand(op, 0);
        if matches!(extent, Extent::Axis(t, _) if t == tensor) {
            continue;
        }
        let mut b = Builder::before(ctx, host, op);
        let value = value_of(&mut b, &extent);
        host.replace_all_uses(result, value);
        host.erase(op);
    }
}

/// An extent as an index value of the host.
pub fn value_of(b: &mut Builder<'_>, extent: &Extent) -> Value {
    match extent {
        Extent::Static(n) => index_constant(b, *n),
        Extent::Value(value) => *value,
        Extent::Axis(tensor, axis) => {
            let axis = index_constant(b, *axis);
            let index = b.ctx.index();
            b.op(names::DIM).operand(*tensor).operand(axis).result(index).value()
        }
        Extent::Apply(map, operands) => {
            let values: Vec<Value> = operands.iter().map(|e| value_of(b, e)).collect();
            let map = b.ctx.as_map(*map).expect("made from a map");
            let (dims, syms) = values.split_at(map.dims as usize);
            MapBuilder { dims: dims.to_vec(), syms: syms.to_vec() }.apply(b, map.results[0])
        }
    }
}
