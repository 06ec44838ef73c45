//! The operators that the dialects' definitions have a meaning for.

use crate::mapping::ast::{Function, Mapping};
use crate::mapping::{self, BAD_MAPPING};
use edge_dialect::Registry;
use edge_dialect::model::Text;
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap, Span};
use rustc_hash::FxHashMap;

/// A mapping and the dialect that it stands in.
pub struct Entry {
    pub mapping: Mapping,
    pub dialect: String,
}

/// Every mapping and function of a registry.
#[derive(Default)]
pub struct Table {
    /// By domain and operator, the newest first.
    entries: FxHashMap<(String, String), Vec<Entry>>,
    /// By dialect, then by name.
    functions: FxHashMap<String, FxHashMap<String, Function>>,
}

/// What a table knows of an operator at a version.
pub enum Lookup<'a> {
    Found(&'a Entry),
    /// Known from this later version on only.
    Later(i64),
    Unknown,
}

/// Both names of ONNX's own operators' domain are one.
pub fn plain_domain(domain: &str) -> &str {
    if domain == "ai.onnx" { "" } else { domain }
}

impl Table {
    /// Reads the mappings of every dialect. Mistakes in them are reported with spans of the definitions; all are looked for.
    pub fn new(registry: &Registry, diags: &Diagnostics) -> Result<Table, Reported> {
        let mut table = Table::default();
        let mut failed = None;
        for dialect in registry.dialects() {
            let functions = table.functions.entry(dialect.name.clone()).or_default();
            for text in &dialect.functions {
                match mapping::function(&source(registry, text), text.span, diags) {
                    Ok(function) => drop(functions.insert(function.name.clone(), function)),
                    Err(reported) => failed = Some(reported),
                }
            }
        }
        for entry in registry.onnx() {
            match mapping::mapping(&source(registry, entry.text), entry.text.span, diags) {
                Ok(mapping) => {
                    failed = table.add(Entry { mapping, dialect: entry.dialect.name.clone() }, diags).err().or(failed)
                }
                Err(reported) => failed = Some(reported),
            }
        }
        failed.map_or(Ok(table), Err)
    }

    fn add(&mut self, entry: Entry, diags: &Diagnostics) -> Result<(), Reported> {
        let mapping = &entry.mapping;
        let list = self.entries.entry((plain_domain(&mapping.domain).to_string(), mapping.op_type.clone())).or_default();
        if let Some(other) = list.iter().find(|e| e.mapping.since == mapping.since) {
            let message = format!("`{}` since {} has two mappings", mapping.op_type, mapping.since);
            let diagnostic = Diagnostic::error(BAD_MAPPING, message).at(mapping.span).also(other.mapping.span, "the other one");
            return Err(diags.error(diagnostic));
        }
        let at = list.partition_point(|e| e.mapping.since > mapping.since);
        list.insert(at, entry);
        Ok(())
    }

    /// The mapping of an operator of a domain at an operator-set version.
    pub fn find(&self, domain: &str, op_type: &str, version: i64) -> Lookup<'_> {
        let Some(list) = self.entries.get(&(plain_domain(domain).to_string(), op_type.to_string())) else {
            return Lookup::Unknown;
        };
        match list.iter().find(|e| e.mapping.since <= version) {
            Some(entry) => Lookup::Found(entry),
            None => list.last().map_or(Lookup::Unknown, |oldest| Lookup::Later(oldest.mapping.since)),
        }
    }

    /// The functions that mappings of a dialect may call.
    pub fn functions(&self, dialect: &str) -> Option<&FxHashMap<String, Function>> {
        self.functions.get(dialect)
    }

    /// Every mapping, sorted by domain, operator and version.
    pub fn entries(&self) -> Vec<&Entry> {
        let mut all: Vec<&Entry> = self.entries.values().flatten().collect();
        all.sort_by_key(|e| (e.mapping.domain.clone(), e.mapping.op_type.clone(), e.mapping.since));
        all
    }
}

/// The text that a span covers: what the model keeps has lost its leading blanks, and with them its positions.
fn source(registry: &Registry, text: &Text) -> String {
    let covers = |map: &SourceMap, span: Span| {
        map.get(span.file)?
            .text()
            .get(span.start as usize..span.end as usize)
            .filter(|t| t.trim() == text.node)
            .map(str::to_string)
    };
    registry.sources().iter().find_map(|map| covers(map, text.span)).unwrap_or_else(|| text.node.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapping_of_the_project_reads() {
        let registry = Registry::builtin().unwrap_or_else(|e| panic!("{e}"));
        let diags = Diagnostics::new();
        let table = Table::new(&registry, &diags);
        let texts: String = registry.sources().iter().map(|s| diags.render(s)).collect();
        let table = table.unwrap_or_else(|_| panic!("{texts}"));
        assert!(table.entries().len() >= 30, "{}", table.entries().len());
        assert!(matches!(table.find("ai.onnx", "Softmax", 12), Lookup::Found(e) if e.mapping.since == 1));
        assert!(matches!(table.find("", "Softmax", 13), Lookup::Found(e) if e.mapping.since == 13));
        assert!(matches!(table.find("", "Add", 6), Lookup::Later(7)));
        assert!(matches!(table.find("com.example", "Add", 13), Lookup::Unknown));
    }
}
