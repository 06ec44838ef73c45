//! Custom form of upstream dialects is MLIR's own text; bad text gives diagnostics and never a panic.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_ir::Context;
use edge_support::{Diagnostics, SourceMap};

const CORE: &str = include_str!("custom/core.mlir");
const CORE_GENERIC: &str = include_str!("custom/core.generic");

fn context() -> Context {
    Registry::builtin().unwrap().context()
}

fn print(text: &str, options: &PrintOptions) -> Result<String, String> {
    let (ctx, sources, diags) = (context(), SourceMap::new(), Diagnostics::new());
    let file = sources.add("f.mlir", text);
    match parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true }) {
        Ok(module) => Ok(print_module(&ctx, &module, options)),
        Err(_) => Err(diags.render(&sources)),
    }
}

/// Every pair in the folder: the custom form and the generic form of one module, as `mlir-opt` prints them.
#[test]
fn upstream_dialects_are_read_and_printed_as_mlir_does() {
    let same = |name: &str, from: &str, to: &str, options: &PrintOptions| {
        let out = print(from, options).unwrap_or_else(|e| panic!("{name}: {e}"));
        let differs = out.lines().zip(to.lines()).find(|(a, b)| a != b);
        assert!(out == to, "{name}: {differs:?}");
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/custom");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "mlir"));
    files.sort();
    assert!(files.len() >= 4);
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (custom, generic) = (read(&path), read(&path.with_extension("generic")));
        same(&name, &custom, &custom, &PrintOptions::default());
        same(&name, &custom, &generic, &PrintOptions::generic());
        same(&name, &generic, &custom, &PrintOptions::default());
        same(&name, &generic, &generic, &PrintOptions::generic());
    }
}

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn several_errors_in_one_run() {
    let e = print(
        "func.func @f() {\n  %0 = arith.constant 1 : f32\n  \"t.a\"(%1) : (i32) -> ()\n  nope.op\n  return\n}\n",
        &PrintOptions::default(),
    );
    let e = e.unwrap_err();
    for wanted in ["E0206", "E0211", "E0215"] {
        assert!(e.contains(wanted), "{wanted} is missing:\n{e}");
    }
}

/// An operation that failed at its end hides nothing of the next one, and what it would have defined is not told a second time.
#[test]
fn one_mistake_is_one_error() {
    let text = "func.func @main(%a: tensor<4x8xf32>, %b: tensor<7x2xf32>) -> tensor<4x2xf32> {
  %0 = nn.matmul %a, %b : tensor<4x8xf32>, tensor<7x2xf32>
  %1 = nn.relu %0 : tensor<4x2xf32>
  %2 = nn.add %1,
    %1 : tensor<4x2xf32>, tensor<4x2xf32>
  %3, %4 = nn.nosuch %2
  return %4 : tensor<4x2xf32>
}
";
    let e = print(text, &PrintOptions::default()).unwrap_err();
    let codes: Vec<&str> = e.lines().filter_map(|l| l.strip_prefix("error[")?.split_once(']')).map(|(code, _)| code).collect();
    assert_eq!(codes, ["E0216", "E0215"], "{e}");
}

#[test]
fn deep_nesting_is_an_error() {
    let n = 10_000;
    let regions = "\"a.b\"() ({".repeat(n) + &"}) : () -> ()".repeat(n);
    let brackets = format!("\"a.b\"() {{x = {}{}}} : () -> ()", "[".repeat(n), "]".repeat(n));
    let aliases: String = (0..n).map(|i| format!("#a{} = [#a{i}]\n", i + 1)).collect();
    let aliases = format!("#a0 = 1\n{aliases}\"a.b\"() {{x = #a{n}}} : () -> ()");
    let types = format!("\"a.b\"() : () -> {}i32{}", "tuple<".repeat(n), ">".repeat(n));
    for text in [regions, brackets, aliases, types] {
        assert!(print(&text, &PrintOptions::generic()).unwrap_err().contains("E0203"));
    }
}

/// Truncations at every place, and seeded changes of single bytes.
#[test]
fn damaged_text_never_panics() {
    let ctx = context();
    let try_it = |text: &str| {
        let (sources, diags) = (SourceMap::new(), Diagnostics::new());
        let file = sources.add("f.mlir", text);
        match parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true }) {
            Ok(module) => drop(print_module(&ctx, &module, &PrintOptions::default())),
            Err(_) => drop(diags.render(&sources)),
        }
    };
    let mut seed = 1u64;
    for text in [CORE, CORE_GENERIC, include_str!("data/locations.mlir")] {
        for at in (0..text.len()).step_by(7).filter(|at| text.is_char_boundary(*at)) {
            try_it(&text[..at]);
        }
        for _ in 0..1500 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..3 {
                seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let at = (seed >> 33) as usize % bytes.len();
                bytes[at] = b"(){}[]<>%#!^@\":,=-> 0x9a"[(seed >> 20) as usize % 24];
            }
            try_it(&String::from_utf8_lossy(&bytes));
        }
    }
}
