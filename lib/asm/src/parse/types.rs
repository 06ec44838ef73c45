//! Types, and what `!name` and `#name` stand for.

use super::cursor::Res;
use super::{Parser, codes};
use crate::grammar::{Piece, Rule, piece};
use crate::scan;
use edge_ir::types::DYNAMIC;
use edge_ir::{ALIAS_MARK, FloatKind, Param, Signedness, Type, TypeKind};
use smallvec::SmallVec;

/// Widest integer type, as in MLIR.
const MAX_INT_WIDTH: u32 = (1 << 24) - 1;

type LayoutAndSpace = (Option<edge_ir::Attr>, Option<edge_ir::Attr>);

pub(crate) type TypeList = SmallVec<[Type; 4]>;

impl Parser<'_, '_> {
    /// The type that comes next.
    pub(crate) fn ty(&mut self) -> Res<Type> {
        self.space();
        let start = self.pos;
        let end = scan::skip_type(&self.bytes[..self.end], start).map_err(|e| self.unfinished(Rule::type_piece, start, e))?;
        if end == start {
            return Err(self.expected("a type"));
        }
        self.pos = end;
        self.type_in(start, end)
    }
    pub(crate) fn type_in(&mut self, start: usize, end: usize) -> Res<Type> {
        if let Some(ty) = self.types.get(self.bytes, start, end) {
            return Ok(ty);
        }
        let ty = match self.bytes[start] {
            b'!' => self.symbol_type(start, end)?,
            _ => {
                let text = &self.text[start..end];
                let pair = piece(Rule::type_piece, text).map_err(|at| self.bad_type(start + at, start, end))?.next();
                match pair {
                    Some(pair) => self.build_type(pair, start)?,
                    None => return Err(self.bad_type(start, start, end)),
                }
            }
        };
        self.types.put(self.bytes, start, end, ty);
        Ok(ty)
    }
    fn bad_type(&mut self, at: usize, start: usize, end: usize) -> edge_support::Reported {
        let at = self.missed_at(if at >= end { end.saturating_sub(1).max(start) } else { at });
        self.report(codes::BAD_TYPE, at, end, "this is not a type")
    }
    /// `base` is where the slice that `pair` was read from starts.
    fn build_type(&mut self, pair: Piece<'_>, base: usize) -> Res<Type> {
        let pair = if pair.as_rule() == Rule::ty { pair.into_inner().next().expect("a type has one inner rule") } else { pair };
        let (start, end) = (base + pair.as_span().start(), base + pair.as_span().end());
        match pair.as_rule() {
            Rule::type_name => self.named_type(start, end),
            Rule::dialect_symbol => self.type_in(start, end),
            Rule::complex_type => {
                let elem = self.build_type(pair.into_inner().next().expect("an element type"), base)?;
                if !self.ctx.is_float(elem) && !self.ctx.is_int(elem) {
                    return Err(self.report(codes::BAD_TYPE, start, end, "invalid element type for complex"));
                }
                Ok(self.ctx.ty(TypeKind::Complex(elem)))
            }
            Rule::tuple_type => {
                let types = self.build_types(pair, base)?;
                Ok(self.ctx.ty(TypeKind::Tuple(&types)))
            }
            Rule::function_type => {
                let (inputs, results) = self.build_signature(pair, base)?;
                Ok(self.ctx.ty(TypeKind::Function { inputs: &inputs, results: &results }))
            }
            _ => self.shaped_type(pair, base),
        }
    }
    fn build_types(&mut self, pair: Piece<'_>, base: usize) -> Res<TypeList> {
        pair.into_inner().map(|p| self.build_type(p, base)).collect()
    }
    fn build_signature(&mut self, pair: Piece<'_>, base: usize) -> Res<(TypeList, TypeList)> {
        let mut sides = pair.into_inner();
        let inputs = self.build_types(sides.next().expect("two sides"), base)?;
        let side = sides.next().and_then(|r| r.into_inner().next()).expect("two sides");
        let results = match side.as_rule() {
            Rule::type_list => self.build_types(side, base)?,
            _ => SmallVec::from_elem(self.build_type(side, base)?, 1),
        };
        Ok((inputs, results))
    }
    fn named_type(&mut self, start: usize, end: usize) -> Res<Type> {
        let text = &self.text[start..end];
        if let Some(kind) = FloatKind::from_keyword(text) {
            return Ok(self.ctx.float(kind));
        }
        match text {
            "index" => return Ok(self.ctx.index()),
            "none" => return Ok(self.ctx.none_type()),
            _ => {}
        }
        let (sign, digits) = if let Some(d) = text.strip_prefix("si") {
            (Signedness::Signed, d)
        } else if let Some(d) = text.strip_prefix("ui") {
            (Signedness::Unsigned, d)
        } else {
            (Signedness::Signless, text.strip_prefix('i').unwrap_or(""))
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.report(codes::BAD_TYPE, start, end, format!("`{text}` is not a type")));
        }
        match digits.parse::<u32>() {
            Ok(width) if width <= MAX_INT_WIDTH => Ok(self.ctx.int_with(width, sign)),
            _ => Err(self.report(codes::BAD_TYPE, start, end, format!("an integer type has at most {MAX_INT_WIDTH} bits"))),
        }
    }
    fn shaped_type(&mut self, pair: Piece<'_>, base: usize) -> Res<Type> {
        let (start, end) = (base + pair.as_span().start(), base + pair.as_span().end());
        let mut inner = pair.into_inner();
        let kind = inner.next().map_or("", |k| k.as_str());
        let dims = inner.next().expect("a shape");
        let unranked = dims.as_rule() == Rule::unranked;
        let (shape, scalable) = self.extents(dims, base, kind == "vector")?;
        let elem_pair = inner.next().expect("an element type");
        let elem_at = base + elem_pair.as_span().start();
        let elem = self.build_type(elem_pair, base)?;
        self.check_element(kind, elem, elem_at, end)?;
        let mut extra = SmallVec::<[edge_ir::Attr; 2]>::new();
        for slice in inner {
            let (from, to) = (base + slice.as_span().start(), base + slice.as_span().end());
            extra.push(self.within(from, to, |p| p.attr(None))?);
        }
        let kind = match (kind, unranked) {
            ("vector", false) if extra.is_empty() => TypeKind::Vector { shape: &shape, scalable: &scalable, elem },
            ("tensor", false) if extra.len() < 2 => TypeKind::Tensor { shape: &shape, elem, encoding: extra.first().copied() },
            ("tensor", true) if extra.is_empty() => TypeKind::UnrankedTensor(elem),
            ("memref", true) if extra.len() < 2 => TypeKind::UnrankedMemRef { elem, space: extra.first().copied() },
            ("memref", false) if extra.len() <= 2 => {
                let (layout, space) =
                    self.memref_extra(&shape, &extra).map_err(|m| self.report(codes::BAD_TYPE, start, end, m))?;
                TypeKind::MemRef { shape: &shape, elem, layout, space }
            }
            _ => return Err(self.report(codes::BAD_TYPE, start, end, "this type takes no such parameters")),
        };
        Ok(self.ctx.ty(kind))
    }
    fn check_element(&self, kind: &str, elem: Type, at: usize, end: usize) -> Res<()> {
        use TypeKind::*;
        let ok = match self.ctx.type_kind(elem) {
            Integer { .. } | Float(_) | Index | Dialect { .. } | Opaque { .. } => true,
            Complex(_) | Vector { .. } => kind != "vector",
            MemRef { .. } | UnrankedMemRef { .. } => kind == "memref",
            _ => false,
        };
        if ok { Ok(()) } else { Err(self.report(codes::BAD_TYPE, at, end - 1, format!("invalid {kind} element type"))) }
    }
    fn extents(&mut self, dims: Piece<'_>, base: usize, vector: bool) -> Res<(SmallVec<[i64; 6]>, SmallVec<[bool; 6]>)> {
        let (mut shape, mut scalable) = (SmallVec::new(), SmallVec::new());
        for dim in dims.into_inner() {
            let (start, end) = (base + dim.as_span().start(), base + dim.as_span().end());
            let dim = dim.into_inner().next().expect("a dimension");
            let text = match dim.as_rule() {
                Rule::dynamic if !vector => {
                    shape.push(DYNAMIC);
                    scalable.push(false);
                    continue;
                }
                Rule::integer_dim => dim.as_str(),
                Rule::scalable if vector => dim.into_inner().next().map_or("", |d| d.as_str()),
                _ => return Err(self.report(codes::BAD_TYPE, start, end, "this dimension is not allowed here")),
            };
            match text.parse::<i64>() {
                Ok(n) if !vector || n > 0 => shape.push(n),
                Ok(_) => return Err(self.report(codes::BAD_TYPE, start, end, "vector types must have positive dimensions")),
                Err(_) => return Err(self.report(codes::BAD_TYPE, start, end, "this dimension is too large")),
            }
            scalable.push(self.bytes[start] == b'[');
        }
        if !scalable.contains(&true) {
            scalable.clear();
        }
        Ok((shape, scalable))
    }
    /// Layout and memory space; an identity layout and the space 0 are none.
    fn memref_extra(&self, shape: &[i64], extra: &[edge_ir::Attr]) -> Result<LayoutAndSpace, String> {
        let is_layout = |a: edge_ir::Attr| {
            matches!(self.ctx.attr_kind(a), edge_ir::AttrKind::AffineMap { .. } | edge_ir::AttrKind::Strided { .. })
        };
        let (layout, space) = match *extra {
            [a, b] => (Some(a), Some(b)),
            [a] if is_layout(a) => (Some(a), None),
            // Layouts of unregistered dialects come first, too, but nothing tells them from spaces: one parameter is a space.
            [a] => (None, Some(a)),
            _ => (None, None),
        };
        let identity = self.ctx.identity_map(shape.len() as u32);
        use edge_ir::AttrKind as A;
        let rank = shape.len();
        match layout.map(|l| self.ctx.attr_kind(l)) {
            Some(A::AffineMap { dims, .. }) if dims as usize != rank => {
                return Err(format!("memref layout mismatch between rank and affine map: {rank} != {dims}"));
            }
            Some(A::Strided { strides, .. }) if strides.len() != rank => {
                return Err("expected the number of strides to match the rank".into());
            }
            _ => {}
        }
        let space_kind = space.map(|s| self.ctx.attr_kind(s));
        let allowed =
            |k: A<'_>| matches!(k, A::Integer { .. } | A::String { .. } | A::Dict(_) | A::Dialect { .. } | A::Opaque { .. });
        if space_kind.is_some_and(|k| !allowed(k)) {
            return Err("unsupported memory space Attribute".into());
        }
        let zero = |a: &edge_ir::Attr| self.ctx.as_int(*a) != Some(0);
        Ok((layout.filter(|l| *l != identity), space.filter(zero)))
    }
    /// `(types) -> types`, both sides, read once for each text.
    pub(crate) fn signature(&mut self) -> Res<(TypeList, TypeList)> {
        self.space();
        let start = self.pos;
        let end = scan::skip_type(&self.bytes[..self.end], start).map_err(|e| self.unfinished(Rule::type_piece, start, e))?;
        if end == start || self.bytes[start] != b'(' {
            return Err(self.expected("a function type `(…) -> …`"));
        }
        self.pos = end;
        let ty = self.type_in(start, end)?;
        match self.ctx.type_kind(ty) {
            TypeKind::Function { inputs, results } => Ok((inputs.into(), results.into())),
            _ => Err(self.bad_type(start, start, end)),
        }
    }
    fn symbol_type(&mut self, start: usize, end: usize) -> Res<Type> {
        let text = &self.text[start + 1..end];
        if !text.contains(['.', '<']) {
            return self.type_alias(start, end);
        }
        if let Some(ty) = self.dialect_type(start, end)? {
            return Ok(ty);
        }
        let (text, refs) = self.opaque_text(start, end)?;
        Ok(self.ctx.ty(TypeKind::Opaque { text: &text, refs: &refs }))
    }
    /// The text of `!…` or `#…` after the sigil as MLIR would print it, and what the aliases in it name, where its dialect is one that
    /// MLIR has.
    pub(crate) fn opaque_text(&mut self, start: usize, end: usize) -> Res<(String, Vec<Param<'static>>)> {
        let text = &self.text[start + 1..end];
        let name_len = text.find('<').unwrap_or(text.len());
        let (name, body) = text.split_at(name_len);
        let mut refs = Vec::new();
        let dialect = name.split('.').next().unwrap_or(name);
        // What MLIR does not know either it keeps as it stands: a name in it need not be that of an alias.
        let body = match crate::format::is_mlir_dialect(dialect) {
            true => self.mark_aliases(start + 1 + name_len, body, &mut refs)?,
            false => body.to_owned(),
        };
        if !name.contains('.') {
            let inner = body.get(1..body.len().saturating_sub(1)).unwrap_or("");
            if simple_enough(inner) {
                return Ok((format!("{name}.{inner}"), refs));
            }
        }
        Ok((format!("{name}{body}"), refs))
    }
    pub(crate) fn mark_aliases(&mut self, at: usize, body: &str, refs: &mut Vec<Param<'static>>) -> Res<String> {
        let bytes = body.as_bytes();
        let (mut out, mut copied, mut i) = (String::new(), 0, 0);
        while i < bytes.len() {
            match bytes[i] {
                b'"' => i = scan::skip_string(bytes, i).unwrap_or(bytes.len()),
                b'#' | b'!' => {
                    let name_end = scan::skip_while(bytes, i + 1, scan::is_suffix_char);
                    let name = &body[i + 1..name_end];
                    let alias = !name.is_empty() && !name.contains('.') && bytes.get(name_end) != Some(&b'<');
                    // Some attributes define names of their own inside their text.
                    let defines = bytes.get(scan::skip_while(bytes, name_end, |b| b == b' ')) == Some(&b'=');
                    if alias && !defines && self.knows_alias(bytes[i], name) {
                        refs.push(if bytes[i] == b'!' {
                            Param::Type(self.type_alias(at + i, at + name_end)?)
                        } else {
                            Param::Attr(self.attr_alias(at + i, at + name_end)?)
                        });
                        out.push_str(&body[copied..i]);
                        out.push(ALIAS_MARK);
                        copied = name_end;
                    }
                    i = name_end;
                }
                _ => i += 1,
            }
        }
        out.push_str(&body[copied..]);
        Ok(out)
    }
}

/// Whether `!d<body>` is printed as `!d.body`.
fn simple_enough(body: &str) -> bool {
    if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let rest = body.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    rest.is_empty() || (rest.starts_with('<') && rest.ends_with('>'))
}
