// RUN: not edge-opt %s --dialect=%S/Inputs/broken.dialect 2>&1 | FileCheck %s --check-prefix=BROKEN
// RUN: not edge-opt %s --dialect=%S/Inputs/careless.dialect 2>&1 | FileCheck %s --check-prefix=CARELESS
// RUN: edge-opt %s --dialect=%S/Inputs/rules.dialect --canonicalize --allow-unregistered-dialect | FileCheck %s

// BROKEN: error[E0340]: operand `by` is not in the format
// BROKEN: broken.dialect:5:14
// BROKEN: format $x attr-dict
// BROKEN-NEXT: ------------------- the format
// BROKEN-NOT: func.func

// CARELESS: warning[E0347]: `careless.scale` has no documentation
// CARELESS: error[E0346]: the example of `careless.scale` is refused: operand `x` has type i32, which is not f32
// CARELESS: careless.dialect:8:16
// CARELESS-NOT: func.func

// CHECK-LABEL: func.func @f
// CHECK-SAME: (%[[X:.*]]: f32)
// CHECK-NEXT: return %[[X]]
func.func @f(%x: f32) -> f32 {
  %0 = "r.twice"(%x) : (f32) -> f32
  %1 = "r.half"(%0) : (f32) -> f32
  return %1 : f32
}
