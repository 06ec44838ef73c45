//! The builder: an insertion point and a location, without which no operation can be made.

use crate::attrs::Attr;
use crate::body::{Block, Body, Op, OpState, Region, Value};
use crate::context::Context;
use crate::locs::Loc;
use crate::types::Type;

/// Where new operations go.
#[derive(Clone, Copy, Debug)]
pub enum InsertPoint {
    Before(Op),
    End(Block),
}

/// Builds operations into a body at an insertion point.
pub struct Builder<'a> {
    pub ctx: &'a Context,
    pub body: &'a mut Body,
    pub at: InsertPoint,
    pub loc: Loc,
}

impl<'a> Builder<'a> {
    pub fn at_end(ctx: &'a Context, body: &'a mut Body, block: Block, loc: Loc) -> Self {
        Self { ctx, body, at: InsertPoint::End(block), loc }
    }
    /// After an operation that is in a block.
    pub fn after(ctx: &'a Context, body: &'a mut Body, op: Op) -> Self {
        let at = match (body.next_op(op), body.op(op).block()) {
            (Some(next), _) => InsertPoint::Before(next),
            (None, Some(block)) => InsertPoint::End(block),
            (None, None) => panic!("an operation outside any block has nothing after it"),
        };
        let loc = body.op(op).loc;
        Builder { ctx, body, at, loc }
    }
    pub fn before(ctx: &'a Context, body: &'a mut Body, op: Op) -> Self {
        let loc = body.op(op).loc;
        Self { ctx, body, at: InsertPoint::Before(op), loc }
    }
    pub fn insert(&mut self, op: Op) -> Op {
        match self.at {
            InsertPoint::Before(at) => self.body.insert_before(at, op),
            InsertPoint::End(block) => self.body.append(block, op),
        }
        op
    }
    /// Starts an operation; finish it with [`OpBuilder::build`] or one of its kin.
    pub fn op(&mut self, name: &str) -> OpBuilder<'_, 'a> {
        let state = OpState::new(self.ctx.ident(name), self.loc);
        OpBuilder { builder: self, state }
    }
    pub fn create(&mut self, state: OpState) -> Op {
        let op = self.body.create(self.ctx, state);
        self.insert(op)
    }
    /// A region with one block whose arguments have the given types and the builder's location.
    pub fn block_region(&mut self, args: &[Type]) -> (Region, Block) {
        let region = self.body.new_region();
        let block = self.body.add_block(region);
        for ty in args {
            self.body.add_arg(block, *ty, self.loc);
        }
        (region, block)
    }
}

/// An operation under construction.
pub struct OpBuilder<'b, 'a> {
    builder: &'b mut Builder<'a>,
    state: OpState,
}

impl OpBuilder<'_, '_> {
    pub fn operand(mut self, value: Value) -> Self {
        self.state.operands.push(value);
        self
    }
    pub fn operands(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.state.operands.extend(values);
        self
    }
    /// A declared property (of an unregistered operation, an entry of its properties).
    pub fn prop(mut self, name: &str, value: Attr) -> Self {
        self.state.props.push((self.builder.ctx.ident(name), value));
        self
    }
    pub fn prop_opt(self, name: &str, value: Option<Attr>) -> Self {
        match value {
            Some(value) => self.prop(name, value),
            None => self,
        }
    }
    /// A discardable attribute.
    pub fn attr(mut self, name: &str, value: Attr) -> Self {
        let ctx = self.builder.ctx;
        let mut entries = self.state.attrs.map_or(vec![], |d| ctx.dict_entries(d).to_vec());
        entries.push((ctx.ident(name), value));
        self.state.attrs = Some(ctx.dict_attr(&entries));
        self
    }
    pub fn discardable(mut self, dict: Option<Attr>) -> Self {
        self.state.attrs = dict;
        self
    }
    pub fn result(mut self, ty: Type) -> Self {
        self.state.result_types.push(ty);
        self
    }
    pub fn results(mut self, types: impl IntoIterator<Item = Type>) -> Self {
        self.state.result_types.extend(types);
        self
    }
    pub fn region(mut self, region: Region) -> Self {
        self.state.regions.push(region);
        self
    }
    /// The body of an isolated operation, with its regions.
    pub fn isolated(mut self, body: Body, regions: &[Region]) -> Self {
        self.state.body = Some((Box::new(body), regions.iter().copied().collect()));
        self
    }
    pub fn successor(mut self, block: Block) -> Self {
        self.state.successors.push(block);
        self
    }
    pub fn loc(mut self, loc: Loc) -> Self {
        self.state.loc = loc;
        self
    }
    pub fn build(self) -> Op {
        self.builder.create(self.state)
    }
    /// Builds an operation with one result and gives that.
    pub fn value(self) -> Value {
        debug_assert_eq!(self.state.result_types.len(), 1);
        let builder = self.builder;
        let op = builder.create(self.state);
        builder.body.result(op, 0)
    }
}
