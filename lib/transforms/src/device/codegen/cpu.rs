//! Kernels for a CPU: the entry of the C ABI, and a private body that gets each buffer as a pointer of its own.

use super::deps::Analysis;
use super::emit::Emit;
use super::grid::{Elem, Expander};
use super::legal::Schedule;
use super::points::Level;
use super::poly::Poly;
use super::{Function, Problem, Style, dialect_type, source};
use edge_ir::{Attr, Body, Context, Loc, OpData, Type, Value};

/// What a kernel became.
pub struct Kernel {
    pub entry: Function,
    pub body: Function,
    /// `@NAME_total(dims) -> i64`: the points of the parallel range.
    pub total: Function,
    /// Points that one call should take at least.
    pub grain: i64,
    /// Wishes of the schedule that could not be granted: where, and why.
    pub refused: Vec<(Loc, &'static str)>,
}

/// A kernel as it stands at the device level.
pub struct Source<'a> {
    pub body: &'a Body,
    pub block: edge_ir::Block,
    pub name: String,
    pub loc: Loc,
    /// Buffers first, then extents.
    pub args: Vec<Value>,
    pub buffers: usize,
    /// Numbers of the buffers that are written.
    pub writes: Vec<i64>,
}

impl<'a> Source<'a> {
    pub fn of(ctx: &Context, op: &'a OpData) -> Result<Self, Problem> {
        let wrong = |what: &str| Problem::malformed(op.loc, format!("a kernel {what}"));
        let name = op.symbol_name(ctx).ok_or_else(|| wrong("without a name"))?.to_owned();
        let (body, block) = op.body().zip(op.entry()).ok_or_else(|| wrong("without a body"))?;
        let args = body.block_args(block).to_vec();
        let buffers = args.iter().take_while(|a| source::buffer(ctx, body.ty(**a)).is_some()).count();
        if args[buffers..].iter().any(|a| body.ty(*a) != ctx.index()) {
            return Err(wrong("takes something else than 1-D buffers and then extents"));
        }
        let writes = op.attr(ctx, "writes").and_then(|a| ctx.as_ints(a)).unwrap_or_else(|| (0..buffers as i64).collect());
        Ok(Source { body, block, name, loc: op.loc, args, buffers, writes })
    }
}

const MEMREF: &str = "llvm.struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>";

/// Lowers a kernel.
///
/// # Errors
/// Where the kernel is malformed, or holds what cannot be compiled.
pub fn kernel(ctx: &Context, op: &OpData, style: &Style) -> Result<Kernel, Problem> {
    let source = Source::of(ctx, op)?;
    let analysis = Analysis::of(ctx, source.body, source.block)?;
    let schedule = Schedule::of(ctx, source.body, source.block, &analysis);
    let body_name = format!("{}_body", source.name);
    let body = body(ctx, &source, &analysis, &schedule, style, &body_name)?;
    let total = total(ctx, &source, &analysis, &schedule, style)?;
    let entry = entry(ctx, &source, &body);
    let outermost = source.body.block_ops(source.block).find_map(|op| analysis.loops.get(&op));
    let grain = outermost.and_then(|l| l.grain).unwrap_or(1).max(1);
    let refused = schedule.refused.iter().map(|(op, why)| (source.body.op(*op).loc, *why)).collect();
    Ok(Kernel { entry, body, total, grain, refused })
}

/// An expander at the start of a function with the given extents.
pub fn expander<'a, 'c>(
    emit: Emit<'c>,
    source: &'a Source<'_>,
    analysis: &'a Analysis,
    schedule: &'a Schedule,
    style: &'a Style,
    extents: Vec<Value>,
) -> Expander<'a, 'c> {
    let mut new = Expander {
        emit,
        source: source.body,
        analysis,
        schedule,
        style,
        axes: vec![],
        map: Default::default(),
        buffers: Default::default(),
        tiles: Default::default(),
        fused: Default::default(),
        chains: Default::default(),
        tile_bytes: 0,
    };
    for (arg, extent) in source.args[source.buffers..].iter().zip(extents) {
        new.emit.set_nonnegative(extent);
        new.set(*arg, 0, vec![Elem::Index(Poly::scalar(extent))]);
    }
    new
}

/// Parallel loops make up the points.
pub fn parallel_levels(expander: &mut Expander<'_, '_>, block: edge_ir::Block) -> Result<Vec<Level>, Problem> {
    expander.levels(block, &|l| l.parallel)
}

fn body(ctx: &Context, source: &Source<'_>, analysis: &Analysis, schedule: &Schedule, style: &Style, name: &str) -> Result<Function, Problem> {
    let (ptr, i64) = (dialect_type(ctx, "llvm.ptr"), ctx.i64());
    let extents = source.args.len() - source.buffers;
    let mut inputs = vec![ptr; source.buffers];
    inputs.extend(std::iter::repeat_n(i64, extents + 2));
    let mut emit = Emit::new(ctx, &inputs, source.loc);
    let index = ctx.index();
    let numbers: Vec<Value> =
        (source.buffers..inputs.len()).map(|i| emit.arg(i)).collect::<Vec<_>>().into_iter().map(|v| emit.pure("arith.index_cast", &[v], &[], index)).collect();
    let (begin, end) = (numbers[extents], numbers[extents + 1]);
    let buffers: Vec<Value> = (0..source.buffers).map(|i| memref(&mut emit, source, i)).collect();
    let mut expander = expander(emit, source, analysis, schedule, style, numbers[..extents].to_vec());
    expander.buffers = source.args.iter().copied().zip(buffers).collect();
    expander.emit.set_nonnegative(begin);
    expander.emit.set_nonnegative(end);
    let levels = parallel_levels(&mut expander, source.block)?;
    match levels.is_empty() {
        true => expander.block(source.block)?,
        false => expander.points(&levels, begin, end)?,
    }
    let mut emit = expander.emit;
    emit.loc = source.loc;
    emit.op("func.return", &[], &[], &[]);
    let (noalias, readonly) = (ctx.ident("llvm.noalias"), ctx.ident("llvm.readonly"));
    let attrs = |i: usize| -> Attr {
        let mut entries = vec![];
        if i < source.buffers {
            entries.push((noalias, ctx.unit()));
            if !source.writes.contains(&(i as i64)) {
                entries.push((readonly, ctx.unit()));
            }
        }
        ctx.dict_attr(&entries)
    };
    let arg_attrs = (0..inputs.len()).map(attrs).collect();
    let (body, region) = (emit.body, emit.region);
    Ok(Function { op: "func.func", name: name.into(), inputs, results: vec![], arg_attrs, private: true, body, region, loc: source.loc })
}

/// A pointer as the memref of a buffer.
fn memref(emit: &mut Emit<'_>, source: &Source<'_>, i: usize) -> Value {
    let ctx = emit.ctx;
    let descriptor = dialect_type(ctx, MEMREF);
    let poison = emit.pure("llvm.mlir.poison", &[], &[], descriptor);
    let pointer = emit.arg(i);
    let filled = emit.pure("llvm.insertvalue", &[poison, pointer], &[("position", ctx.i64_array(&[1]))], descriptor);
    let (elem, size) = source::buffer(ctx, source.body.ty(source.args[i])).unwrap_or((ctx.int(8), edge_ir::types::DYNAMIC));
    let ty = ctx.memref(&[size], source::stored(ctx, elem));
    emit.value("builtin.unrealized_conversion_cast", &[filled], &[], ty)
}

fn entry(ctx: &Context, source: &Source<'_>, body: &Function) -> Function {
    let (ptr, i64) = (dialect_type(ctx, "llvm.ptr"), ctx.i64());
    let inputs = vec![ptr, ptr, i64, i64];
    let mut emit = Emit::new(ctx, &inputs, source.loc);
    let (bufs, dims) = (emit.arg(0), emit.arg(1));
    let mut operands: Vec<Value> = (0..source.buffers).map(|i| load(&mut emit, bufs, i, ptr)).collect();
    operands.extend((source.buffers..source.args.len()).map(|i| load(&mut emit, dims, i - source.buffers, i64)));
    operands.extend([emit.arg(2), emit.arg(3)]);
    emit.op("func.call", &operands, &[("callee", ctx.symbol_attr(&body.name))], &[]);
    emit.op("func.return", &[], &[], &[]);
    function(source.name.clone(), inputs, vec![], emit, false)
}

/// A function whose body is complete.
pub fn function(name: String, inputs: Vec<Type>, results: Vec<Type>, emit: Emit<'_>, private: bool) -> Function {
    let loc = emit.loc;
    Function { op: "func.func", name, inputs, results, arg_attrs: vec![], private, body: emit.body, region: emit.region, loc }
}

/// Element `i` of an array in memory.
pub fn load(emit: &mut Emit<'_>, base: Value, i: usize, ty: Type) -> Value {
    let at = if i == 0 { base } else { element(emit, base, i as i32, ty) };
    emit.value("llvm.load", &[at], &[], ty)
}

/// The address of element `i` of an array of `ty`.
pub fn element(emit: &mut Emit<'_>, base: Value, i: i32, ty: Type) -> Value {
    let ctx = emit.ctx;
    let props = [("rawConstantIndices", ctx.i32_array(&[i])), ("elem_type", ctx.type_attr(ty))];
    emit.value("llvm.getelementptr", &[base], &props, dialect_type(ctx, "llvm.ptr"))
}

fn total(ctx: &Context, source: &Source<'_>, analysis: &Analysis, schedule: &Schedule, style: &Style) -> Result<Function, Problem> {
    let (ptr, i64) = (dialect_type(ctx, "llvm.ptr"), ctx.i64());
    let mut emit = Emit::new(ctx, &[ptr], source.loc);
    let dims = emit.arg(0);
    let index = ctx.index();
    let mut extents = Vec::new();
    for i in 0..source.args.len() - source.buffers {
        let raw = load(&mut emit, dims, i, i64);
        extents.push(emit.pure("arith.index_cast", &[raw], &[], index));
    }
    let mut expander = expander(emit, source, analysis, schedule, style, extents);
    let levels = parallel_levels(&mut expander, source.block)?;
    let total = expander.total(&levels);
    let mut emit = expander.emit;
    let total = emit.cast_index(total, i64);
    emit.op("func.return", &[total], &[], &[]);
    Ok(function(format!("{}_total", source.name), vec![ptr], vec![i64], emit, false))
}
