//! Codes of errors of loading and running.

edge_support::codes! {
    /// A file of an artifact cannot be read or written.
    FILE = "E1001";
    /// A manifest is not what it should be, or does not fit the artifact.
    MANIFEST = "E1002";
    /// The weights are not those that the program was compiled with.
    WEIGHTS = "E1003";
    /// The code is for another machine.
    TARGET = "E1004";
    /// Code cannot be loaded.
    LOAD = "E1005";
    /// An input has the wrong type or shape, or their number is wrong.
    INPUT = "E1006";
    /// A size that depends on the inputs cannot be computed.
    DIM = "E1007";
    /// A compiled program reported a failure.
    RUN = "E1008";
    /// There is no Vulkan device that can be used.
    VULKAN_NONE = "E1011";
    /// A Vulkan device lacks a feature that a kernel needs.
    VULKAN_FEATURE = "E1012";
    /// A limit of a Vulkan device is exceeded.
    VULKAN_LIMIT = "E1013";
    /// A call of Vulkan's failed.
    VULKAN_API = "E1014";
}
