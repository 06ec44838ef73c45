//! The loop dialect seen from passes: building its operations, and reading them.

pub mod build;
pub mod strides;
pub mod view;

pub use build::{Access, Bound, For, MapBuilder, compact};
pub use view::{ForOp, NestOp, ReadOp, WriteOp};

/// Operation and type names of the loop level.
pub mod names {
    pub const NEST: &str = "loop.nest";
    pub const FOR: &str = "loop.for";
    pub const READ: &str = "loop.read";
    pub const WRITE: &str = "loop.write";
    pub const STAGE: &str = "loop.stage";
    pub const YIELD: &str = "loop.yield";
    pub const END: &str = "loop.end";
    pub const RESHAPE: &str = "loop.reshape";
    pub const VIEW: &str = "loop.view";
    pub const APPLY: &str = "affine.apply";
    pub const EMPTY: &str = "tensor.empty";
    pub const DIM: &str = "tensor.dim";
}
