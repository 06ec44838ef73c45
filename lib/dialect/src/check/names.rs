//! Names and functions in `verify`: a condition on something that does not exist would hold for ever.

use super::{Checker, UNUSED_NAME};
use crate::ast::{Expr, ExprNode};
use crate::model::{AttrConstraint, OpDef, TypeDef, VerifyDef};
use crate::verify::predicate::FUNCTIONS;
use edge_support::Span;

pub fn check(checker: &Checker<'_>, op: &OpDef) {
    conditions(checker, &op.name, op.span, &op.verifies, &|name| known(op, name));
}

/// Conditions on the parameters of a type or attribute.
pub fn check_params(checker: &Checker<'_>, def: &TypeDef) {
    let known = |name: &str| def.params.iter().any(|p| p.name == name) || ["true", "false"].contains(&name);
    conditions(checker, &def.name, def.span, &def.verifies, &known);
}

fn conditions(checker: &Checker<'_>, owner: &str, span: Span, clauses: &[VerifyDef], known: &dyn Fn(&str) -> bool) {
    let names = Names { checker, owner, span, known };
    clauses.iter().for_each(|clause| names.expr(&clause.expr));
}

struct Names<'a> {
    checker: &'a Checker<'a>,
    owner: &'a str,
    span: Span,
    known: &'a dyn Fn(&str) -> bool,
}

impl Names<'_> {
    fn report(&self, span: Span, message: String) {
        self.checker.report(UNUSED_NAME, span, message, Some((self.span, "defined here")));
    }

    fn expr(&self, e: &Expr) {
        match &e.node {
            ExprNode::Name(name) if !(self.known)(name) => {
                self.report(e.span, format!("`{}` has nothing that is called `{name}`", self.owner));
            }
            ExprNode::Var(name) => {
                self.report(e.span, format!("a condition is not on the variable `${name}`: use a value of it"));
            }
            ExprNode::Call(name, args) => {
                if !FUNCTIONS.iter().any(|f| f.0 == name) {
                    let all: Vec<&str> = FUNCTIONS.iter().map(|f| f.0).collect();
                    self.report(e.span, format!("there is no function `{name}`; the functions are {}", all.join(", ")));
                }
                args.iter().for_each(|a| self.expr(a));
            }
            ExprNode::List(items) => items.iter().for_each(|i| self.expr(i)),
            ExprNode::Not(inner) => self.expr(inner),
            ExprNode::Binary(_, a, b) => {
                self.expr(a);
                self.expr(b);
            }
            _ => {}
        }
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
