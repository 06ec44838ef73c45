//! Architecture invariants that hold of the text of the sources.

use std::path::{Path, PathBuf};

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("it is readable").map(|e| e.expect("it is readable").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Code that is no test and no comment: path within the project, number of the line, the line.
fn code() -> Vec<(String, usize, String)> {
    let (root, mut files) = (root(), Vec::new());
    for folder in ["lib", "tools"] {
        for krate in std::fs::read_dir(root.join(folder)).expect("it is readable") {
            let src = krate.expect("it is readable").path().join("src");
            if src.is_dir() {
                rust_files(&src, &mut files);
            }
        }
    }
    assert!(files.len() > 100, "only {} files", files.len());
    let mut lines = Vec::new();
    for path in files.iter().filter(|p| !p.ends_with("tests.rs") && !p.ends_with("testing.rs") && !p.ends_with("examples.rs")) {
        let text = std::fs::read_to_string(path).expect("it is readable");
        let name = path.strip_prefix(&root).expect("it lies within").display().to_string();
        lines.extend(without_tests(&text).into_iter().map(|(n, line)| (name.clone(), n, line.to_owned())));
    }
    lines
}

/// The lines, from 1, that are neither comments nor part of an item under `#[cfg(test)]`.
fn without_tests(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut test_indent): (Vec<(usize, &str)>, Option<usize>) = (Vec::new(), None);
    for (n, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if let Some(of) = test_indent {
            // The item ends where a brace or a semicolon stands at its own indentation.
            let ends = indent == of && (line.trim_end().ends_with('}') || line.trim_end().ends_with(';'));
            test_indent = test_indent.filter(|_| !ends);
            continue;
        }
        if line.trim() == "#[cfg(test)]" {
            test_indent = Some(indent);
        } else if !line.trim_start().starts_with("//") {
            found.push((n + 1, line));
        }
    }
    found
}

#[test]
fn no_operation_of_nn_is_named() {
    let registry = edge_dialect::Registry::builtin().expect("the project's dialects load");
    let ops: Vec<&str> = registry.ops().filter(|op| op.dialect == "nn").map(|op| op.name.as_str()).collect();
    assert!(ops.len() > 20);
    let mut named = Vec::new();
    for (path, n, line) in code() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        for found in line.split(|c| !word(c)).filter(|w| w.starts_with("nn.")) {
            if ops.contains(&found) {
                named.push(format!("{path}:{n}: {}", line.trim()));
            }
        }
    }
    assert!(named.is_empty(), "operations of nn are named in\n{}", named.join("\n"));
}

#[test]
fn unsafe_code_is_where_it_may_be() {
    let allowed = ["lib/emit/", "lib/runtime/", "lib/support/src/storage/"];
    let is_unsafe = |line: &str| line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|w| w == "unsafe");
    let wrong: Vec<String> = code()
        .into_iter()
        .filter(|(path, _, line)| is_unsafe(line) && !allowed.iter().any(|a| path.contains(a)))
        .map(|(path, n, line)| format!("{path}:{n}: {}", line.trim()))
        .collect();
    assert!(wrong.is_empty(), "unsafe in\n{}", wrong.join("\n"));
}

#[test]
fn tests_are_told_from_code() {
    let text = "a\n#[cfg(test)]\nmod tests {\n    b\n}\nc\n// d\n#[cfg(test)]\nmod e;\nf\n";
    assert_eq!(without_tests(text), [(1, "a"), (6, "c"), (10, "f")]);
}
