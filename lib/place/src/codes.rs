//! Codes of errors about targets.

edge_support::codes! {
    /// No target of that name is known.
    UNKNOWN_TARGET = "E1201";
    /// The file of a target description cannot be read.
    TARGET_FILE = "E1202";
    /// A target description is not what it should be.
    TARGET_SYNTAX = "E1203";
    /// No target description fits this machine.
    NO_HOST_TARGET = "E1204";
}
