//! Values that parameters have where the text does not say them, and numbers out of attributes.

use super::params::Read;
use edge_dialect::model::{AttrConstraint, Expr, ExprNode, ParamDef, ParamKind};
use edge_ir::{Attr, AttrKind, Context, Param, TypeKind};

/// The default of a parameter.
pub(super) fn default_param(ctx: &Context, def: &ParamDef) -> Read {
    def.default.as_ref().map_or(Read::None, |expr| literal(ctx, &def.kind, expr))
}

fn literal(ctx: &Context, kind: &ParamKind, expr: &Expr) -> Read {
    match (kind, &expr.node) {
        (ParamKind::Int | ParamKind::Extent, ExprNode::Int(n)) => Read::Int(*n),
        (ParamKind::Enum(e), ExprNode::Name(case)) => e.value(case).map_or(Read::None, Read::Int),
        (ParamKind::Str, ExprNode::Str(text)) => Read::Str(ctx.ident(text)),
        (ParamKind::List(item), ExprNode::List(items)) => Read::List(items.iter().map(|i| literal(ctx, item, i)).collect()),
        (ParamKind::Attr(AttrConstraint::Float(kind)), ExprNode::Float(x)) => {
            ctx.float_attr(*x, ctx.float(*kind)).map_or(Read::None, Read::Attr)
        }
        (ParamKind::Attr(AttrConstraint::Bool), ExprNode::Name(word)) => Read::Attr(ctx.bool_attr(word == "true")),
        _ => Read::None,
    }
}

/// Whether a parameter has its default, or nothing.
pub(super) fn is_default(ctx: &Context, def: &ParamDef, param: &Param<'_>) -> bool {
    fn same(a: &Read, b: &Param<'_>) -> bool {
        match (a, b) {
            (Read::Int(a), Param::Int(b)) => a == b,
            (Read::Attr(a), Param::Attr(b)) => a == b,
            (Read::Str(a), Param::Str(b)) => a == b,
            (Read::List(a), Param::List(b)) => a.len() == b.len() && a.iter().zip(*b).all(|(a, b)| same(a, b)),
            _ => false,
        }
    }
    matches!(param, Param::None) || def.default.is_some() && same(&default_param(ctx, def), param)
}

/// The elements of a dense attribute of 64-bit integers.
pub(super) fn dense_ints(ctx: &Context, attr: Attr) -> Option<Vec<i64>> {
    let AttrKind::Dense { ty, data, splat } = ctx.attr_kind(attr) else { return None };
    let kind = ctx.type_kind(ty);
    if !matches!(ctx.type_kind(kind.elem()?), TypeKind::Integer { width: 64, .. }) {
        return None;
    }
    let numbers = data.chunks_exact(8).map(|c| i64::from_le_bytes(c.try_into().unwrap_or_default()));
    let count = usize::try_from(kind.shape()?.iter().product::<i64>()).ok()?;
    if splat { Some(vec![numbers.into_iter().next()?; count]) } else { Some(numbers.collect()) }
}
