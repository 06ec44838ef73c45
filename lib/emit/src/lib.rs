//! The hand-over to MLIR and LLVM, and the only crate that links them: text of the upstream dialects becomes LLVM IR,
//! assembly, objects and SPIR-V.

#![warn(missing_docs)]

mod check;
pub mod codes;
mod compile;
mod contain;
pub mod conventions;
mod error;
mod link;
mod load;
mod session;
mod spirv;
mod threads;
mod unit;

pub use compile::{Codegen, Form, compile, compile_all};
pub use contain::contained;
pub use error::{EmitError, MlirLocation, Result};
pub use link::link_objects;
pub use load::Loaded;
pub use session::Session;
pub use spirv::{SpirvModule, capabilities, spirv, spirv_all};

#[cfg(test)]
mod tests;
