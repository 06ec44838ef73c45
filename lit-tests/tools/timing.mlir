// RUN: edge-opt %s --cse --canonicalize --mlir-timing -o /dev/null 2>&1 | FileCheck %s
// RUN: edge-opt %s --cse --canonicalize --mlir-pass-statistics -o /dev/null 2>&1 | FileCheck %s --check-prefix=STATS
// RUN: edge-opt %s --cse --mlir-timing=false 2>&1 | FileCheck %s --check-prefix=OFF

// CHECK: Execution time report
// CHECK: cse
// CHECK: canonicalize
// CHECK: Total
// STATS: cse
// STATS: (S) 1 num-cse'd
// OFF-NOT: Execution time report
func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %x, %x : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}
