//! The definition files of the project are read without a diagnostic.

use edge_support::{Diagnostics, SourceMap};

#[test]
fn project_files() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialects");
    let mut paths: Vec<_> = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "dialect")) {
        let (sources, diags) = (SourceMap::new(), Diagnostics::new());
        let file = sources.add(path.display().to_string(), std::fs::read_to_string(path).unwrap());
        let parsed = edge_dialect::parse::parse(&sources, file, &diags);
        assert!(parsed.is_ok(), "{}", diags.render(&sources));
    }
}

#[test]
fn builtin_loads() {
    let registry = edge_dialect::Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
    let ctx = registry.context();
    assert_eq!(ctx.registered_ops().count(), registry.ops().count());
}

/// Loads a text; only that nothing panics matters.
fn load(text: &str) {
    let (sources, diags) = (std::sync::Arc::new(SourceMap::new()), Diagnostics::new());
    if let Ok(registry) = edge_dialect::Registry::empty().with_dialect(&sources, "x.dialect", text, &diags) {
        edge_dialect::check::check(&registry, &diags);
    } else {
        assert!(diags.errors() > 0, "refused without a word: {text}");
    }
    diags.render(&sources);
}

#[test]
fn damaged_text_is_refused_in_words() {
    let files = edge_dialect::Registry::builtin_files();
    for (name, text) in
        files.iter().filter(|f| f.0.ends_with("scf.dialect") || f.0.ends_with("loop.dialect") || f.0.ends_with("nn.dialect"))
    {
        // A different stretch of each file is cut out, doubled or cut off at every step.
        let step = text.len() / 60 + 1;
        for at in (0..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at)) {
            let end = (at + 7 + at % 13).min(text.len());
            if !text.is_char_boundary(end) {
                continue;
            }
            load(&text[..at]);
            load(&format!("{}{}", &text[..at], &text[end..]));
            load(&format!("{}{}{}", &text[..end], &text[at..end], &text[end..]));
            load(&format!("{}\u{e9}`{}", &text[..at], &text[at..]));
        }
        assert!(!name.is_empty());
    }
}

#[test]
fn deep_nesting_is_an_error() {
    for (open, close) in [("(", ")"), ("[", "]"), ("like(", ")")] {
        let deep = format!("{}f32{}", open.repeat(10_000), close.repeat(10_000));
        load(&format!("dialect t \"\" version 1\nop a {{\n  operand x : {deep}\n}}\n"));
        load(&format!("dialect t \"\" version 1\nconstraint c = {deep}\n"));
        load(&format!("dialect t \"\" version 1\nop a {{\n  verify {deep} == 1 \"m\"\n  format {deep}\n}}\n"));
        load(&format!("dialect t \"\" version 1\nrule r: {deep} => $x\n"));
        load(&format!("dialect t \"\" version 1\nenum e : i32 {{ {deep} }}\n"));
        load(&format!("dialect t \"\" version 1\nop a : pure({deep}) {{\n}}\n"));
    }
    load(&format!(
        "dialect t \"\" version 1\nop a {{\n  operand x : {}f32{}\n}}\n",
        "tensor<".repeat(10_000),
        ">".repeat(10_000)
    ));
    load(&format!("dialect t \"\" version 1\nop a {{\n  verify {} x \"m\"\n}}\n", "not ".repeat(10_000)));
}
