//! What the IR needs to know of a registered operation. The dialect crate fills it in from the definition.

use crate::context::Ident;
use std::any::Any;
use std::sync::Arc;

/// A set of traits that structure and generic passes rely on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits(pub u64);

impl Traits {
    /// Ends its block.
    pub const TERMINATOR: Traits = Traits(1);
    /// Regions may not use values from outside.
    pub const ISOLATED: Traits = Traits(1 << 1);
    /// Defines a symbol through `sym_name`.
    pub const SYMBOL: Traits = Traits(1 << 2);
    /// Its region holds symbols.
    pub const SYMBOL_TABLE: Traits = Traits(1 << 3);
    /// No effects and no undefined behaviour: may be erased when unused, moved, merged with an equal one.
    pub const PURE: Traits = Traits(1 << 4);
    /// Every region has at most one block, which needs no terminator.
    pub const NO_TERMINATOR: Traits = Traits(1 << 5);
    pub const SINGLE_BLOCK: Traits = Traits(1 << 6);
    /// Regions are graphs: no dominance order.
    pub const GRAPH_REGION: Traits = Traits(1 << 7);
    pub const COMMUTATIVE: Traits = Traits(1 << 8);
    pub const CONSTANT_LIKE: Traits = Traits(1 << 9);
    /// Effects are those of the operations in its regions.
    pub const RECURSIVE_EFFECTS: Traits = Traits(1 << 10);
    pub const RETURN_LIKE: Traits = Traits(1 << 11);
    pub const ELEMENTWISE: Traits = Traits(1 << 12);
    pub const IDEMPOTENT: Traits = Traits(1 << 13);
    pub const INVOLUTION: Traits = Traits(1 << 14);
    /// Only reads memory.
    pub const READS: Traits = Traits(1 << 15);
    /// Writes memory.
    pub const WRITES: Traits = Traits(1 << 16);
    /// Results are fresh memory.
    pub const ALLOCATES: Traits = Traits(1 << 17);

    /// Touches no memory, but may have undefined behaviour: may be erased when unused or merged, not executed where it was not before.
    pub const NO_EFFECT: Traits = Traits(1 << 18);

    pub const fn contains(self, other: Traits) -> bool {
        self.0 & other.0 == other.0
    }
    pub const fn with(self, other: Traits) -> Traits {
        Traits(self.0 | other.0)
    }
}

/// A registered operation.
pub struct OpInfo {
    /// Full name, `func.call`.
    pub name: Ident,
    /// Dialect name, `func`.
    pub dialect: Ident,
    pub traits: Traits,
    /// Property names in definition order: the slots of [`crate::OpData::prop_slots`].
    pub props: Vec<Ident>,
    /// The definition, for the crates above.
    pub definition: Arc<dyn Any + Send + Sync>,
}

impl OpInfo {
    pub fn slot(&self, name: Ident) -> Option<usize> {
        self.props.iter().position(|p| *p == name)
    }
    pub fn has(&self, traits: Traits) -> bool {
        self.traits.contains(traits)
    }
}
