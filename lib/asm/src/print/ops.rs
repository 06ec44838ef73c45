//! Operations in generic form, regions and blocks.

use super::Printer;
use edge_ir::{Attr, Block, Body, Context, Ident, Op, OpData, Region, Traits};
use rustc_hash::FxHashMap;

/// Properties and discardable attributes, sorted by key, where both are looked through for aliases.
pub(crate) fn merged_attrs(ctx: &Context, data: &OpData) -> Option<Vec<(Ident, Attr)>> {
    let mut merged: Vec<(Ident, Attr)> = properties(ctx, data)?;
    if let Some(info) = data.info(ctx) {
        if !crate::format::known_to_mlir(ctx, info) {
            return None;
        }
    }
    merged.extend(data.discardable().map_or(&[][..], |d| ctx.dict_entries(d)));
    merged.sort_by(|a, b| ctx.str(a.0).cmp(ctx.str(b.0)));
    Some(merged)
}

/// The properties that an operation prints in generic form, sorted; `None` where it has no properties at all.
fn properties(ctx: &Context, data: &OpData) -> Option<Vec<(Ident, Attr)>> {
    if let Some(raw) = data.raw_props() {
        return Some(ctx.dict_entries(raw).to_vec());
    }
    let info = data.info(ctx)?;
    let mut set: Vec<(Ident, Attr)> =
        info.props.iter().zip(data.prop_slots()).filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    if set.is_empty() {
        return None;
    }
    set.sort_by(|a, b| ctx.str(a.0).cmp(ctx.str(b.0)));
    Some(set)
}

impl Printer<'_, '_> {
    /// An operation with its results and location, without indentation before or a newline after.
    pub(crate) fn op_line(&mut self, body: &Body, op: Op) {
        let data = body.op(op);
        if !data.results().is_empty() {
            let groups = self.names.result_groups(body, op);
            self.comma(groups, |p, (start, count)| {
                p.value_name(data.results()[start as usize]);
                if count > 1 {
                    p.text(":");
                    p.number(count as u64);
                }
            });
            self.text(" = ");
        }
        self.op_without_results(body, op);
        self.trailing_loc(Some(data.loc), true);
    }
    /// An operation without its results' names and its location.
    pub(crate) fn op_without_results(&mut self, body: &Body, op: Op) {
        if self.options.generic || !crate::format::print_custom(self, body, op) {
            self.generic_op(body, op);
        }
    }
    pub(crate) fn generic_op(&mut self, body: &Body, op: Op) {
        let ctx = self.ctx;
        let data = body.op(op);
        self.quoted(ctx.str(data.name).as_bytes());
        self.generic_tail(body, op);
    }
    /// What the generic form says after the name.
    pub(crate) fn generic_tail(&mut self, body: &Body, op: Op) {
        let ctx = self.ctx;
        let data = body.op(op);
        self.text("(");
        self.comma(body.operands(op), |p, v| p.value(body, v));
        self.text(")");
        if !data.successors().is_empty() {
            self.text("[");
            self.comma(data.successors(), |p, b| p.block_name(*b));
            self.text("]");
        }
        if let Some(raw) = data.raw_props() {
            self.text(" <");
            self.attr(raw);
            self.text(">");
        } else if let Some(entries) = properties(ctx, data) {
            self.text(" <");
            self.dict(&entries, |_| true);
            self.text(">");
        }
        if !data.regions().is_empty() {
            self.text(" (");
            self.default_dialects
                .push(crate::format::definition(ctx, body, op).and_then(|d| d.default_dialect()).unwrap_or(""));
            self.op_regions(body, op, |p, inner| {
                p.comma(data.regions(), |p, r| p.region(inner, *r, true, true, true, data.loc));
            });
            self.default_dialects.pop();
            self.text(")");
        }
        if let Some(dict) = data.discardable() {
            self.text(" ");
            self.dict(ctx.dict_entries(dict), |_| true);
        }
        self.text(" : (");
        self.comma(body.operands(op), |p, v| p.ty(body.ty(v)));
        self.text(") -> ");
        let results: smallvec::SmallVec<[edge_ir::Type; 4]> = data.results().iter().map(|r| body.ty(*r)).collect();
        self.result_types(&results);
    }
    /// Prints an operation's regions, with the names of its own body where it has one.
    pub(crate) fn op_regions(&mut self, body: &Body, op: Op, f: impl FnOnce(&mut Self, &Body)) {
        match body.op(op).body() {
            Some(inner) => self.in_isolated(op, |p| f(p, inner)),
            None => f(self, body),
        }
    }
    /// `{ … }`. `args`: the first block's label where it has arguments; `terminator`: the last operation, if it is one;
    /// `empty`: the label of a first block without operations.
    pub(crate) fn region(
        &mut self,
        body: &Body,
        region: Region,
        args: bool,
        terminator: bool,
        empty: bool,
        _loc: edge_ir::Loc,
    ) {
        self.text("{\n");
        let preds = self.predecessors(body, region);
        for (i, block) in body.blocks(region).enumerate() {
            let label = i > 0 || (empty && body.block_first(block).is_none()) || (args && !body.block_args(block).is_empty());
            self.block(body, block, i == 0, label, terminator, &preds);
        }
        self.pad();
        self.text("}");
    }
    /// The numbers of the blocks that branch to each block, sorted, once for each branch.
    fn predecessors(&self, body: &Body, region: Region) -> FxHashMap<Block, Vec<Block>> {
        let mut preds: FxHashMap<Block, Vec<Block>> = FxHashMap::default();
        if body.region_first(region) == body.region_last(region) {
            // A lone block can branch to itself only, which is rare enough to look for.
            if body.region_first(region).and_then(|b| body.block_last(b)).is_none_or(|op| body.op(op).successors().is_empty()) {
                return preds;
            }
        }
        for block in body.blocks(region) {
            if let Some(last) = body.block_last(block) {
                for successor in body.op(last).successors() {
                    preds.entry(*successor).or_default().push(block);
                }
            }
        }
        preds
    }
    fn block(
        &mut self,
        body: &Body,
        block: Block,
        entry: bool,
        label: bool,
        terminator: bool,
        preds: &FxHashMap<Block, Vec<Block>>,
    ) {
        if self.collect.is_some() {
            if label {
                self.collect_args(body, block);
            }
        } else if label {
            self.pad();
            self.label(body, block, entry, preds.get(&block).map_or(&[][..], |p| p));
        }
        self.indent += 2;
        for op in body.block_ops(block) {
            let last = body.next_op(op).is_none();
            if last && !terminator && body.op(op).has(self.ctx, Traits::TERMINATOR) {
                break;
            }
            if self.collect.is_some() {
                self.collect_op(body, op);
                continue;
            }
            self.pad();
            self.op_line(body, op);
            self.text("\n");
            self.flush(false);
        }
        self.indent -= 2;
    }
    fn label(&mut self, body: &Body, block: Block, entry: bool, preds: &[Block]) {
        self.block_name(block);
        if !body.block_args(block).is_empty() {
            self.text("(");
            self.comma(body.block_args(block), |p, arg| {
                p.value(body, *arg);
                p.text(": ");
                p.ty(body.ty(*arg));
                p.trailing_loc(body.value_loc(*arg), false);
            });
            self.text(")");
        }
        self.text(":");
        match preds {
            [] if entry => {}
            [] => self.text("  // no predecessors"),
            [one] => {
                self.text("  // pred: ");
                self.block_name(*one);
            }
            many => {
                self.text("  // ");
                self.number(many.len() as u64);
                self.text(" preds: ");
                let mut sorted = many.to_vec();
                sorted.sort_by_key(|b| self.block_order(*b));
                self.comma(sorted, |p, b| p.block_name(b));
            }
        }
        self.text("\n");
    }
}
