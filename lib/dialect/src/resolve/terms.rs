//! Constraint terms.

use super::{BAD_CONSTRAINT, Scope, UNKNOWN_NAME};
use crate::ast::{ConstraintItem, Term, TermNode};
use crate::model::*;
use edge_ir::{FloatKind, Signedness};
use edge_support::{Reported, Span};

type Read<T> = Result<T, Reported>;

/// Deepest chain of named constraints.
const MAX_ALIASES: usize = 32;

/// What surrounds a term: the property names of the op, and the aliases that are being expanded.
#[derive(Clone, Default)]
pub(crate) struct Around<'n> {
    pub properties: &'n [String],
    aliases: Vec<String>,
}

impl<'n> Around<'n> {
    pub fn new(properties: &'n [String]) -> Self {
        Self { properties, aliases: vec![] }
    }
}

impl Scope<'_> {
    pub fn check_alias(&self, item: &ConstraintItem) -> Read<()> {
        let around = Around { properties: &[], aliases: vec![item.name.node.clone()] };
        // An alias is for types or for attributes: what fits neither is reported as for types.
        let unheard = edge_support::Diagnostics::new();
        let quiet = Scope {
            dialect: self.dialect.clone(),
            diags: &unheard,
            enums: self.enums.clone(),
            aliases: self.aliases.clone(),
            bases: self.bases.clone(),
            functions: self.functions.clone(),
            ops: self.ops.clone(),
        };
        if quiet.attr_term(&item.term, false, &around).is_ok() {
            return Ok(());
        }
        self.type_term(&item.term, &around).map(|_| ())
    }

    /// A term as a constraint on types.
    pub fn type_term(&self, term: &Term, around: &Around<'_>) -> Read<TypeConstraint> {
        use TypeConstraint as T;
        Ok(match &term.node {
            TermNode::Var(name) if around.properties.contains(name) => T::TypeIn(name.clone()),
            TermNode::Var(name) => T::Var(name.clone()),
            TermNode::Pack(name) => T::Pack(name.clone()),
            TermNode::Or(parts) => T::Or(parts.iter().map(|p| self.type_term(p, around)).collect::<Read<_>>()?),
            TermNode::Name(name) => self.type_name(name, term.span, around)?,
            TermNode::Call(name, args) => self.type_call(name, args, term.span, around)?,
            TermNode::Dialect { name, args, .. } => T::Dialect {
                name: name.clone(),
                args: args.iter().map(|a| self.argument_term(a, around)).collect::<Read<_>>()?,
            },
            TermNode::Shaped { kind, dims, elem, extra } => T::Shaped {
                kind: ShapedKind::from_word(kind).unwrap_or(ShapedKind::Tensor),
                dims: dims.iter().map(dim).collect(),
                elem: Box::new(self.type_term(elem, around)?),
                extra: extra.iter().map(|a| self.type_term(a, around)).collect::<Read<_>>()?,
            },
            TermNode::Str(text) => T::Unchecked(text.clone()),
            TermNode::Int(_) | TermNode::Float(_) => {
                return Err(self.error(BAD_CONSTRAINT, term.span, "a number is no type"));
            }
        })
    }

    /// An argument of a type: a type or a number.
    fn argument_term(&self, term: &Term, around: &Around<'_>) -> Read<TypeConstraint> {
        match term.node {
            TermNode::Int(n) => Ok(TypeConstraint::Number(n)),
            _ => self.type_term(term, around),
        }
    }

    fn type_name(&self, name: &str, span: Span, around: &Around<'_>) -> Read<TypeConstraint> {
        use TypeConstraint as T;
        if let Some((alias, inner)) = self.alias(name, around)? {
            return Ok(T::Named(name.to_string(), Box::new(self.type_term(&alias.term, &inner)?)));
        }
        if let Some((width, sign)) = integer_word(name) {
            return Ok(T::Integer { width: Some(width), sign });
        }
        if let Some(kind) = FloatKind::from_keyword(name) {
            return Ok(T::Float(Some(kind)));
        }
        if let Some(kind) = ShapedKind::from_word(name) {
            return Ok(T::AnyShaped { kind, ranked: None });
        }
        Ok(match name {
            "any" => T::Any,
            "index" => T::Index,
            "none" => T::NoneType,
            "int" => T::Integer { width: None, sign: Signedness::Signless },
            "sint" => T::Integer { width: None, sign: Signedness::Signed },
            "uint" => T::Integer { width: None, sign: Signedness::Unsigned },
            "any_int" => T::AnyInteger,
            "float" | "any_float" => T::Float(None),
            "function" => T::Function,
            "tuple" => T::Tuple,
            "complex" => T::Complex(Box::new(T::Any)),
            "shaped" => T::AnyOfShaped,
            _ => return Err(self.error(UNKNOWN_NAME, span, format!("`{name}` is no type and no named constraint"))),
        })
    }

    /// A named constraint, unless it is being expanded: inside itself its name has the built-in meaning.
    fn alias<'s>(&'s self, name: &str, around: &Around<'s>) -> Read<Option<(&'s ConstraintItem, Around<'s>)>> {
        let Some(alias) = self.aliases.get(name).filter(|_| !around.aliases.iter().any(|a| a == name)) else { return Ok(None) };
        if around.aliases.len() >= MAX_ALIASES {
            return Err(self.error(BAD_CONSTRAINT, alias.name.span, "named constraints refer to each other too deeply"));
        }
        let mut inner = around.clone();
        inner.aliases.push(name.to_string());
        Ok(Some((alias, inner)))
    }

    fn type_call(&self, name: &str, args: &[Term], span: Span, around: &Around<'_>) -> Read<TypeConstraint> {
        use TypeConstraint as T;
        let sub = |n: usize| -> Read<Box<T>> {
            let arg = args.get(n).ok_or_else(|| self.error(BAD_CONSTRAINT, span, format!("`{name}` wants more arguments")))?;
            Ok(Box::new(self.type_term(arg, around)?))
        };
        let property = || match args {
            [Term { node: TermNode::Var(p), .. }] if around.properties.contains(p) => Ok(p.clone()),
            _ => Err(self.error(BAD_CONSTRAINT, span, format!("`{name}` wants a property of the op"))),
        };
        let number = |n: usize| match args.get(n).map(|a| &a.node) {
            Some(TermNode::Int(i)) => Ok(*i),
            _ => Err(self.error(BAD_CONSTRAINT, span, format!("argument {n} of `{name}` is a number"))),
        };
        let count = |n: usize| match args.len() == n {
            true => Ok(()),
            false => Err(self.error(BAD_CONSTRAINT, span, format!("`{name}` wants {n} arguments, not {}", args.len()))),
        };
        let out = match name {
            "like" => (count(1)?, T::Like(sub(0)?)).1,
            "with" => (count(2)?, T::With(sub(0)?, sub(1)?)).1,
            "elem" => (count(1)?, T::ElementOf(sub(0)?)).1,
            "static" => (count(1)?, T::Static(sub(0)?)).1,
            "fixed" => (count(1)?, T::Fixed(sub(0)?)).1,
            "strided" => (count(1)?, T::Strided(sub(0)?)).1,
            "complex" => (count(1)?, T::Complex(sub(0)?)).1,
            "as" => match args.first().map(|a| &a.node) {
                Some(TermNode::Dialect { name, .. }) => T::As(name.clone(), sub(1)?),
                _ => return Err(self.error(BAD_CONSTRAINT, span, "`as` wants a type of a dialect and a constraint")),
            },
            "only" => (count(2)?, T::Only(sub(0)?, sub(1)?)).1,
            "outer" => (count(2)?, T::Outer(sub(0)?, sub(1)?)).1,
            "each_element" => (count(1)?, T::EachElement(sub(0)?)).1,
            "leading" => match args.get(1).map(|a| &a.node) {
                Some(TermNode::Var(p)) if around.properties.contains(p) => T::Leading(sub(0)?, p.clone()),
                _ => return Err(self.error(BAD_CONSTRAINT, span, "`leading` wants a type and a property")),
            },
            "unmapped" => match args.get(1).map(|a| &a.node) {
                Some(TermNode::Var(p)) if around.properties.contains(p) => {
                    T::Unmapped { of: sub(0)?, map: p.clone(), elem: sub(2)? }
                }
                _ => {
                    return Err(self.error(
                        BAD_CONSTRAINT,
                        span,
                        "`unmapped` wants a type, a property that is a map, and a type",
                    ));
                }
            },
            "typeof" => T::TypeOf(property()?),
            "usually" => (count(2)?, T::Usually(sub(0)?, sub(1)?)).1,
            "items" => match args {
                [Term { node: TermNode::Var(v), .. }] => T::Items(v.clone()),
                _ => return Err(self.error(BAD_CONSTRAINT, span, "`items` wants a type variable")),
            },
            "scalar" => (count(1)?, T::ScalarOf(sub(0)?)).1,
            "inputs" | "results" => match args {
                [Term { node: TermNode::Var(p), .. }] if name == "inputs" => T::FunctionInputs(p.clone()),
                [Term { node: TermNode::Var(p), .. }] => T::FunctionResults(p.clone()),
                _ => return Err(self.error(BAD_CONSTRAINT, span, format!("`{name}` wants a property or a type variable"))),
            },
            "rank" => T::Rank { of: sub(0)?, least: number(1)?, most: if args.len() > 2 { number(2)? } else { number(1)? } },
            "ranked" | "unranked" => match args {
                [Term { node: TermNode::Name(kind), .. }] if ShapedKind::from_word(kind).is_some() => T::AnyShaped {
                    kind: ShapedKind::from_word(kind).unwrap_or(ShapedKind::Tensor),
                    ranked: Some(name == "ranked"),
                },
                _ => return Err(self.error(BAD_CONSTRAINT, span, format!("`{name}` wants `tensor` or `memref`"))),
            },
            "unchecked" if args.len() == 2 => T::Named(args.first().map(text).unwrap_or_default(), sub(1)?),
            "unchecked" => T::Unchecked(args.first().map(text).unwrap_or_default()),
            _ => return Err(self.error(UNKNOWN_NAME, span, format!("there is no type constraint `{name}(…)`"))),
        };
        Ok(out)
    }

    /// A term as a constraint on attributes.
    pub fn attr_term(&self, term: &Term, list: bool, around: &Around<'_>) -> Read<AttrConstraint> {
        use AttrConstraint as A;
        if list {
            let TermNode::Name(word) = &term.node else {
                return Err(self.error(
                    BAD_CONSTRAINT,
                    term.span,
                    "a list is written `i64[]`, `f32[]`, …; others are `array(c)`",
                ));
            };
            return match ElementKind::from_word(if word == "bool" { "i1" } else { word }) {
                Some(kind) => Ok(A::DenseArray(kind)),
                None => Ok(A::Array(Box::new(self.attr_term(term, false, around)?))),
            };
        }
        Ok(match &term.node {
            TermNode::Or(parts) => A::Or(parts.iter().map(|p| self.attr_term(p, false, around)).collect::<Read<_>>()?),
            TermNode::Name(name) => self.attr_name(name, term.span, around)?,
            TermNode::Call(name, args) => self.attr_call(name, args, term.span, around)?,
            TermNode::Dialect { name, .. } => match self.enums.get(name) {
                Some(e) => A::Enum(e.clone()),
                None => A::Dialect(name.clone()),
            },
            TermNode::Str(text) => A::Unchecked(text.clone()),
            _ => return Err(self.error(BAD_CONSTRAINT, term.span, "this is no constraint on an attribute")),
        })
    }

    fn attr_name(&self, name: &str, span: Span, around: &Around<'_>) -> Read<AttrConstraint> {
        use AttrConstraint as A;
        if let Some(e) = self.enums.get(name).or_else(|| self.enums.get(&self.qualify(name))) {
            return Ok(A::Enum(e.clone()));
        }
        let known = match name {
            "any" => A::Any,
            "unit" => A::Unit,
            "flag" => A::Flag,
            "bool" => A::Bool,
            "str" => A::Str,
            "symbol" => A::SymbolName,
            "symbol_ref" => A::SymbolRef { flat: false },
            "flat_symbol_ref" => A::SymbolRef { flat: true },
            "index" => A::Index,
            "any_int" => A::AnyInteger,
            "type" => A::Type(Box::new(TypeConstraint::Any)),
            "typed" => A::Typed(Box::new(TypeConstraint::Any)),
            "elements" => A::Elements,
            "array" => A::Array(Box::new(A::Any)),
            "dict" => A::Dict,
            "affine_map" => A::AffineMap,
            "integer_set" => A::IntegerSet,
            "location" => A::Location,
            _ => match (integer_word(name), FloatKind::from_keyword(name)) {
                (Some((width, sign)), _) => A::Integer { width, sign },
                (_, Some(kind)) => A::Float(kind),
                _ => match self.alias(name, around)? {
                    Some((alias, inner)) => return self.attr_term(&alias.term, false, &inner),
                    None => return Err(self.error(UNKNOWN_NAME, span, format!("`{name}` is no attribute and no enumeration"))),
                },
            },
        };
        Ok(known)
    }

    fn attr_call(&self, name: &str, args: &[Term], span: Span, around: &Around<'_>) -> Read<AttrConstraint> {
        use AttrConstraint as A;
        let first = args.first().ok_or_else(|| self.error(BAD_CONSTRAINT, span, format!("`{name}` wants arguments")))?;
        let attr = || self.attr_term(first, false, around).map(Box::new);
        let number = |n: usize| match args.get(n).map(|a| &a.node) {
            Some(TermNode::Int(i)) => Ok(*i),
            _ => Err(self.error(BAD_CONSTRAINT, span, format!("argument {n} of `{name}` is a number"))),
        };
        Ok(match name {
            "type" => A::Type(Box::new(self.type_term(first, around)?)),
            "typed" => A::Typed(Box::new(self.type_term(first, around)?)),
            "array" => A::Array(attr()?),
            "one_of" => A::OneOf(attr()?, args[1..].iter().map(text).collect()),
            "at_least" => A::Range(attr()?, number(1)?, i64::MAX),
            "range" => A::Range(attr()?, number(1)?, number(2)?),
            "power_of_two" => A::PowerOfTwo(attr()?),
            "unchecked" => A::Unchecked(text(first)),
            _ => return Err(self.error(UNKNOWN_NAME, span, format!("there is no attribute constraint `{name}(…)`"))),
        })
    }

    /// What a parameter of a type or attribute holds.
    pub fn param_term(&self, term: &Term) -> Read<ParamKind> {
        let around = Around::default();
        Ok(match &term.node {
            TermNode::Name(name) => match name.as_str() {
                "shape" => ParamKind::Shape,
                "int" | "i64" | "i32" => ParamKind::Int,
                "str" => ParamKind::Str,
                "quoted" => ParamKind::Quoted,
                "local" => ParamKind::Local(self.dialect.clone()),
                "extent" => ParamKind::Extent,
                "verbatim" => ParamKind::Verbatim,
                "numbers" => ParamKind::Numbers,
                "type" => ParamKind::Type(TypeConstraint::Any),
                _ => match self.attr_term(term, false, &around)? {
                    AttrConstraint::Enum(e) => ParamKind::Enum(e),
                    other => ParamKind::Attr(other),
                },
            },
            TermNode::Call(name, args) => match (name.as_str(), args.first()) {
                ("type", Some(t)) => ParamKind::Type(self.type_term(t, &around)?),
                ("items", Some(t)) => ParamKind::Items(Box::new(self.param_term(t)?)),
                ("list", Some(t)) => ParamKind::List(Box::new(self.param_term(t)?)),
                _ => ParamKind::Attr(self.attr_term(term, false, &around)?),
            },
            _ => ParamKind::Attr(self.attr_term(term, false, &around)?),
        })
    }
}

/// `i32`, `si8`, `ui16`.
pub(crate) fn integer_word(name: &str) -> Option<(u32, Signedness)> {
    let (digits, sign) = match name {
        n if n.starts_with("si") => (&n[2..], Signedness::Signed),
        n if n.starts_with("ui") => (&n[2..], Signedness::Unsigned),
        n if n.starts_with('i') => (&n[1..], Signedness::Signless),
        _ => return None,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|w| plain && *w < 1 << 24).map(|w| (w, sign))
}

fn text(term: &Term) -> String {
    match &term.node {
        TermNode::Str(s) | TermNode::Name(s) => s.clone(),
        TermNode::Int(i) => i.to_string(),
        _ => String::new(),
    }
}

fn dim(name: &Name) -> Dim {
    let text = name.node.trim().to_string();
    let is_size = |t: &str| {
        t.starts_with(|c: char| c.is_ascii_uppercase())
            && t.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !t.ends_with('_')
    };
    let kind = match text.as_str() {
        "?" => DimKind::Dynamic,
        ".." => DimKind::Pack(None),
        t => match (t.parse(), t.strip_suffix("..")) {
            (Ok(n), _) => DimKind::Fixed(n),
            (_, Some(pack)) if is_size(pack) => DimKind::Pack(Some(pack.to_string())),
            _ if is_size(t) => DimKind::Size(t.to_string()),
            _ if t.strip_prefix("len(").is_some_and(|r| r.starts_with(|c: char| c.is_ascii_lowercase())) => {
                DimKind::Len(t["len(".len()..].trim_end_matches(')').trim().to_string())
            }
            _ => DimKind::Expr,
        },
    };
    Dim { text, kind, span: name.span }
}
