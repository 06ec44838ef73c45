// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-distribute))' | FileCheck %s
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(nn-to-loop,loop-distribute))' --check-semantics -o /dev/null

// CHECK:       %[[FIRST:.*]] = loop.nest
// CHECK:       loop.nest ins({{.*}}) outs(%{{.*}} = %[[FIRST]])
func.func @concat(%a: tensor<4x5xf32>, %b: tensor<2x5xf32>) -> tensor<6x5xf32> {
  %0 = "nn.concat"(%a, %b) <{axis = 0 : i64}> : (tensor<4x5xf32>, tensor<2x5xf32>) -> tensor<6x5xf32>
  return %0 : tensor<6x5xf32>
}
