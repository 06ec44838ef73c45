//! The expressions of `verify` clauses on one operation.

use super::Verifier;
use crate::ast::{BinaryOp, Expr, ExprNode};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Context, Signedness, Type, TypeKind};

/// Functions of the expression language, with what they give.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("count", "number of values of an operand or result, of regions, of successors, of items of a list"),
    ("has", "whether an operand, result or property is given"),
    ("type", "type of the value"),
    ("types", "types of the values of a variadic"),
    ("rank", "number of dimensions"),
    ("elem", "element type; of a scalar, its own type"),
    ("width", "bits of the element type"),
    ("volume", "number of elements, where all extents are known"),
    ("dynamic_dims", "number of extents that are `?`"),
    ("len", "number of items of an array property, of characters of a string"),
    ("args", "types of the entry arguments of a region"),
    ("blocks", "number of blocks of a region"),
    ("inputs", "input types of a value of function type"),
    ("outputs", "result types of a value of function type"),
    ("map_inputs", "number of dimensions and symbols of an affine map"),
    ("map_results", "number of results of an affine map"),
    ("signless", "a type with signless integers in place of signed and unsigned ones"),
    ("parent_results", "result types of the function around"),
];

/// A value of the expression language.
#[derive(Clone, Debug, PartialEq)]
enum Val {
    Int(i64),
    Bool(bool),
    Str(String),
    Type(Type),
    Attr(Attr),
    List(Vec<Val>),
}

/// `None`: not known here.
pub(crate) fn holds(v: &Verifier<'_>, expr: &Expr) -> Option<bool> {
    match eval(v, expr)? {
        Val::Bool(b) => Some(b),
        _ => None,
    }
}

fn eval(v: &Verifier<'_>, expr: &Expr) -> Option<Val> {
    Some(match &expr.node {
        ExprNode::Int(i) => Val::Int(*i),
        ExprNode::Float(_) | ExprNode::Attr(_) | ExprNode::Var(_) => return None,
        ExprNode::Str(s) => Val::Str(s.clone()),
        ExprNode::Name(name) => named(v, name)?,
        ExprNode::List(items) => Val::List(items.iter().map(|i| eval(v, i)).collect::<Option<_>>()?),
        ExprNode::Not(inner) => Val::Bool(!holds(v, inner)?),
        ExprNode::Call(name, args) => call(v, name, args)?,
        ExprNode::Binary(op, a, b) => binary(v, *op, a, b)?,
    })
}

fn named(v: &Verifier<'_>, name: &str) -> Option<Val> {
    match name {
        "true" => return Some(Val::Bool(true)),
        "false" => return Some(Val::Bool(false)),
        _ => {}
    }
    Some(value_of(v.ctx, v.attr(name)?))
}

fn value_of(ctx: &Context, attr: Attr) -> Val {
    if let (Some(i), Some(ty)) = (ctx.as_int(attr), ctx.attr_type(attr)) {
        return if ctx.bit_width(ty) == Some(1) { Val::Bool(i != 0) } else { Val::Int(i) };
    }
    if let Some(s) = ctx.as_str(attr) {
        return Val::Str(s.to_string());
    }
    match ctx.attr_kind(attr) {
        AttrKind::Type(ty) => Val::Type(ty),
        AttrKind::Array(items) => Val::List(items.iter().map(|a| value_of(ctx, *a)).collect()),
        AttrKind::DenseArray { .. } => match ctx.as_ints(attr) {
            Some(ints) => Val::List(ints.into_iter().map(Val::Int).collect()),
            None => Val::Attr(attr),
        },
        _ => Val::Attr(attr),
    }
}

fn binary(v: &Verifier<'_>, op: BinaryOp, a: &Expr, b: &Expr) -> Option<Val> {
    use BinaryOp as B;
    // An unknown side does not matter where the other decides.
    match op {
        B::Or => {
            return match (holds(v, a), holds(v, b)) {
                (Some(true), _) | (_, Some(true)) => Some(Val::Bool(true)),
                (Some(false), Some(false)) => Some(Val::Bool(false)),
                _ => None,
            };
        }
        B::And => {
            return match (holds(v, a), holds(v, b)) {
                (Some(false), _) | (_, Some(false)) => Some(Val::Bool(false)),
                (Some(true), Some(true)) => Some(Val::Bool(true)),
                _ => None,
            };
        }
        _ => {}
    }
    let (a, b) = (eval(v, a)?, eval(v, b)?);
    Some(match (op, &a, &b) {
        (B::Eq, ..) => Val::Bool(a == b),
        (B::Ne, ..) => Val::Bool(a != b),
        (B::In, x, Val::List(items)) => Val::Bool(items.contains(x)),
        (_, Val::Int(x), Val::Int(y)) => match op {
            B::Lt => Val::Bool(x < y),
            B::Le => Val::Bool(x <= y),
            B::Gt => Val::Bool(x > y),
            B::Ge => Val::Bool(x >= y),
            B::Add => Val::Int(x.checked_add(*y)?),
            B::Sub => Val::Int(x.checked_sub(*y)?),
            B::Mul => Val::Int(x.checked_mul(*y)?),
            B::Div => Val::Int(x.checked_div_euclid(*y)?),
            B::Rem => Val::Int(x.checked_rem_euclid(*y)?),
            _ => return None,
        },
        _ => return None,
    })
}

fn call(v: &Verifier<'_>, name: &str, args: &[Expr]) -> Option<Val> {
    if name == "parent_results" {
        return parent_results(v);
    }
    let first = args.first()?;
    let subject = if let ExprNode::Name(n) = &first.node { Some(n.as_str()) } else { None };
    Some(match name {
        "has" => Val::Bool(given(v, subject?)),
        "count" => Val::Int(count(v, first, subject)? as i64),
        "types" => Val::List(values(v, subject?)?.into_iter().map(Val::Type).collect()),
        "args" => Val::List(region_types(v, subject?)?.into_iter().map(Val::Type).collect()),
        "blocks" => {
            let (body, regions) = v.body.op_regions(v.op);
            Val::Int(regions.get(v.def.region(subject?)?).map_or(0, |r| body.blocks(*r).count()) as i64)
        }
        "len" => match eval(v, first)? {
            Val::List(items) => Val::Int(items.len() as i64),
            Val::Str(s) => Val::Int(s.len() as i64),
            _ => return None,
        },
        "map_inputs" => Val::Int(map(v, first)?.0),
        "map_results" => Val::Int(map(v, first)?.1),
        _ => of_type(v.ctx, name, type_arg(v, first, subject)?)?,
    })
}

/// Functions of one type.
fn of_type(ctx: &Context, name: &str, ty: Type) -> Option<Val> {
    let kind = ctx.type_kind(ty);
    let shape = || kind.shape().or_else(|| view_shape(&kind));
    let list = |types: &[Type]| Val::List(types.iter().map(|t| Val::Type(*t)).collect());
    Some(match name {
        "type" => Val::Type(ty),
        "rank" => Val::Int(shape()?.len() as i64),
        "elem" => Val::Type(view_elem(&kind).unwrap_or_else(|| ctx.elem_or_self(ty))),
        "width" => Val::Int(
            ctx.bit_width(ctx.elem_or_self(ty)).filter(|_| !matches!(ctx.type_kind(ctx.elem_or_self(ty)), TypeKind::Index))?
                as i64,
        ),
        "volume" => match shape()? {
            s if s.contains(&DYNAMIC) => return None,
            s => Val::Int(s.iter().try_fold(1i64, |a, b| a.checked_mul(*b))?),
        },
        "dynamic_dims" => Val::Int(shape()?.iter().filter(|d| **d == DYNAMIC).count() as i64),
        "inputs" | "outputs" => match kind {
            TypeKind::Function { inputs, results } => list(if name == "inputs" { inputs } else { results }),
            _ => return None,
        },
        "signless" => match kind {
            TypeKind::Integer { width, sign } if sign != Signedness::Signless => Val::Type(ctx.int(width)),
            _ => Val::Type(ty),
        },
        _ => return None,
    })
}

/// Shape and element type of a dialect's type that has such parameters.
fn view_shape<'a>(kind: &TypeKind<'a>) -> Option<&'a [i64]> {
    match kind {
        TypeKind::Dialect { params, .. } => {
            params.iter().find_map(|p| if let edge_ir::Param::Shape(s) = p { Some(*s) } else { None })
        }
        _ => None,
    }
}

fn view_elem(kind: &TypeKind<'_>) -> Option<Type> {
    match kind {
        TypeKind::Dialect { params, .. } => {
            params.iter().find_map(|p| if let edge_ir::Param::Type(t) = p { Some(*t) } else { None })
        }
        _ => None,
    }
}

/// The types of a declared operand's or result's values.
fn values(v: &Verifier<'_>, name: &str) -> Option<Vec<Type>> {
    let group = v.def.operand(name).map(|n| &v.operands[n]).or_else(|| v.def.result(name).map(|n| &v.results[n]));
    if let Some(group) = group {
        return Some(v.value_types(group));
    }
    match name {
        "operands" => Some(v.operands.iter().flat_map(|g| v.value_types(g)).collect()),
        "results" => Some(v.results.iter().flat_map(|g| v.value_types(g)).collect()),
        _ => None,
    }
}

fn type_arg(v: &Verifier<'_>, expr: &Expr, subject: Option<&str>) -> Option<Type> {
    if let Some(types) = subject.and_then(|s| values(v, s)) {
        return types.first().copied();
    }
    match eval(v, expr)? {
        Val::Type(t) => Some(t),
        Val::Attr(a) => v.ctx.attr_type(a),
        _ => None,
    }
}

fn given(v: &Verifier<'_>, name: &str) -> bool {
    values(v, name).map_or_else(|| v.attr(name).is_some(), |t| !t.is_empty())
}

fn count(v: &Verifier<'_>, expr: &Expr, subject: Option<&str>) -> Option<usize> {
    if let Some(types) = subject.and_then(|s| values(v, s)) {
        return Some(types.len());
    }
    if let Some(region) = subject.and_then(|s| v.def.region(s)) {
        // Regions of a variadic are all that the others leave.
        let rest = v.data.regions().len() + 1 - v.def.regions.len().min(v.data.regions().len() + 1);
        return Some(if v.def.regions[region].arity == crate::model::Arity::One { 1 } else { rest });
    }
    match eval(v, expr)? {
        Val::List(items) => Some(items.len()),
        _ => None,
    }
}

fn region_types(v: &Verifier<'_>, name: &str) -> Option<Vec<Type>> {
    let (body, regions) = v.body.op_regions(v.op);
    let entry = body.region_first(*regions.get(v.def.region(name)?)?)?;
    Some(body.block_args(entry).iter().map(|a| body.ty(*a)).collect())
}

/// Inputs and results of an affine map (of a set: inputs and constraints).
fn map(v: &Verifier<'_>, expr: &Expr) -> Option<(i64, i64)> {
    let Val::Attr(attr) = eval(v, expr)? else { return None };
    match v.ctx.attr_kind(attr) {
        AttrKind::AffineMap { dims, syms, results } => Some(((dims + syms) as i64, results.len() as i64)),
        AttrKind::IntegerSet { dims, syms, constraints } => Some(((dims + syms) as i64, constraints.len() as i64)),
        _ => None,
    }
}

/// The results of the function that the operation stands in.
fn parent_results(v: &Verifier<'_>) -> Option<Val> {
    let parent = v.parent()?;
    let ty = v.ctx.as_type(parent.attr(v.ctx, "function_type")?)?;
    match v.ctx.type_kind(ty) {
        TypeKind::Function { results, .. } => Some(Val::List(results.iter().map(|t| Val::Type(*t)).collect())),
        _ => None,
    }
}
