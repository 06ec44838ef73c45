// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop),loop-to-device,expand-math)' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop),loop-to-device,expand-math)' --check-semantics -o /dev/null
// RUN: not edge-opt %s --pass-pipeline='builtin.module(func.func(expand-math))' 2>&1 | FileCheck %s --check-prefix=ANCHOR
// ANCHOR: error[E0605]: the pass `expand-math` runs on `builtin.module`, not on `func.func`

// CHECK-NOT: math.exp
// CHECK: arith.bitcast
// CHECK-NOT: math.exp
func.func @main(%x: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %0 = nn.softmax %x over [1] : tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}
