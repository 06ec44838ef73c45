//! Whole jobs: one file, a dump, or all of an installation's MLIR.

use crate::{BAD_DUMP, Dialect, FILE, Importer, Report, Tool, sources_of};
use edge_support::{Diagnostic, Diagnostics, Reported};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What to import.
#[derive(Clone, Debug)]
pub enum Source {
    /// A `.td` file, with the folders of the files it includes.
    Records(PathBuf, Vec<PathBuf>),
    /// What `llvm-tblgen --dump-json` wrote.
    Dump(PathBuf),
    /// Every dialect of a folder of `.td` files; without one, of the installation of MLIR.
    All(Option<PathBuf>, Vec<PathBuf>),
}

impl Source {
    /// The meaning of a command line's argument: `all`, a folder, a `.json` file, or a `.td` file.
    pub fn of(argument: &str, dirs: Vec<PathBuf>) -> Source {
        let path = PathBuf::from(argument);
        if argument == "all" {
            Source::All(None, dirs)
        } else if path.is_dir() {
            Source::All(Some(path), dirs)
        } else if path.extension().is_some_and(|e| e == "json") {
            Source::Dump(path)
        } else {
            Source::Records(path, dirs)
        }
    }
}

/// Imports; gives dialects sorted by name. `only` names the one dialect that is wanted.
///
/// # Errors
/// Diagnostics.
pub fn import(source: &Source, only: Option<&str>, diags: &Diagnostics) -> Result<(Vec<Dialect>, Report), Reported> {
    let mut importer = Importer::default();
    let place = match source {
        Source::Dump(path) => {
            let place = path.display().to_string();
            let json = std::fs::read_to_string(path)
                .map_err(|e| diags.error(Diagnostic::error(FILE, e.to_string()).in_place(place.clone())))?;
            importer.add(&json, &place, diags)?;
            place
        }
        Source::Records(path, dirs) => {
            let place = path.display().to_string();
            if !path.is_file() {
                return Err(diags.error(Diagnostic::error(FILE, "there is no such file").in_place(place)));
            }
            let json = Tool::find(diags)?.dump(path, dirs, diags)?;
            importer.add(&json, &place, diags)?;
            place
        }
        Source::All(dir, dirs) => all(&mut importer, dir.as_deref(), dirs, diags)?,
    };
    importer.finish(only, &place, diags)
}

/// Every file of the folder that no other one includes. Those that do not stand alone are parts of others.
fn all(importer: &mut Importer, dir: Option<&Path>, dirs: &[PathBuf], diags: &Diagnostics) -> Result<String, Reported> {
    let tool = Tool::find(diags)?;
    let installed = tool.include().map(|i| i.join("mlir/Dialect"));
    let Some(dir) = dir.map(Path::to_path_buf).or(installed) else {
        let d = Diagnostic::error(FILE, "the `.td` files of MLIR are not found").in_place("include/mlir");
        return Err(diags.error(d.note("set MLIR_SYS_220_PREFIX to what `llvm-config --prefix` prints, or name the folder")));
    };
    let files = sources_of(&dir, diags)?;
    let (next, dumps) = (AtomicUsize::new(0), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |n| n.get()) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Ok(json) = tool.dump(file, dirs, &Diagnostics::new()) {
                        dumps.lock().unwrap_or_else(|e| e.into_inner()).push((file, json));
                    }
                }
            });
        }
    });
    let mut dumps = dumps.into_inner().unwrap_or_else(|e| e.into_inner());
    dumps.sort();
    let place = dir.display().to_string();
    if dumps.is_empty() {
        return Err(
            diags.error(Diagnostic::error(BAD_DUMP, "no file of the folder can be read by `llvm-tblgen`").in_place(place))
        );
    }
    for (file, json) in dumps {
        importer.add(&json, &file.display().to_string(), diags)?;
    }
    Ok(place)
}

/// Writes a dialect, `-` to standard output.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(path: &Path, text: &str, diags: &Diagnostics) -> Result<(), Reported> {
    if path.as_os_str() == "-" {
        print!("{text}");
        return Ok(());
    }
    std::fs::write(path, text)
        .map_err(|e| diags.error(Diagnostic::error(FILE, e.to_string()).in_place(path.display().to_string())))
}

/// Makes the folder that dialects are written into.
///
/// # Errors
/// Where it cannot be made.
pub fn make_folder(path: &Path, diags: &Diagnostics) -> Result<(), Reported> {
    std::fs::create_dir_all(path)
        .map_err(|e| diags.error(Diagnostic::error(FILE, e.to_string()).in_place(path.display().to_string())))
}
