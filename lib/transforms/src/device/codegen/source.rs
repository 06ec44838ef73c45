//! Views of the operations that a kernel's body is made of.

use super::Problem;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Block, Body, Context, Ident, Loc, Op, Signedness, Type, TypeKind, Value, ValueDef};

/// A bound of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Static(i64),
    Value(Value),
}

/// How a `reduce` combines two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    Add,
    Mul,
    Maximum,
    Minimum,
    Maxnum,
    Minnum,
    And,
    Or,
    /// The pair (key, value) with the greatest or least key, the first or the last of equals.
    Arg {
        least: bool,
        last: bool,
    },
}

impl Combine {
    pub fn from_name(name: &str) -> Option<Self> {
        let arg = |least, last| Combine::Arg { least, last };
        Some(match name {
            "add" => Combine::Add,
            "mul" => Combine::Mul,
            "maximum" => Combine::Maximum,
            "minimum" => Combine::Minimum,
            "maxnum" => Combine::Maxnum,
            "minnum" => Combine::Minnum,
            "and" => Combine::And,
            "or" => Combine::Or,
            "argmax" => arg(false, false),
            "argmin" => arg(true, false),
            "argmax_last" => arg(false, true),
            "argmin_last" => arg(true, true),
            _ => return None,
        })
    }
    pub fn is_arg(self) -> bool {
        matches!(self, Combine::Arg { .. })
    }
}

/// A `loop.for`.
#[derive(Clone, Debug)]
pub struct Loop {
    pub op: Op,
    pub loc: Loc,
    pub lower: Bound,
    pub upper: Bound,
    pub step: i64,
    pub inits: Vec<Value>,
    /// One per result where the loop reduces.
    pub reduce: Vec<Combine>,
    pub parallel: bool,
    pub grain: Option<i64>,
    pub vector: i64,
    pub jam: i64,
    pub unroll: i64,
    pub block: Block,
    pub iv: Value,
    /// Loop-carried values of a sequential loop.
    pub args: Vec<Value>,
    pub yields: Vec<Value>,
    pub results: Vec<Value>,
}

impl Loop {
    pub fn read(ctx: &Context, body: &Body, op: Op) -> Result<Self, Problem> {
        let data = body.op(op);
        let wrong = |what: &str| Problem::malformed(data.loc, format!("`loop.for` {what}"));
        let operands: Vec<Value> = body.operands(op).collect();
        let sizes = segments::<3>(ctx, body, op).ok_or_else(|| wrong("has wrong segment sizes"))?;
        let mut next = operands.iter().copied();
        let mut bound = |given: usize, name: &str| -> Result<Bound, Problem> {
            if given == 1 {
                return next.next().map(Bound::Value).ok_or_else(|| wrong("lacks a bound"));
            }
            let value = data.attr(ctx, name).and_then(|a| ctx.as_int(a)).filter(|v| *v != DYNAMIC);
            value.map(Bound::Static).ok_or_else(|| wrong("lacks a bound"))
        };
        let (lower, upper) = (bound(sizes[0], "static_lower")?, bound(sizes[1], "static_upper")?);
        let int = |name: &str, default: i64| data.attr(ctx, name).and_then(|a| ctx.as_int(a)).unwrap_or(default);
        let region = *data.regions().first().ok_or_else(|| wrong("has no region"))?;
        let block = body.region_first(region).ok_or_else(|| wrong("has no body"))?;
        let (iv, args) = body.block_args(block).split_first().ok_or_else(|| wrong("has no induction variable"))?;
        let last = body.block_last(block);
        let yields = last.map_or(vec![], |l| body.operands(l).collect());
        let reduce = match data.attr(ctx, "reduce").and_then(|a| ctx.as_array(a)) {
            Some(names) => names
                .iter()
                .map(|a| ctx.as_str(*a).and_then(Combine::from_name))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| wrong("has an unknown kind of reduction"))?,
            None => vec![],
        };
        let found = Loop {
            op,
            loc: data.loc,
            lower,
            upper,
            step: int("step", 1).max(1),
            inits: operands[sizes[0] + sizes[1]..].to_vec(),
            reduce,
            parallel: data.attr(ctx, "parallel").is_some(),
            grain: data.attr(ctx, "grain").and_then(|a| ctx.as_int(a)),
            vector: int("vector", 1).clamp(1, 4096),
            jam: int("jam", 1).clamp(1, 256),
            unroll: int("unroll", 1).clamp(1, 256),
            block,
            iv: *iv,
            args: args.to_vec(),
            yields,
            results: data.results().to_vec(),
        };
        let counted = if found.reduce.is_empty() { found.inits.len() } else { found.reduce.len() };
        if found.results.len() != counted || found.yields.len() != counted || found.args.len() != found.inits.len() {
            return Err(wrong("has results, yields and carried values that do not match"));
        }
        Ok(found)
    }
    /// Trip count, where both bounds are static.
    pub fn static_trip(&self) -> Option<i64> {
        match (self.lower, self.upper) {
            (Bound::Static(l), Bound::Static(u)) => Some((u - l).max(0).div_euclid(self.step) + i64::from((u - l).max(0) % self.step != 0)),
            _ => None,
        }
    }
    /// Of a result of the `argmax` family: the numbers of its key and of its value, which stand together.
    pub fn arg_pair(&self, i: usize) -> Option<(usize, usize)> {
        let run = self.reduce.get(..=i)?.iter().rev().take_while(|k| k.is_arg()).count();
        match run {
            0 => None,
            _ if run % 2 == 1 => Some((i, i + 1)),
            _ => Some((i - 1, i)),
        }
    }
    pub fn is_sequential(&self) -> bool {
        !self.inits.is_empty()
    }
    pub fn bounds(&self) -> impl Iterator<Item = Value> {
        [self.lower, self.upper].into_iter().filter_map(|b| match b {
            Bound::Value(v) => Some(v),
            Bound::Static(_) => None,
        })
    }
}

/// A `loop.read` or `loop.write`.
#[derive(Clone, Debug)]
pub struct Access {
    pub op: Op,
    pub loc: Loc,
    pub memref: Value,
    pub indices: Vec<Value>,
    pub map: Attr,
    pub guard: Option<Attr>,
    /// Of a read: the value where the guard does not hold.
    pub otherwise: Option<Value>,
    /// Of a write: what is written.
    pub value: Option<Value>,
    pub combine: Option<Combine>,
}

impl Access {
    pub fn read(ctx: &Context, body: &Body, op: Op) -> Result<Self, Problem> {
        let data = body.op(op);
        let wrong = |what: &str| Problem::malformed(data.loc, format!("`{}` {what}", ctx.str(data.name)));
        let operands: Vec<Value> = body.operands(op).collect();
        let reads = !data.results().is_empty();
        let indices_at = if reads { 1 } else { 2 };
        // A write's indices are its only variable operands, so it has no segment sizes.
        let count = match reads {
            true => segments::<3>(ctx, body, op).ok_or_else(|| wrong("has wrong segment sizes"))?[1],
            false => operands.len().saturating_sub(indices_at),
        };
        let map = data.attr(ctx, "map").filter(|a| ctx.as_map(*a).is_some()).ok_or_else(|| wrong("lacks its map"))?;
        let guard = data.attr(ctx, "guard").filter(|a| ctx.as_set(*a).is_some());
        let combine = match data.attr(ctx, "combine").and_then(|a| ctx.as_str(a)) {
            Some(name) => Some(Combine::from_name(name).ok_or_else(|| wrong("has an unknown `combine`"))?),
            None => None,
        };
        let (memref, value, otherwise) = match reads {
            true => (operands.first(), None, operands.get(indices_at + count)),
            false => (operands.get(1), operands.first(), None),
        };
        let memref = *memref.ok_or_else(|| wrong("lacks its buffer"))?;
        let indices = operands.get(indices_at..indices_at + count).ok_or_else(|| wrong("lacks its indices"))?.to_vec();
        let view = ctx.as_map(map).ok_or_else(|| wrong("lacks its map"))?;
        let arity = (view.dims + view.syms) as usize;
        if view.results.len() != 1 || arity != indices.len() || guard.is_some() && reads && otherwise.is_none() {
            return Err(wrong("has a map that is not of one dimension, or not of its indices"));
        }
        Ok(Access {
            op,
            loc: data.loc,
            memref,
            indices,
            map,
            guard,
            otherwise: otherwise.copied(),
            value: value.copied(),
            combine,
        })
    }
    /// The indices that the map or the guard really uses.
    pub fn used_indices(&self, ctx: &Context) -> Vec<Value> {
        let mut used = self.mapped_indices(ctx);
        if let Some(set) = self.guard.and_then(|g| ctx.as_set(g)) {
            let exprs: Vec<edge_ir::AffineExpr> = set.constraints.iter().map(|c| c.0).collect();
            used.extend(self.used_by(ctx, &exprs, set.dims));
        }
        used
    }
    /// The indices that the map really uses.
    pub fn mapped_indices(&self, ctx: &Context) -> Vec<Value> {
        ctx.as_map(self.map).map_or(vec![], |map| self.used_by(ctx, map.results, map.dims))
    }
    fn used_by(&self, ctx: &Context, exprs: &[edge_ir::AffineExpr], dims: u32) -> Vec<Value> {
        let used = |i: usize| exprs.iter().any(|e| uses(ctx, *e, i as u32, dims));
        self.indices.iter().enumerate().filter(|(i, _)| used(*i)).map(|(_, v)| *v).collect()
    }
}

fn uses(ctx: &Context, e: edge_ir::AffineExpr, i: u32, dims: u32) -> bool {
    use edge_ir::AffineKind::*;
    match ctx.affine_kind(e) {
        Dim(d) => d == i,
        Sym(s) => dims + s == i,
        Const(_) => false,
        Add(a, b) | Mul(a, b) | FloorDiv(a, b) | CeilDiv(a, b) | Mod(a, b) => uses(ctx, a, i, dims) || uses(ctx, b, i, dims),
    }
}

/// The sizes of an operation's operand segments, where there are `COUNT` of them.
pub fn segments<const COUNT: usize>(ctx: &Context, body: &Body, op: Op) -> Option<[usize; COUNT]> {
    body.op(op).operand_segments(ctx)?.try_into().ok()
}

/// Declared properties and discardable attributes of an operation.
pub fn attributes(ctx: &Context, body: &Body, op: Op) -> (Vec<(Ident, Attr)>, Option<Attr>) {
    let data = body.op(op);
    let mut props: Vec<(Ident, Attr)> = data.raw_props().map_or(vec![], |d| ctx.dict_entries(d).to_vec());
    if let Some(info) = data.info(ctx) {
        props.extend(info.props.iter().zip(data.prop_slots()).filter_map(|(name, slot)| Some((*name, (*slot)?))));
    }
    (props, data.discardable())
}

/// The value of an `arith.constant` of integer or index type.
pub fn constant_of(ctx: &Context, body: &Body, value: Value) -> Option<i64> {
    let ValueDef::Result(op, _) = body.def(value) else { return None };
    if body.name(ctx, op) != "arith.constant" {
        return None;
    }
    ctx.as_int(body.op(op).attr(ctx, "value")?)
}

/// The type in which an element is computed with: integers are signless.
pub fn signless(ctx: &Context, ty: Type) -> Type {
    match ctx.type_kind(ty) {
        TypeKind::Integer { width, sign } if sign != Signedness::Signless => ctx.int(width),
        _ => ty,
    }
}

/// The type in which an element lies in memory: a boolean takes a byte.
pub fn stored(ctx: &Context, ty: Type) -> Type {
    if ty == ctx.i1() { ctx.int(8) } else { signless(ctx, ty) }
}

/// Element type and number of elements ([`DYNAMIC`] if unknown) of a 1-D buffer.
pub fn buffer(ctx: &Context, ty: Type) -> Option<(Type, i64)> {
    match ctx.type_kind(ty) {
        TypeKind::MemRef { shape: [size], elem, .. } => Some((elem, *size)),
        _ => None,
    }
}
