//! Constraints on types as terms of definition files.

use crate::context::Import;
use crate::names::quoted;
use crate::records::{Record, last};

/// How many values an operand or result stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arity {
    One,
    Optional,
    Variadic,
    /// Groups of variadics.
    Nested,
}

impl Arity {
    pub fn mark(self) -> &'static str {
        match self {
            Arity::One => "",
            Arity::Optional => "?",
            Arity::Variadic => "*",
            Arity::Nested => "**",
        }
    }
}

/// A value's constraint without what says how many values there are and what is done to them.
pub struct Unwrapped<'a> {
    pub constraint: Record<'a>,
    pub arity: Arity,
    /// `read`, `write`, `allocate`, `free`.
    pub effects: Vec<&'static str>,
    /// The property with the sizes of the groups.
    pub segments: Option<&'a str>,
}

pub fn unwrap(record: Record<'_>) -> Option<Unwrapped<'_>> {
    let mut out = Unwrapped { constraint: record, arity: Arity::One, effects: vec![], segments: None };
    loop {
        let r = out.constraint;
        out.constraint = if r.is("OpVariable") {
            out.effects.extend(r.list("decorators").into_iter().filter_map(effect));
            r.def("constraint")?
        } else if r.is("VariadicOfVariadic") {
            out.arity = Arity::Nested;
            out.segments = Some(r.text("segmentAttrName"));
            r.def("baseType")?
        } else if r.is("Variadic") {
            out.arity = Arity::Variadic;
            r.def("baseType")?
        } else if r.is("Optional") {
            out.arity = Arity::Optional;
            r.def("baseType")?
        } else {
            return Some(out);
        };
    }
}

pub fn effect(record: Record<'_>) -> Option<&'static str> {
    record.classes().chain([record.name]).find_map(|class| match class {
        "MemRead" | "MemReadAt" => Some("read"),
        "MemWrite" | "MemWriteAt" => Some("write"),
        "MemAlloc" | "MemAllocAt" => Some("allocate"),
        "MemFree" | "MemFreeAt" => Some("free"),
        _ => None,
    })
}

/// Longest list of alternatives that is written out.
const MAX_ALTERNATIVES: usize = 12;

/// The term of a constraint. What is decided in C++ becomes `unchecked("what it says", WIDER TERM)`.
pub fn term(import: &Import<'_>, c: Record<'_>) -> String {
    checked(import, c).unwrap_or_else(|| unchecked(import, c))
}

/// A constraint that is more than its predicate.
fn checked(import: &Import<'_>, c: Record<'_>) -> Option<String> {
    let call = c.text("builderCall");
    if !call.is_empty()
        && let Some(built) = built(import, call)
    {
        return Some(built);
    }
    let width = c.int("bitwidth");
    match (c.classes().last(), width) {
        (Some("I"), Some(w)) => return Some(format!("i{w}")),
        (Some("SI"), Some(w)) => return Some(format!("si{w}")),
        (Some("UI"), Some(w)) => return Some(format!("ui{w}")),
        (Some("AnyI"), Some(w)) => return Some(format!("i{w} | si{w} | ui{w}")),
        (Some("F"), Some(w)) => return Some(format!("f{w}")),
        _ => {}
    }
    if let Some((_, term)) = NAMED.iter().find(|(name, _)| *name == c.name) {
        return Some((*term).into());
    }
    if c.is("TypeDef") {
        return Some(format!("!{}.{}", c.dialect_name(), c.text("mnemonic")));
    }
    if c.is("Complex") {
        return Some(format!("complex({})", c.def("elementType").map_or("any".into(), |e| term(import, e))));
    }
    if c.is("AnyTypeOf") {
        let parts: Option<Vec<String>> = c.list("allowedTypes").into_iter().map(|t| checked(import, t)).collect();
        return parts.filter(|p| !p.is_empty() && p.len() <= MAX_ALTERNATIVES).map(|p| p.join(" | "));
    }
    None
}

/// Constraints of every project, by the name of their record.
const NAMED: &[(&str, &str)] = &[
    ("AnyType", "any"),
    ("NoneType", "none"),
    ("AnyInteger", "any_int"),
    ("AnySignlessInteger", "int"),
    ("AnySignedInteger", "sint"),
    ("AnyUnsignedInteger", "uint"),
    ("AnySignlessIntegerOrIndex", "int | index"),
    ("Index", "index"),
    ("AnyFloat", "float"),
    ("AnyComplex", "complex"),
    ("AnyTuple", "tuple"),
    ("AnyShaped", "shaped"),
    ("AnyTensor", "tensor"),
    ("AnyRankedTensor", "ranked(tensor)"),
    ("AnyMemRef", "ranked(memref)"),
    ("AnyUnrankedMemRef", "unranked(memref)"),
    ("AnyRankedOrUnrankedMemRef", "memref"),
    ("AnyVectorOfAnyRank", "vector"),
    ("FunctionType", "function"),
    ("BoolLike", "like(i1)"),
    ("FloatLike", "like(float)"),
    ("SignlessIntegerLike", "like(int)"),
    ("SignlessIntegerOrIndexLike", "like(int | index)"),
];

/// The type that a call of a builder makes.
fn built(import: &Import<'_>, call: &str) -> Option<String> {
    let call: String = call.split_whitespace().collect();
    if let Some((_, term)) = BUILT.iter().find(|(text, _)| *text == call) {
        return Some((*term).into());
    }
    if let Some(width) = call.strip_prefix("$_builder.getIntegerType(").and_then(|r| r.strip_suffix(')')) {
        let (width, signed) = width.split_once(',').map_or((width, ""), |(w, s)| (w, s));
        let sign = if signed.contains("true") {
            "s"
        } else if signed.contains("false") {
            "u"
        } else {
            ""
        };
        return width.parse::<u32>().ok().map(|w| format!("{sign}i{w}"));
    }
    if let Some(rest) = call.strip_prefix("::mlir::VectorType::get({") {
        let (shape, elem) = rest.split_once("},")?;
        let elem = built(import, elem.strip_suffix(')')?)?;
        return Some(format!("vector<{} x {elem}>", shape.replace(',', " x ")));
    }
    // `RangeType::get(INNER)`: a type of one type.
    if let Some((class, inner)) = call.split_once("::get($_builder.").filter(|(_, i)| !i.starts_with("getContext()")) {
        let def = import.records.of_class(class, &import.dialect).filter(|d| d.is("TypeDef"))?;
        let inner = built(import, &format!("$_builder.{}", inner.strip_suffix(')')?))?;
        return Some(format!("!{}.{}<{inner}>", def.dialect_name(), def.text("mnemonic")));
    }
    let (class, args) = match call.strip_prefix("$_builder.getType<") {
        Some(rest) => rest.split_once(">(").map(|(c, a)| (c, a.trim_end_matches(')')))?,
        None => call.split_once("::get($_builder.getContext()").map(|(c, a)| (c, a.trim_matches([',', ')'])))?,
    };
    if let Some((_, word)) = FLOATS.iter().find(|(name, _)| *name == last(class)) {
        return Some((*word).into());
    }
    let name = match import.records.of_class(class, &import.dialect).filter(|d| d.is("TypeDef")) {
        Some(def) => format!("!{}.{}", def.dialect_name(), def.text("mnemonic")),
        None => format!("!{}", known_class(last(class))?),
    };
    match args {
        "" | "0" => Some(name),
        n if n.parse::<u32>().is_ok() => Some(format!("{name}<{n}>")),
        _ => None,
    }
}

/// A type by its C++ class, from `classes.txt`.
fn known_class(class: &str) -> Option<&'static str> {
    let lines = include_str!("classes.txt").lines().filter(|l| !l.starts_with('#'));
    lines.filter_map(|l| l.split_once(" = ")).find(|(name, _)| *name == class).map(|(_, ty)| ty)
}

const BUILT: &[(&str, &str)] = &[
    ("$_builder.getIndexType()", "index"),
    ("$_builder.getNoneType()", "none"),
    ("$_builder.getI1Type()", "i1"),
    ("$_builder.getF16Type()", "f16"),
    ("$_builder.getF32Type()", "f32"),
    ("$_builder.getF64Type()", "f64"),
    ("$_builder.getF80Type()", "f80"),
    ("$_builder.getF128Type()", "f128"),
    ("$_builder.getBF16Type()", "bf16"),
];

const FLOATS: &[(&str, &str)] = &[
    ("BFloat16Type", "bf16"),
    ("Float16Type", "f16"),
    ("Float32Type", "f32"),
    ("Float64Type", "f64"),
    ("FloatTF32Type", "tf32"),
];

/// The name of a predicate that is not checked, with what is known of the types.
fn unchecked(import: &Import<'_>, c: Record<'_>) -> String {
    let wider = WIDER.iter().find(|(class, _)| *class == last(c.text("cppType"))).map_or("any", |(_, term)| term);
    let summary = c.summary();
    let text = if summary.is_empty() { c.name } else { &summary };
    let inline =
        if wider == "any" { format!("unchecked({})", quoted(text)) } else { format!("unchecked({}, {wider})", quoted(text)) };
    if c.is_anonymous() { inline } else { import.named_constraint(c.name, inline) }
}

/// What a C++ class says of a type.
const WIDER: &[(&str, &str)] = &[
    ("TensorType", "tensor"),
    ("RankedTensorType", "ranked(tensor)"),
    ("UnrankedTensorType", "unranked(tensor)"),
    ("MemRefType", "ranked(memref)"),
    ("UnrankedMemRefType", "unranked(memref)"),
    ("BaseMemRefType", "memref"),
    ("VectorType", "vector"),
    ("ComplexType", "complex"),
    ("TupleType", "tuple"),
    ("IndexType", "index"),
    ("NoneType", "none"),
    ("FunctionType", "function"),
];

/// Whether a format writes such a type without its name: `<…>`.
pub fn is_stripped(import: &Import<'_>, c: Record<'_>) -> Option<String> {
    let class = c.text("cppType");
    if matches!(last(class), "Type" | "") || class.contains('<') {
        return None;
    }
    let def = import.records.of_class(class, c.dialect_name()).filter(|d| d.is("TypeDef"))?;
    let exact = def.text("cppType").trim_start_matches(':') == class.trim_start_matches(':');
    let prints = !def.text("assemblyFormat").is_empty() || def.flag("hasCustomAssemblyFormat");
    (exact && prints).then(|| format!("!{}.{}", def.dialect_name(), def.text("mnemonic")))
}
