//! Types that are made from others by more than their parts.

use edge_ir::{AffineKind, Attr, Context, Type, TypeKind};

/// The vector with the extents of one and then of the other; the first where the second is a scalar.
pub fn outer(ctx: &Context, a: Type, b: Type) -> Option<Type> {
    let TypeKind::Vector { shape, elem, .. } = ctx.type_kind(a) else { return None };
    let TypeKind::Vector { shape: more, .. } = ctx.type_kind(b) else { return Some(a) };
    let dims = (0..shape.len()).map(|n| dim(ctx, a, n)).chain((0..more.len()).map(|n| dim(ctx, b, n)));
    Some(vector(ctx, dims, elem))
}

/// The vector of `elem` that a map turns into the extents of `of`. Without a map it has the same extents; it has at least one.
pub fn unmapped(ctx: &Context, of: Type, map: Option<Attr>, elem: Type) -> Option<Type> {
    let rank = ctx.type_kind(of).shape()?.len();
    let mut from: Vec<(u32, usize)> = (0..rank).map(|n| (n as u32, n)).collect();
    if let Some(map) = map {
        let results = ctx.as_map(map)?.results;
        let dims = results.iter().take(rank).enumerate().filter_map(|(n, e)| match ctx.affine_kind(*e) {
            AffineKind::Dim(d) => Some((d, n)),
            _ => None,
        });
        from = dims.collect();
        from.sort_unstable();
    }
    let mut dims: Vec<(i64, bool)> = from.into_iter().map(|(_, n)| dim(ctx, of, n)).collect();
    if dims.is_empty() {
        dims.push((1, false));
    }
    Some(vector(ctx, dims, elem))
}

/// The vector with another first extent.
pub fn leading(ctx: &Context, of: Type, first: usize) -> Option<Type> {
    let TypeKind::Vector { shape, elem, .. } = ctx.type_kind(of) else { return None };
    let rest = (1..shape.len()).map(|n| dim(ctx, of, n));
    Some(vector(ctx, std::iter::once((i64::try_from(first).ok()?, false)).chain(rest), elem))
}

/// An extent of a vector, and whether it is scalable.
fn dim(ctx: &Context, ty: Type, n: usize) -> (i64, bool) {
    match ctx.type_kind(ty) {
        TypeKind::Vector { shape, scalable, .. } => (shape[n], scalable.get(n).copied().unwrap_or(false)),
        kind => (kind.shape().map_or(1, |s| s[n]), false),
    }
}

fn vector(ctx: &Context, dims: impl IntoIterator<Item = (i64, bool)>, elem: Type) -> Type {
    let (shape, mut scalable): (Vec<i64>, Vec<bool>) = dims.into_iter().unzip();
    if !scalable.contains(&true) {
        scalable.clear();
    }
    ctx.ty(TypeKind::Vector { shape: &shape, scalable: &scalable, elem })
}
