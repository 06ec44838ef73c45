// mlir-opt runs the reproducers that we write, and we run those that it writes.
// RUN: not edge-opt %s --cse --bind-shapes=nosuch=2 --mlir-pass-pipeline-crash-reproducer=%t.ours 2>/dev/null
// RUN: sed -i 's/,bind-shapes{nosuch=2}//' %t.ours
// RUN: mlir-opt %t.ours --run-reproducer | FileCheck %s
// RUN: mlir-opt %s --cse --mlir-generate-reproducer=%t.theirs -o /dev/null
// RUN: edge-opt %t.theirs --run-reproducer | FileCheck %s
// REQUIRES: mlir-opt
// CHECK-COUNT-1: arith.addi
// CHECK-NOT: arith.addi
func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %x, %x : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}
