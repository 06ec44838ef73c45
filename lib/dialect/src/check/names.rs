//! Names and functions in `verify`: a condition on something that does not exist would hold for ever.

use super::{Checker, UNUSED_NAME};
use crate::ast::{Expr, ExprNode};
use crate::model::{AttrConstraint, OpDef};
use crate::verify::predicate::FUNCTIONS;
use edge_support::Span;

pub fn check(checker: &Checker<'_>, op: &OpDef) {
    for clause in &op.verifies {
        expr(checker, op, &clause.expr);
    }
}

fn report(checker: &Checker<'_>, op: &OpDef, span: Span, message: String) {
    checker.report(UNUSED_NAME, span, message, Some((op.span, "defined here")));
}

fn expr(checker: &Checker<'_>, op: &OpDef, e: &Expr) {
    match &e.node {
        ExprNode::Name(name) if !known(op, name) => {
            report(checker, op, e.span, format!("`{}` has nothing that is called `{name}`", op.name));
        }
        ExprNode::Var(name) => {
            report(checker, op, e.span, format!("a condition is not on the variable `${name}`: use a value of it"))
        }
        ExprNode::Call(name, args) => {
            if !FUNCTIONS.iter().any(|f| f.0 == name) {
                let all: Vec<&str> = FUNCTIONS.iter().map(|f| f.0).collect();
                report(checker, op, e.span, format!("there is no function `{name}`; the functions are {}", all.join(", ")));
            }
            args.iter().for_each(|a| expr(checker, op, a));
        }
        ExprNode::List(items) => items.iter().for_each(|i| expr(checker, op, i)),
        ExprNode::Not(inner) => expr(checker, op, inner),
        ExprNode::Binary(_, a, b) => {
            expr(checker, op, a);
            expr(checker, op, b);
        }
        _ => {}
    }
}

/// Whether a word names a part of an operation, all of them, or a case of an enumeration that it has.
fn known(op: &OpDef, name: &str) -> bool {
    let part = op.operand(name).is_some()
        || op.result(name).is_some()
        || op.field(name).is_some()
        || op.region(name).is_some()
        || op.successor(name).is_some();
    let case = |c: &AttrConstraint| matches!(c, AttrConstraint::Enum(e) if e.value(name).is_some());
    part || ["true", "false", "operands", "results"].contains(&name) || op.properties.iter().any(|p| case(&p.constraint))
}
