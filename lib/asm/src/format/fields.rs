//! Properties in a format: as their constraints say.

use super::read::CustomState;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use crate::print::Printer;
use edge_dialect::model::*;
use edge_ir::{Attr, AttrKind, Context, Param, Type};

/// The constraint without what only restricts values.
fn inner(c: &AttrConstraint) -> &AttrConstraint {
    match c {
        AttrConstraint::OneOf(c, _) | AttrConstraint::Range(c, ..) | AttrConstraint::PowerOfTwo(c) => inner(c),
        c => c,
    }
}

/// The type of a number that stands alone.
pub(super) fn number_type(ctx: &Context, c: &AttrConstraint) -> Option<Type> {
    Some(match inner(c) {
        AttrConstraint::Integer { width, sign } => ctx.int_with(*width, *sign),
        AttrConstraint::Index => ctx.index(),
        AttrConstraint::Float(kind) => ctx.float(*kind),
        AttrConstraint::Bool => ctx.i1(),
        _ => return None,
    })
}

/// The enumeration that a constraint wants.
pub(super) fn enum_of_constraint(c: &AttrConstraint) -> Option<&std::sync::Arc<EnumDef>> {
    match inner(c) {
        AttrConstraint::Enum(e) => Some(e),
        _ => None,
    }
}

/// The words of an enumeration's value, where the property is one.
pub(super) fn enum_text(ctx: &Context, def: &OpDef, property: &str, attr: Attr) -> Option<String> {
    match inner(&def.field_at(def.field(property)?).constraint) {
        AttrConstraint::Enum(e) => e.text(enum_value(ctx, e, attr)?),
        _ => None,
    }
}

pub(super) fn enum_value(ctx: &Context, e: &EnumDef, attr: Attr) -> Option<i64> {
    match ctx.attr_kind(attr) {
        AttrKind::Integer { .. } => ctx.as_int(attr),
        AttrKind::String { .. } => e.value(ctx.as_str(attr)?),
        AttrKind::Dialect { params: [Param::Int(n)], .. } => Some(*n),
        _ => None,
    }
}

pub(super) fn enum_attr(ctx: &Context, e: &EnumDef, value: i64) -> Attr {
    match e.storage {
        EnumStorage::Integer(width) => ctx.int_attr(value as i128, ctx.int(width)),
        EnumStorage::String => ctx.str_attr(&e.text(value).unwrap_or_default()),
        EnumStorage::Attribute { .. } => ctx.attr(AttrKind::Dialect { name: ctx.ident(&e.name), params: &[Param::Int(value)] }),
    }
}

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn field_is_there(&mut self, c: &AttrConstraint) -> bool {
        let b = self.peek();
        let word = crate::scan::is_id_start(b);
        match inner(c) {
            AttrConstraint::SymbolName | AttrConstraint::SymbolRef { .. } => b == b'@',
            AttrConstraint::Str => b == b'"',
            AttrConstraint::Integer { .. } | AttrConstraint::Index | AttrConstraint::Float(_) | AttrConstraint::AnyInteger => {
                b == b'-' || b.is_ascii_digit()
            }
            AttrConstraint::Array(_) | AttrConstraint::DenseArray(_) => b == b'[',
            AttrConstraint::Dict => b == b'{',
            AttrConstraint::Dialect(_) => b == b'<' || b == b'#',
            AttrConstraint::Enum(e) => match e.storage {
                EnumStorage::Attribute { bare: false } => b == b'<' || b == b'#',
                _ => {
                    let word = self.word();
                    e.cases.iter().any(|c| c.0 == word)
                }
            },
            _ => word || matches!(b, b'#' | b'"' | b'[' | b'{' | b'-' | b'!' | b'(' | b'@') || b.is_ascii_digit(),
        }
    }
    pub(super) fn field_value(&mut self, def: &OpDef, spec: &PropertyDef, custom: &CustomState<'c, 's>) -> Res<Attr> {
        let _ = (def, custom);
        self.attr_of(&spec.constraint)
    }
    /// An attribute that satisfies a constraint, written as that says.
    pub(super) fn attr_of(&mut self, c: &AttrConstraint) -> Res<Attr> {
        let c = inner(c);
        match c {
            AttrConstraint::Unit | AttrConstraint::Flag => {
                self.eat_word("unit");
                Ok(self.ctx.unit())
            }
            AttrConstraint::SymbolName => {
                let name = self.symbol_name()?;
                Ok(self.ctx.str_attr(&name))
            }
            AttrConstraint::SymbolRef { .. } => self.symbol_ref(),
            AttrConstraint::Enum(e) => self.enum_of(e),
            AttrConstraint::DenseArray(kind) => self.bracketed(*kind),
            AttrConstraint::Dialect(name) => self.stripped_attr(name),
            AttrConstraint::Type(_) => Ok(self.ctx.type_attr(self.ty()?)),
            // A string that stands alone has no type, and the colon after it is the format's.
            AttrConstraint::Str => self.attr(Some(self.ctx.none_type())),
            _ => self.attr(number_type(self.ctx, c)),
        }
    }
    fn enum_of(&mut self, e: &EnumDef) -> Res<Attr> {
        if self.peek() == b'#' {
            return self.attr(None);
        }
        let angled = e.storage == EnumStorage::Attribute { bare: false };
        if angled {
            self.expect("<")?;
        }
        let value = self.enum_cases(e)?;
        if angled {
            self.expect(">")?;
        }
        Ok(enum_attr(self.ctx, e, value))
    }
    pub(super) fn enum_cases(&mut self, e: &EnumDef) -> Res<i64> {
        self.space();
        let start = self.pos;
        let mut words = Vec::new();
        loop {
            let quoted = self.peek() == b'"';
            if quoted {
                let bytes = self.string()?;
                words.push(String::from_utf8_lossy(&bytes).into_owned());
            } else {
                let word = self.word();
                self.pos += word.len();
                words.push(word.to_owned());
            }
            if !e.bits || !self.eat(e.separator.trim()) {
                break;
            }
        }
        e.parse(words.iter().map(String::as_str)).ok_or_else(|| {
            let cases: Vec<&str> = e.cases.iter().map(|c| c.0.as_str()).collect();
            self.report(codes::EXPECTED, start, self.pos.max(start + 1), format!("expected one of {}", cases.join(", ")))
        })
    }
    /// `[1, 2]` of a dense array.
    fn bracketed(&mut self, kind: ElementKind) -> Res<Attr> {
        let elem = self.element_kind_type(kind);
        self.expect("[")?;
        let mut data = Vec::new();
        if !self.eat("]") {
            loop {
                self.element(elem, &mut data)?;
                if !self.eat(",") {
                    break;
                }
            }
            self.expect("]")?;
        }
        Ok(self.ctx.attr(AttrKind::DenseArray { elem, data: &data }))
    }
    pub(super) fn element_kind_type(&self, kind: ElementKind) -> Type {
        crate::parse_type(self.ctx, kind.word()).unwrap_or_else(|_| self.ctx.i64())
    }
}

impl Printer<'_, '_> {
    /// An attribute as its constraint says.
    pub(super) fn attr_as(&mut self, c: &AttrConstraint, attr: Attr) {
        use crate::print::TypeShown;
        let c = inner(c);
        let ctx = self.ctx;
        match c {
            AttrConstraint::Unit | AttrConstraint::Flag => {}
            AttrConstraint::SymbolName => {
                let name = ctx.as_str(attr).unwrap_or_default().to_owned();
                self.symbol(&name);
            }
            AttrConstraint::Enum(e) => {
                let text = enum_value(ctx, e, attr).and_then(|v| e.text(v)).unwrap_or_default();
                let angled = e.storage == EnumStorage::Attribute { bare: false };
                // MLIR's own text has two spaces before such a word.
                let bare = e.storage == EnumStorage::Attribute { bare: true } && !e.tight;
                self.text(if angled {
                    "<"
                } else if bare {
                    " "
                } else {
                    ""
                });
                match e.storage {
                    EnumStorage::Integer(_) if !e.bits => self.keyword_or_string(&text),
                    _ => self.text(&text),
                }
                self.text(if angled { ">" } else { "" });
            }
            AttrConstraint::DenseArray(_) => {
                self.text("[");
                self.array_elements(attr);
                self.text("]");
            }
            AttrConstraint::Dialect(name) => self.stripped_attr(name, attr),
            _ if number_type(ctx, c).is_some() => self.attr_with(attr, TypeShown::Never),
            _ => self.attr(attr),
        }
    }
}
