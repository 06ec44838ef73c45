//! The end of a custom form: types that follow, properties that are not given, segments, regions in order, and the operation itself.

use super::Completed;
use super::read::CustomState;
use crate::parse::cursor::Res;
use crate::parse::op::OpFrame;
use crate::parse::{Parser, codes};
use edge_dialect::infer;
use edge_dialect::model::*;
use edge_ir::{OpState, Region, Type};
use smallvec::SmallVec;

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn custom_finish(&mut self, frame: &mut OpFrame<'c, 's>) -> Res<()> {
        let mut custom = frame.custom.take().expect("a custom operation");
        let end = self.pos;
        let loc = self.trailing_loc()?.unwrap_or_else(|| self.place_loc(frame.place));
        let mut state = OpState::new(frame.name, loc);
        self.make_named_regions(&mut custom, frame)?;
        self.order_regions(&mut custom, frame);
        self.close_body(frame, &mut state);
        self.complete_types(&mut custom, frame, end)?;
        let def = custom.def;
        for (n, values) in custom.operands.iter().enumerate() {
            let slots = &custom.types.operands[n];
            if slots.len() != values.len() {
                let message = format!("{} operands of `{}`, but {} types", values.len(), def.operands[n].name, slots.len());
                return Err(self.report(codes::BAD_OP, frame.name_at, end, message));
            }
            for (r, ty) in values.iter().zip(slots) {
                let ty = ty.unwrap_or_else(|| self.ctx.none_type());
                let value = self.resolve(*r, ty)?;
                state.operands.push(value);
            }
        }
        state.result_types = custom.types.results.iter().flatten().flatten().copied().collect();
        state.successors = custom.successors.iter().flatten().copied().collect();
        let slots = frame.info.map_or(&[][..], |i| &i.props);
        state.props.extend(slots.iter().zip(&custom.fields).filter_map(|(name, value)| Some((*name, (*value)?))));
        for (spec, value) in def.attributes.iter().zip(&custom.fields[def.properties.len()..]) {
            custom.attrs.extend(value.map(|v| (self.ctx.ident(&spec.name), v)));
        }
        if let Some(payload) = custom.payload.take()
            && let Some(region) = state.regions.get(payload.region).copied()
        {
            let types: Vec<Type> = state.operands.iter().map(|v| self.body().ty(*v)).collect();
            self.make_payload(def, &payload, region, &types, (frame.name_at, end, loc))?;
        }
        let fields = |name: &str| custom.field(name);
        for body in &def.bodies {
            let types: Vec<Type> = state.operands.iter().map(|v| self.body().ty(*v)).collect();
            let others = def.bodies.iter().any(|b| b.region == body.region && b.args.len() != body.args.len());
            let made = state.regions.get(body.region).copied();
            let Some(region) = made.filter(|r| self.body().region_first(*r).is_none()) else { continue };
            if !others || types.len() == body.args.len() {
                self.make_body(def, body, region, &types, &fields, (frame.name_at, end, loc))?;
            }
        }
        state.attrs = match (custom.dict, &custom.attrs[..]) {
            (_, []) => None,
            (Some((dict, n)), all) if n == all.len() => Some(dict),
            (_, all) => Some(self.ctx.dict_attr(all)),
        };
        self.spare.push(custom);
        self.insert(frame, state, None)
    }
    /// Regions in the order of the definition; one that is left out is empty.
    fn order_regions(&mut self, custom: &mut CustomState<'c, 's>, frame: &mut OpFrame<'c, 's>) {
        let isolated = frame.info.is_some_and(|i| i.has(edge_ir::Traits::ISOLATED));
        if custom.def.regions.is_empty() {
            return;
        }
        if isolated && !frame.own_body {
            self.push_body();
            frame.own_body = true;
        }
        let mut ordered: SmallVec<[Region; 1]> = SmallVec::new();
        for (n, spec) in custom.def.regions.iter().enumerate() {
            let before = ordered.len();
            ordered.extend(custom.regions.iter().filter(|r| r.0 == n).filter_map(|r| r.1));
            if ordered.len() == before && spec.arity == Arity::One {
                let region = self.body().new_region();
                ordered.push(region);
            }
        }
        frame.regions = ordered;
    }
    /// Gives each operand its type where `type(operands)` said all of them at once.
    pub(super) fn spread_types(&mut self, custom: &mut CustomState<'c, 's>, start: usize, end: usize) -> Res<()> {
        let Some(all) = custom.all_operand_types.take() else { return Ok(()) };
        let total: usize = custom.operands.iter().map(Vec::len).sum();
        if all.len() != total {
            let message = format!("expected {total} operand types but had {}", all.len());
            return Err(self.report(codes::BAD_OP, start, end, message));
        }
        let mut all = all.into_iter();
        for (slots, values) in custom.types.operands.iter_mut().zip(&custom.operands) {
            *slots = all.by_ref().take(values.len()).map(Some).collect();
        }
        Ok(())
    }
    /// The types that the text leaves out and the fields that have defaults, in `custom`.
    fn complete_types(&mut self, custom: &mut CustomState<'c, 's>, frame: &OpFrame<'c, 's>, end: usize) -> Res<()> {
        self.spread_types(custom, frame.name_at, end)?;
        self.pointer_types(custom);
        for (n, slots) in custom.types.operands.iter_mut().enumerate() {
            let count = custom.operands[n].len();
            if slots.len() > count {
                let message = format!("{count} operands of `{}`, but {} types", custom.def.operands[n].name, slots.len());
                return Err(self.report(codes::BAD_OP, frame.name_at, end, message));
            }
        }
        for (slots, values) in custom.types.operands.iter_mut().zip(&custom.operands) {
            slots.resize(values.len(), None);
        }
        let named: usize = frame.results.iter().map(|r| r.count as usize).sum();
        let mut key = std::mem::take(&mut self.completion_key);
        Completed::key(custom, named, &mut key);
        if let Some(known) = self.completed.get(&key[..]) {
            known.put(custom);
            self.completion_key = key;
            self.segments(custom);
            return Ok(());
        }
        let mut types = std::mem::take(&mut custom.types);
        let fields = |name: &str| custom.field(name);
        let named = Some(named);
        if let Err(message) = infer::complete_named(self.ctx, custom.def, &mut types, &fields, named) {
            // What the operands say by themselves holds here only.
            key.clear();
            // Operands that are known already say their types themselves.
            for (slots, values) in types.operands.iter_mut().zip(&custom.operands) {
                for (slot, r) in slots.iter_mut().zip(values) {
                    if slot.is_none() {
                        *slot = self.known_value(*r).map(|v| self.body().ty(v));
                    }
                }
            }
            let again = infer::complete_named(self.ctx, custom.def, &mut types, &fields, named);
            if again.is_err() {
                let _ = self.report(codes::BAD_OP, frame.name_at, end, message);
                return Err(self.diags.check().expect_err("just reported"));
            }
        }
        custom.types = types;
        self.segments(custom);
        self.default_fields(custom);
        if !key.is_empty() {
            let done = Completed { types: custom.types.clone(), fields: custom.fields.clone() };
            self.completed.insert(key.clone().into(), done);
        }
        self.completion_key = key;
        Ok(())
    }
    fn default_fields(&mut self, custom: &mut CustomState<'c, 's>) {
        let (def, types) = (custom.def, &custom.types);
        let type_of = |name: &str| {
            let operand = || (*types.operands.get(def.operand(name)?)?.first()?).as_ref().copied();
            let result = || types.results.get(def.result(name)?)?.as_ref()?.first().copied();
            operand().or_else(result)
        };
        for (n, spec) in def.properties.iter().chain(&def.attributes).enumerate() {
            if custom.fields[n].is_none() && (!spec.optional || n >= def.properties.len()) {
                let fields = |name: &str| custom.field(name);
                custom.fields[n] = infer::default_value(self.ctx, def, spec, &type_of, &|_| None, &fields);
            }
        }
    }
    fn segments(&mut self, custom: &mut CustomState<'c, 's>) {
        let def = custom.def;
        if def.has_operand_segments() {
            let sizes: Vec<i32> = custom.operands.iter().map(|o| o.len() as i32).collect();
            if let Some(n) = def.property(OPERAND_SEGMENTS) {
                custom.fields[n] = Some(self.ctx.i32_array(&sizes));
            }
        }
        if def.has_result_segments() {
            let sizes: Vec<i32> = custom.types.results.iter().map(|r| r.as_ref().map_or(0, Vec::len) as i32).collect();
            if let Some(n) = def.property(RESULT_SEGMENTS) {
                custom.fields[n] = Some(self.ctx.i32_array(&sizes));
            }
        }
        for (n, sizes) in std::mem::take(&mut custom.groups) {
            if let Some(property) = def.operands[n].segments {
                custom.fields[property] = Some(self.ctx.i32_array(&sizes));
            }
        }
    }
}
