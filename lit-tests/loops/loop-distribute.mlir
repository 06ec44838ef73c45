// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-distribute),loop-to-device)' --check-semantics | FileCheck %s --check-prefix=PLACE
// RUN: not edge-opt %s --pass-pipeline='builtin.module(loop-distribute)' 2>&1 | FileCheck %s --check-prefix=ANCHOR
// ANCHOR: error[E0605]: the pass `loop-distribute` runs on `func.func`
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-distribute))' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-distribute))' --check-semantics -o /dev/null

// Each nest writes its part to where the caller wants the result.
// PLACE:     func.func @concat
// PLACE-NOT: device.copy
// PLACE:     device.launch
// PLACE-NOT: device.copy

// CHECK:       %[[FIRST:.*]] = loop.nest
// CHECK:       loop.nest ins({{.*}}) outs(%{{.*}} = %[[FIRST]])
func.func @concat(%a: tensor<4x5xf32>, %b: tensor<2x5xf32>) -> tensor<6x5xf32> {
  %0 = "nn.concat"(%a, %b) <{axis = 0 : i64}> : (tensor<4x5xf32>, tensor<2x5xf32>) -> tensor<6x5xf32>
  return %0 : tensor<6x5xf32>
}
