//! Types.

use super::Printer;
use edge_ir::types::DYNAMIC;
use edge_ir::{ALIAS_MARK, Attr, Param, Signedness, Type, TypeKind};

impl Printer<'_, '_> {
    pub(crate) fn ty(&mut self, ty: Type) {
        if let Some(visitor) = &mut self.collect {
            visitor.visit_type(self.ctx, ty);
            return;
        }
        if let Some((start, len)) = self.types.get(&ty) {
            let range = *start as usize..*start as usize + *len as usize;
            self.out.extend_from_slice(&self.texts[range]);
            return;
        }
        let start = self.out.len();
        self.type_text(ty);
        let len = self.out.len() - start;
        self.types.insert(ty, (self.texts.len() as u32, len as u32));
        self.texts.extend_from_slice(&self.out[start..]);
    }
    fn type_text(&mut self, ty: Type) {
        if let Some(alias) = self.aliases.of_type(ty) {
            self.out.extend_from_slice(alias.as_bytes());
            return;
        }
        match self.ctx.type_kind(ty) {
            TypeKind::None => self.text("none"),
            TypeKind::Index => self.text("index"),
            TypeKind::Integer { width, sign } => {
                self.text(match sign {
                    Signedness::Signless => "i",
                    Signedness::Signed => "si",
                    Signedness::Unsigned => "ui",
                });
                self.number(width as u64);
            }
            TypeKind::Float(kind) => self.text(kind.keyword()),
            TypeKind::Complex(elem) => {
                self.text("complex<");
                self.ty(elem);
                self.text(">");
            }
            TypeKind::Tuple(types) => {
                self.text("tuple<");
                self.comma(types, |p, t| p.ty(*t));
                self.text(">");
            }
            TypeKind::Function { inputs, results } | TypeKind::Graph { inputs, results } => self.function_type(inputs, results),
            TypeKind::Vector { shape, scalable, elem } => {
                self.text("vector<");
                for (i, d) in shape.iter().enumerate() {
                    let scalable = scalable.get(i) == Some(&true);
                    self.text(if scalable { "[" } else { "" });
                    self.number(*d as u64);
                    self.text(if scalable { "]x" } else { "x" });
                }
                self.ty(elem);
                self.text(">");
            }
            TypeKind::Tensor { shape, elem, encoding } => {
                self.text("tensor<");
                self.shape(shape);
                self.ty(elem);
                if let Some(encoding) = encoding {
                    self.text(", ");
                    self.attr(encoding);
                }
                self.text(">");
            }
            TypeKind::UnrankedTensor(elem) => {
                self.text("tensor<*x");
                self.ty(elem);
                self.text(">");
            }
            TypeKind::MemRef { shape, elem, layout, space } => {
                self.text("memref<");
                self.shape(shape);
                self.ty(elem);
                self.memref_rest(layout, space);
            }
            TypeKind::UnrankedMemRef { elem, space } => {
                self.text("memref<*x");
                self.ty(elem);
                self.memref_rest(None, space);
            }
            TypeKind::Dialect { .. } => self.dialect_type(ty),
            TypeKind::Opaque { text, refs } => {
                self.text("!");
                self.opaque(text, refs);
            }
        }
    }
    pub(crate) fn shape(&mut self, shape: &[i64]) {
        for d in shape {
            if *d == DYNAMIC {
                self.text("?x");
            } else {
                self.number(*d as u64);
                self.text("x");
            }
        }
    }
    fn memref_rest(&mut self, layout: Option<Attr>, space: Option<Attr>) {
        for attr in [layout, space].into_iter().flatten() {
            self.text(", ");
            self.attr_with(attr, super::attrs::TypeShown::Needed);
        }
        self.text(">");
    }
    /// `(inputs) -> results`.
    pub(crate) fn function_type(&mut self, inputs: &[Type], results: &[Type]) {
        self.text("(");
        self.comma(inputs, |p, t| p.ty(*t));
        self.text(") -> ");
        self.result_types(results);
    }
    /// One type as it is, unless it is a function's; otherwise a list in parentheses.
    pub(crate) fn result_types(&mut self, results: &[Type]) {
        let bare = matches!(results, [one] if !matches!(self.ctx.type_kind(*one), TypeKind::Function { .. }));
        self.text(if bare { "" } else { "(" });
        self.comma(results, |p, t| p.ty(*t));
        self.text(if bare { "" } else { ")" });
    }
    pub(crate) fn opaque(&mut self, text: &str, refs: &[Param<'_>]) {
        let mut parts = text.split(ALIAS_MARK);
        self.text(parts.next().unwrap_or(""));
        for (part, named) in parts.zip(refs) {
            match named {
                Param::Type(t) => self.ty(*t),
                Param::Attr(a) => self.attr(*a),
                _ => {}
            }
            self.text(part);
        }
    }
}
