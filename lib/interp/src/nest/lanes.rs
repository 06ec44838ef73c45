//! Which loop of a nest runs in the lanes. Its iterations then run side by side, operation by operation; that must not show.

use super::{Nest, Slot};
use edge_ir::{Op, Value};
use rustc_hash::FxHashSet;

/// The extent taken for one that is not known.
const UNKNOWN: f64 = 64.0;

impl Nest<'_, '_> {
    /// Whether this loop is the best of it and those inside.
    pub(super) fn prefers_lanes(&self, op: Op) -> bool {
        let own = self.gain(op);
        own >= 2.0 && own > self.inner_loops(op).into_iter().map(|l| self.best_gain(l)).fold(0.0, f64::max)
    }

    fn best_gain(&self, op: Op) -> f64 {
        self.inner_loops(op).into_iter().map(|l| self.best_gain(l)).fold(self.gain(op), f64::max)
    }

    /// The loops directly in a loop (branches looked through).
    fn inner_loops(&self, op: Op) -> Vec<Op> {
        let loops: Vec<Op> = self.nested_loops(op);
        let within = |l: &Op| loops.iter().any(|o| o != l && self.nested_loops(*o).contains(l));
        loops.iter().copied().filter(|l| !within(l)).collect()
    }

    fn nested_loops(&self, op: Op) -> Vec<Op> {
        self.body.nested(op).into_iter().skip(1).filter(|o| self.name(*o) == "loop.for").collect()
    }

    /// How well the lanes would be used: their number, less where accesses are strided or lanes are folded.
    fn gain(&self, op: Op) -> f64 {
        if !self.may_run_in_lanes(op) {
            return 0.0;
        }
        let extent = self.static_trips(op).map_or(UNKNOWN, |n| n as f64).min(crate::vm::LANES as f64);
        let fold = if self.body.op(op).results().is_empty() { 1.0 } else { 0.5 };
        let contiguous = if self.is_contiguous(op) { 1.0 } else { 0.4 };
        extent * fold * contiguous
    }

    fn iv(&self, op: Op) -> Option<Value> {
        let region = *self.body.op(op).regions().first()?;
        self.body.block_args(self.body.region_first(region)?).first().copied()
    }

    fn is_contiguous(&self, op: Op) -> bool {
        let Some(iv) = self.iv(op) else { return false };
        self.body.nested(op).into_iter().filter(|o| self.is_access(*o)).all(|o| {
            let Some((_, map, operands)) = self.access(o) else { return true };
            let Some(at) = operands.iter().position(|v| *v == iv) else { return true };
            let Some(map) = self.interp.ctx.as_map(map) else { return false };
            let slope = |e| self.interp.ctx.dim_coefficient(e, at as u32);
            match map.results.split_last() {
                Some((last, outer)) => matches!(slope(*last), Some(0 | 1)) && outer.iter().all(|e| slope(*e) == Some(0)),
                None => true,
            }
        })
    }

    fn is_access(&self, op: Op) -> bool {
        matches!(self.name(op), "loop.read" | "loop.write")
    }

    fn access(&self, op: Op) -> Option<(Value, edge_ir::Attr, Vec<Value>)> {
        let map = self.body.op(op).attr(self.interp.ctx, "map")?;
        let skip = if self.name(op) == "loop.write" { 1 } else { 0 };
        let count = self.interp.ctx.as_map(map).map(|m| (m.dims + m.syms) as usize)?;
        let operands: Vec<Value> = self.body.operands(op).skip(skip).collect();
        Some((*operands.first()?, map, operands.get(1..1 + count)?.to_vec()))
    }

    fn may_run_in_lanes(&self, op: Op) -> bool {
        let ctx = self.interp.ctx;
        let data = self.body.op(op);
        let kinds = data.attr(ctx, "reduce").and_then(|a| ctx.as_array(a)).unwrap_or(&[]);
        if kinds.len() != data.results().len() || kinds.iter().any(|k| ctx.as_str(*k).is_none_or(|k| k.starts_with("arg"))) {
            return false;
        }
        let nested = self.body.nested(op);
        nested.iter().all(|o| !matches!(self.name(*o), "loop.stage"))
            && self.bounds_are_uniform(op, &nested)
            && self.accesses_commute(op, &nested)
    }

    /// Whether no bound of an inner loop differs between iterations of `op`.
    fn bounds_are_uniform(&self, op: Op, nested: &[Op]) -> bool {
        let mut varying: FxHashSet<Value> = self.iv(op).into_iter().collect();
        for inner in &nested[1..] {
            let data = self.body.op(*inner);
            let depends = self.body.operands(*inner).any(|v| varying.contains(&v));
            if self.name(*inner) == "loop.for" {
                let Some(sizes) = data.operand_segments(self.interp.ctx) else { return false };
                let bounds: usize = sizes.iter().take(2).sum();
                if self.body.operands(*inner).take(bounds).any(|v| varying.contains(&v)) {
                    return false;
                }
                for region in data.regions() {
                    let args = self.body.region_first(*region).map_or(&[][..], |b| self.body.block_args(b));
                    varying.extend(args.iter().skip(1));
                }
            }
            if depends || !data.regions().is_empty() {
                varying.extend(data.results());
            }
        }
        true
    }

    /// Whether it makes no difference that each access runs for all iterations before the next one does.
    fn accesses_commute(&self, op: Op, nested: &[Op]) -> bool {
        let ctx = self.interp.ctx;
        let direct = |o: Op| self.enclosing_loop(o) == Some(op);
        let parallel = self.body.op(op).attr(ctx, "parallel").is_some();
        let accesses: Vec<_> =
            nested.iter().filter(|o| self.is_access(**o)).filter_map(|o| Some((*o, self.access(*o)?))).collect();
        accesses.iter().filter(|(o, _)| self.name(*o) == "loop.write").all(|(write, (view, map, operands))| {
            let same_view: Vec<_> = accesses.iter().filter(|(_, a)| a.0 == *view).collect();
            if same_view.len() == 1 {
                return direct(*write) || parallel || self.body.op(*write).attr(ctx, "combine").is_some();
            }
            let at = operands.iter().position(|v| Some(*v) == self.iv(op));
            let moves = at.is_some_and(|at| {
                ctx.as_map(*map)
                    .is_some_and(|m| m.results.iter().any(|e| ctx.dim_coefficient(*e, at as u32).is_some_and(|k| k != 0)))
            });
            moves && same_view.iter().all(|(o, a)| direct(*o) && a.1 == *map && a.2 == *operands)
        })
    }

    fn enclosing_loop(&self, op: Op) -> Option<Op> {
        let mut at = self.body.parent_op(op);
        while let Some(parent) = at {
            if self.name(parent) == "loop.for" {
                return Some(parent);
            }
            at = self.body.parent_op(parent);
        }
        None
    }

    /// The number of iterations, where both bounds are known.
    pub(super) fn static_trips(&self, op: Op) -> Option<i64> {
        let data = self.body.op(op);
        let bound = |name: &str, which: usize| {
            let fixed = data.attr(self.interp.ctx, name).and_then(|a| self.interp.ctx.as_int(a))?;
            if fixed != edge_ir::types::DYNAMIC {
                return Some(fixed);
            }
            let at = if which == 0 { 0 } else { *data.operand_segments(self.interp.ctx)?.first()? };
            match self.slots.get(&self.body.operands(op).nth(at)?) {
                Some(Slot::Index(sum)) => sum.as_constant(),
                _ => None,
            }
        };
        let (lo, hi) = (bound("static_lower", 0)?, bound("static_upper", 1)?);
        let step = data.attr(self.interp.ctx, "step").and_then(|a| self.interp.ctx.as_int(a)).unwrap_or(1).max(1);
        Some(hi.checked_sub(lo)?.max(0).checked_add(step - 1)? / step)
    }
}
