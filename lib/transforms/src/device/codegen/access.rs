//! Reads: one load per element of the grid, of the form that the coefficient of the lane asks for.

use super::Problem;
use super::emit::Compare;
use super::grid::{Coords, Elem, Expander};
use super::poly::{Atom, Poly};
use super::source::{self, Access};
use edge_ir::types::DYNAMIC;
use edge_ir::{Op, Type, Value};

/// Where an access goes.
pub struct Place {
    pub buffer: Value,
    pub index: Poly,
    /// Elements of the buffer, or [`DYNAMIC`].
    pub size: i64,
    /// Element type as computed with, and as stored.
    pub elem: Type,
    pub stored: Type,
    pub guard: Guard,
}

/// A guard at one element of the grid: all of its parts must hold.
#[derive(Default)]
pub struct Guard {
    pub never: bool,
    pub scalar: Option<Value>,
    pub vector: Option<Value>,
}

impl Expander<'_, '_> {
    /// `loop.read`.
    pub fn read(&mut self, op: Op) -> Result<(), Problem> {
        let access = self.access(op)?;
        let deps = self.analysis.get(self.source.result(op, 0));
        let mut elems = Vec::new();
        for coords in self.coords(deps) {
            let place = self.place(&access, &coords)?;
            let otherwise = access.otherwise.map(|v| self.value_at(v, &coords));
            elems.push(Elem::Value(self.load(&place, otherwise)?));
        }
        self.set(self.source.result(op, 0), deps, elems);
        Ok(())
    }
    pub fn access(&self, op: Op) -> Result<Access, Problem> {
        let found = self.analysis.accesses.get(&op).cloned();
        found.ok_or_else(|| Problem::malformed(self.emit.loc, "an access that was not analysed".into()))
    }
    pub fn place(&mut self, access: &Access, coords: &Coords) -> Result<Place, Problem> {
        let ctx = self.ctx();
        let wrong = || Problem::malformed(access.loc, "an access to what is not a 1-D buffer".into());
        let (elem, size) = source::buffer(ctx, self.source.ty(access.memref)).ok_or_else(wrong)?;
        let map = ctx.as_map(access.map).ok_or_else(wrong)?;
        let operands: Vec<Poly> = access.indices.iter().map(|v| self.poly_at(*v, coords)).collect();
        let lanes = self.lanes();
        let mut index = self.emit.affine(map.results[0], &operands, map.dims, lanes);
        let guard = match access.guard.and_then(|g| ctx.as_set(g)) {
            Some(set) => self.guard(&operands, set.dims, set.constraints),
            None => Guard::default(),
        };
        let mut size = size;
        let buffer = match self.buffers.get(&access.memref) {
            Some(buffer) => *buffer,
            None => {
                let tile = self.tile(access.memref, coords)?;
                if self.varies(self.analysis.tile(access.memref)) {
                    index = index.scale(lanes).add(&Poly::atom(Atom::Lane));
                    size = if size == DYNAMIC { size } else { size * lanes };
                }
                tile
            }
        };
        Ok(Place { buffer, index, size, elem: source::signless(ctx, elem), stored: source::stored(ctx, elem), guard })
    }
    fn guard(&mut self, operands: &[Poly], dims: u32, constraints: &[(edge_ir::AffineExpr, bool)]) -> Guard {
        let mut guard = Guard::default();
        let lanes = self.lanes();
        for (e, equal) in constraints {
            let p = self.emit.affine(*e, operands, dims, lanes);
            if let Some(c) = p.as_constant() {
                guard.never |= if *equal { c != 0 } else { c < 0 };
                continue;
            }
            if !equal && self.emit.is_nonnegative(&p) {
                continue;
            }
            let predicate = if *equal { Compare::Eq } else { Compare::Sge };
            let part = if p.is_vector() {
                let (uniform, varying) = p.split();
                let i32 = self.ctx().i32();
                let bound = self.emit.vector(&uniform.scale(-1), lanes, i32);
                let varying = self.emit.vector(&varying, lanes, i32);
                self.emit.compare(predicate, varying, bound)
            } else {
                let bound = self.emit.index(p.constant.wrapping_neg());
                let varying = self.emit.scalar(&p.add_constant(p.constant.wrapping_neg()));
                self.emit.compare(predicate, varying, bound)
            };
            let slot = if p.is_vector() { &mut guard.vector } else { &mut guard.scalar };
            let both = slot.map(|known| self.emit.both(known, part));
            *slot = Some(both.unwrap_or(part));
        }
        guard
    }
    /// The lanes in which an access happens; `None`: in all.
    pub fn mask(&mut self, guard: &Guard) -> Option<Value> {
        let lanes = self.lanes();
        let scalar = guard.scalar.map(|s| self.emit.splat(s, lanes));
        let parts = [self.lane_axis().and_then(|a| a.mask), guard.vector, scalar];
        parts.into_iter().flatten().reduce(|a, b| self.emit.both(a, b))
    }
    pub fn all_lanes(&mut self) -> Value {
        let lanes = self.lanes();
        let yes = self.emit.int(1, self.ctx().i1());
        self.emit.splat(yes, lanes)
    }

    /// Loads one element of the grid. `otherwise` is its value where the guard does not hold.
    pub fn load(&mut self, place: &Place, otherwise: Option<Value>) -> Result<Value, Problem> {
        if let Some(value) = otherwise.filter(|_| place.guard.never) {
            return Ok(value);
        }
        if place.index.is_vector() || place.guard.vector.is_some() {
            return Ok(self.load_vector(place, otherwise));
        }
        let (Some(condition), Some(otherwise)) = (place.guard.scalar, otherwise) else {
            let index = self.emit.scalar(&place.index);
            return Ok(self.load_scalar(place, index));
        };
        let otherwise_ty = self.emit.ty(otherwise);
        if place.size > 0 {
            // A load that is always safe, and a choice, are cheaper than a branch.
            let (index, zero) = (self.emit.scalar(&place.index), self.emit.index(0));
            let safe = self.emit.pure("arith.select", &[condition, index, zero], &[], self.ctx().index());
            let mut value = self.load_scalar(place, safe);
            if self.emit.is_vector(otherwise) {
                value = self.widen(value);
            }
            return Ok(self.emit.value("arith.select", &[condition, value, otherwise], &[], otherwise_ty));
        }
        let branch = self.emit.open_if(condition, &[otherwise_ty], true);
        let index = self.emit.scalar(&place.index);
        let mut value = self.load_scalar(place, index);
        if self.emit.is_vector(otherwise) {
            value = self.widen(value);
        }
        self.emit.open_else(branch, &[value]);
        Ok(self.emit.close_if(branch, &[otherwise])[0])
    }
    pub fn load_scalar(&mut self, place: &Place, index: Value) -> Value {
        let raw = self.emit.value("memref.load", &[place.buffer, index], &[], place.stored);
        self.from_stored(raw, place)
    }
    fn from_stored(&mut self, raw: Value, place: &Place) -> Value {
        if place.stored == place.elem {
            return raw;
        }
        let zero = self.emit.int(0, place.stored);
        let zero = if self.emit.is_vector(raw) { self.widen(zero) } else { zero };
        self.emit.compare(Compare::Ne, raw, zero)
    }
    pub fn to_stored(&mut self, value: Value, place: &Place) -> Value {
        if place.stored == place.elem {
            return value;
        }
        let vector = self.emit.is_vector(value);
        let ty = if vector { self.ctx().vector(&[self.lanes()], place.stored) } else { place.stored };
        self.emit.value("arith.extui", &[value], &[], ty)
    }
    fn load_vector(&mut self, place: &Place, otherwise: Option<Value>) -> Value {
        let lanes = self.lanes();
        let ty = self.ctx().vector(&[lanes], place.stored);
        let mask = self.mask(&place.guard);
        let pass = otherwise.map(|v| {
            let v = self.widen(v);
            self.to_stored(v, place)
        });
        let (uniform, varying) = place.index.split();
        let raw = match (place.index.lane_stride(), mask) {
            (Some(1), None) => {
                let index = self.emit.scalar(&uniform);
                self.emit.value("vector.load", &[place.buffer, index], &[], ty)
            }
            (Some(1), Some(mask)) => {
                let index = self.emit.scalar(&uniform);
                let pass = pass.unwrap_or_else(|| self.zeros(place.stored));
                self.emit.value("vector.maskedload", &[place.buffer, index, mask, pass], &[], ty)
            }
            (Some(stride @ (2..=4 | -1)), None) => self.load_strided(place, &uniform, stride),
            _ => {
                let index = self.emit.scalar(&uniform);
                let offsets = self.offsets(&varying, place.size);
                let mask = mask.unwrap_or_else(|| self.all_lanes());
                let pass = pass.unwrap_or_else(|| self.zeros(place.stored));
                self.emit.value("vector.gather", &[place.buffer, index, offsets, mask, pass], &[], ty)
            }
        };
        self.from_stored(raw, place)
    }
    /// Positions relative to a base, in 32 bits where they are sure to fit.
    pub fn offsets(&mut self, varying: &Poly, size: i64) -> Value {
        let lanes = self.lanes();
        let small = (0..1 << 31).contains(&size);
        let elem = if small { self.ctx().i32() } else { self.ctx().index() };
        self.emit.vector(varying, lanes, elem)
    }
    pub fn zeros(&mut self, elem: Type) -> Value {
        let ctx = self.ctx();
        let zero = match ctx.float_attr(0.0, elem) {
            Some(zero) => self.emit.constant(zero, elem),
            None => self.emit.int(0, elem),
        };
        self.widen(zero)
    }
    /// Every `stride`-th element by whole loads and shuffles, none of them past the last element that is used.
    fn load_strided(&mut self, place: &Place, start: &Poly, stride: i64) -> Value {
        let lanes = self.lanes();
        let ty = self.ctx().vector(&[lanes], place.stored);
        let load = |this: &mut Self, offset: i64| {
            let index = this.emit.scalar(&start.add_constant(offset));
            this.emit.value("vector.load", &[place.buffer, index], &[], ty)
        };
        if stride < 0 {
            let forward = load(self, 1 - lanes);
            let order: Vec<i64> = (0..lanes).rev().collect();
            return self.shuffle(forward, forward, &order, ty);
        }
        let last = (stride - 1) * (lanes - 1);
        let mut found = load(self, 0);
        for part in 1..stride {
            let offset = (part * lanes).min(last);
            let next = load(self, offset);
            let order: Vec<i64> = (0..lanes)
                .map(|lane| {
                    let at = lane * stride;
                    match at / lanes {
                        p if p == part => lanes + at - offset,
                        _ if part == 1 => at % lanes,
                        _ => lane,
                    }
                })
                .collect();
            found = self.shuffle(found, next, &order, ty);
        }
        found
    }
    fn shuffle(&mut self, a: Value, b: Value, order: &[i64], ty: Type) -> Value {
        let mask = self.ctx().i64_array(order);
        self.emit.value("vector.shuffle", &[a, b], &[("mask", mask)], ty)
    }

    /// The copy of a tile that belongs to an element of the grid, made in the entry block when first used.
    fn tile(&mut self, memref: Value, coords: &Coords) -> Result<Value, Problem> {
        let ctx = self.ctx();
        let deps = self.analysis.tile(memref);
        let mut copy = 0;
        for (axis, coord) in self.axes.iter().zip(coords) {
            if !axis.lane && axis.bit & deps != 0 {
                copy = copy * axis.size as usize + *coord as usize;
            }
        }
        let lanes = if self.varies(deps) { self.lanes() } else { 1 };
        let key = (memref, copy << 16 | lanes as usize);
        if let Some(tile) = self.tiles.get(&key) {
            return Ok(*tile);
        }
        let stage = self.source.defining_op(memref);
        let loc = stage.map_or(self.emit.loc, |op| self.source.op(op).loc);
        let stage = stage.filter(|op| self.source.name(ctx, *op) == "loop.stage");
        let stage = stage.ok_or_else(|| Problem::malformed(loc, "a buffer that is neither an argument nor a tile".into()))?;
        let (elem, size) = source::buffer(ctx, self.source.ty(memref))
            .ok_or_else(|| Problem::malformed(loc, "a tile that is not a 1-D buffer".into()))?;
        let stored = source::stored(ctx, elem);
        let dynamic: Option<Value> = match self.source.operands(stage).next() {
            Some(extent) => Some(self.tile_extent(extent, coords, lanes, loc)?),
            None => None,
        };
        let bytes = (ctx.byte_size(stored).unwrap_or(8) as i64).saturating_mul(if dynamic.is_some() { 0 } else { size * lanes });
        self.tile_bytes += bytes;
        if self.tile_bytes > self.style.tile_bytes || dynamic.is_some() && self.style.tile_space.is_some() {
            let message = format!("the tiles of this kernel exceed {} bytes, the most that this device has", self.style.tile_bytes);
            return Err(Problem::new(super::TILE_TOO_LARGE, loc, message));
        }
        let shape = [if dynamic.is_some() { DYNAMIC } else { (size * lanes).max(1) }];
        let kind = edge_ir::TypeKind::MemRef { shape: &shape, elem: stored, layout: None, space: self.style.tile_space };
        let (ty, sizes) = (ctx.ty(kind), ctx.i32_array(&[i32::from(dynamic.is_some()), 0]));
        let align = ctx.i64_attr(64);
        let mut props = vec![("operandSegmentSizes", sizes)];
        if self.style.tile_space.is_none() {
            props.push(("alignment", align));
        }
        let operands: Vec<Value> = dynamic.into_iter().collect();
        let tile = self.emit.at_entry("memref.alloca", &operands, &props, ty);
        self.tiles.insert(key, tile);
        Ok(tile)
    }
    fn tile_extent(&mut self, extent: Value, coords: &Coords, lanes: i64, loc: edge_ir::Loc) -> Result<Value, Problem> {
        let extent = self.poly_at(extent, coords).scale(lanes);
        let value = self.emit.scalar(&extent);
        if self.emit.depth(value) > 0 {
            return Err(Problem::unsupported(loc, "the size of a tile is not known where the kernel begins"));
        }
        Ok(value)
    }
}
