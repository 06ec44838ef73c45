//! What was imported and what was not.

use crate::Dialect;
use crate::format::Missing;
use crate::item::Kind;
use std::collections::BTreeMap;
use std::fmt;

/// Counts by dialect, operations that have only the generic form with the reason, missing directives with their counts.
#[derive(Debug, Default)]
pub struct Report {
    /// Name, operations, operations with a custom form.
    pub dialects: Vec<(String, usize, usize)>,
    /// Full names with the reason.
    pub generic: Vec<(String, String)>,
    /// Types and attributes whose text is kept as it stands.
    pub opaque: Vec<(String, String)>,
    /// Directives without a counterpart, and how many operations have them.
    pub directives: BTreeMap<String, usize>,
}

impl Report {
    pub(crate) fn of(dialects: &[Dialect]) -> Report {
        let mut report = Report::default();
        for dialect in dialects {
            let (all, custom) = dialect.counts();
            report.dialects.push((dialect.name.clone(), all, custom));
            for item in &dialect.items {
                let Some(reason) = &item.reason else { continue };
                let name = format!("{}.{}", dialect.name, item.name);
                let list = if item.kind == Kind::Op { &mut report.generic } else { &mut report.opaque };
                list.push((name, reason.to_string()));
                if let (Missing::Custom(directive), Kind::Op) = (reason, item.kind) {
                    *report.directives.entry(directive.clone()).or_default() += 1;
                }
            }
        }
        report
    }
    /// Operations, and those with a custom form.
    pub fn totals(&self) -> (usize, usize) {
        self.dialects.iter().fold((0, 0), |(a, c), d| (a + d.1, c + d.2))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, custom) = self.totals();
        writeln!(f, "{custom} of {all} operations have their custom form")?;
        for (name, all, custom) in &self.dialects {
            writeln!(f, "  {name}: {custom} of {all}")?;
        }
        if !self.directives.is_empty() {
            writeln!(f, "\ndirectives without a counterpart:")?;
            let mut sorted: Vec<_> = self.directives.iter().collect();
            sorted.sort_by_key(|(name, n)| (std::cmp::Reverse(**n), (*name).clone()));
            for (name, n) in sorted {
                writeln!(f, "  {n:4} {name}")?;
            }
        }
        for (title, list) in [("generic form only", &self.generic), ("kept as they stand", &self.opaque)] {
            if !list.is_empty() {
                writeln!(f, "\n{title}:")?;
            }
            for (name, reason) in list {
                writeln!(f, "  {name}: {reason}")?;
            }
        }
        Ok(())
    }
}
