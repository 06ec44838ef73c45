//! Finding where a piece of text ends, without reading it: brackets, strings, comments.

/// The deepest nesting of brackets inside one type or attribute.
pub const MAX_BRACKETS: usize = 256;

/// Why a piece has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanError {
    Unclosed(usize),
    Mismatched(usize),
    TooDeep(usize),
}

pub(crate) fn is_id_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_'
}
pub(crate) fn is_id_char(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.')
}
pub(crate) fn is_suffix_char(b: u8) -> bool {
    is_id_char(b) || b == b'-'
}

/// The position after white space and comments.
pub(crate) fn skip_space(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at) {
            Some(b' ' | b'\n' | b'\t' | b'\r') => at += 1,
            Some(b'/') if text.get(at + 1) == Some(&b'/') => {
                at = text[at..].iter().position(|b| *b == b'\n').map_or(text.len(), |n| at + n);
            }
            _ => return at,
        }
    }
}

/// The position after the string that opens at `at`.
pub(crate) fn skip_string(text: &[u8], at: usize) -> Result<usize, ScanError> {
    let mut i = at + 1;
    loop {
        match text.get(i) {
            Some(b'"') => return Ok(i + 1),
            Some(b'\\') => i += 2,
            Some(b'\n') | None => return Err(ScanError::Unclosed(at)),
            Some(_) => i += 1,
        }
    }
}

/// The position after the bracket that closes the one at `at`. Inside `<…>`, `->`, `>=` and `<=` are no brackets.
pub(crate) fn skip_balanced(text: &[u8], at: usize) -> Result<usize, ScanError> {
    let mut open: smallvec::SmallVec<[(u8, usize); 16]> = smallvec::SmallVec::new();
    let mut i = at;
    loop {
        let Some(&b) = text.get(i) else { return Err(ScanError::Unclosed(open.last().map_or(at, |o| o.1))) };
        let next = text.get(i + 1).copied().unwrap_or(0);
        match b {
            b'"' => {
                i = skip_string(text, i)?;
                continue;
            }
            b'-' | b'=' if next == b'>' => i += 1,
            b'<' | b'>' if next == b'=' => i += 1,
            b'<' | b'(' | b'[' | b'{' => {
                let close = match b {
                    b'<' => b'>',
                    b'(' => b')',
                    b'[' => b']',
                    _ => b'}',
                };
                if open.len() == MAX_BRACKETS {
                    return Err(ScanError::TooDeep(i));
                }
                open.push((close, i));
            }
            b'>' | b')' | b']' | b'}' => {
                match open.pop() {
                    Some((close, _)) if close == b => {}
                    _ => return Err(ScanError::Mismatched(i)),
                }
                if open.is_empty() {
                    return Ok(i + 1);
                }
            }
            b'/' if next == b'/' && open.last().is_some_and(|o| o.0 != b'>') => {
                i = skip_space(text, i);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
}

/// The position after the type that starts at `at`; `at` itself where none does.
pub(crate) fn skip_type(text: &[u8], at: usize) -> Result<usize, ScanError> {
    let mut i = at;
    // A function type's result may be a type again.
    loop {
        match text.get(i) {
            Some(b'!') => return skip_symbol(text, i),
            Some(b'(') => {
                let arrow = skip_space(text, skip_balanced(text, i)?);
                if text.get(arrow..arrow + 2) != Some(b"->") {
                    return Ok(at);
                }
                i = skip_space(text, arrow + 2);
                if text.get(i) == Some(&b'(') {
                    let end = skip_balanced(text, i)?;
                    let after = skip_space(text, end);
                    if text.get(after..after + 2) != Some(b"->") {
                        return Ok(end);
                    }
                    // `(a) -> (b) -> c`: only the parenthesised form of a nested function type is legal.
                    return Ok(end);
                }
            }
            Some(b) if is_id_start(*b) => {
                let end = skip_while(text, i, is_id_char);
                if !matches!(&text[i..end], b"tensor" | b"memref" | b"vector" | b"complex" | b"tuple") {
                    return Ok(end);
                }
                let open = skip_space(text, end);
                return if text.get(open) == Some(&b'<') { skip_balanced(text, open) } else { Ok(end) };
            }
            _ => return Ok(at),
        }
    }
}

/// The position after `!name`, `#name` with the `<…>` that follows directly.
pub(crate) fn skip_symbol(text: &[u8], at: usize) -> Result<usize, ScanError> {
    let end = skip_while(text, at + 1, is_suffix_char);
    if text.get(end) == Some(&b'<') && end > at + 1 { skip_balanced(text, end) } else { Ok(end) }
}

pub(crate) fn skip_while(text: &[u8], at: usize, keep: impl Fn(u8) -> bool) -> usize {
    text[at.min(text.len())..].iter().position(|b| !keep(*b)).map_or(text.len(), |n| at + n)
}

/// Whether the bytes between two positions of a text agree with a keyword that ends there.
pub(crate) fn word_at<'t>(text: &'t [u8], at: usize) -> &'t [u8] {
    match text.get(at) {
        Some(b) if is_id_start(*b) => &text[at..skip_while(text, at, is_id_char)],
        _ => &[],
    }
}
