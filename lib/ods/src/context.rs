//! What an import of one dialect collects on its way.

use crate::records::{Record, Records};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The import of one dialect from one dump.
pub struct Import<'r> {
    pub records: &'r Records,
    pub dialect: String,
    attributes: BTreeSet<String>,
    constraints: RefCell<BTreeMap<String, String>>,
    enums: RefCell<BTreeMap<String, String>>,
}

impl<'r> Import<'r> {
    pub fn new(records: &'r Records, dialect: &str) -> Self {
        let own = records.instances("AttrDef").filter(|a| a.dialect_name() == dialect);
        Import {
            records,
            dialect: dialect.to_owned(),
            attributes: own.map(|a| a.text("mnemonic").to_owned()).collect(),
            constraints: RefCell::default(),
            enums: RefCell::default(),
        }
    }
    /// The enumeration of a C++ class.
    pub fn enumeration_of(&self, class: &str) -> Option<Record<'r>> {
        let class = crate::records::last(class);
        self.records.instances("EnumInfo").find(|e| e.text("className") == class && !e.list("enumerants").is_empty())
    }
    /// Whether the dialect has an attribute of that name.
    pub fn is_attribute(&self, name: &str) -> bool {
        self.attributes.contains(name)
    }
    /// A constraint that becomes an item of its own; gives its name.
    pub fn named_constraint(&self, name: &str, term: String) -> String {
        self.constraints.borrow_mut().insert(name.to_owned(), term);
        name.to_owned()
    }
    pub fn enumeration(&self, name: &str, item: String) {
        self.enums.borrow_mut().insert(name.to_owned(), item);
    }
    pub fn constraints(&self) -> BTreeMap<String, String> {
        self.constraints.borrow().clone()
    }
    pub fn enums(&self) -> BTreeMap<String, String> {
        self.enums.borrow().clone()
    }
}
