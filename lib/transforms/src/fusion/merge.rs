//! The frame of a nest made from two.

use super::extents::{Extent, of_value};
use crate::loop_ir::{NestOp, names};
use edge_ir::body::Mapping;
use edge_ir::{Block, Body, Context, Loc, Op, Region, Type, Value};

/// A nest under construction: operands of both nests without duplicates, and a body with one argument for each.
pub struct Merged {
    ins: Vec<Value>,
    outs: Vec<Value>,
    dims: Vec<Value>,
    pub body: Body,
    region: Region,
    pub block: Block,
    /// Arguments of the nests in terms of the new ones.
    pub maps: [Mapping; 2],
    /// Arguments of outs, in order: those of the first nest, then of the second.
    pub out_args: Vec<Value>,
}

/// Operands of one nest by role, with their block arguments.
struct Roles {
    ins: Vec<(Value, Value)>,
    outs: Vec<(Value, Value)>,
    dims: Vec<(Value, Value)>,
}

fn roles(ctx: &Context, host: &Body, nest: NestOp) -> Roles {
    let (inner, block) = nest.inner(host);
    let pairs: Vec<(Value, Value)> = host.operands(nest.0).zip(inner.block_args(block).iter().copied()).collect();
    let (ins, outs, _) = nest.counts(ctx, host);
    Roles { ins: pairs[..ins].to_vec(), outs: pairs[ins..ins + outs].to_vec(), dims: pairs[ins + outs..].to_vec() }
}

impl Merged {
    /// The frame of `nests`. Ins for which `forwarded` holds get no operand; their arguments stay out of the maps.
    /// Outs of nests for which `keep_outs` is false are left out likewise.
    pub fn new(
        ctx: &Context,
        host: &Body,
        nests: [NestOp; 2],
        keep_outs: [bool; 2],
        loc: Loc,
        forwarded: impl Fn(usize, Value) -> bool,
    ) -> Merged {
        let mut body = Body::new();
        let region = body.new_region();
        let block = body.add_block(region);
        let mut m = Merged {
            ins: vec![],
            outs: vec![],
            dims: vec![],
            body,
            region,
            block,
            maps: [Mapping::new(), Mapping::new()],
            out_args: vec![],
        };
        let both = nests.map(|n| roles(ctx, host, n));
        let old = nests.map(|n| n.inner(host).0);
        let mut made: Vec<(Value, Value)> = Vec::new();
        for (n, r) in both.iter().enumerate() {
            for (operand, arg) in r.ins.iter().filter(|(operand, _)| !forwarded(n, *operand)) {
                let new = m.shared(&mut made, *operand, old[n].ty(*arg), loc);
                m.maps[n].map(*arg, new);
            }
        }
        for (n, r) in both.iter().enumerate().filter(|(n, _)| keep_outs[*n]) {
            for (operand, arg) in &r.outs {
                let new = m.body.add_arg(block, old[n].ty(*arg), loc);
                m.outs.push(*operand);
                m.out_args.push(new);
                m.maps[n].map(*arg, new);
            }
        }
        let mut extents: Vec<(Extent, Value)> = Vec::new();
        for (n, r) in both.iter().enumerate() {
            for (operand, arg) in &r.dims {
                let extent = of_value(ctx, host, *operand);
                let known = extents.iter().find(|(e, _)| *e == extent).map(|(_, new)| *new);
                let new = known.unwrap_or_else(|| {
                    let new = m.body.add_arg(block, ctx.index(), loc);
                    m.dims.push(*operand);
                    extents.push((extent, new));
                    new
                });
                m.maps[n].map(*arg, new);
            }
        }
        m
    }

    /// The argument of an in, which both nests may have.
    fn shared(&mut self, made: &mut Vec<(Value, Value)>, operand: Value, ty: Type, loc: Loc) -> Value {
        if let Some((_, new)) = made.iter().find(|(o, _)| *o == operand) {
            return *new;
        }
        let new = self.body.add_arg(self.block, ty, loc);
        self.ins.push(operand);
        made.push((operand, new));
        new
    }

    /// Copies all operations of a nest's block but the terminator to the end of the new block.
    pub fn clone_all(&mut self, ctx: &Context, which: usize, source: &Body, block: Block) {
        for op in source.block_ops(block) {
            if source.name(ctx, op) != names::END {
                let new = self.body.clone_from(ctx, source, op, &mut self.maps[which]);
                self.body.append(self.block, new);
            }
        }
    }

    /// Removes the out with this argument, which nothing uses any more.
    pub fn drop_out(&mut self, arg: Value) {
        let Some(n) = self.out_args.iter().position(|a| *a == arg) else { return };
        let place = self.ins.len() + n;
        self.body.erase_arg(self.block, place);
        self.out_args.remove(n);
        self.outs.remove(n);
    }

    /// Ends the body and puts the nest before `at`; gives the operation, with one result per out that is left.
    pub fn finish(mut self, ctx: &Context, host: &mut Body, at: Op, loc: Loc, attrs: Option<edge_ir::Attr>) -> Op {
        let mut inner = edge_ir::Builder::at_end(ctx, &mut self.body, self.block, loc);
        inner.op(names::END).build();
        let types: Vec<Type> = self.outs.iter().map(|v| host.ty(*v)).collect();
        let sizes = [self.ins.len() as i32, self.outs.len() as i32, self.dims.len() as i32];
        let mut b = edge_ir::Builder { ctx, body: host, at: edge_ir::InsertPoint::Before(at), loc };
        b.op(names::NEST)
            .operands(self.ins.iter().chain(&self.outs).chain(&self.dims).copied())
            .results(types)
            .prop("operandSegmentSizes", ctx.i32_array(&sizes))
            .discardable(attrs)
            .isolated(self.body, &[self.region])
            .build()
    }
}
