//! Compute pipelines: one for each kernel.

use super::{VulkanDevice, api};
use crate::codes;
use crate::error::{Result, fail};
use ash::vk;
use std::ffi::CString;

/// A pipeline of a [`VulkanDevice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PipelineId(pub(super) usize);

pub(super) struct Pipeline {
    pub handle: vk::Pipeline,
    pub layout: vk::PipelineLayout,
    pub set_layout: vk::DescriptorSetLayout,
    pub bindings: usize,
    pub workgroup: u32,
    module: vk::ShaderModule,
}

impl Pipeline {
    /// # Safety
    /// The device made the pipeline's parts (null ones are skipped by Vulkan), and no work uses them any more.
    pub unsafe fn destroy(&self, device: &ash::Device) {
        // SAFETY: promised by the caller.
        unsafe {
            device.destroy_pipeline(self.handle, None);
            device.destroy_pipeline_layout(self.layout, None);
            device.destroy_descriptor_set_layout(self.set_layout, None);
            device.destroy_shader_module(self.module, None);
        }
    }
}

impl VulkanDevice {
    /// Makes the pipeline of an entry point with `bindings` storage buffers in set 0 and `workgroup` invocations a group.
    ///
    /// Errors: [`codes::VULKAN_FEATURE`] (the module declares what the device lacks), [`codes::VULKAN_LIMIT`], [`codes::VULKAN_API`].
    pub fn pipeline(&mut self, words: &[u32], entry: &str, bindings: usize, workgroup: u32) -> Result<PipelineId> {
        self.check_module(words, entry, bindings, workgroup)?;
        let Ok(name) = CString::new(entry) else { return fail(codes::VULKAN_API, format!("`{entry:?}` is not a name")) };
        let mut parts = Pipeline {
            handle: vk::Pipeline::null(),
            layout: vk::PipelineLayout::null(),
            set_layout: vk::DescriptorSetLayout::null(),
            bindings,
            workgroup,
            module: vk::ShaderModule::null(),
        };
        // SAFETY: the words were validated when they were made; half-made parts are released below.
        match unsafe { self.build(&mut parts, words, &name) } {
            Ok(()) => {
                self.pipelines.push(parts);
                Ok(PipelineId(self.pipelines.len() - 1))
            }
            Err(error) => {
                // SAFETY: made by this device a moment ago and never used.
                unsafe { parts.destroy(&self.device) };
                Err(error)
            }
        }
    }

    fn check_module(&self, words: &[u32], entry: &str, bindings: usize, workgroup: u32) -> Result<()> {
        if let Some(missing) = edge_emit::capabilities(words).into_iter().find(|c| !self.capabilities.contains(c)) {
            let message = format!(
                "`{}` cannot run `{entry}`: it lacks SPIR-V capability {missing} ({})",
                self.name,
                capability_name(missing)
            );
            return fail(codes::VULKAN_FEATURE, message);
        }
        let limit = |what: &str, value: u64, most: u64| {
            if value <= most {
                Ok(())
            } else {
                fail(codes::VULKAN_LIMIT, format!("`{entry}` has {value} {what}, `{}` allows {most}", self.name))
            }
        };
        limit("buffers", bindings as u64, u64::from(self.limits.max_per_stage_descriptor_storage_buffers))?;
        limit("invocations in a group", u64::from(workgroup.max(1)), u64::from(self.limits.max_compute_work_group_invocations))
    }

    /// # Safety
    /// `words` is valid SPIR-V with the entry point `name`.
    unsafe fn build(&self, parts: &mut Pipeline, words: &[u32], name: &CString) -> Result<()> {
        let slot = |i: u32| {
            vk::DescriptorSetLayoutBinding::default()
                .binding(i)
                .descriptor_type(vk::DescriptorType::STORAGE_BUFFER)
                .descriptor_count(1)
                .stage_flags(vk::ShaderStageFlags::COMPUTE)
        };
        let slots: Vec<_> = (0..u32::try_from(parts.bindings).unwrap_or(0)).map(slot).collect();
        // SAFETY: the structures live during the calls that read them; the rest is promised by the caller.
        unsafe {
            let info = vk::ShaderModuleCreateInfo::default().code(words);
            parts.module = self.device.create_shader_module(&info, None).map_err(api("reading a SPIR-V module"))?;
            let info = vk::DescriptorSetLayoutCreateInfo::default().bindings(&slots);
            parts.set_layout =
                self.device.create_descriptor_set_layout(&info, None).map_err(api("making a descriptor layout"))?;
            let layouts = [parts.set_layout];
            let info = vk::PipelineLayoutCreateInfo::default().set_layouts(&layouts);
            parts.layout = self.device.create_pipeline_layout(&info, None).map_err(api("making a pipeline layout"))?;
            let stage = vk::PipelineShaderStageCreateInfo::default()
                .stage(vk::ShaderStageFlags::COMPUTE)
                .module(parts.module)
                .name(name);
            let info = vk::ComputePipelineCreateInfo::default().stage(stage).layout(parts.layout);
            let made = self.device.create_compute_pipelines(vk::PipelineCache::null(), &[info], None);
            let made = made.map_err(|(_, e)| api("compiling a kernel")(e))?;
            parts.handle = made.first().copied().unwrap_or_default();
        }
        Ok(())
    }
}

fn capability_name(capability: u32) -> &'static str {
    match capability {
        9 => "Float16",
        10 => "Float64",
        11 => "Int64",
        22 => "Int16",
        39 => "Int8",
        4433 => "StorageBuffer16BitAccess",
        4448 => "StorageBuffer8BitAccess",
        _ => "see the SPIR-V specification",
    }
}
