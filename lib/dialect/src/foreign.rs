//! Dialects that MLIR does not have, in text where MLIR keeps them as they stand.

use crate::Registry;

impl Registry {
    /// This registry as a text of unregistered operations wants it: without the `foreign` dialects of which it has no operation in
    /// custom form. What it holds of those then stays as it is written, as in MLIR.
    pub fn for_text(&self, text: &str) -> Registry {
        let unneeded = |name: &str| !has_custom_form(text, name);
        self.without(|dialect| dialect.foreign && unneeded(&dialect.name))
    }
}

/// Whether `NAME.op` stands somewhere as an operation: not in quotes, in a comment, not as an attribute, a type, or the name of an attribute.
fn has_custom_form(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'$' | b'-');
    text.match_indices(name).any(|(at, _)| {
        let end = at + name.len();
        let starts = at == 0 || !(word(bytes[at - 1]) || matches!(bytes[at - 1], b'"' | b'#' | b'!' | b'@' | b'%' | b'<'));
        if !starts || bytes.get(end) != Some(&b'.') {
            return false;
        }
        let line = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
        if text[line..at].contains("//") {
            return false;
        }
        let rest = text[end..].trim_start_matches(|c: char| c.is_ascii() && word(c as u8)).trim_start_matches([' ', '\t']);
        !rest.starts_with(['=', ',', '}', '"', ']'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_and_names() {
        let named = |text| has_custom_form(text, "chlo");
        assert!(named("  %0 = chlo.sinh %a : tensor<f32>"));
        assert!(named("{ chlo.sinh %a }"));
        assert!(!named("%0 = \"chlo.sinh\"(%a) {chlo.flag, chlo.kind = #chlo.kind<a>} : (!chlo.t) -> ()"));
        assert!(!named("// %0 = chlo.sinh %a"));
        assert!(!named("xchlo.sinh chlo_more.sinh @chlo.sinh"));
    }

    #[test]
    fn only_what_the_text_has() {
        let all = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
        let some = all.for_text("\"chlo.sinh\"() : () -> ()\n%0 = stablehlo.constant dense<1> : tensor<i32>\n");
        assert!(some.dialect("chlo").is_none() && some.op("chlo.sinh").is_none());
        assert!(some.dialect("stablehlo").is_some() && some.dialect("nn").is_some());
    }
}
