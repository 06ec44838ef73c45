//! Custom forms: one format program for each operation drives parser and printer.
//!
//! [`read`] runs a program over the text, [`write`] over an operation. What a format names that is more than one token is a
//! combinator: parse and print side by side, in [`args`], [`bounds`], [`cases`], [`common`], [`inline`], [`index_list`], [`labels`], [`lists`],
//! [`maps`], [`pairs`], [`region_op`], [`signature`], [`typed`] and [`words`].

mod args;
mod body;
mod bounds;
mod cases;
mod common;
mod completed;
mod defaults;
mod dict;
mod fields;
mod finish;
mod groups;
mod idioms;
mod index_list;
mod inline;
mod labels;
mod lists;
mod maps;
mod pairs;
mod params;
mod payload;
mod program;
mod ranges;
mod read;
mod region_op;
mod signature;
mod typed;
mod words;
mod write;

use edge_dialect::Registry;
use edge_dialect::model::{OpDef, Trait};
use edge_ir::{AttrKind, Body, Context, Op, OpInfo, Signedness, TypeKind};

pub(crate) use completed::Completed;
pub(crate) use program::Program;
pub(crate) use read::CustomState;
pub(crate) use write::print_custom;

pub(crate) fn definition<'c>(ctx: &'c Context, body: &Body, op: Op) -> Option<&'c OpDef> {
    Registry::definition(body.op(op).info(ctx)?)
}

/// Dialects that stand above what MLIR has: its printer does not know the properties of their operations.
pub(crate) fn known_to_mlir(ctx: &Context, info: &OpInfo) -> bool {
    let dialect = ctx.str(info.dialect);
    let ours = Registry::builtin_files().iter().any(|(name, text)| {
        name.strip_suffix(".dialect") == Some(dialect)
            && text.lines().any(|l| l.starts_with("dialect") && l.contains(" upstream"))
    });
    let imported = || Registry::of(ctx).and_then(|r| r.dialect(dialect)).is_some_and(|d| d.imported);
    ours || UPSTREAM.contains(&dialect) || imported()
}

/// Whether `mlir-opt` reads what is inside of the dialect's attributes and types.
pub(crate) fn is_mlir_dialect(name: &str) -> bool {
    UPSTREAM.contains(&name) || OTHER_UPSTREAM.contains(&name)
}

/// MLIR's dialects that no definition here describes.
const OTHER_UPSTREAM: &[&str] = &[
    "acc",
    "amdgpu",
    "amx",
    "arm_neon",
    "arm_sme",
    "arm_sve",
    "async",
    "bufferization",
    "dlti",
    "emitc",
    "irdl",
    "ml_program",
    "mpi",
    "nvgpu",
    "nvvm",
    "omp",
    "pdl",
    "pdl_interp",
    "ptr",
    "quant",
    "rocdl",
    "shape",
    "shard",
    "smt",
    "sparse_tensor",
    "spirv",
    "tosa",
    "transform",
    "wasmssa",
    "x86vector",
    "xegpu",
    "xevm",
];

/// MLIR's own dialects that definitions here describe.
const UPSTREAM: &[&str] = &[
    "affine", "arith", "builtin", "cf", "complex", "func", "gpu", "index", "linalg", "llvm", "math", "memref", "scf", "tensor",
    "ub", "vector",
];

/// The names that an operation's results ask for.
pub(crate) fn result_names(ctx: &Context, body: &Body, op: Op) -> Vec<(u32, String)> {
    let Some(def) = definition(ctx, body, op) else { return vec![] };
    if let Some(names) = def.traits.iter().find_map(|t| if let Trait::ResultNames(n) = t { Some(n) } else { None }) {
        let Some((_, results)) = write::parts(ctx, def, body, op) else { return vec![] };
        let mut at = 0;
        let starts = results.iter().map(|group| {
            at += group.len() as u32;
            (at - group.len() as u32, group.is_empty())
        });
        return starts.zip(names).filter(|((_, empty), _)| !empty).map(|((start, _), name)| (start, name.clone())).collect();
    }
    if let Some(scale) = def.traits.iter().find_map(|t| if let Trait::ScaledName(n) = t { Some(n) } else { None }) {
        return scaled_name(ctx, body, op, scale).map(|name| (0, name)).into_iter().collect();
    }
    let Some(wanted) = def.result_name() else { return vec![] };
    let data = body.op(op);
    match wanted {
        "constant" => return vec![(0, constant_name(ctx, data.attr(ctx, "value")))],
        "elements" => return vec![(0, elements_name(ctx, data.attr(ctx, "value")).to_owned())],
        _ => {}
    }
    if wanted == "typed_constant" {
        return vec![(0, typed_constant_name(ctx, data.attr(ctx, "value")))];
    }
    if data.results().is_empty() {
        return vec![];
    }
    match (wanted.find('{'), wanted.find('}')) {
        (Some(open), Some(close)) if open < close => {
            let text = data.attr(ctx, &wanted[open + 1..close]).map_or_else(String::new, |a| {
                match fields::enum_text(ctx, def, &wanted[open + 1..close], a) {
                    Some(text) => text,
                    None => match (ctx.attr_kind(a), ctx.as_int(a)) {
                        (AttrKind::Integer { ty, .. }, Some(n)) if ty != ctx.i1() => n.to_string(),
                        _ => crate::print_attr(ctx, a).trim_start_matches('@').to_owned(),
                    },
                }
            });
            vec![(0, format!("{}{text}{}", &wanted[..open], &wanted[close + 1..]))]
        }
        _ if def.has(&Trait::Constant) => match data.attr(ctx, "value").map(|a| ctx.attr_kind(a)) {
            Some(AttrKind::SymbolRef { .. }) | None => vec![(0, wanted.to_owned())],
            _ => vec![(0, constant_name(ctx, data.attr(ctx, "value")))],
        },
        _ => vec![(0, wanted.to_owned())],
    }
}

/// `c4_op` for the product of a constant index and a result of `scale`, `d.op`.
fn scaled_name(ctx: &Context, body: &Body, op: Op, scale: &str) -> Option<String> {
    let mut operands = body.operands(op);
    let (a, b) = (operands.next()?, operands.next()?);
    if body.ty(a) != ctx.index() {
        return None;
    }
    let is_scale = |v| body.defining_op(v).is_some_and(|o| body.name(ctx, o) == scale);
    let base = |v| ctx.as_int(edge_dialect::verify::constant_value(ctx, body, v)?);
    let n = if is_scale(b) { base(a) } else { None }.or_else(|| if is_scale(a) { base(b) } else { None })?;
    Some(format!("c{n}_{}", scale.split('.').next_back().unwrap_or(scale)))
}

/// `c4_i32`, `true`, `cst`.
fn constant_name(ctx: &Context, value: Option<edge_ir::Attr>) -> String {
    let Some(AttrKind::Integer { ty, .. }) = value.map(|v| ctx.attr_kind(v)) else { return "cst".into() };
    let text = value.map_or_else(String::new, |v| crate::print_attr(ctx, v));
    let n = match text.split(" : ").next().unwrap_or_default() {
        "true" => "1",
        "false" => "0",
        number => number,
    };
    match ctx.type_kind(ty) {
        TypeKind::Index => format!("c{n}"),
        TypeKind::Integer { width: 1, sign: Signedness::Signless } => if n == "0" { "false" } else { "true" }.into(),
        _ => format!("c{n}_{}", crate::print_type(ctx, ty)),
    }
}

/// `cst1_i32`, `true`, `cst_f32`, `cst_vec_4xf32`.
fn typed_constant_name(ctx: &Context, value: Option<edge_ir::Attr>) -> String {
    let Some(value) = value else { return "cst".into() };
    let Some(ty) = ctx.attr_type(value) else { return "cst".into() };
    let scalar = |t| matches!(ctx.type_kind(t), TypeKind::Integer { .. } | TypeKind::Float(_));
    let number = match ctx.attr_kind(value) {
        AttrKind::Integer { .. } => ctx.as_int(value),
        _ => None,
    };
    match (ctx.type_kind(ty), number) {
        (TypeKind::Integer { width: 1, .. }, Some(n)) => if n == 0 { "false" } else { "true" }.into(),
        (TypeKind::Integer { .. } | TypeKind::Float(_), n) => {
            format!("cst{}_{}", n.map_or(String::new(), |n| n.to_string()), crate::print_type(ctx, ty))
        }
        (TypeKind::Vector { shape, elem, .. }, _) => {
            let elem = if scalar(elem) { format!("x{}", crate::print_type(ctx, elem)) } else { String::new() };
            format!("cst_vec_{}{elem}", shape.first().copied().unwrap_or(0))
        }
        _ => "cst".into(),
    }
}

/// `c` of integers, `cst` of other elements.
fn elements_name(ctx: &Context, value: Option<edge_ir::Attr>) -> &'static str {
    let elem = value.and_then(|v| ctx.attr_type(v)).map(|t| ctx.type_kind(ctx.elem_or_self(t)));
    if matches!(elem, Some(TypeKind::Integer { .. })) { "c" } else { "cst" }
}

/// The names that a region's entry arguments ask for.
pub(crate) fn arg_names(ctx: &Context, body: &Body, op: Op, region: usize) -> Vec<String> {
    let Some(def) = definition(ctx, body, op) else { return vec![] };
    let Some(spec) = def.regions.get(region).filter(|r| !r.names.is_empty()) else { return vec![] };
    let Some((operands, _)) = write::parts(ctx, def, body, op) else { return vec![] };
    let many = |(name, of): &(String, Option<usize>)| vec![name.clone(); of.map_or(1, |n| operands[n].len())];
    spec.names.iter().flat_map(many).collect()
}
