//! What loading a definition says, in full: `definitions/*.dialect` beside what is said of them. Bless with `EDGE_BLESS=1`.

use edge_dialect::{Registry, check};
use edge_support::{Diagnostics, SourceMap};
use std::path::Path;
use std::sync::Arc;

/// Everything that a tool says when it loads a file.
fn findings(name: &str, text: &str) -> String {
    let builtin = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let sources = Arc::new(SourceMap::over(builtin.sources()[0].clone()));
    let diags = Diagnostics::new();
    if let Ok(registry) = builtin.with_dialect(&sources, name, text, &diags) {
        let own = |dialect: &str| dialect == "t" || dialect == "my";
        check::check_some(&registry, &own, &diags);
        edge_asm::examples::check(&registry, &own, &diags);
    }
    diags.render(&sources)
}

#[test]
fn broken_definitions_are_explained() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "dialect"));
    paths.sort();
    assert!(!paths.is_empty());
    let mut wrong = vec![];
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let said = findings(&name, &std::fs::read_to_string(&path).unwrap());
        assert!(said.contains("error["), "nothing is said of {name}");
        let expected = path.with_extension("out");
        if std::env::var_os("EDGE_BLESS").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        if std::fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{name}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A definition that uses every part of the language: what its examples and rejects say holds.
#[test]
fn the_language_is_complete() {
    let said = findings("language.dialect", include_str!("language/language.dialect"));
    assert!(said.is_empty(), "{said}");
}

/// The first dialect of the guide holds as it stands there.
#[test]
fn the_guide_loads() {
    let guide = include_str!("../../../docs/write-a-dialect.md");
    let (_, rest) = guide.split_once("## A first operation").unwrap();
    let (section, _) = rest.split_once("\n## ").unwrap();
    let code: String = section.lines().filter_map(|l| l.strip_prefix("    ")).flat_map(|l| [l, "\n"]).collect();
    assert!(code.starts_with("dialect my"), "{code}");
    let said = findings("guide.dialect", &code);
    assert!(said.is_empty(), "{said}");
}

/// A list of values may be empty: the next line's result is not part of it.
#[test]
fn an_empty_list_ends_with_its_line() {
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let dialect = "dialect t \"Lists\" version 1\n/// A list.\nop list {\n  operand* xs : i32\n  format $xs attr-dict\n}\n";
    let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let registry = registry.with_dialect(&sources, "t.dialect", dialect, &diags).unwrap_or_else(|_| panic!());
    let ctx = registry.context();
    let file = sources.add("f.mlir", "t.list\n%0 = arith.constant 1 : i32\nt.list %0\n");
    let module = edge_asm::parse_module(&ctx, &sources, file, &diags, &Default::default());
    let module = module.unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
    let text = edge_asm::print_module(&ctx, &module, &edge_asm::PrintOptions::generic());
    assert!(text.contains("\"t.list\"() : () -> ()") && text.contains("\"t.list\"(%0)"), "{text}");
}
