//! Errors of loading and running.

use edge_support::{Code, Diagnostic};
use std::fmt;

/// A failure with a stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeError {
    pub code: Code,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, RuntimeError>;

impl RuntimeError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        RuntimeError { code, message: message.into() }
    }
}

/// A failed result; for the tail of a function.
pub(crate) fn fail<T>(code: Code, message: impl Into<String>) -> Result<T> {
    Err(RuntimeError::new(code, message))
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code.0)
    }
}

impl std::error::Error for RuntimeError {}

impl From<RuntimeError> for Diagnostic {
    fn from(error: RuntimeError) -> Diagnostic {
        Diagnostic::error(error.code, error.message)
    }
}
