//! Source locations, as MLIR has them.

use crate::attrs::Attr;
use crate::context::{Context, Ident};
use bumpalo::Bump;
use edge_support::storage::Family;
use edge_support::{SourceMap, Span};

/// A uniqued location.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Loc(pub(crate) u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocKind<'a> {
    Unknown,
    /// One-based line and column; `end` is `(end_line, end_col)` of a range.
    File {
        file: Ident,
        line: u32,
        col: u32,
        end: Option<(u32, u32)>,
    },
    Name {
        name: Ident,
        child: Loc,
    },
    CallSite {
        callee: Loc,
        caller: Loc,
    },
    Fused {
        locs: &'a [Loc],
        metadata: Option<Attr>,
    },
}

pub(crate) struct LocFamily;
impl Family for LocFamily {
    type Item<'a> = LocKind<'a>;
    fn store<'a>(item: LocKind<'_>, arena: &'a Bump) -> LocKind<'a> {
        match item {
            LocKind::Unknown => LocKind::Unknown,
            LocKind::File { file, line, col, end } => LocKind::File { file, line, col, end },
            LocKind::Name { name, child } => LocKind::Name { name, child },
            LocKind::CallSite { callee, caller } => LocKind::CallSite { callee, caller },
            LocKind::Fused { locs, metadata } => LocKind::Fused { locs: arena.alloc_slice_copy(locs), metadata },
        }
    }
}

impl Context {
    pub fn unknown_loc(&self) -> Loc {
        self.loc(LocKind::Unknown)
    }
    pub fn file_loc(&self, file: &str, line: u32, col: u32) -> Loc {
        self.loc(LocKind::File { file: self.ident(file), line, col, end: None })
    }
    pub fn name_loc(&self, name: &str, child: Loc) -> Loc {
        self.loc(LocKind::Name { name: self.ident(name), child })
    }
    /// The location of what replaces several operations: distinct known locations in the order given, nested fusions flattened.
    pub fn fused_loc(&self, locs: &[Loc]) -> Loc {
        let mut flat: Vec<Loc> = Vec::new();
        for loc in locs {
            let parts = match self.loc_kind(*loc) {
                LocKind::Unknown => continue,
                LocKind::Fused { locs, metadata: None } => locs,
                _ => std::slice::from_ref(loc),
            };
            for part in parts {
                if !flat.contains(part) {
                    flat.push(*part);
                }
            }
        }
        match flat[..] {
            [] => self.unknown_loc(),
            [one] => one,
            _ => self.loc(LocKind::Fused { locs: &flat, metadata: None }),
        }
    }
    /// The first place in a source text that the location names.
    pub fn span_of(&self, loc: Loc, sources: &SourceMap) -> Option<Span> {
        match self.loc_kind(loc) {
            LocKind::Unknown => None,
            LocKind::File { file, line, col, .. } => sources.span_at(self.str(file), line, col),
            LocKind::Name { child, .. } => self.span_of(child, sources),
            LocKind::CallSite { callee, caller } => self.span_of(callee, sources).or_else(|| self.span_of(caller, sources)),
            LocKind::Fused { locs, .. } => locs.iter().find_map(|l| self.span_of(*l, sources)),
        }
    }
    /// The first name in the location: of an imported node, its name in the model.
    pub fn loc_name(&self, loc: Loc) -> Option<&str> {
        match self.loc_kind(loc) {
            LocKind::Unknown | LocKind::File { .. } => None,
            LocKind::Name { name, .. } => Some(self.str(name)),
            LocKind::CallSite { callee, caller } => self.loc_name(callee).or_else(|| self.loc_name(caller)),
            LocKind::Fused { locs, .. } => locs.iter().find_map(|l| self.loc_name(*l)),
        }
    }
    pub fn is_unknown(&self, loc: Loc) -> bool {
        loc == self.unknown_loc()
    }
}
