//! Building operations of the loop level.

use super::names;
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, Attr, Builder, Context, InsertPoint, Param, Type, Value};

/// A loop bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    Static(i64),
    Dynamic(Value),
}

/// A loop to build; see `loop.for`.
#[derive(Clone, Debug)]
pub struct For<'a> {
    pub lower: Bound,
    pub upper: Bound,
    /// One kind per result, empty for a loop without reduction.
    pub reduce: &'a [&'a str],
    pub inits: &'a [Value],
    /// Result types: of the reductions, or of the iteration arguments.
    pub types: &'a [Type],
    pub parallel: bool,
}

impl<'a> For<'a> {
    /// `0 to upper`, no results, iterations independent of each other.
    pub fn parallel(upper: Bound) -> Self {
        For { lower: Bound::Static(0), upper, reduce: &[], inits: &[], types: &[], parallel: true }
    }
    /// `0 to upper`, no results, one iteration after the other.
    pub fn sequential(upper: Bound) -> Self {
        For { parallel: false, ..Self::parallel(upper) }
    }
    pub fn reduce(upper: Bound, reduce: &'a [&'a str], types: &'a [Type]) -> Self {
        For { reduce, types, ..Self::sequential(upper) }
    }
    /// Builds the loop; `body` gets the induction variable and the iteration arguments and gives what is yielded.
    pub fn build(self, b: &mut Builder<'_>, body: impl FnOnce(&mut Builder<'_>, Value, &[Value]) -> Vec<Value>) -> Vec<Value> {
        let (region, block) = b.block_region(&[b.ctx.index()]);
        for init in self.inits {
            let ty = b.body.ty(*init);
            let loc = b.loc;
            b.body.add_arg(block, ty, loc);
        }
        let at = std::mem::replace(&mut b.at, InsertPoint::End(block));
        let args = b.body.block_args(block).to_vec();
        let yields = body(b, args[0], &args[1..]);
        b.at = at;
        self.finish(b, region, &yields)
    }
    /// Builds the loop around a region that is filled but for its terminator.
    pub fn finish(self, b: &mut Builder<'_>, region: edge_ir::Region, yields: &[Value]) -> Vec<Value> {
        let block = b.body.region_last(region).expect("a region with a block");
        let at = std::mem::replace(&mut b.at, InsertPoint::End(block));
        b.op(names::YIELD).operands(yields.iter().copied()).build();
        b.at = at;
        let ctx = b.ctx;
        let operand = |bound| match bound {
            Bound::Static(_) => None,
            Bound::Dynamic(v) => Some(v),
        };
        let fixed = |bound| match bound {
            Bound::Static(v) => ctx.i64_attr(v),
            Bound::Dynamic(_) => ctx.i64_attr(DYNAMIC),
        };
        let (lower, upper) = (operand(self.lower), operand(self.upper));
        let sizes = [lower.is_some() as i32, upper.is_some() as i32, self.inits.len() as i32];
        let kinds: Vec<Attr> = self.reduce.iter().map(|k| ctx.str_attr(k)).collect();
        let op = b
            .op(names::FOR)
            .operands(lower.into_iter().chain(upper).chain(self.inits.iter().copied()))
            .results(self.types.iter().copied())
            .prop("static_lower", fixed(self.lower))
            .prop("static_upper", fixed(self.upper))
            .prop("step", ctx.i64_attr(1))
            .prop("operandSegmentSizes", ctx.i32_array(&sizes))
            .prop_opt("reduce", (!kinds.is_empty()).then(|| ctx.array_attr(&kinds)))
            .prop_opt("parallel", self.parallel.then(|| ctx.unit()))
            .region(region)
            .build();
        b.body.op(op).results().to_vec()
    }
}

/// Collects the operands of an affine map while its expressions are made.
#[derive(Clone, Debug, Default)]
pub struct MapBuilder {
    pub dims: Vec<Value>,
    pub syms: Vec<Value>,
}

impl MapBuilder {
    pub fn dim(&mut self, ctx: &Context, value: Value) -> AffineExpr {
        ctx.dim(place(&mut self.dims, value))
    }
    pub fn sym(&mut self, ctx: &Context, value: Value) -> AffineExpr {
        ctx.sym(place(&mut self.syms, value))
    }
    pub fn operands(&self) -> impl Iterator<Item = Value> + '_ {
        self.dims.iter().chain(&self.syms).copied()
    }
    pub fn map(&self, ctx: &Context, results: &[AffineExpr]) -> Attr {
        ctx.affine_map(self.dims.len() as u32, self.syms.len() as u32, results)
    }
    pub fn set(&self, ctx: &Context, constraints: &[(AffineExpr, bool)]) -> Attr {
        ctx.integer_set(self.dims.len() as u32, self.syms.len() as u32, constraints)
    }
    /// The value of an expression over the collected operands: an operand itself where the expression is just that.
    pub fn apply(&self, b: &mut Builder<'_>, expr: AffineExpr) -> Value {
        match b.ctx.affine_kind(expr) {
            edge_ir::AffineKind::Dim(i) => return self.dims[i as usize],
            edge_ir::AffineKind::Sym(i) => return self.syms[i as usize],
            edge_ir::AffineKind::Const(c) => return index_constant(b, c),
            _ => {}
        }
        let map = self.map(b.ctx, &[expr]);
        let index = b.ctx.index();
        b.op(names::APPLY).operands(self.operands()).prop("map", map).result(index).value()
    }
}

/// Leaves out the operands that neither `index` nor `guard` uses, and renumbers the rest.
pub fn compact(
    ctx: &Context,
    m: &MapBuilder,
    index: &[AffineExpr],
    guard: &[(AffineExpr, bool)],
) -> (MapBuilder, Vec<AffineExpr>, Vec<(AffineExpr, bool)>) {
    let mut kept = MapBuilder::default();
    let all = || index.iter().copied().chain(guard.iter().map(|g| g.0));
    let dims: Vec<AffineExpr> = (0..m.dims.len() as u32)
        .map(|d| if all().any(|e| ctx.uses_dim(e, d)) { kept.dim(ctx, m.dims[d as usize]) } else { ctx.cst(0) })
        .collect();
    let syms: Vec<AffineExpr> = (0..m.syms.len() as u32)
        .map(|s| if all().any(|e| ctx.uses_sym(e, s)) { kept.sym(ctx, m.syms[s as usize]) } else { ctx.cst(0) })
        .collect();
    let place = |e: AffineExpr| ctx.substitute(e, &dims, &syms);
    let index = index.iter().map(|e| place(*e)).collect();
    let guard = guard.iter().map(|(e, eq)| (place(*e), *eq)).collect();
    (kept, index, guard)
}

fn place(list: &mut Vec<Value>, value: Value) -> u32 {
    let at = list.iter().position(|v| *v == value).unwrap_or_else(|| {
        list.push(value);
        list.len() - 1
    });
    at as u32
}

pub fn index_constant(b: &mut Builder<'_>, value: i64) -> Value {
    let (attr, ty) = (b.ctx.index_attr(value), b.ctx.index());
    b.op("arith.constant").prop("value", attr).result(ty).value()
}

/// Where a read or write goes.
#[derive(Clone, Debug)]
pub struct Access {
    pub view: Value,
    pub map: MapBuilder,
    pub index: Vec<AffineExpr>,
    /// Constraints under which the access happens; empty: always.
    pub guard: Vec<(AffineExpr, bool)>,
}

impl Access {
    /// Builds a `loop.read`; `other` is the value where the guard does not hold.
    pub fn read(&self, b: &mut Builder<'_>, elem: Type, other: Option<Value>) -> Value {
        debug_assert_eq!(other.is_some(), !self.guard.is_empty());
        let ctx = b.ctx;
        let (map, index, guard) = compact(ctx, &self.map, &self.index, &self.guard);
        let indices: Vec<Value> = map.operands().collect();
        let sizes = [1, indices.len() as i32, other.is_some() as i32];
        b.op(names::READ)
            .operand(self.view)
            .operands(indices)
            .operands(other)
            .prop("map", map.map(ctx, &index))
            .prop_opt("guard", other.map(|_| map.set(ctx, &guard)))
            .prop("operandSegmentSizes", ctx.i32_array(&sizes))
            .result(elem)
            .value()
    }
    /// Builds a `loop.write`; `combine` is `None` to overwrite.
    pub fn write(&self, b: &mut Builder<'_>, value: Value, combine: Option<&str>) {
        let ctx = b.ctx;
        let (map, index, guard) = compact(ctx, &self.map, &self.index, &self.guard);
        let indices: Vec<Value> = map.operands().collect();
        b.op(names::WRITE)
            .operand(value)
            .operand(self.view)
            .operands(indices)
            .prop("map", map.map(ctx, &index))
            .prop_opt("guard", (!guard.is_empty()).then(|| map.set(ctx, &guard)))
            .prop_opt("combine", combine.map(|c| ctx.str_attr(c)))
            .build();
    }
}

/// `!loop.view<shape x elem>`.
pub fn view_type(ctx: &Context, shape: &[i64], elem: Type) -> Type {
    ctx.dialect_type(names::VIEW, &[Param::Shape(shape), Param::Type(elem)])
}
