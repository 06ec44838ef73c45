//! Weights in a file of their own: the blobs that a module's `dense_resource` attributes name, as `.safetensors`.

use crate::files;
use bytes::Bytes;
use edge_dialect::core::ElemType;
use edge_dialect::instance::elem_of;
use edge_ir::context::Resource;
use edge_ir::{Attr, AttrKind, Context, Ident, Module};
use edge_support::{Diagnostic, Diagnostics, Reported};
use safetensors::tensor::{Dtype, SafeTensors, View};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

edge_support::codes! {
    /// A file of weights is damaged, or is not the one that the module was written with.
    BAD_WEIGHTS = "E0751";
}

/// On a module: the file of its weights, in its own folder.
pub const WEIGHTS: &str = "edge.weights";

/// A blob as the file format wants it.
struct Blob {
    dtype: Dtype,
    shape: Vec<usize>,
    data: Bytes,
}

impl View for Blob {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.data)
    }
    fn data_len(&self) -> usize {
        self.data.len()
    }
}

fn dtype(elem: ElemType) -> Dtype {
    match elem {
        ElemType::I1 => Dtype::BOOL,
        ElemType::I8 => Dtype::I8,
        ElemType::I16 => Dtype::I16,
        ElemType::I32 => Dtype::I32,
        ElemType::I64 | ElemType::Index => Dtype::I64,
        ElemType::Ui8 => Dtype::U8,
        ElemType::Ui16 => Dtype::U16,
        ElemType::Ui32 => Dtype::U32,
        ElemType::Ui64 => Dtype::U64,
        ElemType::F16 => Dtype::F16,
        ElemType::Bf16 => Dtype::BF16,
        ElemType::F32 => Dtype::F32,
        ElemType::F64 => Dtype::F64,
    }
}

/// The resources that properties in a module name, by key, each with an attribute that names it.
fn named(ctx: &Context, module: &Module) -> BTreeMap<String, (Ident, Attr)> {
    let mut out = BTreeMap::new();
    let _ = module.top.walk_all(module.root(), &mut |body, op| {
        for attr in body.op(op).prop_slots().iter().flatten() {
            if let AttrKind::DenseResource { key, .. } = ctx.attr_kind(*attr) {
                out.insert(ctx.str(key).to_string(), (key, *attr));
            }
        }
        ControlFlow::<()>::Continue(())
    });
    out
}

/// Writes the blobs of a module to a file, sorted by key within each alignment.
pub fn write(ctx: &Context, module: &Module, path: &Path, diags: &Diagnostics) -> Result<(), Reported> {
    let mut blobs = vec![];
    for (name, (key, attr)) in named(ctx, module) {
        let kind = ctx.attr_type(attr).map(|t| ctx.type_kind(t));
        let elem = kind.and_then(|k| elem_of(ctx, k.elem()?));
        let shape = kind.and_then(|k| k.shape()?.iter().map(|d| usize::try_from(*d).ok()).collect::<Option<Vec<_>>>());
        let (Some(elem), Some(shape), Some(data)) = (elem, shape, ctx.resource(key)) else {
            let message = format!("resource `{name}` has no bytes, or a type that the file format does not have");
            return Err(diags.error(Diagnostic::error(BAD_WEIGHTS, message).in_place(path.display().to_string())));
        };
        blobs.push((name, Blob { dtype: dtype(elem), shape, data }));
    }
    let part = files::part_name(path);
    let written = safetensors::serialize_to_file(blobs, None, &part).map_err(|e| e.to_string());
    files::put_in_place(&part, path, written, diags)
}

/// Adds the blobs of a file to the context, for the resources of a module that have no bytes yet. The file stays mapped.
///
/// # Errors
/// Where the file is damaged, or lacks a resource that the module names, or has it with another number of bytes.
pub fn read(ctx: &Context, module: &Module, path: &Path, diags: &Diagnostics) -> Result<(), Reported> {
    let bad = |message: String| diags.error(Diagnostic::error(BAD_WEIGHTS, message).in_place(path.display().to_string()));
    let data = files::map(path, diags)?;
    let file =
        SafeTensors::deserialize(&data).map_err(|e| bad(format!("this is no file of weights, or it is damaged: {e}")))?;
    for (name, (key, attr)) in named(ctx, module) {
        if ctx.resource(key).is_some() {
            continue;
        }
        let view = file.tensor(&name).map_err(|_| bad(format!("the file has no tensor `{name}`")))?;
        let kind = ctx.attr_type(attr).map(|t| ctx.type_kind(t));
        let elem = kind.and_then(|k| elem_of(ctx, k.elem()?));
        let wanted = kind.and_then(|k| edge_ir::elements::count(k.shape()?)?.checked_mul(elem?.bytes()));
        if wanted != Some(view.data().len() as u64) || elem.map(dtype) != Some(view.dtype()) {
            return Err(bad(format!("tensor `{name}` has another type than the module says")));
        }
        let align = elem.map_or(1, |e| e.bytes() as u32);
        ctx.add_resource(key, Resource { data: data.slice_ref(view.data()), hex: false, align, dialect: ctx.ident("builtin") });
    }
    Ok(())
}

/// Reads the weights that a module says stand beside it; `path` is the module's own file. Nothing to do where it says none.
pub fn read_beside(ctx: &Context, module: &Module, path: &Path, diags: &Diagnostics) -> Result<(), Reported> {
    let Some(attr) = module.op().attr(ctx, WEIGHTS) else { return Ok(()) };
    let Some(name) = ctx.as_str(attr) else {
        let message = format!("`{WEIGHTS}` is no string that names a file");
        return Err(diags.error(Diagnostic::error(BAD_WEIGHTS, message).in_place(path.display().to_string())));
    };
    if Path::new(name).components().count() != 1 {
        let message = format!("`{WEIGHTS}` is `{name}`, which is no file beside the module");
        return Err(diags.error(Diagnostic::error(BAD_WEIGHTS, message).in_place(path.display().to_string())));
    }
    read(ctx, module, &path.with_file_name(name), diags)
}
