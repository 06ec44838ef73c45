//! Element types as types of the IR and back.

use crate::core::ElemType;
use edge_ir::{Context, FloatKind, Param, Signedness, Type, TypeKind};

/// The IR's type; signed integers are signless there.
pub fn type_of(ctx: &Context, elem: ElemType) -> Type {
    match elem {
        ElemType::Index => ctx.index(),
        ElemType::F16 => ctx.float(FloatKind::F16),
        ElemType::Bf16 => ctx.float(FloatKind::BF16),
        ElemType::F32 => ctx.f32(),
        ElemType::F64 => ctx.f64(),
        ElemType::I1 => ctx.i1(),
        _ if elem.is_unsigned() => ctx.int_with(elem.bits(), Signedness::Unsigned),
        _ => ctx.int(elem.bits()),
    }
}

/// The element type of an IR type; `None` for those that the tensor level does not have.
pub fn elem_of(ctx: &Context, ty: Type) -> Option<ElemType> {
    match ctx.type_kind(ty) {
        TypeKind::Index => Some(ElemType::Index),
        TypeKind::Float(kind) => ElemType::from_name(kind.keyword()),
        TypeKind::Integer { width: 1, sign: Signedness::Signless } => Some(ElemType::I1),
        TypeKind::Integer { width, sign } => {
            let unsigned = sign == Signedness::Unsigned;
            ElemType::ALL
                .into_iter()
                .find(|e| e.is_int() && *e != ElemType::Index && e.bits() == width && e.is_unsigned() == unsigned)
        }
        _ => None,
    }
}

/// Shape and element type of a tensor, vector or memref, or of a dialect's type whose parameters are a shape and an element type
/// (`!loop.view<4x?xf32>`).
pub fn shaped(ctx: &Context, ty: Type) -> Option<(&[i64], Type)> {
    match ctx.type_kind(ty) {
        TypeKind::Dialect { params: [Param::Shape(shape), Param::Type(elem)], .. } => Some((shape, *elem)),
        kind => Some((kind.shape()?, kind.elem()?)),
    }
}
