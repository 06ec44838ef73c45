//! Textual IR: parser, printer and the format interpreter.
//!
//! [`parse_module`] reads a module of a [`edge_support::SourceMap`]'s file in generic form, or in the custom forms of the
//! dialects that the context holds; [`print_module`] and [`write_module`] write it as `mlir-opt` does. Single pieces:
//! [`parse_type`], [`parse_attr`], [`print_type`], [`print_attr`], [`print_op`]. The examples of definitions: [`examples`].

mod cache;
pub mod examples;
mod floats;
mod format;
mod grammar;
mod parse;
mod print;
mod scan;

pub use parse::{MAX_REGIONS, ParseOptions, codes, parse_attr, parse_module, parse_type};
pub use print::{PrintOptions, print_attr, print_module, print_op, print_type, write_module};
pub use scan::MAX_BRACKETS;
