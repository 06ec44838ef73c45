//! Types that follow: of results from operands, of operands that a format leaves out, of a region's entry arguments; and
//! the values of properties that are not given.

mod bind;
mod counts;
mod defaults;
mod derive;
mod show;

pub use bind::{Attrs, Binder, Bindings};
pub(crate) use bind::{shaped_kind, type_in};
pub use counts::counted_operands;
pub use defaults::default_value;
pub use show::{term, type_text, wanted};

use crate::instance;
use crate::model::{Arity, OpDef, Trait, TypeConstraint};
use edge_ir::{Attr, Context, Type};
use rustc_hash::FxHashMap;

/// The types of an operation as far as they are known: one list for each declared operand and result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Types {
    /// As many entries as there are values; `None` where the type is not known yet.
    pub operands: Vec<Vec<Option<Type>>>,
    /// `None`: neither number nor types are known.
    pub results: Vec<Option<Vec<Type>>>,
}

impl Types {
    /// Of an op none of whose types are known: `counts` are the numbers of values of each declared operand.
    pub fn unknown(def: &OpDef, counts: &[usize]) -> Types {
        Types { operands: counts.iter().map(|n| vec![None; *n]).collect(), results: vec![None; def.results.len()] }
    }
}

fn operand(def: &OpDef, n: usize) -> String {
    format!("operand `{}`", def.operands[n].name)
}

fn result(def: &OpDef, n: usize) -> String {
    format!("result `{}`", def.results[n].name)
}

/// Fills in the types that follow from those that are known. What does not agree is left to the verifier.
///
/// # Errors
/// Which type does not follow, as a sentence, or why `eval` has no shape for it.
pub fn complete(ctx: &Context, def: &OpDef, types: &mut Types, attrs: Attrs<'_>) -> Result<(), String> {
    complete_named(ctx, def, types, attrs, None)
}

/// [`complete`], where so many results have a name in the text: what is left of them is the one group of results whose number
/// nothing else tells.
pub fn complete_named(
    ctx: &Context,
    def: &OpDef,
    types: &mut Types,
    attrs: Attrs<'_>,
    named: Option<usize>,
) -> Result<(), String> {
    let mut binder = Binder::new(ctx, def, attrs);
    // What follows from a type that does not fit is not to be asked for: that type is the mistake.
    let misfit = bind_known(&mut binder, types);
    let missing =
        |what: String| misfit.clone().unwrap_or_else(|| format!("the type of {what} does not follow from what is written"));
    // Each round may bind what the next one needs; there are no more variables than values.
    for _ in 0..=def.operands.len() + def.results.len() {
        let before = types.clone();
        fill(&mut binder, types);
        if *types == before {
            break;
        }
        bind_known(&mut binder, types);
    }
    if let Some(n) = types.operands.iter().position(|o| o.contains(&None)) {
        return Err(missing(operand(def, n)));
    }
    results_by_eval(ctx, def, types, attrs)?;
    if let Some(named) = named {
        fill_counted(&binder, types, named);
    }
    match types.results.iter().position(Option::is_none) {
        Some(n) => Err(missing(result(def, n))),
        None => Ok(()),
    }
}

/// Binds what the known types say. Gives the first that does not fit.
fn bind_known(binder: &mut Binder<'_>, types: &Types) -> Option<String> {
    let def = binder.def;
    let mut first = None;
    let mut note = |fits: Result<(), String>| first = first.take().or(fits.err());
    for (n, group) in types.operands.iter().enumerate() {
        if let Some(known) = group.iter().copied().collect::<Option<Vec<Type>>>() {
            let pack = matches!(def.operands[n].constraint, TypeConstraint::Pack(_));
            let optional = known.is_empty() && (!pack || def.operands[n].arity == Arity::Optional);
            if !optional {
                note(binder.fit_all(&def.operands[n].constraint, &known, &operand(def, n)));
            }
        } else {
            for ty in group.iter().flatten() {
                note(binder.fit(&def.operands[n].constraint, *ty, &operand(def, n)));
            }
        }
    }
    for (n, group) in types.results.iter().enumerate() {
        if let Some(known) = group {
            note(binder.fit_all(&def.results[n].constraint, known, &result(def, n)));
        }
    }
    // A constant's type is that of its value.
    for property in &def.properties {
        if let crate::model::AttrConstraint::Typed(c) = &property.constraint
            && let Some(ty) = (binder.attrs)(&property.name).and_then(|a| type_in(binder.ctx, a))
        {
            note(binder.fit(c, ty, &format!("property `{}`", property.name)));
        }
    }
    first
}

fn fill(binder: &mut Binder<'_>, types: &mut Types) {
    let def = binder.def;
    let one = def.has(&Trait::SameType).then(|| any_known(types)).flatten();
    for (n, group) in types.operands.iter_mut().enumerate().filter(|(_, g)| g.contains(&None)) {
        if let Some(made) = binder.make_all(&def.operands[n].constraint, Some(group.len())).filter(|m| m.len() == group.len()) {
            group.iter_mut().zip(made).for_each(|(slot, ty)| *slot = slot.or(Some(ty)));
        } else if let Some(one) = one {
            group.iter_mut().for_each(|slot| *slot = slot.or(Some(one)));
        }
    }
    for (n, group) in types.results.iter_mut().enumerate().filter(|(_, g)| g.is_none()) {
        let spec = &def.results[n];
        // Shapes of tensors that an `eval` writes come from it, with the names of their sizes.
        if def.eval.is_some() && matches!(spec.constraint, TypeConstraint::Shaped { .. }) {
            continue;
        }
        let count = if spec.is_variable() { None } else { Some(1) };
        *group = binder.make_all(&spec.constraint, count).or(one.filter(|_| !spec.is_variable()).map(|t| vec![t]));
    }
}

/// The group of results whose number does not follow from its definition, where there is one: the names in the text count it.
fn fill_counted(binder: &Binder<'_>, types: &mut Types, named: usize) {
    let known: usize = types.results.iter().flatten().map(Vec::len).sum();
    let mut open = types.results.iter_mut().zip(&binder.def.results).filter(|(group, _)| group.is_none());
    if let (Some((group, spec)), None) = (open.next(), open.next())
        && spec.is_variable()
        && let Some(count) = named.checked_sub(known)
    {
        *group = if count == 0 { Some(vec![]) } else { binder.make_all(&spec.constraint, Some(count)) };
    }
}

fn any_known(types: &Types) -> Option<Type> {
    let operands = types.operands.iter().flatten().flatten().copied();
    let mut results = types.results.iter().flatten().flatten().copied();
    operands.into_iter().next().or_else(|| results.next())
}

fn results_by_eval(ctx: &Context, def: &OpDef, types: &mut Types, attrs: Attrs<'_>) -> Result<(), String> {
    if def.eval.is_none() || types.results.iter().all(Option::is_some) || def.results.iter().any(|r| r.is_variable()) {
        return Ok(());
    }
    let operands: Vec<Vec<(Type, Option<Attr>)>> =
        types.operands.iter().map(|g| g.iter().flatten().map(|t| (*t, None)).collect()).collect();
    let made = instance::infer_types(ctx, def, &operands, attrs).map_err(|e| e.message)?;
    for (slot, ty) in types.results.iter_mut().zip(made) {
        slot.get_or_insert(vec![ty]);
    }
    Ok(())
}

/// The types of all results, in order, from the operands' (with their values, where they are constants) and the properties.
///
/// # Errors
/// A sentence that says what does not follow or does not fit.
pub fn result_types(
    ctx: &Context,
    def: &OpDef,
    operands: &[Vec<(Type, Option<Attr>)>],
    attrs: Attrs<'_>,
) -> Result<Vec<Type>, String> {
    if def.eval.is_some() && def.operands.iter().any(|o| o.known) {
        return instance::infer_types(ctx, def, operands, attrs).map_err(|e| e.message);
    }
    let mut types = Types {
        operands: operands.iter().map(|g| g.iter().map(|(t, _)| Some(*t)).collect()).collect(),
        results: vec![None; def.results.len()],
    };
    complete(ctx, def, &mut types, attrs)?;
    Ok(types.results.into_iter().flatten().flatten().collect())
}

/// The types of a region's entry arguments, as the definition gives them; `None` where it does not say, or they do not follow.
pub fn region_args(ctx: &Context, def: &OpDef, region: usize, types: &Types, attrs: Attrs<'_>) -> Option<Vec<Type>> {
    let args = def.regions.get(region)?.args.as_ref()?;
    let mut binder = Binder::new(ctx, def, attrs);
    bind_known(&mut binder, types);
    let mut out = vec![];
    for (_, constraint) in args {
        out.extend(binder.make_all(constraint, Some(1))?);
    }
    Some(out)
}

/// How many sizes each pack of the operands stands for.
pub(crate) fn pack_lengths(def: &OpDef, types: &Types, ctx: &Context) -> FxHashMap<String, usize> {
    let mut out = FxHashMap::default();
    for (spec, group) in def.operands.iter().zip(&types.operands) {
        let (TypeConstraint::Shaped { dims, .. }, Some(Some(ty))) = (&spec.constraint, group.first()) else { continue };
        let Some(shape) = ctx.type_kind(*ty).shape() else { continue };
        let packs: Vec<&str> = dims.iter().filter(|d| d.text.contains("..")).map(|d| d.text.as_str()).collect();
        if let ([one], Some(length)) = (&packs[..], (shape.len() + 1).checked_sub(dims.len())) {
            let name = one.split("..").next().unwrap_or_default().trim();
            out.insert(name.to_string(), length);
        }
    }
    out
}
