//! Errors of the hand-over, with MLIR's own locations.

use edge_support::{Code, Diagnostic, SourceMap};
use melior::ir::Location;
use mlir_sys as sys;
use std::fmt;

/// Where MLIR says that something is: what our own locations became in the text that was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MlirLocation {
    /// Name of the innermost name location (`loc("conv1"(…))`).
    pub name: Option<String>,
    /// The file as the location names it.
    pub file: Option<String>,
    /// From 1; 0 if there is no file.
    pub line: u32,
    /// From 1; 0 if there is no file.
    pub column: u32,
}

/// One error of the hand-over, with a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmitError {
    /// Stable code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where MLIR says it is.
    pub location: Option<MlirLocation>,
    /// More about it.
    pub notes: Vec<String>,
}

/// What fallible functions of this crate return; the list is never empty.
pub type Result<T> = std::result::Result<T, Vec<EmitError>>;

impl EmitError {
    /// An error without a location.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        EmitError { code, message: message.into(), location: None, notes: Vec::new() }
    }

    /// The error as the only one of a list.
    pub(crate) fn alone<T>(code: Code, message: impl Into<String>) -> Result<T> {
        Err(vec![EmitError::new(code, message)])
    }
}

impl EmitError {
    /// The error as a diagnostic at the place of `sources` that its location names; a name without a place is the `place`.
    pub fn diagnostic(&self, sources: &SourceMap) -> Diagnostic {
        let location = self.location.as_ref();
        let span = location.and_then(|l| sources.span_at(l.file.as_deref()?, l.line, l.column));
        let mut diagnostic = Diagnostic::error(self.code, &self.message).at_opt(span);
        if let (None, Some(location)) = (span, location) {
            diagnostic = diagnostic.in_place(location.to_string());
        }
        self.notes.iter().fold(diagnostic, |d, note| d.note(note))
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        write!(f, "{} [{}]", self.message, self.code.0)?;
        self.notes.iter().try_for_each(|note| write!(f, "\n  note: {note}"))
    }
}

impl std::error::Error for EmitError {}

impl fmt::Display for MlirLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, &self.name) {
            (Some(file), Some(name)) => write!(f, "{file}:{}:{} ({name})", self.line, self.column),
            (Some(file), None) => write!(f, "{file}:{}:{}", self.line, self.column),
            (None, Some(name)) => write!(f, "{name}"),
            (None, None) => write!(f, "unknown location"),
        }
    }
}

impl MlirLocation {
    /// The first position and name found in a location, or `None` if it holds neither.
    pub(crate) fn of(location: Location<'_>) -> Option<Self> {
        let mut found = MlirLocation::default();
        let mut pending = vec![location.to_raw()];
        while let Some(raw) = pending.pop() {
            found.add(raw, &mut pending);
            if found.file.is_some() {
                break;
            }
        }
        (found != MlirLocation::default()).then_some(found)
    }

    fn add(&mut self, raw: sys::MlirLocation, pending: &mut Vec<sys::MlirLocation>) {
        // SAFETY: `raw` comes from a diagnostic whose context is alive, and each accessor is called only on a location of
        // its own kind; strings are copied before anything else happens in the context.
        unsafe {
            if sys::mlirLocationIsAFileLineColRange(raw) {
                self.file = Some(identifier(sys::mlirLocationFileLineColRangeGetFilename(raw)));
                self.line = u32::try_from(sys::mlirLocationFileLineColRangeGetStartLine(raw)).unwrap_or(0);
                self.column = u32::try_from(sys::mlirLocationFileLineColRangeGetStartColumn(raw)).unwrap_or(0);
            } else if sys::mlirLocationIsAName(raw) {
                self.name = Some(identifier(sys::mlirLocationNameGetName(raw)));
                pending.push(sys::mlirLocationNameGetChildLoc(raw));
            } else if sys::mlirLocationIsACallSite(raw) {
                pending.push(sys::mlirLocationCallSiteGetCaller(raw));
                pending.push(sys::mlirLocationCallSiteGetCallee(raw));
            } else if sys::mlirLocationIsAFused(raw) {
                let count = sys::mlirLocationFusedGetNumLocations(raw) as usize;
                let mut parts = vec![raw; count];
                sys::mlirLocationFusedGetLocations(raw, parts.as_mut_ptr());
                pending.extend(parts.into_iter().rev());
            }
        }
    }
}

/// # Safety
/// The identifier's context is alive.
unsafe fn identifier(raw: sys::MlirIdentifier) -> String {
    // SAFETY: promised by the caller.
    unsafe { crate::session::owned(sys::mlirIdentifierStr(raw)) }
}
