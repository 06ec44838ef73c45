//! What running passes leave behind: diagnostics with places, statistics, times.

use edge_ir::{Context, Loc};
use edge_support::{Diagnostic, SourceMap};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// Points a diagnostic at what a location names.
pub(crate) fn placed(ctx: &Context, sources: &SourceMap, loc: Loc, d: Diagnostic) -> Diagnostic {
    let d = d.at_opt(ctx.span_of(loc, sources));
    match ctx.loc_name(loc) {
        Some(name) => d.in_place(format!("`{name}`")),
        None => d,
    }
}

/// Statistics and times of passes, by their number in the pipeline. Sums, so that the order of threads does not show.
#[derive(Default)]
pub(crate) struct Tally {
    counts: Mutex<BTreeMap<(usize, &'static str), u64>>,
    times: Mutex<BTreeMap<usize, Duration>>,
}

impl Tally {
    pub fn count(&self, id: usize, what: &'static str, n: u64) {
        *self.counts.lock().unwrap_or_else(|e| e.into_inner()).entry((id, what)).or_default() += n;
    }
    pub fn time(&self, id: usize, spent: Duration) {
        *self.times.lock().unwrap_or_else(|e| e.into_inner()).entry(id).or_default() += spent;
    }
    pub fn counts(&self) -> BTreeMap<(usize, &'static str), u64> {
        self.counts.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
    pub fn times(&self) -> BTreeMap<usize, Duration> {
        self.times.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
}
