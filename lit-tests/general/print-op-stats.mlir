// RUN: edge-opt %s --print-op-stats -o /dev/null 2>&1 | FileCheck %s
// RUN: edge-opt %s --print-op-stats=json -o /dev/null 2>&1 | FileCheck %s --check-prefix=JSON
// RUN: edge-opt %s --print-op-stats --check-semantics 2>/dev/null | FileCheck %s --check-prefix=SAME
// RUN: not edge-opt %s --print-op-stats=json=3 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: option `json` of `print-op-stats`

// CHECK: arith.addi {{.*}} 2
// JSON: "arith.addi"{{ *}}:{{ *}}2
// SAME-COUNT-2: arith.addi
func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  %1 = arith.addi %0, %x : i32
  return %1 : i32
}
