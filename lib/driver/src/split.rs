//! `--split-input-file`: parts between markers, as mlir-opt splits them.

use std::ops::Range;

/// What separates parts where nothing else is said.
pub const MARKER: &str = "// -----";

/// The parts of a text and, as byte ranges, what nearly is a marker.
pub struct Parts {
    pub parts: Vec<Range<usize>>,
    pub near_misses: Vec<Range<usize>>,
}

/// Splits at each marker that something follows. A near miss is a marker without its last two characters.
pub fn split(text: &str, marker: &str) -> Parts {
    let mut near = marker.char_indices().rev().nth(1).map_or(marker, |(at, _)| &marker[..at]);
    if near.is_empty() {
        near = marker;
    }
    let (mut parts, mut near_misses, mut start, mut at) = (Vec::new(), Vec::new(), 0, 0);
    while let Some(found) = text[at..].find(near).map(|n| at + n) {
        let end = found + marker.len();
        let whole = text[found..].starts_with(marker);
        at = if whole { end } else { found + near.len() };
        if whole && end < text.len() {
            parts.extend(Some(start..found).filter(|p| !p.is_empty()));
            start = end;
        } else {
            near_misses.push(found..at);
        }
    }
    parts.extend(Some(start..text.len()).filter(|p| !p.is_empty() || parts.is_empty()));
    Parts { parts, near_misses }
}

/// A part as a file in which everything stands on the line and in the column that it has in the whole.
pub fn padded(text: &str, part: Range<usize>) -> String {
    let before = &text[..part.start];
    let last = before.rfind('\n').map_or(0, |at| at + 1);
    let mut out = "\n".repeat(before.bytes().filter(|b| *b == b'\n').count());
    out.extend(before[last..].chars().map(|_| ' '));
    out + &text[part]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts<'t>(text: &'t str, marker: &str) -> (Vec<&'t str>, usize) {
        let split = split(text, marker);
        (split.parts.into_iter().map(|p| &text[p]).collect(), split.near_misses.len())
    }

    #[test]
    fn markers_split_and_near_misses_do_not() {
        assert_eq!(parts("a\n// -----\nb\nc\n// -----\n", MARKER), (vec!["a\n", "\nb\nc\n", "\n"], 0));
        assert_eq!(parts("a // -----\nb", MARKER), (vec!["a ", "\nb"], 0));
        assert_eq!(parts("a\n// ----\nb\n// -----", MARKER), (vec!["a\n// ----\nb\n// -----"], 2));
        assert_eq!(parts("// -----\na", MARKER), (vec!["\na"], 0));
        assert_eq!(parts("", MARKER), (vec![""], 0));
        assert_eq!(parts("a\n//\u{e9}--\nb", "//\u{e9}--"), (vec!["a\n", "\nb"], 0));
    }

    #[test]
    fn parts_keep_lines_and_columns() {
        assert_eq!(padded("a\nb // -----c", 12..13), "\n          c");
        assert_eq!(padded("a", 0..1), "a");
    }
}
