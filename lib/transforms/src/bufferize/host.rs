//! The host function: buffers, launches, copies, in program order.

use super::kernel::{Kernel, fingerprint, outline};
use super::plan::{ALIGN, round_up};
use super::{NO_ENTRY, NOT_BUFFERIZED, UNKNOWN_DEVICE};
use crate::fusion::extents::{Extent, of_axis};
use crate::loop_ir::{NestOp, names};
use edge_ir::{Attr, Body, Context, Loc, Op, OpData, Traits, Value};
use edge_pass::PassContext;
use edge_support::Reported;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A device that the module declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub name: String,
    pub space: String,
}

/// The space in which inputs, outputs and weights are.
pub(super) const HOST: &str = "host";

/// Where a tensor is. Sizes in elements of the tensor's type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    Input(usize),
    Output(usize),
    Weights(u64),
    /// A slot of a space's arena.
    Slot(String, usize),
}

/// One thing the host does.
pub(super) enum Step {
    Launch { nest: Op, device: Device, kernel: Kernel, symbol: String },
    Copy { tensor: Value, from: Place, to: Place, loc: Loc },
}

pub(super) struct Slot {
    pub space: String,
    pub tensor: Value,
    pub first: usize,
    pub last: usize,
}

pub(super) struct Lowering<'a, 'c> {
    pub cx: &'a PassContext<'c>,
    pub prefix: &'a str,
    pub body: &'a Body,
    pub args: Vec<Value>,
    pub devices: Vec<Device>,
    pub steps: Vec<Step>,
    pub slots: Vec<Slot>,
    pub places: FxHashMap<Value, Place>,
    /// Copies of tensors in other spaces.
    pub copies: FxHashMap<(Value, String), Place>,
    pub weights: Vec<(Attr, u64)>,
    pub weight_bytes: u64,
    pub kernels: BTreeMap<Vec<u64>, String>,
    pub made: Vec<(String, String, Kernel, Loc)>,
    pub outputs: Vec<Value>,
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
    pub fn ctx(&self) -> &'c Context {
        self.cx.ctx
    }
    /// The tensor whose memory a value is: reshapes are views.
    pub fn root(&self, value: Value) -> Value {
        match self.body.defining_op(value) {
            Some(op) if self.body.name(self.ctx(), op) == names::RESHAPE => self.root(self.body.operand(op, 0)),
            _ => value,
        }
    }
    /// The nest that makes a value, and which of its results that is.
    fn nest_result(&self, value: Value) -> Option<(NestOp, usize)> {
        let nest = NestOp::cast(self.ctx(), self.body, self.body.defining_op(value)?)?;
        Some((nest, self.body.op(nest.0).results().iter().position(|r| *r == value)?))
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
            // What is updated in place on the way to the result is in the caller's memory from the start.
            let mut made = Some(self.root(value));
            while let Some(tensor) = made {
                made = None;
                if let Some((nest, at)) = self.nest_result(tensor)
                    && !self.places.contains_key(&tensor)
                    && self.device(body.op(nest.0))?.space == HOST
                {
                    self.places.insert(tensor, Place::Output(n));
                    made = nest.outs(ctx, body).get(at).copied().filter(|out| body.has_one_use(*out));
                }
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
            return Err(self.cx.fail(
                data.loc,
                NOT_BUFFERIZED,
                "this nest has operands that are no ranked tensors, or extents that are not known to the host",
            ));
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
        if let Some(to) = self.places.get(&result).cloned() {
            if !fresh {
                let from = self.available(out, space, loc)?;
                if from != to {
                    self.steps.push(Step::Copy { tensor: result, from, to, loc });
                }
            }
            return Ok(());
        }
        // What nothing else uses any more is written in place.
        let root = self.root(out);
        if !fresh
            && self.body.has_one_use(out)
            && root == out
            && let Some(place @ Place::Slot(here, _)) = self.places.get(&out).cloned().as_ref()
            && here == space
        {
            self.places.insert(result, place.clone());
            self.touch(place);
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

    pub fn space_of<'p>(&self, place: &'p Place) -> &'p str {
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
        if body.defining_op(value).is_some_and(|op| body.name(ctx, op) == names::EMPTY) {
            let slot = self.slot(value, HOST);
            self.places.insert(value, slot.clone());
            return Ok(slot);
        }
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
        let Extent::Static(bytes) = self.bytes(value)? else {
            return Err(self.cx.fail(loc, NOT_BUFFERIZED, "a constant of dynamic shape"));
        };
        self.weight_bytes = offset + round_up(bytes as u64) + ALIGN;
        self.weights.push((attr, offset));
        self.places.insert(value, Place::Weights(offset));
        Ok(Place::Weights(offset))
    }

    /// Size of a tensor in bytes.
    pub fn bytes(&self, tensor: Value) -> Result<Extent, Reported> {
        let ctx = self.ctx();
        let kind = ctx.type_kind(self.body.ty(tensor));
        let fail = |what: &str| {
            let loc = self.body.value_loc(tensor).unwrap_or_else(|| ctx.unknown_loc());
            Err(self.cx.fail(loc, NOT_BUFFERIZED, what))
        };
        let Some(size) = kind.elem().and_then(|e| ctx.byte_size(e)).map(|n| n as i64) else {
            return fail("the elements of this tensor have no size in memory");
        };
        let rank = kind.shape().map_or(0, <[i64]>::len);
        let (mut fixed, mut dynamic) = (size, Vec::new());
        for axis in 0..rank {
            match of_axis(ctx, self.body, tensor, axis) {
                Extent::Static(d) => match fixed.checked_mul(d) {
                    Some(product) => fixed = product,
                    None => return fail("this tensor has more bytes than can be counted"),
                },
                extent => dynamic.push(extent),
            }
        }
        if dynamic.is_empty() {
            return Ok(Extent::Static(fixed));
        }
        let product = (0..dynamic.len()).fold(ctx.cst(fixed), |e, n| ctx.mul(ctx.sym(n as u32), e));
        Ok(Extent::Apply(ctx.affine_map(0, dynamic.len() as u32, &[product]), dynamic))
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
