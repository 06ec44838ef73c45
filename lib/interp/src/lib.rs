//! Reference interpreter at the tensor, loop and device levels.

pub mod compare;
pub mod core;
pub mod random;
pub mod tensor;
pub mod vm;

pub use compare::{Difference, Tolerance, compare};
pub use random::{Random, Ranges, random_tensor};
pub use tensor::Tensor;
