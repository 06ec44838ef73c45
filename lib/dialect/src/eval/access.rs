//! Loads and reductions.

use super::ast::*;
use super::builtin::accumulator;
use super::inst::*;
use super::value::Value;
use crate::core::{BinOp, BufId, ElemType, ExprId, Load, Node, Proof, RedOp, Scalar, Table, TableId, VarId, fold};
use rustc_hash::FxHashMap;

/// Points that a reduction may be unrolled to.
const MAX_UNROLL: i64 = 4096;
/// Elements of a table computed at instantiation.
const MAX_TABLE: i64 = 1 << 16;

fn err<T>(span: &Span, message: impl Into<String>) -> Result<T> {
    Err(EvalError::new(span.clone(), message))
}

impl<'a> Inst<'a> {
    /// Whether the operand that is loaded from was left out.
    pub(super) fn is_absent(&self, load: &LoadExpr) -> Result<bool> {
        Ok(self.tensor(&load.name).is_some_and(|t| t.bufs.is_empty()))
    }

    pub(super) fn load(&mut self, load: &'a LoadExpr, span: &Span) -> Result<Value> {
        let buf = self.buffer(&load.name, load.instance.as_ref(), span)?;
        let (idx, vector) = self.positions(load, buf, span)?;
        let elem = self.program.buf(buf).elem;
        let else_ = match &load.else_ {
            None => None,
            Some(e) => {
                let value = self.eval(e, Some(elem))?;
                Some(self.coerce(value, elem, &e.span)?)
            }
        };
        let Some(axis) = vector else {
            let e = self.checked_load(buf, idx, else_, span)?;
            return Ok(self.value_of(e));
        };
        let Some(count) = self.program.exprs.as_index(self.program.buf(buf).shape[axis]).filter(|n| *n <= MAX_UNROLL) else {
            return err(span, "`:` needs an axis of known size");
        };
        let mut out = Vec::new();
        for q in 0..count {
            let mut idx = idx.clone();
            idx[axis] = self.program.index(q);
            let e = self.checked_load(buf, idx, else_, span)?;
            out.push(self.value_of(e));
        }
        Ok(Value::List(out))
    }

    /// The buffer of a name (and instance).
    pub(super) fn buffer(&mut self, name: &str, instance: Option<&'a Expr>, span: &Span) -> Result<BufId> {
        let Some(tensor) = self.tensor(name) else { return err(span, format!("unknown tensor `{name}`")) };
        let bufs = tensor.bufs.clone();
        let number = match instance {
            None => 0,
            Some(e) => match self.eval_outside_place(e)? {
                Value::Int(n) if n >= 0 => n as usize,
                other => return err(&e.span, format!("a known instance is needed, this is {}", other.describe())),
            },
        };
        match bufs.get(number) {
            Some(&buf) => Ok(buf),
            None if bufs.is_empty() => err(span, format!("`{name}` is absent: say with `??` what stands for it")),
            None => err(span, format!("`{name}` has no instance {number}")),
        }
    }

    /// The index expressions of a load in the order of the axes, and which axis is the vector `:`.
    fn positions(&mut self, load: &'a LoadExpr, buf: BufId, span: &Span) -> Result<(Vec<ExprId>, Option<usize>)> {
        let shape = self.program.buf(buf).shape.clone();
        // A slot: an index, or the vector.
        let (mut placed, mut rest, mut broadcast) = (Vec::new(), Vec::new(), None);
        for arg in &load.args {
            match &arg.kind {
                ArgKind::Vector => rest.push(None),
                ArgKind::At(e, at) => {
                    let value = self.eval(e, Some(ElemType::Index))?;
                    let idx: Vec<Option<ExprId>> = self.index_list(value, &arg.span)?.into_iter().map(Some).collect();
                    match at {
                        Some(axes) => placed.push((self.axes(axes)?, idx, arg.span.clone())),
                        None => rest.extend(idx),
                    }
                }
                ArgKind::Broadcast(e) => {
                    let value = self.eval(e, Some(ElemType::Index))?;
                    let idx = self.index_list(value, &arg.span)?;
                    if broadcast.replace((rest.len(), idx, arg.span.clone())).is_some() {
                        return err(&arg.span, "one `~` is enough: write `~(a, b)`");
                    }
                }
            }
        }
        if let Some((at, idx, arg_span)) = broadcast {
            let others = rest.len() + placed.iter().map(|p| p.1.len()).sum::<usize>();
            let wanted = shape.len().saturating_sub(others);
            let Some(skip) = idx.len().checked_sub(wanted) else {
                return err(&arg_span, format!("`{}` has {wanted} axes here, but only {} indices", load.name, idx.len()));
            };
            let mut aligned = Vec::new();
            for (n, &i) in idx[skip..].iter().enumerate() {
                let one = shape.get(at + n).is_some_and(|s| self.program.exprs.as_index(*s) == Some(1));
                aligned.push(Some(if one { self.program.index(0) } else { i }));
            }
            rest.splice(at..at, aligned);
        }
        let count = rest.len() + placed.iter().map(|p| p.1.len()).sum::<usize>();
        if count != shape.len() {
            return err(span, format!("`{}` has rank {}, but {count} indices are given", load.name, shape.len()));
        }
        let slots = arrange(placed, rest, span)?;
        let vector = slots.iter().position(Option::is_none);
        let zero = self.program.index(0);
        Ok((slots.into_iter().map(|s| s.unwrap_or(zero)).collect(), vector))
    }

    /// A load with a proof for each axis.
    fn checked_load(&mut self, buf: BufId, mut idx: Vec<ExprId>, else_: Option<ExprId>, span: &Span) -> Result<ExprId> {
        let shape = self.program.buf(buf).shape.clone();
        let mut proof = Vec::new();
        for (axis, (i, &extent)) in idx.iter_mut().zip(&shape).enumerate() {
            let mut state = self.prove(*i, extent);
            if state == Proof::Guarded
                && let Some(table) = self.tabulate(*i)
            {
                *i = table;
                state = self.prove(table, extent);
            }
            if state == Proof::Guarded && else_.is_none() && self.prove_if_not_empty(*i, extent) {
                state = Proof::InRange;
            }
            if state == Proof::Guarded && else_.is_none() {
                let data = |n: &Node| matches!(n, Node::Cast(..) | Node::Load(_));
                if !self.program.any(*i, data) {
                    let buf = &self.program.buf(buf).name;
                    let message = format!(
                        "`{}` may be outside axis {axis} of `{buf}`, of size {}",
                        self.program.show(*i),
                        self.program.show(extent)
                    );
                    return err(span, message);
                }
                state = Proof::Data;
            }
            proof.push(state);
        }
        let else_ = else_.filter(|_| proof.contains(&Proof::Guarded));
        Ok(self.program.load(Load { buf, idx: idx.into(), proof: proof.into(), else_ }))
    }

    /// Whether the access is in range once no dynamic size in it is 0; that is then required at run time.
    fn prove_if_not_empty(&mut self, i: ExprId, extent: ExprId) -> bool {
        let mut sizes = Vec::new();
        for e in [i, extent] {
            self.program.walk(e, |e| {
                if matches!(self.program.node(e), Node::Sym(_)) && !sizes.contains(&e) {
                    sizes.push(e);
                }
            });
        }
        let proved = !sizes.is_empty() && self.program.proves_in_range_unless_empty(i, extent, &self.facts);
        if proved {
            let one = self.program.index(1);
            for size in sizes {
                let cond = self.program.bin(BinOp::Ge, size, one);
                self.require(cond, format!("{} is 0", self.program.show(size)));
            }
        }
        proved
    }

    fn prove(&self, i: ExprId, extent: ExprId) -> Proof {
        if self.vacuous > 0 || self.program.proves_in_range(i, extent, &self.facts) { Proof::InRange } else { Proof::Guarded }
    }

    /// An index computed through floats as a table over its variables, if they have few known values.
    fn tabulate(&mut self, i: ExprId) -> Option<ExprId> {
        if self.program.has_load(i)
            || !self.program.any(i, |n| matches!(n, Node::Cast(..)))
            || self.program.any(i, |n| matches!(n, Node::Sym(_)))
        {
            return None;
        }
        let vars = self.program.free_vars(i);
        let shape: Vec<i64> =
            vars.iter().map(|v| self.program.exprs.as_index(self.program.var(*v).extent)).collect::<Option<_>>()?;
        let total = shape.iter().try_fold(1i64, |n, d| n.checked_mul(*d)).filter(|n| *n <= MAX_TABLE)?;
        let mut values = Vec::new();
        for point in 0..total {
            let (mut left, mut env) = (point, FxHashMap::default());
            for (v, d) in vars.iter().zip(&shape).rev() {
                env.insert(*v, left % d);
                left /= d;
            }
            values.push(self.value_at(i, &env)?);
        }
        let table = Table { elem: ElemType::Index, shape: shape.iter().map(|d| *d as u64).collect(), values };
        let known = self.program.tables.iter().position(|t| *t == table);
        let id = known.unwrap_or_else(|| {
            self.program.tables.push(table);
            self.program.tables.len() - 1
        });
        let idx = vars.iter().map(|v| self.program.var_expr(*v)).collect();
        Some(self.program.exprs.intern(Node::Tab { table: TableId(id as u32), idx }, ElemType::Index))
    }

    /// The value of an expression without data at one point.
    fn value_at(&self, e: ExprId, env: &FxHashMap<VarId, i64>) -> Option<Scalar> {
        let mut values: FxHashMap<ExprId, Scalar> = FxHashMap::default();
        let p = &self.program;
        p.walk(e, |e| {
            let at = |x: &ExprId| values.get(x).copied();
            let value = match p.node(e) {
                Node::Const(c) => Some(*c),
                Node::Var(v) => env.get(v).map(|v| Scalar::index(*v)),
                Node::Bin(op, a, b) => at(a).zip(at(b)).and_then(|(a, b)| fold::bin(*op, a, b)),
                Node::Neg(a) => at(a).and_then(fold::neg),
                Node::Not(a) => at(a).map(|a| Scalar::bool(!a.to_bool())),
                Node::Fn(f, args) => args.iter().map(at).collect::<Option<Vec<_>>>().and_then(|args| fold::func(*f, &args)),
                Node::Sel { cond, then, else_ } => at(cond).and_then(|c| if c.to_bool() { at(then) } else { at(else_) }),
                Node::Cast(ty, a) => at(a).map(|a| fold::cast(*ty, a)),
                Node::Sat(ty, a) => at(a).map(|a| fold::sat(*ty, a)),
                Node::Bits(ty, a) => at(a).map(|a| fold::bits(*ty, a)),
                _ => None,
            };
            if let Some(value) = value {
                values.insert(e, value);
            }
        });
        values.get(&e).copied()
    }

    /// Variables for a new index over `extent`, which may be a pack. An extent of 1 needs none: the index is 0.
    pub(super) fn new_index(&mut self, name: &str, extent: &Value, vars: &mut Vec<VarId>, span: &Span) -> Result<Value> {
        match extent {
            Value::List(items) => {
                let many = items.len() > 1;
                let parts = items.iter().enumerate().map(|(n, item)| {
                    let part = if many { format!("{name}{n}") } else { name.to_string() };
                    self.new_index(&part, item, vars, span)
                });
                parts.collect::<Result<_>>().map(Value::List)
            }
            Value::Int(1) => Ok(Value::Int(0)),
            Value::Int(n) if *n < 0 => err(span, format!("index `{name}` has a negative extent {n}")),
            Value::Int(_) | Value::Expr(_) => {
                let extent = self.index_list(extent.clone(), span)?[0];
                if !self.program.is_static(extent) {
                    return err(
                        span,
                        format!("the extent of `{name}` depends on an index or on data: bound it by a size, and filter"),
                    );
                }
                let var = self.program.add_var(name.to_string(), extent);
                vars.push(var);
                Ok(Value::Expr(self.program.var_expr(var)))
            }
            other => err(span, format!("index `{name}` needs a size, this is {}", other.describe())),
        }
    }

    /// The size that an index ranges over by its name: `K` for `k`.
    pub(super) fn size_of_index(&self, name: &str, span: &Span) -> Result<Value> {
        let mut chars = name.chars();
        let size: String = chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect();
        match self.lookup(&size) {
            Some(value) => Ok(value.clone()),
            None => err(span, format!("unknown index `{name}`: there is no size `{size}`, and it has no bound")),
        }
    }

    pub(super) fn reduce(&mut self, reduce: &'a Reduce, hint: Option<ElemType>, span: &Span) -> Result<Value> {
        let saved = std::mem::take(&mut self.in_place);
        let mark = self.scope.len();
        let value = self.reduce_bound(reduce, 0, Vec::new(), hint, span);
        self.scope.truncate(mark);
        self.in_place = saved;
        value
    }

    /// Binds the n-th and following variables, then reduces. A variable that picks instances is unrolled.
    fn reduce_bound(
        &mut self,
        reduce: &'a Reduce,
        n: usize,
        mut vars: Vec<VarId>,
        hint: Option<ElemType>,
        span: &Span,
    ) -> Result<Value> {
        let Some(bind) = reduce.binds.get(n) else { return self.reduce_body(reduce, vars, hint, span) };
        if self.lookup(&bind.name).is_some() {
            return err(&bind.span, format!("`{}` hides another name", bind.name));
        }
        let extent = match &bind.bound {
            None => self.size_of_index(&bind.name, &bind.span)?,
            Some((bound, inclusive)) => {
                let bound = self.eval(bound, Some(ElemType::Index))?;
                if *inclusive { self.binary(BinOp::Add, bound, Value::Int(1), &bind.span)? } else { bound }
            }
        };
        if let (Value::Int(count), ReduceKind::Red(op)) = (&extent, reduce.kind)
            && picks_instances(&reduce.body, &bind.name)
        {
            if *count > MAX_UNROLL {
                return err(&bind.span, "too many instances");
            }
            return self.unroll(reduce, n, vars, *count, op, hint, span);
        }
        let index = self.new_index(&bind.name, &extent, &mut vars, &bind.span)?;
        self.scope.push((&bind.name, index));
        self.reduce_bound(reduce, n + 1, vars, hint, span)
    }

    #[allow(clippy::too_many_arguments)]
    fn unroll(
        &mut self,
        reduce: &'a Reduce,
        n: usize,
        vars: Vec<VarId>,
        count: i64,
        op: RedOp,
        hint: Option<ElemType>,
        span: &Span,
    ) -> Result<Value> {
        let mut total: Option<Value> = None;
        for t in 0..count {
            let mark = self.scope.len();
            self.scope.push((&reduce.binds[n].name, Value::Int(t)));
            let value = self.reduce_bound(reduce, n + 1, vars.clone(), hint, span)?;
            self.scope.truncate(mark);
            total = Some(match total {
                None => value,
                Some(sum) => self.combine(op, sum, value, hint, span)?,
            });
        }
        match (total, hint) {
            (Some(total), _) => Ok(total),
            (None, Some(ty)) => Ok(Value::Expr(self.scalar(op.identity(ty)))),
            (None, None) => err(span, "a reduction over no instances has no type"),
        }
    }

    fn combine(&mut self, op: RedOp, a: Value, b: Value, hint: Option<ElemType>, span: &Span) -> Result<Value> {
        use crate::core::ScalarFn;
        let f = match op {
            RedOp::Add => return self.binary(BinOp::Add, a, b, span),
            RedOp::Mul => return self.binary(BinOp::Mul, a, b, span),
            RedOp::And => return self.binary(BinOp::And, a, b, span),
            RedOp::Or => return self.binary(BinOp::Or, a, b, span),
            RedOp::Maximum => ScalarFn::Maximum,
            RedOp::Minimum => ScalarFn::Minimum,
            RedOp::Maxnum => ScalarFn::Maxnum,
            RedOp::Minnum => ScalarFn::Minnum,
        };
        self.scalar_fn(f, vec![a, b], hint, span)
    }

    fn reduce_body(&mut self, reduce: &'a Reduce, vars: Vec<VarId>, hint: Option<ElemType>, span: &Span) -> Result<Value> {
        let empty = vars.iter().any(|v| self.program.exprs.as_index(self.program.var(*v).extent) == Some(0));
        self.vacuous += u32::from(empty);
        let value = self.reduce_filtered(reduce, vars, empty, hint, span);
        self.vacuous -= u32::from(empty);
        value
    }

    fn reduce_filtered(
        &mut self,
        reduce: &'a Reduce,
        vars: Vec<VarId>,
        empty: bool,
        hint: Option<ElemType>,
        span: &Span,
    ) -> Result<Value> {
        let filter = match &reduce.filter {
            None => None,
            Some(f) => {
                let value = self.eval(f, None)?;
                let cond = self.coerce(value, ElemType::I1, &f.span)?;
                (self.program.exprs.as_const(cond) != Some(Scalar::bool(true))).then_some(cond)
            }
        };
        let always = filter.is_none();
        let cond = filter.unwrap_or_else(|| self.scalar(Scalar::bool(true)));
        let e = match reduce.kind {
            ReduceKind::Count => self.count(vars, filter, empty),
            ReduceKind::Red(op) => {
                let body = self.under(cond, true, |inst| inst.typed_body(&reduce.body, op, hint))?;
                self.check_narrow(op, body, span);
                match (empty, always) {
                    (true, _) => self.scalar(op.identity(self.program.ty(body))),
                    _ => self.program.red(op, vars, filter, body),
                }
            }
            ReduceKind::Arg(kind) => {
                let (by, value) = self.under(cond, true, |inst| {
                    let key = reduce.by.as_ref().map(|k| inst.eval(k, None)).transpose()?.unwrap_or(Value::None);
                    let by = match key {
                        Value::Expr(e) => e,
                        other => inst.coerce(other, ElemType::Index, span)?,
                    };
                    Ok((by, inst.typed_body(&reduce.body, RedOp::Maximum, hint)?))
                })?;
                if vars.is_empty() && always {
                    value
                } else {
                    let ty = self.program.ty(value);
                    self.program.exprs.intern(Node::ArgRed { kind, vars: vars.into(), filter, by, value }, ty)
                }
            }
        };
        Ok(self.value_of(e))
    }

    fn typed_body(&mut self, body: &'a Expr, op: RedOp, hint: Option<ElemType>) -> Result<ExprId> {
        let hint = if matches!(op, RedOp::And | RedOp::Or) { Some(ElemType::I1) } else { hint };
        let value = self.eval(body, hint)?;
        let ty = match (&value, hint) {
            (Value::Expr(e), _) => self.program.ty(*e),
            (_, Some(ty)) => ty,
            (Value::Int(_), None) => ElemType::Index,
            (Value::Bool(_), None) => ElemType::I1,
            (other, None) => {
                return err(&body.span, format!("the type of {} is not known here: write a cast", other.describe()));
            }
        };
        let logical = matches!(op, RedOp::And | RedOp::Or);
        if logical != (ty == ElemType::I1) {
            return err(&body.span, format!("`{op}` of {ty}"));
        }
        self.coerce(value, ty, &body.span)
    }

    /// How many points pass: known where nothing is filtered.
    fn count(&mut self, vars: Vec<VarId>, filter: Option<ExprId>, empty: bool) -> ExprId {
        let one = self.program.index(1);
        if empty {
            return self.program.index(0);
        }
        if filter.is_some() {
            return self.program.red(RedOp::Add, vars, filter, one);
        }
        vars.into_iter().fold(one, |n, v| {
            let extent = self.program.var(v).extent;
            self.program.mul(n, extent)
        })
    }

    fn check_narrow(&mut self, op: RedOp, body: ExprId, span: &Span) {
        let ty = self.program.ty(body);
        if matches!(op, RedOp::Add | RedOp::Mul) && accumulator(ty) != ty {
            self.findings.push(EvalError::warning(
                span.clone(),
                format!("`{op}` in {ty} loses precision or overflows: cast to {} inside", accumulator(ty)),
            ));
        }
    }
}

/// Whether `name` picks an instance or list element (after a `#`) somewhere inside.
fn picks_instances(e: &Expr, name: &str) -> bool {
    let within = |e: &Expr| mentions(e, name);
    let deep = |e: &Expr| picks_instances(e, name);
    match &e.kind {
        ExprKind::Item(list, at) => within(at) || deep(list),
        ExprKind::Load(load) => {
            load.instance.as_ref().is_some_and(within)
                || load.args.iter().any(|a| arg_any(a, &deep))
                || load.else_.as_ref().is_some_and(deep)
        }
        _ => any_child(e, &deep),
    }
}

fn mentions(e: &Expr, name: &str) -> bool {
    matches!(&e.kind, ExprKind::Name(n) if n == name) || any_child(e, &|c| mentions(c, name))
}

fn arg_any(arg: &Arg, test: &dyn Fn(&Expr) -> bool) -> bool {
    match &arg.kind {
        ArgKind::At(e, at) => test(e) || at.as_ref().is_some_and(test),
        ArgKind::Broadcast(e) => test(e),
        ArgKind::Vector => false,
    }
}

fn any_child(e: &Expr, test: &dyn Fn(&Expr) -> bool) -> bool {
    match &e.kind {
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) | ExprKind::Name(_) => false,
        ExprKind::List(items) | ExprKind::Call(_, items) => items.iter().any(test),
        ExprKind::Neg(a) | ExprKind::Not(a) => test(a),
        ExprKind::Bin(_, a, b) | ExprKind::Item(a, b) | ExprKind::Coalesce(a, b) => test(a) || test(b),
        ExprKind::If(a, b, c) => test(a) || test(b) || test(c),
        ExprKind::Match(subject, arms) => test(subject) || arms.iter().any(|arm| test(&arm.value)),
        ExprKind::Load(load) => {
            load.instance.as_ref().is_some_and(test)
                || load.args.iter().any(|a| arg_any(a, test))
                || load.else_.as_ref().is_some_and(test)
        }
        ExprKind::Reduce(r) => test(&r.body) || r.filter.as_ref().is_some_and(test) || r.by.as_ref().is_some_and(test),
    }
}
