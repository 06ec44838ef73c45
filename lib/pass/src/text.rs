//! Pipeline text: `builtin.module(canonicalize{max-rounds=3},func.func(cse))`. Comments run from `//` to the end of the line.

use edge_support::{Diagnostic, Diagnostics, FileId, Reported, SourceMap, Span};

edge_support::codes! {
    /// The text of a pipeline is malformed.
    PIPELINE_SYNTAX = "E0602";
}

/// The deepest nesting of anchors.
const MAX_DEPTH: usize = 32;

/// A pass, a named pipeline, or an anchor with what is nested under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub name: String,
    pub span: Span,
    pub options: Vec<OptionText>,
    pub nested: Option<Vec<Node>>,
}

/// `key=value`; a flag has an empty value.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionText {
    pub key: String,
    pub value: String,
    pub span: Span,
}

/// Reads a list of passes; the whole file is the list.
pub fn parse(sources: &SourceMap, file: FileId, diags: &Diagnostics) -> Result<Vec<Node>, Reported> {
    let text = sources.file(file).text().to_owned();
    let mut p = Parser { text: &text, at: 0, file, diags };
    let nodes = p.list(0)?;
    p.skip();
    if p.at < text.len() {
        return Err(p.error("expected `,` or the end of the pipeline"));
    }
    Ok(nodes)
}

/// Reads `key=value key2=a,b flag`; the whole file is the options.
pub fn parse_options(sources: &SourceMap, file: FileId, diags: &Diagnostics) -> Result<Vec<OptionText>, Reported> {
    let text = sources.file(file).text().to_owned();
    let mut p = Parser { text: &text, at: 0, file, diags };
    let options = p.options(None)?;
    Ok(options)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    file: FileId,
    diags: &'a Diagnostics,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }
    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }
    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start, self.at)
    }
    fn error(&self, message: &str) -> Reported {
        let end = self.at + self.peek().map_or(0, char::len_utf8);
        self.diags.error(Diagnostic::error(PIPELINE_SYNTAX, message).at(Span::new(self.file, self.at, end)))
    }
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            if !self.rest().starts_with("//") {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }
    fn eat(&mut self, c: char) -> bool {
        self.skip();
        let found = self.peek() == Some(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }
    fn word(&mut self) -> &str {
        let start = self.at;
        let end = self.rest().find(|c: char| !(c.is_alphanumeric() || "_-.$".contains(c)));
        self.at += end.unwrap_or(self.rest().len());
        &self.text[start..self.at]
    }
    fn list(&mut self, depth: usize) -> Result<Vec<Node>, Reported> {
        let mut nodes = Vec::new();
        self.skip();
        if self.at == self.text.len() || self.peek() == Some(')') {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.node(depth)?);
            if !self.eat(',') {
                return Ok(nodes);
            }
        }
    }
    fn node(&mut self, depth: usize) -> Result<Node, Reported> {
        self.skip();
        let start = self.at;
        let name = self.word().to_owned();
        if name.is_empty() {
            return Err(self.error("expected the name of a pass or of an operation"));
        }
        let span = self.span(start);
        let options = if self.eat('{') { self.options(Some('}'))? } else { Vec::new() };
        let mut nested = None;
        if self.eat('(') {
            if depth >= MAX_DEPTH {
                return Err(self.error("the pipeline is nested too deeply"));
            }
            nested = Some(self.list(depth + 1)?);
            if !self.eat(')') {
                return Err(self.error("expected `,` or `)`"));
            }
        }
        Ok(Node { name, span, options, nested })
    }
    fn options(&mut self, close: Option<char>) -> Result<Vec<OptionText>, Reported> {
        let mut options = Vec::new();
        loop {
            self.skip();
            match (self.peek(), close) {
                (None, None) => return Ok(options),
                (None, Some(_)) => return Err(self.error("expected `}`")),
                (c, Some(_)) if c == close => {
                    self.at += 1;
                    return Ok(options);
                }
                _ => {}
            }
            let start = self.at;
            let key = self.word().to_owned();
            if key.is_empty() {
                return Err(self.error("expected the name of an option"));
            }
            let value = if self.eat('=') { self.value()? } else { String::new() };
            options.push(OptionText { key, value, span: self.span(start) });
        }
    }
    /// A value ends at a space or a closing brace outside of brackets and quotes. Quotes around all of it are taken off.
    fn value(&mut self) -> Result<String, Reported> {
        let (start, mut depth, mut quote) = (self.at, 0usize, None);
        while let Some(c) = self.peek() {
            match (quote, c) {
                (Some(q), _) if q == c => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '{' | '[' | '(') => depth += 1,
                (None, '}' | ']' | ')') if depth > 0 => depth -= 1,
                (None, '}') => break,
                (None, c) if depth == 0 && c.is_whitespace() => break,
                _ => {}
            }
            self.at += c.len_utf8();
        }
        if quote.is_some() || depth > 0 {
            return Err(self.error("the value of the option does not end"));
        }
        let value = &self.text[start..self.at];
        let bare = ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q));
        Ok(bare.unwrap_or(value).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Node>, String> {
        let (sources, diags) = (SourceMap::new(), Diagnostics::new());
        let file = sources.add("<pipeline>", text);
        parse(&sources, file, &diags).map_err(|_| diags.render(&sources))
    }

    #[test]
    fn nested_with_options() {
        let nodes = read("builtin.module( a, // first\n func.func(b{x=1 y={c, d} z='p q' w},c))").unwrap();
        let inner = nodes[0].nested.as_ref().unwrap();
        assert_eq!((inner[0].name.as_str(), inner[1].name.as_str()), ("a", "func.func"));
        let b = &inner[1].nested.as_ref().unwrap()[0];
        let options: Vec<_> = b.options.iter().map(|o| (o.key.as_str(), o.value.as_str())).collect();
        assert_eq!(options, [("x", "1"), ("y", "{c, d}"), ("z", "p q"), ("w", "")]);
    }

    #[test]
    fn errors_point_into_the_text() {
        for (text, column) in [("a(", "1:3"), ("a,", "1:3"), ("a{x=", "1:5"), ("a{x='b}", "1:8"), ("a)", "1:2"), ("a b", "1:3")]
        {
            let message = read(text).unwrap_err();
            assert!(message.contains(&format!("<pipeline>:{column}")), "{text}: {message}");
        }
        assert!(read(&"a(".repeat(10_000)).unwrap_err().contains("too deeply"));
    }
}
