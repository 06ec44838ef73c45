// RUN: not edge-opt %s --loop-fuse=x=1 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `loop-fuse` has no option `x`
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,cse,loop-fuse))' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,cse,loop-fuse))' --check-semantics -o /dev/null

// A chain of three, one nest.
// CHECK-LABEL: func.func @chain
// CHECK:       loop.nest
// CHECK:       arith.addf
// CHECK:       arith.maximumf
// CHECK:       arith.mulf
// CHECK-NOT:   loop.nest
// CHECK:       return
func.func @chain(%x: tensor<?x16xf32>, %b: tensor<16xf32>) -> tensor<?x16xf32> {
  %0 = nn.add %x, %b : tensor<?x16xf32>, tensor<16xf32>
  %1 = nn.relu %0 : tensor<?x16xf32>
  %2 = nn.mul %1, %0 : tensor<?x16xf32>, tensor<?x16xf32>
  return %2 : tensor<?x16xf32>
}

// What is padded is the producer's result: the guard stays around it.
// CHECK-LABEL: func.func @padded
// CHECK:       loop.read {{.*}} if #{{.*}} else
// CHECK:       arith.subf
// CHECK:       arith.select
// CHECK-NOT:   loop.nest
// CHECK:       return
func.func @padded(%x: tensor<1x1x4x4xf32>, %c: tensor<f32>) -> tensor<1x1x2x2xf32> {
  %0 = nn.sub %x, %c : tensor<1x1x4x4xf32>, tensor<f32>
  %1 = nn.max_pool %0 {window = array<i64: 2, 2>, strides = array<i64: 4, 4>, low = array<i64: 1, 1>, high = array<i64: 1, 1>} : tensor<1x1x4x4xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// Two devices, two nests.
// CHECK-LABEL: func.func @apart
// CHECK-COUNT-2: loop.nest
func.func @apart(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = nn.relu %x : tensor<8xf32>
  %1 = nn.relu %0 {edge.device = "vulkan0"} : tensor<8xf32>
  return %1 : tensor<8xf32>
}

// A producer that its consumer reads through several views.
// CHECK-LABEL: func.func @twice
// CHECK:       loop.nest
// CHECK:       arith.subf
// CHECK:       arith.subf
// CHECK-NOT:   loop.nest
// CHECK:       return
func.func @twice(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<12xf32> {
  %0 = nn.sub %x, %y : tensor<4xf32>, tensor<4xf32>
  %1 = nn.concat %0, %0, %y along 0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  return %1 : tensor<12xf32>
}
