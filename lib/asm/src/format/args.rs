//! Entry arguments named in the format: `args`, `assign`, `attributions`.

use super::read::{CustomState, PendingArg};
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;

impl<'c, 's> Parser<'c, 's> {
    /// `%i, %j`, with types where `typed`.
    pub(super) fn read_args(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        region: usize,
        count: Option<usize>,
        typed: bool,
        at: Option<usize>,
    ) -> Res<()> {
        let mut number = at.unwrap_or_else(|| custom.next_arg(region));
        let mut read = 0;
        while self.peek() == b'%' && count != Some(read) {
            let name = self.value_ref()?;
            let ty = if typed {
                self.expect(":")?;
                Some(self.ty()?)
            } else {
                None
            };
            custom.pending.push(PendingArg { region, number, name, ty, loc: None, like: None });
            (read, number) = (read + 1, number + 1);
            if count == Some(read) || !self.eat(",") {
                break;
            }
        }
        match count {
            Some(n) if read < n => Err(self.expected("the name of a region's argument")),
            _ => Ok(()),
        }
    }
    /// `%a = %x, %b = %y`.
    pub(super) fn read_assign(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        region: usize,
        operands: usize,
        at: Option<usize>,
    ) -> Res<()> {
        let mut number = at.unwrap_or_else(|| custom.next_arg(region));
        while self.peek() == b'%' {
            let name = self.value_ref()?;
            self.expect("=")?;
            let value = self.value_ref()?;
            let like = Some((operands, custom.operands[operands].len()));
            custom.operands[operands].push(value);
            custom.pending.push(PendingArg { region, number, name, ty: None, loc: None, like });
            number += 1;
            if !custom.def.operands[operands].is_variadic() || !self.eat(",") {
                break;
            }
        }
        Ok(())
    }
    /// `word(%a : T {…}, …)`.
    pub(super) fn read_attributions(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        word: &str,
        count: Option<usize>,
        region: usize,
        attrs: Option<usize>,
    ) -> Res<()> {
        if !self.eat_word(word) {
            if let Some(count) = count {
                custom.fields[count] = Some(self.ctx.i64_attr(0));
            }
            return Ok(());
        }
        self.expect("(")?;
        let mut n = 0;
        let mut dicts = Vec::new();
        while self.peek() == b'%' {
            let name = self.value_ref()?;
            self.expect(":")?;
            let ty = Some(self.ty()?);
            let number = custom.next_arg(region);
            custom.pending.push(PendingArg { region, number, name, ty, loc: None, like: None });
            n += 1;
            dicts.push(self.optional_dict()?);
            if !self.eat(",") {
                break;
            }
        }
        if let (Some(attrs), true) = (attrs, dicts.iter().any(Option::is_some)) {
            let dicts: Vec<_> = dicts.into_iter().map(|d| d.unwrap_or_else(|| self.ctx.dict_attr(&[]))).collect();
            custom.fields[attrs] = Some(self.ctx.array_attr(&dicts));
        }
        if let Some(count) = count {
            custom.fields[count] = Some(self.ctx.i64_attr(n));
        }
        self.expect(")")
    }
}

impl Writer<'_, '_, '_, '_> {
    /// Entry arguments of a region, from the given or the next one: so many, or all that are left.
    pub(super) fn take_args(&mut self, region: usize, count: Option<usize>, at: Option<usize>) -> Vec<edge_ir::Value> {
        let all = self.entry_args(region);
        let from = at.unwrap_or(self.args_done[region]).min(all.len());
        let to = count.map_or(all.len(), |n| (from + n).min(all.len()));
        self.args_done[region] = to.max(self.args_done[region]);
        all[from..to].to_vec()
    }
    pub(super) fn inner_value(&mut self, value: edge_ir::Value) {
        self.p.op_regions(self.body, self.op, |p, inner| p.value(inner, value));
    }
    pub(super) fn inner_type(&mut self, value: edge_ir::Value) {
        let ty = self.body.op_regions(self.op).0.ty(value);
        self.p.ty(ty);
    }
    pub(super) fn write_args(&mut self, region: usize, count: Option<usize>, typed: bool, at: Option<usize>) {
        for (i, arg) in self.take_args(region, count, at).into_iter().enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            self.inner_value(arg);
            if typed {
                self.p.text(": ");
                self.inner_type(arg);
            }
        }
    }
    pub(super) fn write_assign(&mut self, region: usize, operands: usize, at: Option<usize>) {
        let values = self.operands[operands].clone();
        let args = self.take_args(region, Some(values.len()), at);
        for (i, (arg, value)) in args.into_iter().zip(values).enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            self.inner_value(arg);
            self.p.text(" = ");
            self.p.value(self.body, value);
        }
    }
    pub(super) fn write_attributions(&mut self, word: &str, count: Option<usize>, region: usize, attrs: Option<usize>) {
        let n = count.map(|c| self.field(c).and_then(|a| self.p.ctx.as_int(a)).unwrap_or(0).max(0) as usize);
        let args = self.take_args(region, n, None);
        if args.is_empty() {
            return;
        }
        let dicts = attrs.and_then(|f| self.field(f)).and_then(|a| self.p.ctx.as_array(a)).unwrap_or(&[]);
        self.spaced();
        self.p.text(word);
        self.p.text("(");
        for (i, arg) in args.into_iter().enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            self.inner_value(arg);
            self.p.text(" : ");
            self.inner_type(arg);
            self.dict_after(dicts.get(i).copied());
        }
        self.p.text(")");
    }
}
