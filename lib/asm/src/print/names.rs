//! Names of values and blocks, as MLIR numbers them: breadth first, nested regions after all operations of the region around
//! them, sibling regions alike.

use super::PrintOptions;
use edge_ir::{Block, Body, Context, Op, Region, Value, ValueDef};
use rustc_hash::{FxHashMap, FxHashSet};

/// How far the numbering has come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counters {
    value: u32,
    arg: u32,
    conflict: u32,
}

const UNNAMED: u32 = u32::MAX;
/// Set in a value's entry where the rest is an index of `texts`.
const TEXT: u32 = 1 << 31;
/// Set where the rest is the number of an `%arg`.
const ARG: u32 = 1 << 30;

/// The names in one body.
#[derive(Default)]
pub(crate) struct BodyNames {
    values: Vec<u32>,
    blocks: Vec<u32>,
    texts: Vec<String>,
    /// Where an isolated operation of this body stands in the numbering, and the names in use there.
    isolated: FxHashMap<Op, (Counters, usize)>,
    /// Results that start a group of their own, of operations that have several.
    groups: FxHashMap<Op, Vec<u32>>,
    used: Vec<UsedNames>,
}

/// Names in use in a region, with those of the regions around it.
#[derive(Clone, Default)]
struct UsedNames {
    names: FxHashSet<String>,
    parent: Option<usize>,
}


impl BodyNames {
    /// Of the body that holds a top-level operation.
    pub fn of_root(ctx: &Context, body: &Body, root: Op, options: &PrintOptions) -> Self {
        let mut names = Self::new(body);
        names.used.push(UsedNames::default());
        let mut counters = Counters::default();
        names.op_results(ctx, body, root, &mut counters, 0, options);
        names.inside(ctx, body, root, counters, 0, options);
        names
    }
    /// Of an isolated operation's own body, from what the body around it says.
    pub fn of_isolated(ctx: &Context, outer: &BodyNames, outer_body: &Body, op: Op, options: &PrintOptions) -> Self {
        let data = outer_body.op(op);
        let Some(body) = data.body() else { return Self::default() };
        let (counters, scope) = outer.isolated.get(&op).copied().unwrap_or_default();
        let mut names = Self::new(body);
        names.used.push(UsedNames { names: outer.all_used(scope), parent: None });
        let regions: Vec<(Region, Vec<String>)> = data
            .regions()
            .iter()
            .enumerate()
            .map(|(i, r)| (*r, if options.generic { vec![] } else { crate::format::arg_names(ctx, outer_body, op, i) }))
            .collect();
        names.regions(ctx, body, regions, counters, 0, options);
        names
    }
    fn new(body: &Body) -> Self {
        Self { values: vec![UNNAMED; body.value_bound()], blocks: vec![UNNAMED; body.block_bound()], ..Self::default() }
    }
    fn all_used(&self, mut scope: usize) -> FxHashSet<String> {
        let mut all = FxHashSet::default();
        while let Some(used) = self.used.get(scope) {
            all.extend(used.names.iter().cloned());
            match used.parent {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        all
    }
    fn inside(&mut self, ctx: &Context, body: &Body, op: Op, counters: Counters, scope: usize, options: &PrintOptions) {
        if body.op(op).body().is_some() {
            self.isolated.insert(op, (counters, scope));
            return;
        }
        self.regions(ctx, body, self.named_regions(ctx, body, op, options), counters, scope, options);
    }
    fn named_regions(&self, ctx: &Context, body: &Body, op: Op, options: &PrintOptions) -> Vec<(Region, Vec<String>)> {
        let names = |i| if options.generic { vec![] } else { crate::format::arg_names(ctx, body, op, i) };
        body.op(op).regions().iter().enumerate().map(|(i, r)| (*r, names(i))).collect()
    }
    fn regions(&mut self, ctx: &Context, body: &Body, first: Vec<(Region, Vec<String>)>, counters: Counters, scope: usize, options: &PrintOptions) {
        let mut work: Vec<(Region, Vec<String>, Counters, usize)> =
            first.into_iter().map(|(r, names)| (r, names, counters, scope)).collect();
        while let Some((region, args, mut counters, scope)) = work.pop() {
            let scope = if options.generic {
                scope
            } else {
                self.used.push(UsedNames { names: FxHashSet::default(), parent: Some(scope) });
                self.used.len() - 1
            };
            let mut nested = Vec::new();
            for (i, block) in body.blocks(region).enumerate() {
                self.blocks[block.index()] = i as u32;
                self.block_args(body, block, i == 0, &args, &mut counters, scope);
                for op in body.block_ops(block) {
                    self.op_results(ctx, body, op, &mut counters, scope, options);
                    if !body.op(op).regions().is_empty() {
                        nested.push(op);
                    }
                }
            }
            for op in nested {
                if body.op(op).body().is_some() {
                    self.isolated.insert(op, (counters, scope));
                    continue;
                }
                let regions = self.named_regions(ctx, body, op, options);
                work.extend(regions.into_iter().map(|(r, names)| (r, names, counters, scope)));
            }
        }
    }
    fn block_args(&mut self, body: &Body, block: Block, entry: bool, names: &[String], counters: &mut Counters, scope: usize) {
        for (i, arg) in body.block_args(block).iter().enumerate() {
            let wanted = names.get(i).filter(|n| entry && !n.is_empty());
            self.values[arg.index()] = match wanted {
                Some(name) => self.unique(name, counters, scope),
                None if entry => {
                    counters.arg += 1;
                    self.arg_name(counters, scope)
                }
                None => {
                    counters.value += 1;
                    counters.value - 1
                }
            };
        }
    }
    fn arg_name(&mut self, counters: &mut Counters, scope: usize) -> u32 {
        let n = counters.arg - 1;
        let name = format!("arg{n}");
        if self.is_used(&name, scope) {
            return self.unique(&name, counters, scope);
        }
        ARG | n
    }
    fn is_used(&self, name: &str, mut scope: usize) -> bool {
        while let Some(used) = self.used.get(scope) {
            if used.names.contains(name) {
                return true;
            }
            match used.parent {
                Some(parent) => scope = parent,
                None => return false,
            }
        }
        false
    }
    /// `name`, or with a number where it is taken.
    fn unique(&mut self, name: &str, counters: &mut Counters, scope: usize) -> u32 {
        let mut chosen = name.to_owned();
        while self.is_used(&chosen, scope) {
            chosen = format!("{name}_{}", counters.conflict);
            counters.conflict += 1;
        }
        if let Some(used) = self.used.get_mut(scope) {
            used.names.insert(chosen.clone());
        }
        self.texts.push(chosen);
        TEXT | (self.texts.len() as u32 - 1)
    }
    fn op_results(&mut self, ctx: &Context, body: &Body, op: Op, counters: &mut Counters, scope: usize, options: &PrintOptions) {
        let results = body.op(op).results();
        let Some(first) = results.first() else { return };
        if !options.generic {
            let mut groups = vec![0];
            for (i, name) in crate::format::result_names(ctx, body, op) {
                let Some(value) = results.get(i as usize) else { continue };
                self.values[value.index()] = if name.is_empty() {
                    counters.value += 1;
                    counters.value - 1
                } else {
                    self.unique(&name, counters, scope)
                };
                if i > 0 {
                    groups.push(i);
                }
            }
            if groups.len() > 1 {
                groups.sort_unstable();
                groups.dedup();
                self.groups.insert(op, groups);
            }
        }
        if self.values[first.index()] == UNNAMED {
            self.values[first.index()] = counters.value;
            counters.value += 1;
        }
    }
    /// The groups of an operation's results: first result number and count.
    pub fn result_groups(&self, body: &Body, op: Op) -> Vec<(u32, u32)> {
        let n = body.op(op).results().len() as u32;
        match self.groups.get(&op) {
            None => vec![(0, n)],
            Some(starts) => {
                starts.iter().enumerate().map(|(i, s)| (*s, starts.get(i + 1).copied().unwrap_or(n) - s)).collect()
            }
        }
    }
    /// `%name`, and the number in its group where that has several values.
    fn leader(&self, body: &Body, value: Value) -> (Value, Option<u32>) {
        let ValueDef::Result(op, number) = body.def(value) else { return (value, None) };
        let results = body.op(op).results();
        if results.len() == 1 {
            return (value, None);
        }
        let (start, count) = match self.groups.get(&op) {
            None => (0, results.len() as u32),
            Some(_) => *self
                .result_groups(body, op)
                .iter()
                .find(|(s, n)| (*s..*s + *n).contains(&number))
                .unwrap_or(&(0, results.len() as u32)),
        };
        (results[start as usize], (count > 1).then_some(number - start))
    }
}

impl super::Printer<'_, '_> {
    pub(crate) fn value(&mut self, body: &Body, value: Value) {
        let Some(names) = self.names.last() else { return };
        let (leader, number) = names.leader(body, value);
        self.value_name(leader);
        if let Some(number) = number {
            self.text("#");
            self.number(number as u64);
        }
    }
    /// The name alone, without a number in its group.
    pub(crate) fn value_name(&mut self, leader: Value) {
        let Some(names) = self.names.last() else { return };
        match names.values.get(leader.index()).copied().unwrap_or(UNNAMED) {
            UNNAMED => self.text("<<UNKNOWN SSA VALUE>>"),
            n if n & TEXT != 0 => {
                self.out.push(b'%');
                let text = &names.texts[(n & !TEXT) as usize];
                self.out.extend_from_slice(text.as_bytes());
            }
            n if n & ARG != 0 => {
                self.text("%arg");
                self.number((n & !ARG) as u64);
            }
            n => {
                self.out.push(b'%');
                self.number(n as u64);
            }
        }
    }
    pub(crate) fn block_name(&mut self, block: Block) {
        let Some(names) = self.names.last() else { return };
        match names.blocks.get(block.index()).copied().unwrap_or(UNNAMED) {
            UNNAMED => self.text("INVALIDBLOCK"),
            n => {
                self.text("^bb");
                self.number(n as u64);
            }
        }
    }
    pub(crate) fn block_order(&self, block: Block) -> u32 {
        self.names.last().and_then(|n| n.blocks.get(block.index()).copied()).unwrap_or(UNNAMED)
    }
    /// Prints with the names of an isolated operation's body.
    pub(crate) fn in_isolated(&mut self, outer: &Body, op: Op, f: impl FnOnce(&mut Self)) {
        let Some(names) = self.names.last() else { return };
        let inner = BodyNames::of_isolated(self.ctx, names, outer, op, &self.options);
        self.names.push(inner);
        f(self);
        self.names.pop();
    }
}
