//! Loads what was imported and takes out what does not load, until all of it does.

use crate::Dialect;
use crate::format::Missing;
use crate::item::{Item, Kind};
use edge_dialect::{Registry, check};
use edge_support::{Diagnostic, Diagnostics, SourceMap};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Each round takes something out of every item that has an error.
const MAX_ROUNDS: usize = 16;

pub fn settle(dialects: &mut [Dialect]) {
    for _ in 0..MAX_ROUNDS {
        let findings = findings(dialects);
        if findings.is_empty() {
            return;
        }
        for ((dialect, item), message) in findings.into_iter().rev() {
            let items = &mut dialects[dialect].items;
            if !weaken(&mut items[item], message) {
                items.remove(item);
            }
        }
    }
}

/// The first message about each item.
fn findings(dialects: &[Dialect]) -> BTreeMap<(usize, usize), String> {
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let texts: Vec<_> = dialects.iter().map(Dialect::placed).collect();
    let files: Vec<_> =
        texts.iter().zip(dialects).map(|((text, _), d)| sources.add(format!("{}.dialect", d.name), text.as_str())).collect();
    if let Ok(registry) = Registry::empty().with_files(&sources, &files, &diags) {
        check::check(&registry, &diags);
    }
    let mut out = BTreeMap::new();
    let place = |d: &Diagnostic| {
        let span = d.primary.as_ref()?.span;
        let dialect = files.iter().position(|f| *f == span.file)?;
        let item = texts[dialect].1.partition_point(|start| *start <= span.start as usize).checked_sub(1)?;
        Some((dialect, item))
    };
    for d in diags.snapshot() {
        if let Some(place) = place(&d) {
            out.entry(place).or_insert(d.message.clone());
        }
    }
    out
}

/// Takes the doubtful part out of an item; false if nothing is left to take.
fn weaken(item: &mut Item, message: String) -> bool {
    let optional = |keyword: &str| matches!(keyword, "where" | "verify");
    let reason = Missing::Other(message);
    if item.kind == Kind::Op && item.format.take().is_some() {
        item.reason = Some(reason);
        return true;
    }
    if matches!(item.kind, Kind::Type | Kind::Attr)
        && item.whole.is_none()
        && !item.clauses.iter().any(|c| c.keyword == "opaque")
    {
        item.clauses.retain(|c| c.keyword == "alias");
        item.clause("opaque", "", "opaque".into());
        item.format = None;
        item.reason = Some(reason);
        return true;
    }
    let before = item.clauses.len() + item.traits.len();
    item.clauses.retain(|c| !optional(&c.keyword));
    item.traits.retain(|t| !t.contains('('));
    if item.clauses.len() + item.traits.len() < before {
        return true;
    }
    let mut changed = false;
    for clause in &mut item.clauses {
        let terms = matches!(clause.keyword.as_str(), "operand" | "result" | "property");
        if let Some((head, term)) = clause.text.split_once(" : ").filter(|(_, t)| terms && *t != "any") {
            let by = term.split(" by ").nth(1).map_or(String::new(), |b| format!(" by {b}"));
            clause.text = format!("{head} : any{by}");
            changed = true;
        }
        if clause.keyword == "region"
            && let Some((head, _)) = clause.text.split_once(" : ")
        {
            clause.text = head.to_owned();
            changed = true;
        }
    }
    changed
}
