//! Loads and runs what was emitted.
