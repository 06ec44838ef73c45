//! Tensors as plain values: what test data, initializers and a runner's inputs and outputs are, and their files (`.npy`, `.pb`).

mod compare;
mod npy;
mod pb;

pub use compare::{Comparison, compare};
pub use npy::{from_npy, to_npy};
pub use pb::{from_pb, to_pb};

use crate::files;
use bytes::Bytes;
use edge_dialect::core::ElemType;
use edge_support::{Diagnostic, Diagnostics, Reported};
use std::path::Path;

edge_support::codes! {
    /// A file of tensor data is damaged, or holds an element type that tensors do not have.
    BAD_TENSOR = "E0701";
    /// An element type that is not supported.
    UNSUPPORTED_ELEMENT = "E0702";
}

/// A dense tensor of known shape.
#[derive(Clone, PartialEq, Debug)]
pub struct Tensor {
    pub elem: ElemType,
    /// Sizes, outermost first; empty for a scalar.
    pub shape: Vec<u64>,
    /// Elements in row-major order, little-endian, each in `elem.bytes()` bytes (`i1`: one byte, 0 or 1). At any alignment.
    pub bytes: Bytes,
}

/// Number of elements; `None` where the product overflows.
pub fn element_count(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1u64, |n, d| n.checked_mul(*d))
}

impl Tensor {
    /// A tensor of these bytes; `None` unless their number is what element type and shape ask for.
    pub fn new(elem: ElemType, shape: Vec<u64>, bytes: impl Into<Bytes>) -> Option<Tensor> {
        let bytes = bytes.into();
        (element_count(&shape)?.checked_mul(elem.bytes())? == bytes.len() as u64).then_some(Tensor { elem, shape, bytes })
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.elem.bytes() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// `1x3x48x192xf32`.
    pub fn type_text(&self) -> String {
        self.shape.iter().map(|d| format!("{d}x")).collect::<String>() + self.elem.name()
    }

    /// All elements as integers; `None` for floats.
    pub fn ints(&self) -> Option<Vec<i128>> {
        (!self.elem.is_float()).then(|| self.scalars().map(|s| s.to_int()).collect::<Option<_>>()).flatten()
    }

    /// The elements as typed scalars, in row-major order.
    pub fn scalars(&self) -> impl Iterator<Item = edge_dialect::core::Scalar> + '_ {
        let size = self.elem.bytes() as usize;
        self.bytes.chunks_exact(size).map(move |chunk| {
            let mut bits = [0u8; 8];
            bits[..size].copy_from_slice(chunk);
            edge_dialect::core::Scalar::from_bits(self.elem, u64::from_le_bytes(bits))
        })
    }
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
    let data = data.map_err(|reason| diags.error(Diagnostic::error(BAD_TENSOR, reason).in_place(path.display().to_string())))?;
    files::write(path, &data, diags)
}
