//! Imports of a small dialect of its own: the text that comes out, the report, IR through it, and bad input.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_ods::{Importer, Source, import};
use edge_support::{Diagnostics, SourceMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/toy")
}

fn toy() -> (String, String) {
    let diags = Diagnostics::new();
    let done = import(&Source::of(&folder().join("toy.json").display().to_string(), vec![]), None, &diags);
    let (dialects, report) = done.unwrap_or_else(|_| panic!("{}", diags.render(&SourceMap::new())));
    assert_eq!(dialects.len(), 1);
    (dialects[0].text(), report.to_string())
}

/// Blessed by `EDGE_UPDATE_TESTS=1 cargo test -p edge-ods`.
fn expect(file: &str, text: &str) {
    let path = folder().join(file);
    if std::env::var_os("EDGE_UPDATE_TESTS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap_or_default(), "{file} differs: EDGE_UPDATE_TESTS=1 blesses it");
}

#[test]
fn definitions_and_report() {
    let (text, report) = toy();
    expect("toy.dialect", &text);
    expect("toy.report", &report);
}

/// The dump beside the records is what they give, where `llvm-tblgen` is installed.
#[test]
fn records_give_the_same() {
    let diags = Diagnostics::new();
    let source = Source::of(&folder().join("toy.td").display().to_string(), vec![folder()]);
    match import(&source, Some("toy"), &diags) {
        Ok((dialects, _)) => assert_eq!(dialects[0].text(), toy().0),
        Err(_) => assert!(diags.snapshot().iter().all(|d| d.code.0 == "E1403"), "{}", diags.render(&SourceMap::new())),
    }
}

fn registry() -> Registry {
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let registry = Registry::empty().with_dialect(&sources, "toy.dialect", &toy().0, &diags);
    registry.unwrap_or_else(|_| panic!("{}", diags.render(&sources)))
}

fn print(text: &str, form: &PrintOptions) -> Result<String, String> {
    let ctx = registry().context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("x.mlir", text);
    let module = parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true })
        .map_err(|_| diags.render(&sources))?;
    let findings = edge_dialect::verify::verify_all(&ctx, &module.top, module.root());
    match findings.first() {
        Some(f) => Err(f.message.clone()),
        None => Ok(print_module(&ctx, &module, form)),
    }
}

const CUSTOM: &str = r#""m"() ({
  %0:2 = "x"() : () -> (index, !toy.blob<anything [at] all>)
  %1 = toy.sizes [4, %0#0, 8] tag 7 : <3, i32>
  %2 = toy.pour %1 slowly amount %0#0 style<bold|wide> {note = "n"} : !toy.cup<3, i32>
  %3 = toy.pour %2 : !toy.cup<3, i32>
  %4 = toy.compare %0#0, %0#0 : index
  toy.loop @l(%0#0 : index) {
    toy.end
  } else {
    toy.end
  }
  "toy.hand"(%0#1, %4) : (!toy.blob<anything [at] all>, i1) -> ()
}) : () -> ()
"#;

#[test]
fn text_goes_through_both_forms() {
    let generic = print(CUSTOM, &PrintOptions::generic()).unwrap_or_else(|e| panic!("{e}"));
    for part in [
        r#""toy.sizes"(%0#0) <{static = array<i64: 4, -9223372036854775808, 8>, tag = 7 : i32}>"#,
        r#"<{style = #toy.style<none>}>"#,
        r#"<{slowly, style = #toy.style<bold|wide>}> {note = "n"}"#,
        r#"(index, index) -> i1"#,
    ] {
        assert!(generic.contains(part), "{part} is not in\n{generic}");
    }
    let custom = print(&generic, &PrintOptions::default()).unwrap_or_else(|e| panic!("{e}"));
    for line in CUSTOM.lines().filter(|l| l.contains("toy.") && !l.contains('=')) {
        assert!(custom.contains(line.trim()), "{line} is not in\n{custom}");
    }
    assert!(custom.contains("toy.pour %1 slowly amount %0#0 style<bold|wide> {note = \"n\"} : !toy.cup<3, i32>"), "{custom}");
    assert_eq!(print(&custom, &PrintOptions::generic()).unwrap_or_else(|e| panic!("{e}")), generic);
}

#[test]
fn constraints_that_are_known_are_checked() {
    let bad = r#""m"() ({
  %0 = "x"() : () -> i32
  %1 = "toy.pour"(%0) <{style = #toy.style<none>}> : (i32) -> i32
}) : () -> ()
"#;
    assert!(print(bad, &PrintOptions::generic()).unwrap_err().contains("!toy.cup"));
}

fn fails(source: &Source, only: Option<&str>) -> String {
    let diags = Diagnostics::new();
    assert!(import(source, only, &diags).is_err());
    diags.snapshot()[0].code.0.to_owned()
}

#[test]
fn bad_input_has_codes() {
    for (json, code) in [("{", "E1401"), ("[]", "E1401"), ("{\"a\": 1}", "E1401")] {
        let diags = Diagnostics::new();
        assert!(Importer::default().add(json, "x.json", &diags).is_err(), "{json}");
        assert_eq!(diags.snapshot()[0].code.0, code);
    }
    let dump = Source::of(&folder().join("toy.json").display().to_string(), vec![]);
    assert_eq!(fails(&dump, Some("tea")), "E1402");
    assert_eq!(fails(&Source::of("no/such/file.json", vec![]), None), "E1405");
    assert_eq!(fails(&Source::of("no/such/file.td", vec![]), None), "E1405");
    let refused = fails(&Source::of(&folder().join("import.td").display().to_string(), vec![]), None);
    assert_eq!(refused, "E1405");
}

/// A dump that is cut or whose parts are of the wrong kind gives an error or fewer definitions, never a panic.
#[test]
fn damaged_dumps() {
    let json = std::fs::read_to_string(folder().join("toy.json")).unwrap();
    let words =
        ["\"args\"", "\"def\"", "\"assemblyFormat\"", "\"enumerants\"", "\"baseType\"", "\"!superclasses\"", "\"opName\""];
    for word in words {
        let diags = Diagnostics::new();
        let mut importer = Importer::default();
        if importer.add(&json.replace(word, "\"other\""), "x.json", &diags).is_ok() {
            let _ = importer.finish(None, "x.json", &diags);
        }
    }
}
