//! Expressions of rules: attributes and values on the left bind variables, conditions and the right side compute with them.
//!
//! Functions are those of [`edge_dialect::check::RULE_FUNCTIONS`]: of permutations `compose(p, q)` (`p[q[i]]`), `inverse(p)`, `is_identity(p)`; of lists `concat(a, b)`, `len(a)`, `sum(a)`,
//! `product(a)`, `at(a, i)`; of numbers `min(a, b)`, `max(a, b)`; of values `type($x)`, `elem($x)`, `is_float($x)`, `is_int($x)`, `shape($x)`, `rank($x)`, `dim($x, i)`,
//! `static($x)`, `constant($x)` (whether it is one), `value($x)` (of a constant), `one_use($x)`; of anything `same(a, b)`, `given(a)`.
//! Where an argument does not fit, the expression has no value, and a rule with it does not apply.

use super::super::constants::known;
use edge_dialect::model::{BinaryOp, Expr, ExprNode};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Body, Context, Type, TypeKind, Value};
use rustc_hash::FxHashMap;

/// What an expression or a variable stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// A truth.
    Bool(bool),
    /// A number, an extent among them.
    Int(i64),
    /// A float of any type.
    Float(f64),
    /// A text.
    Str(String),
    /// A list of numbers.
    List(Vec<i64>),
    /// A type.
    Type(Type),
    /// An attribute of another kind.
    Attr(Attr),
    /// The values of an operand.
    Values(Vec<Value>),
    /// An attribute that is not given.
    Absent,
}

/// What the variables of a rule stand for.
pub type Bound = FxHashMap<String, Val>;

impl Val {
    /// Whether a condition holds.
    pub fn truth(&self) -> bool {
        *self == Val::Bool(true)
    }
    /// An attribute as the simplest thing it can be.
    pub fn of_attr(ctx: &Context, attr: Attr) -> Val {
        if ctx.attr_type(attr) == Some(ctx.i1()) {
            return ctx.as_int(attr).map_or(Val::Attr(attr), |i| Val::Bool(i != 0));
        }
        if let Some(i) = ctx.as_int(attr) {
            return Val::Int(i);
        }
        if let Some(f) = ctx.as_float(attr) {
            return Val::Float(f);
        }
        if let Some(text) = ctx.as_str(attr) {
            return Val::Str(text.to_owned());
        }
        if let Some(ty) = ctx.as_type(attr) {
            return Val::Type(ty);
        }
        match ctx.attr_kind(attr) {
            edge_ir::AttrKind::DenseArray { .. } => ctx.as_ints(attr).map_or(Val::Attr(attr), Val::List),
            _ => Val::Attr(attr),
        }
    }
    fn ints(self) -> Option<Vec<i64>> {
        match self {
            Val::List(list) => Some(list),
            _ => None,
        }
    }
    fn int(&self) -> Option<i64> {
        match self {
            Val::Int(i) => Some(*i),
            _ => None,
        }
    }
    fn value(&self) -> Option<Value> {
        match self {
            Val::Values(list) if list.len() == 1 => list.first().copied(),
            _ => None,
        }
    }
}

/// Equality as rules mean it: numbers by value, whatever they are held in.
pub fn same(ctx: &Context, a: &Val, b: &Val) -> bool {
    let plain = |v: &Val| if let Val::Attr(a) = v { Val::of_attr(ctx, *a) } else { v.clone() };
    match (plain(a), plain(b)) {
        (Val::Int(i), Val::Float(f)) | (Val::Float(f), Val::Int(i)) => i as f64 == f,
        (a, b) => a == b,
    }
}

/// Names of the variables in an expression.
pub fn variables(expr: &Expr) -> Vec<String> {
    match &expr.node {
        ExprNode::Var(name) => vec![name.clone()],
        ExprNode::Call(_, args) | ExprNode::List(args) => args.iter().flat_map(variables).collect(),
        ExprNode::Not(e) => variables(e),
        ExprNode::Binary(_, a, b) => [variables(a), variables(b)].concat(),
        _ => Vec::new(),
    }
}

/// The value of an expression, if it has one.
pub fn eval(ctx: &Context, body: &Body, bound: &Bound, expr: &Expr) -> Option<Val> {
    let go = |e: &Expr| eval(ctx, body, bound, e);
    Some(match &expr.node {
        ExprNode::Int(i) => Val::Int(*i),
        ExprNode::Float(f) => Val::Float(*f),
        ExprNode::Str(s) => Val::Str(s.clone()),
        ExprNode::Name(word) => match (word.as_str(), builtin_type(ctx, word)) {
            ("true", _) => Val::Bool(true),
            ("false", _) => Val::Bool(false),
            (_, Some(ty)) => Val::Type(ty),
            _ => Val::Str(word.clone()),
        },
        ExprNode::Var(name) => match bound.get(name)? {
            Val::Attr(attr) => Val::of_attr(ctx, *attr),
            other => other.clone(),
        },
        ExprNode::List(items) => Val::List(items.iter().map(|e| go(e)?.int()).collect::<Option<_>>()?),
        ExprNode::Attr(_) => return None,
        ExprNode::Not(e) => Val::Bool(!go(e)?.truth()),
        ExprNode::Binary(BinaryOp::And, a, b) => Val::Bool(go(a)?.truth() && go(b)?.truth()),
        ExprNode::Binary(BinaryOp::Or, a, b) => Val::Bool(go(a)?.truth() || go(b)?.truth()),
        ExprNode::Binary(op, a, b) => binary(ctx, *op, go(a)?, go(b)?)?,
        ExprNode::Call(name, args) => {
            let args: Option<Vec<Val>> = args.iter().map(go).collect();
            call(ctx, body, name, args?)?
        }
    })
}

fn builtin_type(ctx: &Context, word: &str) -> Option<Type> {
    if word == "index" {
        return Some(ctx.index());
    }
    if let Some(kind) = edge_ir::FloatKind::from_keyword(word) {
        return Some(ctx.float(kind));
    }
    Some(ctx.int(word.strip_prefix('i')?.parse().ok()?))
}

fn binary(ctx: &Context, op: BinaryOp, a: Val, b: Val) -> Option<Val> {
    match op {
        BinaryOp::Eq => return Some(Val::Bool(same(ctx, &a, &b))),
        BinaryOp::Ne => return Some(Val::Bool(!same(ctx, &a, &b))),
        BinaryOp::In => return Some(Val::Bool(b.ints()?.contains(&a.int()?))),
        _ => {}
    }
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => integers(op, a, b),
        (Val::Float(a), Val::Float(b)) => floats(op, a, b),
        (Val::Int(a), Val::Float(b)) => floats(op, a as f64, b),
        (Val::Float(a), Val::Int(b)) => floats(op, a, b as f64),
        (Val::List(a), Val::List(b)) if a.len() == b.len() => {
            a.iter().zip(&b).map(|(a, b)| integers(op, *a, *b)?.int()).collect::<Option<_>>().map(Val::List)
        }
        _ => None,
    }
}

fn integers(op: BinaryOp, a: i64, b: i64) -> Option<Val> {
    Some(match op {
        BinaryOp::Add => Val::Int(a.checked_add(b)?),
        BinaryOp::Sub => Val::Int(a.checked_sub(b)?),
        BinaryOp::Mul => Val::Int(a.checked_mul(b)?),
        BinaryOp::Div => Val::Int(a.checked_div(b)?),
        BinaryOp::Rem => Val::Int(a.checked_rem(b)?),
        BinaryOp::Le => Val::Bool(a <= b),
        BinaryOp::Ge => Val::Bool(a >= b),
        BinaryOp::Lt => Val::Bool(a < b),
        BinaryOp::Gt => Val::Bool(a > b),
        _ => return None,
    })
}

fn floats(op: BinaryOp, a: f64, b: f64) -> Option<Val> {
    Some(match op {
        BinaryOp::Add => Val::Float(a + b),
        BinaryOp::Sub => Val::Float(a - b),
        BinaryOp::Mul => Val::Float(a * b),
        BinaryOp::Div => Val::Float(a / b),
        BinaryOp::Le => Val::Bool(a <= b),
        BinaryOp::Ge => Val::Bool(a >= b),
        BinaryOp::Lt => Val::Bool(a < b),
        BinaryOp::Gt => Val::Bool(a > b),
        _ => return None,
    })
}

/// Element `i` of `p` for each `i` of `q`.
fn compose(p: &[i64], q: &[i64]) -> Option<Vec<i64>> {
    q.iter().map(|i| p.get(usize::try_from(*i).ok()?).copied()).collect()
}

fn inverse(p: &[i64]) -> Option<Vec<i64>> {
    let mut out = vec![-1; p.len()];
    for (i, at) in p.iter().enumerate() {
        *out.get_mut(usize::try_from(*at).ok()?)? = i as i64;
    }
    (!out.contains(&-1)).then_some(out)
}

fn call(ctx: &Context, body: &Body, name: &str, args: Vec<Val>) -> Option<Val> {
    if let [one] = &args[..]
        && let Some(value) = one.value()
    {
        return of_value(ctx, body, name, value);
    }
    let mut args = args.into_iter();
    let (a, b) = (args.next()?, args.next());
    if args.next().is_some() {
        return None;
    }
    Some(match (name, b) {
        ("given", None) => Val::Bool(a != Val::Absent && a != Val::Values(vec![])),
        ("same", Some(b)) => Val::Bool(same(ctx, &a, &b)),
        ("compose", Some(b)) => Val::List(compose(&a.ints()?, &b.ints()?)?),
        ("inverse", None) => Val::List(inverse(&a.ints()?)?),
        ("is_identity", None) => Val::Bool(a.ints()?.iter().enumerate().all(|(i, p)| i as i64 == *p)),
        ("concat", Some(b)) => Val::List([a.ints()?, b.ints()?].concat()),
        ("len", None) => match a {
            Val::Values(v) => Val::Int(v.len() as i64),
            a => Val::Int(a.ints()?.len() as i64),
        },
        ("sum", None) => Val::Int(a.ints()?.iter().try_fold(0i64, |s, x| s.checked_add(*x))?),
        ("product", None) => Val::Int(a.ints()?.iter().try_fold(1i64, |s, x| s.checked_mul(*x))?),
        ("at", Some(b)) => Val::Int(*a.ints()?.get(usize::try_from(b.int()?).ok()?)?),
        ("dim", Some(b)) => {
            let shape = of_value(ctx, body, "shape", a.value()?)?.ints()?;
            let dim = *shape.get(usize::try_from(b.int()?).ok()?)?;
            if dim == DYNAMIC { return None } else { Val::Int(dim) }
        }
        ("min", Some(b)) => Val::Int(a.int()?.min(b.int()?)),
        ("max", Some(b)) => Val::Int(a.int()?.max(b.int()?)),
        _ => return None,
    })
}

fn of_value(ctx: &Context, body: &Body, name: &str, value: Value) -> Option<Val> {
    let kind: TypeKind<'_> = ctx.type_kind(body.ty(value));
    Some(match name {
        "type" => Val::Type(body.ty(value)),
        "elem" => Val::Type(ctx.elem_or_self(body.ty(value))),
        "shape" => Val::List(kind.shape()?.to_vec()),
        "is_float" => Val::Bool(ctx.is_float(ctx.elem_or_self(body.ty(value)))),
        "is_int" => {
            Val::Bool(matches!(ctx.type_kind(ctx.elem_or_self(body.ty(value))), TypeKind::Integer { .. } | TypeKind::Index))
        }
        "rank" => Val::Int(kind.shape()?.len() as i64),
        "static" => Val::Bool(kind.shape()?.iter().all(|d| *d != DYNAMIC)),
        "constant" => Val::Bool(known(ctx, body, value).is_some()),
        "value" => Val::of_attr(ctx, known(ctx, body, value)?),
        "one_use" => Val::Bool(body.has_one_use(value)),
        "given" => Val::Bool(true),
        "len" => Val::Int(1),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations() {
        assert_eq!(compose(&[2, 0, 1], &[1, 2, 0]), Some(vec![0, 1, 2]));
        assert_eq!(inverse(&[2, 0, 1]), Some(vec![1, 2, 0]));
        assert_eq!(inverse(&[0, 0]), None);
        assert_eq!(compose(&[0], &[-1]), None);
    }
}
