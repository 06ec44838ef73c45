//! Small ONNX models, made from the messages.

use bytes::Bytes;
pub use edge_import::onnx::proto::*;
pub use prost::Message;

/// A value's type; a negative size is open, with a name.
pub fn tensor(name: &str, elem: i32, dims: &[i64]) -> ValueInfoProto {
    let dim = |d: &i64| DimensionProto {
        value: Some(if *d < 0 { DimensionValue::Param(format!("N{}", -d)) } else { DimensionValue::Value(*d) }),
    };
    let shape = TensorShapeProto { dim: dims.iter().map(dim).collect() };
    let tensor = TensorTypeProto { elem_type: Some(elem), shape: Some(shape) };
    ValueInfoProto { name: Some(name.into()), ty: Some(TypeProto { value: Some(TypeValue::Tensor(tensor)) }) }
}

pub fn node(op: &str, inputs: &[&str], outputs: &[&str]) -> NodeProto {
    let strings = |s: &[&str]| s.iter().map(|s| (*s).to_string()).collect();
    let name = Some(format!("{op}_{}", outputs.first().unwrap_or(&"")));
    NodeProto { input: strings(inputs), output: strings(outputs), op_type: Some(op.into()), name, ..Default::default() }
}

/// An attribute that is a graph.
pub fn graph_attribute(name: &str, graph: GraphProto) -> AttributeProto {
    AttributeProto { name: Some(name.into()), g: Some(graph), kind: Some(AttributeKind::GRAPH), ..Default::default() }
}

pub fn weight(name: &str, dims: &[i64], data: &[f32]) -> TensorProto {
    let raw = data.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(DataType::FLOAT),
        raw_data: Some(Bytes::from(raw)),
        ..Default::default()
    }
}

/// A weight whose elements are in another file.
pub fn external(name: &str, dims: &[i64], file: &str) -> TensorProto {
    let entry = StringStringEntryProto { key: Some("location".into()), value: Some(file.into()) };
    TensorProto { raw_data: None, external_data: vec![entry], data_location: Some(1), ..weight(name, dims, &[]) }
}

pub fn graph(nodes: Vec<NodeProto>, inputs: Vec<ValueInfoProto>, outputs: Vec<ValueInfoProto>) -> GraphProto {
    GraphProto { name: Some("g".into()), node: nodes, input: inputs, output: outputs, ..Default::default() }
}

/// A model of opset 13.
pub fn model(graph: GraphProto) -> ModelProto {
    let opset = OperatorSetIdProto { domain: Some(String::new()), version: Some(13) };
    ModelProto { ir_version: Some(8), opset_import: vec![opset], graph: Some(graph), ..Default::default() }
}

/// `y = softmax(relu(x * w + b))` with `x` of two sizes, the first open.
pub fn perceptron() -> ModelProto {
    let nodes = vec![
        node("MatMul", &["x", "w"], &["p"]),
        node("Add", &["p", "b"], &["s"]),
        node("Relu", &["s"], &["r"]),
        node("Softmax", &["r"], &["y"]),
    ];
    let mut g = graph(nodes, vec![tensor("x", DataType::FLOAT, &[-1, 3])], vec![tensor("y", DataType::FLOAT, &[-1, 4])]);
    let values: Vec<f32> = (0..12).map(|n| n as f32 / 8.0 - 0.5).collect();
    g.initializer = vec![weight("w", &[3, 4], &values), weight("b", &[4], &[0.5, -0.5, 0.25, 0.0])];
    model(g)
}
