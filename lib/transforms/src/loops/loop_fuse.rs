//! Fusion of nests.

use crate::fusion::fuse_block;
use edge_ir::OpData;
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Fuses pointwise nests with their producers and consumers.
    ///
    /// A pointwise nest goes to where its producer writes what it reads, if it reads each element once; or into the reads of its
    /// consumer, if no value is then computed more often than before. Nests on different devices (`edge.device`) stay apart.
    pub struct LoopFuse = "loop-fuse" on "func.func" {}
}

impl Pass for LoopFuse {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let regions = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        let blocks: Vec<_> = regions.iter().flat_map(|r| body.blocks(*r).collect::<Vec<_>>()).collect();
        let fused: usize = blocks.into_iter().map(|block| fuse_block(cx.ctx, body, block)).sum();
        cx.count("nests fused", fused as u64);
        Ok(Changed::from(fused > 0))
    }
}
