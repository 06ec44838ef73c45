//! Examples and rejects of definitions. What parses and prints is a crate above: it is passed in.

use super::EXAMPLE;
use crate::Registry;
use crate::model::{Reject, Text};
use edge_support::{Diagnostic, Diagnostics, Span};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What reading an example's text gave.
pub enum Outcome {
    /// It parses and verifies; this is how it is printed again.
    Printed(String),
    /// Its errors.
    Errors(Vec<Problem>),
}

/// An error in an example's text.
pub struct Problem {
    pub message: String,
    /// Where in the text.
    pub at: Option<Range<usize>>,
}

/// Whether a text was printed as it was written: line by line, without regard to indentation, empty lines and runs of blanks, and to
/// what values are called. A name stands for the same name wherever it is.
fn alike(written: &str, printed: &str) -> bool {
    let lines = |t: &str| {
        let lines = t.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|l| !l.is_empty());
        lines.collect::<Vec<_>>().join("\n")
    };
    let (written, printed) = (lines(written), lines(printed));
    let (a, b) = (pieces(&written), pieces(&printed));
    let mut names: FxHashMap<&str, &str> = FxHashMap::default();
    a.len() == b.len()
        && a.iter().zip(&b).all(|(a, b)| match (a.strip_prefix('%'), b.strip_prefix('%')) {
            (Some(a), Some(b)) => *names.entry(a).or_insert(b) == b,
            _ => a == b,
        })
}

/// A text cut into names of values and what is between them.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = vec![];
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let name = &rest[at + 1..];
        let len = name.find(|c: char| !(c.is_ascii_alphanumeric() || "_$.-".contains(c))).unwrap_or(name.len());
        out.extend([&rest[..at], &rest[at..at + 1 + len]]);
        rest = &name[len..];
    }
    out.push(rest);
    out
}

/// A definition that has examples.
struct Owner<'a> {
    name: &'a str,
    span: Span,
    examples: &'a [Text],
    rejects: &'a [Reject],
}

/// Checks that every example in the dialects that are wanted is read, verifies and is printed as it stands, and that every reject gives
/// its message.
///
/// `read` takes the text of an example: operations as they may stand in a function's body or in a module, a type, or an attribute. Values
/// that are used but not defined stand for arguments of the type in which they are used, named as written.
pub fn check_examples(registry: &Registry, wanted: &dyn Fn(&str) -> bool, read: &dyn Fn(&str) -> Outcome, diags: &Diagnostics) {
    for dialect in registry.dialects().iter().filter(|d| wanted(&d.name)) {
        let ops = dialect.ops.iter().map(|o| (&o.name, o.span, &o.examples, &o.rejects));
        let params = dialect.types.iter().chain(&dialect.attrs).map(|t| (&t.name, t.span, &t.examples, &t.rejects));
        for (name, span, examples, rejects) in ops.chain(params) {
            let owner = Owner { name, span, examples, rejects };
            owner.examples.iter().for_each(|text| owner.example(text, read, diags));
            owner.rejects.iter().for_each(|case| owner.reject(case, read, diags));
        }
    }
}

impl Owner<'_> {
    fn example(&self, text: &Text, read: &dyn Fn(&str) -> Outcome, diags: &Diagnostics) {
        match read(&text.node) {
            Outcome::Printed(printed) if alike(&text.node, &printed) => {}
            Outcome::Printed(printed) => {
                let message = format!("the example of `{}` is printed otherwise", self.name);
                let d = Diagnostic::error(EXAMPLE, message).at(text.span).also(self.span, "defined here");
                diags.push(d.note(format!("it is printed as\n{}", printed.trim_end())));
            }
            Outcome::Errors(problems) => {
                for problem in problems {
                    let message = format!("the example of `{}` is refused: {}", self.name, problem.message);
                    let span = within(text.span, problem.at);
                    diags.push(Diagnostic::error(EXAMPLE, message).at(span).also(self.span, "defined here"));
                }
            }
        }
    }
    fn reject(&self, case: &Reject, read: &dyn Fn(&str) -> Outcome, diags: &Diagnostics) {
        let d = match read(&case.text.node) {
            Outcome::Errors(problems) if matches!(&problems[..], [one] if one.message == case.message) => return,
            Outcome::Errors(problems) => {
                let message = format!("the reject of `{}` gives another message than it says", self.name);
                problems.iter().fold(Diagnostic::error(EXAMPLE, message), |d, p| d.note(format!("it gives: {}", p.message)))
            }
            Outcome::Printed(_) => Diagnostic::error(EXAMPLE, format!("the reject of `{}` is accepted", self.name)),
        };
        diags.push(d.at(case.text.span).also(self.span, "defined here"));
    }
}

/// A place in an example as a place in the file.
fn within(whole: Span, at: Option<Range<usize>>) -> Span {
    match at {
        Some(at) => {
            let place = |n: usize| whole.start.saturating_add(n as u32).min(whole.end);
            Span { start: place(at.start), end: place(at.end), ..whole }
        }
        None => whole,
    }
}
