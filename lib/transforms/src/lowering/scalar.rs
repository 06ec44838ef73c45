//! Scalar operations of Core in arith and math.

use edge_dialect::core::{BinOp, ElemType, Scalar, ScalarFn};
use edge_ir::{Attr, Builder, Context, FloatKind, Type, Value};

/// The scalar type in which a nest holds values of an element type: signless.
pub fn scalar_type(ctx: &Context, elem: ElemType) -> Type {
    match elem {
        ElemType::Index => ctx.index(),
        ElemType::F16 => ctx.float(FloatKind::F16),
        ElemType::Bf16 => ctx.float(FloatKind::BF16),
        ElemType::F32 => ctx.f32(),
        ElemType::F64 => ctx.f64(),
        _ => ctx.int(elem.bits()),
    }
}

pub fn scalar_attr(ctx: &Context, value: Scalar) -> Attr {
    let ty = scalar_type(ctx, value.ty());
    match value.ty().is_float() {
        true => ctx.attr(edge_ir::AttrKind::Float { bits: value.bits() as u128, ty }),
        false => ctx.int_attr(value.to_int().unwrap_or(0), ty),
    }
}

pub fn constant(b: &mut Builder<'_>, value: Scalar) -> Value {
    let (attr, ty) = (scalar_attr(b.ctx, value), scalar_type(b.ctx, value.ty()));
    b.op("arith.constant").prop("value", attr).result(ty).value()
}

fn simple(b: &mut Builder<'_>, name: &str, args: &[Value], ty: Type) -> Value {
    b.op(name).operands(args.iter().copied()).result(ty).value()
}

/// An operation whose result has its first operand's type.
pub fn same(b: &mut Builder<'_>, name: &str, args: &[Value]) -> Value {
    let ty = b.body.ty(args[0]);
    simple(b, name, args, ty)
}

pub fn select(b: &mut Builder<'_>, cond: Value, x: Value, y: Value) -> Value {
    let ty = b.body.ty(x);
    simple(b, "arith.select", &[cond, x, y], ty)
}

/// Comparison predicates of `arith.cmpi` and `arith.cmpf`, by number as MLIR has them.
fn predicate(op: BinOp, ty: ElemType) -> i64 {
    let unsigned = ty.is_unsigned();
    match (op, ty.is_float()) {
        (BinOp::Eq, true) => 1,
        (BinOp::Gt, true) => 2,
        (BinOp::Ge, true) => 3,
        (BinOp::Lt, true) => 4,
        (BinOp::Le, true) => 5,
        (_, true) => 13,
        (BinOp::Eq, _) => 0,
        (BinOp::Lt, _) => 2 + 4 * unsigned as i64,
        (BinOp::Le, _) => 3 + 4 * unsigned as i64,
        (BinOp::Gt, _) => 4 + 4 * unsigned as i64,
        (BinOp::Ge, _) => 5 + 4 * unsigned as i64,
        _ => 1,
    }
}

const UNORDERED: i64 = 14;

fn compare_raw(b: &mut Builder<'_>, float: bool, predicate: i64, x: Value, y: Value) -> Value {
    let (attr, ty) = (b.ctx.i64_attr(predicate), b.ctx.i1());
    let name = if float { "arith.cmpf" } else { "arith.cmpi" };
    b.op(name).operand(x).operand(y).prop("predicate", attr).result(ty).value()
}

pub fn compare(b: &mut Builder<'_>, op: BinOp, ty: ElemType, x: Value, y: Value) -> Value {
    compare_raw(b, ty.is_float(), predicate(op, ty), x, y)
}

pub fn binary(b: &mut Builder<'_>, op: BinOp, ty: ElemType, x: Value, y: Value) -> Value {
    let float = ty.is_float();
    let unsigned = ty.is_unsigned();
    let name = match op {
        _ if op.is_comparison() => return compare(b, op, ty, x, y),
        BinOp::Add if float => "arith.addf",
        BinOp::Add => "arith.addi",
        BinOp::Sub if float => "arith.subf",
        BinOp::Sub => "arith.subi",
        BinOp::Mul if float => "arith.mulf",
        BinOp::Mul => "arith.muli",
        BinOp::Div => "arith.divf",
        BinOp::FloorDiv if unsigned => "arith.divui",
        BinOp::FloorDiv => "arith.floordivsi",
        BinOp::Mod if unsigned => "arith.remui",
        BinOp::Mod => return floor_mod(b, ty, x, y),
        BinOp::And => "arith.andi",
        _ => "arith.ori",
    };
    same(b, name, &[x, y])
}

fn floor_mod(b: &mut Builder<'_>, ty: ElemType, x: Value, y: Value) -> Value {
    let rem = same(b, "arith.remsi", &[x, y]);
    let zero = constant(b, Scalar::from_int(ty, 0));
    let nonzero = compare(b, BinOp::Ne, ty, rem, zero);
    let signs = same(b, "arith.xori", &[rem, y]);
    let differ = compare(b, BinOp::Lt, ty, signs, zero);
    let fix = same(b, "arith.andi", &[nonzero, differ]);
    let moved = same(b, "arith.addi", &[rem, y]);
    select(b, fix, moved, rem)
}

pub fn neg(b: &mut Builder<'_>, ty: ElemType, x: Value) -> Value {
    if ty.is_float() {
        return same(b, "arith.negf", &[x]);
    }
    let zero = constant(b, Scalar::from_int(ty, 0));
    same(b, "arith.subi", &[zero, x])
}

pub fn not(b: &mut Builder<'_>, x: Value) -> Value {
    let t = constant(b, Scalar::bool(true));
    same(b, "arith.xori", &[x, t])
}

/// The combination that a reduction of this kind does, as `loop.for` and `loop.write` name it.
pub fn function(b: &mut Builder<'_>, f: ScalarFn, ty: ElemType, args: &[Value]) -> Value {
    let float = ty.is_float();
    let unsigned = ty.is_unsigned();
    let pick = |f: &'static str, u: &'static str, s: &'static str| {
        if float {
            f
        } else if unsigned {
            u
        } else {
            s
        }
    };
    let name = match f {
        ScalarFn::Exp => "math.exp",
        ScalarFn::Exp2 => "math.exp2",
        ScalarFn::Expm1 => "math.expm1",
        ScalarFn::Log => "math.log",
        ScalarFn::Log2 => "math.log2",
        ScalarFn::Log10 => "math.log10",
        ScalarFn::Log1p => "math.log1p",
        ScalarFn::Sqrt => "math.sqrt",
        ScalarFn::Rsqrt => "math.rsqrt",
        ScalarFn::Cbrt => "math.cbrt",
        ScalarFn::Sin => "math.sin",
        ScalarFn::Cos => "math.cos",
        ScalarFn::Tan => "math.tan",
        ScalarFn::Asin => "math.asin",
        ScalarFn::Acos => "math.acos",
        ScalarFn::Atan => "math.atan",
        ScalarFn::Atan2 => "math.atan2",
        ScalarFn::Sinh => "math.sinh",
        ScalarFn::Cosh => "math.cosh",
        ScalarFn::Tanh => "math.tanh",
        ScalarFn::Asinh => "math.asinh",
        ScalarFn::Acosh => "math.acosh",
        ScalarFn::Atanh => "math.atanh",
        ScalarFn::Erf => "math.erf",
        ScalarFn::Erfc => "math.erfc",
        ScalarFn::Fma => "math.fma",
        ScalarFn::Clz => "math.ctlz",
        ScalarFn::Ctz => "math.cttz",
        ScalarFn::Popcount => "math.ctpop",
        ScalarFn::Pow => pick("math.powf", "math.ipowi", "math.ipowi"),
        ScalarFn::Floor => "math.floor",
        ScalarFn::Ceil => "math.ceil",
        ScalarFn::Round => "math.roundeven",
        ScalarFn::Trunc => "math.trunc",
        ScalarFn::Abs if unsigned => return args[0],
        ScalarFn::Abs => pick("math.absf", "", "math.absi"),
        ScalarFn::Copysign => "math.copysign",
        ScalarFn::Maximum => pick("arith.maximumf", "arith.maxui", "arith.maxsi"),
        ScalarFn::Minimum => pick("arith.minimumf", "arith.minui", "arith.minsi"),
        ScalarFn::Maxnum => pick("arith.maxnumf", "arith.maxui", "arith.maxsi"),
        ScalarFn::Minnum => pick("arith.minnumf", "arith.minui", "arith.minsi"),
        ScalarFn::Rem => pick("arith.remf", "arith.remui", "arith.remsi"),
        ScalarFn::Tdiv => pick("arith.divf", "arith.divui", "arith.divsi"),
        ScalarFn::BitAnd => "arith.andi",
        ScalarFn::BitOr => "arith.ori",
        ScalarFn::BitXor => "arith.xori",
        ScalarFn::BitNot => {
            let ones = constant(b, Scalar::from_bits(ty, u64::MAX));
            return same(b, "arith.xori", &[args[0], ones]);
        }
        ScalarFn::IsNan => return compare_raw(b, true, UNORDERED, args[0], args[0]),
        ScalarFn::IsInf => return is_inf(b, ty, args[0]),
        ScalarFn::Sign => return sign(b, ty, args[0]),
        ScalarFn::Shl | ScalarFn::Shr => return shift(b, f, ty, args[0], args[1]),
    };
    same(b, name, args)
}

fn is_inf(b: &mut Builder<'_>, ty: ElemType, x: Value) -> Value {
    let abs = same(b, "math.absf", &[x]);
    let inf = constant(b, Scalar::from_f64(ty, f64::INFINITY));
    compare(b, BinOp::Eq, ty, abs, inf)
}

fn sign(b: &mut Builder<'_>, ty: ElemType, x: Value) -> Value {
    let zero = constant(b, Scalar::from_int(ty, 0));
    let one = constant(b, Scalar::from_int(ty, 1));
    let above = compare(b, BinOp::Gt, ty, x, zero);
    let positive = select(b, above, one, x);
    if ty.is_unsigned() {
        return positive;
    }
    let minus = constant(b, Scalar::from_int(ty, -1));
    let below = compare(b, BinOp::Lt, ty, x, zero);
    select(b, below, minus, positive)
}

fn shift(b: &mut Builder<'_>, f: ScalarFn, ty: ElemType, x: Value, n: Value) -> Value {
    let width = constant(b, Scalar::from_int(ty, ty.bits() as i128));
    let zero = constant(b, Scalar::from_int(ty, 0));
    // Unsigned comparison: a negative amount is a large one.
    let inside = compare_raw(b, false, 6, n, width);
    let amount = select(b, inside, n, zero);
    let (name, outside) = match f {
        ScalarFn::Shl => ("arith.shli", zero),
        _ if ty.is_unsigned() => ("arith.shrui", zero),
        _ => {
            let last = constant(b, Scalar::from_int(ty, ty.bits() as i128 - 1));
            ("arith.shrsi", same(b, "arith.shrsi", &[x, last]))
        }
    };
    let shifted = same(b, name, &[x, amount]);
    select(b, inside, shifted, outside)
}

/// Conversion as Core's `Cast` defines it.
pub fn cast(b: &mut Builder<'_>, from: ElemType, to: ElemType, x: Value) -> Value {
    let ty = scalar_type(b.ctx, to);
    let index = ElemType::Index;
    match (from, to) {
        _ if from == to => x,
        (_, ElemType::I1) => {
            let zero = constant(b, Scalar::from_int(from, 0));
            compare(b, BinOp::Ne, from, x, zero)
        }
        _ if from == index && to.is_int() => simple(b, "arith.index_cast", &[x], ty),
        _ if to == index && !from.is_float() => {
            simple(b, if from.is_unsigned() { "arith.index_castui" } else { "arith.index_cast" }, &[x], ty)
        }
        _ if from == index => {
            let wide = cast(b, index, ElemType::I64, x);
            cast(b, ElemType::I64, to, wide)
        }
        _ if to == index => {
            let wide = cast(b, from, ElemType::I64, x);
            cast(b, ElemType::I64, index, wide)
        }
        _ if from.is_float() && to.is_float() => float_to_float(b, from, to, x),
        _ if from.is_float() => float_to_int(b, from, to, x),
        _ if to.is_float() => simple(b, if from.is_unsigned() { "arith.uitofp" } else { "arith.sitofp" }, &[x], ty),
        _ if to.bits() < from.bits() => simple(b, "arith.trunci", &[x], ty),
        _ if to.bits() == from.bits() => x,
        _ => simple(b, if from.is_unsigned() { "arith.extui" } else { "arith.extsi" }, &[x], ty),
    }
}

fn float_to_float(b: &mut Builder<'_>, from: ElemType, to: ElemType, x: Value) -> Value {
    let ty = scalar_type(b.ctx, to);
    match from.bits().cmp(&to.bits()) {
        std::cmp::Ordering::Less => simple(b, "arith.extf", &[x], ty),
        std::cmp::Ordering::Greater => simple(b, "arith.truncf", &[x], ty),
        std::cmp::Ordering::Equal => {
            let wide = float_to_float(b, from, ElemType::F32, x);
            float_to_float(b, ElemType::F32, to, wide)
        }
    }
}

/// Truncates, saturates, NaN gives 0. The bounds are powers of two, so exact in f32 and f64.
fn float_to_int(b: &mut Builder<'_>, from: ElemType, to: ElemType, x: Value) -> Value {
    if from.bits() < 32 {
        let wide = float_to_float(b, from, ElemType::F32, x);
        return float_to_int(b, ElemType::F32, to, wide);
    }
    let (min, max) = to.int_range().unwrap_or((0, 1));
    let low = constant(b, Scalar::from_f64(from, min as f64));
    let high = constant(b, Scalar::from_f64(from, (max + 1) as f64));
    let above = compare(b, BinOp::Ge, from, x, high);
    let not_below = compare(b, BinOp::Ge, from, x, low);
    let below = compare(b, BinOp::Lt, from, x, low);
    let not_above = compare(b, BinOp::Lt, from, x, high);
    let inside = same(b, "arith.andi", &[not_below, not_above]);
    let zero = constant(b, Scalar::from_int(from, 0));
    let safe = select(b, inside, x, zero);
    let ty = scalar_type(b.ctx, to);
    let raw = simple(b, if to.is_unsigned() { "arith.fptoui" } else { "arith.fptosi" }, &[safe], ty);
    let top = constant(b, Scalar::from_int(to, max));
    let bottom = constant(b, Scalar::from_int(to, min));
    let capped = select(b, above, top, raw);
    select(b, below, bottom, capped)
}

/// The bits of a value as another type of the same width.
pub fn bits(b: &mut Builder<'_>, to: ElemType, x: Value) -> Value {
    let (from, ty) = (b.body.ty(x), scalar_type(b.ctx, to));
    let index = b.ctx.index();
    match () {
        () if from == ty => x,
        () if from == index || ty == index => {
            let wide = b.ctx.int(64);
            let x = if from == index { simple(b, "arith.index_cast", &[x], wide) } else { bits(b, ElemType::I64, x) };
            if ty == index { simple(b, "arith.index_cast", &[x], ty) } else { bits(b, to, x) }
        }
        () => simple(b, "arith.bitcast", &[x], ty),
    }
}

/// Conversion as Core's `Sat` defines it.
pub fn sat(b: &mut Builder<'_>, from: ElemType, to: ElemType, x: Value) -> Value {
    let (Some(source), Some(target)) = (from.int_range(), to.int_range()) else { return cast(b, from, to, x) };
    let mut value = x;
    if source.1 > target.1 {
        let top = constant(b, Scalar::from_int(from, target.1));
        value = function(b, ScalarFn::Minimum, from, &[value, top]);
    }
    if source.0 < target.0 {
        let bottom = constant(b, Scalar::from_int(from, target.0));
        value = function(b, ScalarFn::Maximum, from, &[value, bottom]);
    }
    cast(b, from, to, value)
}
