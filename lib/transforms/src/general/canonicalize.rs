//! Canonical form.

use crate::evaluation::{Evaluator, Inference};
use edge_ir::{OpData, Region};
use edge_pass::{Changed, Pass, PassContext};
use edge_rewrite::rules::{CompiledRule, compile};
use edge_rewrite::{Limits, Outcome, Patterns, RewritePattern, rewrite};
use edge_support::Reported;
use std::sync::Arc;

edge_support::codes! {
    /// Canonicalization did not end within its limits.
    NOT_CONVERGED = "E1306";
}

edge_pass::pass! {
    /// Folds constants, applies the rules of the dialects, erases what is dead, until nothing changes.
    ///
    /// Operations fold through their `eval`; constants are held once, at the head of the region; the constant operand of a commutative
    /// operation stands last; blocks that cannot be reached go.
    pub struct Canonicalize = "canonicalize" on any {
        /// Times that the IR is gone through before it is an error that something still changes.
        max_rounds: usize = 10,
        /// Results with more elements than this are not computed.
        max_elements: u64 = 65536,
        /// Whether the dialects' rules are applied.
        rules: bool = true,
    }
}

impl Pass for Canonicalize {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let rules = if self.rules { compile(cx.ctx, Arc::new(Inference), cx.diags)? } else { Vec::new() };
        let patterns = Patterns::new(cx.ctx, rules.iter().map(|r: &CompiledRule| r as &dyn RewritePattern));
        self.in_order(cx, &patterns, op)
    }
}

impl Canonicalize {
    fn in_order(&self, cx: &PassContext<'_>, patterns: &Patterns<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let changed = cx.each_isolated(op, |cx, inner| self.in_order(cx, patterns, inner))?;
        let regions: Vec<Region> = op.regions().to_vec();
        let loc = op.loc;
        let Some(body) = op.body_mut() else { return Ok(changed) };
        let limits = Limits { rounds: self.max_rounds, ..Limits::default() };
        let folder = Evaluator { max_elements: self.max_elements };
        let out = rewrite(cx.ctx, body, &regions, patterns, &folder, limits);
        self.tell(cx, &out);
        if out.converged {
            return Ok(changed | Changed::from(out.changed));
        }
        let last = out.last.as_deref().map_or(String::new(), |r| format!("; the rule applied last was `{r}`"));
        Err(cx.fail(loc, NOT_CONVERGED, format!("canonicalization does not end{last}")))
    }
    fn tell(&self, cx: &PassContext<'_>, out: &Outcome) {
        cx.count("operations folded", out.folded);
        cx.count("operations erased", out.erased);
        cx.count("rules applied", out.applied.values().sum());
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{count, function, run};

    #[test]
    fn constants_fold_and_stand_once() {
        let text = function(
            "%a: i32",
            "i32, i32",
            r#"%0 = "arith.constant"() <{value = 4 : i32}> : () -> i32
               %1 = "arith.constant"() <{value = 3 : i32}> : () -> i32
               %2 = "arith.addi"(%0, %1) : (i32, i32) -> i32
               %3 = "arith.constant"() <{value = 7 : i32}> : () -> i32
               %4 = "arith.addi"(%3, %a) : (i32, i32) -> i32
               "func.return"(%2, %4) : (i32, i32) -> ()"#,
        );
        let out = run("canonicalize", &text).unwrap();
        assert_eq!(count(&out, "arith.constant"), 1, "{out}");
        assert!(out.contains("value = 7 : i32") && out.contains("\"arith.addi\"(%arg0, %0)"), "{out}");
    }

    #[test]
    fn division_by_zero_is_left_alone() {
        let text = function(
            "%a: i32",
            "i32",
            r#"%0 = "arith.constant"() <{value = 0 : i32}> : () -> i32
               %1 = "arith.constant"() <{value = 3 : i32}> : () -> i32
               %2 = "arith.divsi"(%1, %0) : (i32, i32) -> i32
               "func.return"(%2) : (i32) -> ()"#,
        );
        assert_eq!(count(&run("canonicalize", &text).unwrap(), "arith.divsi"), 1);
    }

    #[test]
    fn too_few_rounds_are_an_error() {
        let text = function(
            "%a: i32",
            "i32",
            r#"%0 = "arith.addi"(%a, %a) : (i32, i32) -> i32
               "func.return"(%a) : (i32) -> ()"#,
        );
        assert!(run("canonicalize{max-rounds=1}", &text).unwrap_err().contains("E1306"));
    }
}
