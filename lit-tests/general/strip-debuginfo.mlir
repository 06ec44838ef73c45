// RUN: edge-opt %s --mlir-print-debuginfo | FileCheck %s --check-prefix=BEFORE
// RUN: edge-opt %s --strip-debuginfo --mlir-print-debuginfo | FileCheck %s
// RUN: edge-opt %s --strip-debuginfo --check-semantics -o /dev/null
// RUN: not edge-opt %s --strip-debuginfo=x 2>&1 | FileCheck %s --check-prefix=OPTION
// OPTION: error[E0604]: the pass `strip-debuginfo` has no option `x`

// BEFORE: loc("sum")
// CHECK-NOT: loc("
// CHECK: arith.addi {{.*}} loc({{unknown|#loc}})
// CHECK-NOT: loc("
func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32 loc("sum")
  return %0 : i32 loc("f.c":3:4)
}
