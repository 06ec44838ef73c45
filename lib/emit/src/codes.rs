//! Codes of errors of the hand-over.

edge_support::codes! {
    /// MLIR cannot read the module that was handed over.
    PARSE = "E0901";
    /// The target has no buffers of an element type.
    ELEMENT = "E0902";
    /// A buffer is larger than the target allows.
    LIMIT = "E0903";
    /// A pass of MLIR's cannot lower an operation.
    LOWER = "E0904";
    /// The `llvm` dialect cannot be translated to LLVM IR.
    TRANSLATE = "E0905";
    /// LLVM's verifier refuses what was made.
    VERIFY = "E0906";
    /// LLVM knows no machine for the target, or the target takes no code of this kind.
    TARGET = "E0907";
    /// LLVM's passes or its code generator fail.
    CODEGEN = "E0908";
    /// A fatal error of LLVM's, contained.
    FATAL = "E0909";
    /// Objects cannot be linked.
    LINK = "E0910";
    /// An object cannot be loaded.
    LOAD = "E0911";
    /// A module did not become SPIR-V.
    SPIRV = "E0912";
    /// spirv-val refuses a module.
    SPIRV_VAL = "E0913";
    /// A tool that is needed cannot be run.
    TOOL = "E0914";
}
