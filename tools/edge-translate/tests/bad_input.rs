//! Wrong models: a diagnostic with a place and a code, exit status 1, or 2 for what is not supported; no output file, no panic.

use edge_test::onnx::*;
use edge_test::process::{Folder, Outcome, run};

const TRANSLATE: &str = env!("CARGO_BIN_EXE_edge-translate");

fn translate(bytes: &[u8], flags: &[&str]) -> Outcome {
    let folder = Folder::new();
    folder.write("m.onnx", bytes);
    run(TRANSLATE, &folder, &[&["--import-onnx", "m.onnx", "-o", "out.mlir"], flags].concat())
}

#[track_caller]
fn refused(model: &ModelProto, status: i32, messages: &[&str]) {
    let out = translate(&model.encode_to_vec(), &[]);
    out.refused(status).unwrap_or_else(|why| panic!("{why}"));
    for message in messages {
        assert!(out.stderr.contains(message), "`{message}` is not in\n{}", out.stderr);
    }
}

fn changed(change: impl FnOnce(&mut GraphProto)) -> ModelProto {
    let mut model = perceptron();
    change(model.graph.as_mut().expect("there is one"));
    model
}

#[test]
fn the_model_itself_is_right() {
    let out = translate(&perceptron().encode_to_vec(), &["--weights=beside"]);
    assert_eq!(out.status, Some(0), "{}", out.stderr);
}

#[test]
fn cut_off_anywhere() {
    let bytes = perceptron().encode_to_vec();
    let mut refused = 0;
    let cuts: Vec<usize> = (0..bytes.len()).step_by(5).collect();
    for cut in &cuts {
        let out = translate(&bytes[..*cut], &[]);
        // Fields may be left out, so a cut between them can leave a whole message.
        if out.status != Some(0) {
            out.refused(1).unwrap_or_else(|why| panic!("cut at {cut} of {}: {why}", bytes.len()));
            refused += 1;
        }
    }
    assert!(cuts.len() > 50 && refused + 2 >= cuts.len(), "{refused} of {} were refused", cuts.len());
}

#[test]
fn damaged_anywhere() {
    let bytes = perceptron().encode_to_vec();
    let mut refused = 0;
    for (n, at) in (0..bytes.len()).step_by(3).enumerate() {
        let mut bytes = bytes.clone();
        bytes[at] = [0, 0xff, 0x80, 0x0a, bytes[at] ^ 1, bytes[at] ^ 0x40][n % 6];
        let out = translate(&bytes, &[]);
        match out.status {
            Some(0) => {}
            Some(2) => out.refused(2).unwrap_or_else(|why| panic!("byte {at}: {why}")),
            _ => out.refused(1).unwrap_or_else(|why| panic!("byte {at}: {why}")),
        }
        refused += usize::from(out.status != Some(0));
    }
    assert!(refused > 40, "only {refused} were refused");
}

#[test]
fn no_model_at_all() {
    for bytes in [&b""[..], b"no model", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x08\x08", b"module {}"] {
        translate(bytes, &[]).refused(1).unwrap_or_else(|why| panic!("{bytes:?}: {why}"));
    }
    let folder = Folder::new();
    run(TRANSLATE, &folder, &["--import-onnx", "missing.onnx", "-o", "out.mlir"]).refused(1).unwrap();
    run(TRANSLATE, &folder, &["--import-onnx", ".", "-o", "out.mlir"]).refused(1).unwrap();
    folder.write("m.onnx", perceptron().encode_to_vec());
    run(TRANSLATE, &folder, &["--import-onnx", "m.onnx", "-o", "no/such/folder/out.mlir"]).refused(1).unwrap();
}

#[test]
fn unknown_operators_are_named_together() {
    let model = changed(|g| {
        g.node[2].op_type = Some("NoSuchThing".into());
        g.node[3] = NodeProto { domain: Some("com.other".into()), ..node("NorThis", &["r"], &["y"]) };
        g.node.push(node("NoSuchThing", &["y"], &["z"]));
        g.node.push(node("AThird", &["z"], &["zz"]));
    });
    refused(&model, 2, &["NoSuchThing", "com.other", "NorThis", "AThird"]);
    let out = translate(&model.encode_to_vec(), &[]);
    assert_eq!(out.codes(), ["E0741"], "{}", out.stderr);
}

#[test]
fn several_errors_in_one_run() {
    let model = changed(|g| {
        g.node[1].input[1] = "nowhere".into();
        g.node.push(node("Relu", &["neither"], &["q"]));
    });
    refused(&model, 1, &["nowhere", "neither"]);
}

#[test]
fn graphs_that_do_not_hold_together() {
    refused(&changed(|g| g.node[1].input[1] = "nowhere".into()), 1, &["nowhere"]);
    refused(&changed(|g| g.node.swap(0, 2)), 1, &[]);
    refused(&changed(|g| g.output[0].name = Some("nowhere".into())), 1, &["nowhere"]);
    refused(&changed(|g| g.node[2].output[0] = "p".into()), 1, &["p"]);
    refused(&changed(|g| g.node[0].input.clear()), 1, &["MatMul"]);
    // Whether an operator of this name may have a third input is not known here.
    refused(&changed(|g| g.node[0].input.push("x".into())), 2, &["MatMul"]);
    refused(&changed(|g| g.node[0].output.clear()), 1, &[]);
    refused(&changed(|g| g.node[0].op_type = None), 1, &[]);
    refused(&changed(|g| g.input[0].ty = None), 1, &["x"]);
    refused(&ModelProto { graph: None, ..perceptron() }, 1, &["graph"]);
    refused(&ModelProto { opset_import: vec![], ..perceptron() }, 1, &["opset"]);
}

#[test]
fn shapes_and_types_that_do_not_fit() {
    refused(&changed(|g| g.initializer[0] = weight("w", &[2, 4], &[0.0; 8])), 1, &["MatMul"]);
    refused(&changed(|g| g.initializer[1] = weight("b", &[5], &[0.0; 5])), 1, &["Add"]);
    refused(&changed(|g| g.initializer[0].dims = vec![3, 5]), 1, &["w"]);
    refused(&changed(|g| g.initializer[0].dims = vec![-3, 4]), 1, &["w"]);
    refused(&changed(|g| g.initializer[0].dims = vec![i64::MAX, i64::MAX, 4]), 1, &["w"]);
    refused(&changed(|g| g.input[0] = tensor("x", DataType::INT64, &[-1, 3])), 1, &["MatMul"]);
    // What ONNX has and is not supported here is told apart from what is wrong.
    refused(&changed(|g| g.input[0] = tensor("x", DataType::STRING, &[-1, 3])), 2, &["STRING"]);
    refused(
        &changed(|g| {
            g.node[3].attribute = vec![AttributeProto {
                name: Some("nosuch".into()),
                i: Some(1),
                kind: Some(AttributeKind::INT),
                ..Default::default()
            }]
        }),
        2,
        &["nosuch"],
    );
    for shape in ["x=2x4", "x=2", "nosuch=2x3", "x=0x3x1"] {
        let out = translate(&perceptron().encode_to_vec(), &["--input-shape", shape]);
        out.refused(1).unwrap_or_else(|why| panic!("{shape}: {why}"));
    }
}

#[test]
fn weights_that_are_elsewhere() {
    refused(&changed(|g| g.initializer[0] = external("w", &[3, 4], "nosuch.bin")), 1, &["nosuch.bin"]);
    refused(&changed(|g| g.initializer[0] = external("w", &[3, 4], "../m.onnx")), 1, &["w"]);
    refused(&changed(|g| g.initializer[0] = external("w", &[3, 4], "/etc/passwd")), 1, &["w"]);
    // The file is there and too short.
    let folder = Folder::new();
    folder.write("w.bin", [0; 8]);
    folder.write("m.onnx", changed(|g| g.initializer[0] = external("w", &[3, 4], "w.bin")).encode_to_vec());
    run(TRANSLATE, &folder, &["--import-onnx", "m.onnx", "-o", "out.mlir"]).refused(1).unwrap();
}

/// Bytes of a message in a field, `depth` times: what no encoder with a bounded stack makes.
fn wrapped(depth: usize, fields: &[u32]) -> Vec<u8> {
    let mut reversed: Vec<u8> = Vec::new();
    for level in 0..depth {
        let mut length = Vec::new();
        prost_varint(reversed.len() as u64, &mut length);
        let mut key = Vec::new();
        prost_varint(u64::from(fields[level % fields.len()]) << 3 | 2, &mut key);
        reversed.extend(length.iter().rev());
        reversed.extend(key.iter().rev());
    }
    reversed.reverse();
    reversed
}

fn prost_varint(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[test]
fn deep_and_long() {
    // graph / node / attribute / graph / node / ...
    let mut deep = wrapped(3 * 10_000, &[6, 5, 1]);
    let mut length = Vec::new();
    prost_varint(deep.len() as u64, &mut length);
    let mut bytes = vec![8, 8, 7 << 3 | 2];
    bytes.extend(length);
    bytes.append(&mut deep);
    translate(&bytes, &[]).refused(1).unwrap();

    let mut inner = graph(vec![node("Relu", &["x"], &["t"])], vec![], vec![tensor("t", DataType::FLOAT, &[-1, 3])]);
    for _ in 0..20 {
        let mut branch = node("If", &["c"], &["t"]);
        branch.attribute = vec![graph_attribute("then_branch", inner.clone()), graph_attribute("else_branch", inner.clone())];
        branch.attribute.truncate(1);
        inner = graph(vec![branch], vec![], vec![tensor("t", DataType::FLOAT, &[-1, 3])]);
    }
    inner.input = vec![tensor("x", DataType::FLOAT, &[-1, 3]), tensor("c", DataType::BOOL, &[])];
    refused(&model(inner), 2, &["If"]);

    let chain = |n: usize| node("Relu", &[&format!("v{n}")], &[&format!("v{}", n + 1)]);
    let last = tensor("v10000", DataType::FLOAT, &[-1, 3]);
    let long = model(graph((0..10_000).map(chain).collect(), vec![tensor("v0", DataType::FLOAT, &[-1, 3])], vec![last]));
    assert_eq!(translate(&long.encode_to_vec(), &[]).status, Some(0));
}
