//! Which operations need no second look: all that a definition asks of an operation without regions follows from its types and
//! properties, and programs repeat these.

use crate::Registry;
use crate::model::{OpDef, Trait};
use edge_ir::{Body, Context, Op};
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

/// Definition, types and properties of the operations that held.
#[derive(Default)]
pub(super) struct Passed {
    table: HashTable<(u32, u32)>,
    words: Vec<u32>,
    /// Definitions whose operations are told apart by their types and properties alone, by a number.
    alone: FxHashMap<*const OpDef, Option<u32>>,
    key: Vec<u32>,
}

/// An id that no type or attribute has: ids stay below 2^32 - 1.
const NONE: u32 = u32::MAX;

/// Whether nothing that a definition asks lies outside of the operation.
fn stands_alone(def: &OpDef) -> bool {
    let around = def.traits.iter().any(|t| matches!(t, Trait::Parent(_) | Trait::Ancestor(_)));
    let looks_out = def.verifies.iter().any(|v| format!("{:?}", v.expr).contains("parent_results"));
    !around && !looks_out && def.regions.is_empty() && def.successors.is_empty() && !def.operands.iter().any(|o| o.known)
}

impl Passed {
    /// Whether an equal operation held.
    pub fn contains(&mut self, ctx: &Context, body: &Body, op: Op) -> bool {
        let data = body.op(op);
        self.key.clear();
        let Some(def) = data.info(ctx).and_then(Registry::definition) else { return true };
        if !data.regions().is_empty() {
            return false;
        }
        let next = self.alone.len() as u32;
        let number = *self.alone.entry(std::ptr::from_ref(def)).or_insert_with(|| stands_alone(def).then_some(next));
        let Some(number) = number else { return false };
        self.key.extend([number, data.num_operands() as u32, data.successors().len() as u32]);
        self.key.extend(body.operands(op).chain(data.results().iter().copied()).map(|v| body.ty(v).raw()));
        self.key.extend(data.prop_slots().iter().map(|p| p.map_or(NONE, |a| a.raw())));
        if !def.attributes.is_empty() {
            self.key.push(data.discardable().map_or(NONE, |a| a.raw()));
        }
        let hash = FxBuildHasher.hash_one(&self.key);
        self.table.find(hash, |(at, len)| self.words[*at as usize..][..*len as usize] == self.key).is_some()
    }
    /// Notes that the operation last asked for held.
    pub fn note(&mut self) {
        if self.key.is_empty() {
            return;
        }
        let (at, len) = (self.words.len() as u32, self.key.len() as u32);
        self.words.extend_from_slice(&self.key);
        let Self { table, words, .. } = self;
        let again = |e: &(u32, u32)| FxBuildHasher.hash_one(&words[e.0 as usize..][..e.1 as usize]);
        table.insert_unique(FxBuildHasher.hash_one(&self.key), (at, len), again);
    }
}
