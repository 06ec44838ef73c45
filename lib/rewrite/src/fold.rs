//! Folding: what an operation's results are where its operands, or their relations, are known.

use edge_ir::{Attr, Body, Context, Op, Traits, Value};

/// What a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folded {
    /// A value that exists already.
    Value(Value),
    /// A constant of the result's type.
    Constant(Attr),
}

/// Evaluates operations. The interpreter stands behind it; rewriting does not know it.
pub trait Folder: Sync {
    /// The results of an operation, given the operands that are constants; `None` where it cannot say, or where the result is
    /// larger than is worth holding.
    fn fold(&self, ctx: &Context, body: &Body, op: Op, known: &[Option<Attr>]) -> Option<Vec<Folded>>;
}

/// Folds nothing.
pub struct NoFolds;

impl Folder for NoFolds {
    fn fold(&self, _: &Context, _: &Body, _: Op, _: &[Option<Attr>]) -> Option<Vec<Folded>> {
        None
    }
}

/// Folds that follow from traits alone: `f(f(x)) = x` of an involution; `f(f(x)) = f(x)` and `f(x, x) = x` of an idempotent operation.
pub(crate) fn by_traits(ctx: &Context, body: &Body, op: Op) -> Option<Value> {
    let data = body.op(op);
    let &[result] = data.results() else { return None };
    let (involution, idempotent) = (data.has(ctx, Traits::INVOLUTION), data.has(ctx, Traits::IDEMPOTENT));
    let same_type = |v: Value| body.ty(v) == body.ty(result);
    match data.num_operands() {
        1 if involution || idempotent => {
            let operand = body.operand(op, 0);
            let inner = body.defining_op(operand)?;
            let inner_data = body.op(inner);
            let equal =
                inner_data.name == data.name && inner_data.prop_slots() == data.prop_slots() && inner_data.num_operands() == 1;
            let to = if involution { body.operands(inner).next()? } else { operand };
            (equal && same_type(to)).then_some(to)
        }
        2 if idempotent => {
            let (a, b) = (body.operand(op, 0), body.operand(op, 1));
            (a == b && same_type(a)).then_some(a)
        }
        _ => None,
    }
}
