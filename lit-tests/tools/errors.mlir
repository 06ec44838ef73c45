// RUN: not edge-opt %s --split-input-file 2>&1 | FileCheck %s
// RUN: not edge-opt %s --canonicalise 2>&1 | FileCheck %s --check-prefix=PASS
// RUN: not edge-opt %s.missing 2>&1 | FileCheck %s --check-prefix=FILE

// PASS: canonicali
// FILE: errors.mlir.missing

// CHECK: error[{{E[0-9]+}}]
// CHECK: operand `b` has K = 7, but operand `a` has K = 8
func.func @f(%a: tensor<4x8xf32>, %b: tensor<7x2xf32>) -> tensor<4x2xf32> {
  %0 = nn.matmul %a, %b : tensor<4x8xf32>, tensor<7x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

// CHECK: use of undeclared SSA value name `%y`
func.func @g() -> f32 {
  return %y : f32
}
