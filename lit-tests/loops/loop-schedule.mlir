// RUN: not edge-opt %s --loop-schedule=vector-bytes=wide 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: option `vector-bytes` of `loop-schedule`
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-schedule{vector-bytes=64 vector-registers=32}))' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-schedule))' --check-semantics -o /dev/null

// Contiguous along the last axis of both `b` and the result; rows share a vector of `b`.
// CHECK-LABEL: func.func @matmul
// CHECK:       loop.for %{{.*}} = 0 to 64 {{{.*}}jam = 8 : i64
// CHECK:       loop.for %{{.*}} = 0 to 64 {{{.*}}vector = 16 : i64
// CHECK:       loop.for %{{.*}} = 0 to 32 reduce ["add"]
func.func @matmul(%a: tensor<64x32xf32>, %b: tensor<32x64xf32>) -> tensor<64x64xf32> {
  %0 = nn.matmul %a, %b : tensor<64x32xf32>, tensor<32x64xf32>
  return %0 : tensor<64x64xf32>
}

// A row sum is contiguous along the reduction.
// CHECK-LABEL: func.func @rows
// CHECK:       loop.for %{{.*}} = 0 to 512 {{{.*}}vector = 16 : i64} reduce ["add"]
func.func @rows(%x: tensor<4x512xf32>) -> tensor<4x1xf32> {
  %0 = nn.reduce_mean %x over [1] : tensor<4x512xf32>
  return %0 : tensor<4x1xf32>
}
