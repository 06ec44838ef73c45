// A pipeline that fails leaves the IR it began with and what was run.
// RUN: not edge-opt %s --cse --bind-shapes=nosuch=2 --mlir-pass-pipeline-crash-reproducer=%t.whole 2>&1 | FileCheck %s --check-prefix=TOLD
// RUN: FileCheck %s --input-file=%t.whole --check-prefix=WHOLE
// RUN: not edge-opt %t.whole --run-reproducer 2>&1 | FileCheck %s --check-prefix=AGAIN

// The failing pass alone, with the IR that it got.
// RUN: not edge-opt %s --cse --bind-shapes=nosuch=2 --mlir-pass-pipeline-crash-reproducer=%t.local --mlir-pass-pipeline-local-reproducer 2>&1 | FileCheck %s --check-prefix=TOLD
// RUN: FileCheck %s --input-file=%t.local --check-prefix=LOCAL
// RUN: not edge-opt %t.local --run-reproducer 2>&1 | FileCheck %s --check-prefix=AGAIN

// Nothing is written where nothing fails.
// RUN: edge-opt %s --cse --mlir-pass-pipeline-crash-reproducer=%t.none -o /dev/null
// RUN: not test -e %t.none
// RUN: not edge-opt %s --run-reproducer 2>&1 | FileCheck %s --check-prefix=NONE

// TOLD: error[{{E[0-9]+}}]
// TOLD: reproducer written to
// WHOLE-COUNT-2: arith.addi
// WHOLE: {-#
// WHOLE: mlir_reproducer
// WHOLE: pipeline: "builtin.module(cse,bind-shapes{nosuch=2})"
// LOCAL-COUNT-1: arith.addi
// LOCAL-NOT: arith.addi
// LOCAL: pipeline: "builtin.module(bind-shapes{nosuch=2})"
// AGAIN: error[{{E[0-9]+}}]: {{.*}}nosuch
// NONE: error[E0806]
func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %x, %x : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}
