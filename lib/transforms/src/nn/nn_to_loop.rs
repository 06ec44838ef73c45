//! From operations with an `eval` to nests.

use crate::loop_ir::names;
use crate::lowering::{NOT_LOWERED, NestInput, is_reshape, lower_program};
use edge_dialect::Registry;
use edge_dialect::instance::instantiate_op;
use edge_dialect::model::OpDef;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Body, Builder, Context, Op, OpData, Traits, Type, TypeKind, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_pass::pass! {
    /// Lowers every operation on tensors whose definition has an `eval` to one `loop.nest`.
    ///
    /// Statements of one operation share the loops that all of them have; values between statements are scalars or tiles there. What
    /// only gives a tensor another shape becomes a `loop.reshape`. An operation that has no `eval` is an error; all are listed.
    pub struct NnToLoop = "nn-to-loop" on "func.func" {}
}

impl Pass for NnToLoop {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let regions = op.regions().to_vec();
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        let (mut changed, mut result) = (Changed::No, Ok(()));
        for op in body.all_ops(&regions) {
            let done = lower(cx, body, op);
            match done {
                Ok(done) => changed |= done,
                Err(reported) => result = Err(reported),
            }
        }
        result?;
        Ok(changed)
    }
}

fn lower(cx: &PassContext<'_>, body: &mut Body, op: Op) -> Result<Changed, Reported> {
    let ctx = cx.ctx;
    let data = body.op(op);
    let ranked = |v: &Value| matches!(ctx.type_kind(body.ty(*v)), TypeKind::Tensor { .. });
    let results = data.results().to_vec();
    let constant = data.has(ctx, Traits::CONSTANT_LIKE);
    if constant || results.is_empty() || !results.iter().all(ranked) || is_loop_level(ctx, body, op) {
        return Ok(Changed::No);
    }
    let loc = data.loc;
    let Some(def) = data.info(ctx).and_then(Registry::definition).filter(|d| d.eval.is_some()) else {
        let name = ctx.str(data.name);
        return Err(cx.fail(loc, NOT_LOWERED, format!("`{name}` has no `eval` in its definition, so no lowering to loops")));
    };
    lower_defined(cx, body, op, def, &results)?;
    body.erase(op);
    cx.count("operations lowered", 1);
    Ok(Changed::Yes)
}

/// Operations that stay between nests.
fn is_loop_level(ctx: &Context, body: &Body, op: Op) -> bool {
    matches!(body.name(ctx, op), names::NEST | names::RESHAPE | names::EMPTY)
}

fn lower_defined(cx: &PassContext<'_>, body: &mut Body, op: Op, def: &OpDef, results: &[Value]) -> Result<(), Reported> {
    let ctx = cx.ctx;
    let loc = body.op(op).loc;
    let constant = |v: Value| constant_of(ctx, body, v);
    let (instance, _) = instantiate_op(ctx, def, body, op, &constant)
        .map_err(|e| cx.fail(loc, NOT_LOWERED, format!("`{}` cannot be instantiated: {}", def.name, e.message)))?;
    let mut program = instance.program;
    let operands: Vec<Value> = body.operands(op).collect();
    let types: Vec<Type> = results.iter().map(|r| body.ty(*r)).collect();
    let device = body.op(op).attr(ctx, "edge.device");
    let view = is_reshape(&mut program);
    let mut b = Builder::before(ctx, body, op);
    let new = match view {
        Some(operand) if !is_dynamic(ctx, types[0]) => {
            vec![b.op(names::RESHAPE).operand(operands[operand as usize]).result(types[0]).value()]
        }
        _ => lower_program(&mut b, NestInput { program, operands: &operands, results: &types, device })
            .map_err(|why| cx.fail(loc, NOT_LOWERED, format!("`{}`: {why}", def.name)))?,
    };
    for (old, new) in results.iter().zip(new) {
        body.replace_all_uses(*old, new);
    }
    Ok(())
}

fn is_dynamic(ctx: &Context, ty: Type) -> bool {
    ctx.type_kind(ty).shape().is_some_and(|s| s.contains(&DYNAMIC))
}

/// The elements of a value that is a constant.
pub fn constant_of(ctx: &Context, body: &Body, value: Value) -> Option<Attr> {
    let op = body.defining_op(value)?;
    let data = body.op(op);
    data.has(ctx, Traits::CONSTANT_LIKE).then(|| data.attr(ctx, "value")).flatten()
}
