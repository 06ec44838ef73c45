//! Simplification of regions: blocks that cannot be reached, operations that are dead.

use crate::effects::is_dead;
use edge_ir::dominance::Dominance;
use edge_ir::{Block, Body, Context, Op, Region};

/// Erases the blocks that no path from the entry reaches. Gives their number.
pub fn erase_unreachable(body: &mut Body, regions: &[Region]) -> usize {
    let mut dead: Vec<Block> = Vec::new();
    for region in regions {
        let mut dom = Dominance::new();
        dead.extend(body.blocks(*region).filter(|b| !dom.is_reachable(body, *b)).collect::<Vec<_>>());
    }
    // Dead blocks may use each other's values in a cycle.
    for block in &dead {
        for op in body.block_ops(*block).collect::<Vec<_>>() {
            for inner in body.nested(op) {
                body.set_operands(inner, &[]);
            }
        }
    }
    let count = dead.len();
    dead.into_iter().for_each(|b| body.erase_block(b));
    count
}

/// Erases dead operations of a body, users before what they use. Gives their number.
pub fn erase_dead(ctx: &Context, body: &mut Body, regions: &[Region]) -> usize {
    let mut work: Vec<Op> = body.all_ops(regions);
    // Behind an operation stands what is nested in it: taken from the end, users come before definitions.
    let mut erased = vec![false; body.op_bound()];
    let mut count = 0;
    while let Some(op) = work.pop() {
        if erased[op.index()] || !is_dead(ctx, body, op) {
            continue;
        }
        let inside = if body.op(op).body().is_some() { vec![op] } else { body.nested(op) };
        let mut feeds: Vec<Op> = inside.iter().flat_map(|o| body.operands(*o)).filter_map(|v| body.defining_op(v)).collect();
        inside.iter().for_each(|o| erased[o.index()] = true);
        body.erase(op);
        count += 1;
        feeds.sort();
        feeds.dedup();
        work.extend(feeds.into_iter().filter(|f| !erased[f.index()]));
    }
    count
}
