//! Small models, made from the protobuf messages, imported.

use bytes::Bytes;
use edge_dialect::Registry;
use edge_import::onnx::proto::*;
use edge_import::onnx::{Options, decode, import};
use edge_import::tensor::Tensor;
use edge_support::{Diagnostics, SourceMap};
use prost::Message;
use std::path::Path;

fn tensor_type(name: &str, elem: i32, dims: &[i64]) -> ValueInfoProto {
    let dim = |d: &i64| DimensionProto {
        value: Some(if *d < 0 { DimensionValue::Param(format!("N{}", -d)) } else { DimensionValue::Value(*d) }),
    };
    let shape = TensorShapeProto { dim: dims.iter().map(dim).collect() };
    let tensor = TensorTypeProto { elem_type: Some(elem), shape: Some(shape) };
    ValueInfoProto { name: Some(name.into()), ty: Some(TypeProto { value: Some(TypeValue::Tensor(tensor)) }) }
}

fn node(op: &str, inputs: &[&str], outputs: &[&str], attrs: Vec<AttributeProto>) -> NodeProto {
    let strings = |s: &[&str]| s.iter().map(|s| (*s).to_string()).collect();
    NodeProto {
        input: strings(inputs),
        output: strings(outputs),
        op_type: Some(op.into()),
        attribute: attrs,
        ..Default::default()
    }
}

fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto { name: Some(name.into()), ints: values.to_vec(), kind: Some(AttributeKind::INTS), ..Default::default() }
}

fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: Some(name.into()), i: Some(value), kind: Some(AttributeKind::INT), ..Default::default() }
}

fn weight(name: &str, dims: &[i64], data: Vec<i64>) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(DataType::INT64),
        int64_data: data,
        ..Default::default()
    }
}

fn model(opset: i64, graph: GraphProto) -> ModelProto {
    let opset = OperatorSetIdProto { domain: Some(String::new()), version: Some(opset) };
    ModelProto { ir_version: Some(8), opset_import: vec![opset], graph: Some(graph), ..Default::default() }
}

/// The module's text without the weights, or the diagnostics.
fn text(model: &ModelProto, options: &Options) -> Result<String, String> {
    let registry = Registry::builtin()?;
    let (ctx, diags) = (registry.context(), Diagnostics::new());
    let module = import(model, Path::new("m.onnx"), &ctx, &registry, options, &diags);
    let told = diags.render(&SourceMap::new());
    let print = edge_asm::PrintOptions { elide_resources: Some(0), generic: true, ..Default::default() };
    module.map(|m| edge_asm::print_module(&ctx, &m, &print)).map_err(|_| told)
}

/// A convolution, its shape computed at run time, and a product: `Reshape(x, [Shape(x)[0], 12])`.
fn shape_chain() -> ModelProto {
    model(
        13,
        GraphProto {
            name: Some("chain".into()),
            node: vec![
                node("Shape", &["x"], &["s"], vec![]),
                node("Slice", &["s", "zero", "one"], &["n"], vec![]),
                node("Concat", &["n", "twelve"], &["to"], vec![int("axis", 0)]),
                node("Reshape", &["x", "to"], &["r"], vec![]),
                node("Softmax", &["r"], &["y"], vec![]),
            ],
            initializer: vec![weight("zero", &[1], vec![0]), weight("one", &[1], vec![1]), weight("twelve", &[1], vec![12])],
            input: vec![tensor_type("x", DataType::FLOAT, &[-1, 3, 4])],
            output: vec![tensor_type("y", DataType::FLOAT, &[-1, 12])],
            ..Default::default()
        },
    )
}

#[test]
fn sizes_on_their_way_to_a_reshape_fold() {
    let open = text(&shape_chain(), &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    assert!(
        open.contains("tensor<?x3x4xf32, #nn.dims<[N1, 3, 4]>>") && open.contains("tensor<?x12xf32, #nn.dims<[N1, 12]>>"),
        "{open}"
    );
    assert!(open.contains("array<i64: -2, 12>") && !open.contains("nn.shape"), "{open}");
    let options = Options { shapes: vec![("x".into(), vec![5, 3, 4])], values: vec![] };
    let bound = text(&shape_chain(), &options).unwrap_or_else(|e| panic!("{e}"));
    assert!(bound.contains("shape = array<i64: 5, 12>") && bound.contains("-> tensor<5x12xf32>"), "{bound}");
    assert!(!bound.contains("nn.concat") && !bound.contains("nn.constant"), "{bound}");
}

#[test]
fn bindings_must_fit() {
    let bind = |name: &str, shape: &[u64]| {
        text(&shape_chain(), &Options { shapes: vec![(name.into(), shape.to_vec())], values: vec![] })
    };
    assert!(bind("z", &[1]).is_err_and(|e| e.contains("E0746") && e.contains("there are: x")));
    assert!(bind("x", &[1, 3]).is_err_and(|e| e.contains("rank 2") && e.contains("input `x`")));
    assert!(bind("x", &[1, 3, 5]).is_err_and(|e| e.contains("axis 2 is given size 5, but is 4")));
}

#[test]
fn unknown_operators_are_named_together() {
    let mut m = shape_chain();
    if let Some(graph) = &mut m.graph {
        graph.node.push(node("Frobnicate", &["y"], &["a"], vec![]));
        graph.node.push(NodeProto { domain: Some("com.example".into()), ..node("Foo", &["a"], &["b"], vec![]) });
        graph.node.push(node("Frobnicate", &["b"], &["c"], vec![]));
    }
    let error = text(&m, &Options::default()).expect_err("unknown");
    assert_eq!(error.matches("E0741").count(), 1);
    assert!(
        error.contains("Frobnicate, Foo") && error.contains("version 13: a, c") && error.contains("`Foo` of com.example"),
        "{error}"
    );
}

#[test]
fn nothing_that_a_node_says_is_passed_over() {
    let relu = |attrs, inputs: &[&str]| {
        let graph = GraphProto {
            node: vec![node("Relu", inputs, &["y"], attrs)],
            input: vec![tensor_type("x", DataType::FLOAT, &[2])],
            output: vec![tensor_type("y", DataType::FLOAT, &[2])],
            ..Default::default()
        };
        text(&model(14, graph), &Options::default())
    };
    assert!(relu(vec![], &["x"]).is_ok());
    assert!(
        relu(vec![int("slope", 1)], &["x"])
            .is_err_and(|e| e.contains("attribute `slope` is not supported") && e.contains("node `y` (Relu)"))
    );
    assert!(relu(vec![], &["x", "x"]).is_err_and(|e| e.contains("E0742")));
    assert!(relu(vec![], &[]).is_err_and(|e| e.contains("input `x` is missing")));
    assert!(relu(vec![], &["later"]).is_err_and(|e| e.contains("`later` is no value of the graph")));
}

#[test]
fn values_that_a_mapping_needs_can_be_given() {
    let graph = GraphProto {
        node: vec![node("Reshape", &["x", "s"], &["y"], vec![])],
        input: vec![tensor_type("x", DataType::FLOAT, &[2, 6]), tensor_type("s", DataType::INT64, &[2])],
        output: vec![tensor_type("y", DataType::FLOAT, &[3, 4])],
        ..Default::default()
    };
    let m = model(14, graph);
    assert!(text(&m, &Options::default()).is_err_and(|e| e.contains("E0743")));
    let shape = Tensor::new(edge_dialect::core::ElemType::I64, &[2], [3i64, -1].map(i64::to_le_bytes).concat()).expect("sized");
    let done = text(&m, &Options { shapes: vec![], values: vec![("s".into(), shape)] }).unwrap_or_else(|e| panic!("{e}"));
    assert!(done.contains("edge.value = dense<[3, -1]> : tensor<2xi64>") && done.contains("-> tensor<3x4xf32>"), "{done}");
}

#[test]
fn every_encoding_of_elements_reads() {
    let constant = |t: TensorProto| {
        let t =
            AttributeProto { name: Some("value".into()), t: Some(t), kind: Some(AttributeKind::TENSOR), ..Default::default() };
        let code = t.t.as_ref().and_then(|t| t.data_type).unwrap_or(0);
        let graph = GraphProto {
            node: vec![node("Constant", &[], &["y"], vec![t])],
            output: vec![tensor_type("y", code, &[2])],
            ..Default::default()
        };
        text(&model(13, graph), &Options::default())
    };
    let base = |code: i32| TensorProto { dims: vec![2], data_type: Some(code), ..Default::default() };
    let cases = [
        (
            TensorProto { float_data: vec![1.5, -2.0], ..base(DataType::FLOAT) },
            "[1.500000e+00, -2.000000e+00]> : tensor<2xf32>",
        ),
        (
            TensorProto { double_data: vec![0.5, 4.0], ..base(DataType::DOUBLE) },
            "[5.000000e-01, 4.000000e+00]> : tensor<2xf64>",
        ),
        (
            TensorProto { int32_data: vec![0x3c00, 0xc000], ..base(DataType::FLOAT16) },
            "[1.000000e+00, -2.000000e+00]> : tensor<2xf16>",
        ),
        (
            TensorProto { int32_data: vec![0x3f80, 0xc000], ..base(DataType::BFLOAT16) },
            "[1.000000e+00, -2.000000e+00]> : tensor<2xbf16>",
        ),
        (TensorProto { int32_data: vec![1, 0], ..base(DataType::BOOL) }, "[true, false]> : tensor<2xi1>"),
        (TensorProto { int32_data: vec![-1, 5], ..base(DataType::INT8) }, "[-1, 5]> : tensor<2xi8>"),
        (TensorProto { int32_data: vec![255, 5], ..base(DataType::UINT8) }, "[255, 5]> : tensor<2xui8>"),
        (
            TensorProto { uint64_data: vec![u64::MAX, 5], ..base(DataType::UINT64) },
            "[18446744073709551615, 5]> : tensor<2xui64>",
        ),
        (TensorProto { int64_data: vec![i64::MIN, 5], ..base(DataType::INT64) }, "[-9223372036854775808, 5]> : tensor<2xi64>"),
        (
            TensorProto { raw_data: Some(Bytes::from_static(&[7, 0, 0, 0, 255, 255, 255, 255])), ..base(DataType::INT32) },
            "[7, -1]> : tensor<2xi32>",
        ),
    ];
    for (proto, expected) in cases {
        let done = constant(proto).unwrap_or_else(|e| panic!("{e}"));
        assert!(done.contains(expected), "{expected} in {done}");
    }
    let short = constant(TensorProto { raw_data: Some(Bytes::from_static(&[7, 0, 0])), ..base(DataType::INT32) });
    assert!(short.is_err_and(|e| e.contains("takes 8 bytes, and there are 3") && e.contains("raw_data")));
    assert!(
        constant(TensorProto { string_data: vec![Bytes::new(); 2], ..base(DataType::STRING) })
            .is_err_and(|e| e.contains("STRING is not supported"))
    );
    let outside = StringStringEntryProto { key: Some("location".into()), value: Some("../secret".into()) };
    let outside = TensorProto { data_location: Some(1), external_data: vec![outside], ..base(DataType::FLOAT) };
    assert!(constant(outside).is_err_and(|e| e.contains("does not lie in the model's folder")));
}

#[test]
fn window_operators_follow_their_padding() {
    let pool = AttributeProto {
        name: Some("auto_pad".into()),
        s: Some(Bytes::from_static(b"SAME_UPPER")),
        kind: Some(AttributeKind::STRING),
        ..Default::default()
    };
    let graph = GraphProto {
        node: vec![node("MaxPool", &["x"], &["y", "i"], vec![pool, ints("kernel_shape", &[3, 3]), ints("strides", &[2, 2])])],
        input: vec![tensor_type("x", DataType::FLOAT, &[1, 1, 6, 5])],
        output: vec![tensor_type("y", DataType::FLOAT, &[1, 1, 3, 3]), tensor_type("i", DataType::INT64, &[1, 1, 3, 3])],
        ..Default::default()
    };
    let done = text(&model(12, graph), &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    assert!(
        done.contains("nn.max_pool_index")
            && done.contains("high = array<i64: 1, 1>")
            && done.contains("low = array<i64: 0, 1>"),
        "{done}"
    );
}

#[test]
fn damaged_files_are_told_and_never_a_panic() {
    let data = shape_chain().encode_to_vec();
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let attempt = |bytes: Vec<u8>| {
        let (ctx, diags) = (registry.context(), Diagnostics::new());
        let done = decode(Bytes::from(bytes), "m.onnx", &diags)
            .and_then(|m| import(&m, Path::new("m.onnx"), &ctx, &registry, &Options::default(), &diags));
        assert_eq!(done.is_err(), diags.errors() > 0);
        diags.render(&SourceMap::new())
    };
    assert_eq!(attempt(data.clone()), "");
    let cut = attempt(data[..data.len() / 2].to_vec());
    assert!(cut.contains("E0721") && cut.contains("graph[0]") && cut.contains("byte"), "{cut}");
    let mut state = 7u32;
    for i in 0..data.len() {
        attempt(data[..i].to_vec());
        let mut flipped = data.clone();
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        flipped[i] ^= (state >> 24) as u8 | 1;
        attempt(flipped);
    }
}
