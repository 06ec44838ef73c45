//! Idioms of other systems' hand-written assembly: `keyword`, `quoted`, `dense-list`, `named-values`, `member-type`, `global-type`,
//! `storage-class`, `attr-dict-with-words`.

use super::fields::{enum_attr, enum_of_constraint, enum_text};
use super::read::{CustomState, type_name};
use super::write::Writer;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use edge_dialect::model::Values;
use edge_ir::{Attr, AttrKind, Context, Param, Type, TypeKind};

impl<'c, 's> Parser<'c, 's> {
    /// A bare word of a string property, a case of an enumeration.
    pub(super) fn keyword_is_there(&mut self, custom: &CustomState<'c, 's>, property: usize) -> bool {
        let word = self.word();
        match enum_of_constraint(&custom.def.field_at(property).constraint) {
            Some(e) => !word.is_empty() && e.value(word).is_some(),
            // Not one that the format itself goes on with.
            None => matches!(word, "private" | "public" | "nested"),
        }
    }
    pub(super) fn read_keyword(&mut self, custom: &mut CustomState<'c, 's>, property: usize) -> Res<()> {
        if let Some(e) = enum_of_constraint(&custom.def.field_at(property).constraint) {
            let value = self.enum_cases(e)?;
            custom.fields[property] = Some(enum_attr(self.ctx, e, value));
            return Ok(());
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.expected("a word"));
        }
        self.pos += word.len();
        custom.fields[property] = Some(self.ctx.str_attr(word));
        Ok(())
    }
    pub(super) fn read_quoted(&mut self, custom: &mut CustomState<'c, 's>, property: usize) -> Res<()> {
        if self.peek() != b'"' {
            return Err(self.expected("a string"));
        }
        let start = self.pos;
        let bytes = self.string()?;
        let text = String::from_utf8_lossy(&bytes);
        custom.fields[property] = Some(match enum_of_constraint(&custom.def.field_at(property).constraint) {
            None => self.ctx.str_attr(&text),
            Some(e) => {
                let cases: Vec<&str> =
                    if e.bits { text.split(e.separator.trim()).map(str::trim).collect() } else { vec![&text] };
                let value = e.parse(cases).ok_or_else(|| {
                    let names: Vec<&str> = e.cases.iter().map(|c| c.0.as_str()).collect();
                    self.report(codes::EXPECTED, start, self.pos, format!("expected one of {}", names.join(", ")))
                })?;
                enum_attr(self.ctx, e, value)
            }
        });
        Ok(())
    }
    /// `[1, 2]` as a dense tensor.
    pub(super) fn read_dense_list(&mut self, custom: &mut CustomState<'c, 's>, property: usize, elem: &str) -> Res<()> {
        let elem = crate::parse_type(self.ctx, elem).map_err(|_| self.expected("a type"))?;
        self.expect("[")?;
        let mut list = Vec::new();
        if !self.eat("]") {
            loop {
                list.push(self.signed()?);
                if !self.eat(",") {
                    break;
                }
            }
            self.expect("]")?;
        }
        let size = self.ctx.byte_size(elem).unwrap_or(8).min(8) as usize;
        let splat = !list.is_empty() && list.windows(2).all(|w| w[0] == w[1]);
        let shown = if splat { &list[..1] } else { &list[..] };
        let data: Vec<u8> = shown.iter().flat_map(|n| n.to_le_bytes()[..size].to_vec()).collect();
        let ty = self.ctx.tensor(&[list.len() as i64], elem);
        custom.fields[property] = Some(self.ctx.attr(AttrKind::Dense { ty, data: &data, splat }));
        Ok(())
    }
    /// `{"a" = %x}`.
    pub(super) fn read_named_values(&mut self, custom: &mut CustomState<'c, 's>, operands: usize, names: usize) -> Res<()> {
        let mut all = Vec::new();
        if self.eat("{") {
            while !self.eat("}") {
                let bytes = self.string()?;
                all.push(self.ctx.str_attr(&String::from_utf8_lossy(&bytes)));
                self.expect("=")?;
                let value = self.value_ref()?;
                custom.operands[operands].push(value);
                if !self.eat(",") {
                    self.expect("}")?;
                    break;
                }
            }
        }
        custom.fields[names] = Some(self.ctx.array_attr(&all));
        Ok(())
    }
    pub(super) fn read_member_type(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        values: Values,
        of: usize,
        position: usize,
    ) -> Res<()> {
        let at = self.pos;
        let whole = custom.types.operands[of].first().copied().flatten();
        let path = custom.fields[position].map(|a| positions(self.ctx, a)).unwrap_or_default();
        match whole.and_then(|ty| path.iter().try_fold(ty, |ty, n| member(self.ctx, ty, *n))) {
            Some(ty) => self.set_types(custom, values, vec![ty]),
            None => {
                Err(self.report(codes::BAD_OP, at.saturating_sub(1), at, "nothing stands at this position of the aggregate"))
            }
        }
    }
    /// `: T`, or the type of the string.
    pub(super) fn read_global_type(&mut self, custom: &mut CustomState<'c, 's>, ty: usize, value: usize) -> Res<()> {
        let made = if self.eat(":") {
            self.ty()?
        } else {
            let bytes = custom.fields[value].and_then(|a| match self.ctx.attr_kind(a) {
                AttrKind::String { bytes, .. } => Some(bytes.len()),
                _ => None,
            });
            let Some(length) = bytes else { return Err(self.expected("`:` and a type")) };
            let text = format!("!llvm.array<{length} x i8>");
            crate::parse_type(self.ctx, &text).map_err(|_| self.expected("`:` and a type"))?
        };
        custom.fields[ty] = Some(self.ctx.type_attr(made));
        Ok(())
    }
    pub(super) fn read_storage_class(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        pointer: Values,
        of: Option<Values>,
    ) -> Res<()> {
        if self.peek() != b'"' {
            return Err(self.expected("a storage class in quotes"));
        }
        let bytes = self.string()?;
        if let Some(of) = of {
            custom.pointers.push((pointer, of, self.ctx.ident(&String::from_utf8_lossy(&bytes))));
        }
        Ok(())
    }
    /// The types of pointers whose storage class the text says apart from what they point to.
    pub(super) fn pointer_types(&mut self, custom: &mut CustomState<'c, 's>) {
        for (pointer, of, class) in std::mem::take(&mut custom.pointers) {
            let spec = |v: Values| match v {
                Values::Operand(n) => custom.def.operands.get(n),
                Values::Result(n) => custom.def.results.get(n),
                _ => None,
            };
            let pointee = match of {
                Values::Operand(n) => custom.types.operands[n].first().copied().flatten(),
                Values::Result(n) => custom.types.results[n].as_ref().and_then(|t| t.first().copied()),
                _ => None,
            };
            let name = spec(pointer).and_then(|s| type_name(custom.def, &s.constraint));
            if let (Some(name), Some(pointee)) = (name, pointee) {
                let ty = self.ctx.dialect_type(name, &[Param::Type(pointee), Param::Str(class)]);
                let _ = self.set_types(custom, pointer, vec![ty]);
            }
        }
        for (property, pointer) in std::mem::take(&mut custom.storages) {
            let ty = match pointer {
                Values::Operand(n) => custom.types.operands[n].first().copied().flatten(),
                Values::Result(n) => custom.types.results[n].as_ref().and_then(|t| t.first().copied()),
                _ => None,
            };
            let e = enum_of_constraint(&custom.def.field_at(property).constraint);
            if let (Some(TypeKind::Dialect { params: [.., Param::Str(class)], .. }), Some(e)) =
                (ty.map(|t| self.ctx.type_kind(t)), e)
            {
                custom.fields[property] = e.value(self.ctx.str(*class)).map(|value| enum_attr(self.ctx, e, value));
            }
        }
    }
    /// `{a = word, b = 1 : i32}`.
    pub(super) fn word_dict(&mut self, custom: &mut CustomState<'c, 's>) -> Res<()> {
        if !self.eat("{") {
            return Ok(());
        }
        while !self.eat("}") {
            let key = match self.peek() {
                b'"' => String::from_utf8_lossy(&self.string()?).into_owned(),
                _ => {
                    let word = self.word();
                    if word.is_empty() {
                        return Err(self.expected("the name of an attribute"));
                    }
                    self.pos += word.len();
                    word.to_owned()
                }
            };
            let field = custom.def.property(&key);
            let e = field.and_then(|n| enum_of_constraint(&custom.def.properties[n].constraint));
            let value = if !self.eat("=") {
                self.ctx.unit()
            } else if let Some(e) = e.filter(|_| crate::scan::is_id_start(self.peek())) {
                let value = self.enum_cases(e)?;
                enum_attr(self.ctx, e, value)
            } else {
                self.attr(None)?
            };
            match field {
                Some(n) => custom.fields[n] = Some(value),
                None => custom.attrs.push((self.ctx.ident(&key), value)),
            }
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(())
    }
}

/// The numbers of a list of integers, dense or not.
fn positions(ctx: &Context, attr: Attr) -> Vec<i64> {
    match ctx.as_array(attr) {
        Some(items) => items.iter().filter_map(|i| ctx.as_int(*i)).collect(),
        None => ctx.as_ints(attr).unwrap_or_default(),
    }
}

/// The type of a part of an aggregate.
fn member(ctx: &Context, ty: Type, position: i64) -> Option<Type> {
    match ctx.type_kind(ty) {
        TypeKind::Vector { shape: [_], elem, .. } => Some(elem),
        TypeKind::Vector { shape, elem, .. } => Some(ctx.vector(shape.get(1..)?, elem)),
        TypeKind::Dialect { params, .. } => {
            params.iter().rev().find_map(|p| if let Param::Type(t) = p { Some(*t) } else { None })
        }
        TypeKind::Opaque { text, refs: [] } => member_of_text(ctx, text, usize::try_from(position).ok()?),
        _ => None,
    }
}

/// Part of `d.struct<(T, U)>`, `d.array<4 x T>`, `d.array<4xT>`.
fn member_of_text(ctx: &Context, text: &str, position: usize) -> Option<Type> {
    let (name, body) = text.split_once('<')?;
    let body = body.strip_suffix('>')?;
    let dialect = name.split_once('.')?.0;
    let parse = |part: &str| {
        let part = part.split(" [").next().unwrap_or(part).trim();
        let local: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let known = edge_dialect::Registry::of(ctx)?.type_def(&format!("{dialect}.{local}")).is_some();
        let full = if known { format!("!{dialect}.{part}") } else { part.to_owned() };
        crate::parse_type(ctx, &full).ok()
    };
    if name.ends_with(".struct") {
        let open = body.find('(')?;
        let close = body.rfind(')').filter(|c| *c > open)?;
        let inner = &body[open + 1..close];
        return parse(split_types(inner).into_iter().nth(position)?);
    }
    if name.ends_with(".array") || name.ends_with(".matrix") {
        let body = split_types(body).into_iter().next()?;
        let rest = body.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        return parse(rest.strip_prefix('x')?.trim_start());
    }
    None
}

/// Parts between commas outside brackets.
fn split_types(text: &str) -> Vec<&str> {
    let (mut out, mut depth, mut start) = (vec![], 0i32, 0);
    for (i, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' | '{' => depth += 1,
            '>' if text[..i].ends_with('-') => {}
            '>' | ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                out.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    out.push(text[start..].trim());
    out
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn word_of(&self, property: usize) -> String {
        let Some(value) = self.field(property) else { return String::new() };
        let name = &self.def.field_at(property).name;
        enum_text(self.p.ctx, self.def, name, value).unwrap_or_else(|| self.p.ctx.as_str(value).unwrap_or_default().to_owned())
    }
    pub(super) fn write_quoted(&mut self, property: usize) {
        let text = self.word_of(property);
        self.p.quoted(text.as_bytes());
    }
    pub(super) fn write_dense_list(&mut self, property: usize) {
        let list = self.field(property).and_then(|a| self.p.ctx.as_ints(a)).unwrap_or_default();
        self.p.text("[");
        self.p.comma(list, |p, n| p.text(&n.to_string()));
        self.p.text("]");
    }
    pub(super) fn write_named_values(&mut self, operands: usize, names: usize) {
        // MLIR's own text has the space even where nothing follows.
        self.spaced();
        let values = self.operands[operands].clone();
        if values.is_empty() {
            return;
        }
        let names = self.field(names).and_then(|a| self.p.ctx.as_array(a)).unwrap_or(&[]);
        let body = self.body;
        self.p.text(" {");
        self.p.comma(names.iter().zip(values), |p, (name, value)| {
            p.attr(*name);
            p.text(" = ");
            p.value(body, value);
        });
        self.p.text("}");
    }
    pub(super) fn write_global_type(&mut self, ty: usize, value: usize) {
        let text = self.field(value).is_some_and(|v| matches!(self.p.ctx.attr_kind(v), AttrKind::String { .. }));
        if let (false, Some(ty)) = (text, self.field(ty)) {
            self.p.text(" : ");
            self.p.attr(ty);
        }
        self.after_token();
    }
    pub(super) fn write_storage_class(&mut self, pointer: Values) {
        let ty = self.types_of(pointer).first().copied();
        let Some(TypeKind::Dialect { params, .. }) = ty.map(|t| self.p.ctx.type_kind(t)) else { return };
        if let Some(Param::Str(class)) = params.last() {
            self.p.quoted(self.p.ctx.str(*class).as_bytes());
        }
    }
    pub(super) fn word_dict(&mut self) {
        let ctx = self.p.ctx;
        let entries = self.dict_entries(false);
        if entries.is_empty() {
            return;
        }
        let def = self.def;
        self.p.text(" {");
        self.p.comma(entries, |p, (key, value)| {
            p.keyword_or_string(ctx.str(key));
            match enum_text(ctx, def, ctx.str(key), value) {
                Some(word) => p.text(&format!(" = {word}")),
                None if value == ctx.unit() => {}
                None => {
                    p.text(" = ");
                    p.attr(value);
                }
            }
        });
        self.p.text("}");
        self.after_token();
    }
}
