//! Diagnostics: a severity, a stable code, a message, spans, notes. A fallible function returns `Result<T, Reported>`:
//! only emitting an error makes a [`Reported`], so an `Err` proves that somebody was told.

use crate::source::{FileId, SourceMap, Span};
use codespan_reporting::diagnostic as cs;
use codespan_reporting::term;
use std::ops::Range;
use std::sync::Mutex;

/// A stable diagnostic code such as `E0101`; declared with [`crate::codes!`] beside its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// Declares codes: `codes! { /// what it means \n UNKNOWN_OP = "E0203"; }`. `docs/codes.md` is collected from these.
#[macro_export]
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal;)*) => {
        $($(#[doc = $doc])* pub const $name: $crate::Code = $crate::Code($code);)*
        /// Code, name and meaning of each code declared here.
        pub const CODES: &[(&str, &str, &str)] = &[$(($code, stringify!($name), concat!($($doc),*))),*];
    };
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Tells what was done or why it was not.
    Remark,
    /// Adds to another one.
    Note,
    /// Done, but it may not be what is meant.
    Warning,
    /// Not done.
    Error,
}

/// A span with what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The part of the text.
    pub span: Span,
    /// What is said.
    pub message: String,
}

/// One diagnostic. `primary` is absent only where there is no source text at all (a binary file, a command line);
/// `place` then names the field, node or option.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable code, which docs/codes.md explains.
    pub code: Code,
    /// What is said.
    pub message: String,
    /// The part of a text that it is about.
    pub primary: Option<Label>,
    /// Where there is no text: a file, field, node or option by name.
    pub place: Option<String>,
    /// Other parts of texts.
    pub secondary: Vec<Label>,
    /// Lines below it.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self { severity, code, message: message.into(), primary: None, place: None, secondary: vec![], notes: vec![] }
    }
    /// An error: what was asked for is not done.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }
    /// A warning: it is done, but may not be what is meant.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }
    /// A remark: what was done, or why it was not.
    pub fn remark(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Remark, code, message)
    }
    /// About a part of a text.
    pub fn at(mut self, span: Span) -> Self {
        self.primary = Some(Label { span, message: String::new() });
        self
    }
    /// About a part of a text, if there is one.
    pub fn at_opt(self, span: Option<Span>) -> Self {
        match span {
            Some(span) => self.at(span),
            None => self,
        }
    }
    /// About a part of a text, with a message there.
    pub fn labelled(mut self, span: Span, message: impl Into<String>) -> Self {
        self.primary = Some(Label { span, message: message.into() });
        self
    }
    /// What stands for a span where there is no text: a field, a node, an option.
    pub fn in_place(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
    /// Points at another part of a text.
    pub fn also(mut self, span: Span, message: impl Into<String>) -> Self {
        self.secondary.push(Label { span, message: message.into() });
        self
    }
    /// Adds a line below.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Proof that an error was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported(());

/// Where diagnostics go. Threads that work side by side each get their own and are merged in order.
#[derive(Default)]
pub struct Diagnostics {
    list: Mutex<Vec<Diagnostic>>,
}

impl Diagnostics {
    /// An empty collection.
    pub fn new() -> Self {
        Self::default()
    }
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Diagnostic>> {
        self.list.lock().unwrap_or_else(|e| e.into_inner())
    }
    /// Records an error.
    pub fn error(&self, d: Diagnostic) -> Reported {
        debug_assert_eq!(d.severity, Severity::Error);
        self.lock().push(d);
        Reported(())
    }
    /// Records a warning, note or remark (an error too, where no proof is needed).
    pub fn push(&self, d: Diagnostic) {
        self.lock().push(d);
    }
    /// How many errors were given.
    pub fn errors(&self) -> usize {
        self.lock().iter().filter(|d| d.severity == Severity::Error).count()
    }
    /// `Err` if an error was recorded.
    pub fn check(&self) -> Result<(), Reported> {
        if self.errors() > 0 { Err(Reported(())) } else { Ok(()) }
    }
    /// All diagnostics so far, which are no longer held.
    pub fn take(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.lock())
    }
    /// Adds what another has collected.
    pub fn append(&self, other: &Diagnostics) {
        let more = other.take();
        self.lock().extend(more);
    }
    /// All diagnostics so far.
    pub fn snapshot(&self) -> Vec<Diagnostic> {
        self.lock().clone()
    }
    /// All diagnostics as text, with source lines.
    pub fn render(&self, sources: &SourceMap) -> String {
        self.lock().iter().map(|d| render(d, sources, false)).collect()
    }
}

struct Files<'a>(&'a SourceMap);

struct Whole(std::sync::Arc<crate::source::SourceFile>);

impl AsRef<str> for Whole {
    fn as_ref(&self) -> &str {
        self.0.text()
    }
}

impl<'a> codespan_reporting::files::Files<'a> for Files<'a> {
    type FileId = FileId;
    type Name = String;
    type Source = Whole;
    fn name(&'a self, id: FileId) -> Result<String, codespan_reporting::files::Error> {
        Ok(self.0.file(id).name.clone())
    }
    fn source(&'a self, id: FileId) -> Result<Self::Source, codespan_reporting::files::Error> {
        Ok(Whole(self.0.file(id)))
    }
    fn line_index(&'a self, id: FileId, byte: usize) -> Result<usize, codespan_reporting::files::Error> {
        Ok(self.0.file(id).line_index(byte))
    }
    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, codespan_reporting::files::Error> {
        let file = self.0.file(id);
        file.line_range(line).ok_or(codespan_reporting::files::Error::LineTooLarge { given: line, max: 0 })
    }
}

/// The longest source line that is shown whole; a blob's line is shown as position only.
const LONGEST_LINE: usize = 2000;

/// One diagnostic as text; with `color`, as a terminal shows it.
pub fn render(d: &Diagnostic, sources: &SourceMap, color: bool) -> String {
    let severity = match d.severity {
        Severity::Error => cs::Severity::Error,
        Severity::Warning => cs::Severity::Warning,
        Severity::Note => cs::Severity::Note,
        Severity::Remark => cs::Severity::Help,
    };
    let mut out = cs::Diagnostic::new(severity).with_code(d.code.0).with_message(&d.message);
    let mut notes = d.notes.clone();
    if let Some(place) = &d.place {
        notes.insert(0, format!("at {place}"));
    }
    for (label, primary) in d.primary.iter().map(|l| (l, true)).chain(d.secondary.iter().map(|l| (l, false))) {
        let Some(file) = sources.get(label.span.file) else { continue };
        let (line, col) = file.line_col(label.span.start);
        let range = file.line_range(line as usize - 1).unwrap_or(0..0);
        if range.len() > LONGEST_LINE {
            notes.push(format!("at {}:{line}:{col} {}", file.name, label.message));
            continue;
        }
        // A span over many lines is shown by its first: the rest would bury the message.
        let end = (label.span.end as usize).min(range.end.max(label.span.start as usize));
        let style = if primary { cs::LabelStyle::Primary } else { cs::LabelStyle::Secondary };
        let l = cs::Label::new(style, label.span.file, label.span.start as usize..end);
        out.labels.push(l.with_message(&label.message));
    }
    let out = out.with_notes(notes);
    let config = term::Config::default();
    let files = Files(sources);
    let text = if color {
        let mut buffer = term::termcolor::Buffer::ansi();
        term::emit_to_write_style(&mut buffer, &config, &files, &out).map(|()| buffer.into_inner()).unwrap_or_default()
    } else {
        let mut buffer = term::termcolor::Buffer::no_color();
        term::emit_to_write_style(&mut buffer, &config, &files, &out).map(|()| buffer.into_inner()).unwrap_or_default()
    };
    String::from_utf8_lossy(&text).into_owned()
}
