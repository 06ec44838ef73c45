//! Dialect definitions: the model, its text, load-time checks, eval and exporters.
//!
//! [`Registry::builtin`] holds the project's dialects; [`Registry::with_dialect`] adds one at run time. A [`model::OpDef`] is the
//! whole truth about an op: [`model::Format`] drives parser and printer.

pub mod ast;
pub mod check;
pub mod core;
pub mod eval;
pub mod export;
mod folder;
mod foreign;
pub mod infer;
pub mod instance;
pub mod model;
pub mod parse;
pub mod registry;
mod resolve;
pub mod verify;

pub use registry::{OnnxEntry, Registry};
