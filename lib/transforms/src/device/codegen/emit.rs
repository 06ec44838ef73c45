//! The function being built: nested scopes, operations at the end of the innermost, and pure operations as far out as their
//! operands allow, each once.

use edge_ir::{Attr, AttrKind, Block, Body, Builder, Context, Ident, InsertPoint, Loc, Op, Region, Type, TypeKind, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

#[derive(PartialEq, Eq, Hash)]
struct Key {
    name: Ident,
    operands: SmallVec<[Value; 3]>,
    props: Option<Attr>,
    ty: Type,
}

struct Scope {
    block: Block,
    /// The operation at the end of the block that holds the next scope.
    open: Option<Op>,
    known: FxHashMap<Key, Value>,
}

/// Comparisons of integers, by their numbers in `arith.cmpi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Eq = 0,
    Ne = 1,
    Slt = 2,
    Sle = 3,
    Sgt = 4,
    Sge = 5,
    Ult = 6,
    Ule = 7,
    Ugt = 8,
    Uge = 9,
}

/// See the module.
pub struct Emit<'c> {
    pub ctx: &'c Context,
    pub body: Body,
    pub region: Region,
    pub loc: Loc,
    /// `overflow<nsw>`.
    nsw: Attr,
    scopes: Vec<Scope>,
    depth: FxHashMap<Value, usize>,
    /// Numbers that index values are known to be multiples of.
    multiples: FxHashMap<Value, i64>,
    nonnegative: FxHashSet<Value>,
}

/// A loop that is open; close it with [`Emit::close_for`].
pub struct OpenFor {
    op: Op,
    pub iv: Value,
    pub args: Vec<Value>,
}

impl<'c> Emit<'c> {
    /// An empty function body with arguments of the given types.
    pub fn new(ctx: &'c Context, args: &[Type], loc: Loc) -> Self {
        let mut body = Body::new();
        let region = body.new_region();
        let block = body.add_block(region);
        let mut new = Self {
            ctx,
            body,
            region,
            loc,
            nsw: dialect_attr(ctx, "arith.overflow<nsw>"),
            scopes: vec![Scope { block, open: None, known: FxHashMap::default() }],
            depth: FxHashMap::default(),
            multiples: FxHashMap::default(),
            nonnegative: FxHashSet::default(),
        };
        for ty in args {
            let value = new.body.add_arg(block, *ty, loc);
            new.depth.insert(value, 0);
        }
        new
    }
    pub fn arg(&self, i: usize) -> Value {
        self.body.block_args(self.scopes[0].block)[i]
    }
    pub fn ty(&self, value: Value) -> Type {
        self.body.ty(value)
    }
    pub fn set_multiple(&mut self, value: Value, of: i64) {
        if of > 1 {
            self.multiples.insert(value, of);
        }
    }
    pub fn multiple(&self, value: Value) -> i64 {
        self.multiples.get(&value).copied().unwrap_or(1)
    }
    pub fn set_nonnegative(&mut self, value: Value) {
        self.nonnegative.insert(value);
    }
    pub fn value_is_nonnegative(&self, value: Value) -> bool {
        self.nonnegative.contains(&value)
    }
    /// How deep the scope is in which a value stands.
    pub fn depth(&self, value: Value) -> usize {
        self.depth.get(&value).copied().unwrap_or(0)
    }
    fn innermost(&self) -> usize {
        self.scopes.len() - 1
    }

    /// An operation at the end of the innermost scope.
    pub fn op(&mut self, name: &str, operands: &[Value], props: &[(&str, Attr)], results: &[Type]) -> Op {
        let depth = self.innermost();
        let at = InsertPoint::End(self.scopes[depth].block);
        let props: SmallVec<[(Ident, Attr); 2]> = props.iter().map(|(k, v)| (self.ctx.ident(k), *v)).collect();
        self.insert(at, depth, self.ctx.ident(name), operands, &props, None, results)
    }
    /// An operation at the end of the innermost scope, with the name and attributes of another.
    pub fn copy(&mut self, name: Ident, operands: &[Value], attrs: &(Vec<(Ident, Attr)>, Option<Attr>), results: &[Type]) -> Op {
        let depth = self.innermost();
        let at = InsertPoint::End(self.scopes[depth].block);
        self.insert(at, depth, name, operands, &attrs.0, attrs.1, results)
    }
    pub fn value(&mut self, name: &str, operands: &[Value], props: &[(&str, Attr)], ty: Type) -> Value {
        let op = self.op(name, operands, props, &[ty]);
        self.body.result(op, 0)
    }
    /// An operation without effects and without undefined behaviour, as far out as its operands allow; made once.
    pub fn pure(&mut self, name: &str, operands: &[Value], props: &[(&str, Attr)], ty: Type) -> Value {
        let props: SmallVec<[(Ident, Attr); 2]> = props.iter().map(|(k, v)| (self.ctx.ident(k), *v)).collect();
        let depth = operands.iter().map(|v| self.depth(*v)).max().unwrap_or(0).min(self.innermost());
        let dict = (!props.is_empty()).then(|| self.ctx.dict_attr(&props));
        let key = Key { name: self.ctx.ident(name), operands: operands.into(), props: dict, ty };
        if let Some(known) = self.scopes[depth].known.get(&key) {
            return *known;
        }
        let scope = &self.scopes[depth];
        let at = match scope.open.filter(|_| depth < self.innermost()) {
            Some(open) => InsertPoint::Before(open),
            None => InsertPoint::End(scope.block),
        };
        let op = self.insert(at, depth, key.name, operands, &props, None, &[ty]);
        let value = self.body.result(op, 0);
        self.scopes[depth].known.insert(key, value);
        value
    }
    #[allow(clippy::too_many_arguments)]
    fn insert(
        &mut self,
        at: InsertPoint,
        depth: usize,
        name: Ident,
        operands: &[Value],
        props: &[(Ident, Attr)],
        discardable: Option<Attr>,
        results: &[Type],
    ) -> Op {
        let mut state = edge_ir::body::OpState::new(name, self.loc);
        state.operands = operands.into();
        state.props = props.into();
        state.attrs = discardable;
        state.result_types = results.into();
        let mut builder = Builder { ctx: self.ctx, body: &mut self.body, at, loc: self.loc };
        let op = builder.create(state);
        for result in self.body.op(op).results() {
            self.depth.insert(*result, depth);
        }
        op
    }

    pub fn constant(&mut self, value: Attr, ty: Type) -> Value {
        self.pure("arith.constant", &[], &[("value", value)], ty)
    }
    pub fn index(&mut self, value: i64) -> Value {
        self.constant(self.ctx.index_attr(value), self.ctx.index())
    }
    pub fn int(&mut self, value: i64, ty: Type) -> Value {
        self.constant(self.ctx.int_attr(value as i128, ty), ty)
    }
    /// A vector of equal elements; of a constant, a constant.
    pub fn splat(&mut self, value: Value, lanes: i64) -> Value {
        let ty = self.ctx.vector(&[lanes], self.ty(value));
        let constant = self.body.defining_op(value).filter(|op| self.body.name(self.ctx, *op) == "arith.constant");
        if let Some(dense) = constant.and_then(|op| self.body.op(op).attr(self.ctx, "value")).and_then(|a| splat_attr(self.ctx, a, ty)) {
            return self.constant(dense, ty);
        }
        self.pure("vector.broadcast", &[value], &[], ty)
    }
    /// A constant vector of integers.
    pub fn int_vector(&mut self, values: &[i64], elem: Type) -> Value {
        let ty = self.ctx.vector(&[values.len() as i64], elem);
        let size = self.ctx.byte_size(elem).unwrap_or(8) as usize;
        let data: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()[..size].to_vec()).collect();
        let splat = values.windows(2).all(|w| w[0] == w[1]);
        let data = if splat { &data[..size.min(data.len())] } else { &data[..] };
        let dense = self.ctx.attr(AttrKind::Dense { ty, data, splat });
        self.constant(dense, ty)
    }
    pub fn is_vector(&self, value: Value) -> bool {
        matches!(self.ctx.type_kind(self.ty(value)), TypeKind::Vector { .. })
    }
    /// A comparison of integers.
    pub fn compare(&mut self, predicate: Compare, a: Value, b: Value) -> Value {
        let ty = match self.ctx.type_kind(self.ty(a)) {
            TypeKind::Vector { shape, .. } => self.ctx.vector(shape, self.ctx.i1()),
            _ => self.ctx.i1(),
        };
        self.pure("arith.cmpi", &[a, b], &[("predicate", self.ctx.i64_attr(predicate as i64))], ty)
    }
    /// The conjunction of two conditions, or of two masks.
    pub fn both(&mut self, a: Value, b: Value) -> Value {
        if a == b {
            return a;
        }
        let ty = self.ty(a);
        self.pure("arith.andi", &[a, b], &[], ty)
    }
    /// `a + b` or `a * b` and their like of integers, without signed overflow.
    pub fn nsw(&mut self, name: &str, a: Value, b: Value) -> Value {
        let flags = self.nsw;
        let ty = self.ty(a);
        self.pure(name, &[a, b], &[("overflowFlags", flags)], ty)
    }

    /// Opens `scf.for`; its block is the innermost scope until [`Emit::close_for`].
    pub fn open_for(&mut self, lower: Value, upper: Value, step: Value, inits: &[Value]) -> OpenFor {
        let types: Vec<Type> = inits.iter().map(|v| self.ty(*v)).collect();
        let region = self.body.new_region();
        let block = self.body.add_block(region);
        let depth = self.scopes.len();
        for ty in std::iter::once(self.ctx.index()).chain(types.iter().copied()) {
            let arg = self.body.add_arg(block, ty, self.loc);
            self.depth.insert(arg, depth);
        }
        let mut operands = vec![lower, upper, step];
        operands.extend(inits);
        let op = self.region_op("scf.for", &operands, &types, &[region]);
        self.enter(op, block);
        let args = self.body.block_args(block);
        OpenFor { op, iv: args[0], args: args[1..].to_vec() }
    }
    pub fn close_for(&mut self, open: OpenFor, yields: &[Value]) -> Vec<Value> {
        self.op("scf.yield", yields, &[], &[]);
        self.leave();
        self.body.op(open.op).results().to_vec()
    }
    /// Opens `scf.if`; the first branch is the innermost scope. `otherwise` makes a second branch.
    pub fn open_if(&mut self, condition: Value, results: &[Type], otherwise: bool) -> Op {
        let regions = [self.body.new_region(), self.body.new_region()];
        let block = self.body.add_block(regions[0]);
        if otherwise || !results.is_empty() {
            self.body.add_block(regions[1]);
        }
        let op = self.region_op("scf.if", &[condition], results, &regions);
        self.enter(op, block);
        op
    }
    /// Ends the first branch and starts the second.
    pub fn open_else(&mut self, op: Op, yields: &[Value]) {
        self.op("scf.yield", yields, &[], &[]);
        self.leave();
        if let Some(block) = self.body.region_first(self.body.op(op).regions()[1]) {
            self.enter(op, block);
        }
    }
    pub fn close_if(&mut self, op: Op, yields: &[Value]) -> Vec<Value> {
        self.op("scf.yield", yields, &[], &[]);
        self.leave();
        self.body.op(op).results().to_vec()
    }
    fn region_op(&mut self, name: &str, operands: &[Value], results: &[Type], regions: &[Region]) -> Op {
        let depth = self.innermost();
        let at = InsertPoint::End(self.scopes[depth].block);
        let mut state = edge_ir::body::OpState::new(self.ctx.ident(name), self.loc);
        state.operands = operands.into();
        state.result_types = results.into();
        state.regions = regions.iter().copied().collect();
        let op = Builder { ctx: self.ctx, body: &mut self.body, at, loc: self.loc }.create(state);
        for result in self.body.op(op).results() {
            self.depth.insert(*result, depth);
        }
        op
    }
    fn enter(&mut self, op: Op, block: Block) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.open = Some(op);
        }
        self.scopes.push(Scope { block, open: None, known: FxHashMap::default() });
    }
    fn leave(&mut self) {
        self.scopes.pop();
        if let Some(scope) = self.scopes.last_mut() {
            scope.open = None;
        }
    }
    /// An operation at the start of the function, before everything that hoisted values may use it for.
    pub fn at_entry(&mut self, name: &str, operands: &[Value], props: &[(&str, Attr)], ty: Type) -> Value {
        let props: SmallVec<[(Ident, Attr); 2]> = props.iter().map(|(k, v)| (self.ctx.ident(k), *v)).collect();
        let scope = &self.scopes[0];
        let at = match scope.open.filter(|_| self.innermost() > 0) {
            Some(open) => InsertPoint::Before(open),
            None => InsertPoint::End(scope.block),
        };
        let op = self.insert(at, 0, self.ctx.ident(name), operands, &props, None, &[ty]);
        self.body.result(op, 0)
    }
}

/// The splat of a scalar attribute; `None` for kinds that vectors do not hold.
fn splat_attr(ctx: &Context, scalar: Attr, ty: Type) -> Option<Attr> {
    let bytes: [u8; 16] = match ctx.attr_kind(scalar) {
        AttrKind::Integer { words, .. } => (words[0] as u128).to_le_bytes(),
        AttrKind::Float { bits, .. } => bits.to_le_bytes(),
        _ => return None,
    };
    let size = ctx.byte_size(ctx.type_kind(ty).elem()?)? as usize;
    Some(ctx.attr(AttrKind::Dense { ty, data: bytes.get(..size)?, splat: true }))
}

/// An attribute of a dialect by its text after the `#`.
pub fn dialect_attr(ctx: &Context, text: &str) -> Attr {
    let opaque = || ctx.attr(AttrKind::Opaque { text, ty: None, refs: &[] });
    edge_asm::parse_attr(ctx, &format!("#{text}")).unwrap_or_else(|_| opaque())
}
