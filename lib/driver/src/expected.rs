//! `--verify-diagnostics`: comments `// expected-error@+1 {{text}}` say which diagnostics there must be.

use edge_support::{Diagnostic, FileId, Severity, SourceMap};

/// A diagnostic that a comment expects.
#[derive(Debug)]
struct Expected {
    severity: Severity,
    /// From 1; `None`: anywhere (`@unknown`).
    line: Option<u32>,
    text: String,
    count: usize,
    /// Where the comment stands.
    written: u32,
}

fn severity(word: &str) -> Option<Severity> {
    Some(match word {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "remark" => Severity::Remark,
        "note" => Severity::Note,
        _ => return None,
    })
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Remark => "remark",
        Severity::Note => "note",
    }
}

/// Reads the comments of a text.
fn read(text: &str) -> Result<Vec<Expected>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(comment) = line.find("//").map(|at| &line[at..]) else { continue };
        for piece in comment.split("expected-").skip(1) {
            let written = index as u32 + 1;
            out.push(one(piece, written, &lines).map_err(|e| format!("line {written}: {e}"))?);
        }
    }
    Ok(out)
}

fn one(piece: &str, written: u32, lines: &[&str]) -> Result<Expected, String> {
    let end = piece.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(piece.len());
    let severity = severity(&piece[..end]).ok_or(format!("`expected-{}` is not known", &piece[..end]))?;
    let open = piece.find("{{").ok_or("no `{{` after `expected-`")?;
    let close = piece.rfind("}}").filter(|c| *c >= open + 2).ok_or("no `}}` that ends the expectation")?;
    let mut line = Some(written);
    let mut count = 1;
    for part in piece[end..open].split_whitespace() {
        match part.strip_prefix('@') {
            Some("unknown") => line = None,
            Some("above") => line = Some(code_line(lines, written, -1)),
            Some("below") => line = Some(code_line(lines, written, 1)),
            Some(offset) => {
                let offset: i64 = offset.parse().map_err(|_| format!("`@{offset}` is no line"))?;
                line = u32::try_from(written as i64 + offset).ok();
            }
            None => count = part.parse().map_err(|_| format!("`{part}` is no count"))?,
        }
    }
    Ok(Expected { severity, line, text: piece[open + 2..close].to_owned(), count, written })
}

/// The next line, up or down, that holds more than an expectation.
fn code_line(lines: &[&str], from: u32, step: i64) -> u32 {
    let mut at = from as i64 + step;
    while let Some(line) = usize::try_from(at - 1).ok().and_then(|i| lines.get(i)) {
        if !(line.trim_start().starts_with("//") && line.contains("expected-")) {
            break;
        }
        at += step;
    }
    u32::try_from(at).unwrap_or(1)
}

/// Compares diagnostics with the comments of a file; the lines say what differs.
pub fn compare(sources: &SourceMap, file: FileId, diags: &[Diagnostic]) -> Result<(), Vec<String>> {
    let text = sources.file(file);
    let mut expected = read(text.text()).map_err(|e| vec![e])?;
    let mut wrong = Vec::new();
    for d in diags {
        let line = d.primary.as_ref().map(|p| sources.file(p.span.file).line_col(p.span.start).0);
        let place = d.place.as_deref().unwrap_or("");
        let fits = |e: &&mut Expected| {
            let here = e.line.is_none() || line.is_none() || e.line == line;
            e.count > 0 && e.severity == d.severity && here && (d.message.contains(&e.text) || place.contains(&e.text))
        };
        match expected.iter_mut().find(fits) {
            Some(e) => e.count -= 1,
            None => {
                let line = line.map_or("unknown".to_owned(), |l| l.to_string());
                wrong.push(format!("line {line}: unexpected {}: {}", word(d.severity), d.message));
            }
        }
    }
    for e in expected.iter().filter(|e| e.count > 0) {
        wrong.push(format!("line {}: expected {} \"{}\" was not produced", e.written, word(e.severity), e.text));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use edge_support::{Code, Span};

    #[test]
    fn lines_and_texts() {
        let sources = SourceMap::new();
        let text =
            "// expected-error@+1 {{bad op}}\nop\n// expected-warning @below {{odd}}\n// expected-error@+1 2 {{x}}\nop2\n";
        let file = sources.add("a", text);
        let at = |line: u32, d: Diagnostic| {
            let start = sources.file(file).offset(line, 1).unwrap();
            d.at(Span { file, start, end: start })
        };
        let error = |m: &str| Diagnostic::error(Code("E0"), m);
        let all = [
            at(2, error("a bad op here")),
            at(5, Diagnostic::warning(Code("W0"), "odd")),
            at(5, error("x1")),
            at(5, error("x2")),
        ];
        assert_eq!(compare(&sources, file, &all), Ok(()));
        let wrong = compare(&sources, file, &all[..3]).unwrap_err();
        assert_eq!(wrong, ["line 4: expected error \"x\" was not produced"]);
        let other = compare(&sources, file, &[at(1, error("a bad op here"))]).unwrap_err();
        assert!(other[0].contains("line 1: unexpected error: a bad op here"), "{other:?}");
    }
}
