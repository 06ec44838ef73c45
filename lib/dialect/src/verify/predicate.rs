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
    ("part", "the type of the parts of complex numbers; another type as it is"),
    ("signless", "a type with signless integers in place of signed and unsigned ones"),
    ("parent_results", "result types of the function around"),
];

/// A value of the expression language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    Int(i64),
    Bool(bool),
    Str(String),
    Type(Type),
    Attr(Attr),
    List(Vec<Val>),
}

/// What a condition is on: an operation, or the parameters of a type or attribute.
pub(crate) trait Subject {
    fn ctx(&self) -> &Context;
    /// A property, attribute or parameter.
    fn named(&self, name: &str) -> Option<Val>;
    /// The types of a declared operand's or result's values.
    fn values(&self, _: &str) -> Option<Vec<Type>> {
        None
    }
    fn given(&self, name: &str) -> bool {
        self.values(name).map_or_else(|| self.named(name).is_some(), |t| !t.is_empty())
    }
    /// The number of regions of a declared one.
    fn regions(&self, _: &str) -> Option<usize> {
        None
    }
    /// The types of a region's entry arguments.
    fn region_types(&self, _: &str) -> Option<Vec<Type>> {
        None
    }
    /// The number of blocks of a region.
    fn blocks(&self, _: &str) -> Option<usize> {
        None
    }
    /// The results of the function that the operation stands in.
    fn parent_results(&self) -> Option<Val> {
        None
    }
}

impl Subject for Verifier<'_> {
    fn ctx(&self) -> &Context {
        self.ctx
    }
    fn named(&self, name: &str) -> Option<Val> {
        Some(value_of(self.ctx, self.attr(name)?))
    }
    fn values(&self, name: &str) -> Option<Vec<Type>> {
        let operand = self.def.operand(name).map(|n| &self.operands[n]);
        if let Some(group) = operand.or_else(|| self.def.result(name).map(|n| &self.results[n])) {
            return Some(self.value_types(group));
        }
        match name {
            "operands" => Some(self.operands.iter().flat_map(|g| self.value_types(g)).collect()),
            "results" => Some(self.results.iter().flat_map(|g| self.value_types(g)).collect()),
            _ => None,
        }
    }
    fn regions(&self, name: &str) -> Option<usize> {
        let spec = &self.def.regions[self.def.region(name)?];
        // Regions of a variadic are all that the others leave.
        let rest = (self.data.regions().len() + 1).saturating_sub(self.def.regions.len());
        Some(if spec.arity == crate::model::Arity::One { 1 } else { rest })
    }
    fn region_types(&self, name: &str) -> Option<Vec<Type>> {
        let (body, regions) = self.body.op_regions(self.op);
        let entry = body.region_first(*regions.get(self.def.region(name)?)?)?;
        Some(body.block_args(entry).iter().map(|a| body.ty(*a)).collect())
    }
    fn blocks(&self, name: &str) -> Option<usize> {
        let (body, regions) = self.body.op_regions(self.op);
        Some(regions.get(self.def.region(name)?).map_or(0, |r| body.blocks(*r).count()))
    }
    fn parent_results(&self) -> Option<Val> {
        let ty = self.ctx.as_type(self.parent()?.attr(self.ctx, "function_type")?)?;
        match self.ctx.type_kind(ty) {
            TypeKind::Function { results, .. } => Some(Val::List(results.iter().map(|t| Val::Type(*t)).collect())),
            _ => None,
        }
    }
}

/// `None`: not known here.
pub(crate) fn holds(v: &dyn Subject, expr: &Expr) -> Option<bool> {
    match eval(v, expr)? {
        Val::Bool(b) => Some(b),
        _ => None,
    }
}

fn eval(v: &dyn Subject, expr: &Expr) -> Option<Val> {
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

fn named(v: &dyn Subject, name: &str) -> Option<Val> {
    match name {
        "true" => return Some(Val::Bool(true)),
        "false" => return Some(Val::Bool(false)),
        _ => {}
    }
    v.named(name)
}

pub(crate) fn value_of(ctx: &Context, attr: Attr) -> Val {
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

fn binary(v: &dyn Subject, op: BinaryOp, a: &Expr, b: &Expr) -> Option<Val> {
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

fn call(v: &dyn Subject, name: &str, args: &[Expr]) -> Option<Val> {
    if name == "parent_results" {
        return v.parent_results();
    }
    let first = args.first()?;
    let subject = if let ExprNode::Name(n) = &first.node { Some(n.as_str()) } else { None };
    Some(match name {
        "has" => Val::Bool(v.given(subject?)),
        "count" => Val::Int(count(v, first, subject)? as i64),
        "types" => Val::List(v.values(subject?)?.into_iter().map(Val::Type).collect()),
        "args" => Val::List(v.region_types(subject?)?.into_iter().map(Val::Type).collect()),
        "blocks" => Val::Int(v.blocks(subject?)? as i64),
        "len" => match eval(v, first)? {
            Val::List(items) => Val::Int(items.len() as i64),
            Val::Str(s) => Val::Int(s.len() as i64),
            _ => return None,
        },
        "map_inputs" => Val::Int(map(v, first)?.0),
        "map_results" => Val::Int(map(v, first)?.1),
        _ => of_type(v.ctx(), name, type_arg(v, first, subject)?)?,
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
        "part" => match kind {
            TypeKind::Complex(part) => Val::Type(part),
            _ => Val::Type(ty),
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

fn type_arg(v: &dyn Subject, expr: &Expr, subject: Option<&str>) -> Option<Type> {
    if let Some(types) = subject.and_then(|s| v.values(s)) {
        return types.first().copied();
    }
    match eval(v, expr)? {
        Val::Type(t) => Some(t),
        Val::Attr(a) => v.ctx().attr_type(a),
        _ => None,
    }
}

fn count(v: &dyn Subject, expr: &Expr, subject: Option<&str>) -> Option<usize> {
    if let Some(types) = subject.and_then(|s| v.values(s)) {
        return Some(types.len());
    }
    if let Some(count) = subject.and_then(|s| v.regions(s)) {
        return Some(count);
    }
    match eval(v, expr)? {
        Val::List(items) => Some(items.len()),
        _ => None,
    }
}

/// Inputs and results of an affine map (of a set: inputs and constraints).
fn map(v: &dyn Subject, expr: &Expr) -> Option<(i64, i64)> {
    let Val::Attr(attr) = eval(v, expr)? else { return None };
    match v.ctx().attr_kind(attr) {
        AttrKind::AffineMap { dims, syms, results } => Some(((dims + syms) as i64, results.len() as i64)),
        AttrKind::IntegerSet { dims, syms, constraints } => Some(((dims + syms) as i64, constraints.len() as i64)),
        _ => None,
    }
}
