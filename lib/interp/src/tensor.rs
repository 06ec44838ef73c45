//! Values of the interpreter: dense tensors of any element type.

use bytes::Bytes;
use edge_dialect::core::{ElemType, Scalar};
use std::fmt;

/// The largest tensor that is made, in bytes.
pub const MAX_BYTES: u64 = 1 << 34;

/// A dense tensor: elements in row-major order, little-endian, each in [`ElemType::bytes`] bytes (`i1`: one byte, 0 or 1).
/// Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Tensor {
    elem: ElemType,
    shape: Vec<i64>,
    data: Bytes,
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.type_text())?;
        let shown = self.len().min(16);
        f.debug_list().entries((0..shown).map(|i| self.get(i).map(|s| s.to_string()).unwrap_or_default())).finish()
    }
}

/// Number of elements of a shape; `None` if an extent is negative, or it takes more than [`MAX_BYTES`].
pub fn count(elem: ElemType, shape: &[i64]) -> Option<usize> {
    let n = shape.iter().try_fold(1u64, |n, d| n.checked_mul(u64::try_from(*d).ok()?))?;
    if n.checked_mul(elem.bytes())? > MAX_BYTES { None } else { usize::try_from(n).ok() }
}

impl Tensor {
    /// From bytes as the type says.
    ///
    /// # Errors
    /// Where the number of bytes is not that of the shape, or the shape is not valid.
    pub fn new(elem: ElemType, shape: &[i64], data: impl Into<Bytes>) -> Result<Tensor, String> {
        let data = data.into();
        let n = count(elem, shape).ok_or_else(|| format!("a tensor of shape {shape:?} is not possible"))?;
        if data.len() as u64 != n as u64 * elem.bytes() {
            return Err(format!("{} bytes for a tensor of shape {shape:?} of {elem}", data.len()));
        }
        Ok(Tensor { elem, shape: shape.to_vec(), data })
    }

    /// From scalars of one type.
    ///
    /// # Errors
    /// As [`Tensor::new`]; also where a scalar has another type.
    pub fn from_scalars(elem: ElemType, shape: &[i64], values: impl IntoIterator<Item = Scalar>) -> Result<Tensor, String> {
        let size = elem.bytes() as usize;
        let mut data = Vec::new();
        for v in values {
            if v.ty() != elem {
                return Err(format!("an element of type {} in a tensor of {elem}", v.ty()));
            }
            data.extend_from_slice(&v.bits().to_le_bytes()[..size]);
        }
        Tensor::new(elem, shape, data)
    }

    /// From numbers, each rounded to the element type as [`Scalar::from_f64`] does.
    ///
    /// # Errors
    /// As [`Tensor::new`].
    pub fn from_f64s(elem: ElemType, shape: &[i64], values: impl IntoIterator<Item = f64>) -> Result<Tensor, String> {
        Tensor::from_scalars(elem, shape, values.into_iter().map(|v| Scalar::from_f64(elem, v)))
    }

    /// A tensor of `f32`.
    ///
    /// # Errors
    /// As [`Tensor::new`].
    pub fn from_f32s(shape: &[i64], values: &[f32]) -> Result<Tensor, String> {
        Tensor::new(ElemType::F32, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
    }

    /// One element, repeated.
    ///
    /// # Errors
    /// Where the shape is not valid.
    pub fn splat(shape: &[i64], value: Scalar) -> Result<Tensor, String> {
        let n = count(value.ty(), shape).ok_or_else(|| format!("a tensor of shape {shape:?} is not possible"))?;
        Tensor::from_scalars(value.ty(), shape, std::iter::repeat_n(value, n))
    }

    /// A tensor of rank 0.
    pub fn scalar(value: Scalar) -> Tensor {
        let size = value.ty().bytes() as usize;
        Tensor { elem: value.ty(), shape: vec![], data: Bytes::copy_from_slice(&value.bits().to_le_bytes()[..size]) }
    }

    pub fn elem(&self) -> ElemType {
        self.elem
    }
    pub fn shape(&self) -> &[i64] {
        &self.shape
    }
    pub fn data(&self) -> &Bytes {
        &self.data
    }
    pub fn into_data(self) -> Bytes {
        self.data
    }
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.data.len() / self.elem.bytes() as usize
    }
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The same elements under another shape, and where the width allows, another element type. Shares the bytes.
    ///
    /// # Errors
    /// As [`Tensor::new`].
    pub fn view(&self, elem: ElemType, shape: &[i64]) -> Result<Tensor, String> {
        Tensor::new(elem, shape, self.data.clone())
    }

    /// The element at a row-major position.
    pub fn get(&self, at: usize) -> Option<Scalar> {
        let size = self.elem.bytes() as usize;
        let bytes = self.data.get(at.checked_mul(size)?..at.checked_add(1)?.checked_mul(size)?)?;
        let mut word = [0u8; 8];
        word[..size].copy_from_slice(bytes);
        Some(Scalar::from_bits(self.elem, u64::from_le_bytes(word)))
    }

    /// All elements in row-major order.
    pub fn scalars(&self) -> impl Iterator<Item = Scalar> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    /// All elements as f64 (nearest).
    pub fn to_f64s(&self) -> Vec<f64> {
        self.scalars().map(Scalar::to_f64).collect()
    }

    /// All elements of a tensor of `f32`; others are converted.
    pub fn to_f32s(&self) -> Vec<f32> {
        self.scalars().map(|s| s.to_f64() as f32).collect()
    }

    /// All elements of an integer tensor; `None` for floats.
    pub fn to_ints(&self) -> Option<Vec<i64>> {
        self.scalars().map(|s| s.to_int().map(|v| v as i64)).collect()
    }

    /// `4x?xf32` without the `tensor<>`.
    pub fn type_text(&self) -> String {
        let mut text = String::new();
        for d in &self.shape {
            text.push_str(&format!("{d}x"));
        }
        text + self.elem.name()
    }
}
