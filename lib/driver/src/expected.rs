//! `--verify-diagnostics`: comments say which diagnostics there must be, as mlir-opt reads them.
//!
//! ```text
//! // expected-error {{text}}                  on this line
//! // expected-warning@+1 {{text}}             one line below; `@-1` above
//! // expected-remark@below {{text}}           on the next line that is no such comment; `@above`
//! // expected-note@unknown {{text}}           where there is no position in a file
//! // expected-error-re {{a {{[0-9]+}} b}}     text with regular expressions
//! // expected-error@+1 2 {{text}}             exactly twice; without a number, once or more
//! ```
//!
//! A line holds one expectation and ends with it. What a diagnostic notes, and what it shows at other places, is a note.

use edge_support::{Diagnostic, FileId, Severity, SourceMap, Span};
use regex::Regex;
use std::sync::OnceLock;

edge_support::codes! {
    /// A diagnostic that a comment expects did not come, or not as often as it says.
    NOT_PRODUCED = "E0807";
    /// A diagnostic came that no comment expects.
    UNEXPECTED = "E0808";
    /// The regular expression of an `expected-…-re` comment is not valid.
    BAD_EXPECTATION = "E0809";
}

/// What `--verify-diagnostics` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Each diagnostic is expected, and each expected one comes.
    All,
    /// Each expected one comes; others may.
    OnlyExpected,
}

/// Where an expected diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// A line of the file, from 0.
    Line(i64),
    Unknown,
}

/// A diagnostic that a comment expects.
struct Expected {
    severity: Severity,
    place: Place,
    text: String,
    pattern: Regex,
    count: Option<usize>,
    seen: usize,
    /// The comment, from `expected-` on.
    span: Span,
}

/// A diagnostic, or a note of one, as comments see it.
struct Produced<'d> {
    severity: Severity,
    span: Option<Span>,
    /// The message, and where there is no position the name of the place.
    texts: Vec<&'d str>,
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Remark => "remark",
        Severity::Note => "note",
    }
}

fn severity(word: &str) -> Severity {
    match word {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "remark" => Severity::Remark,
        _ => Severity::Note,
    }
}

fn comment() -> &'static Regex {
    static COMMENT: OnceLock<Regex> = OnceLock::new();
    let pattern =
        r"expected-(error|note|remark|warning)(-re)? *(?:@([+-][0-9]+|above|below|unknown))? *([0-9]+)? *\{\{(.*)\}\}\s*$";
    COMMENT.get_or_init(|| Regex::new(pattern).expect("the pattern is valid"))
}

/// The pattern of a text in which regular expressions stand in double braces.
fn pattern(text: &str) -> Result<Regex, String> {
    let (mut whole, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let (inner, after) = after.split_once("}}").ok_or("found start of regex with no end '}}'")?;
        Regex::new(inner).map_err(|e| format!("invalid regex: {e}"))?;
        whole += &format!("{}({inner})", regex::escape(before));
        rest = after;
    }
    Regex::new(&(whole + &regex::escape(rest))).map_err(|e| format!("invalid regex: {e}"))
}

/// The comments of a file; what is wrong with one goes to `wrong`.
fn read(file: FileId, text: &str, wrong: &mut Vec<Diagnostic>) -> Vec<Expected> {
    let (mut out, mut below): (Vec<Expected>, Vec<usize>) = (Vec::new(), Vec::new());
    let (mut start, mut above) = (0, 0);
    for (line, whole) in text.split_inclusive('\n').enumerate() {
        let (at, line) = (start, line as i64);
        start += whole.len();
        let Some(found) = comment().captures(whole) else {
            below.drain(..).for_each(|n| out[n].place = Place::Line(line));
            above = line;
            continue;
        };
        let part = |n: usize| found.get(n).map_or("", |m| m.as_str());
        let span = Span::new(file, at + found.get(0).map_or(0, |m| m.start()), at + whole.trim_end().len());
        let pattern =
            if part(2).is_empty() { Regex::new(&regex::escape(part(5))).map_err(|e| e.to_string()) } else { pattern(part(5)) };
        let pattern = match pattern {
            Ok(pattern) => pattern,
            Err(message) => {
                wrong.push(Diagnostic::error(BAD_EXPECTATION, message).at(span));
                continue;
            }
        };
        let place = match part(3) {
            "unknown" => Place::Unknown,
            "above" => Place::Line(above),
            "below" => {
                below.push(out.len());
                Place::Line(i64::MAX)
            }
            offset => Place::Line(line.saturating_add(offset.parse().unwrap_or(0))),
        };
        let (severity, count) = (severity(part(1)), part(4).parse().ok());
        out.push(Expected { severity, place, text: part(5).to_owned(), pattern, count, seen: 0, span });
    }
    out
}

/// A diagnostic with its notes, in the order in which it shows them.
fn produced(d: &Diagnostic) -> Vec<Produced<'_>> {
    let span = d.primary.as_ref().map(|p| p.span);
    let mut texts = vec![d.message.as_str()];
    texts.extend(d.primary.iter().map(|p| p.message.as_str()).filter(|m| !m.is_empty()));
    texts.extend(d.place.as_deref());
    let mut all = vec![Produced { severity: d.severity, span, texts }];
    let note = |span, text| Produced { severity: Severity::Note, span, texts: vec![text] };
    all.extend(d.secondary.iter().filter(|l| !l.message.is_empty()).map(|l| note(Some(l.span), l.message.as_str())));
    all.extend(d.notes.iter().map(|text| note(span, text.as_str())));
    all
}

/// Compares diagnostics with the comments of a file.
///
/// # Errors
/// What differs, each as a diagnostic at the comment or at the place of the diagnostic.
pub fn compare(sources: &SourceMap, file: FileId, diags: &[Diagnostic], mode: Mode) -> Result<(), Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let mut expected = read(file, sources.file(file).text(), &mut wrong);
    for one in diags.iter().flat_map(produced) {
        let place = match one.span {
            Some(span) if span.file == file => Some(Place::Line(sources.file(file).line_col(span.start).0 as i64 - 1)),
            Some(_) => None,
            None => Some(Place::Unknown),
        };
        let alike = |e: &&mut Expected| Some(e.place) == place && one.texts.iter().any(|t| e.pattern.is_match(t));
        let (mut fitting, other): (Vec<_>, Vec<_>) =
            expected.iter_mut().filter(alike).partition(|e| e.severity == one.severity);
        // An expectation that has not been met goes before one that has.
        fitting.sort_by_key(|e| e.seen >= e.count.unwrap_or(1));
        match fitting.into_iter().next() {
            Some(e) => e.seen += 1,
            None if mode == Mode::OnlyExpected => {}
            None => wrong.push(unexpected(&one, other.first().map(|e| &**e))),
        }
    }
    wrong.extend(expected.iter().filter_map(missing));
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn unexpected(one: &Produced<'_>, near: Option<&Expected>) -> Diagnostic {
    let (kind, message) = (word(one.severity), one.texts[0]);
    let d = match near {
        Some(e) => {
            let message = format!("'{kind}' diagnostic emitted when expecting a '{}'", word(e.severity));
            Diagnostic::error(UNEXPECTED, message).at(e.span)
        }
        None => Diagnostic::error(UNEXPECTED, format!("unexpected {kind}: {message}")).at_opt(one.span),
    };
    if one.span.is_none() { d.in_place("an unknown location") } else { d }
}

fn missing(e: &Expected) -> Option<Diagnostic> {
    let named = format!("expected {} \"{}\"", word(e.severity), e.text);
    let message = match e.count {
        Some(n) if e.seen != n => format!("{named} was produced {} times, not {n}", e.seen),
        None if e.seen == 0 => format!("{named} was not produced"),
        _ => return None,
    };
    Some(Diagnostic::error(NOT_PRODUCED, message).at(e.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use edge_support::Code;

    /// What differs for a text and diagnostics at lines from 1 (0: nowhere).
    fn differences(text: &str, produced: &[(Severity, u32, &str)], mode: Mode) -> Vec<String> {
        let sources = SourceMap::new();
        let file = sources.add("a", text);
        let of = |(severity, line, message): &(Severity, u32, &str)| {
            let d = Diagnostic::new(*severity, Code("E0"), *message);
            d.at_opt(sources.file(file).offset(*line, 1).map(|start| Span { file, start, end: start }))
        };
        let all: Vec<_> = produced.iter().map(of).collect();
        let wrong = compare(&sources, file, &all, mode).err().unwrap_or_default();
        wrong.into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn lines_and_texts() {
        use Severity::{Error, Note, Remark, Warning};
        let text = "// expected-error@+1 {{bad op}}\nop // expected-warning {{odd}}\nop\n// expected-remark @above {{(x)}}\n\
                    // expected-note@below {{y}}\n// expected-error-re@+1 {{a{{[0-9]+}}.}}\nop\n// expected-error@unknown {{u}}\n";
        let all = [(Error, 2, "a bad op"), (Warning, 2, "odd"), (Remark, 3, "f(x)"), (Note, 7, "y"), (Error, 7, "a12.")];
        let all = [&all[..], &[(Error, 0, "out of u")]].concat();
        assert_eq!(differences(text, &all, Mode::All), [""; 0]);
        let without = |n: usize| [&all[..n], &all[n + 1..]].concat();
        for (n, name) in ["bad op", "odd", "(x)", "y", "a{{[0-9]+}}.", "u"].iter().enumerate() {
            let told = differences(text, &without(n), Mode::All);
            assert!(told.len() == 1 && told[0].ends_with(&format!("\"{name}\" was not produced")), "{told:?}");
        }
        let more = [&all[..], &[(Error, 3, "more")]].concat();
        assert_eq!(differences(text, &more, Mode::All), ["unexpected error: more"]);
        assert_eq!(differences(text, &more, Mode::OnlyExpected), [""; 0]);
    }

    #[test]
    fn counts() {
        let told = |text: &str, n: usize| differences(text, &vec![(Severity::Error, 1, "x"); n], Mode::All);
        assert_eq!(told("// expected-error {{x}}", 2), [""; 0]);
        assert_eq!(told("// expected-error 2 {{x}}", 2), [""; 0]);
        assert_eq!(told("// expected-error 2 {{x}}", 1), ["expected error \"x\" was produced 1 times, not 2"]);
        assert_eq!(told("// expected-error 2 {{x}}", 3), ["expected error \"x\" was produced 3 times, not 2"]);
    }

    #[test]
    fn mistakes_in_comments() {
        let told = |text: &str| differences(text, &[(Severity::Error, 1, "x")], Mode::All).concat();
        assert!(told("// expected-error-re {{a{{(}}}}").contains("invalid regex"));
        assert!(told("// expected-error-re {{a{{b}}").contains("no end"));
        assert_eq!(
            told("// expected-warning {{x}}"),
            "'error' diagnostic emitted when expecting a 'warning'expected warning \"x\" was not produced"
        );
        // What does not end its line is no expectation.
        assert_eq!(told("// expected-error {{x}} and more"), "unexpected error: x");
    }
}
