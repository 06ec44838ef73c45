//! A TextMate grammar of IR text, for editors: the tokens of the text, and the words of the definitions.

use crate::Registry;
use crate::model::*;
use edge_ir::FloatKind;
use std::collections::BTreeSet;

/// The grammar as JSON, scope `source.mlir`. Equal definitions give equal text.
pub fn textmate(registry: &Registry) -> String {
    let words = Words::of(registry);
    let mut patterns: Vec<(&str, String)> = TOKENS.iter().map(|(name, regex)| (*name, regex.to_string())).collect();
    patterns.push(("storage.type.builtin.mlir", format!("(?<![\\w.$])({})(?![\\w.$])", builtin_types())));
    patterns.push(("support.function.operation.mlir", alternatives(&words.operations)));
    patterns.push(("support.function.operation.mlir", format!("(?<=^|=|\\{{)\\s*{}", alternatives(&words.unprefixed))));
    patterns.push(("keyword.other.mlir", alternatives(&words.keywords)));
    patterns.push(("constant.language.case.mlir", alternatives(&words.cases)));
    let list: Vec<String> = patterns
        .iter()
        .map(|(name, regex)| format!("    {{ \"name\": {}, \"match\": {} }}", quote(name), quote(regex)))
        .collect();
    let dialects: Vec<String> = registry.dialects().iter().map(|d| d.name.clone()).collect();
    format!(
        "{{\n  \"name\": \"MLIR\",\n  \"scopeName\": \"source.mlir\",\n  \"fileTypes\": [\"mlir\"],\n  \"comment\": {},\n  \"patterns\": [\n    \
         {STRING},\n{}\n  ]\n}}\n",
        quote(&format!("Generated from the definitions of {}.", dialects.join(", "))),
        list.join(",\n")
    )
}

/// Strings may hold what looks like anything else: they come first.
const STRING: &str = r#"{ "name": "string.quoted.double.mlir", "begin": "\"", "end": "\"", "patterns": [{ "name": "constant.character.escape.mlir", "match": "\\\\([0-9a-fA-F]{2}|.)" }] }"#;

/// The tokens of IR text, those of `grammar/mlir.pest`.
const TOKENS: &[(&str, &str)] = &[
    ("comment.line.double-slash.mlir", r"//.*$"),
    ("variable.other.mlir", r"%[\w$.-]+(#\d+)?"),
    ("entity.name.function.mlir", r#"@([\w$.-]+|"[^"]*")"#),
    ("entity.name.label.mlir", r"\^[\w$.-]+"),
    ("entity.name.type.mlir", r"![A-Za-z_][\w$.]*"),
    ("constant.other.attribute.mlir", r"#[A-Za-z_][\w$.]*"),
    ("constant.numeric.shape.mlir", r"(?<=[<x])(\d+|\?|\*)(?=x)"),
    ("constant.numeric.hex.mlir", r"(?<![\w.])0x[0-9a-fA-F]+\b"),
    ("constant.numeric.mlir", r"(?<![\w.%@#^])-?\d+(\.\d*([eE][-+]?\d+)?)?(?![\w.])"),
    ("constant.language.mlir", r"(?<![\w.$])(true|false|unit|dense|sparse|array|dense_resource|distinct|loc)(?![\w.$])"),
    (
        "keyword.other.attributes.mlir",
        r"(?<![\w.$])(attributes|affine_map|affine_set|strided|offset|ceildiv|floordiv|mod|symbol)(?![\w.$])",
    ),
    ("keyword.operator.arrow.mlir", r"->"),
];

/// Names of builtin types: those that are shaped or compound, and patterns of integers and floats.
fn builtin_types() -> String {
    let floats: Vec<&str> = FloatKind::ALL.iter().map(|k| k.keyword()).collect();
    format!("tensor|vector|memref|tuple|complex|index|none|[su]?i\\d+|{}", floats.join("|"))
}

/// What definitions add to the words of the text.
#[derive(Default)]
struct Words {
    operations: BTreeSet<String>,
    /// Names that stand without their dialect: `module`, and `return` in a function.
    unprefixed: BTreeSet<String>,
    keywords: BTreeSet<String>,
    cases: BTreeSet<String>,
}

impl Words {
    fn of(registry: &Registry) -> Words {
        let mut words = Words::default();
        let default: BTreeSet<&str> = registry.ops().filter_map(|op| op.default_dialect()).chain(["builtin"]).collect();
        for op in registry.ops() {
            words.operations.insert(op.name.clone());
            if let Some(format) = &op.format {
                if default.contains(op.dialect.as_str()) {
                    words.unprefixed.insert(op.short_name().to_string());
                }
                words.elements(&format.elements);
            }
        }
        for dialect in registry.dialects() {
            for def in dialect.types.iter().chain(&dialect.attrs) {
                def.format.iter().for_each(|f| words.elements(&f.elements));
            }
            for e in &dialect.enums {
                words.cases.extend(e.cases.iter().map(|c| c.0.clone()).filter(|c| is_word(c)));
            }
        }
        words
    }

    fn elements(&mut self, elements: &[Element]) {
        for element in elements {
            match element {
                Element::Literal(text) => self.keyword(text),
                Element::Group(group) => {
                    self.elements(&group.then);
                    self.elements(&group.otherwise);
                }
                Element::OneOf(groups) => groups.iter().for_each(|g| self.elements(&g.then)),
                Element::Combinator(c) => self.combinator(c),
                _ => {}
            }
        }
    }

    fn combinator(&mut self, c: &Combinator) {
        match c {
            Combinator::Choice { yes, no, .. } => [yes, no].into_iter().for_each(|w| self.keyword(w)),
            Combinator::Attributions { keyword: word, .. } | Combinator::OperandPairs { word, .. } => self.keyword(word),
            Combinator::Fields(fields) => fields.iter().for_each(|f| self.keyword(&f.word)),
            Combinator::Keyword(_) => ["private", "public", "nested"].into_iter().for_each(|w| self.keyword(w)),
            Combinator::Cases { .. } => self.keyword("case"),
            Combinator::Async { .. } => self.keyword("async"),
            _ => {}
        }
    }

    /// A single letter says too little to be marked everywhere.
    fn keyword(&mut self, text: &str) {
        if is_word(text) && text.len() > 1 {
            self.keywords.insert(text.to_string());
        }
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A pattern for any of these words, and no others: the longest first, as alternatives are tried in order.
fn alternatives(words: &BTreeSet<String>) -> String {
    let mut list: Vec<String> = words.iter().map(|w| w.replace('.', "\\.")).collect();
    list.sort_by_key(|w| std::cmp::Reverse(w.len()));
    format!("(?<![\\w.$%@#!^])({})(?![\\w.$])", list.join("|"))
}

/// A JSON string.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out += &format!("\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out + "\""
}
