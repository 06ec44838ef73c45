//! Output files: whole or not at all.

use std::io::Write;
use std::path::Path;

/// Writes to a new file beside the target and renames it into place, so that no reader sees a part and an error leaves nothing.
pub fn write_file(path: &Path, mut write: impl FnMut(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    // Devices and pipes cannot be replaced.
    if path.exists() && !path.is_file() {
        return write(&mut std::fs::OpenOptions::new().write(true).open(path)?);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let result = std::fs::File::create(&temporary).and_then(|mut f| write(&mut f));
    let result = result.and_then(|()| std::fs::rename(&temporary, path));
    if result.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    result
}

#[cfg(test)]
mod tests {

    #[test]
    fn a_file_is_replaced_and_nothing_stays_beside_it() {
        let folder = std::env::temp_dir().join(format!("edge-output-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.mlir");
        for text in ["one", "two"] {
            super::write_file(&path, |f| f.write_all(text.as_bytes())).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        assert!(super::write_file(&folder.join("no/such/folder"), |f| f.write_all(b"x")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
