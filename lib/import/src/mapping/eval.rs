//! Evaluates mappings. Arithmetic, comparisons and `if` work on lists element by element, a scalar standing for every element.

use super::ast::*;
use super::builtins;
use super::size::Size;
use super::value::{Fault, FaultKind, Host, Val};
use edge_dialect::core::ElemType;
use edge_support::Span;
use rustc_hash::FxHashMap;

/// How deep functions may call each other.
const DEPTH: usize = 64;

/// Names of one body, innermost last.
pub type Env = Vec<(String, Val)>;

/// Evaluates bodies with a set of functions on a host.
pub struct Evaluator<'a, H> {
    pub functions: &'a FxHashMap<String, Function>,
    pub host: &'a mut H,
    depth: usize,
}

impl<'a, H: Host> Evaluator<'a, H> {
    pub fn new(functions: &'a FxHashMap<String, Function>, host: &'a mut H) -> Self {
        Evaluator { functions, host, depth: 0 }
    }

    /// The results of a mapping: those of which `wanted` is false may be `None` without having been computed. More may be wanted than
    /// the mapping has, which the caller sees by the length.
    pub fn results(&mut self, body: &Body, env: &mut Env, wanted: &[bool]) -> Result<Vec<Val>, Fault> {
        self.statements(body, env)?;
        let Node::Tuple(items) = &body.result.node else {
            let single = self.expr(&body.result, env)?;
            return Ok(if let Val::Tuple(items) = single { items } else { vec![single] });
        };
        let wants = |i: usize| wanted.get(i).copied().unwrap_or(false);
        items.iter().enumerate().map(|(i, item)| if wants(i) { self.expr(item, env) } else { Ok(Val::None) }).collect()
    }

    fn statements(&mut self, body: &Body, env: &mut Env) -> Result<(), Fault> {
        for stmt in &body.stmts {
            match stmt {
                Stmt::Let(name, value) => {
                    let value = self.expr(value, env)?;
                    env.push((name.clone(), value));
                }
                Stmt::Require(condition, message) => {
                    let holds = self.expr(condition, env)?;
                    if !self.truth(&holds, condition.span)? {
                        return Err(Fault::new(FaultKind::Unsupported, condition.span, message));
                    }
                }
            }
        }
        Ok(())
    }

    pub fn expr(&mut self, expr: &Expr, env: &mut Env) -> Result<Val, Fault> {
        let span = expr.span;
        match &expr.node {
            Node::Int(i) => Ok(Val::int(*i)),
            Node::Float(f) => Ok(Val::Float(*f)),
            Node::Str(s) => Ok(Val::Str(s.clone())),
            Node::Name(name) => self.name(name, env, span),
            Node::List(items) => Ok(Val::List(self.exprs(items, env)?)),
            Node::Tuple(items) => Ok(Val::Tuple(self.exprs(items, env)?)),
            Node::Call { callee, args, attrs } => self.call(callee, args, attrs, env, span),
            Node::Neg(value) => {
                let value = self.expr(value, env)?;
                zip1(&value, &|v| builtins::negate(v, span))
            }
            Node::Not(value) => {
                let value = self.expr(value, env)?;
                zip1(&value, &|v| match v {
                    Val::Bool(b) => Ok(Val::Bool(!b)),
                    _ => Err(Fault::mapping(span, format!("`not` of {}", v.kind()))),
                })
            }
            Node::Binary(op, a, b) => self.binary(*op, a, b, env, span),
            Node::If(condition, then, otherwise) => self.branch(condition, then, otherwise, env),
            Node::Match(subject, arms) => self.matching(subject.as_deref(), arms, env, span),
            Node::Item(list, index) => {
                let (list, index) = (self.expr(list, env)?, self.expr(index, env)?);
                builtins::item(&list, &index, span)
            }
        }
    }

    fn exprs(&mut self, items: &[Expr], env: &mut Env) -> Result<Vec<Val>, Fault> {
        items.iter().map(|e| self.expr(e, env)).collect()
    }

    fn name(&self, name: &str, env: &Env, span: Span) -> Result<Val, Fault> {
        if let Some((_, value)) = env.iter().rev().find(|(n, _)| n == name) {
            return Ok(value.clone());
        }
        match name {
            "None" => Ok(Val::None),
            "true" => Ok(Val::Bool(true)),
            "false" => Ok(Val::Bool(false)),
            _ if name.contains('.') => Ok(Val::Op(name.to_string())),
            _ => ElemType::from_name(name)
                .map(Val::Type)
                .ok_or_else(|| Fault::mapping(span, format!("`{name}` is not known here"))),
        }
    }

    fn truth(&self, value: &Val, span: Span) -> Result<bool, Fault> {
        match value {
            Val::Bool(b) => Ok(*b),
            _ => Err(Fault::mapping(span, format!("a condition is {}", value.kind()))),
        }
    }

    fn call(&mut self, callee: &str, args: &[Expr], attrs: &[(String, Expr)], env: &mut Env, span: Span) -> Result<Val, Fault> {
        let args = self.exprs(args, env)?;
        if callee.contains('.') {
            let attrs = attrs.iter().map(|(n, e)| Ok((n.clone(), self.expr(e, env)?))).collect::<Result<Vec<_>, Fault>>()?;
            let attrs = attrs.into_iter().filter(|(_, v)| *v != Val::None).collect();
            return self.host.build(callee, args, attrs, span);
        }
        let functions = self.functions;
        let Some(function) = functions.get(callee) else {
            return builtins::call(self.host, callee, args, span);
        };
        if function.params.len() != args.len() {
            let message = format!("`{callee}` takes {} arguments, not {}", function.params.len(), args.len());
            return Err(Fault::mapping(span, message));
        }
        if self.depth >= DEPTH {
            return Err(Fault::mapping(span, format!("functions call each other more than {DEPTH} deep")));
        }
        self.depth += 1;
        let mut inner: Env = function.params.iter().cloned().zip(args).collect();
        let result = self.statements(&function.body, &mut inner).and_then(|()| self.expr(&function.body.result, &mut inner));
        self.depth -= 1;
        result
    }

    fn binary(&mut self, op: Operator, a: &Expr, b: &Expr, env: &mut Env, span: Span) -> Result<Val, Fault> {
        let left = self.expr(a, env)?;
        match (op, &left) {
            (Operator::Coalesce, Val::None) => return self.expr(b, env),
            (Operator::Coalesce, _) => return Ok(left),
            // The right side need not have a value where the left one decides.
            (Operator::And, Val::Bool(false)) | (Operator::Or, Val::Bool(true)) => return Ok(left),
            _ => {}
        }
        let right = self.expr(b, env)?;
        if matches!(op, Operator::Eq | Operator::Ne) && (left == Val::None || right == Val::None) {
            return Ok(Val::Bool((left == right) == (op == Operator::Eq)));
        }
        zip2(&left, &right, span, &|a, b| builtins::binary(op, a, b, span))
    }

    fn branch(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr, env: &mut Env) -> Result<Val, Fault> {
        match self.expr(condition, env)? {
            Val::List(conditions) => {
                let (then_value, else_value) = (self.expr(then, env)?, self.expr(otherwise, env)?);
                let pick = |(i, holds): (usize, &Val)| {
                    let (side, span) = if self.truth(holds, condition.span)? {
                        (&then_value, then.span)
                    } else {
                        (&else_value, otherwise.span)
                    };
                    match side {
                        Val::List(items) if items.len() == conditions.len() => Ok(items[i].clone()),
                        Val::List(items) => {
                            let message = format!("a list of {} where one of {} is needed", items.len(), conditions.len());
                            Err(Fault::new(FaultKind::Model, span, message))
                        }
                        scalar => Ok(scalar.clone()),
                    }
                };
                Ok(Val::List(conditions.iter().enumerate().map(pick).collect::<Result<_, _>>()?))
            }
            value => {
                let holds = self.truth(&value, condition.span)?;
                self.expr(if holds { then } else { otherwise }, env)
            }
        }
    }

    fn matching(
        &mut self,
        subject: Option<&Expr>,
        arms: &[(Vec<Expr>, Expr)],
        env: &mut Env,
        span: Span,
    ) -> Result<Val, Fault> {
        let subject = subject.map(|s| self.expr(s, env)).transpose()?;
        for (patterns, value) in arms {
            let mut fits = patterns.is_empty();
            for pattern in patterns {
                let found = self.expr(pattern, env)?;
                fits |= match &subject {
                    Some(subject) => *subject == found,
                    None => self.truth(&found, pattern.span)?,
                };
            }
            if fits {
                return self.expr(value, env);
            }
        }
        let shown = match subject {
            Some(Val::Str(s)) => format!("\"{s}\" is none of the values that are known here"),
            Some(Val::Int(i)) => format!("{i} is none of the values that are known here"),
            _ => "none of the cases applies".to_string(),
        };
        Err(Fault::new(FaultKind::Unsupported, span, shown))
    }
}

/// Applies `f` to a value, or to each element of a list.
fn zip1(value: &Val, f: &dyn Fn(&Val) -> Result<Val, Fault>) -> Result<Val, Fault> {
    match value {
        Val::List(items) => Ok(Val::List(items.iter().map(|v| zip1(v, f)).collect::<Result<_, _>>()?)),
        _ => f(value),
    }
}

/// Applies `f` to two values, or element by element where one of them is a list.
pub fn zip2(a: &Val, b: &Val, span: Span, f: &dyn Fn(&Val, &Val) -> Result<Val, Fault>) -> Result<Val, Fault> {
    match (a, b) {
        (Val::List(x), Val::List(y)) if x.len() != y.len() => {
            Err(Fault::new(FaultKind::Model, span, format!("a list of {} where one of {} is needed", y.len(), x.len())))
        }
        (Val::List(x), Val::List(y)) => {
            Ok(Val::List(x.iter().zip(y).map(|(a, b)| zip2(a, b, span, f)).collect::<Result<_, _>>()?))
        }
        (Val::List(x), _) => Ok(Val::List(x.iter().map(|a| zip2(a, b, span, f)).collect::<Result<_, _>>()?)),
        (_, Val::List(y)) => Ok(Val::List(y.iter().map(|b| zip2(a, b, span, f)).collect::<Result<_, _>>()?)),
        _ => f(a, b),
    }
}

/// Sizes as a list of integers.
pub fn size_list(sizes: Vec<Size>) -> Val {
    Val::List(sizes.into_iter().map(Val::Int).collect())
}
