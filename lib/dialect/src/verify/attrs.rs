//! Attributes against their constraints.

use crate::infer::{term, type_in, type_text};
use crate::model::{AttrConstraint, ElementKind, EnumDef, EnumStorage, TypeConstraint};
use edge_ir::{Attr, AttrKind, Context, Param, Signedness, Type, TypeKind};

/// Whether an attribute satisfies a constraint; `Err` ends the sentence that starts with its name.
pub fn fits(ctx: &Context, constraint: &AttrConstraint, attr: Attr) -> Result<(), String> {
    use AttrConstraint as A;
    let kind = ctx.attr_kind(attr);
    let integer = |width: Option<u32>, sign: Signedness| match kind {
        AttrKind::Integer { ty, .. } => match ctx.type_kind(ty) {
            TypeKind::Integer { width: w, sign: s } => width.is_none_or(|x| x == w) && s == sign,
            _ => false,
        },
        _ => false,
    };
    let ok = match constraint {
        A::Any | A::Unchecked(_) => true,
        A::Unit => kind == AttrKind::Unit,
        A::Flag => kind == AttrKind::Unit || ctx.as_int(attr) == Some(0),
        A::Bool => integer(Some(1), Signedness::Signless),
        A::Str | A::SymbolName => matches!(kind, AttrKind::String { .. }),
        A::SymbolRef { flat } => matches!(kind, AttrKind::SymbolRef { nested, .. } if !flat || nested.is_empty()),
        A::Integer { width, sign } => integer(Some(*width), *sign),
        A::Index => matches!(kind, AttrKind::Integer { ty, .. } if ctx.type_kind(ty) == TypeKind::Index),
        A::AnyInteger => matches!(kind, AttrKind::Integer { .. }),
        A::Float(wanted) => matches!(kind, AttrKind::Float { ty, .. } if ctx.type_kind(ty) == TypeKind::Float(*wanted)),
        A::Type(c) => match kind {
            AttrKind::Type(ty) => return type_fits(ctx, c, ty),
            _ => false,
        },
        A::Typed(_) => type_in(ctx, attr).is_some() || matches!(kind, AttrKind::SymbolRef { .. }),
        A::Elements => matches!(
            kind,
            AttrKind::Dense { .. } | AttrKind::DenseStrings { .. } | AttrKind::DenseResource { .. } | AttrKind::Sparse { .. }
        ),
        A::Array(inner) => match kind {
            AttrKind::Array(items) => {
                return items
                    .iter()
                    .enumerate()
                    .try_for_each(|(n, i)| fits(ctx, inner, *i).map_err(|m| format!("{m} (item {n})")));
            }
            _ => false,
        },
        A::DenseArray(wanted) => matches!(kind, AttrKind::DenseArray { elem, .. } if element_is(ctx, elem, *wanted)),
        A::Dict => matches!(kind, AttrKind::Dict(_)),
        A::AffineMap => matches!(kind, AttrKind::AffineMap { .. }),
        A::IntegerSet => matches!(kind, AttrKind::IntegerSet { .. }),
        A::Location => matches!(kind, AttrKind::Loc(_)),
        A::Enum(e) => is_case(ctx, e, attr),
        A::Dialect(name) => match kind {
            AttrKind::Dialect { name: found, .. } => ctx.str(found) == name,
            AttrKind::Opaque { text, .. } => {
                text.strip_prefix(name.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('<'))
            }
            _ => false,
        },
        A::OneOf(inner, words) => {
            fits(ctx, inner, attr)?;
            let text = ctx.as_str(attr).map(str::to_string).or(ctx.as_int(attr).map(|i| i.to_string())).unwrap_or_default();
            words.contains(&text)
        }
        A::Range(inner, least, most) => {
            fits(ctx, inner, attr)?;
            ctx.as_int(attr).is_some_and(|i| (*least..=*most).contains(&i))
        }
        A::PowerOfTwo(inner) => {
            fits(ctx, inner, attr)?;
            ctx.as_int(attr).is_some_and(|i| i > 0 && i & (i - 1) == 0)
        }
        A::Or(parts) => parts.iter().any(|p| fits(ctx, p, attr).is_ok()),
    };
    if ok { Ok(()) } else { Err(format!("is not {}", text(constraint))) }
}

fn type_fits(ctx: &Context, c: &TypeConstraint, ty: Type) -> Result<(), String> {
    let ok = match c {
        TypeConstraint::Any => true,
        TypeConstraint::Function => matches!(ctx.type_kind(ty), TypeKind::Function { .. }),
        TypeConstraint::Static(inner) => {
            type_fits(ctx, inner, ty)?;
            ctx.type_kind(ty).shape().is_some_and(|s| !s.contains(&edge_ir::types::DYNAMIC))
        }
        TypeConstraint::AnyShaped { kind, ranked } => {
            let found = ctx.type_kind(ty);
            crate::infer::shaped_kind(&found) == Some(*kind) && ranked.is_none_or(|r| r == found.shape().is_some())
        }
        _ => true,
    };
    if ok { Ok(()) } else { Err(format!("is the type {}, which is not {}", type_text(ctx, ty), term(c))) }
}

fn element_is(ctx: &Context, elem: Type, wanted: ElementKind) -> bool {
    match ctx.type_kind(elem) {
        TypeKind::Integer { width, .. } => wanted.word() == format!("i{width}"),
        TypeKind::Float(kind) => wanted.word() == kind.keyword(),
        _ => false,
    }
}

fn is_case(ctx: &Context, e: &EnumDef, attr: Attr) -> bool {
    let known = |value: i64| e.text(value).is_some();
    match (e.storage, ctx.attr_kind(attr)) {
        (EnumStorage::Integer(width), AttrKind::Integer { ty, .. }) => {
            ctx.bit_width(ty) == Some(width) && ctx.as_int(attr).is_some_and(known)
        }
        (EnumStorage::String, AttrKind::String { .. }) => ctx.as_str(attr).is_some_and(|s| e.value(s).is_some()),
        (EnumStorage::Attribute { .. }, AttrKind::Dialect { name, params: [Param::Int(v)] }) => {
            ctx.str(name) == e.name && known(*v)
        }
        _ => false,
    }
}

/// A constraint in words.
pub fn text(constraint: &AttrConstraint) -> String {
    use AttrConstraint as A;
    match constraint {
        A::Any => "any attribute".into(),
        A::Unit | A::Flag => "a unit".into(),
        A::Bool => "a bool".into(),
        A::Str => "a string".into(),
        A::SymbolName => "a symbol name".into(),
        A::SymbolRef { flat: true } => "a symbol without nesting".into(),
        A::SymbolRef { flat: false } => "a symbol".into(),
        A::Integer { width, sign } => {
            let prefix = ["", "s", "u"][*sign as usize];
            format!("an integer of type {prefix}i{width}")
        }
        A::Index => "an integer of type index".into(),
        A::AnyInteger => "an integer".into(),
        A::Float(kind) => format!("a float of type {}", kind.keyword()),
        A::Type(c) if **c == TypeConstraint::Any => "a type".into(),
        A::Type(c) => format!("a type that is {}", term(c)),
        A::Typed(_) => "an attribute with a type".into(),
        A::Elements => "elements of a tensor or vector".into(),
        A::Array(inner) if **inner == A::Any => "an array".into(),
        A::Array(inner) => format!("an array, each item {}", text(inner)),
        A::DenseArray(kind) => format!("an array<{}>", kind.word()),
        A::Dict => "a dictionary".into(),
        A::AffineMap => "an affine map".into(),
        A::IntegerSet => "an integer set".into(),
        A::Location => "a location".into(),
        A::Enum(e) => {
            let cases: Vec<&str> = e.cases.iter().map(|c| c.0.as_str()).collect();
            format!("{} of {}", if e.bits { "any" } else { "one" }, cases.join(", "))
        }
        A::Dialect(name) => format!("#{name}"),
        A::OneOf(_, words) => format!("one of {}", words.join(", ")),
        A::Range(_, least, i64::MAX) => format!("{least} or more"),
        A::Range(_, least, most) => format!("between {least} and {most}"),
        A::PowerOfTwo(_) => "a power of two".into(),
        A::Or(parts) => parts.iter().map(text).collect::<Vec<_>>().join(" or "),
        A::Unchecked(name) => name.clone(),
    }
}
