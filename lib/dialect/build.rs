//! Lists the files of `dialects/`, sorted, and embeds them.

use std::{env, fs, path::Path};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../dialects");
    println!("cargo::rerun-if-changed={}", root.display());
    let entries = fs::read_dir(&root).expect("the folder dialects/ is there");
    let mut files: Vec<_> =
        entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "dialect")).collect();
    files.sort();
    let mut out = String::from(
        "/// File name and text of each definition of the project.\nstatic BUILTIN_DIALECTS: &[(&str, &str)] = &[\n",
    );
    for path in files {
        let path = path.canonicalize().expect("it was just listed");
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        out += &format!("    (\"dialects/{name}\", include_str!({:?})),\n", path.display().to_string());
    }
    out += "];\n";
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("builtin_dialects.rs");
    fs::write(target, out).expect("OUT_DIR can be written");
}
