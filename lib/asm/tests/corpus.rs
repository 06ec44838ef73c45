//! What `mlir-opt` prints in generic form, we print again byte for byte.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_ir::Context;
use edge_support::{Diagnostics, SourceMap};
use std::path::{Path, PathBuf};

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "mlir") {
            out.push(path);
        }
    }
}

fn round_trip(name: &str, text: &str, options: &PrintOptions) -> Result<String, String> {
    let (ctx, sources, diags) = (Context::new(), SourceMap::new(), Diagnostics::new());
    let file = sources.add(name, text);
    match parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true }) {
        Ok(module) => Ok(print_module(&ctx, &module, options)),
        Err(_) => Err(diags.render(&sources)),
    }
}

fn check(dir: &Path) -> (usize, Vec<String>) {
    let mut all = Vec::new();
    files(dir, &mut all);
    let mut wrong = Vec::new();
    for path in &all {
        let text = std::fs::read_to_string(path).unwrap();
        let debuginfo = text.lines().any(|l| l.starts_with("}) : () -> () loc("));
        let options = PrintOptions { debuginfo, ..PrintOptions::generic() };
        match round_trip("f.mlir", &text, &options) {
            Ok(again) if again == text => {}
            Ok(again) => {
                let line = text
                    .lines()
                    .zip(again.lines())
                    .position(|(a, b)| a != b)
                    .unwrap_or(text.lines().count().min(again.lines().count()));
                let show = |t: &str| t.lines().nth(line).unwrap_or("<end>").chars().take(300).collect::<String>();
                wrong.push(format!("{}:{}:\n  read    {}\n  printed {}", path.display(), line + 1, show(&text), show(&again)));
            }
            Err(e) => wrong.push(format!("{}: {}", path.display(), e.chars().take(600).collect::<String>())),
        }
    }
    (all.len(), wrong)
}

#[test]
#[ignore = "needs EDGE_CORPUS, a folder of files that mlir-opt printed in generic form"]
fn the_corpus_is_printed_byte_for_byte() {
    let dir = std::env::var_os("EDGE_CORPUS").expect("EDGE_CORPUS names a folder");
    let (n, wrong) = check(Path::new(&dir));
    println!("{n} files");
    assert!(n > 0, "no .mlir files in {}", dir.display());
    assert!(wrong.is_empty(), "{} of {n} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn our_own_inputs_are_printed_byte_for_byte() {
    let (n, wrong) = check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data"));
    assert!(n > 0);
    assert!(wrong.is_empty(), "{} of {n} differ:\n{}", wrong.len(), wrong.join("\n"));
}
