//! `signature($function_type, $arg_attrs, $res_attrs, $region)`: `(%a: T {…}, …) -> (U {…})`.

use super::read::{CustomState, PendingArg};
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_ir::{Attr, TypeKind};

pub(super) struct Signature {
    pub function_type: usize,
    pub arg_attrs: Option<usize>,
    pub res_attrs: Option<usize>,
    pub region: usize,
}

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn read_signature(&mut self, custom: &mut CustomState<'c, 's>, s: &Signature) -> Res<()> {
        let (mut inputs, mut arg_attrs) = (Vec::new(), Vec::new());
        self.expect("(")?;
        if !self.eat(")") {
            loop {
                let name = if self.peek() == b'%' { Some(self.value_ref()?) } else { None };
                if name.is_some() {
                    self.expect(":")?;
                }
                let ty = self.ty()?;
                inputs.push(ty);
                arg_attrs.push(self.optional_dict()?);
                let loc = self.trailing_loc()?;
                let (region, number) = (s.region, inputs.len() - 1);
                custom.pending.extend(name.map(|name| PendingArg { region, number, name, ty: Some(ty), loc, like: None }));
                if !self.eat(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        let (mut results, mut res_attrs) = (Vec::new(), Vec::new());
        if self.eat("->") {
            if self.peek() == b'(' {
                self.pos += 1;
                if !self.eat(")") {
                    loop {
                        results.push(self.ty()?);
                        res_attrs.push(self.optional_dict()?);
                        if !self.eat(",") {
                            break;
                        }
                    }
                    self.expect(")")?;
                }
            } else {
                results.push(self.ty()?);
                res_attrs.push(None);
            }
        }
        let ty = self.ctx.function_type(&inputs, &results);
        custom.fields[s.function_type] = Some(self.ctx.type_attr(ty));
        for (field, dicts) in [(s.arg_attrs, arg_attrs), (s.res_attrs, res_attrs)] {
            if let (Some(field), true) = (field, dicts.iter().any(Option::is_some)) {
                let dicts: Vec<Attr> = dicts.into_iter().map(|d| d.unwrap_or_else(|| self.ctx.dict_attr(&[]))).collect();
                custom.fields[field] = Some(self.ctx.array_attr(&dicts));
            }
        }
        Ok(())
    }
    pub(super) fn optional_dict(&mut self) -> Res<Option<Attr>> {
        if self.peek() != b'{' {
            return Ok(None);
        }
        Ok(Some(self.dict()?).filter(|d| !self.ctx.dict_entries(*d).is_empty()))
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_signature(&mut self, s: &Signature) {
        let ctx = self.p.ctx;
        let ty = self.field(s.function_type).and_then(|a| ctx.as_type(a));
        let Some(TypeKind::Function { inputs, results }) = ty.map(|t| ctx.type_kind(t)) else { return };
        let dicts = |field: Option<usize>| field.and_then(|f| self.field(f)).and_then(|a| ctx.as_array(a)).unwrap_or(&[]);
        let (arg_attrs, res_attrs) = (dicts(s.arg_attrs), dicts(s.res_attrs));
        let names = self.entry_args(s.region);
        self.p.text("(");
        let (body, op) = (self.body, self.op);
        for (i, ty) in inputs.iter().enumerate() {
            self.p.text(if i > 0 { ", " } else { "" });
            if let Some(arg) = names.get(i) {
                let arg = *arg;
                self.p.op_regions(body, op, |p, inner| p.value(inner, arg));
                self.p.text(": ");
            }
            self.p.ty(*ty);
            // Attributes of an argument that has a name get no aliases.
            if self.p.collect.is_none() || names.get(i).is_none() {
                self.dict_after(arg_attrs.get(i).copied());
            }
            if let (Some(arg), true) = (names.get(i), self.p.options.debuginfo) {
                let loc = body.op_regions(op).0.value_loc(*arg);
                self.p.trailing_loc(loc, false);
            }
        }
        self.p.text(")");
        if !results.is_empty() {
            self.p.text(" -> ");
            let attrs = res_attrs.iter().any(|d| !ctx.dict_entries(*d).is_empty());
            let bare = matches!(results, [one] if !attrs && !matches!(ctx.type_kind(*one), TypeKind::Function { .. }));
            self.p.text(if bare { "" } else { "(" });
            for (i, ty) in results.iter().enumerate() {
                self.p.text(if i > 0 { ", " } else { "" });
                self.p.ty(*ty);
                self.dict_after(res_attrs.get(i).copied());
            }
            self.p.text(if bare { "" } else { ")" });
        }
        self.args_done[s.region] += names.len().min(inputs.len());
    }
    pub(super) fn dict_after(&mut self, dict: Option<Attr>) {
        let entries = dict.map_or(&[][..], |d| self.p.ctx.dict_entries(d));
        if !entries.is_empty() {
            self.p.text(" ");
            self.p.dict(entries, |_| true);
        }
    }
}
