//! Operations on tensors that only make or view them.

use crate::interp::{Interp, NOT_INTERPRETED, STOPPED};
use crate::tensor::{Tensor, count};
use edge_dialect::core::Scalar;
use edge_dialect::instance::elem_of;
use edge_ir::types::DYNAMIC;
use edge_ir::{Body, Op, Type};
use edge_support::Reported;

/// The extents of a type, the dynamic ones from index tensors in order.
pub(crate) fn extents(interp: &Interp<'_>, ty: Type, dynamic: &[Tensor]) -> Option<Vec<i64>> {
    let mut given = dynamic.iter().map(|t| t.get(0).and_then(|s| s.to_int()).and_then(|v| i64::try_from(v).ok()));
    let shape = interp.ctx.type_kind(ty).shape()?;
    shape.iter().map(|d| if *d == DYNAMIC { given.next().flatten() } else { Some(*d) }).collect()
}

/// The result of `tensor.empty`, `tensor.dim`, `tensor.cast` and `loop.reshape`; `None` for other operations.
pub(crate) fn shape_op(
    interp: &Interp<'_>,
    body: &Body,
    op: Op,
    name: &str,
    operands: &[Tensor],
) -> Option<Result<Tensor, Reported>> {
    let data = body.op(op);
    let fail = |message: String| Some(interp.fail(data.loc, STOPPED, format!("`{name}`: {message}")));
    let ty = body.ty(*data.results().first()?);
    let first = operands.first();
    match (name, first) {
        ("tensor.empty", _) => {
            let elem = elem_of(interp.ctx, interp.ctx.elem_or_self(ty));
            let (Some(elem), Some(shape)) = (elem, extents(interp, ty, operands)) else {
                return Some(interp.fail(data.loc, NOT_INTERPRETED, "a tensor of this type"));
            };
            // All bits set: a NaN of every float type, so that a read before a write shows.
            match count(elem, &shape).map(|n| Tensor::new(elem, &shape, vec![poison(elem); n * elem.bytes() as usize])) {
                Some(Ok(t)) => Some(Ok(t)),
                _ => fail(format!("a tensor of shape {shape:?} is not possible or too large")),
            }
        }
        ("loop.reshape", Some(tensor)) => {
            let Some(shape) = extents(interp, ty, &operands[1..]) else { return fail("an extent is missing".into()) };
            match tensor.view(tensor.elem(), &shape) {
                Ok(t) => Some(Ok(t)),
                Err(e) => fail(e),
            }
        }
        ("tensor.cast", Some(tensor)) => Some(Ok(tensor.clone())),
        ("tensor.dim", Some(tensor)) => {
            let axis = operands.get(1).and_then(|t| t.get(0)).and_then(|s| s.to_int()).and_then(|v| usize::try_from(v).ok());
            match axis.and_then(|a| tensor.shape().get(a)) {
                Some(n) => Some(Ok(Tensor::scalar(Scalar::index(*n)))),
                None => fail("there is no such axis".into()),
            }
        }
        _ => None,
    }
}

pub(crate) fn poison(elem: edge_dialect::core::ElemType) -> u8 {
    if elem == edge_dialect::core::ElemType::I1 { 1 } else { 0xff }
}
