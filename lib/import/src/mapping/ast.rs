//! A mapping as read.

use edge_support::Span;

/// `onnx OP since N (inputs) { attributes } => body`.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Empty for ONNX's own operators.
    pub domain: String,
    pub op_type: String,
    /// The first operator-set version for which it holds, until the next entry of the same operator.
    pub since: i64,
    pub params: Vec<Param>,
    pub attrs: Vec<AttrParam>,
    pub body: Body,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: String,
    pub kind: ParamKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    Required,
    /// May be left out: by an empty name, or at the end.
    Optional,
    /// Takes all further inputs.
    Variadic,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AttrParam {
    pub name: String,
    /// Absent: the model must give it.
    pub default: Option<Expr>,
}

/// `fn NAME(params) = body`.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub name: String,
    pub params: Vec<String>,
    pub body: Body,
    pub span: Span,
}

/// Statements, then a result; a tuple stands for several results.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    pub stmts: Vec<Stmt>,
    pub result: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    Let(String, Expr),
    Require(Expr, String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub node: Node,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Int(i64),
    Float(f64),
    Str(String),
    /// A variable, a word (`None`, `true`, `f32`), or the name of an operation as a value.
    Name(String),
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    /// A function, or with a dotted name an operation with its attributes.
    Call {
        callee: String,
        args: Vec<Expr>,
        attrs: Vec<(String, Expr)>,
    },
    Neg(Box<Expr>),
    Not(Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// Without a subject an arm's patterns are conditions. No pattern: always.
    Match(Option<Box<Expr>>, Vec<(Vec<Expr>, Expr)>),
    /// `list#index`.
    Item(Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Mod,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Coalesce,
}
