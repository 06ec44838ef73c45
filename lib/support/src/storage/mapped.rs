//! Files mapped into memory.

use bytes::Bytes;
use std::io;
use std::path::Path;

/// The bytes of a file, mapped and not copied; they stay mapped while any part of the `Bytes` lives.
pub fn map_file(path: &Path) -> io::Result<Bytes> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // SAFETY: the mapping is private and read-only. A process that truncates the file meanwhile can fault us, as with any mapped
    // model file; nothing of ours writes to a file that it has mapped (outputs go to a new file that is renamed into place).
    let map = unsafe { memmap2::Mmap::map(&file)? };
    Ok(Bytes::from_owner(map))
}
