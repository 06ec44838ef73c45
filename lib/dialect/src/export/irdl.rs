//! IRDL, which a stock `mlir-opt --irdl-file=` loads to check generic form.
//!
//! IRDL says less than a definition. What it cannot say is left out, and listed; an operation of which it would refuse what is right is left
//! out altogether, so that `--allow-unregistered-dialect` lets it pass.

use super::irdl_terms::Terms;
use crate::infer::term;
use crate::model::*;
use crate::verify::attrs::text as attr_text;
use std::fmt::Write;

/// The IRDL of a dialect.
#[derive(Clone, Debug, PartialEq)]
pub struct Irdl {
    pub text: String,
    /// What is weaker than in the definition, one line for each, in the order of the definition.
    pub weakened: Vec<String>,
}

/// Exports a dialect. Equal definitions give equal text.
pub fn irdl(dialect: &Dialect) -> Irdl {
    let mut out = Exporter { dialect, weakened: vec![] };
    let mut body = String::new();
    for (what, defs) in [("type", &dialect.types), ("attribute", &dialect.attrs)] {
        for def in defs {
            body += &out.parametrised(what, def);
        }
    }
    for e in dialect.enums.iter().filter(|e| matches!(e.storage, EnumStorage::Attribute { .. })) {
        out.weaken(&e.name, "the enumeration is an attribute with a text of its own, which IRDL has not");
    }
    for op in &dialect.ops {
        body += &out.operation(op);
    }
    let mut text = format!("// {}: {}. Exported from its definition.\n", dialect.name, dialect.summary);
    if !out.weakened.is_empty() {
        text += "//\n// Weaker than the definition:\n";
        out.weakened.iter().for_each(|line| text += &format!("// - {line}\n"));
    }
    let _ = write!(text, "\nirdl.dialect @{} {{\n{body}}}\n", dialect.name);
    Irdl { text, weakened: out.weakened }
}

struct Exporter<'d> {
    dialect: &'d Dialect,
    weakened: Vec<String>,
}

/// A name as IRDL wants it: small letters, digits and `_`.
fn lower(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.chars().enumerate() {
        match c {
            'A'..='Z' => {
                out.push_str(if i > 0 { "_" } else { "" });
                out.push(c.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' | '_' => out.push(c),
            _ => out.push('_'),
        }
    }
    out
}

/// Whether IRDL takes a name of a type, an attribute or an operation as it is.
pub(super) fn sayable(name: &str) -> bool {
    lower(name) == name && !name.starts_with('_') && !name.contains("__")
}

const NAMES: &str = "a name in IRDL is of small letters, digits and single `_`";

/// Names of values or regions, distinct.
fn named<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut out: Vec<String> = vec![];
    for name in names {
        let mut lowered = lower(name);
        while out.contains(&lowered) {
            lowered.push('_');
        }
        out.push(lowered);
    }
    out
}

impl Exporter<'_> {
    fn weaken(&mut self, name: &str, what: &str) {
        self.weakened.push(format!("{name}: {what}"));
    }

    /// A type or attribute; its text is `<a, b>` there, so one with another format is left out.
    fn parametrised(&mut self, what: &str, def: &TypeDef) -> String {
        let short = &def.name[self.dialect.name.len() + 1..];
        if def.format.is_some() && !def.params.is_empty() {
            self.weaken(&def.name, "left out: IRDL has no text of its own for parameters");
            return String::new();
        }
        if !sayable(short) {
            self.weaken(&def.name, &format!("left out: {NAMES}"));
            return String::new();
        }
        let another = self
            .dialect
            .types
            .iter()
            .map(|t| &t.name)
            .chain(self.dialect.ops.iter().map(|o| &o.name))
            .find(|n| **n == def.name);
        if what == "attribute" && another.is_some() {
            self.weaken(
                &def.name,
                "left out as an attribute: a type or an operation has its name, and IRDL has one of each name",
            );
            return String::new();
        }
        let mut terms = Terms::new(self.dialect);
        let values: Vec<String> = def.params.iter().map(|p| terms.param(&p.kind)).collect();
        let names = named(def.params.iter().map(|p| p.name.as_str()));
        let list: Vec<String> = names.iter().zip(&values).map(|(n, v)| format!("{n}: {v}")).collect();
        self.take(&def.name, &mut terms);
        let mut out = format!("  irdl.{what} @{short} {{\n{}", terms.text);
        if !list.is_empty() {
            let _ = writeln!(out, "    irdl.parameters({})", list.join(", "));
        }
        out + "  }\n"
    }

    fn take(&mut self, name: &str, terms: &mut Terms<'_>) {
        for what in std::mem::take(&mut terms.weakened) {
            self.weaken(name, &what);
        }
    }

    fn operation(&mut self, op: &OpDef) -> String {
        if let Some(why) = self.unsayable(op) {
            self.weaken(&op.name, &format!("left out: {why}"));
            return String::new();
        }
        let mut terms = Terms::new(self.dialect);
        terms.wheres = &op.wheres;
        let mut lines = String::new();
        for (what, specs) in [("operands", &op.operands), ("results", &op.results)] {
            let names = named(specs.iter().map(|s| s.name.as_str()));
            let list: Vec<String> = specs
                .iter()
                .zip(names)
                .map(|(spec, name)| {
                    let arity = match spec.arity {
                        Arity::One => "",
                        Arity::Optional => "optional ",
                        _ => "variadic ",
                    };
                    format!("{name}: {arity}{}", terms.value(&spec.constraint))
                })
                .collect();
            if !list.is_empty() {
                let _ = writeln!(lines, "    irdl.{what}({})", list.join(", "));
            }
        }
        lines += &self.attributes(op, &mut terms);
        lines += &regions(op, &mut terms);
        self.take(&op.name, &mut terms);
        self.beyond(op);
        format!("  irdl.operation @{} {{\n{}{lines}  }}\n", op.short_name(), terms.text)
    }

    /// Why IRDL would refuse what is right.
    fn unsayable(&self, op: &OpDef) -> Option<String> {
        let terminator = |op: &OpDef| op.ir_traits().contains(edge_ir::Traits::TERMINATOR);
        let mixed = |v: &&ValueSpec| v.is_variable() && v.arity != Arity::Optional && !alike(&v.constraint);
        if !sayable(op.short_name()) {
            Some(NAMES.into())
        } else if self.dialect.types.iter().any(|t| t.name == op.name) {
            Some("a type has its name, and IRDL has one of each name".into())
        } else if terminator(op) {
            Some("IRDL has no terminators".into())
        } else if !op.successors.is_empty() {
            Some("IRDL has no successors".into())
        } else if let Some(v) = op.operands.iter().chain(&op.results).find(mixed) {
            Some(format!("values of the variadic `{}` may differ in type, which IRDL refuses", v.name))
        } else if op.regions.iter().any(|r| r.no_terminator) {
            Some("IRDL wants a terminator in each region".into())
        } else {
            op.regions
                .iter()
                .find(|r| r.arity != Arity::One)
                .map(|r| format!("the region `{}` is not always there once", r.name))
        }
    }

    fn attributes(&mut self, op: &OpDef, terms: &mut Terms<'_>) -> String {
        let mut list = vec![];
        let segments = [OPERAND_SEGMENTS, RESULT_SEGMENTS];
        for p in op.properties.iter().chain(&op.attributes).filter(|p| !segments.contains(&p.name.as_str())) {
            if p.optional || p.default.is_some() {
                self.weaken(&op.name, &format!("`{}` may be anything: IRDL has no optional attributes", p.name));
                continue;
            }
            let value = terms.attribute(&p.constraint);
            if let Some(why) = terms.lost_attribute.take() {
                self.weaken(&op.name, &format!("`{}` is {} there, not {}", p.name, why, attr_text(&p.constraint)));
            }
            list.push(format!("\"{}\" = {value}", p.name));
        }
        if list.is_empty() { String::new() } else { format!("    irdl.attributes {{{}}}\n", list.join(", ")) }
    }

    /// What nothing in IRDL says.
    fn beyond(&mut self, op: &OpDef) {
        for v in &op.verifies {
            self.weaken(&op.name, &format!("not checked: \"{}\"", v.message));
        }
        let traits: Vec<&str> =
            op.traits.iter().filter(|t| !matches!(t, Trait::ResultName(_) | Trait::ResultNames(_))).map(|t| t.word()).collect();
        if !traits.is_empty() {
            self.weaken(&op.name, &format!("has no traits there: {}", traits.join(", ")));
        }
        if op.eval.is_some() {
            self.weaken(&op.name, "the sizes that `eval` gives the results are not checked");
        }
        for r in op.regions.iter().filter(|r| !r.terminators.is_empty()) {
            self.weaken(&op.name, &format!("the terminator of `{}` is not checked", r.name));
        }
    }
}

/// Whether all values of a variadic with this constraint have one type.
fn alike(c: &TypeConstraint) -> bool {
    use TypeConstraint as T;
    match c {
        T::Var(_)
        | T::Index
        | T::NoneType
        | T::Integer { width: Some(_), .. }
        | T::Float(Some(_))
        | T::TypeIn(_)
        | T::TypeOf(_) => true,
        T::Named(_, inner) => alike(inner),
        T::Dialect { args, .. } => args.is_empty(),
        _ => false,
    }
}

fn regions(op: &OpDef, terms: &mut Terms<'_>) -> String {
    let names = named(op.regions.iter().map(|r| r.name.as_str()));
    let mut list = vec![];
    for (region, name) in op.regions.iter().zip(names) {
        let args = match &region.args {
            Some(args) if args.iter().all(|a| !matches!(a.1, TypeConstraint::Pack(_) | TypeConstraint::FunctionInputs(_))) => {
                let values: Vec<String> = args.iter().map(|a| terms.value(&a.1)).collect();
                format!("({})", values.join(", "))
            }
            Some(args) => {
                let terms_of: Vec<String> = args.iter().map(|a| term(&a.1)).collect();
                terms.weakened.push(format!("the arguments of `{}` are not checked: ({})", region.name, terms_of.join(", ")));
                String::new()
            }
            None => String::new(),
        };
        let size = match region.blocks {
            (n, Some(m)) if n == m && n > 0 => format!(" with size {n}"),
            _ => String::new(),
        };
        list.push(format!("{name}: {}", terms.line(&format!("irdl.region{args}{size}"))));
    }
    if list.is_empty() { String::new() } else { format!("    irdl.regions({})\n", list.join(", ")) }
}
