//! Passes: options, pipelines, instrumentation, reproducers.
