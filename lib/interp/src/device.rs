//! The device level: a host function that launches kernels on ranges of bytes.
//!
//! One piece of memory for each input, output, the constants, and the arena of each space, at the planned offsets. Every byte remembers
//! whether it was written: a range that is not used again is forgotten, so that what reads it is reported. So are buffers of
//! one launch that overlap where one is written, and launches that no token orders but memory does.

use crate::attrs::tensor_of;
use crate::interp::{BAD_INPUTS, Interp, NOT_INTERPRETED, STOPPED, Scope};
use crate::nest::{Argument, compile};
use crate::tensor::Tensor;
use crate::vm::{self, Binding, Code, Mem};
use edge_dialect::instance::elem_of;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Block, Body, Loc, Op, OpData, Type, Value};
use edge_support::Reported;
use rustc_hash::FxHashMap;

/// A piece of memory.
struct Piece {
    data: Vec<u8>,
    /// For each byte whether it holds something; empty for what is only read.
    written: Vec<u8>,
}

/// A range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Range {
    piece: usize,
    start: usize,
    bytes: usize,
}

impl Range {
    fn meets(self, other: Range) -> bool {
        self.piece == other.piece && self.start < other.start + other.bytes && other.start < self.start + self.bytes
    }
}

/// What touches memory: a launch or a copy.
struct Event {
    reads: Vec<Range>,
    writes: Vec<Range>,
    /// Events that are done before it, by number.
    after: Vec<bool>,
}

struct Host<'a, 'c> {
    interp: &'a Interp<'c>,
    scope: Scope<'a>,
    body: &'a Body,
    dims: Vec<i64>,
    pieces: Vec<Piece>,
    ranges: FxHashMap<Value, Range>,
    numbers: FxHashMap<Value, i64>,
    tokens: FxHashMap<Value, usize>,
    events: Vec<Event>,
    codes: FxHashMap<(String, Vec<i64>), Code>,
}

/// Byte with which memory that holds nothing is filled.
const POISON: u8 = 0xCB;

pub(crate) fn run_host(
    interp: &Interp<'_>,
    scope: Scope<'_>,
    body: &Body,
    entry: Block,
    data: &OpData,
    inputs: Vec<Tensor>,
) -> Result<Vec<Tensor>, Reported> {
    let ports = ports(interp, data, "edge.inputs");
    let out_ports = ports_with_maps(interp, data);
    if ports.len() != inputs.len() {
        let message = format!("the program takes {} inputs, and {} are given", ports.len(), inputs.len());
        return interp.fail(data.loc, BAD_INPUTS, message);
    }
    for (n, (ty, tensor)) in ports.iter().zip(&inputs).enumerate() {
        if let Some(expected) = interp.mismatch(*ty, tensor) {
            let message = format!("input {n} is {}, but {expected} is expected", tensor.type_text());
            return interp.fail(data.loc, BAD_INPUTS, message);
        }
    }
    let mut host = Host {
        interp,
        scope,
        body,
        dims: dims(interp, data, &inputs),
        pieces: vec![],
        ranges: FxHashMap::default(),
        numbers: FxHashMap::default(),
        tokens: FxHashMap::default(),
        events: vec![],
        codes: FxHashMap::default(),
    };
    let shapes = host.memory(data, entry, &inputs, &out_ports)?;
    host.block(entry)?;
    let first = inputs.len();
    let outputs = shapes.into_iter().enumerate().map(|(n, (ty, shape))| {
        let elem = elem_of(interp.ctx, interp.ctx.elem_or_self(ty));
        let Some(elem) = elem else { return interp.fail(data.loc, NOT_INTERPRETED, "an output of unknown element type") };
        let piece = &host.pieces[first + n];
        if piece.written.contains(&0) {
            return interp.fail(data.loc, STOPPED, format!("output {n} is not written everywhere"));
        }
        Tensor::new(elem, &shape, piece.data.clone()).or_else(|e| interp.fail(data.loc, STOPPED, e))
    });
    outputs.collect()
}

fn list<'c>(interp: &Interp<'c>, data: &OpData, name: &str) -> &'c [Attr] {
    data.attr(interp.ctx, name).and_then(|a| interp.ctx.as_array(a)).unwrap_or(&[])
}

fn field(interp: &Interp<'_>, dict: Attr, name: &str) -> Option<Attr> {
    interp.ctx.dict_entries(dict).iter().find(|(k, _)| interp.ctx.str(*k) == name).map(|e| e.1)
}

fn ports(interp: &Interp<'_>, data: &OpData, name: &str) -> Vec<Type> {
    list(interp, data, name).iter().filter_map(|d| interp.ctx.as_type(field(interp, *d, "type")?)).collect()
}

/// Outputs: types, and the maps of dynamic shapes.
fn ports_with_maps(interp: &Interp<'_>, data: &OpData) -> Vec<(Type, Option<Attr>)> {
    let types = ports(interp, data, "edge.outputs");
    let maps = list(interp, data, "edge.outputs").iter().map(|d| field(interp, *d, "shape"));
    types.into_iter().zip(maps).collect()
}

/// Values of the program's dims.
fn dims(interp: &Interp<'_>, data: &OpData, inputs: &[Tensor]) -> Vec<i64> {
    let int = |d: Attr, name: &str| field(interp, d, name).and_then(|a| interp.ctx.as_int(a)).unwrap_or(0) as usize;
    let one = |d: &Attr| inputs.get(int(*d, "input")).and_then(|t| t.shape().get(int(*d, "axis")).copied());
    list(interp, data, "edge.dims").iter().map(|d| one(d).unwrap_or(0)).collect()
}

impl Host<'_, '_> {
    fn evaluate(&self, map: Attr) -> Option<Vec<i64>> {
        let ctx = self.interp.ctx;
        let map = ctx.as_map(map)?;
        map.results.iter().map(|e| ctx.affine_eval(*e, &[], &self.dims)).collect()
    }

    /// Makes the pieces and binds the arguments; gives types and shapes of the outputs.
    fn memory(
        &mut self,
        data: &OpData,
        entry: Block,
        inputs: &[Tensor],
        outputs: &[(Type, Option<Attr>)],
    ) -> Result<Vec<(Type, Vec<i64>)>, Reported> {
        let (interp, ctx) = (self.interp, self.interp.ctx);
        let wrong = |what: &str| interp.fail(data.loc, NOT_INTERPRETED, what.to_owned());
        for tensor in inputs {
            self.pieces.push(Piece { data: tensor.data().to_vec(), written: vec![] });
        }
        let mut shapes = Vec::new();
        for (ty, map) in outputs {
            let fixed = ctx.type_kind(*ty).shape().map(<[i64]>::to_vec).unwrap_or_default();
            let shape = match map {
                Some(map) => self.evaluate(*map).map_or_else(|| wrong("the shape of an output cannot be computed"), Ok)?,
                None => fixed,
            };
            let count = edge_ir::elements::count(&shape).zip(ctx.byte_size(ctx.elem_or_self(*ty)));
            let Some((count, size)) = count else {
                return interp.fail(data.loc, NOT_INTERPRETED, "an output of unknown size");
            };
            self.fresh((count * size) as usize, data.loc)?;
            shapes.push((*ty, shape));
        }
        self.constants(data)?;
        let arenas = data.attr(ctx, "edge.arena");
        for space in list(interp, data, "edge.spaces") {
            let size = arenas.zip(ctx.as_str(*space)).and_then(|(a, name)| field(interp, a, name));
            let bytes = size.and_then(|s| ctx.as_int(s).or_else(|| self.evaluate(s)?.first().copied())).unwrap_or(0);
            self.fresh(bytes.max(0) as usize, data.loc)?;
        }
        let args = self.body.block_args(entry);
        let buffers = args.len().saturating_sub(self.dims.len());
        if buffers != self.pieces.len() {
            let message = "the host function's arguments are not its inputs, outputs, weights, arenas and dims";
            return interp.fail(data.loc, NOT_INTERPRETED, message);
        }
        for (n, arg) in args.iter().enumerate() {
            if n < buffers {
                self.ranges.insert(*arg, Range { piece: n, start: 0, bytes: self.pieces[n].data.len() });
            } else {
                self.numbers.insert(*arg, self.dims[n - buffers]);
            }
        }
        Ok(shapes)
    }

    fn fresh(&mut self, bytes: usize, loc: Loc) -> Result<(), Reported> {
        if bytes as u64 > crate::tensor::MAX_BYTES {
            return self.interp.fail(loc, STOPPED, format!("a piece of memory of {bytes} bytes"));
        }
        self.pieces.push(Piece { data: vec![POISON; bytes], written: vec![0; bytes] });
        Ok(())
    }

    fn constants(&mut self, data: &OpData) -> Result<(), Reported> {
        let interp = self.interp;
        let mut blob = Vec::new();
        for entry in list(interp, data, "edge.weights") {
            let offset = field(interp, *entry, "offset").and_then(|a| interp.ctx.as_int(a)).unwrap_or(0).max(0) as usize;
            let Some(tensor) = field(interp, *entry, "value").and_then(|a| tensor_of(interp.ctx, a)) else {
                return interp.fail(data.loc, NOT_INTERPRETED, "the elements of a constant are not there");
            };
            let bytes = tensor.data();
            if blob.len() < offset + bytes.len() {
                blob.resize(offset + bytes.len(), POISON);
            }
            blob[offset..offset + bytes.len()].copy_from_slice(bytes);
        }
        self.pieces.push(Piece { data: blob, written: vec![] });
        Ok(())
    }

    fn block(&mut self, entry: Block) -> Result<(), Reported> {
        let body = self.body;
        let ops: Vec<Op> = body.block_ops(entry).collect();
        for op in &ops {
            let data = body.op(*op);
            match body.name(self.interp.ctx, *op) {
                "device.slice" => self.slice(*op)?,
                "device.launch" => self.launch(*op)?,
                "device.copy" => self.copy(*op)?,
                "device.wait" | "func.return" => {}
                "arith.constant" => {
                    let value = data.attr(self.interp.ctx, "value").and_then(|a| self.interp.ctx.as_int(a));
                    self.numbers.insert(body.result(*op, 0), value.unwrap_or(0));
                }
                "affine.apply" => self.apply(*op)?,
                name => {
                    let message = format!("`{name}` has no meaning in a host function");
                    return self.interp.fail(data.loc, NOT_INTERPRETED, message);
                }
            }
            self.forget(&ops, *op);
        }
        Ok(())
    }

    fn number(&self, value: Value) -> i64 {
        self.numbers.get(&value).copied().unwrap_or(0)
    }

    fn apply(&mut self, op: Op) -> Result<(), Reported> {
        let (ctx, data) = (self.interp.ctx, self.body.op(op));
        let values: Vec<i64> = self.body.operands(op).map(|v| self.number(v)).collect();
        let map = data.attr(ctx, "map").and_then(|a| ctx.as_map(a));
        let value = map.and_then(|m| {
            let (dims, syms) = values.split_at_checked(m.dims as usize)?;
            ctx.affine_eval(*m.results.first()?, dims, syms)
        });
        let Some(value) = value else { return self.interp.fail(data.loc, STOPPED, "an index that cannot be computed") };
        self.numbers.insert(self.body.result(op, 0), value);
        Ok(())
    }

    fn slice(&mut self, op: Op) -> Result<(), Reported> {
        let (ctx, data) = (self.interp.ctx, self.body.op(op));
        let result = self.body.result(op, 0);
        let base = self.ranges.get(&self.body.operand(op, 0)).copied();
        let fixed = data.attr(ctx, "static_offset").and_then(|a| ctx.as_int(a)).unwrap_or(0);
        let offset = if fixed == DYNAMIC { self.number(self.body.operand(op, 1)) } else { fixed };
        let kind = ctx.type_kind(self.body.ty(result));
        let fixed = kind.shape().and_then(edge_ir::elements::count).zip(kind.elem().and_then(|e| ctx.byte_size(e)));
        let bytes = match fixed {
            Some((n, size)) => Some((n * size) as i64),
            None => data.attr(ctx, "edge.bytes").and_then(|m| self.evaluate(m)?.first().copied()),
        };
        let inside = base.zip(bytes).filter(|(b, n)| offset >= 0 && *n >= 0 && offset as usize + *n as usize <= b.bytes);
        let Some((base, bytes)) = inside else {
            return self.interp.fail(data.loc, STOPPED, "a slice that does not lie in its buffer");
        };
        let range = Range { piece: base.piece, start: base.start + offset as usize, bytes: bytes as usize };
        self.ranges.insert(result, range);
        Ok(())
    }

    /// Enters an event, checking it against those that no token orders it after.
    fn event(&mut self, op: Op, tokens: &[Value], reads: Vec<Range>, writes: Vec<Range>) -> Result<(), Reported> {
        let loc = self.body.op(op).loc;
        for (n, write) in writes.iter().enumerate() {
            if reads.iter().chain(&writes[n + 1..]).any(|other| write.meets(*other)) {
                return self.interp.fail(loc, STOPPED, "a buffer that is written overlaps another one of the same launch");
            }
        }
        let mut after = vec![false; self.events.len()];
        for token in tokens.iter().filter_map(|t| self.tokens.get(t)) {
            after[*token] = true;
            self.events[*token].after.iter().enumerate().filter(|(_, d)| **d).for_each(|(n, _)| after[n] = true);
        }
        for (n, other) in self.events.iter().enumerate().filter(|(n, _)| !after[*n]) {
            let clash = |a: &[Range], b: &[Range]| a.iter().any(|x| b.iter().any(|y| x.meets(*y)));
            if clash(&writes, &other.writes) || clash(&writes, &other.reads) || clash(&reads, &other.writes) {
                return self.interp.fail(
                    loc,
                    STOPPED,
                    format!("a race: no token orders this after step {n}, whose memory it uses"),
                );
            }
        }
        self.tokens.insert(self.body.result(op, 0), self.events.len());
        self.events.push(Event { reads, writes, after });
        Ok(())
    }

    fn copy(&mut self, op: Op) -> Result<(), Reported> {
        let loc = self.body.op(op).loc;
        let operands: Vec<Value> = self.body.operands(op).collect();
        let at = |n: usize| operands.get(n).and_then(|v| self.ranges.get(v)).copied();
        let Some((from, to)) = at(0).zip(at(1)).filter(|(a, b)| a.bytes == b.bytes) else {
            return self.interp.fail(loc, STOPPED, "a copy between buffers of different sizes");
        };
        self.event(op, &operands[2..], vec![from], vec![to])?;
        let source = &self.pieces[from.piece];
        if !source.written.is_empty() && source.written[from.start..from.start + from.bytes].contains(&0) {
            return self.interp.fail(loc, STOPPED, "a copy of what was not written");
        }
        let bytes = source.data[from.start..from.start + from.bytes].to_vec();
        let target = &mut self.pieces[to.piece];
        target.data[to.start..to.start + to.bytes].copy_from_slice(&bytes);
        target.written[to.start..to.start + to.bytes].fill(1);
        Ok(())
    }

    fn launch(&mut self, op: Op) -> Result<(), Reported> {
        let (interp, ctx, body) = (self.interp, self.interp.ctx, self.body);
        let data = body.op(op);
        let Some(&[bufs, dims, _]) = data.operand_segments(ctx).as_deref() else {
            return interp.fail(data.loc, NOT_INTERPRETED, "a launch whose segment sizes do not fit its operands");
        };
        let operands: Vec<Value> = body.operands(op).collect();
        let symbol = data.attr(ctx, "kernel").and_then(|a| ctx.as_symbol(a)).unwrap_or_default();
        let kernel = self.scope.symbols.get(ctx, symbol).and_then(|k| Some(self.scope.module.op().body()?.op(k)));
        let parts = kernel.and_then(|k| Some((k, k.body()?, k.entry()?)));
        let Some((kernel, inner, block)) = parts else {
            return interp.fail(data.loc, NOT_INTERPRETED, format!("there is no kernel `{symbol}`"));
        };
        let ranges: Option<Vec<Range>> = operands[..bufs].iter().map(|v| self.ranges.get(v).copied()).collect();
        let Some(ranges) = ranges else { return interp.fail(data.loc, STOPPED, "a launch on a buffer that is not known") };
        let numbers: Vec<i64> = operands[bufs..bufs + dims].iter().map(|v| self.number(*v)).collect();
        let chosen = |name: &str| -> Vec<Range> {
            let which = kernel.attr(ctx, name).and_then(|a| ctx.as_ints(a)).unwrap_or_default();
            which.into_iter().filter_map(|n| ranges.get(n as usize).copied()).collect()
        };
        let (reads, writes) = (chosen("reads"), chosen("writes"));
        self.event(op, &operands[bufs + dims..], reads, writes.clone())?;
        let mut args = Vec::new();
        let mut bindings = Vec::new();
        for (value, range) in inner.block_args(block).iter().zip(&ranges) {
            let elem = elem_of(ctx, ctx.elem_or_self(inner.ty(*value)));
            let Some(elem) = elem else { return interp.fail(kernel.loc, NOT_INTERPRETED, "a buffer of unknown elements") };
            let len = range.bytes as i64 / elem.bytes() as i64;
            args.push(Argument::View(elem, vec![len], writes.contains(range)));
            bindings.push(Binding { mem: range.piece, offset: range.start, len, first: 0 });
        }
        let mut key: Vec<i64> = numbers.clone();
        key.extend(bindings.iter().map(|b| b.len));
        let key = (symbol.to_owned(), key);
        if !self.codes.contains_key(&key) {
            args.extend(numbers.iter().map(|n| Argument::Index(*n)));
            let code = compile(interp, inner, block, &args).or_else(|(loc, e)| interp.fail(loc, NOT_INTERPRETED, e))?;
            self.codes.insert(key.clone(), code);
        }
        let code = &self.codes[&key];
        let mems = self.pieces.iter_mut().map(|p| match p.written.is_empty() {
            true => Mem::Shared(&p.data),
            false => Mem::Exclusive { data: &mut p.data, shadow: Some(&mut p.written) },
        });
        match vm::run(code, mems.collect(), bindings, &[]) {
            Ok(counts) => counts.iter().take(bufs).for_each(|c| interp.count(c[0], c[1])),
            Err(fault) => return interp.fail(data.loc, STOPPED, fault.to_string()),
        }
        Ok(())
    }

    /// Forgets ranges of arenas that no later operation uses.
    fn forget(&mut self, ops: &[Op], op: Op) {
        let body = self.body;
        let Some(at) = ops.iter().position(|o| *o == op) else { return };
        let later: Vec<Range> = ops[at + 1..].iter().flat_map(|o| self.later_ranges(*o)).collect();
        let now: Vec<Range> = body.operands(op).filter_map(|v| self.ranges.get(&v).copied()).collect();
        for range in now {
            let piece = &mut self.pieces[range.piece];
            // Outputs are the caller's; inputs and constants have no marks.
            let is_arena = !piece.written.is_empty() && range.bytes < piece.data.len();
            let is_slice = body.name(self.interp.ctx, op) != "device.slice";
            if is_arena && is_slice && !later.iter().any(|l| l.meets(range)) {
                piece.data[range.start..range.start + range.bytes].fill(POISON);
                piece.written[range.start..range.start + range.bytes].fill(0);
            }
        }
    }

    /// Ranges that an operation which is still to come names, as far as they are known.
    fn later_ranges(&self, op: Op) -> Vec<Range> {
        let ctx = self.interp.ctx;
        if self.body.name(ctx, op) != "device.slice" {
            return self.body.operands(op).filter_map(|v| self.ranges.get(&v).copied()).collect();
        }
        // A slice that is not made yet: by its static offset; one without keeps its whole buffer.
        let data = self.body.op(op);
        let Some(base) = self.ranges.get(&self.body.operand(op, 0)) else { return vec![] };
        let fixed = data.attr(ctx, "static_offset").and_then(|a| ctx.as_int(a)).filter(|o| *o != DYNAMIC && *o >= 0);
        let kind = ctx.type_kind(self.body.ty(self.body.result(op, 0)));
        let size = kind.shape().and_then(edge_ir::elements::count).zip(kind.elem().and_then(|e| ctx.byte_size(e)));
        match fixed.zip(size) {
            Some((offset, (n, size))) => {
                vec![Range { piece: base.piece, start: base.start + offset as usize, bytes: (n * size) as usize }]
            }
            None => vec![*base],
        }
    }
}
