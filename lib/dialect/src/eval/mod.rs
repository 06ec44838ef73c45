//! The notation of `eval`: text, static values, instantiation to Core.
//!
//! A [`Definition`] is a template over rank. [`instantiate`] takes it with the types and attributes of one operation:
//! sizes are unified with the operands' shapes, packs and macros expanded, static conditions decided, and what is left is
//! a [`Program`](crate::core::Program).

mod access;
mod ast;
mod builtin;
mod check;
mod expand;
mod inst;
mod parse;
mod stmt;
mod unify;
mod value;

pub use ast::*;
pub use check::check;
pub use inst::{Arguments, DimArg, Instance, ResultType, TensorArg, eval_static, infer, instantiate};
pub use parse::{parse_block, parse_op, parse_sexpr, parse_shape};
pub use value::StaticValue;
