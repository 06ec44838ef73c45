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

#[cfg(test)]
mod tests {
    use crate::testing::{count, function, run};

    #[test]
    fn chains_die_and_effects_stay() {
        let text = function(
            "%a: i32, %m: memref<4xi32>, %i: index",
            "",
            r#"%0 = "arith.addi"(%a, %a) : (i32, i32) -> i32
               %1 = "arith.muli"(%0, %a) : (i32, i32) -> i32
               %2 = "arith.muli"(%1, %0) : (i32, i32) -> i32
               %3 = "memref.load"(%m, %i) : (memref<4xi32>, index) -> i32
               "memref.store"(%a, %m, %i) : (i32, memref<4xi32>, index) -> ()
               %4 = "x.unknown"() : () -> i32
               "func.return"() : () -> ()"#,
        );
        let out = run("dce", &text).unwrap();
        let left = ["arith.addi", "arith.muli", "memref.load", "memref.store", "x.unknown"].map(|n| count(&out, n));
        assert_eq!(left, [0, 0, 0, 1, 1], "{out}");
    }

    #[test]
    fn blocks_that_nothing_reaches_go() {
        let text = function(
            "%a: i32",
            "",
            r#""func.return"() : () -> ()
             ^dead(%x: i32):
               %0 = "arith.addi"(%x, %x) : (i32, i32) -> i32
               "cf.br"(%0)[^dead] : (i32) -> ()"#,
        );
        assert_eq!(count(&run("dce", &text).unwrap(), "cf.br"), 0);
    }
}
