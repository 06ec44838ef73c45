//! What a definition demands of an operation: numbers of values, types, properties, regions, successors, traits, `verify` clauses.
//! The structure that every operation has is checked by [`edge_ir::verify`].

pub(crate) mod attrs;
mod params;
mod passed;
pub mod predicate;

pub use params::check_params;

use crate::infer::{Binder, default_value, region_args, term, type_text};
use crate::model::*;
use crate::{Registry, infer, instance};
use edge_ir::symbols::SymbolTable;
use edge_ir::verify::Finding;
use edge_ir::{Attr, Body, Context, Op, OpData, Type, Value};
use edge_support::Code;
use passed::Passed;

pub use attrs::fits;
use std::rc::Rc;

edge_support::codes! {
    /// An operation has too few or too many operands, results, regions or successors.
    COUNT = "E0330";
    /// An operand or result has the wrong type.
    TYPE = "E0331";
    /// A property is missing or does not satisfy its constraint.
    PROPERTY = "E0332";
    /// A region has the wrong blocks, arguments or terminator.
    REGION = "E0333";
    /// A trait of the operation does not hold.
    TRAIT = "E0334";
    /// A `verify` clause or `require` of the definition does not hold.
    PREDICATE = "E0335";
    /// A call names no function, or one of another type.
    CALLEE = "E0336";
}

/// Checks every operation in a body, and in the bodies of isolated operations in it, against its definition. Operations without a
/// definition are passed over.
pub fn verify_all(ctx: &Context, body: &Body, op: Op) -> Vec<Finding> {
    verify_each(ctx, vec![Pending { body, op, owner: None, symbols: None }])
}

/// [`verify_all`] of everything inside of an isolated operation, as a nested pass holds it. Its own operands and results are checked
/// by whoever holds what is around it.
pub fn verify_inside(ctx: &Context, owner: &OpData) -> Vec<Finding> {
    let Some(body) = owner.body() else { return vec![] };
    let symbols = Symbols::of(ctx, owner, body, None);
    verify_each(ctx, Pending::of_regions(body, owner.regions(), Some(owner), &symbols).into_iter().rev().collect())
}

/// An operation that is still to be checked, and what is around it.
struct Pending<'a> {
    body: &'a Body,
    op: Op,
    owner: Option<&'a OpData>,
    symbols: Option<Rc<Symbols<'a>>>,
}

impl<'a> Pending<'a> {
    fn of_regions(
        body: &'a Body,
        regions: &[edge_ir::Region],
        owner: Option<&'a OpData>,
        symbols: &Option<Rc<Symbols<'a>>>,
    ) -> Vec<Pending<'a>> {
        let ops = regions.iter().flat_map(|r| body.blocks(*r)).flat_map(|b| body.block_ops(b));
        ops.map(|op| Pending { body, op, owner, symbols: symbols.clone() }).collect()
    }
}

fn verify_each<'a>(ctx: &Context, mut stack: Vec<Pending<'a>>) -> Vec<Finding> {
    let mut out = vec![];
    let mut passed = Passed::default();
    while let Some(Pending { body, op, owner, symbols }) = stack.pop() {
        if !passed.contains(ctx, body, op) {
            let found = verify_op(ctx, body, op, owner);
            if found.is_empty() {
                passed.note();
            }
            out.extend(found);
        }
        out.extend(symbols.as_ref().and_then(|s: &Rc<Symbols<'_>>| s.call(ctx, body, op)));
        let (inner, regions) = body.op_regions(op);
        let data = body.op(op);
        let owner = if data.body().is_some() { Some(data) } else { owner };
        let symbols = Symbols::of(ctx, data, inner, symbols);
        stack.extend(Pending::of_regions(inner, regions, owner, &symbols).into_iter().rev());
    }
    out
}

/// The symbols that an operation sees, and the body that they are in.
struct Symbols<'a> {
    table: SymbolTable,
    body: &'a Body,
}

impl<'a> Symbols<'a> {
    /// Those of an operation that holds symbols; otherwise those around it.
    fn of(ctx: &Context, data: &OpData, inner: &'a Body, around: Option<Rc<Symbols<'a>>>) -> Option<Rc<Symbols<'a>>> {
        match data.has(ctx, edge_ir::Traits::SYMBOL_TABLE) {
            true => Some(Rc::new(Symbols { table: SymbolTable::of(ctx, data), body: inner })),
            false => around,
        }
    }
    /// A call names a function whose type is that of its operands and results.
    fn call(&self, ctx: &Context, body: &Body, op: Op) -> Option<Finding> {
        let data = body.op(op);
        let def = data.info(ctx).and_then(Registry::definition)?;
        if !def.has(&Trait::Call) {
            return None;
        }
        let callee = ctx.as_symbol(data.attr(ctx, "callee")?)?;
        let finding = |message: String| Some(Finding { code: CALLEE, message, loc: data.loc, also: vec![] });
        let Some(function) = self.table.get(ctx, callee).map(|f| self.body.op(f)) else {
            return finding(format!("`{callee}` does not reference a valid function"));
        };
        let ty = function.attr(ctx, "function_type").and_then(|a| ctx.as_type(a))?;
        let operands: Vec<Type> = body.operands(op).map(|v| body.ty(v)).collect();
        let results: Vec<Type> = data.results().iter().map(|v| body.ty(*v)).collect();
        let found = ctx.function_type(&operands, &results);
        if found == ty {
            return None;
        }
        finding(format!("the call has type {}, but `{callee}` has {}", type_text(ctx, found), type_text(ctx, ty)))
    }
}

/// Checks one operation. `owner` is the isolated operation whose body it is in, if there is one. What follows from a wrong count is
/// not reported.
pub fn verify_op(ctx: &Context, body: &Body, op: Op, owner: Option<&OpData>) -> Vec<Finding> {
    let data = body.op(op);
    let Some(def) = data.info(ctx).and_then(Registry::definition) else { return vec![] };
    let mut v = Verifier { ctx, body, op, data, def, owner, operands: vec![], results: vec![], findings: vec![] };
    v.run();
    v.findings
}

/// One operation under its definition.
pub(crate) struct Verifier<'a> {
    pub ctx: &'a Context,
    pub body: &'a Body,
    pub op: Op,
    pub data: &'a OpData,
    pub def: &'a OpDef,
    pub owner: Option<&'a OpData>,
    /// Values of each declared operand and result.
    pub operands: Vec<Vec<Value>>,
    pub results: Vec<Vec<Value>>,
    findings: Vec<Finding>,
}

/// The values of each declared operand (or result); `Err` says what is wrong with their number.
pub fn groups(
    ctx: &Context,
    def: &OpDef,
    body: &Body,
    data: &OpData,
    values: Vec<Value>,
    results: bool,
) -> Result<Vec<Vec<Value>>, String> {
    let (specs, what, property) = match results {
        true => (&def.results, "result", RESULT_SEGMENTS),
        false => (&def.operands, "operand", OPERAND_SEGMENTS),
    };
    let plural = |n: usize| if n == 1 { format!("{n} {what}") } else { format!("{n} {what}s") };
    let variable = specs.iter().filter(|s| s.is_variable()).count();
    let fixed = specs.len() - variable;
    let attr = |name: &str| data.attr(ctx, name);
    let counted = infer::counted_operands(ctx, def, &attr, &|n| body.ty(values[n]), values.len()).filter(|_| !results);
    let counts: Vec<usize> = if let Some(counted) = counted {
        counted
    } else if if results { def.has_result_segments() } else { def.has_operand_segments() } {
        let ints = data.attr(ctx, property).and_then(|a| ctx.as_ints(a)).ok_or_else(|| format!("`{property}` is missing"))?;
        if ints.len() != specs.len() {
            return Err(format!("`{property}` has {} entries, but {} {what} groups are declared", ints.len(), specs.len()));
        }
        ints.iter().map(|n| usize::try_from(*n).unwrap_or(usize::MAX)).collect()
    } else if variable == 0 || values.len() < fixed {
        vec![1; specs.len()]
    } else {
        specs.iter().map(|s| if s.is_variable() { (values.len() - fixed) / variable } else { 1 }).collect()
    };
    let total = counts.iter().fold(0usize, |a, b| a.saturating_add(*b));
    if total != values.len() {
        if data.attr(ctx, property).is_some() {
            let verb = if values.len() == 1 { "is" } else { "are" };
            return Err(format!("`{property}` counts {total}, but there {verb} {}", plural(values.len())));
        }
        let least = if variable > 0 && values.len() < fixed { "at least " } else { "" };
        return Err(format!("expected {least}{}, but found {}", plural(total), values.len()));
    }
    let mut rest = values.into_iter();
    let mut out = vec![];
    for (spec, count) in specs.iter().zip(counts) {
        match spec.arity {
            Arity::One if count != 1 => return Err(format!("{what} `{}` is one value, not {count}", spec.name)),
            Arity::Optional if count > 1 => return Err(format!("{what} `{}` is at most one value, not {count}", spec.name)),
            _ => out.push(rest.by_ref().take(count).collect()),
        }
    }
    Ok(out)
}

impl<'a> Verifier<'a> {
    fn report(&mut self, code: Code, message: impl Into<String>) {
        self.findings.push(Finding { code, message: message.into(), loc: self.data.loc, also: vec![] });
    }

    pub fn attr(&self, name: &str) -> Option<Attr> {
        self.data.attr(self.ctx, name)
    }

    /// The operation around this one.
    pub fn parent(&self) -> Option<&'a OpData> {
        self.body.parent_op(self.op).map(|p| self.body.op(p)).or(self.owner)
    }

    /// Whatever looks beyond types and properties must be known to [`passed`].
    fn run(&mut self) {
        let operands = groups(self.ctx, self.def, self.body, self.data, self.body.operands(self.op).collect(), false);
        let results = groups(self.ctx, self.def, self.body, self.data, self.data.results().to_vec(), true);
        match (operands, results) {
            (Ok(operands), Ok(results)) => (self.operands, self.results) = (operands, results),
            (operands, results) => {
                for message in [operands.err(), results.err()].into_iter().flatten() {
                    self.report(COUNT, message);
                }
                return;
            }
        }
        self.properties();
        self.counts();
        if !self.findings.is_empty() {
            return;
        }
        self.types();
        self.traits();
        self.regions();
        if self.findings.is_empty() {
            self.eval();
            self.predicates();
        }
    }

    fn properties(&mut self) {
        for (n, property) in self.def.properties.iter().chain(&self.def.attributes).enumerate() {
            let kind = if n < self.def.properties.len() { "property" } else { "attribute" };
            match self.attr(&property.name) {
                Some(attr) => {
                    if let Err(message) = attrs::fits(self.ctx, &property.constraint, attr) {
                        self.report(PROPERTY, format!("{kind} `{}` {message}", property.name));
                    }
                }
                None if property.optional || property.default.is_some() => {}
                None => self.report(PROPERTY, format!("{kind} `{}` is missing", property.name)),
            }
        }
    }

    fn counts(&mut self) {
        let regions = self.data.regions().len();
        let variable = self.def.regions.iter().any(|r| r.arity != Arity::One);
        let fixed = self.def.regions.iter().filter(|r| r.arity == Arity::One).count();
        if regions < fixed || (!variable && regions != fixed) {
            self.report(COUNT, format!("expected {fixed} regions, but found {regions}"));
        }
        let successors = self.data.successors().len();
        let variable = self.def.successors.iter().any(|s| s.variadic);
        let fixed = self.def.successors.iter().filter(|s| !s.variadic).count();
        if successors < fixed || (!variable && successors != fixed) {
            self.report(COUNT, format!("expected {fixed} successors, but found {successors}"));
        }
        if let Some(message) = self.def.body_operands(self.data.num_operands()) {
            self.report(COUNT, message);
        }
    }

    pub fn value_types(&self, values: &[Value]) -> Vec<Type> {
        values.iter().map(|v| self.body.ty(*v)).collect()
    }

    fn types(&mut self) {
        let attr = |name: &str| self.attr(name);
        let mut binder = Binder::new(self.ctx, self.def, &attr);
        let mut problems = vec![];
        for property in &self.def.properties {
            if let AttrConstraint::Typed(c) = &property.constraint
                && let Some(ty) = attr(&property.name).and_then(|a| infer::type_in(self.ctx, a))
            {
                problems.extend(binder.fit(c, ty, &format!("property `{}`", property.name)).err());
            }
        }
        let operands = self.def.operands.iter().zip(&self.operands).map(|x| (x, "operand"));
        // Terms that only compare with what is bound come after those that bind.
        let (now, later): (Vec<_>, Vec<_>) = operands
            .chain(self.def.results.iter().zip(&self.results).map(|x| (x, "result")))
            .filter(|((spec, values), _)| {
                let only = matches!(spec.constraint, TypeConstraint::Only(..));
                spec.arity != Arity::Optional || !values.is_empty() || only
            })
            .partition(|((spec, _), _)| binds(&spec.constraint));
        for ((spec, values), what) in now.into_iter().chain(later) {
            let types = self.value_types(values);
            problems.extend(binder.fit_all(&spec.constraint, &types, &format!("{what} `{}`", spec.name)).err());
        }
        for message in problems {
            self.report(TYPE, message);
        }
    }

    fn traits(&mut self) {
        let all: Vec<Type> = self.operands.iter().chain(&self.results).flatten().map(|v| self.body.ty(*v)).collect();
        let operands: Vec<Type> = self.operands.iter().flatten().map(|v| self.body.ty(*v)).collect();
        let shape = |t: &Type| self.ctx.type_kind(*t).shape();
        let agree = |a: &[i64], b: &[i64]| {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x == y || [*x, *y].contains(&edge_ir::types::DYNAMIC))
        };
        let mut problems = vec![];
        for t in &self.def.traits {
            let broken = match t {
                Trait::SameType => {
                    all.windows(2).any(|w| w[0] != w[1]).then(|| "operands and results have one type".to_string())
                }
                Trait::SameOperandTypes => {
                    operands.windows(2).any(|w| w[0] != w[1]).then(|| "operands have one type".to_string())
                }
                Trait::SameElementType => {
                    let mut elems = all.iter().map(|t| self.ctx.elem_or_self(*t));
                    let first = elems.next();
                    elems.any(|e| Some(e) != first).then(|| "operands and results have one element type".to_string())
                }
                Trait::SameShape => {
                    let bad = all.windows(2).any(|w| match (shape(&w[0]), shape(&w[1])) {
                        (Some(a), Some(b)) => !agree(a, b),
                        (None, None) => false,
                        // An unranked operand agrees with every shape, a scalar with none.
                        (a, _) => self.ctx.type_kind(if a.is_none() { w[0] } else { w[1] }).elem().is_none(),
                    });
                    bad.then(|| "operands and results have one shape".to_string())
                }
                Trait::Parent(names) => self.parent_problem(names),
                Trait::Branch => self.branch_problem(),
                _ => None,
            };
            problems.extend(broken);
        }
        for message in problems {
            self.report(TRAIT, format!("`{}` demands: {message}", self.def.name));
        }
    }

    /// The variable operands, in order, are the arguments of the blocks that an operation branches to.
    fn branch_problem(&self) -> Option<String> {
        let mut lists: Vec<&[Value]> = vec![];
        for (spec, values) in self.def.operands.iter().zip(&self.operands).filter(|(spec, _)| spec.is_variable()) {
            let Some(segments) = spec.segments else {
                lists.push(values);
                continue;
            };
            let mut rest = &values[..];
            for size in self.data.prop_slots()[segments].and_then(|a| self.ctx.as_ints(a))? {
                let (list, more) = rest.split_at_checked(usize::try_from(size).ok()?)?;
                lists.push(list);
                rest = more;
            }
        }
        if lists.len() != self.data.successors().len() {
            return None;
        }
        for (n, (block, given)) in self.data.successors().iter().zip(lists).enumerate() {
            let args = self.body.block_args(*block);
            if given.len() != args.len() {
                let (have, want) = (given.len(), args.len());
                return Some(format!("branch has {have} operands for successor #{n}, but target block has {want}"));
            }
            if let Some(i) = given.iter().zip(args).position(|(g, a)| self.body.ty(*g) != self.body.ty(*a)) {
                return Some(format!("type mismatch for bb argument #{i} of successor #{n}"));
            }
        }
        None
    }

    fn parent_problem(&self, names: &[String]) -> Option<String> {
        let name = self.ctx.str(self.parent()?.name);
        (!names.iter().any(|n| n == name)).then(|| format!("it stands in `{}`, not in `{name}`", names.join("` or `")))
    }

    fn regions(&mut self) {
        let attr = |name: &str| self.attr(name);
        let types = infer::Types {
            operands: self.operands.iter().map(|g| self.value_types(g).into_iter().map(Some).collect()).collect(),
            results: self.results.iter().map(|g| Some(self.value_types(g))).collect(),
        };
        let (body, regions) = self.body.op_regions(self.op);
        let mut problems = vec![];
        for (n, region) in regions.iter().enumerate() {
            let index = n.min(self.def.regions.len().saturating_sub(1));
            let Some(spec) = self.def.regions.get(index) else { continue };
            let blocks: Vec<_> = body.blocks(*region).collect();
            if blocks.len() < spec.blocks.0 || spec.blocks.1.is_some_and(|m| blocks.len() > m) {
                problems.push(format!("region `{}` has {} blocks", spec.name, blocks.len()));
                continue;
            }
            let Some(entry) = blocks.first() else { continue };
            let found: Vec<Type> = body.block_args(*entry).iter().map(|v| body.ty(*v)).collect();
            if let Some(args) = region_args(self.ctx, self.def, index, &types, &attr)
                && found != args
            {
                let list = |t: &[Type]| t.iter().map(|t| type_text(self.ctx, *t)).collect::<Vec<_>>().join(", ");
                problems.push(format!(
                    "region `{}` has arguments ({}), but ({}) are wanted",
                    spec.name,
                    list(&found),
                    list(&args)
                ));
            }
            for block in blocks.iter().filter(|_| !spec.terminators.is_empty()) {
                let last = body.block_last(*block).map(|o| body.name(self.ctx, o));
                if !last.is_some_and(|l| spec.terminators.iter().any(|t| t == l)) {
                    problems.push(format!("region `{}` ends in `{}`", spec.name, spec.terminators.join("` or `")));
                }
            }
        }
        for message in problems {
            self.report(REGION, message);
        }
    }

    /// Shapes by `eval`: that it has an instance, and that the results are what it says.
    fn eval(&mut self) {
        if self.def.eval.is_none() || !self.def.results.iter().any(|r| matches!(r.constraint, TypeConstraint::Shaped { .. })) {
            return;
        }
        let ranked = |v: &Value| self.ctx.type_kind(self.body.ty(*v)).shape().is_some();
        if self.operands.iter().flatten().any(|v| !ranked(v)) {
            return;
        }
        let constant = |v: Value| constant_value(self.ctx, self.body, v);
        match instance::instantiate_op(self.ctx, self.def, self.body, self.op, &constant) {
            Err(e) => self.report(PREDICATE, e.message),
            Ok((made, _)) => {
                for (n, value) in self.data.results().iter().enumerate() {
                    let dims = made.result_dims(n);
                    let shape = self.ctx.type_kind(self.body.ty(*value)).shape().unwrap_or_default();
                    let wrong = dims.len() != shape.len()
                        || dims.iter().zip(shape).any(|(d, s)| {
                            matches!(d, Some(crate::eval::DimArg::Static(k)) if k != s && *s != edge_ir::types::DYNAMIC)
                        });
                    if wrong {
                        let found = type_text(self.ctx, self.body.ty(*value));
                        let name = &self.def.results[n.min(self.def.results.len() - 1)].name;
                        self.report(
                            TYPE,
                            format!("result `{name}` has type {found}, but its shape by the definition is another"),
                        );
                    }
                }
            }
        }
    }

    fn predicates(&mut self) {
        for clause in &self.def.verifies {
            // What depends on something that is not known here (a dynamic extent) holds until it is.
            if predicate::holds(self, &clause.expr) == Some(false) {
                self.report(PREDICATE, clause.message.clone());
            }
        }
    }
}

/// Whether matching a term binds the variables in it, rather than only comparing with them.
fn binds(c: &TypeConstraint) -> bool {
    !matches!(
        c,
        TypeConstraint::FunctionInputs(_)
            | TypeConstraint::FunctionResults(_)
            | TypeConstraint::With(..)
            | TypeConstraint::ElementOf(_)
            | TypeConstraint::ScalarOf(_)
            | TypeConstraint::As(..)
            | TypeConstraint::Only(..)
            | TypeConstraint::Outer(..)
            | TypeConstraint::Unmapped { .. }
            | TypeConstraint::Leading(..)
            | TypeConstraint::EachElement(_)
            | TypeConstraint::Or(_)
    )
}

/// The value of a constant operation's result.
pub fn constant_value(ctx: &Context, body: &Body, value: Value) -> Option<Attr> {
    let op = body.defining_op(value)?;
    let data = body.op(op);
    data.has(ctx, edge_ir::Traits::CONSTANT_LIKE).then(|| data.attr(ctx, "value")).flatten()
}

/// Properties (by slot) that are not given, with their defaults, as far as these follow. `operands` and `results` are the types of each
/// declared one.
pub fn defaults(ctx: &Context, def: &OpDef, types: &infer::Types, attrs: infer::Attrs<'_>) -> Vec<(usize, Attr)> {
    let find = |name: &str| -> Option<Type> {
        let operand = def.operand(name).and_then(|n| types.operands.get(n)?.first().copied().flatten());
        operand.or_else(|| def.result(name).and_then(|n| types.results.get(n)?.as_ref()?.first().copied()))
    };
    let extents = infer::pack_lengths(def, types, ctx);
    let mut out = vec![];
    for (slot, property) in def.properties.iter().enumerate().filter(|(_, p)| attrs(&p.name).is_none()) {
        out.extend(default_value(ctx, def, property, &find, &|pack| extents.get(pack).copied(), attrs).map(|v| (slot, v)));
    }
    out
}

/// What a constraint wants, for pages and messages.
pub fn constraint_text(c: &TypeConstraint) -> String {
    term(c)
}
