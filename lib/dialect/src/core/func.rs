//! The scalar operations of Core.

use super::scalar::{ElemType, Scalar};
use std::fmt;

/// Binary operations. Both sides have one type; comparisons give `i1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum BinOp {
    /// Numbers. Integers wrap.
    Add,
    Sub,
    Mul,
    /// Floats only: IEEE division.
    Div,
    /// Integers: quotient rounded towards minus infinity.
    FloorDiv,
    /// Integers: `a - b * (a // b)`, so with the sign of `b`.
    Mod,
    Eq,
    /// True where a side is NaN.
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// `i1`; both sides are evaluated.
    And,
    /// `i1`; both sides are evaluated.
    Or,
}

impl BinOp {
    pub fn symbol(self) -> &'static str {
        match self {
            BinOp::Add => "+",
            BinOp::Sub => "-",
            BinOp::Mul => "*",
            BinOp::Div => "/",
            BinOp::FloorDiv => "//",
            BinOp::Mod => "%",
            BinOp::Eq => "==",
            BinOp::Ne => "!=",
            BinOp::Lt => "<",
            BinOp::Le => "<=",
            BinOp::Gt => ">",
            BinOp::Ge => ">=",
            BinOp::And => "and",
            BinOp::Or => "or",
        }
    }

    pub fn is_comparison(self) -> bool {
        matches!(self, BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge)
    }
}

macro_rules! scalar_fns {
    ($($(#[$doc:meta])* $variant:ident $name:literal $arity:literal $class:ident,)*) => {
        /// Scalar functions. Arguments have one type, which is the result's but for the predicates (`i1`).
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum ScalarFn { $($(#[$doc])* $variant,)* }

        impl ScalarFn {
            pub const ALL: &'static [ScalarFn] = &[$(ScalarFn::$variant,)*];

            /// Its name in `eval`.
            pub fn name(self) -> &'static str {
                match self { $(ScalarFn::$variant => $name,)* }
            }

            /// Number of arguments.
            pub fn arity(self) -> usize {
                match self { $(ScalarFn::$variant => $arity,)* }
            }

            /// What the arguments may be.
            pub fn domain(self) -> FnDomain {
                match self { $(ScalarFn::$variant => FnDomain::$class,)* }
            }
        }
    };
}

/// The argument types of a [`ScalarFn`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnDomain {
    /// Floats, giving the same type.
    Float,
    /// Floats, giving `i1`.
    FloatPredicate,
    /// Integers and `index`, giving the same type.
    Int,
    /// Integers and `i1`, giving the same type.
    Bits,
    /// Any number, giving the same type.
    Number,
}

scalar_fns! {
    Exp "exp" 1 Float,
    Exp2 "exp2" 1 Float,
    Expm1 "expm1" 1 Float,
    Log "log" 1 Float,
    Log2 "log2" 1 Float,
    Log10 "log10" 1 Float,
    Log1p "log1p" 1 Float,
    /// Correctly rounded.
    Sqrt "sqrt" 1 Float,
    /// `1 / sqrt(x)`, rounded as a whole or in two steps.
    Rsqrt "rsqrt" 1 Float,
    Cbrt "cbrt" 1 Float,
    Sin "sin" 1 Float,
    Cos "cos" 1 Float,
    Tan "tan" 1 Float,
    Asin "asin" 1 Float,
    Acos "acos" 1 Float,
    Atan "atan" 1 Float,
    Atan2 "atan2" 2 Float,
    Sinh "sinh" 1 Float,
    Cosh "cosh" 1 Float,
    Tanh "tanh" 1 Float,
    Asinh "asinh" 1 Float,
    Acosh "acosh" 1 Float,
    Atanh "atanh" 1 Float,
    Erf "erf" 1 Float,
    /// `1 - erf(x)`, exact where that is small.
    Erfc "erfc" 1 Float,
    /// `a * b + c`, rounded once.
    Fma "fma" 3 Float,
    /// Floats: C's `pow`. Integers: repeated multiplication, wrapping; a negative exponent gives `1 / x^|n|` truncated.
    Pow "pow" 2 Number,
    Floor "floor" 1 Float,
    Ceil "ceil" 1 Float,
    /// To the nearest integer, halves to the even one.
    Round "round" 1 Float,
    /// Towards zero.
    Trunc "trunc" 1 Float,
    /// The absolute value; the least integer wraps to itself.
    Abs "abs" 1 Number,
    /// -1, 0 or 1; a float zero keeps its sign and a NaN stays NaN.
    Sign "sign" 1 Number,
    /// Magnitude of the first, sign of the second.
    Copysign "copysign" 2 Float,
    IsNan "isnan" 1 FloatPredicate,
    IsInf "isinf" 1 FloatPredicate,
    /// NaN if either is NaN; -0 < +0 (arith.maximumf).
    Maximum "maximum" 2 Number,
    /// NaN if either is NaN; -0 < +0 (arith.minimumf).
    Minimum "minimum" 2 Number,
    /// The other if one is NaN (arith.maxnumf); floats only differ from `maximum`.
    Maxnum "maxnum" 2 Number,
    /// The other if one is NaN (arith.minnumf).
    Minnum "minnum" 2 Number,
    /// Remainder of the truncated quotient, sign of the dividend; on floats C's `fmod`.
    Rem "rem" 2 Number,
    /// Quotient truncated towards zero.
    Tdiv "tdiv" 2 Int,
    BitAnd "bitand" 2 Bits,
    BitOr "bitor" 2 Bits,
    BitXor "bitxor" 2 Bits,
    BitNot "bitnot" 1 Bits,
    /// Bits shifted out are lost; an amount not in `0 .. width` gives 0.
    Shl "shl" 2 Int,
    /// Arithmetic for signed and logical for unsigned types; an amount not in `0 .. width` gives 0 (-1 if negative and signed).
    Shr "shr" 2 Int,
    /// How many zero bits lead; the width of the type for 0.
    Clz "clz" 1 Int,
    /// How many zero bits trail; the width of the type for 0.
    Ctz "ctz" 1 Int,
    /// How many bits are one.
    Popcount "popcount" 1 Int,
}

impl ScalarFn {
    pub fn from_name(name: &str) -> Option<ScalarFn> {
        ScalarFn::ALL.iter().copied().find(|f| f.name() == name)
    }

    /// Whether the function takes arguments of this type.
    pub fn accepts(self, ty: ElemType) -> bool {
        match self.domain() {
            FnDomain::Float | FnDomain::FloatPredicate => ty.is_float(),
            FnDomain::Int => ty.is_int(),
            FnDomain::Bits => !ty.is_float(),
            FnDomain::Number => ty != ElemType::I1,
        }
    }

    /// Type of the value for arguments of type `arg`.
    pub fn result(self, arg: ElemType) -> ElemType {
        if self.domain() == FnDomain::FloatPredicate { ElemType::I1 } else { arg }
    }
}

/// How a reduction combines. All are commutative and associative (`Add` and `Mul` of floats are taken to be).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum RedOp {
    /// `sum`
    Add,
    /// `prod`
    Mul,
    /// `max`: a NaN anywhere gives NaN.
    Maximum,
    /// `min`: a NaN anywhere gives NaN.
    Minimum,
    /// `nanmax`: NaNs are passed over; nothing but NaNs gives the identity.
    Maxnum,
    /// `nanmin`: NaNs are passed over; nothing but NaNs gives the identity.
    Minnum,
    /// `all`, of `i1`
    And,
    /// `any`, of `i1`
    Or,
}

impl RedOp {
    /// Its name in `eval`.
    pub fn name(self) -> &'static str {
        match self {
            RedOp::Add => "sum",
            RedOp::Mul => "prod",
            RedOp::Maximum => "max",
            RedOp::Minimum => "min",
            RedOp::Maxnum => "nanmax",
            RedOp::Minnum => "nanmin",
            RedOp::And => "all",
            RedOp::Or => "any",
        }
    }

    /// What the reduction starts from, and gives over nothing: 0, 1, lowest, highest, true, false.
    pub fn identity(self, ty: ElemType) -> Scalar {
        match self {
            RedOp::Add => Scalar::from_int(ty, 0),
            RedOp::Mul => Scalar::from_int(ty, 1),
            RedOp::Maximum | RedOp::Maxnum => Scalar::lowest(ty),
            RedOp::Minimum | RedOp::Minnum => Scalar::highest(ty),
            RedOp::And => Scalar::bool(true),
            RedOp::Or => Scalar::bool(false),
        }
    }
}

impl fmt::Display for RedOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
