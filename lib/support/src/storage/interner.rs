//! Uniquing: equal values get equal 32-bit ids, and an id gives its value back without a lock.
//!
//! Sharded: each shard has a lock, a hash table, a bump arena for what the values own, and a table of values whose
//! chunks never move. Reading a value takes no lock.

use bumpalo::Bump;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// What an [`Interner`] holds: `Item<'a>` borrows its slices from an arena that lives for `'a`.
pub trait Family: 'static {
    /// A value, borrowed from an arena or from whoever asks for it.
    type Item<'a>: Copy + Eq + Hash;
    /// Copies what `item` borrows into the arena.
    fn store<'a>(item: Self::Item<'_>, arena: &'a Bump) -> Self::Item<'a>;
}

const SHARD_BITS: u32 = 4;
const SHARDS: usize = 1 << SHARD_BITS;
/// Chunk `n` holds `FIRST << n` items, so 24 chunks hold every index that 28 bits can name.
const FIRST: usize = 64;
const CHUNKS: usize = 24;

struct Locked {
    table: HashTable<(u32, u32)>,
    arena: Bump,
}

struct Shard<T> {
    locked: Mutex<Locked>,
    len: AtomicU32,
    chunks: [AtomicPtr<T>; CHUNKS],
}

/// See the module.
pub struct Interner<F: Family> {
    shards: [Shard<F::Item<'static>>; SHARDS],
}

// SAFETY: `Locked` (with its `Bump`) is reached only under its mutex; items are `Copy` data that is never written again once
// its id exists, and are shared only as `&Item`/copies. `Item: Copy` rules out interior ownership; families hold plain data.
unsafe impl<F: Family> Sync for Interner<F> where for<'a> F::Item<'a>: Send + Sync {}
// SAFETY: as above; the raw chunk pointers are owned by this interner.
unsafe impl<F: Family> Send for Interner<F> where for<'a> F::Item<'a>: Send + Sync {}

fn locate(index: u32) -> (usize, usize) {
    let n = index as usize / FIRST + 1;
    let chunk = n.ilog2() as usize;
    (chunk, index as usize - ((1usize << chunk) - 1) * FIRST)
}

impl<F: Family> Default for Interner<F> {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Shard {
                locked: Mutex::new(Locked { table: HashTable::new(), arena: Bump::new() }),
                len: AtomicU32::new(0),
                chunks: std::array::from_fn(|_| AtomicPtr::new(std::ptr::null_mut())),
            }),
        }
    }
}

impl<F: Family> Interner<F> {
    /// An empty interner.
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of `item`, new or known.
    ///
    /// # Panics
    /// Beyond 2^28 items in one of the 16 shards.
    pub fn intern(&self, item: F::Item<'_>) -> u32 {
        let hash = FxBuildHasher.hash_one(item);
        let shard_index = (hash >> 57) as usize & (SHARDS - 1);
        let shard = &self.shards[shard_index];
        let mut locked = shard.locked.lock().unwrap_or_else(|e| e.into_inner());
        let short = hash as u32;
        let known = locked.table.find(hash, |(h, index)| *h == short && Self::read(shard, *index) == shorten::<F>(item));
        if let Some((_, index)) = known {
            return index << SHARD_BITS | shard_index as u32;
        }
        let index = shard.len.load(Ordering::Relaxed);
        assert!(index < 1 << (32 - SHARD_BITS), "more than 2^28 distinct values in one shard");
        // SAFETY: the arena is owned by this interner and frees nothing before the interner is dropped; no item is handed out for
        // longer than a borrow of the interner (`get`), so extending the lifetime inside is sound.
        let stored = unsafe { std::mem::transmute::<F::Item<'_>, F::Item<'static>>(F::store(item, &locked.arena)) };
        let (chunk, offset) = locate(index);
        let mut base = shard.chunks[chunk].load(Ordering::Acquire);
        if base.is_null() {
            let layout = std::alloc::Layout::array::<F::Item<'static>>(FIRST << chunk).expect("a chunk's size fits");
            // SAFETY: the layout is not zero-sized (items are not), and the result is checked.
            base = unsafe { std::alloc::alloc(layout) }.cast();
            if base.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            shard.chunks[chunk].store(base, Ordering::Release);
        }
        // SAFETY: `offset` is inside the chunk, the slot was never written, and no id for it exists yet.
        unsafe { base.add(offset).write(stored) };
        shard.len.store(index + 1, Ordering::Release);
        locked.table.insert_unique(hash, (short, index), |(_, i)| FxBuildHasher.hash_one(Self::read(shard, *i)));
        index << SHARD_BITS | shard_index as u32
    }

    fn read(shard: &Shard<F::Item<'static>>, index: u32) -> F::Item<'static> {
        let (chunk, offset) = locate(index);
        let base = shard.chunks[chunk].load(Ordering::Acquire);
        // SAFETY: callers pass indices below `len`, whose slots are written before the index is known to anyone; whoever holds an
        // id from another thread got it by a synchronising hand-over, which orders the write before this read.
        unsafe { *base.add(offset) }
    }

    /// The value of an id that this interner gave.
    ///
    /// # Panics
    /// If no value of this interner has that id.
    pub fn get(&self, id: u32) -> F::Item<'_> {
        let shard = &self.shards[id as usize & (SHARDS - 1)];
        let index = id >> SHARD_BITS;
        assert!(index < shard.len.load(Ordering::Acquire), "an id of another context");
        // SAFETY: shortens the lifetime to that of the borrow of `self`.
        unsafe { std::mem::transmute::<F::Item<'static>, F::Item<'_>>(Self::read(shard, index)) }
    }
}

/// Lets an item of any lifetime be compared with stored ones.
fn shorten<F: Family>(item: F::Item<'_>) -> F::Item<'static> {
    // SAFETY: used for one comparison only; the result does not leave `intern`.
    unsafe { std::mem::transmute::<F::Item<'_>, F::Item<'static>>(item) }
}

impl<F: Family> Drop for Interner<F> {
    fn drop(&mut self) {
        for shard in &mut self.shards {
            for (n, chunk) in shard.chunks.iter_mut().enumerate() {
                let base = *chunk.get_mut();
                if !base.is_null() {
                    let layout = std::alloc::Layout::array::<F::Item<'static>>(FIRST << n).expect("as allocated");
                    // SAFETY: allocated above with this layout; items are `Copy` and need no drop.
                    unsafe { std::alloc::dealloc(base.cast(), layout) };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Strings;
    impl Family for Strings {
        type Item<'a> = &'a str;
        fn store<'a>(item: &str, arena: &'a Bump) -> &'a str {
            arena.alloc_str(item)
        }
    }

    #[test]
    fn equal_values_get_equal_ids_on_all_threads() {
        let interner = Interner::<Strings>::new();
        let ids: Vec<Vec<u32>> = std::thread::scope(|s| {
            let run = || (0..5000).map(|i| interner.intern(&format!("v{i}"))).collect::<Vec<_>>();
            let threads: Vec<_> = (0..4).map(|_| s.spawn(run)).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|i| *i == ids[0]));
        for (i, id) in ids[0].iter().enumerate() {
            assert_eq!(interner.get(*id), format!("v{i}"));
        }
    }
}
