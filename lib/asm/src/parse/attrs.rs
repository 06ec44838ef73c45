//! Attributes.

use super::cursor::Res;
use super::{Parser, codes};
use crate::floats;
use crate::grammar::{Rule, piece};
use crate::scan;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Ident, Type, TypeKind};
use smallvec::SmallVec;

impl<'s> Parser<'_, 's> {
    /// The attribute that comes next. `expected` is the type of a number or string whose own is left out.
    pub(crate) fn attr(&mut self, expected: Option<Type>) -> Res<Attr> {
        match self.peek() {
            b'[' => self.array(),
            b'{' => self.dict(),
            b'"' => self.string_attr(expected),
            b'@' => self.symbol_ref(),
            b'#' => self.symbol_attr(),
            b'-' | b'0'..=b'9' => self.number_attr(expected),
            b'!' | b'(' => Ok(self.ctx.type_attr(self.ty()?)),
            _ => self.word_attr(expected),
        }
    }
    fn array(&mut self) -> Res<Attr> {
        self.enter()?;
        self.expect("[")?;
        let mut items: SmallVec<[Attr; 8]> = SmallVec::new();
        if !self.eat("]") {
            loop {
                items.push(self.attr(None)?);
                if !self.eat(",") {
                    break;
                }
            }
            self.expect("]")?;
        }
        self.leave();
        Ok(self.ctx.array_attr(&items))
    }
    /// `{key = attr, unit_key}`.
    pub(crate) fn dict(&mut self) -> Res<Attr> {
        self.space();
        let start = self.pos;
        // A text that was seen before is not read again.
        if self.depth == 0 {
            let end = scan::skip_balanced(&self.bytes[..self.end], start).map_err(|e| self.scan_error(e))?;
            if let Some(found) = self.attrs.get(self.bytes, start, end) {
                self.pos = end;
                return Ok(found);
            }
        }
        self.enter()?;
        self.expect("{")?;
        let entries = self.dict_body()?;
        self.leave();
        let dict = self.ctx.dict_attr(&entries);
        if self.depth == 0 {
            self.attrs.put(self.bytes, start, self.pos, dict);
        }
        Ok(dict)
    }
    fn dict_body(&mut self) -> Res<SmallVec<[(Ident, Attr); 4]>> {
        let mut entries: SmallVec<[(Ident, Attr); 4]> = SmallVec::new();
        if self.eat("}") {
            return Ok(entries);
        }
        loop {
            self.space();
            let at = self.pos;
            let key = if self.peek() == b'"' {
                let bytes = self.string()?;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if text.is_empty() {
                    return Err(self.report(codes::EXPECTED, at, self.pos, "expected valid attribute name"));
                }
                self.ctx.ident(&text)
            } else {
                let word = self.word();
                if word.is_empty() {
                    return Err(self.expected("an attribute name"));
                }
                self.pos += word.len();
                self.ctx.ident(word)
            };
            if entries.len() < 64 && entries.iter().any(|e| e.0 == key) {
                let message = format!("duplicate key '{}' in dictionary attribute", self.ctx.str(key));
                return Err(self.report(codes::DUPLICATE_KEY, at, self.pos, message));
            }
            let value = if self.eat("=") { self.attr(None)? } else { self.ctx.unit() };
            entries.push((key, value));
            if !self.eat(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(entries)
    }
    fn string_attr(&mut self, expected: Option<Type>) -> Res<Attr> {
        let bytes = self.string()?;
        let ty = if expected.is_none() && self.eat(":") { Some(self.ty()?) } else { expected };
        let ty = ty.filter(|t| *t != self.ctx.none_type());
        Ok(self.ctx.attr(AttrKind::String { bytes: &bytes, ty }))
    }
    /// `@root::@nested`.
    pub(crate) fn symbol_ref(&mut self) -> Res<Attr> {
        let root = self.symbol_name()?;
        let mut nested: SmallVec<[Ident; 2]> = SmallVec::new();
        while self.at("::") {
            self.pos += 2;
            let name = self.symbol_name()?;
            nested.push(self.ctx.ident(&name));
        }
        Ok(self.ctx.attr(AttrKind::SymbolRef { root: self.ctx.ident(&root), nested: &nested }))
    }
    fn symbol_attr(&mut self) -> Res<Attr> {
        let start = self.pos;
        let end = scan::skip_symbol(&self.bytes[..self.end], start).map_err(|e| self.scan_error(e))?;
        self.pos = end;
        if !self.text[start + 1..end].contains(['.', '<']) {
            return self.attr_alias(start, end);
        }
        let known = match self.attrs.get(self.bytes, start, end) {
            Some(known) => known,
            None => {
                let attr = match self.dialect_attr(start, end)? {
                    Some(attr) => attr,
                    None => {
                        let (text, refs) = self.opaque_text(start, end)?;
                        self.ctx.attr(AttrKind::Opaque { text: &text, ty: None, refs: &refs })
                    }
                };
                self.attrs.put(self.bytes, start, end, attr);
                attr
            }
        };
        let AttrKind::Opaque { text, refs, .. } = self.ctx.attr_kind(known) else { return Ok(known) };
        if self.peek() == b':' && !self.at("::") {
            self.pos += 1;
            let ty = Some(self.ty()?);
            return Ok(self.ctx.attr(AttrKind::Opaque { text, ty, refs }));
        }
        Ok(known)
    }
    fn number_attr(&mut self, expected: Option<Type>) -> Res<Attr> {
        let start = self.pos;
        let literal = self.literal()?;
        let at = self.pos;
        // Where the type is known from outside, a colon is not the number's.
        let ty = if expected.is_none() && self.peek() == b':' && !self.at("::") {
            self.pos += 1;
            Some(self.ty()?)
        } else {
            self.pos = at;
            expected
        };
        self.number_of(literal, ty, start)
    }
    /// A number as written: its text without the sign, and whether there is one.
    pub(crate) fn literal(&mut self) -> Res<(&'s str, bool)> {
        self.space();
        let negative = self.eat("-");
        self.space();
        let bytes = &self.bytes[..self.end];
        let start = self.pos;
        let mut end = scan::skip_while(bytes, start, |b| b.is_ascii_digit());
        if end == start {
            return Err(self.expected("a number"));
        }
        if end == start + 1 && bytes[start] == b'0' && bytes.get(end) == Some(&b'x') {
            let hex = scan::skip_while(bytes, end + 1, |b| b.is_ascii_hexdigit());
            if hex > end + 1 {
                self.pos = hex;
                return Ok((&self.text[start..hex], negative));
            }
        }
        if bytes.get(end) == Some(&b'.') {
            end = scan::skip_while(bytes, end + 1, |b| b.is_ascii_digit());
            if matches!(bytes.get(end), Some(b'e' | b'E')) {
                let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-')) as usize;
                let digits = scan::skip_while(bytes, end + 1 + sign, |b| b.is_ascii_digit());
                if digits > end + 1 + sign {
                    end = digits;
                }
            }
        }
        self.pos = end;
        Ok((&self.text[start..end], negative))
    }
    fn number_of(&mut self, (text, negative): (&str, bool), ty: Option<Type>, start: usize) -> Res<Attr> {
        let decimal = text.contains('.');
        let ty = ty.unwrap_or_else(|| if decimal { self.ctx.f64() } else { self.ctx.i64() });
        match self.ctx.type_kind(ty) {
            TypeKind::Float(kind) => {
                let bits = if decimal {
                    floats::parse_decimal(text, negative, kind)
                } else if text.starts_with("0x") && !negative {
                    floats::parse_hex(text, kind)
                } else {
                    let message = "a float needs a decimal point; write it as `1.0`";
                    return Err(self.report(codes::BAD_NUMBER, start, self.pos, message));
                };
                let bits = bits.ok_or_else(|| {
                    self.report(codes::BAD_NUMBER, start, self.pos, "hexadecimal float constant out of range for type")
                })?;
                Ok(self.ctx.attr(AttrKind::Float { bits, ty }))
            }
            TypeKind::Integer { .. } | TypeKind::Index if decimal => {
                Err(self.report(codes::BAD_NUMBER, start, self.pos, "floating point value not valid for specified type"))
            }
            TypeKind::Integer { .. } | TypeKind::Index => match floats::parse_int(self.ctx, text, negative, ty) {
                Some(words) => Ok(self.ctx.attr(AttrKind::Integer { words: &words, ty })),
                None => Err(self.report(codes::BAD_NUMBER, start, self.pos, "integer constant out of range for attribute")),
            },
            _ => Err(self.report(codes::BAD_NUMBER, start, self.pos, "integer literal not valid for specified type")),
        }
    }
    fn word_attr(&mut self, expected: Option<Type>) -> Res<Attr> {
        let start = self.pos;
        let word = self.word();
        match word {
            "" => Err(self.expected("an attribute")),
            "true" | "false" => {
                self.pos += word.len();
                Ok(self.ctx.bool_attr(word == "true"))
            }
            "unit" => {
                self.pos += word.len();
                Ok(self.ctx.unit())
            }
            "dense" => self.dense(expected),
            "sparse" => self.sparse(),
            "dense_resource" => self.dense_resource(expected),
            "array" => self.dense_array(),
            "affine_map" | "affine_set" => self.affine_attr(start),
            "strided" => self.strided(start),
            "distinct" => self.distinct(),
            "loc" => {
                self.pos += word.len();
                let loc = self.loc_body()?;
                Ok(self.ctx.attr(AttrKind::Loc(loc)))
            }
            _ => Ok(self.ctx.type_attr(self.ty()?)),
        }
    }
    /// The slice `<…>` that comes next, brackets included.
    pub(crate) fn angle(&mut self) -> Res<(usize, usize)> {
        if self.peek() != b'<' {
            return Err(self.expected("`<`"));
        }
        let start = self.pos;
        let end = scan::skip_balanced(&self.bytes[..self.end], start).map_err(|e| self.scan_error(e))?;
        self.pos = end;
        Ok((start, end))
    }
    fn affine_attr(&mut self, start: usize) -> Res<Attr> {
        let set = self.at("affine_set");
        self.pos += "affine_map".len();
        let (open, end) = self.angle()?;
        if let Some(known) = self.attrs.get(self.bytes, start, end) {
            return Ok(known);
        }
        let attr = if set { self.integer_set(open + 1, end - 1)? } else { self.affine_map(open + 1, end - 1)? };
        self.attrs.put(self.bytes, start, end, attr);
        Ok(attr)
    }
    fn strided(&mut self, start: usize) -> Res<Attr> {
        self.pos += "strided".len();
        let (_, end) = self.angle()?;
        let bad = |p: &Self, at| p.report(codes::BAD_ATTR, start + at, end, "expected `strided<[…], offset: …>`");
        let pieces = piece(Rule::strided_piece, &self.text[start..end]).map_err(|at| bad(self, at))?;
        let (mut strides, mut offset) = (Vec::new(), 0);
        let extent = |text: &str| if text == "?" { Ok(DYNAMIC) } else { text.parse().map_err(|_| bad(self, 0)) };
        for p in pieces {
            match p.as_rule() {
                Rule::strides => strides = p.into_inner().map(|e| extent(e.as_str())).collect::<Result<Vec<i64>, _>>()?,
                Rule::extent => offset = extent(p.as_str())?,
                _ => {}
            }
        }
        Ok(self.ctx.attr(AttrKind::Strided { offset, strides: &strides }))
    }
    fn distinct(&mut self) -> Res<Attr> {
        self.pos += "distinct".len();
        self.expect("[")?;
        let id = self.number()?;
        self.expect("]")?;
        self.expect("<")?;
        self.enter()?;
        let of = if self.peek() == b'>' { self.ctx.unit() } else { self.attr(None)? };
        self.leave();
        self.expect(">")?;
        Ok(self.ctx.attr(AttrKind::Distinct { id, of }))
    }
}
