//! Traits of operations, and what they say of types.

use crate::context::Import;
use crate::names::quoted;
use crate::records::{Record, last};
use crate::types::effect;

/// Words without arguments by the name of the trait's record.
const WORDS: &[(&str, &str)] = &[
    ("Pure", "pure"),
    ("NoMemoryEffect", "no_effect"),
    ("RecursiveMemoryEffects", "recursive_effects"),
    ("Terminator", "terminator"),
    ("ReturnLike", "return_like"),
    ("IsolatedFromAbove", "isolated"),
    ("Symbol", "symbol"),
    ("SymbolTable", "symbol_table"),
    ("Commutative", "commutative"),
    ("Idempotent", "idempotent"),
    ("Involution", "involution"),
    ("Elementwise", "elementwise"),
    ("RecursivelySpeculatable", "recursively_speculatable"),
    ("SameOperandsAndResultType", "same_type"),
    ("SameVariadicOperandSize", "same_variadic_size"),
    ("SameVariadicResultSize", "same_variadic_size"),
    ("AutomaticAllocationScope", "allocation_scope"),
    ("AffineScope", "affine_scope"),
];

/// All that the traits of an op say.
#[derive(Default)]
pub struct Traits<'a> {
    pub words: Vec<String>,
    /// Values whose types are equal.
    pub equal: Vec<Vec<&'a str>>,
    pub same_operands: bool,
    /// From, to, the C++ expression between them.
    pub derived: Vec<(&'a str, &'a str, &'a str)>,
    pub first_attribute: bool,
    pub single_block: bool,
    /// The C++ class of the terminator that is left out.
    pub implicit: Option<String>,
    pub no_terminator: bool,
    pub graph: bool,
}

/// Traits with the members of lists in their places.
fn flat<'a>(list: Vec<Record<'a>>, out: &mut Vec<Record<'a>>) {
    for r in list {
        if r.is("TraitList") {
            flat(r.list("traits"), out);
        } else {
            out.push(r);
        }
    }
}

pub fn of<'a>(import: &Import<'_>, op: Record<'a>) -> Traits<'a> {
    let mut list = vec![];
    flat(op.list("traits"), &mut list);
    let mut out = Traits::default();
    for r in list {
        one(import, r, &mut out);
    }
    if let Some(names) = result_names(op) {
        out.words.push(names);
    }
    if let Some(dialect) = default_dialect(op.text("extraClassDeclaration")) {
        out.words.push(format!("default_dialect({dialect})"));
    }
    out.words.dedup();
    out
}

fn one<'a>(import: &Import<'_>, r: Record<'a>, out: &mut Traits<'a>) {
    let add = |out: &mut Traits<'a>, word: &str| {
        if !out.words.iter().any(|w| w == word) {
            out.words.push(word.to_owned());
        }
    };
    if let Some((_, word)) = WORDS.iter().find(|(name, _)| *name == r.name) {
        return add(out, word);
    }
    if r.is("TypesMatchWith") || r.is("OptionalTypesMatchWith") {
        return out.derived.push((r.text("lhs"), r.text("rhs"), r.text("transformer")));
    }
    if r.is("AllTypesMatch") {
        return out.equal.push(r.strings("values"));
    }
    if r.is("MemoryEffects") {
        for e in r.list("effects").into_iter().filter_map(effect) {
            add(
                out,
                match e {
                    "read" => "reads",
                    "allocate" => "allocates",
                    _ => "writes",
                },
            );
        }
        return;
    }
    let argument = |text: &'a str, name: &str| text.strip_prefix(name)?.strip_prefix('<')?.split_once('>').map(|t| t.0);
    let text = r.text("trait");
    if let Some(parents) = argument(text, "HasParent") {
        let names: Option<Vec<String>> = parents.split(',').map(|c| operation(import, c)).collect();
        if let Some(names) = names {
            add(out, &format!("parent({})", names.join(", ")));
        }
        return;
    }
    if let Some(class) = argument(text, "SingleBlockImplicitTerminator") {
        out.implicit = operation(import, class);
        out.single_block = true;
        return;
    }
    match r.name {
        "SingleBlock" => out.single_block = true,
        "NoTerminator" => out.no_terminator = true,
        "HasOnlyGraphRegion" => out.graph = true,
        "SameTypeOperands" => out.same_operands = true,
        "FirstAttrDerivedResultType" => out.first_attribute = true,
        _ => {}
    }
}

/// The full name of the operation of a C++ class.
pub fn operation(import: &Import<'_>, class: &str) -> Option<String> {
    let class = class.trim();
    if last(class) == "ModuleOp"
        && !import.records.of_class(class, &import.dialect).is_some_and(|r| r.dialect_name() == import.dialect)
    {
        return Some("builtin.module".into());
    }
    let op = import.records.of_class(class, &import.dialect).filter(|r| r.is("Op"))?;
    Some(format!("{}.{}", op.dialect_name(), op.text("opName")))
}

/// Several results that have names are called by them, unless C++ says their names.
fn result_names(op: Record<'_>) -> Option<String> {
    let mut list = vec![];
    flat(op.list("traits"), &mut list);
    let named_in_code = list.iter().any(|t| {
        t.name == "OpAsmOpInterface"
            || t.text("baseInterface") == "OpAsmOpInterface"
            || t.text("trait").contains("OpAsmOpInterface")
            || t.text("cppInterfaceName") == "OpAsmOpInterface"
    });
    let results = op.dag("results");
    if named_in_code || results.len() < 2 || results.iter().any(|r| r.1.is_empty()) {
        return None;
    }
    let names: Vec<String> = results.iter().map(|r| quoted(r.1)).collect();
    Some(format!("result_names({})", names.join(", ")))
}

/// `getDefaultDialect() { return "x"; }` in the C++ of an op.
fn default_dialect(code: &str) -> Option<&str> {
    let rest = code.split_once("getDefaultDialect()")?.1;
    rest.split_once("return \"")?.1.split_once('"').map(|t| t.0)
}

/// A type computed from another one, as a term.
pub fn transformed(code: &str, from: &str) -> Option<String> {
    let code: String = code.split_whitespace().collect::<String>().replace("::llvm::", "").replace("::mlir::", "");
    let code = code.replace("llvm::", "").replace("mlir::", "");
    match code.trim_start_matches("::") {
        "$_self" | "cast<Type>($_self)" => Some(from.into()),
        "getI1SameShape($_self)" | "getUnaryOpResultType($_self)" => Some(format!("with({from}, i1)")),
        "cast<ShapedType>($_self).clone(IntegerType::get($_self.getContext(),1))" => Some(format!("with({from}, i1)")),
        "getElementTypeOrSelf($_self)" => Some(format!("elem({from})")),
        "cast<FunctionType>($_self).getInputs()" => Some(format!("inputs({from})")),
        "cast<FunctionType>($_self).getResults()" => Some(format!("results({from})")),
        other => {
            let of = ["getElementType()", "getPointeeType()", "getValueType()", "getPointee()"];
            let inner = of.iter().find_map(|f| other.strip_suffix(f))?.strip_suffix('.')?;
            (inner.starts_with("cast<") && inner.ends_with(">($_self)") && inner.matches('(').count() == 1)
                .then(|| format!("elem({from})"))
        }
    }
}
