// RUN: edge-opt %s --loop-invariant-code-motion | FileCheck %s
// RUN: edge-opt %s --loop-invariant-code-motion --check-semantics -o /dev/null
// RUN: not edge-opt %s --loop-invariant-code-motion=x 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `loop-invariant-code-motion` has no option `x`

// Out of both loops at once; what depends on a loop stays in it.
// CHECK-LABEL: func.func @nest
// CHECK:         %[[M:.*]] = arith.mulf %arg0, %arg0
// CHECK:         scf.for
// CHECK-NOT:       arith.mulf
// CHECK:           scf.for
// CHECK:             arith.addf %{{.*}}, %[[M]]
func.func @nest(%x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %x) -> (f32) {
    %1 = scf.for %j = %c0 to %c3 step %c1 iter_args(%b = %a) -> (f32) {
      %m = arith.mulf %x, %x : f32
      %2 = arith.addf %b, %m : f32
      scf.yield %2 : f32
    }
    scf.yield %1 : f32
  }
  return %0 : f32
}

// A division may stop the program, so it does not run where it did not; a load may see the store.
// CHECK-LABEL: func.func @stays
// CHECK:         scf.for
// CHECK:           arith.divsi
// CHECK:           memref.load
func.func @stays(%x: i32, %y: i32, %n: index, %m: memref<4xi32>) -> i32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (i32) {
    %d = arith.divsi %x, %y : i32
    %l = memref.load %m[%c0] : memref<4xi32>
    memref.store %d, %m[%c0] : memref<4xi32>
    %s = arith.addi %d, %l : i32
    scf.yield %s : i32
  }
  return %0 : i32
}
