//! Lowering text through a pipeline in one call, as tests do.

use crate::registry::Registry;
use crate::{Io, edge_opt};

/// Runs edge-opt with `flags` (`--canonicalize`, `--pipeline=cpu`, `--pass-pipeline=…`) on a text.
///
/// # Errors
/// What it wrote to its standard error.
pub fn lower(registry: Registry, flags: &[&str], text: &str) -> Result<String, String> {
    let args: Vec<String> = std::iter::once("edge-opt").chain(flags.iter().copied()).map(str::to_owned).collect();
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let io = Io { input: &mut text.as_bytes(), output: &mut output, errors: &mut errors, color: false };
    match edge_opt(registry, &args, io) {
        0 => Ok(String::from_utf8_lossy(&output).into_owned()),
        _ => Err(String::from_utf8_lossy(&errors).into_owned()),
    }
}
