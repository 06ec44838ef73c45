//! Errors of loading and running.

use std::fmt;

/// A failure with a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeError {
    /// `RUNTIME-…` (FILE, MANIFEST, WEIGHTS, TARGET, LOAD, INPUT, DIM, RUN) or `VULKAN-…` (NONE, FEATURE, LIMIT, API).
    pub code: &'static str,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, RuntimeError>;

impl RuntimeError {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        RuntimeError { code, message: message.into() }
    }
}

/// A failed result; for the tail of a function.
pub(crate) fn fail<T>(code: &'static str, message: impl Into<String>) -> Result<T> {
    Err(RuntimeError::new(code, message))
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code)
    }
}

impl std::error::Error for RuntimeError {}
