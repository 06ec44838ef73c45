// RUN: not edge-opt %s --dialect=%S/Inputs/sequential.dialect --pass-pipeline='builtin.module(func.func(nn-to-loop))' 2>&1 | FileCheck %s

// CHECK: error[{{E[0-9]+}}]: `sequential.running_sum`: a sequential (`rec`) statement has no lowering to loops
// CHECK: nn-to-loop-sequential.mlir:[[@LINE+2]]
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = sequential.running_sum %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
