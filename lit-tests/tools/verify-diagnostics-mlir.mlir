// The same file means the same to mlir-opt.
// RUN: edge-opt %s --split-input-file --verify-diagnostics -o %t.ours
// RUN: mlir-opt %s --split-input-file --verify-diagnostics -o %t.theirs
// RUN: grep . %t.ours > %t.1 && grep . %t.theirs > %t.2 && diff %t.1 %t.2
// REQUIRES: mlir-opt
func.func @one() {
  // expected-error@+1 {{use of undeclared SSA value name}}
  return %y : i32
}

// -----

func.func @two() {
  // expected-error-re@below {{{{u[ns]+e}} of undeclared SSA value name}}
  return %y : i32
}

// -----

func.func @three() {
  return %y : i32
  // expected-error@above {{undeclared}}
}

// -----

func.func @four() {
  return %y : i32 // expected-error {{undeclared}}
}

// -----

func.func @right() {
  return
}
