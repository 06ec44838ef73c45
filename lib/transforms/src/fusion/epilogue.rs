//! A pointwise consumer goes to where its producer writes.

use super::extents::{Extent, of_axis, of_bound};
use super::merge::Merged;
use super::splice::{Expr, Splicer};
use super::{Pointwise, permutation};
use crate::loop_ir::{ForOp, NestOp, ReadOp, WriteOp, names};
use edge_ir::{Block, Body, Builder, Context, Op, Value};

/// The producer's results that the consumer reads, and how.
struct Link {
    /// Result number of the producer.
    result: usize,
    /// Reads of it in the consumer, with the place of each loop variable in the read's map.
    reads: Vec<(ReadOp, Vec<usize>)>,
}

/// Fuses if it is possible; gives the new nest.
pub fn fuse(ctx: &Context, host: &mut Body, p: NestOp, c: NestOp) -> Option<Op> {
    let (p_inner, p_block) = (host.op(p.0).body()?, host.op(p.0).entry()?);
    let (c_inner, c_block) = (host.op(c.0).body()?, host.op(c.0).entry()?);
    let pointwise = Pointwise::of(ctx, c_inner, c_block)?;
    let links = links(ctx, host, p, c, &pointwise)?;
    let sites = sites(ctx, host, p, p_inner, p_block, &links)?;
    let ivs = consumer_ivs(ctx, p_inner, &links, &sites)?;
    let _ = ivs;
    let at = position(ctx, host, p, c, &links)?;
    let (p_inner, c_inner) = (host.op(p.0).body()?, host.op(c.0).body()?);
    let loc = ctx.fused_loc(&[host.op(p.0).loc, host.op(c.0).loc]);
    let results = host.op(p.0).results().to_vec();
    let forwarded = |n: usize, v: Value| n == 1 && links.iter().any(|l| results[l.result] == v);
    let mut m = Merged::new(ctx, host, [p, c], [true, true], loc, forwarded);
    m.clone_all(ctx, 0, p_inner, p_block);
    splice(ctx, &mut m, &links, c_inner, &pointwise);
    let only_c = |v: Value| host.uses(v).all(|(op, _)| op == c.0);
    let dropped: Vec<usize> = links.iter().map(|l| l.result).filter(|r| only_c(results[*r])).collect();
    let args: Vec<Value> = dropped.iter().map(|r| m.out_args[*r]).collect();
    for arg in args {
        for write in writes_to(ctx, &m.body, m.block, arg) {
            m.body.erase(write.0);
        }
        if m.body.is_unused(arg) {
            m.drop_out(arg);
        }
    }
    let kept: Vec<usize> = (0..results.len()).filter(|r| !dropped.contains(r)).collect();
    let attrs = host.op(c.0).discardable().or(host.op(p.0).discardable());
    let fused = m.finish(ctx, host, at, loc, attrs);
    let new = host.op(fused).results().to_vec();
    for (n, r) in kept.iter().enumerate() {
        host.replace_all_uses(results[*r], new[n]);
    }
    for (n, old) in host.op(c.0).results().to_vec().into_iter().enumerate() {
        host.replace_all_uses(old, new[kept.len() + n]);
    }
    host.erase(c.0);
    host.erase(p.0);
    Some(fused)
}

fn links(ctx: &Context, host: &Body, p: NestOp, c: NestOp, pointwise: &Pointwise) -> Option<Vec<Link>> {
    let inner = host.op(c.0).body()?;
    let args = inner.block_args(host.op(c.0).entry()?);
    let (ins, outs, _) = c.counts(ctx, host);
    let results = host.op(p.0).results();
    // A consumer that updates the producer's result in place cannot forward it.
    if host.operands(c.0).skip(ins).take(outs).any(|v| results.contains(&v)) {
        return None;
    }
    let ivs = pointwise.ivs(inner);
    let mut links: Vec<Link> = Vec::new();
    for (operand, arg) in host.operands(c.0).take(ins).zip(args) {
        let Some(result) = results.iter().position(|r| *r == operand) else { continue };
        let mut reads = Vec::new();
        for read in pointwise.reads(ctx, inner).into_iter().filter(|r| r.view(inner) == *arg) {
            if !read.guard(ctx, inner).is_empty() {
                return None;
            }
            let place = permutation(ctx, read.map(ctx, inner), &read.indices(ctx, inner), &ivs)?;
            if !covers(ctx, host, c, inner, pointwise, operand, &place) {
                return None;
            }
            reads.push((read, place));
        }
        match links.iter_mut().find(|l| l.result == result) {
            Some(link) => link.reads.extend(reads),
            None => links.push(Link { result, reads }),
        }
    }
    (!links.is_empty() && links.iter().all(|l| !l.reads.is_empty())).then_some(links)
}

/// Whether the consumer's loops visit each element of `tensor` exactly once.
fn covers(ctx: &Context, host: &Body, c: NestOp, inner: &Body, pw: &Pointwise, tensor: Value, place: &[usize]) -> bool {
    let rank = ctx.type_kind(host.ty(tensor)).shape().map_or(0, <[i64]>::len);
    (0..rank).all(|axis| {
        let extent = of_axis(ctx, host, tensor, axis);
        match place.iter().position(|p| *p == axis) {
            Some(iv) => of_bound(ctx, host, c, inner, pw.loops[iv].upper(ctx, inner)) == extent,
            None => extent == Extent::Static(1),
        }
    })
}

/// All writes to a view, in program order.
pub fn writes_to(ctx: &Context, inner: &Body, block: Block, view: Value) -> Vec<WriteOp> {
    let region = inner.block_region(block).into_iter().collect::<Vec<_>>();
    let all = inner.all_ops(&region);
    all.into_iter().filter_map(|op| WriteOp::cast(ctx, inner, op)).filter(|w| w.view(inner) == view).collect()
}

/// For each link the writes of the producer, if every one of them runs once for each element it writes.
fn sites(ctx: &Context, host: &Body, p: NestOp, inner: &Body, block: Block, links: &[Link]) -> Option<Vec<Vec<WriteOp>>> {
    let (ins, ..) = p.counts(ctx, host);
    let args = inner.block_args(block);
    let mut sites = Vec::new();
    for link in links {
        let arg = args[ins + link.result];
        let writes = writes_to(ctx, inner, block, arg);
        // Every use is a plain write: the value is not read back, nor updated.
        if inner.uses(arg).count() != writes.len() || writes.is_empty() {
            return None;
        }
        for write in &writes {
            let plain = write.guard(ctx, inner).is_empty() && write.combine(ctx, inner).is_none();
            if !plain || !in_parallel_loops(ctx, inner, write.0) {
                return None;
            }
        }
        sites.push(writes);
    }
    if sites.len() > 1 {
        let first = inner.op(sites[0][0].0).block();
        if sites.iter().any(|s| s.len() != 1 || inner.op(s[0].0).block() != first) {
            return None;
        }
    }
    Some(sites)
}

fn in_parallel_loops(ctx: &Context, inner: &Body, op: Op) -> bool {
    let mut at = op;
    while let Some(parent) = inner.parent_op(at) {
        if inner.name(ctx, parent) != names::FOR || !ForOp(parent).is_parallel(ctx, inner) {
            return false;
        }
        at = parent;
    }
    true
}

/// The consumer's loop variables at one write, by the write's map.
fn ivs_at(ctx: &Context, inner: &Body, write: WriteOp, place: &[usize]) -> Vec<Expr> {
    let map = write.map(ctx, inner);
    let operands = write.indices(ctx, inner);
    let (dims, syms) = operands.split_at(map.dims as usize);
    let expr = |p: &usize| Expr { expr: map.results[*p], dims: dims.to_vec(), syms: syms.to_vec() };
    place.iter().map(expr).collect()
}

/// Checks that all reads agree on the loop variables.
fn consumer_ivs(ctx: &Context, inner: &Body, links: &[Link], sites: &[Vec<WriteOp>]) -> Option<()> {
    let mut agreed: Option<Vec<(edge_ir::AffineExpr, Vec<Value>)>> = None;
    for (link, writes) in links.iter().zip(sites) {
        for (_, place) in &link.reads {
            if links.len() == 1 {
                if *place != link.reads[0].1 {
                    return None;
                }
                continue;
            }
            let ivs = ivs_at(ctx, inner, writes[0], place);
            let key: Vec<_> = ivs.into_iter().map(|e| (e.expr, [e.dims, e.syms].concat())).collect();
            match &agreed {
                Some(known) if *known != key => return None,
                _ => agreed = Some(key),
            }
        }
    }
    Some(())
}

/// Where the fused nest can stand: at the consumer, if nothing before it uses the producer's results; else at the producer, if
/// what the consumer needs is there already or can be moved up.
fn position(ctx: &Context, host: &mut Body, p: NestOp, c: NestOp, links: &[Link]) -> Option<Op> {
    let block = host.op(p.0).block()?;
    if host.op(c.0).block() != Some(block) {
        return None;
    }
    let results = host.op(p.0).results().to_vec();
    let users: Vec<Op> = results.iter().flat_map(|r| host.uses(*r).map(|u| u.0).collect::<Vec<_>>()).collect();
    if users.iter().any(|u| host.op(*u).block() != Some(block)) {
        return None;
    }
    if users.iter().all(|u| *u == c.0 || host.is_before(c.0, *u)) {
        return Some(c.0);
    }
    let needed: Vec<Value> = host.operands(c.0).filter(|v| !links.iter().any(|l| results[l.result] == *v)).collect();
    let mut moves = Vec::new();
    for value in needed {
        if !movable(ctx, host, value, p.0, &mut moves, 4) {
            return None;
        }
    }
    for op in moves {
        host.move_before(op, p.0);
    }
    Some(p.0)
}

/// Whether a value is defined before `at`, or by operations that can be moved there, which are added to `moves` in order.
fn movable(ctx: &Context, host: &mut Body, value: Value, at: Op, moves: &mut Vec<Op>, depth: usize) -> bool {
    let Some(op) = host.defining_op(value) else { return true };
    if host.op(op).block() != host.op(at).block() || host.is_before(op, at) || moves.contains(&op) {
        return true;
    }
    let simple = matches!(host.name(ctx, op), names::EMPTY | names::DIM | names::APPLY | "arith.constant");
    if depth == 0 || !simple {
        return false;
    }
    for operand in host.operands(op).collect::<Vec<_>>() {
        if !movable(ctx, host, operand, at, moves, depth - 1) {
            return false;
        }
    }
    moves.push(op);
    true
}

fn splice(ctx: &Context, m: &mut Merged, links: &[Link], c_inner: &Body, pointwise: &Pointwise) {
    let groups: Vec<Vec<WriteOp>> = {
        let of = |l: &Link| writes_to(ctx, &m.body, m.block, m.out_args[l.result]);
        match links {
            [one] => of(one).into_iter().map(|w| vec![w]).collect(),
            _ => vec![links.iter().map(|l| of(l)[0]).collect()],
        }
    };
    let ivs = pointwise.ivs(c_inner);
    for writes in groups {
        let mut s = Splicer::new(c_inner);
        s.mapping = m.maps[1].clone();
        let place = &links[0].reads[0].1;
        s.ivs = ivs.iter().copied().zip(ivs_at(ctx, &m.body, writes[0], place)).collect();
        for (link, write) in links.iter().zip(&writes) {
            let value = write.value(&m.body);
            for (read, _) in &link.reads {
                s.mapping.map(c_inner.result(read.0, 0), value);
            }
        }
        let last = last_of(&mut m.body, &writes);
        let mut b = Builder::after(ctx, &mut m.body, last);
        let skipped = |op: &Op| links.iter().any(|l| l.reads.iter().any(|(r, _)| r.0 == *op));
        for op in pointwise.ops.iter().filter(|op| !skipped(op)) {
            s.copy(&mut b, *op);
        }
    }
}

fn last_of(body: &mut Body, writes: &[WriteOp]) -> Op {
    let mut last = writes[0].0;
    for w in &writes[1..] {
        if body.is_before(last, w.0) {
            last = w.0;
        }
    }
    last
}
