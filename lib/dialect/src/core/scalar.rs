//! Element types and typed, bit-exact scalars.

use half::{bf16, f16};
use std::fmt;

/// The type of one element, and of every node of Core.
///
/// `Index` is a signed 64-bit integer: sizes and positions, and the elements of `tensor<..xindex>`.
/// `I1` is the boolean. `I8`..`I64` are signed, `Ui8`..`Ui64` unsigned.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ElemType {
    I1,
    I8,
    I16,
    I32,
    I64,
    Ui8,
    Ui16,
    Ui32,
    Ui64,
    F16,
    Bf16,
    F32,
    F64,
    Index,
}

impl ElemType {
    pub const ALL: [ElemType; 14] = [
        ElemType::I1,
        ElemType::I8,
        ElemType::I16,
        ElemType::I32,
        ElemType::I64,
        ElemType::Ui8,
        ElemType::Ui16,
        ElemType::Ui32,
        ElemType::Ui64,
        ElemType::F16,
        ElemType::Bf16,
        ElemType::F32,
        ElemType::F64,
        ElemType::Index,
    ];

    /// The spelling of MLIR: `i1`, `i8`, `ui8`, `bf16`, `index`, ...
    pub fn name(self) -> &'static str {
        match self {
            ElemType::I1 => "i1",
            ElemType::I8 => "i8",
            ElemType::I16 => "i16",
            ElemType::I32 => "i32",
            ElemType::I64 => "i64",
            ElemType::Ui8 => "ui8",
            ElemType::Ui16 => "ui16",
            ElemType::Ui32 => "ui32",
            ElemType::Ui64 => "ui64",
            ElemType::F16 => "f16",
            ElemType::Bf16 => "bf16",
            ElemType::F32 => "f32",
            ElemType::F64 => "f64",
            ElemType::Index => "index",
        }
    }

    /// The type with this MLIR name.
    pub fn from_name(name: &str) -> Option<ElemType> {
        ElemType::ALL.into_iter().find(|t| t.name() == name)
    }

    /// Width of the value in bits (1 for `i1`, 64 for `index`).
    pub fn bits(self) -> u32 {
        match self {
            ElemType::I1 => 1,
            ElemType::I8 | ElemType::Ui8 => 8,
            ElemType::I16 | ElemType::Ui16 | ElemType::F16 | ElemType::Bf16 => 16,
            ElemType::I32 | ElemType::Ui32 | ElemType::F32 => 32,
            ElemType::I64 | ElemType::Ui64 | ElemType::F64 | ElemType::Index => 64,
        }
    }

    /// Size of one stored element in bytes (an `i1` takes one).
    pub fn bytes(self) -> u64 {
        u64::from(self.bits().div_ceil(8))
    }

    pub fn is_float(self) -> bool {
        matches!(self, ElemType::F16 | ElemType::Bf16 | ElemType::F32 | ElemType::F64)
    }

    /// Any integer but `i1`; `index` counts.
    pub fn is_int(self) -> bool {
        !self.is_float() && self != ElemType::I1
    }

    pub fn is_unsigned(self) -> bool {
        matches!(self, ElemType::I1 | ElemType::Ui8 | ElemType::Ui16 | ElemType::Ui32 | ElemType::Ui64)
    }

    /// The unsigned or signed type of the same width; `i1` and floats as they are.
    pub fn with_sign(self, unsigned: bool) -> ElemType {
        match (self, unsigned) {
            (ElemType::I8 | ElemType::Ui8, true) => ElemType::Ui8,
            (ElemType::I16 | ElemType::Ui16, true) => ElemType::Ui16,
            (ElemType::I32 | ElemType::Ui32, true) => ElemType::Ui32,
            (ElemType::I64 | ElemType::Ui64 | ElemType::Index, true) => ElemType::Ui64,
            (ElemType::I8 | ElemType::Ui8, false) => ElemType::I8,
            (ElemType::I16 | ElemType::Ui16, false) => ElemType::I16,
            (ElemType::I32 | ElemType::Ui32, false) => ElemType::I32,
            (ElemType::I64 | ElemType::Ui64, false) => ElemType::I64,
            (other, _) => other,
        }
    }

    /// Smallest and largest value of an integer type (0 and 1 for `i1`); `None` for floats.
    pub fn int_range(self) -> Option<(i128, i128)> {
        if self.is_float() {
            return None;
        }
        let bits = self.bits();
        Some(if self.is_unsigned() { (0, (1i128 << bits) - 1) } else { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) })
    }
}

impl fmt::Display for ElemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A typed literal. Two scalars are equal when type and bits are: `0.0` and `-0.0` differ, a NaN equals itself.
///
/// `bits` holds the value in its low `ty.bits()` bits, the rest zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Scalar {
    ty: ElemType,
    bits: u64,
}

impl Scalar {
    /// From raw bits; those above the type's width are dropped.
    pub fn from_bits(ty: ElemType, bits: u64) -> Scalar {
        let width = ty.bits();
        Scalar { ty, bits: if width == 64 { bits } else { bits & ((1u64 << width) - 1) } }
    }

    /// The value modulo 2^width; for a float type, the nearest float.
    pub fn from_int(ty: ElemType, value: i128) -> Scalar {
        match ty {
            ElemType::F64 => Scalar { ty, bits: (value as f64).to_bits() },
            ElemType::F32 => Scalar { ty, bits: u64::from((value as f32).to_bits()) },
            ElemType::F16 | ElemType::Bf16 => Scalar::from_f64(ty, value as f64),
            ElemType::I1 => Scalar { ty, bits: u64::from(value != 0) },
            _ => Scalar::from_bits(ty, value as u64),
        }
    }

    /// The nearest value of `ty` (ties to even). Integers: truncated towards zero, saturated, NaN to 0; `i1`: not equal to 0.
    pub fn from_f64(ty: ElemType, value: f64) -> Scalar {
        match ty {
            ElemType::F64 => Scalar { ty, bits: value.to_bits() },
            ElemType::F32 => Scalar { ty, bits: u64::from((value as f32).to_bits()) },
            ElemType::F16 => Scalar { ty, bits: u64::from(f16::from_f64(value).to_bits()) },
            ElemType::Bf16 => Scalar { ty, bits: u64::from(bf16::from_f64(value).to_bits()) },
            ElemType::I1 => Scalar { ty, bits: u64::from(value != 0.0) },
            _ => {
                let (lo, hi) = ty.int_range().unwrap_or((0, 0));
                Scalar::from_int(ty, (value as i128).clamp(lo, hi))
            }
        }
    }

    pub fn index(value: i64) -> Scalar {
        Scalar { ty: ElemType::Index, bits: value as u64 }
    }

    pub fn bool(value: bool) -> Scalar {
        Scalar { ty: ElemType::I1, bits: u64::from(value) }
    }

    pub fn f32(value: f32) -> Scalar {
        Scalar { ty: ElemType::F32, bits: u64::from(value.to_bits()) }
    }

    pub fn ty(self) -> ElemType {
        self.ty
    }

    pub fn bits(self) -> u64 {
        self.bits
    }

    /// The value of an integer (sign-extended where signed) or boolean; `None` for a float.
    pub fn to_int(self) -> Option<i128> {
        if self.ty.is_float() {
            return None;
        }
        if self.ty.is_unsigned() {
            return Some(i128::from(self.bits));
        }
        let shift = 64 - self.ty.bits();
        Some(i128::from(((self.bits << shift) as i64) >> shift))
    }

    /// The value as f64: exact for floats, nearest for integers.
    pub fn to_f64(self) -> f64 {
        match self.ty {
            ElemType::F64 => f64::from_bits(self.bits),
            ElemType::F32 => f64::from(f32::from_bits(self.bits as u32)),
            ElemType::F16 => f64::from(f16::from_bits(self.bits as u16)),
            ElemType::Bf16 => f64::from(bf16::from_bits(self.bits as u16)),
            _ => self.to_int().unwrap_or(0) as f64,
        }
    }

    /// Not zero (a NaN is true).
    pub fn to_bool(self) -> bool {
        if self.ty.is_float() { self.to_f64() != 0.0 } else { self.bits != 0 }
    }

    /// The least value of the type: -inf for floats.
    pub fn lowest(ty: ElemType) -> Scalar {
        match ty.int_range() {
            Some((lo, _)) => Scalar::from_int(ty, lo),
            None => Scalar::from_f64(ty, f64::NEG_INFINITY),
        }
    }

    /// The greatest value of the type: inf for floats.
    pub fn highest(ty: ElemType) -> Scalar {
        match ty.int_range() {
            Some((_, hi)) => Scalar::from_int(ty, hi),
            None => Scalar::from_f64(ty, f64::INFINITY),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ty == ElemType::I1 {
            return f.write_str(if self.bits != 0 { "true" } else { "false" });
        }
        match self.to_int() {
            Some(value) => write!(f, "{value}"),
            None if self.ty == ElemType::F64 => write!(f, "{:?}", self.to_f64()),
            None => write!(f, "{:?}", self.to_f64() as f32),
        }
    }
}
