//! Wrong models, inputs and targets: a diagnostic with a place and a code, exit status 1, or 2 for what is not supported; no output
//! file, no panic.

use edge_test::onnx::*;
use edge_test::process::{Folder, Outcome, run, run_in};

const RUN: &str = env!("CARGO_BIN_EXE_edge-run");

const TEXT: &str = "func.func @main(%x: tensor<?x3xf32> {edge.name = \"x\"}, %w: tensor<3x4xf32> {edge.name = \"w\"}) -> (tensor<?x4xf32> {edge.name = \"y\"}) {
  %0 = nn.matmul %x, %w : tensor<?x3xf32>, tensor<3x4xf32>
  %1 = nn.relu %0 : tensor<?x4xf32>
  return %1 : tensor<?x4xf32>
}
";

/// An .npy file of zeros.
fn npy(descr: &str, shape: &str, bytes: usize) -> Vec<u8> {
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    header += &" ".repeat((64 - (10 + header.len() + 1) % 64) % 64);
    header += "\n";
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(vec![0; bytes]);
    out
}

/// A folder with the model in both forms and inputs of every kind.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("m.onnx", perceptron().encode_to_vec());
    folder.write("m.mlir", TEXT);
    folder.write("right.npy", npy("<f4", "(2, 3)", 24));
    folder.write("shape.npy", npy("<f4", "(2, 4)", 32));
    folder.write("rank.npy", npy("<f4", "(6,)", 24));
    folder.write("type.npy", npy("<i8", "(2, 3)", 48));
    folder.write("short.npy", npy("<f4", "(2, 3)", 20));
    folder.write("object.npy", npy("|O", "(2, 3)", 48));
    folder.write("huge.npy", npy("<f4", "(9223372036854775807, 9223372036854775807)", 24));
    folder.write("not.npy", "no array");
    folder.write("empty.npy", "");
    folder.write("not.pb", "\u{7f}\u{7f}\u{7f}");
    folder
}

#[track_caller]
fn refused(args: &[&str], status: i32) -> Outcome {
    let out = run(RUN, &folder(), &[args, &["--output", "y=out.npy"]].concat());
    out.refused(status).unwrap_or_else(|why| panic!("{args:?}: {why}"));
    out
}

#[test]
fn the_models_themselves_are_right() {
    for model in ["m.onnx", "m.mlir"] {
        for target in ["interp", "cpu"] {
            let out = run(RUN, &folder(), &[model, "--target", target, "--input", "x=right.npy", "--output", "y=out.npy"]);
            assert_eq!(out.status, Some(0), "{model} {target}: {}", out.stderr);
        }
    }
}

#[test]
fn inputs_that_do_not_fit() {
    for model in ["m.onnx", "m.mlir"] {
        for file in ["shape", "rank", "type", "short", "object", "huge", "not", "empty", "missing"] {
            for target in ["interp", "cpu"] {
                refused(&[model, "--target", target, "--input", &format!("x={file}.npy")], 1);
            }
        }
        refused(&[model, "--input", "x=not.pb"], 1);
        refused(&[model, "--input", "nosuch=right.npy"], 1);
        // Open sizes that nothing says.
        refused(&[model], 1);
        for shape in ["x=2x4", "x=2", "nosuch=2x3", "x=2x3x1"] {
            refused(&[model, "--input-shape", shape], 1);
        }
    }
}

#[test]
fn outputs_that_are_not_there_or_differ() {
    for target in ["interp", "cpu"] {
        for more in [["--expect", "y=right.npy"], ["--expect", "nosuch=right.npy"], ["--output", "nosuch=z.npy"]] {
            let out = run(RUN, &folder(), &[&["m.onnx", "--target", target, "--input", "x=right.npy"], &more[..]].concat());
            out.refused(1).unwrap_or_else(|why| panic!("{more:?}: {why}"));
        }
    }
    let out = run(RUN, &folder(), &["m.onnx", "--input", "x=right.npy", "--output", "y=no/such/folder/z.npy"]);
    out.refused(1).unwrap();
}

#[test]
fn targets_that_are_not_there() {
    refused(&["m.onnx", "--input", "x=right.npy", "--target", "abacus"], 1);
    refused(&["m.onnx", "--input", "x=right.npy", "--target", "cpu,abacus"], 1);
    // A loader that finds no driver.
    let none = [("VK_ICD_FILENAMES", "/nonexistent.json"), ("VK_DRIVER_FILES", "/nonexistent.json")];
    let out =
        run_in(RUN, &folder(), &["m.onnx", "--input", "x=right.npy", "--target", "vulkan", "--output", "y=out.npy"], &none);
    out.refused(1).unwrap();
    let placed = TEXT.replace("nn.relu %0 :", "nn.relu %0 {edge.device = \"abacus0\"} :");
    let folder = folder();
    folder.write("placed.mlir", placed);
    run(RUN, &folder, &["placed.mlir", "--input", "x=right.npy", "--output", "y=out.npy"]).refused(1).unwrap();
}

#[test]
fn models_that_are_wrong() {
    let folder = folder();
    let damaged: Vec<(&str, Vec<u8>)> = vec![
        ("a.mlir", TEXT.as_bytes()[..100].to_vec()),
        ("b.mlir", TEXT.replace("return %1", "return %9").into_bytes()),
        ("c.mlir", TEXT.replace("return %1 : tensor<?x4xf32>", "return %1 : tensor<?x5xf32>").into_bytes()),
        ("d.mlir", TEXT.replace("%w : tensor<?x3xf32>, tensor<3x4xf32>", "%w : tensor<?x3xf32>, tensor<3x5xf32>").into_bytes()),
        ("e.mlir", TEXT.replace("-> (tensor<?x4xf32>", "-> (tensor<?x5xf32>").into_bytes()),
        ("f.mlir", TEXT.replace("nn.relu", "nn.nosuch").into_bytes()),
        ("g.mlir", b"\xff\xfe".to_vec()),
        ("h.mlir", b"".to_vec()),
        ("i.mlir", b"func.func private @main(tensor<4xf32>)".to_vec()),
        ("j.mlir", b"func.func @main(%x: i32) -> i32 { return %x : i32 }".to_vec()),
        ("k.mlir", b"func.func @main(%x: tensor<*xf32>) { return }".to_vec()),
        ("l.mlir", b"func.func @main(%x: memref<4xf32>) { return }".to_vec()),
        ("m.mlir", b"module attributes {edge.weights = \"missing.safetensors\"} { func.func @main() { return } }".to_vec()),
        ("n.mlir", format!("module attributes {{edge.weights = 3 : i32}} {{\n{TEXT}}}").into_bytes()),
        ("a.onnx", perceptron().encode_to_vec()[..150].to_vec()),
        ("b.onnx", b"no model".to_vec()),
        ("c.onnx", vec![]),
    ];
    let mut told = String::new();
    for (name, bytes) in &damaged {
        folder.write(name, bytes);
        for target in ["interp", "cpu"] {
            let out = run(RUN, &folder, &[name, "--target", target, "--input", "x=right.npy", "--output", "y=out.npy"]);
            if let Err(why) = out.refused(1) {
                told += &format!("{name} on {target}: {why}\n{}\n", String::from_utf8_lossy(bytes));
            }
        }
    }
    assert!(told.is_empty(), "{told}");
    for missing in ["missing.onnx", "missing.mlir", ".", "right.npy"] {
        run(RUN, &folder, &[missing, "--output", "y=out.npy"]).refused(1).unwrap_or_else(|why| panic!("{missing}: {why}"));
    }
}

#[test]
fn operators_that_are_not_supported() {
    let mut model = perceptron();
    if let Some(g) = &mut model.graph {
        g.node[2].op_type = Some("NoSuchThing".into());
        g.node[3].op_type = Some("NorThis".into());
    }
    let folder = folder();
    folder.write("u.onnx", model.encode_to_vec());
    let out = run(RUN, &folder, &["u.onnx", "--input", "x=right.npy", "--output", "y=out.npy"]);
    out.refused(2).unwrap();
    assert!(out.stderr.contains("NoSuchThing") && out.stderr.contains("NorThis"), "{}", out.stderr);
    assert_eq!(out.codes(), ["E0741"]);
}

#[test]
fn test_folders_that_hold_nothing() {
    let folder = folder();
    let in_folder = |path: &str| run(RUN, &folder, &["--onnx-test", path]);
    in_folder("missing").refused(1).unwrap();
    in_folder(".").refused(1).unwrap();
    let set = folder.path().join("t/test_data_set_0");
    std::fs::create_dir_all(&set).expect("temporary files can be written");
    in_folder("t").refused(1).unwrap();
    folder.write("t/model.onnx", perceptron().encode_to_vec());
    in_folder("t").refused(1).unwrap();
    let input = TensorProto { name: Some("x".into()), ..weight("x", &[2, 3], &[0.0; 6]) };
    folder.write("t/test_data_set_0/input_0.pb", input.encode_to_vec());
    // Without an output there is nothing to compare with.
    in_folder("t").refused(1).unwrap();
    folder.write("t/test_data_set_0/output_0.pb", weight("y", &[2, 4], &[0.25; 8]).encode_to_vec());
    // The biases differ, so that an even answer is wrong.
    in_folder("t").refused(1).unwrap();
    folder.write("t/test_data_set_0/output_1.pb", weight("z", &[2, 4], &[0.25; 8]).encode_to_vec());
    in_folder("t").refused(1).unwrap();
}

#[test]
fn deep_text() {
    let folder = folder();
    for text in ["module {".repeat(10_000), "\"x.y\"() ({".repeat(10_000), format!("\"x.y\"() {{a = {}}}", "[".repeat(10_000))]
    {
        folder.write("deep.mlir", text);
        run(RUN, &folder, &["deep.mlir", "--output", "y=out.npy"]).refused(1).unwrap();
    }
}
