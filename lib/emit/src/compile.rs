//! From MLIR text of the upstream dialects to LLVM IR, assembly and objects.

use crate::{check::check_buffers, contain::contained, error::Result, session::Session, threads::on_threads, unit::Unit};
use edge_place::Target;
use llvm_sys::target_machine::LLVMCodeGenFileType;
use melior::ir::Module;
use std::sync::Arc;

/// From func, arith, math, scf, cf, vector, 1-D memref, affine.apply, index and ub to the `llvm` dialect.
const TO_LLVM: &str = "builtin.module(lower-affine,arith-expand{include-bf16=true},convert-scf-to-cf,convert-vector-to-llvm,finalize-memref-to-llvm,\
    convert-math-to-llvm,convert-ub-to-llvm,convert-arith-to-llvm,convert-index-to-llvm,convert-cf-to-llvm,\
    convert-func-to-llvm,reconcile-unrealized-casts,canonicalize,cse)";

/// How code is made.
#[derive(Clone, Debug)]
pub struct Codegen {
    /// What the code is for.
    pub target: Arc<Target>,
    /// LLVM's optimisation level, 0 to 3.
    pub opt: u8,
}

impl Codegen {
    /// Level 2: level 3 adds copies of loops for each value of a condition, and time, and our kernels gain nothing.
    pub fn new(target: Arc<Target>) -> Codegen {
        Codegen { target, opt: 2 }
    }
}

/// What a compilation ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// MLIR's `llvm` dialect, text.
    LlvmDialect,
    /// Optimised LLVM IR, text.
    LlvmIr,
    /// Assembly text.
    Assembly,
    /// A relocatable object file.
    Object,
}

impl Session {
    /// Lowers a module's text to the `llvm` dialect.
    ///
    /// Errors: [`crate::codes::PARSE`], [`crate::codes::LOWER`].
    pub fn lower_to_llvm(&self, text: &str) -> Result<Module<'_>> {
        let mut module = self.parse(text)?;
        self.run(&mut module, TO_LLVM)?;
        Ok(module)
    }

    /// Compiles a module's text to a form.
    ///
    /// Errors: those of [`Session::lower_to_llvm`], [`crate::codes::ELEMENT`], [`crate::codes::LIMIT`], [`crate::codes::TARGET`], [`crate::codes::TRANSLATE`], [`crate::codes::VERIFY`], [`crate::codes::CODEGEN`].
    pub fn compile(&self, text: &str, codegen: &Codegen, form: Form) -> Result<Vec<u8>> {
        let mut module = self.parse(text)?;
        check_buffers(&module, &codegen.target)?;
        self.run(&mut module, TO_LLVM)?;
        if form == Form::LlvmDialect {
            return Ok(format!("{}\n", module.as_operation()).into_bytes());
        }
        let unit = Unit::new(self, &module, &codegen.target, codegen.opt)?;
        unit.optimise(codegen.opt)?;
        match form {
            Form::Assembly => unit.code(LLVMCodeGenFileType::LLVMAssemblyFile),
            Form::Object => unit.code(LLVMCodeGenFileType::LLVMObjectFile),
            Form::LlvmIr | Form::LlvmDialect => Ok(unit.text().into_bytes()),
        }
    }
}

/// Compiles one module, contained.
///
/// Errors: those of [`Session::compile`], [`crate::codes::FATAL`].
pub fn compile(text: &str, codegen: &Codegen, form: Form) -> Result<Vec<u8>> {
    let (text, codegen) = (text.to_owned(), codegen.clone());
    contained(move || Session::new().compile(&text, &codegen, form))
}

/// Compiles modules on up to `threads` threads, each contained; the results are in the order of the modules and do not
/// depend on the number of threads. `done` is called after each, from any of the threads.
pub fn compile_all(
    texts: &[String],
    codegen: &Codegen,
    form: Form,
    threads: usize,
    done: &(dyn Fn() + Sync),
) -> Vec<Result<Vec<u8>>> {
    on_threads(texts, threads, done, |text| compile(text, codegen, form))
}
