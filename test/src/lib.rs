//! Snapshot tests of lowering pipelines, for this project and for others:
//!
//! ```no_run
//! #[test]
//! fn chain_becomes_one_kernel() {
//!     edge_test::snapshot!("cpu", "func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> { return %a : tensor<4xf32> }");
//! }
//! ```
//!
//! The first argument is a named pipeline, the text of a pipeline (`builtin.module(canonicalize)`), or flags of edge-opt
//! (`--canonicalize --cse`). A pipeline that fails gives its diagnostics as the snapshot, so that errors are tested alike.
//! `cargo insta review` shows what changed.

pub mod onnx;
pub mod process;

pub use edge_driver::Registry;
#[doc(hidden)]
pub use insta;

/// What a pipeline makes of a text: the IR, or behind `error:` the diagnostics.
pub fn lowered(registry: Registry, pipeline: &str, text: &str) -> String {
    let flags: Vec<String> = if pipeline.starts_with('-') {
        pipeline.split_whitespace().map(str::to_owned).collect()
    } else if registry.passes().pipeline(pipeline).is_some() {
        vec![format!("--pipeline={pipeline}")]
    } else {
        vec![format!("--pass-pipeline={pipeline}")]
    };
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    match edge_driver::lower(registry, &flags, text) {
        Ok(ir) => ir,
        Err(diagnostics) => format!("error:\n{diagnostics}"),
    }
}

/// Compares what a pipeline makes of a text with the snapshot of the test. A third argument is the registry of a tool of your own.
#[macro_export]
macro_rules! snapshot {
    ($pipeline:expr, $text:expr) => {
        $crate::snapshot!($pipeline, $text, $crate::Registry::builtin())
    };
    ($pipeline:expr, $text:expr, $registry:expr) => {
        $crate::insta::assert_snapshot!($crate::lowered($registry, $pipeline, $text))
    };
}
