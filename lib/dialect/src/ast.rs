//! What a `.dialect` file says, as read: names unresolved, everything with its span.

use edge_support::Span;

/// Something and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    pub node: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(node: T, span: Span) -> Self {
        Self { node, span }
    }
}

pub type Name = Spanned<String>;
/// Text of another language (eval, IR, a mapping), with its place in the file.
pub type Text = Spanned<String>;

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    pub name: Name,
    pub doc: String,
    /// The one-line description after the name.
    pub summary: String,
    pub version: i64,
    /// Made from the definitions of another system.
    pub imported: bool,
    /// Of a system whose text MLIR keeps without knowing it.
    pub foreign: bool,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug)]
pub enum Item {
    /// `op`, or `base`: clauses that ops take over with `from`.
    Op(OpItem),
    Base(OpItem),
    Type(ParamItem),
    Attr(ParamItem),
    Enum(EnumItem),
    Constraint(ConstraintItem),
    Rule(RuleItem),
    Overload(OverloadItem),
    /// `fn NAME(args) = expr`, a static macro of eval and mappings: the text after `fn`.
    Function(Text),
    /// A mapping that belongs to no single op: the text after `onnx`.
    Onnx(Text),
}

#[derive(Clone, Debug)]
pub struct OpItem {
    pub name: Name,
    pub doc: String,
    pub from: Option<Name>,
    pub traits: Vec<TraitUse>,
    pub clauses: Vec<Clause>,
    pub span: Span,
}

/// A type or attribute of the dialect.
#[derive(Clone, Debug)]
pub struct ParamItem {
    pub name: Name,
    pub doc: String,
    pub clauses: Vec<Clause>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct EnumItem {
    pub name: Name,
    pub doc: String,
    pub storage: Name,
    pub bits: bool,
    pub bare: bool,
    /// In a format no second space stands before the word.
    pub tight: bool,
    pub separator: Option<String>,
    pub cases: Vec<(Name, Option<i64>)>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct ConstraintItem {
    pub name: Name,
    pub doc: String,
    pub term: Term,
}

/// `overload NAME = a.op | b.op for TERM`: one name for several operations.
#[derive(Clone, Debug)]
pub struct OverloadItem {
    pub name: Name,
    /// `conversion`: the last argument gives the type of the result.
    pub conversion: bool,
    pub cases: Vec<(Name, Option<Term>)>,
    /// `overload NAME(a, b) = f(a, g(b))`: in terms of others.
    pub made_of: Option<(Vec<Name>, Expr)>,
}

#[derive(Clone, Debug)]
pub struct RuleItem {
    pub name: Name,
    pub doc: String,
    pub matched: Pattern,
    pub built: Vec<Pattern>,
    pub conditions: Vec<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TraitUse {
    pub name: Name,
    pub args: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Arity {
    #[default]
    One,
    Optional,
    Variadic,
    /// Groups of variadics; a property gives their lengths.
    VariadicOfVariadic,
}

#[derive(Clone, Debug)]
pub struct ValueClause {
    pub names: Vec<Name>,
    pub result: bool,
    pub arity: Arity,
    /// `!`: the value must be known when the op is instantiated.
    pub known: bool,
    pub term: Term,
    pub segments: Option<Name>,
    /// `by inputs(map)`, `by rank(x)`: the function and its argument.
    pub counted: Option<(Name, Name)>,
    pub effects: Vec<Name>,
}

#[derive(Clone, Debug)]
pub struct PropertyClause {
    pub names: Vec<Name>,
    /// `attribute`: discardable, documented and checked, no slot.
    pub discardable: bool,
    pub optional: bool,
    pub term: Term,
    /// `i64[]`: a list of them.
    pub list: bool,
    /// `i64 each X`: a list as long as the pack `X`; a scalar default is repeated.
    pub each: Option<Name>,
    pub default: Option<Expr>,
}

#[derive(Clone, Debug)]
pub struct RegionClause {
    pub name: Name,
    pub arity: Arity,
    pub blocks: Option<(i64, Option<i64>)>,
    pub args: Option<Vec<(Option<Name>, Term)>>,
    /// `names (in inputs)`: what entry arguments are called, and the operand whose count it is.
    pub names: Vec<(Name, Option<Name>)>,
    pub terminators: Vec<Name>,
    /// The terminator may be left out in custom form where it has no operands.
    pub implicit: bool,
    pub forwarding: bool,
    pub flags: Vec<Name>,
}

/// `body REGION(a, b) = f(g(a), b)`: what a region computes that does not stand in the text.
#[derive(Clone, Debug)]
pub struct BodyClause {
    pub region: Name,
    pub args: Vec<Name>,
    pub yields: Vec<Expr>,
}

#[derive(Clone, Debug)]
pub enum Clause {
    Value(ValueClause),
    Property(PropertyClause),
    Param {
        name: Name,
        optional: bool,
        term: Term,
        default: Option<Expr>,
    },
    Region(RegionClause),
    Successor {
        names: Vec<Name>,
        variadic: bool,
    },
    Body(BodyClause),
    Where {
        var: Name,
        term: Term,
    },
    Verify {
        expr: Expr,
        message: Name,
    },
    Format(Vec<Element>, Span),
    /// `form NAME ELEMENTS`, of an attribute.
    Form(Name, Vec<Element>, Span),
    Eval(Text),
    /// What an attribute or type is called where its text stands apart: `#NAME`, `#NAME1`.
    Alias(Name),
    /// The text of an attribute or type is kept as it stands.
    Opaque,
    Example(Text),
    Reject(Text, Name),
    Onnx(Text),
    Lowering(Text),
    Native(Name),
    Since(i64),
    Was {
        name: Name,
        until: i64,
    },
    Renamed {
        old: Name,
        new: Name,
        version: i64,
    },
}

/// A constraint on a type or an attribute; see `docs/write-a-dialect.md`.
#[derive(Clone, Debug, PartialEq)]
pub enum TermNode {
    /// `$T`.
    Var(String),
    /// `$Ts..`: one type per value of a variadic.
    Pack(String),
    /// `index`, `f32`, an alias, an enum, `arith.fastmath`.
    Name(String),
    /// `like(float)`.
    Call(String, Vec<Term>),
    /// `tensor<M x K x $T>`; `space` and others follow the element after commas.
    Shaped {
        kind: String,
        dims: Vec<Name>,
        elem: Box<Term>,
        extra: Vec<Term>,
    },
    /// `!loop.view<…>` or `#nn.dims<…>`.
    Dialect {
        sigil: char,
        name: String,
        args: Vec<Term>,
    },
    Or(Vec<Term>),
    Int(i64),
    Float(f64),
    Str(String),
}
pub type Term = Spanned<TermNode>;

/// An expression of `verify`, of a default, of a rule's condition.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprNode {
    Int(i64),
    Float(f64),
    Str(String),
    /// An operand, result, property or region by name; or a bare word (an enum's case, `true`).
    Name(String),
    Var(String),
    Call(String, Vec<Expr>),
    List(Vec<Expr>),
    /// `#vector.kind<add>`, as text.
    Attr(String),
    Not(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
}
pub type Expr = Spanned<ExprNode>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    Or,
    And,
    Eq,
    Ne,
    Le,
    Ge,
    Lt,
    Gt,
    In,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// An element of a format program.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementNode {
    Literal(String),
    Field(String),
    Directive(String, Vec<Argument>),
    /// `( then ) : ( otherwise ) ?`
    Group {
        then: Vec<Element>,
        otherwise: Vec<Element>,
    },
    OneOf(Vec<Vec<Element>>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub node: ElementNode,
    pub anchor: bool,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentNode {
    Field(String),
    Directive(String, Vec<Argument>),
    Literal(String),
    Int(i64),
    Str(String),
}
pub type Argument = Spanned<ArgumentNode>;

/// One side of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternNode {
    /// `$x`, `$x : constraint`.
    Var(String, Option<Term>),
    Int(i64),
    Float(f64),
    /// `$r @ dialect.op(args) { attr = expr } : type`.
    Op {
        binding: Option<String>,
        name: Name,
        args: Vec<(Option<Name>, Pattern)>,
        attrs: Vec<(Name, Expr)>,
        ty: Option<Term>,
    },
}
pub type Pattern = Spanned<PatternNode>;
