//! ONNX models.

mod import;
mod load;
mod node;
pub mod proto;
mod table;
pub(crate) mod tensor;
pub(crate) mod wire;

pub use import::{ASSUMED, BAD_BINDING, NAME, Options, UNSUPPORTED, import};
pub use load::{BAD_MODEL, decode, load};
pub use table::{Entry, Lookup, Table, plain_domain};
