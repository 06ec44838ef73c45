//! What a text said when it was last read: each distinct text of a type or attribute is parsed once.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// Values by slices of one text. Holds positions, not copies.
pub(crate) struct TextCache<T> {
    table: HashTable<(u32, u32, T)>,
}

impl<T> Default for TextCache<T> {
    fn default() -> Self {
        Self { table: HashTable::new() }
    }
}

/// Longer texts are seldom met twice, and hashing them costs as much as it saves.
const LONGEST: usize = 4096;

impl<T: Copy> TextCache<T> {
    pub fn get(&self, text: &[u8], start: usize, end: usize) -> Option<T> {
        if end - start > LONGEST {
            return None;
        }
        let slice = &text[start..end];
        let hash = FxBuildHasher.hash_one(slice);
        let found = self
            .table
            .find(hash, |(at, len, _)| *len as usize == slice.len() && text[*at as usize..][..*len as usize] == *slice);
        found.map(|e| e.2)
    }
    pub fn put(&mut self, text: &[u8], start: usize, end: usize, value: T) {
        if end - start > LONGEST {
            return;
        }
        let hash = FxBuildHasher.hash_one(&text[start..end]);
        let again = |e: &(u32, u32, T)| FxBuildHasher.hash_one(&text[e.0 as usize..][..e.1 as usize]);
        self.table.insert_unique(hash, (start as u32, (end - start) as u32, value), again);
    }
}
