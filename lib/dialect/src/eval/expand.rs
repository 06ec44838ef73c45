//! Evaluation of expressions: static values fold, the rest becomes Core.

use super::ast::*;
use super::inst::*;
use super::unify::MAX_LIST;
use super::value::Value;
use crate::core::{BinOp, ElemType, ExprId, Node, Poly, Scalar, ScalarFn, fold};

/// Macros and expressions that may be open at once.
const MAX_DEPTH: u32 = 200;
/// Nodes that one instance may have.
const MAX_NODES: usize = 1 << 21;

fn err<T>(span: &Span, message: impl Into<String>) -> Result<T> {
    Err(EvalError::new(span.clone(), message))
}

impl<'a> Inst<'a> {
    /// The value of an expression. `hint` is the type that literals take where nothing nearer tells.
    pub(super) fn eval(&mut self, e: &'a Expr, hint: Option<ElemType>) -> Result<Value> {
        if self.depth > MAX_DEPTH || self.program.exprs.len() > MAX_NODES {
            return err(&e.span, "the expression is too deep or too large");
        }
        self.depth += 1;
        let value = self.eval_kind(e, hint);
        self.depth -= 1;
        value
    }

    fn eval_kind(&mut self, e: &'a Expr, hint: Option<ElemType>) -> Result<Value> {
        match &e.kind {
            ExprKind::Int(v) => Ok(Value::Int(*v)),
            ExprKind::Float(v) => Ok(Value::Float(*v)),
            ExprKind::Str(v) => Ok(Value::Str(v.clone())),
            ExprKind::Name(name) => self.name(name, &e.span),
            ExprKind::List(items) => self.list(items, hint),
            ExprKind::Neg(a) => {
                let a = self.eval(a, hint)?;
                self.negate(a, &e.span)
            }
            ExprKind::Not(a) => {
                let a = self.eval_outside_place(a)?;
                self.invert(a, &e.span)
            }
            ExprKind::Bin(BinOp::Lt, name, _) if self.in_place > 0 && matches!(name.kind, ExprKind::Name(_)) => {
                self.eval(name, hint)
            }
            ExprKind::Bin(op, a, b) => {
                let hint = if op.is_comparison() { None } else { hint };
                let (x, y) = (self.eval(a, hint)?, self.eval(b, hint)?);
                self.binary(*op, x, y, &e.span)
            }
            ExprKind::If(cond, then, else_) => self.choose(cond, then, else_, hint, &e.span),
            ExprKind::Match(subject, arms) => self.match_arms(subject, arms, hint, &e.span),
            ExprKind::Call(name, args) => self.call(name, args, hint, &e.span),
            ExprKind::Item(list, at) => self.item(list, at),
            ExprKind::Load(load) => self.load(load, &e.span),
            ExprKind::Coalesce(a, b) => match &a.kind {
                ExprKind::Load(load) if self.is_absent(load)? => self.eval(b, hint),
                ExprKind::Load(_) => self.eval(a, hint),
                _ => match self.eval(a, hint)? {
                    Value::None => self.eval(b, hint),
                    value => Ok(value),
                },
            },
            ExprKind::Reduce(reduce) => self.reduce(reduce, hint, &e.span),
        }
    }

    /// Evaluates what is no place even inside one (conditions, types, axes).
    pub(super) fn eval_outside_place(&mut self, e: &'a Expr) -> Result<Value> {
        let saved = std::mem::take(&mut self.in_place);
        let value = self.eval(e, None);
        self.in_place = saved;
        value
    }

    fn name(&mut self, name: &str, span: &Span) -> Result<Value> {
        if let Some(value) = self.lookup(name) {
            return Ok(value.clone());
        }
        if let Some(ty) = ElemType::from_name(name) {
            return Ok(Value::Type(ty));
        }
        Ok(match name {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "None" => Value::None,
            "inf" => Value::Float(f64::INFINITY),
            "nan" => Value::Float(f64::NAN),
            "pi" => Value::Float(std::f64::consts::PI),
            "lowest" => Value::Lowest,
            "highest" => Value::Highest,
            _ if self.tensor(name).is_some() => return err(span, format!("`{name}` is a tensor: write `{name}[...]`")),
            _ => return err(span, format!("unknown name `{name}`")),
        })
    }

    /// A list, with lists inside spliced.
    fn list(&mut self, items: &'a [Expr], hint: Option<ElemType>) -> Result<Value> {
        let mut out = Vec::new();
        for item in items {
            match self.eval(item, hint)? {
                Value::List(inner) => out.extend(inner),
                value => out.push(value),
            }
            if out.len() > MAX_LIST {
                return err(&item.span, "the list is too long");
            }
        }
        Ok(Value::List(out))
    }

    fn item(&mut self, list: &'a Expr, at: &'a Expr) -> Result<Value> {
        let items = match self.eval(list, None)? {
            Value::List(items) => items,
            other => return err(&list.span, format!("a list is needed, this is {}", other.describe())),
        };
        match self.eval_outside_place(at)? {
            Value::Int(n) => match normal_axis(n, items.len()) {
                Some(n) => Ok(items[n].clone()),
                None => err(&at.span, format!("position {n} is out of range for a list of {}", items.len())),
            },
            other => err(&at.span, format!("a known integer is needed, this is {}", other.describe())),
        }
    }

    /// Applies `f` to the elements of two values, of which either may be a list.
    pub(super) fn zip(
        &mut self,
        a: Value,
        b: Value,
        span: &Span,
        f: &mut dyn FnMut(&mut Self, Value, Value) -> Result<Value>,
    ) -> Result<Value> {
        match (a, b) {
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return err(span, format!("lists of {} and {} elements do not go together", a.len(), b.len()));
                }
                a.into_iter().zip(b).map(|(a, b)| self.zip(a, b, span, f)).collect::<Result<_>>().map(Value::List)
            }
            (Value::List(a), b) => {
                a.into_iter().map(|a| self.zip(a, b.clone(), span, f)).collect::<Result<_>>().map(Value::List)
            }
            (a, Value::List(b)) => {
                b.into_iter().map(|b| self.zip(a.clone(), b, span, f)).collect::<Result<_>>().map(Value::List)
            }
            (a, b) => f(self, a, b),
        }
    }

    pub(super) fn map(&mut self, a: Value, f: &mut dyn FnMut(&mut Self, Value) -> Result<Value>) -> Result<Value> {
        match a {
            Value::List(items) => items.into_iter().map(|a| self.map(a, f)).collect::<Result<_>>().map(Value::List),
            a => f(self, a),
        }
    }

    pub(super) fn binary(&mut self, op: BinOp, a: Value, b: Value, span: &Span) -> Result<Value> {
        if matches!(op, BinOp::Eq | BinOp::Ne) && (matches!(a, Value::None) || matches!(b, Value::None)) {
            return Ok(Value::Bool((a == b) == (op == BinOp::Eq)));
        }
        self.zip(a, b, span, &mut |inst, a, b| inst.binary_one(op, a, b, span))
    }

    fn binary_one(&mut self, op: BinOp, a: Value, b: Value, span: &Span) -> Result<Value> {
        if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
            return match (&a, &b) {
                (Value::Int(x), Value::Int(y)) => int_literals(op, *x, *y, span),
                _ => float_literals(op, x, y, span),
            };
        }
        match (&a, &b) {
            (Value::Bool(x), Value::Bool(y)) => {
                return fold::bin(op, Scalar::bool(*x), Scalar::bool(*y))
                    .map_or_else(|| err(span, format!("`{}` of booleans", op.symbol())), |v| Ok(Value::Bool(v.to_bool())));
            }
            (Value::Str(_) | Value::Type(_), _) if op == BinOp::Eq || op == BinOp::Ne => {
                return Ok(Value::Bool((a == b) == (op == BinOp::Eq)));
            }
            _ => {}
        }
        let (x, y) = self.common(a, b, span)?;
        self.check_operator(op, self.program.ty(x), span)?;
        if matches!(op, BinOp::FloorDiv | BinOp::Mod) && self.program.exprs.as_index(y).is_some_and(|d| d <= 0) {
            return err(span, "the divisor must be positive");
        }
        let e = self.program.bin(op, x, y);
        Ok(self.value_of(e))
    }

    fn check_operator(&self, op: BinOp, ty: ElemType, span: &Span) -> Result<()> {
        let fits = match op {
            BinOp::And | BinOp::Or => ty == ElemType::I1,
            BinOp::Div => ty.is_float(),
            BinOp::FloorDiv | BinOp::Mod => ty.is_int(),
            BinOp::Add | BinOp::Sub | BinOp::Mul => ty != ElemType::I1,
            _ => true,
        };
        if fits {
            return Ok(());
        }
        let help = if op == BinOp::Div { ": write `//` or `tdiv`" } else { "" };
        err(span, format!("`{}` of {ty}{help}", op.symbol()))
    }

    /// Two values as expressions of one type.
    fn common(&mut self, a: Value, b: Value, span: &Span) -> Result<(ExprId, ExprId)> {
        match (&a, &b) {
            (Value::Expr(x), Value::Expr(y)) => {
                let (s, t) = (self.program.ty(*x), self.program.ty(*y));
                if s != t && s == ElemType::Index && self.program.is_static(*x) {
                    return Ok((self.program.cast(t, *x), *y));
                }
                if s != t && t == ElemType::Index && self.program.is_static(*y) {
                    return Ok((*x, self.program.cast(s, *y)));
                }
                if s != t {
                    return err(span, format!("the sides have types {s} and {t}: write a cast"));
                }
                Ok((*x, *y))
            }
            (Value::Expr(x), _) => Ok((*x, self.coerce(b, self.program.ty(*x), span)?)),
            (_, Value::Expr(y)) => {
                let ty = self.program.ty(*y);
                let y = *y;
                Ok((self.coerce(a, ty, span)?, y))
            }
            _ => err(span, format!("{} and {} do not go together", a.describe(), b.describe())),
        }
    }

    /// The value as an expression of type `ty`: literals and sizes take it, the rest must have it.
    pub(super) fn coerce(&mut self, value: Value, ty: ElemType, span: &Span) -> Result<ExprId> {
        let scalar = match value {
            Value::Int(v) if ty.int_range().is_some_and(|(lo, hi)| i128::from(v) < lo || i128::from(v) > hi) => {
                return err(span, format!("{v} is out of range for {ty}"));
            }
            Value::Int(v) => Scalar::from_int(ty, i128::from(v)),
            Value::Float(v) if ty.is_float() => Scalar::from_f64(ty, v),
            Value::Float(_) => return err(span, format!("a float where {ty} is needed")),
            Value::Bool(v) if ty == ElemType::I1 => Scalar::bool(v),
            Value::Lowest => Scalar::lowest(ty),
            Value::Highest => Scalar::highest(ty),
            Value::Expr(e) => {
                let own = self.program.ty(e);
                if own == ElemType::Index && own != ty && self.program.is_static(e) {
                    return Ok(self.program.cast(ty, e));
                }
                if own != ty {
                    return err(span, format!("this has type {own} where {ty} is needed: write a cast"));
                }
                return Ok(e);
            }
            other => return err(span, format!("{} where a value of type {ty} is needed", other.describe())),
        };
        Ok(self.scalar(scalar))
    }

    fn negate(&mut self, a: Value, span: &Span) -> Result<Value> {
        self.map(a, &mut |inst, a| match a {
            Value::Int(v) => v.checked_neg().map_or_else(|| err(span, "overflow"), |v| Ok(Value::Int(v))),
            Value::Float(v) => Ok(Value::Float(-v)),
            Value::Expr(e) if inst.program.ty(e) != ElemType::I1 => {
                let e = inst.program.neg(e);
                Ok(inst.value_of(e))
            }
            other => err(span, format!("`-` of {}", other.describe())),
        })
    }

    fn invert(&mut self, a: Value, span: &Span) -> Result<Value> {
        self.map(a, &mut |inst, a| match a {
            Value::Bool(v) => Ok(Value::Bool(!v)),
            Value::Expr(e) if inst.program.ty(e) == ElemType::I1 => {
                let e = inst.program.not(e);
                Ok(inst.value_of(e))
            }
            other => err(span, format!("`not` of {}", other.describe())),
        })
    }

    /// `if`: a known condition takes one branch unseen; else a selection whose condition guards its branches.
    fn choose(
        &mut self,
        cond: &'a Expr,
        then: &'a Expr,
        else_: &'a Expr,
        hint: Option<ElemType>,
        span: &Span,
    ) -> Result<Value> {
        let cond_value = self.eval_outside_place(cond)?;
        match cond_value {
            Value::Bool(true) => self.eval(then, hint),
            Value::Bool(false) => self.eval(else_, hint),
            Value::Expr(c) if self.program.ty(c) == ElemType::I1 => {
                let a = self.under(c, true, |inst| inst.eval(then, hint))?;
                let b = self.under(c, false, |inst| inst.eval(else_, hint))?;
                self.zip(a, b, span, &mut |inst, a, b| inst.select(c, a, b, hint, span))
            }
            Value::List(conds) => {
                let (a, b) = (self.eval(then, hint)?, self.eval(else_, hint)?);
                let pick = |value: &Value, n: usize| match value {
                    Value::List(items) => items.get(n).cloned().unwrap_or(Value::None),
                    one => one.clone(),
                };
                let mut out = Vec::new();
                for (n, c) in conds.into_iter().enumerate() {
                    let (a, b) = (pick(&a, n), pick(&b, n));
                    out.push(match c {
                        Value::Bool(c) => {
                            if c {
                                a
                            } else {
                                b
                            }
                        }
                        Value::Expr(c) => self.select(c, a, b, hint, span)?,
                        other => return err(&cond.span, format!("a condition is needed, this is {}", other.describe())),
                    });
                }
                Ok(Value::List(out))
            }
            other => err(&cond.span, format!("a condition is needed, this is {}", other.describe())),
        }
    }

    fn select(&mut self, cond: ExprId, a: Value, b: Value, hint: Option<ElemType>, span: &Span) -> Result<Value> {
        if a == b {
            return Ok(a);
        }
        let (x, y) = if a.is_literal() && b.is_literal() {
            let ty = match (hint, &a, &b) {
                (Some(ty), ..) => ty,
                (None, Value::Int(_), Value::Int(_)) => ElemType::Index,
                (None, Value::Bool(_), Value::Bool(_)) => ElemType::I1,
                _ => return err(span, "the type of this choice is not known: write a cast in a branch"),
            };
            (self.coerce(a, ty, span)?, self.coerce(b, ty, span)?)
        } else {
            self.common(a, b, span)?
        };
        let e = self.program.sel(cond, x, y);
        Ok(self.value_of(e))
    }

    /// Evaluates with the condition (or its contrary) as a fact.
    pub(super) fn under<T>(&mut self, cond: ExprId, holds: bool, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mark = self.facts.len();
        self.learn(cond, holds);
        let value = f(self);
        self.facts.truncate(mark);
        value
    }

    /// Adds what a condition says about indices to the facts.
    pub(super) fn learn(&mut self, cond: ExprId, holds: bool) {
        match *self.program.node(cond) {
            Node::Not(inner) => self.learn(inner, !holds),
            Node::Bin(BinOp::And, a, b) if holds => {
                self.learn(a, true);
                self.learn(b, true);
            }
            Node::Bin(BinOp::Or, a, b) if !holds => {
                self.learn(a, false);
                self.learn(b, false);
            }
            Node::Bin(op, a, b) if op.is_comparison() && self.program.ty(a) == ElemType::Index => {
                let op = match (op, holds) {
                    (op, true) => op,
                    (BinOp::Lt, _) => BinOp::Ge,
                    (BinOp::Le, _) => BinOp::Gt,
                    (BinOp::Gt, _) => BinOp::Le,
                    (BinOp::Ge, _) => BinOp::Lt,
                    (BinOp::Eq, _) => BinOp::Ne,
                    (other, _) => {
                        if other == BinOp::Ne {
                            BinOp::Eq
                        } else {
                            other
                        }
                    }
                };
                let (x, y) = (self.program.poly(a), self.program.poly(b));
                self.learn_order(op, &x, &y);
            }
            _ => {}
        }
    }

    fn learn_order(&mut self, op: BinOp, x: &Poly, y: &Poly) {
        let (Some(rise), Some(fall)) = (y.sub(x), x.sub(y)) else { return };
        let less = |p: &Poly| p.sub(&Poly::constant(1));
        match op {
            BinOp::Lt => self.facts.extend(less(&rise)),
            BinOp::Le => self.facts.push(rise),
            BinOp::Gt => self.facts.extend(less(&fall)),
            BinOp::Ge => self.facts.push(fall),
            BinOp::Eq => self.facts.extend([rise, fall]),
            // Different and not less is greater.
            _ if self.program.proves(&fall, &self.facts) => self.facts.extend(less(&fall)),
            _ if self.program.proves(&rise, &self.facts) => self.facts.extend(less(&rise)),
            _ => {}
        }
    }

    fn match_arms(&mut self, subject: &'a Expr, arms: &'a [Arm], hint: Option<ElemType>, span: &Span) -> Result<Value> {
        let subject_value = self.eval_outside_place(subject)?;
        if matches!(subject_value, Value::Expr(_)) {
            return err(&subject.span, "`match` needs a known value");
        }
        for arm in arms {
            let mut matches = arm.patterns.is_empty();
            for pattern in &arm.patterns {
                let value = self.eval_outside_place(pattern)?;
                matches |= value == subject_value || value.as_float().is_some_and(|v| Some(v) == subject_value.as_float());
            }
            if matches {
                return self.eval(&arm.value, hint);
            }
        }
        err(span, format!("no arm for {}", self.show(&subject_value)))
    }

    /// A scalar function on values of which any may be a list.
    pub(super) fn scalar_fn(&mut self, f: ScalarFn, args: Vec<Value>, hint: Option<ElemType>, span: &Span) -> Result<Value> {
        if args.len() != f.arity() {
            return err(span, format!("`{}` takes {} arguments, not {}", f.name(), f.arity(), args.len()));
        }
        let mut args = args.into_iter();
        match (args.next(), args.next(), args.next()) {
            (Some(a), None, _) => self.map(a, &mut |inst, a| inst.scalar_fn_one(f, &[a], hint, span)),
            (Some(a), Some(b), Some(c)) => self.scalar_fn_one(f, &[a, b, c], hint, span),
            (Some(a), Some(b), None) => self.zip(a, b, span, &mut |inst, a, b| inst.scalar_fn_one(f, &[a, b], hint, span)),
            _ => err(span, "no arguments"),
        }
    }

    fn scalar_fn_one(&mut self, f: ScalarFn, args: &[Value], hint: Option<ElemType>, span: &Span) -> Result<Value> {
        let bounds = args.iter().any(|a| matches!(a, Value::Lowest | Value::Highest | Value::Bool(_)));
        if args.iter().all(Value::is_literal) && !bounds {
            return self.literal_fn(f, args, span);
        }
        let typed = args.iter().find_map(|a| if let Value::Expr(e) = a { Some(*e) } else { None });
        let moving = args
            .iter()
            .filter_map(|a| if let Value::Expr(e) = a { Some(*e) } else { None })
            .find(|e| self.program.ty(*e) != ElemType::Index);
        let Some(ty) = moving.or(typed).map(|e| self.program.ty(e)).or(hint) else {
            return err(span, "the type is not known: write a cast");
        };
        let args: Vec<ExprId> = args.iter().map(|a| self.coerce(a.clone(), ty, span)).collect::<Result<_>>()?;
        if !f.accepts(ty) {
            return err(span, format!("`{}` of {ty}", f.name()));
        }
        let e = self.program.func(f, &args);
        Ok(self.value_of(e))
    }

    /// On literals: in integers if all are and the function takes them, else in f64.
    fn literal_fn(&mut self, f: ScalarFn, args: &[Value], span: &Span) -> Result<Value> {
        let ints: Option<Vec<Scalar>> =
            args.iter().map(|a| if let Value::Int(v) = a { Some(Scalar::index(*v)) } else { None }).collect();
        let rounding = matches!(f, ScalarFn::Floor | ScalarFn::Ceil | ScalarFn::Round | ScalarFn::Trunc);
        if let (Some(_), true) = (&ints, rounding) {
            return Ok(args[0].clone());
        }
        let value = match ints {
            Some(ints) if f.accepts(ElemType::Index) => fold::func(f, &ints).map(|v| Value::Int(v.bits() as i64)),
            _ => {
                let floats: Vec<Scalar> =
                    args.iter().filter_map(Value::as_float).map(|v| Scalar::from_f64(ElemType::F64, v)).collect();
                fold::func(f, &floats)
                    .map(|v| if v.ty() == ElemType::I1 { Value::Bool(v.to_bool()) } else { Value::Float(v.to_f64()) })
            }
        };
        value.map_or_else(|| err(span, format!("`{}` of these literals is not known: write a cast", f.name())), Ok)
    }

    /// A value, or the values of a list, as index expressions. Integer data are converted.
    pub(super) fn index_list(&mut self, value: Value, span: &Span) -> Result<Vec<ExprId>> {
        match value {
            Value::List(items) => {
                let mut out = Vec::new();
                for item in items {
                    out.extend(self.index_list(item, span)?);
                }
                Ok(out)
            }
            Value::Int(v) => Ok(vec![self.program.index(v)]),
            Value::Expr(e) if self.program.ty(e).is_int() => Ok(vec![self.program.cast(ElemType::Index, e)]),
            Value::Expr(e) => err(span, format!("an index is needed, this has type {}", self.program.ty(e))),
            other => err(span, format!("an index is needed, this is {}", other.describe())),
        }
    }

    /// Known integers, such as axes.
    pub(super) fn axes(&mut self, e: &'a Expr) -> Result<Vec<i64>> {
        let value = self.eval_outside_place(e)?;
        self.known_ints(&value, &e.span)
    }

    pub(super) fn known_ints(&self, value: &Value, span: &Span) -> Result<Vec<i64>> {
        match value {
            Value::Int(v) => Ok(vec![*v]),
            Value::List(items) => {
                let lists: Result<Vec<Vec<i64>>> = items.iter().map(|v| self.known_ints(v, span)).collect();
                Ok(lists?.concat())
            }
            other => err(span, format!("known integers are needed, this is {}", other.describe())),
        }
    }
}

fn int_literals(op: BinOp, a: i64, b: i64, span: &Span) -> Result<Value> {
    if op == BinOp::Div {
        return err(span, "`/` of integers: write `//` or `tdiv`");
    }
    let (x, y) = (i128::from(a), i128::from(b));
    let exact = match op {
        BinOp::Add => x + y,
        BinOp::Sub => x - y,
        BinOp::Mul => x * y,
        _ => 0,
    };
    if i64::try_from(exact).is_err() {
        return err(span, "overflow");
    }
    match fold::bin(op, Scalar::index(a), Scalar::index(b)) {
        Some(v) if v.ty() == ElemType::I1 => Ok(Value::Bool(v.to_bool())),
        Some(v) => Ok(Value::Int(v.bits() as i64)),
        None if b == 0 => err(span, "division by zero"),
        None => err(span, format!("`{}` of integers", op.symbol())),
    }
}

fn float_literals(op: BinOp, a: f64, b: f64, span: &Span) -> Result<Value> {
    match fold::bin(op, Scalar::from_f64(ElemType::F64, a), Scalar::from_f64(ElemType::F64, b)) {
        Some(v) if v.ty() == ElemType::I1 => Ok(Value::Bool(v.to_bool())),
        Some(v) => Ok(Value::Float(v.to_f64())),
        None => err(span, format!("`{}` of floats", op.symbol())),
    }
}
