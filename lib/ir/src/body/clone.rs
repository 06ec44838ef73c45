//! Clone with mapping, within a body or from one body to another: what inlining, outlining and unrolling stand on.

use super::{Block, Body, Op, OpState, Region, Value};
use crate::context::Context;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// What values and blocks of the source become in the copy.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pub values: FxHashMap<Value, Value>,
    pub blocks: FxHashMap<Block, Block>,
}

impl Mapping {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn map(&mut self, from: Value, to: Value) {
        self.values.insert(from, to);
    }
    pub fn map_all(&mut self, from: &[Value], to: &[Value]) {
        self.values.extend(from.iter().copied().zip(to.iter().copied()));
    }
    /// The image of a value, or the value itself.
    pub fn get(&self, value: Value) -> Value {
        self.values.get(&value).copied().unwrap_or(value)
    }
}

/// A copy in progress. `source` is absent where the source is the destination.
struct Copier<'a> {
    ctx: &'a Context,
    source: Option<&'a Body>,
    into: &'a mut Body,
    mapping: &'a mut Mapping,
    /// Operands are set last: graph regions and later blocks may define them after their use.
    pending: Vec<(Op, SmallVec<[Value; 4]>)>,
}

impl Copier<'_> {
    fn source(&self) -> &Body {
        self.source.unwrap_or(self.into)
    }
    fn op(&mut self, op: Op) -> Op {
        let source = self.source();
        let data = source.op(op);
        let mut state = OpState::new(data.name, data.loc);
        state.result_types = data.results().iter().map(|r| source.ty(*r)).collect();
        state.attrs = data.discardable();
        state.successors = data.successors().iter().map(|b| self.mapping.blocks.get(b).copied().unwrap_or(*b)).collect();
        state.body = data.body().map(|b| b.duplicate(self.ctx, data.regions()));
        let operands: SmallVec<[Value; 4]> = source.operands(op).collect();
        let (slots, raw) = (data.props.clone(), data.raw_props());
        let regions: SmallVec<[Region; 1]> =
            if data.body().is_some() { SmallVec::new() } else { data.regions().iter().copied().collect() };
        let results: SmallVec<[Value; 2]> = data.results().iter().copied().collect();
        let new = self.into.create(self.ctx, state);
        self.into.op_mut(new).props = slots;
        self.into.op_mut(new).set_raw_props(raw);
        let copies: SmallVec<[Value; 2]> = self.into.op(new).results().iter().copied().collect();
        self.mapping.map_all(&results, &copies);
        self.pending.push((new, operands));
        for region in regions {
            let copy = self.into.add_region(new);
            self.region(region, copy);
        }
        new
    }
    fn region(&mut self, from: Region, to: Region) {
        let blocks: Vec<Block> = self.source().blocks(from).collect();
        for block in &blocks {
            let new = self.into.add_block(to);
            self.mapping.blocks.insert(*block, new);
            for arg in self.source().block_args(*block).to_vec() {
                let source = self.source();
                let (ty, loc) = (source.ty(arg), source.values.get(arg).loc);
                let value = self.into.add_arg(new, ty, loc.unwrap_or_else(|| self.ctx.unknown_loc()));
                self.mapping.map(arg, value);
            }
        }
        for block in &blocks {
            let to = self.mapping.blocks[block];
            for op in self.source().block_ops(*block).collect::<Vec<_>>() {
                let new = self.op(op);
                self.into.append(to, new);
            }
        }
    }
    fn finish(self) {
        for (op, operands) in self.pending {
            let mapped: SmallVec<[Value; 4]> = operands.iter().map(|v| self.mapping.get(*v)).collect();
            self.into.set_operands(op, &mapped);
        }
    }
}

impl Body {
    /// A detached copy of an operation of this body; operands that the mapping does not name stay.
    pub fn clone_op(&mut self, ctx: &Context, op: Op, mapping: &mut Mapping) -> Op {
        let mut copier = Copier { ctx, source: None, into: self, mapping, pending: Vec::new() };
        let new = copier.op(op);
        copier.finish();
        new
    }
    /// A detached copy in this body of an operation of another; the mapping must name every operand from outside of it.
    pub fn clone_from(&mut self, ctx: &Context, source: &Body, op: Op, mapping: &mut Mapping) -> Op {
        let mut copier = Copier { ctx, source: Some(source), into: self, mapping, pending: Vec::new() };
        let new = copier.op(op);
        copier.finish();
        new
    }
    /// Copies the blocks of `from`, a region of `source`, to the end of `to`, a region of this body.
    pub fn clone_region_from(&mut self, ctx: &Context, source: &Body, from: Region, to: Region, mapping: &mut Mapping) {
        let mut copier = Copier { ctx, source: Some(source), into: self, mapping, pending: Vec::new() };
        copier.region(from, to);
        copier.finish();
    }
    /// A copy of the body with the owner's regions.
    pub fn duplicate(&self, ctx: &Context, regions: &[Region]) -> (Box<Body>, SmallVec<[Region; 1]>) {
        let mut body = Box::new(Body::new());
        let mut mapping = Mapping::new();
        let mut new = SmallVec::new();
        for region in regions {
            let to = body.new_region();
            body.clone_region_from(ctx, self, *region, to, &mut mapping);
            new.push(to);
        }
        (body, new)
    }
}
