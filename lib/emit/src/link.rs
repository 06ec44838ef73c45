//! Several objects become one, so that an artifact is one file.

use crate::codes;
use crate::error::{EmitError, Result};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{self, Command},
    sync::atomic::{AtomicUsize, Ordering},
};

/// Linkers that make relocatable output, in the order of preference; the first that runs is taken.
const LINKERS: [(&str, &[&str]); 4] = [("ld.lld", &[]), ("ld.lld-22", &[]), ("rust-lld", &["-flavor", "gnu"]), ("ld", &[])];

/// Links ELF objects of one machine into one relocatable object; symbols that are global stay so.
///
/// Errors: [`codes::TOOL`] if no linker can be run, [`codes::LINK`] with what the linker says.
pub fn link_objects(objects: &[Vec<u8>]) -> Result<Vec<u8>> {
    match objects {
        [] => EmitError::alone(codes::LINK, "there is nothing to link"),
        [only] => Ok(only.clone()),
        _ => {
            let scratch = Scratch::new().map_err(|e| vec![EmitError::new(codes::LINK, format!("no temporary folder: {e}"))])?;
            link_in(&scratch.0, objects)
        }
    }
}

fn link_in(folder: &Path, objects: &[Vec<u8>]) -> Result<Vec<u8>> {
    let failed = |e: io::Error| vec![EmitError::new(codes::LINK, format!("{}: {e}", folder.display()))];
    let mut inputs = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        let path = folder.join(format!("{i:06}.o"));
        fs::write(&path, object).map_err(failed)?;
        inputs.push(path);
    }
    let output = folder.join("linked.o");
    for (linker, flavour) in LINKERS {
        let result = Command::new(linker).args(flavour).arg("-r").arg("-o").arg(&output).args(&inputs).output();
        match result {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return EmitError::alone(codes::LINK, format!("{linker}: {e}")),
            Ok(done) if done.status.success() => return fs::read(&output).map_err(failed),
            Ok(done) => {
                let said = String::from_utf8_lossy(&done.stderr);
                return EmitError::alone(codes::LINK, format!("{linker}: {}", said.trim()));
            }
        }
    }
    EmitError::alone(codes::TOOL, format!("no linker can be run (tried {})", LINKERS.map(|(name, _)| name).join(", ")))
}

/// A folder of this process's own, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Scratch> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let root = std::env::temp_dir();
        loop {
            let path = root.join(format!("edge-link-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed)));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Scratch(path)),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
