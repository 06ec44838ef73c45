//! `dict($a, $b, …)`: `{a = 1, b = ["x"]}`, properties as one dictionary attribute.

use super::fields::{enum_attr, enum_value};
use super::read::CustomState;
use super::write::Writer;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use edge_dialect::model::{AttrConstraint, EnumDef};
use edge_ir::{Attr, Context};

/// The enumeration whose cases the items of an array are.
fn items_enum(c: &AttrConstraint) -> Option<&EnumDef> {
    match c {
        AttrConstraint::Array(item) => match &**item {
            AttrConstraint::Enum(e) => Some(e),
            _ => None,
        },
        _ => None,
    }
}

/// The array with each item changed, where all of them can be.
fn each(ctx: &Context, attr: Attr, f: impl Fn(Attr) -> Option<Attr>) -> Option<Attr> {
    let items: Option<Vec<Attr>> = ctx.as_array(attr)?.iter().map(|a| f(*a)).collect();
    Some(ctx.array_attr(&items?))
}

/// How a property is shown: the items of an array of cases as strings.
pub(super) fn shown(ctx: &Context, c: &AttrConstraint, value: Attr) -> Attr {
    let word = |e: &EnumDef, a: Attr| Some(ctx.str_attr(&e.text(enum_value(ctx, e, a)?)?));
    items_enum(c).and_then(|e| each(ctx, value, |a| word(e, a))).unwrap_or(value)
}

/// The inverse of [`shown`].
pub(super) fn held(ctx: &Context, c: &AttrConstraint, value: Attr) -> Attr {
    let word = |e: &EnumDef, a: Attr| Some(enum_attr(ctx, e, e.value(ctx.as_str(a)?)?));
    items_enum(c).and_then(|e| each(ctx, value, |a| word(e, a))).unwrap_or(value)
}

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn read_dict(&mut self, custom: &mut CustomState<'c, 's>, properties: &[usize]) -> Res<()> {
        let ctx = self.ctx;
        let at = self.pos;
        let attr = self.attr(None)?;
        let edge_ir::AttrKind::Dict(entries) = ctx.attr_kind(attr) else {
            return Err(self.report(codes::EXPECTED, at, self.pos, "expected a dictionary attribute"));
        };
        for (key, value) in entries {
            let known = properties.iter().copied().find(|n| custom.def.field_at(*n).name == ctx.str(*key));
            let Some(n) = known else {
                custom.attrs.push((*key, *value));
                continue;
            };
            custom.fields[n] = Some(held(ctx, &custom.def.field_at(n).constraint, *value));
        }
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_dict(&mut self, properties: &[usize]) {
        let ctx = self.p.ctx;
        let mut entries = vec![];
        for n in properties {
            let (Some(value), spec) = (self.field(*n), self.def.field_at(*n)) else { continue };
            entries.push((ctx.ident(&spec.name), shown(ctx, &spec.constraint, value)));
        }
        let dict = ctx.dict_attr(&entries);
        self.p.attr(dict);
    }
}
