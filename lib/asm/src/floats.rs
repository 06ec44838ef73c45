//! Numbers as MLIR reads, prints and packs them: integers of any width, floats of any format.

use edge_ir::{Context, FloatKind, Signedness, Type, TypeKind};
use smallvec::SmallVec;

/// A float format: exponent and stored mantissa bits, bias, and what the topmost exponent means.
struct Format {
    exp_bits: u32,
    mant_bits: u32,
    bias: i32,
    /// IEEE: the topmost exponent is infinity and NaN.
    ieee: bool,
}

fn format(kind: FloatKind) -> Format {
    use FloatKind::*;
    let (exp_bits, mant_bits, bias, ieee) = match kind {
        F4E2M1FN => (2, 1, 1, false),
        F6E2M3FN => (2, 3, 1, false),
        F6E3M2FN => (3, 2, 3, false),
        F8E5M2 => (5, 2, 15, true),
        F8E4M3 => (4, 3, 7, true),
        F8E4M3FN => (4, 3, 7, false),
        F8E5M2FNUZ => (5, 2, 16, false),
        F8E4M3FNUZ => (4, 3, 8, false),
        F8E4M3B11FNUZ => (4, 3, 11, false),
        F8E3M4 => (3, 4, 3, true),
        F8E8M0FNU => (8, 0, 127, false),
        BF16 => (8, 7, 127, true),
        F16 => (5, 10, 15, true),
        TF32 => (8, 10, 127, true),
        F32 => (8, 23, 127, true),
        F64 => (11, 52, 1023, true),
        // Bit 63 is the integer bit.
        F80 => (15, 63, 16383, true),
        F128 => (15, 112, 16383, true),
    };
    Format { exp_bits, mant_bits, bias, ieee }
}

/// A finite float: `significand * 2^exp`.
struct Finite {
    negative: bool,
    significand: u128,
    exp: i32,
}

fn is_nan(bits: u128, kind: FloatKind) -> bool {
    use FloatKind::*;
    match kind {
        F8E4M3FN => bits & 0x7f == 0x7f,
        F8E5M2FNUZ | F8E4M3FNUZ | F8E4M3B11FNUZ => bits == 0x80,
        F8E8M0FNU => bits == 0xff,
        _ => false,
    }
}

/// `None` for infinities and NaNs.
fn decode(bits: u128, kind: FloatKind) -> Option<Finite> {
    let f = format(kind);
    if is_nan(bits, kind) {
        return None;
    }
    if kind == FloatKind::F8E8M0FNU {
        return Some(Finite { negative: false, significand: 1, exp: bits as i32 - f.bias });
    }
    let stored = f.mant_bits + (kind == FloatKind::F80) as u32;
    let mantissa = bits & ((1 << stored) - 1);
    let exponent = (bits >> stored) as u32 & ((1 << f.exp_bits) - 1);
    let negative = bits >> (stored + f.exp_bits) & 1 == 1;
    if f.ieee && exponent == (1 << f.exp_bits) - 1 {
        return None;
    }
    let hidden = if exponent == 0 || kind == FloatKind::F80 { 0 } else { 1u128 << f.mant_bits };
    let exp = exponent.max(1) as i32 - f.bias - f.mant_bits as i32;
    Some(Finite { negative, significand: mantissa | hidden, exp })
}

/// Rounds to nearest, ties to even; `None` where the format holds neither the value nor an infinity.
pub(crate) fn encode(value: f64, kind: FloatKind) -> Option<u128> {
    use FloatKind::*;
    if matches!(kind, F64 | F32 | F16 | BF16) {
        return edge_ir::attrs::float_bits(value, kind);
    }
    let f = format(kind);
    let stored = f.mant_bits + (kind == F80) as u32;
    let unsigned_zero = matches!(kind, F8E5M2FNUZ | F8E4M3FNUZ | F8E4M3B11FNUZ);
    let negative = value.is_sign_negative() && !(unsigned_zero && value == 0.0);
    let sign = (negative as u128) << (stored + f.exp_bits);
    let top = (1i32 << f.exp_bits) - 1;
    if !value.is_finite() {
        return f.ieee.then_some(sign | (top as u128) << stored | if kind == F80 { 1 << 63 } else { 0 });
    }
    if value == 0.0 {
        return Some(sign);
    }
    let d = decode(value.to_bits() as u128, F64)?;
    let high = 127 - d.significand.leading_zeros() as i32;
    // The exponent of the unit in the last place, not below that of the subnormals.
    let ulp = (d.exp + high - f.mant_bits as i32).max(1 - f.bias - f.mant_bits as i32);
    let shift = ulp - d.exp;
    let mut m = if shift <= 0 {
        d.significand << (-shift).min(100)
    } else if shift > 100 {
        0
    } else {
        let half = 1u128 << (shift - 1);
        let (q, r) = (d.significand >> shift, d.significand & ((1 << shift) - 1));
        q + (r > half || (r == half && q & 1 == 1)) as u128
    };
    let mut exponent = ulp + f.bias + f.mant_bits as i32;
    if m >> (f.mant_bits + 1) != 0 {
        m >>= 1;
        exponent += 1;
    }
    if m >> f.mant_bits == 0 {
        exponent = 0;
    }
    if exponent >= top + !f.ieee as i32 {
        return f.ieee.then_some(sign | (top as u128) << stored | if kind == F80 { 1 << 63 } else { 0 });
    }
    if kind == F8E8M0FNU {
        return Some(exponent as u128);
    }
    let mantissa = if kind == F80 { m } else { m & ((1 << f.mant_bits) - 1) };
    Some(sign | (exponent as u128) << stored | mantissa)
}

pub(crate) fn parse_decimal(text: &str, negative: bool, kind: FloatKind) -> Option<u128> {
    let value: f64 = text.parse().ok()?;
    encode(if negative { -value } else { value }, kind)
}

/// `0x…`: the bits themselves.
pub(crate) fn parse_hex(text: &str, kind: FloatKind) -> Option<u128> {
    let digits = text.strip_prefix("0x")?.trim_start_matches('0');
    let bits = if digits.is_empty() { 0 } else { u128::from_str_radix(digits, 16).ok()? };
    (kind.width() == 128 || bits >> kind.width() == 0).then_some(bits)
}

/// The words of an integer attribute; `None` if the type has too few bits.
pub(crate) fn parse_int(ctx: &Context, text: &str, negative: bool, ty: Type) -> Option<SmallVec<[u64; 2]>> {
    let (width, sign) = match ctx.type_kind(ty) {
        TypeKind::Integer { width, sign } => (width, sign),
        _ => (64, Signedness::Signless),
    };
    let mut words = magnitude(text);
    let count = (width.max(1) as usize).div_ceil(64);
    while words.len() > count && words.last() == Some(&0) {
        words.pop();
    }
    let used = words.iter().rposition(|w| *w != 0).map_or(0, |i| i as u32 * 64 + 64 - words[i].leading_zeros());
    let power = used > 0 && words.iter().map(|w| w.count_ones()).sum::<u32>() == 1;
    let fits = match (sign, negative) {
        _ if used == 0 => true,
        (Signedness::Unsigned, true) => false,
        // `-128` fits eight bits although 128 does not.
        (_, true) => used < width || (used == width && power),
        (Signedness::Signed, false) => used < width,
        (_, false) => used <= width,
    };
    if !fits {
        return None;
    }
    words.resize(count, 0);
    if negative && used > 0 {
        let mut carry = true;
        for w in &mut words {
            let (v, c) = (!*w).overflowing_add(carry as u64);
            (*w, carry) = (v, c);
        }
    }
    let unsigned = sign == Signedness::Unsigned || (width == 1 && sign == Signedness::Signless);
    let rest = width % 64;
    if rest != 0 {
        let last = words.last_mut()?;
        let shift = 64 - rest;
        *last = if unsigned { *last << shift >> shift } else { ((*last << shift) as i64 >> shift) as u64 };
    }
    Some(words)
}

fn magnitude(text: &str) -> SmallVec<[u64; 2]> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => (text, 10),
    };
    if let Ok(small) = u64::from_str_radix(digits, radix) {
        return SmallVec::from_elem(small, 1);
    }
    let mut words: SmallVec<[u64; 2]> = SmallVec::from_elem(0, 1);
    for d in digits.chars().filter_map(|c| c.to_digit(radix)) {
        let mut carry = d as u128;
        for w in &mut words {
            let v = *w as u128 * radix as u128 + carry;
            (*w, carry) = (v as u64, v >> 64);
        }
        if carry != 0 {
            words.push(carry as u64);
        }
    }
    words
}

/// Decimal text of an integer attribute's words.
pub(crate) fn print_int(out: &mut Vec<u8>, words: &[u64], unsigned: bool) {
    use std::io::Write;
    let result = match words {
        [w] if unsigned => write!(out, "{w}"),
        [w] => write!(out, "{}", *w as i64),
        _ => {
            let negative = !unsigned && words.last().is_some_and(|w| w >> 63 == 1);
            let mut rest: Vec<u64> = words.to_vec();
            if negative {
                let mut carry = true;
                for w in &mut rest {
                    let (v, c) = (!*w).overflowing_add(carry as u64);
                    (*w, carry) = (v, c);
                }
                out.push(b'-');
            }
            out.extend_from_slice(&decimal_digits(rest));
            Ok(())
        }
    };
    debug_assert!(result.is_ok());
}

/// Decimal digits, most significant first, of little-endian words.
fn decimal_digits(mut words: Vec<u64>) -> Vec<u8> {
    const CHUNK: u64 = 10_000_000_000_000_000_000;
    let mut out = Vec::new();
    loop {
        while words.last() == Some(&0) {
            words.pop();
        }
        if words.is_empty() {
            break;
        }
        let mut rem = 0u128;
        for w in words.iter_mut().rev() {
            let v = rem << 64 | *w as u128;
            *w = (v / CHUNK as u128) as u64;
            rem = v % CHUNK as u128;
        }
        let mut r = rem as u64;
        for _ in 0..19 {
            out.push(b'0' + (r % 10) as u8);
            r /= 10;
        }
    }
    while out.len() > 1 && out.last() == Some(&b'0') {
        out.pop();
    }
    if out.is_empty() {
        out.push(b'0');
    }
    out.reverse();
    out
}

/// Prints a float; `true` if in hexadecimal, as infinities and NaNs are.
pub(crate) fn print_float(out: &mut Vec<u8>, bits: u128, kind: FloatKind) -> bool {
    if let Some(value) = decode(bits, kind) {
        let precision = format(kind).mant_bits + 1;
        let short = to_string(&value, precision, 6, 0, false);
        let exact = match kind {
            FloatKind::F80 | FloatKind::F128 => rounds_to(&short, &value, kind),
            _ => round_trips(&short, bits, kind),
        };
        if exact {
            out.extend_from_slice(short.as_bytes());
            return false;
        }
        let long = to_string(&value, precision, 0, 3, true);
        if long.contains('.') {
            out.extend_from_slice(long.as_bytes());
            return false;
        }
    }
    out.extend_from_slice(format!("0x{bits:0X}").as_bytes());
    true
}

fn round_trips(text: &str, bits: u128, kind: FloatKind) -> bool {
    match kind {
        // Directly, so that nothing is rounded twice.
        FloatKind::F32 => text.parse::<f32>().is_ok_and(|v| v.to_bits() as u128 == bits),
        _ => text.parse::<f64>().is_ok_and(|v| encode(v, kind) == Some(bits)),
    }
}

/// Whether a decimal is nearest to `value` among the floats of a format that is wider than Rust's own.
fn rounds_to(text: &str, value: &Finite, kind: FloatKind) -> bool {
    let (mantissa, power) = text.split_once('e').unwrap_or((text, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let (Ok(m), Ok(power)) = (digits.parse::<u64>(), power.parse::<i32>()) else { return false };
    let ten = power - mantissa.split_once('.').map_or(0, |(_, f)| f.len() as i32);
    if value.significand == 0 || m == 0 {
        return value.significand == 0 && m == 0;
    }
    let f = format(kind);
    // All as whole numbers: times 4 below the last place, times the power of ten that the decimal is short of.
    let up = (2 - value.exp).max(0) as usize;
    let tens = |mut words: Vec<u64>, n: i32| {
        (0..n.max(0)).for_each(|_| mul_small(&mut words, 10));
        words
    };
    let scaled = |s: u128, exp: i32| tens(shifted(s, (exp + up as i32) as usize), -ten);
    let decimal = tens(shifted(m as u128, up), ten);
    let exact = scaled(value.significand, value.exp);
    let below = compare(&decimal, &exact).is_lt();
    // Below a power of two floats lie twice as dense.
    let dense = below && value.significand == 1 << f.mant_bits && value.exp > 1 - f.bias - f.mant_bits as i32;
    let half = scaled(1, value.exp - 1 - dense as i32);
    let distance = if below { minus(exact, &decimal) } else { minus(decimal, &exact) };
    match compare(&distance, &half) {
        std::cmp::Ordering::Equal => value.significand & 1 == 0,
        order => order.is_lt(),
    }
}

/// `value * 2^by` in little-endian words.
fn shifted(value: u128, by: usize) -> Vec<u64> {
    let (whole, part) = (by / 64, by % 64);
    let mut words = vec![0; whole];
    let over = if part == 0 { 0 } else { (value >> (128 - part)) as u64 };
    words.extend([(value << part) as u64, ((value << part) >> 64) as u64, over]);
    words
}

fn compare(a: &[u64], b: &[u64]) -> std::cmp::Ordering {
    let word = |w: &[u64], i: usize| w.get(i).copied().unwrap_or(0);
    (0..a.len().max(b.len()))
        .rev()
        .map(|i| word(a, i).cmp(&word(b, i)))
        .find(|o| o.is_ne())
        .unwrap_or(std::cmp::Ordering::Equal)
}

/// `a - b` of a greater and a smaller number.
fn minus(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    let mut borrow = false;
    for (i, w) in a.iter_mut().enumerate() {
        let (v, x) = w.overflowing_sub(b.get(i).copied().unwrap_or(0));
        let (v, y) = v.overflowing_sub(borrow as u64);
        (*w, borrow) = (v, x || y);
    }
    a
}

/// Little-endian words times a small number.
fn mul_small(words: &mut Vec<u64>, by: u64) {
    let mut carry = 0u128;
    for w in words.iter_mut() {
        let v = *w as u128 * by as u128 + carry;
        (*w, carry) = (v as u64, v >> 64);
    }
    if carry != 0 {
        words.push(carry as u64);
    }
}

fn bit_len(words: &[u64]) -> u32 {
    words.iter().rposition(|w| *w != 0).map_or(0, |i| i as u32 * 64 + 64 - words[i].leading_zeros())
}

/// The digits of LLVM's `APFloat::toString`, which rounds twice: first by dropping powers of ten that are surely not needed,
/// then half up. `digits` 0 means enough to read the value back.
fn to_string(value: &Finite, precision: u32, digits: u32, padding: u32, truncate: bool) -> String {
    let sign = if value.negative { "-" } else { "" };
    if value.significand == 0 {
        return match (padding, truncate) {
            (0, true) => format!("{sign}0.0E+0"),
            (0, false) => format!("{sign}0.0{}e+00", "0".repeat(digits.saturating_sub(1) as usize)),
            _ => format!("{sign}0"),
        };
    }
    let digits = if digits == 0 { 2 + precision * 59 / 196 } else { digits };
    let zeros = value.significand.trailing_zeros();
    let (significand, exp2) = (value.significand >> zeros, value.exp + zeros as i32);
    let mut words = vec![significand as u64, (significand >> 64) as u64];
    let mut exp = exp2.min(0);
    if exp2 >= 0 {
        words.resize(words.len() + exp2 as usize / 64 + 1, 0);
        let (whole, part) = (exp2 as usize / 64, exp2 as u32 % 64);
        let low = significand << part;
        let over = if part == 0 { 0 } else { (significand >> (128 - part)) as u64 };
        words.iter_mut().for_each(|w| *w = 0);
        words.resize(whole + 3, 0);
        (words[whole], words[whole + 1], words[whole + 2]) = (low as u64, (low >> 64) as u64, over);
    } else {
        const FIVES: u32 = 27;
        let mut left = -exp2 as u32;
        while left > 0 {
            let n = left.min(FIVES);
            mul_small(&mut words, 5u64.pow(n));
            left -= n;
        }
    }
    // What is surely not needed goes, rounded down.
    let (bits, required) = (bit_len(&words), (digits * 196 + 58) / 59);
    let mut text = decimal_digits(words);
    if bits > required {
        let removable = ((bits - required) * 59 / 196) as usize;
        text.truncate(text.len() - removable.min(text.len()));
        exp += removable as i32;
    }
    while text.len() > 1 && text.last() == Some(&b'0') {
        text.pop();
        exp += 1;
    }
    round_half_up(&mut text, &mut exp, digits as usize);
    layout(sign, &text, exp, digits, padding, truncate)
}

fn round_half_up(text: &mut Vec<u8>, exp: &mut i32, digits: usize) {
    if text.len() <= digits {
        return;
    }
    let up = text[digits] >= b'5';
    *exp += (text.len() - digits) as i32;
    text.truncate(digits);
    if up {
        while text.last() == Some(&b'9') {
            text.pop();
            *exp += 1;
        }
        match text.last_mut() {
            Some(d) => *d += 1,
            None => text.push(b'1'),
        }
    }
    while text.len() > 1 && text.last() == Some(&b'0') {
        text.pop();
        *exp += 1;
    }
}

/// Lays out `text * 10^exp`.
fn layout(sign: &str, text: &[u8], exp: i32, digits: u32, padding: u32, truncate: bool) -> String {
    let text = std::str::from_utf8(text).unwrap_or("0");
    let n = text.len() as i32;
    let scientific = if padding == 0 {
        true
    } else if exp >= 0 {
        exp as u32 > padding || (n + exp) as u32 > digits
    } else {
        let msd = exp + n - 1;
        msd < 0 && -msd as u32 > padding
    };
    if scientific {
        let power = exp + n - 1;
        let mut out = format!("{sign}{}.{}", &text[..1], &text[1..]);
        if n == 1 && truncate {
            out.push('0');
        }
        if !truncate && digits as i32 > n - 1 {
            out.push_str(&"0".repeat((digits as i32 - n + 1) as usize));
        }
        let e = if power >= 0 { '+' } else { '-' };
        return if truncate { format!("{out}E{e}{}", power.abs()) } else { format!("{out}e{e}{:02}", power.abs()) };
    }
    if exp >= 0 {
        return format!("{sign}{text}{}", "0".repeat(exp as usize));
    }
    let whole = exp + n;
    if whole > 0 {
        let (left, right) = text.split_at(whole as usize);
        format!("{sign}{left}.{right}")
    } else {
        format!("{sign}0.{}{text}", "0".repeat(-whole as usize))
    }
}

/// The bytes of `0x…` in a hexadecimal string (without its quotes).
pub(crate) fn decode_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(b"0x")?;
    if digits.len() % 2 != 0 {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks_exact(2) {
        let (high, low) = (HEX[pair[0] as usize], HEX[pair[1] as usize]);
        if high > 15 || low > 15 {
            return None;
        }
        out.push(high << 4 | low);
    }
    Some(out)
}

const HEX: [u8; 256] = {
    let mut table = [255u8; 256];
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = i as u8;
        i += 1;
    }
    let mut i = 0;
    while i < 6 {
        table[b'a' as usize + i] = 10 + i as u8;
        table[b'A' as usize + i] = 10 + i as u8;
        i += 1;
    }
    table
};

pub(crate) fn encode_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.reserve(bytes.len() * 2);
    for b in bytes {
        out.extend_from_slice(&[DIGITS[(b >> 4) as usize], DIGITS[(b & 15) as usize]]);
    }
}

/// Bytes of one element as MLIR packs it, where that is not [`Context::byte_size`]. Complex: of one part.
fn packed_size(ctx: &Context, elem: Type) -> usize {
    let part = match ctx.type_kind(elem) {
        TypeKind::Complex(part) => part,
        _ => elem,
    };
    ctx.bit_width(part).unwrap_or(8).div_ceil(8) as usize
}

fn parts(ctx: &Context, elem: Type) -> (Type, usize) {
    match ctx.type_kind(elem) {
        TypeKind::Complex(part) => (part, 2),
        _ => (elem, 1),
    }
}

/// Elements from MLIR's packing (`i1` a bit, whole bytes otherwise); `None` if the size fits neither all elements nor one.
pub(crate) fn unpack(ctx: &Context, elem: Type, raw: &[u8], total: u64) -> Option<(Vec<u8>, bool)> {
    let total = total as usize;
    if matches!(ctx.type_kind(elem), TypeKind::Integer { width: 1, .. }) {
        if total == 1 || raw.len() != total.div_ceil(8) {
            let first = *raw.first()?;
            return (raw.len() == 1).then(|| (vec![(first != 0) as u8], true));
        }
        return Some(((0..total).map(|i| raw[i / 8] >> (i % 8) & 1).collect(), false));
    }
    let (part, n) = parts(ctx, elem);
    let (packed, wide) = (packed_size(ctx, elem), ctx.byte_size(part)? as usize);
    let splat = raw.len() != total.checked_mul(packed * n)?;
    if splat && raw.len() != packed * n {
        return None;
    }
    if packed == wide {
        return Some((raw.to_vec(), splat));
    }
    let signed = !matches!(ctx.type_kind(part), TypeKind::Float(_) | TypeKind::Integer { sign: Signedness::Unsigned, .. });
    let widen = |c: &[u8]| {
        let fill = if signed && c[c.len() - 1] >= 128 { 255 } else { 0 };
        let mut v = c.to_vec();
        v.resize(wide, fill);
        v
    };
    Some((raw.chunks_exact(packed).flat_map(widen).collect(), splat))
}

/// The inverse of [`unpack`].
pub(crate) fn pack<'d>(ctx: &Context, elem: Type, data: &'d [u8]) -> std::borrow::Cow<'d, [u8]> {
    if matches!(ctx.type_kind(elem), TypeKind::Integer { width: 1, .. }) {
        let mut out = vec![0u8; data.len().div_ceil(8)];
        for (i, b) in data.iter().enumerate() {
            out[i / 8] |= (b & 1) << (i % 8);
        }
        return out.into();
    }
    let (part, _) = parts(ctx, elem);
    let (packed, wide) = (packed_size(ctx, elem), ctx.byte_size(part).unwrap_or(1) as usize);
    if packed == wide {
        return data.into();
    }
    data.chunks_exact(wide).flat_map(|c| c[..packed].to_vec()).collect::<Vec<_>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: f64, kind: FloatKind) -> String {
        let mut out = Vec::new();
        print_float(&mut out, encode(value, kind).unwrap(), kind);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn floats_are_printed_as_mlir_prints_them() {
        for (value, kind, text) in [
            (1.0, FloatKind::F32, "1.000000e+00"),
            (0.7, FloatKind::F32, "0.699999988"),
            (0.0, FloatKind::F64, "0.000000e+00"),
            (-0.0, FloatKind::F32, "-0.000000e+00"),
            (0.1, FloatKind::F64, "1.000000e-01"),
            (3.14159265, FloatKind::F64, "3.1415926500000002"),
            (1e300, FloatKind::F64, "1.000000e+300"),
            (f64::INFINITY, FloatKind::F32, "0x7F800000"),
            (0.1, FloatKind::F16, "9.997550e-02"),
            (0.1, FloatKind::F80, "0.100000000000000005551"),
            (0.1, FloatKind::F128, "0.100000000000000005551115123125782702"),
            (-2.5, FloatKind::F128, "-2.500000e+00"),
            (0.125, FloatKind::F80, "1.250000e-01"),
        ] {
            assert_eq!(shown(value, kind), text, "{value} as {kind:?}");
        }
    }
}
