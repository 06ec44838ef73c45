//! The manager: runs a pipeline, siblings side by side, and watches it: verification, IR printing, times, reproducers.

mod printing;
mod timing;

use crate::pass::{Changed, PassContext, isolated_in_order};
use crate::pipeline::{ANY, Instance, Item, Pipeline};
use crate::report::{Tally, placed};
use edge_ir::{Context, Module, OpData};
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap};
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

pub use printing::IrPrinting;

edge_support::codes! {
    /// The pipeline is anchored on another operation than the one it is given.
    WRONG_ROOT = "E0606";
    /// A pass stopped in an internal error.
    PASS_PANICKED = "E0607";
    /// The IR is invalid after a pass that said it succeeded.
    INVALID_AFTER = "E0608";
}

/// Verifies an operation with all in it, giving each finding.
pub type Verify = fn(&Context, &SourceMap, &mut OpData, &Diagnostics) -> Result<(), Reported>;
/// The text of an operation.
pub type Print = fn(&Context, &mut OpData) -> String;

/// Compares what a module computes before and after each pass.
pub trait Checker: Sync {
    /// Takes the module before the first pass as the reference.
    fn start(&self, cx: &PassContext<'_>, module: &Module) -> Result<(), Reported>;
    /// Compares it after a pass, named as in the pipeline.
    fn after(&self, cx: &PassContext<'_>, module: &Module, pass: &str) -> Result<(), Reported>;
    /// Compares nothing from a pass on, and says why.
    fn end(&self, cx: &PassContext<'_>, pass: &str, why: &str);
}

/// How a pipeline is run.
#[derive(Clone, Copy)]
pub struct Config<'a> {
    /// Whether siblings may be worked on side by side.
    pub threads: bool,
    pub verify_each: bool,
    pub printing: &'a IrPrinting,
    pub timing: bool,
    pub statistics: bool,
    /// Runs every pass on all of its operations before the next and compares results.
    pub checker: Option<&'a dyn Checker>,
    /// Where a failing pipeline leaves the IR and the pipeline that fail.
    pub reproducer: Option<&'a std::path::Path>,
    /// Reproduce the failing pass alone, not the whole pipeline.
    pub local_reproducer: bool,
    pub verify: Verify,
    pub print: Print,
    /// Where IR, times and statistics are printed.
    pub output: &'a (dyn Fn(&str) + Sync),
}

/// Runs pipelines over modules of one context.
pub struct Manager<'a> {
    pub ctx: &'a Context,
    pub sources: &'a SourceMap,
    pub diags: &'a Diagnostics,
    pub config: Config<'a>,
    tally: Tally,
}

/// What one thread of work writes: kept apart and joined in program order.
struct Sink<'a> {
    diags: &'a Diagnostics,
    text: Option<&'a Mutex<String>>,
}

impl<'a> Manager<'a> {
    pub fn new(ctx: &'a Context, sources: &'a SourceMap, diags: &'a Diagnostics, config: Config<'a>) -> Self {
        Self { ctx, sources, diags, config, tally: Tally::default() }
    }
    /// Runs a pipeline on a module.
    ///
    /// # Errors
    /// Where a pass fails, panics, leaves invalid IR or, checked, changes a result; all of it reported.
    pub fn run(&self, pipeline: &Pipeline, module: &mut Module) -> Result<Changed, Reported> {
        let name = self.ctx.str(module.op().name);
        if pipeline.anchor != ANY && pipeline.anchor != name {
            let message = format!("the pipeline runs on `{}`, but the top-level operation is `{name}`", pipeline.anchor);
            return Err(self.diags.error(placed(
                self.ctx,
                self.sources,
                module.op().loc,
                Diagnostic::error(WRONG_ROOT, message),
            )));
        }
        let started = Instant::now();
        let result = if self.in_steps() { self.run_steps(pipeline, module) } else { self.run_whole(pipeline, module) };
        if self.config.timing {
            self.output(&timing::times(pipeline, &self.tally.times(), started.elapsed()));
        }
        if self.config.statistics {
            self.output(&timing::statistics(pipeline, &self.tally.counts()));
        }
        result
    }
    /// Whether each pass must be done with all of its operations before the next starts.
    fn in_steps(&self) -> bool {
        self.config.checker.is_some() || self.config.local_reproducer || self.config.printing.module_scope
    }
    fn output(&self, text: &str) {
        (self.config.output)(text);
    }
    fn run_whole(&self, pipeline: &Pipeline, module: &mut Module) -> Result<Changed, Reported> {
        let before = self.config.reproducer.map(|_| (self.config.print)(self.ctx, module.op_mut()));
        let sink = Sink { diags: self.diags, text: None };
        let result = self.pipeline(pipeline, 0, module.op_mut(), &sink);
        if let (Err(_), Some(before)) = (&result, before) {
            self.reproduce(&before, &pipeline.text());
        }
        result
    }
    fn run_steps(&self, pipeline: &Pipeline, module: &mut Module) -> Result<Changed, Reported> {
        let cx = self.context(0, self.diags);
        if let Some(checker) = self.config.checker {
            checker.start(&cx, module)?;
        }
        let mut changed = Changed::No;
        let mut steps = Vec::new();
        collect_steps(pipeline, &mut vec![], &mut 0, &mut steps);
        let whole = self.config.reproducer.map(|_| (self.config.print)(self.ctx, module.op_mut()));
        for step in steps {
            let before = match (&whole, self.config.local_reproducer) {
                (Some(_), true) => Some(((self.config.print)(self.ctx, module.op_mut()), step.text(&pipeline.anchor))),
                (Some(whole), false) => Some((whole.clone(), pipeline.text())),
                (None, _) => None,
            };
            let result = self.step(&step, module);
            match result {
                Ok(c) => changed |= c,
                Err(e) => {
                    if let Some((ir, pipeline)) = before {
                        self.reproduce(&ir, &pipeline);
                    }
                    return Err(e);
                }
            }
        }
        Ok(changed)
    }
    fn step(&self, step: &Step<'_>, module: &mut Module) -> Result<Changed, Reported> {
        let sink = Sink { diags: self.diags, text: None };
        let scope = self.config.printing.module_scope;
        let print = |module: &mut Module| (self.config.print)(self.ctx, module.op_mut());
        let before = if scope { self.config.printing.before(step.instance, || print(module)) } else { None };
        if let Some(text) = before.as_ref().and_then(|b| b.shown.as_deref()) {
            self.output(text);
        }
        let result = self.descend(&step.path, step, module.op_mut(), &sink);
        if scope && let Some(text) = self.config.printing.after(step.instance, before, result.is_err(), || print(module)) {
            self.output(&text);
        }
        let changed = result?;
        if let Some(checker) = self.config.checker {
            let (cx, name) = (self.context(step.id, self.diags), step.instance.text());
            match step.instance.pass.ends_checks() {
                Some(why) => checker.end(&cx, &name, why),
                None => checker.after(&cx, module, &name)?,
            }
        }
        Ok(changed)
    }
    fn descend(&self, path: &[&str], step: &Step<'_>, op: &mut OpData, sink: &Sink<'_>) -> Result<Changed, Reported> {
        let Some((anchor, rest)) = path.split_first() else {
            return self.pass(step.instance, step.id, op, sink, !self.config.printing.module_scope);
        };
        self.nested(anchor, op, sink, |child, sink| self.descend(rest, step, child, sink))
    }
    fn pipeline(&self, pipeline: &Pipeline, first: usize, op: &mut OpData, sink: &Sink<'_>) -> Result<Changed, Reported> {
        let (mut changed, mut id) = (Changed::No, first);
        for item in &pipeline.items {
            match item {
                Item::Pass(instance) => {
                    changed |= self.pass(instance, id, op, sink, true)?;
                    id += 1;
                }
                Item::Nested(inner) => {
                    changed |= self.nested(&inner.anchor, op, sink, |child, sink| self.pipeline(inner, id, child, sink))?;
                    id += count(inner);
                }
            }
        }
        Ok(changed)
    }
    /// Runs `f` on the children of an anchor's name; all of them, even where one fails.
    fn nested(
        &self,
        anchor: &str,
        op: &mut OpData,
        sink: &Sink<'_>,
        f: impl Fn(&mut OpData, &Sink<'_>) -> Result<Changed, Reported> + Sync,
    ) -> Result<Changed, Reported> {
        let mut children = isolated_in_order(op);
        children.retain(|c| anchor == ANY || self.ctx.str(c.name) == anchor);
        let one = |child: &mut OpData| {
            let (diags, text) = (Diagnostics::new(), Mutex::new(String::new()));
            let result = f(child, &Sink { diags: &diags, text: Some(&text) });
            (result, diags, text)
        };
        let done: Vec<_> = if self.config.threads && children.len() > 1 {
            children.into_par_iter().map(one).collect()
        } else {
            children.into_iter().map(one).collect()
        };
        let mut all = Ok(Changed::No);
        for (result, diags, text) in done {
            sink.diags.append(&diags);
            self.emit(sink, &text.into_inner().unwrap_or_else(|e| e.into_inner()));
            all = match (all, result) {
                (Ok(a), Ok(b)) => Ok(a | b),
                (Err(e), _) | (_, Err(e)) => Err(e),
            };
        }
        all
    }
    fn emit(&self, sink: &Sink<'_>, text: &str) {
        match sink.text {
            Some(buffer) => buffer.lock().unwrap_or_else(|e| e.into_inner()).push_str(text),
            None if text.is_empty() => {}
            None => self.output(text),
        }
    }
    fn context<'b>(&'b self, id: usize, diags: &'b Diagnostics) -> PassContext<'b> {
        PassContext { ctx: self.ctx, sources: self.sources, diags, tally: &self.tally, id, threads: self.config.threads }
    }
    /// One pass on one operation, watched.
    fn pass(&self, p: &Instance, id: usize, op: &mut OpData, sink: &Sink<'_>, print: bool) -> Result<Changed, Reported> {
        let before = if print { self.config.printing.before(p, || (self.config.print)(self.ctx, op)) } else { None };
        if let Some(text) = before.as_ref().and_then(|b| b.shown.as_deref()) {
            self.emit(sink, text);
        }
        let started = Instant::now();
        let mut result = self.guarded(p, id, op, sink);
        self.tally.time(id, started.elapsed());
        if result.is_ok() && self.config.verify_each {
            result = self.verified(p, op, sink).and(result);
        }
        if print
            && let Some(text) = self.config.printing.after(p, before, result.is_err(), || (self.config.print)(self.ctx, op))
        {
            self.emit(sink, &text);
        }
        result
    }
    /// Turns a panic of a pass into a diagnostic.
    fn guarded(&self, p: &Instance, id: usize, op: &mut OpData, sink: &Sink<'_>) -> Result<Changed, Reported> {
        let cx = self.context(id, sink.diags);
        let loc = op.loc;
        catch_unwind(AssertUnwindSafe(|| p.pass.run(&cx, op))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            let message = format!("internal error in the pass `{}`: {}", p.info.name, text.unwrap_or("unknown"));
            Err(cx.fail(loc, PASS_PANICKED, message))
        })
    }
    fn verified(&self, p: &Instance, op: &mut OpData, sink: &Sink<'_>) -> Result<(), Reported> {
        (self.config.verify)(self.ctx, self.sources, op, sink.diags).map_err(|_| {
            let message = format!("the IR is invalid after the pass `{}`", p.info.name);
            sink.diags.error(placed(self.ctx, self.sources, op.loc, Diagnostic::error(INVALID_AFTER, message)))
        })
    }
    /// Writes IR and pipeline to the reproducer file, as `mlir-opt --run-reproducer` reads them.
    fn reproduce(&self, ir: &str, pipeline: &str) {
        let Some(path) = self.config.reproducer else { return };
        let text = crate::reproducer::text(ir, pipeline, !self.config.threads, self.config.verify_each);
        let note = match std::fs::write(path, text) {
            Ok(()) => Diagnostic::remark(PASS_PANICKED, format!("reproducer written to `{}`", path.display())),
            Err(e) => Diagnostic::warning(PASS_PANICKED, format!("cannot write the reproducer `{}`: {e}", path.display())),
        };
        self.diags.push(note.in_place("--mlir-pass-pipeline-crash-reproducer"));
    }
}

/// One pass of a pipeline and the anchors that lead to it.
struct Step<'p> {
    path: Vec<&'p str>,
    instance: &'p Instance,
    id: usize,
}

impl Step<'_> {
    /// The pipeline that holds this pass alone.
    fn text(&self, root: &str) -> String {
        let inner = self.path.iter().rev().fold(self.instance.text(), |text, anchor| format!("{anchor}({text})"));
        format!("{root}({inner})")
    }
}

fn collect_steps<'p>(pipeline: &'p Pipeline, path: &mut Vec<&'p str>, id: &mut usize, out: &mut Vec<Step<'p>>) {
    for item in &pipeline.items {
        match item {
            Item::Pass(instance) => {
                out.push(Step { path: path.clone(), instance, id: *id });
                *id += 1;
            }
            Item::Nested(inner) => {
                path.push(&inner.anchor);
                collect_steps(inner, path, id, out);
                path.pop();
            }
        }
    }
}

/// Number of passes in a pipeline and all nested in it.
fn count(pipeline: &Pipeline) -> usize {
    pipeline.items.iter().map(|i| if let Item::Nested(p) = i { count(p) } else { 1 }).sum()
}
