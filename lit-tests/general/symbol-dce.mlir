// RUN: edge-opt %s --symbol-dce | FileCheck %s --implicit-check-not=@unused --implicit-check-not=@cycle
// RUN: edge-opt %s --symbol-dce --check-semantics -o /dev/null
// RUN: not edge-opt %s --pass-pipeline='builtin.module(func.func(symbol-dce))' 2>&1 | FileCheck %s --check-prefix=ANCHOR
// ANCHOR: error[E0605]: the pass `symbol-dce` runs on `builtin.module`, not on `func.func`

// CHECK: func.func @main
func.func @main(%x: i32) -> i32 {
  %0 = call @used(%x) : (i32) -> i32
  return %0 : i32
}
// CHECK: func.func private @used
func.func private @used(%x: i32) -> i32 {
  %0 = call @indirectly(%x) : (i32) -> i32
  return %0 : i32
}
// CHECK: func.func private @indirectly
func.func private @indirectly(%x: i32) -> i32 {
  return %x : i32
}
func.func private @unused(%x: i32) -> i32 {
  %0 = call @indirectly(%x) : (i32) -> i32
  return %0 : i32
}
func.func private @cycle_a() {
  call @cycle_b() : () -> ()
  return
}
func.func private @cycle_b() {
  call @cycle_a() : () -> ()
  return
}
