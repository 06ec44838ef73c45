// RUN: edge-opt %s --inline --split-input-file | FileCheck %s
// RUN: edge-opt %s --inline --split-input-file --check-semantics -o /dev/null
// RUN: edge-opt %s --inline=max-ops=0 --split-input-file | FileCheck %s --check-prefix=LIMIT
// RUN: not edge-opt %s --inline=max-ops=x 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: option `max-ops` of `inline`

// CHECK-LABEL: func.func @twice
// CHECK-NOT:     call
// CHECK:         arith.addi
// CHECK:         arith.addi
// CHECK-NOT:     call
// CHECK:         return
// LIMIT-LABEL: func.func @twice
// LIMIT-COUNT-2: call @double
func.func @twice(%x: i32) -> i32 {
  %0 = call @double(%x) : (i32) -> i32
  %1 = call @double(%0) : (i32) -> i32
  return %1 : i32
}
func.func private @double(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  return %0 : i32
}

// -----

// A cycle of calls, a declaration, several blocks: these calls stay.
// CHECK-LABEL: func.func @stay
// CHECK:         call @even
// CHECK:         call @blocks
func.func @stay(%x: i1) -> i1 {
  %0 = call @even(%x) : (i1) -> i1
  %1 = call @blocks(%0) : (i1) -> i1
  return %1 : i1
}
func.func private @even(%x: i1) -> i1 {
  %0 = scf.if %x -> (i1) {
    %1 = func.call @odd(%x) : (i1) -> i1
    scf.yield %1 : i1
  } else {
    scf.yield %x : i1
  }
  return %0 : i1
}
func.func private @odd(%x: i1) -> i1 {
  %false = arith.constant false
  %0 = call @even(%false) : (i1) -> i1
  return %0 : i1
}
func.func private @blocks(%x: i1) -> i1 {
  cf.br ^bb1
^bb1:
  return %x : i1
}
