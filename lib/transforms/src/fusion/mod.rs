//! Fusion of nests by composing index maps.
//!
//! A *pointwise* nest has only parallel loops, one inside the other, and straight-line code in the innermost. Such a nest can be appended
//! to its producer ([`epilogue`]): its code is put where the producer writes, with the written value in place of the read, and its
//! loop variables replaced by what the producer's write map says. Or it can be put in place of a read in its consumer
//! ([`prologue`]), its loop variables replaced by what the read's map says; a guard of the read then stays around the whole of
//! it. Nothing here knows an operation of the tensor level.

mod constants;
mod epilogue;
pub mod extents;
mod merge;
mod prologue;
mod splice;

use crate::loop_ir::{ForOp, NestOp, ReadOp, WriteOp, names};
use edge_ir::{Block, Body, Context, Op, OpData, Value};

/// Fuses the nests of a block until nothing more fuses. Gives the number of fusions.
pub fn fuse_block(ctx: &Context, body: &mut Body, block: Block) -> usize {
    extents::resolve_dims(ctx, body, block);
    let mut count = 0;
    let mut at = body.block_first(block);
    while let Some(op) = at {
        at = body.next_op(op);
        let Some(nest) = NestOp::cast(ctx, body, op) else { continue };
        constants::inline_splats(ctx, body, nest);
        if let Some(fused) = fuse_into(ctx, body, nest) {
            count += 1;
            // The new nest may take in more of its producers.
            at = Some(fused);
        }
    }
    count
}

/// Tries to fuse one of a nest's producers with it; gives the new nest.
fn fuse_into(ctx: &Context, body: &mut Body, consumer: NestOp) -> Option<Op> {
    let mut producers: Vec<NestOp> = Vec::new();
    for value in consumer.ins(ctx, body) {
        if let Some(p) = body.defining_op(value).and_then(|op| NestOp::cast(ctx, body, op))
            && !producers.contains(&p)
            && same_device(ctx, body.op(p.0), body.op(consumer.0))
        {
            producers.push(p);
        }
    }
    for p in &producers {
        if let Some(op) = epilogue::fuse(ctx, body, *p, consumer) {
            return Some(op);
        }
    }
    producers.into_iter().find_map(|p| prologue::fuse(ctx, body, p, consumer))
}

fn same_device(ctx: &Context, a: &OpData, b: &OpData) -> bool {
    a.attr(ctx, "edge.device") == b.attr(ctx, "edge.device")
}

/// A nest of parallel loops with straight-line code in the innermost.
pub(crate) struct Pointwise {
    pub loops: Vec<ForOp>,
    /// All operations but loops and terminators, in order: also those between the loops (loop bounds, constants).
    pub ops: Vec<Op>,
}

impl Pointwise {
    /// Reads the body of a nest (with its block), if it is pointwise.
    pub fn of(ctx: &Context, inner: &Body, block: Block) -> Option<Pointwise> {
        let mut found = Pointwise { loops: vec![], ops: vec![] };
        let mut block = block;
        loop {
            let mut next = None;
            for op in inner.block_ops(block) {
                match inner.name(ctx, op) {
                    names::END | names::YIELD => {}
                    names::FOR if next.is_none() && is_plain_parallel(ctx, inner, ForOp(op)) => next = Some(ForOp(op)),
                    names::FOR | names::STAGE => return None,
                    // Code after the inner loop would not be straight-line.
                    _ if next.is_some() || !inner.op(op).regions().is_empty() => return None,
                    names::WRITE if WriteOp(op).combine(ctx, inner).is_some() => return None,
                    _ => found.ops.push(op),
                }
            }
            match next {
                Some(for_op) => {
                    found.loops.push(for_op);
                    block = for_op.block(inner);
                }
                None => return Some(found),
            }
        }
    }
    pub fn reads(&self, ctx: &Context, inner: &Body) -> Vec<ReadOp> {
        self.ops.iter().filter_map(|op| ReadOp::cast(ctx, inner, *op)).collect()
    }
    pub fn ivs(&self, inner: &Body) -> Vec<Value> {
        self.loops.iter().map(|l| l.iv(inner)).collect()
    }
}

fn is_plain_parallel(ctx: &Context, inner: &Body, op: ForOp) -> bool {
    use crate::loop_ir::Bound;
    op.is_parallel(ctx, inner)
        && inner.op(op.0).results().is_empty()
        && op.lower(ctx, inner) == Bound::Static(0)
        && op.step(ctx, inner) == 1
}

/// For a map that is a permutation of the loop variables (with zeros elsewhere): which of the map's results each variable is.
pub(crate) fn permutation(ctx: &Context, map: edge_ir::AffineMap<'_>, operands: &[Value], ivs: &[Value]) -> Option<Vec<usize>> {
    let mut place = vec![None; ivs.len()];
    for (n, e) in map.results.iter().enumerate() {
        match ctx.affine_kind(*e) {
            edge_ir::AffineKind::Const(0) => {}
            edge_ir::AffineKind::Dim(d) => {
                let iv = ivs.iter().position(|v| Some(v) == operands.get(d as usize))?;
                if place[iv].replace(n).is_some() {
                    return None;
                }
            }
            _ => return None,
        }
    }
    place.into_iter().collect()
}
