//! `.dialect` text to [`crate::ast`]. [`split`] cuts the text, the rules of `grammar/dialect.pest` read the pieces.

mod clauses;
mod exprs;
mod items;
mod split;

use crate::ast::{File, Name, Spanned};
use edge_support::{Diagnostic, Diagnostics, FileId, Reported, SourceMap, Span, codes};
use pest::Parser;
use pest::iterators::Pair;

#[derive(pest_derive::Parser)]
#[grammar = "../../../grammar/dialect.pest"]
pub(crate) struct Grammar;

codes! {
    /// A `.dialect` file does not follow the grammar.
    SYNTAX = "E0301";
    /// An item or clause starts with a word that is no keyword.
    UNKNOWN_KEYWORD = "E0302";
    /// Brackets or strings are not closed.
    UNBALANCED = "E0303";
    /// Brackets are nested deeper than the limit.
    TOO_DEEP = "E0304";
    /// A file has no `dialect` line, or several.
    DIALECT_LINE = "E0305";
    /// A number does not fit 64 bits.
    NUMBER = "E0306";
    /// A `reject` has no message.
    REJECT_MESSAGE = "E0307";
}

/// Deepest nesting of brackets in a definition.
pub const MAX_NESTING: usize = 64;

/// The reader of one file: where it is, and where its errors go.
pub(crate) struct Reader<'a> {
    pub file: FileId,
    pub diags: &'a Diagnostics,
}

/// A slice of the file and the offset of its start.
#[derive(Clone, Copy)]
pub(crate) struct Slice<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Slice<'a> {
    fn sub(self, from: usize, to: usize) -> Slice<'a> {
        Slice { text: &self.text[from..to], at: self.at + from }
    }
}

impl Reader<'_> {
    pub fn span(&self, at: usize, pair: &Pair<'_, Rule>) -> Span {
        let s = pair.as_span();
        let text = s.as_str().trim_end();
        Span::new(self.file, at + s.start(), at + s.start() + text.len())
    }
    pub fn span_of(&self, slice: Slice<'_>) -> Span {
        let text = slice.text.trim_end();
        let lead = text.len() - text.trim_start().len();
        Span::new(self.file, slice.at + lead, slice.at + text.len())
    }
    pub fn name(&self, at: usize, pair: &Pair<'_, Rule>) -> Name {
        Spanned::new(pair.as_str().trim().to_string(), self.span(at, pair))
    }
    pub fn error(&self, code: edge_support::Code, span: Span, message: impl Into<String>) -> Reported {
        self.diags.error(Diagnostic::error(code, message).at(span))
    }
    /// Applies one rule to a whole slice and gives the pair of the rule itself.
    pub fn apply<'t>(&self, rule: Rule, slice: Slice<'t>) -> Result<Pair<'t, Rule>, Reported> {
        self.check_depth(slice)?;
        match Grammar::parse(rule, slice.text) {
            Ok(mut pairs) => pairs.next().ok_or_else(|| self.error(SYNTAX, self.span_of(slice), "nothing to read here")),
            Err(e) => Err(self.syntax_error(slice, &e)),
        }
    }
    /// The rules recurse on brackets, angle brackets and `not`, so these are bounded before a rule is applied. A `<` that compares
    /// counts too: the limit leaves room for it.
    fn check_depth(&self, slice: Slice<'_>) -> Result<(), Reported> {
        let mut depth = 0usize;
        for (at, c) in slice.text.char_indices() {
            match c {
                '(' | '[' | '{' | '<' => depth += 1,
                ')' | ']' | '}' | '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 4 * MAX_NESTING {
                let span = Span::new(self.file, slice.at + at, slice.at + at + 1);
                return Err(self.error(TOO_DEEP, span, format!("nested deeper than {} brackets", 4 * MAX_NESTING)));
            }
        }
        match slice.text.match_indices("not").nth(4 * MAX_NESTING) {
            Some((at, word)) => {
                let span = Span::new(self.file, slice.at + at, slice.at + at + word.len());
                Err(self.error(TOO_DEEP, span, format!("more than {} times `not`", 4 * MAX_NESTING)))
            }
            None => Ok(()),
        }
    }
    fn syntax_error(&self, slice: Slice<'_>, e: &pest::error::Error<Rule>) -> Reported {
        let (start, end) = match e.location {
            pest::error::InputLocation::Pos(p) => (p, p),
            pest::error::InputLocation::Span((a, b)) => (a, b),
        };
        let end = slice.text[end..].chars().next().map_or(end, |c| end + c.len_utf8());
        let message = match &e.variant {
            pest::error::ErrorVariant::ParsingError { positives, .. } => {
                let mut names: Vec<String> = positives.iter().map(|r| rule_name(*r)).collect();
                names.sort();
                names.dedup();
                format!("expected {}", names.join(", "))
            }
            pest::error::ErrorVariant::CustomError { message } => message.clone(),
        };
        self.error(SYNTAX, Span::new(self.file, slice.at + start, slice.at + end), message)
    }
    pub fn integer(&self, at: usize, pair: &Pair<'_, Rule>) -> Result<i64, Reported> {
        let text = pair.as_str().trim();
        text.parse().map_err(|_| self.error(NUMBER, self.span(at, pair), format!("{text} does not fit 64 bits")))
    }
}

/// What a person calls a rule of the grammar.
fn rule_name(rule: Rule) -> String {
    match rule {
        Rule::EOI => "the end of the clause".into(),
        Rule::ident | Rule::dotted | Rule::name | Rule::attr_name | Rule::dashed => "a name".into(),
        Rule::term | Rule::term_single => "a constraint".into(),
        Rule::integer | Rule::float => "a number".into(),
        Rule::string => "a string".into(),
        Rule::variable => "a `$variable`".into(),
        Rule::dim => "an extent".into(),
        Rule::compare_op | Rule::sum_op | Rule::product_op => "an operator".into(),
        Rule::element | Rule::group | Rule::oilist | Rule::field | Rule::directive | Rule::literal => {
            "an element of a format".into()
        }
        other => format!("{other:?}").replace('_', " "),
    }
}

/// Reads one `.dialect` text. All errors that can be found are reported, then the result is `Err`.
pub fn parse(sources: &SourceMap, file: FileId, diags: &Diagnostics) -> Result<File, Reported> {
    let source = sources.file(file);
    let reader = Reader { file, diags };
    let before = diags.errors();
    let parsed = items::file(&reader, Slice { text: source.text(), at: 0 });
    match parsed {
        Ok(parsed) if diags.errors() == before => Ok(parsed),
        Ok(parsed) => Err(reader.error(SYNTAX, parsed.name.span, format!("dialect `{}` was not read", parsed.name.node))),
        Err(reported) => Err(reported),
    }
}

/// The value of a quoted string: `\n`, `\t`, `\"`, `\\` are understood, other escapes are kept.
pub(crate) fn unquote(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, false) => out.push(c),
            _ => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(e @ ('"' | '\\')) => out.push(e),
                Some(e) => out.extend(['\\', e]),
                None => out.push('\\'),
            },
        }
    }
    out
}
