//! Loops: blocks of iterations side by side, then what does not fill a block.

use super::Problem;
use super::emit::{Compare, Emit};
use super::grid::{Axis, Coords, Elem, Expander};
use super::legal::Expand;
use super::poly::{Atom, Poly};
use super::source::{Bound, Loop};
use edge_ir::Value;

/// How often a segment's block is executed.
pub enum Times {
    Once,
    /// While the induction variable is below this.
    Below(Poly),
    /// Once, if this condition holds.
    If(Value),
}

/// Consecutive iterations that are executed in the same way.
pub struct Segment {
    /// The induction variable of the first iteration.
    pub start: Poly,
    pub times: Times,
    pub jam: i64,
    pub lanes: i64,
    /// The lanes that are executed, where not all are.
    pub mask: Option<Value>,
}

impl Expander<'_, '_> {
    /// Any `loop.for` but those of the grid of parallel points.
    pub fn any_loop(&mut self, l: &Loop) -> Result<(), Problem> {
        if !l.reduce.is_empty() {
            return self.reduce_loop(l);
        }
        if l.is_sequential() {
            return self.sequential(l);
        }
        for segment in self.segments(l, self.schedule.get(l.op), true) {
            self.segment(l, segment, &mut |this| this.block(l.block))?;
        }
        Ok(())
    }
    /// Executes what is inside a loop for every block of a segment.
    pub fn segment(
        &mut self,
        l: &Loop,
        segment: Segment,
        inside: &mut dyn FnMut(&mut Self) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.emit.loc = l.loc;
        let mut body = |this: &mut Self, base: Poly| {
            let axes = this.enter(l, &segment, base);
            inside(this)?;
            this.axes.truncate(axes);
            Ok(())
        };
        match &segment.times {
            Times::Once => body(self, segment.start.clone()),
            Times::Below(upper) => {
                let open = self.open(l, &segment, upper, &[]);
                body(self, Poly::scalar(open.iv))?;
                self.emit.close_for(open, &[]);
                Ok(())
            }
            Times::If(condition) => {
                let branch = self.emit.open_if(*condition, &[], false);
                body(self, segment.start.clone())?;
                self.emit.close_if(branch, &[]);
                Ok(())
            }
        }
    }
    /// Opens the loop over the blocks of a segment.
    pub fn open(&mut self, l: &Loop, segment: &Segment, upper: &Poly, inits: &[Value]) -> super::emit::OpenFor {
        let step = l.step * segment.jam * segment.lanes;
        let (from, to) = (self.emit.scalar(&segment.start), self.emit.scalar(upper));
        let by = self.emit.index(step);
        let open = self.emit.open_for(from, to, by, inits);
        self.emit.set_multiple(open.iv, multiple_of(&self.emit, &segment.start, step));
        if self.emit.is_nonnegative(&segment.start) {
            self.emit.set_nonnegative(open.iv);
        }
        open
    }
    /// Makes the axes of a block of iterations active; gives the number of axes to go back to.
    pub fn enter(&mut self, l: &Loop, segment: &Segment, base: Poly) -> usize {
        let (before, bit) = (self.axes.len(), self.analysis.bit(l.op));
        if segment.jam > 1 {
            self.axes.push(Axis { bit, size: segment.jam, lane: false, mask: None, pinned: None });
        }
        if segment.lanes > 1 {
            self.axes.push(Axis { bit, size: segment.lanes, lane: true, mask: segment.mask, pinned: None });
        }
        let at = |c: &Coords| {
            let copy = if segment.jam > 1 { c[before] as i64 } else { 0 };
            let moved = base.add_constant(copy * segment.lanes * l.step);
            Elem::Index(if segment.lanes > 1 { moved.add(&Poly::atom(Atom::Lane).scale(l.step)) } else { moved })
        };
        let elems: Vec<Elem> = self.coords(bit).iter().map(at).collect();
        self.set(l.iv, bit, elems);
        before
    }

    pub fn bound(&mut self, bound: Bound) -> Poly {
        match bound {
            Bound::Static(c) => Poly::constant(c),
            Bound::Value(v) => {
                let here: Coords = self.axes.iter().map(|a| a.pinned.unwrap_or(0)).collect();
                self.poly_at(v, &here)
            }
        }
    }
    /// How many iterations a loop makes.
    pub fn trip(&mut self, l: &Loop) -> Poly {
        if let Some(n) = l.static_trip() {
            return Poly::constant(n);
        }
        let (lower, upper) = (self.bound(l.lower), self.bound(l.upper));
        let extent = upper.sub(&lower);
        let sure = self.emit.is_nonnegative(&extent);
        let extent = if sure {
            extent
        } else {
            let (extent, zero) = (self.emit.scalar(&extent), self.emit.index(0));
            let extent = self.emit.pure("arith.maxsi", &[extent, zero], &[], self.ctx().index());
            self.emit.set_nonnegative(extent);
            Poly::scalar(extent)
        };
        self.quotient(&extent.add_constant(l.step - 1), l.step)
    }
    /// A quotient of numbers that are not negative.
    pub fn quotient(&mut self, p: &Poly, by: i64) -> Poly {
        if by == 1 {
            return p.clone();
        }
        if let Some(c) = p.as_constant() {
            return Poly::constant(c.div_euclid(by));
        }
        let (value, by) = (self.emit.scalar(p), self.emit.index(by));
        let quotient = self.emit.pure("arith.divui", &[value, by], &[], self.ctx().index());
        self.emit.set_nonnegative(quotient);
        Poly::scalar(quotient)
    }
    /// The segments of a loop: full blocks, then the rest. `exact` allows blocks of other sizes there, as is right where no
    /// accumulator must have the shape of a full block.
    pub fn segments(&mut self, l: &Loop, expand: Expand, exact: bool) -> Vec<Segment> {
        let (start, trip) = (self.bound(l.lower), self.trip(l));
        if expand == Expand::NONE {
            let upper = self.bound(l.upper);
            let times = if trip.as_constant() == Some(1) { Times::Once } else { Times::Below(upper) };
            return match trip.as_constant() {
                Some(0) => vec![],
                _ => vec![Segment { start, times, jam: 1, lanes: 1, mask: None }],
            };
        }
        match trip.as_constant() {
            Some(n) => self.static_segments(l.step, start, n, expand, exact),
            None => self.dynamic_segments(l.step, start, trip, expand),
        }
    }
    /// The segments of `n` iterations from `start`.
    pub fn static_segments(&mut self, step: i64, start: Poly, n: i64, expand: Expand, exact: bool) -> Vec<Segment> {
        let (full, rest) = (n / expand.block(), n % expand.block());
        let mut found = Vec::new();
        let mut at = start;
        let mut push = |blocks: i64, jam: i64, lanes: i64, mask: Option<Value>| {
            let end = at.add_constant(blocks * jam * lanes * step);
            let times = if blocks == 1 { Times::Once } else { Times::Below(end.clone()) };
            if blocks > 0 {
                found.push(Segment { start: std::mem::replace(&mut at, end), times, jam, lanes, mask });
            }
        };
        push(full, expand.jam, expand.lanes, None);
        let (vectors, left) = (rest / expand.lanes, rest % expand.lanes);
        match exact {
            true => push(vectors.min(1), vectors, expand.lanes, None),
            false => push(vectors, 1, expand.lanes, None),
        }
        if left > 0 && exact && (left as u64).is_power_of_two() {
            push(1, 1, left, None);
        } else if left > 0 {
            let lanes: Vec<i64> = (0..expand.lanes).map(|lane| i64::from(lane < left)).collect();
            let mask = self.emit.int_vector(&lanes, self.ctx().i1());
            push(1, 1, expand.lanes, Some(mask));
        }
        found
    }
    fn dynamic_segments(&mut self, step: i64, start: Poly, trip: Poly, expand: Expand) -> Vec<Segment> {
        let full = self.quotient(&trip, expand.block());
        let done = full.scale(expand.block());
        let times = Times::Below(start.add(&done.scale(step)));
        let mut found = vec![Segment { start: start.clone(), times, jam: expand.jam, lanes: expand.lanes, mask: None }];
        found.extend(self.dynamic_tail(step, start, trip, done, expand));
        found
    }
    /// The segments of what is left of `trip` iterations when the full blocks are done.
    pub fn dynamic_tail(&mut self, step: i64, start: Poly, trip: Poly, done: Poly, expand: Expand) -> Vec<Segment> {
        let (mut found, mut done, lanes) = (Vec::new(), done, expand.lanes);
        if expand.jam > 1 {
            let at = start.add(&done.scale(step));
            let rest = self.rest(&trip, &done);
            done = done.add(&self.quotient(&rest, lanes).scale(lanes));
            let times = Times::Below(start.add(&done.scale(step)));
            found.push(Segment { start: at, times, jam: 1, lanes, mask: None });
        }
        if lanes > 1 {
            let rest = self.rest(&trip, &done);
            let (rest, zero) = (self.emit.scalar(&rest), self.emit.index(0));
            let ty = self.ctx().vector(&[lanes], self.ctx().i1());
            let mask = self.emit.pure("vector.create_mask", &[rest], &[], ty);
            let some = self.emit.compare(Compare::Sgt, rest, zero);
            let start = start.add(&done.scale(step));
            found.push(Segment { start, times: Times::If(some), jam: 1, lanes, mask: Some(mask) });
        }
        found
    }
    fn rest(&mut self, trip: &Poly, done: &Poly) -> Poly {
        let rest = self.emit.scalar(&trip.sub(done));
        self.emit.set_nonnegative(rest);
        Poly::scalar(rest)
    }

    /// A loop with carried values, whose iterations stay one after another; what it carries may be grids.
    fn sequential(&mut self, l: &Loop) -> Result<(), Problem> {
        let deps: Vec<_> = l.args.iter().map(|a| self.analysis.get(*a)).collect();
        let inits = self.flatten(&l.inits, &deps);
        let (lower, upper) = (self.bound(l.lower), self.bound(l.upper));
        let segment = Segment { start: lower, times: Times::Once, jam: 1, lanes: 1, mask: None };
        let open = self.open(l, &segment, &upper, &inits);
        self.enter(l, &segment, Poly::scalar(open.iv));
        let mut values = open.args.clone().into_iter();
        for (arg, deps) in l.args.iter().zip(&deps) {
            let elems = values.by_ref().take(self.coords(*deps).len()).map(Elem::Value).collect();
            self.set(*arg, *deps, elems);
        }
        self.block(l.block)?;
        self.emit.loc = l.loc;
        let yields = self.flatten(&l.yields, &deps);
        let mut values = self.emit.close_for(open, &yields).into_iter();
        for (result, deps) in l.results.iter().zip(&deps) {
            let elems = values.by_ref().take(self.coords(*deps).len()).map(Elem::Value).collect();
            self.set(*result, *deps, elems);
        }
        Ok(())
    }
}

/// What every value of an induction variable is a multiple of.
fn multiple_of(emit: &Emit<'_>, start: &Poly, step: i64) -> i64 {
    let gcd = |a: i64, b: i64| {
        let (mut a, mut b) = (a.abs(), b.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    start.terms.iter().fold(gcd(step, start.constant), |g, (factors, k)| {
        let known = factors.iter().fold(*k, |m, a| match a {
            Atom::Scalar(v) => m.saturating_mul(emit.multiple(*v)),
            _ => m,
        });
        gcd(g, known)
    })
}
