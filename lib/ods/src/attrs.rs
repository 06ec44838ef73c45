//! Constraints on attributes, and properties, as terms of definition files.

use crate::context::Import;
use crate::enums;
use crate::names::quoted;
use crate::records::Record;

/// How a format writes an attribute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    Plain,
    /// Only whether it is there.
    Unit,
    /// `overflow<nsw>`: behind a word, in angle brackets.
    Named(String),
}

/// A property of an op.
pub struct Property {
    pub term: String,
    pub optional: bool,
    pub default: Option<String>,
    pub shown: Shown,
    /// A default in C++ that has no counterpart.
    pub lost_default: Option<String>,
}

pub fn property<'a>(import: &Import<'a>, record: Record<'a>) -> Option<Property> {
    let mut out = Property { term: String::new(), optional: false, default: None, shown: Shown::Plain, lost_default: None };
    let mut r = record;
    let mut default = String::new();
    while let Some(base) = r.def("constraint").filter(|_| r.is("OpVariable")) {
        r = base;
    }
    if r.is("Property") {
        return native(import, r, out);
    }
    loop {
        out.optional |= r.is("OptionalAttr") || r.is("DefaultValuedOptionalAttr");
        if default.is_empty() && !r.is("UnitAttr") {
            default = r.text("defaultValue").to_owned();
        }
        match r.def("baseAttr") {
            Some(base) => r = base,
            None => break,
        }
    }
    out.term = term(import, r);
    if out.term == "unit" {
        out.optional = false;
        out.shown = Shown::Unit;
    } else if !default.is_empty() {
        out.default = default_text(import, r, &out.term, &default);
        out.lost_default = out.default.is_none().then_some(default);
        out.optional |= out.default.is_none();
    }
    Some(out)
}

/// A property that is no attribute in memory; generic form shows it as one.
fn native<'a>(import: &Import<'a>, record: Record<'a>, mut out: Property) -> Option<Property> {
    let (mut r, mut default) = (record, record.text("defaultValue").to_owned());
    while let Some(base) = r.def("baseProperty") {
        r = base;
        if default.is_empty() {
            default = r.text("defaultValue").to_owned();
        }
    }
    if r.name == "UnitProp" || r.is("_cls_UnitProp") {
        out.term = "flag".into();
        out.shown = Shown::Unit;
        return Some(out);
    }
    if let Some(info) = r.def("enum").filter(|_| r.is("EnumProp")) {
        out.term = enums::integer(import, info)?;
        let mnemonic = r.text("mnemonic");
        if !mnemonic.is_empty() {
            out.shown = Shown::Named(mnemonic.into());
        }
        out.default = enums::case_of(info, &default);
    } else {
        let width =
            |t: &str| t.trim_start_matches("u").strip_prefix("int").and_then(|t| t.strip_suffix("_t")).map(str::to_owned);
        out.term = match r.text("storageType") {
            "bool" => "bool".into(),
            "::std::string" | "std::string" => "str".into(),
            other => match width(other) {
                Some(w) => format!("i{w}"),
                None if r.text("convertToAttribute").contains("64") => "i64".into(),
                None => return None,
            },
        };
        out.default = Some(default.clone()).filter(|d| !d.is_empty()).and_then(|d| default_text(import, r, &out.term, &d));
    }
    out.optional = record.is("OptionalProp");
    Some(out)
}

/// Elements of dense arrays by the C++ class that holds them.
const DENSE: &[(&str, &str)] = &[
    ("DenseBoolArrayAttr", "bool[]"),
    ("DenseI8ArrayAttr", "i8[]"),
    ("DenseI16ArrayAttr", "i16[]"),
    ("DenseI32ArrayAttr", "i32[]"),
    ("DenseI64ArrayAttr", "i64[]"),
    ("DenseF32ArrayAttr", "f32[]"),
    ("DenseF64ArrayAttr", "f64[]"),
];

const STORED: &[(&str, &str)] = &[
    ("UnitAttr", "unit"),
    ("BoolAttr", "bool"),
    ("StringAttr", "str"),
    ("SymbolRefAttr", "symbol_ref"),
    ("FlatSymbolRefAttr", "flat_symbol_ref"),
    ("TypeAttr", "type"),
    ("DictionaryAttr", "dict"),
    ("AffineMapAttr", "affine_map"),
    ("IntegerSetAttr", "integer_set"),
    ("ElementsAttr", "elements"),
    ("DenseElementsAttr", "elements"),
    ("DenseIntElementsAttr", "elements"),
    ("DenseFPElementsAttr", "elements"),
    ("DenseIntOrFPElementsAttr", "elements"),
    ("DenseResourceElementsAttr", "elements"),
    ("LocationAttr", "location"),
];

/// The term of a constraint on an attribute, without what makes it optional.
pub fn term<'a>(import: &Import<'a>, c: Record<'a>) -> String {
    if c.name == "SymbolNameAttr" {
        return "symbol".into();
    }
    if c.is("AttrDef") {
        return format!("#{}.{}", c.dialect_name(), c.text("mnemonic"));
    }
    if c.is("EnumAttrInfo") && held_by_definition(import, c).is_none() {
        return enums::integer(import, c).unwrap_or_else(|| "any".into());
    }
    let stored = crate::records::last(c.text("storageType"));
    if let Some((_, list)) = DENSE.iter().find(|(class, _)| *class == stored) {
        return (*list).into();
    }
    if stored == "ArrayAttr" {
        return match c.def("elementAttr").map(|e| term(import, e)) {
            Some(element) if !element.starts_with("any") && !element.ends_with("[]") => format!("array({element})"),
            _ => "array".into(),
        };
    }
    let value = c.def("valueType").filter(|v| v.name != "NoneType").map(|v| crate::types::term(import, v));
    match (stored, value) {
        ("IntegerAttr", Some(ty)) if ty == "i1" => return "bool".into(),
        ("IntegerAttr", Some(ty)) if is_number(&ty) => return ty,
        ("FloatAttr", Some(ty)) if is_number(&ty) => return ty,
        ("IntegerAttr", _) => return "any_int".into(),
        _ => {}
    }
    if let Some((_, word)) = STORED.iter().find(|(class, _)| *class == stored) {
        return (*word).into();
    }
    // A class of a dialect whose definition has no mnemonic of its own, or an interface.
    if let Some(def) = import.records.of_class(stored, &import.dialect).filter(|d| d.is("AttrDef")) {
        return format!("#{}.{}", def.dialect_name(), def.text("mnemonic"));
    }
    if c.name == "AnyAttr" || c.name == "TypedAttrInterface" {
        return "any".into();
    }
    let summary = c.summary();
    let text = format!("unchecked({})", quoted(if summary.is_empty() { c.name } else { &summary }));
    if c.is_anonymous() { text } else { import.named_constraint(c.name, text) }
}

/// The attribute of the dialect in whose class the values of a constraint are held.
fn held_by_definition<'a>(import: &Import<'a>, c: Record<'a>) -> Option<Record<'a>> {
    let stored = crate::records::last(c.text("storageType"));
    import.records.of_class(stored, &import.dialect).filter(|d| d.is("AttrDef") && !d.text("mnemonic").is_empty())
}

/// A type that a number alone may have in a format.
fn is_number(term: &str) -> bool {
    let sized = |t: &str| t.strip_prefix(['i', 'f']).is_some_and(|w| w.parse::<u32>().is_ok());
    term == "index" || term == "bf16" || sized(term) || sized(term.trim_start_matches(['s', 'u']))
}

/// A default of C++ in our notation.
fn default_text<'a>(import: &Import<'a>, c: Record<'a>, term: &str, text: &str) -> Option<String> {
    let text = text.trim();
    let info = c.def("enum").or(Some(c).filter(|c| c.is("EnumAttrInfo")));
    let info = info.or_else(|| Some(crate::params::enumeration(import, held_by_definition(import, c)?)?.0));
    if let Some(info) = info {
        return if text == "{}" { enums::zero(info) } else { enums::case_of(info, text) };
    }
    let number = |t: &str| {
        let t = t.trim();
        if t == "static_cast<uint64_t>(-1)" {
            return Some(-1);
        }
        let t = t
            .strip_prefix("static_cast<int64_t>(")
            .or(t.strip_prefix("static_cast<int32_t>("))
            .and_then(|t| t.strip_suffix(')'))
            .unwrap_or(t);
        match t.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => t.parse::<i64>().ok(),
        }
    };
    if term.ends_with("[]") || term.starts_with("array") {
        let inner = text.strip_prefix('{')?.strip_suffix('}')?.trim();
        let items: Option<Vec<String>> = match inner {
            "" => Some(vec![]),
            list => list.split(',').map(|t| number(t).map(|n| n.to_string())).collect(),
        };
        return items.filter(|i| i.is_empty() || term.ends_with("[]")).map(|i| format!("[{}]", i.join(", ")));
    }
    match term {
        "bool" => match text {
            "true" | "false" => Some(text.into()),
            _ => None,
        },
        "str" | "symbol" => Some(quoted(text.trim_matches('"'))),
        "dict" => None,
        t if is_number(t) => match (number(text), text.trim_end_matches('f').parse::<f64>()) {
            (Some(n), _) => Some(n.to_string()),
            (None, Ok(x)) => Some(format!("{x:?}")),
            _ => None,
        },
        _ => None,
    }
}
