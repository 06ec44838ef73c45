//! From a module at the device level to an artifact: manifest, objects, SPIR-V, weights.

mod code;
mod handover;
mod lower;
mod manifest;
pub mod run;

pub use code::artifact;
pub use handover::Handover;
pub use lower::{Session, pipeline};
pub use manifest::{Program, manifest};

use edge_place::Target;
use edge_runtime::RuntimeError;
use edge_runtime::manifest::Kind;

/// Why there is no artifact: a stable code, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub code: String,
    pub message: String,
}

impl Error {
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Error { code: code.to_owned(), message: message.into() }
    }
    pub fn runtime(e: RuntimeError) -> Self {
        Error { code: e.code.0.to_owned(), message: e.message }
    }
}

/// A device to compile for.
#[derive(Clone, Debug)]
pub struct DevicePlan {
    /// As operations name it in `edge.device`.
    pub name: String,
    pub kind: Kind,
    /// Its memory space.
    pub space: String,
    pub target: Target,
}

/// What a program is compiled for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// A C identifier: prefix of symbols and files.
    pub name: String,
    pub devices: Vec<DevicePlan>,
    /// The description of the host, also where no kernel runs there.
    pub host: Target,
}

impl Plan {
    pub fn cpu(&self) -> &Target {
        self.devices.iter().find(|d| d.kind == Kind::Cpu).map_or(&self.host, |d| &d.target)
    }
    pub fn device(&self, name: &str) -> Result<&DevicePlan, Error> {
        let found = self.devices.iter().find(|d| d.name == name);
        found.ok_or_else(|| Error::new("COMPILE-DEVICE", format!("no device `{name}`")))
    }
}
