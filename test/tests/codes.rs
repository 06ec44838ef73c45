//! Diagnostic codes: no number is given twice, and docs/codes.md lists them all. Bless with `EDGE_UPDATE_DOCS=1`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Code, name, crate and meaning of each declaration in the `codes!` blocks of a text.
fn declared(text: &str, owner: &str) -> Vec<(String, [String; 3])> {
    let mut found = Vec::new();
    for block in text.split("codes! {").skip(1) {
        let mut meaning = Vec::new();
        for line in block.lines().map(str::trim).take_while(|l| *l != "}") {
            if let Some(doc) = line.strip_prefix("///") {
                meaning.push(doc.trim().to_owned());
            } else if let Some((name, rest)) = line.split_once(" = \"") {
                let code = rest.split('"').next().unwrap_or_default().to_owned();
                found.push((code, [name.to_owned(), owner.to_owned(), meaning.join(" ")]));
                meaning.clear();
            }
        }
    }
    found
}

#[test]
fn codes_are_distinct_and_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    sources(&root.join("lib"), &mut files);
    let mut all: BTreeMap<String, [String; 3]> = BTreeMap::new();
    for file in files.iter().filter(|f| !f.ends_with("support/src/diag.rs")) {
        let relative = file.strip_prefix(root.join("lib")).unwrap();
        let owner = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        for (code, entry) in declared(&std::fs::read_to_string(file).unwrap(), &owner) {
            if let Some(other) = all.insert(code.clone(), entry.clone()) {
                panic!("{code} is both {} of {} and {} of {}", other[0], other[1], entry[0], entry[1]);
            }
        }
    }
    assert!(all.len() > 50, "only {} codes were found", all.len());
    let mut page = "# Diagnostic codes\n\n| code | name | crate | meaning |\n|---|---|---|---|\n".to_owned();
    for (code, [name, owner, meaning]) in &all {
        page += &format!("| {code} | {name} | {owner} | {} |\n", meaning.replace('|', "\\|"));
    }
    let path = root.join("docs/codes.md");
    if std::env::var_os("EDGE_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "bless with EDGE_UPDATE_DOCS=1");
}
