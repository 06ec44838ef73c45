//! A folder of definitions of which a text needs some: `NAME.dialect` is read where dialect `NAME` is met.

use crate::Registry;
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap, codes};
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

codes! {
    /// A folder of definitions, or a file in it, cannot be read.
    FOLDER = "E0323";
}

impl Registry {
    /// This registry with those dialects of a folder that a text names, and those that their definitions name.
    ///
    /// # Errors
    /// Diagnostics in `diags`.
    pub fn with_folder(
        self,
        sources: &Arc<SourceMap>,
        folder: &Path,
        text: &str,
        diags: &Diagnostics,
    ) -> Result<Self, Reported> {
        let fail = |place: &Path, e: std::io::Error| {
            diags.error(Diagnostic::error(FOLDER, e.to_string()).in_place(place.display().to_string()))
        };
        let all = files(folder).map_err(|e| fail(folder, e))?;
        let mut wanted: Vec<&str> = named(text, &all);
        let (mut seen, mut texts) = (FxHashSet::default(), vec![]);
        while let Some(name) = wanted.pop() {
            if seen.insert(name) {
                let path = &all[name];
                let text = std::fs::read_to_string(path).map_err(|e| fail(path, e))?;
                wanted.extend(text.lines().filter(|l| !l.starts_with("///")).flat_map(|l| named(l, &all)));
                texts.push((path, text));
            }
        }
        texts.sort();
        let ids: Vec<_> = texts.into_iter().map(|(path, text)| sources.add(path.display().to_string(), text)).collect();
        if ids.is_empty() { Ok(self) } else { self.with_files(sources, &ids, diags) }
    }
}

fn files(folder: &Path) -> std::io::Result<FxHashMap<String, PathBuf>> {
    let mut out = FxHashMap::default();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if let (Some("dialect"), Some(name)) =
            (path.extension().and_then(|e| e.to_str()), path.file_stem().and_then(|n| n.to_str()))
        {
            out.insert(name.to_owned(), path);
        }
    }
    Ok(out)
}

/// Dialects of the list before a `.` or a `<`, each once.
fn named<'n>(text: &str, known: &'n FxHashMap<String, PathBuf>) -> Vec<&'n str> {
    let bytes = text.as_bytes();
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let mut out: FxHashSet<&'n str> = FxHashSet::default();
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| matches!(b, b'.' | b'<')) {
        let start = bytes[..at].iter().rposition(|b| !word(*b)).map_or(0, |n| n + 1);
        if let Some((name, _)) = text.get(start..at).and_then(|w| known.get_key_value(w)) {
            out.insert(name);
        }
    }
    let mut out: Vec<&str> = out.into_iter().collect();
    out.sort_unstable();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_read() {
        let dir = std::env::temp_dir().join(format!("edge-folder-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
        write(
            "one.dialect",
            "dialect one \"x\" version 1 imported\n/// A\nop a {\n  operand x : !two.t\n  format $x attr-dict\n}\n",
        );
        write("two.dialect", "dialect two \"x\" version 1 imported\n/// See three.x\ntype t {\n}\n");
        write("three.dialect", "this is not a definition");
        let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
        let read = |text: &str| Registry::empty().with_folder(&sources, &dir, text, &diags);
        let registry = read("one.a %x").unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
        let names: Vec<&str> = registry.dialects().iter().map(|d| d.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert!(read("four.a %x").is_ok_and(|r| r.dialects().is_empty()));
        assert!(read("three.x").is_err());
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
