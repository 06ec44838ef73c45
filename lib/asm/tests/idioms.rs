//! Elements of formats that stand for hand-written assembly: each is read, and printed as it was.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_support::{Diagnostics, SourceMap};
use std::sync::Arc;

const DIALECT: &str = r#"
dialect llvm "Idioms" version 1 imported

/// Nothing.
type void {
}
/// A pointer in a storage class.
type at {
  param pointee : type
  param storage : str
  format `<` $pointee `,` $storage `>`
}
/// So many elements.
type array {
  param size : int
  param elem : local
  format `<` $size `x` $elem `>`
}
/// A function.
type func {
  param result : local
  param inputs : items(local)
  param? varargs : int
  format `<` function($result, $inputs, $varargs) `>`
}
/// Kept as it stands.
type struct {
  opaque
}
/// Named at the top.
attr note {
  param text : quoted
  format `<` $text `>`
  alias note
}
enum kind : attr { none = 0, left = 1, right = 2 }
enum mode : i32 { plain = 0, odd = 1 }
/// Words.
op words {
  property kind : #llvm.kind = none
  property mode : mode = plain
  property hint : mode
  property loud : flag
  format (keyword($kind)^)? quoted($hint) (`loud` $loud^)? attr-dict-with-words
}
/// Lists.
op lists {
  operand* xs : any
  property names : array(str)
  property sizes : elements
  format dense-list($sizes, index) named-values($xs, $names) attr-dict `:` type($xs)
}
/// Reads.
op read {
  operand p : !llvm.at
  result v : any
  format storage-class($p, $v) $p attr-dict `:` type($v)
}
/// A variable.
op var {
  result p : !llvm.at
  property kind : #llvm.kind
  format attr-dict `:` type($p) storage-of($kind, $p)
}
/// A part.
op part {
  operand of : any
  property at : i64[]
  result v : any
  format $of `` $at attr-dict `:` type($of) member-type($v, $of, $at)
}
/// A global.
op text {
  property type : type
  property? value : any
  format `(` ($value^)? `)` attr-dict global-type($type, $value)
}
/// A function.
op fn : isolated, symbol {
  property sym_name : symbol
  property function_type : type(!llvm.func)
  region body
  format $sym_name signature($function_type, $body) attr-dict-with-keyword ($body^)?
}
"#;

const TEXT: &str = r#"#note = #llvm.note<"n">
module {
  llvm.words left "odd" loud {mode = odd, x = 1 : i32}
  llvm.words "plain" {about = #note, again = #note}
  %0 = llvm.var : !llvm.at<f32, left>
  %1 = llvm.read "left" %0 : f32
  llvm.lists [3, -9223372036854775808]  {"a" = %1, "b" = %0} : f32, !llvm.at<f32, left>
  %2 = "x"() : () -> !llvm.struct<(i8, array<2 x i64>)>
  %3 = llvm.part %2[1, 0] : !llvm.struct<(i8, array<2 x i64>)>
  "y"(%3) : (i64) -> ()
  llvm.text("abc")
  llvm.text(7 : i32) : i32
  llvm.text() : !llvm.array<2 x array<3 x i8>>
  llvm.fn @f(i32, !llvm.array<2 x i8>, ...) -> i32
  llvm.fn @g(%arg0: i32) {
    "z"(%arg0) : (i32) -> ()
  }
}

"#;

fn print(text: &str, form: &PrintOptions) -> String {
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let with = Registry::load([]).unwrap().with_dialect(&sources, "idioms.dialect", DIALECT, &diags);
    let registry = with.unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
    edge_dialect::check::check(&registry, &diags);
    assert!(diags.check().is_ok(), "{}", diags.render(&sources));
    let builtin = Registry::load([("builtin.dialect".to_owned(), BUILTIN.to_owned())]).unwrap();
    let registry = builtin.with_dialect(&sources, "idioms.dialect", DIALECT, &diags).unwrap();
    let (ctx, sources) = (registry.context(), SourceMap::new());
    let file = sources.add("x.mlir", text);
    let module = parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true });
    print_module(&ctx, &module.unwrap_or_else(|_| panic!("{}", diags.render(&sources))), form)
}

const BUILTIN: &str = include_str!("../../../dialects/builtin.dialect");

#[test]
fn both_forms_say_the_same() {
    let generic = print(TEXT, &PrintOptions::generic());
    for part in [
        r#"<{hint = 1 : i32, kind = #llvm.kind<left>, loud, mode = 1 : i32}> {x = 1 : i32}"#,
        r#"loud = false"#,
        r#"names = ["a", "b"], sizes = dense<[3, -9223372036854775808]> : tensor<2xindex>"#,
        r#""llvm.read"(%0) : (!llvm.at<f32, left>) -> f32"#,
        r#"kind = #llvm.kind<left>}> : () -> !llvm.at<f32, left>"#,
        r#"-> i64"#,
        r#"type = !llvm.array<3 x i8>, value = "abc""#,
        r#"function_type = !llvm.func<i32 (i32, array<2 x i8>, ...)>"#,
        r#"function_type = !llvm.func<void (i32)>"#,
    ] {
        assert!(generic.contains(part), "{part} is not in\n{generic}");
    }
    assert_eq!(print(TEXT, &PrintOptions::default()), TEXT);
    assert_eq!(print(&generic, &PrintOptions::default()), TEXT);
}

/// Text that these elements refuse: an error, never a panic.
#[test]
fn bad_text_is_refused() {
    let bad = [
        "llvm.words \"sideways\"",
        "llvm.words up \"odd\"",
        "llvm.words \"odd\" {mode = }",
        "llvm.lists [1, ] {\"a\" = } : f32",
        "%1 = llvm.read left %0 : f32",
        "llvm.text(7 : i32)",
        "llvm.fn @f(i32, ..",
        "%3 = \"x\"() : () -> !llvm.func<i32 (i32>",
    ];
    for text in bad {
        let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
        let registry = Registry::empty().with_dialect(&sources, "idioms.dialect", DIALECT, &diags).unwrap();
        let (ctx, sources) = (registry.context(), SourceMap::new());
        let file = sources.add("x.mlir", text);
        assert!(parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true }).is_err(), "{text}");
    }
}
