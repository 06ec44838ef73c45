//! Copying straight-line code with its loop variables replaced by affine expressions.

use crate::loop_ir::{MapBuilder, ReadOp, WriteOp, names};
use edge_ir::body::Mapping;
use edge_ir::{AffineExpr, Body, Builder, Op, Value};
use rustc_hash::FxHashMap;

/// An affine expression with the operands that its dims and symbols stand for.
#[derive(Clone, Debug)]
pub struct Expr {
    pub expr: AffineExpr,
    pub dims: Vec<Value>,
    pub syms: Vec<Value>,
}

impl Expr {
    /// The expression over the operands that `m` collects.
    pub fn within(&self, b: &Builder<'_>, m: &mut MapBuilder) -> AffineExpr {
        let dims: Vec<AffineExpr> = self.dims.iter().map(|v| m.dim(b.ctx, *v)).collect();
        let syms: Vec<AffineExpr> = self.syms.iter().map(|v| m.sym(b.ctx, *v)).collect();
        b.ctx.substitute(self.expr, &dims, &syms)
    }
}

/// A copy of straight-line code out of `source`.
pub struct Splicer<'s> {
    pub source: &'s Body,
    /// Loop variables of the source as expressions over values of the destination.
    pub ivs: FxHashMap<Value, Expr>,
    /// Other values of the source in the destination.
    pub mapping: Mapping,
    /// Constraints under which its reads may happen: `== 0` where true, else `>= 0`.
    pub guard: Vec<(Expr, bool)>,
}

impl<'s> Splicer<'s> {
    pub fn new(source: &'s Body) -> Self {
        Splicer { source, ivs: FxHashMap::default(), mapping: Mapping::new(), guard: vec![] }
    }

    /// Copies one operation to the builder's place.
    pub fn copy(&mut self, b: &mut Builder<'_>, op: Op) {
        let loc = std::mem::replace(&mut b.loc, self.source.op(op).loc);
        match self.source.name(b.ctx, op) {
            names::READ => self.read(b, ReadOp(op)),
            names::WRITE => self.write(b, WriteOp(op)),
            names::APPLY => self.apply(b, op),
            _ => self.other(b, op),
        }
        b.loc = loc;
    }

    fn index(&self, b: &Builder<'_>, m: &mut MapBuilder, value: Value, as_sym: bool) -> AffineExpr {
        match self.ivs.get(&value) {
            Some(expr) => expr.within(b, m),
            None if as_sym => m.sym(b.ctx, self.mapping.get(value)),
            None => m.dim(b.ctx, self.mapping.get(value)),
        }
    }

    /// The images of a map's operands, as dims and as symbols.
    fn operands(
        &self,
        b: &Builder<'_>,
        m: &mut MapBuilder,
        dims: usize,
        values: &[Value],
    ) -> (Vec<AffineExpr>, Vec<AffineExpr>) {
        let dims_out = values[..dims].iter().map(|v| self.index(b, m, *v, false)).collect();
        let syms_out = values[dims..].iter().map(|v| self.index(b, m, *v, true)).collect();
        (dims_out, syms_out)
    }

    fn access(
        &self,
        b: &Builder<'_>,
        view: Value,
        map: edge_ir::AffineMap<'_>,
        guard: &[(AffineExpr, bool)],
        values: &[Value],
    ) -> crate::loop_ir::Access {
        let mut m = MapBuilder::default();
        let (dims, syms) = self.operands(b, &mut m, map.dims as usize, values);
        let place = |e: &AffineExpr| b.ctx.substitute(*e, &dims, &syms);
        let index = map.results.iter().map(place).collect();
        let guard = guard.iter().map(|(e, eq)| (place(e), *eq)).collect();
        crate::loop_ir::Access { view, map: m, index, guard }
    }

    fn read(&mut self, b: &mut Builder<'_>, read: ReadOp) {
        let (ctx, source) = (b.ctx, self.source);
        let view = self.mapping.get(read.view(source));
        let (values, guard) = (read.indices(ctx, source), read.guard(ctx, source));
        let mut access = self.access(b, view, read.map(ctx, source), guard, &values);
        for (e, eq) in &self.guard {
            let constraint = (e.within(b, &mut access.map), *eq);
            if !access.guard.contains(&constraint) {
                access.guard.push(constraint);
            }
        }
        let result = source.result(read.0, 0);
        let elem = source.ty(result);
        let other = match read.other(ctx, source) {
            Some(v) => Some(self.mapping.get(v)),
            None if access.guard.is_empty() => None,
            None => Some(zero(b, elem)),
        };
        let value = access.read(b, elem, other);
        self.mapping.map(result, value);
    }

    fn write(&mut self, b: &mut Builder<'_>, write: WriteOp) {
        let (ctx, source) = (b.ctx, self.source);
        let view = self.mapping.get(write.view(source));
        let values = write.indices(ctx, source);
        let access = self.access(b, view, write.map(ctx, source), write.guard(ctx, source), &values);
        let value = self.value(b, write.value(source));
        access.write(b, value, write.combine(ctx, source));
    }

    fn apply(&mut self, b: &mut Builder<'_>, op: Op) {
        let Some(map) = self.source.op(op).attr(b.ctx, "map").and_then(|a| b.ctx.as_map(a)) else { return };
        let values: Vec<Value> = self.source.operands(op).collect();
        let mut m = MapBuilder::default();
        let (dims, syms) = self.operands(b, &mut m, map.dims as usize, &values);
        let expr = b.ctx.substitute(map.results[0], &dims, &syms);
        let value = m.apply(b, expr);
        self.mapping.map(self.source.result(op, 0), value);
    }

    /// The image of a value; of a loop variable, its expression made a value.
    pub fn value(&mut self, b: &mut Builder<'_>, value: Value) -> Value {
        match self.ivs.get(&value).cloned() {
            Some(expr) => {
                let mut m = MapBuilder::default();
                let e = expr.within(b, &mut m);
                m.apply(b, e)
            }
            None => self.mapping.get(value),
        }
    }

    fn other(&mut self, b: &mut Builder<'_>, op: Op) {
        let mut local = self.mapping.clone();
        for value in self.source.operands(op).collect::<Vec<_>>() {
            if self.ivs.contains_key(&value) {
                let image = self.value(b, value);
                local.map(value, image);
            }
        }
        let new = b.body.clone_from(b.ctx, self.source, op, &mut local);
        b.insert(new);
        for (old, new) in self.source.op(op).results().iter().zip(b.body.op(new).results().to_vec()) {
            self.mapping.map(*old, new);
        }
    }
}

/// Zero of a scalar type.
pub fn zero(b: &mut Builder<'_>, ty: edge_ir::Type) -> Value {
    let attr = b.ctx.float_attr(0.0, ty).unwrap_or_else(|| b.ctx.int_attr(0, ty));
    b.op("arith.constant").prop("value", attr).result(ty).value()
}

/// The guard of a read, over values of its body.
pub fn guard_of(ctx: &edge_ir::Context, body: &Body, read: ReadOp) -> Vec<(Expr, bool)> {
    let operands = read.indices(ctx, body);
    let (dims, syms) = operands.split_at(read.map(ctx, body).dims as usize);
    let expr = |e: &AffineExpr| Expr { expr: *e, dims: dims.to_vec(), syms: syms.to_vec() };
    read.guard(ctx, body).iter().map(|(e, eq)| (expr(e), *eq)).collect()
}
