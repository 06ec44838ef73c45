//! Reference interpreter at the tensor, loop and device levels.

pub mod attrs;
pub mod compare;
pub mod core;
mod device;
pub mod interp;
mod nest;
pub mod random;
mod shapes;
pub mod tensor;
pub mod vm;

pub use compare::{Difference, Tolerance, compare};
pub use interp::Interp;
pub use random::{Random, Ranges, random_tensor};
pub use tensor::Tensor;
