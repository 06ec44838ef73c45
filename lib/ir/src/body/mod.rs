//! Bodies: the storage of operations, blocks, regions and values between two isolated operations.
//!
//! An operation that is isolated from above owns a [`Body`] of its own ([`OpData::body`]), which holds everything in its regions;
//! any other operation's regions live in the body that it is in itself. So a `&mut OpData` of an isolated operation is all that
//! a nested pass needs, and siblings can be worked on in parallel.

mod clone;
mod edit;
mod uses;
mod walk;

use crate::attrs::Attr;
use crate::context::{Context, Ident};
use crate::entity::{Table, entity};
use crate::info::{OpInfo, Traits};
use crate::locs::Loc;
use crate::types::Type;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

pub use clone::Mapping;

entity!(/** An operation of a body. */ Op);
entity!(/** A block of a body. */ Block);
entity!(/** A region of a body. */ Region);
entity!(/** An operation's result or a block's argument. */ Value);
entity!(/** One use of a value as an operand. */ Use);

/// An operation.
#[derive(Debug)]
pub struct OpData {
    pub name: Ident,
    pub loc: Loc,
    info: Option<u32>,
    operands: SmallVec<[Use; 3]>,
    results: SmallVec<[Value; 1]>,
    /// Registered: one slot per declared property, in definition order.
    props: SmallVec<[Option<Attr>; 2]>,
    /// Unregistered: the properties dictionary as read, if there was one.
    raw_props: Option<Attr>,
    /// Discardable attributes, a dictionary; `None` is the empty one.
    attrs: Option<Attr>,
    successors: SmallVec<[Block; 0]>,
    regions: SmallVec<[Region; 1]>,
    body: Option<Box<Body>>,
    block: Option<Block>,
    prev: Option<Op>,
    next: Option<Op>,
    order: u32,
}

#[derive(Debug, Default)]
pub(crate) struct BlockData {
    region: Option<Region>,
    prev: Option<Block>,
    next: Option<Block>,
    args: SmallVec<[Value; 2]>,
    first: Option<Op>,
    last: Option<Op>,
    ordered: bool,
}

#[derive(Debug, Default)]
pub(crate) struct RegionData {
    /// The operation that holds the region; `None` where that operation is the body's owner.
    parent: Option<Op>,
    first: Option<Block>,
    last: Option<Block>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueDef {
    Result(Op, u32),
    Arg(Block, u32),
}

#[derive(Debug)]
struct ValueData {
    ty: Type,
    def: ValueDef,
    loc: Option<Loc>,
    first_use: Option<Use>,
}

#[derive(Debug)]
struct UseData {
    value: Value,
    op: Op,
    index: u32,
    prev: Option<Use>,
    next: Option<Use>,
}

/// See the module.
#[derive(Default)]
pub struct Body {
    ops: Table<Op, OpData>,
    blocks: Table<Block, BlockData>,
    regions: Table<Region, RegionData>,
    values: Table<Value, ValueData>,
    uses: Table<Use, UseData>,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Body({} ops)", self.ops.len())
    }
}

/// What a new operation is made from.
#[derive(Debug)]
pub struct OpState {
    pub name: Ident,
    pub loc: Loc,
    pub operands: SmallVec<[Value; 4]>,
    pub result_types: SmallVec<[Type; 2]>,
    /// Properties by name. Of an unregistered operation they make its properties dictionary.
    pub props: SmallVec<[(Ident, Attr); 2]>,
    pub attrs: Option<Attr>,
    pub successors: SmallVec<[Block; 0]>,
    /// Regions of the body that the operation is made in; must be empty where `body` is given.
    pub regions: SmallVec<[Region; 1]>,
    /// The body of an isolated operation, with its regions in order.
    pub body: Option<(Box<Body>, SmallVec<[Region; 1]>)>,
}

impl OpState {
    pub fn new(name: Ident, loc: Loc) -> Self {
        Self {
            name,
            loc,
            operands: SmallVec::new(),
            result_types: SmallVec::new(),
            props: SmallVec::new(),
            attrs: None,
            successors: SmallVec::new(),
            regions: SmallVec::new(),
            body: None,
        }
    }
}

/// A top-level operation (usually `builtin.module`) with the body that holds it alone.
#[derive(Debug, Default)]
pub struct Module {
    pub top: Body,
    root: Option<Op>,
    pub aliases: Aliases,
    /// Entries of the resource section that no attribute of builtin's names, in the order read.
    pub resources: Vec<TextResource>,
}

/// An entry of the resource section that is kept as it stands: of a tool, or of a dialect that keeps blobs of its own.
#[derive(Clone, Debug)]
pub struct TextResource {
    pub external: bool,
    /// The tool or dialect.
    pub group: String,
    pub key: String,
    /// `true`, `"text"`, `"0x…"`.
    pub value: bytes::Bytes,
}

/// Names that a text gave to attributes and types of unregistered definitions (without the number at the end), kept for printing.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    pub attrs: FxHashMap<Attr, Ident>,
    pub types: FxHashMap<Type, Ident>,
}

impl Module {
    /// A module whose top-level operation is `root` of `top`.
    pub fn new(top: Body, root: Op) -> Self {
        Self { top, root: Some(root), aliases: Aliases::default(), resources: vec![] }
    }
    /// The top-level operation.
    ///
    /// # Panics
    /// On a default module, which has none.
    pub fn op(&self) -> &OpData {
        self.top.op(self.root.expect("an empty module"))
    }
    pub fn op_mut(&mut self) -> &mut OpData {
        let root = self.root.expect("an empty module");
        self.top.op_mut(root)
    }
    pub fn root(&self) -> Op {
        self.root.expect("an empty module")
    }
}

/// Name of the property that holds the sizes of operand segments.
pub const OPERAND_SEGMENTS: &str = "operandSegmentSizes";
/// Name of the property that holds the sizes of result segments.
pub const RESULT_SEGMENTS: &str = "resultSegmentSizes";

/// The sizes that an attribute lists; `None` where it is no list of them or they do not add up to `total`.
pub fn segment_sizes(ctx: &Context, attr: Attr, total: usize) -> Option<Vec<usize>> {
    let sizes: Vec<usize> = ctx.as_ints(attr)?.into_iter().map(usize::try_from).collect::<Result<_, _>>().ok()?;
    let sum = sizes.iter().try_fold(0usize, |sum, n| sum.checked_add(*n))?;
    (sum == total).then_some(sizes)
}

impl OpData {
    pub fn info<'c>(&self, ctx: &'c Context) -> Option<&'c OpInfo> {
        self.info.map(|i| ctx.op_info_at(i))
    }
    pub fn is_registered(&self) -> bool {
        self.info.is_some()
    }
    pub fn has(&self, ctx: &Context, traits: Traits) -> bool {
        self.info(ctx).is_some_and(|i| i.has(traits))
    }
    /// A declared property, or else a discardable attribute, of that name.
    pub fn attr(&self, ctx: &Context, name: &str) -> Option<Attr> {
        self.attr_ident(ctx, ctx.ident(name))
    }
    pub fn attr_ident(&self, ctx: &Context, name: Ident) -> Option<Attr> {
        if let Some(slot) = self.info(ctx).and_then(|i| i.slot(name)) {
            return self.props[slot];
        }
        let find = |dict: Option<Attr>| ctx.dict_entries(dict?).iter().find(|(k, _)| *k == name).map(|e| e.1);
        find(self.raw_props).or_else(|| find(self.attrs))
    }
    /// Sets a declared property, or where none is declared under the name, a discardable attribute; `None` removes it.
    pub fn set_attr(&mut self, ctx: &Context, name: &str, value: Option<Attr>) {
        let name = ctx.ident(name);
        if let Some(slot) = self.info(ctx).and_then(|i| i.slot(name)) {
            self.props[slot] = value;
            return;
        }
        let in_raw = self.raw_props.is_some_and(|d| ctx.dict_entries(d).iter().any(|(k, _)| *k == name));
        let target = if in_raw { &mut self.raw_props } else { &mut self.attrs };
        let mut entries: Vec<(Ident, Attr)> = target.map_or(vec![], |d| ctx.dict_entries(d).to_vec());
        entries.retain(|e| e.0 != name);
        entries.extend(value.map(|v| (name, v)));
        *target = if entries.is_empty() { None } else { Some(ctx.dict_attr(&entries)) };
    }
    /// Declared properties, one slot each, in definition order; empty for an unregistered operation.
    pub fn prop_slots(&self) -> &[Option<Attr>] {
        &self.props
    }
    pub fn set_prop_slot(&mut self, slot: usize, value: Option<Attr>) {
        self.props[slot] = value;
    }
    pub fn raw_props(&self) -> Option<Attr> {
        self.raw_props
    }
    pub fn set_raw_props(&mut self, props: Option<Attr>) {
        self.raw_props = props;
    }
    /// The dictionary of discardable attributes, `None` if empty.
    pub fn discardable(&self) -> Option<Attr> {
        self.attrs
    }
    pub fn set_discardable(&mut self, attrs: Option<Attr>) {
        self.attrs = attrs;
    }
    pub fn results(&self) -> &[Value] {
        &self.results
    }
    pub fn num_operands(&self) -> usize {
        self.operands.len()
    }
    /// How many operands each declared operand has, of an operation whose definition keeps [`OPERAND_SEGMENTS`]; `None` where they are
    /// missing, negative, or do not add up to the operands.
    pub fn operand_segments(&self, ctx: &Context) -> Option<Vec<usize>> {
        segment_sizes(ctx, self.attr(ctx, OPERAND_SEGMENTS)?, self.num_operands())
    }
    /// As [`OpData::operand_segments`], of the results.
    pub fn result_segments(&self, ctx: &Context) -> Option<Vec<usize>> {
        segment_sizes(ctx, self.attr(ctx, RESULT_SEGMENTS)?, self.results.len())
    }
    pub fn successors(&self) -> &[Block] {
        &self.successors
    }
    /// Regions, which live in [`OpData::body`] if there is one, else in the body that the operation is in.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }
    /// The body of an isolated operation.
    pub fn body(&self) -> Option<&Body> {
        self.body.as_deref()
    }
    pub fn body_mut(&mut self) -> Option<&mut Body> {
        self.body.as_deref_mut()
    }
    /// Takes the body and regions away, leaving the operation without regions.
    pub fn take_body(&mut self) -> Option<(Box<Body>, SmallVec<[Region; 1]>)> {
        Some((self.body.take()?, std::mem::take(&mut self.regions)))
    }
    pub fn put_body(&mut self, body: Box<Body>, regions: SmallVec<[Region; 1]>) {
        self.body = Some(body);
        self.regions = regions;
    }
    /// First block of the first region of an isolated operation.
    pub fn entry(&self) -> Option<Block> {
        self.body()?.region_first(*self.regions.first()?)
    }
    pub fn block(&self) -> Option<Block> {
        self.block
    }
}

impl Body {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn op(&self, op: Op) -> &OpData {
        self.ops.get(op)
    }
    pub fn op_mut(&mut self, op: Op) -> &mut OpData {
        self.ops.get_mut(op)
    }
    pub fn num_ops(&self) -> usize {
        self.ops.len()
    }
    /// A bound on [`Op::index`], for side tables.
    pub fn op_bound(&self) -> usize {
        self.ops.capacity()
    }
    pub fn value_bound(&self) -> usize {
        self.values.capacity()
    }
    pub fn block_bound(&self) -> usize {
        self.blocks.capacity()
    }
    pub fn name<'c>(&self, ctx: &'c Context, op: Op) -> &'c str {
        ctx.str(self.op(op).name)
    }
    /// Every isolated operation with its data, in no particular order but always the same.
    pub fn isolated_mut(&mut self) -> impl Iterator<Item = (Op, &mut OpData)> {
        self.ops.iter_mut().filter(|(_, d)| d.body.is_some())
    }

    pub fn operand(&self, op: Op, index: usize) -> Value {
        self.uses.get(self.op(op).operands[index]).value
    }
    pub fn operands(&self, op: Op) -> impl ExactSizeIterator<Item = Value> + DoubleEndedIterator + '_ {
        self.op(op).operands.iter().map(|u| self.uses.get(*u).value)
    }
    pub fn result(&self, op: Op, index: usize) -> Value {
        self.op(op).results[index]
    }
    pub fn ty(&self, value: Value) -> Type {
        self.values.get(value).ty
    }
    pub fn set_ty(&mut self, value: Value, ty: Type) {
        self.values.get_mut(value).ty = ty;
    }
    pub fn def(&self, value: Value) -> ValueDef {
        self.values.get(value).def
    }
    pub fn defining_op(&self, value: Value) -> Option<Op> {
        match self.def(value) {
            ValueDef::Result(op, _) => Some(op),
            ValueDef::Arg(..) => None,
        }
    }
    /// The block in which a value is defined; `None` for a result of a detached operation.
    pub fn value_block(&self, value: Value) -> Option<Block> {
        match self.def(value) {
            ValueDef::Result(op, _) => self.op(op).block,
            ValueDef::Arg(block, _) => Some(block),
        }
    }
    /// The location of a value: its operation's, or the block argument's own.
    pub fn value_loc(&self, value: Value) -> Option<Loc> {
        match self.def(value) {
            ValueDef::Result(op, _) => Some(self.op(op).loc),
            ValueDef::Arg(..) => self.values.get(value).loc,
        }
    }

    pub fn block_args(&self, block: Block) -> &[Value] {
        &self.blocks.get(block).args
    }
    pub fn block_region(&self, block: Block) -> Option<Region> {
        self.blocks.get(block).region
    }
    pub fn block_first(&self, block: Block) -> Option<Op> {
        self.blocks.get(block).first
    }
    pub fn block_last(&self, block: Block) -> Option<Op> {
        self.blocks.get(block).last
    }
    pub fn block_next(&self, block: Block) -> Option<Block> {
        self.blocks.get(block).next
    }
    pub fn next_op(&self, op: Op) -> Option<Op> {
        self.op(op).next
    }
    pub fn prev_op(&self, op: Op) -> Option<Op> {
        self.op(op).prev
    }
    pub fn region_first(&self, region: Region) -> Option<Block> {
        self.regions.get(region).first
    }
    pub fn region_last(&self, region: Region) -> Option<Block> {
        self.regions.get(region).last
    }
    /// The operation that holds a region; `None` where it is the body's owner.
    pub fn region_parent(&self, region: Region) -> Option<Op> {
        self.regions.get(region).parent
    }
    /// The operation around this one in the same body.
    pub fn parent_op(&self, op: Op) -> Option<Op> {
        self.region_parent(self.block_region(self.op(op).block?)?)
    }
    pub fn block_parent(&self, block: Block) -> Option<Op> {
        self.region_parent(self.block_region(block)?)
    }
    /// Operations of a block, in order.
    pub fn block_ops(&self, block: Block) -> impl Iterator<Item = Op> + '_ {
        std::iter::successors(self.block_first(block), |op| self.next_op(*op))
    }
    /// Blocks of a region, in order.
    pub fn blocks(&self, region: Region) -> impl Iterator<Item = Block> + '_ {
        std::iter::successors(self.region_first(region), |b| self.block_next(*b))
    }
    /// The body that holds an operation's regions, and the regions.
    pub fn op_regions(&self, op: Op) -> (&Body, &[Region]) {
        let data = self.op(op);
        (data.body.as_deref().unwrap_or(self), &data.regions)
    }
    /// Whether `a` stands before `b` in the same block. Renumbers the block when needed: amortised constant.
    pub fn is_before(&mut self, a: Op, b: Op) -> bool {
        let block = self.op(a).block;
        debug_assert_eq!(block, self.op(b).block);
        if let Some(block) = block {
            self.renumber(block);
        }
        self.op(a).order < self.op(b).order
    }
    fn renumber(&mut self, block: Block) {
        if self.blocks.get(block).ordered {
            return;
        }
        let mut next = self.blocks.get(block).first;
        let mut order = 0;
        while let Some(op) = next {
            let data = self.ops.get_mut(op);
            data.order = order;
            order += 1;
            next = data.next;
        }
        self.blocks.get_mut(block).ordered = true;
    }
}
