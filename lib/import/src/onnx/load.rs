//! A model file as messages.

use super::proto::ModelProto;
use super::wire;
use crate::files;
use bytes::Bytes;
use edge_support::{Diagnostic, Diagnostics, Reported};
use prost::Message;
use std::path::Path;

edge_support::codes! {
    /// A file is no ONNX model, or is damaged.
    BAD_MODEL = "E0721";
}

/// Decodes a mapped model file; weights stay in the mapping.
pub fn load(path: &Path, diags: &Diagnostics) -> Result<ModelProto, Reported> {
    decode(files::map(path, diags)?, &path.display().to_string(), diags)
}

/// Decodes a model; `name` is what messages call it.
pub fn decode(data: Bytes, name: &str, diags: &Diagnostics) -> Result<ModelProto, Reported> {
    let damaged = |message: String, detail: Option<wire::Damage>| {
        let place = detail.as_ref().map_or(name.to_string(), |d| format!("{name}: {} (byte {})", d.field, d.offset));
        let mut diagnostic = Diagnostic::error(BAD_MODEL, message).in_place(place);
        if let Some(damage) = detail {
            diagnostic = diagnostic.note(damage.reason);
        }
        diags.error(diagnostic)
    };
    let model = ModelProto::decode(data.clone()).map_err(|e| {
        damaged(format!("this is not an ONNX model, or it is damaged: {e}"), wire::find_damage(&data, wire::Message::Model))
    })?;
    if model.graph.is_none() {
        return Err(damaged("this is not an ONNX model: it has no graph".to_string(), None));
    }
    Ok(model)
}
