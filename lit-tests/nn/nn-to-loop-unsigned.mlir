// RUN: edge-opt %s --check-semantics --pass-pipeline='builtin.module(func.func(nn-to-loop))' | FileCheck %s

// The largest of unsigned elements: 200 is not below 100.
// CHECK-LABEL: func.func @largest
// CHECK: loop.nest
// CHECK: reduce ["argmax", "argmax"]
// CHECK: arith.xori
func.func @largest() -> tensor<1x1x1x1xi64> {
  %x = nn.constant dense<[[[[1, 200], [100, 3]]]]> : tensor<1x1x2x2xui8>
  %y = nn.max_pool_index %x {window = array<i64: 2, 2>} : tensor<1x1x2x2xui8>
  return %y : tensor<1x1x1x1xi64>
}
