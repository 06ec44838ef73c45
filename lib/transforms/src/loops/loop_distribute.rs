//! Nests of several loops, one after the other, as several nests.

use crate::loop_ir::{NestOp, ReadOp, names};
use edge_ir::{Body, Builder, Context, Op, OpData, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Splits nests that hold several independent loops into one nest for each.
    ///
    /// On a device where the points of the leading parallel loops are what runs side by side, loops after one another in one kernel would
    /// run on a single point. Each nest then writes its part of the results of the one before it. A nest whose loops read
    /// what others of them write stays whole.
    pub struct LoopDistribute = "loop-distribute" on "func.func" {
        /// Only nests on these devices (`edge.device`), if any are given.
        only: Vec<String> = Vec::new(),
        /// Devices whose nests are left alone.
        skip: Vec<String> = Vec::new(),
    }
}

/// Whether a pass that is limited to some devices runs on an operation.
pub fn selected(ctx: &Context, op: &OpData, only: &[String], skip: &[String]) -> bool {
    let device = op.attr(ctx, "edge.device").and_then(|a| ctx.as_str(a));
    let named = |list: &[String]| device.is_some_and(|d| list.iter().any(|s| s == d));
    (only.is_empty() || named(only)) && !named(skip)
}

impl Pass for LoopDistribute {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let regions = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        let mut count = 0;
        for op in body.all_ops(&regions) {
            if NestOp::cast(cx.ctx, body, op).is_some() && selected(cx.ctx, body.op(op), &self.only, &self.skip) {
                count += split(cx.ctx, body, NestOp(op)) as u64;
            }
        }
        cx.count("nests split", count);
        Ok(Changed::from(count > 0))
    }
}

fn split(ctx: &Context, host: &mut Body, nest: NestOp) -> bool {
    let (Some(inner), Some(block)) = (host.op(nest.0).body(), host.op(nest.0).entry()) else { return false };
    let parts: Vec<usize> = inner.block_ops(block).enumerate().filter(|(_, op)| is_loop(ctx, inner, *op)).map(|p| p.0).collect();
    let others = inner.block_ops(block).filter(|op| !is_loop(ctx, inner, *op) && inner.name(ctx, *op) != names::END).count();
    if parts.len() < 2 || others > 0 || reads_back(ctx, host, nest) {
        return false;
    }
    let (ins, outs, _) = nest.counts(ctx, host);
    let mut operands: Vec<Value> = host.operands(nest.0).collect();
    for part in parts {
        let made = one_part(ctx, host, nest, part, &operands);
        let results = host.op(made.0).results().to_vec();
        for (out, result) in made.1.iter().zip(results) {
            operands[ins + out] = result;
        }
    }
    for n in 0..outs {
        let old = host.result(nest.0, n);
        host.replace_all_uses(old, operands[ins + n]);
    }
    host.erase(nest.0);
    true
}

fn is_loop(ctx: &Context, inner: &Body, op: Op) -> bool {
    inner.name(ctx, op) == names::FOR && inner.op(op).results().is_empty()
}

/// Whether something reads what the nest writes, or adds to it.
fn reads_back(ctx: &Context, host: &Body, nest: NestOp) -> bool {
    let data = host.op(nest.0);
    let (Some(inner), Some(block)) = (data.body(), data.entry()) else { return true };
    let (ins, outs, _) = nest.counts(ctx, host);
    inner.block_args(block)[ins..ins + outs].iter().any(|out| {
        inner.uses(*out).any(|(op, _)| ReadOp::cast(ctx, inner, op).is_some() || inner.op(op).attr(ctx, "combine").is_some())
    })
}

/// A nest with the operation of that number alone, with the operands that it uses; gives it with the numbers of its outs.
fn one_part(ctx: &Context, host: &mut Body, nest: NestOp, part: usize, operands: &[Value]) -> (Op, Vec<usize>) {
    let data = host.op(nest.0);
    let (loc, attrs) = (data.loc, data.discardable());
    let (mut body, regions, block) = nest.duplicate(ctx, host);
    for (n, op) in body.block_ops(block).collect::<Vec<_>>().into_iter().enumerate() {
        if n != part && body.name(ctx, op) != names::END {
            body.erase(op);
        }
    }
    let (ins, outs, _) = nest.counts(ctx, host);
    let args = body.block_args(block).to_vec();
    let used: Vec<usize> = (0..args.len()).filter(|n| !body.is_unused(args[*n])).collect();
    for n in (0..args.len()).rev().filter(|n| !used.contains(n)) {
        body.erase_arg(block, n);
    }
    let part_outs: Vec<usize> = used.iter().filter(|n| (ins..ins + outs).contains(n)).map(|n| n - ins).collect();
    let part_ins = used.iter().filter(|n| **n < ins).count();
    let sizes = [part_ins as i32, part_outs.len() as i32, (used.len() - part_ins - part_outs.len()) as i32];
    let types: Vec<_> = part_outs.iter().map(|n| host.ty(operands[ins + n])).collect();
    let mut b = Builder::before(ctx, host, nest.0);
    b.loc = loc;
    let op = b
        .op(names::NEST)
        .operands(used.iter().map(|n| operands[*n]))
        .results(types)
        .prop("operandSegmentSizes", ctx.i32_array(&sizes))
        .discardable(attrs)
        .isolated(*body, &regions)
        .build();
    (op, part_outs)
}
