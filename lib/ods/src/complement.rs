//! What ODS leaves to C++: formats, names of results, types of region arguments, for each dialect in a file of `complements/`.
//!
//! A file has the syntax of a definition file without the `dialect` line. A type, attribute, enumeration, base or constraint stands in
//! the place of the imported one of its name. Of an operation it says only what is to be different: its traits come on top of
//! those of ODS, a clause takes the place of the one with the same name, `format` that of the format.

use crate::item::{Clause, Item, Kind};

include!(concat!(env!("OUT_DIR"), "/complements.rs"));

/// Puts what the complement of a dialect says into its items.
pub fn apply(dialect: &str, items: &mut Vec<Item>) {
    let Some((_, text)) = COMPLEMENTS.iter().find(|(name, _)| *name == dialect) else { return };
    for (head, body) in split(text) {
        let Some((kind, name)) = kind_and_name(&head) else { continue };
        let place = items.iter().position(|i| i.kind.same_space(kind) && i.name == name);
        match (kind, place) {
            (Kind::Op, Some(at)) => change(&mut items[at], &head, &body),
            // An operation of another version of the project.
            (Kind::Op, None) => {}
            (_, place) => {
                let text = if body.is_empty() { format!("{head}\n") } else { format!("{head} {{\n{body}}}\n") };
                let item = Item { complemented: true, ..Item::whole(kind, &name, text) };
                match place {
                    Some(at) => items[at] = item,
                    None => items.push(item),
                }
            }
        }
    }
}

impl Kind {
    fn same_space(self, other: Kind) -> bool {
        let attribute = |k| matches!(k, Kind::Attr | Kind::Enum);
        self == other || attribute(self) && attribute(other)
    }
}

/// Heads, with the documentation above, and bodies.
fn split(text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = vec![];
    let mut doc = String::new();
    let mut open = false;
    for line in text.lines().filter(|l| !l.starts_with("// ")) {
        if open {
            match (line, out.last_mut()) {
                ("}", _) => open = false,
                (line, Some(last)) => last.1.push_str(&format!("{line}\n")),
                _ => {}
            }
        } else if line.starts_with("///") {
            doc.push_str(&format!("{line}\n"));
        } else if !line.trim().is_empty() {
            open = line.ends_with('{');
            let head = if open { line[..line.len() - 1].trim_end() } else { line };
            out.push((format!("{}{head}", std::mem::take(&mut doc)), String::new()));
        }
    }
    out
}

fn kind_and_name(head: &str) -> Option<(Kind, String)> {
    let line = head.lines().last()?;
    let (word, rest) = line.split_once(' ')?;
    let end = rest.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(rest.len());
    Some((Kind::from_word(word)?, rest[..end].to_owned()))
}

fn change(item: &mut Item, head: &str, body: &str) {
    if let Some((_, traits)) = head.lines().last().and_then(|l| l.split_once(" : ")) {
        item.traits.extend(list(traits));
    }
    for clause in clauses(body) {
        if clause.keyword == "format" {
            item.format = Some(clause.text["format".len()..].trim().to_owned());
            item.reason = None;
            item.complemented = true;
        } else if clause.keyword == "drop" {
            item.traits.retain(|t| t != &clause.name);
            item.clauses.retain(|c| c.name != clause.name);
        } else {
            match item.clauses.iter().position(|c| !clause.name.is_empty() && c.name == clause.name) {
                Some(at) => item.clauses[at] = clause,
                None => item.clauses.push(clause),
            }
        }
    }
}

/// Traits, which may have commas inside parentheses.
fn list(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                out.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out.iter().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect()
}

/// The clauses of a body: each starts in column 2, what is deeper goes on with the one before.
fn clauses(body: &str) -> Vec<Clause> {
    let mut out: Vec<Clause> = vec![];
    for line in body.lines() {
        if line.starts_with("   ") {
            if let Some(last) = out.last_mut() {
                last.text.push(' ');
                last.text.push_str(line.trim());
            }
        } else if !line.trim().is_empty() {
            let text = line.trim().to_owned();
            let (keyword, rest) = text.split_once(' ').unwrap_or((&text, ""));
            let named = !matches!(keyword, "where" | "verify" | "format" | "since");
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).collect();
            let keyword = keyword.trim_end_matches(['?', '*', '!']).to_owned();
            out.push(Clause { keyword, name: if named { name } else { String::new() }, text: text.clone() });
        }
    }
    out
}
