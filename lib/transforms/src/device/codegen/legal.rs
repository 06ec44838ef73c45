//! Which expansions of loops keep the meaning of a kernel. A schedule is a wish: where blocks of iterations executed together
//! could be told from the iterations one after another, the loop is left as it is.

use super::deps::Analysis;
use super::source::{Access, Bound, Loop};
use edge_ir::{Block, Body, Context, Op, Value, ValueDef};
use rustc_hash::FxHashMap;

/// How a loop is expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expand {
    /// Iterations (of a vectorised loop: vectors) executed side by side.
    pub jam: i64,
    /// Lanes of a vector.
    pub lanes: i64,
}

impl Expand {
    pub const NONE: Expand = Expand { jam: 1, lanes: 1 };
    pub fn block(self) -> i64 {
        self.jam * self.lanes
    }
}

/// What every loop that is expanded at all becomes.
#[derive(Default)]
pub struct Schedule {
    loops: FxHashMap<Op, Expand>,
    /// Loops that are not expanded as wished, and why.
    pub refused: Vec<(Op, &'static str)>,
}

impl Schedule {
    pub fn of(ctx: &Context, body: &Body, entry: Block, analysis: &Analysis) -> Self {
        let mut found = Schedule::default();
        let ops: Vec<Op> = body.block_ops(entry).flat_map(|op| body.nested(op)).collect();
        for op in ops {
            let Some(l) = analysis.loops.get(&op).filter(|_| analysis.bit(op) != 0) else { continue };
            let check = Check { ctx, body, analysis, l };
            let mut wish = Expand { jam: if l.reduce.is_empty() { l.jam } else { l.jam.max(l.unroll) }, lanes: l.vector };
            // A short reduction is unrolled as a whole instead, with its induction variable a constant.
            if found.unrolls(l) {
                wish.jam = 1;
            }
            if wish == Expand::NONE {
                continue;
            }
            if let Some(reason) = check.refusal() {
                found.refused.push((op, reason));
                continue;
            }
            if wish.lanes > 1
                && let Some(reason) = found.inside_vector(body, op).or_else(|| check.vector_refusal())
            {
                found.refused.push((op, reason));
                wish.lanes = 1;
            }
            if wish != Expand::NONE {
                found.loops.insert(op, wish);
            }
        }
        found
    }
    pub fn get(&self, op: Op) -> Expand {
        self.loops.get(&op).copied().unwrap_or(Expand::NONE)
    }
    /// Whether all iterations are written out one after another.
    pub fn unrolls(&self, l: &Loop) -> bool {
        l.vector <= 1 && l.unroll > 1 && l.static_trip().is_some_and(|n| n <= l.unroll)
    }
    fn inside_vector(&self, body: &Body, op: Op) -> Option<&'static str> {
        let around = std::iter::successors(body.parent_op(op), |p| body.parent_op(*p));
        let mut found = around.filter(|p| self.get(*p).lanes > 1);
        found.next().map(|_| "a loop around it is vectorised")
    }
}

struct Check<'a> {
    ctx: &'a Context,
    body: &'a Body,
    analysis: &'a Analysis,
    l: &'a Loop,
}

impl Check<'_> {
    /// Why iterations cannot be executed together at all.
    fn refusal(&self) -> Option<&'static str> {
        if self.l.reduce.iter().any(|k| k.is_arg()) {
            return Some("the order of equal keys matters");
        }
        let inner = self.body.nested(self.l.op);
        let bit = self.analysis.bit(self.l.op);
        for op in &inner[1..] {
            if let Some(other) = self.analysis.loops.get(op)
                && self.analysis.all(other.bounds()) & bit != 0
            {
                return Some("a loop in it has a bound that depends on it");
            }
        }
        let accesses: Vec<&Access> = inner.iter().filter_map(|op| self.analysis.accesses.get(op)).collect();
        for write in accesses.iter().filter(|a| a.value.is_some()) {
            let same: Vec<&Access> = accesses.iter().copied().filter(|a| a.memref == write.memref).collect();
            let private = self.analysis.tile(write.memref) & bit != 0;
            let scatters = same.iter().all(|a| a.combine.is_some());
            if !private && !scatters && !self.separate(&same) {
                return Some("its iterations touch the same elements");
            }
        }
        None
    }
    fn vector_refusal(&self) -> Option<&'static str> {
        let bit = self.analysis.bit(self.l.op);
        let branches = self.body.nested(self.l.op).into_iter().any(|op| {
            let name = self.body.name(self.ctx, op);
            name == "scf.if" && self.analysis.all(self.body.operands(op)) & bit != 0
                || name == "loop.write" && self.analysis.accesses.get(&op).is_some_and(|a| a.combine.is_some() && self.analysis.place(self.ctx, a) & bit == 0)
        });
        branches.then_some("a branch in it depends on it")
    }
    /// Whether no iteration touches what another one writes: all accesses are one and the same function of the induction
    /// variable, or lie in disjoint ranges.
    fn separate(&self, accesses: &[&Access]) -> bool {
        let first = accesses[0];
        if accesses.iter().all(|a| a.map == first.map && a.indices == first.indices) && self.moves_with(first) {
            return true;
        }
        let ranges: Option<Vec<Range>> = accesses.iter().map(|a| self.range(a)).collect();
        let Some(ranges) = ranges else { return false };
        let (low, high) = (ranges.iter().map(|r| r.low).min().unwrap_or(0), ranges.iter().map(|r| r.high).max().unwrap_or(0));
        let alike = ranges.iter().all(|r| r.stride == ranges[0].stride && r.fixed == ranges[0].fixed);
        ranges[0].stride != 0 && alike && high - low < ranges[0].stride.saturating_mul(self.l.step).saturating_abs()
    }
    /// Whether the place depends on the loop. Different iterations are taken to write different elements, as a nest whose outputs
    /// are written once does.
    fn moves_with(&self, access: &Access) -> bool {
        self.analysis.all(access.mapped_indices(self.ctx)) & self.analysis.bit(self.l.op) != 0
    }
    fn range(&self, access: &Access) -> Option<Range> {
        let map = self.ctx.as_map(access.map)?;
        let form = self.ctx.linear_form(map.results[0]);
        let mut range = Range { stride: 0, low: form.constant, high: form.constant, fixed: vec![] };
        for (atom, k) in form.terms {
            let i = match self.ctx.affine_kind(atom) {
                edge_ir::AffineKind::Dim(d) => d,
                edge_ir::AffineKind::Sym(s) => map.dims + s,
                _ => return None,
            };
            let index = access.indices[i as usize];
            if index == self.l.iv {
                range.stride += k;
                continue;
            }
            let Some((from, to)) = self.extent(index)? else {
                range.fixed.push((index, k));
                continue;
            };
            let (a, b) = (k.checked_mul(from)?, k.checked_mul(to)?);
            (range.low, range.high) = (range.low.checked_add(a.min(b))?, range.high.checked_add(a.max(b))?);
        }
        range.fixed.sort_unstable();
        Some(range)
    }
    /// Least and greatest value of an induction variable with static bounds; `Some(None)` for what is fixed outside of the loop.
    fn extent(&self, index: Value) -> Option<Option<(i64, i64)>> {
        let ValueDef::Arg(block, 0) = self.body.def(index) else { return None };
        let Some(op) = self.body.block_parent(block) else { return Some(None) };
        let inner = self.analysis.loops.get(&op)?;
        let inside = std::iter::successors(Some(op), |p| self.body.parent_op(*p)).any(|p| p == self.l.op);
        if !inside {
            return Some(None);
        }
        match (inner.lower, inner.upper) {
            (Bound::Static(lower), Bound::Static(upper)) => Some(Some((lower, (upper - 1).max(lower)))),
            _ => None,
        }
    }
}

/// The index is `stride * iv`, plus what is fixed outside of the loop, plus something within `low..=high`.
struct Range {
    stride: i64,
    low: i64,
    high: i64,
    fixed: Vec<(Value, i64)>,
}
