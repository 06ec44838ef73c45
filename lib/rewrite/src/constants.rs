//! Constants: what is known of a value, one operation for each constant of a body, and how new ones are made.

use edge_ir::{Attr, Block, Body, Context, Ident, Loc, Op, OpState, Region, Traits, Type, TypeKind, Value};
use rustc_hash::FxHashMap;

/// The property that holds the value of a constant-like operation.
pub const VALUE: &str = "value";

/// The value of a constant-like operation.
pub fn constant_value(ctx: &Context, body: &Body, op: Op) -> Option<Attr> {
    let data = body.op(op);
    if data.has(ctx, Traits::CONSTANT_LIKE) && data.num_operands() == 0 { data.attr(ctx, VALUE) } else { None }
}

/// The attribute that a value is known to be.
pub fn known(ctx: &Context, body: &Body, value: Value) -> Option<Attr> {
    constant_value(ctx, body, body.defining_op(value)?)
}

type Key = (Ident, Attr, Type);

/// The constants of one body, uniqued in the entry block of each region of its owner.
#[derive(Default)]
pub struct Constants {
    ops: FxHashMap<(Region, Key), Op>,
    /// By region: the constant that stands last among those at the head of the entry block.
    last: FxHashMap<Region, Op>,
}

/// The region of the body's owner that an operation is in, however deep.
fn owner_region(body: &Body, mut block: Block) -> Option<Region> {
    loop {
        let region = body.block_region(block)?;
        match body.region_parent(region) {
            None => return Some(region),
            Some(parent) => block = body.op(parent).block()?,
        }
    }
}

impl Constants {
    /// Moves the constants of a body to the head of its entry blocks, one operation for equal ones. Says whether that changed it.
    pub fn gather(ctx: &Context, body: &mut Body, ops: &[Op], erased: &mut Vec<Op>) -> (Self, bool) {
        let (mut constants, mut changed) = (Self::default(), false);
        for op in ops {
            let Some((region, key)) = constants.key(ctx, body, *op) else { continue };
            match constants.ops.get(&(region, key)).copied() {
                Some(first) => {
                    let (old, new) = (body.result(*op, 0), body.result(first, 0));
                    body.replace_all_uses(old, new);
                    body.erase(*op);
                    erased.push(*op);
                    changed = true;
                }
                None => {
                    changed |= constants.place(body, region, *op);
                    constants.ops.insert((region, key), *op);
                }
            }
        }
        (constants, changed)
    }
    fn key(&self, ctx: &Context, body: &Body, op: Op) -> Option<(Region, Key)> {
        let data = body.op(op);
        let value = constant_value(ctx, body, op)?;
        let &[result] = data.results() else { return None };
        // One with attributes of its own (a device, a name) is not the same as one without.
        if data.discardable().is_some() {
            return None;
        }
        Some((owner_region(body, data.block()?)?, (data.name, value, body.ty(result))))
    }
    /// Puts a constant behind the others; says whether it had to be moved.
    fn place(&mut self, body: &mut Body, region: Region, op: Op) -> bool {
        let Some(entry) = body.region_first(region) else { return false };
        let before = body.prev_op(op);
        let stays = body.op(op).block() == Some(entry) && before == self.last.get(&region).copied();
        if !stays {
            body.detach(op);
            match self.last.get(&region) {
                Some(last) => body.insert_after(*last, op),
                None => body.prepend(entry, op),
            }
        }
        self.last.insert(region, op);
        !stays
    }
    /// Forgets an operation that is about to be erased.
    pub fn forget(&mut self, ctx: &Context, body: &Body, op: Op) {
        let Some((region, key)) = self.key(ctx, body, op) else { return };
        if self.ops.get(&(region, key)) == Some(&op) {
            self.ops.remove(&(region, key));
        }
        if self.last.get(&region) == Some(&op) {
            let before = body.prev_op(op).filter(|p| constant_value(ctx, body, *p).is_some());
            match before {
                Some(before) => self.last.insert(region, before),
                None => self.last.remove(&region),
            };
        }
    }
    /// A constant of a type, made at need, for use in `block`; `like` is the operation in whose dialect it should be.
    pub fn get(&mut self, ctx: &Context, body: &mut Body, like: Op, value: Attr, ty: Type, loc: Loc) -> Option<Op> {
        let name = constant_op(ctx, body.op(like).name, ty)?;
        let region = owner_region(body, body.op(like).block()?)?;
        let key = (region, (name, value, ty));
        if let Some(op) = self.ops.get(&key) {
            return Some(*op);
        }
        let mut state = OpState::new(name, loc);
        state.props.push((ctx.ident(VALUE), value));
        state.result_types.push(ty);
        let op = body.create(ctx, state);
        let entry = body.region_first(region)?;
        match self.last.get(&region) {
            Some(last) => body.insert_after(*last, op),
            None => body.prepend(entry, op),
        }
        self.last.insert(region, op);
        self.ops.insert(key, op);
        Some(op)
    }
}

/// The operation that makes a constant: the constant-like one of the same dialect, else that of the arithmetic dialect. Tensors stay
/// with the dialect of what is folded.
fn constant_op(ctx: &Context, like: Ident, ty: Type) -> Option<Ident> {
    let dialect = ctx.op_info(like)?.dialect;
    let makes = |d: Ident| {
        let slot = ctx.ident(VALUE);
        let fits = |i: &&edge_ir::OpInfo| i.dialect == d && i.has(Traits::CONSTANT_LIKE) && i.slot(slot).is_some();
        ctx.registered_ops().find(fits).map(|i| i.name)
    };
    let arith = ctx.ident("arith");
    let scalar = !matches!(ctx.type_kind(ty), TypeKind::Tensor { .. });
    let order = if scalar { [arith, dialect] } else { [dialect, arith] };
    order.into_iter().find_map(makes)
}
