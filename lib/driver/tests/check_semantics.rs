//! Passes that are wrong on purpose, added as a project of its own adds its passes: `--check-semantics` names them.

use edge_driver::{Io, Registry, edge_opt};
use edge_ir::{OpData, Type};
use edge_pass::{Changed, Pass, PassContext, PassInfo};
use edge_support::Reported;

mod swap {
    edge_pass::pass! {
        /// Swaps the operands of every operation with two of one type: wrong where it does not commute.
        pub struct Swap = "test-swap" on "func.func" {
            /// Only operations of this name.
            only: String = String::new(),
        }
    }
}

mod drop_result {
    edge_pass::pass! {
        /// Replaces results by operands of the same type.
        pub struct DropResult = "test-drop-result" on any {}
    }
}

mod lose {
    edge_pass::pass! {
        /// Erases every function.
        pub struct Lose = "test-lose" on "builtin.module" {}
    }
}

impl Pass for swap::Swap {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let mut changed = cx.each_isolated(op, |cx, inner| self.run(cx, inner))?;
        let regions = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(changed) };
        for inner in body.all_ops(&regions) {
            let operands: Vec<_> = body.operands(inner).collect();
            let named = self.only.is_empty() || body.name(cx.ctx, inner) == self.only;
            if let ([a, b], true) = (&operands[..], named)
                && body.ty(*a) == body.ty(*b)
                && a != b
            {
                body.set_operand(inner, 0, *b);
                body.set_operand(inner, 1, *a);
                changed = Changed::Yes;
            }
        }
        Ok(changed)
    }
}

impl Pass for drop_result::DropResult {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let mut changed = cx.each_isolated(op, |cx, inner| self.run(cx, inner))?;
        let regions = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(changed) };
        for inner in body.all_ops(&regions) {
            let same = |body: &edge_ir::Body, ty: Type| body.operands(inner).find(|o| body.ty(*o) == ty);
            let [result] = body.op(inner).results() else { continue };
            let result = *result;
            if let Some(operand) = same(body, body.ty(result)) {
                body.replace_all_uses(result, operand);
                changed = Changed::Yes;
            }
        }
        Ok(changed)
    }
}

impl Pass for lose::Lose {
    fn run(&self, _: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let Some(block) = op.entry() else { return Ok(Changed::No) };
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        for inner in body.block_ops(block).collect::<Vec<_>>() {
            body.erase(inner);
        }
        Ok(Changed::Yes)
    }
}

const PASSES: &[PassInfo] = &[swap::PASS, drop_result::PASS, lose::PASS];

const TEXT: &str = "func.func @sum(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.add %x, %y : tensor<4xf32>, tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @difference(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.sub %x, %y : tensor<4xf32>, tensor<4xf32>
  return %0 : tensor<4xf32>
}
";

/// Exit status and what was written to standard error.
fn run(flags: &[&str], text: &str) -> (u8, String) {
    let args: Vec<String> = ["my-opt"].iter().chain(flags).map(|a| (*a).to_owned()).collect();
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let io = Io { input: &mut text.as_bytes(), output: &mut output, errors: &mut errors, color: false };
    let status = edge_opt(Registry::builtin().with(PASSES), &args, io);
    assert_eq!(status == 0, !output.is_empty(), "there is output just where nothing failed");
    (status, String::from_utf8(errors).expect("diagnostics are text"))
}

#[track_caller]
fn names(flags: &[&str], code: &str, pass: &str, function: &str) {
    let (status, told) = run(&[flags, &["--check-semantics"]].concat(), TEXT);
    assert_eq!(status, 1, "{flags:?}\n{told}");
    assert!(told.contains(&format!("error[{code}]")), "{told}");
    assert!(told.contains(&format!("the pass `{pass}`")) && told.contains(&format!("`{function}`")), "{told}");
    assert!(told.contains("<stdin>:"), "no place in the text\n{told}");
    assert!(!told.contains("the pass `c"), "a right pass is named\n{told}");
    // Without the check nobody sees it.
    assert_eq!(run(flags, TEXT).0, 0);
}

#[test]
fn right_passes_pass() {
    assert_eq!(run(&["--check-semantics", "--canonicalize", "--cse", "--inline", "--dce"], TEXT), (0, String::new()));
    // To swap what commutes is right.
    assert_eq!(run(&["--check-semantics", "--test-swap=only=nn.add"], TEXT), (0, String::new()));
}

#[test]
fn the_wrong_pass_is_named() {
    names(&["--canonicalize", "--test-swap", "--cse"], "E0620", "test-swap", "difference");
    names(&["--cse", "--test-swap=only=nn.sub"], "E0620", "test-swap{only=nn.sub}", "difference");
    names(&["--cse", "--test-drop-result", "--canonicalize"], "E0620", "test-drop-result", "sum");
    names(&["--cse", "--test-drop-result", "--canonicalize"], "E0620", "test-drop-result", "difference");
    names(&["--cse", "--pass-pipeline=builtin.module(func.func(nn-to-loop,test-swap))"], "E0620", "test-swap", "difference");
    names(&["--canonicalize", "--test-lose"], "E0622", "test-lose", "sum");
}

#[test]
fn a_right_function_is_not_named() {
    let (_, told) = run(&["--check-semantics", "--test-swap"], TEXT);
    assert!(!told.contains("`sum`"), "{told}");
}

#[test]
fn what_is_not_checked_is_listed() {
    let other = "func.func @other(%m: memref<4xf32>) { return }\n";
    let (status, told) = run(&["--check-semantics", "--cse"], &(TEXT.to_owned() + other));
    assert_eq!(status, 0, "{told}");
    assert!(told.contains("W0621") && told.contains("`other` is not checked: inputs of these types cannot be made"), "{told}");
    let (status, told) = run(&["--check-semantics", "--cse"], other);
    assert_eq!(status, 1, "{told}");
    assert!(told.contains("W0621") && told.contains("error[E0623]"), "{told}");
    assert_eq!(run(&["--check-semantics", "--cse"], "func.func private @f()").0, 1);
}
