//! An item of a definition file while it is made.

use crate::format::Missing;
use crate::records::Record;

#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Kind {
    Constraint,
    Enum,
    Type,
    Attr,
    Base,
    Op,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Constraint => "constraint",
            Kind::Enum => "enum",
            Kind::Type => "type",
            Kind::Attr => "attr",
            Kind::Base => "base",
            Kind::Op => "op",
        }
    }
    pub fn from_word(word: &str) -> Option<Kind> {
        use Kind::*;
        [Constraint, Enum, Type, Attr, Base, Op].into_iter().find(|k| k.word() == word)
    }
}

#[derive(Clone, Debug)]
pub struct Clause {
    pub keyword: String,
    /// What it declares; empty for clauses of which there is one.
    pub name: String,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub kind: Kind,
    pub name: String,
    /// Lines with `///`.
    pub doc: String,
    pub traits: Vec<String>,
    pub clauses: Vec<Clause>,
    pub format: Option<String>,
    /// Text that stands as it is, instead of all else.
    pub whole: Option<String>,
    /// Why there is no custom form.
    pub reason: Option<Missing>,
    /// The format comes from a complement.
    pub complemented: bool,
}

impl Item {
    pub fn new(kind: Kind, name: &str, doc: String) -> Self {
        let (traits, clauses) = (vec![], vec![]);
        Item { kind, name: name.into(), doc, traits, clauses, format: None, whole: None, reason: None, complemented: false }
    }
    pub fn whole(kind: Kind, name: &str, text: String) -> Self {
        Item { whole: Some(text), ..Item::new(kind, name, String::new()) }
    }
    pub fn clause(&mut self, keyword: &str, name: &str, text: String) {
        self.clauses.push(Clause { keyword: keyword.into(), name: name.into(), text });
    }
    /// The text of the item.
    pub fn text(&self) -> String {
        if let Some(text) = &self.whole {
            return text.clone();
        }
        let mut out = self.doc.clone();
        out.push_str(&format!("{} {}", self.kind.word(), self.name));
        if !self.traits.is_empty() {
            out.push_str(&format!(" : {}", self.traits.join(", ")));
        }
        out.push_str(" {\n");
        for clause in &self.clauses {
            out.push_str(&format!("  {}\n", clause.text));
        }
        if let Some(format) = &self.format {
            out.push_str(&format!("  format {format}\n"));
        }
        out.push_str("}\n");
        out
    }
}

/// The documentation of a record: its summary, then its description without the indentation.
pub fn docs(record: Record<'_>) -> String {
    let summary = record.summary();
    let mut lines: Vec<String> = vec![if summary.is_empty() { format!("`{}`.", title(record)) } else { sentence(&summary) }];
    let description: Vec<&str> = record.text("description").lines().map(str::trim_end).collect();
    let indent = description.iter().filter(|l| !l.is_empty()).map(|l| l.len() - l.trim_start().len()).min().unwrap_or(0);
    let body: Vec<&str> = description.iter().map(|l| l.get(indent..).unwrap_or("")).collect();
    let body = body.join("\n");
    if !body.trim().is_empty() {
        lines.push(String::new());
        lines.extend(body.trim_matches('\n').lines().map(str::to_owned));
    }
    lines.iter().map(|l| if l.is_empty() { "///\n".to_owned() } else { format!("/// {l}\n") }).collect()
}

fn title<'a>(record: Record<'a>) -> &'a str {
    let name = record.text("opName");
    if name.is_empty() { record.text("mnemonic") } else { name }
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
