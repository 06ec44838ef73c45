//! Lists of numbers and words: `slices`, `fields`, `letters`, `words`.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use edge_dialect::model::{AttrConstraint, ElementKind, EnumDef, ListField};
use edge_ir::{Attr, AttrKind};
use std::sync::Arc;

/// The enumeration whose cases an array holds.
fn cases_of(c: &AttrConstraint) -> Option<&Arc<EnumDef>> {
    match c {
        AttrConstraint::Array(item) => match &**item {
            AttrConstraint::Enum(e) => Some(e),
            _ => None,
        },
        _ => None,
    }
}

impl<'c, 's> Parser<'c, 's> {
    /// `[…]` with `item` between the commas.
    fn square(&mut self, mut item: impl FnMut(&mut Self) -> Res<()>) -> Res<()> {
        self.expect("[")?;
        if self.eat("]") {
            return Ok(());
        }
        loop {
            item(self)?;
            if !self.eat(",") {
                return self.expect("]");
            }
        }
    }
    /// `[0:4, 1:3:2]`.
    pub(super) fn read_slices(&mut self, custom: &mut CustomState<'c, 's>, fields: [usize; 3]) -> Res<()> {
        let mut lists: [Vec<i64>; 3] = Default::default();
        self.square(|p| {
            lists[0].push(p.signed()?);
            p.expect(":")?;
            lists[1].push(p.signed()?);
            lists[2].push(if p.eat(":") { p.signed()? } else { 1 });
            Ok(())
        })?;
        for (field, list) in fields.into_iter().zip(lists) {
            custom.fields[field] = Some(self.ctx.i64_array(&list));
        }
        Ok(())
    }
    /// `word = […], …`.
    pub(super) fn read_fields(&mut self, custom: &mut CustomState<'c, 's>, fields: &[ListField]) -> Res<()> {
        loop {
            let word = self.word();
            let Some(field) = fields.iter().find(|f| f.word == word) else {
                return if word.is_empty() { Ok(()) } else { Err(self.unknown_field(fields)) };
            };
            if custom.fields[field.property].is_some() {
                return Err(self.report(
                    codes::DUPLICATE_KEY,
                    self.pos,
                    self.pos + word.len(),
                    format!("`{word}` is given twice"),
                ));
            }
            self.pos += word.len();
            self.expect("=")?;
            custom.fields[field.property] = Some(match (field.columns, &custom.def.field_at(field.property).constraint) {
                (Some(columns), _) => self.rows(columns)?,
                (None, AttrConstraint::DenseArray(ElementKind::I1)) => self.flags()?,
                (None, constraint) => self.attr_of(constraint)?,
            });
            if !self.eat(",") {
                return Ok(());
            }
        }
    }
    fn unknown_field(&mut self, fields: &[ListField]) -> edge_support::Reported {
        let known: Vec<&str> = fields.iter().map(|f| f.word.as_str()).collect();
        self.expected(&format!("one of {}", known.join(", ")))
    }
    /// `[true, 0]`.
    fn flags(&mut self) -> Res<Attr> {
        let mut data = vec![];
        self.square(|p| {
            let set = p.eat_word("true");
            data.push(u8::from(set || !p.eat_word("false") && p.signed()? != 0));
            Ok(())
        })?;
        Ok(self.ctx.attr(AttrKind::DenseArray { elem: self.ctx.i1(), data: &data }))
    }
    /// `[[1, 2], [3, 4]]` as a dense attribute of `i64`.
    fn rows(&mut self, columns: usize) -> Res<Attr> {
        let mut list: Vec<i64> = vec![];
        let mut rows = 0i64;
        self.square(|p| {
            let (at, before) = (p.pos, list.len());
            p.square(|p| {
                list.push(p.signed()?);
                Ok(())
            })?;
            rows += 1;
            if list.len() - before != columns {
                return Err(p.report(codes::EXPECTED, at, p.pos, format!("expected {columns} numbers")));
            }
            Ok(())
        })?;
        let splat = !list.is_empty() && list.windows(2).all(|w| w[0] == w[1]);
        let shown = if splat { &list[..1] } else { &list[..] };
        let data: Vec<u8> = shown.iter().flat_map(|n| n.to_le_bytes()).collect();
        let ty = self.ctx.tensor(&[rows, columns as i64], self.ctx.i64());
        Ok(self.ctx.attr(AttrKind::Dense { ty, data: &data, splat }))
    }
    /// `e5m10`.
    pub(super) fn read_letters(&mut self, custom: &mut CustomState<'c, 's>, parts: &[(String, usize)]) -> Res<()> {
        let word = self.word();
        let mut rest = word;
        for (letter, field) in parts {
            let after = rest.strip_prefix(letter.as_str());
            let digits = after.map_or("", |a| &a[..a.bytes().take_while(u8::is_ascii_digit).count()]);
            let Ok(number) = digits.parse::<i64>() else {
                let form: String = parts.iter().map(|(l, _)| format!("{l}#")).collect();
                return Err(self.expected(&format!("numbers in the form `{form}`")));
            };
            rest = &rest[letter.len() + digits.len()..];
            let constraint = &custom.def.field_at(*field).constraint;
            custom.fields[*field] =
                super::fields::number_type(self.ctx, constraint).map(|ty| self.ctx.int_attr(number as i128, ty));
        }
        self.pos += word.len();
        if rest.is_empty() { Ok(()) } else { Err(self.expected("no more letters")) }
    }
    /// `[a, b]`.
    pub(super) fn read_words(&mut self, custom: &mut CustomState<'c, 's>, field: usize) -> Res<()> {
        let mut items = vec![];
        let def = custom.def;
        let cases = cases_of(&def.field_at(field).constraint);
        self.square(|p| {
            items.push(match cases {
                Some(e) => {
                    let value = p.enum_cases(e)?;
                    super::fields::enum_attr(p.ctx, e, value)
                }
                None => p.attr(None)?,
            });
            Ok(())
        })?;
        custom.fields[field] = Some(self.ctx.array_attr(&items));
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    fn ints(&self, field: usize) -> Vec<i64> {
        self.field(field).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default()
    }
    pub(super) fn write_slices(&mut self, fields: [usize; 3]) {
        let [start, limit, stride] = fields.map(|f| self.ints(f));
        let ranges = start.into_iter().zip(limit).zip(stride);
        self.p.text("[");
        self.p.comma(ranges, |p, ((start, limit), stride)| {
            p.text(&format!("{start}:{limit}"));
            if stride != 1 {
                p.text(&format!(":{stride}"));
            }
        });
        self.p.text("]");
    }
    pub(super) fn write_fields(&mut self, fields: &[ListField]) {
        let mut first = true;
        for field in fields {
            let Some(value) = self.field(field.property) else { continue };
            self.p.text(if std::mem::take(&mut first) { "" } else { ", " });
            self.p.text(&field.word);
            self.p.text(" = ");
            match field.columns {
                Some(columns) => self.write_rows(value, columns),
                None => {
                    let def = self.def;
                    self.p.attr_as(&def.field_at(field.property).constraint, value);
                }
            }
        }
    }
    fn write_rows(&mut self, value: Attr, columns: usize) {
        let list = super::defaults::dense_ints(self.p.ctx, value).unwrap_or_default();
        self.p.text("[");
        self.p.comma(list.chunks(columns.max(1)), |p, row| {
            p.text("[");
            p.comma(row, |p, n| p.text(&n.to_string()));
            p.text("]");
        });
        self.p.text("]");
    }
    pub(super) fn write_letters(&mut self, parts: &[(String, usize)]) {
        for (letter, field) in parts {
            let number = self.field(*field).and_then(|a| self.p.ctx.as_int(a)).unwrap_or(0);
            self.p.text(&format!("{letter}{number}"));
        }
    }
    pub(super) fn write_words(&mut self, field: usize) {
        let items = self.field(field).and_then(|a| self.p.ctx.as_array(a)).unwrap_or(&[]);
        let cases = cases_of(&self.def.field_at(field).constraint);
        self.p.text("[");
        self.p.comma(items, |p, item| match cases.and_then(|e| e.text(super::fields::enum_value(p.ctx, e, *item)?)) {
            Some(word) => p.text(&word),
            None => p.attr(*item),
        });
        self.p.text("]");
    }
}
