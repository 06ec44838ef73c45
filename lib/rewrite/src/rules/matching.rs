//! The left side of a rule.

use super::expr::{Bound, Val, eval, same, variables as expr_variables};
use super::{Node, OpNode, operand_groups};
use crate::constants::known;
use edge_dialect::model::{Expr, ExprNode};
use edge_ir::{Attr, AttrKind, Body, Context, Ident, Op, OpData, TypeKind, Value, elements};

/// Variables that a match binds.
pub(super) fn variables(op: &OpNode) -> Vec<String> {
    let mut out: Vec<String> = op.binding.iter().cloned().collect();
    for (_, node) in &op.operands {
        match node {
            Node::Var(name) => out.push(name.clone()),
            Node::Op(inner) => out.extend(variables(inner)),
            _ => {}
        }
    }
    out.extend(op.attrs.iter().flat_map(|(_, e)| expr_variables(e)));
    out
}

/// Number of operations that a match takes.
pub(super) fn size(op: &OpNode) -> usize {
    1 + op.operands.iter().map(|(_, n)| if let Node::Op(inner) = n { size(inner) } else { 0 }).sum::<usize>()
}

/// The operations that a match takes, the outermost first.
pub(super) fn matched_ops(body: &Body, ctx: &Context, pattern: &OpNode, op: Op, out: &mut Vec<Op>) {
    out.push(op);
    let Some(groups) = operand_groups(ctx, &pattern.def, body.op(op)) else { return };
    for (index, node) in &pattern.operands {
        if let Node::Op(inner) = node
            && let Some(def) = groups.get(*index).and_then(|g| body.defining_op(body.operand(op, g.clone().next()?)))
        {
            matched_ops(body, ctx, inner, def, out);
        }
    }
}

/// What the variables stand for, if the operation matches.
pub(super) fn bind(ctx: &Context, body: &Body, pattern: &OpNode, op: Op) -> Option<Bound> {
    let mut bound = Bound::default();
    match_op(ctx, body, pattern, op, &mut bound).then_some(bound)
}

fn match_op(ctx: &Context, body: &Body, pattern: &OpNode, op: Op, bound: &mut Bound) -> bool {
    let data = body.op(op);
    if data.name != pattern.name {
        return false;
    }
    let Some(groups) = operand_groups(ctx, &pattern.def, data) else { return false };
    // Attributes first: they are cheap, and shallow.
    for (name, expr) in &pattern.attrs {
        if !match_attr(ctx, body, property(ctx, pattern, data, *name), expr, bound) {
            return false;
        }
    }
    for (index, node) in &pattern.operands {
        let values: Vec<Value> = groups[*index].clone().map(|i| body.operand(op, i)).collect();
        if !match_values(ctx, body, node, values, bound) {
            return false;
        }
    }
    // An operand that the pattern does not name must not be given.
    let named = |i: usize| pattern.operands.iter().any(|(index, _)| *index == i);
    if groups.iter().enumerate().any(|(i, g)| !g.is_empty() && !named(i)) {
        return false;
    }
    match &pattern.binding {
        Some(name) => set(ctx, bound, name, Val::Values(data.results().to_vec())),
        None => true,
    }
}

/// A property as it is, or its default.
fn property(ctx: &Context, pattern: &OpNode, data: &OpData, name: Ident) -> Val {
    if let Some(attr) = data.attr_ident(ctx, name) {
        return Val::Attr(attr);
    }
    let spec = pattern.def.property(ctx.str(name)).map(|i| &pattern.def.properties[i]);
    let default = spec.and_then(|s| s.default.as_ref());
    default.and_then(|e| eval(ctx, &Body::new(), &Bound::default(), e)).unwrap_or(Val::Absent)
}

fn set(ctx: &Context, bound: &mut Bound, name: &str, val: Val) -> bool {
    match bound.get(name) {
        Some(old) => same(ctx, old, &val),
        None => {
            bound.insert(name.to_owned(), val);
            true
        }
    }
}

fn match_attr(ctx: &Context, body: &Body, found: Val, expr: &Expr, bound: &mut Bound) -> bool {
    match &expr.node {
        ExprNode::Var(name) => set(ctx, bound, name, found),
        _ => eval(ctx, body, bound, expr).is_some_and(|wanted| same(ctx, &wanted, &found)),
    }
}

fn match_values(ctx: &Context, body: &Body, node: &Node, values: Vec<Value>, bound: &mut Bound) -> bool {
    match (node, &values[..]) {
        (Node::Var(name), _) => set(ctx, bound, name, Val::Values(values)),
        (Node::Op(inner), [value]) => {
            let def = body.defining_op(*value);
            def.is_some_and(|op| body.result(op, 0) == *value && match_op(ctx, body, inner, op, bound))
        }
        (Node::Int(i), [value]) => known(ctx, body, *value).is_some_and(|c| is_int(ctx, c, *i)),
        (Node::Float(f), [value]) => known(ctx, body, *value).is_some_and(|c| is_float(ctx, c, *f)),
        _ => false,
    }
}

/// Whether an integer constant, or each element of one, is a number in the bits that it has: -1 is all ones of any width.
fn is_int(ctx: &Context, attr: Attr, wanted: i64) -> bool {
    let (ty, found) = match ctx.attr_kind(attr) {
        AttrKind::Dense { splat: true, .. } => {
            let Some((ty, data, _)) = elements::dense(ctx, attr) else { return false };
            let elem = ctx.elem_or_self(ty);
            (elem, elements::ints(ctx, elem, &data).and_then(|all| Some(*all.first()? as i64)))
        }
        AttrKind::Integer { ty, .. } => (ty, ctx.as_int(attr)),
        _ => return false,
    };
    let width = ctx.bit_width(ty).unwrap_or(64).min(64);
    let mask = if width >= 64 { u64::MAX } else { (1u64 << width) - 1 };
    found.is_some_and(|found| (found as u64 ^ wanted as u64) & mask == 0)
}

/// Whether a float constant, or each element of one, is a number, the sign of zero included.
fn is_float(ctx: &Context, attr: Attr, wanted: f64) -> bool {
    let found = match ctx.attr_kind(attr) {
        AttrKind::Float { .. } => ctx.as_float(attr),
        AttrKind::Dense { splat: true, .. } => splat_float(ctx, attr),
        _ => None,
    };
    found.is_some_and(|found| found.to_bits() == wanted.to_bits())
}

fn splat_float(ctx: &Context, attr: Attr) -> Option<f64> {
    let (ty, data, _) = elements::dense(ctx, attr)?;
    let TypeKind::Float(kind) = ctx.type_kind(ctx.elem_or_self(ty)) else { return None };
    let mut bytes = [0u8; 16];
    bytes.get_mut(..data.len())?.copy_from_slice(&data);
    edge_ir::attrs::float_value(u128::from_le_bytes(bytes), kind)
}
