//! Makes valid operations of any definition: properties, types and regions that satisfy its constraints, by binding what is chosen
//! and making what follows from it.

use crate::choices::Choices;
use crate::forms::{again, read, verify};
use crate::values::Values;
use edge_asm::{PrintOptions, print_module};
use edge_dialect::infer::{self, Types};
use edge_dialect::model::{Arity, AttrConstraint, OPERAND_SEGMENTS, OpDef, RESULT_SEGMENTS, Trait};
use edge_dialect::{Registry, verify as rules};
use edge_ir::{Attr, Block, Body, Context, Module, Op, OpState, Region, Traits, Type, Value};
use smallvec::SmallVec;

/// Operations that hold operations that hold operations.
const MAX_DEPTH: usize = 2;

/// What has successors or groups of groups needs more around it than is made here.
pub fn can_make(def: &OpDef) -> bool {
    def.successors.is_empty() && def.operands.iter().all(|o| o.arity != Arity::VariadicOfVariadic)
}

/// Makes a module of such operations and checks that both forms say the same. Whether any operation could be made.
pub fn check(registry: &Registry, ctx: &Context, ops: &[&OpDef], choices: &mut Choices<'_>) -> bool {
    let Some(mut module) = make(registry, ctx, ops, choices) else { return false };
    if verify(ctx, &mut module).is_err() {
        return false;
    }
    let generic = print_module(ctx, &module, &PrintOptions::generic());
    again(registry, &generic, &PrintOptions::generic(), &generic, "the generic form");
    let custom = print_module(ctx, &module, &PrintOptions::default());
    again(registry, &custom, &PrintOptions::generic(), &generic, "the custom form");
    again(registry, &custom, &PrintOptions::default(), &custom, "the custom form");
    let fresh = registry.context();
    let mut same = read(&fresh, &custom).unwrap_or_else(|e| panic!("{e}"));
    verify(&fresh, &mut same).unwrap_or_else(|e| panic!("what was printed is not valid any more: {e}\n{custom}"));
    true
}

/// Such a module in its generic and its custom form.
#[allow(dead_code, reason = "this file is shared with a test")]
pub fn texts(registry: &Registry, ctx: &Context, ops: &[&OpDef], choices: &mut Choices<'_>) -> Option<(String, String)> {
    let module = make(registry, ctx, ops, choices)?;
    let print = |form: &PrintOptions| print_module(ctx, &module, form);
    Some((print(&PrintOptions::generic()), print(&PrintOptions::default())))
}

/// A module with one operation of each definition, as far as they can be made.
fn make(registry: &Registry, ctx: &Context, ops: &[&OpDef], choices: &mut Choices<'_>) -> Option<Module> {
    let mut inner = Body::new();
    let region = inner.new_region();
    let block = inner.add_block(region);
    let mut maker = Maker { registry, ctx, values: Values::new(registry, ctx), choices, symbols: 0 };
    let mut any = false;
    for def in ops {
        any |= (0..8).any(|_| maker.op(&mut inner, block, def, None, 0).is_some());
    }
    let mut state = OpState::new(ctx.ident("builtin.module"), ctx.unknown_loc());
    state.body = Some((Box::new(inner), SmallVec::from_elem(region, 1)));
    let mut top = Body::new();
    let root = top.create(ctx, state);
    any.then(|| Module::new(top, root))
}

struct Maker<'r, 'c, 'b> {
    registry: &'r Registry,
    ctx: &'c Context,
    values: Values,
    choices: &'r mut Choices<'b>,
    symbols: usize,
}

impl Maker<'_, '_, '_> {
    /// One operation at the end of a block; `operands`: their types, where these are given.
    fn op(&mut self, body: &mut Body, block: Block, def: &OpDef, operands: Option<&[Type]>, depth: usize) -> Option<Op> {
        let ctx = self.ctx;
        let mut fields = self.fields(def)?;
        let types = self.types(def, &fields, operands)?;
        self.counted(def, &types, &mut fields);
        let mut state = OpState::new(ctx.ident(&def.name), ctx.unknown_loc());
        for ty in types.operands.iter().flatten().flatten() {
            state.operands.push(self.value(body, block, *ty));
        }
        state.result_types = types.results.iter().flatten().flatten().copied().collect();
        state.props = fields.iter().map(|(name, value)| (ctx.ident(name), *value)).collect();
        let isolated = ctx.op_info(ctx.ident(&def.name)).is_some_and(|i| i.has(Traits::ISOLATED));
        if isolated && !def.regions.is_empty() {
            let mut inner = Body::new();
            let regions = self.regions(&mut inner, def, &types, &fields, depth)?;
            state.body = Some((Box::new(inner), regions));
        } else {
            state.regions = self.regions(body, def, &types, &fields, depth)?;
        }
        let op = body.create(ctx, state);
        body.append(block, op);
        // A parent is only known once it is made itself; the whole is verified in the end.
        let around = |t: &Trait| matches!(t, Trait::Parent(_) | Trait::Ancestor(_));
        if depth == 0 || !def.traits.iter().any(around) && !def.traits.contains(&Trait::ReturnLike) {
            if !rules::verify_op(ctx, body, op, None).is_empty() {
                body.erase(op);
                return None;
            }
        }
        Some(op)
    }
    fn value(&self, body: &mut Body, block: Block, ty: Type) -> Value {
        let mut state = OpState::new(self.ctx.ident("test.make"), self.ctx.unknown_loc());
        state.result_types.push(ty);
        let op = body.create(self.ctx, state);
        body.append(block, op);
        body.result(op, 0)
    }
    fn fields(&mut self, def: &OpDef) -> Option<Vec<(String, Attr)>> {
        let mut out = vec![];
        for spec in &def.properties {
            let counted = spec.name == OPERAND_SEGMENTS || spec.name == RESULT_SEGMENTS;
            let optional = spec.optional || spec.default.is_some();
            // A flag that is given as false is not told apart from one that is not given.
            let flag = spec.constraint == AttrConstraint::Flag;
            if counted || flag || optional && self.choices.coin() {
                continue;
            }
            match self.values.attr(self.ctx, &spec.constraint, self.choices, &mut self.symbols) {
                Some(value) => out.push((spec.name.clone(), value)),
                None if optional => {}
                None => return None,
            }
        }
        Some(out)
    }
    /// Types that satisfy the constraints, one variable after the other.
    fn types(&mut self, def: &OpDef, fields: &[(String, Attr)], given: Option<&[Type]>) -> Option<Types> {
        let attrs = |name: &str| fields.iter().find(|f| f.0 == name).map(|f| f.1);
        let mut binder = infer::Binder::new(self.ctx, def, &attrs);
        let mut types = Types::default();
        let mut used: Vec<Type> = vec![];
        let mut given = given.map(|g| g.iter().copied());
        for spec in &def.operands {
            let count = match (spec.arity, &given) {
                (Arity::One, _) => 1,
                (_, Some(rest)) => rest.len(),
                (Arity::Optional, None) => self.choices.below(2),
                _ => self.choices.below(3),
            };
            let group = match &mut given {
                Some(rest) => rest.by_ref().take(count).collect(),
                None => self.values.types(&mut binder, &spec.constraint, count, &used, self.choices)?,
            };
            used.extend(&group);
            types.operands.push(group.into_iter().map(Some).collect());
        }
        types.results = vec![None; def.results.len()];
        if infer::complete(self.ctx, def, &mut types, &attrs).is_ok() && self.choices.below(4) > 0 {
            return Some(types);
        }
        for (n, spec) in def.results.iter().enumerate() {
            let count = match spec.arity {
                Arity::One => 1,
                Arity::Optional => self.choices.below(2),
                _ => self.choices.below(3),
            };
            let group = self.values.types(&mut binder, &spec.constraint, count, &used, self.choices)?;
            used.extend(&group);
            types.results[n] = Some(group);
        }
        Some(types)
    }
    /// Segment sizes, and defaults of what was not given.
    fn counted(&self, def: &OpDef, types: &Types, fields: &mut Vec<(String, Attr)>) {
        let ctx = self.ctx;
        if def.has_operand_segments() {
            let sizes: Vec<i32> = types.operands.iter().map(|o| o.len() as i32).collect();
            fields.push((OPERAND_SEGMENTS.into(), ctx.i32_array(&sizes)));
        }
        if def.has_result_segments() {
            let sizes: Vec<i32> = types.results.iter().map(|r| r.as_ref().map_or(0, Vec::len) as i32).collect();
            fields.push((RESULT_SEGMENTS.into(), ctx.i32_array(&sizes)));
        }
        let given = fields.clone();
        let attrs = |name: &str| given.iter().find(|f| f.0 == name).map(|f| f.1);
        for (slot, value) in rules::defaults(ctx, def, types, &attrs) {
            fields.push((def.properties[slot].name.clone(), value));
        }
    }
    fn regions(
        &mut self,
        body: &mut Body,
        def: &OpDef,
        types: &Types,
        fields: &[(String, Attr)],
        depth: usize,
    ) -> Option<SmallVec<[Region; 1]>> {
        let attrs = |name: &str| fields.iter().find(|f| f.0 == name).map(|f| f.1);
        let mut out = SmallVec::new();
        if depth == MAX_DEPTH && !def.regions.is_empty() {
            return None;
        }
        for (n, spec) in def.regions.iter().enumerate().filter(|(_, r)| r.arity == Arity::One) {
            let region = body.new_region();
            out.push(region);
            let args = infer::region_args(self.ctx, def, n, types, &attrs);
            let wanted = spec.blocks.0 > 0 || spec.implicit || !spec.terminators.is_empty() || args.is_some();
            if !wanted || spec.blocks.0 == 0 && self.choices.coin() {
                continue;
            }
            let block = body.add_block(region);
            for ty in args.into_iter().flatten() {
                body.add_arg(block, ty, self.ctx.unknown_loc());
            }
            self.fill(body, block, depth);
            if let Some(name) = spec.terminators.first() {
                self.terminator(body, block, name, types, depth)?;
            }
        }
        Some(out)
    }
    fn fill(&mut self, body: &mut Body, block: Block, depth: usize) {
        let registry = self.registry;
        let defs: Vec<_> = registry.ops().filter(|d| can_make(d) && !d.has(&Trait::Terminator)).collect();
        for _ in 0..self.choices.below(3) {
            let def = *self.choices.pick(&defs);
            if !def.traits.iter().any(|t| matches!(t, Trait::Parent(_) | Trait::Ancestor(_))) {
                self.op(body, block, def, None, depth + 1);
            }
        }
    }
    /// The end of a block, with operands such as the results of the operation around, their elements, or none.
    fn terminator(&mut self, body: &mut Body, block: Block, name: &str, types: &Types, depth: usize) -> Option<Op> {
        let def = self.registry.op(name)?.clone();
        let results: Vec<Type> = types.results.iter().flatten().flatten().copied().collect();
        let elements: Vec<Type> = results.iter().map(|t| self.ctx.elem_or_self(*t)).collect();
        let candidates = [results, elements, vec![]];
        let first = self.choices.below(4);
        let lists = candidates.iter().cycle().skip(if first == 3 { 1 } else { 0 }).take(3);
        lists.into_iter().find_map(|list| {
            let fixed = def.operands.iter().filter(|o| !o.is_variable()).count();
            if fixed > list.len() || fixed == def.operands.len() && fixed < list.len() {
                return self.op(body, block, &def, None, depth + 1);
            }
            self.op(body, block, &def, Some(list), depth + 1)
        })
    }
}
