//! Reductions: accumulators as grids, vectors of partial results, several of them to hide latency, and one chain of accumulation
//! through loops nested directly in each other.

use super::Problem;
use super::deps::Deps;
use super::emit::Compare;
use super::grid::{Elem, Expander};
use super::legal::Expand;
use super::loops::{Segment, Times};
use super::poly::Poly;
use super::source::{Combine, Loop};
use edge_ir::{FloatKind, Op, Signedness, Type, TypeKind, Value};

/// The accumulators of each result, one per element of its grid.
pub type Accumulators = Vec<Vec<Value>>;

impl Expander<'_, '_> {
    pub fn reduce_loop(&mut self, l: &Loop) -> Result<(), Problem> {
        let deps: Vec<Deps> = l.results.iter().map(|r| self.analysis.get(*r)).collect();
        let chain = self.chains.remove(&l.op);
        let found = self.reduce(l, &deps, chain)?;
        for ((result, deps), values) in l.results.iter().zip(&deps).zip(found) {
            self.set(*result, *deps, values.into_iter().map(Elem::Value).collect());
        }
        Ok(())
    }
    fn reduce(&mut self, l: &Loop, deps: &[Deps], chain: Option<Accumulators>) -> Result<Accumulators, Problem> {
        let expand = self.schedule.get(l.op);
        if expand != Expand::NONE {
            return self.reduce_blocks(l, deps, expand, chain);
        }
        let mut found = match chain {
            Some(chain) => chain,
            None => self.identities(l, deps)?,
        };
        if self.schedule.unrolls(l) {
            let start = self.bound(l.lower);
            for i in 0..l.static_trip().unwrap_or(0) {
                let start = start.add_constant(i * l.step);
                let once = Segment { start, times: Times::Once, jam: 1, lanes: 1, mask: None };
                found = self.reduce_segment(l, deps, &once, found)?;
            }
            return Ok(found);
        }
        for segment in self.segments(l, expand, false) {
            found = self.reduce_segment(l, deps, &segment, found)?;
        }
        Ok(found)
    }
    fn identities(&mut self, l: &Loop, deps: &[Deps]) -> Result<Accumulators, Problem> {
        let mut found = Vec::new();
        for (i, kind) in l.reduce.iter().enumerate() {
            let ty = self.source.ty(l.yields[i]);
            let payload = l.arg_pair(i).is_some_and(|(_, value)| value == i);
            let kind = if payload { Combine::Add } else { *kind };
            let scalar = self.identity(kind, ty, l)?;
            let value = if self.varies(deps[i]) { self.widen(scalar) } else { scalar };
            found.push(vec![value; self.coords(deps[i]).len()]);
        }
        Ok(found)
    }
    /// Partial results in vectors and side by side, put together after the loop.
    fn reduce_blocks(&mut self, l: &Loop, deps: &[Deps], expand: Expand, chain: Option<Accumulators>) -> Result<Accumulators, Problem> {
        let mut found = self.identities(l, deps)?;
        if expand.lanes > 1 {
            let wide = |this: &mut Self, v: &Value| this.emit.splat(*v, expand.lanes);
            found = found.iter().map(|vs| vs.iter().map(|v| wide(self, v)).collect()).collect();
        }
        let identities = found.clone();
        for segment in self.segments(l, expand, false) {
            let jam = segment.jam as usize;
            let beside = |known: &Vec<Value>, fresh: &Vec<Value>| -> Vec<Value> {
                known.iter().zip(fresh).flat_map(|(k, f)| (0..jam).map(|i| if i == 0 { *k } else { *f })).collect()
            };
            let start = found.iter().zip(&identities).map(|(k, f)| beside(k, f)).collect();
            let ended = self.reduce_segment(l, deps, &segment, start)?;
            found = Vec::new();
            for (i, values) in ended.iter().enumerate() {
                let ty = self.source.ty(l.yields[i]);
                let fold = |this: &mut Self, c: &[Value]| {
                    c.iter().copied().reduce(|a, b| this.combine(l.reduce[i], a, b, ty)).unwrap_or(c[0])
                };
                found.push(values.chunks(jam).map(|c| fold(self, c)).collect());
            }
        }
        for (i, values) in found.iter_mut().enumerate() {
            let ty = self.source.ty(l.yields[i]);
            for (j, value) in values.iter_mut().enumerate() {
                if expand.lanes > 1 {
                    *value = self.horizontal(l.reduce[i], *value, ty);
                }
                if let Some(chain) = &chain {
                    *value = self.combine(l.reduce[i], chain[i][j], *value, ty);
                }
            }
        }
        Ok(found)
    }
    fn reduce_segment(&mut self, l: &Loop, deps: &[Deps], segment: &Segment, found: Accumulators) -> Result<Accumulators, Problem> {
        self.emit.loc = l.loc;
        let sizes: Vec<usize> = found.iter().map(Vec::len).collect();
        let flat: Vec<Value> = found.iter().flatten().copied().collect();
        let apart = |values: &[Value]| -> Accumulators {
            let mut values = values.iter().copied();
            sizes.iter().map(|n| values.by_ref().take(*n).collect()).collect()
        };
        match &segment.times {
            Times::Once => self.reduce_body(l, deps, segment, segment.start.clone(), found),
            Times::Below(upper) => {
                let open = self.open(l, segment, upper, &flat);
                let (iv, args) = (Poly::scalar(open.iv), apart(&open.args));
                let next = self.reduce_body(l, deps, segment, iv, args)?;
                self.emit.loc = l.loc;
                let next: Vec<Value> = next.into_iter().flatten().collect();
                Ok(apart(&self.emit.close_for(open, &next)))
            }
            Times::If(condition) => {
                let types: Vec<Type> = flat.iter().map(|v| self.emit.ty(*v)).collect();
                let branch = self.emit.open_if(*condition, &types, true);
                let next = self.reduce_body(l, deps, segment, segment.start.clone(), found)?;
                let next: Vec<Value> = next.into_iter().flatten().collect();
                self.emit.open_else(branch, &next);
                Ok(apart(&self.emit.close_if(branch, &flat)))
            }
        }
    }
    /// One block of iterations: what the accumulators are after it.
    fn reduce_body(&mut self, l: &Loop, deps: &[Deps], segment: &Segment, base: Poly, found: Accumulators) -> Result<Accumulators, Problem> {
        let outside = self.enter(l, segment, base);
        let inner = self.chained(l, deps).filter(|_| self.axes.len() == outside);
        if let Some(inner) = inner {
            self.chains.insert(inner, found);
            self.block(l.block)?;
            return Ok(l.yields.iter().zip(deps).map(|(y, d)| self.flatten(&[*y], &[*d])).collect());
        }
        let products: Vec<Option<Op>> = (0..l.yields.len()).map(|i| self.product(l, i)).collect();
        self.fused.extend(products.iter().flatten());
        self.block(l.block)?;
        self.emit.loc = l.loc;
        let bit = self.analysis.bit(l.op);
        let mut next = found.clone();
        for i in 0..l.yields.len() {
            let all = deps[i] | bit;
            let vector = self.varies(all);
            let mask = self.lane_axis().filter(|a| a.bit == bit).and_then(|a| a.mask);
            for (at, coords) in self.coords(all).into_iter().enumerate() {
                match (l.arg_pair(i), products[i]) {
                    (Some((key, value)), _) if key == i => {
                        let pair = [found[key][at], found[value][at]];
                        [next[key][at], next[value][at]] = self.better(l, [key, value], pair, &coords, vector);
                    }
                    (Some(_), _) => {}
                    (None, Some(product)) => {
                        let (a, b) = (self.source.operand(product, 0), self.source.operand(product, 1));
                        let (a, b) = (self.value_at(a, &coords), self.value_at(b, &coords));
                        next[i][at] = self.multiply_add(a, b, found[i][at], vector);
                    }
                    (None, None) => {
                        let value = self.value_at(l.yields[i], &coords);
                        let value = if vector { self.widen(value) } else { value };
                        let ty = self.source.ty(l.yields[i]);
                        next[i][at] = self.combine(l.reduce[i], found[i][at], value, ty);
                    }
                }
                if let Some(mask) = mask {
                    let ty = self.emit.ty(next[i][at]);
                    next[i][at] = self.emit.value("arith.select", &[mask, next[i][at], found[i][at]], &[], ty);
                }
            }
        }
        self.axes.truncate(outside);
        Ok(next)
    }
    /// A reduction nested directly in `l` whose results are just what `l` accumulates in the same way: it goes on with the
    /// accumulators of `l` instead of its own.
    fn chained(&self, l: &Loop, deps: &[Deps]) -> Option<Op> {
        let inner = self.source.defining_op(*l.yields.first()?)?;
        let found = self.analysis.loops.get(&inner)?;
        let alike = found.reduce == l.reduce && !l.reduce.iter().any(|k| k.is_arg());
        let direct = self.source.op(inner).block() == Some(l.block);
        let same = found.results == l.yields && found.results.iter().all(|r| self.source.has_one_use(*r));
        let shaped = found.results.iter().zip(deps).all(|(r, d)| {
            let inner = self.analysis.get(*r);
            self.shape(inner) == self.shape(*d) && self.varies(inner) == self.varies(*d)
        });
        (alike && direct && same && shaped).then_some(inner)
    }
    /// The product of floats that is summed by yield `i` and used for nothing else.
    fn product(&self, l: &Loop, i: usize) -> Option<Op> {
        let op = self.source.defining_op(l.yields[i])?;
        let float = matches!(
            self.ctx().type_kind(self.source.ty(l.yields[i])),
            TypeKind::Float(FloatKind::F32 | FloatKind::F64)
        );
        let fits = l.reduce[i] == Combine::Add && float && self.style.contract && self.source.has_one_use(l.yields[i]);
        (fits && self.source.name(self.ctx(), op) == "arith.mulf" && self.source.op(op).block() == Some(l.block)).then_some(op)
    }
    fn multiply_add(&mut self, a: Value, b: Value, sum: Value, vector: bool) -> Value {
        let ty = self.emit.ty(sum);
        if vector {
            let (a, b) = (self.widen(a), self.widen(b));
            return self.emit.value("vector.fma", &[a, b, sum], &[], ty);
        }
        let contract = super::emit::dialect_attr(self.ctx(), "arith.fastmath<contract>");
        let product = self.emit.value("arith.mulf", &[a, b], &[("fastmath", contract)], ty);
        self.emit.value("arith.addf", &[sum, product], &[("fastmath", contract)], ty)
    }
    fn better(&mut self, l: &Loop, pair: [usize; 2], known: [Value; 2], coords: &super::grid::Coords, vector: bool) -> [Value; 2] {
        let [key, value] = pair.map(|i| {
            let v = self.value_at(l.yields[i], coords);
            if vector { self.widen(v) } else { v }
        });
        let Combine::Arg { least, last } = l.reduce[pair[0]] else { return known };
        let ty = self.source.ty(l.yields[pair[0]]);
        let wins = if self.ctx().is_float(ty) {
            let code = match (least, last) {
                (false, false) => 2,
                (false, true) => 3,
                (true, false) => 4,
                (true, true) => 5,
            };
            let i1 = self.ctx().i1();
            let ty = if vector { self.ctx().vector(&[self.lanes()], i1) } else { i1 };
            self.emit.value("arith.cmpf", &[key, known[0]], &[("predicate", self.ctx().i64_attr(code))], ty)
        } else {
            let order = match (is_unsigned(self.ctx(), ty), least, last) {
                (false, false, false) => Compare::Sgt,
                (false, false, true) => Compare::Sge,
                (false, true, false) => Compare::Slt,
                (false, true, true) => Compare::Sle,
                (true, false, false) => Compare::Ugt,
                (true, false, true) => Compare::Uge,
                (true, true, false) => Compare::Ult,
                (true, true, true) => Compare::Ule,
            };
            self.emit.compare(order, key, known[0])
        };
        [(key, known[0]), (value, known[1])].map(|(new, old)| {
            let ty = self.emit.ty(old);
            self.emit.value("arith.select", &[wins, new, old], &[], ty)
        })
    }

    /// Two values of element type `ty`, or vectors of it, combined.
    pub fn combine(&mut self, kind: Combine, a: Value, b: Value, ty: Type) -> Value {
        let (float, unsigned) = (self.ctx().is_float(ty), is_unsigned(self.ctx(), ty));
        let name = match kind {
            Combine::Add if float => "arith.addf",
            Combine::Add => "arith.addi",
            Combine::Mul if float => "arith.mulf",
            Combine::Mul => "arith.muli",
            Combine::Maximum if float => "arith.maximumf",
            Combine::Minimum if float => "arith.minimumf",
            Combine::Maxnum if float => "arith.maxnumf",
            Combine::Minnum if float => "arith.minnumf",
            Combine::Maximum | Combine::Maxnum if unsigned => "arith.maxui",
            Combine::Minimum | Combine::Minnum if unsigned => "arith.minui",
            Combine::Maximum | Combine::Maxnum => "arith.maxsi",
            Combine::Minimum | Combine::Minnum => "arith.minsi",
            Combine::Or => "arith.ori",
            Combine::And | Combine::Arg { .. } => "arith.andi",
        };
        let ty = self.emit.ty(a);
        self.emit.value(name, &[a, b], &[], ty)
    }
    fn horizontal(&mut self, kind: Combine, vector: Value, ty: Type) -> Value {
        let (float, unsigned) = (self.ctx().is_float(ty), is_unsigned(self.ctx(), ty));
        let (greatest, least) = match (kind, float, unsigned) {
            (Combine::Maxnum | Combine::Minnum, true, _) => ("maxnumf", "minnumf"),
            (_, true, _) => ("maximumf", "minimumf"),
            (_, _, true) => ("maxui", "minui"),
            _ => ("maxsi", "minsi"),
        };
        let name = match kind {
            Combine::Add => "add",
            Combine::Mul => "mul",
            Combine::Maximum | Combine::Maxnum => greatest,
            Combine::Minimum | Combine::Minnum => least,
            Combine::Or => "or",
            Combine::And | Combine::Arg { .. } => "and",
        };
        let kind = super::emit::dialect_attr(self.ctx(), &format!("vector.kind<{name}>"));
        let mut props = vec![("kind", kind)];
        if float {
            props.push(("fastmath", super::emit::dialect_attr(self.ctx(), "arith.fastmath<reassoc>")));
        }
        let elem = self.ctx().elem_or_self(self.emit.ty(vector));
        self.emit.value("vector.reduction", &[vector], &props, elem)
    }
    fn identity(&mut self, kind: Combine, ty: Type, l: &Loop) -> Result<Value, Problem> {
        let ctx = self.ctx();
        let greatest = matches!(kind, Combine::Minimum | Combine::Minnum | Combine::Arg { least: true, .. });
        if ctx.is_float(ty) {
            let value = match kind {
                Combine::Add => 0.0,
                Combine::Mul => 1.0,
                _ if greatest => f64::INFINITY,
                _ => f64::NEG_INFINITY,
            };
            let wrong = || Problem::unsupported(l.loc, "a reduction of this float type");
            let attr = ctx.float_attr(value, ty).ok_or_else(wrong)?;
            return Ok(self.emit.constant(attr, ty));
        }
        let width = ctx.bit_width(ty).unwrap_or(64).clamp(1, 64);
        let (low, high) = match is_unsigned(ctx, ty) {
            true => (0, (1i128 << width) - 1),
            false => (-(1i128 << (width - 1)), (1i128 << (width - 1)) - 1),
        };
        let value = match kind {
            Combine::Add | Combine::Or => 0,
            Combine::Mul | Combine::And => 1,
            _ if greatest => high,
            _ => low,
        };
        let signless = super::source::signless(ctx, ty);
        Ok(self.emit.constant(ctx.int_attr(value, signless), signless))
    }
}

/// Booleans count as unsigned.
fn is_unsigned(ctx: &edge_ir::Context, ty: Type) -> bool {
    match ctx.type_kind(ty) {
        TypeKind::Integer { width, sign } => width == 1 || sign == Signedness::Unsigned,
        _ => false,
    }
}
