//! Common subexpressions.

use edge_ir::dominance::Dominance;
use edge_ir::{Attr, Block, Body, Context, Ident, Op, OpData, Region, Traits, Type, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_rewrite::effects::{Effects, effects, is_dead};
use edge_support::Reported;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

edge_pass::pass! {
    /// Erases operations that compute again what a dominating operation has computed.
    ///
    /// Merged are operations without effects and without regions that agree in name, operands, properties, attributes and result
    /// types; those that only read memory where nothing between them may write. The operation that stays keeps its location.
    pub struct Cse = "cse" on any {}
}

impl Pass for Cse {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let changed = cx.each_isolated(op, |cx, inner| self.run(cx, inner))?;
        let regions: Vec<Region> = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(changed) };
        let mut merger = Merger { ctx: cx.ctx, dom: Dominance::new(), seen: FxHashMap::default(), epoch: 0, merged: 0, dead: vec![] };
        for region in regions {
            merger.region(body, region);
        }
        let dead = merger.erase(body);
        cx.count("num-cse'd", merger.merged);
        cx.count("num-dce'd", dead);
        Ok(changed | Changed::from(merger.merged + dead > 0))
    }
}

/// All that must agree. Readers also carry the epoch, which every write ends.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    name: Ident,
    operands: SmallVec<[Value; 4]>,
    props: SmallVec<[Option<Attr>; 4]>,
    raw: Option<Attr>,
    attrs: Option<Attr>,
    types: SmallVec<[Type; 2]>,
    epoch: Option<u64>,
}

/// Equal operations that do not dominate each other are few; more than that are not remembered.
const MAX_CANDIDATES: usize = 8;

struct Merger<'c> {
    ctx: &'c Context,
    dom: Dominance,
    seen: FxHashMap<Key, SmallVec<[Op; 2]>>,
    epoch: u64,
    merged: u64,
    dead: Vec<Op>,
}

impl Merger<'_> {
    fn region(&mut self, body: &mut Body, region: Region) {
        // What was read outside may have been written meanwhile: the region may run late, or many times.
        self.epoch += 1;
        for block in body.blocks(region).collect::<Vec<_>>() {
            self.block(body, block);
        }
        self.epoch += 1;
    }
    fn block(&mut self, body: &mut Body, block: Block) {
        self.epoch += 1;
        for op in body.block_ops(block).collect::<Vec<_>>() {
            if is_dead(self.ctx, body, op) {
                self.dead.push(op);
                continue;
            }
            if !self.merge(body, op) {
                if body.op(op).body().is_none() {
                    for region in body.op(op).regions().to_vec() {
                        self.region(body, region);
                    }
                }
                if effects(self.ctx, body, op).may_write() {
                    self.epoch += 1;
                }
            }
        }
    }
    fn merge(&mut self, body: &mut Body, op: Op) -> bool {
        let Some(key) = self.key(body, op) else { return false };
        let candidates = self.seen.entry(key).or_default();
        let results: SmallVec<[Value; 2]> = body.op(op).results().iter().copied().collect();
        for first in candidates.iter() {
            let values: SmallVec<[Value; 2]> = body.op(*first).results().iter().copied().collect();
            if self.dom.value_dominates(body, values[0], op) {
                results.iter().zip(&values).for_each(|(old, new)| body.replace_all_uses(*old, *new));
                self.dead.push(op);
                self.merged += 1;
                return true;
            }
        }
        if candidates.len() < MAX_CANDIDATES {
            candidates.push(op);
        }
        false
    }
    fn key(&self, body: &Body, op: Op) -> Option<Key> {
        let data = body.op(op);
        let terminator = data.has(self.ctx, Traits::TERMINATOR);
        if data.results().is_empty() || !data.regions().is_empty() || terminator || !data.successors().is_empty() {
            return None;
        }
        let effects = effects(self.ctx, body, op);
        let reads = effects == Effects { reads: true, ..Effects::NONE };
        if !effects.none() && !reads {
            return None;
        }
        let mut operands: SmallVec<[Value; 4]> = body.operands(op).collect();
        if data.has(self.ctx, Traits::COMMUTATIVE) {
            operands.sort();
        }
        Some(Key {
            name: data.name,
            operands,
            props: data.prop_slots().iter().copied().collect(),
            raw: data.raw_props(),
            attrs: data.discardable(),
            types: data.results().iter().map(|r| body.ty(*r)).collect(),
            epoch: reads.then_some(self.epoch),
        })
    }
    /// Erases what was merged and what was dead, users first.
    fn erase(&mut self, body: &mut Body) -> u64 {
        let mut count = 0;
        for op in std::mem::take(&mut self.dead).into_iter().rev() {
            body.erase(op);
            count += 1;
        }
        count - self.merged
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{count, function, run};

    #[test]
    fn equal_operations_merge_where_one_dominates() {
        let text = function(
            "%a: i32, %c: i1",
            "i32",
            r#"%0 = "arith.muli"(%a, %a) : (i32, i32) -> i32
               %1 = "scf.if"(%c) ({
                 %2 = "arith.muli"(%a, %a) : (i32, i32) -> i32
                 %3 = "arith.addi"(%2, %a) : (i32, i32) -> i32
                 "scf.yield"(%3) : (i32) -> ()
               }, {
                 %4 = "arith.addi"(%a, %0) : (i32, i32) -> i32
                 "scf.yield"(%4) : (i32) -> ()
               }) : (i1) -> i32
               "func.return"(%1) : (i32) -> ()"#,
        );
        let out = run("cse", &text).unwrap();
        // The two sums stand in different branches; only the product dominates.
        assert_eq!((count(&out, "arith.muli"), count(&out, "arith.addi")), (1, 2), "{out}");
    }

    #[test]
    fn a_write_ends_what_was_read() {
        let text = function(
            "%m: memref<4xf32>, %i: index, %v: f32",
            "f32, f32, f32",
            r#"%0 = "memref.load"(%m, %i) : (memref<4xf32>, index) -> f32
               %1 = "memref.load"(%m, %i) : (memref<4xf32>, index) -> f32
               "memref.store"(%v, %m, %i) : (f32, memref<4xf32>, index) -> ()
               %2 = "memref.load"(%m, %i) : (memref<4xf32>, index) -> f32
               "func.return"(%0, %1, %2) : (f32, f32, f32) -> ()"#,
        );
        assert_eq!(count(&run("cse", &text).unwrap(), "memref.load"), 2);
    }

    #[test]
    fn unknown_operations_stay() {
        let text = function("%a: i32", "", r#"%0 = "x.y"(%a) : (i32) -> i32 %1 = "x.y"(%a) : (i32) -> i32 "func.return"() : () -> ()"#);
        assert_eq!(count(&run("cse", &text).unwrap(), "x.y"), 2);
    }
}
