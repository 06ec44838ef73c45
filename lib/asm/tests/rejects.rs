//! What MLIR refuses for its syntax, builtin types and attributes, or the rules of values and symbols, is refused at the same line.

use edge_asm::{ParseOptions, parse_module};
use edge_dialect::Registry;
use edge_support::{Diagnostics, SourceMap};

/// Text with the line of its first error.
const REJECTS: &[(u32, &str)] = &[
    // A missing token is missed behind the last one before it.
    (3, "\n\n!missing =\n\n"),
    (2, "func.func @f() {\n  cf.br ^bb1(\n  return\n}\n"),
    (1, "#a = dense_resource<key>\n"),
    (2, "func.func @f() {\n  return loc(unknown\n}\n"),
    (2, "func.func @f() {\n  return loc(callsite(\"a\" \"b\"))\n}\n"),
    (3, "func.func @f() {\n  // Open to the end.\n  \"a.b\"() : () -> ()\n"),
    // Types and attributes.
    (1, "\"a.b\"() {x = sparse<[[0, 4]], [1]> : tensor<2x4xi8>} : () -> ()\n"),
    (1, "\"a.b\"() {x = sparse<1, 10> : tensor<1x1xi16>} : () -> ()\n"),
    (2, "\n\"a.b\"() {x = memref<?x?xf32, strided<[1]>>} : () -> ()\n"),
    (1, "\"a.b\"() {x = memref<4xf32, affine_map<(d0, d1) -> (d0)>>} : () -> ()\n"),
    (1, "\"a.b\"() {x = memref<4xf32, i8>} : () -> ()\n"),
    // Values and blocks.
    (
        3,
        "func.func @f() {\n  \"a.b\"() ({\n    \"a.c\"(%x) : (i32) -> ()\n  }) : () -> ()\n  %x = \"a.d\"() : () -> i32\n  return\n}\n",
    ),
    (3, "func.func @f() {\n  %c = arith.constant true\n  cf.br ^b(%c : i1)\n^b(%x: i32):\n  return\n}\n"),
    (3, "func.func @f() {\n  %c = arith.constant true\n  cf.br ^b(%c : i1)\n^b:\n  return\n}\n"),
    (1, "func.func @f() {\n^a:\n  cf.br ^b\n^b:\n  cf.br ^a\n}\n"),
    // Functions.
    (2, "\nfunc.func @declared()\n"),
    (1, "\"func.func\"() <{function_type = () -> (), sym_name = \"f\", arg_attrs = [{}]}> ({\n  func.return\n}) : () -> ()\n"),
    // Sections.
    (3, "{-#\n  external_resources: {\n    10\n  }\n#-}\n"),
];

fn first_error(text: &str) -> Option<u32> {
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let (ctx, sources, diags) = (registry.context(), SourceMap::new(), Diagnostics::new());
    let file = sources.add("t.mlir", text);
    let line = |at: u32| sources.file(file).line_col(at).0;
    let Ok(mut module) = parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true }) else {
        return diags.snapshot().first()?.primary.as_ref().map(|l| line(l.span.start));
    };
    let root = module.root();
    let mut found = edge_ir::verify::verify(&ctx, &mut module.top, root);
    if found.is_empty() {
        found = edge_dialect::verify::verify_all(&ctx, &module.top, root);
    }
    found.first().and_then(|f| ctx.span_of(f.loc, &sources)).map(|s| line(s.start))
}

#[test]
fn errors_stand_on_the_line_where_mlir_sees_them() {
    let wrong: Vec<String> = REJECTS
        .iter()
        .filter(|(line, text)| first_error(text) != Some(*line))
        .map(|(line, text)| format!("line {line} wanted, {:?} found:\n{text}", first_error(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
