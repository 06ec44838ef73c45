//! Accesses in linear form: where in memory a loop variable moves them.

use super::view::shaped;
use super::{ReadOp, WriteOp};
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, AffineKind, Body, Context, Op, Type, Value};

/// Row-major strides in elements; `None` where they depend on a dynamic extent.
pub fn row_major(shape: &[i64]) -> Vec<Option<i64>> {
    let mut strides = vec![Some(1i64); shape.len()];
    for n in (1..shape.len()).rev() {
        strides[n - 1] = match (strides[n], shape[n]) {
            (Some(s), d) if d != DYNAMIC => s.checked_mul(d),
            _ => None,
        };
    }
    strides
}

/// A read or write with its operands.
#[derive(Clone, Debug)]
pub struct AccessInfo<'c> {
    pub op: Op,
    pub view: Value,
    pub is_write: bool,
    /// Dims, then symbols.
    pub operands: Vec<Value>,
    pub dims: usize,
    pub results: &'c [AffineExpr],
    pub guard: &'c [(AffineExpr, bool)],
    pub ty: Type,
}

impl<'c> AccessInfo<'c> {
    pub fn of(ctx: &'c Context, body: &Body, op: Op) -> Option<AccessInfo<'c>> {
        let (view, operands, map, guard, is_write) = if let Some(r) = ReadOp::cast(ctx, body, op) {
            (r.view(body), r.indices(ctx, body), r.map(ctx, body), r.guard(ctx, body), false)
        } else {
            let w = WriteOp::cast(ctx, body, op)?;
            (w.view(body), w.indices(ctx, body), w.map(ctx, body), w.guard(ctx, body), true)
        };
        let ty = body.ty(view);
        Some(AccessInfo { op, view, is_write, operands, dims: map.dims as usize, results: map.results, guard, ty })
    }

    /// The place in memory, in elements, as one expression; `None` if strides are dynamic.
    pub fn linear(&self, ctx: &Context) -> Option<AffineExpr> {
        let (shape, _) = shaped(ctx, self.ty)?;
        let strides = row_major(shape);
        let mut sum = ctx.cst(0);
        for (e, s) in self.results.iter().zip(strides) {
            sum = ctx.add(sum, ctx.mul(*e, ctx.cst(s?)));
        }
        Some(simplify(ctx, sum))
    }

    /// The dim of the map that a value is, if it is one.
    pub fn dim_of(&self, value: Value) -> Option<u32> {
        self.operands[..self.dims].iter().position(|v| *v == value).map(|n| n as u32)
    }

    /// How many elements the access moves for one step of `iv`.
    pub fn step(&self, ctx: &Context, iv: Value) -> Step {
        let Some(dim) = self.dim_of(iv) else { return Step::Elements(0) };
        if let Some(linear) = self.linear(ctx) {
            return ctx.dim_coefficient(linear, dim).map_or(Step::Irregular, Step::Elements);
        }
        // Dynamic strides: only what moves along the innermost axes alone is known.
        let Some(strides) = shaped(ctx, self.ty).map(|(shape, _)| row_major(shape)) else { return Step::Irregular };
        let mut total = 0;
        for (e, s) in self.results.iter().zip(strides) {
            match (ctx.dim_coefficient(*e, dim), s) {
                (Some(0), _) => {}
                (Some(k), Some(s)) => total += k * s,
                _ => return Step::Irregular,
            }
        }
        Step::Elements(total)
    }

    pub fn guard_uses(&self, ctx: &Context, iv: Value) -> bool {
        self.dim_of(iv).is_some_and(|d| self.guard.iter().any(|(e, _)| ctx.uses_dim(*e, d)))
    }
}

/// Movement of an access with a loop variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Elements(i64),
    /// Not linear in the variable.
    Irregular,
}

/// Recombines quotient and remainder: `(x floordiv c) * k*c + (x mod c) * k` is `x * k`.
pub fn simplify(ctx: &Context, e: AffineExpr) -> AffineExpr {
    let mut form = ctx.linear_form(e);
    'again: loop {
        for i in 0..form.terms.len() {
            let (atom, k) = form.terms[i];
            let AffineKind::Mod(x, c) = ctx.affine_kind(atom) else { continue };
            let Some(divisor) = ctx.affine_const(c) else { continue };
            let quotient = ctx.floordiv(x, c);
            let wanted = k.wrapping_mul(divisor);
            if let Some(j) = form.terms.iter().position(|(a, n)| *a == quotient && *n == wanted) {
                form.terms.remove(i.max(j));
                form.terms.remove(i.min(j));
                let sum = ctx.add(ctx.from_linear(&form), ctx.mul(x, ctx.cst(k)));
                form = ctx.linear_form(sum);
                continue 'again;
            }
        }
        return ctx.from_linear(&form);
    }
}

/// Every read and write of a nest's or kernel's body.
pub fn accesses<'c>(ctx: &'c Context, body: &Body, ops: &[Op]) -> Vec<AccessInfo<'c>> {
    ops.iter().filter_map(|op| AccessInfo::of(ctx, body, *op)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotient_and_remainder_recombine() {
        let c = Context::new();
        let (i, n) = (c.dim(0), c.cst(7));
        let e = c.add(c.mul(c.floordiv(i, n), c.cst(14)), c.mul(c.modulo(i, n), c.cst(2)));
        assert_eq!(simplify(&c, e), c.mul(i, c.cst(2)));
        let other = c.add(c.mul(c.floordiv(i, n), c.cst(14)), c.modulo(i, n));
        assert_eq!(c.linear_form(simplify(&c, other)).terms.len(), 2);
    }
}
