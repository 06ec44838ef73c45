//! Operations of nests and kernels.

use super::{Failure, Nest, Slot, View};
use crate::core::expr::Compiler;
use crate::vm::build::{Cond, ScopeKind, Sum, Val};
use crate::vm::{Inst, Reg};
use edge_dialect::core::{ArgRedKind, BinOp, BufKind, ElemType, RedOp, Scalar, Stmt, Update};
use edge_dialect::instance::{elem_of, shaped};
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, AffineKind, Attr, Block, Op, Traits, Value};

type Result<T> = std::result::Result<T, Failure>;

/// The signless type of a scalar of this element type.
fn signless(elem: ElemType) -> ElemType {
    match elem {
        ElemType::Ui8 => ElemType::I8,
        ElemType::Ui16 => ElemType::I16,
        ElemType::Ui32 => ElemType::I32,
        ElemType::Ui64 => ElemType::I64,
        other => other,
    }
}

/// How a loop ends an iteration.
enum Kind {
    Plain,
    Reduce(Vec<Acc>),
    Carry(Vec<Val>),
}

/// One accumulator, or the state of an arg-reduction, which takes two results.
enum Acc {
    Fold(RedOp, Val),
    Arg {
        kind: ArgRedKind,
        found: Val,
        key: Val,
        payload: Val,
    },
    /// The second result of the one before.
    Payload,
}

impl Nest<'_, '_> {
    pub(super) fn name(&self, op: Op) -> &str {
        self.body.name(self.interp.ctx, op)
    }

    fn fail<T>(&self, op: Op, message: impl Into<String>) -> Result<T> {
        Err((self.body.op(op).loc, message.into()))
    }

    /// Compiles the operations of a block; gives the terminator.
    pub(super) fn block(&mut self, block: Block) -> Result<Option<Op>> {
        for op in self.body.block_ops(block) {
            if self.body.op(op).has(self.interp.ctx, Traits::TERMINATOR) {
                return Ok(Some(op));
            }
            self.op(op)?;
        }
        Ok(None)
    }

    fn op(&mut self, op: Op) -> Result<()> {
        match self.name(op) {
            "loop.for" => self.for_loop(op),
            "loop.read" => self.read(op),
            "loop.write" => self.write(op),
            "loop.stage" => self.stage(op),
            "affine.apply" => self.apply(op),
            "scf.if" => self.branch(op),
            _ if self.body.op(op).has(self.interp.ctx, Traits::CONSTANT_LIKE) => self.constant(op),
            _ => self.scalar(op),
        }
    }

    fn segments(&self, op: Op) -> Result<Vec<usize>> {
        let sizes = self.body.op(op).operand_segments(self.interp.ctx);
        sizes.map_or_else(|| self.fail(op, "segment sizes that do not fit the operands"), Ok)
    }

    fn set(&mut self, op: Op, result: usize, slot: Slot) {
        if let Some(value) = self.body.op(op).results().get(result) {
            self.slots.insert(*value, slot);
        }
    }

    fn value(&mut self, op: Op, v: Value) -> Result<Val> {
        match self.slots.get(&v).cloned() {
            Some(Slot::Scalar(v)) => Ok(v),
            Some(Slot::Index(sum)) => Ok(self.b.sum_value(&sum)),
            _ => self.fail(op, "an operand has no value"),
        }
    }

    fn index(&mut self, op: Op, v: Value) -> Result<Sum> {
        match self.slots.get(&v).cloned() {
            Some(Slot::Scalar(v)) if v.ty == ElemType::Index => Ok(self.b.as_sum(v)),
            Some(Slot::Index(sum)) => Ok(sum),
            _ => self.fail(op, "an index has no value"),
        }
    }

    fn view(&self, op: Op, v: Value) -> Result<View> {
        match self.slots.get(&v) {
            Some(Slot::View(view)) => Ok(view.clone()),
            _ => self.fail(op, "an access to what is not a view of this kernel"),
        }
    }

    fn result_elem(&self, v: Value) -> Option<ElemType> {
        elem_of(self.interp.ctx, self.body.ty(v))
    }

    fn constant(&mut self, op: Op) -> Result<()> {
        let tensor = self.body.op(op).attr(self.interp.ctx, "value").and_then(|a| crate::attrs::tensor_of(self.interp.ctx, a));
        let Some(value) = tensor.and_then(|t| t.get(0)) else { return self.fail(op, "a constant that is no number") };
        let slot = if value.ty() == ElemType::Index {
            Slot::Index(Sum::constant(value.bits() as i64))
        } else {
            Slot::Scalar(self.b.constant(value))
        };
        self.set(op, 0, slot);
        Ok(())
    }

    /// An operation on scalars, by the `eval` of its definition.
    fn scalar(&mut self, op: Op) -> Result<()> {
        let name = self.name(op).to_owned();
        let instance = match self.interp.scalar_instance(self.body, op) {
            Ok(instance) => instance,
            Err(e) => return self.fail(op, format!("`{name}` inside a nest: {e}")),
        };
        let operands = self.body.operands(op).map(|v| self.value(op, v)).collect::<Result<Vec<_>>>()?;
        let program = &instance.program;
        let shapes = vec![vec![]; program.bufs.len()];
        self.salt += 1;
        let mut c = Compiler::new(program, &[], &shapes, &mut self.b, self.salt);
        for (n, v) in operands.iter().enumerate() {
            if let Some(buf) = program.operand(n as u32) {
                c.values.insert(buf, *v);
            }
        }
        let mut results = vec![];
        for stmt in &program.stmts {
            let Stmt::Def(def) = stmt else { return self.fail(op, format!("`{name}` does not work on single numbers")) };
            let v = match c.value(def.body) {
                Ok(v) => v,
                Err(e) => return self.fail(op, format!("`{name}`: {e}")),
            };
            c.values.insert(def.buf, v);
            if let BufKind::Result(n) = program.buf(def.buf).kind {
                results.push((n, v));
            }
        }
        for (n, v) in results {
            self.set(op, n as usize, Slot::Scalar(v));
        }
        Ok(())
    }

    fn apply(&mut self, op: Op) -> Result<()> {
        let inputs = self.body.operands(op).map(|v| self.index(op, v)).collect::<Result<Vec<_>>>()?;
        let map = self.body.op(op).attr(self.interp.ctx, "map");
        let sum = match self.map(op, map, &inputs)?.pop() {
            Some(sum) => sum,
            None => return self.fail(op, "a map without a result"),
        };
        self.set(op, 0, Slot::Index(sum));
        Ok(())
    }

    fn map(&mut self, op: Op, map: Option<Attr>, inputs: &[Sum]) -> Result<Vec<Sum>> {
        let Some(map) = map.and_then(|a| self.interp.ctx.as_map(a)) else { return self.fail(op, "the map is missing") };
        if (map.dims + map.syms) as usize != inputs.len() {
            return self.fail(op, "a map on another number of indices");
        }
        map.results.iter().map(|e| self.affine(op, *e, inputs, map.dims as usize)).collect()
    }

    fn affine(&mut self, op: Op, e: AffineExpr, inputs: &[Sum], dims: usize) -> Result<Sum> {
        let ctx = self.interp.ctx;
        let loc = self.body.op(op).loc;
        let mut both = |a, b| Ok::<_, Failure>((self.affine(op, a, inputs, dims)?, self.affine(op, b, inputs, dims)?));
        let input = |i: usize| inputs.get(i).cloned().ok_or((loc, "a map reads an index that is missing".to_owned()));
        match ctx.affine_kind(e) {
            AffineKind::Dim(i) => input(i as usize),
            AffineKind::Sym(i) => input(dims + i as usize),
            AffineKind::Const(c) => Ok(Sum::constant(c)),
            AffineKind::Add(a, b) => both(a, b).map(|(a, b)| a.add(&b, 1)),
            AffineKind::Mul(a, b) => {
                let (a, b) = both(a, b)?;
                Ok(match (a.as_constant(), b.as_constant()) {
                    (_, Some(k)) => Sum::default().add(&a, k),
                    (Some(k), _) => Sum::default().add(&b, k),
                    _ => self.index_op(BinOp::Mul, &a, &b),
                })
            }
            AffineKind::FloorDiv(a, b) => both(a, b).map(|(a, b)| self.index_op(BinOp::FloorDiv, &a, &b)),
            AffineKind::Mod(a, b) => both(a, b).map(|(a, b)| self.index_op(BinOp::Mod, &a, &b)),
            AffineKind::CeilDiv(a, b) => {
                let (a, b) = both(a, b)?;
                let quotient = self.index_op(BinOp::FloorDiv, &Sum::default().add(&a, -1), &b);
                Ok(Sum::default().add(&quotient, -1))
            }
        }
    }

    fn index_op(&mut self, op: BinOp, a: &Sum, b: &Sum) -> Sum {
        let fold = |a: i64, b: i64| edge_dialect::core::fold::bin(op, Scalar::index(a), Scalar::index(b));
        if let Some(v) = a.as_constant().zip(b.as_constant()).and_then(|(a, b)| fold(a, b)) {
            return Sum::constant(v.bits() as i64);
        }
        let (a, b) = (self.b.sum_value(a), self.b.sum_value(b));
        let v = self.b.bin(op, a, b);
        self.b.as_sum(v)
    }

    fn guards(&mut self, op: Op, inputs: &[Sum]) -> Result<Vec<Cond>> {
        let Some(set) = self.body.op(op).attr(self.interp.ctx, "guard") else { return Ok(vec![]) };
        let Some(set) = self.interp.ctx.as_set(set) else { return self.fail(op, "the guard is not an integer set") };
        let one = |(e, equal): &(AffineExpr, bool)| {
            let sum = self.affine(op, *e, inputs, set.dims as usize)?;
            Ok(if *equal { Cond::Zero(sum) } else { Cond::NonNegative(sum) })
        };
        set.constraints.iter().map(one).collect()
    }

    fn place(&mut self, op: Op, view: &View, inputs: &[Sum]) -> Result<Sum> {
        let map = self.body.op(op).attr(self.interp.ctx, "map");
        let index = self.map(op, map, inputs)?;
        if index.len() != view.shape.len() {
            return self.fail(op, "a map of another rank than the view's");
        }
        let (mut at, mut stride) = (Sum::default(), Sum::constant(1));
        for (i, extent) in index.iter().zip(&view.shape).rev() {
            let term = self.product(i, &stride);
            at = at.add(&term, 1);
            stride = self.product(&stride, extent);
        }
        Ok(at)
    }

    fn product(&mut self, a: &Sum, b: &Sum) -> Sum {
        match (a.as_constant(), b.as_constant()) {
            (_, Some(k)) => Sum::default().add(a, k),
            (Some(k), _) => Sum::default().add(b, k),
            _ => self.index_op(BinOp::Mul, a, b),
        }
    }

    fn read(&mut self, op: Op) -> Result<()> {
        let [1, indices, _] = self.segments(op)?[..] else { return self.fail(op, "a read of nothing") };
        let operands: Vec<Value> = self.body.operands(op).collect();
        let Some((view, rest)) = operands.split_first() else { return self.fail(op, "a read of nothing") };
        let view = self.view(op, *view)?;
        let inputs = rest.iter().take(indices).map(|v| self.index(op, *v)).collect::<Result<Vec<_>>>()?;
        let conds = self.guards(op, &inputs)?;
        let at = self.place(op, &view, &inputs)?;
        let else_ = rest.get(indices).map(|v| self.value(op, *v)).transpose()?;
        let v = self.b.load(view.buf, signless(view.elem), &at, &conds, else_);
        self.set(op, 0, Slot::Scalar(v));
        Ok(())
    }

    fn write(&mut self, op: Op) -> Result<()> {
        let operands: Vec<Value> = self.body.operands(op).collect();
        let [value, view, indices @ ..] = &operands[..] else { return self.fail(op, "a write of nothing") };
        let view = self.view(op, *view)?;
        let src = self.value(op, *value)?;
        let inputs = indices.iter().map(|v| self.index(op, *v)).collect::<Result<Vec<_>>>()?;
        let conds = self.guards(op, &inputs)?;
        let at = self.place(op, &view, &inputs)?;
        let combine = self.body.op(op).attr(self.interp.ctx, "combine").and_then(|a| self.interp.ctx.as_str(a));
        let update = match combine {
            None => Update::Overwrite,
            Some("add") => Update::Add,
            Some("mul") => Update::Mul,
            Some("maximum") => Update::Maximum,
            Some("minimum") => Update::Minimum,
            Some(other) => return self.fail(op, format!("writes do not combine by `{other}`")),
        };
        self.b.store(view.buf, view.elem, &at, &conds, src, update);
        Ok(())
    }

    fn stage(&mut self, op: Op) -> Result<()> {
        if self.b.in_lanes() {
            return self.fail(op, "a tile inside the lane loop");
        }
        let Some(result) = self.body.op(op).results().first().copied() else { return Ok(()) };
        let Some((shape, elem)) = shaped(self.interp.ctx, self.body.ty(result)) else {
            return self.fail(op, "a tile without a shape");
        };
        let Some(elem) = elem_of(self.interp.ctx, elem) else { return self.fail(op, "a tile of this element type") };
        let mut dynamic = self.body.operands(op).collect::<Vec<_>>().into_iter();
        let (mut extents, mut count) = (vec![], Sum::constant(1));
        for d in shape {
            let extent = match (*d, dynamic.next_if_dynamic(*d)) {
                (DYNAMIC, Some(v)) => self.index(op, v)?,
                (d, _) => Sum::constant(d),
            };
            count = self.product(&count, &extent);
            extents.push(extent);
        }
        let buf = self.b.local_buffer();
        let count = self.b.sum_value(&count);
        if let Reg::U(count) = count.reg {
            self.b.emit(Inst::Stage { buf, elem, count });
        }
        self.set(op, 0, Slot::View(View { buf, elem, shape: extents }));
        Ok(())
    }

    fn region_block(&self, op: Op, region: usize) -> Option<Block> {
        self.body.region_first(*self.body.op(op).regions().get(region)?)
    }

    fn branch(&mut self, op: Op) -> Result<()> {
        let cond = match self.body.operands(op).next() {
            Some(v) => self.value(op, v)?,
            None => return self.fail(op, "a branch without a condition"),
        };
        let vector = self.b.in_lanes();
        let mut outs = vec![];
        for v in self.body.op(op).results().to_vec() {
            let Some(ty) = self.result_elem(v) else { return self.fail(op, "a result of this type") };
            outs.push(self.b.variable(ty, vector));
        }
        if let Reg::U(c) = cond.reg {
            let then = self.arm(op, 0, &outs)?;
            let else_ = self.arm(op, 1, &outs)?;
            self.b.emit(Inst::If { cond: c, then, else_ });
        } else {
            let outer = self.b.mask;
            let not = self.b.not(cond);
            let mut values = vec![];
            for (region, c) in [cond, not].into_iter().enumerate() {
                self.b.mask = Some(self.b.and(outer, c));
                values.push(self.yielded(op, region));
                self.b.mask = outer;
            }
            let (else_, then) = (values.pop().transpose()?.unwrap_or_default(), values.pop().transpose()?.unwrap_or_default());
            for (n, (a, b)) in then.into_iter().zip(else_).enumerate() {
                outs[n] = self.b.select(cond, a, b);
            }
        }
        for (n, out) in outs.into_iter().enumerate() {
            self.set(op, n, Slot::Scalar(out));
        }
        Ok(())
    }

    fn yielded(&mut self, op: Op, region: usize) -> Result<Vec<Val>> {
        let Some(block) = self.region_block(op, region) else { return Ok(vec![]) };
        match self.block(block)? {
            Some(end) => self.body.operands(end).map(|v| self.value(op, v)).collect(),
            None => Ok(vec![]),
        }
    }

    fn arm(&mut self, op: Op, region: usize, outs: &[Val]) -> Result<Vec<Inst>> {
        self.b.open(ScopeKind::Barrier);
        for (out, v) in outs.iter().zip(self.yielded(op, region)?) {
            self.b.mov(*out, v);
        }
        Ok(self.b.close())
    }

    fn bound(&mut self, op: Op, name: &str, operand: Option<Value>) -> Result<Sum> {
        match (self.body.op(op).attr(self.interp.ctx, name).and_then(|a| self.interp.ctx.as_int(a)), operand) {
            (Some(fixed), _) if fixed != DYNAMIC => Ok(Sum::constant(fixed)),
            (_, Some(v)) => self.index(op, v),
            _ => self.fail(op, "a loop without a bound"),
        }
    }

    fn for_loop(&mut self, op: Op) -> Result<()> {
        let operands: Vec<Value> = self.body.operands(op).collect();
        let [l, u, _] = self.segments(op)?[..] else { return self.fail(op, "a loop without segment sizes") };
        let lo = self.bound(op, "static_lower", operands.first().copied().filter(|_| l > 0))?;
        let hi = self.bound(op, "static_upper", operands.get(l).copied().filter(|_| u > 0))?;
        let step = self.body.op(op).attr(self.interp.ctx, "step").and_then(|a| self.interp.ctx.as_int(a)).unwrap_or(1);
        let Some(block) = self.region_block(op, 0) else { return self.fail(op, "a loop without a body") };
        let lanes = !self.b.in_lanes() && self.prefers_lanes(op);
        let inits = operands[(l + u).min(operands.len())..].iter().map(|v| self.value(op, *v)).collect::<Result<Vec<_>>>()?;
        let kind = self.kind(op, &inits)?;
        let (lo, hi) = (self.b.sum_value(&lo), self.b.sum_value(&hi));
        let (Reg::U(lo), Reg::U(hi)) = (lo.reg, hi.reg) else {
            return self.fail(op, "a loop whose bounds differ between lanes");
        };
        self.b.open(match (lanes, self.static_trips(op).is_some_and(|n| n > 0)) {
            (true, true) => ScopeKind::Lanes,
            (true, false) => ScopeKind::LanesBarrier,
            (false, true) => ScopeKind::Loop,
            (false, false) => ScopeKind::Barrier,
        });
        let iv = self.b.uniform();
        let level = self.b.level();
        let mut sum = self.b.as_sum(Val { reg: Reg::U(iv), ty: ElemType::Index, level });
        sum.lane = if lanes { step } else { 0 };
        let args = self.body.block_args(block).to_vec();
        if let Some(arg) = args.first() {
            self.slots.insert(*arg, Slot::Index(sum));
        }
        if let Kind::Carry(state) = &kind {
            for (arg, v) in args[1..].iter().zip(state) {
                self.slots.insert(*arg, Slot::Scalar(Val { level, ..*v }));
            }
        }
        let end = self.block(block)?;
        let yields: Vec<Value> = end.map_or(vec![], |end| self.body.operands(end).collect());
        self.finish_iteration(op, &kind, &yields, lanes)?;
        let body = self.b.close();
        self.b.emit(Inst::Loop { iv, lo, hi, step, lanes, body });
        self.loop_results(op, kind);
        Ok(())
    }

    fn kind(&mut self, op: Op, inits: &[Val]) -> Result<Kind> {
        let ctx = self.interp.ctx;
        let vector = self.b.in_lanes();
        let Some(kinds) = self.body.op(op).attr(ctx, "reduce").and_then(|a| ctx.as_array(a)) else {
            if inits.is_empty() {
                return Ok(Kind::Plain);
            }
            let mut state = vec![];
            for init in inits {
                let v = self.b.variable(init.ty, vector);
                self.b.mov(v, *init);
                state.push(v);
            }
            return Ok(Kind::Carry(state));
        };
        let results = self.body.op(op).results().to_vec();
        let mut accs = vec![];
        for (n, result) in results.iter().enumerate() {
            let (Some(kind), Some(ty)) = (kinds.get(n).and_then(|k| ctx.as_str(*k)), self.result_elem(*result)) else {
                return self.fail(op, "a reduction without a kind or of this type");
            };
            let acc = match (red_op(kind), arg_kind(kind), accs.last()) {
                (Some(red), ..) => {
                    let acc = self.b.variable(ty, vector);
                    let identity = self.b.constant(red.identity(ty));
                    self.b.mov(acc, identity);
                    Acc::Fold(red, acc)
                }
                (_, Some(_), Some(Acc::Arg { .. })) => Acc::Payload,
                (_, Some(kind), _) => self.arg_state(op, kind, ty, results.get(n + 1).copied(), vector)?,
                _ => return self.fail(op, format!("loops do not reduce by `{kind}`")),
            };
            accs.push(acc);
        }
        Ok(Kind::Reduce(accs))
    }

    fn arg_state(&mut self, op: Op, kind: ArgRedKind, ty: ElemType, payload: Option<Value>, vector: bool) -> Result<Acc> {
        let Some(payload_ty) = payload.and_then(|v| self.result_elem(v)) else {
            return self.fail(op, "an arg-reduction takes a key and what goes with it");
        };
        let found = self.b.variable(ElemType::I1, vector);
        let (key, payload) = (self.b.variable(ty, vector), self.b.variable(payload_ty, vector));
        let least = matches!(kind, ArgRedKind::Argmax | ArgRedKind::ArgmaxLast);
        let start = if least { Scalar::lowest(ty) } else { Scalar::highest(ty) };
        for (v, start) in [(found, Scalar::bool(false)), (key, start), (payload, Scalar::from_int(payload_ty, 0))] {
            let start = self.b.constant(start);
            self.b.mov(v, start);
        }
        Ok(Acc::Arg { kind, found, key, payload })
    }

    fn finish_iteration(&mut self, op: Op, kind: &Kind, yields: &[Value], lanes: bool) -> Result<()> {
        match kind {
            Kind::Plain => {}
            Kind::Carry(state) => {
                let values = yields.iter().map(|v| self.value(op, *v)).collect::<Result<Vec<_>>>()?;
                let mut next = vec![];
                for v in values {
                    let copy = self.b.variable(v.ty, self.b.in_lanes());
                    self.b.mov(copy, v);
                    next.push(copy);
                }
                for (v, next) in state.iter().zip(next) {
                    self.b.mov(*v, next);
                }
            }
            Kind::Reduce(accs) => {
                for (n, acc) in accs.iter().enumerate() {
                    let Some(yielded) = yields.get(n).copied() else { return self.fail(op, "a loop yields too few values") };
                    self.accumulate(op, acc, yielded, yields.get(n + 1).copied(), lanes)?;
                }
            }
        }
        Ok(())
    }

    fn accumulate(&mut self, op: Op, acc: &Acc, yielded: Value, next: Option<Value>, lanes: bool) -> Result<()> {
        let mask = self.b.mask.map(|m| m.reg);
        match acc {
            Acc::Fold(red, acc) => {
                let src = self.value(op, yielded)?;
                match acc.reg {
                    Reg::U(a) if lanes => self.b.emit(Inst::Fold { op: *red, ty: acc.ty, acc: a, src: src.reg, mask }),
                    _ => {
                        let only_use = self.is_only_use(yielded);
                        self.b.combine(*red, *acc, src, only_use);
                    }
                }
            }
            Acc::Arg { kind, found, key, payload } => {
                let new = self.value(op, yielded)?;
                let Some(next) = next else { return self.fail(op, "a loop yields too few values") };
                let candidate = self.value(op, next)?;
                let took = self.b.variable(ElemType::I1, key.is_vector());
                self.b.emit(Inst::ArgStep {
                    kind: *kind,
                    ty: key.ty,
                    found: found.reg,
                    key: key.reg,
                    new: new.reg,
                    took: took.reg,
                    mask,
                });
                let best = self.b.select(took, candidate, *payload);
                self.b.mov(*payload, best);
            }
            Acc::Payload => {}
        }
        Ok(())
    }

    /// Whether a value and those it was made from have no other use.
    fn is_only_use(&self, v: Value) -> bool {
        let single = |v: Value| self.body.uses(v).count() == 1;
        match self.body.defining_op(v) {
            Some(op) => single(v) && self.body.operands(op).all(single),
            None => false,
        }
    }

    fn loop_results(&mut self, op: Op, kind: Kind) {
        match kind {
            Kind::Plain => {}
            Kind::Carry(state) => state.into_iter().enumerate().for_each(|(n, v)| self.set(op, n, Slot::Scalar(v))),
            Kind::Reduce(accs) => {
                for (n, acc) in accs.into_iter().enumerate() {
                    match acc {
                        Acc::Fold(_, v) => self.set(op, n, Slot::Scalar(v)),
                        Acc::Arg { key, payload, .. } => {
                            self.set(op, n, Slot::Scalar(key));
                            self.set(op, n + 1, Slot::Scalar(payload));
                        }
                        Acc::Payload => {}
                    }
                }
            }
        }
    }
}

/// Takes the next size where the extent asks for one.
trait NextIfDynamic {
    fn next_if_dynamic(&mut self, extent: i64) -> Option<Value>;
}

impl<I: Iterator<Item = Value>> NextIfDynamic for I {
    fn next_if_dynamic(&mut self, extent: i64) -> Option<Value> {
        if extent == DYNAMIC { self.next() } else { None }
    }
}

fn red_op(kind: &str) -> Option<RedOp> {
    Some(match kind {
        "add" => RedOp::Add,
        "mul" => RedOp::Mul,
        "maximum" => RedOp::Maximum,
        "minimum" => RedOp::Minimum,
        "maxnum" => RedOp::Maxnum,
        "minnum" => RedOp::Minnum,
        "and" => RedOp::And,
        "or" => RedOp::Or,
        _ => return None,
    })
}

fn arg_kind(kind: &str) -> Option<ArgRedKind> {
    let all = [ArgRedKind::Argmax, ArgRedKind::Argmin, ArgRedKind::ArgmaxLast, ArgRedKind::ArgminLast];
    all.into_iter().find(|k| k.name() == kind)
}
