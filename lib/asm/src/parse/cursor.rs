//! The parser's place in the text, and what every part of it needs: tokens, slices, errors.

use super::{Parser, codes};
use crate::grammar::{Rule, piece};
use crate::scan::{self, ScanError};
use edge_support::{Code, Diagnostic, Reported, Span};

pub(crate) type Res<T> = Result<T, Reported>;

impl<'s> Parser<'_, 's> {
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end.max(start))
    }
    pub(crate) fn report(&self, code: Code, start: usize, end: usize, message: impl Into<String>) -> Reported {
        self.diags.error(Diagnostic::error(code, message).at(self.span(start, end)))
    }
    /// An error at the token that comes next.
    pub(crate) fn expected(&mut self, what: &str) -> Reported {
        self.space();
        let end = self.token_end(self.pos);
        let found = if self.pos >= self.end { "the end of the text" } else { &self.text[self.pos..end] };
        let at = self.missed_at(self.pos);
        self.report(codes::EXPECTED, at, end.max(at), format!("expected {what}, found `{found}`"))
    }
    /// Where a token is missed: as in MLIR, behind the last one before it, where it is the first of its line or the text ends.
    pub(crate) fn missed_at(&self, at: usize) -> usize {
        let mut end = if at >= self.text.len() { self.text.len().saturating_sub(1) } else { at };
        loop {
            end = self.bytes[..end].iter().rposition(|b| !matches!(b, b' ' | b'\t')).map_or(0, |n| n + 1);
            if end == 0 {
                return at;
            }
            if !matches!(self.bytes[end - 1], b'\n' | b'\r') {
                return if end < at { end } else { at };
            }
            end -= 1;
            // A comment on the line before does not count.
            let line = self.bytes[..end].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
            if let Some(comment) = self.bytes[line..end].windows(2).position(|w| w == b"//") {
                end = line + comment;
            }
        }
    }
    /// The error of a piece whose end was not found: where `rule` fails on what stands between `start` and there.
    pub(crate) fn unfinished(&self, rule: Rule, start: usize, e: ScanError) -> Reported {
        const FAR: usize = 4096;
        let stop = match e {
            ScanError::Unclosed(_) => self.end,
            ScanError::Mismatched(at) => at,
            ScanError::TooDeep(_) => return self.scan_error(e),
        };
        let stop = (start..=stop.min(start + FAR)).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(start);
        match piece(rule, &self.text[start..stop]) {
            Err(at) => {
                let at = self.missed_at(start + at);
                self.report(codes::UNCLOSED, at, at + 1, "this is not what can stand here, or a bracket is never closed")
            }
            Ok(_) => {
                let at = self.missed_at(stop);
                self.report(codes::UNCLOSED, at, at + 1, "a closing bracket is missing here")
            }
        }
    }
    pub(crate) fn token_end(&self, at: usize) -> usize {
        let bytes = &self.bytes[..self.end];
        let end = match bytes.get(at) {
            None => at,
            Some(b'"') => scan::skip_string(bytes, at).unwrap_or(at + 1),
            Some(b) if scan::is_suffix_char(*b) || matches!(b, b'%' | b'^' | b'@' | b'#' | b'!') => {
                scan::skip_while(bytes, at + 1, scan::is_suffix_char)
            }
            Some(_) => at + 1,
        };
        let mut end = end.min(at + 80).min(self.end);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        end
    }
    pub(crate) fn scan_error(&self, e: ScanError) -> Reported {
        match e {
            ScanError::Unclosed(at) => {
                let what = &self.text[at..at + 1];
                self.report(codes::UNCLOSED, at, at + 1, format!("`{what}` is never closed"))
            }
            ScanError::Mismatched(at) => self.report(codes::UNCLOSED, at, at + 1, "this bracket closes nothing"),
            ScanError::TooDeep(at) => {
                let message = format!("brackets are nested more than {} deep", scan::MAX_BRACKETS);
                self.report(codes::TOO_DEEP, at, at + 1, message)
            }
        }
    }
    #[inline]
    pub(crate) fn space(&mut self) {
        if let Some(b) = self.bytes.get(self.pos) {
            if *b > b' ' && *b != b'/' {
                return;
            }
        }
        self.pos = scan::skip_space(&self.bytes[..self.end], self.pos);
    }
    /// The next byte after white space, 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        self.space();
        if self.pos < self.end { self.bytes[self.pos] } else { 0 }
    }
    pub(crate) fn eat(&mut self, token: &str) -> bool {
        self.space();
        let found = self.at(token);
        if found {
            self.pos += token.len();
        }
        found
    }
    /// Whether the text goes on with `token` right here.
    pub(crate) fn at(&self, token: &str) -> bool {
        self.bytes[self.pos..self.end].starts_with(token.as_bytes())
    }
    /// The identifier that comes next, without taking it.
    pub(crate) fn word(&mut self) -> &'s str {
        self.space();
        let len = scan::word_at(&self.bytes[..self.end], self.pos).len();
        &self.text[self.pos..self.pos + len]
    }
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.pos += word.len();
        }
        found
    }
    pub(crate) fn expect(&mut self, token: &str) -> Res<()> {
        if self.eat(token) { Ok(()) } else { Err(self.expected(&format!("`{token}`"))) }
    }
    /// Takes `prefix` and the name after it; the name alone is given back.
    pub(crate) fn suffix_id(&mut self) -> &'s str {
        let start = self.pos + 1;
        let end = scan::skip_while(&self.bytes[..self.end], start, scan::is_suffix_char);
        self.pos = end;
        &self.text[start..end]
    }
    /// `@name` or `@"any name"`.
    pub(crate) fn symbol_name(&mut self) -> Res<String> {
        if self.peek() != b'@' {
            return Err(self.expected("a symbol name such as `@main`"));
        }
        self.pos += 1;
        if self.pos < self.end && self.bytes[self.pos] == b'"' {
            let bytes = self.string()?;
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        let word = scan::word_at(&self.bytes[..self.end], self.pos);
        if word.is_empty() {
            return Err(self.expected("a symbol name such as `@main`"));
        }
        self.pos += word.len();
        Ok(self.text[self.pos - word.len()..self.pos].to_owned())
    }
    /// The bytes of a string literal, escapes resolved.
    pub(crate) fn string(&mut self) -> Res<Vec<u8>> {
        if self.peek() != b'"' {
            return Err(self.expected("a string"));
        }
        let end = scan::skip_string(&self.bytes[..self.end], self.pos).map_err(|e| self.scan_error(e))?;
        let raw = &self.bytes[self.pos + 1..end - 1];
        let at = self.pos + 1;
        self.pos = end;
        unescape(raw).map_err(|i| self.report(codes::EXPECTED, at + i, at + i + 1, "unknown escape in string literal"))
    }
    /// An unsigned decimal number.
    pub(crate) fn number(&mut self) -> Res<u64> {
        self.space();
        let end = scan::skip_while(&self.bytes[..self.end], self.pos, |b| b.is_ascii_digit());
        let value = self.text[self.pos..end].parse().map_err(|_| self.expected("a number"))?;
        self.pos = end;
        Ok(value)
    }
    /// Reads what stands in `start..end` with `f`, which must use it up, then goes on after `end`.
    pub(crate) fn within<T>(&mut self, start: usize, end: usize, f: impl FnOnce(&mut Self) -> Res<T>) -> Res<T> {
        let (pos, limit) = (self.pos, self.end);
        (self.pos, self.end) = (start, end);
        let result = f(self).and_then(|value| {
            self.space();
            if self.pos < self.end { Err(self.expected("nothing more here")) } else { Ok(value) }
        });
        (self.pos, self.end) = (pos, limit);
        result
    }
    /// Enters one level of nesting; [`Parser::leave`] must follow.
    pub(crate) fn enter(&mut self) -> Res<()> {
        self.depth += 1;
        if self.depth > scan::MAX_BRACKETS {
            let at = self.pos;
            self.depth -= 1;
            return Err(self.scan_error(ScanError::TooDeep(at.min(self.text.len().saturating_sub(1)))));
        }
        Ok(())
    }
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }
}

/// Resolves `\"`, `\\`, `\n`, `\t` and `\XX`. `Err` is the offset of an unknown escape.
pub(crate) fn unescape(raw: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while i < raw.len() {
        if raw[i] != b'\\' {
            out.push(raw[i]);
            i += 1;
            continue;
        }
        let hex = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16)).map(|d| d as u8);
        match raw.get(i + 1) {
            Some(b'"') => out.push(b'"'),
            Some(b'\\') => out.push(b'\\'),
            Some(b'n') => out.push(b'\n'),
            Some(b't') => out.push(b'\t'),
            other => {
                let (Some(high), Some(low)) = (hex(other), hex(raw.get(i + 2))) else { return Err(i) };
                out.push(high << 4 | low);
                i += 1;
            }
        }
        i += 2;
    }
    Ok(out)
}
