//! Removal of symbols that nothing refers to.

use edge_ir::symbols::op_symbol_refs;
use edge_ir::{Body, Context, Ident, Op, OpData};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;
use rustc_hash::FxHashSet;
use std::ops::ControlFlow;

edge_pass::pass! {
    /// Removes private symbols that nothing refers to.
    ///
    /// Live are the symbols that are not private, and whatever a live operation names; each name of a nested reference counts.
    pub struct SymbolDce = "symbol-dce" on "builtin.module" {}
}

impl Pass for SymbolDce {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let Some(block) = op.entry() else { return Ok(Changed::No) };
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        let dead = dead_symbols(cx.ctx, body, &body.block_ops(block).collect::<Vec<_>>());
        cx.count("symbols removed", dead.len() as u64);
        let changed = Changed::from(!dead.is_empty());
        dead.into_iter().for_each(|op| body.erase(op));
        Ok(changed)
    }
}

fn is_private(ctx: &Context, data: &OpData) -> bool {
    data.attr(ctx, "sym_visibility").and_then(|a| ctx.as_str(a)) == Some("private")
}

/// Names that an operation and all in it refer to.
fn names_in(ctx: &Context, body: &Body, op: Op) -> Vec<Ident> {
    let mut names = Vec::new();
    let _ = body.walk_all(op, &mut |body, op| {
        op_symbol_refs(ctx, body.op(op), &mut |root, nested| {
            names.push(root);
            names.extend(nested);
        });
        ControlFlow::Continue(())
    });
    names
}

fn dead_symbols(ctx: &Context, body: &Body, ops: &[Op]) -> Vec<Op> {
    let name = |op: Op| body.op(op).symbol_name(ctx).map(|n| ctx.ident(n));
    let (mut waiting, mut work): (Vec<(Ident, Op)>, Vec<Op>) = (Vec::new(), Vec::new());
    for op in ops {
        match name(*op) {
            Some(name) if is_private(ctx, body.op(*op)) => waiting.push((name, *op)),
            _ => work.push(*op),
        }
    }
    let by_name: rustc_hash::FxHashMap<Ident, Op> = waiting.iter().copied().collect();
    let mut live: FxHashSet<Op> = FxHashSet::default();
    while let Some(op) = work.pop() {
        let used = names_in(ctx, body, op).into_iter().filter_map(|n| by_name.get(&n).copied());
        work.extend(used.filter(|op| live.insert(*op)).collect::<Vec<_>>());
    }
    waiting.into_iter().map(|(_, op)| op).filter(|op| !live.contains(op)).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{count, run};

    #[test]
    fn private_and_unused_goes_with_what_only_it_uses() {
        let declared = |name: &str, private: bool, calls: &str| {
            let visibility = if private { ", sym_visibility = \"private\"" } else { "" };
            format!(
                "\"func.func\"() <{{function_type = () -> (), sym_name = \"{name}\"{visibility}}}> ({{\n\
                 \"func.call\"() <{{callee = @{calls}}}> : () -> ()\n\"func.return\"() : () -> ()\n}}) : () -> ()\n"
            )
        };
        let text = declared("main", false, "a") + &declared("a", true, "a") + &declared("b", true, "c") + &declared("c", true, "b");
        let out = run("symbol-dce", &text).unwrap();
        assert_eq!(count(&out, "func.func"), 2, "{out}");
        assert!(out.contains("sym_name = \"a\""));
    }
}
