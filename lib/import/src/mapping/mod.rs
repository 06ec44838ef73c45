//! What operators mean: mappings as text, their trees, their evaluation. Knows no framework's graph and no operation.

pub mod ast;
mod builtins;
mod eval;
mod parse;
mod size;
mod value;

pub use eval::{Env, Evaluator};
pub use parse::{BAD_MAPPING, function, mapping};
pub use size::{NoSize, Size, Symbol};
pub use value::{Fault, FaultKind, Host, Val};
