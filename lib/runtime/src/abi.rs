//! The C ABI of compiled programs, as `edge.h` has it.

use crate::manifest::Manifest;
use std::{ffi::c_void, fmt::Write};

/// Text of `edge.h`.
pub const EDGE_H: &str = include_str!("../include/edge.h");

/// Alignment of weights and arenas, bytes.
pub const ALIGNMENT: usize = 64;

/// `edge_kernel`.
pub type Kernel = unsafe extern "C" fn(bufs: *const *mut c_void, dims: *const i64, begin: i64, end: i64);

/// The type of `edge_host::parallel_for`.
pub type ParallelFor =
    unsafe extern "C" fn(ctx: *mut c_void, kernel: Kernel, bufs: *const *mut c_void, dims: *const i64, total: i64, grain: i64);

/// `edge_host`.
#[repr(C)]
pub struct EdgeHost {
    pub ctx: *mut c_void,
    pub parallel_for: ParallelFor,
}

/// The type of `NAME_run`.
pub type Run = unsafe extern "C" fn(
    host: *const EdgeHost,
    weights: *const c_void,
    inputs: *const *const c_void,
    outputs: *const *mut c_void,
    dims: *const i64,
    arena: *mut c_void,
) -> i32;

/// The type of `NAME_arena_bytes`.
pub type ArenaBytes = unsafe extern "C" fn(dims: *const i64) -> usize;

/// The C header of one program: its two functions, and its inputs, outputs, dims and weights as comments.
pub fn c_header(manifest: &Manifest) -> String {
    let name = &manifest.name;
    let guard = format!("{}_H", name.to_uppercase());
    let mut text = format!(
        "/* The program `{name}`, for {}. */\n#ifndef {guard}\n#define {guard}\n\n#include \"edge.h\"\n\n",
        manifest.target
    );
    for (kind, ports) in [("in", &manifest.inputs), ("out", &manifest.outputs)] {
        for (i, port) in ports.iter().enumerate() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "/* {kind}[{i}]: {} : {} */", comment(&port.name), comment(&port.type_text(manifest)));
        }
    }
    for (i, dim) in manifest.dims.iter().enumerate() {
        let _ = writeln!(text, "/* dims[{i}]: {} */", comment(&dim.name));
    }
    let upper = name.to_uppercase();
    let _ = writeln!(
        text,
        "\n/* Bytes of the weights that NAME_run wants, aligned to 64. */\n#define {upper}_WEIGHTS_BYTES {}",
        manifest.weights.bytes
    );
    let _ = writeln!(text, "\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n");
    let _ = writeln!(text, "size_t {name}_arena_bytes(const int64_t *dims);");
    let _ = writeln!(
        text,
        "int32_t {name}_run(const edge_host *host, const void *weights, const void *const *in, void *const *out,\n    const int64_t *dims, void *arena);"
    );
    text.push_str("\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    text
}

/// Names come from models: nothing in them may end the comment.
fn comment(text: &str) -> String {
    text.replace("*/", "* /").replace(['\n', '\r'], " ")
}
