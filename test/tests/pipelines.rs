//! Snapshots of whole pipelines: each file of `pipelines/`, on each target, after each level. What is printed is read again byte for byte.

use edge_test::{Registry, insta, lowered};
use std::path::{Path, PathBuf};

const TARGETS: [&str; 2] = ["cpu", "vulkan"];
/// A level, and the flag that stops the pipeline there.
const STAGES: [(&str, &str); 3] =
    [("nn", "--stop-before=nn-to-loop"), ("loop", "--stop-before=loop-to-device"), ("device", "")];

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipelines");
    let entries = std::fs::read_dir(&folder).expect("the folder is there").map(|e| e.expect("it is readable").path());
    let mut all: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|e| e == "mlir")).collect();
    all.sort();
    all
}

#[test]
fn every_input_on_every_target_after_every_level() {
    let inputs = inputs();
    assert!(inputs.len() >= 6, "only {} inputs", inputs.len());
    for path in &inputs {
        let text = std::fs::read_to_string(path).expect("the input is readable");
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        for (target, (stage, stop)) in TARGETS.iter().flat_map(|t| STAGES.map(|s| (t, s))) {
            let out = lowered(Registry::builtin(), &format!("--pipeline={target} {stop}"), &text);
            insta::with_settings!({description => text.lines().next().unwrap_or(""), omit_expression => true}, {
                insta::assert_snapshot!(format!("{name}-{target}-{stage}"), out);
            });
            if !out.starts_with("error:") {
                assert_eq!(
                    lowered(Registry::builtin(), "--split-input-file", &out),
                    out,
                    "{name} {target} {stage}: read again"
                );
            }
        }
    }
}
