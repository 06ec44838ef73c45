//! Memory aligned for the ABI.

use crate::abi::ALIGNMENT;

#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u8; ALIGNMENT]);

/// Zeroed bytes aligned to 64, padded to whole lines so that a vector load may read past the last element.
#[derive(Clone)]
pub struct Aligned {
    lines: Vec<Line>,
    len: usize,
}

impl Aligned {
    /// `len` bytes of zeros, and at least 64 more behind them.
    pub fn zeroed(len: usize) -> Aligned {
        Aligned { lines: vec![Line([0; ALIGNMENT]); len / ALIGNMENT + 2], len }
    }

    pub fn copy_of(bytes: &[u8]) -> Aligned {
        let mut copy = Aligned::zeroed(bytes.len());
        copy.as_mut().copy_from_slice(bytes);
        copy
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: a line is 64 plain bytes without padding, and `len` is less than the lines' bytes.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl AsMut<[u8]> for Aligned {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

/// A 64-bit FNV-1a over little-endian 64-bit words, the last one filled with zeros, and the length.
pub fn weights_hash(bytes: &[u8]) -> String {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |word: u64| hash = (hash ^ word).wrapping_mul(PRIME);
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        mix(little_endian(chunk));
    }
    mix(little_endian(rest));
    mix(bytes.len() as u64);
    format!("{hash:016x}")
}

fn little_endian(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}
