//! Indices that are known or given: `index-list` and `bound`.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_dialect::model::{AttrConstraint, Delimiter, ElementKind, OpDef};
use edge_ir::AttrKind;
use edge_ir::types::DYNAMIC;

fn brackets(d: Delimiter) -> (&'static str, &'static str) {
    match d {
        Delimiter::Square => ("[", "]"),
        Delimiter::Paren => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::None => ("", ""),
    }
}

/// Whether the numbers of a property are 32 bits wide.
fn holds_i32(def: &OpDef, property: usize) -> bool {
    matches!(def.field_at(property).constraint, AttrConstraint::DenseArray(ElementKind::I32))
}

impl<'c, 's> Parser<'c, 's> {
    /// `[1, %n, 4]`; `[8]` in brackets of its own is a scalable size, which only the property `scalable` of a few operations holds.
    pub(super) fn read_index_list(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        (dynamic, statics, scalable): (usize, usize, Option<usize>),
        d: Delimiter,
    ) -> Res<()> {
        let mut flags = Vec::new();
        let (open, close) = brackets(d);
        self.expect(open)?;
        let mut list = Vec::new();
        let mut more = close.is_empty() || !self.eat(close);
        while more {
            let lasting = scalable.is_some() && self.eat("[");
            flags.push(lasting);
            let b = self.peek();
            if b == b'%' {
                let value = self.value_ref()?;
                custom.operands[dynamic].push(value);
                list.push(DYNAMIC);
            } else if b == b'-' || b.is_ascii_digit() {
                list.push(self.signed()?);
            } else if close.is_empty() && list.is_empty() {
                break;
            } else {
                return Err(self.expected("an index: a number or an SSA value"));
            }
            if lasting {
                self.expect("]")?;
            }
            if !self.eat(",") {
                self.expect(close)?;
                more = false;
            }
        }
        custom.fields[statics] = Some(if holds_i32(custom.def, statics) {
            let list: Vec<i32> = list.iter().map(|n| if *n == DYNAMIC { i32::MIN } else { *n as i32 }).collect();
            self.ctx.i32_array(&list)
        } else {
            self.ctx.i64_array(&list)
        });
        if let Some(scalable) = scalable {
            let data: Vec<u8> = flags.iter().map(|f| *f as u8).collect();
            custom.fields[scalable] = Some(self.ctx.attr(AttrKind::DenseArray { elem: self.ctx.i1(), data: &data }));
        }
        Ok(())
    }
    pub(super) fn signed(&mut self) -> Res<i64> {
        let negative = self.eat("-");
        let n = self.number()?;
        Ok(if negative { 0i64.wrapping_sub_unsigned(n) } else { i64::try_from(n).unwrap_or(i64::MAX) })
    }
    pub(super) fn read_bound(&mut self, custom: &mut CustomState<'c, 's>, dynamic: usize, statics: usize) -> Res<()> {
        let value = if self.peek() == b'%' {
            custom.operands[dynamic] = vec![self.value_ref()?];
            DYNAMIC
        } else {
            self.signed()?
        };
        custom.fields[statics] = Some(self.ctx.i64_attr(value));
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_index_list(&mut self, (dynamic, statics, scalable): (usize, usize, Option<usize>), d: Delimiter) {
        let (open, close) = brackets(d);
        let dynamic_mark = if holds_i32(self.def, statics) { i32::MIN as i64 } else { DYNAMIC };
        let list = self.field(statics).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default();
        let flags = scalable.and_then(|s| self.field(s)).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default();
        let mut values = self.operands[dynamic].clone().into_iter();
        self.p.text(open);
        for (i, n) in list.into_iter().enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            let lasting = flags.get(i).is_some_and(|f| *f != 0);
            self.p.text(if lasting { "[" } else { "" });
            match (n, if n == dynamic_mark { values.next() } else { None }) {
                (_, Some(value)) => self.p.value(self.body, value),
                (n, None) => self.p.text(&n.to_string()),
            }
            self.p.text(if lasting { "]" } else { "" });
        }
        self.p.text(close);
    }
    pub(super) fn write_bound(&mut self, dynamic: usize, statics: usize) {
        match self.operands[dynamic].first().copied() {
            Some(value) => self.p.value(self.body, value),
            None => {
                let n = self.field(statics).and_then(|a| self.p.ctx.as_int(a)).unwrap_or(0);
                self.p.text(&n.to_string());
            }
        }
    }
}
