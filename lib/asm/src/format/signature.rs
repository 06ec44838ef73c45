//! `signature($function_type, $arg_attrs, $res_attrs, $region)`: `(%a: T {…}, …) -> (U {…})`.

use super::read::{CustomState, PendingArg};
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use edge_dialect::model::{AttrConstraint, TypeConstraint};
use edge_ir::{Attr, Context, Param, Type, TypeKind};

pub(super) struct Signature {
    pub function_type: usize,
    pub arg_attrs: Option<usize>,
    pub res_attrs: Option<usize>,
    pub region: usize,
}

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn read_signature(&mut self, custom: &mut CustomState<'c, 's>, s: &Signature) -> Res<()> {
        let (mut inputs, mut arg_attrs, mut varargs) = (Vec::new(), Vec::new(), false);
        self.expect("(")?;
        if !self.eat(")") {
            loop {
                if self.eat("...") {
                    varargs = true;
                    break;
                }
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
        let ty = match function_name(&custom.def.field_at(s.function_type).constraint) {
            Some(name) => dialect_function(self.ctx, name, &inputs, &results, varargs),
            None => self.ctx.function_type(&inputs, &results),
        };
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

/// The function type of a dialect that a property holds, where it is no builtin one.
fn function_name(c: &AttrConstraint) -> Option<&str> {
    match c {
        AttrConstraint::Type(inner) => match &**inner {
            TypeConstraint::Dialect { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

/// A function type of a dialect: result, inputs, whether more may follow. No result is the dialect's `void`.
fn dialect_function(ctx: &Context, name: &str, inputs: &[Type], results: &[Type], varargs: bool) -> Type {
    let dialect = name.split('.').next().unwrap_or(name);
    let result = results.first().copied().unwrap_or_else(|| ctx.dialect_type(&format!("{dialect}.void"), &[]));
    let inputs: Vec<Param<'_>> = inputs.iter().map(|t| Param::Type(*t)).collect();
    let more = if varargs { Param::Int(1) } else { Param::None };
    ctx.dialect_type(name, &[Param::Type(result), Param::List(&inputs), more])
}

/// Inputs, results, and whether more arguments may follow.
fn function_parts(ctx: &Context, ty: Type) -> Option<(Vec<Type>, Vec<Type>, bool)> {
    match ctx.type_kind(ty) {
        TypeKind::Function { inputs, results } => Some((inputs.to_vec(), results.to_vec(), false)),
        TypeKind::Dialect { params: [Param::Type(result), Param::List(inputs), more], .. } => {
            let inputs = inputs.iter().filter_map(|p| if let Param::Type(t) = p { Some(*t) } else { None }).collect();
            let void = matches!(ctx.type_kind(*result), TypeKind::Dialect { name, .. } if ctx.str(name).ends_with(".void"));
            Some((inputs, if void { vec![] } else { vec![*result] }, *more != Param::None))
        }
        _ => None,
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_signature(&mut self, s: &Signature) {
        let ctx = self.p.ctx;
        let ty = self.field(s.function_type).and_then(|a| ctx.as_type(a));
        let Some((inputs, results, varargs)) = ty.and_then(|t| function_parts(ctx, t)) else { return };
        let results = &results[..];
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
        if varargs {
            self.p.text(if inputs.is_empty() { "..." } else { ", ..." });
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
