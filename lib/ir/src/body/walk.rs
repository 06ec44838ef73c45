//! Walks.

use super::{Body, Op};
use std::ops::ControlFlow;

impl Body {
    /// Every operation below the given one in the same body, and the operation itself, outer before inner, in order. Does not enter
    /// the bodies of isolated operations; [`Body::walk_all`] does.
    pub fn nested(&self, op: Op) -> Vec<Op> {
        let mut out = vec![op];
        self.collect(op, &mut out);
        out
    }
    fn collect(&self, op: Op, out: &mut Vec<Op>) {
        if self.op(op).body().is_some() {
            return;
        }
        for region in self.op(op).regions() {
            for block in self.blocks(*region) {
                for inner in self.block_ops(block) {
                    out.push(inner);
                    self.collect(inner, out);
                }
            }
        }
    }
    /// Every operation in the regions of this body's owner, outer before inner, in order, without nested isolated bodies.
    pub fn all_ops(&self, regions: &[super::Region]) -> Vec<Op> {
        let mut out = Vec::new();
        for region in regions {
            for block in self.blocks(*region) {
                for op in self.block_ops(block) {
                    out.push(op);
                    self.collect(op, &mut out);
                }
            }
        }
        out
    }
    /// Calls `f` on `op` and everything in it, isolated bodies included, outer before inner.
    pub fn walk_all(&self, op: Op, f: &mut dyn FnMut(&Body, Op) -> ControlFlow<()>) -> ControlFlow<()> {
        f(self, op)?;
        let (body, regions) = self.op_regions(op);
        for region in regions {
            for block in body.blocks(*region) {
                for inner in body.block_ops(block) {
                    body.walk_all(inner, f)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl super::Module {
    /// Calls `f` on every operation, outer before inner.
    pub fn walk(&self, mut f: impl FnMut(&Body, Op)) {
        let _ = self.top.walk_all(self.root(), &mut |body, op| {
            f(body, op);
            ControlFlow::Continue(())
        });
    }
}
