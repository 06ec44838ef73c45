//! The one place below `emit` with `unsafe`: arena storage with stable addresses, and files mapped into memory.

mod interner;
mod mapped;

pub use interner::{Family, Interner};
pub use mapped::map_file;
