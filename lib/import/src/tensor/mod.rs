//! Tensors as plain values: what test data, initializers and a runner's inputs and outputs are, and their files (`.npy`, `.pb`).
//! The type is the interpreter's; its bytes may be those of a mapped file.

mod compare;
mod npy;
mod pb;

pub use compare::{Comparison, compare};
pub use edge_interp::Tensor;
pub use npy::{from_npy, to_npy};
pub use pb::{from_pb, to_pb};

use crate::files;
use edge_support::{Diagnostic, Diagnostics, Reported};
use std::path::Path;

edge_support::codes! {
    /// A file of tensor data is damaged, or holds an element type that tensors do not have.
    BAD_TENSOR = "E0701";
    /// An element type that is not supported.
    UNSUPPORTED_ELEMENT = "E0702";
}

/// Reads a tensor from a `.npy` or `.pb` file, by its ending; any other ending is an error.
pub fn read(path: &Path, diags: &Diagnostics) -> Result<Tensor, Reported> {
    let data = files::map(path, diags)?;
    let result = match path.extension().and_then(|e| e.to_str()) {
        Some("npy") => from_npy(&data),
        Some("pb") => return from_pb(data, path, diags).map(|(_, tensor)| tensor),
        _ => Err("the name ends in neither .npy nor .pb".to_string()),
    };
    result.map_err(|reason| diags.error(Diagnostic::error(BAD_TENSOR, reason).in_place(path.display().to_string())))
}

/// Writes a tensor to a `.npy` or `.pb` file, by its ending, whole or not at all.
pub fn write(path: &Path, name: &str, tensor: &Tensor, diags: &Diagnostics) -> Result<(), Reported> {
    let data = match path.extension().and_then(|e| e.to_str()) {
        Some("npy") => to_npy(tensor),
        Some("pb") => to_pb(name, tensor),
        _ => Err("the name ends in neither .npy nor .pb".to_string()),
    };
    let data =
        data.map_err(|reason| diags.error(Diagnostic::error(BAD_TENSOR, reason).in_place(path.display().to_string())))?;
    files::write(path, &data, diags)
}
