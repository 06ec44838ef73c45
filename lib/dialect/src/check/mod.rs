//! Checks of definitions when they are loaded: formats that are complete and decidable, types that follow, names that are used,
//! terminators and operations that exist, rules that are typed.

mod evals;
mod examples;
mod format;
mod names;
mod rules;
mod versions;

pub use rules::FUNCTIONS as RULE_FUNCTIONS;

pub use examples::{Outcome, Problem, check_examples};

use crate::Registry;
use crate::model::*;
use edge_support::{Code, Diagnostic, Diagnostics, Span};

edge_support::codes! {
    /// A format leaves out an operand, a required property, a region or a successor, or says one twice.
    INCOMPLETE_FORMAT = "E0340";
    /// A type that a format leaves out does not follow from those that it has.
    UNINFERABLE_TYPE = "E0341";
    /// Nothing tells whether an optional group is there.
    UNDECIDABLE_GROUP = "E0342";
    /// A name is declared and never used, or used and never declared.
    UNUSED_NAME = "E0343";
    /// A definition names an operation that does not exist.
    MISSING_OPERATION = "E0344";
    /// A rule does not fit the operations that it matches or builds.
    BAD_RULE = "E0345";
    /// An example does not parse, verify or print as written; a reject does not give its message.
    EXAMPLE = "E0346";
    /// An operation, type or attribute has no documentation.
    UNDOCUMENTED = "E0347";
    /// An `eval` is wrong whatever its operands, or for a type that its variables may have.
    EVAL = "E0348";
    /// A version that its dialect has not reached, or a former name that is in use.
    BAD_VERSION = "E0349";
}

/// Where findings go.
pub(crate) struct Checker<'a> {
    pub registry: &'a Registry,
    pub diags: &'a Diagnostics,
    /// For types.
    pub ctx: edge_ir::Context,
}

impl Checker<'_> {
    pub fn report(&self, code: Code, span: Span, message: impl Into<String>, also: Option<(Span, &str)>) {
        let mut d = Diagnostic::error(code, message).at(span);
        if let Some((span, text)) = also {
            d = d.also(span, text);
        }
        self.diags.push(d);
    }

    fn documented(&self, name: &str, doc: &str, span: Span) {
        if doc.is_empty() {
            let message = format!("`{name}` has no documentation: write `///` above it");
            self.diags.push(Diagnostic::warning(UNDOCUMENTED, message).at(span));
        }
    }

    fn op(&self, op: &OpDef) {
        self.documented(&op.name, &op.doc, op.span);
        format::check(self, op);
        evals::check(self, op);
        self.variables(op);
        names::check(self, op);
        versions::check(self, op);
        for region in &op.regions {
            for name in &region.terminators {
                self.exists(name, region.span, "terminator");
            }
        }
        for t in &op.traits {
            if let Trait::Parent(names) | Trait::Ancestor(names) = t {
                names.iter().for_each(|n| self.exists(n, op.span, "parent"));
            }
        }
    }

    /// Operations of dialects that are not loaded cannot be looked up.
    fn exists(&self, name: &str, span: Span, what: &str) {
        let loaded = name.split_once('.').is_some_and(|(d, _)| self.registry.dialect(d).is_some());
        if loaded && self.registry.op(name).is_none() {
            self.report(MISSING_OPERATION, span, format!("there is no operation `{name}`, named here as {what}"), None);
        }
    }

    /// A `where` restricts a variable that something has.
    fn variables(&self, op: &OpDef) {
        let mut used = vec![];
        let values = op.operands.iter().chain(&op.results).map(|v| &v.constraint);
        let args = op.regions.iter().flat_map(|r| r.args.iter().flatten().map(|a| &a.1));
        values.chain(args).chain(op.wheres.iter().map(|w| &w.1)).for_each(|c| format::variables(c, &mut used));
        for p in &op.properties {
            if let AttrConstraint::Typed(c) | AttrConstraint::Type(c) = &p.constraint {
                format::variables(c, &mut used);
            }
        }
        for (name, _, span) in &op.wheres {
            if !used.contains(name) && op.property(name).is_none() {
                self.report(UNUSED_NAME, *span, format!("nothing has the type `${name}`"), None);
            }
        }
    }
}

/// Checks every definition of a registry; findings are in `diags`, in the order of the definitions.
pub fn check(registry: &Registry, diags: &Diagnostics) {
    check_some(registry, &|_| true, diags);
}

/// [`check`] of the dialects that are wanted, by name.
pub fn check_some(registry: &Registry, wanted: &dyn Fn(&str) -> bool, diags: &Diagnostics) {
    let checker = Checker { registry, diags, ctx: edge_ir::Context::new() };
    for dialect in registry.dialects().iter().filter(|d| wanted(&d.name)) {
        for op in &dialect.ops {
            checker.op(op);
        }
        for def in dialect.types.iter().chain(&dialect.attrs) {
            checker.documented(&def.name, &def.doc, def.span);
            format::check_params(&checker, def);
            names::check_params(&checker, def);
        }
        rules::check(&checker, dialect);
    }
}
