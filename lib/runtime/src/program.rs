//! A loaded program: what its inputs must be, and running it.

use crate::{
    abi::{ArenaBytes, Kernel, Run},
    artifact::Artifact,
    bytes::Aligned,
    codes,
    error::{Result, RuntimeError, fail},
    manifest::{Manifest, Port, element_bytes},
    pool::Pool,
    steps::Machine,
};
use bytes::Bytes;
use edge_emit::Loaded;
use edge_place::Target;
use std::{ffi::c_void, ptr};

/// How a program is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Threads of the host's kernels, the caller's included.
    pub threads: usize,
    /// Part of the name of the Vulkan device; `None`: the best there is.
    pub vulkan_device: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options { threads: 1, vulkan_device: None }
    }
}

/// A dense row-major tensor that somebody else owns.
#[derive(Clone, Copy, Debug)]
pub struct TensorRef<'a> {
    /// Element type in MLIR's spelling.
    pub element: &'a str,
    pub shape: &'a [usize],
    pub data: &'a [u8],
}

/// A dense row-major tensor.
#[derive(Clone)]
pub struct Tensor {
    pub element: String,
    pub shape: Vec<usize>,
    pub data: Aligned,
}

/// A program with its code loaded, its threads started, its devices open and its weights where they are used.
///
/// The code of an artifact is trusted: it is machine code.
pub struct Program {
    manifest: Manifest,
    weights: Bytes,
    entry: Option<Entry>,
    machine: Machine,
    arena: Aligned,
    // After everything that holds addresses of its code.
    _loaded: Option<Loaded>,
    pool: Pool,
}

struct Entry {
    run: Run,
    arena_bytes: ArenaBytes,
}

impl Program {
    /// Loads a program.
    ///
    /// Errors: [`codes::MANIFEST`], [`codes::WEIGHTS`], [`codes::TARGET`] (code for another machine), [`codes::LOAD`], those of Vulkan.
    pub fn new(artifact: &Artifact, options: &Options) -> Result<Program> {
        artifact.check()?;
        let manifest = artifact.manifest.clone();
        let loaded = match &artifact.object {
            None => None,
            Some(object) => {
                check_machine(&manifest.target)?;
                Some(Loaded::new([object.as_slice()]).map_err(load_error)?)
            }
        };
        let weights = artifact.aligned_weights();
        let entry = match (&loaded, manifest.entry) {
            (Some(loaded), true) => Some(entry(loaded, &manifest.name)?),
            _ => None,
        };
        let kernel = |name: &str| -> Result<Kernel> {
            let loaded = loaded.as_ref().ok_or_else(|| RuntimeError::new(codes::LOAD, "there is no object"))?;
            let address = loaded.symbol(name).map_err(load_error)?;
            // SAFETY: the manifest calls the symbol a kernel of the host, which has this type.
            Ok(unsafe { std::mem::transmute::<*const c_void, Kernel>(address) })
        };
        let machine = match entry {
            Some(_) => Machine::default(),
            None => Machine::new(artifact, &weights, kernel, options)?,
        };
        let pool = Pool::new(options.threads);
        Ok(Program { manifest, weights, entry, machine, arena: Aligned::zeroed(0), _loaded: loaded, pool })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Names of the Vulkan devices in use, as their drivers give them.
    pub fn vulkan_devices(&self) -> Vec<&str> {
        self.machine.vulkan_devices()
    }

    /// Runs one inference; inputs in the manifest's order, as are the outputs.
    ///
    /// Errors: [`codes::INPUT`] (count, type or shape), [`codes::DIM`], [`codes::RUN`], those of Vulkan.
    pub fn run(&mut self, inputs: &[TensorRef<'_>]) -> Result<Vec<Tensor>> {
        let dims = self.bind(inputs)?;
        let copies = inputs.iter().map(aligned_copy).collect::<Result<Vec<_>>>()?;
        let inputs: Vec<&[u8]> =
            inputs.iter().zip(&copies).map(|(i, copy)| copy.as_ref().map_or(i.data, Aligned::as_ref)).collect();
        let mut outputs = Vec::new();
        for port in &self.manifest.outputs {
            let (shape, bytes) = (port.extents(&dims)?, port.bytes(&dims)?);
            outputs.push(Tensor { element: port.element.clone(), shape, data: Aligned::zeroed(bytes) });
        }
        let into: Vec<*const c_void> = inputs.iter().map(|i| i.as_ptr().cast()).collect();
        let mut out: Vec<&mut [u8]> = outputs.iter_mut().map(|o| o.data.as_mut()).collect();
        match &self.entry {
            Some(entry) => call(entry, &self.pool, &self.weights, &into, &mut out, &dims, &mut self.arena)?,
            None => self.machine.run(&self.manifest, &self.pool, &self.weights, &inputs, &mut out, &dims)?,
        }
        Ok(outputs)
    }

    /// The values of the dims, from the shapes of the inputs, which are checked.
    fn bind(&self, inputs: &[TensorRef<'_>]) -> Result<Vec<i64>> {
        let ports = &self.manifest.inputs;
        if ports.len() != inputs.len() {
            return fail(codes::INPUT, format!("`{}` takes {} inputs, not {}", self.manifest.name, ports.len(), inputs.len()));
        }
        let mut dims = Vec::new();
        for dim in &self.manifest.dims {
            let extent = inputs.get(dim.input).and_then(|i| i.shape.get(dim.axis)).and_then(|e| i64::try_from(*e).ok());
            let Some(value) = extent.filter(|v| *v >= dim.min) else {
                return fail(
                    codes::INPUT,
                    format!("axis {} of input {} does not give a valid `{}`", dim.axis, dim.input, dim.name),
                );
            };
            dims.push(value);
        }
        ports.iter().zip(inputs).try_for_each(|(port, input)| self.check_input(port, input, &dims))?;
        Ok(dims)
    }

    fn check_input(&self, port: &Port, input: &TensorRef<'_>, dims: &[i64]) -> Result<()> {
        let expected = port.extents(dims)?;
        if port.element != input.element || expected != input.shape {
            let message =
                format!("input `{}` is {}, not {}{:?}", port.name, port.type_text(&self.manifest), input.element, input.shape);
            return fail(codes::INPUT, message);
        }
        let bytes = port.bytes(dims)?;
        if bytes != input.data.len() {
            return fail(codes::INPUT, format!("input `{}` has {} bytes, its type {bytes}", port.name, input.data.len()));
        }
        Ok(())
    }
}

fn entry(loaded: &Loaded, name: &str) -> Result<Entry> {
    let run = loaded.symbol(&format!("{name}_run")).map_err(load_error)?;
    let arena_bytes = loaded.symbol(&format!("{name}_arena_bytes")).map_err(load_error)?;
    // SAFETY: the manifest says that the object holds the program's entry, whose two functions have these types.
    unsafe {
        Ok(Entry {
            run: std::mem::transmute::<*const c_void, Run>(run),
            arena_bytes: std::mem::transmute::<*const c_void, ArenaBytes>(arena_bytes),
        })
    }
}

fn call(
    entry: &Entry,
    pool: &Pool,
    weights: &Bytes,
    inputs: &[*const c_void],
    outputs: &mut [&mut [u8]],
    dims: &[i64],
    arena: &mut Aligned,
) -> Result<()> {
    let outputs: Vec<*mut c_void> = outputs.iter_mut().map(|o| o.as_mut_ptr().cast()).collect();
    // SAFETY: inputs and outputs have the sizes that the manifest gives for these dims, the weights are those that the
    // program was compiled with, and the arena is as large as it asks.
    let status = unsafe {
        let bytes = (entry.arena_bytes)(dims.as_ptr());
        if arena.len() < bytes {
            *arena = Aligned::zeroed(bytes);
        }
        let host = pool.host();
        let host = if pool.threads() > 1 { &raw const host } else { ptr::null() };
        (entry.run)(
            host,
            weights.as_ptr().cast(),
            inputs.as_ptr(),
            outputs.as_ptr(),
            dims.as_ptr(),
            arena.as_mut().as_mut_ptr().cast(),
        )
    };
    if status == 0 { Ok(()) } else { fail(codes::RUN, format!("the program returned {status}")) }
}

/// A copy of an input that is not aligned to its elements.
fn aligned_copy(input: &TensorRef<'_>) -> Result<Option<Aligned>> {
    let aligned = input.data.as_ptr().addr().is_multiple_of(element_bytes(input.element)?);
    Ok((!aligned).then(|| Aligned::copy_of(input.data)))
}

fn load_error(errors: Vec<edge_emit::EmitError>) -> RuntimeError {
    let text = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    RuntimeError::new(codes::LOAD, text)
}

/// Refuses code that would use instructions which this machine lacks.
fn check_machine(target: &str) -> Result<()> {
    let Ok(target) = Target::load(target) else { return Ok(()) };
    let Some(wants) = &target.host else { return Ok(()) };
    let have = edge_place::host_features();
    let missing: Vec<_> = wants.requires.iter().filter(|f| !have.contains(f.as_str())).map(String::as_str).collect();
    if wants.arch != std::env::consts::ARCH {
        return fail(codes::TARGET, format!("the code is for {}, this machine is {}", wants.arch, std::env::consts::ARCH));
    }
    if missing.is_empty() {
        return Ok(());
    }
    fail(codes::TARGET, format!("the code is for `{}`, this machine lacks {}", target.name, missing.join(", ")))
}
