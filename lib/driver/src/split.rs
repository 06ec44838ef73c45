//! `--split-input-file`: parts between lines that are `// -----`.

/// The parts, each with the line (from 0) on which it starts.
pub fn parts(text: &str) -> Vec<(usize, &str)> {
    let (mut parts, mut start, mut first, mut at) = (Vec::new(), 0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.trim_end() == "// -----" {
            parts.push((first, &text[start..at]));
            (start, first) = (at + line.len(), number + 1);
        }
        at += line.len();
    }
    parts.push((first, &text[start..]));
    parts
}

/// A part as a file in which its lines have the numbers that they have in the whole.
pub fn padded(line: usize, part: &str) -> String {
    "\n".repeat(line) + part
}

#[cfg(test)]
mod tests {
    #[test]
    fn parts_know_their_lines() {
        assert_eq!(super::parts("a\n// -----\nb\nc\n// -----\n"), [(0, "a\n"), (2, "b\nc\n"), (5, "")]);
        assert_eq!(super::parts("a // -----\n"), [(0, "a // -----\n")]);
    }
}
