//! Names of values and blocks, as MLIR numbers them: nested regions after all operations of the region around them, the last
//! region first.

use super::PrintOptions;
use edge_ir::{Block, Body, Context, Op, Region, Value, ValueDef};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

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
struct BodyNames {
    values: Vec<u32>,
    blocks: Vec<u32>,
    texts: Vec<String>,
    /// The names in the bodies of isolated operations, by number.
    isolated: FxHashMap<Op, usize>,
    /// Results that start a group of their own, of operations that have several groups.
    groups: FxHashMap<Op, Vec<u32>>,
}

/// Names in use in a region; those of the regions around it come with `parent`.
struct UsedNames {
    names: FxHashSet<String>,
    parent: Option<usize>,
}

/// All names below one operation.
#[derive(Default)]
pub(crate) struct Names {
    bodies: Vec<BodyNames>,
    /// The bodies around the operation that is being printed, innermost last.
    current: Vec<usize>,
}

/// A region whose turn will come.
struct Waiting<'b> {
    body: &'b Body,
    names: usize,
    region: Region,
    args: Vec<String>,
    counters: Counters,
    scope: usize,
}

/// Numbers regions from a stack. In generic form numbers are unique in the whole text; in custom form a region goes on where
/// the one around it ended, so that siblings share numbers.
struct Numbering<'c> {
    ctx: &'c Context,
    generic: bool,
    bodies: Vec<BodyNames>,
    used: Vec<UsedNames>,
    counters: Counters,
}

impl Names {
    /// The names below `root` of `body`, and of its results.
    pub fn of_root(ctx: &Context, body: &Body, root: Op, options: &PrintOptions) -> Self {
        Self::of(ctx, body, root, options, None)
    }
    /// The names in a fragment, whose arguments keep theirs.
    pub fn of_fragment(ctx: &Context, fragment: &crate::examples::Fragment, options: &PrintOptions) -> Self {
        Self::of(ctx, &fragment.body, fragment.root, options, Some(&fragment.args))
    }
    fn of(ctx: &Context, body: &Body, root: Op, options: &PrintOptions, args: Option<&[String]>) -> Self {
        let used = vec![UsedNames { names: FxHashSet::default(), parent: None }];
        let mut n = Numbering {
            ctx,
            generic: options.generic,
            bodies: vec![BodyNames::new(body)],
            used,
            counters: Counters::default(),
        };
        n.op_results(body, 0, root, 0);
        let mut waiting = Vec::new();
        n.wait(&mut waiting, body, 0, root, 0);
        if let (Some(args), Some(first)) = (args, waiting.first_mut()) {
            first.args = args.to_vec();
        }
        while let Some(next) = waiting.pop() {
            n.region(next, &mut waiting);
        }
        Self { bodies: n.bodies, current: vec![0] }
    }
    fn here(&self) -> Option<&BodyNames> {
        self.bodies.get(*self.current.last()?)
    }
    /// The groups of an operation's results: first result number and count.
    pub fn result_groups(&self, body: &Body, op: Op) -> SmallVec<[(u32, u32); 2]> {
        let n = body.op(op).results().len() as u32;
        match self.here().and_then(|h| h.groups.get(&op)) {
            None => SmallVec::from_elem((0, n), 1),
            Some(starts) => starts.iter().enumerate().map(|(i, s)| (*s, starts.get(i + 1).copied().unwrap_or(n) - s)).collect(),
        }
    }
    /// The value whose name stands for this one, and the number in its group where that has several values.
    fn leader(&self, body: &Body, value: Value) -> (Value, Option<u32>) {
        let ValueDef::Result(op, number) = body.def(value) else { return (value, None) };
        let results = body.op(op).results();
        if results.len() == 1 {
            return (value, None);
        }
        let groups = self.result_groups(body, op);
        let group = groups.iter().find(|(s, n)| (*s..*s + *n).contains(&number));
        let (start, count) = *group.unwrap_or(&(0, results.len() as u32));
        (results[start as usize], (count > 1).then_some(number - start))
    }
}

impl BodyNames {
    fn new(body: &Body) -> Self {
        Self { values: vec![UNNAMED; body.value_bound()], blocks: vec![UNNAMED; body.block_bound()], ..Self::default() }
    }
}

impl Numbering<'_> {
    /// Lets the regions of an operation wait for their turn.
    fn wait<'b>(&mut self, waiting: &mut Vec<Waiting<'b>>, body: &'b Body, names: usize, op: Op, scope: usize) {
        let data = body.op(op);
        let (inner, number) = match data.body() {
            Some(inner) => {
                let number = self.bodies.len();
                self.bodies.push(BodyNames::new(inner));
                self.bodies[names].isolated.insert(op, number);
                (inner, number)
            }
            None => (body, names),
        };
        for (i, region) in data.regions().iter().enumerate() {
            let args = if self.generic { vec![] } else { crate::format::arg_names(self.ctx, body, op, i) };
            waiting.push(Waiting { body: inner, names: number, region: *region, args, counters: self.counters, scope });
        }
    }
    fn region<'b>(&mut self, at: Waiting<'b>, waiting: &mut Vec<Waiting<'b>>) {
        let mut scope = at.scope;
        if !self.generic {
            self.counters = at.counters;
            self.used.push(UsedNames { names: FxHashSet::default(), parent: Some(scope) });
            scope = self.used.len() - 1;
        }
        let mut nested = Vec::new();
        for (i, block) in at.body.blocks(at.region).enumerate() {
            self.bodies[at.names].blocks[block.index()] = i as u32;
            self.block_args(at.body, at.names, block, i == 0, &at.args, scope);
            for op in at.body.block_ops(block) {
                self.op_results(at.body, at.names, op, scope);
                if !at.body.op(op).regions().is_empty() {
                    nested.push(op);
                }
            }
        }
        for op in nested {
            self.wait(waiting, at.body, at.names, op, scope);
        }
    }
    fn block_args(&mut self, body: &Body, names: usize, block: Block, entry: bool, wanted: &[String], scope: usize) {
        for (i, arg) in body.block_args(block).iter().enumerate() {
            let name = match wanted.get(i).filter(|n| entry && !n.is_empty()) {
                Some(name) => self.unique(names, name, scope),
                None if entry => self.arg_name(names, scope),
                None => self.next_number(),
            };
            self.bodies[names].values[arg.index()] = name;
        }
    }
    fn next_number(&mut self) -> u32 {
        self.counters.value += 1;
        self.counters.value - 1
    }
    fn arg_name(&mut self, names: usize, scope: usize) -> u32 {
        let n = self.counters.arg;
        self.counters.arg += 1;
        if self.generic {
            return ARG | n;
        }
        self.unique(names, &format!("arg{n}"), scope)
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
    fn unique(&mut self, names: usize, name: &str, scope: usize) -> u32 {
        let mut chosen = name.to_owned();
        while self.is_used(&chosen, scope) {
            chosen = format!("{name}_{}", self.counters.conflict);
            self.counters.conflict += 1;
        }
        self.used[scope].names.insert(chosen.clone());
        let texts = &mut self.bodies[names].texts;
        texts.push(chosen);
        TEXT | (texts.len() as u32 - 1)
    }
    fn op_results(&mut self, body: &Body, names: usize, op: Op, scope: usize) {
        let results = body.op(op).results();
        let Some(first) = results.first() else { return };
        if !self.generic {
            let mut groups = vec![0];
            for (i, name) in crate::format::result_names(self.ctx, body, op) {
                let Some(value) = results.get(i as usize) else { continue };
                let name = if name.is_empty() { self.next_number() } else { self.unique(names, &name, scope) };
                self.bodies[names].values[value.index()] = name;
                groups.push(i);
            }
            groups.sort_unstable();
            groups.dedup();
            if groups.len() > 1 {
                self.bodies[names].groups.insert(op, groups);
            }
        }
        if self.bodies[names].values[first.index()] == UNNAMED {
            self.bodies[names].values[first.index()] = self.next_number();
        }
    }
}

impl super::Printer<'_, '_> {
    pub(crate) fn value(&mut self, body: &Body, value: Value) {
        let (leader, number) = self.names.leader(body, value);
        self.value_name(leader);
        if let Some(number) = number {
            self.text("#");
            self.number(number as u64);
        }
    }
    /// The name alone, without a number in its group.
    pub(crate) fn value_name(&mut self, leader: Value) {
        let Some(names) = self.names.here() else { return };
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
        let Some(names) = self.names.here() else { return };
        match names.blocks.get(block.index()).copied().unwrap_or(UNNAMED) {
            UNNAMED => self.text("INVALIDBLOCK"),
            n => {
                self.text("^bb");
                self.number(n as u64);
            }
        }
    }
    pub(crate) fn block_order(&self, block: Block) -> u32 {
        self.names.here().and_then(|n| n.blocks.get(block.index()).copied()).unwrap_or(UNNAMED)
    }
    /// Prints with the names of an isolated operation's body.
    pub(crate) fn in_isolated(&mut self, op: Op, f: impl FnOnce(&mut Self)) {
        let inner = self.names.here().and_then(|n| n.isolated.get(&op).copied()).unwrap_or(usize::MAX);
        self.names.current.push(inner);
        f(self);
        self.names.current.pop();
    }
}
