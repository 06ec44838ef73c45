//! Architecture invariant: crates depend one way only, and only `emit` links LLVM.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The crates from low to high; those of one row do not know each other. A crate may use any of a lower row.
const ROWS: &[&[&str]] = &[
    &["edge-support"],
    &["edge-ir"],
    &["edge-dialect"],
    &["edge-asm", "edge-ods"],
    &["edge-interp", "edge-rewrite"],
    &["edge-pass"],
    &["edge-transforms"],
    &["edge-driver", "edge-import", "edge-place"],
    &["edge-emit"],
    &["edge-runtime"],
    &["edge-compile"],
    &["edge-dialect-tool", "edge-opt", "edge-translate", "edge-run", "edge-test"],
];

/// Crates that link LLVM.
const LLVM: &[&str] = &["melior", "mlir-sys", "llvm-sys", "inkwell"];

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or("cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--manifest-path", manifest])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON");
    let text = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let list = |v: &serde_json::Value| v.as_array().cloned().unwrap_or_default();
    let of = |package: &serde_json::Value| {
        let linked = list(&package["dependencies"]).into_iter().filter(|d| d["kind"].is_null());
        (text(&package["name"]), linked.map(|d| text(&d["name"])).collect())
    };
    list(&json["packages"]).iter().map(of).collect()
}

fn row(name: &str) -> Option<usize> {
    ROWS.iter().position(|r| r.contains(&name))
}

#[test]
fn arrows_point_down() {
    let all = dependencies();
    let mut wrong = Vec::new();
    for (name, used) in &all {
        let Some(own) = row(name) else {
            wrong.push(format!("{name} stands in no row"));
            continue;
        };
        for other in used.iter().filter(|u| all.contains_key(*u)) {
            if row(other).is_none_or(|r| r >= own) {
                wrong.push(format!("{name} -> {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the arrows: {wrong:#?}");
    assert_eq!(all.len(), ROWS.concat().len(), "a row names a crate that does not exist");
}

#[test]
fn only_emit_links_llvm() {
    let all = dependencies();
    let linking: Vec<&String> = all.iter().filter(|(_, d)| d.iter().any(|d| LLVM.contains(&d.as_str()))).map(|p| p.0).collect();
    assert!(linking.iter().all(|n| *n == "edge-emit"), "these link LLVM: {linking:?}");
    let emit = row("edge-emit").expect("emit stands in a row");
    let users = all.iter().filter(|(_, d)| d.contains("edge-emit"));
    assert!(users.map(|u| u.0).all(|n| row(n).is_some_and(|r| r > emit)), "something below emit uses it");
}
