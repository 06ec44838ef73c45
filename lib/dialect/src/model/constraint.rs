//! Constraints on types and attributes.

use super::EnumDef;
use edge_ir::{FloatKind, Signedness};
use edge_support::Span;
use std::sync::Arc;

/// A constraint on a type. Variables bind on first sight and must agree afterwards; a term whose variables are bound
/// also *makes* a type, which is how types that a format leaves out are inferred.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeConstraint {
    Any,
    /// `$T`.
    Var(String),
    /// `$Ts..` on a variadic: one type for each value.
    Pack(String),
    Index,
    NoneType,
    /// `i32`, `si8`, `ui8`; `int` (signless), `sint`, `uint`: any width.
    Integer {
        width: Option<u32>,
        sign: Signedness,
    },
    /// `any_int`: any width and signedness.
    AnyInteger,
    /// `f32`; `any_float`.
    Float(Option<FloatKind>),
    /// `function`.
    Function,
    /// `tuple`.
    Tuple,
    Complex(Box<TypeConstraint>),
    /// `tensor<M x $T>`.
    Shaped {
        kind: ShapedKind,
        dims: Vec<Dim>,
        elem: Box<TypeConstraint>,
        extra: Vec<TypeConstraint>,
    },
    /// `tensor`, `memref`, `vector`; `ranked(tensor)`, `unranked(memref)`.
    AnyShaped {
        kind: ShapedKind,
        ranked: Option<bool>,
    },
    /// `shaped`: a tensor, vector or memref.
    AnyOfShaped,
    /// `static(t)`: all extents are known.
    Static(Box<TypeConstraint>),
    /// `fixed(t)`: a vector without scalable dimensions.
    Fixed(Box<TypeConstraint>),
    /// `rank(t, n)`, `rank(t, least, most)`.
    Rank {
        of: Box<TypeConstraint>,
        least: i64,
        most: i64,
    },
    /// `strided(memref)`: its layout is strided.
    Strided(Box<TypeConstraint>),
    /// `like(c)`: a scalar of `c`, or a vector or tensor of such.
    Like(Box<TypeConstraint>),
    /// `with($T, c)`: the type `$T` with `c` in place of its element type (of itself, if it is a scalar).
    With(Box<TypeConstraint>, Box<TypeConstraint>),
    /// `elem($T)`: the element type of `$T` (itself, if it is a scalar).
    ElementOf(Box<TypeConstraint>),
    /// `scalar($V)`: as `elem`, of views too, and signless: what an operation inside a kernel works on.
    ScalarOf(Box<TypeConstraint>),
    /// `as(!d.t, c)`: the type `!d.t` with the shape and the element type of what satisfies `c`; of each type of a pack.
    As(String, Box<TypeConstraint>),
    /// `only(c, $T)`, `only(c, $Ts..)` on a variadic: those of the types that satisfy `c`.
    Only(Box<TypeConstraint>, Box<TypeConstraint>),
    /// `outer($A, $B)`: the vector with the extents of `$A` and then those of `$B`; `$A` itself, if `$B` is a scalar.
    Outer(Box<TypeConstraint>, Box<TypeConstraint>),
    /// `unmapped($V, map, c)`: the vector of `c` that the affine map in a property turns into the extents of `$V`: its extents are in
    /// the order of the map's dimensions, those that the map leaves out are left out.
    Unmapped {
        of: Box<TypeConstraint>,
        map: String,
        elem: Box<TypeConstraint>,
    },
    /// `leading($V, p)`: the vector `$V` with the number of items of a property as its first extent; it has at least one.
    Leading(Box<TypeConstraint>, String),
    /// `each_element($V)`: on a variadic: the element type of `$V`, as often as it has elements.
    EachElement(Box<TypeConstraint>),
    /// `typeof($value)`: the type of a typed attribute.
    TypeOf(String),
    /// `$to` naming a property: the type that a type attribute holds.
    TypeIn(String),
    /// `inputs($p)` and `results($p)`: of the function type that a property holds or a variable stands for; one for each value of a
    /// variadic.
    FunctionInputs(String),
    FunctionResults(String),
    /// `!loop.view<…>`; without arguments, whatever its parameters.
    Dialect {
        name: String,
        args: Vec<TypeConstraint>,
    },
    Or(Vec<TypeConstraint>),
    /// `3`, as an argument of a type of a dialect.
    Number(i64),
    /// `usually(a, b)`: `b`; where nothing says the type, it is `a`.
    Usually(Box<TypeConstraint>, Box<TypeConstraint>),
    /// `items($T)` on a variadic: the types of the tuple that a variable stands for.
    Items(String),
    /// A named constraint, so that messages can say its name.
    Named(String, Box<TypeConstraint>),
    /// A predicate of another system that is not checked here.
    Unchecked(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapedKind {
    Tensor,
    MemRef,
    Vector,
}

impl ShapedKind {
    pub fn word(self) -> &'static str {
        match self {
            ShapedKind::Tensor => "tensor",
            ShapedKind::MemRef => "memref",
            ShapedKind::Vector => "vector",
        }
    }
    pub fn from_word(word: &str) -> Option<ShapedKind> {
        [ShapedKind::Tensor, ShapedKind::MemRef, ShapedKind::Vector].into_iter().find(|k| k.word() == word)
    }
}

/// An extent of a shaped term, as written and as understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Dim {
    pub text: String,
    pub kind: DimKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DimKind {
    /// `4`.
    Fixed(i64),
    /// `?`.
    Dynamic,
    /// `N`: a size.
    Size(String),
    /// `N..`: any number of sizes. `..` alone binds nothing.
    Pack(Option<String>),
    /// `len(p)`: the number of items of a property.
    Len(String),
    /// Whatever else the notation of `eval` allows: `G*C`, `K at axis`, `K_`.
    Expr,
}

/// The element of a dense array attribute, `array<i64: …>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementKind {
    I1,
    I8,
    I16,
    I32,
    I64,
    F32,
    F64,
}

impl ElementKind {
    pub fn word(self) -> &'static str {
        match self {
            ElementKind::I1 => "i1",
            ElementKind::I8 => "i8",
            ElementKind::I16 => "i16",
            ElementKind::I32 => "i32",
            ElementKind::I64 => "i64",
            ElementKind::F32 => "f32",
            ElementKind::F64 => "f64",
        }
    }
    pub fn from_word(word: &str) -> Option<ElementKind> {
        use ElementKind::*;
        [I1, I8, I16, I32, I64, F32, F64].into_iter().find(|k| k.word() == word)
    }
}

/// A constraint on an attribute; also says how the attribute is read and written by a format.
#[derive(Clone, Debug, PartialEq)]
pub enum AttrConstraint {
    /// `any`: with its type in text.
    Any,
    /// `unit`: present or not.
    Unit,
    /// `flag`: as `unit`, but held as `false` where it is not set.
    Flag,
    /// `bool`: `true`, `false`.
    Bool,
    /// `str`.
    Str,
    /// `symbol`: a string that defines a symbol, `@name` in text.
    SymbolName,
    /// `symbol_ref`: `@a::@b`; `flat_symbol_ref`: without nesting.
    SymbolRef {
        flat: bool,
    },
    /// `i32`, `si8`, …: the number alone in text.
    Integer {
        width: u32,
        sign: Signedness,
    },
    /// `index`: the number alone in text.
    Index,
    /// `any_int`: an integer of any type, which stands in text.
    AnyInteger,
    /// `f32`: the number alone in text.
    Float(FloatKind),
    /// `type`, `type(function)`.
    Type(Box<TypeConstraint>),
    /// `typed($T)`: an attribute with a type that satisfies the constraint (`value` of a constant).
    Typed(Box<TypeConstraint>),
    /// `elements`: dense, splat, sparse or a resource.
    Elements,
    /// `array`, `array(c)`.
    Array(Box<AttrConstraint>),
    /// `i64[]`: `array<i64: 1, 2>`, in text `[1, 2]`.
    DenseArray(ElementKind),
    /// `dict`.
    Dict,
    /// `affine_map`.
    AffineMap,
    /// `integer_set`.
    IntegerSet,
    /// `location`.
    Location,
    /// An enumeration.
    Enum(Arc<EnumDef>),
    /// `#dialect.name`.
    Dialect(String),
    /// `one_of(c, "a", "b")`.
    OneOf(Box<AttrConstraint>, Vec<String>),
    /// `at_least(c, n)`, `range(c, least, most)`.
    Range(Box<AttrConstraint>, i64, i64),
    /// `power_of_two(c)`.
    PowerOfTwo(Box<AttrConstraint>),
    Or(Vec<AttrConstraint>),
    /// A predicate of another system that is not checked here.
    Unchecked(String),
}
