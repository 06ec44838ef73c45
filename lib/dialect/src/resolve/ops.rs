//! Operations, types and attributes.

use super::terms::Around;
use super::{BAD_CLAUSE, Scope, UNKNOWN_NAME, UNKNOWN_TRAIT, clauses};
use crate::ast::{self, Clause};
use crate::model::*;
use edge_support::{Reported, Span};

type Read<T> = Result<T, Reported>;

pub fn op(scope: &Scope<'_>, item: &ast::OpItem) -> Read<OpDef> {
    let (chain, clauses) = clauses(scope, item)?;
    let mut op = OpDef::new(&scope.qualify(&item.name.node), &scope.dialect, item.name.span);
    op.doc = if item.doc.is_empty() { chain[0].doc.clone() } else { item.doc.clone() };
    let mut ok = Ok(());
    for t in chain.iter().flat_map(|c| &c.traits) {
        ok = ok.and(add_trait(scope, &mut op, t));
    }
    let properties: Vec<String> = property_names(&clauses);
    let around = Around::new(&properties);
    for clause in &clauses {
        ok = ok.and(declare(scope, &mut op, clause, &around));
    }
    ok?;
    finish(scope, &mut op, &clauses)?;
    Ok(op)
}

fn property_names(clauses: &[&Clause]) -> Vec<String> {
    let mut out = vec![];
    for clause in clauses {
        if let Clause::Property(p) = clause {
            out.extend(p.names.iter().map(|n| n.node.clone()));
        }
    }
    out
}

fn add_trait(scope: &Scope<'_>, op: &mut OpDef, used: &ast::TraitUse) -> Read<()> {
    let args: Vec<String> = used.args.iter().map(|a| a.node.clone()).collect();
    match Trait::from_word(&used.name.node, &args) {
        Some(t) => {
            // A later one with arguments replaces that of a base.
            op.traits.retain(|old| old.word() != t.word());
            op.traits.push(t);
            Ok(())
        }
        None => {
            let known = Trait::words().join(", ");
            let message = format!("there is no trait `{}`; the traits are {known}", used.name.node);
            Err(scope.error(UNKNOWN_TRAIT, used.name.span, message))
        }
    }
}

/// Everything but what needs the lists to be complete.
fn declare(scope: &Scope<'_>, op: &mut OpDef, clause: &Clause, around: &Around<'_>) -> Read<()> {
    match clause {
        Clause::Value(v) => value(scope, op, v, around),
        Clause::Property(p) => property(scope, op, p, around),
        Clause::Region(r) => {
            let region = region(scope, op, r, around)?;
            op.regions.push(region);
            Ok(())
        }
        Clause::Successor { names, variadic } => {
            op.successors.extend(names.iter().map(|n| SuccessorDef {
                name: n.node.clone(),
                variadic: *variadic,
                span: n.span,
            }));
            Ok(())
        }
        Clause::Where { var, term } => {
            let term = scope.type_term(term, around)?;
            op.wheres.push((var.node.clone(), term, var.span));
            Ok(())
        }
        Clause::Param { name, .. } => {
            Err(scope.error(BAD_CLAUSE, name.span, "`param` belongs to a type or attribute; an op has `property`"))
        }
        _ => {
            texts(op, clause);
            Ok(())
        }
    }
}

fn texts(op: &mut OpDef, clause: &Clause) {
    match clause {
        Clause::Verify { expr, message } => op.verifies.push(VerifyDef { expr: expr.clone(), message: message.node.clone() }),
        Clause::Eval(t) => op.eval = Some(t.clone()),
        Clause::Lowering(t) => op.lowering = Some(t.clone()),
        Clause::Native(n) => op.native = Some(n.node.clone()),
        Clause::Example(t) => op.examples.push(t.clone()),
        Clause::Reject(text, message) => op.rejects.push(Reject { text: text.clone(), message: message.node.clone() }),
        Clause::Onnx(t) => op.onnx.push(t.clone()),
        Clause::Since(v) => op.since = *v,
        Clause::Was { name, until } => {
            let own = name.node.split_once('.').is_some_and(|(dialect, _)| dialect == op.dialect);
            let full = if own { name.node.clone() } else { format!("{}.{}", op.dialect, name.node) };
            op.was.push((full, *until));
        }
        Clause::Renamed { old, new, version } => op.renamed.push((old.node.clone(), new.node.clone(), *version)),
        _ => {}
    }
}

fn value(scope: &Scope<'_>, op: &mut OpDef, clause: &ast::ValueClause, around: &Around<'_>) -> Read<()> {
    let constraint = scope.type_term(&clause.term, around)?;
    let mut effects = vec![];
    for word in &clause.effects {
        effects.push(match word.node.as_str() {
            "read" => Effect::Read,
            "write" => Effect::Write,
            "allocate" => Effect::Allocate,
            "free" => Effect::Free,
            _ => return Err(scope.error(UNKNOWN_NAME, word.span, "an effect is `read`, `write`, `allocate` or `free`")),
        });
    }
    for name in &clause.names {
        let spec = ValueSpec {
            name: name.node.clone(),
            arity: clause.arity,
            known: clause.known,
            constraint: constraint.clone(),
            segments: None,
            counted: None,
            effects: effects.clone(),
            span: name.span,
        };
        if clause.result { op.results.push(spec) } else { op.operands.push(spec) }
    }
    Ok(())
}

fn property(scope: &Scope<'_>, op: &mut OpDef, clause: &ast::PropertyClause, around: &Around<'_>) -> Read<()> {
    let list = clause.list || clause.each.is_some();
    let constraint = scope.attr_term(&clause.term, list, around)?;
    for name in &clause.names {
        let def = PropertyDef {
            name: name.node.clone(),
            optional: clause.optional || constraint == AttrConstraint::Unit,
            constraint: constraint.clone(),
            default: clause.default.clone(),
            each: clause.each.as_ref().map(|e| e.node.clone()),
            span: name.span,
        };
        if clause.discardable { op.attributes.push(def) } else { op.properties.push(def) }
    }
    Ok(())
}

fn region(scope: &Scope<'_>, op: &OpDef, clause: &ast::RegionClause, around: &Around<'_>) -> Read<RegionDef> {
    let (least, most) = clause.blocks.unwrap_or((0, None));
    let has = |flag: &str| clause.flags.iter().any(|f| f.node == flag);
    let mut args = None;
    if let Some(list) = &clause.args {
        let mut out = vec![];
        for (name, term) in list {
            out.push((name.as_ref().map(|n| n.node.clone()), scope.type_term(term, around)?));
        }
        args = Some(out);
    }
    let mut names = vec![];
    for (name, of) in &clause.names {
        let operand = of.as_ref().map(|o| {
            op.operand(&o.node)
                .ok_or_else(|| scope.error(UNKNOWN_NAME, o.span, format!("there is no operand `{}` above", o.node)))
        });
        names.push((name.node.clone(), operand.transpose()?));
    }
    Ok(RegionDef {
        name: clause.name.node.clone(),
        arity: clause.arity,
        blocks: (least.max(0) as usize, most.map(|m| m.max(0) as usize)),
        args,
        names,
        terminators: clause.terminators.iter().map(|name| scope.op_name(&name.node)).collect(),
        implicit: clause.implicit,
        forwarding: clause.forwarding,
        graph: has("graph"),
        no_terminator: has("no_terminator") || has("graph") && clause.terminators.is_empty(),
        span: clause.name.span,
    })
}

/// Segment sizes, names of variadic groups, uniqueness, the format.
fn finish(scope: &Scope<'_>, op: &mut OpDef, clauses: &[&Clause]) -> Read<()> {
    unique_names(scope, op)?;
    let segments = |name: &str| PropertyDef {
        name: name.into(),
        optional: false,
        constraint: AttrConstraint::DenseArray(ElementKind::I32),
        default: None,
        each: None,
        span: op.span,
    };
    for clause in clauses {
        let Clause::Value(v) = clause else { continue };
        let Some((by, of)) = &v.counted else { continue };
        let counted = match by.node.as_str() {
            "inputs" => op.field(&of.node).map(Counted::Inputs),
            "rank" => op.operand(&of.node).map(Counted::Rank),
            _ => None,
        };
        let Some(counted) = counted else {
            return Err(scope.error(UNKNOWN_NAME, of.span, "a variadic is counted `by inputs(map)` or `by rank(operand)`"));
        };
        for operand in op.operands.iter_mut().filter(|o| v.names.iter().any(|n| n.node == o.name)) {
            operand.counted = Some(counted);
        }
    }
    let mut extra = vec![];
    if op.has_operand_segments() {
        extra.push(segments(OPERAND_SEGMENTS));
    }
    if op.has_result_segments() {
        extra.push(segments(RESULT_SEGMENTS));
    }
    extra.retain(|e| op.property(&e.name).is_none());
    op.properties.extend(extra);
    for clause in clauses {
        let Clause::Value(v) = clause else { continue };
        if let Some(name) = &v.segments {
            let Some(index) = op.property(&name.node) else {
                return Err(scope.error(UNKNOWN_NAME, name.span, format!("there is no property `{}`", name.node)));
            };
            for operand in op.operands.iter_mut().filter(|o| v.names.iter().any(|n| n.node == o.name)) {
                operand.segments = Some(index);
            }
        }
    }
    for clause in clauses {
        if let Clause::Body(b) = clause {
            let Some(region) = op.region(&b.region.node) else {
                return Err(scope.error(UNKNOWN_NAME, b.region.span, format!("there is no region `{}`", b.region.node)));
            };
            // An op's own body wins over that of its base; several differ in the number of their arguments.
            op.bodies.retain(|old| old.region != region || old.args.len() != b.args.len());
            op.bodies.push(BodyDef {
                region,
                args: b.args.iter().map(|a| a.node.clone()).collect(),
                yields: b.yields.clone(),
                functions: scope.functions.clone(),
            });
        }
    }
    // The last format wins: an op's own over that of its base.
    let last = clauses.iter().rev().find_map(|c| if let Clause::Format(e, span) = c { Some((e, *span)) } else { None });
    if let Some((elements, span)) = last {
        op.format = Some(super::format::op_format(scope, op, elements, span)?);
    }
    Ok(())
}

fn unique_names(scope: &Scope<'_>, op: &OpDef) -> Read<()> {
    let mut seen: Vec<(&str, Span)> = vec![];
    let values = op.operands.iter().chain(&op.results).map(|v| (v.name.as_str(), v.span));
    let props = op.properties.iter().chain(&op.attributes).map(|p| (p.name.as_str(), p.span));
    let rest =
        op.regions.iter().map(|r| (r.name.as_str(), r.span)).chain(op.successors.iter().map(|s| (s.name.as_str(), s.span)));
    for (name, span) in values.chain(props).chain(rest) {
        if let Some(first) = seen.iter().find(|s| s.0 == name) {
            return Err(scope.duplicate("name", name, span, Some(first.1)));
        }
        seen.push((name, span));
    }
    Ok(())
}

pub fn type_def(scope: &Scope<'_>, item: &ast::ParamItem) -> Read<TypeDef> {
    let mut def = TypeDef {
        name: scope.qualify(&item.name.node),
        doc: item.doc.clone(),
        params: vec![],
        format: None,
        alias: None,
        opaque: false,
        forms: vec![],
        verifies: vec![],
        examples: vec![],
        rejects: vec![],
        span: item.name.span,
    };
    let (mut format, mut forms) = (None, vec![]);
    for clause in &item.clauses {
        match clause {
            Clause::Param { name, optional, term, default } => {
                let kind = scope.param_term(term)?;
                def.params.push(ParamDef {
                    name: name.node.clone(),
                    optional: *optional || default.is_some(),
                    kind,
                    default: default.clone(),
                    span: name.span,
                });
            }
            Clause::Format(elements, span) => format = Some((elements, *span)),
            Clause::Form(name, elements, span) => forms.push((name, elements, *span)),
            Clause::Verify { expr, message } => {
                def.verifies.push(VerifyDef { expr: expr.clone(), message: message.node.clone() })
            }
            Clause::Alias(name) => def.alias = Some(name.node.clone()),
            Clause::Opaque => def.opaque = true,
            Clause::Example(t) => def.examples.push(t.clone()),
            Clause::Reject(text, message) => def.rejects.push(Reject { text: text.clone(), message: message.node.clone() }),
            _ => {
                return Err(scope.error(
                    BAD_CLAUSE,
                    item.name.span,
                    "a type or attribute has `param`, `format`, `form`, `alias`, `opaque`, `verify`, `example`, `reject`",
                ));
            }
        }
    }
    if let Some((elements, span)) = format {
        def.format = Some(super::format::type_format(scope, &def, elements, span)?);
    }
    for (name, elements, span) in forms {
        let form = super::format::type_format(scope, &def, elements, span)?;
        def.forms.push((name.node.clone(), form));
    }
    Ok(def)
}
