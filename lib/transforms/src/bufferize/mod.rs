//! From tensors to byte ranges: kernels out of nests, a host function that launches them, one arena per memory space.

mod host;
mod kernel;
mod plan;
mod write;

pub use host::lower_module;
pub use kernel::rebuild_access;
pub use plan::{Interval, Placement, place};

edge_support::codes! {
    /// An operation of the tensor level is left where only nests may be.
    NOT_BUFFERIZED = "E1302";
    /// A module without one public function cannot become a program.
    NO_ENTRY = "E1303";
    /// An extent is not a function of the inputs' shapes.
    UNKNOWN_EXTENT = "E1304";
    /// A device is named that the module does not declare.
    UNKNOWN_DEVICE = "E1305";
}
