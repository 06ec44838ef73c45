//! Exporters: a Markdown page for each dialect, IRDL for `mlir-opt`, a TextMate grammar for editors.

mod irdl;
mod irdl_terms;
mod textmate;

pub use irdl::{Irdl, irdl};
pub use textmate::textmate;

use crate::infer::term;
use crate::model::*;
use crate::verify::attrs::text as attr_text;
use std::fmt::Write;

/// The page of a dialect. Equal definitions give equal bytes.
pub fn markdown(dialect: &Dialect) -> String {
    let mut out = format!("# Dialect `{}`: {}\n\n", dialect.name, dialect.summary);
    out += "<!-- Generated from the definition in dialects/. -->\n\n";
    paragraph(&mut out, &dialect.doc);
    let _ = writeln!(out, "Version {}. {} operations.\n", dialect.version, dialect.ops.len());
    contents(&mut out, dialect);
    for def in &dialect.types {
        type_page(&mut out, "Type", '!', def);
    }
    for def in &dialect.attrs {
        type_page(&mut out, "Attribute", '#', def);
    }
    for e in &dialect.enums {
        enum_page(&mut out, e);
    }
    for op in &dialect.ops {
        op_page(&mut out, op);
    }
    rules(&mut out, dialect);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn paragraph(out: &mut String, doc: &str) {
    if !doc.is_empty() {
        let _ = writeln!(out, "{doc}\n");
    }
}

fn contents(out: &mut String, dialect: &Dialect) {
    let _ = writeln!(out, "| operation | |\n|---|---|");
    for op in &dialect.ops {
        let first = op.doc.split_inclusive(['.', ':']).next().unwrap_or_default().trim_end_matches(':').replace('\n', " ");
        let anchor: String = op.name.chars().filter(|c| *c != '.').collect();
        let _ = writeln!(out, "| [`{}`](#{}) | {} |", op.name, anchor.to_lowercase(), first.replace('|', "\\|"));
    }
    out.push('\n');
}

fn type_page(out: &mut String, what: &str, sigil: char, def: &TypeDef) {
    let _ = writeln!(out, "## {what} `{sigil}{}`\n", def.name);
    paragraph(out, &def.doc);
    for p in &def.params {
        let _ = writeln!(out, "- `{}`: {}", p.name, param_text(&p.kind));
    }
    if !def.params.is_empty() {
        out.push('\n');
    }
    examples(out, &def.examples);
}

fn param_text(kind: &ParamKind) -> String {
    match kind {
        ParamKind::Type(TypeConstraint::Any) => "a type".into(),
        ParamKind::Type(c) => format!("a type, `{}`", term(c)),
        ParamKind::Attr(c) => attr_text(c),
        ParamKind::Int => "an integer".into(),
        ParamKind::Str => "a word or string".into(),
        ParamKind::Local(_) => "a type".into(),
        ParamKind::Quoted => "a string".into(),
        ParamKind::Extent => "an integer or `?`".into(),
        ParamKind::Verbatim => "text".into(),
        ParamKind::Numbers => "numbers, with brackets and signs between them".into(),
        ParamKind::Shape => "extents".into(),
        ParamKind::Enum(e) => format!("one of {}", e.cases.iter().map(|c| c.0.as_str()).collect::<Vec<_>>().join(", ")),
        ParamKind::List(inner) | ParamKind::Items(inner) => format!("a list, each {}", param_text(inner)),
    }
}

fn enum_page(out: &mut String, e: &EnumDef) {
    let _ = writeln!(out, "## Enumeration `{}`\n", e.name);
    paragraph(out, &e.doc);
    let held = match e.storage {
        EnumStorage::Integer(width) => format!("an attribute of type `i{width}`"),
        EnumStorage::String => "a string".into(),
        EnumStorage::Attribute { .. } => format!("an attribute of its own, `#{}`", e.name),
    };
    let cases: Vec<String> = e.cases.iter().map(|(n, v)| format!("`{n}` {v}")).collect();
    let _ = writeln!(out, "Held as {held}{}: {}.\n", if e.bits { ", a set of bits" } else { "" }, cases.join(", "));
}

fn op_page(out: &mut String, op: &OpDef) {
    let _ = writeln!(out, "## `{}`\n", op.name);
    paragraph(out, &op.doc);
    let traits: Vec<String> = op
        .traits
        .iter()
        .filter(|t| !matches!(t, Trait::ResultName(_) | Trait::ResultNames(_) | Trait::ScaledName(_)))
        .map(trait_text)
        .collect();
    if !traits.is_empty() {
        let _ = writeln!(out, "Traits: {}.\n", traits.join(", "));
    }
    let rows = rows(op);
    if !rows.is_empty() {
        let _ = writeln!(out, "| | name | |\n|---|---|---|\n{}", rows.join("\n"));
        out.push('\n');
    }
    for (name, c, _) in &op.wheres {
        let _ = writeln!(out, "`${name}` is `{}`.\n", term(c));
    }
    for v in &op.verifies {
        let _ = writeln!(out, "- refused with \"{}\"", v.message);
    }
    if !op.verifies.is_empty() {
        out.push('\n');
    }
    if let Some(eval) = &op.eval {
        let _ = writeln!(out, "Computes:\n\n```\n{}\n```\n", dedent(&eval.node));
    }
    examples(out, &op.examples);
    for case in &op.rejects {
        let _ = writeln!(out, "Refused, \"{}\":\n\n```mlir\n{}\n```\n", case.message, dedent(&case.text.node));
    }
}

fn trait_text(t: &Trait) -> String {
    match t {
        Trait::Parent(names) => format!("stands in {}", names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")),
        Trait::Ancestor(names) => {
            format!("stands inside {}", names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", "))
        }
        Trait::DefaultDialect(name) => format!("operations of `{name}` inside need no prefix"),
        other => other.word().replace('_', " "),
    }
}

fn arity_text(arity: Arity) -> &'static str {
    match arity {
        Arity::One => "",
        Arity::Optional => "optional ",
        Arity::Variadic => "variadic ",
        Arity::VariadicOfVariadic => "grouped variadic ",
    }
}

fn rows(op: &OpDef) -> Vec<String> {
    let mut rows = vec![];
    for (what, values) in [("operand", &op.operands), ("result", &op.results)] {
        for v in values {
            let effects: Vec<String> = v.effects.iter().map(|e| format!("{e:?}").to_lowercase()).collect();
            let effects = if effects.is_empty() { String::new() } else { format!(", effects: {}", effects.join(", ")) };
            let text = term(&v.constraint).replace('|', "\\|");
            rows.push(format!("| {}{what} | `{}` | `{text}`{effects} |", arity_text(v.arity), v.name));
        }
    }
    let segments = [OPERAND_SEGMENTS, RESULT_SEGMENTS];
    for p in op.properties.iter().filter(|p| !segments.contains(&p.name.as_str())) {
        rows.push(property_row("property", p));
    }
    rows.extend(op.attributes.iter().map(|p| property_row("discardable attribute", p)));
    for r in &op.regions {
        let blocks = match r.blocks {
            (0, None) => "any number of blocks".to_string(),
            (n, Some(m)) if n == m => format!("{n} block{}", if n == 1 { "" } else { "s" }),
            (n, Some(m)) => format!("{n} to {m} blocks"),
            (n, None) => format!("{n} blocks or more"),
        };
        let ends: Vec<String> = r.terminators.iter().map(|t| format!("`{t}`")).collect();
        let ends = if ends.is_empty() { String::new() } else { format!(", ends in {}", ends.join(" or ")) };
        rows.push(format!("| {}region | `{}` | {blocks}{ends} |", arity_text(r.arity), r.name));
    }
    for s in &op.successors {
        rows.push(format!("| {}successor | `{}` | |", if s.variadic { "variadic " } else { "" }, s.name));
    }
    rows
}

fn property_row(what: &str, p: &PropertyDef) -> String {
    let optional = if p.optional { "optional " } else { "" };
    let default = p.default.as_ref().map(|d| format!(", `{}` unless given", expr_text(&d.node))).unwrap_or_default();
    let each = p.each.as_ref().map(|e| format!(", one for each of `{e}`")).unwrap_or_default();
    format!("| {optional}{what} | `{}` | {}{each}{default} |", p.name, attr_text(&p.constraint).replace('|', "\\|"))
}

/// A literal or computed default as definition files spell it.
fn expr_text(e: &ExprNode) -> String {
    let list = |items: &[Expr]| items.iter().map(|i| expr_text(&i.node)).collect::<Vec<_>>().join(", ");
    match e {
        ExprNode::Int(i) => i.to_string(),
        ExprNode::Float(x) => format!("{x:?}"),
        ExprNode::Str(s) => format!("{s:?}"),
        ExprNode::Name(n) | ExprNode::Attr(n) => n.clone(),
        ExprNode::Var(n) => format!("${n}"),
        ExprNode::Call(n, args) => format!("{n}({})", list(args)),
        ExprNode::List(items) => format!("[{}]", list(items)),
        ExprNode::Not(inner) => format!("not {}", expr_text(&inner.node)),
        ExprNode::Binary(op, a, b) => format!("{} {op:?} {}", expr_text(&a.node), expr_text(&b.node)),
    }
}

fn examples(out: &mut String, texts: &[Text]) {
    for text in texts {
        let _ = writeln!(out, "```mlir\n{}\n```\n", dedent(&text.node));
    }
}

/// Text without the indentation that its lines after the first have in common.
fn dedent(text: &str) -> String {
    let indent = |l: &str| l.len() - l.trim_start().len();
    let common = text.lines().skip(1).filter(|l| !l.trim().is_empty()).map(indent).min().unwrap_or(0);
    // A text that starts on the line of its keyword has its first line already cut: its last line tells how deep it stood.
    let mut lines = text.lines();
    let mut out = lines.next().unwrap_or_default().trim().to_string();
    for line in lines {
        out.push('\n');
        out += line.get(common..).unwrap_or_default().trim_end();
    }
    out
}

fn rules(out: &mut String, dialect: &Dialect) {
    if dialect.rules.is_empty() {
        return;
    }
    let _ = writeln!(out, "## Rules\n");
    for rule in &dialect.rules {
        let _ = writeln!(out, "- `{}`: {}", rule.name, rule.doc.replace('\n', " "));
    }
}
