//! Kernels for Vulkan: each point of the leading parallel loops is one invocation of a scalar body.
//!
//! One storage buffer for each buffer, in order; the last binding holds the number of points and then the extents, as 32-bit
//! integers. Invocation `(group.y * groups.x + group.x) * workgroup + local` executes the point of that number.

use super::cpu::{Source, expander, parallel_levels};
use super::deps::Analysis;
use super::emit::{Compare, Emit, dialect_attr};
use super::legal::Schedule;
use super::poly::Poly;
use super::{Problem, Style, source};
use edge_ir::types::DYNAMIC;
use edge_ir::{AttrKind, Builder, Context, Op, OpData, OpState, Type, TypeKind, Value};

/// Bytes of private memory that the tiles of one invocation may take.
const TILE_BYTES: i64 = 16 << 10;

/// Makes `gpu.module @NAME` with the kernels where the builder stands.
///
/// # Errors
/// Where a kernel is malformed, or holds what has no code on Vulkan.
pub fn insert(b: &mut Builder<'_>, name: &str, kernels: &[&OpData], workgroup: u32) -> Result<(), Problem> {
    let ctx = b.ctx;
    let mut body = edge_ir::Body::new();
    let region = body.new_region();
    let block = body.add_block(region);
    for kernel in kernels {
        let source = Source::of(ctx, kernel)?;
        function(&mut Builder::at_end(ctx, &mut body, block, source.loc), &source, workgroup)?;
    }
    b.op("gpu.module").prop("sym_name", ctx.str_attr(name)).isolated(body, &[region]).build();
    Ok(())
}

fn storage(ctx: &Context, size: i64, elem: Type) -> Type {
    let space = dialect_attr(ctx, "spirv.storage_class<StorageBuffer>");
    ctx.ty(TypeKind::MemRef { shape: &[size], elem, layout: None, space: Some(space) })
}

fn function(b: &mut Builder<'_>, source: &Source<'_>, workgroup: u32) -> Result<Op, Problem> {
    let ctx = b.ctx;
    let analysis = Analysis::of(ctx, source.body, source.block)?;
    let schedule = Schedule::of(ctx, source.body, source.block, &analysis);
    let mut inputs = Vec::new();
    for arg in &source.args[..source.buffers] {
        let (elem, size) = source::buffer(ctx, source.body.ty(*arg)).unwrap_or((ctx.int(8), DYNAMIC));
        inputs.push(storage(ctx, size, source::stored(ctx, elem)));
    }
    inputs.push(storage(ctx, DYNAMIC, ctx.i32()));
    let mut emit = Emit::new(ctx, &inputs, source.loc);
    let numbers = emit.arg(source.buffers);
    let total = number(&mut emit, numbers, 0);
    let extents: Vec<Value> = (source.buffers..source.args.len()).map(|i| number(&mut emit, numbers, i - source.buffers + 1)).collect();
    let point = point(&mut emit, workgroup);
    let inside = emit.compare(Compare::Slt, point, total);
    let branch = emit.open_if(inside, &[], false);
    let space = Some(dialect_attr(ctx, "spirv.storage_class<Function>"));
    let style = Style { contract: false, tile_bytes: TILE_BYTES, tile_space: space };
    let mut e = expander(emit, source, &analysis, &schedule, &style, extents);
    e.buffers = (0..source.buffers).map(|i| (source.args[i], e.emit.arg(i))).collect();
    let levels = parallel_levels(&mut e, source.block)?;
    match levels.last() {
        None => e.block(source.block)?,
        Some(last) => {
            let block = last.l.block;
            let places = e.delinearise(&levels, Poly::scalar(point));
            e.nest(&levels, &places, &mut |e| e.block(block))?;
        }
    }
    let mut emit = e.emit;
    emit.close_if(branch, &[]);
    emit.loc = source.loc;
    emit.op("gpu.return", &[], &[], &[]);
    Ok(place(b, source, &inputs, workgroup, emit))
}

/// The function itself: its name and marks are discardable attributes.
fn place(b: &mut Builder<'_>, source: &Source<'_>, inputs: &[Type], workgroup: u32, emit: Emit<'_>) -> Op {
    let ctx = b.ctx;
    let mut state = OpState::new(ctx.ident("gpu.func"), source.loc);
    state.props.push((ctx.ident("function_type"), ctx.type_attr(ctx.function_type(inputs, &[]))));
    let abi = format!("spirv.entry_point_abi<workgroup_size = [{workgroup}, 1, 1]>");
    let attrs = [
        ("gpu.kernel", ctx.unit()),
        ("spirv.entry_point_abi", dialect_attr(ctx, &abi)),
        ("sym_name", ctx.str_attr(&source.name)),
        ("workgroup_attributions", ctx.i64_attr(0)),
    ];
    let entries: Vec<_> = attrs.iter().map(|(k, v)| (ctx.ident(k), *v)).collect();
    state.attrs = Some(ctx.dict_attr(&entries));
    state.body = Some((Box::new(emit.body), smallvec::smallvec![emit.region]));
    b.create(state)
}

fn number(emit: &mut Emit<'_>, numbers: Value, at: usize) -> Value {
    let (i32, index) = (emit.ctx.i32(), emit.ctx.index());
    let at = emit.index(at as i64);
    let raw = emit.value("memref.load", &[numbers, at], &[], i32);
    let value = emit.pure("arith.index_cast", &[raw], &[], index);
    emit.set_nonnegative(value);
    value
}

/// The number of the point that this invocation executes.
fn point(emit: &mut Emit<'_>, workgroup: u32) -> Value {
    let index = emit.ctx.index();
    let id = |emit: &mut Emit<'_>, name: &str, dim: &str| {
        let dim = emit.ctx.attr(AttrKind::Dialect { name: emit.ctx.ident("gpu.dim"), params: &[edge_ir::Param::Int(dimension(dim))] });
        let value = emit.pure(name, &[], &[("dimension", dim)], index);
        emit.set_nonnegative(value);
        value
    };
    let (lane, x, y) = (id(emit, "gpu.thread_id", "x"), id(emit, "gpu.block_id", "x"), id(emit, "gpu.block_id", "y"));
    let groups = id(emit, "gpu.grid_dim", "x");
    let row = emit.nsw("arith.muli", y, groups);
    let group = emit.nsw("arith.addi", row, x);
    let size = emit.index(workgroup as i64);
    let first = emit.nsw("arith.muli", group, size);
    let point = emit.nsw("arith.addi", first, lane);
    emit.set_nonnegative(point);
    point
}

fn dimension(name: &str) -> i64 {
    match name {
        "x" => 0,
        "y" => 1,
        _ => 2,
    }
}
