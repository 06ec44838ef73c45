//! Memory of the machine: strips to and from bytes.

use super::Fault;
use edge_dialect::core::ElemType;

/// A piece of memory.
pub enum Mem<'a> {
    Shared(&'a [u8]),
    /// `shadow`, if there is one, has one byte for each: not 0 where the memory was written.
    Exclusive {
        data: &'a mut [u8],
        shadow: Option<&'a mut [u8]>,
    },
    Owned(Vec<u8>),
}

impl Mem<'_> {
    pub fn exclusive(data: &mut [u8]) -> Mem<'_> {
        Mem::Exclusive { data, shadow: None }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Mem::Shared(data) => data,
            Mem::Exclusive { data, .. } => data,
            Mem::Owned(data) => data,
        }
    }

    pub(super) fn bytes_mut(&mut self) -> Option<&mut [u8]> {
        match self {
            Mem::Shared(_) => None,
            Mem::Exclusive { data, .. } => Some(data),
            Mem::Owned(data) => Some(data),
        }
    }

    pub(super) fn shadow(&self) -> Option<&[u8]> {
        match self {
            Mem::Exclusive { shadow: Some(s), .. } => Some(s),
            _ => None,
        }
    }

    pub(super) fn shadow_mut(&mut self) -> Option<&mut [u8]> {
        match self {
            Mem::Exclusive { shadow: Some(s), .. } => Some(s),
            _ => None,
        }
    }
}

/// A buffer: `len` elements from byte `offset` of a piece of memory. Element 0 of the piece is element `first` of the buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    pub mem: usize,
    pub offset: usize,
    pub len: i64,
    pub first: i64,
}

/// Element types as they lie in memory, and the register type they go to.
macro_rules! each_elem {
    ($elem:expr, $mac:ident) => {
        match $elem {
            ElemType::I1 | ElemType::Ui8 => $mac!(u8, 1, |v: u8| v as i64, |v: i64| v as u8),
            ElemType::I8 => $mac!(i8, 1, |v: i8| v as i64, |v: i64| v as i8),
            ElemType::I16 => $mac!(i16, 2, |v: i16| v as i64, |v: i64| v as i16),
            ElemType::Ui16 => $mac!(u16, 2, |v: u16| v as i64, |v: i64| v as u16),
            ElemType::I32 => $mac!(i32, 4, |v: i32| v as i64, |v: i64| v as i32),
            ElemType::Ui32 => $mac!(u32, 4, |v: u32| v as i64, |v: i64| v as u32),
            _ => $mac!(i64, 8, |v: i64| v, |v: i64| v),
        }
    };
}

fn read_strip<const N: usize, T, S>(
    bytes: &[u8],
    at: usize,
    stride: i64,
    out: &mut [T],
    get: impl Fn([u8; N]) -> S,
    conv: impl Fn(S) -> T,
) {
    match stride {
        1 => {
            for (o, c) in out.iter_mut().zip(bytes[at * N..].chunks_exact(N)) {
                *o = conv(get(c.try_into().unwrap_or([0; N])));
            }
        }
        s if s > 1 => {
            let step = s as usize * N;
            for (o, c) in out.iter_mut().zip(bytes[at * N..].chunks(step)) {
                *o = conv(get(c[..N].try_into().unwrap_or([0; N])));
            }
        }
        s => {
            let mut p = at as i64;
            for o in out.iter_mut() {
                let q = p as usize * N;
                *o = conv(get(bytes[q..q + N].try_into().unwrap_or([0; N])));
                p += s;
            }
        }
    }
}

fn write_strip<const N: usize, T: Copy, S>(
    bytes: &mut [u8],
    at: usize,
    stride: i64,
    src: &[T],
    conv: impl Fn(T) -> S,
    put: impl Fn(S) -> [u8; N],
) {
    if stride == 1 {
        for (v, c) in src.iter().zip(bytes[at * N..].chunks_exact_mut(N)) {
            c.copy_from_slice(&put(conv(*v)));
        }
        return;
    }
    let mut p = at as i64;
    for v in src {
        let q = p as usize * N;
        bytes[q..q + N].copy_from_slice(&put(conv(*v)));
        p += stride;
    }
}

/// Reads `out.len()` elements from element `at` on, `stride` apart; all are inside.
pub(super) fn read_ints(elem: ElemType, bytes: &[u8], at: usize, stride: i64, out: &mut [i64]) {
    macro_rules! go {
        ($t:ty, $n:literal, $to:expr, $from:expr) => {
            read_strip::<$n, i64, $t>(bytes, at, stride, out, <$t>::from_le_bytes, $to)
        };
    }
    each_elem!(elem, go)
}

pub(super) fn write_ints(elem: ElemType, bytes: &mut [u8], at: usize, stride: i64, src: &[i64]) {
    macro_rules! go {
        ($t:ty, $n:literal, $to:expr, $from:expr) => {
            write_strip::<$n, i64, $t>(bytes, at, stride, src, $from, <$t>::to_le_bytes)
        };
    }
    each_elem!(elem, go)
}

pub(super) fn read_f32s(elem: ElemType, bytes: &[u8], at: usize, stride: i64, out: &mut [f32]) {
    match elem {
        ElemType::F16 => read_strip(bytes, at, stride, out, half::f16::from_le_bytes, half::f16::to_f32),
        ElemType::Bf16 => read_strip(bytes, at, stride, out, half::bf16::from_le_bytes, half::bf16::to_f32),
        _ => read_strip(bytes, at, stride, out, f32::from_le_bytes, |v| v),
    }
}

pub(super) fn write_f32s(elem: ElemType, bytes: &mut [u8], at: usize, stride: i64, src: &[f32]) {
    match elem {
        ElemType::F16 => write_strip(bytes, at, stride, src, half::f16::from_f32, half::f16::to_le_bytes),
        ElemType::Bf16 => write_strip(bytes, at, stride, src, half::bf16::from_f32, half::bf16::to_le_bytes),
        _ => write_strip(bytes, at, stride, src, |v| v, f32::to_le_bytes),
    }
}

pub(super) fn read_f64s(bytes: &[u8], at: usize, stride: i64, out: &mut [f64]) {
    read_strip(bytes, at, stride, out, f64::from_le_bytes, |v| v)
}

pub(super) fn write_f64s(bytes: &mut [u8], at: usize, stride: i64, src: &[f64]) {
    write_strip(bytes, at, stride, src, |v| v, f64::to_le_bytes)
}

/// `acc += element * scale`, contiguous or strided.
pub(super) fn mul_add_f32(bytes: &[u8], at: usize, stride: i64, scale: f32, acc: &mut [f32]) {
    if stride == 1 {
        for (a, c) in acc.iter_mut().zip(bytes[at * 4..].chunks_exact(4)) {
            *a += f32::from_le_bytes(c.try_into().unwrap_or([0; 4])) * scale;
        }
        return;
    }
    let mut p = at as i64;
    for a in acc.iter_mut() {
        let q = p as usize * 4;
        *a += f32::from_le_bytes(bytes[q..q + 4].try_into().unwrap_or([0; 4])) * scale;
        p += stride;
    }
}

/// Fails unless elements `at`, `at + stride`, ... (`n` of them) are inside; gives the position of the first in the piece.
pub(super) fn check_strip(
    buf: u32,
    b: &Binding,
    piece_len: usize,
    size: usize,
    at: i64,
    stride: i64,
    n: usize,
) -> Result<usize, Fault> {
    let last = stride.checked_mul(n as i64 - 1).and_then(|d| at.checked_add(d)).ok_or(Fault::Overflow)?;
    let (lo, hi) = (at.min(last), at.max(last));
    let room = ((piece_len.saturating_sub(b.offset)) / size) as i64;
    if lo < b.first || hi >= b.len || hi - b.first >= room {
        let bad = if lo < b.first { lo } else { hi };
        return Err(Fault::Access { buf, at: bad, len: b.len });
    }
    Ok((at - b.first) as usize)
}
