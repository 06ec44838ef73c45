//! Names and quoted text of definition files.

/// `DefaultAddressSpace`, `NVVM_Foo` as a name in lower case.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = name.chars().collect();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|p| chars[p]);
        let after = chars.get(i + 1);
        let starts = before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            || before.is_some_and(|b| b.is_ascii_uppercase()) && after.is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && starts && !out.ends_with('_') {
            out.push('_');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    out
}

pub fn is_ident(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A string of a definition file.
pub fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("\"{}\"", line.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A word, or a string where it is none.
pub fn word(text: &str) -> String {
    if is_ident(text) { text.to_owned() } else { quoted(text) }
}
