//! The schedule of nests for a CPU: which loop becomes vector lanes, which are unrolled and jammed, how much a thread takes.

use super::loop_distribute::selected;
use crate::loop_ir::strides::{AccessInfo, Step, accesses};
use crate::loop_ir::view::shaped;
use crate::loop_ir::{ForOp, names};
use edge_ir::{Body, Context, Op, OpData, Region, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Chooses vector lanes, register tiles and grain for nests on a CPU.
    ///
    /// For each nest, every parallel loop is weighed as the vector loop: an access that stays put costs a broadcast, one that moves by
    /// one element a vector load, any other one load per lane; ragged ends cost their empty lanes. Where nothing is contiguous
    /// in a parallel loop, the innermost reduction is taken instead. A contraction then gets a register tile: the loop along
    /// which a vector load is the same, and the vector loop itself, are unrolled and jammed.
    pub struct LoopSchedule = "loop-schedule" on "func.func" {
        /// Width of a vector register in bytes.
        vector_bytes: i64 = 32,
        /// Number of vector registers.
        vector_registers: i64 = 16,
        /// Scalar operations that make it worth while to hand work to a thread.
        grain_work: i64 = 65536,
        /// Only nests on these devices (`edge.device`), if any are given.
        only: Vec<String> = Vec::new(),
        /// Devices whose nests are left alone.
        skip: Vec<String> = Vec::new(),
    }
}

impl Pass for LoopSchedule {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        cx.each_isolated(op, |cx, nest| {
            if cx.ctx.str(nest.name) != names::NEST || !selected(cx.ctx, nest, &self.only, &self.skip) {
                return Ok(Changed::No);
            }
            let regions = nest.regions().to_vec();
            let Some(body) = nest.body_mut() else { return Ok(Changed::No) };
            let changed = self.schedule(cx.ctx, body, &regions);
            cx.count("nests scheduled", changed as u64);
            Ok(Changed::from(changed))
        })
    }
}

/// Part of a nest that is scheduled by itself: a chain of perfectly nested parallel loops, and what is in the innermost.
struct Unit {
    loops: Vec<ForOp>,
    ops: Vec<Op>,
    /// Innermost reductions in it.
    reductions: Vec<ForOp>,
}

/// Trip count that stands for one that is not known.
const UNKNOWN_TRIPS: i64 = 64;

impl LoopSchedule {
    fn schedule(&self, ctx: &Context, body: &mut Body, regions: &[Region]) -> bool {
        let Some(block) = regions.first().and_then(|r| body.region_first(*r)) else { return false };
        let mut changed = false;
        let roots: Vec<ForOp> = body.block_ops(block).filter_map(|op| ForOp::cast(ctx, body, op)).collect();
        for root in &roots {
            for unit in units(ctx, body, *root) {
                changed |= self.unit(ctx, body, &unit);
            }
        }
        if let [root] = roots[..] {
            self.grain(ctx, body, root);
        }
        changed
    }

    fn lanes(&self, ctx: &Context, body: &Body, unit: &Unit) -> i64 {
        let widest = accesses(ctx, body, &unit.ops).iter().filter_map(|a| ctx.byte_size(shaped(ctx, a.ty)?.1)).max();
        (self.vector_bytes / widest.unwrap_or(4).max(1) as i64).max(1)
    }

    fn unit(&self, ctx: &Context, body: &mut Body, unit: &Unit) -> bool {
        let lanes = self.lanes(ctx, body, unit);
        if lanes < 2 {
            return false;
        }
        let all = accesses(ctx, body, &unit.ops);
        let weigh = |l: &ForOp, lanes: i64| self.cost(ctx, body, &all, *l, lanes);
        let mut best: Option<(f64, ForOp, i64)> = None;
        let candidates = unit.loops.iter().rev().chain(unit.reductions.iter().filter(|r| vectorisable(ctx, body, **r)));
        for l in candidates {
            for width in widths(trips(ctx, body, *l), lanes) {
                let cost = weigh(l, width);
                if best.as_ref().is_none_or(|(c, ..)| cost < *c * 0.98) {
                    best = Some((cost, *l, width));
                }
            }
        }
        let Some((_, chosen, width)) = best else { return false };
        body.op_mut(chosen.0).set_attr(ctx, "vector", Some(ctx.i64_attr(width)));
        self.tile(ctx, body, unit, &all, chosen, width);
        true
    }

    /// Cost of the unit if `l` is the vector loop: loads and stores in units of a vector access, over all iterations.
    fn cost(&self, ctx: &Context, body: &Body, all: &[AccessInfo<'_>], l: ForOp, lanes: i64) -> f64 {
        let iv = l.iv(body);
        let blocks = (trips(ctx, body, l) as u64).div_ceil(lanes as u64).max(1) as f64;
        let mut sum = 0.0;
        for access in all {
            let (around, others) = iterations(ctx, body, access.op, l);
            let each = match access.step(ctx, iv) {
                _ if !around => 1.0,
                _ if depends_on_loaded(ctx, body, access) => lanes as f64,
                Step::Elements(0) => 0.6,
                Step::Elements(1) if access.guard_uses(ctx, iv) => 1.3,
                Step::Elements(1) => 1.0,
                Step::Elements(2) => 2.0,
                _ => 1.2 * lanes as f64,
            };
            sum += each * others * if around { blocks } else { 1.0 };
        }
        if !body.op(l.0).results().is_empty() {
            // Lanes are combined at the end of each reduction.
            sum += (lanes as f64).log2() * 2.0 * iterations(ctx, body, l.0, l).1;
        }
        sum
    }

    /// A register tile for a unit with a reduction in it.
    fn tile(&self, ctx: &Context, body: &mut Body, unit: &Unit, all: &[AccessInfo<'_>], vector: ForOp, width: i64) {
        let registers = self.vector_registers;
        let bytes = width * self.bytes_of(ctx, all);
        // A wide vector takes several registers, a narrow one a whole one.
        let per_vector = (bytes as u64).div_ceil(self.vector_bytes as u64) as i64;
        let inner: Vec<&AccessInfo<'_>> = all.iter().filter(|a| !a.is_write && in_reduction(ctx, body, a.op)).collect();
        if inner.is_empty() {
            return;
        }
        let on_reduction = unit.reductions.contains(&vector);
        let iv = vector.iv(body);
        let moves = |a: &AccessInfo<'_>, v: Value| a.step(ctx, v) != Step::Elements(0);
        // The loop along which the most vector loads stay put.
        let jam = unit.loops.iter().filter(|l| **l != vector && trips(ctx, body, **l) > 1).max_by_key(|l| {
            let u = l.iv(body);
            inner.iter().filter(|a| moves(a, iv) && !moves(a, u)).count()
        });
        let reuse = jam.is_some_and(|l| inner.iter().any(|a| moves(a, iv) && !moves(a, l.iv(body))));
        let blocks = (trips(ctx, body, vector) as u64).div_ceil(width as u64) as i64;
        let across = if on_reduction { 1 } else { best_across(blocks, if registers >= 32 { 3 } else { 2 }) };
        if let (true, Some(l)) = (reuse, jam) {
            let room = (registers / per_vector - across - 1) / across;
            let down = best_jam(trips(ctx, body, *l), room.clamp(1, if on_reduction { 4 } else { 8 }));
            set(ctx, body, *l, "jam", down);
            set(ctx, body, vector, "jam", across);
        } else if !on_reduction {
            // Nothing to share, but independent chains hide the latency of the reduction.
            set(ctx, body, vector, "jam", best_across(blocks, 4));
        } else {
            set(ctx, body, vector, "unroll", if trips(ctx, body, vector) >= 4 * width { 4 } else { 1 });
        }
    }

    fn bytes_of(&self, ctx: &Context, all: &[AccessInfo<'_>]) -> i64 {
        let widest = all.iter().filter_map(|a| ctx.byte_size(shaped(ctx, a.ty)?.1)).max();
        widest.unwrap_or(4) as i64
    }

    fn grain(&self, ctx: &Context, body: &mut Body, root: ForOp) {
        if !root.is_parallel(ctx, body) {
            return;
        }
        let mut block_points = 1;
        let mut chain = vec![root];
        while let Some(next) = only_child(ctx, body, *chain.last().unwrap_or(&root)) {
            chain.push(next);
        }
        for l in &chain {
            let lanes = l.int(ctx, body, "vector").unwrap_or(1) * l.int(ctx, body, "jam").unwrap_or(1);
            block_points *= lanes.min(trips(ctx, body, *l).max(1));
        }
        let inside = *chain.last().unwrap_or(&root);
        let per_point: i64 = body.nested(inside.0).into_iter().map(|op| points(ctx, body, op, inside)).sum();
        let work = (block_points.saturating_mul(per_point)).max(1);
        set(ctx, body, root, "grain", (self.grain_work / work).max(1));
    }
}

fn set(ctx: &Context, body: &mut Body, l: ForOp, name: &str, value: i64) {
    if value > 1 {
        body.op_mut(l.0).set_attr(ctx, name, Some(ctx.i64_attr(value)));
    }
}

fn trips(ctx: &Context, body: &Body, l: ForOp) -> i64 {
    l.trip_count(ctx, body).unwrap_or(UNKNOWN_TRIPS)
}

/// Vector widths to weigh for a trip count: the full one, and narrower powers of two where the loop is short.
fn widths(n: i64, lanes: i64) -> Vec<i64> {
    let mut all = vec![lanes];
    let mut width = lanes;
    while width > 4 && n < width {
        width /= 2;
        all.push(width);
    }
    all
}

/// The largest number of blocks up to `most` that leaves few over.
fn best_across(blocks: i64, most: i64) -> i64 {
    (1..=most).rev().find(|n| blocks % n == 0).filter(|n| *n > 1).unwrap_or(if blocks >= 2 * most { most } else { 1 })
}

fn best_jam(n: i64, most: i64) -> i64 {
    let exact = (2..=most).rev().find(|k| n % k == 0);
    match exact {
        Some(k) if k * 2 >= most => k,
        _ => most.min(n),
    }
}

/// Parallel loop chains of a nest, each with what is in it.
fn units(ctx: &Context, body: &Body, root: ForOp) -> Vec<Unit> {
    let mut loops = vec![];
    let mut at = root;
    if !at.is_parallel(ctx, body) {
        let ops = body.nested(root.0);
        let inner: Vec<ForOp> = direct_loops(ctx, body, root);
        if body.op(root.0).results().is_empty() {
            return inner.into_iter().flat_map(|l| units(ctx, body, l)).collect();
        }
        let reductions = innermost_reductions(ctx, body, &ops);
        return vec![Unit { loops, ops, reductions }];
    }
    loop {
        loops.push(at);
        match only_child(ctx, body, at) {
            Some(next) if next.is_parallel(ctx, body) => at = next,
            _ => break,
        }
    }
    let inner = direct_loops(ctx, body, at);
    if inner.iter().any(|l| l.is_parallel(ctx, body)) {
        // Several statements share the outer loops: each is scheduled by itself.
        return inner.into_iter().flat_map(|l| units(ctx, body, l)).collect();
    }
    let ops: Vec<Op> = body.nested(at.0).into_iter().skip(1).collect();
    let reductions = innermost_reductions(ctx, body, &ops);
    vec![Unit { loops, ops, reductions }]
}

fn direct_loops(ctx: &Context, body: &Body, l: ForOp) -> Vec<ForOp> {
    body.block_ops(l.block(body)).filter_map(|op| ForOp::cast(ctx, body, op)).collect()
}

fn innermost_reductions(ctx: &Context, body: &Body, ops: &[Op]) -> Vec<ForOp> {
    let loops = ops.iter().filter_map(|op| ForOp::cast(ctx, body, *op));
    loops.filter(|l| !body.op(l.0).results().is_empty() && direct_loops(ctx, body, *l).is_empty()).collect()
}

/// Reductions of plain kinds can run in lanes.
fn vectorisable(ctx: &Context, body: &Body, l: ForOp) -> bool {
    let kinds = l.reduce(ctx, body);
    !kinds.is_empty() && kinds.iter().all(|k| !k.starts_with("arg"))
}

/// The one loop in a loop that holds nothing else.
fn only_child(ctx: &Context, body: &Body, l: ForOp) -> Option<ForOp> {
    let first = body.block_first(l.block(body))?;
    let next = body.next_op(first)?;
    (body.name(ctx, next) == names::YIELD).then(|| ForOp::cast(ctx, body, first)).flatten()
}

/// Whether `l` is around an operation, and how often that runs for each iteration of `l`, or in all if it is not.
fn iterations(ctx: &Context, body: &Body, op: Op, l: ForOp) -> (bool, f64) {
    let (mut around, mut n) = (false, 1.0);
    let mut at = op;
    while let Some(parent) = body.parent_op(at) {
        match ForOp::cast(ctx, body, parent) {
            Some(f) if f == l => around = true,
            Some(f) => n *= trips(ctx, body, f) as f64,
            None => {}
        }
        at = parent;
    }
    (around, n)
}

fn points(ctx: &Context, body: &Body, op: Op, root: ForOp) -> i64 {
    let mut n = 1i64;
    let mut at = op;
    while let Some(parent) = body.parent_op(at) {
        if parent == root.0 {
            break;
        }
        if let Some(f) = ForOp::cast(ctx, body, parent) {
            n = n.saturating_mul(trips(ctx, body, f));
        }
        at = parent;
    }
    n
}

fn in_reduction(ctx: &Context, body: &Body, op: Op) -> bool {
    let mut at = op;
    while let Some(parent) = body.parent_op(at) {
        if ForOp::cast(ctx, body, parent).is_some_and(|f| !body.op(f.0).results().is_empty()) {
            return true;
        }
        at = parent;
    }
    false
}

/// Whether an operand of the access is not a loop variable or a nest's argument: a position that depends on data.
fn depends_on_loaded(ctx: &Context, body: &Body, access: &AccessInfo<'_>) -> bool {
    access.operands.iter().any(|v| match body.defining_op(*v) {
        Some(op) => !matches!(body.name(ctx, op), names::APPLY | "arith.constant"),
        None => false,
    })
}
