// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop),loop-to-device{name=p})' --check-semantics -o /dev/null
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop),loop-to-device{name=p})' | FileCheck %s

// Two equal nests are one kernel; what lies between them is in the arena, the result in the caller's buffer.
// CHECK:       device.kernel @p_k0(%{{.*}}: memref<32xf32>, %{{.*}}: memref<32xf32>) reads [0] writes [1]
// CHECK-NOT:   device.kernel
// CHECK:       func.func @main(%[[IN:.*]]: memref<32xf32>, %[[OUT:.*]]: memref<32xf32>, %{{.*}}: memref<0xi8>, %[[ARENA:.*]]: memref<?xi8>)
// CHECK-SAME:  edge.arena = {host = 192 : i64}
// CHECK:       %[[SLICE:.*]] = device.slice %[[ARENA]][0]
// CHECK:       %[[T:.*]] = device.launch @p_k0(%[[IN]], %[[SLICE]]) on "cpu0"
// CHECK:       device.launch @p_k0(%{{.*}}, %[[OUT]]) on "cpu0" after(%[[T]])
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nn.relu %x : tensor<4x8xf32>
  %1 = nn.relu %0 : tensor<4x8xf32>
  return %1 : tensor<4x8xf32>
}
