//! What generic rewriting asks of the definitions: values of constant operations, types of results.

use edge_dialect::Registry;
use edge_dialect::instance::{infer_op_types, infer_types};
use edge_dialect::model::{OpDef, Trait};
use edge_ir::{Attr, Body, Context, Ident, Op, Type, TypeKind, Value};
use edge_rewrite::constants::known;
use edge_rewrite::rules::{InferTypes, operand_groups_of};
use edge_rewrite::{Folded, Folder};

/// Folds operations through their `eval`.
pub struct Evaluator {
    /// Results with more elements than this are not computed.
    pub max_elements: u64,
}

impl Folder for Evaluator {
    fn fold(&self, _ctx: &Context, _body: &Body, _op: Op, _known: &[Option<Attr>]) -> Option<Vec<Folded>> {
        None
    }
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
    if def.definition.is_none() {
        let first = body.operands(op).next()?;
        return def.has(&Trait::SameType).then(|| Ok(vec![body.ty(first); data.results().len()]));
    }
    Some(infer_op_types(ctx, def, body, op, constant).map_err(|e| e.message))
}
