//! Builtin attributes, and the shape in which attributes of any dialect are held.

use crate::affine::AffineExpr;
use crate::context::{Context, Ident};
use crate::locs::Loc;
use crate::types::{FloatKind, Param, Signedness, Type, TypeKind, store_dialect};
use bumpalo::Bump;
use edge_support::storage::Family;

/// A uniqued attribute.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Attr(pub(crate) u32);

impl Attr {
    /// The id as a number, for side tables. Ids are not dense.
    pub fn raw(self) -> u32 {
        self.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttrKind<'a> {
    Unit,
    /// Two's complement in little-endian 64-bit words, sign-extended to whole words; `i1` holds 0 or 1. Signless, signed, unsigned
    /// integers and `index`.
    Integer {
        words: &'a [u64],
        ty: Type,
    },
    /// The bits of the float in its own format.
    Float {
        bits: u128,
        ty: Type,
    },
    /// Bytes, usually UTF-8. `ty` where the string is typed.
    String {
        bytes: &'a [u8],
        ty: Option<Type>,
    },
    Array(&'a [Attr]),
    /// Sorted by key text, keys distinct.
    Dict(&'a [(Ident, Attr)]),
    Type(Type),
    SymbolRef {
        root: Ident,
        nested: &'a [Ident],
    },
    /// Elements in row-major order, little-endian, each in [`Context::byte_size`] bytes (`i1`: one byte, 0 or 1); one element for a splat.
    Dense {
        ty: Type,
        data: &'a [u8],
        splat: bool,
    },
    DenseStrings {
        ty: Type,
        strings: &'a [&'a [u8]],
        splat: bool,
    },
    /// A blob of [`Context::resources`].
    DenseResource {
        ty: Type,
        key: Ident,
    },
    /// `array<i64: 1, 2>`: as [`AttrKind::Dense`], without a shape.
    DenseArray {
        elem: Type,
        data: &'a [u8],
    },
    /// Two dense attributes.
    Sparse {
        ty: Type,
        indices: Attr,
        values: Attr,
    },
    AffineMap {
        dims: u32,
        syms: u32,
        results: &'a [AffineExpr],
    },
    /// Each constraint is `expr == 0` (true) or `expr >= 0` (false).
    IntegerSet {
        dims: u32,
        syms: u32,
        constraints: &'a [(AffineExpr, bool)],
    },
    Strided {
        offset: i64,
        strides: &'a [i64],
    },
    Distinct {
        id: u64,
        of: Attr,
    },
    Loc(Loc),
    /// An attribute of a registered definition.
    Dialect {
        name: Ident,
        params: &'a [Param<'a>],
    },
    /// An attribute of no registered definition: its text after the `#`, as read, and its type where one follows. `refs` as in
    /// [`TypeKind::Opaque`].
    Opaque {
        text: &'a str,
        ty: Option<Type>,
        refs: &'a [Param<'a>],
    },
}

pub(crate) struct AttrFamily;
impl Family for AttrFamily {
    type Item<'a> = AttrKind<'a>;
    fn store<'a>(item: AttrKind<'_>, arena: &'a Bump) -> AttrKind<'a> {
        use AttrKind::*;
        match item {
            Unit => Unit,
            Integer { words, ty } => Integer { words: arena.alloc_slice_copy(words), ty },
            Float { bits, ty } => Float { bits, ty },
            String { bytes, ty } => String { bytes: arena.alloc_slice_copy(bytes), ty },
            Array(a) => Array(arena.alloc_slice_copy(a)),
            Dict(d) => Dict(arena.alloc_slice_copy(d)),
            Type(t) => Type(t),
            SymbolRef { root, nested } => SymbolRef { root, nested: arena.alloc_slice_copy(nested) },
            Dense { ty, data, splat } => Dense { ty, data: arena.alloc_slice_copy(data), splat },
            DenseStrings { ty, strings, splat } => DenseStrings {
                ty,
                strings: arena.alloc_slice_fill_iter(strings.iter().map(|s| &*arena.alloc_slice_copy(s))),
                splat,
            },
            DenseResource { ty, key } => DenseResource { ty, key },
            DenseArray { elem, data } => DenseArray { elem, data: arena.alloc_slice_copy(data) },
            Sparse { ty, indices, values } => Sparse { ty, indices, values },
            AffineMap { dims, syms, results } => AffineMap { dims, syms, results: arena.alloc_slice_copy(results) },
            IntegerSet { dims, syms, constraints } => {
                IntegerSet { dims, syms, constraints: arena.alloc_slice_copy(constraints) }
            }
            Strided { offset, strides } => Strided { offset, strides: arena.alloc_slice_copy(strides) },
            Distinct { id, of } => Distinct { id, of },
            Loc(l) => Loc(l),
            Dialect { name, params } => Dialect { name, params: store_dialect(params, arena) },
            Opaque { text, ty, refs } => Opaque { text: arena.alloc_str(text), ty, refs: store_dialect(refs, arena) },
        }
    }
}

/// Reads two's complement words as i128; `None` where it does not fit.
pub fn words_to_i128(words: &[u64]) -> Option<i128> {
    let low = words.first().copied().unwrap_or(0);
    let fill = if *words.last().unwrap_or(&0) >> 63 == 1 { u64::MAX } else { 0 };
    let high = words.get(1).copied().unwrap_or(fill);
    let rest = if high >> 63 == 1 { u64::MAX } else { 0 };
    words.iter().skip(2).all(|w| *w == rest).then_some((high as i128) << 64 | low as i128)
}

/// Bits of `value` in a float format that Rust has; `None` for the others.
pub fn float_bits(value: f64, kind: FloatKind) -> Option<u128> {
    Some(match kind {
        FloatKind::F64 => value.to_bits() as u128,
        FloatKind::F32 => (value as f32).to_bits() as u128,
        FloatKind::F16 => half::f16::from_f64(value).to_bits() as u128,
        FloatKind::BF16 => half::bf16::from_f64(value).to_bits() as u128,
        _ => return None,
    })
}

/// The inverse of [`float_bits`].
pub fn float_value(bits: u128, kind: FloatKind) -> Option<f64> {
    Some(match kind {
        FloatKind::F64 => f64::from_bits(bits as u64),
        FloatKind::F32 => f32::from_bits(bits as u32) as f64,
        FloatKind::F16 => half::f16::from_bits(bits as u16).to_f64(),
        FloatKind::BF16 => half::bf16::from_bits(bits as u16).to_f64(),
        _ => return None,
    })
}

impl Context {
    pub fn unit(&self) -> Attr {
        self.attr(AttrKind::Unit)
    }
    /// An integer attribute of an integer or index type; the value is wrapped to the type's width.
    pub fn int_attr(&self, value: i128, ty: Type) -> Attr {
        let (width, unsigned) = match self.type_kind(ty) {
            TypeKind::Integer { width, sign } => {
                (width, sign == Signedness::Unsigned || (width == 1 && sign == Signedness::Signless))
            }
            _ => (64, false),
        };
        let count = (width.max(1) as usize).div_ceil(64);
        if count <= 2 {
            let shift = 128 - width.clamp(1, 128);
            let v = if unsigned { ((value as u128) << shift >> shift) as i128 } else { value << shift >> shift };
            let words = [v as u64, (v >> 64) as u64];
            return self.attr(AttrKind::Integer { words: &words[..count], ty });
        }
        let mut words = vec![if value < 0 { u64::MAX } else { 0 }; count];
        (words[0], words[1]) = (value as u64, (value >> 64) as u64);
        self.attr(AttrKind::Integer { words: &words, ty })
    }
    pub fn i64_attr(&self, value: i64) -> Attr {
        self.int_attr(value as i128, self.i64())
    }
    pub fn index_attr(&self, value: i64) -> Attr {
        self.int_attr(value as i128, self.index())
    }
    pub fn bool_attr(&self, value: bool) -> Attr {
        self.int_attr(value as i128, self.i1())
    }
    /// A float attribute of type f16, bf16, f32 or f64, rounded to it; `None` for other types.
    pub fn float_attr(&self, value: f64, ty: Type) -> Option<Attr> {
        let TypeKind::Float(kind) = self.type_kind(ty) else { return None };
        Some(self.attr(AttrKind::Float { bits: float_bits(value, kind)?, ty }))
    }
    pub fn str_attr(&self, text: &str) -> Attr {
        self.attr(AttrKind::String { bytes: text.as_bytes(), ty: None })
    }
    pub fn type_attr(&self, ty: Type) -> Attr {
        self.attr(AttrKind::Type(ty))
    }
    pub fn array_attr(&self, items: &[Attr]) -> Attr {
        self.attr(AttrKind::Array(items))
    }
    pub fn symbol_attr(&self, name: &str) -> Attr {
        self.attr(AttrKind::SymbolRef { root: self.ident(name), nested: &[] })
    }
    pub fn i64_array(&self, items: &[i64]) -> Attr {
        let data: Vec<u8> = items.iter().flat_map(|i| i.to_le_bytes()).collect();
        self.attr(AttrKind::DenseArray { elem: self.i64(), data: &data })
    }
    pub fn i32_array(&self, items: &[i32]) -> Attr {
        let data: Vec<u8> = items.iter().flat_map(|i| i.to_le_bytes()).collect();
        self.attr(AttrKind::DenseArray { elem: self.i32(), data: &data })
    }
    /// A dictionary; a later entry of the same key replaces an earlier one.
    pub fn dict_attr(&self, entries: &[(Ident, Attr)]) -> Attr {
        let mut sorted: Vec<(Ident, Attr)> = Vec::with_capacity(entries.len());
        for entry in entries {
            match sorted.binary_search_by(|(k, _)| self.str(*k).cmp(self.str(entry.0))) {
                Ok(at) => sorted[at] = *entry,
                Err(at) => sorted.insert(at, *entry),
            }
        }
        self.attr(AttrKind::Dict(&sorted))
    }
    pub fn dict_entries(&self, dict: Attr) -> &[(Ident, Attr)] {
        match self.attr_kind(dict) {
            AttrKind::Dict(entries) => entries,
            _ => &[],
        }
    }
    /// The integer value, where it is one that fits.
    pub fn as_int(&self, attr: Attr) -> Option<i64> {
        match self.attr_kind(attr) {
            AttrKind::Integer { words, .. } => words_to_i128(words)?.try_into().ok(),
            _ => None,
        }
    }
    pub fn as_float(&self, attr: Attr) -> Option<f64> {
        match self.attr_kind(attr) {
            AttrKind::Float { bits, ty } => match self.type_kind(ty) {
                TypeKind::Float(kind) => float_value(bits, kind),
                _ => None,
            },
            _ => None,
        }
    }
    pub fn as_str(&self, attr: Attr) -> Option<&str> {
        match self.attr_kind(attr) {
            AttrKind::String { bytes, .. } => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
    pub fn as_type(&self, attr: Attr) -> Option<Type> {
        match self.attr_kind(attr) {
            AttrKind::Type(t) => Some(t),
            _ => None,
        }
    }
    /// The root of a symbol reference.
    pub fn as_symbol(&self, attr: Attr) -> Option<&str> {
        match self.attr_kind(attr) {
            AttrKind::SymbolRef { root, nested: [] } => Some(self.str(root)),
            _ => None,
        }
    }
    /// The integers of an `array<iN: …>`, of an array of integer attributes, or of a rank-1 dense attribute.
    pub fn as_ints(&self, attr: Attr) -> Option<Vec<i64>> {
        match self.attr_kind(attr) {
            AttrKind::DenseArray { elem, data } => crate::elements::ints(self, elem, data),
            AttrKind::Array(items) => items.iter().map(|a| self.as_int(*a)).collect(),
            AttrKind::Dense { .. } => crate::elements::dense_ints(self, attr),
            _ => None,
        }
    }
    pub fn as_array(&self, attr: Attr) -> Option<&[Attr]> {
        match self.attr_kind(attr) {
            AttrKind::Array(items) => Some(items),
            _ => None,
        }
    }
    /// The type of an attribute that has one.
    pub fn attr_type(&self, attr: Attr) -> Option<Type> {
        match self.attr_kind(attr) {
            AttrKind::Integer { ty, .. } | AttrKind::Float { ty, .. } | AttrKind::Dense { ty, .. } => Some(ty),
            AttrKind::DenseStrings { ty, .. } | AttrKind::DenseResource { ty, .. } | AttrKind::Sparse { ty, .. } => Some(ty),
            AttrKind::String { ty, .. } | AttrKind::Opaque { ty, .. } => ty,
            _ => None,
        }
    }
}
