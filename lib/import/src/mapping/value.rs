//! What expressions of mappings evaluate to.

use super::size::{NoSize, Size};
use edge_dialect::core::ElemType;
use edge_ir::{Attr, Value};
use edge_support::{Reported, Span};

/// A value while a mapping is evaluated.
#[derive(Clone, PartialEq, Debug)]
pub enum Val {
    /// An operand or attribute that was not given.
    None,
    Bool(bool),
    Int(Size),
    Float(f64),
    Str(String),
    Type(ElemType),
    List(Vec<Val>),
    /// Several results of one operator.
    Tuple(Vec<Val>),
    /// A dense attribute: the elements of a constant.
    Elements(Attr),
    /// A value of the program under construction.
    Value(Value),
    /// The name of an operation.
    Op(String),
}

impl Val {
    pub fn int(value: i64) -> Val {
        Val::Int(Size::from(value))
    }

    /// What messages call this kind of value.
    pub fn kind(&self) -> &'static str {
        match self {
            Val::None => "nothing",
            Val::Bool(_) => "a truth value",
            Val::Int(_) => "an integer",
            Val::Float(_) => "a number",
            Val::Str(_) => "a string",
            Val::Type(_) => "an element type",
            Val::List(_) => "a list",
            Val::Tuple(_) => "several results",
            Val::Elements(_) => "the elements of a constant",
            Val::Value(_) => "a tensor",
            Val::Op(_) => "an operation",
        }
    }
}

/// Why a mapping has no result.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    pub kind: FaultKind,
    pub message: String,
    /// In the text of the mapping.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// A `require` or `error` of the mapping: the operator is known, but not in this use.
    Unsupported,
    /// Something has to be known at import that is not: a dynamic size, or a tensor that is computed.
    Unknown,
    /// The model's node does not fit the operator.
    Model,
    /// The mapping's text is wrong.
    Mapping,
    /// A diagnostic was given already.
    Told(Reported),
}

impl Fault {
    pub fn new(kind: FaultKind, span: Span, message: impl Into<String>) -> Fault {
        Fault { kind, message: message.into(), span }
    }

    pub fn mapping(span: Span, message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Mapping, span, message)
    }

    pub fn size(span: Span, reason: NoSize) -> Fault {
        match reason {
            NoSize::Unknown => Fault::new(FaultKind::Unknown, span, "this depends on a dynamic size: give the inputs' shapes"),
            NoSize::Overflow => Fault::new(FaultKind::Model, span, "an integer does not fit 64 bits"),
            NoSize::DivisionByZero => Fault::new(FaultKind::Model, span, "division by zero"),
        }
    }
}

/// What mappings act on: the program under construction.
pub trait Host {
    /// Builds an operation and gives its result, or its results as a tuple. Operands are tensors, `None`, or lists of tensors.
    fn build(&mut self, op: &str, args: Vec<Val>, attrs: Vec<(String, Val)>, span: Span) -> Result<Val, Fault>;
    /// The sizes of a tensor.
    fn shape(&mut self, value: Value, span: Span) -> Result<Vec<Size>, Fault>;
    fn elem(&mut self, value: Value, span: Span) -> Result<ElemType, Fault>;
    /// What a tensor holds, where that is known: a list, or for a scalar its element.
    fn known(&mut self, value: Value, span: Span) -> Result<Val, Fault>;
    /// A dense attribute of these elements in row-major order: as many as the shape has, or one for all.
    fn dense(&mut self, elem: ElemType, shape: &[i64], elements: &[Val], span: Span) -> Result<Attr, Fault>;
    /// Element type and the first element of a dense attribute.
    fn first(&mut self, elements: Attr, span: Span) -> Result<(ElemType, Val), Fault>;
    /// The element type of a framework's code for it.
    fn type_of_code(&mut self, code: i64, span: Span) -> Result<ElemType, Fault>;
}
