//! Merging of loops that move through memory as one.

use crate::loop_ir::strides::{AccessInfo, Step};
use crate::bufferize::rebuild_access;
use crate::loop_ir::{Bound, ForOp, MapBuilder, names};
use edge_ir::{AffineExpr, Body, Builder, Context, Op, OpData, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Merges a parallel loop with the only loop inside it where every access moves as if they were one.
    ///
    /// Where one step of the outer loop moves each access as far as all steps of the inner one, the two become one loop over the
    /// product: longer rows for vectors, fewer ragged ends.
    pub struct LoopCollapse = "loop-collapse" on "func.func" {}
}

impl Pass for LoopCollapse {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        cx.each_isolated(op, |cx, nest| {
            if cx.ctx.str(nest.name) != names::NEST {
                return Ok(Changed::No);
            }
            let regions = nest.regions().to_vec();
            let Some(body) = nest.body_mut() else { return Ok(Changed::No) };
            let mut count = 0;
            while let Some(pair) = mergeable(cx.ctx, body, &regions) {
                merge(cx.ctx, body, &pair);
                count += 1;
            }
            cx.count("loops merged", count);
            Ok(Changed::from(count > 0))
        })
    }
}

/// Two loops that can become one.
struct Pair {
    outer: ForOp,
    inner: ForOp,
    /// What ends the outer loop's body, after the inner loop.
    end: Op,
    /// Iterations of the inner loop.
    trips: i64,
    /// What the merged loop runs to; a value is to be multiplied by `trips` yet.
    upper: Bound,
}

fn mergeable(ctx: &Context, body: &Body, regions: &[edge_ir::Region]) -> Option<Pair> {
    let ops = body.all_ops(regions);
    ops.iter().filter_map(|op| ForOp::cast(ctx, body, *op)).find_map(|outer| {
        let (inner, end) = only_loop(ctx, body, outer)?;
        let trips = inner.trip_count(ctx, body).filter(|t| *t > 0)?;
        let upper = match outer.upper(ctx, body) {
            Bound::Static(n) => Bound::Static(n.checked_mul(trips)?),
            dynamic => dynamic,
        };
        can_merge(ctx, body, outer, inner, trips).then_some(Pair { outer, inner, end, trips, upper })
    })
}

/// The loop that is all there is in another, and what ends that one's body.
fn only_loop(ctx: &Context, body: &Body, outer: ForOp) -> Option<(ForOp, Op)> {
    let first = body.block_first(outer.block(body))?;
    let inner = ForOp::cast(ctx, body, first)?;
    let last = body.next_op(first)?;
    (body.name(ctx, last) == names::YIELD && body.operands(last).len() == 0).then_some((inner, last))
}

fn can_merge(ctx: &Context, body: &Body, outer: ForOp, inner: ForOp, trips: i64) -> bool {
    let plain = |l: ForOp| {
        l.is_parallel(ctx, body)
            && body.op(l.0).results().is_empty()
            && l.lower(ctx, body) == Bound::Static(0)
            && l.step(ctx, body) == 1
            && ["vector", "jam", "unroll", "grain"].iter().all(|s| l.int(ctx, body, s).is_none())
    };
    if !plain(outer) || !plain(inner) {
        return false;
    }
    let (a, b) = (outer.iv(body), inner.iv(body));
    let users = body.uses(a).chain(body.uses(b)).map(|u| u.0).collect::<Vec<_>>();
    users.into_iter().all(|op| match AccessInfo::of(ctx, body, op) {
        Some(access) if !access.guard_uses(ctx, a) && !access.guard_uses(ctx, b) => {
            let linear = access.linear(ctx).is_some();
            match (access.step(ctx, a), access.step(ctx, b)) {
                (Step::Elements(x), Step::Elements(y)) => linear && Some(x) == y.checked_mul(trips),
                _ => false,
            }
        }
        _ => false,
    })
}

fn merge(ctx: &Context, body: &mut Body, pair: &Pair) {
    let Pair { outer, inner, end, trips, upper } = *pair;
    let (a, b) = (outer.iv(body), inner.iv(body));
    let inner_block = inner.block(body);
    // The inner loop's code moves out; its yield replaces the outer one's.
    body.splice_before(inner_block, end);
    body.erase(end);
    let mut users: Vec<Op> = body.uses(a).chain(body.uses(b)).map(|u| u.0).collect();
    users.sort();
    users.dedup();
    for op in users {
        rewrite(ctx, body, op, a, b, trips);
    }
    body.erase(inner.0);
    match upper {
        Bound::Static(n) => body.op_mut(outer.0).set_attr(ctx, "static_upper", Some(ctx.i64_attr(n))),
        Bound::Dynamic(n) => {
            let mut m = MapBuilder::default();
            let mut builder = Builder::before(ctx, body, outer.0);
            let total = ctx.mul(m.dim(ctx, n), ctx.cst(trips));
            let total = m.apply(&mut builder, total);
            // The lower bound is 0, so that the upper one is the first operand.
            body.set_operand(outer.0, 0, total);
        }
    }
}

/// Replaces `a` and `b` in an access by quotient and remainder of the merged variable, which is `a`.
fn rewrite(ctx: &Context, body: &mut Body, op: Op, a: Value, b: Value, trips: i64) {
    let Some(access) = AccessInfo::of(ctx, body, op) else { return };
    let mut m = MapBuilder::default();
    let image = |m: &mut MapBuilder, v: &Value| {
        if *v == a {
            ctx.floordiv(m.dim(ctx, a), ctx.cst(trips))
        } else if *v == b {
            ctx.modulo(m.dim(ctx, a), ctx.cst(trips))
        } else {
            m.dim(ctx, *v)
        }
    };
    let dims: Vec<AffineExpr> = access.operands[..access.dims].iter().map(|v| image(&mut m, v)).collect();
    let syms: Vec<AffineExpr> = access.operands[access.dims..].iter().map(|v| m.sym(ctx, *v)).collect();
    let place = |e: &AffineExpr| ctx.substitute(*e, &dims, &syms);
    let index: Vec<AffineExpr> = access.results.iter().map(place).collect();
    let guard: Vec<(AffineExpr, bool)> = access.guard.iter().map(|(e, eq)| (place(e), *eq)).collect();
    rebuild_access(ctx, body, &access, &m, &index, &guard);
}
