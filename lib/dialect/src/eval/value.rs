//! Values of expressions while a definition is instantiated.

use crate::core::{ElemType, ExprId};

/// A value known before run time: an attribute, the value of a constant operand, the result of a formula.
#[derive(Clone, PartialEq, Debug)]
pub enum StaticValue {
    Int(i64),
    Float(f64),
    Bool(bool),
    Str(String),
    Type(ElemType),
    List(Vec<StaticValue>),
    /// An attribute or operand that is not there.
    None,
    /// A number that only run time tells, by the caller's own key: equal keys are equal numbers.
    Dynamic(u32),
}

impl From<i64> for StaticValue {
    fn from(value: i64) -> StaticValue {
        StaticValue::Int(value)
    }
}

/// What an expression evaluates to: a static value, or (`Expr`) an expression of Core.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    /// An integer literal or a known size. Takes the type of what it meets.
    Int(i64),
    /// A float literal. Takes the (float) type of what it meets.
    Float(f64),
    Bool(bool),
    Str(String),
    Type(ElemType),
    None,
    List(Vec<Value>),
    /// The least and greatest value of the type that it meets.
    Lowest,
    Highest,
    /// A typed expression. Never a constant index (that is `Int`) and never a constant `i1` (that is `Bool`).
    Expr(ExprId),
}

impl Value {
    /// For messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Value::Int(_) => "an integer",
            Value::Float(_) => "a float",
            Value::Bool(_) => "a boolean",
            Value::Str(_) => "a string",
            Value::Type(_) => "a type",
            Value::None => "None",
            Value::List(_) => "a list",
            Value::Lowest | Value::Highest => "a bound of a type",
            Value::Expr(_) => "a computed value",
        }
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::Lowest | Value::Highest)
    }

    pub(super) fn as_float(&self) -> Option<f64> {
        match self {
            Value::Int(v) => Some(*v as f64),
            Value::Float(v) => Some(*v),
            _ => None,
        }
    }
}
