//! Names of values and blocks, and references to what comes later.

use super::cursor::Res;
use super::{Parser, codes};
use edge_ir::{Block, Body, Region, Type, Value};
use edge_support::Diagnostic;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// `%name#number` as it stands in the text; the name's dense number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueRef {
    pub name: u32,
    pub number: u32,
    pub at: u32,
}

/// What a value name is bound to.
#[derive(Clone, Debug, Default)]
struct Binding {
    /// The values; `None` where only a later or earlier number of the group was used.
    values: SmallVec<[Option<Value>; 1]>,
    /// Number of the scope (isolated region) that the binding belongs to; 0: no binding.
    scope: u32,
    defined: bool,
    /// Where it is defined, or first used.
    at: u32,
}

/// A change to undo when a region ends.
struct Saved {
    name: u32,
    old: Binding,
}

#[derive(Default)]
pub(crate) struct Names<'s> {
    numbers: FxHashMap<&'s str, u32>,
    texts: Vec<&'s str>,
    /// Names that are plain numbers, by that number.
    plain: Vec<u32>,
    bindings: Vec<Binding>,
    log: Vec<Saved>,
    scopes: u32,
}

impl<'s> Names<'s> {
    pub fn number(&mut self, text: &'s str) -> u32 {
        let bytes = text.as_bytes();
        if bytes.len() <= 7 && bytes[0].is_ascii_digit() && (bytes[0] != b'0' || bytes.len() == 1) {
            if let Ok(n) = text.parse::<usize>() {
                if n < self.plain.len() + (1 << 16) {
                    if n >= self.plain.len() {
                        self.plain.resize(n + 1, u32::MAX);
                    }
                    if self.plain[n] == u32::MAX {
                        self.plain[n] = self.fresh(text);
                    }
                    return self.plain[n];
                }
            }
        }
        if let Some(n) = self.numbers.get(text) {
            return *n;
        }
        let n = self.fresh(text);
        self.numbers.insert(text, n);
        n
    }
    fn fresh(&mut self, text: &'s str) -> u32 {
        self.texts.push(text);
        self.bindings.push(Binding::default());
        self.texts.len() as u32 - 1
    }
}

/// Where a scope of names starts: of a region, or of an isolated operation's regions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScopeMark {
    log: usize,
}

/// A body under construction, with the references in it that are still open.
pub(crate) struct BodyFrame {
    pub body: Box<Body>,
    scope: u32,
    /// The block whose arguments stand for values that come later.
    pending: Option<Block>,
    /// Placeholders by the reference that made them, until defined.
    open: Vec<(u32, u32, Value, u32)>,
    /// Bindings of outer bodies that a reference to what comes later hides until this body ends.
    saved: Vec<Saved>,
    unresolved: usize,
}

impl<'s> Parser<'_, 's> {
    pub(crate) fn body(&mut self) -> &mut Body {
        &mut self.bodies.last_mut().expect("a body is being read").body
    }
    pub(crate) fn push_body(&mut self) {
        self.names.scopes += 1;
        let scope = self.names.scopes;
        self.bodies.push(BodyFrame { body: Box::default(), scope, pending: None, open: vec![], saved: vec![], unresolved: 0 });
    }
    /// Ends a body: what is still open was never defined.
    pub(crate) fn pop_body(&mut self) -> Box<Body> {
        let mut frame = self.bodies.pop().expect("a body is being read");
        for saved in std::mem::take(&mut frame.saved).into_iter().rev() {
            self.names.bindings[saved.name as usize] = saved.old;
        }
        if frame.unresolved > 0 {
            let open = std::mem::take(&mut frame.open);
            let mut undefined: Vec<(u32, u32)> =
                open.iter().filter(|o| !frame.body.is_unused(o.2)).map(|o| (o.3, o.0)).collect();
            undefined.sort_unstable();
            undefined.dedup_by_key(|u| u.1);
            for (at, name) in undefined {
                let text = self.names.texts[name as usize];
                if self.poisoned.contains(&name) {
                    self.failed = true;
                    continue;
                }
                let message = format!("use of undeclared SSA value name `%{text}`");
                self.failed = true;
                self.report(codes::UNDEFINED_VALUE, at as usize, at as usize + 1 + text.len(), message);
            }
        } else if let Some(block) = frame.pending {
            frame.body.erase_block(block);
        }
        frame.body
    }
    /// Makes what is used in the innermost body and not defined arguments of a block, in the order of their first uses. Gives their
    /// names.
    pub(crate) fn open_to_arguments(&mut self, block: Block) -> Vec<String> {
        let loc = self.ctx.unknown_loc();
        let frame = self.bodies.last_mut().expect("a body is being read");
        let mut open: Vec<_> = frame.open.iter().filter(|o| !frame.body.is_unused(o.2)).copied().collect();
        open.sort_unstable_by_key(|o| o.3);
        let mut names = Vec::new();
        for (name, number, stand_in, _) in open {
            let arg = frame.body.add_arg(block, frame.body.ty(stand_in), loc);
            frame.body.replace_all_uses(stand_in, arg);
            frame.unresolved -= 1;
            let text = self.names.texts[name as usize];
            names.push(if number > 0 { format!("{text}#{number}") } else { text.to_owned() });
        }
        names
    }
    pub(crate) fn scope_mark(&self) -> ScopeMark {
        ScopeMark { log: self.names.log.len() }
    }
    pub(crate) fn end_scope(&mut self, mark: ScopeMark) {
        while self.names.log.len() > mark.log {
            let saved = self.names.log.pop().expect("a longer log");
            self.names.bindings[saved.name as usize] = saved.old;
        }
    }
    /// `%name` or `%name#2`.
    pub(crate) fn value_ref(&mut self) -> Res<ValueRef> {
        if self.peek() != b'%' {
            return Err(self.expected("an SSA value such as `%0`"));
        }
        let at = self.pos as u32;
        let text = self.suffix_id();
        if text.is_empty() {
            return Err(self.report(codes::EXPECTED, at as usize, at as usize + 1, "expected a name after `%`"));
        }
        let name = self.names.number(text);
        let mut number = 0;
        if self.pos < self.end && self.bytes[self.pos] == b'#' && self.bytes.get(self.pos + 1).is_some_and(u8::is_ascii_digit) {
            self.pos += 1;
            number = u32::try_from(self.number()?).unwrap_or(u32::MAX);
        }
        Ok(ValueRef { name, number, at })
    }
    /// The value that a reference names, where it is defined or used already.
    pub(crate) fn known_value(&self, r: ValueRef) -> Option<Value> {
        let scope = self.bodies.last()?.scope;
        let binding = &self.names.bindings[r.name as usize];
        if binding.scope != scope {
            return None;
        }
        binding.values.get(r.number as usize).copied().flatten()
    }
    /// The value that a reference names, of the type that its use says. One that is not yet defined gets a stand-in.
    pub(crate) fn resolve(&mut self, r: ValueRef, ty: Type) -> Res<Value> {
        if let Some(value) = self.known_value(r) {
            let has = self.body().ty(value);
            if has != ty {
                return Err(self.type_clash(r, ty, has));
            }
            return Ok(value);
        }
        let frame = self.bodies.last_mut().expect("a body is being read");
        let binding = &mut self.names.bindings[r.name as usize];
        let known = binding.scope == frame.scope;
        if known && binding.defined {
            let message = format!(
                "reference to invalid result number: `%{}` has {}",
                self.names.texts[r.name as usize],
                binding.values.len()
            );
            let end = self.pos.min(r.at as usize + 1 + self.names.texts[r.name as usize].len());
            return Err(self.report(codes::UNDEFINED_VALUE, r.at as usize, end, message));
        }
        if r.number > u16::MAX as u32 {
            return Err(self.report(
                codes::UNDEFINED_VALUE,
                r.at as usize,
                r.at as usize + 1,
                "this result number is too large",
            ));
        }
        let block = *frame.pending.get_or_insert_with(|| frame.body.new_block());
        let value = frame.body.add_arg(block, ty, self.ctx.unknown_loc());
        if !known {
            let old = std::mem::replace(binding, Binding { scope: frame.scope, at: r.at, ..Default::default() });
            // A reference to what comes later outlives its region, so the region's end must not undo it.
            if old.scope != 0 {
                frame.saved.push(Saved { name: r.name, old });
            }
        }
        let binding = &mut self.names.bindings[r.name as usize];
        if binding.values.len() <= r.number as usize {
            binding.values.resize(r.number as usize + 1, None);
        }
        binding.values[r.number as usize] = Some(value);
        frame.open.push((r.name, r.number, value, r.at));
        frame.unresolved += 1;
        Ok(value)
    }
    fn type_clash(&self, r: ValueRef, wanted: Type, has: Type) -> edge_support::Reported {
        let text = self.names.texts[r.name as usize];
        let show = |t| crate::print_type(self.ctx, t);
        let span = self.span(r.at as usize, r.at as usize + 1 + text.len());
        let message =
            format!("use of value `%{text}` expects different type than prior uses: '{}' vs '{}'", show(wanted), show(has));
        let prior = self.names.bindings[r.name as usize].at as usize;
        let prior = self.span(prior, prior + 1 + text.len());
        self.diags.error(Diagnostic::error(codes::TYPE_CLASH, message).at(span).also(prior, "prior use here"))
    }
    /// Binds a name to the values of an operation or to a block argument.
    pub(crate) fn define(&mut self, name: u32, at: u32, values: &[Value]) -> Res<()> {
        let frame = self.bodies.last_mut().expect("a body is being read");
        let scope = frame.scope;
        let binding = &mut self.names.bindings[name as usize];
        let text = self.names.texts[name as usize];
        let len = text.len() + 1;
        if binding.scope == scope && binding.defined {
            let first = binding.at as usize;
            let first = self.span(first, first + len);
            let message = format!("redefinition of SSA value `%{text}`");
            let span = self.span(at as usize, at as usize + len);
            let d = Diagnostic::error(codes::REDEFINED_VALUE, message).at(span);
            return Err(self.diags.error(d.also(first, "first defined here")));
        }
        let new = Binding { values: values.iter().map(|v| Some(*v)).collect(), scope, defined: true, at };
        let old = std::mem::replace(binding, new);
        if old.scope != scope {
            self.names.log.push(Saved { name, old });
            return Ok(());
        }
        // Uses came before. The scope's end must forget the name.
        self.names.log.push(Saved { name, old: Binding::default() });
        self.replace_stand_ins(name, at, &old.values, values)
    }
    fn replace_stand_ins(&mut self, name: u32, at: u32, old: &[Option<Value>], new: &[Value]) -> Res<()> {
        let text = self.names.texts[name as usize];
        for (i, stand_in) in old.iter().enumerate() {
            let Some(stand_in) = *stand_in else { continue };
            let frame = self.bodies.last_mut().expect("a body is being read");
            let Some(value) = new.get(i).copied() else {
                let message = format!("`%{text}#{i}` was used, but `%{text}` has {} results", new.len());
                return Err(self.report(codes::UNDEFINED_VALUE, at as usize, at as usize + 1 + text.len(), message));
            };
            let (wanted, has) = (frame.body.ty(stand_in), frame.body.ty(value));
            frame.body.replace_all_uses(stand_in, value);
            frame.unresolved -= 1;
            if wanted != has {
                let show = |t| crate::print_type(self.ctx, t);
                let message = format!(
                    "definition of SSA value `%{text}#{i}` has type '{}', but it was used as '{}'",
                    show(has),
                    show(wanted)
                );
                return Err(self.report(codes::TYPE_CLASH, at as usize, at as usize + 1 + text.len(), message));
            }
        }
        Ok(())
    }
}

/// A block that the text names.
pub(crate) struct NamedBlock {
    pub block: Block,
    pub defined: bool,
    pub at: u32,
}

/// A region under construction.
pub(crate) struct RegionFrame<'s> {
    pub region: Region,
    pub blocks: FxHashMap<&'s str, NamedBlock>,
    /// The block that operations go into.
    pub block: Option<Block>,
    pub mark: ScopeMark,
    /// Where the region's `{` stands.
    pub at: u32,
}

impl<'s> Parser<'_, 's> {
    /// The block `^name` of the region being read, made if need be.
    pub(crate) fn block_ref(&mut self) -> Res<Block> {
        if self.peek() != b'^' {
            return Err(self.expected("a block such as `^bb1`"));
        }
        let at = self.pos as u32;
        let name = self.suffix_id();
        let body = &mut self.bodies.last_mut().expect("a body is being read").body;
        let region = self.regions.last_mut().expect("a region is being read");
        let make = || NamedBlock { block: body.new_block(), defined: false, at };
        Ok(region.blocks.entry(name).or_insert_with(make).block)
    }
}
