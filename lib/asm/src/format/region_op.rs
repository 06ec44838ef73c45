//! A region as the name of the one operation in it: `region-op`.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::cursor::Res;
use crate::parse::op::OpFrame;
use crate::parse::{Parser, codes};
use edge_dialect::Registry;
use edge_dialect::model::{Arity, Combinator, Element, OpDef, Trait};
use edge_ir::{Context, Ident, OpState, Region, Type};

/// A region whose operation was named; it is made when the types are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedRegion {
    region: usize,
    operands: usize,
    op: Ident,
    at: usize,
}

/// Whether an operation takes two values, gives one, and may be named in place of a region of an operation of its dialect.
fn combines(def: &OpDef, around: &OpDef) -> bool {
    let single =
        |values: &[edge_dialect::model::ValueSpec], n| values.len() == n && values.iter().all(|v| v.arity == Arity::One);
    def.dialect == around.dialect
        && def.has(&Trait::Commutative)
        && single(&def.operands, 2)
        && single(&def.results, 1)
        && def.regions.is_empty()
}

/// A tensor without dimensions with the element type of a value.
fn scalar_tensor(ctx: &Context, of: Type) -> Type {
    ctx.tensor(&[], ctx.elem_or_self(of))
}

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn read_region_op(&mut self, custom: &mut CustomState<'c, 's>, region: usize, operands: usize) -> Res<()> {
        let word = self.word();
        let at = self.pos;
        let def = self.ctx.op_info(self.ctx.ident(word)).and_then(Registry::definition);
        if !def.is_some_and(|d| combines(d, custom.def)) {
            let message =
                format!("expected a commutative operation of `{}` with two operands and one result", custom.def.dialect);
            return Err(self.report(codes::EXPECTED, at, at + word.len().max(1), message));
        }
        self.pos += word.len();
        custom.named_regions.push(NamedRegion { region, operands, op: self.ctx.ident(word), at });
        Ok(())
    }
    /// Makes the regions whose operations were named.
    pub(super) fn make_named_regions(&mut self, custom: &mut CustomState<'c, 's>, frame: &OpFrame<'c, 's>) -> Res<()> {
        if custom.named_regions.is_empty() {
            return Ok(());
        }
        let end = self.pos;
        self.spread_types(custom, frame.name_at, end)?;
        for named in std::mem::take(&mut custom.named_regions) {
            let Some(of) = custom.types.operands[named.operands].first().copied().flatten() else {
                return Err(self.report(codes::BAD_OP, named.at, end, "there is no operand whose elements are combined"));
            };
            let ty = scalar_tensor(self.ctx, of);
            let region = self.region_of(named.op, ty, custom.def.regions[named.region].terminators.first(), frame.place);
            custom.regions.push((named.region, Some(region)));
        }
        Ok(())
    }
    fn region_of(&mut self, name: Ident, ty: Type, end: Option<&String>, place: (u32, u32)) -> Region {
        let (ctx, loc) = (self.ctx, self.place_loc(place));
        let body = self.body();
        let region = body.new_region();
        let block = body.add_block(region);
        let args = [body.add_arg(block, ty, loc), body.add_arg(block, ty, loc)];
        let mut inner = OpState::new(name, loc);
        inner.operands.extend(args);
        inner.result_types.push(ty);
        let op = body.create(ctx, inner);
        body.append(block, op);
        if let Some(end) = end {
            let mut last = OpState::new(ctx.ident(end), loc);
            last.operands.extend(body.op(op).results().iter().copied());
            let last = body.create(ctx, last);
            body.append(block, last);
        }
        region
    }
}

impl Writer<'_, '_, '_, '_> {
    /// The operation that stands for a region, where one does.
    pub(super) fn region_op(&self, region: usize, operands: usize) -> Option<Ident> {
        let ctx = self.p.ctx;
        let inner = self.body.op_regions(self.op).0;
        let only = *self.regions[region].first()?;
        let block = inner.region_first(only).filter(|b| inner.block_next(*b).is_none())?;
        let first = inner.block_first(block)?;
        let last = inner.next_op(first).filter(|op| inner.next_op(*op).is_none())?;
        let (data, end) = (inner.op(first), inner.op(last));
        data.info(ctx).and_then(Registry::definition).filter(|d| combines(d, self.def))?;
        let ty = scalar_tensor(ctx, self.body.ty(*self.operands[operands].first()?));
        let args = inner.block_args(block);
        let types = args.iter().chain(data.results()).all(|v| inner.ty(*v) == ty);
        let ends = self.def.regions[region].terminators.first().is_some_and(|t| t == ctx.str(end.name));
        let plain =
            data.discardable().is_none() && end.discardable().is_none() && data.prop_slots().iter().all(Option::is_none);
        let wired = inner.operands(first).eq(args.iter().copied()) && inner.operands(last).eq(data.results().iter().copied());
        (args.len() == 2 && types && ends && plain && wired).then_some(data.name)
    }
    /// Whether a region has blocks that its format's `region-op` cannot say.
    pub(super) fn is_spelled(&self, region: usize) -> bool {
        let inner = self.body.op_regions(self.op).0;
        let blocks = self.regions[region].iter().any(|r| inner.region_first(*r).is_some());
        blocks && self.region_op_operands(region).and_then(|operands| self.region_op(region, operands)).is_none()
    }
    pub(super) fn region_op_operands(&self, region: usize) -> Option<usize> {
        let format = self.def.format.as_ref()?;
        format.elements.iter().find_map(|e| find(e, region))
    }
}

/// The operands of the `region-op` of a region.
fn find(element: &Element, region: usize) -> Option<usize> {
    match element {
        Element::Combinator(Combinator::RegionOp { region: r, operands }) if *r == region => Some(*operands),
        Element::Group(g) => g.then.iter().chain(&g.otherwise).find_map(|e| find(e, region)),
        Element::OneOf(groups) => groups.iter().flat_map(|g| &g.then).find_map(|e| find(e, region)),
        _ => None,
    }
}
