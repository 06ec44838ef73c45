//! Types and attributes to choose from.

use crate::choices::Choices;
use edge_asm::{parse_attr, parse_type, print_type};
use edge_dialect::Registry;
use edge_dialect::infer::Binder;
use edge_dialect::model::{AttrConstraint, ElementKind, EnumDef, EnumStorage, TypeConstraint};
use edge_ir::{Attr, AttrKind, Context, Param, Type};

const TYPES: &[&str] = &[
    "i1",
    "i8",
    "i32",
    "i64",
    "si16",
    "ui8",
    "index",
    "f16",
    "bf16",
    "f32",
    "f64",
    "f8E4M3FN",
    "none",
    "i5",
    "i128",
    "complex<f32>",
    "complex<f64>",
    "tuple<i32, f32>",
    "(i32) -> f32",
    "() -> ()",
    "tensor<f32>",
    "tensor<4xf32>",
    "tensor<4x8xf32>",
    "tensor<?xf32>",
    "tensor<?x4xf32>",
    "tensor<4x4xi32>",
    "tensor<2x3x4xf64>",
    "tensor<*xf32>",
    "tensor<4xi1>",
    "tensor<4xindex>",
    "tensor<3xi32>",
    "tensor<2xi64>",
    "tensor<1x2x3x4xf32>",
    "tensor<4xi8>",
    "vector<4xf32>",
    "vector<f32>",
    "vector<4x4xf32>",
    "vector<[4]xf32>",
    "vector<4xi1>",
    "vector<8xi32>",
    "vector<2x3xi64>",
    "vector<4xindex>",
    "vector<4xf16>",
    "memref<f32>",
    "memref<4xf32>",
    "memref<?xf32>",
    "memref<4x8xf32>",
    "memref<?x?xi32>",
    "memref<*xf32>",
    "memref<4xf32, 1>",
    "memref<4x8xf32, strided<[8, 1], offset: ?>>",
    "memref<8xi8>",
    "memref<2xindex>",
    "memref<4xvector<4xf32>>",
];

const WORDS: &[&str] = &["", "a", "plain", "two words", "quote\"d", "line\nbreak", "back\\slash", "\u{e9}t\u{e9}", "_x.y$z"];

const MAPS: &[&str] = &[
    "affine_map<() -> ()>",
    "affine_map<(d0) -> (d0)>",
    "affine_map<(d0, d1) -> (d1, d0)>",
    "affine_map<(d0)[s0] -> (d0 + s0 * 2)>",
    "affine_map<(d0, d1, d2) -> (d0, d2)>",
    "affine_map<()[s0] -> (s0 floordiv 4)>",
    "affine_map<(d0, d1) -> (d0 mod 3, 7)>",
];

pub struct Values {
    types: Vec<Type>,
}

impl Values {
    pub fn new(registry: &Registry, ctx: &Context) -> Self {
        let named =
            registry.dialects().iter().flat_map(|d| &d.types).filter_map(|t| parse_type(ctx, &format!("!{}", t.name)).ok());
        Self { types: TYPES.iter().filter_map(|t| parse_type(ctx, t).ok()).chain(named).collect() }
    }
    /// Types of so many values that a constraint allows: what follows from what is bound, else a choice, those in use first.
    pub fn types(
        &self,
        binder: &mut Binder<'_>,
        constraint: &TypeConstraint,
        count: usize,
        used: &[Type],
        choices: &mut Choices<'_>,
    ) -> Option<Vec<Type>> {
        if let Some(made) = binder.make_all(constraint, Some(count)).filter(|m| m.len() == count) {
            return Some(made);
        }
        let mut out = vec![];
        for _ in 0..count {
            let used = if choices.below(3) > 0 { used } else { &[] };
            let start = choices.below(self.types.len());
            let all = used.iter().chain(self.types.iter().cycle().skip(start).take(self.types.len()));
            let fitting = all.copied().find(|ty| {
                let mut tried = Binder::new(binder.ctx, binder.def, binder.attrs);
                tried.bound = binder.bound.clone();
                let fits = tried.fit_all(constraint, &[*ty], "a value").is_ok();
                if fits && !matches!(constraint, TypeConstraint::Pack(_)) {
                    binder.bound = tried.bound;
                }
                fits
            });
            out.push(fitting?);
        }
        binder.fit_all(constraint, &out, "a value").ok()?;
        Some(out)
    }
    pub fn attr(&self, ctx: &Context, c: &AttrConstraint, choices: &mut Choices<'_>, symbols: &mut usize) -> Option<Attr> {
        use AttrConstraint as A;
        let number = |choices: &mut Choices<'_>| *choices.pick(&[0i128, 1, 2, 3, 7, 16, -1, -4, 255, 1 << 40]);
        Some(match c {
            A::Any => {
                parse_attr(ctx, choices.word(&["1 : i64", "2.5 : f32", "\"s\"", "[1, true]", "unit", "i32", "@s"])).ok()?
            }
            A::Unit | A::Flag => ctx.unit(),
            A::Bool => ctx.bool_attr(choices.coin()),
            A::Str => ctx.str_attr(choices.word(WORDS)),
            A::SymbolName => {
                *symbols += 1;
                ctx.str_attr(&format!("{}{symbols}", choices.word(&["s", "f.g", "a b"])))
            }
            A::SymbolRef { flat } => {
                parse_attr(ctx, choices.word(if *flat { &["@s", "@\"a b\""] } else { &["@s", "@s::@t", "@\"-\"::@u"] })).ok()?
            }
            A::Integer { width, sign } => ctx.int_attr(number(choices), ctx.int_with(*width, *sign)),
            A::Index => ctx.index_attr(number(choices) as i64),
            A::AnyInteger => parse_attr(ctx, choices.word(&["1 : i32", "-3 : i64", "2 : index", "5 : ui8"])).ok()?,
            A::Float(kind) => {
                let text = choices.word(&["0.0", "-1.5", "1.0e10", "0.1"]);
                parse_attr(ctx, &format!("{text} : {}", kind.keyword())).ok()?
            }
            A::Type(inner) => {
                let start = choices.below(self.types.len());
                let fits = |t: &&Type| edge_dialect::verify::fits(ctx, &A::Type(inner.clone()), ctx.type_attr(**t)).is_ok();
                ctx.type_attr(*self.types.iter().cycle().skip(start).take(self.types.len()).find(fits)?)
            }
            A::Typed(_) => self.typed(ctx, choices)?,
            A::Elements => {
                parse_attr(ctx, choices.word(&["dense<1> : tensor<2xi32>", "dense<[1, 2]> : vector<2xi64>"])).ok()?
            }
            A::Array(inner) => {
                let items: Option<Vec<Attr>> = (0..choices.below(3)).map(|_| self.attr(ctx, inner, choices, symbols)).collect();
                ctx.array_attr(&items?)
            }
            A::DenseArray(kind) => dense_array(ctx, *kind, choices)?,
            A::Dict => parse_attr(ctx, choices.word(&["{}", "{a = 1 : i64}", "{\"b c\", d = [2]}"])).ok()?,
            A::AffineMap => parse_attr(ctx, choices.word(MAPS)).ok()?,
            A::IntegerSet => {
                parse_attr(ctx, choices.word(&["affine_set<(d0) : (d0 >= 0)>", "affine_set<(d0)[s0] : (d0 - s0 == 0)>"]))
                    .ok()?
            }
            A::Location => parse_attr(ctx, "loc(\"f\":1:2)").ok()?,
            A::Enum(e) => enum_attr(ctx, e, choices)?,
            A::Dialect(name) => parse_attr(ctx, &format!("#{name}")).ok()?,
            A::OneOf(inner, words) => match **inner {
                A::Str => ctx.str_attr(choices.pick::<String>(words)),
                A::Integer { width, sign } => {
                    ctx.int_attr(choices.pick::<String>(words).parse().ok()?, ctx.int_with(width, sign))
                }
                _ => return None,
            },
            A::Range(inner, least, most) => {
                let value = *least as i128 + choices.below((*most).saturating_sub(*least).clamp(0, 5) as usize + 1) as i128;
                in_type(ctx, inner, value)?
            }
            A::PowerOfTwo(inner) => in_type(ctx, inner, 1 << choices.below(7))?,
            A::Or(all) => self.attr(ctx, choices.pick(all), choices, symbols)?,
            A::Unchecked(_) => return None,
        })
    }
    /// The value of a constant.
    fn typed(&self, ctx: &Context, choices: &mut Choices<'_>) -> Option<Attr> {
        let ty = print_type(ctx, *choices.pick(&self.types));
        let texts = [format!("dense<1> : {ty}"), format!("dense<1.5> : {ty}"), format!("3 : {ty}"), format!("2.5 : {ty}")];
        let start = choices.below(4);
        texts.iter().cycle().skip(start).take(4).find_map(|t| parse_attr(ctx, t).ok())
    }
}

fn in_type(ctx: &Context, c: &AttrConstraint, value: i128) -> Option<Attr> {
    match c {
        AttrConstraint::Integer { width, sign } => Some(ctx.int_attr(value, ctx.int_with(*width, *sign))),
        AttrConstraint::Index => Some(ctx.index_attr(value as i64)),
        AttrConstraint::Range(inner, ..) | AttrConstraint::PowerOfTwo(inner) => in_type(ctx, inner, value),
        _ => None,
    }
}

fn dense_array(ctx: &Context, kind: ElementKind, choices: &mut Choices<'_>) -> Option<Attr> {
    let item = match kind {
        ElementKind::I1 => "true",
        ElementKind::F32 | ElementKind::F64 => "1.5",
        _ => choices.word(&["1", "0", "2", "-9223372036854775808"]),
    };
    let items = vec![item; choices.below(4)].join(", ");
    let colon = if items.is_empty() { "" } else { ": " };
    parse_attr(ctx, &format!("array<{}{colon}{items}>", kind.word())).ok()
}

fn enum_attr(ctx: &Context, e: &EnumDef, choices: &mut Choices<'_>) -> Option<Attr> {
    let (name, value) = choices.pick(&e.cases);
    Some(match e.storage {
        EnumStorage::Integer(width) => ctx.int_attr(*value as i128, ctx.int(width)),
        EnumStorage::String => ctx.str_attr(name),
        EnumStorage::Attribute { .. } => {
            ctx.attr(AttrKind::Dialect { name: ctx.ident(&e.name), params: &[Param::Int(*value)] })
        }
    })
}
