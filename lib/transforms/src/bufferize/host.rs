//! The host function: buffers, launches, copies, in program order.

use super::kernel::{Kernel, buffer_type, fingerprint, outline};
use super::plan::{ALIGN, Interval, place, round_up};
use super::{NO_ENTRY, NOT_BUFFERIZED, UNKNOWN_DEVICE, UNKNOWN_EXTENT};
use crate::fusion::extents::{Extent, of_axis};
use crate::loop_ir::{MapBuilder, NestOp, names};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Body, Builder, Context, InsertPoint, Loc, Op, OpData, Traits, Type, TypeKind, Value};
use edge_pass::PassContext;
use edge_support::Reported;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A device that the module declares.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Device {
    name: String,
    space: String,
}

/// The space in which inputs, outputs and weights are.
const HOST: &str = "host";

/// Where a tensor is. Sizes in elements of the tensor's type.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    Input(usize),
    Output(usize),
    Weights(u64),
    /// A slot of a space's arena.
    Slot(String, usize),
}

/// One thing the host does.
enum Step {
    Launch { nest: Op, device: Device, kernel: Kernel, symbol: String },
    Copy { tensor: Value, from: Place, to: Place, loc: Loc },
}

struct Slot {
    space: String,
    tensor: Value,
    first: usize,
    last: usize,
}

struct Lowering<'a, 'c> {
    cx: &'a PassContext<'c>,
    prefix: &'a str,
    body: &'a Body,
    args: Vec<Value>,
    devices: Vec<Device>,
    steps: Vec<Step>,
    slots: Vec<Slot>,
    places: FxHashMap<Value, Place>,
    /// Copies of tensors in other spaces.
    copies: FxHashMap<(Value, String), Place>,
    weights: Vec<(Attr, u64)>,
    weight_bytes: u64,
    kernels: BTreeMap<Vec<u64>, String>,
    made: Vec<(String, String, Kernel, Loc)>,
    outputs: Vec<Value>,
}

/// Lowers the one function of a module; kernels get names that start with `prefix`.
pub fn lower_module(cx: &PassContext<'_>, module: &mut OpData, prefix: &str) -> Result<(), Reported> {
    let ctx = cx.ctx;
    let devices = devices(cx, module)?;
    let loc = module.loc;
    let (Some(block), Some(body)) = (module.entry(), module.body_mut()) else { return Ok(()) };
    let is_function = |op: &Op| body.name(ctx, *op) == "func.func" && body.op(*op).entry().is_some();
    let functions: Vec<Op> = body.block_ops(block).filter(is_function).collect();
    let [function] = functions[..] else {
        let n = functions.len();
        return Err(cx.fail(loc, NO_ENTRY, format!("a program is made of one function with a body, but the module has {n}")));
    };
    let Some((inner, regions)) = body.op_mut(function).take_body() else { return Ok(()) };
    let entry = regions.first().and_then(|r| inner.region_first(*r));
    let result = entry.map(|entry| {
        let mut l = Lowering::new(cx, prefix, &inner, inner.block_args(entry).to_vec(), devices);
        l.collect(entry)?;
        l.emit(body, function)
    });
    result.unwrap_or(Ok(()))
}

fn devices(cx: &PassContext<'_>, module: &OpData) -> Result<Vec<Device>, Reported> {
    let ctx = cx.ctx;
    let Some(list) = module.attr(ctx, "edge.devices").and_then(|a| ctx.as_array(a)) else {
        return Ok(vec![Device { name: "cpu0".into(), space: HOST.into() }]);
    };
    let field = |dict: Attr, name: &str| {
        let entry = ctx.dict_entries(dict).iter().find(|(k, _)| ctx.str(*k) == name);
        entry.and_then(|(_, v)| ctx.as_str(*v)).map(str::to_owned)
    };
    let read = |dict: &Attr| {
        let name = field(*dict, "name")
            .ok_or_else(|| cx.fail(module.loc, UNKNOWN_DEVICE, "an entry of `edge.devices` has no `name`"))?;
        Ok(Device { space: field(*dict, "space").unwrap_or_else(|| HOST.into()), name })
    };
    list.iter().map(read).collect()
}

impl<'a, 'c> Lowering<'a, 'c> {
    fn new(cx: &'a PassContext<'c>, prefix: &'a str, body: &'a Body, args: Vec<Value>, devices: Vec<Device>) -> Self {
        Lowering {
            cx,
            prefix,
            body,
            args,
            devices,
            steps: vec![],
            slots: vec![],
            places: FxHashMap::default(),
            copies: FxHashMap::default(),
            weights: vec![],
            weight_bytes: 0,
            kernels: BTreeMap::new(),
            made: vec![],
            outputs: vec![],
        }
    }
    fn ctx(&self) -> &'c Context {
        self.cx.ctx
    }
    /// The tensor whose memory a value is: reshapes are views.
    fn root(&self, value: Value) -> Value {
        match self.body.defining_op(value) {
            Some(op) if self.body.name(self.ctx(), op) == names::RESHAPE => self.root(self.body.operand(op, 0)),
            _ => value,
        }
    }
    fn device(&self, data: &OpData) -> Result<Device, Reported> {
        let wanted = data.attr(self.ctx(), "edge.device").and_then(|a| self.ctx().as_str(a));
        let found = match wanted {
            None => self.devices.first(),
            Some(name) => self.devices.iter().find(|d| d.name == name),
        };
        found.cloned().ok_or_else(|| {
            let known: Vec<&str> = self.devices.iter().map(|d| d.name.as_str()).collect();
            let message = format!("no device `{}`; the module declares {}", wanted.unwrap_or(""), known.join(", "));
            self.cx.fail(data.loc, UNKNOWN_DEVICE, message)
        })
    }

    /// Reads the function: steps in order, and where each tensor is.
    fn collect(&mut self, entry: edge_ir::Block) -> Result<(), Reported> {
        let (ctx, body) = (self.ctx(), self.body);
        for (n, arg) in self.args.clone().into_iter().enumerate() {
            self.places.insert(arg, Place::Input(n));
        }
        if let Some(last) = body.block_last(entry) {
            self.outputs = body.operands(last).collect();
        }
        for (n, value) in self.outputs.clone().into_iter().enumerate() {
            let root = self.root(value);
            let made_here = body.defining_op(root).and_then(|op| NestOp::cast(ctx, body, op));
            if let Some(nest) = made_here
                && !self.places.contains_key(&root)
                && self.device(body.op(nest.0))?.space == HOST
            {
                self.places.insert(root, Place::Output(n));
            }
        }
        for op in body.block_ops(entry) {
            match body.name(ctx, op) {
                names::NEST => self.launch(NestOp(op))?,
                names::EMPTY | names::RESHAPE | names::APPLY | names::DIM | "func.return" => {}
                _ if body.op(op).has(ctx, Traits::CONSTANT_LIKE) => {}
                name => {
                    let message = format!("`{name}` cannot be turned into kernels; lower it to `loop.nest` first");
                    return Err(self.cx.fail(body.op(op).loc, NOT_BUFFERIZED, message));
                }
            }
        }
        self.outputs_elsewhere();
        Ok(())
    }

    fn launch(&mut self, nest: NestOp) -> Result<(), Reported> {
        let (ctx, body) = (self.ctx(), self.body);
        let data = body.op(nest.0);
        let device = self.device(data)?;
        let Some(kernel) = outline(ctx, body, nest) else {
            return Err(self.cx.fail(data.loc, NOT_BUFFERIZED, "this nest has operands that are no ranked tensors"));
        };
        for tensor in nest.ins(ctx, body) {
            self.available(tensor, &device.space, data.loc)?;
        }
        for (out, result) in nest.outs(ctx, body).into_iter().zip(data.results()) {
            self.define(out, *result, &device.space, data.loc)?;
        }
        // Copies may have been put before the launch meanwhile: everything it touches lives until here.
        for tensor in self.tensors_of(nest.0) {
            let place = self.place_in(tensor, &device.space);
            self.touch(&place);
        }
        let symbol = self.symbol(&kernel, &device, data.loc);
        self.steps.push(Step::Launch { nest: nest.0, device, kernel, symbol });
        Ok(())
    }

    /// Gives a nest's result its memory: that of its `outs` operand if this holds a value, else new.
    fn define(&mut self, out: Value, result: Value, space: &str, loc: Loc) -> Result<(), Reported> {
        let fresh = self.body.defining_op(out).is_some_and(|op| self.body.name(self.ctx(), op) == names::EMPTY);
        if self.places.contains_key(&result) {
            if !fresh {
                let from = self.available(out, space, loc)?;
                let to = self.places[&result].clone();
                self.steps.push(Step::Copy { tensor: result, from, to, loc });
            }
            return Ok(());
        }
        let to = self.slot(result, space);
        self.places.insert(result, to.clone());
        if !fresh {
            let from = self.available(out, space, loc)?;
            self.steps.push(Step::Copy { tensor: result, from, to, loc });
        }
        Ok(())
    }

    fn slot(&mut self, tensor: Value, space: &str) -> Place {
        let now = self.steps.len();
        self.slots.push(Slot { space: space.to_owned(), tensor, first: now, last: now });
        Place::Slot(space.to_owned(), self.slots.len() - 1)
    }

    fn space_of<'p>(&self, place: &'p Place) -> &'p str {
        match place {
            Place::Slot(space, _) => space,
            _ => HOST,
        }
    }

    /// The place of a tensor in a space, copying it there first if it is in another one. Weights are in every space.
    fn available(&mut self, tensor: Value, space: &str, loc: Loc) -> Result<Place, Reported> {
        let root = self.root(tensor);
        let place = match self.places.get(&root) {
            Some(place) => place.clone(),
            None => self.constant(root, loc)?,
        };
        if self.space_of(&place) == space || matches!(place, Place::Weights(_)) {
            self.touch(&place);
            return Ok(place);
        }
        if let Some(copy) = self.copies.get(&(root, space.to_owned())).cloned() {
            self.touch(&copy);
            return Ok(copy);
        }
        self.touch(&place);
        let to = self.slot(root, space);
        self.steps.push(Step::Copy { tensor: root, from: place, to: to.clone(), loc });
        self.copies.insert((root, space.to_owned()), to.clone());
        self.touch(&to);
        Ok(to)
    }

    /// Keeps a slot alive up to the step that is being made.
    fn touch(&mut self, place: &Place) {
        if let Place::Slot(_, n) = place {
            self.slots[*n].last = self.slots[*n].last.max(self.steps.len());
        }
    }

    fn constant(&mut self, value: Value, loc: Loc) -> Result<Place, Reported> {
        let (ctx, body) = (self.ctx(), self.body);
        let op = body.defining_op(value).filter(|op| body.op(*op).has(ctx, Traits::CONSTANT_LIKE));
        let attr = op.and_then(|op| body.op(op).attr(ctx, "value"));
        let Some(attr) = attr else {
            let message = "this tensor is neither an input, a constant, nor a nest's result";
            return Err(self.cx.fail(loc, NOT_BUFFERIZED, message));
        };
        if let Some(offset) = self.weights.iter().find(|(a, _)| *a == attr).map(|(_, offset)| *offset) {
            self.places.insert(value, Place::Weights(offset));
            return Ok(Place::Weights(offset));
        }
        let offset = self.weight_bytes;
        let Extent::Static(bytes) = self.bytes(value) else {
            return Err(self.cx.fail(loc, NOT_BUFFERIZED, "a constant of dynamic shape"));
        };
        self.weight_bytes = offset + round_up(bytes as u64) + ALIGN;
        self.weights.push((attr, offset));
        self.places.insert(value, Place::Weights(offset));
        Ok(Place::Weights(offset))
    }

    /// Size of a tensor in bytes.
    fn bytes(&self, tensor: Value) -> Extent {
        let ctx = self.ctx();
        let kind = ctx.type_kind(self.body.ty(tensor));
        let size = kind.elem().and_then(|e| ctx.byte_size(e)).unwrap_or(1) as i64;
        let rank = kind.shape().map_or(0, <[i64]>::len);
        let (mut fixed, mut dynamic) = (size, Vec::new());
        for axis in 0..rank {
            match of_axis(ctx, self.body, tensor, axis) {
                Extent::Static(d) => fixed *= d,
                extent => dynamic.push(extent),
            }
        }
        if dynamic.is_empty() {
            return Extent::Static(fixed);
        }
        let product = (0..dynamic.len()).fold(ctx.cst(fixed), |e, n| ctx.mul(ctx.sym(n as u32), e));
        Extent::Apply(ctx.affine_map(0, dynamic.len() as u32, &[product]), dynamic)
    }

    /// Outputs that are no nest's own result in host memory are copied out at the end.
    fn outputs_elsewhere(&mut self) {
        for (n, value) in self.outputs.clone().into_iter().enumerate() {
            let root = self.root(value);
            if self.places.get(&root) == Some(&Place::Output(n)) {
                continue;
            }
            let loc = self.body.value_loc(value).unwrap_or_else(|| self.ctx().unknown_loc());
            let from = match self.places.get(&root) {
                Some(place) => place.clone(),
                None => match self.constant(root, loc) {
                    Ok(place) => place,
                    Err(_) => continue,
                },
            };
            self.touch(&from);
            self.steps.push(Step::Copy { tensor: root, from, to: Place::Output(n), loc });
        }
    }

    /// The name of a kernel; equal ones on one device share it.
    fn symbol(&mut self, kernel: &Kernel, device: &Device, loc: Loc) -> String {
        use std::hash::BuildHasher;
        let mut key = fingerprint(&kernel.body, &kernel.regions, &kernel.args);
        key.push(rustc_hash::FxBuildHasher.hash_one(&device.name));
        if let Some(known) = self.kernels.get(&key) {
            return known.clone();
        }
        let name = format!("{}_k{}", self.prefix, self.made.len());
        self.kernels.insert(key, name.clone());
        let (body, regions) = kernel.body.duplicate(self.ctx(), &kernel.regions);
        let copy = Kernel {
            body,
            regions,
            args: kernel.args.clone(),
            dims: vec![],
            reads: kernel.reads.clone(),
            writes: kernel.writes.clone(),
        };
        self.made.push((name.clone(), device.name.clone(), copy, loc));
        name
    }
}

/// A dynamic dimension of an input, and the argument that holds it.
struct Dim {
    name: String,
    input: usize,
    axis: usize,
}

/// Writes the new function.
struct Writer<'w> {
    ctx: &'w Context,
    inputs: &'w [Value],
    dims: Vec<Dim>,
    dim_args: Vec<Value>,
    /// Input axes by dim.
    axes: FxHashMap<(Value, i64), usize>,
    known: Vec<(Extent, Value)>,
}

impl Writer<'_> {
    fn value(&mut self, b: &mut Builder<'_>, extent: &Extent) -> Option<Value> {
        if let Some((_, value)) = self.known.iter().find(|(e, _)| e == extent) {
            return Some(*value);
        }
        let value = match extent {
            Extent::Static(n) => crate::loop_ir::build::index_constant(b, *n),
            Extent::Axis(tensor, axis) => self.dim_args[*self.axes.get(&(*tensor, *axis))?],
            Extent::Apply(map, operands) => {
                let map = self.ctx.as_map(*map)?;
                let values: Vec<Value> = operands.iter().map(|e| self.value(b, e)).collect::<Option<_>>()?;
                let m = MapBuilder { dims: values[..map.dims as usize].to_vec(), syms: values[map.dims as usize..].to_vec() };
                m.apply(b, map.results[0])
            }
            Extent::Value(_) => return None,
        };
        self.known.push((extent.clone(), value));
        Some(value)
    }
}

impl Lowering<'_, '_> {
    fn emit(mut self, module: &mut Body, function: Op) -> Result<(), Reported> {
        let ctx = self.ctx();
        let loc = module.op(function).loc;
        let (dims, axes) = dims(ctx, self.body, &self.args);
        let mut spaces: Vec<String> = vec![HOST.into()];
        for slot in &self.slots {
            if !spaces.contains(&slot.space) {
                spaces.push(slot.space.clone());
            }
        }
        let mut inner = Body::new();
        let region = inner.new_region();
        let block = inner.add_block(region);
        let types = self.signature(&spaces, dims.len())?;
        let args: Vec<Value> = types.iter().map(|t| inner.add_arg(block, *t, loc)).collect();
        let (inputs, rest) = args.split_at(self.args.len());
        let (outputs, rest) = rest.split_at(self.outputs.len());
        let (weights, rest) = (rest[0], &rest[1..]);
        let (arenas, dim_args) = rest.split_at(spaces.len());
        let mut w = Writer { ctx, inputs, dims, dim_args: dim_args.to_vec(), axes, known: vec![] };
        let mut b = Builder::at_end(ctx, &mut inner, block, loc);
        let layout = self.layout(&mut b, &mut w, &spaces)?;
        let bases = Bases { outputs, weights, arenas, spaces: &spaces, layout: &layout };
        self.steps(&mut b, &mut w, &bases)?;
        b.loc = loc;
        b.op("func.return").build();
        self.kernels(module, function);
        self.attributes(module, function, &w, &layout, &spaces, &types);
        module.op_mut(function).put_body(Box::new(inner), smallvec::smallvec![region]);
        Ok(())
    }

    fn signature(&self, spaces: &[String], dims: usize) -> Result<Vec<Type>, Reported> {
        let ctx = self.ctx();
        let buffer = |v: &Value| {
            let loc = self.body.value_loc(*v).unwrap_or_else(|| ctx.unknown_loc());
            buffer_type(ctx, self.body.ty(*v))
                .ok_or_else(|| self.cx.fail(loc, NOT_BUFFERIZED, "inputs and outputs must be ranked tensors"))
        };
        let mut types: Vec<Type> = self.args.iter().chain(&self.outputs).map(buffer).collect::<Result<_, _>>()?;
        let bytes = ctx.int(8);
        types.push(ctx.memref(&[self.weight_bytes as i64], bytes));
        types.extend(spaces.iter().map(|_| ctx.memref(&[DYNAMIC], bytes)));
        types.extend((0..dims).map(|_| ctx.index()));
        Ok(types)
    }

    /// Offsets of all slots: planned for static sizes; dynamic ones follow one after the other.
    fn layout(&mut self, b: &mut Builder<'_>, w: &mut Writer<'_>, spaces: &[String]) -> Result<Layout, Reported> {
        let ctx = self.ctx();
        let mut layout = Layout { offsets: vec![Offset::Static(0); self.slots.len()], sizes: vec![] };
        for space in spaces {
            let mine: Vec<usize> = (0..self.slots.len()).filter(|n| self.slots[*n].space == *space).collect();
            let sizes: Vec<Extent> = mine.iter().map(|n| self.bytes(self.slots[*n].tensor)).collect();
            let (mut fixed, mut ids) = (Vec::new(), Vec::new());
            for (n, size) in mine.iter().zip(&sizes) {
                if let Extent::Static(bytes) = size {
                    let slot = &self.slots[*n];
                    fixed.push(Interval { bytes: *bytes as u64, first: slot.first, last: slot.last });
                    ids.push(*n);
                }
            }
            let plan = place(&fixed);
            for (n, offset) in ids.iter().zip(&plan.offsets) {
                layout.offsets[*n] = Offset::Static(*offset as i64);
            }
            let mut end = Extent::Static(plan.bytes as i64);
            for (n, size) in mine.iter().zip(&sizes).filter(|(_, s)| !matches!(s, Extent::Static(_))) {
                let at = w.value(b, &end);
                let Some(at) = at.filter(|_| w.value(b, size).is_some()) else {
                    return Err(self.unknown_extent(self.slots[*n].tensor));
                };
                layout.offsets[*n] = Offset::Dynamic(at);
                end = next_offset(ctx, &end, size);
            }
            layout.sizes.push(end);
        }
        Ok(layout)
    }

    fn unknown_extent(&self, tensor: Value) -> Reported {
        let loc = self.body.value_loc(tensor).unwrap_or_else(|| self.ctx().unknown_loc());
        self.cx.fail(loc, UNKNOWN_EXTENT, "the size of this tensor is not a function of the shapes of the inputs")
    }

    fn steps(&mut self, b: &mut Builder<'_>, w: &mut Writer<'_>, bases: &Bases<'_>) -> Result<(), Reported> {
        let ctx = self.ctx();
        let token_type = ctx.dialect_type("device.token", &[]);
        let mut token: Option<Value> = None;
        for step in std::mem::take(&mut self.steps) {
            let made = match &step {
                Step::Launch { nest, device, kernel, symbol } => {
                    b.loc = self.body.op(*nest).loc;
                    let mut operands = Vec::new();
                    for (tensor, ty) in self.tensors_of(*nest).into_iter().zip(&kernel.args) {
                        let place = self.place_in(tensor, &device.space);
                        operands.push(bases.slice(b, w, &place, *ty, self.dynamic_bytes(w, tensor)));
                    }
                    let mut dims = Vec::new();
                    for extent in &kernel.dims {
                        dims.push(w.value(b, extent).ok_or_else(|| self.unknown_extent(self.body.result(*nest, 0)))?);
                    }
                    let sizes = [operands.len() as i32, dims.len() as i32, token.is_some() as i32];
                    b.op("device.launch")
                        .operands(operands.into_iter().chain(dims).chain(token))
                        .prop("kernel", ctx.symbol_attr(symbol))
                        .prop("device", ctx.str_attr(&device.name))
                        .prop("operandSegmentSizes", ctx.i32_array(&sizes))
                        .result(token_type)
                        .value()
                }
                Step::Copy { tensor, from, to, loc } => {
                    b.loc = *loc;
                    let ty = buffer_type(ctx, self.body.ty(*tensor)).unwrap_or_else(|| ctx.none_type());
                    let bytes = self.dynamic_bytes(w, *tensor);
                    let (from, to) = (bases.slice(b, w, from, ty, bytes), bases.slice(b, w, to, ty, bytes));
                    b.op("device.copy").operand(from).operand(to).operands(token).result(token_type).value()
                }
            };
            token = Some(made);
        }
        if let Some(token) = token {
            b.op("device.wait").operand(token).build();
        }
        Ok(())
    }

    /// Size in bytes of a tensor of dynamic shape, as a map of the program's dims.
    fn dynamic_bytes(&self, w: &Writer<'_>, tensor: Value) -> Option<Attr> {
        match self.bytes(self.root(tensor)) {
            Extent::Static(_) => None,
            size => Some(self.size_attr(w, &size)),
        }
    }

    /// Tensors of a nest's buffers: ins, then the results that its outs become.
    fn tensors_of(&self, nest: Op) -> Vec<Value> {
        let ins = NestOp(nest).ins(self.ctx(), self.body);
        ins.into_iter().chain(self.body.op(nest).results().iter().copied()).collect()
    }

    fn place_in(&self, tensor: Value, space: &str) -> Place {
        let root = self.root(tensor);
        let place = self.places[&root].clone();
        if self.space_of(&place) == space || matches!(place, Place::Weights(_)) {
            return place;
        }
        self.copies.get(&(root, space.to_owned())).cloned().unwrap_or(place)
    }

    fn kernels(&mut self, module: &mut Body, function: Op) {
        let ctx = self.ctx();
        for (name, device, kernel, loc) in std::mem::take(&mut self.made) {
            let mut b = Builder { ctx, body: module, at: InsertPoint::Before(function), loc };
            let Kernel { body, regions, args, reads, writes, .. } = kernel;
            b.op("device.kernel")
                .prop("sym_name", ctx.str_attr(&name))
                .prop("function_type", ctx.type_attr(ctx.function_type(&args, &[])))
                .prop("reads", ctx.i64_array(&reads))
                .prop("writes", ctx.i64_array(&writes))
                .attr("edge.device", ctx.str_attr(&device))
                .isolated(*body, &regions)
                .build();
        }
    }

    fn attributes(&self, module: &mut Body, function: Op, w: &Writer<'_>, layout: &Layout, spaces: &[String], types: &[Type]) {
        let ctx = self.ctx();
        let dict = |entries: &[(&str, Attr)]| {
            let entries: Vec<_> = entries.iter().map(|(k, v)| (ctx.ident(k), *v)).collect();
            ctx.dict_attr(&entries)
        };
        let field = |dict: Attr| ctx.dict_entries(dict).iter().find(|(k, _)| ctx.str(*k) == "edge.name").map(|(_, v)| *v);
        let names = |attrs: Option<Attr>, n: usize, base: &str| {
            let given = attrs.and_then(|a| ctx.as_array(a)).and_then(|a| a.get(n).copied()).and_then(field);
            given.unwrap_or_else(|| ctx.str_attr(&format!("{base}{n}")))
        };
        let data = module.op(function);
        let (ins, outs) = (data.attr(ctx, "arg_attrs"), data.attr(ctx, "res_attrs"));
        let describe = |values: &[Value], given: Option<Attr>, base: &str| {
            let one = |(n, v): (usize, &Value)| {
                let mut entries = vec![("name", names(given, n, base)), ("type", ctx.type_attr(self.body.ty(*v)))];
                entries.extend(self.shape_attr(w, *v).map(|shape| ("shape", shape)));
                dict(&entries)
            };
            ctx.array_attr(&values.iter().enumerate().map(one).collect::<Vec<_>>())
        };
        let dims: Vec<Attr> = w
            .dims
            .iter()
            .map(|d| {
                let (input, axis) = (ctx.i64_attr(d.input as i64), ctx.i64_attr(d.axis as i64));
                dict(&[("name", ctx.str_attr(&d.name)), ("input", input), ("axis", axis)])
            })
            .collect();
        let arena: Vec<(&str, Attr)> =
            spaces.iter().zip(&layout.sizes).map(|(s, size)| (s.as_str(), self.size_attr(w, size))).collect();
        let weights: Vec<Attr> = self
            .weights
            .iter()
            .map(|(value, offset)| dict(&[("value", *value), ("offset", ctx.i64_attr(*offset as i64))]))
            .collect();
        let spaces_attr: Vec<Attr> = spaces.iter().map(|s| ctx.str_attr(s)).collect();
        let set = [
            ("edge.inputs", describe(&self.args, ins, "in")),
            ("edge.outputs", describe(&self.outputs, outs, "out")),
            ("edge.dims", ctx.array_attr(&dims)),
            ("edge.arena", dict(&arena)),
            ("edge.spaces", ctx.array_attr(&spaces_attr)),
            ("edge.weights", ctx.array_attr(&weights)),
        ];
        let data = module.op_mut(function);
        for (name, value) in set {
            data.set_attr(ctx, name, Some(value));
        }
        for name in ["arg_attrs", "res_attrs"] {
            data.set_attr(ctx, name, None);
        }
        data.set_attr(ctx, "function_type", Some(ctx.type_attr(ctx.function_type(types, &[]))));
    }

    /// The extents of a tensor with dynamic ones, as a map of the program's dims.
    fn shape_attr(&self, w: &Writer<'_>, tensor: Value) -> Option<Attr> {
        let ctx = self.ctx();
        let shape = ctx.type_kind(self.body.ty(tensor)).shape().filter(|s| s.contains(&DYNAMIC))?;
        let root = self.root(tensor);
        let same = ctx.type_kind(self.body.ty(root)).shape().is_some_and(|s| s.len() == shape.len());
        let of = if same { root } else { tensor };
        let extents: Option<Vec<_>> = (0..shape.len()).map(|n| over_dims(ctx, w, &of_axis(ctx, self.body, of, n))).collect();
        Some(ctx.affine_map(0, w.dims.len() as u32, &extents?))
    }

    /// A size as an integer, or as a map of the program's dims.
    fn size_attr(&self, w: &Writer<'_>, size: &Extent) -> Attr {
        let ctx = self.ctx();
        match size {
            Extent::Static(n) => ctx.i64_attr(*n),
            other => {
                let expr = over_dims(ctx, w, other).unwrap_or_else(|| ctx.cst(0));
                ctx.affine_map(0, w.dims.len() as u32, &[expr])
            }
        }
    }
}

/// An extent as an expression over the program's dims, as symbols.
fn over_dims(ctx: &Context, w: &Writer<'_>, extent: &Extent) -> Option<edge_ir::AffineExpr> {
    match extent {
        Extent::Static(n) => Some(ctx.cst(*n)),
        Extent::Axis(tensor, axis) => Some(ctx.sym(*w.axes.get(&(*tensor, *axis))? as u32)),
        Extent::Apply(map, operands) => {
            let map = ctx.as_map(*map)?;
            let all: Vec<_> = operands.iter().map(|e| over_dims(ctx, w, e)).collect::<Option<_>>()?;
            let (dims, syms) = all.split_at(map.dims as usize);
            Some(ctx.substitute(map.results[0], dims, syms))
        }
        Extent::Value(_) => None,
    }
}

/// Where the next dynamic buffer goes after one of `size` bytes at `at`.
fn next_offset(ctx: &Context, at: &Extent, size: &Extent) -> Extent {
    let (a, s, n) = (ctx.sym(0), ctx.sym(1), ctx.cst(ALIGN as i64));
    let rounded = ctx.mul(ctx.floordiv(ctx.add(s, ctx.cst(ALIGN as i64 - 1)), n), n);
    let sum = ctx.add(ctx.add(a, rounded), n);
    Extent::Apply(ctx.affine_map(0, 2, &[sum]), vec![at.clone(), size.clone()])
}

#[derive(Clone, Copy)]
enum Offset {
    Static(i64),
    Dynamic(Value),
}

struct Layout {
    offsets: Vec<Offset>,
    /// Size of each space's arena.
    sizes: Vec<Extent>,
}

/// The byte buffers of the host function.
struct Bases<'b> {
    outputs: &'b [Value],
    weights: Value,
    arenas: &'b [Value],
    spaces: &'b [String],
    layout: &'b Layout,
}

impl Bases<'_> {
    fn slice(&self, b: &mut Builder<'_>, w: &Writer<'_>, place: &Place, ty: Type, bytes: Option<Attr>) -> Value {
        let (base, offset) = match place {
            Place::Input(n) => return w.inputs[*n],
            Place::Output(n) => return self.outputs[*n],
            Place::Weights(offset) => (self.weights, Offset::Static(*offset as i64)),
            Place::Slot(space, n) => {
                let at = self.spaces.iter().position(|s| s == space).unwrap_or(0);
                (self.arenas[at], self.layout.offsets[*n])
            }
        };
        let (fixed, value) = match offset {
            Offset::Static(n) => (n, None),
            Offset::Dynamic(value) => (DYNAMIC, Some(value)),
        };
        let fixed = b.ctx.i64_attr(fixed);
        let slice = b.op("device.slice").operand(base).operands(value).prop("static_offset", fixed).result(ty).build();
        b.body.op_mut(slice).set_attr(b.ctx, "edge.bytes", bytes);
        b.body.result(slice, 0)
    }
}

/// The program's dims: one for each dynamic axis of an input, or for each name where axes are named.
fn dims(ctx: &Context, body: &Body, args: &[Value]) -> (Vec<Dim>, FxHashMap<(Value, i64), usize>) {
    let (mut dims, mut axes): (Vec<Dim>, FxHashMap<_, usize>) = (Vec::new(), FxHashMap::default());
    for (input, arg) in args.iter().enumerate() {
        let ty = body.ty(*arg);
        let names = dim_names(ctx, ty);
        for (axis, d) in ctx.type_kind(ty).shape().unwrap_or(&[]).iter().enumerate().filter(|(_, d)| **d == DYNAMIC) {
            debug_assert_eq!(*d, DYNAMIC);
            let name = names.get(axis).filter(|n| n.parse::<i64>().is_err() && *n != "?");
            let known = name.and_then(|n| dims.iter().position(|d| d.name == *n));
            let at = known.unwrap_or_else(|| {
                let name = name.cloned().unwrap_or_else(|| format!("d{input}_{axis}"));
                dims.push(Dim { name, input, axis });
                dims.len() - 1
            });
            axes.insert((*arg, axis as i64), at);
        }
    }
    (dims, axes)
}

/// Names (or sizes) of a tensor's dims as its `#nn.dims<[…]>` encoding has them.
pub fn dim_names(ctx: &Context, ty: Type) -> Vec<String> {
    let TypeKind::Tensor { encoding: Some(encoding), .. } = ctx.type_kind(ty) else { return vec![] };
    match ctx.attr_kind(encoding) {
        AttrKind::Opaque { text, .. } => {
            let inside = text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
            inside.split(',').map(|s| s.trim().trim_matches('"').to_owned()).collect()
        }
        AttrKind::Dialect { params: [edge_ir::Param::List(items)], .. } => items.iter().map(|p| param_text(ctx, *p)).collect(),
        _ => vec![],
    }
}

fn param_text(ctx: &Context, param: edge_ir::Param<'_>) -> String {
    match param {
        edge_ir::Param::Str(s) => ctx.str(s).to_owned(),
        edge_ir::Param::Int(n) => n.to_string(),
        _ => "?".into(),
    }
}
