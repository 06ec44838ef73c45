//! Operations.

use crate::attrs::{self, Shown};
use crate::context::Import;
use crate::format::{self, Missing, Names};
use crate::item::{Item, Kind, docs};
use crate::names::is_ident;
use crate::records::{Argument, Record};
use crate::traits::{self, Traits, transformed};
use crate::types::{self, Arity};

/// An operand or result on its way.
struct Value<'a> {
    name: String,
    arity: Arity,
    term: String,
    effects: Vec<&'static str>,
    segments: Option<&'a str>,
    result: bool,
    stripped: bool,
}

/// The item of an operation, with the reason if it has no custom form.
pub fn item(import: &Import<'_>, op: Record<'_>) -> Item {
    let mut item = Item::new(Kind::Op, op.text("opName"), docs(op));
    let traits = traits::of(import, op);
    let mut values = vec![];
    let mut properties: Vec<(String, Shown)> = vec![];
    let mut clauses = vec![];
    for (argument, name) in op.dag("arguments") {
        let Argument::Record(record) = argument else { continue };
        match value(import, record, name, false, values.len()) {
            Some(v) => values.push(v),
            None => property(import, record, name, &mut properties, &mut clauses, &mut item),
        }
    }
    let results = op.dag("results");
    for (n, (argument, name)) in results.iter().enumerate() {
        let Argument::Record(record) = argument else { continue };
        let fallback = if results.len() == 1 { "result".to_owned() } else { format!("result{n}") };
        let name = if name.is_empty() { fallback.as_str() } else { name };
        values.extend(value(import, *record, name, true, n));
    }
    let wheres = bind_types(&traits, &mut values, &properties, !op.text("assemblyFormat").is_empty());
    for v in &values {
        let by = v.segments.map_or(String::new(), |s| format!(" by {s}"));
        let effects = if v.effects.is_empty() { String::new() } else { format!(" effect {}", v.effects.join(", ")) };
        let keyword = if v.result { "result" } else { "operand" };
        item.clause(keyword, &v.name, format!("{keyword}{} {} : {}{by}{effects}", v.arity.mark(), v.name, v.term));
    }
    for (name, text) in clauses {
        item.clause("property", &name, text);
    }
    let regions = regions(op, &traits, &mut item);
    let successors = successors(op, &mut item);
    for w in wheres {
        item.clause("where", "", format!("where {w}"));
    }
    item.traits = traits.words.clone();
    let side = |result: bool| -> Vec<(String, bool)> {
        values.iter().filter(|v| v.result == result).map(|v| (v.name.clone(), v.stripped)).collect()
    };
    let names = Names {
        values: &side(false),
        results: &side(true),
        properties: &properties,
        regions: &regions,
        successors: &successors,
    };
    set_format(op, &names, &mut item);
    item
}

fn set_format(op: Record<'_>, names: &Names<'_>, item: &mut Item) {
    let text = op.text("assemblyFormat");
    if text.trim().is_empty() && op.flag("hasCustomAssemblyFormat") {
        item.reason = Some(Missing::Other("its assembly is written by hand in C++".into()));
    } else if text.is_empty() {
        item.reason = Some(Missing::Other("it has no assembly of its own".into()));
    } else {
        match format::of_op(text, names) {
            Ok(format) => item.format = Some(format),
            Err(reason) => item.reason = Some(reason),
        }
    }
}

/// An operand or result; `None` for what is no value.
fn value<'a>(import: &Import<'_>, record: Record<'a>, name: &str, result: bool, n: usize) -> Option<Value<'a>> {
    let unwrapped = types::unwrap(record)?;
    let c = unwrapped.constraint;
    if !c.is("TypeConstraint") {
        return None;
    }
    let name = if name.is_empty() { format!("operand{n}") } else { name.to_owned() };
    let stripped = unwrapped.arity == Arity::One && types::is_stripped(import, c).is_some();
    let segments = unwrapped.segments.filter(|s| !s.is_empty());
    Some(Value {
        name,
        arity: unwrapped.arity,
        term: types::term(import, c),
        effects: unwrapped.effects,
        segments,
        result,
        stripped,
    })
}

fn property(
    import: &Import<'_>,
    record: Record<'_>,
    name: &str,
    properties: &mut Vec<(String, Shown)>,
    clauses: &mut Vec<(String, String)>,
    item: &mut Item,
) {
    if record.is("DerivedAttr") || !name.split('.').all(is_ident) {
        return;
    }
    let Some(p) = attrs::property(import, record) else {
        item.reason = Some(Missing::Other(format!("property `{name}` has no form as an attribute")));
        return;
    };
    let mark = if p.optional { "?" } else { "" };
    let default = p.default.map_or(String::new(), |d| format!(" = {d}"));
    let lost = p
        .lost_default
        .map_or(String::new(), |d| format!("  // its default is C++: {}", d.split_whitespace().collect::<String>()));
    let (term, list) = match p.term.strip_suffix("[]") {
        Some(element) => (element.to_owned(), "[]"),
        None => (p.term, ""),
    };
    clauses.push((name.to_owned(), format!("property{mark} {name} : {term}{list}{default}{lost}")));
    properties.push((name.to_owned(), p.shown));
}

fn regions(op: Record<'_>, traits: &Traits<'_>, item: &mut Item) -> Vec<String> {
    let all = op.dag("regions");
    let mut names = vec![];
    for (n, (argument, name)) in all.iter().enumerate() {
        let Argument::Record(region) = argument else { continue };
        let fallback = if all.len() == 1 { "body".to_owned() } else { format!("region{n}") };
        let name = if name.is_empty() { fallback } else { (*name).to_owned() };
        let mark = if region.is("VariadicRegion") { "*" } else { "" };
        let count = region.text("summary").split_whitespace().find_map(|w| w.parse::<usize>().ok());
        let least = region.text("summary").contains("at least");
        let most = region.text("summary").contains("at most");
        let mut options = vec![];
        match count {
            Some(n) if least => options.push(format!("blocks {n}..")),
            Some(n) if most => options.push(format!("blocks 0..{n}")),
            Some(n) => options.push(format!("blocks {n}")),
            // One that the assembly may leave out stays empty.
            None if traits.single_block && may_be_left_out(op, &name) => options.push("blocks 0..1".into()),
            None if traits.single_block => options.push("blocks 1".into()),
            None => {}
        }
        options.extend(traits.implicit.as_ref().map(|t| format!("terminator {t} implicit")));
        options.extend(traits.graph.then(|| "graph".to_owned()));
        options.extend(traits.no_terminator.then(|| "no_terminator".to_owned()));
        let options = if options.is_empty() { String::new() } else { format!(" : {}", options.join(", ")) };
        item.clause("region", &name, format!("region{mark} {name}{options}"));
        names.push(name);
    }
    names
}

/// Whether the assembly has a region only sometimes; of assembly in C++ that is not known.
fn may_be_left_out(op: Record<'_>, region: &str) -> bool {
    let format = op.text("assemblyFormat");
    format.is_empty() || format.contains(&format!("${region}^"))
}

fn successors(op: Record<'_>, item: &mut Item) -> Vec<String> {
    let mut names = vec![];
    for (n, (argument, name)) in op.dag("successors").into_iter().enumerate() {
        let Argument::Record(successor) = argument else { continue };
        let name = if name.is_empty() { format!("successor{n}") } else { name.to_owned() };
        let mark = if successor.is("VariadicSuccessor") { "*" } else { "" };
        item.clause("successor", &name, format!("successor{mark} {name}"));
        names.push(name);
    }
    names
}

/// Type variables for what traits say of types; gives what `where` says of them.
fn bind_types(traits: &Traits<'_>, values: &mut [Value<'_>], properties: &[(String, Shown)], has_format: bool) -> Vec<String> {
    let mut groups: Vec<Vec<usize>> = vec![];
    let index = |values: &[Value<'_>], name: &str| values.iter().position(|v| v.name == name);
    let mut join = |members: Vec<usize>| {
        let (touching, mut rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut groups).into_iter().partition(|g| g.iter().any(|m| members.contains(m)));
        let mut all: Vec<usize> = touching.into_iter().flatten().chain(members).collect();
        all.sort_unstable();
        all.dedup();
        rest.push(all);
        groups = rest;
    };
    for names in &traits.equal {
        join(names.iter().filter_map(|n| index(values, n)).collect());
    }
    if traits.same_operands {
        join((0..values.len()).filter(|n| !values[*n].result).collect());
    }
    for (from, to, code) in &traits.derived {
        match (index(values, from), index(values, to)) {
            (Some(a), Some(b)) if transformed(code, "$").as_deref() == Some("$") => join(vec![a, b]),
            (Some(a), _) => join(vec![a]),
            _ => {}
        }
    }
    groups.retain(|g| !g.is_empty());
    groups.sort();
    let mut wheres = vec![];
    for (n, group) in groups.iter().enumerate() {
        let lists = group.len() > 1 && group.iter().all(|m| values[*m].arity == Arity::Variadic) && !traits.same_operands;
        let name = if groups.len() == 1 { "T".to_owned() } else { format!("T{n}") };
        let restricted = group.iter().map(|m| values[*m].term.clone()).find(|t| t != "any");
        for member in group {
            values[*member].term = if lists { format!("${name}..") } else { format!("${name}") };
        }
        wheres.extend(restricted.map(|t| format!("${name} in {t}")));
    }
    for (from, to, code) in &traits.derived {
        let source = match index(values, from) {
            Some(a) => values[a].term.trim_end_matches("..").to_owned(),
            None if properties.iter().any(|p| p.0 == *from) => format!("typeof(${from})"),
            None => continue,
        };
        let (Some(b), Some(term)) = (index(values, to), transformed(code, &source)) else { continue };
        if !values[b].term.starts_with('$') {
            values[b].term = term;
        } else if term != values[b].term {
            let own = format!("{} in ", values[b].term);
            wheres.retain(|w| !w.starts_with(&own));
            wheres.push(format!("{own}{term}"));
        }
    }
    if let Some((first, _)) = properties.first().filter(|_| traits.first_attribute && has_format) {
        values.iter_mut().filter(|v| v.result).for_each(|v| v.term = format!("typeof(${first})"));
    }
    wheres
}
