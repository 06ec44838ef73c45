//! Writing a custom form.

use super::read::is_space;
use super::words::{names_args_of, type_or};
use crate::print::Printer;
use edge_dialect::infer;
use edge_dialect::model::*;
use edge_ir::{Attr, Body, Context, Op, Value};
use smallvec::SmallVec;

/// An operation that is being written by its format.
pub(crate) struct Writer<'p, 'b, 'c, 'w> {
    pub p: &'p mut Printer<'c, 'w>,
    pub body: &'b Body,
    pub op: Op,
    pub def: &'c OpDef,
    pub operands: Groups,
    pub results: Groups,
    pub regions: SmallVec<[SmallVec<[edge_ir::Region; 1]>; 2]>,
    pub successors: SmallVec<[SmallVec<[edge_ir::Block; 1]>; 2]>,
    /// How many entry arguments of each declared region are written already.
    pub args_done: SmallVec<[usize; 2]>,
    /// How many values of each declared operand are written already, where several elements share them.
    pub operands_done: SmallVec<[usize; 2]>,
    space: bool,
    punctuation: bool,
}

/// Values by declared operand or result; `None` where they do not fit the declaration.
fn split(values: &[Value], specs: &[ValueSpec], sizes: Option<Vec<i64>>) -> Option<Groups> {
    let variable = specs.iter().filter(|s| s.is_variable()).count();
    let fixed = specs.len() - variable;
    let rest = values.len().checked_sub(fixed)?;
    if variable == 0 && rest > 0 || variable > 1 && sizes.is_none() && rest % variable != 0 {
        return None;
    }
    let mut out = Groups::new();
    let mut from = 0usize;
    for (n, spec) in specs.iter().enumerate() {
        let count = match &sizes {
            Some(sizes) => usize::try_from(*sizes.get(n)?).ok()?,
            None if spec.is_variable() => rest / variable.max(1),
            None => 1,
        };
        out.push(SmallVec::from_slice(values.get(from..from.checked_add(count)?)?));
        from += count;
    }
    (from == values.len()).then_some(out)
}

/// Values by declared operand or result.
pub(crate) type Groups = SmallVec<[SmallVec<[Value; 2]>; 3]>;

type Parts = (Groups, Groups);

pub(super) fn parts(ctx: &Context, def: &OpDef, body: &Body, op: Op) -> Option<Parts> {
    let data = body.op(op);
    let sizes =
        |has: bool, name: &str| if has { data.attr(ctx, name).and_then(|a| ctx.as_ints(a)).map(Some) } else { Some(None) };
    let operands: SmallVec<[Value; 6]> = body.operands(op).collect();
    let attr = |name: &str| data.attr(ctx, name);
    let counted = infer::counted_operands(ctx, def, &attr, &|n| body.ty(operands[n]), operands.len());
    let counted = counted.map(|sizes| sizes.into_iter().map(|n| n as i64).collect());
    let operands = split(&operands, &def.operands, counted.or(sizes(def.has_operand_segments(), OPERAND_SEGMENTS)?))?;
    let results = split(data.results(), &def.results, sizes(def.has_result_segments(), RESULT_SEGMENTS)?)?;
    Some((operands, results))
}

/// Operands and results by declaration, where the format can say the operation at all: operands, regions and successors are as
/// many as declared, and required properties are set.
fn fitting(ctx: &Context, def: &OpDef, body: &Body, op: Op) -> Option<Parts> {
    let data = body.op(op);
    let required = |(spec, value): (&PropertyDef, &Option<Attr>)| {
        let given = matches!(spec.constraint, AttrConstraint::Unit | AttrConstraint::Flag);
        value.is_some() || spec.optional || spec.default.is_some() || given
    };
    let regions = data.regions().len();
    let declared = def.regions.iter().filter(|r| r.arity == Arity::One).count();
    let more = def.regions.iter().any(|r| r.arity != Arity::One);
    let successors = data.successors().len();
    let fixed = def.successors.iter().filter(|s| !s.variadic).count();
    let fits = def.properties.iter().zip(data.prop_slots()).all(required)
        && outside_groups(def).all(|n| data.attr(ctx, &def.field_at(n).name).is_some() || !def.field_at(n).optional)
        && (regions == declared || more && regions >= declared)
        && (successors == fixed || successors >= fixed && fixed < def.successors.len());
    let said =
        |(operands, results): &Parts| says_results(ctx, def, body, op, operands, results) && says_args(def, body, op, operands);
    if fits { parts(ctx, def, body, op).filter(said) } else { None }
}

/// Whether arguments that `assign` names have the types of their operands, where the definition does not say what types they have.
fn says_args(def: &OpDef, body: &Body, op: Op, operands: &Groups) -> bool {
    let (inner, present) = body.op_regions(op);
    let typed = |region: &usize, operands: &[Value]| {
        let entry = present.get(*region).and_then(|r| inner.region_first(*r));
        let args = entry.map_or(&[][..], |b| inner.block_args(b));
        args.len() == operands.len() && args.iter().zip(operands).all(|(a, o)| inner.ty(*a) == body.ty(*o))
    };
    def.format.iter().flat_map(|f| &f.elements).all(|e| match e {
        Element::Combinator(Combinator::AssignAll { regions, operands: n }) => {
            regions.iter().all(|r| def.regions[*r].args.is_some() || typed(r, &operands[*n]))
        }
        _ => true,
    })
}

/// Whether the result types of an operation that usually has other ones are read again from its format.
fn says_results(ctx: &Context, def: &OpDef, body: &Body, op: Op, operands: &Groups, results: &Groups) -> bool {
    let usual = |r: &ValueSpec| matches!(r.constraint, TypeConstraint::Usually(..));
    let generic = |e: &Element| matches!(e, Element::Group(g) if g.anchor == Presence::NotInferred);
    !def.results.iter().any(usual)
        || def.format.as_ref().is_some_and(|f| f.elements.iter().any(generic))
        || super::common::follow(ctx, def, body, op, operands, results)
}

/// Optional properties that a format names outside of its groups: without them it says nothing.
fn outside_groups(def: &OpDef) -> impl Iterator<Item = usize> {
    let elements = def.format.iter().flat_map(|f| &f.elements);
    let units = |n: &usize| !matches!(def.field_at(*n).constraint, AttrConstraint::Unit | AttrConstraint::Flag);
    elements.filter_map(|e| if let Element::Property(n) = e { Some(*n) } else { None }).filter(units)
}

/// Writes the name and what follows it; `false`, and nothing, where the definition has no format or cannot say the operation.
pub(crate) fn print_custom(p: &mut Printer<'_, '_>, body: &Body, op: Op) -> bool {
    let ctx = p.ctx;
    let Some(def) = super::definition(ctx, body, op) else { return false };
    let Some(format) = &def.format else { return false };
    let Some((operands, results)) = fitting(ctx, def, body, op) else { return false };
    let data = body.op(op);
    let regions = spread(data.regions(), def.regions.iter().map(|r| r.arity != Arity::One));
    let successors = spread(data.successors(), def.successors.iter().map(|s| s.variadic));
    let prefix = p.default_dialects.last().copied().unwrap_or("builtin");
    let short = def.name.strip_prefix(prefix).and_then(|n| n.strip_prefix('.')).filter(|n| !n.contains('.'));
    p.text(short.unwrap_or(&def.name));
    let args_done = SmallVec::from_elem(0, def.regions.len());
    let operands_done = SmallVec::from_elem(0, def.operands.len());
    let (space, punctuation) = (true, false);
    let mut w =
        Writer { p, body, op, def, operands, results, regions, successors, args_done, operands_done, space, punctuation };
    w.elements(&format.elements);
    true
}

/// Items by declaration: one each, those of variable number share what is left.
fn spread<T: Copy>(items: &[T], variable: impl Iterator<Item = bool> + Clone) -> SmallVec<[SmallVec<[T; 1]>; 2]> {
    let fixed = variable.clone().filter(|v| !v).count();
    let mut rest = Some(items.len().saturating_sub(fixed));
    let mut items = items.iter().copied();
    variable.map(|v| items.by_ref().take(if v { rest.take().unwrap_or(0) } else { 1 }).collect()).collect()
}

impl<'c> Writer<'_, '_, 'c, '_> {
    pub(super) fn field(&self, n: usize) -> Option<Attr> {
        let data = self.body.op(self.op);
        match data.prop_slots().get(n) {
            Some(value) if n < self.def.properties.len() => *value,
            _ => data.attr(self.p.ctx, &self.def.field_at(n).name),
        }
    }
    /// The first block's arguments of a declared region.
    pub(super) fn entry_args(&self, region: usize) -> Vec<Value> {
        let inner = self.body.op_regions(self.op).0;
        let first = self.regions.get(region).and_then(|r| r.first()).and_then(|r| inner.region_first(*r));
        first.map_or_else(Vec::new, |b| inner.block_args(b).to_vec())
    }
    /// A space where one belongs before a value, a type or the like.
    pub(super) fn spaced(&mut self) {
        if self.space || !self.punctuation {
            self.p.text(" ");
        }
        self.after_token();
    }
    pub(super) fn after_token(&mut self) {
        (self.space, self.punctuation) = (true, false);
    }
    pub(super) fn newline(&mut self) {
        self.p.text("\n");
        self.p.pad();
        (self.space, self.punctuation) = (false, true);
    }
    pub(super) fn newline_inside(&mut self) {
        self.p.text("\n");
        self.p.pad();
        self.p.text("  ");
    }
    fn literal(&mut self, text: &str) {
        let first = text.chars().next().unwrap_or(' ');
        let before = if text.len() != 1 && text != "->" {
            true
        } else if self.punctuation {
            !">)}],".contains(first)
        } else {
            !"<>(){}[],".contains(first)
        };
        if self.space && before {
            self.p.text(" ");
        }
        self.p.text(text);
        self.space = text.len() != 1 || !"<({[".contains(first);
        self.punctuation = first != '_' && !first.is_ascii_alphabetic();
    }
    fn elements(&mut self, elements: &'c [Element]) {
        for element in elements {
            self.element(element);
        }
    }
    fn element(&mut self, element: &'c Element) {
        let body = self.body;
        match element {
            Element::Literal(text) => self.literal(text),
            Element::Space => {
                self.p.text(" ");
                (self.space, self.punctuation) = (false, false);
            }
            Element::NoSpace => (self.space, self.punctuation) = (false, true),
            Element::Newline => self.newline(),
            Element::AttrDict { keyword, all } => {
                self.attr_dict(*keyword, *all);
                self.punctuation = false;
            }
            Element::Group(group) => {
                let (space, punctuation) = (self.space, self.punctuation);
                if self.is_present(group) {
                    self.elements(&group.then);
                } else if !group.otherwise.is_empty() {
                    self.elements(&group.otherwise);
                } else {
                    (self.space, self.punctuation) = (space, punctuation);
                }
            }
            Element::OneOf(groups) => {
                for group in groups.iter().filter(|g| self.is_present(g)).collect::<Vec<_>>() {
                    self.elements(&group.then);
                }
            }
            Element::Combinator(c) => self.write_combinator(c),
            Element::Property(n) => {
                let spec = self.def.field_at(*n);
                if matches!(spec.constraint, AttrConstraint::Unit | AttrConstraint::Flag) {
                    return;
                }
                let Some(value) = self.field(*n).or_else(|| self.default_of(*n)) else { return };
                self.spaced();
                self.p.attr_as(&spec.constraint, value);
            }
            Element::Qualified(n) => {
                let Some(value) = self.field(*n).or_else(|| self.default_of(*n)) else { return };
                self.spaced();
                self.p.attr(value);
            }
            Element::Region(n) => {
                if self.regions[*n].is_empty() {
                    self.spaced();
                }
                for (i, region) in self.regions[*n].clone().into_iter().enumerate() {
                    if i > 0 {
                        self.p.text(",");
                    }
                    self.spaced();
                    self.region(*n, region);
                }
            }
            Element::Operand(n) if self.def.operands[*n].arity == Arity::VariadicOfVariadic => self.write_grouped_operands(*n),
            Element::Operand(n) => {
                self.spaced();
                let values = self.operands[*n].clone();
                self.p.comma(values, |p, v| p.value(body, v));
            }
            Element::Operands => {
                let values: Vec<Value> = self.operands.iter().flatten().copied().collect();
                self.spaced();
                self.p.comma(values, |p, v| p.value(body, v));
            }
            Element::Type(Values::Operand(n)) if self.def.operands[*n].arity == Arity::VariadicOfVariadic => {
                self.write_grouped_types(*n);
            }
            Element::Type(values) => {
                let types = self.types_of(*values);
                self.spaced();
                self.write_types(&types);
            }
            Element::StrippedType(values) => {
                self.spaced();
                for ty in self.types_of(*values) {
                    self.p.stripped_type(ty);
                }
            }
            Element::FunctionalType(inputs, results) => {
                let (inputs, results) = (self.types_of(*inputs), self.types_of(*results));
                self.spaced();
                self.p.function_type(&inputs, &results);
            }
            Element::Successor(n) => {
                let blocks = self.successors[*n].clone();
                self.spaced();
                self.p.comma(blocks, |p, b| p.block_name(b));
            }
            Element::Successors => {
                let blocks: Vec<_> = self.successors.iter().flatten().copied().collect();
                self.spaced();
                self.p.comma(blocks, |p, b| p.block_name(b));
            }
            Element::Regions => (0..self.def.regions.len()).for_each(|n| {
                for region in self.regions[n].clone() {
                    self.spaced();
                    self.region(n, region);
                }
            }),
            Element::PropDict => self.prop_dict(),
            Element::WordDict => self.word_dict(),
            Element::Param(_) | Element::Params | Element::Struct(_) => {}
        }
    }
    fn is_present(&self, group: &Group) -> bool {
        let inner = self.body.op_regions(self.op).0;
        match group.anchor {
            Presence::Operand(n) => !self.operands[n].is_empty(),
            Presence::Result(n) => !self.results[n].is_empty(),
            Presence::AnyOperand => self.operands.iter().any(|o| !o.is_empty()),
            Presence::AnyResult => self.results.iter().any(|o| !o.is_empty()),
            Presence::Property(n) => self.field(n).is_some_and(|v| Some(v) != self.default_of(n)),
            Presence::Region(n) => self.regions[n].iter().any(|r| inner.region_first(*r).is_some()),
            Presence::Successor(n) => !self.successors[n].is_empty(),
            Presence::TypeDiffers(_) => {
                group.then.iter().find_map(type_or).is_some_and(|(values, name)| !self.is_type(values, name))
            }
            Presence::NotInferred => !self.is_inferred(),
            Presence::RegionOp(r) => self.region_op_operands(r).is_some_and(|operands| self.region_op(r, operands).is_some()),
            Presence::RegionSpelled(r) => self.is_spelled(r),
            Presence::Param(_) | Presence::AnyParam | Presence::Labelled => false,
            Presence::Attributes => !self.dict_entries(false).is_empty(),
            Presence::Always => true,
        }
    }
    fn default_of(&self, n: usize) -> Option<Attr> {
        let def = self.def;
        let type_of = |name: &str| {
            let value = def.operand(name).map(|n| &self.operands[n]).or_else(|| def.result(name).map(|n| &self.results[n]))?;
            value.first().map(|v| self.body.ty(*v))
        };
        let fields = |name: &str| self.field(def.field(name)?);
        infer::default_value(
            self.p.ctx,
            def,
            def.properties.iter().chain(&def.attributes).nth(n)?,
            &type_of,
            &|_| None,
            &fields,
        )
    }
    /// What stands nowhere else in the format.
    fn attr_dict(&mut self, keyword: bool, all: bool) {
        let entries = self.dict_entries(all);
        if entries.is_empty() {
            return;
        }
        self.p.text(if keyword { " attributes " } else { " " });
        self.p.dict(&entries, |_| true);
        self.space = true;
    }
    pub(super) fn dict_entries(&self, all: bool) -> Vec<(edge_ir::Ident, Attr)> {
        let ctx = self.p.ctx;
        let data = self.body.op(self.op);
        let format = self.def.format.as_ref().map_or(&[][..], |f| &f.elements);
        let mut entries = if format.contains(&Element::PropDict) { vec![] } else { self.unsaid_properties(all) };
        for (key, value) in data.discardable().map_or(&[][..], |d| ctx.dict_entries(d)) {
            let said = self
                .def
                .field(ctx.str(*key))
                .is_some_and(|n| format.iter().any(|e| says_field(e, n)) || self.default_of(n) == Some(*value));
            if !said {
                entries.push((*key, *value));
            }
        }
        entries.sort_by(|a, b| ctx.str(a.0).cmp(ctx.str(b.0)));
        entries
    }
    /// `<{…}>` with the properties that stand nowhere else.
    fn prop_dict(&mut self) {
        let entries = self.unsaid_properties(false);
        if !entries.is_empty() {
            self.p.text(" <");
            self.p.dict(&entries, |_| true);
            self.p.text(">");
            self.after_token();
        }
    }
    /// Properties that the format does not say and, but for `all`, that have not their default.
    fn unsaid_properties(&self, all: bool) -> Vec<(edge_ir::Ident, Attr)> {
        let ctx = self.p.ctx;
        let data = self.body.op(self.op);
        let format = self.def.format.as_ref().map_or(&[][..], |f| &f.elements);
        let mut entries = Vec::new();
        for (n, spec) in self.def.properties.iter().enumerate() {
            let segments = spec.name == OPERAND_SEGMENTS || spec.name == RESULT_SEGMENTS;
            if segments || format.iter().any(|e| says_field(e, n)) || self.def.operands.iter().any(|o| o.segments == Some(n)) {
                continue;
            }
            entries.extend(
                data.prop_slots()[n].filter(|v| all || Some(*v) != self.default_of(n)).map(|v| (ctx.ident(&spec.name), v)),
            );
        }
        entries.sort_by(|a, b| ctx.str(a.0).cmp(ctx.str(b.0)));
        entries
    }
    /// `{…}` without what the format says elsewhere or leaves out.
    pub(super) fn region(&mut self, declared: usize, region: edge_ir::Region) {
        let spec = &self.def.regions[declared];
        let format = self.def.format.as_ref().map_or(&[][..], |f| &f.elements);
        let args = !format.iter().any(|e| names_args_of(e, declared));
        let (body, op) = (self.body, self.op);
        let terminator = !self.is_implied(spec, region);
        let loc = body.op(op).loc;
        self.p.default_dialects.push(self.def.default_dialect().unwrap_or(""));
        self.p.op_regions(body, op, |p, inner| p.region(inner, region, args, terminator, false, loc));
        self.p.default_dialects.pop();
        self.after_token();
    }
    /// Whether reading supplies the terminator.
    pub(super) fn is_implied(&self, spec: &RegionDef, region: edge_ir::Region) -> bool {
        let ctx = self.p.ctx;
        let inner = self.body.op_regions(self.op).0;
        let Some(last) =
            inner.region_first(region).filter(|b| inner.block_next(*b).is_none()).and_then(|b| inner.block_last(b))
        else {
            return false;
        };
        let data = inner.op(last);
        let bare = match inner.prev_op(last).filter(|_| spec.forwarding) {
            Some(before) => inner.operands(last).eq(inner.op(before).results().iter().copied()),
            None => data.num_operands() == 0 && !spec.forwarding,
        };
        let plain = bare && data.discardable().is_none() && data.successors().is_empty();
        let empty = data.regions().iter().all(|r| inner.region_first(*r).is_none_or(|b| inner.block_first(b).is_none()));
        spec.implicit && plain && empty && spec.terminators.first().is_some_and(|t| *t == ctx.str(data.name))
    }
}

/// Whether an element writes a property.
fn says_field(element: &Element, n: usize) -> bool {
    match element {
        Element::Property(p) | Element::Qualified(p) => *p == n,
        Element::Group(g) => {
            let anchored = g.anchor == Presence::Property(n);
            anchored || g.then.iter().chain(&g.otherwise).any(|e| says_field(e, n))
        }
        Element::OneOf(groups) => {
            groups.iter().any(|g| g.anchor == Presence::Property(n) || g.then.iter().any(|e| says_field(e, n)))
        }
        Element::Combinator(c) => match c {
            Combinator::Quoted(p) | Combinator::DenseList { property: p, .. } => *p == n,
            Combinator::NamedValues { names, .. } => *names == n,
            Combinator::StorageOf { property, .. } => *property == n,
            Combinator::GlobalType { ty, value } => *ty == n || *value == n,
            Combinator::Keyword(p) | Combinator::InlineMap(p) | Combinator::Elements(p) => *p == n,
            Combinator::Choice { property, .. } => *property == n,
            Combinator::Ranges(ranges) => ranges.iter().any(|r| r.1 == n),
            Combinator::Signature { function_type, arg_attrs, res_attrs, .. } => {
                *function_type == n || *arg_attrs == Some(n) || *res_attrs == Some(n)
            }
            Combinator::IndexList { statics, scalable, .. } => *statics == n || *scalable == Some(n),
            Combinator::Bound { statics, .. } => *statics == n,
            Combinator::ApplyMap { map, .. } | Combinator::Subscript { map, .. } | Combinator::MapBound { map, .. } => {
                *map == n
            }
            Combinator::MapBounds { map, groups, .. } => *map == n || *groups == n,
            Combinator::Steps { steps, .. } => *steps == n,
            Combinator::Dict(properties) => properties.contains(&n),
            Combinator::Cases { values, .. } | Combinator::Switch { values, .. } => *values == n,
            Combinator::InitialValue { ty, value } => *ty == n || *value == n,
            Combinator::Attributions { count, attrs, .. } => *count == Some(n) || *attrs == Some(n),
            Combinator::Slices { start, limit, stride } => [*start, *limit, *stride].contains(&n),
            Combinator::Form { property, .. } | Combinator::Words(property) => *property == n,
            Combinator::Fields(fields) => fields.iter().any(|f| f.property == n),
            Combinator::Letters(parts) => parts.iter().any(|p| p.1 == n),
            _ => false,
        },
        e if is_space(e) => false,
        _ => false,
    }
}
