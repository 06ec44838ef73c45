//! Older text is read as text of the current version; newer text, and names that its version does not have, are errors.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_support::{Diagnostics, SourceMap};
use std::sync::Arc;

const DIALECT: &str = r#"
dialect v "Of several versions" version 3

/// Was called `plus` before version 2; its property `amount` was `by` before version 3.
op add : pure {
  was plus until 2
  operand x : $T
  result y : $T
  property? amount : i64
  renamed by to amount in 3
  where $T in i32 | i64
  format $x attr-dict `:` type($x)
}

/// Came with version 3.
op negate : pure {
  since 3
  operand x : $T
  result y : $T
  format $x attr-dict `:` type($x)
}
"#;

fn read(text: &str, form: &PrintOptions) -> Result<String, String> {
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let registry = Registry::builtin().unwrap().with_dialect(&sources, "v.dialect", DIALECT, &diags);
    let ctx = registry.unwrap_or_else(|_| panic!("{}", diags.render(&sources))).context();
    let file = sources.add("f.mlir", text);
    match parse_module(&ctx, &sources, file, &diags, &ParseOptions::default()) {
        Ok(module) => Ok(print_module(&ctx, &module, form)),
        Err(_) => Err(diags.render(&sources)),
    }
}

fn module(version: &str, body: &str) -> String {
    let attributes =
        if version.is_empty() { String::new() } else { format!("attributes {{edge.versions = {{v = {version} : i32}}}} ") };
    format!("module {attributes}{{\n  func.func @f(%x: i32) -> i32 {{\n    {body}\n    return %0 : i32\n  }}\n}}\n")
}

const CURRENT: &str = "%0 = v.add %x {amount = 4 : i64} : i32";
const OLD: &str = "%0 = v.plus %x {by = 4 : i64} : i32";

#[test]
fn older_text_is_upgraded() {
    let now = read(&module("3", CURRENT), &PrintOptions::default()).unwrap();
    let upgraded = read(&module("1", OLD), &PrintOptions::default()).unwrap();
    assert_eq!(upgraded, now);
    assert!(now.contains("edge.versions = {v = 3 : i32}") && now.contains("v.add %arg0 {amount = 4 : i64} : i32"), "{now}");
    // Version 2 has the new name and the old property.
    assert_eq!(read(&module("2", "%0 = v.add %x {by = 4 : i64} : i32"), &PrintOptions::default()).unwrap(), now);
}

#[test]
fn older_generic_text_is_upgraded() {
    let text = |op: &str, property: &str, version: i32| {
        format!(
            "\"builtin.module\"() ({{\n^bb0:\n  \"func.func\"() <{{function_type = (i32) -> i32, sym_name = \"f\"}}> ({{\n  \
             ^bb0(%x: i32):\n    %0 = \"{op}\"(%x) <{{{property} = 4 : i64}}> : (i32) -> i32\n    \"func.return\"(%0) : (i32) -> ()\n  \
             }}) : () -> ()\n}}) {{edge.versions = {{v = {version} : i32}}}} : () -> ()\n"
        )
    };
    let now = read(&text("v.add", "amount", 3), &PrintOptions::generic()).unwrap();
    assert_eq!(read(&text("v.plus", "by", 1), &PrintOptions::generic()).unwrap(), now);
    // Written before there were properties.
    let attributes = text("v.plus", "by", 1).replace("<{by = 4 : i64}>", "{by = 4 : i64}");
    assert_eq!(read(&attributes, &PrintOptions::generic()).unwrap(), now);
    let both = text("v.add", "amount = 1 : i64, by", 2);
    assert!(read(&both, &PrintOptions::generic()).unwrap_err().contains("E0209"));
}

#[test]
fn errors_name_both_versions() {
    let refused = |version: &str, body: &str, words: &[&str]| {
        let error = read(&module(version, body), &PrintOptions::default()).unwrap_err();
        assert!(error.contains("E0218"), "{error}");
        words.iter().for_each(|w| assert!(error.contains(w), "no `{w}` in:\n{error}"));
    };
    refused("4", CURRENT, &["version 4 of dialect `v`", "of version 3", "1 │ module attributes {edge.versions"]);
    refused("", OLD, &["`v.plus` is called `v.add` since version 2", "the text is of version 3", "%0 = v.plus"]);
    refused("2", OLD, &["`v.plus` is called `v.add` since version 2", "the text is of version 2"]);
    refused("3", "%0 = v.add %x {by = 4 : i64} : i32", &["`by` is called `amount` since version 3"]);
    refused("2", "%0 = v.negate %x : i32", &["`v.negate` came with version 3", "the text is of version 2"]);
}
