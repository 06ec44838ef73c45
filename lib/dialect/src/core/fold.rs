//! Scalar operations on constants: the reference for their semantics.

use super::func::{BinOp, RedOp, ScalarFn};
use super::scalar::{ElemType, Scalar};

/// `a op b`. `None` where the types differ, the operation does not exist for them, or an integer is divided by zero.
pub fn bin(op: BinOp, a: Scalar, b: Scalar) -> Option<Scalar> {
    let ty = a.ty();
    if ty != b.ty() {
        return None;
    }
    if ty.is_float() { float_bin(op, a, b) } else { int_bin(op, ty, a.to_int()?, b.to_int()?) }
}

fn compare<T: PartialOrd>(op: BinOp, a: T, b: T) -> Option<Scalar> {
    Some(Scalar::bool(match op {
        BinOp::Eq => a == b,
        BinOp::Ne => a != b,
        BinOp::Lt => a < b,
        BinOp::Le => a <= b,
        BinOp::Gt => a > b,
        BinOp::Ge => a >= b,
        _ => return None,
    }))
}

fn int_bin(op: BinOp, ty: ElemType, a: i128, b: i128) -> Option<Scalar> {
    if op.is_comparison() {
        return compare(op, a, b);
    }
    if ty == ElemType::I1 {
        return match op {
            BinOp::And => Some(Scalar::bool(a != 0 && b != 0)),
            BinOp::Or => Some(Scalar::bool(a != 0 || b != 0)),
            _ => None,
        };
    }
    let value = match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a.wrapping_mul(b),
        BinOp::FloorDiv | BinOp::Mod if b == 0 => return None,
        BinOp::FloorDiv => floor_div(a, b),
        BinOp::Mod => a - b * floor_div(a, b),
        _ => return None,
    };
    Some(Scalar::from_int(ty, value))
}

fn floor_div(a: i128, b: i128) -> i128 {
    let quotient = a / b;
    if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient }
}

/// f32 is computed in f32, so are f16 and bf16 before they are rounded; f64 in f64.
fn float_bin(op: BinOp, a: Scalar, b: Scalar) -> Option<Scalar> {
    let (x, y) = (a.to_f64(), b.to_f64());
    if op.is_comparison() {
        return compare(op, x, y);
    }
    if a.ty() == ElemType::F64 {
        let value = match op {
            BinOp::Add => x + y,
            BinOp::Sub => x - y,
            BinOp::Mul => x * y,
            BinOp::Div => x / y,
            _ => return None,
        };
        return Some(Scalar::from_f64(ElemType::F64, value));
    }
    let (x, y) = (x as f32, y as f32);
    let value = match op {
        BinOp::Add => x + y,
        BinOp::Sub => x - y,
        BinOp::Mul => x * y,
        BinOp::Div => x / y,
        _ => return None,
    };
    Some(Scalar::from_f64(a.ty(), f64::from(value)))
}

/// `f(args)`. `None` for types that it does not take, integer division by zero, and `erf` and `erfc` (which std lacks).
pub fn func(f: ScalarFn, args: &[Scalar]) -> Option<Scalar> {
    let ty = args.first()?.ty();
    if args.len() != f.arity() || args.iter().any(|a| a.ty() != ty) || !f.accepts(ty) {
        return None;
    }
    if ty.is_float() {
        float_func(f, ty, args)
    } else {
        let second = args.get(1).and_then(|a| a.to_int()).unwrap_or(0);
        int_func(f, ty, args[0].to_int()?, second)
    }
}

fn int_func(f: ScalarFn, ty: ElemType, a: i128, b: i128) -> Option<Scalar> {
    let in_width = (0..i128::from(ty.bits())).contains(&b);
    let value = match f {
        ScalarFn::Abs => a.abs(),
        ScalarFn::Sign => a.signum(),
        ScalarFn::Maximum | ScalarFn::Maxnum => a.max(b),
        ScalarFn::Minimum | ScalarFn::Minnum => a.min(b),
        ScalarFn::Rem | ScalarFn::Tdiv if b == 0 => return None,
        ScalarFn::Rem => a % b,
        ScalarFn::Tdiv => a / b,
        ScalarFn::BitAnd => a & b,
        ScalarFn::BitOr => a | b,
        ScalarFn::BitXor => a ^ b,
        ScalarFn::BitNot if ty == ElemType::I1 => 1 - a,
        ScalarFn::BitNot => !a,
        ScalarFn::Shl => {
            if in_width {
                a << b
            } else {
                0
            }
        }
        ScalarFn::Shr => {
            if in_width {
                a >> b
            } else if a < 0 {
                -1
            } else {
                0
            }
        }
        ScalarFn::Pow => return int_pow(ty, a, b),
        ScalarFn::Clz | ScalarFn::Ctz | ScalarFn::Popcount => i128::from(count_bits(f, Scalar::from_int(ty, a))),
        _ => return None,
    };
    Some(Scalar::from_int(ty, value))
}

fn count_bits(f: ScalarFn, x: Scalar) -> u32 {
    let width = x.ty().bits();
    match f {
        ScalarFn::Clz => x.bits().leading_zeros() - (64 - width),
        ScalarFn::Ctz => x.bits().trailing_zeros().min(width),
        _ => x.bits().count_ones(),
    }
}

fn int_pow(ty: ElemType, base: i128, exponent: i128) -> Option<Scalar> {
    if exponent < 0 {
        let value = match base {
            0 => return None,
            1 => 1,
            -1 if exponent % 2 == 0 => 1,
            -1 => -1,
            _ => 0,
        };
        return Some(Scalar::from_int(ty, value));
    }
    let (mut value, mut square, mut left) = (1i128, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            value = Scalar::from_int(ty, value.wrapping_mul(square)).to_int()?;
        }
        square = Scalar::from_int(ty, square.wrapping_mul(square)).to_int()?;
        left >>= 1;
    }
    Some(Scalar::from_int(ty, value))
}

macro_rules! float_unary {
    ($f:expr, $x:expr) => {
        match $f {
            ScalarFn::Exp => $x.exp(),
            ScalarFn::Exp2 => $x.exp2(),
            ScalarFn::Expm1 => $x.exp_m1(),
            ScalarFn::Log => $x.ln(),
            ScalarFn::Log2 => $x.log2(),
            ScalarFn::Log10 => $x.log10(),
            ScalarFn::Log1p => $x.ln_1p(),
            ScalarFn::Sqrt => $x.sqrt(),
            ScalarFn::Rsqrt => 1.0 / $x.sqrt(),
            ScalarFn::Cbrt => $x.cbrt(),
            ScalarFn::Sin => $x.sin(),
            ScalarFn::Cos => $x.cos(),
            ScalarFn::Tan => $x.tan(),
            ScalarFn::Asin => $x.asin(),
            ScalarFn::Acos => $x.acos(),
            ScalarFn::Atan => $x.atan(),
            ScalarFn::Sinh => $x.sinh(),
            ScalarFn::Cosh => $x.cosh(),
            ScalarFn::Tanh => $x.tanh(),
            ScalarFn::Asinh => $x.asinh(),
            ScalarFn::Acosh => $x.acosh(),
            ScalarFn::Atanh => $x.atanh(),
            ScalarFn::Floor => $x.floor(),
            ScalarFn::Ceil => $x.ceil(),
            ScalarFn::Round => $x.round_ties_even(),
            ScalarFn::Trunc => $x.trunc(),
            ScalarFn::Abs => $x.abs(),
            ScalarFn::Sign if $x.is_nan() || $x == 0.0 => $x,
            ScalarFn::Sign => $x.signum(),
            _ => return None,
        }
    };
}

fn float_unary64(f: ScalarFn, x: f64) -> Option<f64> {
    Some(float_unary!(f, x))
}

fn float_unary32(f: ScalarFn, x: f32) -> Option<f32> {
    Some(float_unary!(f, x))
}

fn float_func(f: ScalarFn, ty: ElemType, args: &[Scalar]) -> Option<Scalar> {
    let x = args[0].to_f64();
    match f {
        ScalarFn::IsNan => return Some(Scalar::bool(x.is_nan())),
        ScalarFn::IsInf => return Some(Scalar::bool(x.is_infinite())),
        _ => {}
    }
    if let (ScalarFn::Fma, [_, b, c]) = (f, args) {
        let (b, c) = (b.to_f64(), c.to_f64());
        return Some(match ty {
            ElemType::F64 => Scalar::from_f64(ty, x.mul_add(b, c)),
            ElemType::F32 => Scalar::f32((x as f32).mul_add(b as f32, c as f32)),
            // A product of two narrow floats is exact in f64, and the sum rounded to odd there rounds once to the narrow type.
            _ => Scalar::from_f64(ty, add_to_odd(x * b, c)),
        });
    }
    let value = match (args.get(1), ty) {
        (None, ElemType::F64) => float_unary64(f, x)?,
        (None, _) => f64::from(float_unary32(f, x as f32)?),
        (Some(b), _) => float_binary(f, ty, x, b.to_f64())?,
    };
    Some(Scalar::from_f64(ty, value))
}

/// `a + b`, where it is not exact the neighbour whose last bit is one: rounding that to a narrower type is as rounding the exact sum.
fn add_to_odd(a: f64, b: f64) -> f64 {
    let sum = a + b;
    let back = sum - a;
    let error = (a - (sum - back)) + (b - back);
    if error == 0.0 || !error.is_finite() || sum.to_bits() & 1 == 1 {
        return sum;
    }
    if (error > 0.0) == (sum > 0.0) { f64::from_bits(sum.to_bits() + 1) } else { f64::from_bits(sum.to_bits() - 1) }
}

fn float_binary(f: ScalarFn, ty: ElemType, x: f64, y: f64) -> Option<f64> {
    let greater = x > y || (x == y && !x.is_sign_negative());
    Some(match f {
        ScalarFn::Atan2 if ty == ElemType::F64 => x.atan2(y),
        ScalarFn::Atan2 => f64::from((x as f32).atan2(y as f32)),
        ScalarFn::Pow if ty == ElemType::F64 => x.powf(y),
        ScalarFn::Pow => f64::from((x as f32).powf(y as f32)),
        ScalarFn::Copysign => x.copysign(y),
        // Exact for every float type: fmod never rounds.
        ScalarFn::Rem => x % y,
        ScalarFn::Maximum | ScalarFn::Minimum if x.is_nan() || y.is_nan() => f64::NAN,
        ScalarFn::Maxnum | ScalarFn::Minnum if x.is_nan() => y,
        ScalarFn::Maxnum | ScalarFn::Minnum if y.is_nan() => x,
        ScalarFn::Maximum | ScalarFn::Maxnum => {
            if greater {
                x
            } else {
                y
            }
        }
        ScalarFn::Minimum | ScalarFn::Minnum => {
            if greater {
                y
            } else {
                x
            }
        }
        _ => return None,
    })
}

/// `-a`; `None` for `i1`.
pub fn neg(a: Scalar) -> Option<Scalar> {
    let ty = a.ty();
    match ty {
        ElemType::I1 => None,
        _ if ty.is_float() => Some(Scalar::from_bits(ty, a.bits() ^ (1u64 << (ty.bits() - 1)))),
        _ => Some(Scalar::from_int(ty, -a.to_int()?)),
    }
}

/// Conversion as of [`Node::Cast`](super::Node::Cast).
pub fn cast(ty: ElemType, a: Scalar) -> Scalar {
    match a.to_int() {
        Some(value) => Scalar::from_int(ty, value),
        None => Scalar::from_f64(ty, a.to_f64()),
    }
}

/// Conversion as of [`Node::Sat`](super::Node::Sat).
pub fn sat(ty: ElemType, a: Scalar) -> Scalar {
    match (a.to_int(), ty.int_range()) {
        (Some(value), Some((lo, hi))) => Scalar::from_int(ty, value.clamp(lo, hi)),
        _ => cast(ty, a),
    }
}

/// Reinterpretation as of [`Node::Bits`](super::Node::Bits).
pub fn bits(ty: ElemType, a: Scalar) -> Scalar {
    Scalar::from_bits(ty, a.bits())
}

/// One step of a reduction.
pub fn combine(op: RedOp, a: Scalar, b: Scalar) -> Option<Scalar> {
    match op {
        RedOp::Add => bin(BinOp::Add, a, b),
        RedOp::Mul => bin(BinOp::Mul, a, b),
        RedOp::And => bin(BinOp::And, a, b),
        RedOp::Or => bin(BinOp::Or, a, b),
        RedOp::Maximum => func(ScalarFn::Maximum, &[a, b]),
        RedOp::Minimum => func(ScalarFn::Minimum, &[a, b]),
        RedOp::Maxnum => func(ScalarFn::Maxnum, &[a, b]),
        RedOp::Minnum => func(ScalarFn::Minnum, &[a, b]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_floor_wrap_and_saturate() {
        let i8 = |v| Scalar::from_int(ElemType::I8, v);
        assert_eq!(bin(BinOp::FloorDiv, i8(-7), i8(2)), Some(i8(-4)));
        assert_eq!(bin(BinOp::Mod, i8(-7), i8(2)), Some(i8(1)));
        assert_eq!(func(ScalarFn::Tdiv, &[i8(-7), i8(2)]), Some(i8(-3)));
        assert_eq!(bin(BinOp::Add, i8(100), i8(100)), Some(i8(-56)));
        assert_eq!(bin(BinOp::Mod, i8(1), i8(0)), None);
        assert_eq!(cast(ElemType::I8, Scalar::from_int(ElemType::I32, 300)), i8(44));
        assert_eq!(sat(ElemType::I8, Scalar::from_int(ElemType::I32, 300)), i8(127));
        assert_eq!(cast(ElemType::I8, Scalar::f32(f32::NAN)), i8(0));
        assert_eq!(cast(ElemType::I8, Scalar::f32(-1e9)), i8(-128));
    }

    #[test]
    fn bits_are_counted_in_the_width_of_the_type() {
        let of = |f, ty, v| func(f, &[Scalar::from_int(ty, v)]).and_then(Scalar::to_int);
        assert_eq!(of(ScalarFn::Clz, ElemType::I8, 1), Some(7));
        assert_eq!(of(ScalarFn::Clz, ElemType::I32, 0), Some(32));
        assert_eq!(of(ScalarFn::Clz, ElemType::I16, -1), Some(0));
        assert_eq!(of(ScalarFn::Ctz, ElemType::I8, 0), Some(8));
        assert_eq!(of(ScalarFn::Ctz, ElemType::I64, 40), Some(3));
        assert_eq!(of(ScalarFn::Popcount, ElemType::I8, -1), Some(8));
        assert_eq!(of(ScalarFn::Popcount, ElemType::Index, -1), Some(64));
    }

    #[test]
    fn fma_rounds_once() {
        // (1 + 2^-12)^2 - 1 - 2^-11 is 2^-24, which a rounded product loses.
        let f = |v: f64| Scalar::from_f64(ElemType::F32, v);
        let (a, c) = (1.0 + 1.0 / 4096.0, -1.0 - 1.0 / 2048.0);
        assert_eq!(func(ScalarFn::Fma, &[f(a), f(a), f(c)]).map(Scalar::to_f64), Some(2f64.powi(-24)));
        // Halfway between two f16 but for a term far below: f64 alone would round twice.
        let h = |v: f64| Scalar::from_f64(ElemType::F16, v);
        let (one, half, tiny) = (h(1.0), h(1.0 + 2f64.powi(-10)), h(2f64.powi(-24)));
        assert_eq!(func(ScalarFn::Fma, &[half, one, tiny]).map(Scalar::to_f64), Some(1.0 + 2f64.powi(-10)));
    }

    #[test]
    fn floats_follow_ieee() {
        let f = Scalar::f32;
        assert_eq!(func(ScalarFn::Round, &[f(2.5)]), Some(f(2.0)));
        assert_eq!(func(ScalarFn::Maximum, &[f(f32::NAN), f(1.0)]).map(|v| v.to_f64().is_nan()), Some(true));
        assert_eq!(func(ScalarFn::Maxnum, &[f(f32::NAN), f(1.0)]), Some(f(1.0)));
        assert_eq!(func(ScalarFn::Maximum, &[f(-0.0), f(0.0)]), Some(f(0.0)));
        assert_eq!(bin(BinOp::Ne, f(f32::NAN), f(f32::NAN)), Some(Scalar::bool(true)));
        assert_eq!(neg(f(0.0)), Some(f(-0.0)));
    }
}
