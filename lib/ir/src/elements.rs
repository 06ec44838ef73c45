//! Elements of dense attributes.

use crate::attrs::{Attr, AttrKind, float_value};
use crate::context::Context;
use crate::types::{DYNAMIC, Signedness, Type, TypeKind};

/// Number of elements of a static shape; `None` if a dimension is dynamic or the product overflows.
pub fn count(shape: &[i64]) -> Option<u64> {
    shape.iter().try_fold(1u64, |n, d| if *d == DYNAMIC || *d < 0 { None } else { n.checked_mul(*d as u64) })
}

/// Little-endian integers of `elem`'s width, sign- or zero-extended as the type says.
pub fn ints(ctx: &Context, elem: Type, data: &[u8]) -> Option<Vec<i64>> {
    let (signed, width) = match ctx.type_kind(elem) {
        TypeKind::Integer { width, sign } => (width != 1 && sign != Signedness::Unsigned, width),
        TypeKind::Index => (true, 64),
        _ => return None,
    };
    let size = ctx.byte_size(elem)? as usize;
    if size > 8 {
        return None;
    }
    let shift = 64 - width.clamp(1, 64);
    let read = |c: &[u8]| {
        let mut bytes = [0u8; 8];
        bytes[..size].copy_from_slice(c);
        let raw = u64::from_le_bytes(bytes) << shift;
        if signed { raw as i64 >> shift } else { (raw >> shift) as i64 }
    };
    Some(data.chunks_exact(size).map(read).collect())
}

/// All elements of a dense integer attribute (or resource), splats spread out.
pub fn dense_ints(ctx: &Context, attr: Attr) -> Option<Vec<i64>> {
    let (ty, data, splat) = dense(ctx, attr)?;
    let kind = ctx.type_kind(ty);
    let values = ints(ctx, kind.elem()?, &data)?;
    Some(if splat { vec![values[0]; count(kind.shape()?)? as usize] } else { values })
}

/// All elements of a dense float attribute (or resource) as f64, splats spread out.
pub fn dense_floats(ctx: &Context, attr: Attr) -> Option<Vec<f64>> {
    let (ty, data, splat) = dense(ctx, attr)?;
    let kind = ctx.type_kind(ty);
    let TypeKind::Float(format) = ctx.type_kind(kind.elem()?) else { return None };
    let size = ctx.byte_size(kind.elem()?)? as usize;
    let read = |c: &[u8]| {
        let mut bytes = [0u8; 16];
        bytes[..size].copy_from_slice(c);
        float_value(u128::from_le_bytes(bytes), format)
    };
    let values: Vec<f64> = data.chunks_exact(size).map(read).collect::<Option<_>>()?;
    Some(if splat { vec![values[0]; count(kind.shape()?)? as usize] } else { values })
}

/// Type, bytes and whether one element stands for all, of a dense attribute or a dense resource.
pub fn dense(ctx: &Context, attr: Attr) -> Option<(Type, std::borrow::Cow<'_, [u8]>, bool)> {
    match ctx.attr_kind(attr) {
        AttrKind::Dense { ty, data, splat } => Some((ty, data.into(), splat)),
        AttrKind::DenseResource { ty, key } => Some((ty, ctx.resource(key)?.to_vec().into(), false)),
        _ => None,
    }
}
