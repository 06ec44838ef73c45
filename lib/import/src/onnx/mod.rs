//! ONNX models.

mod load;
pub mod proto;
mod table;
pub(crate) mod tensor;
pub(crate) mod wire;

pub use load::{BAD_MODEL, decode, load};
pub use table::{Entry, Lookup, Table, plain_domain};
