//! The helper by which a project of its own snapshot-tests a pipeline, used as such a project uses it.

use edge_test::{Registry, snapshot};
use std::process::Command;

const TEXT: &str =
    "func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> { %0 = mine.half %a : tensor<4xf32> return %0 : tensor<4xf32> }";

const MINE: &str = "dialect mine \"An operation of one's own\" version 1

/// Half of each element.
op half : pure {
  operand x : tensor<I.. x $T>
  result  y : tensor<I.. x $T>
  where   $T in float
  format  $x attr-dict `:` type($x)
  eval    { y[i] = x[i] * 0.5 }
}
";

fn mine() -> Registry {
    Registry::builtin().with_dialect("mine", MINE).with_pipeline("to-loops", "builtin.module(func.func(nn-to-loop,cse))")
}

#[test]
fn a_named_pipeline() {
    snapshot!("cpu", "func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> { return %a : tensor<4xf32> }");
}

#[test]
fn flags() {
    snapshot!("--canonicalize --cse", "func.func @f(%a: i32) -> i32 { %0 = arith.addi %a, %a : i32 return %a : i32 }");
}

#[test]
fn a_pipeline_of_ones_own_on_a_dialect_of_ones_own() {
    snapshot!("to-loops", TEXT, mine());
}

#[test]
fn errors_are_snapshots_too() {
    snapshot!("builtin.module(func.func(nn-to-lop))", TEXT, mine());
}

/// Run by the test below: the snapshot that it is compared with is another.
#[test]
#[ignore = "fails, as it must"]
fn differs() {
    edge_test::insta::assert_snapshot!(edge_test::lowered(Registry::builtin(), "--cse", ""), @"something else");
}

#[test]
fn a_difference_fails() {
    let this = std::env::current_exe().expect("the test runs");
    let run = |test: &str, ignored: &str| {
        let status =
            Command::new(&this).args(["--exact", test, ignored]).env("INSTA_UPDATE", "no").output().expect("it starts");
        (status.status.success(), String::from_utf8_lossy(&status.stdout).into_owned())
    };
    let (passed, told) = run("differs", "--ignored");
    assert!(!passed && told.contains("snapshot assertion"), "{told}");
    let (passed, told) = run("flags", "--include-ignored");
    assert!(passed && told.contains("1 passed"), "{told}");
}
