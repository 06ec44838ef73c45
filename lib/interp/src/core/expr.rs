//! Expressions of Core as code.

use crate::vm::build::{Builder, Cond, ScopeKind, Sum, Val};
use crate::vm::{Inst, Reg, Site};
use edge_dialect::core::{
    ArgRedKind, BinOp, BufId, ElemType, ExprId, Load, Node, Program, Proof, RedOp, Scalar, ScalarFn, VarId,
};
use rustc_hash::FxHashMap;

/// What a variable of Core is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Binding {
    Constant(i64),
    /// The counter of a loop or a parameter. In the lane loop: that of lane 0.
    Counter {
        iv: Val,
        lane: bool,
    },
}

/// Compiles expressions of one program into a builder.
pub(crate) struct Compiler<'p, 'b> {
    pub program: &'p Program,
    pub syms: &'p [i64],
    /// Extents of the program's buffers.
    pub shapes: &'p [Vec<i64>],
    pub b: &'b mut Builder,
    pub vars: FxHashMap<VarId, Binding>,
    /// Buffers of rank 0 whose value is at hand.
    pub values: FxHashMap<BufId, Val>,
    /// Distinguishes what is remembered for different programs in one builder.
    pub salt: u32,
    varies: FxHashMap<ExprId, bool>,
}

/// A vertical reduction (its own variable in the lanes) pays from this extent on.
const VERTICAL: i64 = 8;

type Result<T> = std::result::Result<T, String>;

impl<'p, 'b> Compiler<'p, 'b> {
    pub fn new(program: &'p Program, syms: &'p [i64], shapes: &'p [Vec<i64>], b: &'b mut Builder, salt: u32) -> Self {
        Compiler {
            program,
            syms,
            shapes,
            b,
            vars: FxHashMap::default(),
            values: FxHashMap::default(),
            salt,
            varies: FxHashMap::default(),
        }
    }

    pub fn extent(&self, v: VarId) -> Result<i64> {
        self.size(self.program.var(v).extent)
    }

    pub fn size(&self, e: ExprId) -> Result<i64> {
        self.program.eval_size(e, self.syms).ok_or_else(|| "a size cannot be computed".to_owned())
    }

    /// Whether the value may differ between lanes.
    fn varies(&mut self, e: ExprId) -> bool {
        if let Some(known) = self.varies.get(&e) {
            return *known;
        }
        let mut found = false;
        self.program.walk(e, |x| match self.program.node(x) {
            Node::Var(v) => found |= matches!(self.vars.get(v), Some(Binding::Counter { lane: true, .. })),
            Node::Load(l) => found |= self.values.get(&l.buf).is_some_and(Val::is_vector),
            _ => {}
        });
        found
    }

    fn key(&self, e: ExprId, masked: bool) -> (u64, u64) {
        let mask = match self.b.mask.filter(|_| masked).map(|m| m.reg) {
            None => 0,
            Some(Reg::U(i)) => (u64::from(i) << 1) + 1,
            Some(Reg::V(i)) => (u64::from(i) << 1) + 2,
        };
        (u64::from(self.salt) << 32 | u64::from(e.0), mask)
    }

    pub fn value(&mut self, e: ExprId) -> Result<Val> {
        if let Some(v) = self.b.remembered(self.key(e, true)).or_else(|| self.b.remembered(self.key(e, false))) {
            return Ok(v);
        }
        let v = self.fresh(e)?;
        let key = self.key(e, true);
        self.b.remember(key, v);
        Ok(v)
    }

    fn fresh(&mut self, e: ExprId) -> Result<Val> {
        let ty = self.program.ty(e);
        match self.program.node(e).clone() {
            Node::Const(c) => Ok(self.b.constant(c)),
            Node::Sym(_) | Node::Var(_) => self.index_value(e),
            Node::Bin(BinOp::Add | BinOp::Sub | BinOp::Mul, ..) | Node::Neg(_) if ty == ElemType::Index => self.index_value(e),
            Node::Bin(op, x, y) => {
                let (x, y) = (self.value(x)?, self.value(y)?);
                Ok(self.b.bin(op, x, y))
            }
            Node::Neg(x) => {
                let x = self.value(x)?;
                Ok(self.b.neg(x))
            }
            Node::Not(x) => {
                let x = self.value(x)?;
                Ok(self.b.not(x))
            }
            Node::Fn(f, args) => {
                let args = args.iter().map(|a| self.value(*a)).collect::<Result<Vec<_>>>()?;
                Ok(self.b.func(f, &args))
            }
            Node::Sel { cond, then, else_ } => self.select(e, cond, then, else_),
            Node::Cast(to, x) => {
                let x = self.value(x)?;
                Ok(self.b.cast(to, x))
            }
            Node::Sat(to, x) => {
                let x = self.value(x)?;
                Ok(self.b.sat(to, x))
            }
            Node::Bits(to, x) => {
                let x = self.value(x)?;
                Ok(self.b.bitcast(to, x))
            }
            Node::Load(load) => self.load(&load),
            Node::Red { op, vars, filter, body } => self.reduce(e, op, &vars, filter, body),
            Node::ArgRed { kind, vars, filter, by, value } => self.arg_reduce(e, kind, &vars, filter, by, value),
            Node::Tab { table, idx } => {
                let shape: Vec<i64> = self.program.table(table).shape.iter().map(|d| *d as i64).collect();
                let at = self.linear(&idx, &shape)?;
                let buf = (self.program.bufs.len() as u32) + table.0;
                Ok(self.b.load(buf, ty, &at, &[], None))
            }
        }
    }

    fn index_value(&mut self, e: ExprId) -> Result<Val> {
        let sum = self.sum(e)?;
        Ok(self.b.sum_value(&sum))
    }

    /// An index expression as a sum.
    pub fn sum(&mut self, e: ExprId) -> Result<Sum> {
        match self.program.node(e).clone() {
            Node::Const(c) => Ok(Sum::constant(c.bits() as i64)),
            Node::Sym(s) => self.syms.get(s.0 as usize).map(|v| Sum::constant(*v)).ok_or_else(|| "an unknown size".to_owned()),
            Node::Var(v) => match self.vars.get(&v) {
                Some(Binding::Constant(c)) => Ok(Sum::constant(*c)),
                Some(Binding::Counter { iv, lane }) => {
                    let mut sum = self.b.as_sum(*iv);
                    sum.lane = i64::from(*lane);
                    Ok(sum)
                }
                None => Err("an index variable is not bound".to_owned()),
            },
            Node::Bin(op @ (BinOp::Add | BinOp::Sub), x, y) => {
                let (x, y) = (self.sum(x)?, self.sum(y)?);
                Ok(x.add(&y, if op == BinOp::Add { 1 } else { -1 }))
            }
            Node::Bin(BinOp::Mul, x, y) => {
                let (x, y) = (self.sum(x)?, self.sum(y)?);
                match (x.as_constant(), y.as_constant()) {
                    (_, Some(c)) => Ok(Sum::default().add(&x, c)),
                    (Some(c), _) => Ok(Sum::default().add(&y, c)),
                    _ => {
                        let (x, y) = (self.b.sum_value(&x), self.b.sum_value(&y));
                        let product = self.b.bin(BinOp::Mul, x, y);
                        Ok(self.b.as_sum(product))
                    }
                }
            }
            Node::Neg(x) => Ok(Sum::default().add(&self.sum(x)?, -1)),
            _ => {
                let v = self.value(e)?;
                Ok(self.b.as_sum(v))
            }
        }
    }

    /// The row-major position in a shape.
    pub fn linear(&mut self, idx: &[ExprId], shape: &[i64]) -> Result<Sum> {
        let mut at = Sum::default();
        for (e, stride) in idx.iter().zip(strides(shape)) {
            at = at.add(&self.sum(*e)?, stride);
        }
        Ok(at)
    }

    fn load(&mut self, load: &Load) -> Result<Val> {
        if let Some(v) = self.values.get(&load.buf) {
            return Ok(*v);
        }
        let program = self.program;
        let buf = program.buf(load.buf);
        let shapes = self.shapes;
        let shape = shapes.get(load.buf.0 as usize).ok_or("a buffer without a shape")?;
        let mut at = Sum::default();
        let mut conds = vec![];
        for (axis, ((e, stride), proof)) in load.idx.iter().zip(strides(shape)).zip(&load.proof).enumerate() {
            let index = self.sum(*e)?;
            match proof {
                Proof::InRange => {}
                Proof::Guarded => conds.push(Cond::Inside(index.clone(), Sum::constant(shape[axis]))),
                Proof::Data => {
                    let site = Site::Index { buffer: buf.name.clone(), axis: axis as u32 };
                    self.b.check(&index, &Sum::constant(shape[axis]), site);
                }
            }
            at = at.add(&index, stride);
        }
        let else_ = load.else_.map(|e| self.value(e)).transpose()?;
        Ok(self.b.load(load.buf.0, buf.elem, &at, &conds, else_))
    }

    /// Whether evaluating it may touch memory or fail.
    fn has_access(&self, e: ExprId) -> bool {
        self.program.any(e, |n| {
            matches!(n, Node::Load(_) | Node::Tab { .. } | Node::Bin(BinOp::FloorDiv | BinOp::Mod, ..))
                || matches!(n, Node::Fn(ScalarFn::Tdiv | ScalarFn::Rem | ScalarFn::Pow, _))
        })
    }

    fn select(&mut self, e: ExprId, cond: ExprId, then: ExprId, else_: ExprId) -> Result<Val> {
        let c = self.value(cond)?;
        if !self.has_access(then) && !self.has_access(else_) {
            let (a, b) = (self.value(then)?, self.value(else_)?);
            return Ok(self.b.select(c, a, b));
        }
        if c.is_vector() {
            let outer = self.b.mask;
            let not = self.b.not(c);
            self.b.mask = Some(self.b.and(outer, c));
            let a = self.value(then);
            self.b.mask = Some(self.b.and(outer, not));
            let b = self.value(else_);
            self.b.mask = outer;
            return Ok(self.b.select(c, a?, b?));
        }
        let vector = self.varies(e) || self.b.mask.is_some_and(|m| m.is_vector());
        let out = self.b.variable(self.program.ty(e), vector);
        let then = self.branch(then, out)?;
        let else_ = self.branch(else_, out)?;
        if let Reg::U(cond) = c.reg {
            self.b.emit(Inst::If { cond, then, else_ });
        }
        Ok(out)
    }

    fn branch(&mut self, e: ExprId, out: Val) -> Result<Vec<Inst>> {
        self.b.open(ScopeKind::Barrier);
        let value = self.value(e);
        if let Ok(v) = value {
            self.b.mov(out, v);
        }
        let insts = self.b.close();
        value.map(|_| insts)
    }

    /// The outermost scope in which `e` can be evaluated as a whole.
    fn home(&self, e: ExprId) -> u32 {
        let here = self.b.level();
        if self.b.mask.is_some() || self.b.volatile.iter().any(|v| *v) || self.b.has_barrier() || !self.values.is_empty() {
            return here;
        }
        let level = |v: &VarId| match self.vars.get(v) {
            Some(Binding::Counter { iv, .. }) => iv.level,
            Some(Binding::Constant(_)) => 0,
            None => here,
        };
        self.program.free_vars(e).iter().map(level).max().unwrap_or(0).min(here)
    }

    fn reduce(&mut self, e: ExprId, op: RedOp, vars: &[VarId], filter: Option<ExprId>, body: ExprId) -> Result<Val> {
        let home = self.home(e);
        let away = self.b.suspend(home);
        let result = self.reduce_here(e, op, vars, filter, body);
        self.b.resume(away);
        result
    }

    fn reduce_here(&mut self, e: ExprId, op: RedOp, vars: &[VarId], filter: Option<ExprId>, body: ExprId) -> Result<Val> {
        let ty = self.program.ty(e);
        let identity = self.b.constant(op.identity(ty));
        let extents = vars.iter().map(|v| self.extent(*v)).collect::<Result<Vec<_>>>()?;
        if extents.iter().any(|n| *n <= 0) {
            return Ok(identity);
        }
        let vertical = if self.b.in_lanes() { None } else { extents.iter().rposition(|n| *n >= VERTICAL) };
        let vector = vertical.is_none() && (self.varies(e) || self.b.mask.is_some_and(|m| m.is_vector()));
        let acc = self.b.variable(ty, vector);
        self.b.mov(acc, identity);
        self.loops(vars, &extents, vertical, |c| {
            c.filtered(filter, |c| {
                let v = c.value(body)?;
                match (vertical, acc.reg) {
                    (Some(_), Reg::U(acc)) => {
                        let mask = c.b.mask.map(|m| m.reg);
                        c.b.emit(Inst::Fold { op, ty, acc, src: v.reg, mask });
                    }
                    _ => c.b.combine(op, acc, v, true),
                }
                Ok(())
            })
        })?;
        Ok(acc)
    }

    /// Loops over variables, the first outermost but for the one at `lanes`, which goes innermost.
    pub fn loops(
        &mut self,
        vars: &[VarId],
        extents: &[i64],
        lanes: Option<usize>,
        body: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let zero = self.b.index(0);
        let mut order: Vec<usize> = (0..vars.len()).filter(|i| Some(*i) != lanes).collect();
        order.extend(lanes);
        let mut open = vec![];
        for i in order {
            if extents[i] == 1 && Some(i) != lanes {
                self.vars.insert(vars[i], Binding::Constant(0));
                continue;
            }
            let lane = Some(i) == lanes;
            let hi = self.b.index(extents[i]);
            self.b.open(if lane { ScopeKind::Lanes } else { ScopeKind::Loop });
            let iv = self.b.uniform();
            let level = self.b.level();
            self.vars.insert(vars[i], Binding::Counter { iv: Val { reg: Reg::U(iv), ty: ElemType::Index, level }, lane });
            open.push((iv, hi, lane));
        }
        self.varies.clear();
        let result = body(self);
        for (iv, hi, lanes) in open.into_iter().rev() {
            let body = self.b.close();
            if let (Reg::U(lo), Reg::U(hi)) = (zero.reg, hi.reg) {
                self.b.emit(Inst::Loop { iv, lo, hi, step: 1, lanes, body });
            }
        }
        self.varies.clear();
        result
    }

    /// Runs `body` where the filter holds.
    fn filtered(&mut self, filter: Option<ExprId>, body: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let Some(filter) = filter else { return body(self) };
        let cond = self.value(filter)?;
        if let Reg::U(cond) = cond.reg {
            self.b.open(ScopeKind::Barrier);
            let result = body(self);
            let then = self.b.close();
            self.b.emit(Inst::If { cond, then, else_: vec![] });
            return result;
        }
        let outer = self.b.mask;
        self.b.mask = Some(self.b.and(outer, cond));
        let result = body(self);
        self.b.mask = outer;
        result
    }

    fn arg_reduce(
        &mut self,
        e: ExprId,
        kind: ArgRedKind,
        vars: &[VarId],
        filter: Option<ExprId>,
        by: ExprId,
        value: ExprId,
    ) -> Result<Val> {
        let (ty, key_ty) = (self.program.ty(e), self.program.ty(by));
        let zero = self.b.constant(Scalar::from_int(ty, 0));
        let extents = vars.iter().map(|v| self.extent(*v)).collect::<Result<Vec<_>>>()?;
        if extents.iter().any(|n| *n <= 0) {
            return Ok(zero);
        }
        let vector = self.varies(e) || self.b.mask.is_some_and(|m| m.is_vector());
        let found = self.b.variable(ElemType::I1, vector);
        let key = self.b.variable(key_ty, vector);
        let best = self.b.variable(ty, vector);
        let no = self.b.constant(Scalar::bool(false));
        self.b.mov(found, no);
        self.b.mov(best, zero);
        self.loops(vars, &extents, None, |c| {
            c.filtered(filter, |c| {
                let new = c.value(by)?;
                let candidate = c.value(value)?;
                let took = c.b.variable(ElemType::I1, vector);
                let mask = c.b.mask.map(|m| m.reg);
                c.b.emit(Inst::ArgStep {
                    kind,
                    ty: key_ty,
                    found: found.reg,
                    key: key.reg,
                    new: new.reg,
                    took: took.reg,
                    mask,
                });
                let next = c.b.select(took, candidate, best);
                // The selection reads `best`, which changes: it stays in the loop.
                c.b.mov(best, next);
                Ok(())
            })
        })?;
        Ok(best)
    }
}

/// Row-major strides.
pub(crate) fn strides(shape: &[i64]) -> Vec<i64> {
    let mut out = vec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        out[i - 1] = shape[i].saturating_mul(out[i]);
    }
    out
}
