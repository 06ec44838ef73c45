//! Which attributes, types and locations are printed by a name, and in what order the names are defined.

use super::Printer;
use edge_ir::{Aliases, Attr, AttrKind, Body, Context, Ident, Loc, LocKind, Op, Param, Type, TypeKind};
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Symbol {
    Attr(Attr),
    Type(Type),
    Loc(Loc),
}

#[derive(Default)]
pub(crate) struct AliasTable {
    names: FxHashMap<Symbol, String>,
    /// In the order of definition, with whether the definition stands after the module.
    order: Vec<(Symbol, bool)>,
}

impl AliasTable {
    fn get(&self, symbol: Symbol) -> Option<String> {
        if self.names.is_empty() { None } else { self.names.get(&symbol).cloned() }
    }
    pub fn of_type(&self, ty: Type) -> Option<String> {
        self.get(Symbol::Type(ty))
    }
    pub fn of_attr(&self, attr: Attr) -> Option<String> {
        self.get(Symbol::Attr(attr))
    }
    pub fn of_loc(&self, loc: Loc) -> Option<String> {
        self.get(Symbol::Loc(loc))
    }
}

struct Entry {
    symbol: Symbol,
    name: Option<String>,
    depth: u32,
    deferred: bool,
    children: Vec<u32>,
}

/// Visits what a module prints, in the order in which it is printed.
#[derive(Default)]
pub(crate) struct Visitor {
    index: FxHashMap<Symbol, u32>,
    entries: Vec<Entry>,
    dicts: FxHashSet<Attr>,
    hints: Aliases,
    /// What texts of unregistered definitions name. MLIR does not look there, so it comes last.
    named: Vec<(u32, Symbol)>,
}

/// Tuples of more types than this get a name.
const LONG_TUPLE: usize = 16;

impl Visitor {
    pub fn visit_type(&mut self, ctx: &Context, ty: Type) {
        self.visit(ctx, Symbol::Type(ty), false);
    }
    pub fn visit_attr(&mut self, ctx: &Context, attr: Attr, deferrable: bool) {
        self.visit(ctx, symbol_of(ctx, attr), deferrable);
    }
    /// Each value of a dictionary, but not the dictionary.
    fn visit_entries(&mut self, ctx: &Context, dict: Option<Attr>) {
        let Some(dict) = dict else { return };
        if self.dicts.insert(dict) {
            for (_, value) in ctx.dict_entries(dict) {
                self.visit_attr(ctx, *value, false);
            }
        }
    }
    fn visit(&mut self, ctx: &Context, symbol: Symbol, deferrable: bool) -> (u32, u32) {
        if let Some(index) = self.index.get(&symbol).copied() {
            if !deferrable {
                self.no_longer_deferred(index);
            }
            return (self.entries[index as usize].depth, index);
        }
        let index = self.entries.len() as u32;
        self.index.insert(symbol, index);
        let name = self.base_name(ctx, symbol);
        let depth = name.is_some() as u32;
        self.entries.push(Entry { symbol, name, depth, deferred: deferrable, children: vec![] });
        let (mut deepest, mut children) = (0, Vec::new());
        self.named.extend(opaque_refs(ctx, symbol).into_iter().map(|s| (index, s)));
        for child in children_of(ctx, symbol) {
            let (depth, index) = self.visit(ctx, child, deferrable);
            if depth > 0 {
                deepest = deepest.max(depth);
                children.push(index);
            }
        }
        let entry = &mut self.entries[index as usize];
        entry.children = children;
        if deepest > 0 {
            entry.depth = deepest + 1;
        }
        (entry.depth, index)
    }
    fn no_longer_deferred(&mut self, index: u32) {
        let entry = &mut self.entries[index as usize];
        if std::mem::replace(&mut entry.deferred, false) {
            for child in entry.children.clone() {
                self.no_longer_deferred(child);
            }
        }
    }
    /// Visits what opaque texts name, and puts the texts that have a name themselves after that.
    fn visit_named(&mut self, ctx: &Context) {
        let mut inside: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        let mut next = 0;
        while let Some((outer, symbol)) = self.named.get(next).copied() {
            let (_, index) = self.visit(ctx, symbol, false);
            inside.entry(outer).or_default().push(index);
            next += 1;
        }
        let mut outer: Vec<u32> = inside.keys().copied().collect();
        outer.sort_unstable();
        let mut done = FxHashSet::default();
        for index in outer {
            self.deepen(index, &inside, &mut done);
        }
    }
    fn deepen(&mut self, index: u32, inside: &FxHashMap<u32, Vec<u32>>, done: &mut FxHashSet<u32>) -> u32 {
        if done.insert(index) {
            let named = inside.get(&index).map_or(&[][..], |i| i);
            let children = self.entries[index as usize].children.clone();
            let deepest = children.iter().chain(named).map(|c| self.deepen(*c, inside, done)).max().unwrap_or(0);
            let entry = &mut self.entries[index as usize];
            if deepest > 0 && (!named.is_empty() || entry.name.is_some()) {
                entry.depth = entry.depth.max(deepest + 1);
            }
        }
        self.entries[index as usize].depth
    }
    fn base_name(&self, ctx: &Context, symbol: Symbol) -> Option<String> {
        let hint = |name: &Ident| ctx.str(*name).to_owned();
        match symbol {
            Symbol::Loc(_) => Some("loc".into()),
            Symbol::Type(ty) => match ctx.type_kind(ty) {
                TypeKind::Tuple(types) if types.len() > LONG_TUPLE => Some("tuple".into()),
                TypeKind::Opaque { text, .. } => alias_of(ctx, text, true).or_else(|| self.hints.types.get(&ty).map(hint)),
                TypeKind::Dialect { name, .. } => alias_of(ctx, ctx.str(name), true),
                _ => None,
            },
            Symbol::Attr(attr) => match ctx.attr_kind(attr) {
                AttrKind::AffineMap { .. } => Some("map".into()),
                AttrKind::IntegerSet { .. } => Some("set".into()),
                AttrKind::Distinct { of, .. } if of != ctx.unit() => Some("distinct".into()),
                AttrKind::Opaque { text, .. } => {
                    let known = alias_of(ctx, text, false);
                    known.or_else(|| self.hints.attrs.get(&attr).map(hint))
                }
                AttrKind::Dialect { name, .. } => alias_of(ctx, ctx.str(name), false),
                _ => None,
            },
        }
    }
    fn finish(mut self, ctx: &Context) -> AliasTable {
        self.visit_named(ctx);
        let mut table = AliasTable::default();
        let is_attr = |s: &Symbol| !matches!(s, Symbol::Type(_));
        self.entries.sort_by(|a, b| {
            (a.depth, is_attr(&a.symbol)).cmp(&(b.depth, is_attr(&b.symbol))).then_with(|| a.name.cmp(&b.name))
        });
        let mut counts: FxHashMap<String, u32> = FxHashMap::default();
        for entry in self.entries {
            let Some(name) = entry.name else { continue };
            let n = counts.entry(name.clone()).or_default();
            let sigil = if is_attr(&entry.symbol) { '#' } else { '!' };
            let apart = if name.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            let full = if *n == 0 { format!("{sigil}{name}") } else { format!("{sigil}{name}{apart}{n}") };
            *n += 1;
            table.names.insert(entry.symbol, full);
            table.order.push((entry.symbol, entry.deferred));
        }
        table
    }
}

/// The name that the definition of a type or attribute asks for, by the text after `!` or `#`.
fn alias_of(ctx: &Context, text: &str, is_type: bool) -> Option<String> {
    let registry = edge_dialect::Registry::of(ctx)?;
    let name = text.split(['<', '(', '[', '{', ' ']).next().unwrap_or(text);
    let def = if is_type { registry.type_def(name) } else { registry.attr_def(name) };
    def?.alias.clone()
}

fn symbol_of(ctx: &Context, attr: Attr) -> Symbol {
    match ctx.attr_kind(attr) {
        AttrKind::Loc(loc) => Symbol::Loc(loc),
        _ => Symbol::Attr(attr),
    }
}

/// What is printed inside an attribute, type or location, in order.
fn children_of(ctx: &Context, symbol: Symbol) -> Vec<Symbol> {
    let attr = |a: &Attr| symbol_of(ctx, *a);
    match symbol {
        Symbol::Loc(loc) => match ctx.loc_kind(loc) {
            LocKind::Unknown | LocKind::File { .. } => vec![],
            LocKind::Name { child, .. } if ctx.is_unknown(child) => vec![],
            LocKind::Name { child, .. } => vec![Symbol::Loc(child)],
            LocKind::CallSite { callee, caller } => vec![Symbol::Loc(callee), Symbol::Loc(caller)],
            LocKind::Fused { locs, metadata } => {
                metadata.iter().map(attr).chain(locs.iter().map(|l| Symbol::Loc(*l))).collect()
            }
        },
        Symbol::Type(ty) => match ctx.type_kind(ty) {
            TypeKind::Complex(t) | TypeKind::UnrankedTensor(t) | TypeKind::Vector { elem: t, .. } => vec![Symbol::Type(t)],
            TypeKind::Tuple(types) => types.iter().map(|t| Symbol::Type(*t)).collect(),
            TypeKind::Function { inputs, results } | TypeKind::Graph { inputs, results } => {
                inputs.iter().chain(results).map(|t| Symbol::Type(*t)).collect()
            }
            TypeKind::Tensor { elem, encoding, .. } => {
                std::iter::once(Symbol::Type(elem)).chain(encoding.iter().map(attr)).collect()
            }
            TypeKind::MemRef { elem, layout, space, .. } => {
                std::iter::once(Symbol::Type(elem)).chain(layout.iter().chain(&space).map(attr)).collect()
            }
            TypeKind::UnrankedMemRef { elem, space } => {
                std::iter::once(Symbol::Type(elem)).chain(space.iter().map(attr)).collect()
            }
            TypeKind::Dialect { params, .. } => param_symbols(ctx, params),
            _ => vec![],
        },
        Symbol::Attr(a) => match ctx.attr_kind(a) {
            AttrKind::Array(items) => items.iter().map(attr).collect(),
            AttrKind::Dict(entries) => entries.iter().map(|e| attr(&e.1)).collect(),
            AttrKind::Type(ty) | AttrKind::DenseArray { elem: ty, .. } => vec![Symbol::Type(ty)],
            AttrKind::Distinct { of, .. } => vec![attr(&of)],
            AttrKind::Dialect { params, .. } => param_symbols(ctx, params),
            _ => ctx.attr_type(a).map(Symbol::Type).into_iter().collect(),
        },
    }
}

fn opaque_refs(ctx: &Context, symbol: Symbol) -> Vec<Symbol> {
    let refs = match symbol {
        Symbol::Type(ty) => match ctx.type_kind(ty) {
            TypeKind::Opaque { refs, .. } => refs,
            _ => return vec![],
        },
        Symbol::Attr(a) => match ctx.attr_kind(a) {
            AttrKind::Opaque { refs, .. } => refs,
            _ => return vec![],
        },
        Symbol::Loc(_) => return vec![],
    };
    param_symbols(ctx, refs)
}

fn param_symbols(ctx: &Context, params: &[Param<'_>]) -> Vec<Symbol> {
    let mut out = Vec::new();
    for p in params {
        match p {
            Param::Type(t) => out.push(Symbol::Type(*t)),
            Param::Attr(a) => out.push(symbol_of(ctx, *a)),
            Param::List(l) => out.extend(param_symbols(ctx, l)),
            _ => {}
        }
    }
    out
}

/// Finds every alias of a module.
pub(crate) fn collect(printer: &mut Printer<'_, '_>, body: &Body, root: Op, hints: &Aliases) -> AliasTable {
    if !printer.options.debuginfo && !anything_named(printer.ctx, body, root, hints) {
        return AliasTable::default();
    }
    printer.collect = Some(Box::new(Visitor { hints: hints.clone(), ..Visitor::default() }));
    printer.collect_op(body, root);
    printer.out.clear();
    printer.resources.clear();
    let ctx = printer.ctx;
    printer.collect.take().map(|v| v.finish(ctx)).unwrap_or_default()
}

/// Whether any type or attribute below an operation may get a name at all. Most programs have none, and need not be gone through in
/// the order in which they are printed.
fn anything_named(ctx: &Context, body: &Body, root: Op, hints: &Aliases) -> bool {
    let mut visitor = Visitor { hints: hints.clone(), ..Visitor::default() };
    let mut stack = vec![(body, root)];
    while let Some((body, op)) = stack.pop() {
        let data = body.op(op);
        data.results().iter().for_each(|v| visitor.visit_type(ctx, body.ty(*v)));
        visitor.visit_entries(ctx, data.discardable());
        visitor.visit_entries(ctx, data.raw_props());
        data.prop_slots().iter().flatten().for_each(|a| visitor.visit_attr(ctx, *a, false));
        let (inner, regions) = body.op_regions(op);
        for block in regions.iter().flat_map(|r| inner.blocks(*r)) {
            inner.block_args(block).iter().for_each(|v| visitor.visit_type(ctx, inner.ty(*v)));
            stack.extend(inner.block_ops(block).map(|op| (inner, op)));
        }
    }
    visitor.visit_named(ctx);
    visitor.entries.iter().any(|e| e.name.is_some())
}

impl Printer<'_, '_> {
    pub(crate) fn visitor(&mut self) -> &mut Visitor {
        self.collect.get_or_insert_default()
    }
    /// Visits what an operation prints.
    pub(crate) fn collect_op(&mut self, body: &Body, op: Op) {
        let ctx = self.ctx;
        if self.options.debuginfo {
            let loc = body.op(op).loc;
            self.visitor().visit(ctx, Symbol::Loc(loc), true);
        }
        if !self.options.generic && crate::format::print_custom(self, body, op) {
            self.out.clear();
            return;
        }
        self.collect_generic(body, op);
    }
    fn collect_generic(&mut self, body: &Body, op: Op) {
        let ctx = self.ctx;
        let data = body.op(op);
        let inner = data.body().unwrap_or(body);
        let regions = |p: &mut Self| {
            for region in data.regions() {
                for block in inner.blocks(*region) {
                    p.collect_args(inner, block);
                    for op in inner.block_ops(block) {
                        p.collect_op(inner, op);
                    }
                }
            }
        };
        if data.body().is_some() && !self.options.generic {
            self.in_isolated(op, regions);
        } else {
            regions(self);
        }
        for value in body.operands(op) {
            self.visitor().visit_type(ctx, body.ty(value));
        }
        for value in data.results() {
            self.visitor().visit_type(ctx, body.ty(*value));
        }
        match super::ops::merged_attrs(ctx, data) {
            Some(merged) => merged.iter().for_each(|(_, value)| self.visitor().visit_attr(ctx, *value, false)),
            None => {
                let dict = data.discardable();
                self.visitor().visit_entries(ctx, dict);
            }
        }
    }
    pub(crate) fn collect_args(&mut self, body: &Body, block: edge_ir::Block) {
        let ctx = self.ctx;
        for arg in body.block_args(block) {
            self.visitor().visit_type(ctx, body.ty(*arg));
            if self.options.debuginfo {
                let loc = body.value_loc(*arg).unwrap_or_else(|| ctx.unknown_loc());
                self.visitor().visit(ctx, Symbol::Loc(loc), false);
            }
        }
    }
    /// The definitions before the module, or those after it.
    pub(crate) fn alias_section(&mut self, deferred: bool) {
        let order = std::mem::take(&mut self.aliases.order);
        for (symbol, _) in order.iter().filter(|o| o.1 == deferred) {
            let Some(name) = self.aliases.names.get(symbol).cloned() else { continue };
            self.text(&name);
            self.text(" = ");
            match symbol {
                Symbol::Attr(attr) => self.attr_text(*attr, super::attrs::TypeShown::Always),
                Symbol::Type(ty) => {
                    // The definition spells the type out, all other places use the name.
                    let alias = self.aliases.names.remove(symbol);
                    self.types.remove(ty);
                    self.ty(*ty);
                    self.types.remove(ty);
                    self.aliases.names.extend(alias.map(|a| (*symbol, a)));
                }
                Symbol::Loc(loc) => {
                    self.text("loc(");
                    self.loc_inner(*loc);
                    self.text(")");
                }
            }
            self.text("\n");
        }
        self.aliases.order = order;
    }
}
