//! Writing the host function: arguments, slices, launches, attributes.

use super::host::{HOST, Lowering, Place, Step};
use super::kernel::{Kernel, buffer_type};
use super::plan::{ALIGN, Interval, place};
use super::{NOT_BUFFERIZED, UNKNOWN_EXTENT};
use crate::fusion::extents::{Extent, of_axis};
use crate::loop_ir::{MapBuilder, NestOp};
use edge_dialect::instance::dim_names;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Body, Builder, Context, InsertPoint, Op, Type, Value};
use edge_support::Reported;
use rustc_hash::FxHashMap;

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
    pub fn emit(mut self, module: &mut Body, function: Op) -> Result<(), Reported> {
        let ctx = self.ctx();
        let loc = module.op(function).loc;
        let (dims, axes) = dims(ctx, self.body, &self.args);
        let mut spaces: Vec<String> = vec![HOST.into()];
        let mut slot_arenas = Vec::new();
        for slot in &self.slots {
            let known = spaces.iter().position(|s| *s == slot.space);
            slot_arenas.push(known.unwrap_or_else(|| {
                spaces.push(slot.space.clone());
                spaces.len() - 1
            }));
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
        let slot_arenas = slot_arenas.into_iter().map(|at| arenas[at]).collect();
        let bases = Bases { outputs, weights, slot_arenas, layout: &layout };
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
            let sizes = mine.iter().map(|n| self.bytes(self.slots[*n].tensor));
            let sizes: Vec<Extent> = sizes.collect::<Result<_, _>>()?;
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
                        operands.push(bases.slice(b, w, &place, *ty, self.dynamic_bytes(w, tensor)?));
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
                    let bytes = self.dynamic_bytes(w, *tensor)?;
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
    fn dynamic_bytes(&self, w: &Writer<'_>, tensor: Value) -> Result<Option<Attr>, Reported> {
        Ok(match self.bytes(self.root(tensor))? {
            Extent::Static(_) => None,
            size => Some(self.size_attr(w, &size)),
        })
    }

    /// Tensors of a nest's buffers: ins, then the results that its outs become.
    pub fn tensors_of(&self, nest: Op) -> Vec<Value> {
        let ins = NestOp(nest).ins(self.ctx(), self.body);
        ins.into_iter().chain(self.body.op(nest).results().iter().copied()).collect()
    }

    pub fn place_in(&self, tensor: Value, space: &str) -> Place {
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
    /// The arena of each slot.
    slot_arenas: Vec<Value>,
    layout: &'b Layout,
}

impl Bases<'_> {
    fn slice(&self, b: &mut Builder<'_>, w: &Writer<'_>, place: &Place, ty: Type, bytes: Option<Attr>) -> Value {
        let (base, offset) = match place {
            Place::Input(n) => return w.inputs[*n],
            Place::Output(n) => return self.outputs[*n],
            Place::Weights(offset) => (self.weights, Offset::Static(*offset as i64)),
            Place::Slot(_, n) => (self.slot_arenas[*n], self.layout.offsets[*n]),
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
