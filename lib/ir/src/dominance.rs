//! Dominance between blocks of a region, by the iterative algorithm of Cooper, Harvey and Kennedy.

use crate::body::{Block, Body, Op, Region, Value, ValueDef};
use rustc_hash::FxHashMap;

/// Immediate dominators of a body's regions, computed for a region when first asked.
#[derive(Default)]
pub struct Dominance {
    regions: FxHashMap<Region, RegionTree>,
}

struct RegionTree {
    /// Reverse post-order number; blocks that cannot be reached have none.
    order: FxHashMap<Block, usize>,
    idom: Vec<usize>,
}

impl Dominance {
    pub fn new() -> Self {
        Self::default()
    }
    fn tree(&mut self, body: &Body, region: Region) -> &RegionTree {
        self.regions.entry(region).or_insert_with(|| RegionTree::of(body, region))
    }
    /// Whether every path to `b` goes through `a` (`a == b` included). Every block dominates one that cannot be reached.
    pub fn block_dominates(&mut self, body: &Body, a: Block, b: Block) -> bool {
        if a == b {
            return true;
        }
        let Some(region) = body.block_region(a).filter(|r| Some(*r) == body.block_region(b)) else { return false };
        let tree = self.tree(body, region);
        let Some(mut at) = tree.order.get(&b).copied() else { return true };
        let Some(target) = tree.order.get(&a).copied() else { return false };
        while at > target {
            at = tree.idom[at];
        }
        at == target
    }
    pub fn is_reachable(&mut self, body: &Body, block: Block) -> bool {
        match body.block_region(block) {
            Some(region) => self.tree(body, region).order.contains_key(&block),
            None => false,
        }
    }
    /// Whether `value` is defined wherever `user` runs. `user`'s own results do not dominate it.
    pub fn value_dominates(&mut self, body: &mut Body, value: Value, user: Op) -> bool {
        let (Some(def_block), Some(mut block)) = (body.value_block(value), body.op(user).block()) else { return false };
        let Some(region) = body.block_region(def_block) else { return false };
        let mut at = user;
        while body.block_region(block) != Some(region) {
            let Some(parent) = body.block_parent(block) else { return false };
            let Some(outer) = body.op(parent).block() else { return false };
            (at, block) = (parent, outer);
        }
        if block != def_block {
            return self.block_dominates(body, def_block, block);
        }
        match body.def(value) {
            ValueDef::Arg(..) => true,
            ValueDef::Result(op, _) => op != at && body.is_before(op, at),
        }
    }
}

impl RegionTree {
    fn of(body: &Body, region: Region) -> RegionTree {
        let successors = |b: Block| body.block_last(b).map_or(&[][..], |op| body.op(op).successors());
        let mut post = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        if let Some(entry) = body.region_first(region) {
            seen.insert(entry);
            let mut stack = vec![(entry, 0)];
            while let Some((block, next)) = stack.last_mut() {
                match successors(*block).get(*next) {
                    Some(s) => {
                        *next += 1;
                        if seen.insert(*s) {
                            stack.push((*s, 0));
                        }
                    }
                    None => {
                        post.push(*block);
                        stack.pop();
                    }
                }
            }
        }
        post.reverse();
        let order: FxHashMap<Block, usize> = post.iter().enumerate().map(|(i, b)| (*b, i)).collect();
        let mut preds = vec![Vec::new(); post.len()];
        for (i, block) in post.iter().enumerate() {
            for s in successors(*block) {
                if let Some(at) = order.get(s) {
                    preds[*at].push(i);
                }
            }
        }
        let idom = immediate(&preds);
        RegionTree { order, idom }
    }
}

fn immediate(preds: &[Vec<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let mut idom = vec![NONE; preds.len()];
    if let Some(first) = idom.first_mut() {
        *first = 0;
    }
    let mut changed = true;
    while changed {
        changed = false;
        for block in 1..preds.len() {
            let mut new = NONE;
            for p in preds[block].iter().copied().filter(|p| idom[*p] != NONE) {
                new = if new == NONE { p } else { intersect(&idom, p, new) };
            }
            if idom[block] != new {
                idom[block] = new;
                changed = true;
            }
        }
    }
    idom
}

fn intersect(idom: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while a > b {
            a = idom[a];
        }
        while b > a {
            b = idom[b];
        }
    }
    a
}
