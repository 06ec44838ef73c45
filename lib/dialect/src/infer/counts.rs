//! How many values a variadic has, where that follows from a map or from a type.

use super::Attrs;
use crate::model::{Counted, OpDef};
use edge_ir::{Context, Type};

/// The number of values of each declared operand, of which there are `total` with the types `ty`. `None` where no operand says what
/// counts it, or where the numbers do not fit.
pub fn counted_operands(
    ctx: &Context,
    def: &OpDef,
    attrs: Attrs<'_>,
    ty: &dyn Fn(usize) -> Type,
    total: usize,
) -> Option<Vec<usize>> {
    if def.operands.iter().all(|o| o.counted.is_none()) {
        return None;
    }
    let (mut at, mut starts, mut sizes) = (0, vec![], vec![]);
    for (n, spec) in def.operands.iter().enumerate() {
        starts.push(at);
        let size = match spec.counted {
            Some(Counted::Inputs(field)) => {
                let map = ctx.as_map(attrs(&def.field_at(field).name)?)?;
                (map.dims + map.syms) as usize
            }
            Some(Counted::Rank(operand)) => {
                let start = *starts.get(operand).filter(|s| **s < at)?;
                ctx.type_kind(ty(start)).shape()?.len()
            }
            None if spec.is_variable() => {
                let after = def.operands[n + 1..].iter().filter(|o| !o.is_variable()).count();
                total.checked_sub(at + after)?
            }
            None => 1,
        };
        sizes.push(size);
        at = at.checked_add(size).filter(|at| *at <= total)?;
    }
    (at == total).then_some(sizes)
}
