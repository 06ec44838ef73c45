//! A nest becomes a kernel: views become one-dimensional memrefs, and every access one linear position.

use crate::fusion::extents::{Extent, of_axis, of_value};
use crate::loop_ir::strides::{AccessInfo, simplify};
use crate::loop_ir::view::{scalar_type, shaped};
use crate::loop_ir::{MapBuilder, NestOp, ReadOp, WriteOp, compact, names};
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, Body, Context, Op, Region, Type, Value};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A kernel without a name yet.
pub struct Kernel {
    pub body: Box<Body>,
    pub regions: SmallVec<[Region; 1]>,
    /// Types of the arguments: buffers, then dims.
    pub args: Vec<Type>,
    /// Host extents for the dims.
    pub dims: Vec<Extent>,
    /// Buffer numbers that are read and that are written.
    pub reads: Vec<i64>,
    pub writes: Vec<i64>,
}

/// The flat buffer type of a tensor.
pub fn buffer_type(ctx: &Context, ty: Type) -> Option<Type> {
    let (shape, elem) = shaped(ctx, ty)?;
    let count = edge_ir::elements::count(shape).map_or(DYNAMIC, |n| n as i64);
    Some(ctx.memref(&[count], scalar_type(ctx, elem)))
}

/// Extents of the dims of each view, as far as linear positions need them.
struct Shapes {
    /// Nest-level extents by view, one per axis.
    extents: FxHashMap<Value, Vec<Extent>>,
    /// Values in the kernel for extents that are not constants.
    values: Vec<(Extent, Value)>,
}

/// Builds the kernel of a nest.
pub fn outline(ctx: &Context, host: &Body, nest: NestOp) -> Option<Kernel> {
    let data = host.op(nest.0);
    let (mut body, regions) = data.body()?.duplicate(ctx, data.regions());
    let block = body.region_first(*regions.first()?)?;
    let (ins, outs, dims) = nest.counts(ctx, host);
    let tensors: Vec<Value> = host.operands(nest.0).take(ins + outs).collect();
    let args = body.block_args(block).to_vec();
    let mut extents: Vec<Extent> = host.operands(nest.0).skip(ins + outs).map(|v| of_value(ctx, host, v)).collect();
    let mut shapes = Shapes { extents: FxHashMap::default(), values: vec![] };
    shapes.values.extend(extents.iter().cloned().zip(args[ins + outs..ins + outs + dims].iter().copied()));
    for (tensor, arg) in tensors.iter().zip(&args) {
        let rank = ctx.type_kind(host.ty(*tensor)).shape().map_or(0, <[i64]>::len);
        let axes: Vec<Extent> = (0..rank).map(|axis| of_axis(ctx, host, *tensor, axis)).collect();
        for extent in axes.iter().skip(1) {
            if !matches!(extent, Extent::Static(_)) && !shapes.values.iter().any(|(e, _)| e == extent) {
                let loc = host.op(nest.0).loc;
                let value = body.add_arg(block, ctx.index(), loc);
                shapes.values.push((extent.clone(), value));
                extents.push(extent.clone());
            }
        }
        shapes.extents.insert(*arg, axes);
    }
    linearise(ctx, &mut body, &regions, &mut shapes)?;
    for arg in args.iter().take(ins + outs) {
        let ty = buffer_type(ctx, body.ty(*arg))?;
        body.set_ty(*arg, ty);
    }
    let uses = |which: &dyn Fn(Op) -> Option<Value>| -> Vec<i64> {
        let used: Vec<Value> = body.all_ops(&regions).into_iter().filter_map(which).collect();
        (0..ins + outs).filter(|n| used.contains(&args[*n])).map(|n| n as i64).collect()
    };
    let updates = |op: Op| WriteOp::cast(ctx, &body, op).filter(|w| w.combine(ctx, &body).is_some()).map(|w| w.view(&body));
    let reads = uses(&|op| ReadOp::cast(ctx, &body, op).map(|r| r.view(&body)).or_else(|| updates(op)));
    let writes = uses(&|op| WriteOp::cast(ctx, &body, op).map(|w| w.view(&body)));
    let args = body.block_args(block).iter().map(|a| body.ty(*a)).collect();
    Some(Kernel { args, dims: extents, reads, writes, body, regions })
}

/// Makes accesses linear; `None` where a tile's shape is not known.
fn linearise(ctx: &Context, body: &mut Body, regions: &[Region], shapes: &mut Shapes) -> Option<()> {
    for op in body.all_ops(regions) {
        if body.name(ctx, op) == names::STAGE {
            let view = body.result(op, 0);
            let shape = shaped(ctx, body.ty(view))?.0.to_vec();
            if shape.contains(&DYNAMIC) {
                return None;
            }
            shapes.extents.insert(view, shape.into_iter().map(Extent::Static).collect());
        }
    }
    let ops = body.all_ops(regions);
    for op in &ops {
        if let Some(access) = AccessInfo::of(ctx, body, *op) {
            flatten(ctx, body, &access, shapes)?;
        }
    }
    for op in ops {
        if body.name(ctx, op) == names::STAGE {
            let view = body.result(op, 0);
            if let Some(ty) = buffer_type(ctx, body.ty(view)) {
                body.set_ty(view, ty);
            }
        }
    }
    Some(())
}

/// Gives an access one position; `None` where an extent that it moves by is not known.
fn flatten(ctx: &Context, body: &mut Body, access: &AccessInfo<'_>, shapes: &Shapes) -> Option<()> {
    let mut m = MapBuilder::default();
    let dims: Vec<AffineExpr> = access.operands[..access.dims].iter().map(|v| m.dim(ctx, *v)).collect();
    let syms: Vec<AffineExpr> = access.operands[access.dims..].iter().map(|v| m.sym(ctx, *v)).collect();
    let place = |e: &AffineExpr| ctx.substitute(*e, &dims, &syms);
    let extents = shapes.extents.get(&access.view)?;
    let mut stride = ctx.cst(1);
    let mut sum = ctx.cst(0);
    for (n, e) in access.results.iter().enumerate().rev() {
        sum = ctx.add(ctx.mul(place(e), stride), sum);
        if n == 0 {
            break;
        }
        let extent = match extents.get(n)? {
            Extent::Static(d) => ctx.cst(*d),
            extent => m.sym(ctx, shapes.values.iter().find(|(known, _)| known == extent)?.1),
        };
        stride = ctx.mul(stride, extent);
    }
    let sum = simplify(ctx, sum);
    let guard: Vec<(AffineExpr, bool)> = access.guard.iter().map(|(e, eq)| (simplify(ctx, place(e)), *eq)).collect();
    rebuild_access(ctx, body, access, &m, &[sum], &guard);
    Some(())
}

/// Replaces map, guard and index operands of a read or write.
pub fn rebuild_access(
    ctx: &Context,
    body: &mut Body,
    access: &AccessInfo<'_>,
    m: &MapBuilder,
    index: &[AffineExpr],
    guard: &[(AffineExpr, bool)],
) {
    let op = access.op;
    let other = ReadOp::cast(ctx, body, op).and_then(|r| r.other(ctx, body));
    let value = WriteOp::cast(ctx, body, op).map(|w| w.value(body));
    let (m, index, guard) = compact(ctx, m, index, guard);
    let indices: Vec<Value> = m.operands().collect();
    let map = m.map(ctx, &index);
    let set = (!guard.is_empty()).then(|| m.set(ctx, &guard));
    let sizes = value.is_none().then(|| ctx.i32_array(&[1, indices.len() as i32, other.is_some() as i32]));
    let operands: Vec<Value> = value.into_iter().chain([access.view]).chain(indices).chain(other).collect();
    body.set_operands(op, &operands);
    let data = body.op_mut(op);
    data.set_attr(ctx, "map", Some(map));
    data.set_attr(ctx, "guard", set);
    if sizes.is_some() {
        data.set_attr(ctx, "operandSegmentSizes", sizes);
    }
}

/// What makes two kernels one: operations, attributes, operands by number, types; not locations.
pub fn fingerprint(body: &Body, regions: &[Region], args: &[Type]) -> Vec<u64> {
    let mut key: Vec<u64> = args.iter().map(|t| hash(t)).collect();
    let mut numbers: FxHashMap<Value, u64> = FxHashMap::default();
    for region in regions {
        print_region(body, *region, &mut numbers, &mut key);
    }
    key
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    use std::hash::BuildHasher;
    rustc_hash::FxBuildHasher.hash_one(value)
}

fn print_region(body: &Body, region: Region, numbers: &mut FxHashMap<Value, u64>, key: &mut Vec<u64>) {
    for block in body.blocks(region) {
        key.push(u64::MAX);
        for arg in body.block_args(block) {
            let next = numbers.len() as u64;
            numbers.insert(*arg, next);
            key.push(hash(&body.ty(*arg)));
        }
        for op in body.block_ops(block) {
            let data = body.op(op);
            key.push(hash(&(data.name, data.prop_slots(), data.discardable(), data.raw_props())));
            key.extend(body.operands(op).map(|v| numbers.get(&v).copied().unwrap_or(u64::MAX)));
            for result in data.results() {
                let next = numbers.len() as u64;
                numbers.insert(*result, next);
                key.push(hash(&body.ty(*result)));
            }
            for region in data.regions() {
                print_region(body, *region, numbers, key);
            }
            key.push(u64::MAX - 1);
        }
    }
}
