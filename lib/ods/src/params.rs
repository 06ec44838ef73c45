//! Types and attributes with parameters.

use crate::context::Import;
use crate::enums::{self, Held};
use crate::format;
use crate::item::{Item, Kind, docs};
use crate::names::is_ident;
use crate::records::{Argument, Record, last};

/// The item of a type or attribute.
pub fn item<'a>(import: &Import<'a>, def: Record<'a>) -> Option<Item> {
    let name = def.text("mnemonic");
    let kind = if def.is("TypeDef") { Kind::Type } else { Kind::Attr };
    if name.is_empty() || !name.split('.').all(is_ident) {
        return None;
    }
    if let Some((info, value)) = enumeration(import, def) {
        let format: String = def.text("assemblyFormat").split_whitespace().collect();
        let held = match format.replace(&format!("${value}"), "$").as_str() {
            "$" => Some(Held::Bare),
            "`<`$`>`" | "```<`$`>`" => Some(Held::Attribute),
            _ => None,
        };
        if let Some(held) = held.filter(|_| is_ident(name))
            && let Some(text) = enums::item(name, info, held)
        {
            return Some(Item::whole(Kind::Enum, name, text));
        }
    }
    let mut item = Item::new(kind, name, docs(def));
    if def.flag("genMnemonicAlias") {
        item.clause("alias", "", format!("alias {}", name.replace('.', "_")));
    }
    match body(import, def) {
        Ok((params, format)) => {
            for (name, text) in params {
                item.clause("param", &name, text);
            }
            item.format = format;
        }
        Err(reason) => {
            item.clause("opaque", "", "opaque".into());
            item.reason = Some(reason);
        }
    }
    Some(item)
}

/// The enumeration that is all an attribute holds, and the name of its parameter.
pub fn enumeration<'a>(import: &Import<'a>, def: Record<'a>) -> Option<(Record<'a>, &'a str)> {
    if def.flag("hasCustomAssemblyFormat") || !def.is("AttrDef") {
        return None;
    }
    if def.is("EnumAttr") {
        return def.def("enum").map(|e| (e, "value"));
    }
    match def.dag("parameters")[..] {
        [(Argument::Text(class), name)] => import.enumeration_of(class).map(|e| (e, name)),
        _ => None,
    }
}

type Body = (Vec<(String, String)>, Option<String>);

fn body<'a>(import: &Import<'a>, def: Record<'a>) -> Result<Body, format::Missing> {
    let other = |text: String| Err(format::Missing::Other(text));
    if def.flag("hasCustomAssemblyFormat") {
        return other("its text is read by C++ code".into());
    }
    let mut params = vec![];
    for (argument, name) in def.dag("parameters") {
        if !is_ident(name) {
            return other(format!("a parameter is called `{name}`"));
        }
        let (optional, default, class) = match argument {
            Argument::Text(class) => (false, "", class),
            Argument::Record(r) => {
                (r.is("OptionalParameter") || r.is("DefaultValuedParameter"), r.text("defaultValue"), r.text("cppType"))
            }
        };
        let kind = match argument {
            Argument::Record(r) if r.is("APFloatParameter") || r.is("APIntParameter") || r.is("AttributeSelfTypeParameter") => {
                None
            }
            Argument::Record(r) => of_record(import, r).or_else(|| of_class(import, class)),
            Argument::Text(_) => of_class(import, class),
        };
        let Some(kind) = kind else { return other(format!("parameter `{name}` is a `{class}`")) };
        let mark = if optional { "?" } else { "" };
        let default = match default.parse::<i64>() {
            Ok(n) if optional && kind == "int" => format!(" = {n}"),
            _ => String::new(),
        };
        params.push((name.to_owned(), format!("param{mark} {name} : {kind}{default}")));
    }
    let names: Vec<&str> = params.iter().map(|p| p.0.as_str()).collect();
    match def.text("assemblyFormat") {
        "" if params.is_empty() => Ok((params, None)),
        "" => other("it has parameters and no format".into()),
        text => {
            let format = format::of_parameters(text, &names)?;
            Ok((params, Some(format)))
        }
    }
}

fn of_record<'a>(import: &Import<'a>, r: Record<'a>) -> Option<String> {
    if r.is("TypeConstraint") {
        return Some("type".into());
    }
    if r.is("AttrConstraint") {
        return Some(crate::attrs::term(import, r)).filter(|t| !t.starts_with("unchecked"));
    }
    if r.is("StringRefParameter") {
        return Some("quoted".into());
    }
    if r.is("EnumParameter") {
        let class = last(r.text("cppType"));
        return enums::integer(import, import.enumeration_of(class)?);
    }
    None
}

/// Kinds of parameters by their C++ type.
const KINDS: &[(&str, &str)] = &[
    ("Type", "type"),
    ("MemRefType", "type"),
    ("ShapedType", "type"),
    ("VectorType", "type"),
    ("FunctionType", "type"),
    ("RankedTensorType", "type"),
    ("TensorType", "type"),
    ("int", "int"),
    ("unsigned", "int"),
    ("int32_t", "int"),
    ("uint32_t", "int"),
    ("int64_t", "int"),
    ("uint64_t", "int"),
    ("size_t", "int"),
    ("bool", "bool"),
    ("Attribute", "any"),
    ("StringAttr", "str"),
    ("BoolAttr", "bool"),
    ("IntegerAttr", "any_int"),
    ("FloatAttr", "any"),
    ("TypeAttr", "type"),
    ("ArrayAttr", "array"),
    ("DictionaryAttr", "dict"),
    ("SymbolRefAttr", "symbol_ref"),
    ("FlatSymbolRefAttr", "flat_symbol_ref"),
    ("TypedAttr", "any"),
    ("DenseI32ArrayAttr", "i32[]"),
    ("DenseI64ArrayAttr", "i64[]"),
];

fn of_class(import: &Import<'_>, class: &str) -> Option<String> {
    let class: String = class.split_whitespace().collect();
    let class = class.trim_start_matches("::");
    if let Some(item) =
        class.strip_prefix("llvm::ArrayRef<").or(class.strip_prefix("ArrayRef<")).and_then(|r| r.strip_suffix('>'))
    {
        return of_class(import, item).filter(|k| k != "bool").map(|k| format!("items({k})"));
    }
    if let Some(item) = class.strip_prefix("std::optional<").and_then(|r| r.strip_suffix('>')) {
        return of_class(import, item);
    }
    let name = last(class);
    if let Some((_, kind)) = KINDS.iter().find(|(c, _)| *c == name) {
        return Some((*kind).into());
    }
    if let Some(info) = import.enumeration_of(name) {
        return enums::integer(import, info);
    }
    let def = import.records.of_class(name, &import.dialect)?;
    match (def.is("TypeDef"), def.is("AttrDef")) {
        (true, _) => Some("type".into()),
        (_, true) if !def.text("mnemonic").is_empty() => Some(format!("#{}.{}", def.dialect_name(), def.text("mnemonic"))),
        _ => None,
    }
}
