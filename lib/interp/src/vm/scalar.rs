//! Scalar operations on register contents. [`fold`] is the reference for what they mean.

use super::{Bank, Fault, bank};
use edge_dialect::core::{BinOp, ElemType, RedOp, Scalar, ScalarFn, fold};
use smallvec::SmallVec;

/// Register contents of a scalar.
pub(super) fn to_reg(s: Scalar) -> u64 {
    match bank(s.ty()) {
        Bank::F32 => u64::from((s.to_f64() as f32).to_bits()),
        Bank::F64 => s.bits(),
        Bank::Int if s.ty().is_unsigned() => s.bits(),
        Bank::Int => s.to_int().unwrap_or(0) as u64,
    }
}

/// The scalar in a register.
pub(super) fn from_reg(ty: ElemType, bits: u64) -> Scalar {
    match ty {
        ElemType::F16 | ElemType::Bf16 => Scalar::from_f64(ty, f64::from(f32::from_bits(bits as u32))),
        _ => Scalar::from_bits(ty, bits),
    }
}

/// The nearest value of a narrow float, as f32.
pub(super) fn round_f32(ty: ElemType, x: f32) -> f32 {
    match ty {
        ElemType::F16 => half::f16::from_f32(x).to_f32(),
        ElemType::Bf16 => half::bf16::from_f32(x).to_f32(),
        _ => x,
    }
}

/// An integer wrapped to its type, as a register holds it.
pub(super) fn wrap(ty: ElemType, v: i64) -> i64 {
    match ty {
        ElemType::I8 => i64::from(v as i8),
        ElemType::I16 => i64::from(v as i16),
        ElemType::I32 => i64::from(v as i32),
        ElemType::Ui8 => i64::from(v as u8),
        ElemType::Ui16 => i64::from(v as u16),
        ElemType::Ui32 => i64::from(v as u32),
        ElemType::I1 => v & 1,
        _ => v,
    }
}

fn divides_by_zero(ty: ElemType, b: Scalar) -> bool {
    !ty.is_float() && b.bits() == 0
}

pub(super) fn bin(op: BinOp, ty: ElemType, a: u64, b: u64) -> Result<u64, Fault> {
    if ty == ElemType::Index {
        let (x, y) = (a as i64, b as i64);
        match op {
            BinOp::Add => return Ok(x.wrapping_add(y) as u64),
            BinOp::Sub => return Ok(x.wrapping_sub(y) as u64),
            BinOp::Mul => return Ok(x.wrapping_mul(y) as u64),
            _ => {}
        }
    }
    let (x, y) = (from_reg(ty, a), from_reg(ty, b));
    match fold::bin(op, x, y) {
        Some(v) => Ok(to_reg(v)),
        None if matches!(op, BinOp::FloorDiv | BinOp::Mod) && divides_by_zero(ty, y) => Err(Fault::DivisionByZero),
        None => Err(Fault::Unsupported(format!("`{}` on {ty}", op.symbol()))),
    }
}

pub(super) fn func(f: ScalarFn, ty: ElemType, args: &[Option<u64>]) -> Result<u64, Fault> {
    let args: SmallVec<[Scalar; 3]> = args.iter().flatten().map(|a| from_reg(ty, *a)).collect();
    if let (ScalarFn::Erf | ScalarFn::Erfc, [x], true) = (f, &args[..], ty.is_float()) {
        let of = if f == ScalarFn::Erf { erf } else { erfc };
        return Ok(to_reg(Scalar::from_f64(ty, of(x.to_f64()))));
    }
    match fold::func(f, &args) {
        Some(v) => Ok(to_reg(v)),
        None if args.get(1).is_some_and(|b| divides_by_zero(ty, *b)) => Err(Fault::DivisionByZero),
        None if f == ScalarFn::Pow => Err(Fault::DivisionByZero),
        None => Err(Fault::Unsupported(format!("`{}` on {ty}", f.name()))),
    }
}

pub(super) fn cast(from: ElemType, to: ElemType, a: u64) -> u64 {
    to_reg(fold::cast(to, from_reg(from, a)))
}

pub(super) fn sat(from: ElemType, to: ElemType, a: u64) -> u64 {
    to_reg(fold::sat(to, from_reg(from, a)))
}

pub(super) fn bitcast(from: ElemType, to: ElemType, a: u64) -> u64 {
    to_reg(Scalar::from_bits(to, from_reg(from, a).bits()))
}

pub(super) fn neg(ty: ElemType, a: u64) -> u64 {
    fold::neg(from_reg(ty, a)).map_or(a, to_reg)
}

pub(super) fn combine(op: RedOp, ty: ElemType, a: u64, b: u64) -> Result<u64, Fault> {
    match fold::combine(op, from_reg(ty, a), from_reg(ty, b)) {
        Some(v) => Ok(to_reg(v)),
        None => Err(Fault::Unsupported(format!("a reduction by `{}` on {ty}", op.name()))),
    }
}

/// The error function, to about 1e-15.
pub fn erf(x: f64) -> f64 {
    let a = x.abs();
    let value = match a {
        _ if a.is_nan() => return x,
        _ if a < 2.5 => erf_series(a),
        _ => 1.0 - erfc_tail(a),
    };
    value.copysign(x)
}

/// One minus the error function, to about 1e-14 of its value.
pub fn erfc(x: f64) -> f64 {
    match x {
        _ if x.is_nan() => x,
        _ if x < 0.5 => 1.0 - erf(x),
        _ if x < 2.5 => erfc_between(x),
        _ => erfc_tail(x),
    }
}

/// 2/sqrt(pi) * exp(-a^2) * sum of (2 a^2)^n * a / (1*3*5*...*(2n+1)): all terms positive.
fn erf_series(a: f64) -> f64 {
    let (mut term, mut sum, mut n) = (a, a, 0.0);
    while term > sum * 1e-17 {
        n += 1.0;
        term *= 2.0 * a * a / (2.0 * n + 1.0);
        sum += term;
    }
    std::f64::consts::FRAC_2_SQRT_PI * (-a * a).exp() * sum
}

/// The continued fraction of erfc, from its end.
fn erfc_fraction(a: f64, terms: u32) -> f64 {
    let mut f = a;
    for k in (1..terms).rev() {
        f = a + f64::from(k) / 2.0 / f;
    }
    (-a * a).exp() / (f * std::f64::consts::PI.sqrt())
}

fn erfc_tail(a: f64) -> f64 {
    if a > 28.0 { 0.0 } else { erfc_fraction(a, 120) }
}

/// Where the series would cancel, the fraction converges too, only slower.
fn erfc_between(a: f64) -> f64 {
    if a < 1.0 { 1.0 - erf_series(a) } else { erfc_fraction(a, 600) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn erfc_is_exact_where_it_is_small() {
        for (x, y) in [
            (-1.0, 1.8427007929497148),
            (0.5, 0.4795001221869535),
            (1.0, 0.15729920705028513),
            (2.0, 0.004677734981047266),
            (5.0, 1.5374597944280349e-12),
            (10.0, 2.088487583762545e-45),
            (26.0, 5.663192408856143e-296),
        ] {
            assert!((super::erfc(x) / y - 1.0).abs() < 1e-13, "erfc({x}) = {:e}", super::erfc(x));
        }
        assert_eq!(super::erfc(f64::INFINITY), 0.0);
        assert!(super::erfc(f64::NAN).is_nan());
    }

    #[test]
    fn erf_is_exact() {
        for (x, y) in [
            (0.0, 0.0),
            (0.5, 0.5204998778130465),
            (1.0, 0.8427007929497149),
            (2.0, 0.9953222650189527),
            (3.0, 0.9999779095030014),
            (-0.1, -0.1124629160182849),
        ] {
            assert!((super::erf(x) - y).abs() < 1e-15, "erf({x}) = {}", super::erf(x));
        }
    }
}
