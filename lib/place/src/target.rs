//! The model of a target description.

use crate::codes;
use edge_support::{Code, Diagnostic};
use serde::Deserialize;
use std::{fmt, fs, path::Path};

include!(concat!(env!("OUT_DIR"), "/targets.rs"));

/// What kind of code a target takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// Object code through LLVM.
    Cpu,
    /// SPIR-V compute kernels.
    Vulkan,
}

/// One target: instruction set, vectors, caches, memory spaces and limits.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Name of the description (its file name without the extension).
    #[serde(skip)]
    pub name: String,
    /// One line for people.
    pub description: String,
    /// What kind of device it is.
    pub device: DeviceKind,
    /// Element types that buffers and arithmetic may have, in MLIR's spelling (`f32`, `i8`, …).
    pub elements: Vec<String>,
    /// When the description fits the machine that runs the compiler; absent: never chosen as `host`.
    pub host: Option<HostMatch>,
    /// Present for `device = "cpu"`.
    pub llvm: Option<Llvm>,
    /// Present for `device = "vulkan"`.
    pub spirv: Option<Spirv>,
    /// Vector registers.
    #[serde(default)]
    pub vector: Vector,
    /// Data caches, nearest first.
    #[serde(default, rename = "cache")]
    pub caches: Vec<Cache>,
    /// Memory spaces; the first holds arenas, inputs and outputs unless the program says otherwise.
    #[serde(rename = "space")]
    pub spaces: Vec<Space>,
}

/// The machines that a description fits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostMatch {
    /// `std::env::consts::ARCH` of the machine.
    pub arch: String,
    /// Features that the machine must have; of several descriptions that fit, the one with most is `host`.
    pub requires: Vec<String>,
}

/// What LLVM is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Llvm {
    /// LLVM's name of the machine.
    pub triple: String,
    /// LLVM's name of the processor.
    pub cpu: String,
    /// LLVM's comma-separated `+feature,-feature` list.
    #[serde(default)]
    pub features: String,
    /// ABI name (`lp64d`), where the triple does not settle it.
    #[serde(default)]
    pub abi: String,
    /// Width of an address.
    #[serde(default = "sixty_four")]
    pub pointer_bits: u32,
}

/// What MLIR's SPIR-V conversion and the validator are told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spirv {
    /// SPIR-V version, `v1.3`.
    pub version: String,
    /// Environment for `spirv-val --target-env`.
    pub environment: String,
    /// Invocations of a workgroup (one dimension).
    pub workgroup: u32,
    /// Bytes of workgroup memory that every device has.
    pub shared_bytes: u64,
    /// SPIR-V capabilities that modules may ask for.
    pub capabilities: Vec<String>,
    /// SPIR-V extensions that modules may use.
    pub extensions: Vec<String>,
}

/// Vector unit; a target without one has a single lane of 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Bytes of a vector register.
    pub bytes: u32,
    /// Architectural vector registers.
    pub registers: u32,
    /// A fused multiply-add instruction exists.
    pub fma: bool,
    /// Gather loads are worth more than scalar loads.
    pub gather: bool,
    /// Masked loads and stores are single instructions for every element type.
    pub masks: bool,
}

impl Default for Vector {
    fn default() -> Self {
        Vector { bytes: 8, registers: 16, fma: false, gather: false, masks: false }
    }
}

/// A data cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// 1 is nearest to the core.
    pub level: u32,
    /// Its size.
    pub bytes: u64,
    /// Bytes of a line.
    pub line: u32,
    /// Several cores share it.
    #[serde(default)]
    pub shared: bool,
}

/// A memory space.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// As operations name it.
    pub name: String,
    /// The integer that builtin memrefs carry.
    pub id: u32,
    /// Alignment of the buffers in an arena, bytes.
    pub alignment: u64,
    /// Capacity in bytes, where it is known.
    pub bytes: Option<u64>,
    /// Bytes of the largest range that one kernel argument may have.
    #[serde(default = "unlimited")]
    pub largest_buffer: u64,
}

fn sixty_four() -> u32 {
    64
}

fn unlimited() -> u64 {
    i64::MAX as u64
}

/// A target that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetError {
    /// Stable code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code.0)
    }
}

impl std::error::Error for TargetError {}

impl From<TargetError> for Diagnostic {
    fn from(error: TargetError) -> Diagnostic {
        Diagnostic::error(error.code, error.message)
    }
}

impl Target {
    /// Names of the embedded descriptions, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    /// The description called `name`, the file `name` if it ends in `.toml`, or, for `host`, the embedded description
    /// that asks most of the features that this machine has.
    ///
    /// Errors: [`codes::UNKNOWN_TARGET`] (lists the known names), [`codes::TARGET_FILE`], [`codes::TARGET_SYNTAX`], [`codes::NO_HOST_TARGET`].
    pub fn load(name: &str) -> Result<Target, TargetError> {
        if name == "host" {
            return Target::host();
        }
        if let Some((name, text)) = EMBEDDED.iter().find(|(known, _)| *known == name) {
            return Target::parse(name, text);
        }
        if name.ends_with(".toml") {
            let text = fs::read_to_string(name).map_err(|e| TargetError {
                code: codes::TARGET_FILE,
                message: format!("cannot read the target description `{name}`: {e}"),
            })?;
            let stem = Path::new(name).file_stem().and_then(|s| s.to_str()).unwrap_or(name);
            return Target::parse(stem, &text);
        }
        let known = Target::names().collect::<Vec<_>>().join(", ");
        Err(TargetError {
            code: codes::UNKNOWN_TARGET,
            message: format!("unknown target `{name}`; known targets: host, {known}, or the path of a .toml description"),
        })
    }

    /// Reads a description from its text.
    ///
    /// Errors: [`codes::TARGET_SYNTAX`] with TOML's own message and position, or what the description lacks.
    pub fn parse(name: &str, text: &str) -> Result<Target, TargetError> {
        let syntax = |message: String| TargetError {
            code: codes::TARGET_SYNTAX,
            message: format!("target description `{name}`: {message}"),
        };
        let mut target: Target = toml::from_str(text).map_err(|e| syntax(e.to_string()))?;
        target.name = name.to_owned();
        match target.device {
            DeviceKind::Cpu if target.llvm.is_none() => return Err(syntax("a cpu needs the table `[llvm]`".into())),
            DeviceKind::Vulkan if target.spirv.is_none() => {
                return Err(syntax("a vulkan device needs the table `[spirv]`".into()));
            }
            _ => {}
        }
        if target.spaces.is_empty() {
            return Err(syntax("at least one `[[space]]` is needed".into()));
        }
        if let Some(space) = target.spaces.iter().find(|s| !s.alignment.is_power_of_two()) {
            return Err(syntax(format!("alignment {} of space `{}` is not a power of two", space.alignment, space.name)));
        }
        Ok(target)
    }

    fn host() -> Result<Target, TargetError> {
        let have = crate::host_features();
        let mut best: Option<(usize, Target)> = None;
        for (name, text) in EMBEDDED {
            let target = Target::parse(name, text)?;
            let Some(host) = &target.host else { continue };
            let fits = host.arch == std::env::consts::ARCH && host.requires.iter().all(|f| have.contains(f.as_str()));
            let asks = host.requires.len();
            if fits && best.as_ref().is_none_or(|(most, _)| asks > *most) {
                best = Some((asks, target));
            }
        }
        best.map(|(_, target)| target).ok_or_else(|| TargetError {
            code: codes::NO_HOST_TARGET,
            message: format!("no target description fits this machine ({})", std::env::consts::ARCH),
        })
    }

    /// Whether buffers and arithmetic may have this element type.
    pub fn has_element(&self, element: &str) -> bool {
        self.elements.iter().any(|e| e == element)
    }

    /// Lanes of a full vector whose elements have `bytes` bytes; at least 1.
    pub fn lanes(&self, bytes: u32) -> u32 {
        (self.vector.bytes / bytes.max(1)).max(1)
    }

    /// Bytes of the data cache of a level, 0 if there is none.
    pub fn cache_bytes(&self, level: u32) -> u64 {
        self.caches.iter().find(|c| c.level == level).map_or(0, |c| c.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_loads() {
        assert!(Target::names().count() >= 7);
        for name in Target::names() {
            let target = Target::load(name).unwrap();
            assert_eq!(target.name, name);
            assert!(target.has_element("f32") && target.has_element("i32"));
        }
    }

    #[test]
    fn host_fits_this_machine() {
        let target = Target::load("host").unwrap();
        assert_eq!(target.device, DeviceKind::Cpu);
        assert_eq!(target.host.unwrap().arch, std::env::consts::ARCH);
    }

    #[test]
    fn errors_name_what_is_known() {
        let error = Target::load("z80").unwrap_err();
        assert_eq!(error.code, codes::UNKNOWN_TARGET);
        assert!(error.message.contains("x86-64-v4") && error.message.contains("vulkan1.1"), "{error}");
        assert_eq!(Target::load("/nowhere/x.toml").unwrap_err().code, codes::TARGET_FILE);
        let error = Target::parse("t", "description = 1").unwrap_err();
        assert_eq!(error.code, codes::TARGET_SYNTAX);
    }
}
