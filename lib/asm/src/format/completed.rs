//! What followed from the types and fields that a text gives: most operations repeat an earlier one of these.

use super::read::CustomState;
use edge_dialect::infer::Types;
use edge_ir::Attr;

/// All types and fields of an operation.
pub(crate) struct Completed {
    pub types: Types,
    pub fields: Vec<Option<Attr>>,
}

/// An id that no type or attribute has.
const NONE: u32 = u32::MAX;

impl Completed {
    /// What all else follows from: the definition, the number of results named, the types
    /// known so far, the fields given.
    pub fn key(custom: &CustomState<'_, '_>, named: usize, key: &mut Vec<u32>) {
        key.clear();
        let def = std::ptr::from_ref(custom.def).addr();
        key.extend([def as u32, (def >> 32) as u32, named as u32]);
        for slots in &custom.types.operands {
            key.push(slots.len() as u32);
            key.extend(slots.iter().map(|t| t.map_or(NONE, |t| t.raw())));
        }
        for group in &custom.types.results {
            key.push(group.as_ref().map_or(NONE, |g| g.len() as u32));
            key.extend(group.iter().flatten().map(|t| t.raw()));
        }
        key.extend(custom.fields.iter().map(|f| f.map_or(NONE, |a| a.raw())));
    }
    pub fn put(&self, custom: &mut CustomState<'_, '_>) {
        for (slots, known) in custom.types.operands.iter_mut().zip(&self.types.operands) {
            slots.clone_from(known);
        }
        for (group, known) in custom.types.results.iter_mut().zip(&self.types.results) {
            group.clone_from(known);
        }
        custom.fields.clone_from(&self.fields);
    }
}
