//! `--help`, `--list-passes`, `--show-dialects`.

use crate::args::{FLAGS, Takes};
use edge_pass::{Anchor, PassInfo, Registry};
use std::fmt::Write;

pub fn help(program: &str) -> String {
    let mut out = format!(
        "usage: {program} [FILE|-] [flags] [--PASS[=OPTIONS]]...\n\nReads MLIR text, runs passes in the order given, writes the result.\n\n"
    );
    for flag in FLAGS {
        let dashes = if flag.name.len() == 1 { "-" } else { "--" };
        let spelled = match flag.takes {
            Takes::Switch => format!("{dashes}{}", flag.name),
            Takes::Optional(what) => format!("{dashes}{}[={what}]", flag.name),
            Takes::Value(what) if flag.name.len() == 1 => format!("{dashes}{} {what}", flag.name),
            Takes::Value(what) => format!("{dashes}{}={what}", flag.name),
        };
        let _ = writeln!(out, "  {spelled:44} {}", flag.doc);
    }
    out + "\nExit status: 0, or 1 after an error.\n"
}

fn pass(out: &mut String, info: &PassInfo) {
    let anchor = match info.anchor {
        Anchor::Any => "any operation",
        Anchor::Op(op) => op,
    };
    let _ = writeln!(out, "  --{:40} {} [{anchor}]", info.name, info.summary());
    for option in info.options {
        let spelled = format!("    --{}={{{}=…}}", info.name, option.name);
        let doc = option.doc.lines().next().unwrap_or("").trim();
        let _ = writeln!(out, "{spelled:44} {doc} ({}, default {})", option.kind, option.default);
    }
}

pub fn passes(registry: &Registry) -> String {
    let mut out = String::from("Passes:\n");
    registry.passes().for_each(|p| pass(&mut out, p));
    out.push_str("Pipelines:\n");
    for (name, text) in registry.pipelines() {
        let summary = text.lines().find_map(|l| l.trim().strip_prefix("//")).unwrap_or("").trim();
        let _ = writeln!(out, "  --pipeline={name:31} {summary}");
    }
    out
}

pub fn dialects(registry: &edge_dialect::Registry) -> String {
    let mut out = String::from("Dialects:\n");
    for dialect in registry.dialects() {
        let _ = writeln!(
            out,
            "  {:12} {} ({} operations, version {})",
            dialect.name,
            dialect.summary,
            dialect.ops.len(),
            dialect.version
        );
    }
    out
}
