//! ONNX models.

mod load;
pub mod proto;
pub(crate) mod tensor;
pub(crate) mod wire;

pub use load::{BAD_MODEL, decode, load};
