//! Loop-invariant code.

use edge_dialect::Registry;
use edge_dialect::model::Trait;
use edge_ir::{Body, Context, Op, OpData, Region, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_rewrite::effects::{effects, is_speculatable};
use edge_support::Reported;

edge_pass::pass! {
    /// Moves operations that compute the same in every iteration in front of their loop.
    ///
    /// Moved is what stands directly in a loop (the trait `loop_like`), has no effect, may be executed although the loop is not, and
    /// uses no value from inside. Inner loops come first, so that code climbs as far as it can.
    pub struct LoopInvariantCodeMotion = "loop-invariant-code-motion" on any {}
}

impl Pass for LoopInvariantCodeMotion {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let changed = cx.each_isolated(op, |cx, inner| self.run(cx, inner))?;
        let regions: Vec<Region> = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(changed) };
        let mut moved = 0;
        for op in body.all_ops(&regions).into_iter().rev() {
            if body.op(op).body().is_none() && is_loop(cx.ctx, body.op(op)) {
                moved += hoist(cx.ctx, body, op);
            }
        }
        cx.count("operations moved", moved);
        Ok(changed | Changed::from(moved > 0))
    }
}

fn is_loop(ctx: &Context, data: &OpData) -> bool {
    data.info(ctx).and_then(Registry::definition).is_some_and(|def| def.has(&Trait::LoopLike))
}

fn hoist(ctx: &Context, body: &mut Body, looped: Op) -> u64 {
    let mut moved = 0;
    for region in body.op(looped).regions().to_vec() {
        for block in body.blocks(region).collect::<Vec<_>>() {
            for op in body.block_ops(block).collect::<Vec<_>>() {
                if is_invariant(ctx, body, op, looped) {
                    body.move_before(op, looped);
                    moved += 1;
                }
            }
        }
    }
    moved
}

fn is_invariant(ctx: &Context, body: &Body, op: Op, looped: Op) -> bool {
    if body.op(op).results().is_empty() || !effects(ctx, body, op).none() || !is_speculatable(ctx, body, op) {
        return false;
    }
    let inside = if body.op(op).body().is_some() { vec![op] } else { body.nested(op) };
    inside.iter().all(|o| body.operands(*o).all(|v| !is_within(body, v, looped) || is_within(body, v, op)))
}

/// Whether a value is defined in the regions of an operation.
fn is_within(body: &Body, value: Value, op: Op) -> bool {
    let mut block = body.value_block(value);
    while let Some(b) = block {
        let Some(parent) = body.block_parent(b) else { return false };
        if parent == op {
            return true;
        }
        block = body.op(parent).block();
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::testing::{function, run};

    #[test]
    fn invariants_climb_and_divisions_stay() {
        let text = function(
            "%a: index, %n: index",
            "",
            r#""scf.for"(%a, %n, %a) ({
               ^bb0(%i: index):
                 "scf.for"(%a, %n, %a) ({
                 ^bb1(%j: index):
                   %0 = "arith.muli"(%a, %a) : (index, index) -> index
                   %1 = "arith.addi"(%0, %i) : (index, index) -> index
                   %2 = "arith.divsi"(%a, %n) : (index, index) -> index
                   "x.use"(%1, %2, %j) : (index, index, index) -> ()
                   "scf.yield"() : () -> ()
                 }) : (index, index, index) -> ()
                 "scf.yield"() : () -> ()
               }) : (index, index, index) -> ()
               "func.return"() : () -> ()"#,
        );
        let out = run("loop-invariant-code-motion", &text).unwrap();
        let at = |what: &str| out.find(what).unwrap();
        assert!(at("arith.muli") < at("scf.for") && at("scf.for") < at("arith.addi"), "{out}");
        assert!(at("arith.addi") < out.rfind("\"scf.for\"").unwrap() && at("arith.divsi") > out.rfind("\"scf.for\"").unwrap(), "{out}");
    }
}
