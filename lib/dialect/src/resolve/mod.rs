//! From the syntax tree to the model: names to indices, with every mistake reported at its span.

mod format;
mod ops;
mod terms;

pub(crate) use terms::integer_word;

use crate::ast::{self, Item, Name};
use crate::model::*;
use edge_support::{Diagnostic, Diagnostics, Reported, Span, codes};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

codes! {
    /// A name is defined twice.
    DUPLICATE = "E0310";
    /// A name is not defined.
    UNKNOWN_NAME = "E0311";
    /// A trait is not in the closed list, or has the wrong arguments.
    UNKNOWN_TRAIT = "E0312";
    /// A constraint has the wrong arguments.
    BAD_CONSTRAINT = "E0313";
    /// A format has a directive that does not exist, or the wrong arguments.
    BAD_FORMAT = "E0314";
    /// A clause stands where it has no meaning, or twice.
    BAD_CLAUSE = "E0315";
    /// An enumeration is empty or has a bad case.
    BAD_ENUM = "E0316";
}

/// Longest chain of `from`.
const MAX_BASES: usize = 16;

/// What the names of a file can mean.
pub(crate) struct Scope<'a> {
    pub dialect: String,
    pub diags: &'a Diagnostics,
    /// Enumerations of all dialects read so far, by full name.
    pub enums: FxHashMap<String, Arc<EnumDef>>,
    /// The `overload`s and `conversion`s of this file.
    pub functions: Arc<Vec<Overload>>,
    aliases: FxHashMap<String, &'a ast::ConstraintItem>,
    bases: FxHashMap<String, &'a ast::OpItem>,
    /// Operations of the file, without the dialect.
    pub ops: FxHashSet<&'a str>,
}

impl Scope<'_> {
    pub fn error(&self, code: edge_support::Code, span: Span, message: impl Into<String>) -> Reported {
        self.diags.error(Diagnostic::error(code, message).at(span))
    }
    pub fn duplicate(&self, what: &str, name: &str, span: Span, first: Option<Span>) -> Reported {
        let mut d = Diagnostic::error(DUPLICATE, format!("{what} `{name}` is defined twice")).at(span);
        if let Some(first) = first {
            d = d.also(first, "first defined here");
        }
        self.diags.error(d)
    }
    /// The full name of an operation: one of this file, or of the dialect that the name says.
    pub fn op_name(&self, name: &str) -> String {
        if name.contains('.') && !self.ops.contains(name) { name.to_owned() } else { self.qualify(name) }
    }
    /// A name of this dialect with the dialect in front.
    pub fn qualify(&self, name: &str) -> String {
        format!("{}.{name}", self.dialect)
    }
}

/// Resolves one file. `enums` are those of other dialects, by full name.
pub(crate) fn dialect(
    file: &ast::File,
    enums: &FxHashMap<String, Arc<EnumDef>>,
    diags: &Diagnostics,
) -> Result<Dialect, Reported> {
    let mut scope = Scope {
        dialect: file.name.node.clone(),
        diags,
        enums: enums.clone(),
        functions: Arc::default(),
        aliases: FxHashMap::default(),
        bases: FxHashMap::default(),
        ops: FxHashSet::default(),
    };
    let before = diags.errors();
    collect(file, &mut scope);
    scope.functions = Arc::new(functions(file, &scope));
    let mut out = Dialect {
        name: file.name.node.clone(),
        summary: file.summary.clone(),
        doc: file.doc.clone(),
        version: file.version,
        imported: file.imported,
        foreign: file.foreign,
        ops: vec![],
        types: vec![],
        attrs: vec![],
        enums: vec![],
        rules: vec![],
        functions: vec![],
        onnx: vec![],
        span: file.name.span,
    };
    for item in &file.items {
        resolve_item(&scope, item, &mut out);
    }
    unique(&scope, "op", out.ops.iter().map(|o| (o.name.as_str(), o.span)));
    unique(&scope, "type", out.types.iter().map(|o| (o.name.as_str(), o.span)));
    unique(&scope, "attribute", out.attrs.iter().map(|o| (o.name.as_str(), o.span)));
    unique(&scope, "rule", out.rules.iter().map(|o| (o.name.as_str(), o.span)));
    if diags.errors() > before {
        return Err(scope.error(BAD_CLAUSE, file.name.span, format!("dialect `{}` has errors", file.name.node)));
    }
    Ok(out)
}

fn unique<'n>(scope: &Scope<'_>, what: &str, names: impl Iterator<Item = (&'n str, Span)>) {
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for (name, span) in names {
        if let Some(first) = seen.insert(name, span) {
            scope.duplicate(what, name, span, Some(first));
        }
    }
}

/// The enumerations of a file, which other dialects may use.
pub(crate) fn enums(file: &ast::File, diags: &Diagnostics) -> Vec<(String, Arc<EnumDef>)> {
    let mut out = vec![];
    for item in &file.items {
        if let Item::Enum(e) = item
            && let Ok(def) = enumeration(&file.name.node, diags, e)
        {
            out.push((def.name.clone(), Arc::new(def)));
        }
    }
    out
}

/// First pass: what later items may refer to.
fn collect<'a>(file: &'a ast::File, scope: &mut Scope<'a>) {
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for item in &file.items {
        let (what, name, old) = match item {
            Item::Constraint(c) => ("constraint", &c.name, scope.aliases.insert(c.name.node.clone(), c).map(|c| c.name.span)),
            Item::Base(b) => ("base", &b.name, scope.bases.insert(b.name.node.clone(), b).map(|b| b.name.span)),
            Item::Enum(e) => ("enum", &e.name, seen.insert(&e.name.node, e.name.span)),
            Item::Op(op) => {
                scope.ops.insert(&op.name.node);
                continue;
            }
            _ => continue,
        };
        if let Some(first) = old {
            scope.duplicate(what, &name.node, name.span, Some(first));
        }
    }
}

fn functions(file: &ast::File, scope: &Scope<'_>) -> Vec<Overload> {
    let mut out: Vec<Overload> = vec![];
    for item in &file.items {
        let Item::Overload(o) = item else { continue };
        let mut cases = vec![];
        for (op, term) in &o.cases {
            match term.as_ref().map(|t| scope.type_term(t, &terms::Around::new(&[]))).transpose() {
                Ok(term) => cases.push((if op.node.contains('.') { op.node.clone() } else { scope.qualify(&op.node) }, term)),
                Err(_) => continue,
            }
        }
        out.push(Overload {
            name: o.name.node.clone(),
            conversion: o.conversion,
            made_of: o.made_of.as_ref().map(|(args, e)| (args.iter().map(|a| a.node.clone()).collect(), e.clone())),
            cases,
            span: o.name.span,
        });
    }
    unique(scope, "function", out.iter().map(|o| (o.name.as_str(), o.span)));
    out
}

fn resolve_item(scope: &Scope<'_>, item: &Item, out: &mut Dialect) {
    match item {
        Item::Op(op) => {
            if let Ok(op) = ops::op(scope, op) {
                out.ops.push(Arc::new(op));
            }
        }
        Item::Type(t) => out.types.extend(ops::type_def(scope, t).ok().map(Arc::new)),
        Item::Attr(t) => out.attrs.extend(ops::type_def(scope, t).ok().map(Arc::new)),
        Item::Enum(e) => out.enums.extend(scope.enums.get(&scope.qualify(&e.name.node)).cloned()),
        Item::Rule(r) => out.rules.push(Rule {
            name: r.name.node.clone(),
            dialect: scope.dialect.clone(),
            doc: r.doc.clone(),
            matched: r.matched.clone(),
            built: r.built.clone(),
            conditions: r.conditions.clone(),
            span: r.span,
        }),
        Item::Function(text) => out.functions.push(text.clone()),
        Item::Onnx(text) => out.onnx.push(text.clone()),
        Item::Constraint(c) => {
            // Read for its mistakes: one that is used by nobody is checked too.
            let _ = scope.check_alias(c);
        }
        Item::Base(_) | Item::Overload(_) => {}
    }
}

/// The clauses of an op: those of its bases first, so that its own come last and win.
pub(crate) fn clauses<'a>(
    scope: &Scope<'a>,
    item: &'a ast::OpItem,
) -> Result<(Vec<&'a ast::OpItem>, Vec<&'a ast::Clause>), Reported> {
    let mut chain = vec![item];
    let mut next: Option<&Name> = item.from.as_ref();
    while let Some(name) = next {
        let Some(base) = scope.bases.get(&name.node) else {
            return Err(scope.error(UNKNOWN_NAME, name.span, format!("there is no base `{}`", name.node)));
        };
        if chain.len() > MAX_BASES {
            return Err(scope.error(BAD_CLAUSE, name.span, "a base goes back to itself"));
        }
        chain.push(base);
        next = base.from.as_ref();
    }
    chain.reverse();
    let clauses = chain.iter().flat_map(|c| &c.clauses).collect();
    Ok((chain, clauses))
}

fn enumeration(dialect: &str, diags: &Diagnostics, item: &ast::EnumItem) -> Result<EnumDef, Reported> {
    let fail = |span: Span, message: String| Err(diags.error(Diagnostic::error(BAD_ENUM, message).at(span)));
    let storage = match item.storage.node.as_str() {
        "attr" => EnumStorage::Attribute { bare: item.bare },
        "str" => EnumStorage::String,
        word => match word.strip_prefix('i').and_then(|w| w.parse().ok()) {
            Some(width @ 1..=64) => EnumStorage::Integer(width),
            _ => return fail(item.storage.span, "an enum is held as `i32`, `i64`, `str` or `attr`".into()),
        },
    };
    let mut cases: Vec<(String, i64)> = vec![];
    let mut next = if item.bits { 1 } else { 0 };
    for (name, value) in &item.cases {
        let value = value.unwrap_or(next);
        if let Some((_, old)) = cases.iter().find(|c| c.0 == name.node) {
            return fail(name.span, format!("case `{}` is there already, as {old}", name.node));
        }
        cases.push((name.node.clone(), value));
        next = if item.bits { value.max(1).saturating_mul(2) } else { value.saturating_add(1) };
    }
    let separator = item.separator.clone().unwrap_or_else(|| ",".into());
    let name = format!("{dialect}.{}", item.name.node);
    Ok(EnumDef { name, doc: item.doc.clone(), storage, tight: item.tight, bits: item.bits, separator, cases, span: item.span })
}
