//! The manifest: all that a host needs to know of a program, as JSON.

use crate::{
    codes,
    error::{Result, fail},
    expr::Expr,
};
use serde::{Deserialize, Serialize};

/// The version that this library writes, and the newest that it reads.
pub const VERSION: u32 = 1;

/// A compiled program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub version: u32,
    /// A C identifier: prefix of the program's symbols and files.
    pub name: String,
    /// Name of the target description that the host's code was made for.
    pub target: String,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    /// Sizes that are not fixed, in the order in which `dims` lists them.
    pub dims: Vec<Dim>,
    pub weights: WeightsInfo,
    /// One arena for each memory space in use.
    pub arenas: Vec<Arena>,
    pub devices: Vec<Device>,
    pub kernels: Vec<KernelInfo>,
    /// `NAME_run` exists in the object and does everything; `steps` is then empty.
    pub entry: bool,
    /// What the host does for one inference, in order; each step sees the effects of those before it.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// File of the object, if there is one.
    pub object: Option<String>,
}

/// An input or an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    pub name: String,
    /// Element type in MLIR's spelling; `i1` takes a byte.
    pub element: String,
    /// Row-major extents.
    pub shape: Vec<Expr>,
}

/// A size that is not fixed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dim {
    pub name: String,
    /// The input and the axis that give its value.
    pub input: usize,
    pub axis: usize,
    /// Least value.
    #[serde(default)]
    pub min: i64,
}

/// The blob of constants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsInfo {
    pub file: Option<String>,
    pub bytes: u64,
    /// [`crate::weights_hash`] of the blob, 16 hexadecimal digits.
    pub hash: String,
    pub entries: Vec<Weight>,
}

/// One constant in the blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    pub name: String,
    /// Bytes from the blob's start, a multiple of 64.
    pub offset: u64,
    pub bytes: u64,
}

/// The arena of one memory space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arena {
    pub space: String,
    /// Device whose memory it is.
    pub device: String,
    pub bytes: Expr,
}

/// A device that the program uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub name: String,
    pub kind: Kind,
    /// Name of the target description.
    pub target: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Cpu,
    Vulkan,
}

/// A compiled kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelInfo {
    /// Symbol in the object, or entry point of the module.
    pub name: String,
    pub kind: Kind,
    /// File of the SPIR-V module (Vulkan).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Invocations of a workgroup (Vulkan).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workgroup: Option<u32>,
}

/// One step of an inference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Launch(Launch),
    Copy(Copy),
}

/// Runs a kernel on a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// Index into `kernels`.
    pub kernel: usize,
    pub device: String,
    pub buffers: Vec<BufferRef>,
    pub dims: Vec<Expr>,
    /// Points of the parallel range.
    pub total: Expr,
    /// Points that one call should take at least (CPU).
    pub grain: Expr,
}

/// Copies bytes, within a space or between spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    pub from: BufferRef,
    /// Has the same number of bytes.
    pub to: BufferRef,
}

/// A range of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BufferRef {
    pub base: Base,
    pub offset: Expr,
    pub bytes: Expr,
}

/// Where a range of bytes lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// The arena of that memory space.
    Arena(String),
    /// The constants; a device has its own copy of what its launches use. Read only, offset and size are fixed.
    Weights,
    /// On the host. Read only.
    Input(usize),
    /// On the host.
    Output(usize),
}

impl Port {
    /// The type as people read it: `f32[N, 64]`.
    pub fn type_text(&self, manifest: &Manifest) -> String {
        let extent = |e: &Expr| match e {
            Expr::Const(value) => value.to_string(),
            Expr::Op(op) => match &**op {
                crate::expr::Op::Dim(i) => manifest.dims.get(*i).map_or_else(|| format!("d{i}"), |d| d.name.clone()),
                _ => "?".to_owned(),
            },
        };
        format!("{}[{}]", self.element, self.shape.iter().map(extent).collect::<Vec<_>>().join(", "))
    }

    /// Extents for given dims.
    ///
    /// Errors: [`codes::DIM`].
    pub fn extents(&self, dims: &[i64]) -> Result<Vec<usize>> {
        self.shape.iter().map(|e| e.size(dims)).collect()
    }

    /// Bytes for given dims.
    ///
    /// Errors: [`codes::DIM`], [`codes::MANIFEST`] for an unknown element type.
    pub fn bytes(&self, dims: &[i64]) -> Result<usize> {
        let element = element_bytes(&self.element)?;
        let total = self.extents(dims)?.iter().try_fold(element, |n, extent| n.checked_mul(*extent));
        total.map_or_else(|| fail(codes::DIM, format!("`{}` has too many elements", self.name)), Ok)
    }
}

/// Bytes of an element, `i1` being a byte.
///
/// Errors: [`codes::MANIFEST`].
pub fn element_bytes(element: &str) -> Result<usize> {
    match element {
        "i1" | "i8" | "ui8" => Ok(1),
        "i16" | "ui16" | "f16" | "bf16" => Ok(2),
        "i32" | "ui32" | "f32" => Ok(4),
        "i64" | "ui64" | "f64" => Ok(8),
        _ => fail(codes::MANIFEST, format!("unknown element type `{element}`")),
    }
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// Errors: [`codes::MANIFEST`].
    pub fn parse(text: &str) -> Result<Manifest> {
        let manifest: Manifest = serde_json::from_str(text)
            .or_else(|e| fail(codes::MANIFEST, format!("the manifest is not what it should be: {e}")))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The manifest as JSON, indented.
    pub fn to_json(&self) -> String {
        // The model holds neither maps with odd keys nor floats, so that serialising cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Checks that every index and name refers to something.
    ///
    /// Errors: [`codes::MANIFEST`].
    pub fn check(&self) -> Result<()> {
        let bad = |message: String| fail(codes::MANIFEST, message);
        if self.version > VERSION {
            return bad(format!("the manifest has version {}, this library knows {VERSION}", self.version));
        }
        let identifier = |s: &str| {
            s.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !identifier(&self.name) {
            return bad(format!("the program's name `{}` is not a C identifier", self.name));
        }
        for port in self.inputs.iter().chain(&self.outputs) {
            element_bytes(&port.element)?;
        }
        for dim in &self.dims {
            if self.inputs.get(dim.input).is_none_or(|p| dim.axis >= p.shape.len()) {
                return bad(format!("dim `{}` comes from an axis that does not exist", dim.name));
            }
        }
        for step in &self.steps {
            match step {
                Step::Copy(copy) => [&copy.from, &copy.to].into_iter().try_for_each(|b| self.check_base(&b.base))?,
                Step::Launch(launch) => self.check_launch(launch)?,
            }
        }
        Ok(())
    }

    fn check_launch(&self, launch: &Launch) -> Result<()> {
        let Some(kernel) = self.kernels.get(launch.kernel) else {
            return fail(codes::MANIFEST, format!("a step launches kernel {} of {}", launch.kernel, self.kernels.len()));
        };
        match self.device(&launch.device) {
            None => fail(codes::MANIFEST, format!("`{}` is launched on the unknown device `{}`", kernel.name, launch.device)),
            Some(device) if device.kind != kernel.kind => {
                fail(codes::MANIFEST, format!("`{}` is not compiled for device `{}`", kernel.name, launch.device))
            }
            Some(_) => launch.buffers.iter().try_for_each(|b| self.check_base(&b.base)),
        }
    }

    fn check_base(&self, base: &Base) -> Result<()> {
        let known = match base {
            Base::Weights => true,
            Base::Arena(space) => self.arenas.iter().any(|a| a.space == *space && self.device(&a.device).is_some()),
            Base::Input(i) => *i < self.inputs.len(),
            Base::Output(i) => *i < self.outputs.len(),
        };
        if known {
            Ok(())
        } else {
            fail(codes::MANIFEST, format!("a step uses {base:?}, which the manifest does not describe"))
        }
    }

    pub(crate) fn device(&self, name: &str) -> Option<&Device> {
        self.devices.iter().find(|d| d.name == name)
    }
}
