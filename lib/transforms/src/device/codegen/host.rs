//! The host function: launches in order, on buffers at offsets of the arena, through the C ABI of a program.

use super::cpu::{element, function, load};
use super::emit::Emit;
use super::{Function, Problem, dialect_type};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Context, Ident, Op, OpData, Type, Value};
use rustc_hash::FxHashMap;

/// Points that one call of each kernel should take at least.
pub type Grains = FxHashMap<String, i64>;

/// The module's devices: `edge.devices`.
#[derive(Default)]
pub struct Devices {
    /// Name and target of each.
    list: Vec<(String, String)>,
}

impl Devices {
    pub fn of(ctx: &Context, module: &OpData) -> Self {
        let entry = |dict: &Attr, name: &str| {
            let key = ctx.ident(name);
            let found = ctx.dict_entries(*dict).iter().find(|e| e.0 == key).and_then(|e| ctx.as_str(e.1));
            found.unwrap_or_default().to_owned()
        };
        let devices = module.attr(ctx, "edge.devices").and_then(|a| ctx.as_array(a)).unwrap_or_default();
        Devices { list: devices.iter().map(|d| (entry(d, "name"), entry(d, "target"))).collect() }
    }
    /// Whether a kernel or launch is placed on a Vulkan device.
    pub fn is_vulkan(&self, ctx: &Context, op: &OpData) -> bool {
        let name = ["device", "edge.device"].iter().find_map(|a| ctx.as_str(op.attr(ctx, a)?)).unwrap_or_default();
        match self.list.iter().find(|(device, _)| device == name) {
            Some((_, target)) => target.starts_with("vulkan"),
            None => name.starts_with("vulkan"),
        }
    }
}

/// A host function being lowered.
struct Host<'a, 'c> {
    emit: Emit<'c>,
    source: &'a edge_ir::Body,
    grains: &'a Grains,
    /// Addresses of buffers, and numbers.
    values: FxHashMap<Value, Value>,
    /// Space for the arguments of one launch.
    bufs: Value,
    extents: Value,
    /// The function that launches; it carries the program's name, as two programs may be linked into one.
    launcher: String,
}

/// What a launch needs most: buffers and extents. A launch whose sizes are wrong is told of where it is lowered.
fn largest(ctx: &Context, source: &edge_ir::Body, ops: &[Op]) -> (i64, i64) {
    let launches = ops.iter().filter(|op| source.name(ctx, **op) == "device.launch");
    let sizes = launches.filter_map(|op| super::source::segments::<3>(ctx, source, *op));
    sizes.fold((1, 1), |(b, d), [bufs, extents, _]| (b.max(bufs as i64), d.max(extents as i64)))
}

/// Lowers a host function to `NAME_run`, `NAME_arena_bytes` and the helper that launches. `None` where the function is not the host
/// function of a device program, or its program runs on more than the CPU: then a manifest lists its steps.
///
/// # Errors
/// Where it holds what has no code.
pub fn lower(ctx: &Context, op: &OpData, name: &str, grains: &Grains, devices: &Devices) -> Result<Option<Vec<Function>>, Problem> {
    let Some((source, block)) = op.body().zip(op.entry()) else { return Ok(None) };
    let ops: Vec<Op> = source.block_ops(block).collect();
    let is_host = op.attr(ctx, "edge.inputs").is_some() || ops.iter().any(|o| source.name(ctx, *o) == "device.launch");
    let elsewhere = ops.iter().any(|o| source.name(ctx, *o) == "device.launch" && devices.is_vulkan(ctx, source.op(*o)));
    if !is_host || elsewhere {
        return Ok(None);
    }
    let name = if name.is_empty() { op.symbol_name(ctx).unwrap_or("main") } else { name };
    let (ptr, i32) = (dialect_type(ctx, "llvm.ptr"), ctx.i32());
    let inputs = vec![ptr; 6];
    let mut emit = Emit::new(ctx, &inputs, op.loc);
    let (most, extents) = largest(ctx, source, &ops);
    let [bufs, extents] = [(most, ptr), (extents, ctx.i64())].map(|(count, ty)| {
        let count = emit.int(count, ctx.i64());
        emit.value("llvm.alloca", &[count], &[("elem_type", ctx.type_attr(ty))], ptr)
    });
    let launch = format!("{name}_launch");
    let mut host = Host { emit, source, grains, values: FxHashMap::default(), bufs, extents, launcher: launch.clone() };
    host.arguments(op, source.block_args(block))?;
    for op in ops {
        host.emit.loc = source.op(op).loc;
        host.operation(op)?;
    }
    let mut emit = host.emit;
    let zero = emit.int(0, i32);
    emit.op("func.return", &[zero], &[], &[]);
    let run = function(format!("{name}_run"), inputs, vec![i32], emit, false);
    Ok(Some(vec![run, arena_bytes(ctx, op, name), launcher(ctx, op, launch)]))
}

/// Static bytes of the arenas, in the order of the spaces.
fn arena_bytes(ctx: &Context, op: &OpData, name: &str) -> Function {
    let ptr = dialect_type(ctx, "llvm.ptr");
    let mut emit = Emit::new(ctx, &[ptr], op.loc);
    let spaces: &[(Ident, Attr)] = op.attr(ctx, "edge.arena").map_or(&[], |a| ctx.dict_entries(a));
    let bytes = spaces.iter().filter_map(|e| ctx.as_int(e.1)).sum();
    let i64 = ctx.i64();
    let dims = emit.arg(0);
    // A dynamic program states its arena as an affine map of the dims.
    let map = spaces.iter().find_map(|e| ctx.as_map(e.1));
    let total = match map {
        None => emit.int(bytes, i64),
        Some(map) => {
            let mut operands = Vec::new();
            for i in 0..(map.dims + map.syms) as usize {
                let raw = load(&mut emit, dims, i, i64);
                let index = emit.pure("arith.index_cast", &[raw], &[], ctx.index());
                emit.set_nonnegative(index);
                operands.push(super::poly::Poly::scalar(index));
            }
            let p = map.results.first().map(|e| emit.affine(*e, &operands, map.dims, 1)).unwrap_or_default();
            let index = emit.scalar(&p);
            emit.cast_index(index, i64)
        }
    };
    emit.op("func.return", &[total], &[], &[]);
    function(format!("{name}_arena_bytes"), vec![ptr], vec![i64], emit, false)
}

impl Host<'_, '_> {
    /// Arguments in order: inputs, outputs, weights, arenas, dims.
    fn arguments(&mut self, op: &OpData, args: &[Value]) -> Result<(), Problem> {
        let ctx = self.emit.ctx;
        let ptr = dialect_type(ctx, "llvm.ptr");
        let count = |name: &str| op.attr(ctx, name).and_then(|a| ctx.as_array(a)).map_or(0, <[Attr]>::len);
        let (inputs, outputs) = (count("edge.inputs"), count("edge.outputs"));
        let buffers = args.iter().take_while(|a| self.source.ty(**a) != ctx.index()).count();
        let [weights, ins, outs, dims, arena] = [1, 2, 3, 4, 5].map(|i| self.emit.arg(i));
        if buffers < inputs + outputs {
            return Err(Problem::malformed(op.loc, "a host function with fewer buffers than inputs and outputs".into()));
        }
        for (i, arg) in args.iter().enumerate() {
            let value = match i {
                _ if i < inputs => load(&mut self.emit, ins, i, ptr),
                _ if i < inputs + outputs => load(&mut self.emit, outs, i - inputs, ptr),
                _ if i == inputs + outputs && i < buffers => weights,
                _ if i < buffers => arena,
                _ => {
                    let raw = load(&mut self.emit, dims, i - buffers, ctx.i64());
                    self.emit.pure("arith.index_cast", &[raw], &[], ctx.index())
                }
            };
            self.values.insert(*arg, value);
        }
        Ok(())
    }
    fn get(&self, value: Value) -> Result<Value, Problem> {
        let missing = || Problem::malformed(self.emit.loc, "a value of the host function that has no address".into());
        self.values.get(&value).copied().ok_or_else(missing)
    }
    fn operation(&mut self, op: Op) -> Result<(), Problem> {
        let ctx = self.emit.ctx;
        match self.source.name(ctx, op) {
            "device.slice" => self.slice(op),
            "device.launch" => self.launch(op),
            "device.wait" | "func.return" => Ok(()),
            "device.copy" => self.copy(op),
            _ if self.source.op(op).regions().is_empty() => self.scalar(op),
            name => Err(Problem::unsupported(self.emit.loc, format!("`{name}` has no lowering in a host function"))),
        }
    }
    fn scalar(&mut self, op: Op) -> Result<(), Problem> {
        let operands = self.source.operands(op).map(|v| self.get(v)).collect::<Result<Vec<_>, _>>()?;
        let types: Vec<Type> = self.source.op(op).results().iter().map(|r| self.source.ty(*r)).collect();
        let attrs = super::source::attributes(self.emit.ctx, self.source, op);
        let new = self.emit.copy(self.source.op(op).name, &operands, &attrs, &types);
        for (old, new) in self.source.op(op).results().iter().zip(self.emit.body.op(new).results().to_vec()) {
            self.values.insert(*old, new);
        }
        Ok(())
    }
    fn slice(&mut self, op: Op) -> Result<(), Problem> {
        let ctx = self.emit.ctx;
        let ptr = dialect_type(ctx, "llvm.ptr");
        let operands: Vec<Value> = self.source.operands(op).collect();
        let buffer = self.get(operands[0])?;
        let offset = self.source.op(op).attr(ctx, "static_offset").and_then(|a| ctx.as_int(a)).filter(|o| *o != DYNAMIC);
        let i8 = ctx.type_attr(ctx.int(8));
        let address = match (offset, operands.get(1)) {
            (Some(0), _) => buffer,
            (Some(offset), _) if i32::try_from(offset).is_ok() => element(&mut self.emit, buffer, offset as i32, ctx.int(8)),
            (offset, given) => {
                let at = match (offset, given) {
                    (Some(offset), _) => self.emit.int(offset, ctx.i64()),
                    (None, Some(given)) => {
                        let given = self.get(*given)?;
                        self.emit.cast_index(given, ctx.i64())
                    }
                    _ => return Err(Problem::malformed(self.emit.loc, "`device.slice` lacks its offset".into())),
                };
                let props = [("rawConstantIndices", ctx.i32_array(&[i32::MIN])), ("elem_type", i8)];
                self.emit.value("llvm.getelementptr", &[buffer, at], &props, ptr)
            }
        };
        self.values.insert(self.source.result(op, 0), address);
        Ok(())
    }
    fn launch(&mut self, op: Op) -> Result<(), Problem> {
        let ctx = self.emit.ctx;
        let wrong = |what: &str| Problem::malformed(self.emit.loc, format!("`device.launch` {what}"));
        let sizes = super::source::segments::<3>(ctx, self.source, op).ok_or_else(|| wrong("has wrong segment sizes"))?;
        let kernel = self.source.op(op).attr(ctx, "kernel").and_then(|a| ctx.as_symbol(a)).ok_or_else(|| wrong("names no kernel"))?;
        let operands: Vec<Value> = self.source.operands(op).collect();
        let (ptr, i64) = (dialect_type(ctx, "llvm.ptr"), ctx.i64());
        for (i, buffer) in operands[..sizes[0]].iter().enumerate() {
            let address = self.get(*buffer)?;
            self.store(address, self.bufs, i, ptr);
        }
        for (i, extent) in operands[sizes[0]..sizes[0] + sizes[1]].iter().enumerate() {
            let extent = self.get(*extent)?;
            let extent = self.emit.cast_index(extent, i64);
            self.store(extent, self.extents, i, i64);
        }
        let callee = ctx.symbol_attr(&format!("{kernel}_total"));
        let total = self.emit.value("func.call", &[self.extents], &[("callee", callee)], i64);
        let grain = self.emit.int(self.grains.get(kernel).copied().unwrap_or(1), i64);
        let ty = ctx.function_type(&[ptr, ptr, i64, i64], &[]);
        let pointer = self.emit.pure("func.constant", &[], &[("value", ctx.symbol_attr(kernel))], ty);
        let pointer = self.emit.pure("builtin.unrealized_conversion_cast", &[pointer], &[], ptr);
        let operands = [self.emit.arg(0), pointer, self.bufs, self.extents, total, grain];
        self.emit.op("func.call", &operands, &[("callee", ctx.symbol_attr(&self.launcher))], &[]);
        Ok(())
    }
    fn store(&mut self, value: Value, base: Value, i: usize, ty: Type) {
        let at = if i == 0 { base } else { element(&mut self.emit, base, i as i32, ty) };
        self.emit.op("llvm.store", &[value, at], &[], &[]);
    }
    fn copy(&mut self, op: Op) -> Result<(), Problem> {
        let ctx = self.emit.ctx;
        let operands: Vec<Value> = self.source.operands(op).collect();
        let (from, to) = (self.get(operands[0])?, self.get(operands[1])?);
        let shaped = super::source::buffer(ctx, self.source.ty(operands[0])).filter(|b| b.1 != DYNAMIC);
        let bytes = shaped.and_then(|(elem, n)| Some(ctx.byte_size(elem)? as i64 * n));
        let bytes = bytes.ok_or_else(|| Problem::unsupported(self.emit.loc, "a copy of a size that is not fixed"))?;
        let bytes = self.emit.int(bytes, ctx.i64());
        self.emit.op("llvm.intr.memcpy", &[to, from, bytes], &[("isVolatile", ctx.bool_attr(false))], &[]);
        Ok(())
    }
}

/// `NAME_launch`: through the host's `parallel_for`, or all points at once where there is none.
fn launcher(ctx: &Context, op: &OpData, name: String) -> Function {
    let (ptr, i64, i1) = (dialect_type(ctx, "llvm.ptr"), ctx.i64(), ctx.i1());
    let inputs = vec![ptr, ptr, ptr, ptr, i64, i64];
    let mut emit = Emit::new(ctx, &inputs, op.loc);
    let [host, kernel, bufs, dims, total, grain] = [0, 1, 2, 3, 4, 5].map(|i| emit.arg(i));
    let null = emit.pure("llvm.mlir.zero", &[], &[], ptr);
    let eq = ctx.i64_attr(0);
    let alone = emit.value("llvm.icmp", &[host, null], &[("predicate", eq)], i1);
    let branch = emit.open_if(alone, &[], true);
    let zero = emit.int(0, i64);
    call(&mut emit, &[kernel, bufs, dims, zero, total]);
    emit.open_else(branch, &[]);
    let context = load(&mut emit, host, 0, ptr);
    let parallel_for = load(&mut emit, host, 1, ptr);
    call(&mut emit, &[parallel_for, context, kernel, bufs, dims, total, grain]);
    emit.close_if(branch, &[]);
    emit.op("func.return", &[], &[], &[]);
    function(name, inputs, vec![], emit, true)
}

/// An indirect call: the function, then its operands.
fn call(emit: &mut Emit<'_>, operands: &[Value]) {
    let sizes = emit.ctx.i32_array(&[operands.len() as i32, 0]);
    let none = emit.ctx.i32_array(&[]);
    emit.op("llvm.call", operands, &[("operandSegmentSizes", sizes), ("op_bundle_sizes", none)], &[]);
}

