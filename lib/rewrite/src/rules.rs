//! Rules from dialect text, compiled to patterns:
//! `rule r: transpose(transpose($x) { perm = $p }) { perm = $q } => transpose($x) { perm = compose($p, $q) } where …`.
//!
//! On the left a variable binds to the value (or, in braces, the attribute) and must be the same wherever it stands again; a number
//! stands for a constant of that value, of any shape if all its elements are equal: `1` for integers, `1.0` for floats, `-0.0` for the negative
//! zero only. On the right stand a value, a number, or an
//! operation for each result; the outermost operation has the type of what it replaces, inner ones the type that follows
//! from their definition. See [`expr`] for the functions.

mod build;
pub mod expr;
mod matching;

use crate::greedy::{RewritePattern, Rewriter};
use edge_dialect::Registry;
use edge_dialect::model::{Expr, OpDef, Pattern, PatternNode, Rule, Trait};
use edge_ir::{Attr, Body, Context, Ident, Op, OpData, Type, Value};
use edge_support::{Diagnostic, Diagnostics, Reported, Span};
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::Arc;

edge_support::codes! {
    /// A rule names an operation, operand or attribute that does not exist.
    RULE_NAME = "E0640";
    /// A rule has the wrong number of operands or results.
    RULE_COUNT = "E0641";
    /// A rule uses on its right a variable that its left does not bind.
    RULE_UNBOUND = "E0642";
}

/// Types of the results of an operation from its operands and properties, by its definition.
pub trait InferTypes: Sync {
    /// The types, or nothing where they do not follow.
    fn infer(&self, ctx: &Context, body: &Body, name: Ident, operands: &[Value], props: &[(Ident, Attr)]) -> Option<Vec<Type>>;
}

/// Infers nothing: inner operations of rules then need the trait `same_type`.
pub struct NoInference;

impl InferTypes for NoInference {
    fn infer(&self, _: &Context, _: &Body, _: Ident, _: &[Value], _: &[(Ident, Attr)]) -> Option<Vec<Type>> {
        None
    }
}

/// A pattern with its names resolved.
enum Node {
    Var(String),
    Int(i64),
    Float(f64),
    Op(OpNode),
}

struct OpNode {
    binding: Option<String>,
    name: Ident,
    def: Arc<OpDef>,
    /// One for each operand of the definition that the pattern names.
    operands: Vec<(usize, Node)>,
    attrs: Vec<(Ident, Expr)>,
}

/// A rule, ready to be applied.
pub struct CompiledRule {
    name: String,
    matched: OpNode,
    built: Vec<Node>,
    conditions: Vec<Expr>,
    size: usize,
    infer: Arc<dyn InferTypes + Send>,
}

/// All rules of the registry that a context was made with, in the order of their dialects.
///
/// # Errors
/// Rules that name what does not exist. The diagnostics point into their dialect's text: they are shown with a source map that stands over
/// the registry's.
pub fn compile(ctx: &Context, infer: Arc<dyn InferTypes + Send>, diags: &Diagnostics) -> Result<Vec<CompiledRule>, Reported> {
    let Some(registry) = Registry::of(ctx) else { return Ok(Vec::new()) };
    let (mut out, mut failed) = (Vec::new(), None);
    for rule in registry.rules() {
        match (Compiler { ctx, registry, rule, diags }).compile(infer.clone()) {
            Ok(compiled) => out.push(compiled),
            Err(e) => failed = Some(e),
        }
    }
    failed.map_or(Ok(out), Err)
}

struct Compiler<'a> {
    ctx: &'a Context,
    registry: &'a Registry,
    rule: &'a Rule,
    diags: &'a Diagnostics,
}

impl Compiler<'_> {
    fn error(&self, code: edge_support::Code, span: Span, message: String) -> Reported {
        let place = format!("rule `{}` of dialect `{}`", self.rule.name, self.rule.dialect);
        self.diags.error(Diagnostic::error(code, message).at(span).in_place(place))
    }
    fn compile(&self, infer: Arc<dyn InferTypes + Send>) -> Result<CompiledRule, Reported> {
        let Node::Op(matched) = self.node(&self.rule.matched)? else {
            return Err(self.error(RULE_NAME, self.rule.span, "the left of a rule is an operation".into()));
        };
        let built: Vec<Node> = self.rule.built.iter().map(|p| self.node(p)).collect::<Result<_, _>>()?;
        let results = matched.def.results.len();
        let whole = matches!(&built[..], [Node::Op(op)] if op.def.results.len() == results);
        if built.len() != results && !whole {
            let message = format!("`{}` has {results} results, and the right side has {}", matched.def.name, built.len());
            return Err(self.error(RULE_COUNT, self.rule.span, message));
        }
        let bound = matching::variables(&matched);
        for name in built.iter().flat_map(build::variables).chain(self.rule.conditions.iter().flat_map(expr::variables)) {
            if !bound.contains(&name) {
                return Err(self.error(RULE_UNBOUND, self.rule.span, format!("the left side does not bind `${name}`")));
            }
        }
        let size = matching::size(&matched);
        let conditions = self.rule.conditions.clone();
        Ok(CompiledRule { name: format!("{}.{}", self.rule.dialect, self.rule.name), matched, built, conditions, size, infer })
    }
    fn node(&self, pattern: &Pattern) -> Result<Node, Reported> {
        Ok(match &pattern.node {
            PatternNode::Var(name, None) => Node::Var(name.clone()),
            PatternNode::Int(i) => Node::Int(*i),
            PatternNode::Float(f) => Node::Float(*f),
            PatternNode::Op { binding, name, args, attrs, ty: None } => {
                let def = self.definition(&name.node, name.span)?;
                let mut operands = Vec::new();
                for (position, (field, arg)) in args.iter().enumerate() {
                    let index = match field {
                        Some(field) => def.operand(&field.node),
                        None => (position < def.operands.len()).then_some(position),
                    };
                    let Some(index) = index else {
                        return Err(self.error(RULE_COUNT, arg.span, format!("`{}` has no such operand", def.name)));
                    };
                    operands.push((index, self.node(arg)?));
                }
                let mut props = Vec::new();
                for (key, value) in attrs {
                    if def.property(&key.node).is_none() {
                        return Err(self.error(RULE_NAME, key.span, format!("`{}` has no attribute `{}`", def.name, key.node)));
                    }
                    props.push((self.ctx.ident(&key.node), value.clone()));
                }
                Node::Op(OpNode { binding: binding.clone(), name: self.ctx.ident(&def.name), def, operands, attrs: props })
            }
            PatternNode::Var(_, Some(_)) | PatternNode::Op { .. } => {
                let message = "in a rule, types are conditions: `where elem($x) == f32`";
                return Err(self.error(RULE_NAME, pattern.span, message.into()));
            }
        })
    }
    /// An operation by its name, without the dialect if it is the rule's own.
    fn definition(&self, name: &str, span: Span) -> Result<Arc<OpDef>, Reported> {
        let own = format!("{}.{name}", self.rule.dialect);
        let found = self.registry.op(&own).or_else(|| self.registry.op(name));
        found.cloned().ok_or_else(|| self.error(RULE_NAME, span, format!("no operation is named `{name}`")))
    }
}

/// Which of an operation's operands belong to each operand of its definition.
pub fn operand_groups(ctx: &Context, def: &OpDef, data: &OpData) -> Option<SmallVec<[Range<usize>; 4]>> {
    operand_groups_of(ctx, def, data.num_operands(), &|name| data.attr(ctx, name))
}

/// [`operand_groups`] of an operation in the making, by its number of operands and its properties.
pub fn operand_groups_of(
    ctx: &Context,
    def: &OpDef,
    total: usize,
    attr: &dyn Fn(&str) -> Option<Attr>,
) -> Option<SmallVec<[Range<usize>; 4]>> {
    let sizes = edge_dialect::instance::operand_counts(ctx, def, total, attr)?;
    let (mut groups, mut at) = (SmallVec::new(), 0);
    for size in sizes {
        groups.push(at..at + size);
        at += size;
    }
    Some(groups)
}

impl RewritePattern for CompiledRule {
    fn name(&self) -> &str {
        &self.name
    }
    fn root(&self, _: &Context) -> Option<Ident> {
        Some(self.matched.name)
    }
    fn benefit(&self) -> usize {
        self.size
    }
    fn apply(&self, rw: &mut Rewriter<'_>, op: Op) -> bool {
        let Some(bound) = matching::bind(rw.ctx, rw.body, &self.matched, op) else { return false };
        let holds = |e: &Expr| expr::eval(rw.ctx, rw.body, &bound, e).is_some_and(|v| v.truth());
        if !self.conditions.iter().all(holds) {
            return false;
        }
        build::replace(self, rw, op, &bound)
    }
}

/// Whether every result of an operation has the type of its operands, by its definition.
fn same_type(def: &OpDef) -> bool {
    def.has(&Trait::SameType)
}
