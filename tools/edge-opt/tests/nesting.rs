//! Ten thousand levels of everything that nests: an error with a place, or the text again, and never a crash.

use edge_test::process::{Folder, run};

const OPT: &str = env!("CARGO_BIN_EXE_edge-opt");
const DEEP: usize = 10_000;

fn nested(open: &str, core: &str, close: &str) -> String {
    open.repeat(DEEP) + core + &close.repeat(DEEP)
}

fn attribute(text: &str) -> String {
    format!("\"x.y\"() {{a = {text}}} : () -> ()\n")
}

fn result(ty: &str) -> String {
    format!("%0 = \"x.y\"() : () -> {ty}\n")
}

fn located(loc: &str) -> String {
    format!("\"x.y\"() : () -> () loc({loc})\n")
}

/// Ten thousand aliases, each in terms of the one before.
fn aliases(sigil: &str, first: &str, next: impl Fn(&str) -> String) -> String {
    let mut text = format!("{sigil}a0 = {first}\n");
    for n in 1..DEEP {
        text += &format!("{sigil}a{n} = {}\n", next(&format!("{sigil}a{}", n - 1)));
    }
    text
}

/// Refused, or printed and read again.
fn survives(texts: &[(&str, String)], flags: &[&str]) {
    let folder = Folder::new();
    let mut told = String::new();
    for (what, text) in texts {
        folder.write("in.mlir", text);
        for form in [&["--mlir-print-debuginfo"][..], &["--mlir-print-op-generic", "--canonicalize", "--cse"]] {
            let out = run(OPT, &folder, &[&["in.mlir", "--allow-unregistered-dialect"], form, flags].concat());
            match out.status {
                Some(0) => {}
                _ => {
                    told += &out
                        .refused(1)
                        .err()
                        .map_or(String::new(), |why| format!("{what} {form:?}: {}\n", &why[..why.len().min(600)]))
                }
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}

/// Refused.
fn refused(texts: &[(&str, String)], flags: &[&str]) {
    let folder = Folder::new();
    let mut told = String::new();
    for (what, text) in texts {
        folder.write("in.mlir", text);
        let out = run(OPT, &folder, &[&["in.mlir", "--allow-unregistered-dialect", "-o", "out.mlir"], flags].concat());
        told += &out
            .refused(1)
            .err()
            .map_or(String::new(), |why| format!("{what}: {}\n", why.chars().take(600).collect::<String>()));
    }
    assert!(told.is_empty(), "{told}");
}

#[test]
fn regions() {
    let custom = nested("scf.if %c {\n", "", "}\n");
    let mixed = nested("func.func @f(%c: i1) {\nmodule {\n", "", "}\n}\n");
    refused(
        &[
            ("generic", nested("\"x.y\"() ({\n", "\"x.z\"() : () -> ()\n", "}) : () -> ()\n")),
            ("modules", nested("module {\n", "", "}\n")),
            ("custom", format!("func.func @f(%c: i1) {{\n{custom}return\n}}\n")),
            ("isolated", mixed),
            ("unfinished", "\"x.y\"() ({\n".repeat(DEEP)),
        ],
        &[],
    );
}

#[test]
fn attributes() {
    refused(
        &[
            ("arrays", attribute(&nested("[", "1", "]"))),
            ("dictionaries", attribute(&nested("{a = ", "1", "}"))),
            ("dense", attribute(&format!("dense<{}> : tensor<1xi32>", nested("[", "1", "]")))),
            ("opaque", attribute(&format!("#x.y<{}>", nested("[", "1", "]")))),
            ("locations", attribute(&nested("loc(\"a\"(", "unknown", "))"))),
            ("unfinished", attribute(&"[".repeat(DEEP))),
            ("properties", format!("\"x.y\"() <{{a = {}}}> : () -> ()\n", nested("[", "1", "]"))),
        ],
        &[],
    );
    survives(&[("symbols", attribute(&format!("@a{}", "::@a".repeat(DEEP))))], &[]);
}

#[test]
fn types() {
    refused(
        &[
            ("tuples", result(&nested("tuple<", "i1", ">"))),
            ("functions", format!("\"x.y\"() {{a = {}}} : () -> ()\n", nested("() -> (", "i1", ")"))),
            ("tensors", result(&nested("tensor<1x", "f32", ">"))),
            ("memrefs", result(&nested("memref<1x", "f32", ">"))),
            ("complex", result(&nested("complex<", "f32", ">"))),
            ("opaque", result(&format!("!x.y<{}>", nested("<", "1", ">")))),
            ("unfinished", result(&"tuple<".repeat(DEEP))),
            ("encodings", result(&nested("tensor<1xf32, ", "1", ">"))),
        ],
        &[],
    );
}

#[test]
fn affine_expressions() {
    let map = |e: &str| attribute(&format!("affine_map<(d0, d1)[s0] -> ({e})>"));
    refused(
        &[
            ("parentheses", map(&nested("(", "d0", ")"))),
            ("sums", map(&nested("(1 + ", "d0", ")"))),
            ("quotients", map(&nested("((d1 floordiv 3) + 2 * ", "d0", ")"))),
            ("sets", attribute(&format!("affine_set<(d0) : ({} >= 0)>", nested("(", "d0", ")")))),
            ("unfinished", map(&"(".repeat(DEEP))),
        ],
        &[],
    );
    survives(
        &[
            ("long sums", map(&("d0".to_owned() + &" + d1 mod 7".repeat(DEEP)))),
            ("long products", map(&("d0".to_owned() + &" * 2".repeat(DEEP)))),
            ("minus", map(&("-".repeat(DEEP) + "d0"))),
            ("modulo", map(&("d0".to_owned() + &" mod 5 mod 3".repeat(DEEP)))),
        ],
        &[],
    );
}

#[test]
fn locations() {
    refused(
        &[
            ("names", located(&nested("\"a\"(", "unknown", ")"))),
            ("calls", located(&nested("callsite(\"f\" at ", "unknown", ")"))),
            ("callees", located(&nested("callsite(", "unknown", " at \"f\")"))),
            ("fused", located(&nested("fused[", "unknown", "]"))),
            ("metadata", located(&nested("fused<[", "1", "]>[\"a\"]"))),
        ],
        &[],
    );
}

#[test]
fn through_aliases() {
    let last = DEEP - 1;
    let use_of = |sigil: &str| match sigil {
        "!" => result(&format!("!a{last}")),
        _ => attribute(&format!("#a{last}")),
    };
    survives(
        &[
            ("arrays", aliases("#", "1 : i32", |a| format!("[{a}]")) + &use_of("#")),
            ("pairs", aliases("#", "1 : i32", |a| format!("[{a}, {a}]")) + &use_of("#")),
            ("tuples", aliases("!", "i32", |a| format!("tuple<{a}>")) + &use_of("!")),
            ("functions", aliases("!", "i32", |a| format!("() -> {a}")) + &use_of("!")),
            ("names", aliases("#", "loc(unknown)", |a| format!("loc(\"n\"({a}))")) + &located(&format!("#a{last}"))),
            ("calls", aliases("#", "loc(\"f\")", |a| format!("loc(callsite({a} at {a}))")) + &located(&format!("#a{last}"))),
            ("after", located("#b0") + &(0..DEEP).map(|n| format!("#b{n} = loc(\"n\"(#b{}))\n", n + 1)).collect::<String>()),
            ("circle", attribute("#a") + "#a = [#b]\n#b = [#a]\n"),
            ("circle of locations", located("#a") + "#a = loc(\"x\"(#b))\n#b = loc(\"y\"(#a))\n"),
        ],
        &[],
    );
}

#[test]
fn pipelines_and_definitions() {
    let folder = Folder::new();
    folder.write("in.mlir", "func.func private @f()");
    for pipeline in [
        nested("any(", "cse", ")"),
        "any(".repeat(DEEP),
        format!("cse{}", "{".repeat(DEEP)),
        format!("bind-shapes{{x={}", "[".repeat(DEEP)),
    ] {
        run(OPT, &folder, &["in.mlir", &format!("--pass-pipeline=builtin.module({pipeline})"), "-o", "out.mlir"])
            .refused(1)
            .unwrap();
    }
    let definition = |format: &str, eval: &str, ty: &str| {
        format!(
            "dialect my \"Mine\" version 1\n/// Half.\nop half : pure {{\n operand x : {ty}\n result y : tensor<I.. x $T>\n where $T in float\n \
             format {format}\n eval {{ y[i] = {eval} }}\n}}\n"
        )
    };
    let (format, eval, ty) = ("$x attr-dict `:` type($x)", "x[i]", "tensor<I.. x $T>");
    // Long, and not deep.
    folder.write("my.dialect", definition(format, &("x[i]".to_owned() + &" + x[i]".repeat(DEEP)), ty));
    let out = run(OPT, &folder, &["in.mlir", "--dialect=my.dialect"]);
    assert!(out.status == Some(0) || out.refused(1).is_ok(), "{}", out.stderr);
    for text in [
        definition(&(nested("(", "$x", ")?") + " attr-dict `:` type($x)"), eval, ty),
        definition(format, &nested("(", "x[i]", ")"), ty),
        definition(format, &nested("abs(", "x[i]", ")"), ty),
        definition(format, &("-".repeat(DEEP) + "x[i]"), ty),
        definition(format, &nested("x[", "i", "]"), ty),
        definition(format, eval, &nested("tuple<", "i32", ">")),
        definition(format, &("(".repeat(DEEP)), ty),
        definition(format, eval, &nested("(", ty, ")")),
    ] {
        folder.write("my.dialect", &text);
        let out = run(OPT, &folder, &["in.mlir", "--dialect=my.dialect", "-o", "out.mlir"]);
        out.refused(1)
            .unwrap_or_else(|why| panic!("{}\n{}", &text[..text.len().min(300)], why.chars().take(900).collect::<String>()));
    }
}

#[test]
fn long_is_not_deep() {
    let chain: String = (0..DEEP).map(|n| format!("  %{} = nn.relu %{n} : tensor<4xf32>\n", n + 1)).collect();
    let chain =
        format!("func.func @main(%0: tensor<4xf32>) -> tensor<4xf32> {{\n{chain}  return %{DEEP} : tensor<4xf32>\n}}\n");
    let blocks: String = (0..DEEP).map(|n| format!("^b{n}:\n  cf.br ^b{}\n", n + 1)).collect();
    let blocks = format!("func.func @f() {{\n  cf.br ^b0\n{blocks}^b{DEEP}:\n  return\n}}\n");
    let calls: String =
        (0..DEEP).map(|n| format!("func.func private @f{n}() {{\n  call @f{}() : () -> ()\n  return\n}}\n", n + 1)).collect();
    let calls = format!(
        "func.func @main() {{\n  call @f0() : () -> ()\n  return\n}}\n{calls}func.func private @f{DEEP}() {{\n  return\n}}\n"
    );
    survives(&[("operations", chain), ("blocks", blocks), ("calls", calls)], &["--inline", "--symbol-dce", "--dce"]);
}
