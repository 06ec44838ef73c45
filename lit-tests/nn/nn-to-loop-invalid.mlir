// RUN: not edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop))' 2>&1 | FileCheck %s

// CHECK: error[{{E[0-9]+}}]: `tensor.cast` has no `eval` in its definition, so no lowering to loops
// CHECK: nn-to-loop-invalid.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<?xf32> {
  %0 = tensor.cast %x : tensor<4xf32> to tensor<?xf32>
  return %0 : tensor<?xf32>
}
