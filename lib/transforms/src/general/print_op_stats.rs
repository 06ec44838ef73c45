//! Counts of operations.

use edge_ir::{OpData, Region};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::{Diagnostic, Reported, Severity};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

edge_support::codes! {
    /// How many operations of each name there are.
    OP_STATS = "R1317";
}

edge_pass::pass! {
    /// Prints how many operations of each name there are.
    ///
    /// The table is a remark, so it goes where diagnostics go.
    pub struct PrintOpStats = "print-op-stats" on any {
        /// Print a JSON object instead of a table.
        json: bool = false,
    }
}

impl Pass for PrintOpStats {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        *counts.entry(cx.ctx.str(op.name)).or_default() += 1;
        let regions: Vec<Region> = op.regions().to_vec();
        if let Some(body) = op.body() {
            let blocks = regions.iter().flat_map(|r| body.blocks(*r));
            for inner in blocks.flat_map(|b| body.block_ops(b)) {
                let _ = body.walk_all(inner, &mut |body, op| {
                    *counts.entry(body.name(cx.ctx, op)).or_default() += 1;
                    ControlFlow::Continue(())
                });
            }
        }
        let text = if self.json { json(&counts) } else { table(&counts) };
        cx.diags.push(Diagnostic::new(Severity::Remark, OP_STATS, text));
        Ok(Changed::No)
    }
}

fn table(counts: &BTreeMap<&str, u64>) -> String {
    let width = counts.keys().map(|n| n.len()).max().unwrap_or(0);
    let rows: Vec<String> = counts.iter().map(|(name, n)| format!("  {name:width$} , {n}")).collect();
    format!("operations encountered:\n{}", rows.join("\n"))
}

fn json(counts: &BTreeMap<&str, u64>) -> String {
    let rows: Vec<String> = counts.iter().map(|(name, n)| format!("  \"{name}\" : {n}")).collect();
    format!("operations encountered:\n{{\n{}\n}}", rows.join(",\n"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn tables() {
        let counts = [("a.b", 2), ("c.long", 1)].into();
        assert_eq!(super::table(&counts), "operations encountered:\n  a.b    , 2\n  c.long , 1");
        assert_eq!(super::json(&counts), "operations encountered:\n{\n  \"a.b\" : 2,\n  \"c.long\" : 1\n}");
    }
}
