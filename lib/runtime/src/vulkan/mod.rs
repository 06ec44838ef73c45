//! Vulkan devices: memory, pipelines and recorded work.
//!
//! One queue, one command buffer. What is recorded runs in the order of recording, with a barrier between any two
//! commands; it is submitted when the host needs a result or a buffer of the recorder is full.

mod choose;
mod memory;
mod pipeline;
mod record;

use crate::codes;
use crate::error::{Result, RuntimeError};
use ash::vk;
use memory::Buffer;
use pipeline::Pipeline;
use record::Recording;

pub use memory::BufferId;
pub use pipeline::PipelineId;
pub use record::Binding;

/// A Vulkan device with everything that was made on it.
pub struct VulkanDevice {
    // The entry holds the loader's library open.
    _entry: ash::Entry,
    instance: ash::Instance,
    device: ash::Device,
    queue: vk::Queue,
    family: u32,
    limits: vk::PhysicalDeviceLimits,
    memory: vk::PhysicalDeviceMemoryProperties,
    /// SPIR-V capabilities that modules may declare.
    capabilities: Vec<u32>,
    name: String,
    buffers: Vec<Buffer>,
    pipelines: Vec<Pipeline>,
    recording: Option<Recording>,
}

impl VulkanDevice {
    /// The device whose name contains `wanted`, or the best there is: discrete, integrated, virtual, then a CPU's.
    ///
    /// Errors: [`codes::VULKAN_NONE`] (no loader, no device with a compute queue), [`codes::VULKAN_API`].
    pub fn open(wanted: Option<&str>) -> Result<VulkanDevice> {
        let mut device = choose::open(wanted)?;
        device.recording = Some(Recording::new(&mut device)?);
        Ok(device)
    }

    /// The device's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What offsets of bindings must be multiples of, bytes.
    pub fn offset_alignment(&self) -> usize {
        usize::try_from(self.limits.min_storage_buffer_offset_alignment).unwrap_or(256).max(4)
    }

    /// Largest range of one binding, bytes.
    pub fn largest_binding(&self) -> usize {
        self.limits.max_storage_buffer_range as usize
    }
}

impl Drop for VulkanDevice {
    fn drop(&mut self) {
        // SAFETY: everything was made by this device and is released once, after the last work has ended.
        unsafe {
            let _ = self.device.device_wait_idle();
            if let Some(recording) = self.recording.take() {
                recording.destroy(&self.device);
            }
            for pipeline in self.pipelines.drain(..) {
                pipeline.destroy(&self.device);
            }
            for buffer in self.buffers.drain(..) {
                buffer.destroy(&self.device);
            }
            self.device.destroy_device(None);
            self.instance.destroy_instance(None);
        }
    }
}

fn api(what: &str) -> impl Fn(vk::Result) -> RuntimeError + '_ {
    move |result| RuntimeError::new(codes::VULKAN_API, format!("{what}: {result}"))
}
