//! Reading a custom form.

use super::Program;
use super::program::Instr;
use crate::parse::cursor::Res;
use crate::parse::names::ValueRef;
use crate::parse::op::{OpFrame, Step};
use crate::parse::{Parser, codes};
use edge_dialect::Registry;
use edge_dialect::infer::{self, Types};
use edge_dialect::model::*;
use edge_ir::{Attr, Block, Ident, Loc, OpState, Region, Type};
use std::rc::Rc;

/// An entry argument whose name was read: its type where that stands in the text.
#[derive(Clone, Debug)]
pub(crate) struct PendingArg {
    pub region: usize,
    /// Which entry argument it is.
    pub number: usize,
    pub name: ValueRef,
    pub ty: Option<Type>,
    pub loc: Option<Loc>,
    /// The operand (declared, number) whose type it has where the definition says none.
    pub like: Option<(usize, usize)>,
}

/// An operation that is being read by its format.
pub(crate) struct CustomState<'c, 's> {
    /// Arguments of the region that comes next.
    pub region_args: Vec<(ValueRef, Type, Option<Loc>)>,
    pub def: &'c OpDef,
    program: Rc<Program<'c>>,
    pc: usize,
    pub operands: Vec<Vec<ValueRef>>,
    pub types: Types,
    /// `type(operands)`, where it comes.
    pub all_operand_types: Option<Vec<Type>>,
    /// Properties, then the documented discardable attributes.
    pub fields: Vec<Option<Attr>>,
    pub attrs: Vec<(Ident, Attr)>,
    /// The dictionary from which all of `attrs` are, and their number.
    pub dict: Option<(Attr, usize)>,
    pub pending: Vec<PendingArg>,
    /// Regions read, with the declared one that each belongs to.
    pub regions: Vec<(usize, Option<Region>)>,
    pub successors: Vec<Vec<Block>>,
    /// Regions that the current element still wants: declared region and how many.
    pub wanted: Vec<usize>,
    pub groups: Vec<(usize, Vec<i32>)>,
    /// Pointers, what they point to, and their storage classes.
    pub pointers: Vec<(Values, Values, Ident)>,
    /// Properties that hold the storage class of a pointer.
    pub storages: Vec<(usize, Values)>,
    pub payload: Option<super::payload::Payload>,
    /// Regions of which only the operation is named.
    pub named_regions: Vec<super::region_op::NamedRegion>,
    marker: std::marker::PhantomData<&'s ()>,
}

/// As many empty lists, their memory kept.
fn emptied<T>(lists: &mut Vec<Vec<T>>, count: usize) {
    lists.truncate(count);
    lists.iter_mut().for_each(Vec::clear);
    lists.resize_with(count, Vec::new);
}

impl<'c, 's> CustomState<'c, 's> {
    fn new(def: &'c OpDef, program: Rc<Program<'c>>) -> Self {
        let mut state = Self {
            region_args: vec![],
            def,
            program: program.clone(),
            pc: 0,
            operands: vec![],
            types: Types::default(),
            all_operand_types: None,
            fields: vec![],
            attrs: vec![],
            dict: None,
            pending: vec![],
            regions: vec![],
            successors: vec![],
            wanted: vec![],
            groups: vec![],
            pointers: vec![],
            storages: vec![],
            payload: None,
            named_regions: vec![],
            marker: std::marker::PhantomData,
        };
        state.start(def, program);
        state
    }
    /// Makes a state that was used ready for another operation.
    fn start(&mut self, def: &'c OpDef, program: Rc<Program<'c>>) {
        (self.def, self.program, self.pc) = (def, program, 0);
        emptied(&mut self.operands, def.operands.len());
        emptied(&mut self.types.operands, def.operands.len());
        emptied(&mut self.successors, def.successors.len());
        self.types.results.clear();
        self.types.results.resize(def.results.len(), None);
        self.all_operand_types = None;
        self.fields.clear();
        self.fields.resize(def.properties.len() + def.attributes.len(), None);
        self.region_args.clear();
        self.attrs.clear();
        self.dict = None;
        self.pending.clear();
        self.regions.clear();
        self.wanted.clear();
        self.groups.clear();
        self.pointers.clear();
        self.payload = None;
    }
    /// Runs the current element once more.
    pub fn again(&mut self) {
        self.pc -= 1;
    }
    /// The number of the region's entry argument after those that were named.
    pub fn next_arg(&self, region: usize) -> usize {
        self.pending.iter().filter(|a| a.region == region).map(|a| a.number + 1).max().unwrap_or(0)
    }
    /// As many type slots as there are operands.
    pub fn known_types(&self) -> Types {
        let mut types = self.types.clone();
        for (slots, values) in types.operands.iter_mut().zip(&self.operands) {
            slots.resize(values.len(), None);
        }
        types
    }
    pub fn field(&self, name: &str) -> Option<Attr> {
        self.fields[self.def.field(name)?]
    }
}

impl<'c, 's> Parser<'c, 's> {
    /// The name of an operation in custom form, with the dialect that the operation around it stands for.
    pub(crate) fn custom_head(&mut self, frame: &mut OpFrame<'c, 's>) -> Res<()> {
        let at = self.pos;
        let word = self.word();
        if word.is_empty() {
            return Err(self.expected("an operation"));
        }
        self.pos += word.len();
        let prefix = match self.innermost_op() {
            None => "builtin",
            Some(def) => def.and_then(|d| d.default_dialect()).unwrap_or(""),
        };
        let found = |p: &Self, name: &str| p.ctx.op_info(p.ctx.ident(name));
        let info = found(self, word)
            .or_else(|| found(self, &format!("{prefix}.{word}")))
            .or_else(|| found(self, &format!("builtin.{word}")));
        let end = self.pos;
        let info =
            info.or_else(|| self.former_op(word, at, end)).or_else(|| self.former_op(&format!("{prefix}.{word}"), at, end));
        let Some(info) = info else {
            let message = format!("custom op '{word}' is unknown");
            let d = edge_support::Diagnostic::error(codes::UNKNOWN_OP, message).at(self.span(at, self.pos));
            return Err(self
                .diags
                .error(d.note("an operation of an unregistered dialect is written in generic form, with its name in quotes")));
        };
        frame.name = info.name;
        frame.info = Some(info);
        self.note_since(info, at, end);
        match Registry::definition(info).filter(|d| d.format.is_some()) {
            Some(def) => {
                let program = self.program(def);
                frame.custom = Some(match self.spare.pop() {
                    Some(mut state) => {
                        state.start(def, program);
                        state
                    }
                    None => Box::new(CustomState::new(def, program)),
                });
                Ok(())
            }
            None => {
                let message = format!("`{}` has no custom form", self.ctx.str(info.name));
                Err(self.report(codes::UNKNOWN_OP, at, self.pos, message))
            }
        }
    }
    /// The definition of the operation around; outer `None` at the top level.
    fn innermost_op(&self) -> Option<Option<&'c OpDef>> {
        self.around().map(|info| info.and_then(Registry::definition))
    }
    /// Goes on with the program until it ends or a region comes.
    pub(crate) fn custom_step(&mut self, frame: &mut OpFrame<'c, 's>) -> Res<Step> {
        let mut custom = frame.custom.take().expect("a custom operation");
        let result = self.custom_run(&mut custom, frame);
        frame.custom = Some(custom);
        if let Step::Region = result? {
            return Ok(Step::Region);
        }
        self.custom_finish(frame)?;
        Ok(Step::Done)
    }
    fn custom_run(&mut self, custom: &mut CustomState<'c, 's>, frame: &mut OpFrame<'c, 's>) -> Res<Step> {
        if custom.regions.last().is_some_and(|r| r.1.is_none()) {
            self.region_was_read(custom, frame)?;
        }
        let program = custom.program.clone();
        loop {
            if let Some(region) = custom.wanted.pop() {
                self.expect("{")?;
                self.prepare_region(custom, region)?;
                return Ok(Step::Region);
            }
            let Some(instr) = program.code.get(custom.pc) else { return Ok(Step::Done) };
            match *instr {
                Instr::Jump(to) => custom.pc = to,
                Instr::Group(group, otherwise) => {
                    let there = self.group_is_there(custom, &group.then);
                    if there {
                        set_unit_fields(self, custom, group);
                        custom.pc += 1;
                    } else {
                        suppose_types(self, custom, &group.then);
                        custom.pc = otherwise;
                    }
                }
                Instr::OneOf(groups) => {
                    let places = &program.cases[&custom.pc];
                    let case = groups.iter().position(|g| self.group_is_there(custom, &g.then));
                    if let Some(case) = case {
                        set_unit_fields(self, custom, &groups[case]);
                    }
                    custom.pc = places[case.unwrap_or(groups.len())];
                }
                Instr::Element(element) => {
                    custom.pc += 1;
                    self.element_of(custom, frame, element)?;
                }
            }
        }
    }
    /// Whether the text goes on with a group: with its first element, and where that is a comma, with the word after it too.
    fn group_is_there(&mut self, custom: &CustomState<'c, 's>, elements: &[Element]) -> bool {
        let mut elements = elements.iter().filter(|e| !is_space(e));
        let Some(first) = elements.next() else { return false };
        if !self.is_there(custom, first) {
            return false;
        }
        match (first, elements.next()) {
            (Element::Literal(comma), Some(Element::Literal(word))) if comma == "," => {
                let at = self.pos;
                self.pos += 1;
                let found = self.word() == word || self.at(word);
                self.pos = at;
                found
            }
            _ => true,
        }
    }
    /// Whether the text goes on with what an element wants.
    fn is_there(&mut self, custom: &CustomState<'c, 's>, element: &Element) -> bool {
        let b = self.peek();
        match element {
            Element::Literal(text) if text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') => self.word() == text,
            Element::Literal(text) => self.at(text),
            Element::Operand(n) if custom.def.operands[*n].arity == Arity::VariadicOfVariadic => b == b'(',
            Element::Operand(_) | Element::Operands => b == b'%' && !self.at_next_definition(),
            Element::Property(n) | Element::Qualified(n) => self.field_is_there(&custom.def.field_at(*n).constraint),
            Element::Region(_) | Element::Regions => b == b'{',
            Element::Successor(_) | Element::Successors => b == b'^',
            Element::Type(_) | Element::FunctionalType(..) => b == b'!' || b == b'(' || crate::scan::is_id_start(b),
            Element::Group(group) => group.then.first().is_some_and(|e| self.is_there(custom, e)),
            Element::StrippedType(_) => b == b'!' || b == b'<',
            Element::Combinator(c) => self.combinator_is_there(custom, c),
            Element::AttrDict { keyword: true, .. } => self.word() == "attributes",
            Element::AttrDict { keyword: false, .. } => b == b'{',
            Element::PropDict => b == b'<',
            Element::WordDict => b == b'{',
            _ => false,
        }
    }
    fn element_of(&mut self, custom: &mut CustomState<'c, 's>, frame: &mut OpFrame<'c, 's>, element: &'c Element) -> Res<()> {
        match element {
            Element::Literal(text) => self.literal_token(text),
            Element::Operand(n) => self.operand_group(custom, *n),
            Element::Operands => {
                let values = self.value_list()?;
                self.spread_operands(custom, values)
            }
            Element::Property(n) | Element::Qualified(n) => {
                custom.fields[*n] = Some(self.field_value(custom.def, custom.def.field_at(*n), custom)?);
                Ok(())
            }
            Element::Region(n) => self.want_regions(custom, *n),
            Element::Regions => {
                for n in (0..custom.def.regions.len()).rev() {
                    self.want_regions(custom, n)?;
                }
                Ok(())
            }
            Element::Successor(n) => self.successor_group(custom, *n),
            Element::Successors => (0..custom.def.successors.len()).try_for_each(|n| self.successor_group(custom, n)),
            Element::AttrDict { keyword, .. } => {
                if !*keyword || self.eat_word("attributes") {
                    self.attr_dict(custom)?;
                }
                Ok(())
            }
            Element::PropDict => self.prop_dict(custom),
            Element::WordDict => self.word_dict(custom),
            Element::Type(Values::Operand(n)) if custom.def.operands[*n].arity == Arity::One => {
                let ty = self.ty()?;
                custom.types.operands[*n].clear();
                custom.types.operands[*n].push(Some(ty));
                Ok(())
            }
            Element::Type(values) => {
                let types = self.types_of(custom, *values)?;
                self.set_types(custom, *values, types)
            }
            Element::StrippedType(values) => {
                let ty = self.stripped_type_of(custom, *values)?;
                self.set_types(custom, *values, vec![ty])
            }
            Element::FunctionalType(inputs, results) => {
                let (ins, outs) = self.signature()?;
                self.set_types(custom, *inputs, ins.to_vec())?;
                self.set_types(custom, *results, outs.to_vec())
            }
            Element::Combinator(c) => self.combinator(custom, frame, c),
            _ => Ok(()),
        }
    }
    pub(crate) fn literal_token(&mut self, text: &str) -> Res<()> {
        let word = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if word && self.word() != text {
            return Err(self.expected(&format!("`{text}`")));
        }
        self.expect(text)
    }
    pub(crate) fn value_list(&mut self) -> Res<Vec<ValueRef>> {
        let mut out = Vec::new();
        if self.peek() == b'%' && !self.at_next_definition() {
            loop {
                out.push(self.value_ref()?);
                if !self.eat(",") {
                    break;
                }
            }
        }
        Ok(out)
    }
    fn operand_group(&mut self, custom: &mut CustomState<'c, 's>, n: usize) -> Res<()> {
        match custom.def.operands[n].arity {
            Arity::VariadicOfVariadic => return self.grouped_operands(custom, n),
            Arity::Optional if self.peek() != b'%' || self.at_next_definition() => custom.operands[n].clear(),
            Arity::One | Arity::Optional => {
                let value = self.value_ref()?;
                custom.operands[n].clear();
                custom.operands[n].push(value);
            }
            _ => custom.operands[n] = self.value_list()?,
        }
        Ok(())
    }
    /// All operands at once: each declared one takes its own, the one variadic what is left.
    pub(super) fn spread_operands(&mut self, custom: &mut CustomState<'c, 's>, values: Vec<ValueRef>) -> Res<()> {
        let fixed = custom.def.operands.iter().filter(|o| !o.is_variable()).count();
        let Some(rest) = values.len().checked_sub(fixed) else {
            return Err(self.expected(&format!("{fixed} operands")));
        };
        let mut values = values.into_iter();
        let mut rest = Some(rest);
        for (n, spec) in custom.def.operands.iter().enumerate() {
            let count = if spec.is_variable() { rest.take().unwrap_or(0) } else { 1 };
            custom.operands[n].clear();
            custom.operands[n].extend(values.by_ref().take(count));
        }
        Ok(())
    }
    fn successor_group(&mut self, custom: &mut CustomState<'c, 's>, n: usize) -> Res<()> {
        if !custom.def.successors[n].variadic {
            custom.successors[n] = vec![self.block_ref()?];
            return Ok(());
        }
        while self.peek() == b'^' {
            let block = self.block_ref()?;
            custom.successors[n].push(block);
            if !self.eat(",") {
                break;
            }
        }
        Ok(())
    }
    fn want_regions(&mut self, custom: &mut CustomState<'c, 's>, n: usize) -> Res<()> {
        match custom.def.regions[n].arity {
            Arity::Optional | Arity::Variadic if self.peek() != b'{' => {}
            _ => custom.wanted.push(n),
        }
        Ok(())
    }
    /// Before a region: the types of the entry arguments that the format named.
    fn prepare_region(&mut self, custom: &mut CustomState<'c, 's>, region: usize) -> Res<()> {
        let (mut mine, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut custom.pending).into_iter().partition(|a| a.region == region);
        mine.sort_by_key(|a| a.number);
        custom.pending = others;
        custom.regions.push((region, None));
        if mine.is_empty() {
            return Ok(());
        }
        let here = self.pos;
        self.spread_types(custom, here, here)?;
        let mut types = custom.known_types();
        let fields = |name: &str| custom.field(name);
        let _ = infer::complete(self.ctx, custom.def, &mut types, &fields);
        let said = infer::region_args(self.ctx, custom.def, region, &types, &fields);
        for (i, arg) in mine.into_iter().enumerate() {
            let like = arg.like.and_then(|(n, i)| *types.operands.get(n)?.get(i)?);
            let ty = arg.ty.or_else(|| said.as_ref()?.get(i).copied()).or(like).unwrap_or_else(|| self.ctx.index());
            custom.region_args.push((arg.name, ty, arg.loc));
        }
        Ok(())
    }
    /// After a region: its terminator, where that is left out, and one more of a variadic.
    fn region_was_read(&mut self, custom: &mut CustomState<'c, 's>, frame: &mut OpFrame<'c, 's>) -> Res<()> {
        let Some(region) = frame.regions.last().copied() else { return Ok(()) };
        let Some(slot) = custom.regions.last_mut() else { return Ok(()) };
        slot.1 = Some(region);
        let spec = &custom.def.regions[slot.0];
        let declared = slot.0;
        self.complete_region(spec, region, frame.place);
        if spec.arity == Arity::Variadic && self.eat(",") {
            custom.wanted.push(declared);
        }
        Ok(())
    }
    fn complete_region(&mut self, spec: &RegionDef, region: Region, place: (u32, u32)) {
        let ctx = self.ctx;
        let loc = self.place_loc(place);
        let body = self.body();
        if body.region_first(region).is_none() && (spec.blocks.0 > 0 || spec.implicit) {
            body.add_block(region);
        }
        let (Some(block), true) = (body.region_first(region), spec.implicit) else { return };
        let ended = body.block_last(block).is_some_and(|op| {
            let data = body.op(op);
            data.has(ctx, edge_ir::Traits::TERMINATOR) || !data.successors().is_empty()
        });
        if let (false, Some(name), None) = (ended, spec.terminators.first(), body.block_next(block)) {
            let mut state = OpState::new(ctx.ident(name), loc);
            if let (true, Some(last)) = (spec.forwarding, body.block_last(block)) {
                state.operands.extend(body.op(last).results().iter().copied());
            }
            let op = body.create(ctx, state);
            body.append(block, op);
            self.complete_made(spec, op);
        }
    }
    /// The regions of a terminator that was made.
    fn complete_made(&mut self, spec: &RegionDef, op: edge_ir::Op) {
        let ctx = self.ctx;
        let Some(name) = spec.terminators.first() else { return };
        let Some(def) = ctx.op_info(ctx.ident(name)).and_then(Registry::definition) else { return };
        for region in def.regions.iter().filter(|r| r.arity == Arity::One) {
            let made = self.body().add_region(op);
            if region.blocks.0 > 0 {
                self.body().add_block(made);
            }
        }
    }
    pub(super) fn attr_dict(&mut self, custom: &mut CustomState<'c, 's>) -> Res<()> {
        if self.peek() != b'{' {
            return Ok(());
        }
        let at = self.pos;
        let dict = self.dict()?;
        let (before, all) = (custom.attrs.len(), self.ctx.dict_entries(dict).len());
        for (key, value) in self.ctx.dict_entries(dict) {
            let key = &self.current_property(custom.def, *key, at);
            match custom.def.property(self.ctx.str(*key)) {
                Some(n) if custom.fields[n].is_some() => {
                    let message = format!("`{}` is given twice: here, and as its format says", self.ctx.str(*key));
                    return Err(self.report(codes::DUPLICATE_KEY, at, self.pos, message));
                }
                Some(n) => custom.fields[n] = Some(*value),
                None => custom.attrs.push((*key, *value)),
            }
        }
        custom.dict = (before == 0 && custom.attrs.len() == all).then_some((dict, all));
        Ok(())
    }
    pub(super) fn prop_dict(&mut self, custom: &mut CustomState<'c, 's>) -> Res<()> {
        if self.eat("<") {
            self.attr_dict(custom)?;
            self.expect(">")?;
        }
        Ok(())
    }

    // ---- types ---------------------------------------------------------------------------------------------------------

    /// The types that stand for some values: one, or a list.
    fn types_of(&mut self, custom: &CustomState<'c, 's>, values: Values) -> Res<Vec<Type>> {
        let spec = match values {
            Values::Operand(n) => Some(&custom.def.operands[n]),
            Values::Result(n) => Some(&custom.def.results[n]),
            _ => None,
        };
        match spec.map(|s| s.arity) {
            Some(Arity::One) => Ok(vec![self.ty()?]),
            Some(Arity::VariadicOfVariadic) => self.grouped_types(),
            _ => self.type_list(),
        }
    }
    /// A type without the name that the constraint says.
    fn stripped_type_of(&mut self, custom: &CustomState<'c, 's>, values: Values) -> Res<Type> {
        let spec = match values {
            Values::Operand(n) => custom.def.operands.get(n),
            Values::Result(n) => custom.def.results.get(n),
            _ => None,
        };
        match spec.and_then(|s| type_name(custom.def, &s.constraint)) {
            Some(name) => self.stripped_type(name),
            None => self.ty(),
        }
    }
    pub(crate) fn type_list(&mut self) -> Res<Vec<Type>> {
        let mut out = Vec::new();
        let b = self.peek();
        if b == b'!' || b == b'(' || crate::scan::is_id_start(b) {
            loop {
                out.push(self.ty()?);
                if !self.eat(",") {
                    break;
                }
            }
        }
        Ok(out)
    }
    pub(crate) fn set_types(&mut self, custom: &mut CustomState<'c, 's>, values: Values, types: Vec<Type>) -> Res<()> {
        match values {
            Values::Operand(n) => custom.types.operands[n] = types.into_iter().map(Some).collect(),
            Values::Result(n) => custom.types.results[n] = Some(types),
            Values::Operands => custom.all_operand_types = Some(types),
            Values::Results => {
                let fixed = custom.def.results.iter().filter(|r| !r.is_variable()).count();
                let Some(rest) = types.len().checked_sub(fixed) else {
                    return Err(self.report(
                        codes::BAD_OP,
                        self.pos.saturating_sub(1),
                        self.pos,
                        format!("expected {fixed} result types"),
                    ));
                };
                let (mut types, mut rest) = (types.into_iter(), Some(rest));
                // What has the types of an operand's values is as many as they are.
                let as_many = |spec: &ValueSpec| {
                    let pack =
                        |o: &ValueSpec| matches!(o.constraint, TypeConstraint::Pack(_)) && o.constraint == spec.constraint;
                    Some(custom.operands[custom.def.operands.iter().position(pack)?].len())
                };
                let known: Vec<Option<usize>> = custom.def.results.iter().map(as_many).collect();
                let several = custom.def.results.iter().filter(|r| r.is_variable()).count() > 1;
                if let Some(left) = rest.as_mut().filter(|_| several) {
                    *left = left.saturating_sub(known.iter().flatten().sum());
                }
                for (n, spec) in custom.def.results.iter().enumerate() {
                    let count = match known[n].filter(|_| several) {
                        Some(count) => count,
                        None if spec.is_variable() => rest.take().unwrap_or(0),
                        None => 1,
                    };
                    custom.types.results[n] = Some(types.by_ref().take(count).collect());
                }
            }
        }
        Ok(())
    }
}

/// The name of the type that a constraint wants, where it is one of a dialect.
pub(super) fn type_name<'d>(def: &'d OpDef, c: &'d TypeConstraint) -> Option<&'d str> {
    match c {
        TypeConstraint::Dialect { name, .. } => Some(name),
        TypeConstraint::Named(_, inner) => type_name(def, inner),
        TypeConstraint::Var(name) => {
            let restricted = def.wheres.iter().find(|w| w.0 == *name && !matches!(w.1, TypeConstraint::Var(_)));
            restricted.and_then(|w| type_name(def, &w.1))
        }
        _ => None,
    }
}

pub(super) fn is_space(element: &Element) -> bool {
    matches!(element, Element::Space | Element::NoSpace | Element::Newline)
}

/// A unit whose presence is all that a group says.
fn set_unit_fields(p: &Parser<'_, '_>, custom: &mut CustomState<'_, '_>, group: &Group) {
    if let Presence::Property(n) = group.anchor {
        if matches!(custom.def.field_at(n).constraint, AttrConstraint::Unit | AttrConstraint::Flag) {
            custom.fields[n] = Some(p.ctx.unit());
        }
    }
}

/// Types that hold where the group that would say them is left out. Results of variable number are then none.
fn suppose_types(p: &Parser<'_, '_>, custom: &mut CustomState<'_, '_>, elements: &[Element]) {
    for element in elements {
        if let Element::Type(Values::Result(n)) = element {
            if custom.def.results[*n].is_variable() && custom.types.results[*n].is_none() {
                custom.types.results[*n] = Some(vec![]);
            }
        }
        if let Element::Combinator(Combinator::TypeOr { values, default }) = element {
            let Ok(ty) = crate::parse_type(p.ctx, default) else { continue };
            match values {
                Values::Operand(n) => custom.types.operands[*n] = vec![Some(ty); custom.operands[*n].len()],
                Values::Result(n) => custom.types.results[*n] = Some(vec![ty]),
                _ => {}
            }
        }
    }
}
