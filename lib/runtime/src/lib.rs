//! Loads and runs what was emitted: objects through ORC, SPIR-V through Vulkan, and programs that use both.

mod abi;
mod artifact;
mod bytes;
pub mod codes;
mod error;
mod expr;
pub mod manifest;
mod pool;
mod program;
mod steps;
mod timing;
mod vulkan;

pub use abi::{ALIGNMENT, ArenaBytes, EDGE_H, EdgeHost, Kernel, ParallelFor, Run, c_header};
pub use artifact::{Artifact, MANIFEST_FILE};
pub use bytes::{Aligned, weights_hash};
pub use error::{Result, RuntimeError};
pub use expr::{Expr, Op};
pub use manifest::Manifest;
pub use pool::Pool;
pub use program::{Options, Program, Tensor, TensorRef};
pub use timing::{Timing, time};
pub use vulkan::{Binding, BufferId, PipelineId, VulkanDevice};

#[cfg(test)]
mod tests;
