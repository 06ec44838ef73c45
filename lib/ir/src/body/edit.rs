//! Making, moving and erasing. Insertion and erasure of one operation take constant time.

use super::{Block, BlockData, Body, Op, OpData, OpState, Region, RegionData, Value, ValueData, ValueDef};
use crate::context::Context;
use crate::locs::Loc;
use crate::types::Type;
use smallvec::SmallVec;

impl Body {
    /// Makes a detached operation.
    pub fn create(&mut self, ctx: &Context, state: OpState) -> Op {
        let info = ctx.op_info_index(state.name);
        let mut data = OpData {
            name: state.name,
            loc: state.loc,
            info,
            operands: SmallVec::new(),
            results: SmallVec::new(),
            props: SmallVec::new(),
            raw_props: None,
            attrs: state.attrs,
            successors: state.successors,
            regions: state.regions,
            body: None,
            block: None,
            prev: None,
            next: None,
            order: 0,
        };
        if let Some((body, regions)) = state.body {
            debug_assert!(data.regions.is_empty(), "regions both inside and outside of an isolated operation");
            (data.body, data.regions) = (Some(body), regions);
        }
        let mut rest = state.props;
        if let Some(info) = info.map(|i| ctx.op_info_at(i)) {
            data.props.resize(info.props.len(), None);
            rest.retain(|(name, value)| match info.slot(*name) {
                Some(slot) => {
                    data.props[slot] = Some(*value);
                    false
                }
                None => true,
            });
            debug_assert!(rest.is_empty(), "`{}` has no property `{}`", ctx.str(state.name), ctx.str(rest[0].0));
        } else if !rest.is_empty() {
            data.raw_props = Some(ctx.dict_attr(&rest));
        }
        let inside = data.body.is_some();
        let op = self.ops.insert(data);
        if !inside {
            for i in 0..self.op(op).regions.len() {
                let region = self.op(op).regions[i];
                self.regions.get_mut(region).parent = Some(op);
            }
        }
        self.set_operands(op, &state.operands);
        for ty in state.result_types {
            self.add_result(op, ty);
        }
        op
    }
    pub fn add_result(&mut self, op: Op, ty: Type) -> Value {
        let index = self.op(op).results.len() as u32;
        let data = ValueData { ty, def: ValueDef::Result(op, index), loc: None, first_use: None };
        let value = self.values.insert(data);
        self.op_mut(op).results.push(value);
        value
    }
    /// A region that belongs to no operation yet.
    pub fn new_region(&mut self) -> Region {
        self.regions.insert(RegionData::default())
    }
    /// Gives an operation one more region, in the body where its regions live.
    pub fn add_region(&mut self, op: Op) -> Region {
        let data = self.ops.get_mut(op);
        if let Some(body) = data.body.as_deref_mut() {
            let region = body.new_region();
            data.regions.push(region);
            return region;
        }
        let region = self.regions.insert(RegionData { parent: Some(op), ..Default::default() });
        self.op_mut(op).regions.push(region);
        region
    }
    /// A new block at the end of a region.
    pub fn add_block(&mut self, region: Region) -> Block {
        let block = self.new_block();
        self.append_block(region, block);
        block
    }
    /// A block in no region yet.
    pub fn new_block(&mut self) -> Block {
        self.blocks.insert(BlockData::default())
    }
    pub fn append_block(&mut self, region: Region, block: Block) {
        let last = self.regions.get(region).last;
        let data = self.blocks.get_mut(block);
        debug_assert!(data.region.is_none(), "the block is in a region already");
        (data.region, data.prev, data.next) = (Some(region), last, None);
        match last {
            Some(l) => self.blocks.get_mut(l).next = Some(block),
            None => self.regions.get_mut(region).first = Some(block),
        }
        self.regions.get_mut(region).last = Some(block);
    }
    /// Takes a block out of its region, with its operations.
    pub fn detach_block(&mut self, block: Block) {
        let BlockData { region, prev, next, .. } = *self.blocks.get(block);
        let Some(region) = region else { return };
        match prev {
            Some(p) => self.blocks.get_mut(p).next = next,
            None => self.regions.get_mut(region).first = next,
        }
        match next {
            Some(n) => self.blocks.get_mut(n).prev = prev,
            None => self.regions.get_mut(region).last = prev,
        }
        let data = self.blocks.get_mut(block);
        (data.region, data.prev, data.next) = (None, None, None);
    }
    pub fn add_arg(&mut self, block: Block, ty: Type, loc: Loc) -> Value {
        let index = self.blocks.get(block).args.len() as u32;
        let data = ValueData { ty, def: ValueDef::Arg(block, index), loc: Some(loc), first_use: None };
        let value = self.values.insert(data);
        self.blocks.get_mut(block).args.push(value);
        value
    }
    /// Sets the location of a block argument; a result has that of its operation.
    pub fn set_arg_loc(&mut self, arg: Value, loc: Loc) {
        self.values.get_mut(arg).loc = Some(loc);
    }
    /// Removes an unused block argument; later ones move up.
    ///
    /// # Panics
    /// If the argument has uses.
    pub fn erase_arg(&mut self, block: Block, index: usize) {
        let value = self.blocks.get(block).args[index];
        assert!(self.is_unused(value), "erasing a block argument that is used");
        self.blocks.get_mut(block).args.remove(index);
        self.values.remove(value);
        for i in index..self.blocks.get(block).args.len() {
            let arg = self.blocks.get(block).args[i];
            self.values.get_mut(arg).def = ValueDef::Arg(block, i as u32);
        }
    }
    pub fn append(&mut self, block: Block, op: Op) {
        let last = self.blocks.get(block).last;
        self.link(block, op, last, None);
    }
    pub fn prepend(&mut self, block: Block, op: Op) {
        let first = self.blocks.get(block).first;
        self.link(block, op, None, first);
    }
    /// # Panics
    /// If `at` is in no block.
    pub fn insert_before(&mut self, at: Op, op: Op) {
        let data = self.op(at);
        let (block, prev) = (data.block.expect("an insertion point in a block"), data.prev);
        self.link(block, op, prev, Some(at));
    }
    /// # Panics
    /// If `at` is in no block.
    pub fn insert_after(&mut self, at: Op, op: Op) {
        let data = self.op(at);
        let (block, next) = (data.block.expect("an insertion point in a block"), data.next);
        self.link(block, op, Some(at), next);
    }
    fn link(&mut self, block: Block, op: Op, prev: Option<Op>, next: Option<Op>) {
        let order = prev.map_or(0, |p| self.op(p).order + 1);
        let data = self.ops.get_mut(op);
        debug_assert!(data.block.is_none(), "the operation is in a block already");
        (data.block, data.prev, data.next, data.order) = (Some(block), prev, next, order);
        match prev {
            Some(p) => self.ops.get_mut(p).next = Some(op),
            None => self.blocks.get_mut(block).first = Some(op),
        }
        match next {
            Some(n) => self.ops.get_mut(n).prev = Some(op),
            None => self.blocks.get_mut(block).last = Some(op),
        }
        let fresh = prev.is_none() && next.is_none();
        let data = self.blocks.get_mut(block);
        data.ordered = (data.ordered || fresh) && next.is_none();
    }
    /// Takes an operation out of its block; its operands and uses stay.
    pub fn detach(&mut self, op: Op) {
        let OpData { block, prev, next, .. } = *self.op(op);
        let Some(block) = block else { return };
        match prev {
            Some(p) => self.ops.get_mut(p).next = next,
            None => self.blocks.get_mut(block).first = next,
        }
        match next {
            Some(n) => self.ops.get_mut(n).prev = prev,
            None => self.blocks.get_mut(block).last = prev,
        }
        let data = self.ops.get_mut(op);
        (data.block, data.prev, data.next) = (None, None, None);
    }
    pub fn move_before(&mut self, op: Op, at: Op) {
        self.detach(op);
        self.insert_before(at, op);
    }
    pub fn move_to_end(&mut self, op: Op, block: Block) {
        self.detach(op);
        self.append(block, op);
    }
    /// Erases an operation with everything in its regions.
    ///
    /// # Panics
    /// If a result of it is used by an operation outside of it.
    pub fn erase(&mut self, op: Op) {
        self.drop_uses_inside(op);
        self.erase_dropped(op);
    }
    fn drop_uses_inside(&mut self, op: Op) {
        self.set_operands(op, &[]);
        if self.op(op).body.is_some() {
            return;
        }
        for inner in self.nested_ops(op) {
            self.set_operands(inner, &[]);
        }
    }
    fn nested_ops(&self, op: Op) -> Vec<Op> {
        let mut found = Vec::new();
        for region in self.op(op).regions.iter() {
            for block in self.blocks(*region) {
                for inner in self.block_ops(block) {
                    found.push(inner);
                    if self.op(inner).body.is_none() && !self.op(inner).regions.is_empty() {
                        found.extend(self.nested_ops(inner));
                    }
                }
            }
        }
        found
    }
    fn erase_dropped(&mut self, op: Op) {
        self.detach(op);
        let inside = self.op(op).body.is_some();
        if !inside {
            for region in self.op(op).regions.clone() {
                self.erase_region(region);
            }
        }
        for value in std::mem::take(&mut self.op_mut(op).results) {
            assert!(self.is_unused(value), "erasing an operation whose results are used");
            self.values.remove(value);
        }
        self.ops.remove(op);
    }
    fn erase_region(&mut self, region: Region) {
        for block in self.blocks(region).collect::<Vec<_>>() {
            self.erase_block_dropped(block);
        }
        self.regions.remove(region);
    }
    fn erase_block_dropped(&mut self, block: Block) {
        while let Some(last) = self.block_last(block) {
            self.erase_dropped(last);
        }
        self.detach_block(block);
        for value in std::mem::take(&mut self.blocks.get_mut(block).args) {
            assert!(self.is_unused(value), "erasing a block whose arguments are used");
            self.values.remove(value);
        }
        self.blocks.remove(block);
    }
    /// Erases a block with its operations.
    ///
    /// # Panics
    /// If a value defined in it is used outside of it.
    pub fn erase_block(&mut self, block: Block) {
        for op in self.block_ops(block).collect::<Vec<_>>() {
            self.drop_uses_inside(op);
        }
        self.erase_block_dropped(block);
    }
    /// Moves all operations of `from` before `at`; `from` stays, empty.
    pub fn splice_before(&mut self, from: Block, at: Op) {
        while let Some(op) = self.block_first(from) {
            self.detach(op);
            self.insert_before(at, op);
        }
    }
    /// Moves the operations from `first` to the end of its block to the end of `to`.
    pub fn splice_tail(&mut self, first: Op, to: Block) {
        let mut next = Some(first);
        while let Some(op) = next {
            next = self.next_op(op);
            self.detach(op);
            self.append(to, op);
        }
    }
    pub fn set_successor(&mut self, op: Op, index: usize, block: Block) {
        self.op_mut(op).successors[index] = block;
    }
}
