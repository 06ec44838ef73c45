//! Rewrite rules: operations that exist, arguments that fit, variables that are bound and mean one thing, types that can agree, no
//! rule in the shadow of another, no endless rewriting.

mod order;
mod types;

use super::{BAD_RULE, Checker};
use crate::ast::{Expr, ExprNode, Pattern, PatternNode};
use crate::model::{Dialect, OpDef, Rule};
use edge_support::Span;
use rustc_hash::FxHashMap;

/// Functions of conditions and of attributes in rules: name, arguments, what they give.
pub const FUNCTIONS: &[(&str, usize, &str)] = &[
    ("compose", 2, "element `i` of the first list for each `i` of the second"),
    ("inverse", 1, "the permutation that undoes one"),
    ("is_identity", 1, "whether a permutation changes nothing"),
    ("concat", 2, "one list after the other"),
    ("len", 1, "number of items of a list, of values of a variadic"),
    ("sum", 1, "sum of a list"),
    ("product", 1, "product of a list"),
    ("at", 2, "an item of a list"),
    ("min", 2, "the smaller number"),
    ("max", 2, "the larger number"),
    ("type", 1, "type of a value"),
    ("elem", 1, "element type of a value"),
    ("is_float", 1, "whether the element type of a value is a float"),
    ("is_int", 1, "whether the element type of a value is an integer or index"),
    ("shape", 1, "extents of a value"),
    ("rank", 1, "number of dimensions of a value"),
    ("dim", 2, "one extent of a value, if it is known"),
    ("static", 1, "whether all extents of a value are known"),
    ("constant", 1, "whether a value is a constant"),
    ("value", 1, "what a constant holds"),
    ("one_use", 1, "whether a value has one use"),
    ("same", 2, "equality"),
    ("given", 1, "whether an optional operand or attribute is there"),
];

pub fn check(checker: &Checker<'_>, dialect: &Dialect) {
    let mut sound = vec![];
    for rule in &dialect.rules {
        let before = checker.diags.errors();
        let mut bound = Bound::default();
        pattern(checker, rule, &rule.matched, Side::Left, &mut bound);
        if !matches!(rule.matched.node, PatternNode::Op { .. }) {
            checker.report(BAD_RULE, rule.matched.span, "a rule matches an operation", None);
        }
        for built in &rule.built {
            pattern(checker, rule, built, Side::Right, &mut bound);
        }
        rule.conditions.iter().for_each(|e| expr(checker, e, &bound));
        types::check(checker, rule);
        if checker.diags.errors() == before {
            sound.push(rule);
        }
    }
    order::check(checker, &sound);
}

/// What a variable stands for, and where it is bound.
type Bound = FxHashMap<String, (Meaning, Span)>;

#[derive(Clone, Copy, PartialEq)]
enum Meaning {
    Value,
    Attribute,
}

impl Meaning {
    fn text(self) -> &'static str {
        match self {
            Meaning::Value => "a value",
            Meaning::Attribute => "an attribute",
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

fn pattern(checker: &Checker<'_>, rule: &Rule, p: &Pattern, side: Side, bound: &mut Bound) {
    match &p.node {
        PatternNode::Var(name, _) if side == Side::Left => bind(checker, name, Meaning::Value, p.span, bound),
        PatternNode::Var(name, _) => variable(checker, name, Some(Meaning::Value), p.span, bound),
        PatternNode::Op { binding, name, args, attrs, .. } => {
            let Some(op) = find(checker, rule, &name.node) else {
                checker.report(BAD_RULE, name.span, format!("there is no operation `{}`", name.node), None);
                args.iter().for_each(|(_, arg)| pattern(checker, rule, arg, side, bound));
                return;
            };
            if let Some(name) = binding {
                bind(checker, name, Meaning::Value, p.span, bound);
            }
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
                    (ExprNode::Var(v), Side::Left) => bind(checker, v, Meaning::Attribute, value.span, bound),
                    (ExprNode::Var(v), Side::Right) => variable(checker, v, Some(Meaning::Attribute), value.span, bound),
                    _ => expr(checker, value, bound),
                }
            }
        }
        _ => {}
    }
}

/// The first place of a variable binds it; the others must mean the same.
fn bind(checker: &Checker<'_>, name: &str, meaning: Meaning, span: Span, bound: &mut Bound) {
    if bound.contains_key(name) {
        variable(checker, name, Some(meaning), span, bound);
    } else {
        bound.insert(name.to_string(), (meaning, span));
    }
}

fn variable(checker: &Checker<'_>, name: &str, wanted: Option<Meaning>, span: Span, bound: &Bound) {
    match (bound.get(name), wanted) {
        (None, _) => checker.report(BAD_RULE, span, format!("`${name}` is not bound by what the rule matches"), None),
        (Some((meaning, first)), Some(wanted)) if *meaning != wanted => {
            let message = format!("`${name}` is {}, but {} is needed here", meaning.text(), wanted.text());
            checker.report(BAD_RULE, span, message, Some((*first, "bound here")));
        }
        _ => {}
    }
}

fn expr(checker: &Checker<'_>, e: &Expr, bound: &Bound) {
    match &e.node {
        ExprNode::Var(name) => variable(checker, name, None, e.span, bound),
        ExprNode::Not(inner) => expr(checker, inner, bound),
        ExprNode::List(args) => args.iter().for_each(|a| expr(checker, a, bound)),
        ExprNode::Call(name, args) => {
            match FUNCTIONS.iter().find(|f| f.0 == name) {
                None => {
                    let all: Vec<&str> = FUNCTIONS.iter().map(|f| f.0).collect();
                    let message = format!("there is no function `{name}`; the functions are {}", all.join(", "));
                    checker.report(BAD_RULE, e.span, message, None);
                }
                Some((_, count, _)) if *count != args.len() => {
                    let message = format!("`{name}` takes {count} arguments, not {}", args.len());
                    checker.report(BAD_RULE, e.span, message, None);
                }
                _ => {}
            }
            args.iter().for_each(|a| expr(checker, a, bound));
        }
        ExprNode::Binary(_, a, b) => {
            expr(checker, a, bound);
            expr(checker, b, bound);
        }
        _ => {}
    }
}

/// An expression without its spans.
fn plain(e: &Expr) -> String {
    match &e.node {
        ExprNode::Call(name, args) => format!("{name}{:?}", args.iter().map(plain).collect::<Vec<_>>()),
        ExprNode::List(args) => format!("{:?}", args.iter().map(plain).collect::<Vec<_>>()),
        ExprNode::Not(inner) => format!("not {}", plain(inner)),
        ExprNode::Binary(op, a, b) => format!("({} {op:?} {})", plain(a), plain(b)),
        other => format!("{other:?}"),
    }
}
