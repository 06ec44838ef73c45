//! Constraints as values of IRDL.

use crate::infer::term;
use crate::model::*;
use crate::resolve::integer_word;
use edge_ir::Signedness;
use edge_support::Span;
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// The constraint values of one operation, type or attribute. A value that is used twice stands for one type or attribute: so each use has a
/// value of its own, but a variable.
pub(super) struct Terms<'d> {
    dialect: &'d Dialect,
    pub wheres: &'d [(String, TypeConstraint, Span)],
    pub text: String,
    pub weakened: Vec<String>,
    /// What an attribute is there, where that is less than its constraint.
    pub lost_attribute: Option<&'static str>,
    variables: FxHashMap<String, String>,
    /// The operation that makes each value.
    made: Vec<String>,
}

impl<'d> Terms<'d> {
    pub fn new(dialect: &'d Dialect) -> Self {
        Self {
            dialect,
            wheres: &[],
            text: String::new(),
            weakened: vec![],
            lost_attribute: None,
            variables: FxHashMap::default(),
            made: vec![],
        }
    }

    /// One more value.
    pub fn line(&mut self, op: &str) -> String {
        let name = format!("%{}", self.made.len());
        let _ = writeln!(self.text, "    {name} = {op}");
        self.made.push(op.to_string());
        name
    }

    /// What a value stands for, without the names of other values.
    fn said(&self, value: &str) -> String {
        let one = |part: &str| match self.op_of(part).split_once(' ') {
            Some(("irdl.base" | "irdl.is", name)) => format!("`{}`", name.trim_matches('"')),
            _ => "anything".into(),
        };
        self.parts(value).into_iter().map(one).collect::<Vec<_>>().join(" or ")
    }

    fn any(&mut self) -> String {
        self.line("irdl.any")
    }
    fn base(&mut self, name: &str) -> String {
        self.line(&format!("irdl.base \"{name}\""))
    }
    fn is(&mut self, ty: &str) -> String {
        self.line(&format!("irdl.is {ty}"))
    }
    /// Alternatives. IRDL wants those of an `any_of` to exclude each other: so those of one inside are taken out of it, each stands once, and where one
    /// of them takes everything there is nothing to choose from.
    fn any_of(&mut self, parts: &[String]) -> String {
        let mut list: Vec<&str> = parts.iter().flat_map(|p| self.parts(p)).collect();
        if let Some(any) = list.iter().find(|p| self.op_of(p) == "irdl.any") {
            return any.to_string();
        }
        let all: Vec<&str> = list.iter().map(|p| self.op_of(p)).collect();
        let integers = all.contains(&INTEGERS);
        let mut at = 0;
        list.retain(|_| {
            at += 1;
            let op = all[at - 1];
            let held = integers && op.strip_prefix("irdl.is ").is_some_and(|ty| integer_word(ty).is_some());
            !held && !all[..at - 1].contains(&op)
        });
        match list[..] {
            [one] => one.to_string(),
            _ => {
                let op = format!("irdl.any_of({})", list.join(", "));
                self.line(&op)
            }
        }
    }

    /// The operation that makes a value.
    fn op_of(&self, value: &str) -> &str {
        let number = value.strip_prefix('%').and_then(|n| n.parse::<usize>().ok());
        number.and_then(|n| self.made.get(n)).map_or("", String::as_str)
    }

    /// The alternatives of a value; itself where there are none.
    fn parts<'v>(&'v self, value: &'v str) -> Vec<&'v str> {
        let inner = self.op_of(value).strip_prefix("irdl.any_of(").and_then(|p| p.strip_suffix(')'));
        inner.map_or_else(|| vec![value], |p| p.split(", ").collect())
    }

    fn bases(&mut self, names: &[&str]) -> String {
        let parts: Vec<String> = names.iter().map(|n| self.base(n)).collect();
        self.any_of(&parts)
    }

    /// The type of an operand, a result or a region's argument.
    pub fn value(&mut self, c: &TypeConstraint) -> String {
        let before = self.weakened.len();
        let value = self.ty(c);
        let lost = self.weakened.split_off(before);
        if !lost.is_empty() {
            let said = self.said(&value);
            self.weakened.push(format!("`{}` is {said} there: {}", term(c), lost.join("; ")));
        }
        value
    }

    /// A constraint; `weakened` gets what is lost.
    fn ty(&mut self, c: &TypeConstraint) -> String {
        use TypeConstraint as T;
        match c {
            T::Any => self.any(),
            T::Var(name) => self.variable(name),
            T::Named(_, inner) | T::Usually(_, inner) => self.ty(inner),
            T::Index => self.is("index"),
            T::NoneType => self.is("none"),
            T::Integer { width: Some(width), sign } => {
                let prefix = ["", "s", "u"][*sign as usize];
                self.is(&format!("{prefix}i{width}"))
            }
            T::Integer { width: None, sign } => {
                if *sign != Signedness::Signless {
                    self.weakened.push("integers of any sign".into());
                }
                self.line(INTEGERS)
            }
            T::AnyInteger => self.line(INTEGERS),
            T::Float(Some(kind)) => self.is(kind.keyword()),
            T::Float(None) => {
                let parts: Vec<String> = FLOATS.iter().map(|f| self.is(f)).collect();
                self.any_of(&parts)
            }
            T::Function => self.base("!builtin.function"),
            T::Tuple => self.base("!builtin.tuple"),
            T::Complex(elem) => {
                if **elem != T::Any {
                    self.weakened.push("element types are not looked at".into());
                }
                self.base("!builtin.complex")
            }
            T::Shaped { kind, .. } => {
                self.weakened.push("sizes and element types are not looked at".into());
                self.shaped(*kind, None)
            }
            T::AnyShaped { kind, ranked } => self.shaped(*kind, *ranked),
            T::AnyOfShaped => self.bases(SHAPED),
            T::Static(inner) | T::Fixed(inner) | T::Strided(inner) | T::Rank { of: inner, .. } => {
                self.weakened.push("rank, extents and layout are not looked at".into());
                self.ty(inner)
            }
            T::Like(inner) => {
                self.weakened.push("element types are not looked at".into());
                let scalar = self.ty(inner);
                let shaped = self.bases(&SHAPED[..3]);
                self.any_of(&[scalar, shaped])
            }
            T::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(|p| self.ty(p)).collect();
                self.any_of(&parts)
            }
            T::Dialect { name, args } => self.dialect_type(name, args),
            T::Unchecked(_) => self.any(),
            _ => {
                self.weakened.push(format!("`{}` follows from others, which is not checked", term(c)));
                self.any()
            }
        }
    }

    fn variable(&mut self, name: &str) -> String {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        let wheres = self.wheres;
        let parts: Vec<String> = wheres.iter().filter(|w| w.0 == name).map(|w| self.ty(&w.1)).collect();
        let value = match &parts[..] {
            [] => self.any(),
            [one] => one.clone(),
            many => self.line(&format!("irdl.all_of({})", many.join(", "))),
        };
        self.variables.insert(name.to_string(), value.clone());
        value
    }

    fn shaped(&mut self, kind: ShapedKind, ranked: Option<bool>) -> String {
        let word = kind.word();
        let (with, without) = (format!("!builtin.{word}"), format!("!builtin.unranked_{word}"));
        match (kind, ranked) {
            (ShapedKind::Vector, _) | (_, Some(true)) => self.base(&with),
            (_, Some(false)) => self.base(&without),
            _ => self.bases(&[&with, &without]),
        }
    }

    fn dialect_type(&mut self, name: &str, args: &[TypeConstraint]) -> String {
        let own = self.dialect.types.iter().find(|t| t.name == name).filter(|t| t.format.is_none() || t.params.is_empty());
        if !args.is_empty() {
            self.weakened.push("parameters are not looked at".into());
        }
        match (own, name.split_once('.')) {
            (Some(_), Some((dialect, short))) if super::irdl::sayable(short) => {
                self.line(&format!("irdl.base @{dialect}::@{short}"))
            }
            _ => {
                self.weakened.push(format!("`!{name}` is not known there"));
                self.any()
            }
        }
    }

    /// An attribute; `lost_attribute` says what it is where that is less.
    pub fn attribute(&mut self, c: &AttrConstraint) -> String {
        use AttrConstraint as A;
        let lose = |this: &mut Self, what: &'static str, bases: &[&str]| {
            this.lost_attribute = Some(what);
            if bases.is_empty() { this.any() } else { this.bases(bases) }
        };
        match c {
            A::Any => self.any(),
            A::Unit => self.is("unit"),
            A::Str | A::SymbolName => self.base("#builtin.string"),
            A::SymbolRef { flat: false } => self.base("#builtin.symbol_ref"),
            A::SymbolRef { flat: true } => lose(self, "any symbol", &["#builtin.symbol_ref"]),
            A::AnyInteger => self.base("#builtin.integer"),
            A::Bool | A::Integer { .. } | A::Index => lose(self, "any integer", &["#builtin.integer"]),
            A::Float(_) => lose(self, "any float", &["#builtin.float"]),
            A::Type(c) if **c == TypeConstraint::Any => self.base("#builtin.type"),
            A::Type(_) => lose(self, "any type", &["#builtin.type"]),
            A::Array(c) if **c == A::Any => self.base("#builtin.array"),
            A::Array(_) => lose(self, "any array", &["#builtin.array"]),
            A::DenseArray(_) => lose(self, "any dense array", &["#builtin.dense_array"]),
            A::Dict => self.base("#builtin.dictionary"),
            A::AffineMap => self.base("#builtin.affine_map"),
            A::IntegerSet => self.base("#builtin.integer_set"),
            A::Enum(e) => match e.storage {
                EnumStorage::Integer(_) => lose(self, "any integer", &["#builtin.integer"]),
                EnumStorage::String => lose(self, "any string", &["#builtin.string"]),
                EnumStorage::Attribute { .. } => lose(self, "any attribute", &[]),
            },
            A::OneOf(inner, _) | A::Range(inner, ..) | A::PowerOfTwo(inner) => {
                let value = self.attribute(inner);
                self.lost_attribute.get_or_insert("any of its kind");
                value
            }
            _ => lose(self, "any attribute", &[]),
        }
    }

    /// A parameter of a type or attribute.
    pub fn param(&mut self, kind: &ParamKind) -> String {
        match kind {
            ParamKind::Type(c) => self.value(c),
            ParamKind::Attr(c) => {
                let value = self.attribute(c);
                if let Some(what) = self.lost_attribute.take() {
                    self.weakened.push(format!("a parameter is {what} there"));
                }
                value
            }
            ParamKind::Int | ParamKind::Extent => self.base("#builtin.integer"),
            ParamKind::Str | ParamKind::Quoted | ParamKind::Verbatim | ParamKind::Numbers => self.base("#builtin.string"),
            ParamKind::Local(_) => self.base("#builtin.type"),
            ParamKind::Shape | ParamKind::List(_) | ParamKind::Items(_) => self.base("#builtin.array"),
            ParamKind::Enum(_) => {
                self.weakened.push("a parameter that is one of some words may be anything there".into());
                self.any()
            }
        }
    }
}

const SHAPED: &[&str] =
    &["!builtin.tensor", "!builtin.unranked_tensor", "!builtin.vector", "!builtin.memref", "!builtin.unranked_memref"];

const INTEGERS: &str = "irdl.base \"!builtin.integer\"";

/// Float types, which have no base of their own.
const FLOATS: &[&str] = &[
    "f16",
    "bf16",
    "tf32",
    "f32",
    "f64",
    "f80",
    "f128",
    "f8E5M2",
    "f8E4M3",
    "f8E4M3FN",
    "f8E5M2FNUZ",
    "f8E4M3FNUZ",
    "f8E4M3B11FNUZ",
    "f8E3M4",
    "f8E8M0FNU",
    "f4E2M1FN",
    "f6E2M3FN",
    "f6E3M2FN",
];
