//! Constants of the IR as tensors, and back.

use crate::tensor::Tensor;
use edge_dialect::core::ElemType;
use edge_dialect::instance::{elem_of, type_of};
use edge_ir::elements::count;
use edge_ir::{Attr, AttrKind, Context, Type};

/// The value of a constant attribute: dense elements, a resource (which is not copied), a number.
pub fn tensor_of(ctx: &Context, attr: Attr) -> Option<Tensor> {
    match ctx.attr_kind(attr) {
        AttrKind::Dense { ty, data, splat } => {
            let kind = ctx.type_kind(ty);
            let (shape, elem) = (kind.shape()?, elem_of(ctx, kind.elem()?)?);
            let data = if splat { data.repeat(usize::try_from(count(shape)?).ok()?) } else { data.to_vec() };
            Tensor::new(elem, shape, data).ok()
        }
        AttrKind::DenseResource { ty, key } => {
            let kind = ctx.type_kind(ty);
            Tensor::new(elem_of(ctx, kind.elem()?)?, kind.shape()?, ctx.resource(key)?).ok()
        }
        AttrKind::Integer { words, ty } => {
            let elem = elem_of(ctx, ty)?;
            let word = words.first().copied().unwrap_or(0);
            Tensor::new(elem, &[], word.to_le_bytes()[..elem.bytes() as usize].to_vec()).ok()
        }
        AttrKind::Float { bits, ty } => {
            let elem = elem_of(ctx, ty)?;
            Tensor::new(elem, &[], (bits as u64).to_le_bytes()[..elem.bytes() as usize].to_vec()).ok()
        }
        _ => None,
    }
}

/// A dense attribute of type `ty`, or a number where that is a scalar type; one element where all are the same.
pub fn attr_of(ctx: &Context, tensor: &Tensor, ty: Type) -> Option<Attr> {
    let Some(elem) = ctx.type_kind(ty).elem() else {
        let value = tensor.get(0).filter(|v| tensor.len() == 1 && elem_of(ctx, ty) == Some(v.ty()))?;
        return match value.to_int() {
            Some(v) => Some(ctx.int_attr(v, ty)),
            None => Some(ctx.attr(AttrKind::Float { bits: u128::from(value.bits()), ty })),
        };
    };
    if elem_of(ctx, elem) != Some(tensor.elem()) {
        return None;
    }
    let size = tensor.elem().bytes() as usize;
    let data = tensor.data();
    let first = data.get(..size).unwrap_or(&[]);
    let splat = !data.is_empty() && data.chunks_exact(size).all(|c| c == first);
    let ty = if ctx.type_kind(ty).shape() == Some(tensor.shape()) { ty } else { ctx.tensor(tensor.shape(), elem) };
    Some(ctx.attr(AttrKind::Dense { ty, data: if splat { first } else { data }, splat }))
}

/// The type of a tensor with these extents.
pub fn tensor_type(ctx: &Context, elem: ElemType, shape: &[i64]) -> Type {
    ctx.tensor(shape, type_of(ctx, elem))
}
