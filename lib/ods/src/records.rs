//! The records that `llvm-tblgen --dump-json` writes.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

/// All records of one dump.
pub struct Records {
    map: Map<String, Value>,
    /// Definitions of a dialect by the name of their C++ class, without its namespace.
    classes: FxHashMap<String, Vec<String>>,
}

impl Records {
    /// # Errors
    /// What is wrong with the text.
    pub fn read(json: &str) -> Result<Records, String> {
        let value: Value = serde_json::from_str(json).map_err(|e| format!("this is no JSON: {e}"))?;
        let Value::Object(map) = value else { return Err("a dump of records is a JSON object".into()) };
        if !map.get("!instanceof").is_some_and(Value::is_object) {
            return Err("there is no `!instanceof`: `llvm-tblgen --dump-json` writes it".into());
        }
        let mut records = Records { map, classes: FxHashMap::default() };
        let mut classes: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for record in ["TypeDef", "AttrDef"].iter().flat_map(|c| records.instances(c)) {
            classes.entry(last(record.text("cppType")).to_owned()).or_default().push(record.name.to_owned());
        }
        for record in records.instances("Op") {
            classes.entry(op_class(record.name).to_owned()).or_default().push(record.name.to_owned());
        }
        records.classes = classes;
        Ok(records)
    }

    pub fn get(&self, name: &str) -> Option<Record<'_>> {
        let (name, fields) = self.map.get_key_value(name)?;
        Some(Record { records: self, name, fields: fields.as_object()? })
    }

    /// The records of a class, in the order of the dump.
    pub fn instances(&self, class: &str) -> impl Iterator<Item = Record<'_>> {
        let names = self.map.get("!instanceof").and_then(|i| i.get(class)).and_then(Value::as_array);
        names.into_iter().flatten().filter_map(|n| self.get(n.as_str()?))
    }

    /// The type, attribute or operation of a C++ class; one of the given dialect where several have that name.
    pub fn of_class(&self, class: &str, dialect: &str) -> Option<Record<'_>> {
        let all = self.classes.get(last(class))?;
        let found: Vec<_> = all.iter().filter_map(|n| self.get(n)).collect();
        found.iter().find(|r| r.dialect_name() == dialect).or(found.first()).copied()
    }
}

/// The last part of a qualified C++ name.
pub fn last(name: &str) -> &str {
    name.trim().rsplit("::").next().unwrap_or(name)
}

/// The C++ class of an operation: the record's name after the first underscore.
fn op_class(record: &str) -> &str {
    record.split_once('_').filter(|(prefix, _)| !prefix.is_empty()).map_or(record, |(_, class)| class)
}

#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub records: &'a Records,
    pub name: &'a str,
    fields: &'a Map<String, Value>,
}

impl<'a> Record<'a> {
    pub fn is(&self, class: &str) -> bool {
        self.classes().any(|c| c == class)
    }
    pub fn classes(&self) -> impl Iterator<Item = &'a str> {
        self.fields.get("!superclasses").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }
    pub fn is_anonymous(&self) -> bool {
        self.fields.get("!anonymous").and_then(Value::as_bool).unwrap_or(false)
    }
    pub fn text(&self, field: &str) -> &'a str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or("")
    }
    pub fn int(&self, field: &str) -> Option<i64> {
        self.fields.get(field).and_then(Value::as_i64)
    }
    pub fn flag(&self, field: &str) -> bool {
        self.int(field).unwrap_or(0) != 0
    }
    pub fn def(&self, field: &str) -> Option<Record<'a>> {
        self.resolve(self.fields.get(field)?)
    }
    pub fn list(&self, field: &str) -> Vec<Record<'a>> {
        let items = self.fields.get(field).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(|v| self.resolve(v)).collect()
    }
    pub fn strings(&self, field: &str) -> Vec<&'a str> {
        let items = self.fields.get(field).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).collect()
    }
    /// The arguments of a dag with their names.
    pub fn dag(&self, field: &str) -> Vec<(Argument<'a>, &'a str)> {
        let args = self.fields.get(field).and_then(|d| d.get("args")).and_then(Value::as_array);
        let argument = |pair: &'a Value| {
            let (value, name) = (pair.get(0)?, pair.get(1).and_then(Value::as_str).unwrap_or(""));
            let argument = match value.as_str() {
                Some(text) => Argument::Text(text),
                None => Argument::Record(self.resolve(value)?),
            };
            Some((argument, name))
        };
        args.into_iter().flatten().filter_map(argument).collect()
    }
    fn resolve(&self, value: &Value) -> Option<Record<'a>> {
        self.records.get(value.get("def")?.as_str()?)
    }
    /// The name of the dialect that the record belongs to.
    pub fn dialect_name(&self) -> &'a str {
        self.def("opDialect").or_else(|| self.def("dialect")).map_or("", |d| d.text("name"))
    }
    /// The summary in one line.
    pub fn summary(&self) -> String {
        self.text("summary").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An argument of a dag: a record, or text where a C++ type stands alone.
#[derive(Clone, Copy)]
pub enum Argument<'a> {
    Record(Record<'a>),
    Text(&'a str),
}
