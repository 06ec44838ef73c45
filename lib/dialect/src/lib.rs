//! Dialect definitions: the model, its text, load-time checks, eval and exporters.

pub mod core;
pub mod eval;
