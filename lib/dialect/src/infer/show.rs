//! Types and constraints in the words of messages.

use crate::model::{DimKind, TypeConstraint};
use edge_ir::types::DYNAMIC;
use edge_ir::{Context, Signedness, Type, TypeKind};

/// A type as text; layouts, encodings and parameters are left out.
pub fn type_text(ctx: &Context, ty: Type) -> String {
    let list = |types: &[Type]| types.iter().map(|t| type_text(ctx, *t)).collect::<Vec<_>>().join(", ");
    let shaped = |word: &str, shape: &[i64], elem: Type| {
        let dims: String = shape.iter().map(|d| if *d == DYNAMIC { "?x".to_string() } else { format!("{d}x") }).collect();
        format!("{word}<{dims}{}>", type_text(ctx, elem))
    };
    match ctx.type_kind(ty) {
        TypeKind::None => "none".into(),
        TypeKind::Index => "index".into(),
        TypeKind::Integer { width, sign } => format!("{}i{width}", sign_prefix(sign)),
        TypeKind::Float(kind) => kind.keyword().into(),
        TypeKind::Complex(elem) => format!("complex<{}>", type_text(ctx, elem)),
        TypeKind::Tuple(types) => format!("tuple<{}>", list(types)),
        TypeKind::Function { inputs, results } | TypeKind::Graph { inputs, results } => {
            let out = if let [one] = results { type_text(ctx, *one) } else { format!("({})", list(results)) };
            format!("({}) -> {out}", list(inputs))
        }
        TypeKind::Vector { shape, elem, .. } => shaped("vector", shape, elem),
        TypeKind::Tensor { shape, elem, .. } => shaped("tensor", shape, elem),
        TypeKind::MemRef { shape, elem, .. } => shaped("memref", shape, elem),
        TypeKind::UnrankedTensor(elem) => format!("tensor<*x{}>", type_text(ctx, elem)),
        TypeKind::UnrankedMemRef { elem, .. } => format!("memref<*x{}>", type_text(ctx, elem)),
        TypeKind::Dialect { name, .. } => format!("!{}", ctx.str(name)),
        TypeKind::Opaque { text, .. } => format!("!{text}"),
    }
}

fn sign_prefix(sign: Signedness) -> &'static str {
    match sign {
        Signedness::Signless => "",
        Signedness::Signed => "s",
        Signedness::Unsigned => "u",
    }
}

/// What a constraint wants: `f32`, `one of f16, f32`.
pub fn wanted(constraint: &TypeConstraint) -> String {
    let mut parts = vec![];
    alternatives(constraint, &mut parts);
    match &parts[..] {
        [one] => one.clone(),
        _ => format!("one of {}", parts.join(", ")),
    }
}

fn alternatives(constraint: &TypeConstraint, out: &mut Vec<String>) {
    match constraint {
        TypeConstraint::Or(parts) => parts.iter().for_each(|p| alternatives(p, out)),
        TypeConstraint::Named(_, inner) | TypeConstraint::Usually(_, inner) => alternatives(inner, out),
        other => out.push(term(other)),
    }
}

/// A constraint as definition files spell it.
pub fn term(constraint: &TypeConstraint) -> String {
    use TypeConstraint as T;
    match constraint {
        T::Any => "any".into(),
        T::Var(n) | T::TypeIn(n) => format!("${n}"),
        T::Pack(n) => format!("${n}.."),
        T::Index => "index".into(),
        T::NoneType => "none".into(),
        T::Integer { width: Some(w), sign } => format!("{}i{w}", sign_prefix(*sign)),
        T::Integer { width: None, sign } => format!("{}int", sign_prefix(*sign)),
        T::AnyInteger => "any_int".into(),
        T::Float(Some(kind)) => kind.keyword().into(),
        T::Float(None) => "float".into(),
        T::Function => "function".into(),
        T::Tuple => "tuple".into(),
        T::Complex(e) => format!("complex({})", term(e)),
        T::Shaped { kind, dims, elem, .. } => {
            let dims: String =
                dims.iter().map(|d| format!("{} x ", if d.kind == DimKind::Dynamic { "?" } else { &d.text })).collect();
            format!("{}<{dims}{}>", kind.word(), term(elem))
        }
        T::AnyShaped { kind, ranked: None } => kind.word().into(),
        T::AnyShaped { kind, ranked: Some(true) } => format!("ranked({})", kind.word()),
        T::AnyShaped { kind, ranked: Some(false) } => format!("unranked({})", kind.word()),
        T::AnyOfShaped => "shaped".into(),
        T::Static(c) => format!("static({})", term(c)),
        T::Fixed(c) => format!("fixed({})", term(c)),
        T::Strided(c) => format!("strided({})", term(c)),
        T::Rank { of, least, most } if least == most => format!("rank({}, {least})", term(of)),
        T::Rank { of, least, most } => format!("rank({}, {least}, {most})", term(of)),
        T::Like(c) => format!("like({})", term(c)),
        T::With(a, b) => format!("with({}, {})", term(a), term(b)),
        T::ElementOf(c) => format!("elem({})", term(c)),
        T::ScalarOf(c) => format!("scalar({})", term(c)),
        T::Outer(a, b) => format!("outer({}, {})", term(a), term(b)),
        T::Unmapped { of, map, elem } => format!("unmapped({}, ${map}, {})", term(of), term(elem)),
        T::Leading(c, p) => format!("leading({}, ${p})", term(c)),
        T::EachElement(c) => format!("each_element({})", term(c)),
        T::As(name, c) => format!("as(!{name}, {})", term(c)),
        T::Only(c, of) => format!("only({}, {})", term(c), term(of)),
        T::TypeOf(n) => format!("typeof(${n})"),
        T::FunctionInputs(n) => format!("inputs(${n})"),
        T::FunctionResults(n) => format!("results(${n})"),
        T::Dialect { name, args } if args.is_empty() => format!("!{name}"),
        T::Dialect { name, args } => format!("!{name}<{}>", args.iter().map(term).collect::<Vec<_>>().join(", ")),
        T::Usually(_, c) => term(c),
        T::Items(n) => format!("items(${n})"),
        T::Or(parts) => parts.iter().map(term).collect::<Vec<_>>().join(" | "),
        T::Named(name, _) => name.clone(),
        T::Number(n) => n.to_string(),
        T::Unchecked(text) => format!("unchecked({text:?})"),
    }
}
