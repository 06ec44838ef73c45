//! A context of MLIR with its diagnostics captured, and the pipelines that run in it.

use crate::codes;
use crate::error::{EmitError, MlirLocation, Result};
use edge_support::Code;
use melior::{
    Context,
    diagnostic::{Diagnostic, DiagnosticSeverity},
    dialect::DialectRegistry,
    ir::{Module, operation::OperationLike},
    pass::PassManager,
    utility,
};
use mlir_sys as sys;
use std::{cell::RefCell, rc::Rc};

/// One MLIR context. Dialects load when the parser meets them; it has no threads of its own.
///
/// An LLVM fatal error inside a session ends the process unless it runs in [`crate::contained`], as the functions of
/// [`crate::compile`] and [`crate::spirv()`] do.
pub struct Session {
    context: Context,
    errors: Rc<RefCell<Vec<EmitError>>>,
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl Session {
    /// A session of its own, with the dialects that the hand-over speaks.
    pub fn new() -> Self {
        let registry = DialectRegistry::new();
        utility::register_all_dialects(&registry);
        utility::register_all_passes();
        let context = Context::new_with_registry(&registry, false);
        utility::register_all_llvm_translations(&context);
        let errors = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&errors);
        context.attach_diagnostic_handler(move |diagnostic| {
            if matches!(diagnostic.severity(), DiagnosticSeverity::Error) {
                sink.borrow_mut().push(structured(&diagnostic));
            }
            true
        });
        Session { context, errors }
    }

    /// Parses and verifies a module.
    ///
    /// Errors: [`codes::PARSE`].
    pub fn parse(&self, text: &str) -> Result<Module<'_>> {
        Module::parse(&self.context, text).ok_or_else(|| self.take(codes::PARSE, "the module cannot be parsed"))
    }

    /// Runs a textual pipeline, `builtin.module(…)`, on a module.
    ///
    /// Errors: [`codes::LOWER`], with what the failing pass said.
    pub fn run(&self, module: &mut Module<'_>, pipeline: &str) -> Result<()> {
        let manager = PassManager::new(&self.context);
        manager.enable_verifier(false);
        utility::parse_pass_pipeline(manager.as_operation_pass_manager(), pipeline)
            .map_err(|e| vec![EmitError::new(codes::LOWER, e.to_string())])?;
        // The result is verified once: every pass of a pipeline is MLIR's own, only what it makes of our text is in doubt.
        if manager.run(module).is_err() || !module.as_operation().verify() {
            return Err(self.take(codes::LOWER, "a pass failed without saying why"));
        }
        Ok(())
    }

    /// The errors said since the last call under one code, or `otherwise` if there was none.
    pub(crate) fn take(&self, code: Code, otherwise: &str) -> Vec<EmitError> {
        let mut errors = std::mem::take(&mut *self.errors.borrow_mut());
        errors.iter_mut().for_each(|e| e.code = code);
        if errors.is_empty() {
            errors.push(EmitError::new(code, otherwise));
        }
        errors
    }
}

fn structured(diagnostic: &Diagnostic<'_>) -> EmitError {
    let notes = (0..diagnostic.note_count()).filter_map(|i| diagnostic.note(i).ok()).map(|note| note.to_string()).collect();
    EmitError { code: codes::LOWER, message: diagnostic.to_string(), location: MlirLocation::of(diagnostic.location()), notes }
}

/// The text of a string of MLIR's, copied; what is not UTF-8 is replaced.
///
/// # Safety
/// The string is alive.
pub(crate) unsafe fn owned(string: sys::MlirStringRef) -> String {
    // SAFETY: promised by the caller; the text is copied before the borrow ends.
    String::from_utf8_lossy(unsafe { bytes(string) }).into_owned()
}

/// The bytes of a string of MLIR's.
///
/// # Safety
/// The string lives as long as `'a`.
pub(crate) unsafe fn bytes<'a>(string: sys::MlirStringRef) -> &'a [u8] {
    if string.data.is_null() {
        return &[];
    }
    // SAFETY: MLIR's strings are pointer and length of initialised memory; the caller promises that it lives.
    unsafe { std::slice::from_raw_parts(string.data.cast::<u8>(), string.length) }
}
