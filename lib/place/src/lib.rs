//! Targets as data: what a device can do, read from text descriptions.
//!
//! A description is one TOML file. Those of `targets/` are embedded; [`Target::load`] also takes the path of a file.

#![warn(missing_docs)]

pub mod codes;
mod host;
mod target;

pub use host::host_features;
pub use target::{Cache, DeviceKind, HostMatch, Llvm, Space, Spirv, Target, TargetError, Vector};
