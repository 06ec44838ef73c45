//! Values of properties that are not given.

use super::Attrs;
use crate::model::{
    AttrConstraint, BinaryOp, ElementKind, EnumDef, EnumStorage, Expr, ExprNode, OPERAND_SEGMENTS, OpDef, PropertyDef,
};
use edge_ir::{AffineExpr, Attr, AttrKind, Context, Param, Type};

/// The value that a property has where none is given; `None` if it has no default. `types` gives the type of an operand or result by
/// name, `extents` the number of sizes in a pack, `attrs` the properties that are known.
pub fn default_value(
    ctx: &Context,
    def: &OpDef,
    property: &PropertyDef,
    types: &dyn Fn(&str) -> Option<Type>,
    extents: &dyn Fn(&str) -> Option<usize>,
    attrs: Attrs<'_>,
) -> Option<Attr> {
    if property.constraint == AttrConstraint::Flag {
        return Some(ctx.bool_attr(false));
    }
    let expr = property.default.as_ref()?;
    let _ = def;
    if let ExprNode::Call(name, args) = &expr.node {
        return computed(ctx, name, args, types, attrs);
    }
    match (&property.each, &property.constraint) {
        (Some(pack), AttrConstraint::DenseArray(kind)) if !matches!(expr.node, ExprNode::List(_)) => {
            let one = literal(ctx, element(*kind)?, expr)?;
            let bytes = item_bytes(ctx, one)?;
            Some(ctx.attr(AttrKind::DenseArray { elem: ctx.attr_type(one)?, data: &bytes.repeat(extents(pack)?) }))
        }
        (_, constraint) => literal(ctx, constraint.clone(), expr),
    }
}

/// Defaults that follow from types: `minor_identity(a, b)` maps the last dimensions of `a` to those of `b`; `all_false(a)` has one
/// `false` for each dimension.
fn computed(ctx: &Context, name: &str, args: &[Expr], types: &dyn Fn(&str) -> Option<Type>, attrs: Attrs<'_>) -> Option<Attr> {
    let rank = |n: usize| match &args.get(n)?.node {
        ExprNode::Name(name) => ctx.type_kind(types(name)?).shape().map(<[i64]>::len),
        _ => None,
    };
    match name {
        "minor_identity" => {
            let (from, to) = (rank(0)?, rank(1)?);
            let results: Vec<_> = (from.checked_sub(to)?..from).map(|d| ctx.dim(d as u32)).collect();
            Some(ctx.affine_map(from as u32, 0, &results))
        }
        "maps" => {
            let (dims, maps) = args.split_first()?;
            let (ExprNode::List(dims), maps) = (&dims.node, maps) else { return None };
            let made: Option<Vec<Attr>> = maps.iter().map(|m| map(ctx, dims, m, attrs)).collect();
            Some(ctx.array_attr(&made?))
        }
        "identity_maps" => {
            let rank = rank(0)? as u32;
            let dims: Vec<_> = (0..rank).map(|d| ctx.dim(d)).collect();
            let operands: i64 = attrs(OPERAND_SEGMENTS).and_then(|a| ctx.as_ints(a))?.iter().sum();
            Some(ctx.array_attr(&vec![ctx.affine_map(rank, 0, &dims); usize::try_from(operands).ok()?]))
        }
        "all_false" => Some(ctx.array_attr(&vec![ctx.bool_attr(false); rank(0)?])),
        _ => None,
    }
}

/// The map from dimensions by name to a list of expressions.
fn map(ctx: &Context, dims: &[Expr], results: &Expr, attrs: Attrs<'_>) -> Option<Attr> {
    let ExprNode::List(results) = &results.node else { return None };
    let results: Option<Vec<_>> = results.iter().map(|e| affine(ctx, dims, e, attrs)).collect();
    Some(ctx.affine_map(dims.len() as u32, 0, &results?))
}

/// Sums and products of dimensions, numbers, and `item(p, n, default)`: an item of a property.
fn affine(ctx: &Context, dims: &[Expr], e: &Expr, attrs: Attrs<'_>) -> Option<AffineExpr> {
    Some(match &e.node {
        ExprNode::Name(_) => ctx.dim(dims.iter().position(|d| d.node == e.node)? as u32),
        ExprNode::Int(n) => ctx.cst(*n),
        ExprNode::Binary(op, a, b) => {
            let (a, b) = (affine(ctx, dims, a, attrs)?, affine(ctx, dims, b, attrs)?);
            match op {
                BinaryOp::Add => ctx.add(a, b),
                BinaryOp::Mul => ctx.mul(a, b),
                _ => return None,
            }
        }
        ExprNode::Call(name, args) if name == "item" => {
            let [
                Expr { node: ExprNode::Name(p), .. },
                Expr { node: ExprNode::Int(n), .. },
                Expr { node: ExprNode::Int(default), .. },
            ] = &args[..]
            else {
                return None;
            };
            let items = attrs(p).and_then(|a| ctx.as_ints(a));
            ctx.cst(items.map_or(Some(*default), |i| i.get(*n as usize).or(i.last()).copied())?)
        }
        _ => return None,
    })
}

fn element(kind: ElementKind) -> Option<AttrConstraint> {
    use edge_ir::{FloatKind, Signedness::Signless};
    let int = |width| Some(AttrConstraint::Integer { width, sign: Signless });
    match kind {
        ElementKind::I1 => Some(AttrConstraint::Bool),
        ElementKind::I8 => int(8),
        ElementKind::I16 => int(16),
        ElementKind::I32 => int(32),
        ElementKind::I64 => int(64),
        ElementKind::F32 => Some(AttrConstraint::Float(FloatKind::F32)),
        ElementKind::F64 => Some(AttrConstraint::Float(FloatKind::F64)),
    }
}

/// The bytes of a number in a dense array.
fn item_bytes(ctx: &Context, attr: Attr) -> Option<Vec<u8>> {
    let size = ctx.byte_size(ctx.attr_type(attr)?)? as usize;
    match ctx.attr_kind(attr) {
        AttrKind::Integer { words, .. } => Some(words.first()?.to_le_bytes()[..size.min(8)].to_vec()),
        AttrKind::Float { bits, .. } => Some(bits.to_le_bytes()[..size.min(16)].to_vec()),
        _ => None,
    }
}

/// A literal of a definition as an attribute that the constraint wants.
fn literal(ctx: &Context, constraint: AttrConstraint, expr: &Expr) -> Option<Attr> {
    use AttrConstraint as A;
    Some(match (&constraint, &expr.node) {
        (A::Enum(e), ExprNode::Name(case) | ExprNode::Str(case)) => enum_attr(ctx, e, e.value(case)?),
        (A::Bool | A::Flag, ExprNode::Name(word)) => ctx.bool_attr(word == "true"),
        (A::Bool, ExprNode::Int(i)) => ctx.bool_attr(*i != 0),
        (A::Integer { width, sign }, ExprNode::Int(i)) => ctx.int_attr(*i as i128, ctx.int_with(*width, *sign)),
        (A::Index, ExprNode::Int(i)) => ctx.index_attr(*i),
        (A::Float(kind), ExprNode::Int(i)) => ctx.float_attr(*i as f64, ctx.float(*kind))?,
        (A::Float(kind), ExprNode::Float(x)) => ctx.float_attr(*x, ctx.float(*kind))?,
        (A::Str | A::SymbolName, ExprNode::Str(s)) => ctx.str_attr(s),
        (A::SymbolRef { .. }, ExprNode::Str(s)) => ctx.symbol_attr(s),
        (A::Range(inner, ..) | A::PowerOfTwo(inner) | A::OneOf(inner, _), _) => literal(ctx, (**inner).clone(), expr)?,
        (A::Or(parts), _) => parts.iter().find_map(|p| literal(ctx, p.clone(), expr))?,
        (A::Array(inner), ExprNode::List(items)) => {
            let items: Option<Vec<Attr>> = items.iter().map(|i| literal(ctx, (**inner).clone(), i)).collect();
            ctx.array_attr(&items?)
        }
        (A::DenseArray(kind), ExprNode::List(items)) => {
            let mut data = vec![];
            for item in items {
                data.extend(item_bytes(ctx, literal(ctx, element(*kind)?, item)?)?);
            }
            ctx.attr(AttrKind::DenseArray { elem: elem_type(ctx, *kind), data: &data })
        }
        (A::Dict, ExprNode::List(_)) => ctx.dict_attr(&[]),
        (A::Dialect(name), ExprNode::Attr(text)) if text.trim_start_matches('#') != name => return None,
        (A::Dialect(_) | A::Any, ExprNode::Attr(text)) => {
            let name = text.trim_start_matches('#');
            let params = crate::Registry::of(ctx).and_then(|r| r.attr_def(name)).map_or(0, |d| d.params.len());
            ctx.attr(AttrKind::Dialect { name: ctx.ident(name), params: &vec![Param::None; params] })
        }
        _ => return None,
    })
}

fn elem_type(ctx: &Context, kind: ElementKind) -> Type {
    match kind {
        ElementKind::I1 => ctx.i1(),
        ElementKind::I8 => ctx.int(8),
        ElementKind::I16 => ctx.int(16),
        ElementKind::I32 => ctx.i32(),
        ElementKind::I64 => ctx.i64(),
        ElementKind::F32 => ctx.f32(),
        ElementKind::F64 => ctx.f64(),
    }
}

/// A value of an enumeration as an attribute.
pub(crate) fn enum_attr(ctx: &Context, e: &EnumDef, value: i64) -> Attr {
    match e.storage {
        EnumStorage::Integer(width) => ctx.int_attr(value as i128, ctx.int(width)),
        EnumStorage::String => ctx.str_attr(&e.text(value).unwrap_or_default()),
        EnumStorage::Attribute { .. } => ctx.attr(AttrKind::Dialect { name: ctx.ident(&e.name), params: &[Param::Int(value)] }),
    }
}
