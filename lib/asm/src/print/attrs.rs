//! Attributes and locations.

use super::{HEX_ABOVE, Printer};
use crate::floats;
use edge_ir::elements::count;
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, AffineKind, Attr, AttrKind, Ident, Loc, LocKind, Signedness, Type, TypeKind};

/// Whether the type of an attribute follows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TypeShown {
    Always,
    /// Left out where it is what a number has by itself.
    Needed,
    Never,
}

impl Printer<'_, '_> {
    pub(crate) fn attr(&mut self, attr: Attr) {
        self.attr_with(attr, TypeShown::Always);
    }
    pub(crate) fn attr_with(&mut self, attr: Attr, shown: TypeShown) {
        if let Some(visitor) = &mut self.collect {
            visitor.visit_attr(self.ctx, attr, false);
            return;
        }
        let alias = match self.ctx.attr_kind(attr) {
            AttrKind::Loc(loc) => self.aliases.of_loc(loc),
            _ => self.aliases.of_attr(attr),
        };
        if let Some(alias) = alias {
            self.out.extend_from_slice(alias.as_bytes());
            return;
        }
        self.attr_text(attr, shown);
    }
    pub(crate) fn attr_text(&mut self, attr: Attr, shown: TypeShown) {
        let typed = match self.ctx.attr_kind(attr) {
            AttrKind::Unit => return self.text("unit"),
            AttrKind::Integer { words, ty } => {
                let kind = self.ctx.type_kind(ty);
                if matches!(kind, TypeKind::Integer { width: 1, sign: Signedness::Signless }) {
                    return self.text(if words[0] != 0 { "true" } else { "false" });
                }
                let unsigned = matches!(kind, TypeKind::Integer { sign: Signedness::Unsigned, .. });
                floats::print_int(&mut self.out, words, unsigned);
                if shown == TypeShown::Needed && ty == self.ctx.i64() {
                    return;
                }
                Some(ty)
            }
            AttrKind::Float { bits, ty } => {
                let hex = self.float(bits, ty);
                if shown == TypeShown::Needed && ty == self.ctx.f64() && !hex {
                    return;
                }
                Some(ty)
            }
            AttrKind::String { bytes, ty } => {
                self.quoted(bytes);
                ty
            }
            AttrKind::Array(items) => {
                self.text("[");
                self.comma(items, |p, a| p.attr_with(*a, TypeShown::Needed));
                return self.text("]");
            }
            AttrKind::Dict(entries) => return self.dict(entries, |_| true),
            AttrKind::Type(ty) => return self.ty(ty),
            AttrKind::SymbolRef { root, nested } => {
                self.symbol(self.ctx.str(root));
                for name in nested {
                    self.text("::");
                    self.symbol(self.ctx.str(*name));
                }
                return;
            }
            AttrKind::Dense { ty, data, splat } => {
                if self.elided(ty, splat) {
                    self.text("dense_resource<__elided__>");
                } else {
                    self.text("dense<");
                    self.elements(ty, data, splat, true);
                    self.text(">");
                }
                Some(ty)
            }
            AttrKind::DenseStrings { ty, strings, splat } => {
                if self.elided(ty, splat) {
                    self.text("dense_resource<__elided__>");
                } else {
                    self.text("dense<");
                    let shape = self.ctx.type_kind(ty).shape().unwrap_or(&[]);
                    self.nested(shape, splat, |p, i| p.quoted(strings[i]));
                    self.text(">");
                }
                Some(ty)
            }
            AttrKind::DenseResource { ty, key } => {
                self.text("dense_resource<");
                self.resource(key);
                self.text(">");
                Some(ty)
            }
            AttrKind::DenseArray { elem, data } => return self.dense_array(elem, data),
            AttrKind::Sparse { ty, indices, values } => {
                self.sparse(indices, values);
                Some(ty)
            }
            AttrKind::AffineMap { dims, syms, results } => return self.affine_map(dims, syms, results),
            AttrKind::IntegerSet { dims, syms, constraints } => return self.affine_set(dims, syms, constraints),
            AttrKind::Strided { offset, strides } => return self.strided(offset, strides),
            AttrKind::Distinct { id, of } => {
                self.text("distinct[");
                self.number(id);
                self.text("]<");
                if of != self.ctx.unit() {
                    self.attr(of);
                }
                return self.text(">");
            }
            AttrKind::Loc(loc) => return self.loc(loc, true),
            AttrKind::Dialect { .. } => return self.dialect_attr(attr),
            AttrKind::Opaque { text, ty, refs } => {
                self.text("#");
                self.opaque(text, refs);
                ty
            }
        };
        if let Some(ty) = typed.filter(|_| shown != TypeShown::Never) {
            self.text(" : ");
            self.ty(ty);
        }
    }
    /// `{a = 1 : i64, unit}` of the entries that `keep` keeps.
    pub(crate) fn dict(&mut self, entries: &[(Ident, Attr)], keep: impl Fn(Ident) -> bool) {
        self.text("{");
        self.comma(entries.iter().filter(|e| keep(e.0)), |p, (key, value)| p.named(*key, *value));
        self.text("}");
    }
    pub(crate) fn named(&mut self, key: Ident, value: Attr) {
        self.keyword_or_string(self.ctx.str(key));
        if value == self.ctx.unit() {
            return;
        }
        self.text(" = ");
        self.attr(value);
    }
    pub(crate) fn keyword_or_string(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if bytes.first().is_some_and(|b| crate::scan::is_id_start(*b)) && bytes.iter().all(|b| crate::scan::is_id_char(*b)) {
            self.text(text);
        } else {
            self.quoted(bytes);
        }
    }
    pub(crate) fn symbol(&mut self, name: &str) {
        self.text("@");
        self.keyword_or_string(name);
    }
    pub(crate) fn quoted(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        for b in bytes {
            match b {
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b' '..=b'~' if *b != b'"' => self.out.push(*b),
                _ => {
                    self.out.push(b'\\');
                    floats::encode_hex(&mut self.out, &[*b]);
                }
            }
        }
        self.out.push(b'"');
    }
    fn resource(&mut self, key: Ident) {
        if !self.resources.contains(&key) {
            self.resources.push(key);
        }
        self.keyword_or_string(self.ctx.str(key));
    }
    fn float(&mut self, bits: u128, ty: Type) -> bool {
        match self.ctx.type_kind(ty) {
            TypeKind::Float(kind) => floats::print_float(&mut self.out, bits, kind),
            _ => false,
        }
    }
    fn elided(&self, ty: Type, splat: bool) -> bool {
        let elements = self.ctx.type_kind(ty).shape().and_then(count).unwrap_or(0);
        !splat && self.options.elide_elements.is_some_and(|limit| elements > limit as u64)
    }
    /// What stands between `dense<` and `>`.
    fn elements(&mut self, ty: Type, data: &[u8], splat: bool, hex: bool) {
        let kind = self.ctx.type_kind(ty);
        let (shape, elem) = (kind.shape().unwrap_or(&[]), kind.elem().unwrap_or(ty));
        if hex && !splat && count(shape).unwrap_or(0) > HEX_ABOVE {
            let packed = floats::pack(self.ctx, elem, data);
            self.text("\"0x");
            floats::encode_hex(&mut self.out, &packed);
            self.text("\"");
            return;
        }
        let size = self.ctx.byte_size(elem).unwrap_or(1) as usize;
        self.nested(shape, splat, |p, i| p.element(elem, &data[i * size..][..size]));
    }
    fn element(&mut self, elem: Type, bytes: &[u8]) {
        match self.ctx.type_kind(elem) {
            TypeKind::Complex(part) => {
                let (re, im) = bytes.split_at(bytes.len() / 2);
                self.text("(");
                self.element(part, re);
                self.text(",");
                self.element(part, im);
                self.text(")");
            }
            TypeKind::Float(kind) => {
                let mut wide = [0u8; 16];
                wide[..bytes.len()].copy_from_slice(bytes);
                floats::print_float(&mut self.out, u128::from_le_bytes(wide), kind);
            }
            TypeKind::Integer { width: 1, .. } => self.text(if bytes[0] != 0 { "true" } else { "false" }),
            kind => {
                let unsigned = matches!(kind, TypeKind::Integer { sign: Signedness::Unsigned, .. });
                let fill = if !unsigned && bytes[bytes.len() - 1] >= 128 { 255 } else { 0 };
                let mut padded = bytes.to_vec();
                padded.resize(bytes.len().next_multiple_of(8), fill);
                let words: Vec<u64> =
                    padded.chunks_exact(8).map(|c| c.iter().rev().fold(0, |w, b| w << 8 | *b as u64)).collect();
                floats::print_int(&mut self.out, &words, unsigned);
            }
        }
    }
    /// Elements in nested brackets, `f` printing each by its number; one for all without any.
    fn nested(&mut self, shape: &[i64], splat: bool, mut f: impl FnMut(&mut Self, usize)) {
        if splat {
            return f(self, 0);
        }
        let total = count(shape).unwrap_or(0) as usize;
        let rank = shape.len();
        let (mut index, mut open) = (vec![0i64; rank], 0);
        for i in 0..total {
            if i > 0 {
                self.text(", ");
            }
            for _ in open..rank {
                self.text("[");
            }
            open = rank;
            f(self, i);
            for d in (0..rank).rev() {
                index[d] += 1;
                if index[d] < shape[d] {
                    break;
                }
                index[d] = 0;
                open = d;
                self.text("]");
            }
        }
    }
    fn dense_array(&mut self, elem: Type, data: &[u8]) {
        self.text("array<");
        self.ty(elem);
        if !data.is_empty() {
            self.text(": ");
            let size = self.ctx.byte_size(elem).unwrap_or(1) as usize;
            self.comma(data.chunks_exact(size), |p, c| p.element(elem, c));
        }
        self.text(">");
    }
    /// The elements of an `array<…>`, without the brackets.
    pub(crate) fn array_elements(&mut self, attr: Attr) {
        if let AttrKind::DenseArray { elem, data } = self.ctx.attr_kind(attr) {
            let size = self.ctx.byte_size(elem).unwrap_or(1) as usize;
            self.comma(data.chunks_exact(size), |p, c| p.element(elem, c));
        }
    }
    fn sparse(&mut self, indices: Attr, values: Attr) {
        let dense = |a| match self.ctx.attr_kind(a) {
            AttrKind::Dense { ty, data, splat } => (ty, data, splat),
            _ => (self.ctx.i64(), &[][..], false),
        };
        let ((ity, idata, isplat), (vty, vdata, vsplat)) = (dense(indices), dense(values));
        if self.elided(ity, isplat) || self.elided(vty, vsplat) {
            return self.text("dense_resource<__elided__>");
        }
        self.text("sparse<");
        if !idata.is_empty() {
            self.elements(ity, idata, isplat, false);
            self.text(", ");
            match self.ctx.attr_kind(values) {
                AttrKind::DenseStrings { ty, strings, splat } => {
                    let shape = self.ctx.type_kind(ty).shape().unwrap_or(&[]);
                    self.nested(shape, splat, |p, i| p.quoted(strings[i]));
                }
                _ => self.elements(vty, vdata, vsplat, true),
            }
        }
        self.text(">");
    }
    fn strided(&mut self, offset: i64, strides: &[i64]) {
        fn extent(p: &mut Printer<'_, '_>, n: i64) {
            if n == DYNAMIC { p.text("?") } else { p.text(&n.to_string()) }
        }
        self.text("strided<[");
        self.comma(strides, |p, s| extent(p, *s));
        self.text("]");
        if offset != 0 {
            self.text(", offset: ");
            extent(self, offset);
        }
        self.text(">");
    }
    fn affine_head(&mut self, dims: u32, syms: u32) {
        self.text("(");
        self.comma(0..dims, |p, d| {
            p.text("d");
            p.number(d as u64);
        });
        self.text(")");
        if syms > 0 {
            self.text("[");
            self.comma(0..syms, |p, s| {
                p.text("s");
                p.number(s as u64);
            });
            self.text("]");
        }
    }
    fn affine_map(&mut self, dims: u32, syms: u32, results: &[AffineExpr]) {
        self.text("affine_map<");
        self.affine_head(dims, syms);
        self.text(" -> (");
        self.comma(results, |p, e| p.affine(*e, false, &mut Printer::plain_name));
        self.text(")>");
    }
    fn affine_set(&mut self, dims: u32, syms: u32, constraints: &[(AffineExpr, bool)]) {
        self.text("affine_set<");
        self.affine_head(dims, syms);
        self.text(" : (");
        self.comma(constraints, |p, (e, equal)| {
            p.affine(*e, false, &mut Printer::plain_name);
            p.text(if *equal { " == 0" } else { " >= 0" });
        });
        self.text(")>");
    }
    pub(crate) fn plain_name(&mut self, kind: AffineKind) {
        let (letter, n) = match kind {
            AffineKind::Dim(n) => ("d", n),
            AffineKind::Sym(n) => ("s", n),
            _ => return,
        };
        self.text(letter);
        self.number(n as u64);
    }
    /// An affine expression; `tight` where an operator outside binds stronger than a sum.
    pub(crate) fn affine(&mut self, e: AffineExpr, tight: bool, name: &mut dyn FnMut(&mut Self, AffineKind)) {
        let ctx = self.ctx;
        let (a, b, op) = match ctx.affine_kind(e) {
            AffineKind::Const(c) => return self.text(&c.to_string()),
            kind @ (AffineKind::Dim(_) | AffineKind::Sym(_)) => return name(self, kind),
            AffineKind::Add(a, b) => return self.affine_sum(a, b, tight, name),
            AffineKind::Mul(a, b) => {
                // `x * -1` is printed as `-x`.
                if ctx.affine_const(b) == Some(-1) {
                    self.text(if tight { "(-" } else { "-" });
                    self.affine(a, true, name);
                    return self.text(if tight { ")" } else { "" });
                }
                (a, b, " * ")
            }
            AffineKind::FloorDiv(a, b) => (a, b, " floordiv "),
            AffineKind::CeilDiv(a, b) => (a, b, " ceildiv "),
            AffineKind::Mod(a, b) => (a, b, " mod "),
        };
        self.text(if tight { "(" } else { "" });
        self.affine(a, true, name);
        self.text(op);
        self.affine(b, true, name);
        self.text(if tight { ")" } else { "" });
    }
    fn affine_sum(&mut self, a: AffineExpr, b: AffineExpr, tight: bool, name: &mut dyn FnMut(&mut Self, AffineKind)) {
        let ctx = self.ctx;
        self.text(if tight { "(" } else { "" });
        match ctx.affine_kind(b) {
            AffineKind::Mul(x, c) if ctx.affine_const(c) == Some(-1) => {
                self.affine(a, false, name);
                self.text(" - ");
                // A difference inside needs its brackets, other terms do not.
                let sum = matches!(ctx.affine_kind(x), AffineKind::Add(..));
                self.affine(x, sum, name);
            }
            AffineKind::Mul(x, c) if ctx.affine_const(c).is_some_and(|c| c < -1) => {
                self.affine(a, false, name);
                self.text(" - ");
                self.affine(x, true, name);
                self.text(" * ");
                let c = ctx.affine_const(c).unwrap_or(0);
                self.text(&c.unsigned_abs().to_string());
            }
            AffineKind::Const(c) if c < 0 => {
                self.affine(a, false, name);
                self.text(" - ");
                self.text(&c.unsigned_abs().to_string());
            }
            _ => {
                self.affine(a, false, name);
                self.text(" + ");
                self.affine(b, false, name);
            }
        }
        self.text(if tight { ")" } else { "" });
    }

    /// ` loc(…)`, where locations are shown.
    pub(crate) fn trailing_loc(&mut self, loc: Option<Loc>, alias: bool) {
        if !self.options.debuginfo {
            return;
        }
        self.text(" ");
        self.loc(loc.unwrap_or_else(|| self.ctx.unknown_loc()), alias);
    }
    fn loc(&mut self, loc: Loc, alias: bool) {
        self.text("loc(");
        match self.aliases.of_loc(loc).filter(|_| alias) {
            Some(name) => self.out.extend_from_slice(name.as_bytes()),
            None => self.loc_inner(loc),
        }
        self.text(")");
    }
    pub(crate) fn loc_nested(&mut self, loc: Loc) {
        match self.aliases.of_loc(loc) {
            Some(name) => self.out.extend_from_slice(name.as_bytes()),
            None => self.loc_inner(loc),
        }
    }
    pub(crate) fn loc_inner(&mut self, loc: Loc) {
        let ctx = self.ctx;
        match ctx.loc_kind(loc) {
            LocKind::Unknown => self.text("unknown"),
            LocKind::File { file, line, col, end } => {
                self.quoted(ctx.str(file).as_bytes());
                self.text(":");
                self.number(line as u64);
                self.text(":");
                self.number(col as u64);
                if let Some((end_line, end_col)) = end {
                    self.text(" to ");
                    if end_line != line {
                        self.number(end_line as u64);
                    }
                    self.text(":");
                    self.number(end_col as u64);
                }
            }
            LocKind::Name { name, child } => {
                self.quoted(ctx.str(name).as_bytes());
                if !ctx.is_unknown(child) {
                    self.text("(");
                    self.loc_nested(child);
                    self.text(")");
                }
            }
            LocKind::CallSite { callee, caller } => {
                self.text("callsite(");
                self.loc_nested(callee);
                self.text(" at ");
                self.loc_nested(caller);
                self.text(")");
            }
            LocKind::Fused { locs, metadata } => {
                self.text("fused");
                if let Some(metadata) = metadata {
                    self.text("<");
                    self.attr(metadata);
                    self.text(">");
                }
                self.text("[");
                self.comma(locs, |p, l| p.loc_nested(*l));
                self.text("]");
            }
        }
    }
}
