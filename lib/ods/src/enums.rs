//! Enumerations.

use crate::context::Import;
use crate::names::{quoted, snake, word};
use crate::records::Record;

/// How the values of an enumeration are held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// `#d.name<case>`.
    Attribute,
    /// `#d<name case>`.
    Bare,
    Integer,
}

/// The name of an enumeration that is held in an integer; it is part of the import from now on.
pub fn integer(import: &Import<'_>, info: Record<'_>) -> Option<String> {
    let name = snake(info.text("className"));
    let name = if import.is_attribute(&name) { format!("{name}_value") } else { name };
    let item = item(&name, info, Held::Integer)?;
    import.enumeration(&name, item);
    Some(name)
}

/// The item of an enumeration; `None` where it has no cases.
pub fn item(name: &str, info: Record<'_>, held: Held) -> Option<String> {
    let bits = info.is("BitEnumBase");
    let cases = info.list("enumerants");
    let storage = match held {
        Held::Attribute => "attr".into(),
        Held::Bare => "attr bare".into(),
        Held::Integer => format!("i{}", info.int("bitwidth").unwrap_or(32)),
    };
    let separator = info.text("separator");
    let separator = if bits && separator != "," { format!(" separator {}", exact(separator)) } else { String::new() };
    let mut seen = vec![];
    let mut list = vec![];
    for case in cases {
        let text = case.text("str");
        if !seen.contains(&text) {
            seen.push(text);
            list.push(format!("{} = {}", word(text), case.int("value")?));
        }
    }
    if list.is_empty() {
        return None;
    }
    let doc = if info.summary().is_empty() { format!("The cases of `{name}`.") } else { info.summary() };
    let bits = if bits { "bits " } else { "" };
    Some(format!("/// {doc}\nenum {name} : {bits}{storage}{separator} {{ {} }}\n", list.join(", ")))
}

/// A string with its blanks.
fn exact(text: &str) -> String {
    format!("\"{}\"", quoted(&text.replace(' ', "\u{1}")).trim_matches('"').replace('\u{1}', " "))
}

/// The text of the case that a C++ expression names.
pub fn case_of(info: Record<'_>, expression: &str) -> Option<String> {
    let symbol = crate::records::last(expression);
    info.list("enumerants").into_iter().find(|c| c.text("symbol") == symbol).map(|c| word(c.text("str")))
}

/// The case that is held as zero.
pub fn zero(info: Record<'_>) -> Option<String> {
    info.list("enumerants").into_iter().find(|c| c.int("value") == Some(0)).map(|c| word(c.text("str")))
}
