//! Hand-over to MLIR and LLVM: LLVM IR, objects, SPIR-V.
