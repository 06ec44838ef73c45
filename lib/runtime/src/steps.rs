//! Carrying out the steps of a program that the host drives: kernels of the host, launches on Vulkan devices, copies.

use crate::{
    abi::Kernel,
    artifact::Artifact,
    bytes::Aligned,
    codes,
    error::{Result, fail},
    manifest::{Base, BufferRef, Copy, Kind, Launch, Manifest, Step},
    pool::Pool,
    program::Options,
    vulkan::{Binding, BufferId, PipelineId, VulkanDevice},
};
use bytes::Bytes;
use std::{
    collections::{BTreeMap, btree_map::Entry},
    ffi::c_void,
};

/// What the steps work on; empty for programs that have an entry of their own.
#[derive(Default)]
pub(crate) struct Machine {
    /// Kernels of the host by index; `None` for those of devices.
    kernels: Vec<Option<Kernel>>,
    gpus: BTreeMap<String, Gpu>,
    /// Arenas in the host's memory by space.
    arenas: BTreeMap<String, Aligned>,
}

struct Gpu {
    vulkan: VulkanDevice,
    pipelines: BTreeMap<usize, PipelineId>,
    arenas: BTreeMap<String, BufferId>,
    /// Ranges of the weights, by offset and size in the blob.
    weights: BTreeMap<(usize, usize), Binding>,
}

/// The places of one run.
struct Places<'a, 'b> {
    manifest: &'a Manifest,
    weights: &'a Bytes,
    inputs: &'a [&'b [u8]],
    outputs: &'a mut [&'b mut [u8]],
    dims: &'a [i64],
}

/// A range of bytes, found.
enum Place {
    Host(*mut u8),
    Device(String, BufferId, usize),
}

impl Machine {
    pub fn new(
        artifact: &Artifact,
        weights: &Bytes,
        kernel: impl Fn(&str) -> Result<Kernel>,
        options: &Options,
    ) -> Result<Machine> {
        let manifest = &artifact.manifest;
        let address = |k: &crate::manifest::KernelInfo| if k.kind == Kind::Cpu { kernel(&k.name).map(Some) } else { Ok(None) };
        let kernels = manifest.kernels.iter().map(address).collect::<Result<_>>()?;
        let mut gpus = BTreeMap::new();
        for device in manifest.devices.iter().filter(|d| d.kind == Kind::Vulkan) {
            gpus.insert(device.name.clone(), Gpu::open(artifact, &device.name, weights, options)?);
        }
        Ok(Machine { kernels, gpus, arenas: BTreeMap::new() })
    }

    pub fn vulkan_devices(&self) -> Vec<&str> {
        self.gpus.values().map(|g| g.vulkan.name()).collect()
    }

    pub fn run<'b>(
        &mut self,
        manifest: &Manifest,
        pool: &Pool,
        weights: &Bytes,
        inputs: &[&'b [u8]],
        outputs: &mut [&'b mut [u8]],
        dims: &[i64],
    ) -> Result<()> {
        self.size_arenas(manifest, dims)?;
        let mut places = Places { manifest, weights, inputs, outputs, dims };
        for step in &manifest.steps {
            match step {
                Step::Launch(launch) if self.gpus.contains_key(&launch.device) => self.launch_on_device(launch, &places)?,
                Step::Launch(launch) => self.launch_on_host(launch, &mut places, pool)?,
                Step::Copy(copy) => self.copy(copy, &mut places)?,
            }
        }
        self.gpus.values_mut().try_for_each(|gpu| gpu.vulkan.finish())
    }

    fn size_arenas(&mut self, manifest: &Manifest, dims: &[i64]) -> Result<()> {
        for arena in &manifest.arenas {
            let bytes = arena.bytes.size(dims)?;
            match self.gpus.get_mut(&arena.device) {
                Some(gpu) => {
                    let old = gpu.arenas.get(&arena.space).map_or(0, |b| gpu.vulkan.buffer_bytes(*b));
                    if old < bytes || !gpu.arenas.contains_key(&arena.space) {
                        let buffer = gpu.vulkan.buffer(bytes)?;
                        gpu.arenas.insert(arena.space.clone(), buffer);
                    }
                }
                None => {
                    let memory = self.arenas.entry(arena.space.clone()).or_insert_with(|| Aligned::zeroed(0));
                    if memory.len() < bytes {
                        *memory = Aligned::zeroed(bytes);
                    }
                }
            }
        }
        Ok(())
    }

    fn launch_on_host(&mut self, launch: &Launch, places: &mut Places<'_, '_>, pool: &Pool) -> Result<()> {
        let mut bufs: Vec<*mut c_void> = Vec::with_capacity(launch.buffers.len());
        for buffer in &launch.buffers {
            match self.find(buffer, places)? {
                (Place::Host(address), _) => bufs.push(address.cast()),
                (Place::Device(name, ..), _) => {
                    return fail(codes::MANIFEST, format!("a kernel of the host uses memory of `{name}`"));
                }
            }
        }
        let Some(kernel) = self.kernels.get(launch.kernel).copied().flatten() else {
            return fail(codes::MANIFEST, format!("kernel {} is not one of the host", launch.kernel));
        };
        let dims = launch.dims.iter().map(|d| d.eval(places.dims)).collect::<Result<Vec<_>>>()?;
        let (total, grain) = (launch.total.eval(places.dims)?, launch.grain.eval(places.dims)?);
        // SAFETY: every buffer was found to lie in live memory of this run; that the kernel stays within the sizes that the
        // manifest gives, and is safe in parallel, is what compiling it promised.
        unsafe { pool.launch(kernel, bufs.as_ptr(), dims.as_ptr(), total, grain) };
        Ok(())
    }

    fn launch_on_device(&mut self, launch: &Launch, places: &Places<'_, '_>) -> Result<()> {
        let Some(gpu) = self.gpus.get_mut(&launch.device) else { return fail(codes::MANIFEST, "an unknown device") };
        let mut bindings = Vec::with_capacity(launch.buffers.len());
        for buffer in &launch.buffers {
            let (offset, bytes) = (buffer.offset.size(places.dims)?, buffer.bytes.size(places.dims)?);
            let found = match &buffer.base {
                Base::Arena(space) => gpu.arenas.get(space).map(|b| Binding { buffer: *b, offset, bytes }),
                Base::Weights => gpu.weights.get(&(offset, bytes)).copied(),
                Base::Input(_) | Base::Output(_) => None,
            };
            match found {
                Some(binding) => bindings.push(binding),
                None => {
                    return fail(codes::MANIFEST, format!("{:?} is not in the memory of `{}`", buffer.base, launch.device));
                }
            }
        }
        let Some(pipeline) = gpu.pipelines.get(&launch.kernel).copied() else {
            return fail(codes::MANIFEST, format!("kernel {} is not one of `{}`", launch.kernel, launch.device));
        };
        let dims = launch.dims.iter().map(|d| d.eval(places.dims)).collect::<Result<Vec<_>>>()?;
        gpu.vulkan.dispatch(pipeline, &bindings, &dims, launch.total.eval(places.dims)?)
    }

    fn copy(&mut self, copy: &Copy, places: &mut Places<'_, '_>) -> Result<()> {
        let (from, bytes) = self.find(&copy.from, places)?;
        let (to, room) = self.find(&copy.to, places)?;
        if bytes != room || matches!(copy.to.base, Base::Weights | Base::Input(_)) {
            return fail(codes::MANIFEST, format!("a copy of {bytes} bytes to {room} bytes of {:?}", copy.to.base));
        }
        match (from, to) {
            // SAFETY: both ranges were found to lie in live memory and have that many bytes; `copy` allows an overlap.
            (Place::Host(from), Place::Host(to)) => unsafe { std::ptr::copy(from, to, bytes) },
            (Place::Host(from), Place::Device(name, buffer, offset)) => {
                // SAFETY: as above; nothing writes to the host's memory during the call.
                let data = unsafe { std::slice::from_raw_parts(from.cast_const(), bytes) };
                self.gpu(&name)?.upload(data, buffer, offset)?;
            }
            (Place::Device(name, buffer, offset), Place::Host(to)) => {
                // SAFETY: as above; the range is not borrowed anywhere else during the call.
                let data = unsafe { std::slice::from_raw_parts_mut(to, bytes) };
                self.gpu(&name)?.download(buffer, offset, data)?;
            }
            (Place::Device(a, from, from_offset), Place::Device(b, to, to_offset)) if a == b => {
                self.gpu(&a)?.copy(from, from_offset, to, to_offset, bytes)?;
            }
            (Place::Device(a, from, from_offset), Place::Device(b, to, to_offset)) => {
                let mut through = Aligned::zeroed(bytes);
                self.gpu(&a)?.download(from, from_offset, through.as_mut())?;
                self.gpu(&b)?.upload(through.as_ref(), to, to_offset)?;
            }
        }
        Ok(())
    }

    fn gpu(&mut self, name: &str) -> Result<&mut VulkanDevice> {
        match self.gpus.get_mut(name) {
            Some(gpu) => Ok(&mut gpu.vulkan),
            None => fail(codes::MANIFEST, format!("the unknown device `{name}`")),
        }
    }

    /// Where a range lies and how many bytes it has; it lies within its base.
    fn find(&mut self, buffer: &BufferRef, places: &mut Places<'_, '_>) -> Result<(Place, usize)> {
        let (offset, bytes) = (buffer.offset.size(places.dims)?, buffer.bytes.size(places.dims)?);
        let on_device = |space: &String| places.manifest.arenas.iter().find(|a| a.space == *space).map(|a| a.device.clone());
        let (start, size) = match &buffer.base {
            // What is read only is never written through this pointer: `copy` refuses, and kernels do not by their effects.
            Base::Weights => (places.weights.as_ptr().cast_mut(), places.weights.len()),
            Base::Input(i) => places.inputs.get(*i).map_or((std::ptr::null_mut(), 0), |d| (d.as_ptr().cast_mut(), d.len())),
            Base::Output(i) => places.outputs.get_mut(*i).map_or((std::ptr::null_mut(), 0), |d| (d.as_mut_ptr(), d.len())),
            Base::Arena(space) => {
                let device = on_device(space).unwrap_or_default();
                if let Some(gpu) = self.gpus.get(&device)
                    && let Some(id) = gpu.arenas.get(space)
                {
                    return Ok((Place::Device(device, *id, offset), bytes));
                }
                self.arenas.get_mut(space).map_or((std::ptr::null_mut(), 0), |a| (a.as_mut().as_mut_ptr(), a.len()))
            }
        };
        match offset.checked_add(bytes) {
            // SAFETY: the offset lies within the allocation that `start` points at (or is 0).
            Some(end) if end <= size => Ok((Place::Host(unsafe { start.add(offset) }), bytes)),
            _ => fail(
                codes::MANIFEST,
                format!("bytes {offset} to {offset} + {bytes} lie outside {:?} of {size} bytes", buffer.base),
            ),
        }
    }
}

impl Gpu {
    fn open(artifact: &Artifact, name: &str, weights: &Bytes, options: &Options) -> Result<Gpu> {
        let manifest = &artifact.manifest;
        let mut vulkan = VulkanDevice::open(options.vulkan_device.as_deref())?;
        let mut pipelines = BTreeMap::new();
        let mut ranges = BTreeMap::new();
        for step in &manifest.steps {
            let Step::Launch(launch) = step else { continue };
            if launch.device != name {
                continue;
            }
            let kernel = &manifest.kernels[launch.kernel];
            if let Entry::Vacant(slot) = pipelines.entry(launch.kernel) {
                let words = artifact.module_of(kernel)?;
                let id = vulkan.pipeline(words, &kernel.name, launch.buffers.len() + 1, kernel.workgroup.unwrap_or(64))?;
                slot.insert(id);
            }
            for buffer in launch.buffers.iter().filter(|b| b.base == Base::Weights) {
                ranges.insert((buffer.offset.size(&[])?, buffer.bytes.size(&[])?), None);
            }
        }
        let weights = upload_weights(&mut vulkan, ranges, weights)?;
        Ok(Gpu { vulkan, pipelines, arenas: BTreeMap::new(), weights })
    }
}

/// Copies ranges of the weights into one buffer of the device's, each at an offset that a binding may have.
fn upload_weights(
    vulkan: &mut VulkanDevice,
    ranges: BTreeMap<(usize, usize), Option<Binding>>,
    weights: &Bytes,
) -> Result<BTreeMap<(usize, usize), Binding>> {
    let alignment = vulkan.offset_alignment();
    let total = ranges.keys().map(|(_, bytes)| bytes.next_multiple_of(alignment)).sum();
    if total == 0 {
        return Ok(BTreeMap::new());
    }
    let buffer = vulkan.buffer(total)?;
    let mut placed = BTreeMap::new();
    let mut offset = 0;
    for (from, bytes) in ranges.into_keys() {
        let Some(data) = from.checked_add(bytes).and_then(|end| weights.get(from..end)) else {
            return fail(
                codes::MANIFEST,
                format!("a launch uses bytes {from} to {from} + {bytes} of {} bytes of weights", weights.len()),
            );
        };
        vulkan.upload(data, buffer, offset)?;
        placed.insert((from, bytes), Binding { buffer, offset, bytes });
        offset += bytes.next_multiple_of(alignment);
    }
    vulkan.finish()?;
    Ok(placed)
}
