// RUN: edge-opt %s --dce | FileCheck %s
// RUN: edge-opt %s --dce --check-semantics -o /dev/null
// RUN: not edge-opt %s --dce=all=1 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `dce` has no option `all`

// CHECK-LABEL: func.func @chain
// CHECK-NEXT:    return %arg0
func.func @chain(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.relu %x : tensor<4xf32>
  %1 = nn.hard_sigmoid %0 : tensor<4xf32>
  return %x : tensor<4xf32>
}

// CHECK-LABEL: func.func @unreachable
// CHECK-NEXT:    return %arg0
// CHECK-NEXT:  }
func.func @unreachable(%x: i32) -> i32 {
  return %x : i32
^bb1:
  cf.br ^bb2
^bb2:
  cf.br ^bb1
}

// What has an effect stays, and what it needs.
// CHECK-LABEL: func.func @effects
// CHECK:         arith.addi
// CHECK:         memref.store
// CHECK-NOT:     memref.load
func.func @effects(%m: memref<4xi32>, %x: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %0 = arith.addi %x, %x : i32
  memref.store %0, %m[%c0] : memref<4xi32>
  %1 = memref.load %m[%c0] : memref<4xi32>
  return %x : i32
}

// In regions that are not isolated too.
// CHECK-LABEL: func.func @nested
// CHECK-NOT:     arith.muli
func.func @nested(%c: i1, %x: i32) -> i32 {
  %0 = scf.if %c -> (i32) {
    %1 = arith.muli %x, %x : i32
    scf.yield %x : i32
  } else {
    scf.yield %x : i32
  }
  return %0 : i32
}
