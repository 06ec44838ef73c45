//! Running `llvm-tblgen`.

use crate::{FILE, NO_TBLGEN, TBLGEN_FAILED};
use edge_support::{Diagnostic, Diagnostics, Reported};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `llvm-tblgen`, and where MLIR's own files are.
#[derive(Clone, Debug)]
pub struct Tool {
    program: PathBuf,
    /// `include` of the installation, if it is known.
    include: Option<PathBuf>,
}

/// Variables that name an installation of LLVM.
const PREFIXES: &[&str] = &["MLIR_SYS_220_PREFIX", "TABLEGEN_220_PREFIX", "LLVM_PREFIX"];

impl Tool {
    /// The program that `EDGE_LLVM_TBLGEN` names; else that of an installation of LLVM that a variable or `llvm-config-22` names; else
    /// the one on the path.
    ///
    /// # Errors
    /// Where there is none.
    pub fn find(diags: &Diagnostics) -> Result<Tool, Reported> {
        let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let configured = ["llvm-config-22", "llvm-config"].iter().find_map(|c| asked(c));
        let prefix = PREFIXES.iter().find_map(|n| set(n)).or(configured);
        let include = prefix.as_ref().map(|p| p.join("include")).filter(|p| p.join("mlir").is_dir());
        let of_prefix = prefix.map(|p| p.join("bin/llvm-tblgen"));
        let on_path = ["llvm-tblgen-22", "llvm-tblgen"].iter().map(PathBuf::from);
        let candidates: Vec<PathBuf> = match set("EDGE_LLVM_TBLGEN") {
            Some(named) => vec![named],
            None => of_prefix.into_iter().chain(on_path).collect(),
        };
        let runs = |p: &PathBuf| Command::new(p).arg("--version").output().is_ok_and(|o| o.status.success());
        match candidates.iter().find(|p| runs(p)) {
            Some(program) => Ok(Tool { program: program.clone(), include }),
            None => {
                let names: Vec<String> = candidates.iter().map(|c| c.display().to_string()).collect();
                let d = Diagnostic::error(NO_TBLGEN, "there is no `llvm-tblgen`").in_place(names.join(", "));
                Err(diags.error(
                    d.note("install LLVM's tools, or name the program in EDGE_LLVM_TBLGEN; a dump as JSON is read without it"),
                ))
            }
        }
    }

    /// Where MLIR's own `.td` files are, below `mlir`.
    pub fn include(&self) -> Option<&Path> {
        self.include.as_deref()
    }

    /// The records of a file as JSON. Included files are looked for in `dirs`, beside the file, and in the installation.
    ///
    /// # Errors
    /// What `llvm-tblgen` says.
    pub fn dump(&self, file: &Path, dirs: &[PathBuf], diags: &Diagnostics) -> Result<String, Reported> {
        let mut command = Command::new(&self.program);
        command.arg("--dump-json");
        for dir in dirs.iter().map(PathBuf::as_path).chain(file.parent()).chain(self.include()) {
            command.arg("-I").arg(if dir.as_os_str().is_empty() { Path::new(".") } else { dir });
        }
        let output = command.arg(file).output().map_err(|e| {
            diags.error(Diagnostic::error(NO_TBLGEN, e.to_string()).in_place(self.program.display().to_string()))
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let first = said.lines().find(|l| l.contains("error")).unwrap_or("llvm-tblgen failed").to_owned();
            let d = Diagnostic::error(TBLGEN_FAILED, first).in_place(file.display().to_string());
            return Err(diags.error(said.lines().take(12).fold(d, |d, l| d.note(l))));
        }
        String::from_utf8(output.stdout)
            .map_err(|e| diags.error(Diagnostic::error(FILE, e.to_string()).in_place(file.display().to_string())))
    }
}

fn asked(config: &str) -> Option<PathBuf> {
    let output = Command::new(config).arg("--prefix").output().ok().filter(|o| o.status.success())?;
    Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// The `.td` files below a folder that define operations, types or attributes and that no other file there includes.
///
/// # Errors
/// Where the folder cannot be read.
pub fn sources_of(dir: &Path, diags: &Diagnostics) -> Result<Vec<PathBuf>, Reported> {
    let mut files = vec![];
    walk(dir, 0, &mut files)
        .map_err(|e| diags.error(Diagnostic::error(FILE, e.to_string()).in_place(dir.display().to_string())))?;
    files.sort();
    let texts: Vec<String> = files.iter().map(|f| std::fs::read_to_string(f).unwrap_or_default()).collect();
    let mut included = rustc_hash::FxHashSet::default();
    for text in &texts {
        let names = text.lines().filter_map(|l| l.trim().strip_prefix("include \"")).filter_map(|l| l.split('"').next());
        included.extend(names.filter_map(|n| n.rsplit('/').next()).map(str::to_owned));
    }
    let name = |f: &PathBuf| f.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
    let is_root = |f: &PathBuf| !included.contains(&name(f));
    Ok(files.iter().filter(|f| is_root(f)).cloned().collect())
}

/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 16;

fn walk(dir: &Path, depth: usize, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() && depth < MAX_DEPTH {
            walk(&path, depth + 1, out)?;
        } else if path.extension().is_some_and(|e| e == "td") {
            out.push(path);
        }
    }
    Ok(())
}
