//! Versions that a dialect has reached, and former names that are free.

use super::{BAD_VERSION, Checker};
use crate::model::OpDef;

pub fn check(checker: &Checker<'_>, op: &OpDef) {
    let Some(dialect) = checker.registry.dialect(&op.dialect) else { return };
    let bad = |message: String| checker.report(BAD_VERSION, op.span, message, Some((dialect.span, "the dialect")));
    let reached = |clause: String, version: i64| {
        if version > dialect.version || version < 1 {
            bad(format!("`{clause}` of `{}`: dialect `{}` is of version {}", op.name, dialect.name, dialect.version));
        }
    };
    reached(format!("since {}", op.since), op.since);
    for (old, until) in &op.was {
        reached(format!("was {old} until {until}"), *until);
        if let Some(other) = checker.registry.op(old) {
            let message = format!("`{}` was called `{old}`, which is the name of another operation", op.name);
            checker.report(BAD_VERSION, op.span, message, Some((other.span, "this one")));
        }
    }
    for (old, new, version) in &op.renamed {
        reached(format!("renamed {old} to {new} in {version}"), *version);
        if op.property(new).is_none() {
            bad(format!("`{}` has no property `{new}`, which `{old}` was renamed to", op.name));
        }
        if op.property(old).is_some() {
            bad(format!("`{}` still has a property `{old}`, which was renamed to `{new}`", op.name));
        }
    }
}
