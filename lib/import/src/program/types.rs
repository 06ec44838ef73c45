//! Element types as types of the IR and back.

use edge_dialect::core::ElemType;
use edge_ir::{Context, FloatKind, Signedness, Type, TypeKind};

/// The IR's type; signed integers are signless there.
pub fn type_of_elem(ctx: &Context, elem: ElemType) -> Type {
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

/// The element type of an IR type; `None` for those that tensors of the tensor level do not have.
pub fn elem_of_type(ctx: &Context, ty: Type) -> Option<ElemType> {
    match ctx.type_kind(ty) {
        TypeKind::Index => Some(ElemType::Index),
        TypeKind::Float(kind) => ElemType::from_name(kind.keyword()),
        TypeKind::Integer { width, sign } => {
            let prefix = if sign == Signedness::Unsigned { "ui" } else { "i" };
            ElemType::from_name(&format!("{prefix}{width}"))
        }
        _ => None,
    }
}
