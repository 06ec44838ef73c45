//! One LLVM module on its way to machine code. All of LLVM's C API that makes code is behind this file.

use crate::{
    codes,
    error::{EmitError, Result},
    session::Session,
};
use edge_place::{Llvm, Target};
use llvm_sys::{
    analysis::{LLVMVerifierFailureAction, LLVMVerifyModule},
    core::*,
    error::{LLVMDisposeErrorMessage, LLVMGetErrorMessage},
    prelude::*,
    support::LLVMParseCommandLineOptions,
    target::*,
    target_machine::*,
    transforms::pass_builder::*,
};
use melior::ir::Module;
use mlir_sys as sys;
use std::{
    ffi::{CStr, CString, c_char},
    ptr,
    sync::Once,
};

/// An LLVM module with the machine that it is compiled for.
pub(crate) struct Unit {
    context: LLVMContextRef,
    module: LLVMModuleRef,
    machine: LLVMTargetMachineRef,
}

impl Drop for Unit {
    fn drop(&mut self) {
        // SAFETY: the three were made by `Unit::new`, are owned by it alone, and the module goes before its context.
        unsafe {
            LLVMDisposeTargetMachine(self.machine);
            LLVMDisposeModule(self.module);
            LLVMContextDispose(self.context);
        }
    }
}

impl Unit {
    /// Translates a module of the `llvm` dialect.
    ///
    /// Errors: [`codes::TARGET`], [`codes::TRANSLATE`], [`codes::VERIFY`].
    pub fn new(session: &Session, module: &Module<'_>, target: &Target, opt: u8) -> Result<Unit> {
        let Some(llvm) = &target.llvm else {
            return EmitError::alone(codes::TARGET, format!("target `{}` takes no object code", target.name));
        };
        let machine = machine(llvm, opt)?;
        // SAFETY: the context is fresh and outlives the module made in it; bindings of the same C type from two crates are
        // cast to each other; a null module is answered before use, and the unit owns all three from here on.
        let unit = unsafe {
            let context = LLVMContextCreate();
            let module = sys::mlirTranslateModuleToLLVMIR(
                melior::ir::operation::OperationLike::to_raw(&module.as_operation()),
                context.cast(),
            );
            if module.is_null() {
                LLVMContextDispose(context);
                LLVMDisposeTargetMachine(machine);
                return Err(session.take(codes::TRANSLATE, "the module cannot be translated to LLVM IR"));
            }
            Unit { context, module: module.cast(), machine }
        };
        unit.set_target(llvm);
        unit.verify()?;
        Ok(unit)
    }

    fn set_target(&self, llvm: &Llvm) {
        let triple = c_string(&llvm.triple);
        // SAFETY: module and machine are alive; the layout is used and released here.
        unsafe {
            LLVMSetTarget(self.module, triple.as_ptr());
            let layout = LLVMCreateTargetDataLayout(self.machine);
            LLVMSetModuleDataLayout(self.module, layout);
            LLVMDisposeTargetData(layout);
        }
    }

    fn verify(&self) -> Result<()> {
        let mut message = ptr::null_mut();
        // SAFETY: the module is alive, and the message is LLVM's to give and ours to release.
        unsafe {
            let broken = LLVMVerifyModule(self.module, LLVMVerifierFailureAction::LLVMReturnStatusAction, &mut message) != 0;
            let text = take_message(message);
            if broken { EmitError::alone(codes::VERIFY, text) } else { Ok(()) }
        }
    }

    /// Runs LLVM's passes of a level, 0 to 3. Our code is vectorised already: the vectorisers stay off.
    ///
    /// Errors: [`codes::CODEGEN`].
    pub fn optimise(&self, opt: u8) -> Result<()> {
        let passes = c_string(&format!("default<O{}>", opt.min(3)));
        // SAFETY: module and machine are alive, the options are made and released here, an error is consumed by its message.
        unsafe {
            let options = LLVMCreatePassBuilderOptions();
            LLVMPassBuilderOptionsSetLoopVectorization(options, 0);
            LLVMPassBuilderOptionsSetSLPVectorization(options, 0);
            LLVMPassBuilderOptionsSetLoopInterleaving(options, 0);
            let error = LLVMRunPasses(self.module, passes.as_ptr(), self.machine, options);
            LLVMDisposePassBuilderOptions(options);
            if error.is_null() {
                return Ok(());
            }
            let raw = LLVMGetErrorMessage(error);
            let text = CStr::from_ptr(raw).to_string_lossy().into_owned();
            LLVMDisposeErrorMessage(raw);
            EmitError::alone(codes::CODEGEN, text)
        }
    }

    /// The module as LLVM's text.
    pub fn text(&self) -> String {
        // SAFETY: the module is alive, and the string is ours to release.
        unsafe { take_message(LLVMPrintModuleToString(self.module)) }
    }

    /// Assembly text or an object file.
    ///
    /// Errors: [`codes::CODEGEN`].
    pub fn code(&self, kind: LLVMCodeGenFileType) -> Result<Vec<u8>> {
        let mut message = ptr::null_mut();
        let mut buffer = ptr::null_mut();
        // SAFETY: module and machine are alive; on success the buffer is ours, copied and released.
        unsafe {
            if LLVMTargetMachineEmitToMemoryBuffer(self.machine, self.module, kind, &mut message, &mut buffer) != 0 {
                return EmitError::alone(codes::CODEGEN, take_message(message));
            }
            let start = LLVMGetBufferStart(buffer).cast::<u8>();
            let bytes = std::slice::from_raw_parts(start, LLVMGetBufferSize(buffer)).to_vec();
            LLVMDisposeMemoryBuffer(buffer);
            Ok(bytes)
        }
    }
}

fn machine(llvm: &Llvm, opt: u8) -> Result<LLVMTargetMachineRef> {
    initialise();
    let [triple, cpu, features, abi] = [&llvm.triple, &llvm.cpu, &llvm.features, &llvm.abi].map(|s| c_string(s));
    let level = match opt {
        0 => LLVMCodeGenOptLevel::LLVMCodeGenLevelNone,
        1 => LLVMCodeGenOptLevel::LLVMCodeGenLevelLess,
        2 => LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault,
        _ => LLVMCodeGenOptLevel::LLVMCodeGenLevelAggressive,
    };
    let mut target = ptr::null_mut();
    let mut message = ptr::null_mut();
    // SAFETY: the strings outlive the calls, the options are made and released here, results are checked for null.
    unsafe {
        if LLVMGetTargetFromTriple(triple.as_ptr(), &mut target, &mut message) != 0 {
            return EmitError::alone(codes::TARGET, format!("triple `{}`: {}", llvm.triple, take_message(message)));
        }
        let options = LLVMCreateTargetMachineOptions();
        LLVMTargetMachineOptionsSetCPU(options, cpu.as_ptr());
        LLVMTargetMachineOptionsSetFeatures(options, features.as_ptr());
        LLVMTargetMachineOptionsSetABI(options, abi.as_ptr());
        LLVMTargetMachineOptionsSetCodeGenOptLevel(options, level);
        LLVMTargetMachineOptionsSetRelocMode(options, LLVMRelocMode::LLVMRelocPIC);
        LLVMTargetMachineOptionsSetCodeModel(options, LLVMCodeModel::LLVMCodeModelDefault);
        let machine = LLVMCreateTargetMachineWithOptions(target, triple.as_ptr(), options);
        LLVMDisposeTargetMachineOptions(options);
        if machine.is_null() {
            return EmitError::alone(codes::TARGET, format!("LLVM has no machine for `{}`", llvm.triple));
        }
        Ok(machine)
    }
}

/// Makes LLVM's code generators known, once. Loops without a constant trip count are not unrolled by LLVM: ours are
/// unrolled where the schedule says so, and what is left costs 40 % of the compilation and gains nothing.
pub(crate) fn initialise() {
    static ONCE: Once = Once::new();
    let options = [c"edge-emit", c"-unroll-runtime=false", c"-unroll-allow-partial=false"].map(CStr::as_ptr);
    macro_rules! targets {
        ($($info:ident $target:ident $mc:ident $printer:ident $parser:ident;)*) => {
            // SAFETY: these register static tables and set options that outlive the call, and run once, before any use.
            ONCE.call_once(|| unsafe {
                $($info(); $target(); $mc(); $printer(); $parser();)*
                LLVMParseCommandLineOptions(options.len() as i32, options.as_ptr(), ptr::null());
            })
        };
    }
    targets! {
        LLVMInitializeX86TargetInfo LLVMInitializeX86Target LLVMInitializeX86TargetMC LLVMInitializeX86AsmPrinter LLVMInitializeX86AsmParser;
        LLVMInitializeAArch64TargetInfo LLVMInitializeAArch64Target LLVMInitializeAArch64TargetMC LLVMInitializeAArch64AsmPrinter LLVMInitializeAArch64AsmParser;
        LLVMInitializeRISCVTargetInfo LLVMInitializeRISCVTarget LLVMInitializeRISCVTargetMC LLVMInitializeRISCVAsmPrinter LLVMInitializeRISCVAsmParser;
        LLVMInitializeWebAssemblyTargetInfo LLVMInitializeWebAssemblyTarget LLVMInitializeWebAssemblyTargetMC LLVMInitializeWebAssemblyAsmPrinter LLVMInitializeWebAssemblyAsmParser;
        LLVMInitializeARMTargetInfo LLVMInitializeARMTarget LLVMInitializeARMTargetMC LLVMInitializeARMAsmPrinter LLVMInitializeARMAsmParser;
    }
}

/// A C string; what follows a NUL is dropped, as no name that LLVM knows holds one.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

/// # Safety
/// `message` is null or a string that LLVM gave away.
unsafe fn take_message(message: *mut c_char) -> String {
    if message.is_null() {
        return String::new();
    }
    // SAFETY: promised by the caller; released once, after the copy.
    unsafe {
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        LLVMDisposeMessage(message);
        text
    }
}
