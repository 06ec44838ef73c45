//! Containment of LLVM's fatal errors.
//!
//! What LLVM cannot select or lay out ends in `report_fatal_error`, which calls a handler that must not return and then
//! leaves the process. Work that may meet one runs on a thread of its own: the handler hands the message to whoever waits
//! for that thread and parks it for good. The thread's memory is lost, the process and all other compilations go on.
//! A process of its own would cost its start-up (10 ms of relocations) for each kernel or a protocol for a pool.

use crate::codes;
use crate::error::{EmitError, Result};
use llvm_sys::error_handling::LLVMInstallFatalErrorHandler;
use std::{
    cell::RefCell,
    ffi::{CStr, c_char},
    sync::{Once, mpsc},
    thread,
};

/// Stack of a compiling thread, bytes: the recursive parts of MLIR and LLVM need more than the default on large functions.
const STACK: usize = 64 << 20;

/// Takes the message of a fatal error to whoever waits for the thread.
type Report = Box<dyn Fn(String)>;

thread_local! {
    static REPORT: RefCell<Option<Report>> = const { RefCell::new(None) };
}

/// Runs `work` on a thread of its own, where a fatal error of LLVM's becomes an [`codes::FATAL`] error.
///
/// `work` owns what it uses, as a thread that met a fatal error never ends. A panic inside is an [`codes::FATAL`] error too.
pub fn contained<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    static INSTALL: Once = Once::new();
    // SAFETY: the handler is a function of this module that lives for ever, installed once before any use of LLVM on such
    // a thread.
    INSTALL.call_once(|| unsafe { LLVMInstallFatalErrorHandler(Some(fatal)) });
    let (sender, receiver) = mpsc::channel();
    let report = sender.clone();
    let body = move || {
        REPORT.set(Some(Box::new(move |message| {
            let _ = report.send(EmitError::alone(codes::FATAL, message));
        })));
        let result = work();
        REPORT.set(None);
        let _ = sender.send(result);
    };
    if let Err(e) = thread::Builder::new().name("edge-emit".into()).stack_size(STACK).spawn(body) {
        return EmitError::alone(codes::FATAL, format!("no thread for the compilation: {e}"));
    }
    receiver.recv().unwrap_or_else(|_| EmitError::alone(codes::FATAL, "the compilation ended in a panic"))
}

extern "C" fn fatal(reason: *const c_char) {
    // SAFETY: LLVM passes a string that ends in NUL and lives during the call.
    let reason = unsafe { CStr::from_ptr(reason) }.to_string_lossy().into_owned();
    REPORT.with_borrow(|report| match report {
        Some(report) => report(reason),
        None => eprintln!("LLVM: {reason}"),
    });
    if REPORT.with_borrow(Option::is_some) {
        loop {
            thread::park();
        }
    }
}
