//! Spans, source maps, diagnostics, interning and mapped files: what every other crate stands on.
#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod diag;
pub mod source;
#[allow(unsafe_code)]
pub mod storage;

pub use diag::{Code, Diagnostic, Diagnostics, Label, Reported, Severity};
pub use source::{FileId, SourceMap, Span};
