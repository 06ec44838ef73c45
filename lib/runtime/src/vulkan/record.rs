//! Recording, submitting and waiting.

use super::{BufferId, PipelineId, VulkanDevice, api};
use crate::codes;
use crate::error::{Result, fail};
use ash::vk;

/// Bytes of the buffer through which data pass between host and device; larger transfers go in parts.
const STAGING: usize = 16 << 20;
/// Launches between two submissions at most.
const SETS: u32 = 1024;
/// Bindings of those launches at most.
const DESCRIPTORS: u32 = 16 * SETS;

/// A range of a buffer, bound to a kernel's argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    pub buffer: BufferId,
    /// Bytes, a multiple of [`VulkanDevice::offset_alignment`].
    pub offset: usize,
    /// Bytes.
    pub bytes: usize,
}

/// The command buffer and what its commands use until they have run.
pub(super) struct Recording {
    pool: vk::CommandPool,
    commands: vk::CommandBuffer,
    fence: vk::Fence,
    sets: vk::DescriptorPool,
    staging: BufferId,
    /// Bytes of the staging buffer in use.
    used: usize,
    launches: u32,
    descriptors: u32,
    open: bool,
}

impl Recording {
    pub fn new(vulkan: &mut VulkanDevice) -> Result<Recording> {
        let staging = vulkan.shared_buffer(STAGING)?;
        let device = &vulkan.device;
        let sizes = [vk::DescriptorPoolSize::default().ty(vk::DescriptorType::STORAGE_BUFFER).descriptor_count(DESCRIPTORS)];
        // SAFETY: the structures live during the calls; the family is the queue's. If a call fails the device is closed as
        // a whole, and an object that leaks until then is the driver's to free.
        unsafe {
            let flags = vk::CommandPoolCreateFlags::RESET_COMMAND_BUFFER;
            let info = vk::CommandPoolCreateInfo::default().queue_family_index(vulkan.family).flags(flags);
            let pool = device.create_command_pool(&info, None).map_err(api("making a command pool"))?;
            let info = vk::CommandBufferAllocateInfo::default().command_pool(pool).command_buffer_count(1);
            let commands = device.allocate_command_buffers(&info).map_err(api("making a command buffer"))?;
            let fence = device.create_fence(&vk::FenceCreateInfo::default(), None).map_err(api("making a fence"))?;
            let info = vk::DescriptorPoolCreateInfo::default().max_sets(SETS).pool_sizes(&sizes);
            let sets = device.create_descriptor_pool(&info, None).map_err(api("making a descriptor pool"))?;
            let commands = commands.first().copied().unwrap_or_default();
            Ok(Recording { pool, commands, fence, sets, staging, used: 0, launches: 0, descriptors: 0, open: false })
        }
    }

    /// # Safety
    /// The device made the recording, and its work has ended.
    pub unsafe fn destroy(&self, device: &ash::Device) {
        // SAFETY: promised by the caller.
        unsafe {
            device.destroy_descriptor_pool(self.sets, None);
            device.destroy_fence(self.fence, None);
            device.destroy_command_pool(self.pool, None);
        }
    }
}

impl VulkanDevice {
    /// Records a launch of `total` invocations; the kernel's last binding gets `total` and `dims` as 32-bit integers.
    ///
    /// Errors: [`codes::VULKAN_LIMIT`], [`codes::DIM`] (a dim beyond 32 bits), [`codes::VULKAN_API`].
    pub fn dispatch(&mut self, pipeline: PipelineId, buffers: &[Binding], dims: &[i64], total: i64) -> Result<()> {
        if total <= 0 {
            return Ok(());
        }
        let Some(kernel) = self.pipelines.get(pipeline.0) else { return fail(codes::VULKAN_API, "an unknown pipeline") };
        let (handle, layout, set_layout, bindings, workgroup) =
            (kernel.handle, kernel.layout, kernel.set_layout, kernel.bindings, kernel.workgroup);
        if bindings != buffers.len() + 1 {
            return fail(codes::VULKAN_API, format!("a kernel of {bindings} bindings gets {}", buffers.len() + 1));
        }
        buffers.iter().try_for_each(|b| self.check_binding(b))?;
        let groups = self.groups(total, workgroup)?;
        let scalars = self.scalars(dims, total)?;
        self.room(scalars.len(), bindings)?;
        let dims = self.stage(&scalars)?;
        let all: Vec<Binding> = buffers.iter().copied().chain([dims]).collect();
        let set = self.descriptor_set(set_layout, &all)?;
        let recording = self.recording()?;
        // SAFETY: the command buffer is open, all handles are of this device and live until the work has ended.
        unsafe {
            let commands = recording;
            self.barrier(commands);
            self.device.cmd_bind_pipeline(commands, vk::PipelineBindPoint::COMPUTE, handle);
            self.device.cmd_bind_descriptor_sets(commands, vk::PipelineBindPoint::COMPUTE, layout, 0, &[set], &[]);
            self.device.cmd_dispatch(commands, groups.0, groups.1, 1);
        }
        Ok(())
    }

    /// Records a copy within the device's memory; the ranges must not overlap.
    ///
    /// Errors: [`codes::VULKAN_LIMIT`] (outside a buffer), [`codes::VULKAN_API`].
    pub fn copy(&mut self, from: BufferId, from_offset: usize, to: BufferId, to_offset: usize, bytes: usize) -> Result<()> {
        if bytes == 0 {
            return Ok(());
        }
        self.inside(from, from_offset, bytes)?;
        self.inside(to, to_offset, bytes)?;
        if from == to && from_offset < to_offset + bytes && to_offset < from_offset + bytes {
            return fail(codes::VULKAN_LIMIT, "a copy overlaps itself");
        }
        let (source, target) = (self.buffers[from.0].handle, self.buffers[to.0].handle);
        let commands = self.recording()?;
        let region = vk::BufferCopy { src_offset: from_offset as u64, dst_offset: to_offset as u64, size: bytes as u64 };
        // SAFETY: the command buffer is open, and the ranges lie in live buffers.
        unsafe {
            self.barrier(commands);
            self.device.cmd_copy_buffer(commands, source, target, &[region]);
        }
        Ok(())
    }

    /// Records the transfer of host data, which are copied at once.
    ///
    /// Errors: as [`VulkanDevice::copy`].
    pub fn upload(&mut self, data: &[u8], to: BufferId, offset: usize) -> Result<()> {
        for (i, part) in data.chunks(STAGING).enumerate() {
            self.room(part.len(), 0)?;
            let staged = self.stage(part)?;
            self.copy(staged.buffer, staged.offset, to, offset + i * STAGING, part.len())?;
        }
        Ok(())
    }

    /// Runs what is recorded and fetches a range.
    ///
    /// Errors: as [`VulkanDevice::copy`].
    pub fn download(&mut self, from: BufferId, offset: usize, data: &mut [u8]) -> Result<()> {
        for (i, part) in data.chunks_mut(STAGING).enumerate() {
            self.room(part.len(), 0)?;
            let place = self.reserve(part.len())?;
            let staging = self.staging()?;
            self.copy(from, offset + i * STAGING, staging, place, part.len())?;
            self.finish()?;
            // SAFETY: the range was reserved in the mapped buffer, and the device has finished writing it.
            unsafe { std::ptr::copy_nonoverlapping(self.buffers[staging.0].mapped.add(place), part.as_mut_ptr(), part.len()) };
        }
        Ok(())
    }

    /// Submits what is recorded and waits for it.
    ///
    /// Errors: [`codes::VULKAN_API`].
    pub fn finish(&mut self) -> Result<()> {
        let Some(recording) = self.recording.as_mut() else { return Ok(()) };
        let (commands, fence, sets, open) = (recording.commands, recording.fence, recording.sets, recording.open);
        // What a failed call had reserved is given back here too.
        (recording.used, recording.launches, recording.descriptors, recording.open) = (0, 0, 0, false);
        if open {
            self.submit(commands, fence)?;
        }
        // SAFETY: no work that uses a set of the pool is pending.
        unsafe {
            self.device.reset_descriptor_pool(sets, vk::DescriptorPoolResetFlags::empty()).map_err(api("resetting descriptors"))
        }
    }

    fn submit(&self, commands: vk::CommandBuffer, fence: vk::Fence) -> Result<()> {
        let to_host = vk::MemoryBarrier::default()
            .src_access_mask(vk::AccessFlags::MEMORY_WRITE)
            .dst_access_mask(vk::AccessFlags::HOST_READ);
        let all = vk::PipelineStageFlags::COMPUTE_SHADER | vk::PipelineStageFlags::TRANSFER;
        let buffers = [commands];
        let submit = [vk::SubmitInfo::default().command_buffers(&buffers)];
        // SAFETY: the command buffer is open and ours; the fence is reset only after the work has ended.
        unsafe {
            self.device.cmd_pipeline_barrier(
                commands,
                all,
                vk::PipelineStageFlags::HOST,
                vk::DependencyFlags::empty(),
                &[to_host],
                &[],
                &[],
            );
            self.device.end_command_buffer(commands).map_err(api("ending a command buffer"))?;
            self.device.queue_submit(self.queue, &submit, fence).map_err(api("submitting work"))?;
            self.device.wait_for_fences(&[fence], true, u64::MAX).map_err(api("waiting for the device"))?;
            self.device.reset_fences(&[fence]).map_err(api("resetting a fence"))
        }
    }

    fn check_binding(&self, binding: &Binding) -> Result<()> {
        self.inside(binding.buffer, binding.offset, binding.bytes)?;
        if binding.bytes > self.largest_binding() {
            let message =
                format!("a kernel's buffer has {} bytes, `{}` allows {}", binding.bytes, self.name, self.largest_binding());
            return fail(codes::VULKAN_LIMIT, message);
        }
        if !binding.offset.is_multiple_of(self.offset_alignment()) {
            let message =
                format!("offset {} of a kernel's buffer is no multiple of {}", binding.offset, self.offset_alignment());
            return fail(codes::VULKAN_LIMIT, message);
        }
        Ok(())
    }

    fn inside(&self, buffer: BufferId, offset: usize, bytes: usize) -> Result<()> {
        let size = self.buffer_bytes(buffer);
        match offset.checked_add(bytes) {
            Some(end) if end <= size => Ok(()),
            _ => fail(codes::VULKAN_LIMIT, format!("bytes {offset} to {offset} + {bytes} lie outside a buffer of {size}")),
        }
    }

    /// Workgroups in x and y that cover `total` invocations.
    fn groups(&self, total: i64, workgroup: u32) -> Result<(u32, u32)> {
        let most = self.limits.max_compute_work_group_count;
        let needed = total.unsigned_abs().div_ceil(u64::from(workgroup.max(1)));
        let x = needed.min(u64::from(most[0])).max(1);
        let y = needed.div_ceil(x);
        if i32::try_from(total).is_err() || y > u64::from(most[1]) {
            return fail(codes::VULKAN_LIMIT, format!("{total} invocations are more than `{}` allows", self.name));
        }
        Ok((x as u32, y as u32))
    }

    fn scalars(&self, dims: &[i64], total: i64) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(4 * (dims.len() + 1));
        for value in [total].iter().chain(dims) {
            let Ok(small) = i32::try_from(*value) else {
                return fail(codes::DIM, format!("{value} does not fit into the 32-bit indices of a Vulkan kernel"));
            };
            bytes.extend(small.to_le_bytes());
        }
        Ok(bytes)
    }

    fn staging(&self) -> Result<BufferId> {
        self.recording.as_ref().map_or_else(|| fail(codes::VULKAN_API, "the device is closed"), |r| Ok(r.staging))
    }

    /// Submits first if the staging buffer or the descriptor pool cannot take that much more.
    fn room(&mut self, bytes: usize, bindings: usize) -> Result<()> {
        let alignment = self.offset_alignment();
        let full = self.recording.as_ref().is_some_and(|r| {
            r.used.next_multiple_of(alignment) + bytes > STAGING
                || r.launches >= SETS
                || r.descriptors as usize + bindings > DESCRIPTORS as usize
        });
        if full { self.finish() } else { Ok(()) }
    }

    fn reserve(&mut self, bytes: usize) -> Result<usize> {
        let alignment = self.offset_alignment();
        let Some(recording) = self.recording.as_mut() else { return fail(codes::VULKAN_API, "the device is closed") };
        let place = recording.used.next_multiple_of(alignment);
        if place + bytes > STAGING {
            return fail(codes::VULKAN_LIMIT, format!("{bytes} bytes do not fit into the staging buffer"));
        }
        recording.used = place + bytes;
        Ok(place)
    }

    fn stage(&mut self, data: &[u8]) -> Result<Binding> {
        let place = self.reserve(data.len())?;
        let buffer = self.staging()?;
        // SAFETY: the range was reserved in the mapped buffer, and no recorded work uses it yet.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), self.buffers[buffer.0].mapped.add(place), data.len()) };
        Ok(Binding { buffer, offset: place, bytes: data.len() })
    }

    fn descriptor_set(&mut self, layout: vk::DescriptorSetLayout, bindings: &[Binding]) -> Result<vk::DescriptorSet> {
        let Some(recording) = self.recording.as_mut() else { return fail(codes::VULKAN_API, "the device is closed") };
        recording.launches += 1;
        recording.descriptors += bindings.len() as u32;
        let layouts = [layout];
        let info = vk::DescriptorSetAllocateInfo::default().descriptor_pool(recording.sets).set_layouts(&layouts);
        let range = |b: &Binding| {
            // An empty range is not allowed; the kernel does not touch it.
            let bytes = b.bytes.max(4) as u64;
            [vk::DescriptorBufferInfo { buffer: self.buffers[b.buffer.0].handle, offset: b.offset as u64, range: bytes }]
        };
        let ranges: Vec<_> = bindings.iter().map(range).collect();
        // SAFETY: the pool has room (see `room`), and the structures live during the calls.
        unsafe {
            let sets = self.device.allocate_descriptor_sets(&info).map_err(api("making a descriptor set"))?;
            let set = sets.first().copied().unwrap_or_default();
            let write = |(i, range): (u32, &'_ [vk::DescriptorBufferInfo; 1])| {
                let info = vk::WriteDescriptorSet::default()
                    .dst_set(set)
                    .dst_binding(i)
                    .descriptor_type(vk::DescriptorType::STORAGE_BUFFER);
                vk::WriteDescriptorSet { descriptor_count: 1, p_buffer_info: range.as_ptr(), ..info }
            };
            let writes: Vec<_> = (0u32..).zip(&ranges).map(write).collect();
            self.device.update_descriptor_sets(&writes, &[]);
            Ok(set)
        }
    }

    /// The command buffer, begun if it was not.
    fn recording(&mut self) -> Result<vk::CommandBuffer> {
        let Some(recording) = self.recording.as_mut() else { return fail(codes::VULKAN_API, "the device is closed") };
        if !recording.open {
            let info = vk::CommandBufferBeginInfo::default().flags(vk::CommandBufferUsageFlags::ONE_TIME_SUBMIT);
            // SAFETY: the command buffer is not in use: whatever was submitted has been waited for.
            unsafe { self.device.begin_command_buffer(recording.commands, &info) }
                .map_err(api("beginning a command buffer"))?;
            recording.open = true;
        }
        Ok(recording.commands)
    }

    /// # Safety
    /// The command buffer is open.
    unsafe fn barrier(&self, commands: vk::CommandBuffer) {
        let stages = vk::PipelineStageFlags::COMPUTE_SHADER | vk::PipelineStageFlags::TRANSFER;
        let access = vk::AccessFlags::MEMORY_READ | vk::AccessFlags::MEMORY_WRITE;
        let barrier = vk::MemoryBarrier::default().src_access_mask(vk::AccessFlags::MEMORY_WRITE).dst_access_mask(access);
        // SAFETY: promised by the caller.
        unsafe {
            self.device.cmd_pipeline_barrier(commands, stages, stages, vk::DependencyFlags::empty(), &[barrier], &[], &[])
        }
    }
}
