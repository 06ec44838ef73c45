//! Seeded inputs.

use crate::tensor::{Tensor, count};
use edge_dialect::core::{ElemType, Scalar};

/// A small deterministic generator (splitmix64): the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed ^ 0x6a09_e667_f3bc_c908)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What random elements look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    /// Floats are uniform in this range. The default avoids what has no value: it is positive, and away from 0.
    pub float: (f64, f64),
    /// Integers are uniform in this range, cut to that of their type.
    pub int: (i64, i64),
}

impl Default for Ranges {
    fn default() -> Self {
        Ranges { float: (0.05, 1.0), int: (0, 8) }
    }
}

impl Ranges {
    /// Floats of both signs.
    pub fn signed() -> Ranges {
        Ranges { float: (-1.0, 1.0), int: (-8, 8) }
    }
}

/// A tensor of random elements.
///
/// # Errors
/// Where the shape is not valid.
pub fn random_tensor(rng: &mut Random, elem: ElemType, shape: &[i64], ranges: Ranges) -> Result<Tensor, String> {
    let n = count(elem, shape).ok_or_else(|| format!("a tensor of shape {shape:?} is not possible"))?;
    let values = (0..n).map(|_| random_scalar(rng, elem, ranges)).collect::<Vec<_>>();
    Tensor::from_scalars(elem, shape, values)
}

fn random_scalar(rng: &mut Random, elem: ElemType, ranges: Ranges) -> Scalar {
    let unit = rng.unit();
    if elem == ElemType::I1 {
        return Scalar::bool(unit < 0.5);
    }
    match elem.int_range() {
        None => Scalar::from_f64(elem, ranges.float.0 + unit * (ranges.float.1 - ranges.float.0)),
        Some((lo, hi)) => {
            let (lo, hi) = (lo.max(i128::from(ranges.int.0)), hi.min(i128::from(ranges.int.1)));
            Scalar::from_int(elem, lo + ((hi - lo).max(0) as f64 * unit).round() as i128)
        }
    }
}
