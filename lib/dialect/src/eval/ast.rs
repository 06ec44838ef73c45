//! The syntax of `eval` as a tree. Spans are byte ranges of the text that was parsed.

use crate::core::{ArgRedKind, BinOp, RedOp, Update};
use std::ops::Range;

pub type Span = Range<usize>;

/// What is wrong with a text, or with an instance, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvalError {
    pub span: Span,
    pub message: String,
    /// The definition has a meaning all the same: a sum that loses precision, a type that is left out.
    pub warning: bool,
}

impl EvalError {
    pub fn new(span: Span, message: impl Into<String>) -> EvalError {
        EvalError { span, message: message.into(), warning: false }
    }
    pub fn warning(span: Span, message: impl Into<String>) -> EvalError {
        EvalError { span, message: message.into(), warning: true }
    }
}

impl std::fmt::Display for EvalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EvalError {}

/// An expression: static value, index or data, which only its use decides.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    Int(i64),
    Float(f64),
    Str(String),
    /// A size, index, attribute, `for` variable, parameter or constant; a type variable without its `$`.
    Name(String),
    /// `(a, b)` and `[a, b]`.
    List(Vec<Expr>),
    Neg(Box<Expr>),
    Not(Box<Expr>),
    Bin(BinOp, Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Match(Box<Expr>, Vec<Arm>),
    /// A function by name; of a type's name, a cast.
    Call(String, Vec<Expr>),
    /// `list # position`, or an instance of a variadic operand.
    Item(Box<Expr>, Box<Expr>),
    Load(Box<LoadExpr>),
    /// `a ?? b`: `b` where the operand that `a` loads is absent.
    Coalesce(Box<Expr>, Box<Expr>),
    Reduce(Box<Reduce>),
}

/// One arm of a `match`; no patterns: `_`.
#[derive(Clone, PartialEq, Debug)]
pub struct Arm {
    pub patterns: Vec<Expr>,
    pub value: Expr,
}

/// `name#instance[args else value]`.
#[derive(Clone, PartialEq, Debug)]
pub struct LoadExpr {
    pub name: String,
    pub instance: Option<Expr>,
    pub args: Vec<Arg>,
    pub else_: Option<Expr>,
}

/// A position (or a list of positions) of a load or of a left side.
#[derive(Clone, PartialEq, Debug)]
pub struct Arg {
    pub kind: ArgKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ArgKind {
    /// `e`, or `e at axes`.
    At(Expr, Option<Expr>),
    /// `~e`: broadcast, aligned at the right.
    Broadcast(Expr),
    /// `:`, the whole axis as a list.
    Vector,
}

/// What a reduction does with its elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReduceKind {
    Red(RedOp),
    /// How many points pass the filter: an index.
    Count,
    Arg(ArgRedKind),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Reduce {
    pub kind: ReduceKind,
    pub binds: Vec<Bind>,
    pub filter: Option<Expr>,
    pub by: Option<Expr>,
    pub body: Expr,
}

/// `k`, `k < bound` or `k <= bound`.
#[derive(Clone, PartialEq, Debug)]
pub struct Bind {
    pub name: String,
    /// The bound, and whether it is inclusive.
    pub bound: Option<(Expr, bool)>,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    Dim(String, Expr),
    Fn(String, Vec<String>, Expr),
    Require(Expr, String),
    For(String, Expr, Vec<Stmt>),
    When(Expr, Vec<Stmt>),
    Rec(String, Expr, Vec<Stmt>),
    Def(Def),
}

/// `name#instance[places]: elem update body`.
#[derive(Clone, PartialEq, Debug)]
pub struct Def {
    pub name: String,
    pub instance: Option<Expr>,
    pub places: Vec<Arg>,
    /// Type of a let that is read before it is defined (in a `rec`).
    pub elem: Option<Expr>,
    pub update: Update,
    pub body: Expr,
}

/// One part of a shape: `K`, `G*C`, `X..`, each maybe `at` axes.
#[derive(Clone, PartialEq, Debug)]
pub struct DimPattern {
    pub size: Expr,
    /// `X..`: a pack, any number of axes.
    pub pack: bool,
    pub at: Option<Expr>,
    pub span: Span,
}

/// How many tensors an operand or result stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Arity {
    #[default]
    One,
    Optional,
    Variadic,
}

/// A tensor of an op: an operand or a result.
#[derive(Clone, PartialEq, Debug)]
pub struct TensorDecl {
    pub name: String,
    pub arity: Arity,
    /// `!`: the value is needed when the op is instantiated.
    pub known: bool,
    pub shape: Vec<DimPattern>,
    /// A type (`f32`), a type variable, an attribute that is a type; absent: the type variable `T`.
    pub elem: Option<Expr>,
    pub span: Span,
}

/// An attribute, as far as `eval` cares.
#[derive(Clone, PartialEq, Debug)]
pub struct AttrDecl {
    pub name: String,
    /// The list is as long as this list or pack; a scalar is repeated.
    pub list_of: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

/// All that instantiation needs of a definition.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Definition {
    pub name: String,
    pub operands: Vec<TensorDecl>,
    pub attrs: Vec<AttrDecl>,
    /// Lengths of packs that matching cannot tell.
    pub ranks: Vec<(String, Expr)>,
    pub results: Vec<TensorDecl>,
    pub body: Vec<Stmt>,
}
