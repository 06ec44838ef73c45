//! Loading object files into the process with LLVM's ORC: what runs is the file that ships.

use crate::{
    codes,
    error::{EmitError, Result},
    unit::{c_string, initialise},
};
use llvm_sys::{
    core::LLVMCreateMemoryBufferWithMemoryRangeCopy,
    error::{LLVMDisposeErrorMessage, LLVMErrorRef, LLVMGetErrorMessage},
    orc2::{
        LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess, LLVMOrcExecutionSessionSetErrorReporter,
        LLVMOrcJITDylibAddGenerator, lljit::*,
    },
};
use std::{
    ffi::{CStr, c_void},
    ptr,
};

/// Object files in executable memory; symbols that they lack are looked up in the process (libc, libm).
pub struct Loaded {
    jit: LLVMOrcLLJITRef,
}

// SAFETY: after `Loaded::new` the JIT is only asked for addresses, and ORC's session takes its own lock for that.
unsafe impl Send for Loaded {}
// SAFETY: as above.
unsafe impl Sync for Loaded {}

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: made by `new`, owned by us alone; an error on the way down leaves nothing to be done.
        unsafe {
            let _ = message(LLVMOrcDisposeLLJIT(self.jit));
        }
    }
}

impl Loaded {
    /// Loads object files of the machine that this runs on.
    ///
    /// Errors: [`codes::LOAD`].
    pub fn new<'a>(objects: impl IntoIterator<Item = &'a [u8]>) -> Result<Loaded> {
        initialise();
        let mut jit = ptr::null_mut();
        let mut generator = ptr::null_mut();
        // SAFETY: a null builder asks for the host's defaults; each result is checked before it is used; the generator
        // and the buffers become the JIT's own.
        unsafe {
            check(LLVMOrcCreateLLJIT(&mut jit, ptr::null_mut()))?;
            let loaded = Loaded { jit };
            LLVMOrcExecutionSessionSetErrorReporter(LLVMOrcLLJITGetExecutionSession(jit), silent, ptr::null_mut());
            let library = LLVMOrcLLJITGetMainJITDylib(jit);
            let prefix = LLVMOrcLLJITGetGlobalPrefix(jit);
            check(LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(&mut generator, prefix, None, ptr::null_mut()))?;
            LLVMOrcJITDylibAddGenerator(library, generator);
            for object in objects {
                let buffer =
                    LLVMCreateMemoryBufferWithMemoryRangeCopy(object.as_ptr().cast(), object.len(), c"object".as_ptr());
                check(LLVMOrcLLJITAddObjectFile(jit, library, buffer))?;
            }
            Ok(loaded)
        }
    }

    /// The address of a symbol; the first look-up links the objects.
    ///
    /// Errors: [`codes::LOAD`], with what is missing or does not link.
    pub fn symbol(&self, name: &str) -> Result<*const c_void> {
        let c_name = c_string(name);
        let mut address = 0;
        // SAFETY: the JIT is alive, and the name outlives the call.
        unsafe {
            check(LLVMOrcLLJITLookup(self.jit, &mut address, c_name.as_ptr()))?;
        }
        Ok(address as usize as *const c_void)
    }
}

extern "C" fn silent(_: *mut c_void, error: LLVMErrorRef) {
    // SAFETY: ORC gives the error away; the same failure comes back from the look-up that met it.
    unsafe {
        let _ = message(error);
    }
}

/// # Safety
/// `error` is null or an error that LLVM gave away.
unsafe fn check(error: LLVMErrorRef) -> Result<()> {
    // SAFETY: promised by the caller.
    match unsafe { message(error) } {
        None => Ok(()),
        Some(text) => EmitError::alone(codes::LOAD, text),
    }
}

/// # Safety
/// `error` is null or an error that LLVM gave away.
unsafe fn message(error: LLVMErrorRef) -> Option<String> {
    if error.is_null() {
        return None;
    }
    // SAFETY: promised by the caller; the message is copied, then released.
    unsafe {
        let raw = LLVMGetErrorMessage(error);
        let text = CStr::from_ptr(raw).to_string_lossy().into_owned();
        LLVMDisposeErrorMessage(raw);
        Some(text)
    }
}
