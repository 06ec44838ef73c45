//! Making code: typed values, scopes, and instructions that go to the outermost scope where their operands are known.

use super::{Bank, Code, Guard, Inst, Lanewise, LoadInst, Reg, Site, bank, scalar};
use edge_dialect::core::{BinOp, ElemType, RedOp, Scalar, ScalarFn};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A value of the code being built. It may be used as long as its scope is open.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Val {
    pub reg: Reg,
    pub ty: ElemType,
    /// Its scope: 0 is the outermost.
    pub level: u32,
}

impl Val {
    pub fn is_vector(&self) -> bool {
        matches!(self.reg, Reg::V(_))
    }
}

/// An index as a sum: a constant, a multiple of the lane number, multiples of uniform values and of vectors.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    pub constant: i64,
    pub lane: i64,
    pub terms: SmallVec<[(Val, i64); 4]>,
}

impl Sum {
    pub fn constant(constant: i64) -> Sum {
        Sum { constant, ..Sum::default() }
    }

    pub fn as_constant(&self) -> Option<i64> {
        if self.lane == 0 && self.terms.is_empty() { Some(self.constant) } else { None }
    }

    /// `self + other * k`
    pub fn add(mut self, other: &Sum, k: i64) -> Sum {
        self.constant = self.constant.wrapping_add(other.constant.wrapping_mul(k));
        self.lane = self.lane.wrapping_add(other.lane.wrapping_mul(k));
        for (v, c) in &other.terms {
            let c = c.wrapping_mul(k);
            match self.terms.iter_mut().find(|t| t.0 == *v) {
                Some(t) => t.1 = t.1.wrapping_add(c),
                None => self.terms.push((*v, c)),
            }
        }
        self.terms.retain(|t| t.1 != 0);
        self
    }
}

/// A condition on an index.
#[derive(Clone, Debug)]
pub enum Cond {
    Inside(Sum, Sum),
    NonNegative(Sum),
    Zero(Sum),
}

/// What kind of scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Top,
    /// A loop that runs at least once.
    Loop,
    /// A loop that may not run, or a branch: accesses stay inside.
    Barrier,
    /// The lane loop.
    Lanes,
    /// The lane loop, which may not run.
    LanesBarrier,
}

impl ScopeKind {
    fn is_lanes(self) -> bool {
        matches!(self, ScopeKind::Lanes | ScopeKind::LanesBarrier)
    }
    fn is_barrier(self) -> bool {
        matches!(self, ScopeKind::Barrier | ScopeKind::LanesBarrier)
    }
}

#[derive(Debug)]
struct Scope {
    kind: ScopeKind,
    insts: Vec<Inst>,
    memo: FxHashMap<(u64, u64), Val>,
    sums: FxHashMap<(u32, u32, i64), Val>,
}

impl Scope {
    fn new(kind: ScopeKind) -> Scope {
        Scope { kind, insts: vec![], memo: FxHashMap::default(), sums: FxHashMap::default() }
    }
}

/// See the module.
pub struct Builder {
    scopes: Vec<Scope>,
    uniforms: Vec<u64>,
    constants: FxHashMap<u64, u32>,
    vectors: [u32; 3],
    buffers: u32,
    sites: Vec<Site>,
    /// Accesses happen only where this holds.
    pub mask: Option<Val>,
    /// Buffers whose contents change while the code runs: reads of them stay where they are.
    pub volatile: Vec<bool>,
}

impl Builder {
    /// Code with this many bound buffers.
    pub fn new(buffers: u32) -> Builder {
        Builder {
            scopes: vec![Scope::new(ScopeKind::Top)],
            uniforms: vec![0],
            constants: FxHashMap::from_iter([(0, 0)]),
            vectors: [0; 3],
            buffers,
            sites: vec![],
            mask: None,
            volatile: vec![false; buffers as usize],
        }
    }

    pub fn finish(mut self) -> Code {
        let body = self.scopes.pop().map(|s| s.insts).unwrap_or_default();
        Code { body, uniforms: self.uniforms, vectors: self.vectors, buffers: self.buffers, sites: self.sites, split: None }
    }

    pub fn level(&self) -> u32 {
        self.scopes.len() as u32 - 1
    }

    pub fn uniform(&mut self) -> u32 {
        self.uniforms.push(0);
        self.uniforms.len() as u32 - 1
    }

    fn vector(&mut self, ty: ElemType) -> u32 {
        let slot = match bank(ty) {
            Bank::Int => 0,
            Bank::F32 => 1,
            Bank::F64 => 2,
        };
        self.vectors[slot] += 1;
        self.vectors[slot] - 1
    }

    fn raw_constant(&mut self, bits: u64) -> u32 {
        if let Some(reg) = self.constants.get(&bits) {
            return *reg;
        }
        self.uniforms.push(bits);
        let reg = self.uniforms.len() as u32 - 1;
        self.constants.insert(bits, reg);
        reg
    }

    pub fn constant(&mut self, value: Scalar) -> Val {
        Val { reg: Reg::U(self.raw_constant(scalar::to_reg(value))), ty: value.ty(), level: 0 }
    }

    pub fn index(&mut self, value: i64) -> Val {
        self.constant(Scalar::index(value))
    }

    /// A uniform register that the caller of the code writes.
    pub fn param(&mut self) -> Val {
        Val { reg: Reg::U(self.uniform()), ty: ElemType::Index, level: 0 }
    }

    /// The value of a constant.
    pub fn as_constant(&self, v: Val) -> Option<u64> {
        let Reg::U(r) = v.reg else { return None };
        let bits = *self.uniforms.get(r as usize)?;
        if self.constants.get(&bits) == Some(&r) { Some(bits) } else { None }
    }

    pub fn local_buffer(&mut self) -> u32 {
        self.buffers += 1;
        self.volatile.push(true);
        self.buffers - 1
    }

    pub fn site(&mut self, site: Site) -> u32 {
        self.sites.push(site);
        self.sites.len() as u32 - 1
    }

    pub fn in_lanes(&self) -> bool {
        self.scopes.iter().any(|s| s.kind.is_lanes())
    }

    pub fn has_barrier(&self) -> bool {
        self.scopes.iter().any(|s| s.kind.is_barrier())
    }

    fn lanes_level(&self) -> u32 {
        self.scopes.iter().position(|s| s.kind.is_lanes()).unwrap_or(0) as u32
    }

    /// The outermost scope to which an access of a buffer may go.
    fn barrier(&self, buf: u32) -> u32 {
        if self.volatile.get(buf as usize).copied().unwrap_or(true) {
            return self.level();
        }
        self.scopes.iter().rposition(|s| s.kind.is_barrier()).unwrap_or(0) as u32
    }

    pub fn open(&mut self, kind: ScopeKind) {
        self.scopes.push(Scope::new(kind));
    }

    pub fn close(&mut self) -> Vec<Inst> {
        self.scopes.pop().map(|s| s.insts).unwrap_or_default()
    }

    /// Takes the scopes deeper than `level` away, to build something further out; [`Builder::resume`] puts them back.
    pub fn suspend(&mut self, level: u32) -> Suspended {
        Suspended(self.scopes.split_off(level as usize + 1))
    }

    pub fn resume(&mut self, scopes: Suspended) {
        self.scopes.extend(scopes.0);
    }

    pub fn remembered(&self, key: (u64, u64)) -> Option<Val> {
        self.scopes.iter().rev().find_map(|s| s.memo.get(&key).copied())
    }

    pub fn remember(&mut self, key: (u64, u64), v: Val) {
        self.scopes[v.level as usize].memo.insert(key, v);
    }

    /// Remembers for the innermost scope only.
    pub fn remember_here(&mut self, key: (u64, u64), v: Val) {
        let level = self.level() as usize;
        self.scopes[level].memo.insert(key, v);
    }

    pub fn emit_at(&mut self, level: u32, inst: Inst) {
        self.scopes[level as usize].insts.push(inst);
    }

    pub fn emit(&mut self, inst: Inst) {
        self.emit_at(self.level(), inst);
    }

    /// A register for a result of these operands, and its scope.
    fn result(&mut self, ty: ElemType, operands: &[Val], vector: bool, least: u32) -> Val {
        let mut level = operands.iter().map(|v| v.level).max().unwrap_or(0).max(least);
        let vector = vector || operands.iter().any(Val::is_vector);
        if vector {
            level = level.max(self.lanes_level());
        }
        let reg = if vector { Reg::V(self.vector(ty)) } else { Reg::U(self.uniform()) };
        Val { reg, ty, level }
    }

    /// A register that is written more than once, in the innermost scope.
    pub fn variable(&mut self, ty: ElemType, vector: bool) -> Val {
        let level = self.level();
        let reg = if vector { Reg::V(self.vector(ty)) } else { Reg::U(self.uniform()) };
        Val { reg, ty, level }
    }

    pub fn bin(&mut self, op: BinOp, a: Val, b: Val) -> Val {
        let ty = a.ty;
        let result = if op.is_comparison() { ElemType::I1 } else { ty };
        let traps = matches!(op, BinOp::FloorDiv | BinOp::Mod);
        let (mask, least) = self.trap(traps);
        let dst = self.result(result, &with(&[a, b], mask), false, least);
        self.emit_at(dst.level, Inst::Bin { op, ty, dst: dst.reg, a: a.reg, b: b.reg, mask: mask.map(|m| m.reg) });
        dst
    }

    fn trap(&self, traps: bool) -> (Option<Val>, u32) {
        let barrier = self.scopes.iter().rposition(|s| s.kind.is_barrier()).unwrap_or(0) as u32;
        if traps { (self.mask, barrier) } else { (None, 0) }
    }

    pub fn func(&mut self, f: ScalarFn, args: &[Val]) -> Val {
        let Some(&a) = args.first() else { return self.index(0) };
        let traps = !a.ty.is_float() && matches!(f, ScalarFn::Tdiv | ScalarFn::Rem | ScalarFn::Pow);
        let (mask, least) = self.trap(traps);
        let dst = self.result(f.result(a.ty), &with(args, mask), false, least);
        let (b, c) = (args.get(1).map(|b| b.reg), args.get(2).map(|c| c.reg));
        self.emit_at(dst.level, Inst::Fn { f, ty: a.ty, dst: dst.reg, a: a.reg, b, c, mask: mask.map(|m| m.reg) });
        dst
    }

    pub fn neg(&mut self, a: Val) -> Val {
        let dst = self.result(a.ty, &[a], false, 0);
        self.emit_at(dst.level, Inst::Neg { ty: a.ty, dst: dst.reg, a: a.reg });
        dst
    }

    pub fn not(&mut self, a: Val) -> Val {
        let dst = self.result(ElemType::I1, &[a], false, 0);
        self.emit_at(dst.level, Inst::Not { dst: dst.reg, a: a.reg });
        dst
    }

    pub fn cast(&mut self, to: ElemType, a: Val) -> Val {
        if a.ty == to {
            return a;
        }
        let dst = self.result(to, &[a], false, 0);
        self.emit_at(dst.level, Inst::Cast { from: a.ty, to, dst: dst.reg, a: a.reg });
        dst
    }

    pub fn bitcast(&mut self, to: ElemType, a: Val) -> Val {
        if a.ty == to {
            return a;
        }
        let dst = self.result(to, &[a], false, 0);
        self.emit_at(dst.level, Inst::Bitcast { from: a.ty, to, dst: dst.reg, a: a.reg });
        dst
    }

    pub fn sat(&mut self, to: ElemType, a: Val) -> Val {
        let dst = self.result(to, &[a], false, 0);
        self.emit_at(dst.level, Inst::Sat { from: a.ty, to, dst: dst.reg, a: a.reg });
        dst
    }

    pub fn select(&mut self, cond: Val, a: Val, b: Val) -> Val {
        let dst = self.result(a.ty, &[cond, a, b], false, 0);
        self.emit_at(dst.level, Inst::Select { ty: a.ty, dst: dst.reg, cond: cond.reg, a: a.reg, b: b.reg });
        dst
    }

    /// `a and not b` and the like, for masks: absent is true.
    pub fn and(&mut self, a: Option<Val>, b: Val) -> Val {
        match a {
            Some(a) => self.bin(BinOp::And, a, b),
            None => b,
        }
    }

    pub fn mov(&mut self, dst: Val, src: Val) {
        self.emit(Inst::Mov { ty: dst.ty, dst: dst.reg, src: src.reg });
    }

    /// The uniform part of a sum. Each term is added in the scope of its value, so what changes least often is added first.
    fn base(&mut self, sum: &Sum) -> Val {
        let mut terms: SmallVec<[(Val, i64); 4]> = sum.terms.iter().copied().filter(|t| !t.0.is_vector()).collect();
        terms.sort_by_key(|t| (t.0.level, t.0.reg, t.1));
        let mut at = self.index(sum.constant);
        for (v, k) in terms {
            let (Reg::U(a), Reg::U(b)) = (at.reg, v.reg) else { continue };
            if let (0, 1, Some(0)) = (at.level, k, self.as_constant(at)) {
                at = v;
                continue;
            }
            let level = at.level.max(v.level);
            let known = self.scopes[..=level as usize].iter().rev().find_map(|s| s.sums.get(&(a, b, k)).copied());
            at = known.unwrap_or_else(|| {
                let dst = self.uniform();
                self.emit_at(level, Inst::AddMul { dst, a, b, k });
                let sum = Val { reg: Reg::U(dst), ty: ElemType::Index, level };
                self.scopes[level as usize].sums.insert((a, b, k), sum);
                sum
            });
        }
        at
    }

    /// The sum as the machine addresses, and the least scope where it is known.
    fn lanewise(&mut self, sum: &Sum) -> (Lanewise, u32) {
        let base = self.base(sum);
        let mut level = base.level;
        let mut gather: Option<Val> = None;
        let vectors: SmallVec<[(Val, i64); 4]> = sum.terms.iter().copied().filter(|t| t.0.is_vector()).collect();
        for (v, k) in vectors {
            let factor = self.index(k);
            let scaled = if k == 1 { v } else { self.bin(BinOp::Mul, v, factor) };
            gather = Some(match gather {
                Some(g) => self.bin(BinOp::Add, g, scaled),
                None => scaled,
            });
        }
        if let Some(g) = gather {
            level = level.max(g.level);
        }
        if sum.lane != 0 {
            level = level.max(self.lanes_level());
        }
        let number = |v: Val| match v.reg {
            Reg::U(i) | Reg::V(i) => i,
        };
        (Lanewise { base: number(base), stride: sum.lane, gather: gather.map(number) }, level)
    }

    /// The value of a sum.
    pub fn sum_value(&mut self, sum: &Sum) -> Val {
        if sum.lane == 0 {
            if let ([(v, 1)], 0) = (&sum.terms[..], sum.constant) {
                return *v;
            }
            if sum.terms.iter().all(|t| !t.0.is_vector()) {
                return self.base(sum);
            }
        }
        let (at, level) = self.lanewise(sum);
        let dst = self.result(ElemType::Index, &[], true, level);
        self.emit_at(dst.level, Inst::Spread { dst: dst.reg, at });
        dst
    }

    /// A value as a sum of one term.
    pub fn as_sum(&self, v: Val) -> Sum {
        match self.as_constant(v) {
            Some(c) => Sum::constant(c as i64),
            None => Sum { terms: SmallVec::from_slice(&[(v, 1)]), ..Sum::default() },
        }
    }

    fn guard(&mut self, cond: &Cond) -> (Guard, u32, bool) {
        let (sum, extent) = match cond {
            Cond::Inside(sum, extent) => (sum, Some(self.base(extent))),
            Cond::NonNegative(sum) | Cond::Zero(sum) => (sum, None),
        };
        let (at, level) = self.lanewise(sum);
        let level = extent.map_or(level, |e| e.level.max(level));
        let guard = match (cond, extent.map(|e| e.reg)) {
            (Cond::Inside(..), Some(Reg::U(e))) => Guard::Inside(at, e),
            (Cond::Zero(_), _) => Guard::Zero(at),
            _ => Guard::NonNegative(at),
        };
        (guard, level, !at.is_uniform())
    }

    fn guards(&mut self, conds: &[Cond]) -> (Box<[Guard]>, u32, bool) {
        let (mut out, mut level, mut wide) = (vec![], 0, false);
        for cond in conds {
            let (guard, l, w) = self.guard(cond);
            out.push(guard);
            level = level.max(l);
            wide |= w;
        }
        (out.into(), level, wide)
    }

    /// The element of `buf` at linear position `at`; where a condition does not hold, `else_`.
    pub fn load(&mut self, buf: u32, elem: ElemType, at: &Sum, conds: &[Cond], else_: Option<Val>) -> Val {
        let (at, level) = self.lanewise(at);
        let (guards, guard_level, wide) = self.guards(conds);
        let mask = self.mask;
        let least = level.max(guard_level).max(self.barrier(buf));
        let operands: SmallVec<[Val; 2]> = else_.into_iter().chain(mask).collect();
        let dst = self.result(elem, &operands, wide || !at.is_uniform(), least);
        let load = LoadInst { buf, elem, dst: dst.reg, at, guards, else_: else_.map(|e| e.reg), mask: mask.map(|m| m.reg) };
        self.emit_at(dst.level, Inst::Load(load));
        dst
    }

    pub fn store(&mut self, buf: u32, elem: ElemType, at: &Sum, conds: &[Cond], src: Val, update: edge_dialect::core::Update) {
        let (at, _) = self.lanewise(at);
        let (guards, ..) = self.guards(conds);
        let mask = self.mask.map(|m| m.reg);
        self.emit(Inst::Store { buf, elem, at, guards, src: src.reg, update, mask });
    }

    /// Fails at run time unless `0 <= at < extent`.
    pub fn check(&mut self, at: &Sum, extent: &Sum, site: Site) {
        let extent = self.base(extent);
        let (at, level) = self.lanewise(at);
        let site = self.site(site);
        let mask = self.mask;
        let barrier = self.trap(true).1;
        let level = level.max(barrier).max(extent.level).max(mask.map_or(0, |m| m.level));
        if let Reg::U(extent) = extent.reg {
            self.emit_at(level, Inst::Check { at, extent, mask: mask.map(|m| m.reg), site });
        }
    }

    /// `acc = acc op src` in the innermost scope. With `only_use`, nothing else reads `src` or what it was just made from:
    /// then products of f32 are added without a detour.
    pub fn combine(&mut self, op: RedOp, acc: Val, src: Val, only_use: bool) {
        if only_use && op == RedOp::Add && acc.ty == ElemType::F32 && self.mask.is_none() && self.fuse(acc, src) {
            return;
        }
        let mask = self.mask.map(|m| m.reg);
        self.emit(Inst::Combine { op, ty: acc.ty, acc: acc.reg, src: src.reg, mask });
    }

    fn fuse(&mut self, acc: Val, src: Val) -> bool {
        let level = self.level() as usize;
        let insts = &mut self.scopes[level].insts;
        let Some(Inst::Bin { op: BinOp::Mul, ty: ElemType::F32, dst, a, b, .. }) = insts.last() else { return false };
        if *dst != src.reg || src.level as usize != level {
            return false;
        }
        let (a, b) = (*a, *b);
        insts.pop();
        let (vector, scale) = match (a, b) {
            (v @ Reg::V(_), Reg::U(u)) | (Reg::U(u), v @ Reg::V(_)) => (v, u),
            _ => {
                insts.push(Inst::MulAdd { acc: acc.reg, a, b });
                return true;
            }
        };
        let is_load = |i: &Inst| matches!(i, Inst::Load(l) if l.dst == vector && l.mask.is_none() && l.at.gather.is_none());
        let at = insts.iter().rposition(is_load);
        let between_is_uniform = at.is_some_and(|at| insts[at + 1..].iter().all(uniform_only));
        if let (Some(at), true, Reg::V(_)) = (at, between_is_uniform, acc.reg)
            && let Inst::Load(load) = insts.remove(at)
        {
            insts.push(Inst::LoadMulAdd { load: Box::new(load), acc: acc.reg, scale });
            return true;
        }
        insts.push(Inst::MulAdd { acc: acc.reg, a, b });
        true
    }
}

/// Scopes taken away for a while.
pub struct Suspended(Vec<Scope>);

fn with(values: &[Val], mask: Option<Val>) -> SmallVec<[Val; 4]> {
    values.iter().copied().chain(mask).collect()
}

/// Index arithmetic and uniform loads: these read no vector.
fn uniform_only(inst: &Inst) -> bool {
    match inst {
        Inst::AddMul { .. } => true,
        Inst::Load(l) => matches!(l.dst, Reg::U(_)),
        _ => false,
    }
}
