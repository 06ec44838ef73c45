//! Passes and named pipelines by name.

use crate::pass::PassInfo;
use edge_support::{Diagnostic, Diagnostics, Reported};
use std::collections::BTreeMap;

edge_support::codes! {
    /// Two passes or two pipelines have the same name.
    DUPLICATE_NAME = "E0601";
}

/// See the module.
#[derive(Clone, Default)]
pub struct Registry {
    passes: BTreeMap<&'static str, PassInfo>,
    pipelines: BTreeMap<String, String>,
    duplicates: Vec<String>,
}

impl Registry {
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds passes. A name that is taken is an error, which [`Registry::check`] reports.
    pub fn with(mut self, passes: &[PassInfo]) -> Self {
        for info in passes {
            if self.passes.insert(info.name, *info).is_some() {
                self.duplicates.push(format!("two passes are named `{}`", info.name));
            }
        }
        self
    }
    /// Adds a named pipeline, the text of a `.pipeline` file.
    pub fn with_pipeline(mut self, name: &str, text: &str) -> Self {
        if self.pipelines.insert(name.to_owned(), text.to_owned()).is_some() || self.passes.contains_key(name) {
            self.duplicates.push(format!("two pipelines or passes are named `{name}`"));
        }
        self
    }
    /// Reports names that were given twice.
    pub fn check(&self, diags: &Diagnostics) -> Result<(), Reported> {
        let mut result = Ok(());
        for message in &self.duplicates {
            result = Err(diags.error(Diagnostic::error(DUPLICATE_NAME, message.clone()).in_place("the registry")));
        }
        result
    }
    pub fn pass(&self, name: &str) -> Option<&PassInfo> {
        self.passes.get(name)
    }
    /// The text of a named pipeline.
    pub fn pipeline(&self, name: &str) -> Option<&str> {
        self.pipelines.get(name).map(String::as_str)
    }
    /// Every pass, by name.
    pub fn passes(&self) -> impl Iterator<Item = &PassInfo> {
        self.passes.values()
    }
    /// Every named pipeline, by name, with its text.
    pub fn pipelines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pipelines.iter().map(|(n, t)| (n.as_str(), t.as_str()))
    }
    /// The registered name nearest to one that is not, if it is near.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let names = self.passes.keys().copied().chain(self.pipelines.keys().map(String::as_str));
        let near = names.map(|n| (distance(n, name), n)).min()?;
        (near.0 <= 1 + name.len() / 4).then_some(near.1)
    }
}

/// Edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(ca != *cb)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("cse", "cse"), 0);
        assert_eq!(distance("canonicalise", "canonicalize"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
