//! The parallel points of a kernel: its leading, perfectly nested parallel loops, in blocks.

use super::Problem;
use super::emit::Compare;
use super::grid::Expander;
use super::legal::Expand;
use super::loops::{Segment, Times};
use super::poly::Poly;
use super::source::Loop;
use edge_ir::{Block, Op, Value};

/// One of the leading parallel loops.
pub struct Level {
    pub l: Loop,
    /// The block in which the loop stands.
    pub parent: Block,
    pub expand: Expand,
    pub start: Poly,
    pub trip: Poly,
    /// Full blocks, and blocks in all.
    pub full: Poly,
    pub blocks: Poly,
}

impl Level {
    fn is_ragged(&self) -> bool {
        self.full != self.blocks
    }
}

impl Expander<'_, '_> {
    /// The leading loops of a block that `takes` accepts, outermost first, whose bounds are known where the kernel begins.
    pub fn levels(&mut self, entry: Block, takes: &dyn Fn(&Loop) -> bool) -> Result<Vec<Level>, Problem> {
        let (mut found, mut block) = (Vec::new(), entry);
        while let Some(op) = self.only_loop(block) {
            let l = self.loop_of(op)?;
            let known = l.bounds().all(|b| self.known_at_entry(b));
            if !takes(&l) || !l.reduce.is_empty() || l.is_sequential() || !known {
                break;
            }
            for bound in l.bounds() {
                self.compute(bound)?;
            }
            let expand = self.schedule.get(op);
            let (start, trip) = (self.bound(l.lower), self.trip(&l));
            let full = self.quotient(&trip, expand.block());
            let blocks = self.quotient(&trip.add_constant(expand.block() - 1), expand.block());
            let inner = l.block;
            found.push(Level { l, parent: block, expand, start, trip, full, blocks });
            block = inner;
        }
        Ok(found)
    }
    /// The loop of a block that holds nothing else but index arithmetic before it.
    fn only_loop(&self, block: Block) -> Option<Op> {
        let mut found = None;
        for op in self.source.block_ops(block) {
            match self.source.name(self.ctx(), op) {
                "arith.constant" | "affine.apply" if found.is_none() => {}
                "loop.for" if found.is_none() => found = Some(op),
                "loop.end" | "loop.yield" => {}
                _ => return None,
            }
        }
        found
    }
    fn known_at_entry(&self, value: Value) -> bool {
        match self.source.defining_op(value) {
            None => self.map.contains_key(&value),
            Some(op) => {
                matches!(self.source.name(self.ctx(), op), "arith.constant" | "affine.apply")
                    && self.source.operands(op).all(|v| self.known_at_entry(v))
            }
        }
    }
    /// Builds a value that is known at entry, and what it needs.
    fn compute(&mut self, value: Value) -> Result<(), Problem> {
        let Some(op) = self.source.defining_op(value).filter(|_| !self.map.contains_key(&value)) else { return Ok(()) };
        for operand in self.source.operands(op).collect::<Vec<_>>() {
            self.compute(operand)?;
        }
        self.operation(op)
    }
    /// The number of points: the product of the blocks of all levels.
    pub fn total(&mut self, levels: &[Level]) -> Value {
        let total = levels.iter().fold(Poly::constant(1), |p, l| p.mul(&l.blocks));
        self.emit.scalar(&total)
    }

    /// Executes the points `begin..end`.
    pub fn points(&mut self, levels: &[Level], begin: Value, end: Value) -> Result<(), Problem> {
        let Some((last, outer)) = levels.split_last() else { return Ok(()) };
        let (begin, end) = (Poly::scalar(begin), Poly::scalar(end));
        if outer.is_empty() {
            return self.inner(last, &begin, &end);
        }
        let index = self.ctx().index();
        let count = self.emit.scalar(&last.blocks);
        let up = end.add(&last.blocks).add_constant(-1);
        let first = self.divide_points(&begin, count);
        let past = self.divide_points(&up, count);
        let one = self.emit.index(1);
        let open = self.emit.open_for(first, past, one, &[]);
        self.emit.set_nonnegative(open.iv);
        let at = Poly::scalar(open.iv);
        let (low, high) = if last.blocks.as_constant() == Some(1) {
            (Poly::constant(0), Poly::constant(1))
        } else {
            let done = at.mul(&last.blocks);
            let (low, high, zero) = (self.emit.scalar(&begin.sub(&done)), self.emit.scalar(&end.sub(&done)), self.emit.index(0));
            let low = self.emit.pure("arith.maxsi", &[low, zero], &[], index);
            let high = self.emit.pure("arith.minsi", &[high, count], &[], index);
            self.emit.set_nonnegative(low);
            self.emit.set_nonnegative(high);
            (Poly::scalar(low), Poly::scalar(high))
        };
        let places = self.delinearise(outer, at);
        self.nest(outer, &places, &mut |this| this.inner(last, &low, &high))?;
        self.emit.close_for(open, &[]);
        Ok(())
    }
    fn divide_points(&mut self, p: &Poly, by: Value) -> Value {
        let value = self.emit.scalar(p);
        let index = self.ctx().index();
        let one = self.emit.index(1);
        let by = self.emit.pure("arith.maxsi", &[by, one], &[], index);
        self.emit.pure("arith.divui", &[value, by], &[], index)
    }
    /// The block number in each level of a flat number.
    pub fn delinearise(&mut self, levels: &[Level], flat: Poly) -> Vec<Poly> {
        let mut places = vec![Poly::default(); levels.len()];
        let mut rest = flat;
        for (i, level) in levels.iter().enumerate().rev() {
            if i == 0 {
                places[0] = rest;
                break;
            }
            if level.blocks.as_constant() == Some(1) {
                continue;
            }
            let count = self.emit.scalar(&level.blocks);
            let quotient = self.divide_points(&rest, count);
            self.emit.set_nonnegative(quotient);
            let quotient = Poly::scalar(quotient);
            let place = self.emit.scalar(&rest.sub(&quotient.mul(&level.blocks)));
            self.emit.set_nonnegative(place);
            places[i] = Poly::scalar(place);
            rest = quotient;
        }
        places
    }
    /// The body inside all of `levels` at one block of each.
    pub fn nest(
        &mut self,
        levels: &[Level],
        places: &[Poly],
        inside: &mut dyn FnMut(&mut Self) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let (Some((level, levels)), Some((place, places))) = (levels.split_first(), places.split_first()) else {
            return inside(self);
        };
        self.prelude(level)?;
        let block = level.expand.block() * level.l.step;
        let start = level.start.add(&place.scale(block));
        let whole = Segment { start, times: Times::Once, jam: level.expand.jam, lanes: level.expand.lanes, mask: None };
        let aligned = self.named_start(whole, block);
        if !level.is_ragged() {
            return self.segment(&level.l, aligned, &mut |this| this.nest(levels, places, inside));
        }
        let (at, full) = (self.emit.scalar(place), self.emit.scalar(&level.full));
        let in_full = self.emit.compare(Compare::Slt, at, full);
        let branch = self.emit.open_if(in_full, &[], true);
        self.segment(&level.l, aligned, &mut |this| this.nest(levels, places, inside))?;
        self.emit.open_else(branch, &[]);
        for segment in self.tail(level) {
            self.segment(&level.l, segment, &mut |this| this.nest(levels, places, inside))?;
        }
        self.emit.close_if(branch, &[]);
        Ok(())
    }
    /// The start of a block as a value of its own, which is known to be a multiple of the block.
    fn named_start(&mut self, mut segment: Segment, block: i64) -> Segment {
        if segment.start.as_constant().is_none() {
            let nonnegative = self.emit.is_nonnegative(&segment.start);
            let multiple = if segment.start.constant % block == 0 { block } else { 1 };
            let start = self.emit.scalar(&segment.start);
            self.emit.set_multiple(start, multiple);
            if nonnegative {
                self.emit.set_nonnegative(start);
            }
            segment.start = Poly::scalar(start);
        }
        segment
    }
    fn prelude(&mut self, level: &Level) -> Result<(), Problem> {
        for op in self.source.block_ops(level.parent).take_while(|op| *op != level.l.op).collect::<Vec<_>>() {
            self.operation(op)?;
        }
        Ok(())
    }
    /// What does not fill a block.
    fn tail(&mut self, level: &Level) -> Vec<Segment> {
        let done = level.full.scale(level.expand.block());
        let start = level.start.add(&done.scale(level.l.step));
        match level.trip.as_constant() {
            Some(n) => self.static_segments(level.l.step, start, n % level.expand.block(), level.expand, true),
            None => self.dynamic_tail(level.l.step, level.start.clone(), level.trip.clone(), done, level.expand),
        }
    }
    /// The blocks `low..high` of the innermost level.
    fn inner(&mut self, level: &Level, low: &Poly, high: &Poly) -> Result<(), Problem> {
        self.prelude(level)?;
        let block = level.expand.block() * level.l.step;
        let index = self.ctx().index();
        let ragged = level.is_ragged();
        if level.full.as_constant() != Some(0) {
            let mut upper = high.clone();
            if ragged {
                let (high, full) = (self.emit.scalar(high), self.emit.scalar(&level.full));
                upper = Poly::scalar(self.emit.pure("arith.minsi", &[high, full], &[], index));
            }
            let times = match (low.as_constant(), upper.as_constant()) {
                (Some(0), Some(1)) => Times::Once,
                _ => Times::Below(level.start.add(&upper.scale(block))),
            };
            let start = level.start.add(&low.scale(block));
            let main = Segment { start, times, jam: level.expand.jam, lanes: level.expand.lanes, mask: None };
            self.segment(&level.l, main, &mut |this| this.block(level.l.block))?;
        }
        if !ragged {
            return Ok(());
        }
        let (high, full) = (self.emit.scalar(high), self.emit.scalar(&level.full));
        let reaches = self.emit.compare(Compare::Sgt, high, full);
        let branch = self.emit.open_if(reaches, &[], false);
        for segment in self.tail(level) {
            self.segment(&level.l, segment, &mut |this| this.block(level.l.block))?;
        }
        self.emit.close_if(branch, &[]);
        Ok(())
    }
}
