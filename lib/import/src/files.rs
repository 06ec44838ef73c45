//! Files in and out, with diagnostics.

use bytes::Bytes;
use edge_support::{Code, Diagnostic, Diagnostics, Reported};
use std::io::Write;
use std::path::{Path, PathBuf};

edge_support::codes! {
    /// A file cannot be read.
    CANNOT_READ = "E0711";
    /// A file cannot be written.
    CANNOT_WRITE = "E0712";
}

fn refused(code: Code, path: &Path, message: &str, diags: &Diagnostics) -> Reported {
    diags.error(Diagnostic::error(code, message).in_place(format!("`{}`", path.display())))
}

/// The bytes of a file, mapped and not copied.
pub fn map(path: &Path, diags: &Diagnostics) -> Result<Bytes, Reported> {
    edge_support::storage::map_file(path).map_err(|e| refused(CANNOT_READ, path, &format!("cannot read: {e}"), diags))
}

/// A file as text.
pub fn read_text(path: &Path, diags: &Diagnostics) -> Result<String, Reported> {
    let text = std::fs::read_to_string(path);
    text.map_err(|e| refused(CANNOT_READ, path, &format!("cannot read: {e}"), diags))
}

/// Writes a file beside its place and renames it there: the name never stands for half of it.
pub fn write(path: &Path, data: &[u8], diags: &Diagnostics) -> Result<(), Reported> {
    write_with(path, diags, |file| file.write_all(data))
}

/// As [`write`], for contents that are written piece by piece.
pub fn write_with(
    path: &Path,
    diags: &Diagnostics,
    contents: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Reported> {
    let part = part_name(path);
    let written = (|| {
        let mut file = std::io::BufWriter::new(std::fs::File::create(&part)?);
        contents(&mut file)?;
        file.flush()
    })();
    put_in_place(&part, path, written.map_err(|e: std::io::Error| e.to_string()), diags)
}

/// Renames a file that was written to its place, or removes what is left of it.
pub(crate) fn put_in_place(part: &Path, path: &Path, written: Result<(), String>, diags: &Diagnostics) -> Result<(), Reported> {
    let placed = written.and_then(|()| std::fs::rename(part, path).map_err(|e| e.to_string()));
    placed.map_err(|e| {
        // What is left of a failed attempt is of no use; that it cannot be removed either adds nothing.
        let _ = std::fs::remove_file(part);
        refused(CANNOT_WRITE, path, &format!("cannot write: {e}"), diags)
    })
}

/// Where a file is written before it is whole.
pub(crate) fn part_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    PathBuf::from(name)
}
