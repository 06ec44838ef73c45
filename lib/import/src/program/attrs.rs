//! Values of mappings as attributes and back.

use super::Program;
use crate::mapping::{Fault, FaultKind, NoSize, Val};
use edge_dialect::core::{ElemType, Scalar};
use edge_dialect::eval::StaticValue;
use edge_dialect::instance::type_of;
use edge_dialect::model::{AttrConstraint, ElementKind, Expr, ExprNode, OpDef};
use edge_ir::{Attr, AttrKind, Context, TypeKind, elements};
use edge_support::Span;

impl Program<'_> {
    /// The properties of an operation: those given, converted to what the definition declares, and the defaults of the others.
    pub(super) fn properties(&self, def: &OpDef, attrs: &[(String, Val)], span: Span) -> Result<Vec<(String, Attr)>, Fault> {
        for (name, _) in attrs {
            if def.property(name).is_none() {
                return Err(Fault::mapping(span, format!("`{}` has no attribute `{name}`", def.name)));
            }
        }
        let mut out = vec![];
        for property in &def.properties {
            let given = attrs.iter().find(|(n, _)| *n == property.name).map(|(_, v)| v.clone());
            let default = || property.default.as_ref().filter(|_| property.each.is_none()).and_then(literal);
            if let Some(value) = given.or_else(default) {
                let attr = attribute(self.ctx, &property.constraint, &value, span)?;
                let wrong =
                    || Fault::mapping(span, format!("attribute `{}` of `{}` is {}", property.name, def.name, value.kind()));
                out.push((property.name.clone(), attr.ok_or_else(wrong)?));
            }
        }
        Ok(out)
    }
}

/// A default as a value.
fn literal(expr: &Expr) -> Option<Val> {
    Some(match &expr.node {
        ExprNode::Int(i) => Val::int(*i),
        ExprNode::Float(f) => Val::Float(*f),
        ExprNode::Str(s) => Val::Str(s.clone()),
        ExprNode::Name(word) if word == "true" || word == "false" => Val::Bool(word == "true"),
        ExprNode::Name(word) => Val::Type(ElemType::from_name(word)?),
        ExprNode::List(items) => Val::List(items.iter().map(literal).collect::<Option<_>>()?),
        _ => return None,
    })
}

/// A value as the attribute that a constraint asks for; `None` where it is of another kind.
fn attribute(ctx: &Context, constraint: &AttrConstraint, value: &Val, span: Span) -> Result<Option<Attr>, Fault> {
    let number = |v: &Val| match v {
        Val::Int(size) => size.known().map(Some).ok_or_else(|| Fault::size(span, NoSize::Unknown)),
        _ => Ok(None),
    };
    Ok(match (constraint, value) {
        (AttrConstraint::Bool, Val::Bool(b)) => Some(ctx.bool_attr(*b)),
        (AttrConstraint::Str, Val::Str(s)) => Some(ctx.str_attr(s)),
        (AttrConstraint::Integer { width, sign }, Val::Int(_)) => {
            number(value)?.map(|n| ctx.int_attr(i128::from(n), ctx.int_with(*width, *sign)))
        }
        (AttrConstraint::Index, Val::Int(_)) => number(value)?.map(|n| ctx.index_attr(n)),
        (AttrConstraint::Float(kind), Val::Float(f)) => ctx.float_attr(*f, ctx.float(*kind)),
        (AttrConstraint::Float(kind), Val::Int(_)) => number(value)?.and_then(|n| ctx.float_attr(n as f64, ctx.float(*kind))),
        (AttrConstraint::Type(_), Val::Type(elem)) => Some(ctx.type_attr(type_of(ctx, *elem))),
        (AttrConstraint::Elements | AttrConstraint::Typed(_), Val::Elements(attr)) => Some(*attr),
        (AttrConstraint::DenseArray(ElementKind::I64), Val::List(items)) => {
            let numbers = items.iter().map(number).collect::<Result<Option<Vec<_>>, _>>()?;
            numbers.map(|n| ctx.i64_array(&n))
        }
        (AttrConstraint::Range(inner, ..) | AttrConstraint::PowerOfTwo(inner) | AttrConstraint::OneOf(inner, _), _) => {
            attribute(ctx, inner, value, span)?
        }
        _ => None,
    })
}

/// A value as the notation of `eval` has it.
pub(super) fn static_value(value: &Val, span: Span) -> Result<StaticValue, Fault> {
    Ok(match value {
        Val::None => StaticValue::None,
        Val::Bool(b) => StaticValue::Bool(*b),
        Val::Int(size) => StaticValue::Int(size.known().ok_or_else(|| Fault::size(span, NoSize::Unknown))?),
        Val::Float(f) => StaticValue::Float(*f),
        Val::Str(s) => StaticValue::Str(s.clone()),
        Val::Type(elem) => StaticValue::Type(*elem),
        Val::List(items) => StaticValue::List(items.iter().map(|v| static_value(v, span)).collect::<Result<_, _>>()?),
        Val::Tuple(_) | Val::Elements(_) | Val::Value(_) | Val::Op(_) => {
            return Err(Fault::mapping(span, format!("an attribute is {}", value.kind())));
        }
    })
}

/// More elements than this are no scalar and no shape.
const FEW: u64 = 1 << 16;

/// The elements of a dense attribute; `None` where they are many, or no numbers.
pub(super) fn elements(ctx: &Context, attr: Attr) -> Option<Vec<Val>> {
    let ty = ctx.attr_type(attr)?;
    let kind = ctx.type_kind(ty);
    elements::count(kind.shape()?).filter(|n| *n <= FEW)?;
    match ctx.type_kind(kind.elem()?) {
        TypeKind::Integer { width: 1, .. } => {
            Some(elements::dense_ints(ctx, attr)?.into_iter().map(|i| Val::Bool(i != 0)).collect())
        }
        TypeKind::Integer { .. } | TypeKind::Index => {
            Some(elements::dense_ints(ctx, attr)?.into_iter().map(Val::int).collect())
        }
        TypeKind::Float(_) => Some(elements::dense_floats(ctx, attr)?.into_iter().map(Val::Float).collect()),
        _ => None,
    }
}

/// A dense attribute: an element for each place, or one for all.
pub(super) fn dense(ctx: &Context, elem: ElemType, shape: &[i64], items: &[Val], span: Span) -> Result<Attr, Fault> {
    let count = elements::count(shape)
        .ok_or_else(|| Fault::new(FaultKind::Model, span, "a constant with a size below zero, or too large"))?;
    if items.len() as u64 != count && items.len() != 1 {
        return Err(Fault::mapping(span, format!("{} elements for a constant of {count}", items.len())));
    }
    let items = if count == 0 { &[] } else { items };
    let ty = ctx.tensor(shape, type_of(ctx, elem));
    let mut data = vec![];
    for item in items {
        let scalar = match item {
            Val::Int(size) => {
                Scalar::from_int(elem, i128::from(size.known().ok_or_else(|| Fault::size(span, NoSize::Unknown))?))
            }
            Val::Float(f) if elem.is_float() => Scalar::from_f64(elem, *f),
            Val::Bool(b) => Scalar::from_int(elem, i128::from(*b)),
            other => return Err(Fault::mapping(span, format!("{} as an element of type {elem}", other.kind()))),
        };
        data.extend_from_slice(&scalar.bits().to_le_bytes()[..elem.bytes() as usize]);
    }
    let splat = items.len() == 1;
    Ok(ctx.attr(AttrKind::Dense { ty, data: &data, splat }))
}
