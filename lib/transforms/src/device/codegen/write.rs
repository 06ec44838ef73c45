//! Writes: whole and masked stores, scatters, and updates that combine with what is there.

use super::Problem;
use super::access::Place;
use super::emit::Compare;
use super::grid::{Coords, Expander};
use super::poly::{Atom, Poly};
use super::source::{Access, Combine};
use edge_ir::{Op, Value};

impl Expander<'_, '_> {
    /// `loop.write`.
    pub fn write(&mut self, op: Op) -> Result<(), Problem> {
        let access = self.access(op)?;
        let stored = access.value.ok_or_else(|| Problem::malformed(access.loc, "`loop.write` lacks its value".into()))?;
        let deps = self.analysis.place(self.ctx(), &access) | self.analysis.get(stored);
        for coords in self.coords(deps) {
            let place = self.place(&access, &coords)?;
            if !place.guard.never {
                self.write_one(&access, stored, &place, &coords)?;
            }
        }
        Ok(())
    }
    fn write_one(&mut self, access: &Access, stored: Value, place: &Place, coords: &Coords) -> Result<(), Problem> {
        let value = self.value_at(stored, coords);
        if place.index.is_vector() || place.guard.vector.is_some() {
            let value = self.widen(value);
            return match access.combine {
                Some(kind) if place.index.lane_stride() != Some(1) => {
                    self.update_lanes(place, value, kind);
                    Ok(())
                }
                combine => self.store_vector(place, value, combine),
            };
        }
        if self.emit.is_vector(value) {
            return Err(Problem::unsupported(access.loc, "the lanes of a vector write to one element"));
        }
        let branch = place.guard.scalar.map(|condition| self.emit.open_if(condition, &[], false));
        let index = self.emit.scalar(&place.index);
        self.store_scalar(place, index, value, access.combine);
        if let Some(branch) = branch {
            self.emit.close_if(branch, &[]);
        }
        Ok(())
    }
    fn store_scalar(&mut self, place: &Place, index: Value, value: Value, combine: Option<Combine>) {
        let mut value = value;
        if let Some(kind) = combine {
            let known = self.load_scalar(place, index);
            value = self.combine(kind, known, value, place.elem);
        }
        let value = self.to_stored(value, place);
        self.emit.op("memref.store", &[value, place.buffer, index], &[], &[]);
    }
    fn store_vector(&mut self, place: &Place, value: Value, combine: Option<Combine>) -> Result<(), Problem> {
        let mask = self.mask(&place.guard);
        let (uniform, varying) = place.index.split();
        let index = self.emit.scalar(&uniform);
        let mut value = value;
        if let Some(kind) = combine {
            let zeros = self.zeros(place.stored);
            let zeros = if place.stored == place.elem { zeros } else { self.emit.compare(Compare::Ne, zeros, zeros) };
            let known = self.load(place, Some(zeros))?;
            value = self.combine(kind, known, value, place.elem);
        }
        let value = self.to_stored(value, place);
        match (place.index.lane_stride(), mask) {
            (Some(1), None) => self.emit.op("vector.store", &[value, place.buffer, index], &[], &[]),
            (Some(1), Some(mask)) => self.emit.op("vector.maskedstore", &[place.buffer, index, mask, value], &[], &[]),
            (_, mask) => {
                let offsets = self.offsets(&varying, place.size);
                let mask = mask.unwrap_or_else(|| self.all_lanes());
                self.emit.op("vector.scatter", &[place.buffer, index, offsets, mask, value], &[], &[])
            }
        };
        Ok(())
    }
    /// Updates one lane after the other, as several may meet in one element.
    fn update_lanes(&mut self, place: &Place, value: Value, kind: Combine) {
        let mask = self.mask(&place.guard);
        for lane in 0..self.lanes() {
            let one = self.lane_of(value, lane);
            let branch = mask.map(|mask| {
                let condition = self.lane_of(mask, lane);
                self.emit.open_if(condition, &[], false)
            });
            let at = self.poly_of_lane(&place.index, lane);
            let index = self.emit.scalar(&at);
            self.store_scalar(place, index, one, Some(kind));
            if let Some(branch) = branch {
                self.emit.close_if(branch, &[]);
            }
        }
    }
    pub fn lane_of(&mut self, vector: Value, lane: i64) -> Value {
        let elem = self.ctx().elem_or_self(self.emit.ty(vector));
        let position = self.ctx().i64_array(&[lane]);
        self.emit.pure("vector.extract", &[vector], &[("static_position", position)], elem)
    }
    fn poly_of_lane(&mut self, p: &Poly, lane: i64) -> Poly {
        let mut sum = Poly::constant(p.constant);
        for (factors, k) in &p.terms {
            let mut term = Poly::constant(*k);
            for atom in factors {
                term = term.mul(&match atom {
                    Atom::Lane => Poly::constant(lane),
                    Atom::Scalar(v) => Poly::scalar(*v),
                    Atom::Vector(v) => {
                        let one = self.lane_of(*v, lane);
                        let index = self.ctx().index();
                        Poly::scalar(if self.emit.ty(one) == index { one } else { self.emit.pure("arith.index_cast", &[one], &[], index) })
                    }
                });
            }
            sum = sum.add(&term);
        }
        sum
    }
}
