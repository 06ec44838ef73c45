// What does not agree with the comments is an error, at the comment or at the place of the diagnostic.
// RUN: not edge-opt %s --split-input-file --verify-diagnostics 2>&1 | FileCheck %s
// RUN: not edge-opt %s --split-input-file --verify-diagnostics=all -o %t.none 2>&1 | FileCheck %s
// RUN: not test -e %t.none
// RUN: not edge-opt %s --split-input-file --verify-diagnostics=only-expected 2>&1 | FileCheck %s --check-prefix=ONLY
// RUN: not edge-opt %s --verify-diagnostics=some 2>&1 | FileCheck %s --check-prefix=VALUE
// VALUE: error[E0801]: `--verify-diagnostics`: expected all or only-expected, found `some`
// ONLY-NOT: unexpected

// CHECK: error[E0807]: expected error "something" was not produced
// CHECK: wrong.mlir:[[@LINE+2]]:6
// ONLY: error[E0807]: expected error "something" was not produced
  // expected-error@+1 {{something}}
func.func @no_error() {
  return
}

// -----

// CHECK: error[E0808]: unexpected error: use of undeclared SSA value name `%y`
// CHECK: wrong.mlir:[[@LINE+2]]:10
func.func @not_expected() -> i32 {
  return %y : i32
}

// -----

// CHECK: error[E0808]: 'error' diagnostic emitted when expecting a 'warning'
// CHECK: error[E0807]: expected warning "undeclared" was not produced
// ONLY: error[E0807]: expected warning "undeclared" was not produced
func.func @severity() -> i32 {
  return %y : i32 // expected-warning {{undeclared}}
}

// -----

// CHECK: error[E0807]: expected error "undeclared" was produced 1 times, not 2
// ONLY: error[E0807]: expected error "undeclared" was produced 1 times, not 2
func.func @count() -> i32 {
  return %y : i32 // expected-error 2 {{undeclared}}
}

// -----

// CHECK: error[E0809]: invalid regex
// ONLY: error[E0809]: invalid regex
func.func @regex() {
  return // expected-error-re {{a {{(}} b}}
}
