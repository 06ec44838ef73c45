//! Rules among each other: one that is never reached, and rules that undo each other for ever.

use super::super::{BAD_RULE, Checker};
use super::plain;
use crate::ast::{Pattern, PatternNode};
use crate::model::Rule;
use rustc_hash::FxHashMap;

pub fn check(checker: &Checker<'_>, rules: &[&Rule]) {
    for (n, rule) in rules.iter().enumerate() {
        // The larger patterns are tried first, so that only one of the same size can stand before another.
        let shadows = |r: &&&Rule| size(&r.matched) == size(&rule.matched) && conditions_hold(r, rule);
        if let Some(first) = rules[..n].iter().find(shadows) {
            let message = format!("rule `{}` is never used: `{}` matches all that it does", rule.name, first.name);
            checker.report(BAD_RULE, rule.span, message, Some((first.span, "this rule comes first")));
        }
    }
    for (n, rule) in rules.iter().enumerate() {
        // Two rules that are both at fault are named once.
        for (m, other) in rules.iter().enumerate().skip(n) {
            if feeds(rule, other) && feeds(other, rule) {
                let message = match n == m {
                    true => format!("rule `{}` does not end: it builds what it matches", rule.name),
                    false => {
                        format!("rules `{}` and `{}` do not end: each builds what the other matches", rule.name, other.name)
                    }
                };
                let also = (n != m).then_some((other.span, "the other rule"));
                checker.report(BAD_RULE, rule.span, message, also);
            }
        }
    }
}

/// Whether a rule matches all that another does: its pattern is more general, and it has no conditions but the other's.
fn conditions_hold(general: &Rule, special: &Rule) -> bool {
    let mut names = FxHashMap::default();
    general.conditions.is_empty() && covers(&general.matched, &special.matched, &mut names)
        || general.conditions.iter().map(plain).eq(special.conditions.iter().map(plain))
            && identical(&general.matched, &special.matched)
}

fn identical(a: &Pattern, b: &Pattern) -> bool {
    text(a) == text(b)
}

/// Number of operations in a pattern.
fn size(p: &Pattern) -> usize {
    match &p.node {
        PatternNode::Op { args, .. } => 1 + args.iter().map(|a| size(&a.1)).sum::<usize>(),
        _ => 0,
    }
}

/// Whether what one rule builds is always matched by another, and is not smaller than what it matched. What depends on a condition
/// may end.
fn feeds(rule: &Rule, other: &Rule) -> bool {
    let built: usize = rule.built.iter().map(size).sum();
    built >= size(&rule.matched)
        && other.conditions.is_empty()
        && rule.built.iter().any(|b| inside(b, &|part| covers(&other.matched, part, &mut FxHashMap::default())))
}

fn inside(p: &Pattern, found: &dyn Fn(&Pattern) -> bool) -> bool {
    match &p.node {
        PatternNode::Op { args, .. } => found(p) || args.iter().any(|a| inside(&a.1, found)),
        _ => false,
    }
}

/// Whether a pattern matches whatever another one describes; `names` holds what its variables stand for there.
fn covers(general: &Pattern, special: &Pattern, names: &mut FxHashMap<String, String>) -> bool {
    match (&general.node, &special.node) {
        (PatternNode::Var(name, _), _) => stands_for(name, text(special), names),
        (PatternNode::Int(a), PatternNode::Int(b)) => a == b,
        (PatternNode::Float(a), PatternNode::Float(b)) => a.to_bits() == b.to_bits(),
        (PatternNode::Op { name: n, args: a, attrs: p, .. }, PatternNode::Op { name: m, args: b, attrs: q, .. }) => {
            n.node == m.node
                && a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| label(a) == label(b) && covers(&a.1, &b.1, names))
                && p.iter().all(|(key, value)| {
                    let other = q.iter().find(|x| x.0.node == key.node).map(|x| plain(&x.1));
                    match &value.node {
                        // An attribute that the other does not name can be anything, as what the variable stands for can.
                        crate::ast::ExprNode::Var(v) => {
                            stands_for(v, other.unwrap_or_else(|| format!("any {}", key.node)), names)
                        }
                        _ => other == Some(plain(value)),
                    }
                })
        }
        _ => false,
    }
}

fn label(arg: &(Option<crate::ast::Name>, Pattern)) -> Option<&str> {
    arg.0.as_ref().map(|l| l.node.as_str())
}

fn stands_for(name: &str, what: String, names: &mut FxHashMap<String, String>) -> bool {
    match names.get(name) {
        Some(old) => *old == what,
        None => {
            names.insert(name.to_string(), what);
            true
        }
    }
}

/// A pattern without its spans.
fn text(p: &Pattern) -> String {
    match &p.node {
        PatternNode::Var(name, _) => format!("${name}"),
        PatternNode::Int(i) => i.to_string(),
        PatternNode::Float(f) => format!("{f:?}"),
        PatternNode::Op { name, args, attrs, .. } => {
            let args: Vec<String> = args.iter().map(|a| format!("{:?} {}", label(a), text(&a.1))).collect();
            let attrs: Vec<String> = attrs.iter().map(|a| format!("{} = {}", a.0.node, plain(&a.1))).collect();
            format!("{}({}){{{}}}", name.node, args.join(", "), attrs.join(", "))
        }
    }
}
