// RUN: edge-opt %s --split-input-file --verify-diagnostics | FileCheck %s --check-prefix=KEPT
// RUN: not edge-opt %s --split-input-file 2>&1 | FileCheck %s --check-prefix=LINES
// Parts that are right are printed.
// KEPT: func.func @right
func.func @right(%x: i32) -> i32 {
  return %x : i32
}

// -----

func.func @same_line() -> i32 {
  return %y : i32 // expected-error {{use of undeclared SSA value name}}
}

// -----

func.func @below() -> i32 {
  // expected-error@+1 {{use of undeclared SSA value name}}
  return %y : i32
}

// -----

// LINES: verify-diagnostics.mlir:[[@LINE+3]]:10
func.func @designators() -> i32 {
  // expected-error-re@below {{value name `%{{[a-z]}}`}}
  return %y : i32
}

// -----

func.func @above(%a: tensor<4x8xf32>, %b: tensor<7x2xf32>) -> tensor<4x2xf32> {
  %0 = nn.matmul %a, %b : tensor<4x8xf32>, tensor<7x2xf32>
  // expected-error@above {{operand `b` has K = 7, but operand `a` has K = 8}}
  return %0 : tensor<4x2xf32>
}
