// What MLIR keeps of a dialect that it does not have, we keep: with unregistered operations allowed, generic form is given back.
// RUN: edge-opt %s --allow-unregistered-dialect --mlir-print-op-generic | FileCheck %s
// RUN: mlir-opt %s --allow-unregistered-dialect --mlir-print-op-generic > %t.theirs
// RUN: edge-opt %s --allow-unregistered-dialect --mlir-print-op-generic | diff - %t.theirs
// In custom form its definition is used.
// RUN: edge-opt %s | FileCheck %s --check-prefix=CUSTOM

// CHECK: "stablehlo.concatenate"(%arg0, %arg0) {dimension = 0 : i64}
// CUSTOM: stablehlo.concatenate %arg0, %arg0, dim = 0
func.func @f(%a: tensor<2xf32>) -> tensor<4xf32> {
  %0 = "stablehlo.concatenate"(%a, %a) {dimension = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
