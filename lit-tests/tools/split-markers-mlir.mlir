// Parts and their separators are mlir-opt's.
// RUN: edge-opt %s --split-input-file --output-split-marker='// ====' --mlir-print-op-generic -o %t.ours
// RUN: mlir-opt %s --split-input-file --output-split-marker='// ====' --mlir-print-op-generic -o %t.theirs
// RUN: grep . %t.ours > %t.1 && grep . %t.theirs > %t.2 && diff %t.1 %t.2
// REQUIRES: mlir-opt
func.func private @a()
// -----
func.func private @b() // -----
func.func private @c()
// -----// -----
func.func private @d()
//-----
func.func private @e()
  // -----
func.func private @f()
