//! IR printing around passes, spelled as mlir-opt spells it.

use crate::pipeline::Instance;

/// Around which passes the IR is printed.
#[derive(Clone, Debug, Default)]
pub struct IrPrinting {
    pub before_all: bool,
    pub after_all: bool,
    /// Of the `after` printing, only where the text changed.
    pub after_change: bool,
    pub after_failure: bool,
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// Print the whole module, not only the operation that the pass ran on.
    pub module_scope: bool,
}

/// The IR before a pass: what is shown, and what `after_change` compares with.
pub(crate) struct Before {
    pub shown: Option<String>,
    text: String,
}

fn banner(when: &str, p: &Instance, note: &str, ir: &str) -> String {
    format!("// -----// IR Dump {when} {}{note} //----- //\n{}\n\n", p.info.name, ir.trim_end())
}

impl IrPrinting {
    pub(crate) fn before(&self, p: &Instance, print: impl FnOnce() -> String) -> Option<Before> {
        let show = self.before_all || self.before.iter().any(|n| n == p.info.name);
        if !show && !(self.after_change && self.prints_after(p)) {
            return None;
        }
        let text = print();
        Some(Before { shown: show.then(|| banner("Before", p, "", &text)), text })
    }
    fn prints_after(&self, p: &Instance) -> bool {
        self.after_all || self.after.iter().any(|n| n == p.info.name) || (self.after_change && self.after.is_empty())
    }
    pub(crate) fn after(
        &self,
        p: &Instance,
        before: Option<Before>,
        failed: bool,
        print: impl FnOnce() -> String,
    ) -> Option<String> {
        if failed {
            return self.after_failure.then(|| banner("After", p, " Failed", &print()));
        }
        if !self.prints_after(p) {
            return None;
        }
        let text = print();
        let same = self.after_change && before.is_some_and(|b| b.text == text);
        (!same).then(|| banner("After", p, "", &text))
    }
}
