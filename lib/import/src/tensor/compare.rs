//! How far a computed tensor is from the expected one.

use super::Tensor;
use edge_dialect::core::{ElemType, Scalar};

/// What a comparison found.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Whether every element is close enough, and element type and shape are the same.
    pub passed: bool,
    /// Largest `|got - expected|` over elements that are both finite.
    pub max_abs: f64,
    /// Largest `|got - expected| / |expected|` over elements that are both finite, the expected one not zero.
    pub max_rel: f64,
    /// How many elements are too far off.
    pub wrong: u64,
    /// Row-major position of the worst element that is too far off.
    pub worst: Option<u64>,
    /// Why the tensors cannot be compared at all.
    pub mismatch: Option<String>,
}

/// Compares element by element: `|got - expected| <= atol + rtol * |expected|`, NaN only with NaN, infinities only with themselves;
/// integers and booleans as the same numbers in the same formula. Different element types or shapes never pass.
pub fn compare(got: &Tensor, expected: &Tensor, rtol: f64, atol: f64) -> Comparison {
    let mut out = Comparison { passed: false, max_abs: 0.0, max_rel: 0.0, wrong: 0, worst: None, mismatch: None };
    if (got.elem(), got.shape()) != (expected.elem(), expected.shape()) {
        out.mismatch = Some(format!("{} where {} is expected", got.type_text(), expected.type_text()));
        return out;
    }
    let mut worst = -1.0;
    for (i, (a, b)) in got.scalars().zip(expected.scalars()).enumerate() {
        let (difference, size) = distance(got.elem(), a, b);
        if difference.is_finite() {
            out.max_abs = out.max_abs.max(difference);
            if size > 0.0 && size.is_finite() {
                out.max_rel = out.max_rel.max(difference / size);
            }
        }
        if !(difference <= atol + rtol * size || difference == 0.0) {
            out.wrong += 1;
            if difference > worst {
                worst = difference;
                out.worst = Some(i as u64);
            }
        }
    }
    out.passed = out.wrong == 0;
    out
}

/// `|a - b|` (infinite where only one of them is NaN or they are different infinities) and `|b|`.
fn distance(elem: ElemType, a: Scalar, b: Scalar) -> (f64, f64) {
    if !elem.is_float() {
        return match (a.to_int(), b.to_int()) {
            (Some(a), Some(b)) => ((a - b).unsigned_abs() as f64, b.unsigned_abs() as f64),
            _ => (f64::INFINITY, 0.0),
        };
    }
    let (a, b) = (a.to_f64(), b.to_f64());
    if a.to_bits() == b.to_bits() || a == b || (a.is_nan() && b.is_nan()) {
        return (0.0, 0.0);
    }
    if !a.is_finite() || !b.is_finite() { (f64::INFINITY, 0.0) } else { ((a - b).abs(), b.abs()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn f32s(values: &[f32]) -> Tensor {
        Tensor::from_f32s(&[values.len() as i64], values).expect("sized")
    }

    #[test]
    fn tolerances_nan_and_infinities() {
        let expected = f32s(&[1.0, f32::NAN, f32::INFINITY, 0.0]);
        assert!(compare(&f32s(&[1.0005, f32::NAN, f32::INFINITY, 0.00005]), &expected, 1e-3, 1e-4).passed);
        let off = compare(&f32s(&[1.1, 0.0, f32::NEG_INFINITY, 0.0]), &expected, 1e-3, 1e-4);
        assert_eq!((off.wrong, off.worst), (3, Some(1)));
        assert!((off.max_abs - 0.1).abs() < 1e-6);
    }

    #[test]
    fn types_and_shapes_must_agree() {
        let other = Tensor::new(ElemType::I32, &[1], vec![0; 4]).expect("sized");
        assert_eq!(compare(&other, &f32s(&[0.0]), 1.0, 1.0).mismatch.as_deref(), Some("1xi32 where 1xf32 is expected"));
    }
}
