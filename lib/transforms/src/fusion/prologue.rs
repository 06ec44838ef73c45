//! A pointwise producer goes into the reads of its consumer, where no value is then computed much more often than before.

use super::epilogue::writes_to;
use super::extents::{Extent, of_axis, of_bound};
use super::merge::Merged;
use super::splice::{Expr, Splicer, guard_of, zero};
use super::{Pointwise, permutation};
use crate::loop_ir::{ForOp, MapBuilder, NestOp, ReadOp, WriteOp, names};
use edge_ir::{Body, Builder, Context, Op, Value};

/// How often, at most, an element may be computed that was computed once, if computing it is cheap.
const CHEAP_REPEATS: f64 = 3.0;

/// Fuses if it is possible and pays; gives the new nest.
pub fn fuse(ctx: &Context, host: &mut Body, p: NestOp, c: NestOp) -> Option<Op> {
    let (p_inner, p_block) = (host.op(p.0).body()?, host.op(p.0).entry()?);
    let pointwise = Pointwise::of(ctx, p_inner, p_block)?;
    let (result, write) = only_result(ctx, host, p, c, &pointwise)?;
    let place = permutation(ctx, write.map(ctx, p_inner), &write.indices(ctx, p_inner), &pointwise.ivs(p_inner))?;
    if !write.guard(ctx, p_inner).is_empty() || !fills(ctx, host, p, &pointwise, result, &place) {
        return None;
    }
    let (c_inner, c_block) = (host.op(c.0).body()?, host.op(c.0).entry()?);
    let (ins, ..) = c.counts(ctx, host);
    if host.operands(c.0).skip(ins).any(|v| v == result) {
        return None;
    }
    // The result may stand among the ins several times.
    let places = host.operands(c.0).take(ins).zip(c_inner.block_args(c_block)).filter(|(v, _)| *v == result);
    let args: Vec<Value> = places.map(|(_, arg)| *arg).collect();
    let uses: Vec<Op> = args.iter().flat_map(|arg| c_inner.uses(*arg).map(|(op, _)| op)).collect();
    let reads: Vec<ReadOp> = uses.iter().filter_map(|op| ReadOp::cast(ctx, c_inner, *op)).collect();
    if reads.is_empty() || reads.len() != uses.len() {
        return None;
    }
    let repeats: Option<f64> = reads.iter().map(|r| repeats(ctx, host, c_inner, *r, result)).sum();
    let pays = match cost(ctx, p_inner, &pointwise) {
        // One operation costs less than writing its result and reading it again, however often it is repeated in registers.
        1 if reads.len() == 1 => true,
        cost => repeats? <= if cost <= 2 { CHEAP_REPEATS } else { 1.0 },
    };
    if !pays {
        return None;
    }
    let loc = ctx.fused_loc(&[host.op(p.0).loc, host.op(c.0).loc]);
    let mut m = Merged::new(ctx, host, [p, c], [false, true], loc, |n, v| n == 1 && v == result);
    let placeholder = m.body.add_arg(m.block, c_inner.ty(*args.first()?), loc);
    args.iter().for_each(|arg| m.maps[1].map(*arg, placeholder));
    m.clone_all(ctx, 1, c_inner, c_block);
    for (op, _) in m.body.uses(placeholder).collect::<Vec<_>>() {
        inline(ctx, &mut m, ReadOp(op), p_inner, &pointwise, write, &place);
    }
    let last = m.body.block_args(m.block).len() - 1;
    m.body.erase_arg(m.block, last);
    let attrs = host.op(c.0).discardable().or(host.op(p.0).discardable());
    let fused = m.finish(ctx, host, c.0, loc, attrs);
    let new = host.op(fused).results().to_vec();
    for (old, new) in host.op(c.0).results().to_vec().into_iter().zip(new) {
        host.replace_all_uses(old, new);
    }
    host.erase(c.0);
    host.erase(p.0);
    Some(fused)
}

/// The producer's one result that is used, by this consumer alone, and its one write.
fn only_result(ctx: &Context, host: &Body, p: NestOp, c: NestOp, pointwise: &Pointwise) -> Option<(Value, WriteOp)> {
    let mut used = host.op(p.0).results().iter().enumerate().filter(|(_, r)| !host.is_unused(**r));
    let (n, result) = used.next()?;
    if used.next().is_some() || host.uses(*result).any(|(op, _)| op != c.0) || host.op(p.0).block() != host.op(c.0).block() {
        return None;
    }
    let inner = host.op(p.0).body()?;
    let block = host.op(p.0).entry()?;
    let (ins, ..) = p.counts(ctx, host);
    let arg = inner.block_args(block)[ins + n];
    let writes = writes_to(ctx, inner, block, arg);
    let reads_back = pointwise.reads(ctx, inner).iter().any(|r| {
        let view = r.view(inner);
        inner.block_args(block)[ins..].contains(&view)
    });
    match writes[..] {
        [write] if !reads_back && inner.uses(arg).count() == 1 => Some((*result, write)),
        _ => None,
    }
}

/// Whether the producer's loops fill the whole result.
fn fills(ctx: &Context, host: &Body, p: NestOp, pw: &Pointwise, result: Value, place: &[usize]) -> bool {
    let Some(inner) = host.op(p.0).body() else { return false };
    let rank = ctx.type_kind(host.ty(result)).shape().map_or(0, <[i64]>::len);
    (0..rank).all(|axis| match place.iter().position(|p| *p == axis) {
        Some(iv) => of_bound(ctx, host, p, inner, pw.loops[iv].upper(ctx, inner)) == of_axis(ctx, host, result, axis),
        None => of_axis(ctx, host, result, axis) == Extent::Static(1),
    })
}

/// Arithmetic per element; functions and divisions count for more than they are worth inlining twice.
fn cost(ctx: &Context, inner: &Body, pw: &Pointwise) -> usize {
    let of = |op: &Op| match inner.name(ctx, *op) {
        names::READ | names::WRITE | names::APPLY | "arith.constant" => 0,
        "arith.divf" | "math.sqrt" | "math.rsqrt" => 8,
        name if name.starts_with("math.") => 16,
        _ => 1,
    };
    pw.ops.iter().map(of).sum()
}

/// How often the read runs for each element of what it reads. Dynamic extents count as equal if each loop around the read moves along
/// an axis of its own.
fn repeats(ctx: &Context, host: &Body, inner: &Body, read: ReadOp, tensor: Value) -> Option<f64> {
    let mut loops = Vec::new();
    let mut at = read.0;
    while let Some(parent) = inner.parent_op(at) {
        loops.push(ForOp::cast(ctx, inner, parent)?);
        at = parent;
    }
    let elements = edge_ir::elements::count(ctx.type_kind(host.ty(tensor)).shape()?);
    let trips: Option<Vec<f64>> = loops.iter().map(|l| Some(l.trip_count(ctx, inner)? as f64)).collect();
    if let (Some(elements), Some(trips)) = (elements, trips) {
        return Some(trips.iter().product::<f64>() / (elements.max(1) as f64));
    }
    let map = read.map(ctx, inner);
    let operands = read.indices(ctx, inner);
    let own_axis = |l: &ForOp| {
        let iv = l.iv(inner);
        map.results.iter().any(|e| match ctx.affine_kind(*e) {
            edge_ir::AffineKind::Dim(d) => operands.get(d as usize) == Some(&iv),
            _ => false,
        })
    };
    loops.iter().all(own_axis).then_some(1.0)
}

fn inline(ctx: &Context, m: &mut Merged, read: ReadOp, p_inner: &Body, pointwise: &Pointwise, write: WriteOp, place: &[usize]) {
    let map = read.map(ctx, &m.body);
    let operands = read.indices(ctx, &m.body);
    let (dims, syms) = operands.split_at(map.dims as usize);
    let expr = |e| Expr { expr: e, dims: dims.to_vec(), syms: syms.to_vec() };
    let mut s = Splicer::new(p_inner);
    s.mapping = m.maps[0].clone();
    s.ivs = pointwise.ivs(p_inner).into_iter().zip(place.iter().map(|n| expr(map.results[*n]))).collect();
    s.guard = guard_of(ctx, &m.body, read);
    let other = read.other(ctx, &m.body);
    let result = m.body.result(read.0, 0);
    let mut b = Builder::before(ctx, &mut m.body, read.0);
    for op in pointwise.ops.iter().filter(|op| **op != write.0 && WriteOp::cast(ctx, p_inner, **op).is_none()) {
        s.copy(&mut b, *op);
    }
    let mut value = s.value(&mut b, write.value(p_inner));
    if let Some(other) = other {
        // The guard stays around the producer: what is outside is the consumer's value, not the producer of nothing.
        let cond = condition(&mut b, &s.guard);
        let ty = b.body.ty(value);
        value = b.op("arith.select").operand(cond).operand(value).operand(other).result(ty).value();
    }
    m.body.replace_all_uses(result, value);
    m.body.erase(read.0);
}

/// All constraints as one `i1` value.
pub fn condition(b: &mut Builder<'_>, guard: &[(Expr, bool)]) -> Value {
    let index = b.ctx.index();
    let i1 = b.ctx.i1();
    let origin = zero(b, index);
    let mut all = None;
    for (e, eq) in guard {
        let mut m = MapBuilder::default();
        let expr = e.within(b, &mut m);
        let value = m.apply(b, expr);
        let predicate = b.ctx.i64_attr(if *eq { 0 } else { 5 });
        let holds = b.op("arith.cmpi").operand(value).operand(origin).prop("predicate", predicate).result(i1).value();
        all = Some(match all {
            None => holds,
            Some(before) => b.op("arith.andi").operand(before).operand(holds).result(i1).value(),
        });
    }
    match all {
        Some(all) => all,
        None => {
            let always = b.ctx.bool_attr(true);
            b.op("arith.constant").prop("value", always).result(i1).value()
        }
    }
}
