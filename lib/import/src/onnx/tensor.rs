//! Tensors of ONNX in all their encodings.

use super::proto::{DataType, TensorProto};
use crate::files;
use crate::tensor::{BAD_TENSOR, Tensor, UNSUPPORTED_ELEMENT};
use bytes::Bytes;
use edge_dialect::core::ElemType;
use edge_support::{Diagnostic, Diagnostics, Reported};
use rustc_hash::FxHashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

/// The files that stand beside a model and hold its larger tensors. Each is mapped once.
pub struct External {
    folder: PathBuf,
    maps: Mutex<FxHashMap<String, Bytes>>,
}

impl External {
    /// Files beside `model`.
    pub fn beside(model: &Path) -> External {
        External { folder: model.parent().unwrap_or(Path::new("")).to_path_buf(), maps: Mutex::default() }
    }

    /// The bytes of the file at `location`, which must lie in the model's folder or below it.
    fn file(&self, location: &str, place: &str, diags: &Diagnostics) -> Result<Bytes, Reported> {
        let bad =
            |reason: String| diags.error(Diagnostic::error(BAD_TENSOR, reason).in_place(format!("{place}.external_data")));
        let relative = Path::new(location);
        if location.is_empty() || !relative.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
            return Err(bad(format!("the file `{location}` does not lie in the model's folder")));
        }
        let mut maps = self.maps.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(data) = maps.get(location) {
            return Ok(data.clone());
        }
        let data = files::map(&self.folder.join(relative), diags)?;
        maps.insert(location.to_string(), data.clone());
        Ok(data)
    }
}

/// The element type of an ONNX data type; `None` for those that have none here (strings, complex, 8-bit floats, less than a byte).
pub fn elem_of(data_type: i32) -> Option<ElemType> {
    Some(match data_type {
        DataType::BOOL => ElemType::I1,
        DataType::INT8 => ElemType::I8,
        DataType::INT16 => ElemType::I16,
        DataType::INT32 => ElemType::I32,
        DataType::INT64 => ElemType::I64,
        DataType::UINT8 => ElemType::Ui8,
        DataType::UINT16 => ElemType::Ui16,
        DataType::UINT32 => ElemType::Ui32,
        DataType::UINT64 => ElemType::Ui64,
        DataType::FLOAT16 => ElemType::F16,
        DataType::BFLOAT16 => ElemType::Bf16,
        DataType::FLOAT => ElemType::F32,
        DataType::DOUBLE => ElemType::F64,
        _ => return None,
    })
}

/// The tensor of a message. Raw data are shared with the file, not copied; `place` names the message in diagnostics.
pub fn tensor_of(proto: &TensorProto, external: &External, place: &str, diags: &Diagnostics) -> Result<Tensor, Reported> {
    let bad =
        |field: &str, reason: String| diags.error(Diagnostic::error(BAD_TENSOR, reason).in_place(format!("{place}.{field}")));
    let code = proto.data_type.unwrap_or(0);
    let Some(elem) = elem_of(code) else {
        let message = format!("element type {} is not supported", DataType::name(code));
        return Err(diags.error(Diagnostic::error(UNSUPPORTED_ELEMENT, message).in_place(format!("{place}.data_type"))));
    };
    let shape = &proto.dims;
    if let Some(size) = shape.iter().find(|d| **d < 0) {
        return Err(bad("dims", format!("a size of {size}")));
    }
    let count = edge_interp::tensor::count(elem, shape)
        .ok_or_else(|| bad("dims", "the number of elements is too large".to_string()))?;
    let size = count as u64 * elem.bytes();
    let (field, bytes) = if proto.data_location == Some(1) {
        ("external_data", external_bytes(proto, external, size, place, diags)?)
    } else if let Some(raw) = &proto.raw_data {
        ("raw_data", raw.clone())
    } else {
        typed_bytes(proto, elem)
    };
    if bytes.len() as u64 != size {
        let text = shape.iter().map(|d| format!("{d}x")).collect::<String>() + elem.name();
        return Err(bad(field, format!("a tensor of {text} takes {size} bytes, and there are {}", bytes.len())));
    }
    let bytes = if elem == ElemType::I1 && bytes.iter().any(|b| *b > 1) {
        bytes.iter().map(|b| u8::from(*b != 0)).collect()
    } else {
        bytes
    };
    Tensor::new(elem, shape, bytes).map_err(|reason| bad(field, reason))
}

/// The field in which this element type stands where there are no raw data, and its elements as bytes.
fn typed_bytes(proto: &TensorProto, elem: ElemType) -> (&'static str, Bytes) {
    let int32 = |width: usize| proto.int32_data.iter().flat_map(move |v| v.to_le_bytes().into_iter().take(width)).collect();
    match elem {
        ElemType::F32 => ("float_data", proto.float_data.iter().flat_map(|v| v.to_le_bytes()).collect()),
        ElemType::F64 => ("double_data", proto.double_data.iter().flat_map(|v| v.to_le_bytes()).collect()),
        ElemType::I64 | ElemType::Index => ("int64_data", proto.int64_data.iter().flat_map(|v| v.to_le_bytes()).collect()),
        ElemType::Ui64 => ("uint64_data", proto.uint64_data.iter().flat_map(|v| v.to_le_bytes()).collect()),
        ElemType::Ui32 => ("uint64_data", proto.uint64_data.iter().flat_map(|v| (*v as u32).to_le_bytes()).collect()),
        ElemType::I1 => ("int32_data", proto.int32_data.iter().map(|v| u8::from(*v != 0)).collect()),
        ElemType::I8 | ElemType::Ui8 => ("int32_data", int32(1)),
        ElemType::I16 | ElemType::Ui16 | ElemType::F16 | ElemType::Bf16 => ("int32_data", int32(2)),
        ElemType::I32 => ("int32_data", int32(4)),
    }
}

/// The part of another file that `external_data` names.
fn external_bytes(
    proto: &TensorProto,
    external: &External,
    size: u64,
    place: &str,
    diags: &Diagnostics,
) -> Result<Bytes, Reported> {
    let bad = |reason: String| diags.error(Diagnostic::error(BAD_TENSOR, reason).in_place(format!("{place}.external_data")));
    let entry = |key: &str| proto.external_data.iter().find(|e| e.key.as_deref() == Some(key)).and_then(|e| e.value.as_deref());
    let number = |key: &str, absent: u64| match entry(key) {
        Some(text) => text.parse::<u64>().map_err(|_| bad(format!("`{key}` is `{text}`, which is no number of bytes"))),
        None => Ok(absent),
    };
    let location = entry("location").ok_or_else(|| bad("no `location`".to_string()))?;
    let (offset, length) = (number("offset", 0)?, number("length", size)?);
    let data = external.file(location, place, diags)?;
    let end = offset.checked_add(length).filter(|end| *end <= data.len() as u64);
    let end = end
        .ok_or_else(|| bad(format!("bytes {offset} and {length} more do not lie in `{location}`, which has {}", data.len())))?;
    Ok(data.slice(offset as usize..end as usize))
}
