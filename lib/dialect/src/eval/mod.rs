//! The notation of `eval`: text, static values, instantiation to Core.

mod ast;
mod parse;

pub use ast::*;
pub use parse::{parse_block, parse_op, parse_sexpr, parse_shape};
