//! The `eval` of every op, instantiated on representative ranks and on each element type that its variables may have.

use super::{Checker, EVAL};
use crate::core::ElemType;
use crate::eval::{self, Definition, ExprKind, StaticValue};
use crate::infer::Binder;
use crate::instance::type_of;
use crate::model::{OpDef, TypeConstraint};
use edge_support::{Diagnostic, Span};
use rustc_hash::FxHashMap;

pub fn check(checker: &Checker<'_>, op: &OpDef) {
    let (Some(def), Some(text)) = (op.definition(), &op.eval) else { return };
    let names = elements(def);
    let allowed: Vec<(String, Vec<ElemType>)> = names.into_iter().map(|n| (n.clone(), allowed(checker, op, &n))).collect();
    if allowed.iter().any(|a| a.1.is_empty()) {
        return;
    }
    for finding in eval::check(def, &assignments(&allowed), &free_types(def, &allowed)) {
        let span = match finding.span.is_empty() {
            true => text.span,
            false => Span::new(text.span.file, finding.span.start, finding.span.end),
        };
        let message = format!("`{}`: {}", op.name, finding.message);
        let new = if finding.warning { Diagnostic::warning } else { Diagnostic::error };
        checker.diags.push(new(EVAL, message).at(span).also(op.span, "defined here"));
    }
}

/// The names that element types have in a definition and that are no types themselves.
fn elements(def: &Definition) -> Vec<String> {
    let mut out: Vec<String> = vec![];
    for decl in def.operands.iter().chain(&def.results) {
        if let Some(eval::Expr { kind: ExprKind::Name(name), .. }) = &decl.elem
            && ElemType::from_name(name).is_none()
            && !out.contains(name)
        {
            out.push(name.clone());
        }
    }
    out
}

/// The element types that a variable, or the value that a name was made for, may have.
fn allowed(checker: &Checker<'_>, op: &OpDef, name: &str) -> Vec<ElemType> {
    let own = name.strip_prefix("type_of_").and_then(|n| op.operands.iter().chain(&op.results).find(|v| v.name == n));
    let variable = TypeConstraint::Var(name.to_string());
    let term = match own.map(|v| &v.constraint) {
        Some(TypeConstraint::Shaped { elem, .. }) => elem,
        Some(other) => other,
        None => &variable,
    };
    let fits = |e: &ElemType| {
        let mut binder = Binder::new(&checker.ctx, op, &|_| None);
        binder.fit(term, type_of(&checker.ctx, *e), "").is_ok()
    };
    ElemType::ALL.into_iter().filter(fits).collect()
}

/// Every type of every variable once, with the first type of the others.
fn assignments(allowed: &[(String, Vec<ElemType>)]) -> Vec<FxHashMap<String, ElemType>> {
    let first: FxHashMap<String, ElemType> = allowed.iter().map(|(n, types)| (n.clone(), types[0])).collect();
    let mut out = vec![first.clone()];
    for (name, types) in allowed {
        for ty in &types[1..] {
            let mut one = first.clone();
            one.insert(name.clone(), *ty);
            out.push(one);
        }
    }
    out
}

/// Types that only results have are passed like attributes.
fn free_types(def: &Definition, allowed: &[(String, Vec<ElemType>)]) -> Vec<(String, StaticValue)> {
    let types = allowed.iter().filter(|a| def.attrs.iter().any(|d| d.name == a.0 && d.default.is_none()));
    types.map(|(name, types)| (name.clone(), StaticValue::Type(types[0]))).collect()
}
