//! Rewrite rules: operations that exist, arguments that fit, variables that are bound, no two of the same pattern.

use super::{BAD_RULE, Checker};
use crate::ast::{Expr, ExprNode, Pattern, PatternNode};
use crate::model::{Dialect, OpDef, Rule};

pub fn check(checker: &Checker<'_>, dialect: &Dialect) {
    for (n, rule) in dialect.rules.iter().enumerate() {
        let mut bound = vec![];
        pattern(checker, rule, &rule.matched, Side::Left, &mut bound);
        if !matches!(rule.matched.node, PatternNode::Op { .. }) {
            checker.report(BAD_RULE, rule.matched.span, "a rule matches an operation", None);
        }
        for built in &rule.built {
            pattern(checker, rule, built, Side::Right, &mut bound);
        }
        rule.conditions.iter().for_each(|e| expr(checker, e, &bound));
        if rule.built.len() == 1 && same(&rule.matched, &rule.built[0]) {
            checker.report(BAD_RULE, rule.span, format!("rule `{}` does not end: it builds what it matches", rule.name), None);
        }
        if let Some(first) = dialect.rules[..n].iter().find(|r| r.conditions.is_empty() && same(&r.matched, &rule.matched)) {
            let message = format!("rule `{}` is never used: `{}` matches the same", rule.name, first.name);
            checker.report(BAD_RULE, rule.span, message, Some((first.span, "this rule comes first")));
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Left,
    Right,
}

fn find<'a>(checker: &'a Checker<'_>, rule: &Rule, name: &str) -> Option<&'a OpDef> {
    let local = format!("{}.{name}", rule.dialect);
    checker.registry.op(&local).or_else(|| checker.registry.op(name)).map(|o| &**o)
}

fn pattern(checker: &Checker<'_>, rule: &Rule, p: &Pattern, side: Side, bound: &mut Vec<String>) {
    match &p.node {
        PatternNode::Var(name, _) if side == Side::Left => bound.push(name.clone()),
        PatternNode::Var(name, _) => variable(checker, name, p.span, bound),
        PatternNode::Op { binding, name, args, attrs, .. } => {
            let Some(op) = find(checker, rule, &name.node) else {
                checker.report(BAD_RULE, name.span, format!("there is no operation `{}`", name.node), None);
                args.iter().for_each(|(_, arg)| pattern(checker, rule, arg, side, bound));
                return;
            };
            bound.extend(binding.clone());
            let least = op.operands.iter().filter(|o| !o.is_variable()).count();
            let positional = args.iter().filter(|a| a.0.is_none()).count();
            let open = op.operands.iter().any(|o| o.is_variable());
            if args.len() < least || (!open && positional > op.operands.len()) {
                let message = format!("`{}` has {least} operands, but {} are given", op.name, args.len());
                checker.report(BAD_RULE, p.span, message, Some((op.span, "defined here")));
            }
            for (label, arg) in args {
                if let Some(label) = label.as_ref().filter(|l| op.operand(&l.node).is_none()) {
                    checker.report(
                        BAD_RULE,
                        label.span,
                        format!("`{}` has no operand `{}`", op.name, label.node),
                        Some((op.span, "defined here")),
                    );
                }
                pattern(checker, rule, arg, side, bound);
            }
            for (name, value) in attrs {
                if op.property(&name.node).is_none() {
                    checker.report(
                        BAD_RULE,
                        name.span,
                        format!("`{}` has no property `{}`", op.name, name.node),
                        Some((op.span, "defined here")),
                    );
                }
                match (&value.node, side) {
                    (ExprNode::Var(v), Side::Left) => bound.push(v.clone()),
                    _ => expr(checker, value, bound),
                }
            }
        }
        _ => {}
    }
}

fn variable(checker: &Checker<'_>, name: &str, span: edge_support::Span, bound: &[String]) {
    if !bound.iter().any(|b| b == name) {
        checker.report(BAD_RULE, span, format!("`${name}` is not bound by what the rule matches"), None);
    }
}

fn expr(checker: &Checker<'_>, e: &Expr, bound: &[String]) {
    match &e.node {
        ExprNode::Var(name) => variable(checker, name, e.span, bound),
        ExprNode::Not(inner) => expr(checker, inner, bound),
        ExprNode::Call(_, args) | ExprNode::List(args) => args.iter().for_each(|a| expr(checker, a, bound)),
        ExprNode::Binary(_, a, b) => {
            expr(checker, a, bound);
            expr(checker, b, bound);
        }
        _ => {}
    }
}

/// The same pattern up to where it stands.
fn same(a: &Pattern, b: &Pattern) -> bool {
    match (&a.node, &b.node) {
        (PatternNode::Var(x, _), PatternNode::Var(y, _)) => x == y,
        (PatternNode::Int(x), PatternNode::Int(y)) => x == y,
        (PatternNode::Float(x), PatternNode::Float(y)) => x == y,
        (PatternNode::Op { name: n, args: x, attrs: p, .. }, PatternNode::Op { name: m, args: y, attrs: q, .. }) => {
            n.node == m.node
                && x.len() == y.len()
                && x.iter().zip(y).all(|(x, y)| same(&x.1, &y.1))
                && p.len() == q.len()
                && p.iter()
                    .zip(q)
                    .all(|(x, y)| x.0.node == y.0.node && format!("{:?}", plain(&x.1)) == format!("{:?}", plain(&y.1)))
        }
        _ => false,
    }
}

/// An expression without its spans.
fn plain(e: &Expr) -> ExprNode {
    match &e.node {
        ExprNode::Call(name, args) => ExprNode::Str(format!("{name}{:?}", args.iter().map(plain).collect::<Vec<_>>())),
        ExprNode::List(args) => ExprNode::Str(format!("{:?}", args.iter().map(plain).collect::<Vec<_>>())),
        ExprNode::Not(inner) => ExprNode::Str(format!("not {:?}", plain(inner))),
        ExprNode::Binary(op, a, b) => ExprNode::Str(format!("{op:?} {:?} {:?}", plain(a), plain(b))),
        other => other.clone(),
    }
}
