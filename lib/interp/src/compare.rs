//! Comparison of results.

use crate::tensor::Tensor;
use edge_dialect::core::{ElemType, Scalar};
use std::fmt;

/// `|a - b| <= atol + rtol * |b|` passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    pub rtol: f64,
    pub atol: f64,
}

impl Tolerance {
    pub const EXACT: Tolerance = Tolerance { rtol: 0.0, atol: 0.0 };

    /// What two orders of evaluation in this type may differ by.
    pub fn of(elem: ElemType) -> Tolerance {
        match elem {
            ElemType::F16 => Tolerance { rtol: 5e-3, atol: 5e-3 },
            ElemType::Bf16 => Tolerance { rtol: 4e-2, atol: 4e-2 },
            ElemType::F32 => Tolerance { rtol: 1e-4, atol: 1e-5 },
            ElemType::F64 => Tolerance { rtol: 1e-10, atol: 1e-12 },
            _ => Tolerance::EXACT,
        }
    }
}

/// How two tensors differ.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// Element type or shape.
    Type {
        got: String,
        expected: String,
    },
    Values(ValueDifference),
}

/// The elements that are out of tolerance.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueDifference {
    /// How many, of how many.
    pub count: usize,
    pub of: usize,
    /// The first of them: where, and the values.
    pub index: Vec<i64>,
    pub got: Scalar,
    pub expected: Scalar,
    /// Largest errors over all elements where both are finite.
    pub max_abs: f64,
    pub max_rel: f64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::Type { got, expected } => write!(f, "type {got}, expected {expected}"),
            Difference::Values(d) => write!(
                f,
                "{} of {} elements differ, first at {:?}: {} and not {} (largest error {:.3e}, relative {:.3e})",
                d.count, d.of, d.index, d.got, d.expected, d.max_abs, d.max_rel
            ),
        }
    }
}

/// Largest absolute and relative error where all is within tolerance.
///
/// # Errors
/// The difference: another type or shape, a NaN or infinity on one side only, or a value out of tolerance.
pub fn compare(got: &Tensor, expected: &Tensor, tol: Tolerance) -> Result<(f64, f64), Difference> {
    if got.elem() != expected.elem() || got.shape() != expected.shape() {
        return Err(Difference::Type { got: got.type_text(), expected: expected.type_text() });
    }
    let (mut max_abs, mut max_rel, mut bad, mut first) = (0.0f64, 0.0f64, 0usize, None);
    for (at, (a, b)) in got.scalars().zip(expected.scalars()).enumerate() {
        if a == b {
            continue;
        }
        let (x, y) = match (a.to_int(), b.to_int()) {
            (Some(x), Some(y)) => ((x - y) as f64, 0.0),
            _ => (a.to_f64(), b.to_f64()),
        };
        let finite = x.is_finite() && y.is_finite();
        let error = (x - y).abs();
        if finite {
            max_abs = max_abs.max(error);
            if y != 0.0 {
                max_rel = max_rel.max(error / y.abs());
            }
        }
        let equal = x == y || (x.is_nan() && y.is_nan());
        if !(equal || (finite && error <= tol.atol + tol.rtol * b.to_f64().abs())) {
            bad += 1;
            first.get_or_insert((at, a, b));
        }
    }
    match first {
        None => Ok((max_abs, max_rel)),
        Some((at, a, b)) => Err(Difference::Values(ValueDifference {
            count: bad,
            of: got.len(),
            index: unravel(at, got.shape()),
            got: a,
            expected: b,
            max_abs,
            max_rel,
        })),
    }
}

/// The index of a row-major position.
pub fn unravel(at: usize, shape: &[i64]) -> Vec<i64> {
    let mut rest = at as i64;
    let mut index: Vec<i64> = shape
        .iter()
        .rev()
        .map(|d| {
            let i = rest % (*d).max(1);
            rest /= (*d).max(1);
            i
        })
        .collect();
    index.reverse();
    index
}
