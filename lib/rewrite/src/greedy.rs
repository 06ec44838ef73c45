//! The greedy driver: folds, erases and rewrites the operations of a body until nothing changes.

use crate::constants::{Constants, constant_value, known};
use crate::effects::is_dead;
use crate::fold::{Folded, Folder, by_traits};
use crate::regions::erase_unreachable;
use crate::worklist::Worklist;
use edge_ir::{Attr, Body, Builder, Context, Ident, Loc, Op, OpState, Region, Traits, Value};
use rustc_hash::FxHashMap;

/// A rewrite of one operation.
pub trait RewritePattern: Send + Sync {
    /// For reports.
    fn name(&self) -> &str;
    /// The operation it matches; `None` for any.
    fn root(&self, ctx: &Context) -> Option<Ident>;
    /// Those of higher benefit are tried first: usually the number of operations matched.
    fn benefit(&self) -> usize {
        1
    }
    /// Rewrites `op` if it matches, and says whether it did. What does not match must not change anything.
    fn apply(&self, rewriter: &mut Rewriter<'_>, op: Op) -> bool;
}

/// Patterns by the operation that they match, best first.
pub struct Patterns<'p> {
    by_root: FxHashMap<Option<Ident>, Vec<&'p dyn RewritePattern>>,
}

impl<'p> Patterns<'p> {
    /// The patterns by the operation at their root, the most promising first.
    pub fn new(ctx: &Context, patterns: impl IntoIterator<Item = &'p dyn RewritePattern>) -> Self {
        let mut by_root: FxHashMap<Option<Ident>, Vec<&'p dyn RewritePattern>> = FxHashMap::default();
        for pattern in patterns {
            by_root.entry(pattern.root(ctx)).or_default().push(pattern);
        }
        by_root.values_mut().for_each(|list| list.sort_by_key(|p| std::cmp::Reverse(p.benefit())));
        Self { by_root }
    }
    fn of(&self, name: Ident) -> impl Iterator<Item = &'p dyn RewritePattern> + '_ {
        [Some(name), None].into_iter().filter_map(|k| self.by_root.get(&k)).flatten().copied()
    }
}

/// How much rewriting is enough to say that it does not end.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Times that the body is gone through.
    pub rounds: usize,
    /// Rewrites for each operation that the body holds at first.
    pub rewrites_per_op: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rounds: 10, rewrites_per_op: 64 }
    }
}

/// What the driver did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether anything was rewritten.
    pub changed: bool,
    /// Nothing more to do was left.
    pub converged: bool,
    /// Operations replaced by constants or by their operands.
    pub folded: u64,
    /// Operations taken away because nothing uses them.
    pub erased: u64,
    /// Times that each pattern applied, by name.
    pub applied: std::collections::BTreeMap<String, u64>,
    /// The pattern that applied last.
    pub last: Option<String>,
}

/// What a pattern changes the IR through: the driver looks again at all that is touched.
pub struct Rewriter<'a> {
    /// Where types and attributes live.
    pub ctx: &'a Context,
    /// What is being rewritten.
    pub body: &'a mut Body,
    worklist: &'a mut Worklist,
    constants: &'a mut Constants,
    /// The location for new operations: that of the operation being replaced.
    pub loc: Loc,
    at: Op,
}

impl Rewriter<'_> {
    /// A new operation before the one that is rewritten.
    pub fn create(&mut self, state: OpState) -> Op {
        let op = self.body.create(self.ctx, state);
        self.body.insert_before(self.at, op);
        self.worklist.push(op);
        op
    }
    /// A builder before the operation that is rewritten. What it makes must be given to [`Rewriter::touch`].
    pub fn builder(&mut self) -> Builder<'_> {
        let mut builder = Builder::before(self.ctx, self.body, self.at);
        builder.loc = self.loc;
        builder
    }
    /// The driver will look at the operation again.
    pub fn touch(&mut self, op: Op) {
        self.worklist.push(op);
    }
    /// A constant of a type; `None` where no operation can hold it.
    pub fn constant(&mut self, value: Attr, ty: edge_ir::Type) -> Option<Value> {
        let op = self.constants.get(self.ctx, self.body, self.at, value, ty, self.loc)?;
        Some(self.body.result(op, 0))
    }
    fn touch_users(&mut self, value: Value) {
        let users: Vec<Op> = self.body.uses(value).map(|u| u.0).collect();
        users.into_iter().for_each(|u| self.worklist.push(u));
    }
    /// Replaces every use of a value.
    pub fn replace_value(&mut self, old: Value, new: Value) {
        self.touch_users(old);
        self.body.replace_all_uses(old, new);
        if let Some(op) = self.body.defining_op(old) {
            self.worklist.push(op);
        }
    }
    /// Replaces the results of an operation and erases it.
    pub fn replace(&mut self, op: Op, values: &[Value]) {
        let results: Vec<Value> = self.body.op(op).results().to_vec();
        debug_assert_eq!(results.len(), values.len());
        for (old, new) in results.iter().zip(values) {
            self.touch_users(*old);
            self.body.replace_all_uses(*old, *new);
        }
        self.erase(op);
    }
    /// Erases an operation whose results are unused, with all in it.
    pub fn erase(&mut self, op: Op) {
        let inside = if self.body.op(op).body().is_some() { vec![op] } else { self.body.nested(op) };
        let feeds: Vec<Op> =
            inside.iter().flat_map(|o| self.body.operands(*o)).filter_map(|v| self.body.defining_op(v)).collect();
        feeds.into_iter().for_each(|f| self.worklist.push(f));
        for inner in inside {
            self.worklist.remove(inner);
            self.constants.forget(self.ctx, self.body, inner);
        }
        self.body.erase(op);
    }
    /// Replaces one operand, and looks again at who defined the old one.
    pub fn set_operand(&mut self, op: Op, index: usize, value: Value) {
        let old = self.body.operand(op, index);
        self.body.set_operand(op, index, value);
        self.worklist.push(op);
        if let Some(def) = self.body.defining_op(old) {
            self.worklist.push(def);
        }
    }
}

/// Rewrites the regions of a body's owner (nested isolated bodies are left alone) until nothing changes or a limit is reached.
pub fn rewrite(
    ctx: &Context,
    body: &mut Body,
    regions: &[Region],
    patterns: &Patterns<'_>,
    folder: &dyn Folder,
    limits: Limits,
) -> Outcome {
    let mut driver = Driver { ctx, patterns, folder, out: Outcome::default(), budget: 0 };
    driver.budget = limits.rewrites_per_op.saturating_mul(body.num_ops() + 16);
    for _ in 0..limits.rounds {
        let before = driver.out.clone();
        let moved = driver.round(body, regions);
        driver.out.changed |= moved;
        if driver.budget == 0 {
            return driver.out;
        }
        if !moved && before == driver.out {
            driver.out.converged = true;
            return driver.out;
        }
    }
    driver.out
}

struct Driver<'a> {
    ctx: &'a Context,
    patterns: &'a Patterns<'a>,
    folder: &'a dyn Folder,
    out: Outcome,
    budget: usize,
}

impl Driver<'_> {
    /// Goes through all operations once, and again through what that touched.
    fn round(&mut self, body: &mut Body, regions: &[Region]) -> bool {
        let mut moved = erase_unreachable(body, regions) > 0;
        let (mut worklist, mut gone) = (Worklist::default(), Vec::new());
        let ops = body.all_ops(regions);
        let (mut constants, gathered) = Constants::gather(self.ctx, body, &ops, &mut gone);
        moved |= gathered;
        // The last pushed comes first.
        body.all_ops(regions).into_iter().rev().for_each(|op| worklist.push(op));
        while let Some(op) = worklist.pop() {
            if self.budget == 0 {
                break;
            }
            let (loc, at) = (body.op(op).loc, op);
            let mut rw = Rewriter { ctx: self.ctx, body, worklist: &mut worklist, constants: &mut constants, loc, at };
            if self.visit(&mut rw, op) {
                self.budget -= 1;
                self.out.changed = true;
            }
        }
        moved
    }
    fn visit(&mut self, rw: &mut Rewriter<'_>, op: Op) -> bool {
        if is_dead(self.ctx, rw.body, op) {
            rw.erase(op);
            self.out.erased += 1;
            return true;
        }
        if constant_value(self.ctx, rw.body, op).is_some() {
            return false;
        }
        if commute(self.ctx, rw, op) | self.fold(rw, op) {
            return true;
        }
        let name = rw.body.op(op).name;
        for pattern in self.patterns.of(name) {
            if pattern.apply(rw, op) {
                *self.out.applied.entry(pattern.name().to_owned()).or_default() += 1;
                self.out.last = Some(pattern.name().to_owned());
                return true;
            }
        }
        false
    }
    fn fold(&mut self, rw: &mut Rewriter<'_>, op: Op) -> bool {
        if rw.body.op(op).results().is_empty() || !rw.body.op(op).successors().is_empty() {
            return false;
        }
        let operands: Vec<Value> = rw.body.operands(op).collect();
        let known: Vec<Option<Attr>> = operands.iter().map(|v| known(self.ctx, rw.body, *v)).collect();
        let folded = match by_traits(self.ctx, rw.body, op) {
            Some(value) => Some(vec![Folded::Value(value)]),
            None => self.folder.fold(self.ctx, rw.body, op, &known),
        };
        let Some(folded) = folded else { return false };
        let results = rw.body.op(op).results().to_vec();
        if folded.len() != results.len() {
            return false;
        }
        let mut values = Vec::new();
        for (f, result) in folded.iter().zip(&results) {
            let value = match f {
                Folded::Value(v) => Some(*v),
                Folded::Constant(attr) => rw.constant(*attr, rw.body.ty(*result)),
            };
            let Some(value) = value.filter(|v| rw.body.ty(*v) == rw.body.ty(*result) && !results.contains(v)) else {
                return false;
            };
            values.push(value);
        }
        self.out.folded += 1;
        rw.replace(op, &values);
        true
    }
}

/// Moves constants of a commutative operation behind the other operands.
fn commute(ctx: &Context, rw: &mut Rewriter<'_>, op: Op) -> bool {
    if !rw.body.op(op).has(ctx, Traits::COMMUTATIVE) || rw.body.op(op).num_operands() != 2 {
        return false;
    }
    let (a, b) = (rw.body.operand(op, 0), rw.body.operand(op, 1));
    let constant = |v| known(ctx, rw.body, v).is_some();
    if !constant(a) || constant(b) {
        return false;
    }
    rw.body.set_operands(op, &[b, a]);
    rw.touch(op);
    true
}
