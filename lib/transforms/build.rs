//! Discovery: the modules and passes of the pass folders and the texts of the pipelines, sorted, become tables.
//!
//! A pass is a file, or a folder with a `mod.rs`, that declares one with `edge_pass::pass!`; other files are modules only.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const FOLDERS: [&str; 4] = ["nn", "loops", "device", "general"];

fn sorted(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).map(|d| d.filter_map(|e| Some(e.ok()?.path())).collect());
    let mut paths: Vec<PathBuf> = entries.unwrap_or_default();
    paths.sort();
    paths
}

/// The module file and name of an entry of a pass folder.
fn module(path: &Path) -> Option<(PathBuf, String)> {
    let stem = path.file_stem()?.to_str()?.to_owned();
    if path.is_dir() {
        let file = path.join("mod.rs");
        return file.exists().then_some((file, stem));
    }
    (path.extension()? == "rs" && stem != "mod").then(|| (path.to_owned(), stem))
}

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let (mut modules, mut passes, mut pipelines) = (String::new(), String::new(), String::new());
    for folder in FOLDERS {
        let _ = writeln!(modules, "pub mod {folder} {{");
        for (file, name) in sorted(&root.join("src").join(folder)).iter().filter_map(|p| module(p)) {
            let _ = writeln!(modules, "    #[path = {:?}]\n    pub mod {name};", file);
            println!("cargo::rerun-if-changed={}", file.display());
            let text = fs::read_to_string(&file).unwrap_or_default();
            if text.lines().any(|l| l.starts_with("edge_pass::pass!")) {
                let _ = writeln!(passes, "    {folder}::{name}::PASS,");
            }
        }
        modules.push_str("}\n");
    }
    for file in sorted(&root.join("pipelines")) {
        if file.extension().is_some_and(|e| e == "pipeline") {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let _ = writeln!(pipelines, "    ({name:?}, include_str!({file:?})),");
        }
    }
    let text = format!(
        "{modules}\n/// Every pass, by folder and file.\npub static PASSES: &[edge_pass::PassInfo] = &[\n{passes}];\n\n\
         /// Named pipelines with their texts.\npub static PIPELINES: &[(&str, &str)] = &[\n{pipelines}];\n"
    );
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("passes.rs");
    fs::write(out, text).expect("the build folder is writable");
}
