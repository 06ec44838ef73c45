//! The manifest of a program, read off its device level.

use crate::{Error, Plan};
use edge_ir::types::DYNAMIC;
use edge_ir::{AffineExpr, AffineKind, Attr, Body, Context, Module, Op, OpData, Type, TypeKind, Value, ValueDef};
use edge_runtime::manifest::{
    Arena, Base, BufferRef, Copy, Device, Dim, KernelInfo, Kind, Launch, Port, Step, VERSION, Weight, WeightsInfo,
};
use edge_runtime::{Expr, Manifest, Op as ExprOp};
use edge_transforms::loop_ir::{Bound, ForOp};
use rustc_hash::FxHashMap;

/// The host function and the kernels of a module at the device level.
pub struct Program<'m> {
    pub ctx: &'m Context,
    pub body: &'m Body,
    pub function: &'m OpData,
    pub kernels: Vec<&'m OpData>,
}

impl<'m> Program<'m> {
    pub fn of(ctx: &'m Context, module: &'m Module) -> Result<Program<'m>, Error> {
        let (Some(body), Some(block)) = (module.op().body(), module.op().entry()) else {
            return Err(Error::new("COMPILE-LEVEL", "an empty module"));
        };
        let ops: Vec<&OpData> = body.block_ops(block).map(|op| body.op(op)).collect();
        let named = |name: &str| ops.iter().copied().filter(|d| ctx.str(d.name) == name).collect::<Vec<_>>();
        let functions: Vec<&OpData> = named("func.func").into_iter().filter(|f| f.attr(ctx, "edge.inputs").is_some()).collect();
        let [function] = functions[..] else {
            let message = "the module is not at the device level: it has no host function with buffers";
            return Err(Error::new("COMPILE-LEVEL", message));
        };
        let inner = function.body().ok_or_else(|| Error::new("COMPILE-LEVEL", "the host function has no body"))?;
        Ok(Program { ctx, body: inner, function, kernels: named("device.kernel") })
    }

    fn list(&self, name: &str) -> &'m [Attr] {
        self.function.attr(self.ctx, name).and_then(|a| self.ctx.as_array(a)).unwrap_or(&[])
    }

    fn field(&self, dict: Attr, name: &str) -> Option<Attr> {
        self.ctx.dict_entries(dict).iter().find(|(k, _)| self.ctx.str(*k) == name).map(|(_, v)| *v)
    }

    fn text(&self, dict: Attr, name: &str) -> String {
        self.field(dict, name).and_then(|a| self.ctx.as_str(a)).unwrap_or_default().to_owned()
    }

    fn int(&self, dict: Attr, name: &str) -> i64 {
        self.field(dict, name).and_then(|a| self.ctx.as_int(a)).unwrap_or(0)
    }

    /// Constants with their offsets in the blob.
    pub fn weights(&self) -> Vec<(Attr, u64)> {
        let one = |d: &Attr| Some((self.field(*d, "value")?, self.int(*d, "offset") as u64));
        self.list("edge.weights").iter().filter_map(one).collect()
    }

    pub fn kernel_name(&self, kernel: &OpData) -> String {
        kernel.symbol_name(self.ctx).unwrap_or("kernel").to_owned()
    }

    pub fn kernel_device(&self, kernel: &OpData) -> String {
        kernel.attr(self.ctx, "edge.device").and_then(|a| self.ctx.as_str(a)).unwrap_or("cpu0").to_owned()
    }
}

/// Element type as the manifest spells it.
fn element(ctx: &Context, ty: Type) -> String {
    match ctx.type_kind(ty) {
        TypeKind::Float(kind) => kind.keyword().to_owned(),
        TypeKind::Integer { width, sign: edge_ir::Signedness::Unsigned } => format!("ui{width}"),
        TypeKind::Integer { width, .. } => format!("i{width}"),
        _ => "i64".to_owned(),
    }
}

/// Builds the manifest. `entry` says whether the object holds `NAME_run`; otherwise the steps are listed.
pub fn manifest(p: &Program<'_>, plan: &Plan, entry: bool) -> Result<Manifest, Error> {
    let dims: Vec<Dim> = p
        .list("edge.dims")
        .iter()
        .map(|d| Dim { name: p.text(*d, "name"), input: p.int(*d, "input") as usize, axis: p.int(*d, "axis") as usize, min: 0 })
        .collect();
    let mut b = Steps { p, plan, dims: &dims, exprs: FxHashMap::default(), kernels: FxHashMap::default() };
    let inputs = b.ports("edge.inputs")?;
    let outputs = b.outputs(&inputs)?;
    let kernels = b.kernels()?;
    let arenas = b.arenas()?;
    let steps = if entry { vec![] } else { b.steps(inputs.len(), outputs.len())? };
    let (bytes, entries) = weights_layout(p);
    let has_cpu = entry || kernels.iter().any(|k| k.kind == Kind::Cpu);
    let weights =
        WeightsInfo { file: (bytes > 0).then(|| format!("{}.weights", plan.name)), bytes, hash: String::new(), entries };
    let devices = plan.devices.iter().map(|d| Device { name: d.name.clone(), kind: d.kind, target: d.target.name.clone() });
    Ok(Manifest {
        version: VERSION,
        name: plan.name.clone(),
        target: plan.cpu().name.clone(),
        inputs,
        outputs,
        dims: dims.clone(),
        weights,
        arenas,
        devices: devices.collect(),
        kernels,
        entry,
        steps,
        object: has_cpu.then(|| format!("{}.o", plan.name)),
    })
}

fn weights_layout(p: &Program<'_>) -> (u64, Vec<Weight>) {
    let ctx = p.ctx;
    let size = |a: Attr| {
        let kind = ctx.type_kind(ctx.attr_type(a)?);
        Some(edge_ir::elements::count(kind.shape()?)? * ctx.byte_size(kind.elem()?)?)
    };
    let mut entries = Vec::new();
    let mut end = 0;
    for (n, (attr, offset)) in p.weights().into_iter().enumerate() {
        let bytes = size(attr).unwrap_or(0);
        end = end.max(offset + bytes);
        entries.push(Weight { name: format!("w{n}"), offset, bytes });
    }
    // Slack after the last constant, as after the others: vectors may read past the end.
    (if entries.is_empty() { 0 } else { end.div_ceil(64) * 64 + 64 }, entries)
}

struct Steps<'p, 'm> {
    p: &'p Program<'m>,
    plan: &'p Plan,
    dims: &'p [Dim],
    exprs: FxHashMap<Value, Expr>,
    kernels: FxHashMap<String, usize>,
}

impl Steps<'_, '_> {
    fn ports(&self, attr: &str) -> Result<Vec<Port>, Error> {
        let ctx = self.p.ctx;
        let mut ports = Vec::new();
        for (n, dict) in self.p.list(attr).iter().enumerate() {
            let ty = self.p.field(*dict, "type").and_then(|a| ctx.as_type(a));
            let Some(TypeKind::Tensor { shape, elem, .. }) = ty.map(|t| ctx.type_kind(t)) else {
                return Err(Error::new("COMPILE-LEVEL", format!("`{attr}` does not give the type of port {n}")));
            };
            let names = ty.map(|t| edge_dialect::instance::dim_names(ctx, t)).unwrap_or_default();
            let extent = |(axis, d): (usize, &i64)| match *d {
                DYNAMIC => self.dim_of(n, axis, names.get(axis)),
                d => Ok(Expr::Const(d)),
            };
            let shape = shape.iter().enumerate().map(extent).collect::<Result<_, _>>()?;
            ports.push(Port { name: self.p.text(*dict, "name"), element: element(ctx, elem), shape });
        }
        Ok(ports)
    }

    fn dim_of(&self, input: usize, axis: usize, name: Option<&String>) -> Result<Expr, Error> {
        let by_name = name.and_then(|n| self.dims.iter().position(|d| d.name == *n));
        let by_axis = || self.dims.iter().position(|d| d.input == input && d.axis == axis);
        by_name.or_else(by_axis).map(Expr::dim).ok_or_else(|| Error::new("COMPILE-LEVEL", "an input's extent has no dim"))
    }

    /// Outputs: their extents are maps of the dims that the host function gives beside the types.
    fn outputs(&self, _inputs: &[Port]) -> Result<Vec<Port>, Error> {
        let ctx = self.p.ctx;
        let mut ports = Vec::new();
        for dict in self.p.list("edge.outputs") {
            let ty = self.p.field(*dict, "type").and_then(|a| ctx.as_type(a));
            let Some(TypeKind::Tensor { shape, elem, .. }) = ty.map(|t| ctx.type_kind(t)) else {
                return Err(Error::new("COMPILE-LEVEL", "`edge.outputs` does not give the type of an output"));
            };
            let map = self.p.field(*dict, "shape").and_then(|a| ctx.as_map(a));
            let extents = match map {
                Some(map) => map.results.iter().map(|e| expr(ctx, *e, &[], &self.dim_exprs())).collect::<Result<_, _>>()?,
                None => shape.iter().map(|d| Expr::Const(*d)).collect(),
            };
            ports.push(Port { name: self.p.text(*dict, "name"), element: element(ctx, elem), shape: extents });
        }
        Ok(ports)
    }

    fn dim_exprs(&self) -> Vec<Expr> {
        (0..self.dims.len()).map(Expr::dim).collect()
    }

    fn kernels(&mut self) -> Result<Vec<KernelInfo>, Error> {
        let mut found = Vec::new();
        for kernel in &self.p.kernels {
            let (name, device) = (self.p.kernel_name(kernel), self.p.kernel_device(kernel));
            let device = self.plan.device(&device)?;
            self.kernels.insert(name.clone(), found.len());
            found.push(match device.kind {
                Kind::Cpu => KernelInfo { name, kind: Kind::Cpu, file: None, workgroup: None },
                Kind::Vulkan => KernelInfo {
                    file: Some(format!("{name}.spv")),
                    workgroup: Some(device.target.spirv.as_ref().map_or(64, |s| s.workgroup)),
                    name,
                    kind: Kind::Vulkan,
                },
            });
        }
        Ok(found)
    }

    fn arenas(&self) -> Result<Vec<Arena>, Error> {
        let ctx = self.p.ctx;
        let sizes = self.p.function.attr(ctx, "edge.arena");
        let mut arenas = Vec::new();
        for (space, size) in sizes.map_or(&[][..], |a| ctx.dict_entries(a)) {
            let bytes = match ctx.as_map(*size) {
                Some(map) => expr(ctx, map.results[0], &[], &self.dim_exprs())?,
                None => Expr::Const(ctx.as_int(*size).unwrap_or(0)),
            };
            let space = ctx.str(*space).to_owned();
            let owner = self.plan.devices.iter().find(|d| d.space == space);
            match owner {
                Some(device) => arenas.push(Arena { device: device.name.clone(), space, bytes }),
                None if bytes == Expr::Const(0) => {}
                None => return Err(Error::new("COMPILE-LEVEL", format!("no device has the memory space `{space}`"))),
            }
        }
        Ok(arenas)
    }

    /// Launches and copies of the host function.
    fn steps(&mut self, inputs: usize, outputs: usize) -> Result<Vec<Step>, Error> {
        let (ctx, body) = (self.p.ctx, self.p.body);
        let Some(block) = self.p.function.entry() else { return Ok(vec![]) };
        let args = body.block_args(block).to_vec();
        let first_dim = args.len() - self.dims.len();
        for (n, arg) in args[first_dim..].iter().enumerate() {
            self.exprs.insert(*arg, Expr::dim(n));
        }
        let spaces: Vec<String> = self.p.list("edge.spaces").iter().filter_map(|a| ctx.as_str(*a)).map(str::to_owned).collect();
        let base = |n: usize| match n {
            n if n < inputs => Base::Input(n),
            n if n < inputs + outputs => Base::Output(n - inputs),
            n if n == inputs + outputs => Base::Weights,
            n => Base::Arena(spaces.get(n - inputs - outputs - 1).cloned().unwrap_or_default()),
        };
        let mut steps = Vec::new();
        for op in body.block_ops(block) {
            match body.name(ctx, op) {
                "device.launch" => steps.push(Step::Launch(self.launch(op, &base)?)),
                "device.copy" => {
                    let (from, to) = (self.buffer(body.operand(op, 0), &base)?, self.buffer(body.operand(op, 1), &base)?);
                    steps.push(Step::Copy(Copy { from, to }));
                }
                _ => {}
            }
        }
        Ok(steps)
    }

    fn launch(&mut self, op: Op, base: &dyn Fn(usize) -> Base) -> Result<Launch, Error> {
        let (ctx, body) = (self.p.ctx, self.p.body);
        let sizes = edge_transforms::loop_ir::view::segments(ctx, body.op(op));
        let operands: Vec<Value> = body.operands(op).collect();
        let symbol = body.op(op).attr(ctx, "kernel").and_then(|a| ctx.as_symbol(a)).unwrap_or_default();
        let unknown = || Error::new("COMPILE-LEVEL", format!("a launch names the unknown kernel `{symbol}`"));
        let kernel = *self.kernels.get(symbol).ok_or_else(unknown)?;
        let device = body.op(op).attr(ctx, "device").and_then(|a| ctx.as_str(a)).unwrap_or_default().to_owned();
        let buffers = operands[..sizes[0]].iter().map(|v| self.buffer(*v, base)).collect::<Result<_, _>>()?;
        let dims: Vec<Expr> =
            operands[sizes[0]..sizes[0] + sizes[1]].iter().map(|v| self.index(*v)).collect::<Result<_, _>>()?;
        let data = self.p.kernels[kernel];
        let blocks = self.plan.device(&device)?.kind == Kind::Cpu;
        let (total, grain) = points(ctx, data, sizes[0], &dims, blocks)?;
        Ok(Launch { kernel, device, buffers, dims, total, grain: Expr::Const(grain) })
    }

    fn buffer(&mut self, value: Value, base: &dyn Fn(usize) -> Base) -> Result<BufferRef, Error> {
        let (ctx, body) = (self.p.ctx, self.p.body);
        let bytes = |ty: Type| match ctx.type_kind(ty) {
            TypeKind::MemRef { shape: [n], elem, .. } if *n != DYNAMIC => Some(n * ctx.byte_size(elem)? as i64),
            _ => None,
        };
        match body.def(value) {
            ValueDef::Arg(_, n) => {
                let base = base(n as usize);
                let size = bytes(body.ty(value)).map_or_else(|| self.port_bytes(&base), |n| Ok(Expr::Const(n)))?;
                Ok(BufferRef { base, offset: Expr::Const(0), bytes: size })
            }
            ValueDef::Result(op, _) => {
                let ValueDef::Arg(_, n) = body.def(body.operand(op, 0)) else {
                    return Err(Error::new("COMPILE-LEVEL", "a slice of a slice"));
                };
                let fixed = body.op(op).attr(ctx, "static_offset").and_then(|a| ctx.as_int(a)).unwrap_or(0);
                let offset = match fixed {
                    DYNAMIC => self.index(body.operand(op, 1))?,
                    n => Expr::Const(n),
                };
                let given = body.op(op).attr(ctx, "edge.bytes").and_then(|a| ctx.as_map(a));
                let size = match (bytes(body.ty(value)), given) {
                    (Some(n), _) => Expr::Const(n),
                    (None, Some(map)) => expr(ctx, map.results[0], &[], &self.dim_exprs())?,
                    _ => return Err(Error::new("COMPILE-LEVEL", "a slice of unknown size")),
                };
                Ok(BufferRef { base: base(n as usize), offset, bytes: size })
            }
        }
    }

    fn port_bytes(&self, base: &Base) -> Result<Expr, Error> {
        let ports = match base {
            Base::Input(_) => self.ports("edge.inputs")?,
            _ => self.outputs(&[])?,
        };
        let n = match base {
            Base::Input(n) | Base::Output(n) => *n,
            _ => return Err(Error::new("COMPILE-LEVEL", "an arena is launched on as a whole")),
        };
        let port = &ports[n];
        let size = edge_runtime::manifest::element_bytes(&port.element).map_err(Error::runtime)?;
        let mut factors = port.shape.clone();
        factors.push(Expr::Const(size as i64));
        Ok(Expr::Op(Box::new(ExprOp::Mul(factors))))
    }

    /// An index value of the host function.
    fn index(&mut self, value: Value) -> Result<Expr, Error> {
        if let Some(known) = self.exprs.get(&value) {
            return Ok(known.clone());
        }
        let (ctx, body) = (self.p.ctx, self.p.body);
        let found = match body.defining_op(value) {
            Some(op) if body.name(ctx, op) == "arith.constant" => {
                Expr::Const(body.op(op).attr(ctx, "value").and_then(|a| ctx.as_int(a)).unwrap_or(0))
            }
            Some(op) if body.name(ctx, op) == "affine.apply" => {
                let map = body.op(op).attr(ctx, "map").and_then(|a| ctx.as_map(a));
                let Some(map) = map else { return Err(Error::new("COMPILE-LEVEL", "an `affine.apply` without a map")) };
                let all: Vec<Expr> = body.operands(op).map(|v| self.index(v)).collect::<Result<_, _>>()?;
                let (dims, syms) = all.split_at(map.dims as usize);
                expr(ctx, map.results[0], dims, syms)?
            }
            _ => return Err(Error::new("COMPILE-LEVEL", "an extent of the host function is not computed from its dims")),
        };
        self.exprs.insert(value, found.clone());
        Ok(found)
    }
}

/// An affine expression over given dims and symbols.
fn expr(ctx: &Context, e: AffineExpr, dims: &[Expr], syms: &[Expr]) -> Result<Expr, Error> {
    let missing = || Error::new("COMPILE-LEVEL", "a size names a dim that there is not");
    let both = |a, b| Ok::<_, Error>((expr(ctx, a, dims, syms)?, expr(ctx, b, dims, syms)?));
    let op = match ctx.affine_kind(e) {
        AffineKind::Const(n) => return Ok(Expr::Const(n)),
        AffineKind::Dim(n) => return dims.get(n as usize).cloned().ok_or_else(missing),
        AffineKind::Sym(n) => return syms.get(n as usize).cloned().ok_or_else(missing),
        AffineKind::Add(a, b) => both(a, b).map(|(a, b)| ExprOp::Add(vec![a, b]))?,
        AffineKind::Mul(a, b) => both(a, b).map(|(a, b)| ExprOp::Mul(vec![a, b]))?,
        AffineKind::FloorDiv(a, b) => both(a, b).map(|(a, b)| ExprOp::FloorDiv(a, b))?,
        AffineKind::CeilDiv(a, b) => both(a, b).map(|(a, b)| ExprOp::CeilDiv(a, b))?,
        AffineKind::Mod(a, b) => both(a, b).map(|(a, b)| ExprOp::Mod(a, b))?,
    };
    Ok(fold(op))
}

fn fold(op: ExprOp) -> Expr {
    let constant =
        |list: &[Expr]| list.iter().map(|e| if let Expr::Const(n) = e { Some(*n) } else { None }).collect::<Option<Vec<_>>>();
    match &op {
        ExprOp::Add(list) => constant(list).map(|l| l.iter().sum()),
        ExprOp::Mul(list) => constant(list).map(|l| l.iter().product()),
        _ => None,
    }
    .map_or_else(|| Expr::Op(Box::new(op)), Expr::Const)
}

/// The points of a kernel's parallel range, in blocks of `jam * vector` where `blocks`, and the grain.
fn points(ctx: &Context, kernel: &OpData, buffers: usize, dims: &[Expr], blocks: bool) -> Result<(Expr, i64), Error> {
    let (Some(body), Some(entry)) = (kernel.body(), kernel.entry()) else { return Ok((Expr::Const(1), 1)) };
    let args = body.block_args(entry);
    let mut values: FxHashMap<Value, Expr> = args[buffers..].iter().copied().zip(dims.iter().cloned()).collect();
    let (mut total, mut grain) = (Vec::new(), 1);
    let mut block = entry;
    loop {
        let mut next = None;
        for op in body.block_ops(block) {
            match body.name(ctx, op) {
                "affine.apply" if next.is_none() => {
                    let map = body.op(op).attr(ctx, "map").and_then(|a| ctx.as_map(a));
                    let all: Option<Vec<Expr>> = body.operands(op).map(|v| values.get(&v).cloned()).collect();
                    if let (Some(map), Some(all)) = (map, all) {
                        let (d, s) = all.split_at(map.dims as usize);
                        values.insert(body.result(op, 0), expr(ctx, map.results[0], d, s)?);
                    }
                }
                "arith.constant" if next.is_none() => {
                    let n = body.op(op).attr(ctx, "value").and_then(|a| ctx.as_int(a));
                    values.extend(n.map(|n| (body.result(op, 0), Expr::Const(n))));
                }
                "loop.for" if next.is_none() => next = Some(ForOp(op)),
                "loop.end" | "loop.yield" => {}
                _ => return Ok((product(total), grain)),
            }
        }
        let Some(l) = next.filter(|l| l.is_parallel(ctx, body) && body.op(l.0).results().is_empty()) else {
            return Ok((product(total), grain));
        };
        let upper = match l.upper(ctx, body) {
            Bound::Static(n) => Some(Expr::Const(n)),
            Bound::Dynamic(v) => values.get(&v).cloned(),
        };
        let Some(upper) = upper else { return Ok((product(total), grain)) };
        grain = grain.max(l.int(ctx, body, "grain").unwrap_or(1));
        let size = if blocks { l.int(ctx, body, "vector").unwrap_or(1) * l.int(ctx, body, "jam").unwrap_or(1) } else { 1 };
        total.push(match upper {
            Expr::Const(n) => Expr::Const((n.max(0) as u64).div_ceil(size as u64) as i64),
            dynamic if size == 1 => dynamic,
            dynamic => Expr::Op(Box::new(ExprOp::CeilDiv(dynamic, Expr::Const(size)))),
        });
        block = l.block(body);
    }
}

fn product(factors: Vec<Expr>) -> Expr {
    fold(ExprOp::Mul(factors))
}
