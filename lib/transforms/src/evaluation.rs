//! What generic rewriting asks of the definitions: values of constant operations, types of results.

use edge_dialect::Registry;
use edge_dialect::core::{ExprId, Node, Program, Scalar, SymSource};
use edge_dialect::instance::{elem_of, infer_op_types, infer_types, instantiate_op};
use edge_dialect::model::{OpDef, Trait};
use edge_interp::Tensor;
use edge_interp::attrs::{attr_of, tensor_of};
use edge_interp::core::run_core;
use edge_ir::{Attr, Body, Context, Ident, Op, Traits, Type, TypeKind, Value, elements};
use edge_rewrite::constants::known;
use edge_rewrite::rules::{InferTypes, operand_groups_of};
use edge_rewrite::{Folded, Folder};

/// Folds operations through their `eval`.
pub struct Evaluator {
    /// Results with more elements than this are not computed.
    pub max_elements: u64,
}

/// A result that small is computed although not every operand is known: it may depend on types alone, as a shape does.
const SMALL: u64 = 64;
/// Operands of what is folded may be that much larger than results.
const OPERAND_FACTOR: u64 = 16;

impl Folder for Evaluator {
    fn fold(&self, ctx: &Context, body: &Body, op: Op, known: &[Option<Attr>]) -> Option<Vec<Folded>> {
        let data = body.op(op);
        if !(data.has(ctx, Traits::PURE) || data.has(ctx, Traits::NO_EFFECT)) || !data.regions().is_empty() {
            return None;
        }
        let def = definition(ctx, data.name).filter(|d| d.eval.is_some())?;
        if !self.worth(ctx, body, op, known) {
            return None;
        }
        let operands: Vec<Value> = body.operands(op).collect();
        let elements = |v: Value| operands.iter().position(|o| *o == v).and_then(|i| known[i]);
        let (instance, _) = instantiate_op(ctx, def, body, op, &elements).ok()?;
        let program = &instance.program;
        let mut tensors = Vec::with_capacity(operands.len());
        for (n, (value, attr)) in operands.iter().zip(known).enumerate() {
            tensors.push(match attr {
                Some(attr) => tensor_of(ctx, *attr)?,
                None if reads(program, n as u32) => return None,
                None => blank(ctx, body.ty(*value))?,
            });
        }
        let results = run_core(program, &tensors, &|_| None).ok()?;
        results.iter().zip(data.results()).map(|(t, r)| constant(ctx, t, body.ty(*r)).map(Folded::Constant)).collect()
    }
}

impl Evaluator {
    /// Whether the result is small enough, and either all operands are known or it may depend on types alone.
    fn worth(&self, ctx: &Context, body: &Body, op: Op, known: &[Option<Attr>]) -> bool {
        let size = |ty: Type| match ctx.type_kind(ty) {
            TypeKind::Tensor { shape, .. } => elements::count(shape),
            TypeKind::Integer { .. } | TypeKind::Float(_) | TypeKind::Index => Some(1),
            _ => None,
        };
        let results: Option<Vec<u64>> = body.op(op).results().iter().map(|r| size(body.ty(*r))).collect();
        let operands: Option<Vec<u64>> = body.operands(op).map(|v| size(body.ty(v))).collect();
        let (Some(results), Some(operands)) = (results, operands) else { return false };
        let largest = |sizes: &[u64]| sizes.iter().copied().max().unwrap_or(0);
        if known.iter().all(Option::is_some) {
            return largest(&results) <= self.max_elements
                && largest(&operands) <= self.max_elements.saturating_mul(OPERAND_FACTOR);
        }
        let integers = body.op(op).results().iter().all(|r| !ctx.is_float(ctx.elem_or_self(body.ty(*r))));
        integers && largest(&results) <= SMALL
    }
}

/// Whether a program loads elements of an operand, or needs its value for a size.
fn reads(program: &Program, operand: u32) -> bool {
    let Some(buf) = program.operand(operand) else { return true };
    let loads = |n: u32| matches!(program.node(ExprId(n)), Node::Load(load) if load.buf == buf);
    let sized = |s: &edge_dialect::core::Sym| matches!(s.source, SymSource::Value { buf: b, .. } if b == buf);
    (0..program.exprs.len() as u32).any(loads) || program.syms.iter().any(sized)
}

/// Zeros in place of an operand that only its type matters of.
fn blank(ctx: &Context, ty: Type) -> Option<Tensor> {
    let kind = ctx.type_kind(ty);
    let elem = elem_of(ctx, ctx.elem_or_self(ty))?;
    Tensor::splat(kind.shape().unwrap_or(&[]), Scalar::from_bits(elem, 0)).ok()
}

/// A tensor as the value of a constant of exactly that type.
fn constant(ctx: &Context, tensor: &Tensor, ty: Type) -> Option<Attr> {
    let same = ctx.type_kind(ty).shape().unwrap_or(&[]) == tensor.shape();
    attr_of(ctx, tensor, ty).filter(|_| same)
}

/// Types of results by the constraints and sizes of definitions.
pub struct Inference;

fn is_tensor(ctx: &Context, ty: Type) -> bool {
    matches!(ctx.type_kind(ty), TypeKind::Tensor { .. })
}

fn definition<'c>(ctx: &'c Context, name: Ident) -> Option<&'c OpDef> {
    Registry::definition(ctx.op_info(name)?)
}

impl InferTypes for Inference {
    fn infer(&self, ctx: &Context, body: &Body, name: Ident, operands: &[Value], props: &[(Ident, Attr)]) -> Option<Vec<Type>> {
        let def = definition(ctx, name)?;
        let attr = |wanted: &str| props.iter().find(|(n, _)| ctx.str(*n) == wanted).map(|p| p.1);
        let typed: Vec<(Type, Option<Attr>)> = operands.iter().map(|v| (body.ty(*v), known(ctx, body, *v))).collect();
        if !typed.iter().all(|(t, _)| is_tensor(ctx, *t)) {
            return None;
        }
        let groups = operand_groups_of(ctx, def, operands.len(), &attr)?;
        let groups: Vec<Vec<_>> = groups.into_iter().map(|g| typed[g].to_vec()).collect();
        infer_types(ctx, def, &groups, &attr).ok()
    }
}

/// The types that the results of an operation have by its definition, where all of them are tensors. `constant` tells the elements of
/// values that are known.
///
/// # Errors
/// Why the operands do not fit the definition.
pub fn result_types(
    ctx: &Context,
    body: &Body,
    op: Op,
    constant: &dyn Fn(Value) -> Option<Attr>,
) -> Option<Result<Vec<Type>, String>> {
    let data = body.op(op);
    let def = definition(ctx, data.name)?;
    if data.results().is_empty() || !data.results().iter().all(|r| is_tensor(ctx, body.ty(*r))) {
        return None;
    }
    if def.eval.is_none() {
        let first = body.operands(op).next()?;
        return def.has(&Trait::SameType).then(|| Ok(vec![body.ty(first); data.results().len()]));
    }
    Some(infer_op_types(ctx, def, body, op, constant).map_err(|e| e.message))
}
