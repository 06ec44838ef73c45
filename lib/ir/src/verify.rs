//! The structural verifier: what holds for every operation whatever its dialect. Blocks end in terminators where the operation
//! around them wants one, values dominate their uses, symbols of one table differ.

use crate::body::{Block, Body, Op, OpData, Region};
use crate::context::Context;
use crate::dominance::Dominance;
use crate::info::Traits;
use crate::locs::Loc;
use crate::symbols::SYM_NAME;
use rustc_hash::FxHashMap;

/// A structural error: a code, what is wrong, where, and other places that matter.
#[derive(Clone, Debug)]
pub struct Finding {
    pub code: edge_support::Code,
    pub message: String,
    pub loc: Loc,
    pub also: Vec<(Loc, String)>,
}

edge_support::codes! {
    /// A value is used where its definition does not dominate.
    DOMINANCE = "E0101";
    /// A block does not end in a terminator.
    NO_TERMINATOR = "E0102";
    /// A terminator or an operation with successors stands in the middle of a block.
    TERMINATOR_INSIDE = "E0103";
    /// Two symbols of one table have the same name.
    DUPLICATE_SYMBOL = "E0104";
    /// The entry block of a region is a branch's target.
    ENTRY_TARGET = "E0105";
    /// A branch leads into another region.
    FOREIGN_SUCCESSOR = "E0106";
    /// A region holds an empty block.
    EMPTY_BLOCK = "E0107";
}

/// Checks an operation and all in it. Findings come in program order.
pub fn verify(ctx: &Context, body: &mut Body, op: Op) -> Vec<Finding> {
    let mut v = Verifier { ctx, owner_graph: true, findings: Vec::new() };
    v.op(body, op, &mut Dominance::new());
    v.findings
}

/// [`verify`] of an isolated operation, as a nested pass holds it.
pub fn verify_isolated(ctx: &Context, op: &mut OpData) -> Vec<Finding> {
    let mut v = Verifier { ctx, owner_graph: true, findings: Vec::new() };
    v.isolated(op);
    v.findings
}

struct Verifier<'c> {
    ctx: &'c Context,
    /// Whether the regions of the owner of the body that is looked at are graphs.
    owner_graph: bool,
    findings: Vec<Finding>,
}

impl Verifier<'_> {
    fn report(&mut self, code: edge_support::Code, loc: Loc, message: String) {
        self.findings.push(Finding { code, message, loc, also: vec![] });
    }
    fn op(&mut self, body: &mut Body, op: Op, dom: &mut Dominance) {
        if body.op(op).body().is_some() {
            return self.isolated(body.op_mut(op));
        }
        let regions: Vec<Region> = body.op(op).regions().to_vec();
        if !regions.is_empty() {
            let data = HeldOp::of(self.ctx, body.op(op));
            self.held_regions(&data, body, &regions, dom);
        }
    }
    fn isolated(&mut self, op: &mut OpData) {
        let held = HeldOp::of(self.ctx, op);
        let Some((mut inner, regions)) = op.take_body() else { return };
        let around = std::mem::replace(&mut self.owner_graph, held.graph);
        self.held_regions(&held, &mut inner, &regions, &mut Dominance::new());
        self.owner_graph = around;
        op.put_body(inner, regions);
    }
    fn held_regions(&mut self, parent: &HeldOp, body: &mut Body, regions: &[Region], dom: &mut Dominance) {
        for region in regions {
            if parent.symbol_table {
                self.symbols(body, *region);
            }
            for block in body.blocks(*region).collect::<Vec<_>>() {
                self.block(parent, body, *region, block, dom);
            }
        }
    }
    fn symbols(&mut self, body: &Body, region: Region) {
        let mut seen: FxHashMap<&str, Loc> = FxHashMap::default();
        for block in body.blocks(region) {
            for op in body.block_ops(block) {
                let data = body.op(op);
                let name = data.attr(self.ctx, SYM_NAME).and_then(|a| self.ctx.as_str(a));
                let Some(name) = name else { continue };
                if let Some(first) = seen.insert(name, data.loc) {
                    self.findings.push(Finding {
                        code: DUPLICATE_SYMBOL,
                        message: format!("redefinition of symbol named '{name}'"),
                        loc: data.loc,
                        also: vec![(first, "first defined here".into())],
                    });
                }
            }
        }
    }
    fn block(&mut self, parent: &HeldOp, body: &mut Body, region: Region, block: Block, dom: &mut Dominance) {
        let ops: Vec<Op> = body.block_ops(block).collect();
        let only = body.region_first(region) == Some(block) && body.block_next(block).is_none();
        let wants = parent.registered && !(parent.no_terminator && only);
        match ops.last() {
            None if wants => self.report(EMPTY_BLOCK, parent.loc, "empty block: expect at least a terminator".into()),
            None => {}
            Some(last) => {
                let data = body.op(*last);
                if wants && data.is_registered() && !data.has(self.ctx, Traits::TERMINATOR) {
                    let message = "block with no terminator, has ".to_string() + &self.describe(data);
                    self.report(NO_TERMINATOR, data.loc, message);
                }
            }
        }
        let reachable = dom.is_reachable(body, block);
        for (i, op) in ops.iter().enumerate() {
            let data = body.op(*op);
            let last = i + 1 == ops.len();
            if !last && (data.has(self.ctx, Traits::TERMINATOR) || !data.successors().is_empty()) {
                let message = format!("{} must be the last operation in its block", self.describe(data));
                self.report(TERMINATOR_INSIDE, data.loc, message);
            }
            self.successors(parent, body, region, *op);
            if reachable {
                self.dominance(body, *op, dom);
            }
            self.op(body, *op, dom);
        }
    }
    fn successors(&mut self, parent: &HeldOp, body: &Body, region: Region, op: Op) {
        let data = body.op(op);
        for successor in data.successors() {
            if body.block_region(*successor) != Some(region) {
                self.report(FOREIGN_SUCCESSOR, data.loc, "branching to block of a different region".into());
            } else if body.region_first(region) == Some(*successor) {
                self.report(ENTRY_TARGET, parent.loc, "entry block of region may not have predecessors".into());
            }
        }
    }
    fn dominance(&mut self, body: &mut Body, op: Op, dom: &mut Dominance) {
        for index in 0..body.op(op).num_operands() {
            let value = body.operand(op, index);
            if !dom.value_dominates(body, value, op) && !self.in_graph(body, value, op) {
                let data = body.op(op);
                let also = body.value_loc(value).map(|l| (l, "operand defined here".to_string()));
                self.findings.push(Finding {
                    code: DOMINANCE,
                    message: format!("operand #{index} does not dominate this use"),
                    loc: data.loc,
                    also: also.into_iter().collect(),
                });
            }
        }
    }
    /// Values of a graph region are visible everywhere inside it, nested regions included.
    fn in_graph(&self, body: &Body, value: crate::Value, user: Op) -> bool {
        let Some(region) = body.value_block(value).and_then(|b| body.block_region(b)) else { return false };
        // Of the regions that the body's owner holds, only the owner knows.
        let graph = body.region_parent(region).map_or(self.owner_graph, |p| HeldOp::of(self.ctx, body.op(p)).graph);
        let region_of = |op: Op| body.op(op).block().and_then(|b| body.block_region(b));
        graph && std::iter::successors(Some(user), |op| body.parent_op(*op)).any(|op| region_of(op) == Some(region))
    }
    fn describe(&self, data: &OpData) -> String {
        format!("'{}'", self.ctx.str(data.name))
    }
}

/// What the checks of a region need of the operation that holds it.
struct HeldOp {
    registered: bool,
    no_terminator: bool,
    graph: bool,
    symbol_table: bool,
    loc: Loc,
}

impl HeldOp {
    fn of(ctx: &Context, data: &OpData) -> Self {
        Self {
            registered: data.is_registered(),
            no_terminator: data.has(ctx, Traits::NO_TERMINATOR),
            // As in MLIR, nothing is known of an unregistered operation's regions, so no order is asked of them.
            graph: !data.is_registered() || data.has(ctx, Traits::GRAPH_REGION),
            symbol_table: data.has(ctx, Traits::SYMBOL_TABLE),
            loc: data.loc,
        }
    }
}
