//! Builtin types, and the shape in which types of any dialect are held.

use crate::attrs::Attr;
use crate::context::{Context, Ident};
use bumpalo::Bump;
use edge_support::storage::Family;

/// A uniqued type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Type(pub(crate) u32);

/// The extent of a dynamic dimension (`?`) in a shape.
pub const DYNAMIC: i64 = i64::MIN;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signedness {
    Signless,
    Signed,
    Unsigned,
}

macro_rules! floats {
    ($($name:ident $text:literal $bits:literal),* $(,)?) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FloatKind { $($name),* }
        impl FloatKind {
            pub const ALL: &[FloatKind] = &[$(FloatKind::$name),*];
            /// The keyword of the type, as `bf16`.
            pub fn keyword(self) -> &'static str {
                match self { $(FloatKind::$name => $text),* }
            }
            /// Width in bits.
            pub fn width(self) -> u32 {
                match self { $(FloatKind::$name => $bits),* }
            }
            pub fn from_keyword(text: &str) -> Option<FloatKind> {
                match text { $($text => Some(FloatKind::$name),)* _ => None }
            }
        }
    };
}
floats! {
    F4E2M1FN "f4E2M1FN" 4, F6E2M3FN "f6E2M3FN" 6, F6E3M2FN "f6E3M2FN" 6, F8E5M2 "f8E5M2" 8, F8E4M3 "f8E4M3" 8,
    F8E4M3FN "f8E4M3FN" 8, F8E5M2FNUZ "f8E5M2FNUZ" 8, F8E4M3FNUZ "f8E4M3FNUZ" 8, F8E4M3B11FNUZ "f8E4M3B11FNUZ" 8,
    F8E3M4 "f8E3M4" 8, F8E8M0FNU "f8E8M0FNU" 8, BF16 "bf16" 16, F16 "f16" 16, TF32 "tf32" 19, F32 "f32" 32, F64 "f64" 64,
    F80 "f80" 80, F128 "f128" 128,
}

/// A parameter of a dialect's type or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Param<'a> {
    None,
    Type(Type),
    Attr(Attr),
    Int(i64),
    Str(Ident),
    /// A shape: extents, [`DYNAMIC`] for `?`.
    Shape(&'a [i64]),
    List(&'a [Param<'a>]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeKind<'a> {
    None,
    Index,
    Integer {
        width: u32,
        sign: Signedness,
    },
    Float(FloatKind),
    Complex(Type),
    Tuple(&'a [Type]),
    Function {
        inputs: &'a [Type],
        results: &'a [Type],
    },
    /// `scalable` is empty where no dimension is.
    Vector {
        shape: &'a [i64],
        scalable: &'a [bool],
        elem: Type,
    },
    Tensor {
        shape: &'a [i64],
        elem: Type,
        encoding: Option<Attr>,
    },
    UnrankedTensor(Type),
    MemRef {
        shape: &'a [i64],
        elem: Type,
        layout: Option<Attr>,
        space: Option<Attr>,
    },
    UnrankedMemRef {
        elem: Type,
        space: Option<Attr>,
    },
    Graph {
        inputs: &'a [Type],
        results: &'a [Type],
    },
    /// A type of a registered definition, `loop.view`.
    Dialect {
        name: Ident,
        params: &'a [Param<'a>],
    },
    /// A type of no registered definition: its text after the `!`, as read. Where the text names aliases, [`ALIAS_MARK`] stands for
    /// each in turn and `refs` holds what it named.
    Opaque {
        text: &'a str,
        refs: &'a [Param<'a>],
    },
}

/// Stands in the text of an opaque type or attribute for a type or attribute that the text named by an alias.
pub const ALIAS_MARK: char = '\u{1a}';

fn store_params<'a>(params: &[Param<'_>], arena: &'a Bump) -> &'a [Param<'a>] {
    arena.alloc_slice_fill_iter(params.iter().map(|p| store_param(*p, arena)))
}

fn store_param<'a>(param: Param<'_>, arena: &'a Bump) -> Param<'a> {
    match param {
        Param::None => Param::None,
        Param::Type(t) => Param::Type(t),
        Param::Attr(a) => Param::Attr(a),
        Param::Int(i) => Param::Int(i),
        Param::Str(s) => Param::Str(s),
        Param::Shape(s) => Param::Shape(arena.alloc_slice_copy(s)),
        Param::List(l) => Param::List(store_params(l, arena)),
    }
}

pub(crate) fn store_dialect<'a>(params: &[Param<'_>], arena: &'a Bump) -> &'a [Param<'a>] {
    store_params(params, arena)
}

pub(crate) struct TypeFamily;
impl Family for TypeFamily {
    type Item<'a> = TypeKind<'a>;
    fn store<'a>(item: TypeKind<'_>, arena: &'a Bump) -> TypeKind<'a> {
        use TypeKind::*;
        match item {
            None => None,
            Index => Index,
            Integer { width, sign } => Integer { width, sign },
            Float(k) => Float(k),
            Complex(t) => Complex(t),
            Tuple(t) => Tuple(arena.alloc_slice_copy(t)),
            Function { inputs, results } => {
                Function { inputs: arena.alloc_slice_copy(inputs), results: arena.alloc_slice_copy(results) }
            }
            Graph { inputs, results } => {
                Graph { inputs: arena.alloc_slice_copy(inputs), results: arena.alloc_slice_copy(results) }
            }
            Vector { shape, scalable, elem } => {
                Vector { shape: arena.alloc_slice_copy(shape), scalable: arena.alloc_slice_copy(scalable), elem }
            }
            Tensor { shape, elem, encoding } => Tensor { shape: arena.alloc_slice_copy(shape), elem, encoding },
            UnrankedTensor(t) => UnrankedTensor(t),
            MemRef { shape, elem, layout, space } => MemRef { shape: arena.alloc_slice_copy(shape), elem, layout, space },
            UnrankedMemRef { elem, space } => UnrankedMemRef { elem, space },
            Dialect { name, params } => Dialect { name, params: store_params(params, arena) },
            Opaque { text, refs } => Opaque { text: arena.alloc_str(text), refs: store_params(refs, arena) },
        }
    }
}

impl Type {
    /// The id as a number, for side tables. Ids are not dense.
    pub fn raw(self) -> u32 {
        self.0
    }
}

impl<'a> TypeKind<'a> {
    /// Shape of a ranked vector, tensor or memref.
    pub fn shape(&self) -> Option<&'a [i64]> {
        match *self {
            TypeKind::Vector { shape, .. } | TypeKind::Tensor { shape, .. } | TypeKind::MemRef { shape, .. } => Some(shape),
            _ => None,
        }
    }
    /// Element type of a shaped type.
    pub fn elem(&self) -> Option<Type> {
        match *self {
            TypeKind::Vector { elem, .. } | TypeKind::Tensor { elem, .. } | TypeKind::MemRef { elem, .. } => Some(elem),
            TypeKind::UnrankedTensor(elem) | TypeKind::UnrankedMemRef { elem, .. } => Some(elem),
            _ => None,
        }
    }
}

impl Context {
    pub fn index(&self) -> Type {
        self.ty(TypeKind::Index)
    }
    /// A signless integer type.
    pub fn int(&self, width: u32) -> Type {
        self.ty(TypeKind::Integer { width, sign: Signedness::Signless })
    }
    pub fn int_with(&self, width: u32, sign: Signedness) -> Type {
        self.ty(TypeKind::Integer { width, sign })
    }
    pub fn i1(&self) -> Type {
        self.int(1)
    }
    pub fn i32(&self) -> Type {
        self.int(32)
    }
    pub fn i64(&self) -> Type {
        self.int(64)
    }
    pub fn float(&self, kind: FloatKind) -> Type {
        self.ty(TypeKind::Float(kind))
    }
    pub fn f32(&self) -> Type {
        self.float(FloatKind::F32)
    }
    pub fn f64(&self) -> Type {
        self.float(FloatKind::F64)
    }
    pub fn none_type(&self) -> Type {
        self.ty(TypeKind::None)
    }
    pub fn function_type(&self, inputs: &[Type], results: &[Type]) -> Type {
        self.ty(TypeKind::Function { inputs, results })
    }
    pub fn tensor(&self, shape: &[i64], elem: Type) -> Type {
        self.ty(TypeKind::Tensor { shape, elem, encoding: None })
    }
    pub fn vector(&self, shape: &[i64], elem: Type) -> Type {
        self.ty(TypeKind::Vector { shape, scalable: &[], elem })
    }
    pub fn memref(&self, shape: &[i64], elem: Type) -> Type {
        self.ty(TypeKind::MemRef { shape, elem, layout: None, space: None })
    }
    pub fn dialect_type(&self, name: &str, params: &[Param<'_>]) -> Type {
        self.ty(TypeKind::Dialect { name: self.ident(name), params })
    }
    /// Element type of a shaped type, otherwise the type itself.
    pub fn elem_or_self(&self, ty: Type) -> Type {
        self.type_kind(ty).elem().unwrap_or(ty)
    }
    pub fn is_float(&self, ty: Type) -> bool {
        matches!(self.type_kind(ty), TypeKind::Float(_))
    }
    pub fn is_int(&self, ty: Type) -> bool {
        matches!(self.type_kind(ty), TypeKind::Integer { .. })
    }
    /// Width in bits of an integer, float or index (64) type.
    pub fn bit_width(&self, ty: Type) -> Option<u32> {
        match self.type_kind(ty) {
            TypeKind::Integer { width, .. } => Some(width),
            TypeKind::Float(kind) => Some(kind.width()),
            TypeKind::Index => Some(64),
            TypeKind::Complex(elem) => Some(self.bit_width(elem)? * 2),
            _ => None,
        }
    }
    /// Bytes that one element takes in memory: its width rounded up to whole bytes, then to a power of two.
    pub fn byte_size(&self, ty: Type) -> Option<u64> {
        if let TypeKind::Complex(elem) = self.type_kind(ty) {
            return Some(self.byte_size(elem)? * 2);
        }
        Some((self.bit_width(ty)? as u64).div_ceil(8).next_power_of_two())
    }
}
