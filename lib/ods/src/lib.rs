//! Definitions from ODS: the records of `llvm-tblgen --dump-json` become `.dialect` text.

mod all;
mod attrs;
mod complement;
mod context;
mod directives;
mod enums;
mod format;
mod item;
mod names;
mod ops;
mod params;
mod records;
mod report;
mod settle;
mod syntax;
mod tblgen;
mod traits;
mod types;

pub use all::{Source, import, make_folder, write};
pub use report::Report;
pub use tblgen::{Tool, sources_of};

use context::Import;
use edge_support::{Diagnostic, Diagnostics, Reported, codes};
use item::{Item, Kind};
use records::Records;
use std::collections::BTreeMap;

codes! {
    /// The file is no dump of records.
    BAD_DUMP = "E1401";
    /// The dump defines no dialect with operations, types or attributes, or not the one that is asked for.
    NO_DIALECT = "E1402";
    /// There is no `llvm-tblgen`.
    NO_TBLGEN = "E1403";
    /// `llvm-tblgen` refuses the file.
    TBLGEN_FAILED = "E1404";
    /// A file cannot be read or written.
    FILE = "E1405";
}

/// A dialect as imported.
#[derive(Clone, Debug)]
pub struct Dialect {
    pub name: String,
    summary: String,
    items: Vec<Item>,
}

impl Dialect {
    /// The definition file.
    pub fn text(&self) -> String {
        self.placed().0
    }
    /// The text, with the place where each item starts.
    fn placed(&self) -> (String, Vec<usize>) {
        let mut out =
            format!("/// Imported from ODS.\ndialect {} {} version 1 imported\n", self.name, names::quoted(&self.summary));
        let mut places = vec![];
        for item in &self.items {
            out.push('\n');
            places.push(out.len());
            out.push_str(&item.text());
        }
        (out, places)
    }
    fn add(&mut self, items: Vec<Item>) {
        for item in items {
            if !self.items.iter().any(|i| i.kind == item.kind && i.name == item.name) {
                self.items.push(item);
            }
        }
        self.items.sort_by_key(|i| i.kind);
    }
    /// Operations, and those of them with a custom form.
    pub fn counts(&self) -> (usize, usize) {
        let ops = self.items.iter().filter(|i| i.kind == Kind::Op);
        ops.fold((0, 0), |(all, custom), i| (all + 1, custom + i.format.is_some() as usize))
    }
}

/// Dialects that are being imported, from any number of dumps.
#[derive(Default)]
pub struct Importer {
    dialects: BTreeMap<String, Dialect>,
}

impl Importer {
    /// Takes over what a dump defines. `place` is for diagnostics.
    ///
    /// # Errors
    /// Where the text is no dump.
    pub fn add(&mut self, json: &str, place: &str, diags: &Diagnostics) -> Result<(), Reported> {
        let records = Records::read(json).map_err(|e| diags.error(Diagnostic::error(BAD_DUMP, e).in_place(place)))?;
        for dialect in records.instances("Dialect") {
            let name = dialect.text("name");
            let items = items(&records, name);
            if items.is_empty() || !names::is_ident(name) {
                continue;
            }
            let new = || Dialect { name: name.to_owned(), summary: dialect.summary(), items: vec![] };
            self.dialects.entry(name.to_owned()).or_insert_with(new).add(items);
        }
        Ok(())
    }

    /// The dialects (only the named one, if one is named), with every definition checked: a format that does not load is left out and
    /// stands in the report.
    ///
    /// # Errors
    /// Where there is no such dialect.
    pub fn finish(mut self, only: Option<&str>, place: &str, diags: &Diagnostics) -> Result<(Vec<Dialect>, Report), Reported> {
        if let Some(name) = only {
            self.dialects.retain(|n, _| n == name);
        }
        if self.dialects.is_empty() {
            let message = match only {
                Some(name) => format!("nothing of dialect `{name}` is defined here"),
                None => "no dialect with operations, types or attributes is defined here".into(),
            };
            return Err(diags.error(Diagnostic::error(NO_DIALECT, message).in_place(place)));
        }
        let mut all: Vec<Dialect> = self.dialects.into_values().collect();
        for dialect in &mut all {
            complement::apply(&dialect.name, &mut dialect.items);
            dialect.items.sort_by_key(|i| i.kind);
        }
        settle::settle(&mut all);
        let report = Report::of(&all);
        Ok((all, report))
    }
}

/// What a dump defines of one dialect. Builtin's own types and attributes are part of the IR.
fn items(records: &Records, dialect: &str) -> Vec<Item> {
    if dialect == "builtin" {
        return vec![];
    }
    let import = Import::new(records, dialect);
    let mut out: Vec<Item> = vec![];
    let own = |class: &str| records.instances(class).filter(|r| r.dialect_name() == dialect).collect::<Vec<_>>();
    for def in own("TypeDef").into_iter().chain(own("AttrDef")) {
        out.extend(params::item(&import, def));
    }
    out.extend(own("Op").into_iter().map(|op| ops::item(&import, op)));
    if out.is_empty() {
        return out;
    }
    let constraint =
        |(name, term): (String, String)| Item::whole(Kind::Constraint, &name, format!("constraint {name} = {term}\n"));
    out.extend(import.constraints().into_iter().map(constraint));
    out.extend(import.enums().into_iter().map(|(name, text)| Item::whole(Kind::Enum, &name, text)));
    out
}
