//! Locations away.

use edge_ir::{Body, Context, OpData, Region};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Replaces every location by the unknown one.
    pub struct StripDebugInfo = "strip-debuginfo" on any {}
}

impl Pass for StripDebugInfo {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let mut changed = cx.each_isolated(op, |cx, inner| self.run(cx, inner))?;
        changed |= Changed::from(op.loc != cx.ctx.unknown_loc());
        op.loc = cx.ctx.unknown_loc();
        let regions: Vec<Region> = op.regions().to_vec();
        if let Some(body) = op.body_mut() {
            changed |= strip(cx.ctx, body, &regions);
        }
        Ok(changed)
    }
}

fn strip(ctx: &Context, body: &mut Body, regions: &[Region]) -> Changed {
    let (unknown, mut changed) = (ctx.unknown_loc(), Changed::No);
    let ops = body.all_ops(regions);
    let inner = ops.iter().filter(|op| body.op(**op).body().is_none()).flat_map(|op| body.op(*op).regions().to_vec());
    let regions: Vec<Region> = regions.iter().copied().chain(inner.collect::<Vec<_>>()).collect();
    for block in regions.iter().flat_map(|r| body.blocks(*r).collect::<Vec<_>>()).collect::<Vec<_>>() {
        for arg in body.block_args(block).to_vec() {
            changed |= Changed::from(body.value_loc(arg) != Some(unknown));
            body.set_arg_loc(arg, unknown);
        }
    }
    for op in ops {
        changed |= Changed::from(body.op(op).loc != unknown);
        body.op_mut(op).loc = unknown;
    }
    changed
}

#[cfg(test)]
mod tests {
    use crate::testing::{count, run};

    #[test]
    fn the_program_stays() {
        let text = "\"x.y\"() ({\n^bb0(%a: i32 loc(\"a\")):\n\"x.z\"(%a) : (i32) -> () loc(\"b\")\n}) : () -> ()";
        let out = run("strip-debuginfo", text).unwrap();
        assert_eq!((count(&out, "x.y"), count(&out, "x.z")), (1, 1));
    }
}
