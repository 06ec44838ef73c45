//! Types in rules: for each variable, and for what replaces the match, there is a type that every place takes.

use super::super::{BAD_RULE, Checker};
use super::find;
use crate::ast::{Pattern, PatternNode};
use crate::core::ElemType;
use crate::infer::Binder;
use crate::instance::type_of;
use crate::model::{OpDef, Rule, TypeConstraint};
use edge_ir::types::DYNAMIC;
use edge_ir::{Context, Type};
use edge_support::Span;
use rustc_hash::FxHashMap;

/// A place that a value has in a rule: what may stand there.
struct Place<'a> {
    op: &'a OpDef,
    constraint: &'a TypeConstraint,
    span: Span,
}

/// The most dimensions that are tried.
const MAX_RANK: usize = 4;

pub fn check(checker: &Checker<'_>, rule: &Rule) {
    let mut places: FxHashMap<String, Vec<Place<'_>>> = FxHashMap::default();
    for pattern in std::iter::once(&rule.matched).chain(&rule.built) {
        gather(checker, rule, pattern, &mut places);
    }
    // What is matched and what replaces it are one value.
    if let Some((op, span)) = outer(checker, rule, &rule.matched)
        && op.results.len() == rule.built.len()
    {
        for (result, built) in op.results.iter().zip(&rule.built) {
            let matched = Place { op, constraint: &result.constraint, span };
            match &built.node {
                PatternNode::Var(name, _) => places.entry(name.clone()).or_default().push(matched),
                PatternNode::Op { .. } => {
                    if let Some((other, at)) = outer(checker, rule, built)
                        && let [only] = &other.results[..]
                    {
                        let there = Place { op: other, constraint: &only.constraint, span: at };
                        agree(checker, "what replaces the match", &[matched, there]);
                    }
                }
                _ => {}
            }
        }
    }
    let mut names: Vec<&String> = places.keys().collect();
    names.sort();
    for name in names {
        agree(checker, &format!("`${name}`"), &places[name]);
    }
}

fn outer<'a>(checker: &'a Checker<'_>, rule: &Rule, p: &Pattern) -> Option<(&'a OpDef, Span)> {
    match &p.node {
        PatternNode::Op { name, .. } => Some((find(checker, rule, &name.node)?, p.span)),
        _ => None,
    }
}

fn gather<'a>(checker: &'a Checker<'_>, rule: &Rule, p: &Pattern, places: &mut FxHashMap<String, Vec<Place<'a>>>) {
    let PatternNode::Op { name, args, .. } = &p.node else { return };
    let Some(op) = find(checker, rule, &name.node) else { return };
    for (position, (label, arg)) in args.iter().enumerate() {
        let index = label.as_ref().map_or(Some(position), |l| op.operand(&l.node));
        let Some(spec) = index.and_then(|i| op.operands.get(i)) else { continue };
        let place = Place { op, constraint: &spec.constraint, span: arg.span };
        match &arg.node {
            PatternNode::Var(name, _) => places.entry(name.clone()).or_default().push(place),
            PatternNode::Op { .. } => {
                if let Some((inner, _)) = outer(checker, rule, arg)
                    && let [result] = &inner.results[..]
                {
                    let there = Place { op: inner, constraint: &result.constraint, span: arg.span };
                    agree(checker, &format!("the result of `{}`", inner.name), &[place, there]);
                }
                gather(checker, rule, arg, places);
            }
            _ => {}
        }
    }
}

fn agree(checker: &Checker<'_>, what: &str, places: &[Place<'_>]) {
    let fits = |p: &Place<'_>, ty: Type| Binder::new(&checker.ctx, p.op, &|_| None).fit(p.constraint, ty, "").is_ok();
    let [first, rest @ ..] = places else { return };
    let mut types = samples(&checker.ctx);
    types.retain(|t| fits(first, *t));
    // A type that no sample is, as one of a dialect, is not known to be wrong.
    if types.is_empty() {
        return;
    }
    for place in rest {
        let alone = samples(&checker.ctx).into_iter().any(|t| fits(place, t));
        types.retain(|t| fits(place, *t));
        if types.is_empty() && alone {
            let message = format!("no type of {what} fits both `{}` and `{}`", first.op.name, place.op.name);
            return checker.report(BAD_RULE, place.span, message, Some((first.span, "and its other place")));
        }
    }
}

/// Scalars, and tensors, vectors and buffers of them.
fn samples(ctx: &Context) -> Vec<Type> {
    let mut out = vec![ctx.none_type(), ctx.function_type(&[], &[])];
    for elem in ElemType::ALL {
        let scalar = type_of(ctx, elem);
        out.push(scalar);
        for rank in 0..=MAX_RANK {
            out.extend([ctx.tensor(&vec![DYNAMIC; rank], scalar), ctx.memref(&vec![DYNAMIC; rank], scalar)]);
            out.push(ctx.vector(&vec![4; rank], scalar));
        }
    }
    out
}
