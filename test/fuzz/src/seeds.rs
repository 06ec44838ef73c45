//! What mutation starts from where no files are given.

use crate::choices::Choices;
use crate::{program, registry};
use edge_import::onnx::proto::*;
use prost::Message;

/// The seeds of a target by name.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "text" => programs(),
        "definition" => definitions(),
        "onnx" => models(),
        _ => vec![],
    }
}

/// A valid program for each definition, in both forms.
fn programs() -> Vec<Vec<u8>> {
    let registry = registry();
    let ctx = registry.context();
    let loose: Vec<&str> = crate::LOOSE.lines().collect();
    let defs = registry.ops().filter(|d| program::can_make(d) && !loose.contains(&d.name.as_str()));
    defs.filter_map(|d| program::texts(&registry, &ctx, &[&**d], &mut Choices::new(d.name.as_bytes())))
        .flat_map(|(generic, custom)| [generic.into_bytes(), custom.into_bytes()])
        .collect()
}

/// The dialects in pieces: each the first paragraph and a few that follow one another.
fn definitions() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialects");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.filter_map(|f| std::fs::read_to_string(f.path()).ok());
    let pieces = |text: String| {
        let paragraphs: Vec<&str> = text.split("\n\n").collect();
        let (first, rest) = paragraphs.split_first()?;
        Some(rest.chunks(3).map(|c| format!("{first}\n\n{}\n", c.join("\n\n")).into_bytes()).collect::<Vec<_>>())
    };
    texts.filter_map(pieces).flatten().collect()
}

/// Models of one operator each.
fn models() -> Vec<Vec<u8>> {
    let registry = registry();
    let mut names: Vec<&str> = OPERATORS.split_whitespace().collect();
    names.extend(registry.ops().filter_map(|d| d.name.strip_prefix("nn.")));
    let shapes: [&[i64]; 3] = [&[1, 2, 6, 5], &[2, 3], &[4]];
    names.iter().flat_map(|n| shapes.iter().flat_map(move |s| (1..4).map(move |inputs| model(n, s, inputs)))).collect()
}

const OPERATORS: &str = "Add Sub Mul Div Relu Sigmoid Softmax Conv ConvTranspose MaxPool AveragePool GlobalAveragePool MatMul Gemm \
    Reshape Transpose Concat Split Slice Gather GatherND ScatterND Pad Resize Expand Tile Squeeze Unsqueeze Flatten Shape Cast Clip \
    Where Equal Less ReduceMean ReduceSum ReduceMax ArgMax TopK LayerNormalization BatchNormalization QuantizeLinear \
    DequantizeLinear Constant ConstantOfShape Range Loop If Scan LSTM GRU Einsum OneHot CumSum NonZero Trilu Pow Erf Gelu LRN Identity";

fn model(operator: &str, shape: &[i64], inputs: usize) -> Vec<u8> {
    let dim = |d: &i64| DimensionProto { value: Some(DimensionValue::Value(*d)) };
    let ty = |elem: i32| {
        let shape = TensorShapeProto { dim: shape.iter().map(dim).collect() };
        Some(TypeProto { value: Some(TypeValue::Tensor(TensorTypeProto { elem_type: Some(elem), shape: Some(shape) })) })
    };
    let value = |name: &str| ValueInfoProto { name: Some(name.into()), ty: ty(DataType::FLOAT) };
    let list = |name: &str, ints: &[i64]| AttributeProto {
        name: Some(name.into()),
        ints: ints.to_vec(),
        kind: Some(AttributeKind::INTS),
        ..Default::default()
    };
    let weight = TensorProto {
        name: Some("w".into()),
        dims: vec![2],
        data_type: Some(DataType::INT64),
        int64_data: vec![1, 2],
        ..Default::default()
    };
    let node = NodeProto {
        input: ["x", "w", "x"][..inputs].iter().map(|s| (*s).to_string()).collect(),
        output: vec!["y".into()],
        op_type: Some(operator.into()),
        attribute: match shape.len() {
            4 => vec![list("kernel_shape", &[2, 2]), list("strides", &[1, 1]), list("pads", &[0, 1, 0, 1])],
            2 => vec![AttributeProto {
                name: Some("axis".into()),
                i: Some(1),
                kind: Some(AttributeKind::INT),
                ..Default::default()
            }],
            _ => vec![],
        },
        ..Default::default()
    };
    let graph = GraphProto {
        node: vec![node],
        initializer: vec![weight],
        input: vec![value("x")],
        output: vec![value("y")],
        ..Default::default()
    };
    let opset = OperatorSetIdProto { domain: Some(String::new()), version: Some(17) };
    let model = ModelProto { ir_version: Some(8), opset_import: vec![opset], graph: Some(graph), ..Default::default() };
    model.encode_to_vec()
}
