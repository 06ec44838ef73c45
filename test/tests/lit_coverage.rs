//! Every registered pass has lit tests that name it: of its text, of what it computes, and of a case that it refuses.

use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The commands of all RUN lines.
fn commands() -> Vec<String> {
    let (folder, mut found) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("../lit-tests"), Vec::new());
    files(&folder, &mut found);
    let texts = found.iter().filter_map(|p| std::fs::read_to_string(p).ok());
    let run = |text: String| text.lines().filter_map(|l| Some(l.split_once("RUN: ")?.1.to_owned())).collect::<Vec<_>>();
    texts.flat_map(run).collect()
}

fn names(command: &str, pass: &str) -> bool {
    command.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).any(|w| w.trim_start_matches("--") == pass)
}

#[test]
fn every_pass_has_lit_tests() {
    let (commands, registry) = (commands(), edge_test::Registry::builtin());
    let mut missing = Vec::new();
    for pass in registry.passes().passes() {
        let of: Vec<&String> = commands.iter().filter(|c| c.contains("edge-opt") && names(c, pass.name)).collect();
        let mut needs = |what: &str, found: bool| (!found).then(|| missing.push(format!("{}: {what}", pass.name)));
        needs("its text", of.iter().any(|c| !c.starts_with("not ") && c.contains("FileCheck")));
        needs("--check-semantics", of.iter().any(|c| c.contains("--check-semantics")));
        needs("a case that it refuses", of.iter().any(|c| c.starts_with("not ")));
    }
    assert!(missing.is_empty(), "no lit test of\n{}", missing.join("\n"));
    for (name, _) in registry.passes().pipelines() {
        assert!(commands.iter().any(|c| c.contains(&format!("--pipeline={name}"))), "no lit test of the pipeline {name}");
    }
}

#[test]
fn names_are_whole_words() {
    assert!(
        names("edge-opt %s --cse", "cse")
            && names("builtin.module(cse,dce)", "dce")
            && names("a{x=1},symbol-dce)", "symbol-dce")
    );
    assert!(!names("edge-opt --symbol-dce", "dce") && !names("--loop-fuser", "loop-fuse"));
}
