//! Cutting a file into items and an item's body into clauses, by lines and brackets alone.

use super::{Reader, Slice, TOO_DEEP, UNBALANCED};
use crate::ast::Spanned;
use edge_support::{Reported, Span};

/// Words that start an item, in column 0.
pub const ITEMS: &[&str] =
    &["dialect", "op", "base", "type", "attr", "enum", "constraint", "types", "rule", "fn", "onnx", "overload", "conversion"];

/// Words that start a clause, at the start of a line outside brackets.
pub const CLAUSES: &[&str] = &[
    "operand",
    "result",
    "property",
    "attribute",
    "attr",
    "param",
    "region",
    "body",
    "successor",
    "form",
    "where",
    "verify",
    "format",
    "eval",
    "example",
    "reject",
    "onnx",
    "lowering",
    "native",
    "alias",
    "opaque",
    "since",
    "was",
    "renamed",
];

/// An item or clause: its text, and the documentation above it.
pub struct Piece<'a> {
    pub keyword: &'a str,
    pub doc: String,
    pub slice: Slice<'a>,
}

/// The word that a line starts with, if one of `words` followed by what may follow a keyword.
fn keyword(line: &str, words: &[&'static str]) -> Option<&'static str> {
    let end = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
    let word = words.iter().find(|w| **w == &line[..end])?;
    let rest = line[end..].trim_start_matches(['?', '*', '!']);
    let after = rest.trim_start();
    // `result = a + b` is a statement of an eval, not a clause; so is `format[i] = …`.
    let starts = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (starts && !after.starts_with(['=', '[', ',']) && !after.starts_with("+=")).then_some(word)
}

fn doc_line(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("///")?;
    Some(rest.strip_prefix(' ').unwrap_or(rest).trim_end())
}

/// The items of a file. Text before the first one that is neither comment nor documentation is given under the keyword "".
pub fn items<'a>(text: Slice<'a>) -> Vec<Piece<'a>> {
    pieces(text, |line, _| keyword(line, ITEMS))
}

/// The clauses of a body.
pub fn clauses<'a>(reader: &Reader<'_>, body: Slice<'a>) -> Result<Vec<Piece<'a>>, Reported> {
    let depths = line_depths(reader, body)?;
    Ok(pieces(body, |line, n| (depths[n] == 0).then(|| keyword(line.trim_start(), CLAUSES)).flatten()))
}

fn pieces<'a>(text: Slice<'a>, starts: impl Fn(&str, usize) -> Option<&'static str>) -> Vec<Piece<'a>> {
    let mut out: Vec<Piece<'a>> = vec![];
    let mut current: Option<(usize, &'static str, String)> = None;
    let (mut doc, mut doc_start) = (String::new(), None);
    let mut at = 0;
    for (n, line) in text.text.split('\n').enumerate() {
        let next = at + line.len() + 1;
        if let Some(d) = doc_line(line) {
            doc_start.get_or_insert(at);
            doc.push_str(d);
            doc.push('\n');
        } else if let Some(word) = starts(line, n) {
            finish(&mut out, text, current.take(), doc_start.take().unwrap_or(at));
            current = Some((at, word, std::mem::take(&mut doc)));
        } else if !line.trim().is_empty() && !line.trim_start().starts_with("//") {
            // Documentation that nothing follows is a comment of the text around it.
            doc.clear();
            doc_start = None;
            current.get_or_insert_with(|| (at, "", String::new()));
        }
        at = next;
    }
    finish(&mut out, text, current, doc_start.unwrap_or(text.text.len()));
    out
}

fn finish<'a>(out: &mut Vec<Piece<'a>>, text: Slice<'a>, current: Option<(usize, &'static str, String)>, end: usize) {
    if let Some((start, keyword, doc)) = current {
        out.push(Piece { keyword, doc: doc.trim_end().to_string(), slice: text.sub(start, end.max(start)) });
    }
}

/// Bracket depth at the start of every line. Strings, comments and backquoted literals do not count.
fn line_depths(reader: &Reader<'_>, text: Slice<'_>) -> Result<Vec<usize>, Reported> {
    let mut depths = vec![0];
    let mut scan = Scan::new(text);
    while let Some(c) = scan.next() {
        if c == '\n' {
            depths.push(scan.open.len());
        }
        scan.check(reader)?;
    }
    match scan.open.first() {
        Some((c, p)) => {
            Err(reader.error(UNBALANCED, Span::new(reader.file, text.at + p, text.at + p + 1), format!("`{c}` is not closed")))
        }
        None => Ok(depths),
    }
}

/// The body of an item: the head before its first `{` outside parentheses and strings, and what is between that and the last `}`.
pub fn head_and_body<'a>(reader: &Reader<'_>, item: Slice<'a>) -> Result<(Slice<'a>, Option<Slice<'a>>), Reported> {
    let mut scan = Scan::new(item);
    let mut start = None;
    while let Some(c) = scan.next() {
        if c == '{' && scan.open.len() == 1 {
            start = Some(scan.at - 1);
            break;
        }
        scan.check(reader)?;
    }
    let Some(start) = start else { return Ok((item, None)) };
    let tail = strip_comments_at_end(item.text);
    if !tail.ends_with('}') || tail.len() <= start + 1 {
        let span = Span::new(reader.file, item.at + start, item.at + start + 1);
        return Err(reader.error(UNBALANCED, span, "the `{` of this item is not closed before the next item"));
    }
    Ok((item.sub(0, start), Some(item.sub(start + 1, tail.len() - 1))))
}

fn strip_comments_at_end(text: &str) -> &str {
    let mut text = text.trim_end();
    loop {
        let line = text.rfind('\n').map_or(0, |n| n + 1);
        if line == 0 || !text[line..].trim_start().starts_with("//") {
            return text;
        }
        text = text[..line].trim_end();
    }
}

/// A walk over text that knows brackets, strings, literals and comments.
struct Scan<'a> {
    text: Slice<'a>,
    at: usize,
    open: Vec<(char, usize)>,
    bad: Option<(char, usize)>,
}

impl<'a> Scan<'a> {
    fn new(text: Slice<'a>) -> Self {
        Self { text, at: 0, open: vec![], bad: None }
    }
    /// The next character outside strings, literals and comments; newlines inside them are still given.
    fn next(&mut self) -> Option<char> {
        let rest = &self.text.text[self.at..];
        let c = rest.chars().next()?;
        match c {
            '"' => self.skip_quoted('"'),
            '`' => self.skip_quoted('`'),
            '/' if rest.starts_with("//") && self.comment_starts() => self.at += rest.find('\n').unwrap_or(rest.len()),
            _ => {
                self.bracket(c);
                self.at += c.len_utf8();
            }
        }
        Some(if c == '"' || c == '`' { ' ' } else { c })
    }
    /// `a // b` divides in an eval: a comment has the line before it to itself, or two spaces before the slashes.
    fn comment_starts(&self) -> bool {
        let before = &self.text.text[..self.at];
        let line = &before[before.rfind('\n').map_or(0, |n| n + 1)..];
        line.trim().is_empty() || line.ends_with("  ")
    }
    fn skip_quoted(&mut self, quote: char) {
        let rest = &self.text.text[self.at + 1..];
        let mut escaped = false;
        for (i, c) in rest.char_indices() {
            match c {
                '\n' => {
                    self.at += 1 + i;
                    return;
                }
                '\\' if !escaped && quote == '"' => escaped = true,
                c if c == quote && !escaped => {
                    self.at += 2 + i;
                    return;
                }
                _ => escaped = false,
            }
        }
        self.at = self.text.text.len();
    }
    fn bracket(&mut self, c: char) {
        match c {
            '(' | '[' | '{' => self.open.push((c, self.at)),
            ')' | ']' | '}' => match self.open.pop() {
                Some((o, _)) if matches!((o, c), ('(', ')') | ('[', ']') | ('{', '}')) => {}
                _ => self.bad = Some((c, self.at)),
            },
            _ => {}
        }
    }
    fn check(&mut self, reader: &Reader<'_>) -> Result<(), Reported> {
        let span = |at: usize| Span::new(reader.file, self.text.at + at, self.text.at + at + 1);
        if let Some((c, at)) = self.bad {
            return Err(reader.error(UNBALANCED, span(at), format!("`{c}` closes nothing")));
        }
        if self.open.len() > super::MAX_NESTING {
            let at = self.open.last().map_or(0, |o| o.1);
            return Err(reader.error(TOO_DEEP, span(at), format!("nested deeper than {} brackets", super::MAX_NESTING)));
        }
        Ok(())
    }
}

/// The raw text of a clause after its keyword, without a pair of braces that encloses all of it.
pub fn raw<'a>(reader: &Reader<'_>, piece: &Piece<'a>) -> Spanned<String> {
    let lead = piece.slice.text.len() - piece.slice.text.trim_start().len();
    let mut slice = piece
        .slice
        .sub(lead + piece.keyword.len(), strip_comments_at_end(piece.slice.text).len().max(lead + piece.keyword.len()));
    let trimmed = slice.text.trim();
    if piece.keyword == "eval" && trimmed.starts_with('{') && trimmed.ends_with('}') {
        let start = slice.text.find('{').unwrap_or(0) + 1;
        let end = slice.text.rfind('}').unwrap_or(slice.text.len());
        slice = slice.sub(start, end.max(start));
    }
    let span = reader.span_of(slice);
    Spanned::new(slice.text.trim().to_string(), span)
}

/// Brackets close and are not nested too deep.
pub fn check_nesting(reader: &Reader<'_>, text: Slice<'_>) -> Result<(), Reported> {
    line_depths(reader, text).map(|_| ())
}
