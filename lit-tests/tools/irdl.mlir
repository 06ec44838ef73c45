// mlir-opt checks programs by the exported definitions: it takes right ones as they stand, and refuses wrong ones.
// REQUIRES: mlir-opt
// RUN: edge-dialect export --irdl nn 2> %t.weaker > %t.nn
// RUN: FileCheck --input-file=%t.weaker %s --check-prefix=WEAKER
// RUN: mlir-opt --irdl-file=%t.nn %s --split-input-file --verify-diagnostics | FileCheck %s
// RUN: edge-dialect export --irdl device 2> /dev/null > %t.device
// RUN: mlir-opt --irdl-file=%t.device %S/Inputs/irdl-device.mlir --split-input-file --verify-diagnostics -o /dev/null
// RUN: edge-dialect export --irdl %S/Inputs/irdl.dialect 2> /dev/null > %t.own
// RUN: mlir-opt --irdl-file=%t.own %S/Inputs/irdl-own.mlir --split-input-file --verify-diagnostics -o /dev/null
// Every other dialect that mlir-opt has not itself, and the largest ones, load too.
// RUN: edge-dialect export --irdl loop 2> /dev/null > %t.loop
// RUN: mlir-opt --irdl-file=%t.loop %S/Inputs/empty.mlir -o /dev/null
// RUN: edge-dialect export --irdl stablehlo 2> /dev/null > %t.stablehlo
// RUN: mlir-opt --irdl-file=%t.stablehlo %S/Inputs/empty.mlir -o /dev/null
// RUN: edge-dialect export --irdl chlo 2> /dev/null > %t.chlo
// RUN: mlir-opt --irdl-file=%t.chlo %S/Inputs/empty.mlir -o /dev/null
// RUN: not edge-dialect export --irdl %S/Inputs/careless.dialect > %t.none 2> %t.refused
// RUN: FileCheck --input-file=%t.refused %s --check-prefix=REFUSED
// RUN: test ! -s %t.none

// WEAKER: weaker: nn.matmul: `tensor<{{.*}}>` is `!builtin.tensor` or `!builtin.unranked_tensor` there: sizes and element types are not looked at
// REFUSED: error[E0346]: the example of `careless.scale` is refused

// CHECK-LABEL: func.func @right
// CHECK: "nn.matmul"(%{{.*}}, %{{.*}}) : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
// CHECK: "nn.clip"({{.*}}) {operandSegmentSizes = array<i32: 1, 0, 1>}
// CHECK: "nn.transpose"(%{{.*}}) {perm = array<i64: 1, 0>}
func.func @right(%x: tensor<4x8xf32>, %w: tensor<8x2xf32>, %high: tensor<f32>) -> tensor<2x4xf32> {
  %0 = "nn.matmul"(%x, %w) : (tensor<4x8xf32>, tensor<8x2xf32>) -> tensor<4x2xf32>
  %1 = "nn.clip"(%0, %high) {operandSegmentSizes = array<i32: 1, 0, 1>} : (tensor<4x2xf32>, tensor<f32>) -> tensor<4x2xf32>
  %2 = "nn.transpose"(%1) {perm = array<i64: 1, 0>} : (tensor<4x2xf32>) -> tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}

// -----

func.func @one_operand(%x: tensor<4x8xf32>) {
  // expected-error @below {{op expects exactly 2 operands, but got 1}}
  %0 = "nn.matmul"(%x) : (tensor<4x8xf32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @no_tensor(%x: f32) {
  // expected-error @below {{does not satisfy the constraint}}
  %0 = "nn.relu"(%x) : (f32) -> f32
  return
}

// -----

func.func @no_attribute(%x: tensor<4x8xf32>) {
  // expected-error @below {{attribute "perm" is expected but not provided}}
  %0 = "nn.transpose"(%x) : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @another_attribute(%x: tensor<4x8xf32>) {
  // expected-error @below {{expected base attribute 'builtin.dense_array' but got}}
  %0 = "nn.transpose"(%x) {perm = "b"} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @no_such_operation(%x: tensor<4x8xf32>) {
  // expected-error @below {{unregistered operation 'nn.twirl'}}
  %0 = "nn.twirl"(%x) : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}
