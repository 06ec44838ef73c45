//! The pass trait, and what a running pass can reach.

use crate::options::{OptionInfo, PassOptions};
use crate::report::Tally;
use edge_ir::{Context, Loc, OpData};
use edge_support::{Code, Diagnostic, Diagnostics, Reported, SourceMap};
use rayon::prelude::*;

/// Whether a pass changed the IR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Changed {
    #[default]
    No,
    Yes,
}

impl From<bool> for Changed {
    fn from(changed: bool) -> Self {
        if changed { Changed::Yes } else { Changed::No }
    }
}

impl std::ops::BitOr for Changed {
    type Output = Changed;
    fn bitor(self, other: Changed) -> Changed {
        self.max(other)
    }
}

impl std::ops::BitOrAssign for Changed {
    fn bitor_assign(&mut self, other: Changed) {
        *self = *self | other;
    }
}

/// A transformation or analysis of one isolated operation. It may look at and change nothing outside of it, so that siblings can
/// be worked on in parallel.
pub trait Pass: Send + Sync {
    /// Runs on an isolated operation whose IR verifies; leaves IR that verifies.
    ///
    /// # Errors
    /// Where the pass cannot do what it must, having said why.
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported>;
    /// Why what the program computes cannot be compared any more after this pass, where its purpose is another interface.
    fn ends_checks(&self) -> Option<&'static str> {
        None
    }
}

/// The operations that a pass runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Any isolated operation.
    Any,
    /// Those of one name.
    Op(&'static str),
}

/// What the registry knows of a pass; [`pass!`](crate::pass!) makes it.
#[derive(Clone, Copy)]
pub struct PassInfo {
    /// As pipelines write it.
    pub name: &'static str,
    pub anchor: Anchor,
    /// Documentation; its first line is the summary.
    pub doc: &'static str,
    pub options: &'static [OptionInfo],
    /// Whether it takes options beyond those.
    pub open: bool,
    pub(crate) make: fn(&mut dyn FnMut(&mut Setter<'_>) -> Result<(), Reported>) -> Result<Made, Reported>,
}

/// Sets an option of a pass in the making; see [`PassOptions::set`].
pub(crate) type Setter<'a> = dyn FnMut(&str, &str) -> Result<bool, String> + 'a;

/// A pass and its options as text.
pub(crate) struct Made {
    pub pass: Box<dyn Pass>,
    pub shown: Vec<(String, String)>,
}

impl PassInfo {
    pub const fn of<P: Pass + PassOptions + 'static>(name: &'static str, anchor: Anchor, doc: &'static str) -> Self {
        Self { name, anchor, doc, options: P::INFO, open: P::OPEN, make: make::<P> }
    }
    /// The first line of the documentation.
    pub fn summary(&self) -> &'static str {
        self.doc.lines().next().unwrap_or("").trim()
    }
}

fn make<P: Pass + PassOptions + 'static>(
    fill: &mut dyn FnMut(&mut Setter<'_>) -> Result<(), Reported>,
) -> Result<Made, Reported> {
    let mut pass = P::default();
    let defaults = pass.show();
    fill(&mut |key, value| pass.set(key, value))?;
    let shown = pass.show().into_iter().filter(|o| !defaults.contains(o)).collect();
    Ok(Made { pass: Box::new(pass), shown })
}

/// What a running pass can reach besides its operation.
pub struct PassContext<'a> {
    pub ctx: &'a Context,
    pub sources: &'a SourceMap,
    pub diags: &'a Diagnostics,
    pub(crate) tally: &'a Tally,
    /// Which pass of the pipeline this is, for the statistics.
    pub(crate) id: usize,
    pub(crate) threads: bool,
}

impl<'a> PassContext<'a> {
    /// A diagnostic at the place that a location names: a span, or where there is no text, the name of a node.
    pub fn error_at(&self, loc: Loc, code: Code, message: impl Into<String>) -> Diagnostic {
        crate::report::placed(self.ctx, self.sources, loc, Diagnostic::error(code, message))
    }
    /// Gives an error.
    pub fn fail(&self, loc: Loc, code: Code, message: impl Into<String>) -> Reported {
        self.diags.error(self.error_at(loc, code, message))
    }
    /// Gives a remark: what a pass did or why it did not.
    pub fn remark(&self, loc: Loc, code: Code, message: impl Into<String>) {
        let remark = Diagnostic::remark(code, message);
        self.diags.push(crate::report::placed(self.ctx, self.sources, loc, remark));
    }
    /// Adds to a statistic of the pass, which `--mlir-pass-statistics` shows.
    pub fn count(&self, what: &'static str, n: u64) {
        self.tally.count(self.id, what, n);
    }
    /// Whether work may be spread over threads.
    pub fn threads(&self) -> bool {
        self.threads
    }
    /// Runs `f` on each isolated operation directly inside `op`, on several threads where that is allowed; diagnostics come in
    /// program order. All are run even where one fails.
    pub fn each_isolated(
        &self,
        op: &mut OpData,
        f: impl Fn(&PassContext<'_>, &mut OpData) -> Result<Changed, Reported> + Sync,
    ) -> Result<Changed, Reported> {
        let children = isolated_in_order(op);
        let one = |child: &mut OpData| {
            let diags = Diagnostics::new();
            let cx = PassContext { diags: &diags, ..*self };
            let result = f(&cx, child);
            (result, diags)
        };
        let done: Vec<_> = if self.threads && children.len() > 1 {
            children.into_par_iter().map(one).collect()
        } else {
            children.into_iter().map(one).collect()
        };
        let mut all = Ok(Changed::No);
        for (result, diags) in done {
            self.diags.append(&diags);
            all = match (all, result) {
                (Ok(a), Ok(b)) => Ok(a | b),
                (Err(e), _) | (_, Err(e)) => Err(e),
            };
        }
        all
    }
}

/// The isolated operations directly in the regions of `op`, in program order.
pub(crate) fn isolated_in_order(op: &mut OpData) -> Vec<&mut OpData> {
    let regions: Vec<_> = op.regions().to_vec();
    let Some(body) = op.body_mut() else { return Vec::new() };
    let mut order = vec![usize::MAX; body.op_bound()];
    let blocks = regions.iter().flat_map(|r| body.blocks(*r).collect::<Vec<_>>());
    for (i, child) in blocks.flat_map(|b| body.block_ops(b).collect::<Vec<_>>()).enumerate() {
        order[child.index()] = i;
    }
    let mut found: Vec<_> = body.isolated_mut().filter(|(op, _)| order[op.index()] != usize::MAX).collect();
    found.sort_by_key(|(op, _)| order[op.index()]);
    found.into_iter().map(|(_, data)| data).collect()
}
