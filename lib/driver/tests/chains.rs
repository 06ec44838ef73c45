//! Random chains of tensor operations, made from the definitions, give the same at every level: the tensor level, loops, kernels.

#[path = "chains/build.rs"]
mod build;

use build::{Chain, Choices};
use edge_driver::{Io, Registry, edge_opt};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Exit status, and what the tool told.
fn checked(pipeline: &str, text: &str) -> (u8, String) {
    let args: Vec<String> = ["edge-opt", "--check-semantics", "--mlir-disable-threading", &format!("--pipeline={pipeline}")]
        .map(str::to_owned)
        .into();
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let io = Io { input: &mut text.as_bytes(), output: &mut output, errors: &mut errors, color: false };
    let status = edge_opt(Registry::builtin(), &args, io);
    (status, String::from_utf8_lossy(&errors).into_owned())
}

#[test]
fn levels_agree_on_random_chains() {
    let registry = edge_dialect::Registry::builtin().expect("the project's dialects load");
    let ctx = registry.context();
    let (used, counts) = (RefCell::new(BTreeSet::new()), RefCell::new((0, 0)));
    let config = Config { cases: 250, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let run = TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default())).run(
        &proptest::collection::vec(any::<u32>(), 1..6),
        |tape| {
            let (text, names) = Chain::new(&ctx, &registry, "nn").build(&mut Choices::new(&tape));
            let Some(text) = text else { return Ok(()) };
            let pipeline = ["cpu", "vulkan"][tape.len() % 2];
            let (status, told) = checked(pipeline, &text);
            // What has no value for some inputs (a division of integers by zero) cannot be compared.
            let unknown = told.contains("[E0623]");
            prop_assert!(status == 0 || unknown, "{pipeline}: {told}\n{text}");
            prop_assert!(unknown || !told.contains("[W0621]"), "{pipeline}: not checked to the end: {told}\n{text}");
            counts.borrow_mut().0 += 1;
            counts.borrow_mut().1 += usize::from(!unknown);
            used.borrow_mut().extend(names);
            Ok(())
        },
    );
    if let Err(e) = run {
        panic!("{e}");
    }
    let ((all, checked), used) = (counts.into_inner(), used.into_inner());
    println!("{checked} of {all} chains checked, of {} operations: {used:?}", used.len());
    assert!(all >= 200 && checked * 10 >= all * 9, "{checked} of {all} chains were checked");
    let computed =
        registry.ops().filter(|op| op.dialect == "nn" && op.definition().is_some() && !op.operands.is_empty()).count();
    assert!(used.len() * 5 >= computed * 4, "only {} of {computed} operations occur: {used:?}", used.len());
}
