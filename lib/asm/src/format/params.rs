//! Types and attributes of registered dialects, by the formats of their parameters.

use super::fields;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use crate::print::Printer;
use edge_dialect::Registry;
use edge_dialect::model::*;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Param, Type, TypeKind};

/// A parameter as read: lists own their items.
pub(super) enum Read {
    None,
    Type(Type),
    Attr(Attr),
    Int(i64),
    Str(edge_ir::Ident),
    Shape(Vec<i64>),
    List(Vec<Read>),
}

/// Gives `f` the parameters as the context takes them.
fn with_params<T>(read: &[Read], f: &mut dyn FnMut(&[Param<'_>]) -> T) -> T {
    fn borrow<'r>(r: &'r Read, lists: &'r [Vec<Param<'r>>], next: &mut usize) -> Param<'r> {
        match r {
            Read::None => Param::None,
            Read::Type(t) => Param::Type(*t),
            Read::Attr(a) => Param::Attr(*a),
            Read::Int(i) => Param::Int(*i),
            Read::Str(s) => Param::Str(*s),
            Read::Shape(s) => Param::Shape(s),
            Read::List(_) => {
                *next += 1;
                Param::List(&lists[*next - 1])
            }
        }
    }
    // Lists hold no lists.
    let lists: Vec<Vec<Param<'_>>> = read
        .iter()
        .filter_map(
            |r| if let Read::List(items) = r { Some(items.iter().map(|i| borrow(i, &[], &mut 0)).collect()) } else { None },
        )
        .collect();
    let mut next = 0;
    let params: Vec<Param<'_>> = read.iter().map(|r| borrow(r, &lists, &mut next)).collect();
    f(&params)
}

impl<'c, 's> Parser<'c, 's> {
    /// The type at `start..end` (with its `!`), if a definition of that name is registered.
    pub(crate) fn dialect_type(&mut self, start: usize, end: usize) -> Res<Option<Type>> {
        let Some(registry) = Registry::of(self.ctx) else { return Ok(None) };
        let (name, body) = symbol_parts(&self.text[start + 1..end]);
        let Some(def) = registry.type_def(&name).filter(|d| !d.opaque) else { return Ok(None) };
        let params = self.within(end - body, end, |p| p.params_of(def, codes::BAD_TYPE))?;
        let ctx = self.ctx;
        Ok(Some(with_params(&params, &mut |params| ctx.ty(TypeKind::Dialect { name: ctx.ident(&name), params }))))
    }
    /// The attribute at `start..end` (with its `#`), if a definition or enumeration of that name is registered.
    pub(crate) fn dialect_attr(&mut self, start: usize, end: usize) -> Res<Option<Attr>> {
        let Some(registry) = Registry::of(self.ctx) else { return Ok(None) };
        let text = &self.text[start + 1..end];
        let (name, body) = symbol_parts(text);
        if let Some(def) = registry.attr_def(&name).filter(|d| !d.opaque) {
            let params = self.within(end - body, end, |p| p.params_of(def, codes::BAD_ATTR))?;
            let ctx = self.ctx;
            return Ok(Some(with_params(&params, &mut |params| {
                ctx.attr(AttrKind::Dialect { name: ctx.ident(&name), params })
            })));
        }
        if let Some(def) = registry.enum_def(&name).filter(|e| matches!(e.storage, EnumStorage::Attribute { bare: false })) {
            let value = self.within(end - body, end, |p| {
                p.expect("<")?;
                let value = p.enum_cases(def)?;
                p.expect(">")?;
                Ok(value)
            })?;
            return Ok(Some(fields::enum_attr(self.ctx, def, value)));
        }
        // `#gpu<dim x>`.
        let Some((dialect, inner)) = text.split_once('<').filter(|t| !t.0.contains('.')) else { return Ok(None) };
        let word: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let (full, from) = (format!("{dialect}.{word}"), start + 1 + dialect.len() + 1 + word.len());
        if let Some(def) = registry.attr_def(&full) {
            let params = self.within(from, end - 1, |p| p.params_of(def, codes::BAD_ATTR))?;
            let ctx = self.ctx;
            return Ok(Some(with_params(&params, &mut |params| {
                ctx.attr(AttrKind::Dialect { name: ctx.ident(&full), params })
            })));
        }
        let Some(def) = registry.enum_def(&full) else { return Ok(None) };
        if !matches!(def.storage, EnumStorage::Attribute { bare: true }) {
            return Ok(None);
        }
        let value = self.within(from, end - 1, |p| p.enum_cases(def))?;
        Ok(Some(fields::enum_attr(self.ctx, def, value)))
    }
    /// `<…>` of an attribute whose name the format knows.
    pub(super) fn stripped_attr(&mut self, name: &str) -> Res<Attr> {
        if self.peek() == b'#' {
            return self.attr(None);
        }
        let ctx = self.ctx;
        let (start, end) = self.stripped_range()?;
        let Some(def) = Registry::of(ctx).and_then(|r| r.attr_def(name)).filter(|d| !d.opaque) else {
            let (text, refs) = self.opaque_body(name, start, end)?;
            return Ok(ctx.attr(AttrKind::Opaque { text: &text, ty: None, refs: &refs }));
        };
        let params = self.within(start, end, |p| p.params_of(def, codes::BAD_ATTR))?;
        Ok(with_params(&params, &mut |params| ctx.attr(AttrKind::Dialect { name: ctx.ident(name), params })))
    }
    /// A type without its name, or with it.
    pub(super) fn stripped_type(&mut self, name: &str) -> Res<Type> {
        if self.peek() == b'!' {
            return self.ty();
        }
        let ctx = self.ctx;
        let (start, end) = self.stripped_range()?;
        let Some(def) = Registry::of(ctx).and_then(|r| r.type_def(name)).filter(|d| !d.opaque) else {
            let (text, refs) = self.opaque_body(name, start, end)?;
            return Ok(ctx.ty(TypeKind::Opaque { text: &text, refs: &refs }));
        };
        let params = self.within(start, end, |p| p.params_of(def, codes::BAD_TYPE))?;
        Ok(with_params(&params, &mut |params| ctx.ty(TypeKind::Dialect { name: ctx.ident(name), params })))
    }
    /// What is in brackets here, with them; nothing where there are none.
    fn stripped_range(&mut self) -> Res<(usize, usize)> {
        match self.peek() {
            b'<' => self.angle(),
            b'(' | b'[' | b'{' => {
                let start = self.pos;
                self.pos = crate::scan::skip_balanced(&self.bytes[..self.end], start).map_err(|e| self.scan_error(e))?;
                Ok((start, self.pos))
            }
            _ => Ok((self.pos, self.pos)),
        }
    }
    fn opaque_body(&mut self, name: &str, start: usize, end: usize) -> Res<(String, Vec<Param<'static>>)> {
        let mut refs = Vec::new();
        let body = self.mark_aliases(start, &self.text[start..end], &mut refs)?;
        Ok((format!("{name}{body}"), refs))
    }
    /// The parameters, as their definition wants them.
    fn params_of(&mut self, def: &TypeDef, code: edge_support::Code) -> Res<Vec<Read>> {
        let start = self.pos;
        let read = self.read_params(def)?;
        let ctx = self.ctx;
        with_params(&read, &mut |params| edge_dialect::verify::check_params(ctx, def, params))
            .map_err(|message| self.report(code, start, self.pos, message))?;
        Ok(read)
    }
    fn read_params(&mut self, def: &TypeDef) -> Res<Vec<Read>> {
        if let Some(format) = &def.format {
            return self.params_by(def, format);
        }
        let mut read: Vec<Read> = def.params.iter().map(|_| Read::None).collect();
        if !def.params.is_empty() {
            self.expect("<")?;
            for (n, slot) in read.iter_mut().enumerate() {
                if n > 0 {
                    self.expect(",")?;
                }
                *slot = self.param(&def.params[n].kind)?;
            }
            self.expect(">")?;
        }
        Ok(read)
    }
    fn param_elements(&mut self, def: &TypeDef, elements: &[Element], read: &mut [Read]) -> Res<()> {
        for element in elements {
            match element {
                Element::Literal(text) => self.literal_token(text)?,
                Element::Param(n) | Element::Qualified(n) => read[*n] = self.param(&def.params[*n].kind)?,
                Element::Params => {
                    for n in 0..def.params.len() {
                        if n > 0 && def.params[n].optional && self.peek() != b',' {
                            break;
                        }
                        if n > 0 {
                            self.expect(",")?;
                        }
                        read[n] = self.param(&def.params[n].kind)?;
                    }
                }
                Element::Combinator(Combinator::FunctionParams { result, inputs, varargs }) => {
                    self.function_params(def, read, (*result, *inputs, *varargs))?;
                }
                Element::Struct(members) => self.struct_params(def, members, read)?,
                Element::Combinator(Combinator::Shape { shape, elem }) => {
                    read[*shape] = Read::Shape(self.extents_before_type()?);
                    read[*elem] = Read::Type(self.ty()?);
                }
                Element::Combinator(Combinator::Labels { letters, rest }) => self.read_labels(letters, *rest, read)?,
                Element::Group(group) => {
                    let there = self.param_group_is_there(&group.then);
                    self.param_elements(def, if there { &group.then } else { &group.otherwise }, read)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
    /// Whether the text goes on with all literals that a group starts with; without any, with something.
    fn param_group_is_there(&mut self, elements: &[Element]) -> bool {
        let mut elements = elements.iter().filter(|e| !super::read::is_space(e)).peekable();
        if let Some(Element::Combinator(Combinator::Labels { .. })) = elements.peek() {
            return self.peek() == b'[';
        }
        if !matches!(elements.peek(), Some(Element::Literal(_))) {
            return !matches!(self.peek(), b'>' | b',' | 0);
        }
        let at = self.pos;
        let literals = elements.map_while(|e| if let Element::Literal(text) = e { Some(text) } else { None });
        let there = literals.into_iter().all(|text| self.eat(text));
        self.pos = at;
        there
    }
    /// `name = value, …` in any order.
    fn struct_params(&mut self, def: &TypeDef, members: &[usize], read: &mut [Read]) -> Res<()> {
        loop {
            let word = self.word();
            let Some(n) = members.iter().copied().find(|n| def.params[*n].name == word) else {
                let names: Vec<&str> = members.iter().map(|n| def.params[*n].name.as_str()).collect();
                return if word.is_empty() { Ok(()) } else { Err(self.expected(&format!("one of {}", names.join(", ")))) };
            };
            if !matches!(read[n], Read::None) {
                return Err(self.report(
                    codes::DUPLICATE_KEY,
                    self.pos,
                    self.pos + word.len(),
                    format!("`{word}` is given twice"),
                ));
            }
            self.pos += word.len();
            self.expect("=")?;
            read[n] = self.param(&def.params[n].kind)?;
            if !self.eat(",") {
                return Ok(());
            }
        }
    }
    /// Parameters by a format: their own, or one of their forms.
    fn params_by(&mut self, def: &TypeDef, format: &Format) -> Res<Vec<Read>> {
        let at = self.pos;
        let mut read: Vec<Read> = def.params.iter().map(|_| Read::None).collect();
        self.param_elements(def, &format.elements, &mut read)?;
        for (slot, param) in read.iter_mut().zip(&def.params).filter(|(r, _)| matches!(r, Read::None)) {
            *slot = super::defaults::default_param(self.ctx, param);
            if matches!(slot, Read::None) && !param.optional {
                return Err(self.report(codes::EXPECTED, at, self.pos, format!("`{}` is missing", param.name)));
            }
        }
        Ok(read)
    }
    /// `form($p, name)`.
    pub(super) fn read_form(&mut self, custom: &mut super::read::CustomState<'c, 's>, property: usize, form: &str) -> Res<()> {
        let AttrConstraint::Dialect(name) = &custom.def.field_at(property).constraint else {
            return Err(self.expected("an attribute of a dialect"));
        };
        let def = Registry::of(self.ctx).and_then(|r| r.attr_def(name));
        let Some((def, form)) = def.and_then(|d| Some((d, &d.forms.iter().find(|f| f.0 == form)?.1))) else {
            return Err(self.expected("an attribute of a dialect"));
        };
        let params = self.params_by(def, form)?;
        let ctx = self.ctx;
        let attr = with_params(&params, &mut |params| ctx.attr(AttrKind::Dialect { name: ctx.ident(name), params }));
        custom.fields[property] = Some(attr);
        Ok(())
    }
    /// `4x?x` before an element type.
    fn extents_before_type(&mut self) -> Res<Vec<i64>> {
        let mut shape = Vec::new();
        loop {
            let b = self.peek();
            if b == b'?' {
                self.pos += 1;
                shape.push(DYNAMIC);
            } else if b.is_ascii_digit() {
                let at = self.pos;
                let n = i64::try_from(self.number()?).ok();
                shape.push(n.ok_or_else(|| self.report(codes::BAD_TYPE, at, self.pos, "this dimension is too large"))?);
            } else {
                return Ok(shape);
            }
            self.expect("x")?;
        }
    }
    fn param(&mut self, kind: &ParamKind) -> Res<Read> {
        Ok(match kind {
            ParamKind::Type(_) => Read::Type(self.ty()?),
            ParamKind::Local(dialect) => Read::Type(self.local_type(dialect)?),
            ParamKind::Attr(c) => Read::Attr(self.attr_of(c)?),
            ParamKind::Int => Read::Int(self.signed()?),
            ParamKind::Str | ParamKind::Quoted => Read::Str(self.param_word()?),
            ParamKind::Extent => Read::Int(if self.eat("?") { DYNAMIC } else { self.signed()? }),
            ParamKind::Verbatim => Read::Str(self.verbatim()?),
            ParamKind::Numbers => {
                let text = self.verbatim()?;
                Read::Str(self.ctx.ident(&canonical_numbers(self.ctx.str(text))))
            }
            ParamKind::Shape => Read::Shape(self.extents_before_type()?),
            ParamKind::Enum(e) => Read::Int(self.enum_cases(e)?),
            ParamKind::List(item) | ParamKind::Items(item) => {
                let close = if matches!(kind, ParamKind::List(_)) && self.eat("[") { Some("]") } else { None };
                let mut items = Vec::new();
                while !matches!(self.peek(), b']' | b'>' | 0) {
                    items.push(self.list_item(item)?);
                    if !self.eat(",") {
                        break;
                    }
                }
                if let Some(close) = close {
                    self.expect(close)?;
                }
                Read::List(items)
            }
        })
    }
    /// A type; one of the dialect without its prefix.
    fn local_type(&mut self, dialect: &str) -> Res<Type> {
        let word = self.word();
        let name = format!("{dialect}.{word}");
        if word.is_empty() || Registry::of(self.ctx).is_none_or(|r| r.type_def(&name).is_none()) {
            return self.ty();
        }
        self.pos += word.len();
        if self.at("<") { self.stripped_type(&name) } else { self.bare_type(&name) }
    }
    /// A type of which only the name stands.
    fn bare_type(&mut self, name: &str) -> Res<Type> {
        let ctx = self.ctx;
        let Some(def) = Registry::of(ctx).and_then(|r| r.type_def(name)).filter(|d| !d.opaque) else {
            return Ok(ctx.ty(TypeKind::Opaque { text: name, refs: &[] }));
        };
        let params = self.within(self.pos, self.pos, |p| p.params_of(def, codes::BAD_TYPE))?;
        Ok(with_params(&params, &mut |params| ctx.ty(TypeKind::Dialect { name: ctx.ident(name), params })))
    }
    /// `i32 (i32, ptr, ...)`.
    fn function_params(&mut self, def: &TypeDef, read: &mut [Read], at: (usize, usize, usize)) -> Res<()> {
        let item = match &def.params[at.1].kind {
            ParamKind::List(item) | ParamKind::Items(item) => &**item,
            kind => kind,
        };
        read[at.0] = self.param(&def.params[at.0].kind)?;
        let mut items = Vec::new();
        self.expect("(")?;
        while self.peek() != b')' {
            if self.eat("...") {
                read[at.2] = Read::Int(1);
                break;
            }
            items.push(self.param(item)?);
            if !self.eat(",") {
                break;
            }
        }
        read[at.1] = Read::List(items);
        self.expect(")")
    }
    /// In a list of words a number may stand, too.
    fn list_item(&mut self, kind: &ParamKind) -> Res<Read> {
        let b = self.peek();
        match kind {
            ParamKind::Str if b == b'-' || b.is_ascii_digit() => Ok(Read::Int(self.signed()?)),
            kind => self.param(kind),
        }
    }
    /// What stands up to the bracket that closes.
    fn verbatim(&mut self) -> Res<edge_ir::Ident> {
        self.space();
        let start = self.pos;
        while self.pos < self.end && !b")]}>".contains(&self.bytes[self.pos]) {
            let b = self.bytes[self.pos];
            self.pos = if b"([{<".contains(&b) {
                crate::scan::skip_balanced(&self.bytes[..self.end], self.pos).map_err(|e| self.scan_error(e))?
            } else if b == b'"' {
                crate::scan::skip_string(&self.bytes[..self.end], self.pos).map_err(|e| self.scan_error(e))?
            } else if self.bytes[self.pos..self.end].starts_with(b"->") {
                self.pos + 2
            } else {
                self.pos + 1
            };
        }
        Ok(self.ctx.ident(self.text[start..self.pos].trim_end()))
    }
    fn param_word(&mut self) -> Res<edge_ir::Ident> {
        if self.peek() == b'"' {
            let bytes = self.string()?;
            return Ok(self.ctx.ident(&String::from_utf8_lossy(&bytes)));
        }
        if self.eat("?") {
            return Ok(self.ctx.ident("?"));
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.expected("a word or a string"));
        }
        self.pos += word.len();
        Ok(self.ctx.ident(word))
    }
}

/// A text with its decimal numbers as attributes of type `f64` are printed, and a blank after each comma.
fn canonical_numbers(text: &str) -> String {
    let number = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let len = if number(first) { rest.find(|c| !number(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (token, after) = rest.split_at(len);
        match token.parse::<f64>() {
            Ok(value) if token.contains(['.', 'e']) => {
                let mut bytes = vec![];
                crate::floats::print_float(&mut bytes, u128::from(value.to_bits()), edge_ir::FloatKind::F64);
                out += &String::from_utf8_lossy(&bytes);
            }
            _ if token == "," => out += ", ",
            _ if token.trim().is_empty() => {}
            _ => out += token,
        }
        rest = after;
    }
    out
}

/// The name with its dialect, and the length of what follows it: `loop.view<…>`, `loop<view<…>>` alike.
fn symbol_parts(text: &str) -> (String, usize) {
    let at = text.find('<').unwrap_or(text.len());
    (text[..at].to_owned(), text.len() - at)
}

/// Whether what follows the name stands in `<…>`, or is nothing at all.
fn is_angled(elements: &[Element]) -> bool {
    match elements.iter().find(|e| !super::read::is_space(e)) {
        Some(Element::Literal(open)) => open == "<",
        Some(Element::Group(group)) => is_angled(&group.then) && is_angled(&group.otherwise),
        other => other.is_none(),
    }
}

impl Printer<'_, '_> {
    pub(crate) fn dialect_type(&mut self, ty: Type) {
        let TypeKind::Dialect { name, params } = self.ctx.type_kind(ty) else { return };
        self.text("!");
        self.text(self.ctx.str(name));
        let def = Registry::of(self.ctx).and_then(|r| r.type_def(self.ctx.str(name)));
        self.params(def.map(|d| &**d), params);
    }
    pub(crate) fn dialect_attr(&mut self, attr: Attr) {
        let AttrKind::Dialect { name, params } = self.ctx.attr_kind(attr) else { return };
        let full = self.ctx.str(name);
        let registry = Registry::of(self.ctx);
        self.text("#");
        if let (Some(def), [Param::Int(n)]) = (registry.and_then(|r| r.enum_def(full)), params) {
            let text = def.text(*n).unwrap_or_default();
            let (dialect, word) = full.split_once('.').unwrap_or((full, ""));
            return match def.storage {
                EnumStorage::Attribute { bare: true } => self.text(&format!("{dialect}<{word} {text}>")),
                _ => self.text(&format!("{full}<{text}>")),
            };
        }
        let def = registry.and_then(|r| r.attr_def(full)).map(|d| &**d);
        match full.split_once('.').filter(|_| def.and_then(|d| d.format.as_ref()).is_some_and(|f| !is_angled(&f.elements))) {
            Some((dialect, name)) => {
                self.text(&format!("{dialect}<{name}"));
                self.params(def, params);
                self.text(">");
            }
            None => {
                self.text(full);
                self.params(def, params);
            }
        }
    }
    /// The parameters of an attribute by one of its forms.
    pub(crate) fn attr_form(&mut self, name: &str, form: &str, attr: Attr) {
        let def = Registry::of(self.ctx).and_then(|r| r.attr_def(name));
        let form = def.and_then(|d| d.forms.iter().find(|f| f.0 == form));
        match (def, form, self.ctx.attr_kind(attr)) {
            (Some(def), Some((_, form)), AttrKind::Dialect { params, .. }) => {
                self.param_format(def, &form.elements, params, &mut true)
            }
            _ => self.attr(attr),
        }
    }
    /// What follows the name of an attribute that a format knows.
    pub(crate) fn stripped_attr(&mut self, name: &str, attr: Attr) {
        if self.aliases.of_attr(attr).is_some() || self.collect.is_some() {
            return self.attr(attr);
        }
        match self.ctx.attr_kind(attr) {
            AttrKind::Dialect { name: own, params } if self.ctx.str(own) == name => {
                let def = Registry::of(self.ctx).and_then(|r| r.attr_def(name));
                self.params(def.map(|d| &**d), params);
            }
            AttrKind::Opaque { text, ty: None, refs } if text.strip_prefix(name).is_some_and(|r| !r.starts_with('.')) => {
                self.opaque(&text[name.len()..], refs);
            }
            _ => self.attr(attr),
        }
    }
    /// What follows the name of a type that a format knows.
    pub(crate) fn stripped_type(&mut self, ty: Type) {
        if self.aliases.of_type(ty).is_some() || self.collect.is_some() {
            return self.ty(ty);
        }
        match self.ctx.type_kind(ty) {
            TypeKind::Dialect { name, params } => {
                let def = Registry::of(self.ctx).and_then(|r| r.type_def(self.ctx.str(name)));
                self.params(def.map(|d| &**d), params);
            }
            TypeKind::Opaque { text, refs } => {
                let name = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(text.len());
                self.opaque(&text[name..], refs);
            }
            _ => self.ty(ty),
        }
    }
    fn local_type(&mut self, dialect: &str, ty: Type) {
        let short = |name: &str| name.strip_prefix(dialect).and_then(|r| r.strip_prefix('.')).map(str::to_owned);
        match self.ctx.type_kind(ty) {
            _ if self.collect.is_some() => self.ty(ty),
            TypeKind::Dialect { name, .. } if short(self.ctx.str(name)).is_some() => {
                self.text(&short(self.ctx.str(name)).unwrap_or_default());
                self.stripped_type(ty);
            }
            TypeKind::Opaque { text, refs } if short(text).is_some() => self.opaque(&text[dialect.len() + 1..], refs),
            _ => self.ty(ty),
        }
    }
    fn params(&mut self, def: Option<&TypeDef>, params: &[Param<'_>]) {
        match def.and_then(|d| Some((d, d.format.as_ref()?))) {
            Some((def, format)) => self.param_format(def, &format.elements, params, &mut true),
            None if params.is_empty() => {}
            None => {
                self.text("<");
                self.comma(params.iter().enumerate(), |p, (n, param)| {
                    p.param(def.and_then(|d| d.params.get(n)).map(|d| &d.kind), param)
                });
                self.text(">");
            }
        }
    }
    fn param_format(&mut self, def: &TypeDef, elements: &[Element], params: &[Param<'_>], glued: &mut bool) {
        for element in elements {
            match element {
                Element::Literal(text) => {
                    let closing = matches!(text.as_str(), "<" | ">" | "," | "(" | ")" | "[" | "]");
                    self.text(if closing || *glued { "" } else { " " });
                    self.text(text);
                    *glued = matches!(text.as_str(), "<" | "(" | "[");
                    continue;
                }
                Element::NoSpace => *glued = true,
                Element::Space => {
                    self.text(" ");
                    *glued = true;
                }
                Element::Group(group) => {
                    let given = match group.anchor {
                        Presence::Param(n) => self.is_given(def, n, params),
                        Presence::AnyParam => {
                            (0..def.params.len()).any(|n| def.params[n].optional && self.is_given(def, n, params))
                        }
                        Presence::Labelled => group.then.iter().all(|e| super::labels::is_labelled(e, params)),
                        _ => true,
                    };
                    self.param_format(def, if given { &group.then } else { &group.otherwise }, params, glued);
                }
                other => {
                    self.text(if *glued { "" } else { " " });
                    self.param_element(def, other, params);
                    *glued = false;
                }
            }
        }
    }
    fn is_given(&self, def: &TypeDef, n: usize, params: &[Param<'_>]) -> bool {
        params.get(n).is_some_and(|p| !super::defaults::is_default(self.ctx, &def.params[n], p))
    }
    fn param_element(&mut self, def: &TypeDef, element: &Element, params: &[Param<'_>]) {
        let kind = |n: usize| def.params.get(n).map(|d| &d.kind);
        match element {
            Element::Param(n) => params.get(*n).into_iter().for_each(|v| self.param(kind(*n), v)),
            Element::Qualified(n) => match params.get(*n) {
                Some(Param::Attr(a)) => self.attr(*a),
                value => value.into_iter().for_each(|v| self.param(kind(*n), v)),
            },
            Element::Params => {
                let given: Vec<_> = params.iter().enumerate().filter(|(n, _)| self.is_given(def, *n, params)).collect();
                self.comma(given, |p, (n, v)| p.param(kind(n), v));
            }
            Element::Struct(members) => {
                let given: Vec<usize> = members.iter().copied().filter(|n| self.is_given(def, *n, params)).collect();
                self.comma(given, |p, n| {
                    p.text(&def.params[n].name);
                    p.text(" = ");
                    p.param(kind(n), &params[n]);
                });
            }
            Element::Combinator(Combinator::FunctionParams { result, inputs, varargs }) => {
                params.get(*result).into_iter().for_each(|v| self.param(kind(*result), v));
                self.text(" (");
                params.get(*inputs).into_iter().for_each(|v| self.param(kind(*inputs), v));
                if params.get(*varargs).is_some_and(|v| *v != Param::None) {
                    let none = matches!(params.get(*inputs), Some(Param::List([])));
                    self.text(if none { "..." } else { ", ..." });
                }
                self.text(")");
            }
            Element::Combinator(Combinator::Labels { letters, rest }) => self.labels(letters, *rest, params),
            Element::Combinator(Combinator::Shape { shape, elem }) => {
                if let (Some(Param::Shape(shape)), Some(Param::Type(elem))) = (params.get(*shape), params.get(*elem)) {
                    self.shape(shape);
                    self.ty(*elem);
                }
            }
            _ => {}
        }
    }
    fn param(&mut self, kind: Option<&ParamKind>, param: &Param<'_>) {
        match (kind, param) {
            (_, Param::None) => {}
            (Some(ParamKind::Local(dialect)), Param::Type(t)) => self.local_type(dialect, *t),
            (_, Param::Type(t)) => self.ty(*t),
            (Some(ParamKind::Attr(c)), Param::Attr(a)) => self.attr_as(c, *a),
            (_, Param::Attr(a)) => self.attr(*a),
            (Some(ParamKind::Extent), Param::Int(DYNAMIC)) => self.text("?"),
            (Some(ParamKind::Verbatim | ParamKind::Numbers), Param::Str(s)) => self.text(self.ctx.str(*s)),
            (Some(ParamKind::Enum(e)), Param::Int(n)) => self.text(&e.text(*n).unwrap_or_default()),
            (_, Param::Int(n)) => self.text(&n.to_string()),
            (Some(ParamKind::Quoted), Param::Str(s)) => self.quoted(self.ctx.str(*s).as_bytes()),
            (_, Param::Str(s)) => {
                let text = self.ctx.str(*s);
                if text == "?" { self.text("?") } else { self.keyword_or_string(text) }
            }
            (_, Param::Shape(shape)) => self.shape(shape),
            (kind, Param::List(items)) => {
                let item = match kind {
                    Some(ParamKind::List(item) | ParamKind::Items(item)) => Some(&**item),
                    _ => None,
                };
                let bare = matches!(kind, Some(ParamKind::Items(_)));
                self.text(if bare { "" } else { "[" });
                self.comma(items.iter(), |p, i| p.param(item, i));
                self.text(if bare { "" } else { "]" });
            }
        }
    }
}

impl super::write::Writer<'_, '_, '_, '_> {
    pub(super) fn write_form(&mut self, property: usize, form: &str) {
        let def = self.def;
        if let (AttrConstraint::Dialect(name), Some(attr)) = (&def.field_at(property).constraint, self.field(property)) {
            self.p.attr_form(name, form, attr);
        }
    }
}
