//! `payload($r, …)` and `payload-body($r, …)`: a region of one operation as `{ a.op }` in front, any other region with its arguments at
//! the end.

use super::read::CustomState;
use super::write::Writer;
use crate::parse::cursor::Res;
use crate::parse::{Parser, codes};
use edge_dialect::infer::{self, Types};
use edge_dialect::model::{OpDef, PayloadOperands};
use edge_dialect::{Registry, verify};
use edge_ir::{Attr, Context, Ident, Loc, Op, OpState, Region, Type, Value};

/// `{ a.op {x = 1} }` as read: the region is made when the types are known.
pub(crate) struct Payload {
    pub region: usize,
    order: PayloadOperands,
    name: Ident,
    attrs: Vec<(Ident, Attr)>,
}

/// Which of a block's arguments the operation takes, in order; the last `inits` arguments are the outputs' elements.
fn taken(order: PayloadOperands, args: &[Value]) -> Vec<Value> {
    let Some((last, rest)) = args.split_last() else { return vec![] };
    match order {
        PayloadOperands::InitFirst => std::iter::once(*last).chain(rest.iter().copied()).collect(),
        PayloadOperands::Inputs => rest.to_vec(),
    }
}

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn read_payload(&mut self, custom: &mut CustomState<'c, 's>, region: usize, order: PayloadOperands) -> Res<()> {
        if !self.eat("{") {
            return Ok(());
        }
        self.space();
        let word = self.word();
        if word.is_empty() {
            return Err(self.expected("the name of an operation"));
        }
        self.pos += word.len();
        let name = self.ctx.ident(word);
        let attrs = if self.peek() == b'{' { Some(self.dict()?) } else { None };
        let attrs = attrs.map_or(vec![], |a| self.ctx.dict_entries(a).to_vec());
        custom.payload = Some(Payload { region, order, name, attrs });
        self.expect("}")
    }
    pub(super) fn read_payload_body(&mut self, custom: &mut CustomState<'c, 's>, region: usize) -> Res<()> {
        if custom.payload.is_some() || self.peek() != b'(' {
            return Ok(());
        }
        self.expect("(")?;
        self.read_args(custom, region, None, true, None)?;
        self.expect(")")?;
        custom.wanted.push(region);
        Ok(())
    }
    /// The region of a payload: an argument for each operand, the operation, and the terminator.
    pub(super) fn make_payload(
        &mut self,
        def: &'c OpDef,
        payload: &Payload,
        region: Region,
        operands: &[Type],
        at: (usize, usize, Loc),
    ) -> Res<()> {
        let ctx = self.ctx;
        let (start, end, loc) = at;
        let fail = |p: &Self, message: String| Err(p.report(codes::BAD_OP, start, end, message));
        let block = self.body().add_block(region);
        let args: Vec<Value> = operands.iter().map(|t| self.body().add_arg(block, ctx.elem_or_self(*t), loc)).collect();
        let taken = taken(payload.order, &args);
        let types: Vec<Type> = taken.iter().map(|v| self.body().ty(*v)).collect();
        let inner = ctx.op_info(payload.name).and_then(Registry::definition);
        let Some(inner) = inner.filter(|d| d.operands.len() == types.len() && !d.operands.iter().any(|o| o.is_variable()))
        else {
            return fail(self, format!("`{}` does not take {} operands", ctx.str(payload.name), types.len()));
        };
        let (props, attrs): (Vec<_>, Vec<_>) =
            payload.attrs.iter().copied().partition(|a| inner.property(ctx.str(a.0)).is_some());
        let fields = |name: &str| props.iter().find(|p| ctx.str(p.0) == name).map(|p| p.1);
        let slots = types.iter().map(|t| vec![Some(*t)]).collect();
        let mut known = Types { operands: slots, results: vec![None; inner.results.len()] };
        if let Err(message) = infer::complete(ctx, inner, &mut known, &fields) {
            return fail(self, message);
        }
        let mut state = OpState::new(payload.name, loc);
        let defaults = verify::defaults(ctx, inner, &known, &fields);
        state.operands.extend(taken);
        state.result_types.extend(known.results.into_iter().flatten().flatten());
        state.props.extend(defaults.into_iter().map(|(slot, v)| (ctx.ident(&inner.properties[slot].name), v)));
        state.props.extend(props);
        state.attrs = (!attrs.is_empty()).then(|| ctx.dict_attr(&attrs));
        let body = self.body();
        let op = body.create(ctx, state);
        body.append(block, op);
        let results = body.op(op).results().to_vec();
        if let Some(terminator) = def.regions[payload.region].terminators.first() {
            let mut end = OpState::new(ctx.ident(terminator), loc);
            end.operands.extend(results);
            let end = body.create(ctx, end);
            body.append(block, end);
        }
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    /// The operation of a region that has but it and a terminator, where all operands and results are as [`Parser::make_payload`] has
    /// them.
    fn payload(&self, region: usize, order: PayloadOperands) -> Option<Op> {
        let inner = self.body.op_regions(self.op).0;
        let region = *self.regions[region].first()?;
        let block = inner.region_first(region).filter(|b| inner.block_next(*b).is_none())?;
        let ops: Vec<Op> = inner.block_ops(block).collect();
        let [op, end] = ops[..] else { return None };
        let operands: Vec<Value> = inner.operands(op).collect();
        let yields = inner.operands(end).eq(inner.op(op).results().iter().copied());
        let plain = inner.op(op).regions().is_empty() && !operands.is_empty() && inner.op(op).info(self.p.ctx).is_some();
        (yields && plain && operands == taken(order, inner.block_args(block))).then_some(op)
    }
    pub(super) fn write_payload(&mut self, region: usize, order: PayloadOperands) {
        let Some(op) = self.payload(region, order) else { return };
        let ctx: &Context = self.p.ctx;
        let data = self.body.op_regions(self.op).0.op(op);
        let entries = crate::print::merged_attrs(ctx, data).unwrap_or_default();
        let inner = data.info(ctx).and_then(Registry::definition);
        // Fast-math flags that allow nothing are not worth a word; other defaults are spelt out.
        let flags = |name: Ident, value: Attr| {
            let def = inner?;
            let spec = &def.properties[def.property(ctx.str(name)).filter(|_| ctx.str(name) == "fastmath")?];
            (infer::default_value(ctx, def, spec, &|_| None, &|_| None, &|_| None)? == value).then_some(())
        };
        let shown: Vec<(Ident, Attr)> = entries.into_iter().filter(|(n, v)| flags(*n, *v).is_none()).collect();
        self.p.text(" { ");
        self.p.text(ctx.str(data.name));
        if !shown.is_empty() {
            self.p.text(" ");
            self.p.dict(&shown, |_| true);
        }
        self.p.text(" }");
        self.after_token();
    }
    pub(super) fn write_payload_body(&mut self, region: usize, order: PayloadOperands) {
        if self.payload(region, order).is_some() {
            return;
        }
        let Some(first) = self.regions[region].first().copied() else { return };
        self.p.indent += 2;
        self.newline();
        self.p.text("(");
        self.write_args(region, None, true, None);
        self.p.text(") ");
        self.region(region, first);
        self.p.indent -= 2;
    }
}
