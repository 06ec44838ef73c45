//! ONNX's `.pb` files: one serialised TensorProto.

use super::{BAD_TENSOR, Tensor};
use crate::onnx::proto::{DataType, TensorProto};
use crate::onnx::tensor::{External, tensor_of};
use crate::onnx::wire;
use bytes::Bytes;
use edge_dialect::core::ElemType;
use edge_support::{Diagnostic, Diagnostics, Reported};
use prost::Message;
use std::path::Path;

/// The name and the tensor in these bytes; `path` is for messages and for data in other files.
pub fn from_pb(data: Bytes, path: &Path, diags: &Diagnostics) -> Result<(String, Tensor), Reported> {
    let place = path.display().to_string();
    let proto = TensorProto::decode(data.clone()).map_err(|e| {
        let mut d = Diagnostic::error(BAD_TENSOR, format!("no tensor of ONNX's: {e}")).in_place(&place);
        if let Some(damage) = wire::find_damage(&data, wire::Message::Tensor) {
            d = d.note(format!("{} at byte {}: {}", damage.field, damage.offset, damage.reason));
        }
        diags.error(d)
    })?;
    let tensor = tensor_of(&proto, &External::beside(path), &place, diags)?;
    Ok((proto.name.unwrap_or_default(), tensor))
}

/// The tensor as a TensorProto of this name.
pub fn to_pb(name: &str, tensor: &Tensor) -> Result<Vec<u8>, String> {
    let proto = TensorProto {
        dims: tensor.shape().to_vec(),
        data_type: Some(data_type(tensor.elem())),
        name: Some(name.to_string()),
        raw_data: Some(tensor.data().clone()),
        ..Default::default()
    };
    Ok(proto.encode_to_vec())
}

/// ONNX's code of an element type; `index` is stored as a 64-bit integer.
pub fn data_type(elem: ElemType) -> i32 {
    match elem {
        ElemType::I1 => DataType::BOOL,
        ElemType::I8 => DataType::INT8,
        ElemType::I16 => DataType::INT16,
        ElemType::I32 => DataType::INT32,
        ElemType::I64 | ElemType::Index => DataType::INT64,
        ElemType::Ui8 => DataType::UINT8,
        ElemType::Ui16 => DataType::UINT16,
        ElemType::Ui32 => DataType::UINT32,
        ElemType::Ui64 => DataType::UINT64,
        ElemType::F16 => DataType::FLOAT16,
        ElemType::Bf16 => DataType::BFLOAT16,
        ElemType::F32 => DataType::FLOAT,
        ElemType::F64 => DataType::DOUBLE,
    }
}
