//! Finding a device and opening it with all that compute kernels may use.

use super::{VulkanDevice, api};
use crate::codes;
use crate::error::{Result, RuntimeError, fail};
use ash::{khr, vk};
use std::ffi::CStr;

/// SPIR-V's numbers of capabilities.
mod capability {
    pub const MATRIX: u32 = 0;
    pub const SHADER: u32 = 1;
    pub const FLOAT16: u32 = 9;
    pub const FLOAT64: u32 = 10;
    pub const INT64: u32 = 11;
    pub const INT16: u32 = 22;
    pub const INT8: u32 = 39;
    pub const GROUP_NON_UNIFORM: u32 = 61;
    pub const GROUP_NON_UNIFORM_ARITHMETIC: u32 = 63;
    pub const STORAGE_BUFFER_16: u32 = 4433;
    pub const STORAGE_BUFFER_8: u32 = 4448;
}

const APPLICATION: &CStr = c"edge-runtime";

pub(super) fn open(wanted: Option<&str>) -> Result<VulkanDevice> {
    // SAFETY: loads the system's Vulkan loader, whose initialisers are taken to be sound.
    let entry = unsafe { ash::Entry::load() }.map_err(|e| {
        RuntimeError::new(codes::VULKAN_NONE, format!("there is no Vulkan loader on this machine (package libvulkan1): {e}"))
    })?;
    let application = vk::ApplicationInfo::default().application_name(APPLICATION).api_version(vk::API_VERSION_1_1);
    let info = vk::InstanceCreateInfo::default().application_info(&application);
    // SAFETY: the structures live during the call.
    let instance = unsafe { entry.create_instance(&info, None) }.map_err(|e| {
        RuntimeError::new(
            codes::VULKAN_NONE,
            format!("no Vulkan driver can be used (package mesa-vulkan-drivers has one for the CPU): {e}"),
        )
    })?;
    match choose(&instance, wanted)
        .and_then(|(physical, family)| create(&instance, physical, family).map(|made| (physical, family, made)))
    {
        Ok((physical, family, made)) => Ok(finish(entry, instance, physical, family, made)),
        Err(error) => {
            // SAFETY: nothing was made of the instance that is still alive.
            unsafe { instance.destroy_instance(None) };
            Err(error)
        }
    }
}

struct Made {
    device: ash::Device,
    capabilities: Vec<u32>,
}

fn finish(entry: ash::Entry, instance: ash::Instance, physical: vk::PhysicalDevice, family: u32, made: Made) -> VulkanDevice {
    // SAFETY: the physical device belongs to the live instance, and the queue was asked for at creation.
    unsafe {
        let properties = instance.get_physical_device_properties(physical);
        VulkanDevice {
            queue: made.device.get_device_queue(family, 0),
            memory: instance.get_physical_device_memory_properties(physical),
            limits: properties.limits,
            name: device_name(&properties),
            capabilities: made.capabilities,
            device: made.device,
            _entry: entry,
            instance,
            family,
            buffers: Vec::new(),
            pipelines: Vec::new(),
            recording: None,
        }
    }
}

fn device_name(properties: &vk::PhysicalDeviceProperties) -> String {
    properties.device_name_as_c_str().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn choose(instance: &ash::Instance, wanted: Option<&str>) -> Result<(vk::PhysicalDevice, u32)> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    // SAFETY: the instance is alive, and the devices are its own.
    unsafe {
        for physical in instance.enumerate_physical_devices().map_err(api("listing devices"))? {
            let properties = instance.get_physical_device_properties(physical);
            let families = instance.get_physical_device_queue_family_properties(physical);
            let compute = families.iter().position(|f| f.queue_flags.contains(vk::QueueFlags::COMPUTE));
            let name = device_name(&properties);
            names.push(name.clone());
            if let Some(family) = compute.filter(|_| properties.api_version >= vk::API_VERSION_1_1)
                && wanted.is_none_or(|w| name.contains(w))
            {
                found.push((rank(properties.device_type), physical, family as u32));
            }
        }
    }
    let best = found.into_iter().min_by_key(|(rank, ..)| *rank);
    best.map(|(_, physical, family)| (physical, family)).map_or_else(
        || {
            let asked = wanted.map_or(String::new(), |w| format!(" called `{w}`"));
            fail(
                codes::VULKAN_NONE,
                format!("there is no Vulkan 1.1 device{asked} with a compute queue (found: {})", names.join(", ")),
            )
        },
        Ok,
    )
}

fn rank(kind: vk::PhysicalDeviceType) -> u32 {
    match kind {
        vk::PhysicalDeviceType::DISCRETE_GPU => 0,
        vk::PhysicalDeviceType::INTEGRATED_GPU => 1,
        vk::PhysicalDeviceType::VIRTUAL_GPU => 2,
        vk::PhysicalDeviceType::CPU => 3,
        _ => 4,
    }
}

fn create(instance: &ash::Instance, physical: vk::PhysicalDevice, family: u32) -> Result<Made> {
    let mut storage16 = vk::PhysicalDevice16BitStorageFeatures::default();
    let mut storage8 = vk::PhysicalDevice8BitStorageFeatures::default();
    let mut small = vk::PhysicalDeviceShaderFloat16Int8Features::default();
    let mut features =
        vk::PhysicalDeviceFeatures2::default().push_next(&mut storage16).push_next(&mut storage8).push_next(&mut small);
    // SAFETY: the chain lives during the call; a driver skips what it does not know and leaves it false.
    unsafe { instance.get_physical_device_features2(physical, &mut features) };
    let core = features.features;
    let mut wanted = vk::PhysicalDeviceFeatures::default().shader_int64(core.shader_int64 != 0);
    wanted = wanted.shader_float64(core.shader_float64 != 0).shader_int16(core.shader_int16 != 0);
    let have = [
        (capability::INT64, core.shader_int64),
        (capability::FLOAT64, core.shader_float64),
        (capability::INT16, core.shader_int16),
        (capability::INT8, small.shader_int8),
        (capability::FLOAT16, small.shader_float16),
        (capability::STORAGE_BUFFER_8, storage8.storage_buffer8_bit_access),
        (capability::STORAGE_BUFFER_16, storage16.storage_buffer16_bit_access),
    ];
    let mut capabilities = vec![capability::MATRIX, capability::SHADER];
    capabilities.extend(have.iter().filter(|(_, has)| *has != 0).map(|(capability, _)| *capability));
    capabilities.extend(subgroups(instance, physical));

    let extensions = extensions(instance, physical)?;
    let names: Vec<_> = extensions.iter().map(|e| e.as_ptr()).collect();
    let queues = [vk::DeviceQueueCreateInfo::default().queue_family_index(family).queue_priorities(&[1.0])];
    let mut only16 = vk::PhysicalDevice16BitStorageFeatures::default()
        .storage_buffer16_bit_access(storage16.storage_buffer16_bit_access != 0);
    let mut only8 =
        vk::PhysicalDevice8BitStorageFeatures::default().storage_buffer8_bit_access(storage8.storage_buffer8_bit_access != 0);
    let mut enabled = vk::PhysicalDeviceFeatures2::default().features(wanted).push_next(&mut only16);
    if storage8.storage_buffer8_bit_access != 0 {
        enabled = enabled.push_next(&mut only8);
    }
    small.p_next = std::ptr::null_mut();
    if small.shader_int8 != 0 || small.shader_float16 != 0 {
        enabled = enabled.push_next(&mut small);
    }
    let info =
        vk::DeviceCreateInfo::default().queue_create_infos(&queues).enabled_extension_names(&names).push_next(&mut enabled);
    // SAFETY: everything that the structure points at lives during the call.
    let device = unsafe { instance.create_device(physical, &info, None) }.map_err(api("opening the device"))?;
    Ok(Made { device, capabilities })
}

/// Extensions that carry the features on devices whose version does not.
fn extensions(instance: &ash::Instance, physical: vk::PhysicalDevice) -> Result<Vec<&'static CStr>> {
    // SAFETY: the physical device belongs to the live instance.
    let (version, known) = unsafe {
        let known = instance.enumerate_device_extension_properties(physical).map_err(api("listing extensions"))?;
        (instance.get_physical_device_properties(physical).api_version, known)
    };
    if version >= vk::API_VERSION_1_2 {
        return Ok(Vec::new());
    }
    let has = |name: &&CStr| known.iter().any(|e| e.extension_name_as_c_str() == Ok(*name));
    Ok([khr::_8bit_storage::NAME, khr::shader_float16_int8::NAME, khr::storage_buffer_storage_class::NAME]
        .into_iter()
        .filter(has)
        .collect())
}

fn subgroups(instance: &ash::Instance, physical: vk::PhysicalDevice) -> Vec<u32> {
    let mut subgroup = vk::PhysicalDeviceSubgroupProperties::default();
    let mut properties = vk::PhysicalDeviceProperties2::default().push_next(&mut subgroup);
    // SAFETY: the chain lives during the call.
    unsafe { instance.get_physical_device_properties2(physical, &mut properties) };
    if !subgroup.supported_stages.contains(vk::ShaderStageFlags::COMPUTE) {
        return Vec::new();
    }
    let pairs = [
        (vk::SubgroupFeatureFlags::BASIC, capability::GROUP_NON_UNIFORM),
        (vk::SubgroupFeatureFlags::ARITHMETIC, capability::GROUP_NON_UNIFORM_ARITHMETIC),
    ];
    pairs.iter().filter(|(flag, _)| subgroup.supported_operations.contains(*flag)).map(|(_, capability)| *capability).collect()
}
