//! Reading operations of the loop level.

use super::build::Bound;
use super::names;
pub use edge_dialect::instance::shaped;
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, Attr, Block, Body, Context, Op, OpData, Region, Type, TypeKind, Value};
use smallvec::SmallVec;

/// The type that scalars of a view with this element type have: signless.
pub fn scalar_type(ctx: &Context, elem: Type) -> Type {
    match ctx.type_kind(elem) {
        TypeKind::Integer { width, .. } => ctx.int(width),
        _ => elem,
    }
}

/// The sizes of an operation's operand segments.
///
/// The handles of this file stand for operations that the verifier has passed. What it guarantees is relied on here, and nowhere else.
pub fn segments(ctx: &Context, data: &OpData) -> Vec<usize> {
    data.operand_segments(ctx).expect("a verified operation's segments cover its operands")
}

fn segment(ctx: &Context, body: &Body, op: Op, which: usize) -> Vec<Value> {
    let sizes = segments(ctx, body.op(op));
    let start: usize = sizes[..which].iter().sum();
    body.operands(op).skip(start).take(sizes[which]).collect()
}

/// A `loop.for`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForOp(pub Op);

impl ForOp {
    pub fn cast(ctx: &Context, body: &Body, op: Op) -> Option<ForOp> {
        (body.name(ctx, op) == names::FOR).then_some(ForOp(op))
    }
    fn bound(self, ctx: &Context, body: &Body, prop: &str, which: usize) -> Bound {
        match self.int(ctx, body, prop).filter(|fixed| *fixed != DYNAMIC) {
            Some(fixed) => Bound::Static(fixed),
            None => Bound::Dynamic(segment(ctx, body, self.0, which)[0]),
        }
    }
    pub fn lower(self, ctx: &Context, body: &Body) -> Bound {
        self.bound(ctx, body, "static_lower", 0)
    }
    pub fn upper(self, ctx: &Context, body: &Body) -> Bound {
        self.bound(ctx, body, "static_upper", 1)
    }
    pub fn step(self, ctx: &Context, body: &Body) -> i64 {
        self.int(ctx, body, "step").unwrap_or(1)
    }
    pub fn inits(self, ctx: &Context, body: &Body) -> Vec<Value> {
        segment(ctx, body, self.0, 2)
    }
    pub fn block(self, body: &Body) -> Block {
        let region = body.op(self.0).regions()[0];
        body.region_first(region).expect("a verified loop has a block")
    }
    pub fn iv(self, body: &Body) -> Value {
        body.block_args(self.block(body))[0]
    }
    pub fn reduce<'c>(self, ctx: &'c Context, body: &Body) -> Vec<&'c str> {
        let kinds = body.op(self.0).attr(ctx, "reduce").and_then(|a| ctx.as_array(a)).unwrap_or(&[]);
        kinds.iter().filter_map(|a| ctx.as_str(*a)).collect()
    }
    pub fn is_parallel(self, ctx: &Context, body: &Body) -> bool {
        body.op(self.0).attr(ctx, "parallel").is_some()
    }
    /// An integer property: `vector`, `jam`, `unroll`, `grain`, `step`.
    pub fn int(self, ctx: &Context, body: &Body, name: &str) -> Option<i64> {
        ctx.as_int(body.op(self.0).attr(ctx, name)?)
    }
    /// Number of iterations, if known.
    pub fn trip_count(self, ctx: &Context, body: &Body) -> Option<i64> {
        match (self.lower(ctx, body), self.upper(ctx, body)) {
            (Bound::Static(l), Bound::Static(u)) => {
                Some((u.saturating_sub(l).max(0) as u64).div_ceil(self.step(ctx, body).max(1) as u64) as i64)
            }
            _ => None,
        }
    }
}

macro_rules! access {
    ($name:ident, $op:expr, $view:literal, $indices:expr) => {
        impl $name {
            pub fn cast(ctx: &Context, body: &Body, op: Op) -> Option<$name> {
                (body.name(ctx, op) == $op).then_some($name(op))
            }
            pub fn view(self, body: &Body) -> Value {
                body.operand(self.0, $view)
            }
            /// Operands of the map: dims, then symbols.
            pub fn indices(self, ctx: &Context, body: &Body) -> Vec<Value> {
                let indices: fn(&Context, &Body, Op) -> Vec<Value> = $indices;
                indices(ctx, body, self.0)
            }
            pub fn map<'c>(self, ctx: &'c Context, body: &Body) -> edge_ir::AffineMap<'c> {
                let map = body.op(self.0).attr(ctx, "map").and_then(|a| ctx.as_map(a));
                map.expect("a verified access has a map")
            }
            pub fn guard<'c>(self, ctx: &'c Context, body: &Body) -> &'c [(AffineExpr, bool)] {
                let guard: Option<Attr> = body.op(self.0).attr(ctx, "guard");
                guard.and_then(|a| ctx.as_set(a)).map_or(&[], |s| s.constraints)
            }
        }
    };
}

/// A `loop.read`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReadOp(pub Op);
access!(ReadOp, names::READ, 0, |ctx, body, op| segment(ctx, body, op, 1));

impl ReadOp {
    pub fn other(self, ctx: &Context, body: &Body) -> Option<Value> {
        segment(ctx, body, self.0, 2).first().copied()
    }
}

/// A `loop.write`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WriteOp(pub Op);
access!(WriteOp, names::WRITE, 1, |_, body, op| body.operands(op).skip(2).collect());

impl WriteOp {
    pub fn value(self, body: &Body) -> Value {
        body.operand(self.0, 0)
    }
    pub fn combine<'c>(self, ctx: &'c Context, body: &Body) -> Option<&'c str> {
        ctx.as_str(body.op(self.0).attr(ctx, "combine")?)
    }
}

/// A `loop.nest`: its operands and results by role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NestOp(pub Op);

impl NestOp {
    pub fn cast(ctx: &Context, body: &Body, op: Op) -> Option<NestOp> {
        (body.name(ctx, op) == names::NEST).then_some(NestOp(op))
    }
    pub fn ins(self, ctx: &Context, body: &Body) -> Vec<Value> {
        segment(ctx, body, self.0, 0)
    }
    pub fn outs(self, ctx: &Context, body: &Body) -> Vec<Value> {
        segment(ctx, body, self.0, 1)
    }
    pub fn dims(self, ctx: &Context, body: &Body) -> Vec<Value> {
        segment(ctx, body, self.0, 2)
    }
    /// The nest's own body, and its block.
    pub fn inner(self, body: &Body) -> (&Body, Block) {
        let data = body.op(self.0);
        data.body().zip(data.entry()).expect("a verified nest has a body with a block")
    }
    /// A copy of the nest's body: with its regions, and its block.
    pub fn duplicate(self, ctx: &Context, body: &Body) -> (Box<Body>, SmallVec<[Region; 1]>, Block) {
        let (copy, regions) = self.inner(body).0.duplicate(ctx, body.op(self.0).regions());
        let block = regions.first().and_then(|r| copy.region_first(*r)).expect("a copy has the blocks of what it copies");
        (copy, regions, block)
    }
    /// Numbers of ins, outs and dims.
    pub fn counts(self, ctx: &Context, body: &Body) -> (usize, usize, usize) {
        let s = segments(ctx, body.op(self.0));
        (s[0], s[1], s[2])
    }
}
