// RUN: not edge-opt %s --loop-collapse=x=1 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `loop-collapse` has no option `x`
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-collapse))' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-collapse))' --check-semantics -o /dev/null

// CHECK-LABEL: func.func @flat
// CHECK:       loop.for %{{.*}} = 0 to 60 {parallel}
// CHECK-NOT:   loop.for
// CHECK:       return
func.func @flat(%x: tensor<3x4x5xf32>) -> tensor<3x4x5xf32> {
  %0 = nn.relu %x : tensor<3x4x5xf32>
  return %0 : tensor<3x4x5xf32>
}

// The bias moves along one axis only, so the loops stay apart.
// CHECK-LABEL: func.func @broadcast
// CHECK:       loop.for %{{.*}} = 0 to 3 {parallel}
// CHECK:       loop.for %{{.*}} = 0 to 4 {parallel}
func.func @broadcast(%x: tensor<3x4xf32>, %b: tensor<4xf32>) -> tensor<3x4xf32> {
  %0 = nn.add %x, %b : tensor<3x4xf32>, tensor<4xf32>
  return %0 : tensor<3x4xf32>
}
