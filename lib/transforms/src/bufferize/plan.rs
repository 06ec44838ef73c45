//! Offsets in an arena, from sizes and lifetimes.

/// A buffer of the arena: how large, and from which step to which it holds a value (both included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub bytes: u64,
    pub first: usize,
    pub last: usize,
}

/// Offsets in bytes, one per buffer, and the size of the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    pub offsets: Vec<u64>,
    pub bytes: u64,
}

/// Every buffer starts at a multiple of this, and vector code may read as far beyond its end.
pub const ALIGN: u64 = 64;

pub fn round_up(bytes: u64) -> u64 {
    bytes.div_ceil(ALIGN) * ALIGN
}

/// Greedy by size: the largest buffer first, each at the lowest offset at which it meets no buffer that lives at the same time.
/// Every buffer is followed by [`ALIGN`] bytes of slack.
pub fn place(buffers: &[Interval]) -> Placement {
    let mut order: Vec<usize> = (0..buffers.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(buffers[*i].bytes), buffers[*i].first, *i));
    let mut offsets = vec![0; buffers.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut total = 0;
    for i in order {
        let size = round_up(buffers[i].bytes) + ALIGN;
        let mut taken: Vec<(u64, u64)> = placed
            .iter()
            .filter(|j| buffers[**j].first <= buffers[i].last && buffers[i].first <= buffers[**j].last)
            .map(|j| (offsets[*j], offsets[*j] + round_up(buffers[*j].bytes) + ALIGN))
            .collect();
        taken.sort_unstable();
        let mut at = 0;
        for (start, end) in taken {
            if at + size <= start {
                break;
            }
            at = at.max(end);
        }
        offsets[i] = at;
        total = total.max(at + size);
        placed.push(i);
    }
    Placement { offsets, bytes: total }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_that_live_together_do_not_overlap() {
        let mut seed = 7u64;
        let mut random = |n: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) % n
        };
        for _ in 0..200 {
            let buffers: Vec<Interval> = (0..1 + random(30))
                .map(|_| {
                    let first = random(20) as usize;
                    Interval { bytes: random(5000), first, last: first + random(6) as usize }
                })
                .collect();
            let plan = place(&buffers);
            for (i, a) in buffers.iter().enumerate() {
                assert_eq!(plan.offsets[i] % ALIGN, 0);
                assert!(plan.offsets[i] + a.bytes <= plan.bytes);
                for (j, b) in buffers.iter().enumerate().skip(i + 1) {
                    let together = a.first <= b.last && b.first <= a.last;
                    let apart = plan.offsets[i] + a.bytes <= plan.offsets[j] || plan.offsets[j] + b.bytes <= plan.offsets[i];
                    assert!(!together || apart, "{a:?} at {} and {b:?} at {}", plan.offsets[i], plan.offsets[j]);
                }
            }
        }
    }

    #[test]
    fn a_chain_needs_two_buffers() {
        let chain: Vec<Interval> = (0..10).map(|i| Interval { bytes: 1000, first: i, last: i + 1 }).collect();
        assert_eq!(place(&chain).bytes, 2 * (1024 + ALIGN));
    }
}
