//! What generic passes may do with an operation, by its traits.

use edge_ir::{Body, Context, Op, Traits};

/// Memory effects that an operation may have, those of its regions included where the operation says that they are its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// It may read memory.
    pub reads: bool,
    /// It may write memory.
    pub writes: bool,
    /// It may allocate memory.
    pub allocates: bool,
    /// Nothing is known: an unregistered operation, or one that states no effects.
    pub unknown: bool,
}

impl Effects {
    /// No effect at all.
    pub const NONE: Effects = Effects { reads: false, writes: false, allocates: false, unknown: false };
    const UNKNOWN: Effects = Effects { unknown: true, ..Effects::NONE };

    fn or(self, other: Effects) -> Effects {
        Effects {
            reads: self.reads || other.reads,
            writes: self.writes || other.writes,
            allocates: self.allocates || other.allocates,
            unknown: self.unknown || other.unknown,
        }
    }
    /// Touches no memory at all.
    pub fn none(self) -> bool {
        self == Effects::NONE
    }
    /// May change memory that others see.
    pub fn may_write(self) -> bool {
        self.writes || self.unknown
    }
}

/// The effects of an operation.
pub fn effects(ctx: &Context, body: &Body, op: Op) -> Effects {
    let data = body.op(op);
    let has = |t| data.has(ctx, t);
    if !data.is_registered() {
        return Effects::UNKNOWN;
    }
    let own =
        Effects { reads: has(Traits::READS), writes: has(Traits::WRITES), allocates: has(Traits::ALLOCATES), unknown: false };
    if has(Traits::RECURSIVE_EFFECTS) {
        return inner_ops(body, op, |inner_body, inner| effects(ctx, inner_body, inner)).fold(own, Effects::or);
    }
    let stated = has(Traits::PURE) || has(Traits::NO_EFFECT) || has(Traits::CONSTANT_LIKE) || own != Effects::NONE;
    // A terminator without stated effects moves values and nothing else.
    if stated || has(Traits::TERMINATOR) { own } else { Effects::UNKNOWN }
}

fn inner_ops<'b, T: 'b>(body: &'b Body, op: Op, f: impl Fn(&'b Body, Op) -> T + 'b) -> impl Iterator<Item = T> + 'b {
    let (inner, regions) = body.op_regions(op);
    let blocks = regions.iter().flat_map(move |r| inner.blocks(*r));
    blocks.flat_map(move |b| inner.block_ops(b)).map(move |op| f(inner, op))
}

/// Whether an operation may be erased when its results are unused.
pub fn is_erasable(ctx: &Context, body: &Body, op: Op) -> bool {
    let data = body.op(op);
    if data.has(ctx, Traits::TERMINATOR) || data.has(ctx, Traits::SYMBOL) || data.has(ctx, Traits::SYMBOL_TABLE) {
        return false;
    }
    !effects(ctx, body, op).may_write()
}

/// Whether nothing is lost when the operation is erased.
pub fn is_dead(ctx: &Context, body: &Body, op: Op) -> bool {
    body.op(op).results().iter().all(|r| body.is_unused(*r)) && is_erasable(ctx, body, op)
}

/// Whether the operation always gives the same results for the same operands and may be executed where it was not before.
pub fn is_speculatable(ctx: &Context, body: &Body, op: Op) -> bool {
    let data = body.op(op);
    if data.has(ctx, Traits::PURE) || data.has(ctx, Traits::CONSTANT_LIKE) {
        return data.regions().is_empty() || inner_ops(body, op, |b, o| is_speculatable_inside(ctx, b, o)).all(|x| x);
    }
    let recursive = data.has(ctx, Traits::RECURSIVE_EFFECTS) && effects(ctx, body, op).none();
    recursive && inner_ops(body, op, |b, o| is_speculatable_inside(ctx, b, o)).all(|x| x)
}

fn is_speculatable_inside(ctx: &Context, body: &Body, op: Op) -> bool {
    body.op(op).has(ctx, Traits::TERMINATOR) || is_speculatable(ctx, body, op)
}
