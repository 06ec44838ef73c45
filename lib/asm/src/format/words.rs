//! Small combinators: `keyword`, `choice`, `initial-value`, `async`, `elements`; and the choice among all of them.

use super::dict;
use super::read::CustomState;
use super::signature::Signature;
use super::write::Writer;
use crate::parse::Parser;
use crate::parse::cursor::Res;
use crate::parse::op::OpFrame;
use edge_dialect::model::{AttrConstraint, Combinator, Element, OpDef, Values};

impl<'c, 's> Parser<'c, 's> {
    pub(super) fn combinator_is_there(&mut self, custom: &CustomState<'c, 's>, c: &Combinator) -> bool {
        let b = self.peek();
        match c {
            Combinator::Keyword(n) => self.keyword_is_there(custom, *n),
            Combinator::Quoted(_) | Combinator::StorageClass { .. } => b == b'"',
            Combinator::DenseList { .. } => b == b'[',
            Combinator::NamedValues { .. } => b == b'{',
            Combinator::GlobalType { .. } => b == b':',
            Combinator::MemberType { .. } | Combinator::FunctionParams { .. } | Combinator::StorageOf { .. } => true,
            Combinator::Choice { yes, no, .. } => [yes.as_str(), no.as_str()].contains(&self.word()),
            Combinator::Signature { .. } | Combinator::InlineMap(_) => b == b'(',
            Combinator::MapBounds { .. } => b == b'(',
            Combinator::MapBound { word, .. } => {
                matches!(b, b'%' | b'-' | b'#') || b.is_ascii_digit() || self.word() == word || self.word() == "affine_map"
            }
            Combinator::Steps { .. } => self.word() == "step",
            Combinator::InlineRegion(_) => b == b'{',
            Combinator::Args { .. } | Combinator::Assign { .. } | Combinator::TypedList(_) => b == b'%',
            Combinator::IndexList { .. } | Combinator::Subscript { .. } => b == b'[',
            Combinator::Bound { .. } => b == b'%' || b == b'-' || b.is_ascii_digit(),
            Combinator::ApplyMap { .. } => b == b'#' || self.word().starts_with("affine_"),
            Combinator::ArrowTypes { .. } => self.at("->"),
            Combinator::TypeOr { .. } | Combinator::TypePrefix { .. } | Combinator::InitialValue { .. } => {
                b == b'!' || b == b'(' || crate::scan::is_id_start(b)
            }
            Combinator::Cases { .. } => self.word() == "case",
            Combinator::Switch { .. } => self.word() == "default",
            Combinator::Async { .. } => self.word() == "async" || b == b'[',
            Combinator::Attributions { keyword, .. } => self.word() == keyword,
            Combinator::Elements(n) => {
                let _ = (custom, n);
                b != b'{' && b != b':' && b != b']'
            }
            Combinator::Payload { .. } => b == b'{',
            Combinator::PayloadBody { .. } => b == b'(',
            Combinator::Ranges(_) => b == b'=' || self.word() == "in",
            Combinator::Dict(_) => b == b'{' || b == b'#',
            Combinator::Shape { .. } => b == b'?' || b.is_ascii_digit(),
            Combinator::CommonType { .. } | Combinator::RegionOp { .. } => {
                b == b'!' || b == b'(' || crate::scan::is_id_start(b)
            }
            Combinator::GenericForm | Combinator::OperandPairs { .. } | Combinator::ArgPairs { .. } => b == b'(',
            Combinator::CommaAfter(_) | Combinator::AssignAll { .. } => b == b'%',
            Combinator::Slices { .. } | Combinator::Words(_) | Combinator::Labels { .. } => b == b'[',
            Combinator::Form { .. } | Combinator::Fields(_) | Combinator::Letters(_) => {
                b == b'[' || b == b'<' || crate::scan::is_id_start(b)
            }
        }
    }
    pub(super) fn combinator(
        &mut self,
        custom: &mut CustomState<'c, 's>,
        _frame: &mut OpFrame<'c, 's>,
        c: &Combinator,
    ) -> Res<()> {
        match c {
            Combinator::Keyword(n) => self.read_keyword(custom, *n),
            Combinator::Quoted(n) => self.read_quoted(custom, *n),
            Combinator::DenseList { property, elem } => self.read_dense_list(custom, *property, elem),
            Combinator::NamedValues { operands, names } => self.read_named_values(custom, *operands, *names),
            Combinator::MemberType { values, of, position } => self.read_member_type(custom, *values, *of, *position),
            Combinator::GlobalType { ty, value } => self.read_global_type(custom, *ty, *value),
            Combinator::StorageOf { property, pointer } => {
                custom.storages.push((*property, *pointer));
                Ok(())
            }
            Combinator::StorageClass { pointer, of } => self.read_storage_class(custom, *pointer, *of),
            Combinator::Choice { property, yes, no } => {
                let value = self.eat_word(yes);
                if !value && !self.eat_word(no) {
                    return Err(self.expected(&format!("`{yes}` or `{no}`")));
                }
                custom.fields[*property] = Some(self.ctx.bool_attr(value));
                Ok(())
            }
            Combinator::Signature { function_type, arg_attrs, res_attrs, region } => {
                let s =
                    Signature { function_type: *function_type, arg_attrs: *arg_attrs, res_attrs: *res_attrs, region: *region };
                self.read_signature(custom, &s)
            }
            Combinator::Args { region, count, typed, at, .. } => self.read_args(custom, *region, *count, *typed, *at),
            Combinator::Assign { region, operands, at } => self.read_assign(custom, *region, *operands, *at),
            Combinator::AssignAll { regions, operands } => self.read_assign_all(custom, regions, *operands),
            Combinator::IndexList { dynamic, statics, delimiter, scalable } => {
                self.read_index_list(custom, (*dynamic, *statics, *scalable), *delimiter)
            }
            Combinator::Bound { dynamic, statics } => self.read_bound(custom, *dynamic, *statics),
            Combinator::ApplyMap { map, operands } => self.read_apply(custom, *map, *operands),
            Combinator::Subscript { map, operands, .. } => self.read_subscript(custom, *map, *operands),
            Combinator::MapBound { map, operands, word } => self.read_map_bound(custom, *map, *operands, word),
            Combinator::MapBounds { map, groups, operands, word } => {
                self.read_map_bounds(custom, *map, *groups, *operands, word)
            }
            Combinator::Steps { steps, region } => self.read_steps(custom, *steps, *region),
            Combinator::InlineRegion(region) => {
                custom.wanted.push(*region);
                Ok(())
            }
            Combinator::InlineMap(n) => self.read_inline_map(custom, *n),
            Combinator::ArrowTypes { values, .. } => self.read_arrow_types(custom, *values),
            Combinator::TypedList(n) => self.read_typed_list(custom, *n),
            Combinator::TypeOr { values, .. } => self.read_type_or(custom, *values),
            Combinator::TypePrefix { values, default, then } => self.read_type_prefix(custom, *values, default, *then),
            Combinator::Cases { values, regions } => self.read_cases(custom, *values, *regions),
            Combinator::Switch { flag, default, default_args, values, cases, case_args } => {
                self.read_switch(custom, *flag, (*default, *default_args), *values, (*cases, *case_args))
            }
            Combinator::InitialValue { ty, value } => self.read_initial(custom, *ty, *value),
            Combinator::Async { token, dependencies, .. } => self.read_async(custom, *token, *dependencies),
            Combinator::Attributions { keyword, count, region, attrs } => {
                self.read_attributions(custom, keyword, *count, *region, *attrs)
            }
            Combinator::Elements(n) => {
                let constraint = &custom.def.field_at(*n).constraint;
                let mut items = Vec::new();
                loop {
                    items.push(match items_of(custom.def, *n) {
                        Some(c) => self.attr_of(c)?,
                        None => self.attr(None)?,
                    });
                    if !self.eat(",") {
                        break;
                    }
                }
                custom.fields[*n] = Some(dict::held(self.ctx, constraint, self.ctx.array_attr(&items)));
                Ok(())
            }
            Combinator::Payload { region, order } => self.read_payload(custom, *region, *order),
            Combinator::PayloadBody { region, .. } => self.read_payload_body(custom, *region),
            Combinator::Ranges(ranges) => self.read_ranges(custom, ranges),
            Combinator::Dict(properties) => self.read_dict(custom, properties),
            Combinator::CommonType { lead, parts } => self.read_common_type(custom, lead, *parts),
            Combinator::GenericForm => self.read_generic_form(custom),
            Combinator::OperandPairs { first, word, second } => self.read_operand_pairs(custom, *first, word, *second),
            Combinator::RegionOp { region, operands } => self.read_region_op(custom, *region, *operands),
            Combinator::ArgPairs { region } => self.read_arg_pairs(custom, *region),
            Combinator::CommaAfter(n) => self.read_comma_after(custom, *n),
            Combinator::Slices { start, limit, stride } => self.read_slices(custom, [*start, *limit, *stride]),
            Combinator::Form { property, form } => self.read_form(custom, *property, form),
            Combinator::Fields(fields) => self.read_fields(custom, fields),
            Combinator::Letters(parts) => self.read_letters(custom, parts),
            Combinator::Words(n) => self.read_words(custom, *n),
            Combinator::Shape { .. } | Combinator::Labels { .. } | Combinator::FunctionParams { .. } => Ok(()),
        }
    }
    fn read_initial(&mut self, custom: &mut CustomState<'c, 's>, ty: usize, value: usize) -> Res<()> {
        let memref = self.ty()?;
        custom.fields[ty] = Some(self.ctx.type_attr(memref));
        if self.eat("=") {
            custom.fields[value] = Some(if self.eat_word("uninitialized") {
                self.ctx.unit()
            } else {
                let tensor = match self.ctx.type_kind(memref) {
                    edge_ir::TypeKind::MemRef { shape, elem, .. } => Some(self.ctx.tensor(shape, elem)),
                    _ => None,
                };
                self.attr(tensor)?
            });
        }
        Ok(())
    }
    fn read_async(&mut self, custom: &mut CustomState<'c, 's>, token: Option<usize>, dependencies: usize) -> Res<()> {
        let is_async = self.eat_word("async");
        if let Some(token) = token {
            let ty = crate::parse_type(self.ctx, "!gpu.async.token").unwrap_or_else(|_| self.ctx.none_type());
            custom.types.results[token] = Some(if is_async { vec![ty] } else { vec![] });
        }
        if self.eat("[") {
            custom.operands[dependencies] = self.value_list()?;
            self.expect("]")?;
        }
        Ok(())
    }
}

impl Writer<'_, '_, '_, '_> {
    pub(super) fn write_combinator(&mut self, c: &Combinator) {
        match c {
            // These decide themselves whether there is anything to separate.
            Combinator::ArrowTypes { values, paren } => return self.write_arrow_types(*values, *paren),
            Combinator::Attributions { keyword, count, region, attrs } => {
                return self.write_attributions(keyword, *count, *region, *attrs);
            }
            Combinator::Signature { function_type, arg_attrs, res_attrs, region } => {
                let s =
                    Signature { function_type: *function_type, arg_attrs: *arg_attrs, res_attrs: *res_attrs, region: *region };
                self.write_signature(&s);
                return self.after_token();
            }
            Combinator::MemberType { .. } | Combinator::StorageOf { .. } => return,
            Combinator::NamedValues { operands, names } => return self.write_named_values(*operands, *names),
            Combinator::GlobalType { ty, value } => return self.write_global_type(*ty, *value),
            Combinator::Async { token, dependencies, compact } => {
                return self.write_async(*token, *dependencies, *compact);
            }
            Combinator::Payload { region, order } => return self.write_payload(*region, *order),
            Combinator::PayloadBody { region, order } => return self.write_payload_body(*region, *order),
            Combinator::Cases { values, regions } => return self.write_cases(*values, *regions),
            Combinator::Steps { steps, .. } => return self.write_steps(*steps),
            Combinator::CommaAfter(n) if self.operands[*n].is_empty() => return,
            _ => self.spaced(),
        }
        match c {
            Combinator::Keyword(n) => {
                let word = self.word_of(*n);
                self.p.text(&word);
            }
            Combinator::Quoted(n) => self.write_quoted(*n),
            Combinator::DenseList { property, .. } => self.write_dense_list(*property),
            Combinator::StorageClass { pointer, .. } => self.write_storage_class(*pointer),
            Combinator::Choice { property, yes, no } => {
                let set = self.field(*property).and_then(|a| self.p.ctx.as_int(a)).is_some_and(|n| n != 0);
                self.p.text(if set { yes } else { no });
            }
            Combinator::Args { region, count, typed, each, at } => {
                let items = |n: usize| self.field(n).and_then(|a| self.p.ctx.as_ints(a)).map(|l| l.len());
                self.write_args(*region, count.or(each.and_then(items)), *typed, *at);
            }
            Combinator::Assign { region, operands, at } => self.write_assign(*region, *operands, *at),
            Combinator::AssignAll { regions, operands } => self.write_assign_all(regions, *operands),
            Combinator::IndexList { dynamic, statics, delimiter, scalable } => {
                self.write_index_list((*dynamic, *statics, *scalable), *delimiter)
            }
            Combinator::Bound { dynamic, statics } => self.write_bound(*dynamic, *statics),
            Combinator::ApplyMap { map, operands } => self.write_apply(*map, *operands),
            Combinator::Subscript { map, operands, always } => self.write_subscript(*map, *operands, *always),
            Combinator::MapBound { map, operands, word } => self.write_map_bound(*map, *operands, word),
            Combinator::MapBounds { map, groups, operands, word } => self.write_map_bounds(*map, *groups, *operands, word),
            Combinator::InlineRegion(region) => self.write_inline_region(*region),
            Combinator::InlineMap(n) => self.write_inline_map(*n),
            Combinator::TypedList(n) => self.write_typed_list(*n),
            Combinator::TypeOr { values, .. } => {
                let types = self.types_of(*values);
                self.write_types(&types[..types.len().min(1)]);
            }
            Combinator::TypePrefix { values, default, then } => self.write_type_prefix(*values, default, *then),
            Combinator::Switch { flag, default, default_args, values, cases, case_args } => {
                self.write_switch(*flag, (*default, *default_args), *values, (*cases, *case_args));
            }
            Combinator::InitialValue { ty, value } => {
                if let Some(ty) = self.field(*ty) {
                    self.p.attr(ty);
                }
                match self.field(*value) {
                    None => {}
                    Some(v) if v == self.p.ctx.unit() => self.p.text(" = uninitialized"),
                    Some(v) => {
                        self.p.text(" = ");
                        self.p.attr_with(v, crate::print::TypeShown::Never);
                    }
                }
            }
            Combinator::Ranges(ranges) => self.write_ranges(ranges),
            Combinator::Dict(properties) => self.write_dict(properties),
            Combinator::Elements(n) => {
                let (ctx, c) = (self.p.ctx, &self.def.field_at(*n).constraint);
                let items = self.field(*n).and_then(|a| ctx.as_array(dict::shown(ctx, c, a))).unwrap_or(&[]);
                let of = items_of(self.def, *n);
                self.p.comma(items, |p, a| match of {
                    Some(c) => p.attr_as(c, *a),
                    None => p.attr(*a),
                });
            }
            Combinator::CommonType { lead, parts } => self.write_common_type(lead, *parts),
            Combinator::GenericForm => self.write_generic_form(),
            Combinator::OperandPairs { first, word, second } => self.write_operand_pairs(*first, word, *second),
            Combinator::RegionOp { region, operands } => {
                let name = self.region_op(*region, *operands).map_or("", |n| self.p.ctx.str(n));
                self.p.text(name);
            }
            Combinator::ArgPairs { region } => self.write_arg_pairs(*region),
            Combinator::CommaAfter(n) => self.write_comma_after(*n),
            Combinator::Slices { start, limit, stride } => self.write_slices([*start, *limit, *stride]),
            Combinator::Form { property, form } => self.write_form(*property, form),
            Combinator::Fields(fields) => self.write_fields(fields),
            Combinator::Letters(parts) => self.write_letters(parts),
            Combinator::Words(n) => self.write_words(*n),
            _ => {}
        }
    }
    fn write_async(&mut self, token: Option<usize>, dependencies: usize, compact: bool) {
        let is_async = token.is_some_and(|t| !self.results[t].is_empty());
        let values = self.operands[dependencies].clone();
        if compact && !is_async && values.is_empty() {
            return;
        }
        self.spaced();
        self.p.text(if is_async { "async" } else { "" });
        if !values.is_empty() {
            self.p.text(if is_async { " " } else { "" });
            let body = self.body;
            self.p.text("[");
            self.p.comma(values, |p, v| p.value(body, v));
            self.p.text("]");
        }
    }
}

/// The constraint on the items of an array of numbers.
fn items_of(def: &OpDef, property: usize) -> Option<&AttrConstraint> {
    match &def.field_at(property).constraint {
        AttrConstraint::Array(inner) if matches!(**inner, AttrConstraint::Integer { .. }) => Some(inner),
        _ => None,
    }
}

/// The regions whose entry arguments an element names.
pub(super) fn names_args_of(element: &Element, region: usize) -> bool {
    match element {
        Element::Combinator(
            Combinator::Signature { region: r, .. }
            | Combinator::Args { region: r, .. }
            | Combinator::PayloadBody { region: r, .. }
            | Combinator::ArgPairs { region: r }
            | Combinator::Assign { region: r, .. }
            | Combinator::Attributions { region: r, .. },
        ) => *r == region,
        Element::Combinator(Combinator::AssignAll { regions, .. }) => regions.contains(&region),
        Element::Group(g) => g.then.iter().chain(&g.otherwise).any(|e| names_args_of(e, region)),
        Element::OneOf(groups) => groups.iter().any(|g| g.then.iter().any(|e| names_args_of(e, region))),
        _ => false,
    }
}

/// The values whose types an element says; used to find what a group supposes.
pub(super) fn type_or(element: &Element) -> Option<(Values, &str)> {
    match element {
        Element::Combinator(Combinator::TypeOr { values, default }) => Some((*values, default)),
        _ => None,
    }
}
