//! Attributes that hold many elements.

use super::cursor::Res;
use super::{Parser, codes};
use crate::floats;
use crate::scan;
use edge_ir::elements::count;
use edge_ir::{Attr, AttrKind, Type, TypeKind};

/// Largest number of elements that a dense attribute may have.
const MAX_ELEMENTS: u64 = 1 << 40;

impl Parser<'_, '_> {
    /// `dense<…> : type`.
    pub(crate) fn dense(&mut self, expected: Option<Type>) -> Res<Attr> {
        let start = self.pos;
        self.pos += "dense".len();
        let (open, end) = self.angle()?;
        let ty = self.element_type(expected)?;
        let after = self.pos;
        let attr = self.within(open + 1, end - 1, |p| p.dense_body(ty, start))?;
        self.pos = after;
        Ok(attr)
    }
    fn element_type(&mut self, expected: Option<Type>) -> Res<Type> {
        let given = self.eat(":");
        self.space();
        let at = self.pos;
        let ty = match expected {
            Some(ty) if !given => ty,
            _ if given => self.ty()?,
            _ => return Err(self.expected("`:` and the type of the elements")),
        };
        let shaped =
            matches!(self.ctx.type_kind(ty), TypeKind::Tensor { .. } | TypeKind::Vector { .. } | TypeKind::MemRef { .. });
        match self.ctx.type_kind(ty).shape().and_then(count) {
            Some(n) if shaped && n < MAX_ELEMENTS => Ok(ty),
            _ => Err(self.report(codes::BAD_TYPE, at, self.pos, "elements literal type must have static shape")),
        }
    }
    fn dense_body(&mut self, ty: Type, start: usize) -> Res<Attr> {
        let kind = self.ctx.type_kind(ty);
        let (shape, elem) = (kind.shape().unwrap_or(&[]), kind.elem().unwrap_or(ty));
        let total = count(shape).unwrap_or(0);
        let packed = matches!(
            self.ctx.type_kind(elem),
            TypeKind::Integer { .. } | TypeKind::Index | TypeKind::Float(_) | TypeKind::Complex(_)
        );
        if !packed {
            return self.dense_strings(ty, shape, total, start);
        }
        if self.peek() == b'"' {
            return self.dense_hex(ty, elem, total, start);
        }
        let mut data = Vec::new();
        let splat = self.elements(shape, start, &mut |p| p.element(elem, &mut data))?;
        // MLIR finds no splat among complex numbers of bits.
        let bits = matches!(self.ctx.type_kind(elem), TypeKind::Complex(part) if self.ctx.bit_width(part) == Some(1));
        let (data, splat) = if bits { (data, splat) } else { compress(data, splat, total) };
        Ok(self.ctx.attr(AttrKind::Dense { ty, data: &data, splat }))
    }
    fn shape_error(&self, start: usize) -> edge_support::Reported {
        self.report(codes::BAD_ATTR, start, self.pos, "the shape of the elements is not the shape of the type")
    }
    /// A nested list as deep as the shape, or one element for all (`true`).
    fn elements(&mut self, shape: &[i64], start: usize, one: &mut dyn FnMut(&mut Self) -> Res<()>) -> Res<bool> {
        if self.peek() == 0 {
            return if count(shape) == Some(0) { Ok(false) } else { Err(self.shape_error(start)) };
        }
        if self.peek() != b'[' {
            one(self)?;
            return Ok(true);
        }
        // A counter per open bracket: how many items it holds so far.
        let mut open: Vec<i64> = Vec::new();
        loop {
            if self.eat("[") {
                if open.len() == shape.len() {
                    return Err(self.shape_error(start));
                }
                open.push(0);
                if self.peek() != b']' {
                    continue;
                }
            } else if open.len() == shape.len() {
                one(self)?;
                *open.last_mut().expect("a list is open") += 1;
            } else {
                return Err(self.shape_error(start));
            }
            while self.eat("]") {
                let n = open.pop().expect("a list is open");
                if n != shape[open.len()] {
                    return Err(self.shape_error(start));
                }
                match open.last_mut() {
                    Some(outer) => *outer += 1,
                    None => return Ok(false),
                }
            }
            self.expect(",")?;
        }
    }
    pub(crate) fn element(&mut self, elem: Type, data: &mut Vec<u8>) -> Res<()> {
        let at = self.pos;
        match self.ctx.type_kind(elem) {
            TypeKind::Complex(part) => {
                self.expect("(")?;
                self.element(part, data)?;
                self.expect(",")?;
                self.element(part, data)?;
                self.expect(")")
            }
            TypeKind::Float(kind) => {
                let (text, negative) = self.literal()?;
                let bits = if text.contains('.') {
                    floats::parse_decimal(text, negative, kind)
                } else if text.starts_with("0x") && !negative {
                    floats::parse_hex(text, kind)
                } else {
                    None
                };
                let bits = bits.ok_or_else(|| {
                    self.report(codes::BAD_NUMBER, at, self.pos, "expected floating-point elements, but parsed integer")
                })?;
                let size = self.ctx.byte_size(elem).unwrap_or(8) as usize;
                data.extend_from_slice(&bits.to_le_bytes()[..size]);
                Ok(())
            }
            _ => {
                let word = self.word();
                let (text, negative) = match word {
                    "true" | "false" => {
                        self.pos += word.len();
                        if self.ctx.bit_width(elem) != Some(1) {
                            let message = "expected i1 type for 'true' or 'false' values";
                            return Err(self.report(codes::BAD_NUMBER, at, self.pos, message));
                        }
                        (if word == "true" { "1" } else { "0" }, false)
                    }
                    _ => self.literal()?,
                };
                let out_of_range = |p: &Self| p.report(codes::BAD_NUMBER, at, p.pos, "integer constant out of range for type");
                if text.contains('.') {
                    let message = "expected integer elements, but parsed floating-point";
                    return Err(self.report(codes::BAD_NUMBER, at, self.pos, message));
                }
                let words = floats::parse_int(self.ctx, text, negative, elem).ok_or_else(|| out_of_range(self))?;
                let size = self.ctx.byte_size(elem).unwrap_or(8) as usize;
                let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
                bytes.resize(size, bytes.last().map_or(0, |b| if *b >= 128 { 255 } else { 0 }));
                data.extend_from_slice(&bytes);
                Ok(())
            }
        }
    }
    /// `"0x…"`: the elements' bytes as MLIR packs them.
    fn dense_hex(&mut self, ty: Type, elem: Type, total: u64, start: usize) -> Res<Attr> {
        let at = self.pos;
        let end = scan::skip_string(&self.bytes[..self.end], at).map_err(|e| self.scan_error(e))?;
        self.pos = end;
        let raw = floats::decode_hex(&self.bytes[at + 1..end - 1])
            .ok_or_else(|| self.report(codes::BAD_ATTR, at, end, "expected a hexadecimal string such as `\"0x00FF\"`"))?;
        let Some((data, splat)) = floats::unpack(self.ctx, elem, &raw, total) else {
            return Err(self.report(codes::BAD_ATTR, start, end, "elements hex data size is invalid for provided type"));
        };
        let (data, splat) = compress(data, splat, total);
        Ok(self.ctx.attr(AttrKind::Dense { ty, data: &data, splat }))
    }
    fn dense_strings(&mut self, ty: Type, shape: &[i64], total: u64, start: usize) -> Res<Attr> {
        let mut strings: Vec<Vec<u8>> = Vec::new();
        let mut splat = self.elements(shape, start, &mut |p| {
            strings.push(p.string()?);
            Ok(())
        })?;
        if strings.len() > 1 && strings.iter().all(|s| *s == strings[0]) || total == 1 {
            splat = true;
            strings.truncate(1);
        }
        let slices: Vec<&[u8]> = strings.iter().map(|s| s.as_slice()).collect();
        Ok(self.ctx.attr(AttrKind::DenseStrings { ty, strings: &slices, splat }))
    }
    /// `sparse<indices, values> : type`.
    pub(crate) fn sparse(&mut self) -> Res<Attr> {
        let start = self.pos;
        self.pos += "sparse".len();
        let (open, end) = self.angle()?;
        let ty = self.element_type(None)?;
        let after = self.pos;
        let attr = self.within(open + 1, end - 1, |p| p.sparse_body(ty, start))?;
        self.pos = after;
        Ok(attr)
    }
    fn sparse_body(&mut self, ty: Type, start: usize) -> Res<Attr> {
        let kind = self.ctx.type_kind(ty);
        let (rank, elem) = (kind.shape().map_or(0, |s| s.len()), kind.elem().unwrap_or(ty));
        let make = |p: &Self, shape: &[i64], elem, data: Vec<u8>, splat| {
            let (data, splat) = compress(data, splat, count(shape).unwrap_or(0));
            let ty = p.ctx.tensor(shape, elem);
            p.ctx.attr(AttrKind::Dense { ty, data: &data, splat })
        };
        if self.peek() == 0 {
            let indices = make(self, &[0, rank as i64], self.ctx.i64(), vec![], false);
            let values = make(self, &[0], elem, vec![], false);
            return Ok(self.ctx.attr(AttrKind::Sparse { ty, indices, values }));
        }
        // The list's shape is what it says: its length, and for a list of lists the rank.
        let (data, n, flat) = self.index_list(rank, start)?;
        let shape = kind.shape().unwrap_or(&[]);
        let places: Vec<i64> = data.chunks_exact(8).map(|c| i64::from_le_bytes(c.try_into().unwrap_or_default())).collect();
        let outside = |(i, d): (&i64, &i64)| *i < 0 || i >= d;
        // One index that stands alone is that of every dimension.
        let wrong = match flat && rank != 1 {
            true => places.iter().any(|i| shape.iter().any(|d| outside((i, d)))),
            false => places.chunks_exact(rank.max(1)).any(|at| at.iter().zip(shape).any(outside)),
        };
        if wrong {
            return Err(self.report(codes::BAD_ATTR, start, self.pos, "a sparse index lies outside of the shape"));
        }
        let index_shape: &[i64] = if flat && rank != 1 { &[n] } else { &[n, rank as i64] };
        let indices = make(self, index_shape, self.ctx.i64(), data, false);
        self.expect(",")?;
        if self.peek() == b'"'
            || (self.at("[") && self.bytes.get(crate::scan::skip_space(self.bytes, self.pos + 1)) == Some(&b'"'))
        {
            let list = self.ctx.tensor(&[n], elem);
            let values = self.dense_strings(list, &[n], n as u64, start)?;
            return Ok(self.ctx.attr(AttrKind::Sparse { ty, indices, values }));
        }
        let mut data = Vec::new();
        let splat = self.elements(&[n], start, &mut |p| p.element(elem, &mut data))?;
        let values = make(self, &[n], elem, data, splat);
        Ok(self.ctx.attr(AttrKind::Sparse { ty, indices, values }))
    }
    fn index_list(&mut self, rank: usize, start: usize) -> Res<(Vec<u8>, i64, bool)> {
        let index = self.ctx.i64();
        let mut data = Vec::new();
        if self.peek() != b'[' {
            self.element(index, &mut data)?;
            return Ok((data, 1, true));
        }
        let open = self.pos;
        self.pos += 1;
        let nested = self.peek() == b'[';
        self.pos = open;
        let end = scan::skip_balanced(&self.bytes[..self.end], open).map_err(|e| self.scan_error(e))?;
        let inner = &self.bytes[open + 1..end - 1];
        let lists = if nested {
            inner.iter().filter(|b| **b == b'[').count()
        } else {
            inner.iter().filter(|b| **b == b',').count() + 1
        };
        let shape = [lists as i64, rank as i64];
        self.elements(if nested { &shape } else { &shape[..1] }, start, &mut |p| p.element(index, &mut data))?;
        Ok((data, lists as i64, !nested))
    }
    /// `dense_resource<key> : type`.
    pub(crate) fn dense_resource(&mut self, expected: Option<Type>) -> Res<Attr> {
        self.pos += "dense_resource".len();
        self.expect("<")?;
        let key = self.resource_key()?;
        self.expect(">")?;
        let ty = self.element_type(expected)?;
        let key = self.ctx.ident(&key);
        Ok(self.ctx.attr(AttrKind::DenseResource { ty, key }))
    }
    pub(crate) fn resource_key(&mut self) -> Res<String> {
        if self.peek() == b'"' {
            let bytes = self.string()?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        let word = self.word();
        if word.is_empty() {
            let end = self.token_end(self.pos);
            return Err(self.report(codes::EXPECTED, self.pos, end, "expected a resource's key"));
        }
        self.pos += word.len();
        Ok(word.to_owned())
    }
    /// `array<i64: 1, 2>`.
    pub(crate) fn dense_array(&mut self) -> Res<Attr> {
        let start = self.pos;
        self.pos += "array".len();
        let (open, end) = self.angle()?;
        if let Some(known) = self.attrs.get(self.bytes, start, end) {
            return Ok(known);
        }
        let attr = self.within(open + 1, end - 1, |p| {
            let elem = p.ty()?;
            let width = match p.ctx.type_kind(elem) {
                TypeKind::Integer { width, .. } => width,
                TypeKind::Float(kind) => kind.width(),
                _ => 0,
            };
            let sized = matches!(p.ctx.type_kind(elem), TypeKind::Integer { .. } | TypeKind::Float(_));
            if !sized || (width != 1 && width % 8 != 0) {
                let message = "element type of an array must be i1, or an integer or float of whole bytes";
                return Err(p.report(codes::BAD_ATTR, open + 1, p.pos, message));
            }
            let mut data = Vec::new();
            if p.eat(":") {
                p.element(elem, &mut data)?;
                while p.eat(",") {
                    p.element(elem, &mut data)?;
                }
            }
            Ok(p.ctx.attr(AttrKind::DenseArray { elem, data: &data }))
        })?;
        self.attrs.put(self.bytes, start, end, attr);
        Ok(attr)
    }
}

/// Equal elements become a splat, as MLIR stores them.
fn compress(mut data: Vec<u8>, splat: bool, total: u64) -> (Vec<u8>, bool) {
    if splat || total == 0 || data.is_empty() {
        return (data, splat);
    }
    let size = data.len() / total as usize;
    let same = size > 0 && data[size..] == data[..data.len() - size];
    if same {
        data.truncate(size);
    }
    (data, same)
}
