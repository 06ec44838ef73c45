//! Helpers for snapshot tests of pipelines.
