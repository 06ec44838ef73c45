//! `--check-semantics`: runs the functions of a module on seeded inputs before the first pass and after each, and names the first pass
//! that changes a result.

use crate::manager::Checker;
use crate::pass::PassContext;
use edge_dialect::Registry;
use edge_dialect::instance::{dim_names, elem_of};
use edge_dialect::model::Trait;
use edge_interp::interp::{NO_FUNCTION, NOT_INTERPRETED};
use edge_interp::{Interp, Random, Ranges, Tensor, Tolerance, compare, random_tensor};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Body, Context, Loc, Module, Op, OpData, Type, TypeKind};
use edge_support::{Code, Diagnostics, Reported};
use std::collections::BTreeMap;
use std::sync::Mutex;

edge_support::codes! {
    /// A pass changed what the program computes.
    CHANGED_RESULT = "E0620";
    /// A function cannot be run, so that nothing is known of passes' effect on it.
    NOT_CHECKED = "W0621";
    /// A pass took away a function that others can call.
    LOST_FUNCTION = "E0622";
    /// No function can be run, so that nothing would be checked.
    NOTHING_CHECKED = "E0623";
}

/// What a function gave for which inputs.
struct Reference {
    /// Of the function.
    loc: Loc,
    inputs: Vec<Tensor>,
    results: Vec<Tensor>,
}

/// See the module.
pub struct Semantics {
    seed: u64,
    references: Mutex<BTreeMap<String, Reference>>,
}

/// How a run ended.
enum Outcome {
    Results(Vec<Tensor>),
    /// Some operation has no meaning for the interpreter.
    Unknown(String),
    Stopped(String),
}

impl Semantics {
    pub fn new(seed: u64) -> Self {
        Self { seed, references: Mutex::default() }
    }
    fn run(cx: &PassContext<'_>, module: &Module, name: &str, inputs: &[Tensor]) -> Outcome {
        let diags = Diagnostics::new();
        match Interp::new(cx.ctx, &diags, cx.sources).run_function(module, name, inputs) {
            Ok(results) => Outcome::Results(results),
            Err(_) => {
                let first = diags.take().into_iter().next();
                let (code, message) = first.map_or((NOT_INTERPRETED, String::new()), |d| (d.code, d.message));
                let unknown: [Code; 2] = [NOT_INTERPRETED, NO_FUNCTION];
                if unknown.contains(&code) { Outcome::Unknown(message) } else { Outcome::Stopped(message) }
            }
        }
    }
    /// Takes a function's results as the reference, with its own inputs.
    fn refer(&self, cx: &PassContext<'_>, module: &Module, name: &str, function: &OpData) -> Option<Reference> {
        let give_up = |why: &str| {
            cx.remark(function.loc, NOT_CHECKED, format!("`{name}` is not checked: {why}"));
            None
        };
        let Some(inputs) = inputs(cx.ctx, function, self.seed) else { return give_up("inputs of these types cannot be made") };
        match Self::run(cx, module, name, &inputs) {
            Outcome::Results(results) => Some(Reference { loc: function.loc, inputs, results }),
            Outcome::Unknown(why) | Outcome::Stopped(why) => give_up(&why),
        }
    }
}

impl Checker for Semantics {
    fn start(&self, cx: &PassContext<'_>, module: &Module) -> Result<(), Reported> {
        let found = functions(cx.ctx, module);
        let found = found.into_iter().filter_map(|(name, f)| Some((name.clone(), self.refer(cx, module, &name, f)?)));
        let found: BTreeMap<String, Reference> = found.collect();
        if found.is_empty() {
            let message = "no function of the module that others can call can be run: there is nothing to check";
            let d = cx.error_at(module.op().loc, NOTHING_CHECKED, message);
            return Err(cx.diags.error(d.in_place("--check-semantics")));
        }
        *self.references.lock().unwrap_or_else(|e| e.into_inner()) = found;
        Ok(())
    }
    fn end(&self, cx: &PassContext<'_>, pass: &str, why: &str) {
        let references = std::mem::take(&mut *self.references.lock().unwrap_or_else(|e| e.into_inner()));
        for (name, reference) in &references {
            cx.remark(reference.loc, NOT_CHECKED, format!("`{name}` is not checked from `{pass}` on: {why}"));
        }
    }
    fn after(&self, cx: &PassContext<'_>, module: &Module, pass: &str) -> Result<(), Reported> {
        let now: BTreeMap<String, &OpData> = functions(cx.ctx, module).into_iter().collect();
        let mut references = self.references.lock().unwrap_or_else(|e| e.into_inner());
        let mut result = Ok(());
        for name in references.keys().cloned().collect::<Vec<_>>() {
            let Some(function) = now.get(&name) else {
                let loc = references.get(&name).map_or(module.op().loc, |r| r.loc);
                result = Err(cx.fail(loc, LOST_FUNCTION, format!("the pass `{pass}` took the function `{name}` away")));
                continue;
            };
            let Some(reference) = references.get(&name) else { continue };
            if !admits(cx.ctx, function, &reference.inputs) {
                // Shapes were bound: other inputs, and from here on another reference.
                match self.refer(cx, module, &name, function) {
                    Some(new) => drop(references.insert(name, new)),
                    None => drop(references.remove(&name)),
                }
                continue;
            }
            match Self::run(cx, module, &name, &reference.inputs) {
                Outcome::Results(results) => {
                    if let Some(difference) = differs(&results, &reference.results) {
                        let message = format!("the pass `{pass}` changed what `{name}` computes: {difference}");
                        result = Err(cx.fail(function.loc, CHANGED_RESULT, message));
                    }
                }
                Outcome::Unknown(why) => {
                    cx.remark(function.loc, NOT_CHECKED, format!("`{name}` is not checked from `{pass}` on: {why}"));
                    references.remove(&name);
                }
                Outcome::Stopped(why) => {
                    let message = format!("after the pass `{pass}`, `{name}` stops: {why}");
                    result = Err(cx.fail(function.loc, CHANGED_RESULT, message));
                }
            }
        }
        result
    }
}

fn differs(got: &[Tensor], expected: &[Tensor]) -> Option<String> {
    if got.len() != expected.len() {
        return Some(format!("{} results, and {} before", got.len(), expected.len()));
    }
    let pairs = got.iter().zip(expected).enumerate();
    pairs.filter_map(|(n, (g, e))| Some(format!("result {n}: {}", compare(g, e, Tolerance::of(e.elem())).err()?))).next()
}

/// Functions with bodies that others can call, by name, in order.
fn functions<'m>(ctx: &Context, module: &'m Module) -> Vec<(String, &'m OpData)> {
    let (Some(body), Some(entry)) = (module.op().body(), module.op().entry()) else { return Vec::new() };
    let named = |op: Op| function(ctx, body, op);
    body.block_ops(entry).filter_map(named).collect()
}

fn function<'m>(ctx: &Context, body: &'m Body, op: Op) -> Option<(String, &'m OpData)> {
    let data = body.op(op);
    let defined = data.info(ctx).and_then(Registry::definition)?.has(&Trait::Function) && data.entry().is_some();
    let private = data.attr(ctx, "sym_visibility").and_then(|a| ctx.as_str(a)) == Some("private");
    (defined && !private).then(|| (data.symbol_name(ctx).unwrap_or_default().to_owned(), data))
}

/// Types of a function's inputs: a host function of the device level says what tensors its buffers hold.
fn input_types(ctx: &Context, function: &OpData) -> Option<Vec<Type>> {
    if let Some(inputs) = function.attr(ctx, "edge.inputs") {
        let typed =
            |a: &Attr| ctx.dict_entries(*a).iter().find(|(key, _)| ctx.str(*key) == "type").and_then(|e| ctx.as_type(e.1));
        return ctx.as_array(inputs)?.iter().map(typed).collect();
    }
    let body = function.body()?;
    Some(body.block_args(function.entry()?).iter().map(|a| body.ty(*a)).collect())
}

/// Whether inputs fit a function as it is now.
fn admits(ctx: &Context, function: &OpData, inputs: &[Tensor]) -> bool {
    let Some(types) = input_types(ctx, function) else { return true };
    let fits = |(ty, tensor): (&Type, &Tensor)| {
        let shape = ctx.type_kind(*ty).shape().unwrap_or(&[]);
        let dims = shape.iter().zip(tensor.shape());
        shape.len() == tensor.shape().len() && dims.into_iter().all(|(a, b)| *a == DYNAMIC || a == b)
    };
    types.len() == inputs.len() && types.iter().zip(inputs).all(fits)
}

/// Seeded inputs; extents that are not known are small, and alike where they have the same name.
fn inputs(ctx: &Context, function: &OpData, seed: u64) -> Option<Vec<Tensor>> {
    let mut random = Random::new(seed);
    let mut sizes: BTreeMap<String, i64> = BTreeMap::new();
    let mut out = Vec::new();
    for ty in input_types(ctx, function)? {
        let kind = ctx.type_kind(ty);
        if !matches!(kind, TypeKind::Tensor { .. } | TypeKind::Integer { .. } | TypeKind::Float(_) | TypeKind::Index) {
            return None;
        }
        let names = dim_names(ctx, ty);
        let mut size = |axis: usize| {
            let fresh = 2 + (random.next_u64() % 4) as i64;
            names.get(axis).map_or(fresh, |n| *sizes.entry(n.clone()).or_insert(fresh))
        };
        let shape: Vec<i64> =
            kind.shape().unwrap_or(&[]).iter().enumerate().map(|(i, d)| if *d == DYNAMIC { size(i) } else { *d }).collect();
        let elem = elem_of(ctx, ctx.elem_or_self(ty))?;
        out.push(random_tensor(&mut random, elem, &shape, Ranges::default()).ok()?);
    }
    Some(out)
}
