//! Dead code.

use edge_ir::{OpData, Region};
use edge_pass::{Changed, Pass, PassContext};
use edge_rewrite::regions::{erase_dead, erase_unreachable};
use edge_support::Reported;

edge_pass::pass! {
    /// Erases operations whose results are unused and that have no effect, and blocks that cannot be reached.
    pub struct Dce = "dce" on any {}
}

impl Pass for Dce {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let changed = cx.each_isolated(op, |cx, inner| self.run(cx, inner))?;
        let regions: Vec<Region> = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(changed) };
        let all: Vec<Region> = regions.iter().copied().chain(inner_regions(body, &regions)).collect();
        let blocks = erase_unreachable(body, &all) as u64;
        let dead = erase_dead(cx.ctx, body, &regions) as u64;
        cx.count("blocks erased", blocks);
        cx.count("operations erased", dead);
        Ok(changed | Changed::from(blocks + dead > 0))
    }
}

/// The regions of operations of this body that are not isolated, inner ones first.
fn inner_regions(body: &edge_ir::Body, regions: &[Region]) -> Vec<Region> {
    let ops = body.all_ops(regions).into_iter().rev().filter(|op| body.op(*op).body().is_none());
    ops.flat_map(|op| body.op(op).regions().to_vec()).collect()
}
