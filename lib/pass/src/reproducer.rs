//! Reproducers: IR and the pipeline that fails on it in one file, as mlir-opt writes and reads them.

/// Adds the pipeline to IR text as metadata.
pub(crate) fn text(ir: &str, pipeline: &str, disable_threading: bool, verify_each: bool) -> String {
    let escaped: String = pipeline.chars().flat_map(|c| if "\"\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
    format!(
        "{}\n\n{{-#\n  external_resources: {{\n    mlir_reproducer: {{\n      pipeline: \"{escaped}\",\n      \
         disable_threading: {disable_threading},\n      verify_each: {verify_each}\n    }}\n  }}\n#-}}\n",
        ir.trim_end()
    )
}

/// The pipeline of a reproducer's text, and the text with that section taken away.
pub fn split(text: &str) -> Option<(String, String)> {
    let line_start = |at: &usize| *at == 0 || text.as_bytes()[at - 1] == b'\n';
    let at = text.rmatch_indices("{-#").map(|found| found.0).find(line_start)?;
    let key = at + text[at..].find("mlir_reproducer")?;
    let start = key + text[key..].find("pipeline: \"")? + "pipeline: \"".len();
    let (mut pipeline, mut escaped) = (String::new(), false);
    for c in text[start..].chars() {
        match c {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((pipeline, text[..at].trim_end().to_owned() + "\n")),
            c => {
                pipeline.push(c);
                escaped = false;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let pipeline = "builtin.module(a{x='p \\ \"q'})";
        let (read, ir) = split(&text("module {}", pipeline, true, true)).unwrap();
        assert_eq!((read.as_str(), ir.as_str()), (pipeline, "module {}\n"));
        assert_eq!(split("module {}"), None);
        assert_eq!(split("// {-# mlir_reproducer pipeline: \"x\"\nmodule {}"), None);
    }
}
