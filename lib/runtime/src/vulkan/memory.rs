//! Buffers, each with memory of its own.

use super::{VulkanDevice, api};
use crate::codes;
use crate::error::{Result, fail};
use ash::vk;

/// A buffer of a [`VulkanDevice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferId(pub(super) usize);

pub(super) struct Buffer {
    pub handle: vk::Buffer,
    memory: vk::DeviceMemory,
    pub bytes: usize,
    /// Where the host sees it; null for memory of the device's own.
    pub mapped: *mut u8,
}

impl Buffer {
    /// # Safety
    /// The device made the buffer, and no work uses it any more.
    pub unsafe fn destroy(&self, device: &ash::Device) {
        // SAFETY: promised by the caller.
        unsafe {
            device.destroy_buffer(self.handle, None);
            device.free_memory(self.memory, None);
        }
    }
}

impl VulkanDevice {
    /// A storage buffer in the device's memory. Its contents are undefined.
    ///
    /// Errors: [`codes::VULKAN_LIMIT`] (no memory of that size), [`codes::VULKAN_API`].
    pub fn buffer(&mut self, bytes: usize) -> Result<BufferId> {
        self.allocate(bytes, vk::MemoryPropertyFlags::DEVICE_LOCAL, vk::MemoryPropertyFlags::empty())
    }

    /// A buffer that host and device both see.
    pub(super) fn shared_buffer(&mut self, bytes: usize) -> Result<BufferId> {
        let visible = vk::MemoryPropertyFlags::HOST_VISIBLE | vk::MemoryPropertyFlags::HOST_COHERENT;
        self.allocate(bytes, vk::MemoryPropertyFlags::HOST_CACHED, visible)
    }

    fn allocate(
        &mut self,
        bytes: usize,
        preferred: vk::MemoryPropertyFlags,
        required: vk::MemoryPropertyFlags,
    ) -> Result<BufferId> {
        let bytes = bytes.max(self.offset_alignment());
        let usage =
            vk::BufferUsageFlags::STORAGE_BUFFER | vk::BufferUsageFlags::TRANSFER_SRC | vk::BufferUsageFlags::TRANSFER_DST;
        let info = vk::BufferCreateInfo::default().size(bytes as u64).usage(usage).sharing_mode(vk::SharingMode::EXCLUSIVE);
        // SAFETY: the device is alive; what was made is released if a later step fails.
        unsafe {
            let handle = self.device.create_buffer(&info, None).map_err(api("making a buffer"))?;
            match self.back(handle, preferred, required) {
                Ok((memory, mapped)) => {
                    self.buffers.push(Buffer { handle, memory, bytes, mapped });
                    Ok(BufferId(self.buffers.len() - 1))
                }
                Err(error) => {
                    self.device.destroy_buffer(handle, None);
                    Err(error)
                }
            }
        }
    }

    /// # Safety
    /// `buffer` is a fresh buffer of this device.
    unsafe fn back(
        &self,
        buffer: vk::Buffer,
        preferred: vk::MemoryPropertyFlags,
        required: vk::MemoryPropertyFlags,
    ) -> Result<(vk::DeviceMemory, *mut u8)> {
        // SAFETY: promised by the caller; memory that cannot be bound or mapped is released.
        unsafe {
            let needs = self.device.get_buffer_memory_requirements(buffer);
            let pick = |flags: vk::MemoryPropertyFlags| {
                let types = self.memory.memory_types_as_slice().iter().zip(0u32..);
                types
                    .into_iter()
                    .find(|(t, i)| needs.memory_type_bits >> i & 1 == 1 && t.property_flags.contains(flags))
                    .map(|(_, i)| i)
            };
            let Some(kind) = pick(preferred | required).or_else(|| pick(required)) else {
                return fail(codes::VULKAN_LIMIT, format!("`{}` has no memory of the kind that is needed", self.name));
            };
            let info = vk::MemoryAllocateInfo::default().allocation_size(needs.size).memory_type_index(kind);
            let memory = match self.device.allocate_memory(&info, None) {
                Ok(memory) => memory,
                Err(e) => {
                    return fail(codes::VULKAN_LIMIT, format!("`{}` has no {} bytes of memory: {e}", self.name, needs.size));
                }
            };
            let bound = self.device.bind_buffer_memory(buffer, memory, 0).and_then(|()| {
                if required.contains(vk::MemoryPropertyFlags::HOST_VISIBLE) {
                    self.device.map_memory(memory, 0, vk::WHOLE_SIZE, vk::MemoryMapFlags::empty())
                } else {
                    Ok(std::ptr::null_mut())
                }
            });
            bound.map(|mapped| (memory, mapped.cast())).map_err(|e| {
                self.device.free_memory(memory, None);
                api("binding memory")(e)
            })
        }
    }

    /// Bytes of a buffer.
    pub fn buffer_bytes(&self, buffer: BufferId) -> usize {
        self.buffers.get(buffer.0).map_or(0, |b| b.bytes)
    }
}
