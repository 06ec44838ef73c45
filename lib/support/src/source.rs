//! Source files and byte ranges in them.

use bytes::Bytes;
use std::sync::{Arc, RwLock};

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A byte range `start..end` of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that it is in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of a file.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self { file, start: start as u32, end: end as u32 }
    }
    /// The smallest span that holds both; `self` where they lie in different files.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One source text. Line starts are found on first use.
pub struct SourceFile {
    /// As messages name it.
    pub name: String,
    /// All of it, UTF-8.
    bytes: Bytes,
    lines: std::sync::OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// The whole text. Goes through it once, so whoever needs it often keeps it.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }
    /// The whole text, as bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            std::iter::once(0)
                .chain(self.bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i as u32 + 1))
                .collect()
        })
    }
    /// One-based line and column (in bytes, as MLIR counts) of a byte offset.
    pub fn line_col(&self, offset: u32) -> (u32, u32) {
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s <= offset) - 1;
        (line as u32 + 1, offset - starts[line] + 1)
    }
    /// The byte offset of a one-based line and column, if the file has that line.
    pub fn offset(&self, line: u32, col: u32) -> Option<u32> {
        let starts = self.line_starts();
        let start = *starts.get(line.checked_sub(1)? as usize)?;
        let end = starts.get(line as usize).copied().unwrap_or(self.bytes.len() as u32);
        Some((start + col.saturating_sub(1)).min(end))
    }
    /// The byte range of a zero-based line, without its newline.
    pub fn line_range(&self, line: usize) -> Option<std::ops::Range<usize>> {
        let starts = self.line_starts();
        let start = *starts.get(line)? as usize;
        let end = starts.get(line + 1).map_or(self.bytes.len(), |e| *e as usize - 1);
        Some(start..end.max(start))
    }
    /// The number of the line, from 0, that a byte is in.
    pub fn line_index(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|s| *s as usize <= offset) - 1
    }
}

/// The texts that spans point into. Shared between threads; files are only ever added.
///
/// A map may stand over another: its files are numbered after those that the other has by then, which it finds too. So a diagnostic can point
/// into an input and into a definition that was read long before.
#[derive(Default)]
pub struct SourceMap {
    base: Option<Arc<SourceMap>>,
    /// The number of the first file of its own.
    first: u32,
    files: RwLock<Vec<Arc<SourceFile>>>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }
    /// An empty map over another.
    pub fn over(base: Arc<SourceMap>) -> Self {
        let first = base.len();
        Self { base: Some(base), first, files: RwLock::default() }
    }
    fn own(&self) -> std::sync::RwLockReadGuard<'_, Vec<Arc<SourceFile>>> {
        self.files.read().unwrap_or_else(|e| e.into_inner())
    }
    fn len(&self) -> u32 {
        self.first + self.own().len() as u32
    }
    /// Adds a text under a display name. Texts of 4 GiB and more do not fit a span and are cut off there.
    pub fn add(&self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.insert(name.into(), Bytes::from(text.into()))
    }
    /// Adds a text that is not copied: a mapped file, or a part of one.
    ///
    /// # Errors
    /// The place of the first byte that is no UTF-8.
    pub fn add_bytes(&self, name: impl Into<String>, bytes: Bytes) -> Result<FileId, usize> {
        std::str::from_utf8(&bytes).map_err(|e| e.valid_up_to())?;
        Ok(self.insert(name.into(), bytes))
    }
    fn insert(&self, name: String, bytes: Bytes) -> FileId {
        let file = SourceFile { name, bytes, lines: Default::default() };
        let mut files = self.files.write().unwrap_or_else(|e| e.into_inner());
        files.push(Arc::new(file));
        FileId(self.first + files.len() as u32 - 1)
    }
    /// A file of this map or of those below.
    ///
    /// # Panics
    /// If no map gave the number.
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        self.get(id).expect("the file of a span is one of its map")
    }
    /// The file, if it is one of this map or of those below.
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        match id.0.checked_sub(self.first) {
            Some(own) => self.own().get(own as usize).cloned(),
            None => self.base.as_ref()?.get(id),
        }
    }
    /// The latest file of that name.
    pub fn find(&self, name: &str) -> Option<FileId> {
        let own = self.own().iter().rposition(|f| f.name == name).map(|i| FileId(self.first + i as u32));
        own.or_else(|| self.base.as_ref()?.find(name))
    }
    /// The span of a one-based line and column of a named file, one character wide.
    pub fn span_at(&self, name: &str, line: u32, col: u32) -> Option<Span> {
        let file = self.find(name)?;
        let text = self.file(file);
        let start = text.offset(line, col)?;
        let rest = text.bytes.get(start as usize..).unwrap_or_default();
        let end = match rest.iter().skip(1).position(|b| b & 0xC0 != 0x80) {
            _ if rest.is_empty() => start,
            more => start + 1 + more.unwrap_or(rest.len() - 1) as u32,
        };
        Some(Span { file, start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_over_another_finds_the_files_of_both() {
        let base = Arc::new(SourceMap::new());
        let first = base.add("a", "one");
        let over = SourceMap::over(base.clone());
        let second = over.add("b", "two");
        assert_ne!(first, second);
        assert_eq!((over.file(first).text(), over.file(second).text()), ("one", "two"));
        assert_eq!((over.find("a"), over.find("b"), base.find("b")), (Some(first), Some(second), None));
        assert!(base.get(second).is_none());
    }
}
