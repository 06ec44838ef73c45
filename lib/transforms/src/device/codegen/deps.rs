//! On which loops' induction variables a value depends, and which loops may be expanded.

use super::Problem;
use super::source::{Access, Loop};
use edge_ir::{Block, Body, Context, Op, Value};
use rustc_hash::FxHashMap;

/// A set of expandable loops, by number.
pub type Deps = u64;

/// What is known of a kernel's body before anything is built.
#[derive(Default)]
pub struct Analysis {
    pub loops: FxHashMap<Op, Loop>,
    pub accesses: FxHashMap<Op, Access>,
    /// Number of a loop that is to be expanded.
    pub bits: FxHashMap<Op, u32>,
    deps: FxHashMap<Value, Deps>,
    /// Loops around a tile.
    around: FxHashMap<Value, Deps>,
}

impl Analysis {
    pub fn of(ctx: &Context, body: &Body, entry: Block) -> Result<Self, Problem> {
        let mut found = Analysis::default();
        for op in body.block_ops(entry).flat_map(|op| body.nested(op)) {
            match body.name(ctx, op) {
                "loop.for" => {
                    let l = Loop::read(ctx, body, op)?;
                    let wanted = l.vector > 1 || l.jam > 1 || !l.reduce.is_empty() && l.unroll > 1;
                    if wanted && !l.is_sequential() && found.bits.len() < 64 {
                        found.bits.insert(op, found.bits.len() as u32);
                    }
                    found.loops.insert(op, l);
                }
                "loop.read" | "loop.write" => {
                    found.accesses.insert(op, Access::read(ctx, body, op)?);
                }
                _ => {}
            }
        }
        // Values carried by sequential loops depend on what is yielded later: repeat until nothing grows.
        while found.block(ctx, body, entry, 0) {}
        Ok(found)
    }
    pub fn bit(&self, op: Op) -> Deps {
        self.bits.get(&op).map_or(0, |b| 1 << b)
    }
    pub fn get(&self, value: Value) -> Deps {
        self.deps.get(&value).copied().unwrap_or(0)
    }
    pub fn all(&self, values: impl IntoIterator<Item = Value>) -> Deps {
        values.into_iter().fold(0, |d, v| d | self.get(v))
    }
    /// Of an access: its place, its guard, and for a tile the loops around that tile.
    pub fn place(&self, ctx: &Context, access: &Access) -> Deps {
        self.all(access.used_indices(ctx)) | self.tile(access.memref)
    }
    /// The expanded loops around a tile, each with a copy of it; 0 for other buffers.
    pub fn tile(&self, memref: Value) -> Deps {
        self.around.get(&memref).copied().unwrap_or(0)
    }
    fn add(&mut self, value: Value, deps: Deps) -> bool {
        if deps == 0 {
            return false;
        }
        let known = self.deps.entry(value).or_insert(0);
        let grown = *known | deps;
        std::mem::replace(known, grown) != grown
    }
    fn block(&mut self, ctx: &Context, body: &Body, block: Block, around: Deps) -> bool {
        let mut grown = false;
        for op in body.block_ops(block) {
            grown |= match body.name(ctx, op) {
                "loop.for" => self.for_loop(ctx, body, op, around),
                "loop.read" => self.read(ctx, body, op),
                "loop.stage" => {
                    self.around.insert(body.result(op, 0), around);
                    false
                }
                _ => self.plain(ctx, body, op, around),
            };
        }
        grown
    }
    fn for_loop(&mut self, ctx: &Context, body: &Body, op: Op, around: Deps) -> bool {
        let Some(l) = self.loops.get(&op).cloned() else { return false };
        let bit = self.bit(op);
        let bounds = self.all(l.bounds());
        let mut grown = self.add(l.iv, bit | bounds);
        for i in 0..l.args.len() {
            let deps = self.get(l.inits[i]) | self.get(l.yields[i]) | bounds;
            grown |= self.add(l.args[i], deps);
        }
        grown |= self.block(ctx, body, l.block, around | bit);
        for i in 0..l.results.len() {
            let (key, value) = l.arg_pair(i).unwrap_or((i, i));
            let yields = [key, value].iter().filter_map(|k| l.yields.get(*k)).fold(0, |d, v| d | self.get(*v));
            let inits = l.inits.get(i).map_or(0, |v| self.get(*v));
            grown |= self.add(l.results[i], (yields | inits | bounds) & !bit);
        }
        grown
    }
    fn read(&mut self, ctx: &Context, body: &Body, op: Op) -> bool {
        let Some(access) = self.accesses.get(&op) else { return false };
        let deps = self.place(ctx, access) | access.otherwise.map_or(0, |v| self.get(v));
        self.add(body.result(op, 0), deps)
    }
    fn plain(&mut self, ctx: &Context, body: &Body, op: Op, around: Deps) -> bool {
        let mut deps = self.all(body.operands(op));
        let mut grown = false;
        for region in body.op(op).regions() {
            for block in body.blocks(*region) {
                grown |= self.block(ctx, body, block, around);
                deps |= body.block_last(block).map_or(0, |last| self.all(body.operands(last)));
            }
        }
        for result in body.op(op).results() {
            grown |= self.add(*result, deps);
        }
        grown
    }
}
