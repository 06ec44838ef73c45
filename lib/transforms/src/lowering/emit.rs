//! Statements of a Core program as loops of one nest.

use super::plan::{Plan, StmtPlan, Storage, defs};
use super::scalar;
use crate::loop_ir::build::{Access, Bound, For, MapBuilder, view_type};
use crate::loop_ir::names;
use edge_dialect::core::{
    ArgRedKind, BufId, BufKind, Def, ElemType, ExprId, Load, Node, Program, Proof, Rec, RedOp, Scalar, ScalarFn, Stmt,
    SymSource, Update, VarId,
};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Body, Builder, Context, Type, TypeKind, Value};
use rustc_hash::FxHashMap;

/// What a lowering starts from: the program of one operation, its operands (absent optional ones left out), its result types, and
/// the device it is placed on.
pub struct NestInput<'a> {
    pub program: Program,
    pub operands: &'a [Value],
    pub results: &'a [Type],
    pub device: Option<Attr>,
}

/// Builds the nest at the builder's insertion point and gives its results. `Err` says what the program holds that has no lowering.
pub fn lower_program(b: &mut Builder<'_>, mut input: NestInput<'_>) -> Result<Vec<Value>, &'static str> {
    if input.program.stmts.is_empty() {
        // Nothing is computed: every result is without elements.
        let empty = Plan::default();
        return Ok(Host::build(b, &input.program, &input, &empty).outs);
    }
    let plan = Plan::of(&mut input.program);
    let p = &input.program;
    let ordered = |d: &&Def| matches!(d.update, Update::Maximum | Update::Minimum) && p.buf(d.buf).elem.is_unsigned();
    if defs(&p.stmts).iter().any(ordered) {
        return Err("an update by `max` or `min` of unsigned elements has no lowering to loops, which compare as signed");
    }
    let host = Host::build(b, p, &input, &plan);
    let mut body = Body::new();
    let region = body.new_region();
    let block = body.add_block(region);
    let loc = b.loc;
    let mut inner = Builder::at_end(b.ctx, &mut body, block, loc);
    let mut e = Emitter::new(p, &plan);
    e.arguments(&mut inner, &host);
    e.nest(&mut inner);
    inner.op(names::END).build();
    let sizes = [host.ins.len() as i32, host.outs.len() as i32, host.syms.len() as i32];
    let sizes = b.ctx.i32_array(&sizes);
    let device = input.device.map(|d| b.ctx.dict_attr(&[(b.ctx.ident("edge.device"), d)]));
    let op = b
        .op(names::NEST)
        .operands(host.ins.iter().chain(&host.outs).chain(&host.syms).copied())
        .results(host.out_types.iter().copied())
        .prop("operandSegmentSizes", sizes)
        .discardable(device)
        .isolated(body, &[region])
        .build();
    Ok(b.body.op(op).results()[..p.results as usize].to_vec())
}

/// The nest's operands, made before it.
struct Host {
    ins: Vec<Value>,
    in_bufs: Vec<InBuf>,
    in_types: Vec<Type>,
    outs: Vec<Value>,
    out_types: Vec<Type>,
    out_bufs: Vec<BufId>,
    syms: Vec<Value>,
}

#[derive(Clone, Copy)]
enum InBuf {
    Operand(BufId),
    Table(usize),
}

impl Host {
    fn build(b: &mut Builder<'_>, p: &Program, input: &NestInput<'_>, plan: &Plan) -> Host {
        let syms: Vec<Value> = p.syms.iter().map(|s| sym_value(b, p, input.operands, s.source)).collect();
        let mut host =
            Host { ins: vec![], in_bufs: vec![], in_types: vec![], outs: vec![], out_types: vec![], out_bufs: vec![], syms };
        let (bufs, tables) = used(p);
        for buf in bufs {
            if let BufKind::Operand(n) = p.buf(buf).kind {
                host.ins.push(input.operands[n as usize]);
                host.in_bufs.push(InBuf::Operand(buf));
            }
        }
        for n in tables {
            host.ins.push(table_constant(b, p, n));
            host.in_bufs.push(InBuf::Table(n));
        }
        host.in_types = host.ins.iter().map(|v| b.body.ty(*v)).collect();
        let mut sizes = Emitter::new(p, plan);
        sizes.syms = host.syms.clone();
        for n in 0..p.results {
            let buf = p.result(n).expect("every result has a buffer");
            host.out(b, &mut sizes, buf, input.results[n as usize]);
        }
        for (buf, storage) in &plan.lets {
            if *storage == Storage::Scratch {
                let shape: Vec<i64> = p.static_shape(*buf).iter().map(|d| d.unwrap_or(DYNAMIC)).collect();
                let ty = b.ctx.tensor(&shape, scalar::scalar_type(b.ctx, p.buf(*buf).elem));
                host.out(b, &mut sizes, *buf, ty);
            }
        }
        host
    }
    fn out(&mut self, b: &mut Builder<'_>, sizes: &mut Emitter<'_>, buf: BufId, ty: Type) {
        let shape = b.ctx.type_kind(ty).shape().unwrap_or(&[]);
        let dynamic = shape.iter().zip(&sizes.p.buf(buf).shape).filter(|(d, _)| **d == DYNAMIC);
        let dims: Vec<Value> =
            dynamic.map(|(_, e)| *e).collect::<Vec<_>>().into_iter().map(|e| sizes.index_value(b, e)).collect();
        self.outs.push(b.op(names::EMPTY).operands(dims).result(ty).value());
        self.out_types.push(ty);
        self.out_bufs.push(buf);
    }
}

/// Buffers that are read, and tables, in order.
fn used(p: &Program) -> (Vec<BufId>, Vec<usize>) {
    let (mut bufs, mut tables) = (Vec::new(), Vec::new());
    for def in defs(&p.stmts) {
        for root in def.lhs.iter().chain([&def.body]) {
            p.walk(*root, |e| match p.node(e) {
                Node::Load(load) => bufs.push(load.buf),
                Node::Tab { table, .. } => tables.push(table.0 as usize),
                _ => {}
            });
        }
    }
    bufs.sort();
    bufs.dedup();
    tables.sort();
    tables.dedup();
    (bufs, tables)
}

fn sym_value(b: &mut Builder<'_>, p: &Program, operands: &[Value], source: SymSource) -> Value {
    let index = b.ctx.index();
    let operand = |buf: BufId| match p.buf(buf).kind {
        BufKind::Operand(n) => operands[n as usize],
        _ => operands[0],
    };
    match source {
        SymSource::Dim { buf, axis } => {
            let axis = crate::loop_ir::build::index_constant(b, axis as i64);
            b.op(names::DIM).operand(operand(buf)).operand(axis).result(index).value()
        }
        SymSource::Value { buf, element } => {
            let tensor = operand(buf);
            let rank = b.ctx.type_kind(b.body.ty(tensor)).shape().map_or(0, <[i64]>::len);
            let at: Vec<Value> = (0..rank).map(|_| crate::loop_ir::build::index_constant(b, element as i64)).collect();
            let elem = b.ctx.elem_or_self(b.body.ty(tensor));
            let value = b.op("tensor.extract").operand(tensor).operands(at).result(elem).value();
            b.op("arith.index_cast").operand(value).result(index).value()
        }
        SymSource::External(n) => crate::loop_ir::build::index_constant(b, n as i64),
    }
}

fn table_constant(b: &mut Builder<'_>, p: &Program, n: usize) -> Value {
    let table = &p.tables[n];
    let shape: Vec<i64> = table.shape.iter().map(|d| *d as i64).collect();
    let ty = b.ctx.tensor(&shape, scalar::scalar_type(b.ctx, table.elem));
    let size = table.elem.bytes() as usize;
    let data: Vec<u8> = table.values.iter().flat_map(|v| v.bits().to_le_bytes()[..size].to_vec()).collect();
    let value = b.ctx.attr(AttrKind::Dense { ty, data: &data, splat: false });
    b.op("arith.constant").prop("value", value).result(ty).value()
}

/// Where a buffer is, inside the nest.
#[derive(Clone)]
enum Place {
    Scalar(Value),
    /// A view over the axes listed; `None`: all.
    View(Value, Option<Vec<usize>>),
}

/// Emits the statements of one program.
pub(super) struct Emitter<'p> {
    pub(super) p: &'p Program,
    plan: &'p Plan,
    pub(super) syms: Vec<Value>,
    pub(super) vars: FxHashMap<VarId, Value>,
    bufs: FxHashMap<BufId, Place>,
    tables: FxHashMap<usize, Value>,
    /// Values by expression, innermost scope last.
    memo: Vec<FxHashMap<ExprId, Value>>,
    /// Index conditions that hold (or do not) where code is being emitted.
    path: Vec<(ExprId, bool)>,
}

impl<'p> Emitter<'p> {
    fn new(p: &'p Program, plan: &'p Plan) -> Self {
        Emitter {
            p,
            plan,
            syms: vec![],
            vars: FxHashMap::default(),
            bufs: FxHashMap::default(),
            tables: FxHashMap::default(),
            memo: vec![FxHashMap::default()],
            path: vec![],
        }
    }

    fn arguments(&mut self, b: &mut Builder<'_>, host: &Host) {
        let edge_ir::InsertPoint::End(block) = b.at else { return };
        let ctx = b.ctx;
        let view = |ctx: &Context, ty: Type| match ctx.type_kind(ty) {
            TypeKind::Tensor { shape, elem, .. } => view_type(ctx, shape, elem),
            _ => ty,
        };
        for (source, ty) in host.in_bufs.iter().zip(&host.in_types) {
            let arg = b.body.add_arg(block, view(ctx, *ty), b.loc);
            match source {
                InBuf::Operand(buf) => drop(self.bufs.insert(*buf, Place::View(arg, None))),
                InBuf::Table(n) => drop(self.tables.insert(*n, arg)),
            }
        }
        for (ty, buf) in host.out_types.iter().zip(&host.out_bufs) {
            let arg = b.body.add_arg(block, view(ctx, *ty), b.loc);
            self.bufs.insert(*buf, Place::View(arg, None));
        }
        for _ in &host.syms {
            let arg = b.body.add_arg(block, ctx.index(), b.loc);
            self.syms.push(arg);
        }
    }

    fn nest(&mut self, b: &mut Builder<'_>) {
        self.outer(b, 0);
    }

    fn outer(&mut self, b: &mut Builder<'_>, depth: usize) {
        let Some(var) = self.plan.outer.get(depth) else { return self.statements(b) };
        let upper = self.bound(b, *var);
        For::parallel(upper).build(b, |b, iv, _| {
            for stmt in &self.plan.stmts {
                self.vars.insert(stmt.outer[depth], iv);
            }
            self.memo.push(FxHashMap::default());
            self.outer(b, depth + 1);
            self.memo.pop();
            vec![]
        });
    }

    fn statements(&mut self, b: &mut Builder<'_>) {
        let (p, plan) = (self.p, self.plan);
        self.sequence(b, &p.stmts, &mut plan.stmts.iter());
        // A tile belongs to one point of the outer loops.
        for (buf, storage) in &plan.lets {
            if *storage != Storage::Scratch {
                self.bufs.remove(buf);
            }
        }
    }

    /// Statements one after the other; `plans` has those of the definitions that are still to come.
    fn sequence<'a>(&mut self, b: &mut Builder<'_>, stmts: &'a [Stmt], plans: &mut dyn Iterator<Item = &'a StmtPlan>) {
        for stmt in stmts {
            // What a statement read may have been written since.
            self.memo.iter_mut().for_each(FxHashMap::clear);
            match stmt {
                Stmt::Def(def) => {
                    if let Some(plan) = plans.next() {
                        self.definition(b, def, plan);
                    }
                }
                Stmt::Rec(rec) => self.rounds(b, rec, plans),
            }
        }
    }

    fn definition(&mut self, b: &mut Builder<'_>, def: &Def, stmt: &StmtPlan) {
        if self.storage(def.buf) == Some(&Storage::Scalar) && stmt.inner.is_empty() {
            let value = self.value(b, def.body);
            if self.p.buf(def.buf).kind != BufKind::Let {
                self.store(b, def, value);
            }
            self.bufs.insert(def.buf, Place::Scalar(value));
            return;
        }
        self.tile_of(b, def.buf);
        self.inner(b, def, stmt, 0);
    }

    /// One round after the other. Tiles are made before, as a round reads what earlier ones wrote.
    fn rounds<'a>(&mut self, b: &mut Builder<'_>, rec: &'a Rec, plans: &mut dyn Iterator<Item = &'a StmtPlan>) {
        for def in defs(&rec.body) {
            self.tile_of(b, def.buf);
        }
        if self.p.exprs.as_index(self.p.var(rec.var).extent) == Some(1) {
            return self.sequence(b, &rec.body, plans);
        }
        let upper = self.bound(b, rec.var);
        For::sequential(upper).build(b, |b, iv, _| {
            self.vars.insert(rec.var, iv);
            self.memo.push(FxHashMap::default());
            self.sequence(b, &rec.body, plans);
            self.memo.pop();
            vec![]
        });
        self.memo.iter_mut().for_each(FxHashMap::clear);
    }

    fn storage(&self, buf: BufId) -> Option<&'p Storage> {
        self.plan.lets.iter().find(|l| l.0 == buf).map(|l| &l.1)
    }

    /// Makes the tile of a buffer that is kept in one, if there is none yet.
    fn tile_of(&mut self, b: &mut Builder<'_>, buf: BufId) {
        if let Some(Storage::Tile(axes)) = self.storage(buf).filter(|_| !self.bufs.contains_key(&buf)) {
            self.tile(b, buf, axes);
        }
    }

    fn tile(&mut self, b: &mut Builder<'_>, buf: BufId, axes: &[usize]) {
        let shape = self.p.static_shape(buf);
        let shape: Vec<i64> = axes.iter().map(|a| shape[*a].unwrap_or(DYNAMIC)).collect();
        let ty = view_type(b.ctx, &shape, scalar::scalar_type(b.ctx, self.p.buf(buf).elem));
        let view = b.op(names::STAGE).result(ty).value();
        self.bufs.insert(buf, Place::View(view, Some(axes.to_vec())));
    }

    fn inner(&mut self, b: &mut Builder<'_>, def: &Def, stmt: &StmtPlan, depth: usize) {
        let Some(var) = stmt.inner.get(depth) else {
            let value = self.value(b, def.body);
            return self.store(b, def, value);
        };
        let upper = self.bound(b, *var);
        let spec = if def.update == Update::Assign { For::parallel(upper) } else { For::sequential(upper) };
        spec.build(b, |b, iv, _| {
            self.vars.insert(*var, iv);
            self.memo.push(FxHashMap::default());
            self.inner(b, def, stmt, depth + 1);
            self.memo.pop();
            vec![]
        });
    }

    fn store(&mut self, b: &mut Builder<'_>, def: &Def, value: Value) {
        let Some(Place::View(view, axes)) = self.bufs.get(&def.buf).cloned() else { return };
        let mut access = Access { view, map: MapBuilder::default(), index: vec![], guard: vec![] };
        for axis in kept(axes.as_deref(), def.lhs.len()) {
            let e = def.lhs[axis];
            let index = match def.update != Update::Assign && self.p.has_load(e) {
                true => self.clamped(b, &mut access.map, e, self.p.buf(def.buf).shape[axis]),
                false => self.affine(b, &mut access.map, e),
            };
            access.index.push(index);
        }
        let combine = match def.update {
            Update::Assign | Update::Overwrite => None,
            Update::Add => Some("add"),
            Update::Mul => Some("mul"),
            Update::Maximum => Some("maximum"),
            Update::Minimum => Some("minimum"),
        };
        access.write(b, value, combine);
    }

    fn bound(&mut self, b: &mut Builder<'_>, var: VarId) -> Bound {
        let extent = self.p.var(var).extent;
        match self.p.exprs.as_index(extent) {
            Some(n) => Bound::Static(n),
            None => Bound::Dynamic(self.index_value(b, extent)),
        }
    }

    /// The position `e`, forced into `0 .. extent`.
    fn clamped(&mut self, b: &mut Builder<'_>, m: &mut MapBuilder, e: ExprId, extent: ExprId) -> edge_ir::AffineExpr {
        let value = self.value(b, e);
        let zero = scalar::constant(b, Scalar::index(0));
        let low = scalar::same(b, "arith.maxsi", &[value, zero]);
        let mut last = MapBuilder::default();
        let expr = self.affine(b, &mut last, extent);
        let expr = b.ctx.add(expr, b.ctx.cst(-1));
        let last = last.apply(b, expr);
        let value = scalar::same(b, "arith.minsi", &[low, last]);
        m.dim(b.ctx, value)
    }

    /// The value of an expression at the builder's place.
    pub(super) fn value(&mut self, b: &mut Builder<'_>, e: ExprId) -> Value {
        if let Some(known) = self.memo.iter().rev().find_map(|scope| scope.get(&e)) {
            return *known;
        }
        let value = self.compute(b, e);
        self.memo.last_mut().expect("a scope").insert(e, value);
        value
    }

    fn compute(&mut self, b: &mut Builder<'_>, e: ExprId) -> Value {
        let p = self.p;
        let ty = p.ty(e);
        match p.node(e) {
            Node::Const(c) => scalar::constant(b, *c),
            Node::Sym(s) => self.syms[s.0 as usize],
            Node::Var(v) => match self.vars.get(v) {
                Some(iv) => *iv,
                None => scalar::constant(b, Scalar::index(0)),
            },
            Node::Bin(..) if ty == ElemType::Index && self.is_affine(e) => self.index_value(b, e),
            Node::Bin(op, x, y) => {
                let (vx, vy) = (self.value(b, *x), self.value(b, *y));
                scalar::binary(b, *op, p.ty(*x), vx, vy)
            }
            Node::Neg(x) => {
                let x = self.value(b, *x);
                scalar::neg(b, ty, x)
            }
            Node::Not(x) => {
                let x = self.value(b, *x);
                scalar::not(b, x)
            }
            Node::Fn(f, args) => {
                let values: Vec<Value> = args.iter().map(|a| self.value(b, *a)).collect();
                scalar::function(b, *f, p.ty(args[0]), &values)
            }
            Node::Sel { cond, then, else_ } => self.select(b, *cond, *then, *else_),
            Node::Cast(to, x) => {
                let value = self.value(b, *x);
                scalar::cast(b, p.ty(*x), *to, value)
            }
            Node::Sat(to, x) => {
                let value = self.value(b, *x);
                scalar::sat(b, p.ty(*x), *to, value)
            }
            Node::Bits(to, x) => {
                let x = self.value(b, *x);
                scalar::bits(b, *to, x)
            }
            Node::Load(load) => self.load(b, load),
            Node::Red { op, vars, filter, body } => self.reduce(b, *op, vars, *filter, *body),
            Node::ArgRed { kind, vars, filter, by, value } => self.arg_reduce(b, *kind, vars, *filter, (*by, *value))[1],
            Node::Tab { table, idx } => {
                let view = self.tables[&(table.0 as usize)];
                let mut access = Access { view, map: MapBuilder::default(), index: vec![], guard: vec![] };
                for e in idx {
                    let index = self.affine(b, &mut access.map, *e);
                    access.index.push(index);
                }
                let elem = scalar::scalar_type(b.ctx, ty);
                access.read(b, elem, None)
            }
        }
    }

    fn select(&mut self, b: &mut Builder<'_>, cond: ExprId, then: ExprId, else_: ExprId) -> Value {
        let c = self.value(b, cond);
        let x = self.under(cond, true, |s| s.value(b, then));
        let y = self.under(cond, false, |s| s.value(b, else_));
        scalar::select(b, c, x, y)
    }

    /// Runs `f` where an index condition is known to hold, or not to. Both branches of a select are computed, but no access happens
    /// outside of its condition.
    fn under<T>(&mut self, cond: ExprId, holds: bool, f: impl FnOnce(&mut Self) -> T) -> T {
        let on_data = self.p.has_load(cond);
        if !on_data {
            self.path.push((cond, holds));
        }
        self.memo.push(FxHashMap::default());
        let result = f(self);
        self.memo.pop();
        if !on_data {
            self.path.pop();
        }
        result
    }

    fn load(&mut self, b: &mut Builder<'_>, load: &Load) -> Value {
        let (view, axes) = match self.bufs.get(&load.buf).cloned() {
            Some(Place::Scalar(value)) => return value,
            Some(Place::View(view, axes)) => (view, axes),
            None => return scalar::constant(b, Scalar::from_int(self.p.buf(load.buf).elem, 0)),
        };
        let p = self.p;
        let shape = &p.buf(load.buf).shape;
        let mut access = Access { view, map: MapBuilder::default(), index: vec![], guard: vec![] };
        let proven = |axis: usize| load.proof[axis] != Proof::InRange || p.proves_in_range(load.idx[axis], shape[axis], &[]);
        let safe = self.path.is_empty() || (0..shape.len()).all(proven);
        let mut by_path = true;
        if !safe {
            for (cond, holds) in self.path.clone() {
                by_path &= self.constraints(b, &mut access.map, cond, holds, &mut access.guard);
            }
        }
        for axis in kept(axes.as_deref(), load.idx.len()) {
            let (e, extent) = (load.idx[axis], shape[axis]);
            let index = match load.proof[axis] {
                Proof::Data => self.clamped(b, &mut access.map, e, extent),
                Proof::InRange if !by_path && !proven(axis) => self.clamped(b, &mut access.map, e, extent),
                _ => self.affine(b, &mut access.map, e),
            };
            if load.proof[axis] == Proof::Guarded {
                let size = self.affine(b, &mut access.map, extent);
                let ctx = b.ctx;
                let last = ctx.sub(ctx.sub(size, index), ctx.cst(1));
                access.guard.extend([(index, false), (last, false)]);
            }
            access.index.push(index);
        }
        access.guard.retain(|(e, eq)| b.ctx.affine_const(*e).is_none_or(|c| if *eq { c != 0 } else { c < 0 }));
        let elem = p.buf(load.buf).elem;
        let other = (!access.guard.is_empty()).then(|| match load.else_ {
            Some(e) => self.value(b, e),
            None => scalar::constant(b, Scalar::from_int(elem, 0)),
        });
        let ty = scalar::scalar_type(b.ctx, elem);
        access.read(b, ty, other)
    }

    fn reduce(&mut self, b: &mut Builder<'_>, op: RedOp, vars: &[VarId], filter: Option<ExprId>, body: ExprId) -> Value {
        let ty = self.p.ty(body);
        // Unsigned order is signed order with the sign bit flipped.
        let flip = ty.is_unsigned() && ty != ElemType::I1 && !matches!(op, RedOp::Add | RedOp::Mul);
        let value = self.reduce_over(b, op, vars, &mut |s, b| {
            let value = match filter {
                None => s.value(b, body),
                Some(cond) => {
                    let c = s.value(b, cond);
                    let value = s.under(cond, true, |s| s.value(b, body));
                    let identity = scalar::constant(b, op.identity(ty));
                    scalar::select(b, c, value, identity)
                }
            };
            if flip { flip_sign(b, ty, value) } else { value }
        });
        if flip { flip_sign(b, ty, value) } else { value }
    }

    fn reduce_over(
        &mut self,
        b: &mut Builder<'_>,
        op: RedOp,
        vars: &[VarId],
        body: &mut dyn FnMut(&mut Self, &mut Builder<'_>) -> Value,
    ) -> Value {
        let Some((var, rest)) = vars.split_first() else { return body(self, b) };
        if self.p.exprs.as_index(self.p.var(*var).extent) == Some(1) {
            return self.reduce_over(b, op, rest, body);
        }
        let upper = self.bound(b, *var);
        let mark = self.memo.len();
        let (region, block) = b.block_region(&[b.ctx.index()]);
        let at = std::mem::replace(&mut b.at, edge_ir::InsertPoint::End(block));
        let iv = b.body.block_args(block)[0];
        self.vars.insert(*var, iv);
        self.memo.push(FxHashMap::default());
        let value = self.reduce_over(b, op, rest, body);
        self.memo.truncate(mark);
        b.at = at;
        let ty = b.body.ty(value);
        For::reduce(upper, &[reduction(op)], &[ty]).finish(b, region, &[value])[0]
    }

    fn arg_reduce(
        &mut self,
        b: &mut Builder<'_>,
        kind: ArgRedKind,
        vars: &[VarId],
        filter: Option<ExprId>,
        (by, value): (ExprId, ExprId),
    ) -> Vec<Value> {
        let Some((var, rest)) = vars.split_first() else { return self.candidate(b, kind, filter, by, value) };
        let upper = self.bound(b, *var);
        let mark = self.memo.len();
        let types = [by, value].map(|e| scalar::scalar_type(b.ctx, self.p.ty(e)));
        For::reduce(upper, &[kind.name(), kind.name()], &types).build(b, |b, iv, _| {
            self.vars.insert(*var, iv);
            self.memo.push(FxHashMap::default());
            let pair = self.arg_reduce(b, kind, rest, filter, (by, value));
            self.memo.truncate(mark);
            pair
        })
    }

    /// Key and value at one point; where the filter does not hold, a key that loses against every other.
    fn candidate(
        &mut self,
        b: &mut Builder<'_>,
        kind: ArgRedKind,
        filter: Option<ExprId>,
        by: ExprId,
        value: ExprId,
    ) -> Vec<Value> {
        let ty = self.p.ty(by);
        // Loops compare as signed. The key itself is not a result.
        let ordered =
            |b: &mut Builder<'_>, key: Value| if ty.is_unsigned() && ty != ElemType::I1 { flip_sign(b, ty, key) } else { key };
        let Some(cond) = filter else {
            let (key, picked) = (self.value(b, by), self.value(b, value));
            return vec![ordered(b, key), picked];
        };
        let c = self.value(b, cond);
        let key = self.under(cond, true, |s| s.value(b, by));
        let picked = self.under(cond, true, |s| s.value(b, value));
        let worst = match kind {
            _ if ty.is_float() => Scalar::from_f64(ty, f64::NAN),
            ArgRedKind::Argmax | ArgRedKind::ArgmaxLast => Scalar::lowest(ty),
            ArgRedKind::Argmin | ArgRedKind::ArgminLast => Scalar::highest(ty),
        };
        let worst = scalar::constant(b, worst);
        let zero = scalar::constant(b, Scalar::from_int(self.p.ty(value), 0));
        let key = scalar::select(b, c, key, worst);
        vec![ordered(b, key), scalar::select(b, c, picked, zero)]
    }
}

fn kept(axes: Option<&[usize]>, rank: usize) -> Vec<usize> {
    axes.map_or_else(|| (0..rank).collect(), <[usize]>::to_vec)
}

fn flip_sign(b: &mut Builder<'_>, ty: ElemType, value: Value) -> Value {
    let bit = scalar::constant(b, Scalar::from_bits(ty, 1 << (ty.bits() - 1)));
    scalar::function(b, ScalarFn::BitXor, ty, &[value, bit])
}

fn reduction(op: RedOp) -> &'static str {
    match op {
        RedOp::Add => "add",
        RedOp::Mul => "mul",
        RedOp::Maximum => "maximum",
        RedOp::Minimum => "minimum",
        RedOp::Maxnum => "maxnum",
        RedOp::Minnum => "minnum",
        RedOp::And => "and",
        RedOp::Or => "or",
    }
}
