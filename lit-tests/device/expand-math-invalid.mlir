// RUN: not edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop),loop-to-device,expand-math)' 2>&1 | FileCheck %s

// CHECK: error[E1317]: `math.exp` on f64 has no expansion, and code calls no library
// CHECK: expand-math-invalid.mlir:[[@LINE+2]]
func.func @f(%x: tensor<4xf64>) -> tensor<4xf64> {
  %0 = nn.softmax %x over [0] : tensor<4xf64>
  return %0 : tensor<4xf64>
}
