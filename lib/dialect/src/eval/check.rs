//! Load-time checks: a definition is instantiated on representative ranks with sizes that are not known, so that what is
//! wrong with it shows before the first operation uses it.

use super::ast::*;
use super::inst::{Arguments, DimArg, TensorArg, instantiate};
use super::value::StaticValue;
use crate::core::{ElemType, Program};
use rustc_hash::{FxHashMap, FxHashSet};

/// Packs are tried with up to this many axes.
const LONGEST_PACK: usize = 3;

/// What is wrong with a definition whatever its operands: names that nothing defines, indices that may be out of range,
/// results that are not covered, types that do not go together, sums in narrow types. Each of `elems` gives every type variable
/// an element type that it may have, and `attrs` are values of the attributes without a default, as a valid operation has them.
///
/// An error counts only if it occurs for every length of packs that the definition takes: some lengths are refused rightly. Where some
/// element types have a meaning, it is a warning that others have none.
/// Definitions that need values of operands or of attributes not given here are not checked.
pub fn check(def: &Definition, elems: &[FxHashMap<String, ElemType>], attrs: &[(String, StaticValue)]) -> Vec<EvalError> {
    if def.operands.iter().any(|o| o.known)
        || def.attrs.iter().any(|a| a.default.is_none() && !attrs.iter().any(|(n, _)| *n == a.name))
    {
        return Vec::new();
    }
    let mut findings: Vec<EvalError> = Vec::new();
    let (mut failed, mut any) = (Vec::new(), false);
    for elem in elems {
        let (mut errors, mut worked) = (Vec::new(), false);
        for length in 0..=LONGEST_PACK {
            for optional in [true, false] {
                match instantiate(def, &arguments(def, elem, length, optional, attrs)) {
                    Ok(instance) => {
                        worked = true;
                        findings.extend(instance.findings);
                        findings.extend(uncovered(instance.program));
                    }
                    Err(error) => errors.push(error),
                }
            }
        }
        // Sizes that must be numbers, such as those that say how long a pack is: known ones are good enough.
        let known = |length| instantiate(def, &with_numbers(arguments(def, elem, length, true, attrs))).is_ok();
        if worked || (0..=LONGEST_PACK).any(known) {
            any = true;
        } else {
            failed.extend(errors.into_iter().next_back());
        }
    }
    findings.extend(failed.into_iter().map(|e| EvalError { warning: e.warning || any, ..e }));
    let mut seen = FxHashSet::default();
    findings.retain(|f| seen.insert((f.span.start, f.message.clone())));
    findings
}

/// Results of which it is not proved that each element is assigned once.
fn uncovered(mut program: Program) -> Vec<EvalError> {
    let results: Vec<_> = (0..program.results).filter_map(|n| program.result(n)).collect();
    let open: Vec<_> = results.into_iter().filter(|b| !program.covers(*b)).collect();
    open.into_iter()
        .map(|b| EvalError::new(0..0, format!("not each element of `{}` is defined exactly once", program.buf(b).name)))
        .collect()
}

fn with_numbers(mut args: Arguments) -> Arguments {
    for dim in args.operands.iter_mut().flatten().flat_map(|t| &mut t.shape) {
        if let DimArg::Dynamic(_) = dim {
            *dim = DimArg::Static(2);
        }
    }
    args
}

/// Operands with packs of one length. A name is one size wherever it stands; other sizes have numbers of their own.
fn arguments(
    def: &Definition,
    elems: &FxHashMap<String, ElemType>,
    length: usize,
    optional: bool,
    attrs: &[(String, StaticValue)],
) -> Arguments {
    let mut names: Vec<(String, usize)> = Vec::new();
    let mut key = |name: String, axis: usize| {
        let at = names.iter().position(|n| *n == (name.clone(), axis)).unwrap_or_else(|| {
            names.push((name, axis));
            names.len() - 1
        });
        DimArg::Dynamic(at as u32)
    };
    let operands = def.operands.iter().map(|decl| {
        let count = match decl.arity {
            Arity::One => 1,
            Arity::Optional => usize::from(optional),
            Arity::Variadic => 2,
        };
        let tensor = |instance: usize| {
            let mut shape = Vec::new();
            for dim in &decl.shape {
                let name = match &dim.size.kind {
                    ExprKind::Int(v) => {
                        shape.push(DimArg::Static(*v));
                        continue;
                    }
                    ExprKind::Name(name) if name.ends_with('_') => format!("{name}{instance}"),
                    ExprKind::Name(name) => name.clone(),
                    other => format!("{other:?}"),
                };
                shape.extend((0..if dim.pack { length } else { 1 }).map(|axis| key(name.clone(), axis)));
            }
            let name = match decl.elem.as_ref().map(|e| &e.kind) {
                Some(ExprKind::Name(name)) => name.as_str(),
                // Without a type of its own an operand has the type `T`.
                _ => "T",
            };
            let elem = ElemType::from_name(name).or_else(|| elems.get(name).copied());
            TensorArg { elem: elem.unwrap_or(ElemType::F32), shape, value: None }
        };
        (0..count).map(tensor).collect()
    });
    Arguments { operands: operands.collect(), attrs: attrs.to_vec(), ..Arguments::default() }
}
