// RUN: not edge-opt %s --canonicalize=x=1 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `canonicalize` has no option `x`
// RUN: edge-opt %s --canonicalize | FileCheck %s
// RUN: edge-opt %s --canonicalize --check-semantics -o /dev/null

// CHECK-LABEL: func.func @fold
// CHECK-NEXT:    %[[C:.*]] = arith.constant 7 : i32
// CHECK-NEXT:    return %[[C]]
func.func @fold() -> i32 {
  %a = arith.constant 3 : i32
  %b = arith.constant 4 : i32
  %0 = arith.addi %a, %b : i32
  return %0 : i32
}

// CHECK-LABEL: func.func @dead
// CHECK-NEXT:    return %arg0
func.func @dead(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.relu %x : tensor<4xf32>
  return %x : tensor<4xf32>
}
