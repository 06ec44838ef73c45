//! Symbols: operations that a name refers to.

use crate::Attr;
use crate::attrs::AttrKind;
use crate::body::{Block, Body, Op, OpData};
use crate::context::{Context, Ident};
use rustc_hash::FxHashMap;

/// The attribute that holds a symbol's name.
pub const SYM_NAME: &str = "sym_name";

impl OpData {
    pub fn symbol_name<'c>(&self, ctx: &'c Context) -> Option<&'c str> {
        ctx.as_str(self.attr(ctx, SYM_NAME)?)
    }
}

/// The symbols directly in one block, by name.
#[derive(Clone, Debug, Default)]
pub struct SymbolTable {
    map: FxHashMap<Ident, Op>,
}

impl SymbolTable {
    pub fn of_block(ctx: &Context, body: &Body, block: Block) -> Self {
        let mut map = FxHashMap::default();
        for op in body.block_ops(block) {
            if let Some(name) = body.op(op).symbol_name(ctx) {
                map.entry(ctx.ident(name)).or_insert(op);
            }
        }
        Self { map }
    }
    /// The symbols of a symbol table operation's first block.
    pub fn of(ctx: &Context, table: &OpData) -> Self {
        match (table.body(), table.entry()) {
            (Some(body), Some(block)) => Self::of_block(ctx, body, block),
            _ => Self::default(),
        }
    }
    pub fn get(&self, ctx: &Context, name: &str) -> Option<Op> {
        self.map.get(&ctx.ident(name)).copied()
    }
    pub fn insert(&mut self, ctx: &Context, name: &str, op: Op) {
        self.map.insert(ctx.ident(name), op);
    }
    /// `base`, or `base_0`, `base_1`… whichever is free first.
    pub fn fresh_name(&self, ctx: &Context, base: &str) -> String {
        if !self.map.contains_key(&ctx.ident(base)) {
            return base.to_owned();
        }
        let free = (0..).map(|i| format!("{base}_{i}")).find(|n| !self.map.contains_key(&ctx.ident(n)));
        free.unwrap_or_else(|| base.to_owned())
    }
}

/// Calls `f` with every symbol reference inside an attribute.
pub fn for_each_symbol_ref(ctx: &Context, attr: Attr, f: &mut dyn FnMut(Ident, &[Ident])) {
    match ctx.attr_kind(attr) {
        AttrKind::SymbolRef { root, nested } => f(root, nested),
        AttrKind::Array(items) => items.iter().for_each(|a| for_each_symbol_ref(ctx, *a, f)),
        AttrKind::Dict(entries) => entries.iter().for_each(|(_, a)| for_each_symbol_ref(ctx, *a, f)),
        _ => {}
    }
}

/// Calls `f` with every symbol reference in an operation's attributes.
pub fn op_symbol_refs(ctx: &Context, data: &OpData, f: &mut dyn FnMut(Ident, &[Ident])) {
    let slots = data.prop_slots().iter().flatten().copied();
    for attr in slots.chain(data.raw_props()).chain(data.discardable()) {
        for_each_symbol_ref(ctx, attr, f);
    }
}
