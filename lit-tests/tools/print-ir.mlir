// RUN: edge-opt %s --cse --canonicalize --mlir-print-ir-before-all -o /dev/null 2>&1 | FileCheck %s --check-prefix=BEFORE
// RUN: edge-opt %s --cse --canonicalize --mlir-print-ir-after-all -o /dev/null 2>&1 | FileCheck %s --check-prefix=AFTER
// RUN: edge-opt %s --cse --canonicalize --mlir-print-ir-after-change -o /dev/null 2>&1 | FileCheck %s --check-prefix=CHANGE
// RUN: edge-opt %s --cse --canonicalize --mlir-print-ir-after=cse -o /dev/null 2>&1 | FileCheck %s --check-prefix=CSE
// RUN: edge-opt %s --cse --canonicalize --mlir-print-ir-before=canonicalize -o /dev/null 2>&1 | FileCheck %s --check-prefix=CANON
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(cse))' --mlir-print-ir-after-all -o /dev/null 2>&1 | FileCheck %s --check-prefix=LOCAL
// RUN: edge-opt %s --pass-pipeline='builtin.module(func.func(cse))' --mlir-print-ir-after-all --mlir-print-ir-module-scope -o /dev/null 2>&1 | FileCheck %s --check-prefix=SCOPE
// RUN: not edge-opt %s --bind-shapes=nosuch=2x2 --mlir-print-ir-after-failure -o /dev/null 2>&1 | FileCheck %s --check-prefix=FAILURE

// BEFORE: IR Dump Before {{.*}}cse
// BEFORE: arith.addi
// BEFORE: arith.addi
// BEFORE: IR Dump Before {{.*}}canonicalize
// BEFORE: arith.addi
// BEFORE-NOT: arith.addi

// AFTER: IR Dump After {{.*}}cse
// AFTER-COUNT-1: arith.addi
// AFTER: IR Dump After {{.*}}canonicalize
// AFTER-COUNT-1: arith.addi

// CHANGE: IR Dump After {{.*}}cse
// CHANGE-NOT: IR Dump

// CSE: IR Dump After {{.*}}cse
// CSE-NOT: IR Dump

// CANON: IR Dump Before {{.*}}canonicalize
// CANON-NOT: IR Dump

// LOCAL: IR Dump After {{.*}}cse
// LOCAL-NOT: module
// LOCAL: func.func @f
// LOCAL: func.func @g

// SCOPE: IR Dump After {{.*}}cse
// SCOPE-NEXT: module
// SCOPE: func.func @f
// SCOPE: func.func @g

// FAILURE: IR Dump After {{.*}}bind-shapes
// FAILURE: func.func @f
func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %x, %x : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}
func.func @g() {
  return
}
