//! Wrong text: a diagnostic with a place and a code, exit status 1, no output file, no panic.

use edge_test::process::{Folder, Outcome, run};

const OPT: &str = env!("CARGO_BIN_EXE_edge-opt");

const TEXT: &str = r#"#map = affine_map<(d0)[s0] -> (d0 + s0 * 2, d0 mod 3)>
module attributes {a = [1 : i32, 2.5 : f32, "s"], m = #map} {
  func.func @main(%x: tensor<?x3xf32> {edge.name = "x"}, %w: tensor<3x4xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
    %0 = nn.matmul %x, %w : tensor<?x3xf32>, tensor<3x4xf32>
    %1 = nn.add %0, %b : tensor<?x4xf32>, tensor<4xf32>
    %2 = nn.relu %1 : tensor<?x4xf32> loc("relu"("x.py":3:4))
    %3 = nn.softmax %2 over [1] : tensor<?x4xf32>
    return %3 : tensor<?x4xf32>
  }
  func.func private @helper(%n: index, %m: memref<4xf32, strided<[1], offset: ?>>) -> f32 {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %z = arith.constant dense<[0.0, 1.0]> : vector<2xf32>
    %s = vector.extract %z[0] : f32 from vector<2xf32>
    %0 = scf.for %i = %c0 to %n step %c1 iter_args(%acc = %s) -> (f32) {
      %1 = memref.load %m[%i] : memref<4xf32, strided<[1], offset: ?>>
      %2 = arith.addf %acc, %1 : f32
      scf.yield %2 : f32
    }
    %p = "arith.cmpi"(%n, %c0) <{predicate = 0 : i64}> : (index, index) -> i1
    cf.cond_br %p, ^bb1(%0 : f32), ^bb1(%s : f32)
  ^bb1(%r: f32):
    return %r : f32
  }
}
"#;

/// Runs edge-opt on a file, with an output file asked for.
fn opt(bytes: &[u8], flags: &[&str]) -> Outcome {
    let folder = Folder::new();
    folder.write("in.mlir", bytes);
    run(OPT, &folder, &[&["in.mlir", "-o", "out.mlir"], flags].concat())
}

#[track_caller]
fn refused(text: &str, flags: &[&str], codes: usize, message: &str) {
    let out = opt(text.as_bytes(), flags);
    out.refused(1).unwrap_or_else(|why| panic!("{text}\n{why}"));
    assert!(out.codes().len() >= codes, "{} errors, not {codes}:\n{}", out.codes().len(), out.stderr);
    assert!(out.stderr.contains(message), "`{message}` is not in\n{}", out.stderr);
}

#[test]
fn the_text_itself_is_right() {
    assert_eq!(opt(TEXT.as_bytes(), &[]).status, Some(0), "{}", opt(TEXT.as_bytes(), &[]).stderr);
}

#[test]
fn cut_off_anywhere() {
    let start = TEXT.find("module").expect("it is there") + "module".len();
    let end = TEXT.trim_end().len();
    let cuts: Vec<usize> = (start..end).step_by(17).chain([end - 1]).collect();
    assert!(cuts.len() > 60);
    for cut in cuts {
        let out = opt(&TEXT.as_bytes()[..cut], &["--canonicalize"]);
        out.refused(1).unwrap_or_else(|why| panic!("cut at {cut}: {why}"));
    }
}

#[test]
fn damaged_anywhere() {
    let mut refused = 0;
    for (n, at) in (0..TEXT.len()).step_by(19).enumerate() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes[at] = [0, b'"', b'}', b'%', 0xff, b'<', b'\n', b'9'][n % 8];
        let out = opt(&bytes, &["--canonicalize"]);
        if out.status != Some(0) {
            out.refused(1).unwrap_or_else(|why| panic!("byte {at}: {why}"));
            refused += 1;
        }
    }
    assert!(refused > 50, "only {refused} were refused");
}

#[test]
fn no_text_at_all() {
    for bytes in [&b"\xff\xfe\x00\x01"[..], b"\x7fELF\x02\x01\x01", b"\x00", b"("] {
        opt(bytes, &[]).refused(1).unwrap_or_else(|why| panic!("{bytes:?}: {why}"));
    }
    let folder = Folder::new();
    run(OPT, &folder, &["missing.mlir", "-o", "out.mlir"]).refused(1).unwrap();
    run(OPT, &folder, &[".", "-o", "out.mlir"]).refused(1).unwrap();
    folder.write("in.mlir", TEXT);
    run(OPT, &folder, &["in.mlir", "-o", "no/such/folder/out.mlir"]).refused(1).unwrap();
    run(OPT, &folder, &["in.mlir", "--dialect=missing.dialect", "-o", "out.mlir"]).refused(1).unwrap();
}

#[test]
fn unknown_operations() {
    refused("\"no.such\"() : () -> ()", &[], 1, "no.such");
    refused("no.such %x : i32", &[], 1, "no.such");
    refused("func.func @f() { nn.nosuch %x : f32 return }", &[], 1, "nn.nosuch");
    refused("func.func @f() {\n %0 = \"no.a\"() : () -> i32\n %1 = \"no.b\"() : () -> i32\n return }", &[], 2, "no.b");
}

#[test]
fn types_that_do_not_match() {
    refused("func.func @f(%a: i32, %b: i64) { %0 = arith.addi %a, %b : i32 return }", &[], 1, "%b");
    refused("func.func @f(%a: i32) -> i64 { return %a : i32 }", &[], 1, "i64");
    refused("func.func @f(%a: f32) { %0 = arith.addi %a, %a : f32 return }", &[], 1, "f32");
    let call = "func.func private @g(i32)\nfunc.func @f(%a: i64) { call @g(%a) : (i64) -> () return }";
    refused(call, &[], 1, "g");
    refused(
        "func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) { %0 = nn.add %a, %b : tensor<4xf32>, tensor<5xf32> return }",
        &[],
        1,
        "",
    );
}

#[test]
fn values_that_are_not_there() {
    refused("func.func @f() -> i32 { return %x : i32 }", &[], 1, "%x");
    let later = "func.func @f() { %0 = arith.addi %1, %1 : i32\n %1 = arith.constant 1 : i32 return }";
    refused(later, &[], 1, "");
    let branch = "func.func @f(%c: i1) -> i32 { cf.cond_br %c, ^a, ^b\n^a:\n %x = arith.constant 1 : i32\n cf.br ^b\n^b:\n return %x : i32 }";
    refused(branch, &[], 1, "");
    refused("func.func @f() { cf.br ^nowhere }", &[], 1, "nowhere");
    refused("func.func @f() { return }\nfunc.func @f() { return }", &[], 1, "f");
    refused("func.func @f() { call @nowhere() : () -> () return }", &[], 1, "nowhere");
}

#[test]
fn several_errors_in_one_run() {
    let text = "func.func @a() -> i32 { return %x : i32 }\nfunc.func @b(%p: i32) -> i64 { return %p : i32 }\n\
                func.func @c() { %0 = \"no.such\"() : () -> i32 return }\nfunc.func @d(%q: i32) -> i32 { return %y : i32 }\n";
    let out = opt(text.as_bytes(), &[]);
    out.refused(1).unwrap();
    for line in ["in.mlir:1:", "in.mlir:3:", "in.mlir:4:"] {
        assert!(out.stderr.contains(line), "nothing at {line}\n{}", out.stderr);
    }
    let both = "func.func @a(%p: i32) -> i64 { return %p : i32 }\nfunc.func @b(%p: i32) -> i64 { return %p : i32 }";
    refused(both, &[], 2, "in.mlir:2:");
}

#[test]
fn flags_that_are_wrong() {
    for flags in [
        &["--nosuch"][..],
        &["--cse=x=1"],
        &["--pass-pipeline=builtin.module("],
        &["--pass-pipeline=builtin.module(nosuch)"],
        &["--pipeline=nosuch"],
        &["--emit=nosuch"],
        &["--stop-before=cse"],
        &["--bind-shapes=x=1xq"],
        &["--bind-shapes=nosuch=1"],
        &["--bind-shapes=x=1x2x3"],
        &["--bind-shapes=x=1x5"],
    ] {
        opt(TEXT.as_bytes(), flags).refused(1).unwrap_or_else(|why| panic!("{flags:?}: {why}"));
    }
}

#[test]
fn devices_that_are_not_there() {
    let text = "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n\
                %0 = nn.relu %x {edge.device = \"nosuch\"} : tensor<4xf32>\n return %0 : tensor<4xf32> }";
    refused(text, &["--pipeline=cpu"], 1, "nosuch");
}

#[test]
fn definitions_that_are_wrong() {
    let right = "dialect my \"Mine\" version 1\n/// Half.\nop half : pure {\n  operand x : tensor<I.. x $T>\n  result y : tensor<I.. x $T>\n\
                 where $T in float\n  format $x attr-dict `:` type($x)\n  eval { y[i] = x[i] * 0.5 }\n}\n";
    let with = |text: &[u8]| {
        let folder = Folder::new();
        folder.write("in.mlir", "func.func private @f()");
        folder.write("my.dialect", text);
        run(OPT, &folder, &["in.mlir", "--dialect=my.dialect", "-o", "out.mlir"])
    };
    assert_eq!(with(right.as_bytes()).status, Some(0));
    for cut in (1..right.trim_end().len()).step_by(9) {
        let out = with(&right.as_bytes()[..cut]);
        // Before the first operation a dialect may end.
        if out.status != Some(0) || cut > right.find(": pure").expect("it is there") {
            out.refused(1).unwrap_or_else(|why| panic!("cut at {cut}: {why}"));
        }
    }
    with(right.replace("y[i] = x[i]", "y[i] = z[i]").as_bytes()).refused(1).unwrap();
    with(right.replace("format $x", "format ").as_bytes()).refused(1).unwrap();
    with(right.replace("dialect my", "dialect arith").replace("op half", "op addf").as_bytes()).refused(1).unwrap();
}
