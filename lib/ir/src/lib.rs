//! The IR: a context with uniqued types, attributes, locations and identifiers; bodies of operations, blocks, regions and
//! values; builder, walks, symbols, dominance and the structural verifier. Knows no dialect and no text.

pub mod affine;
mod affine_text;
pub mod attrs;
pub mod body;
pub mod builder;
pub mod context;
pub mod dominance;
pub mod elements;
mod entity;
pub mod info;
pub mod locs;
pub mod symbols;
pub mod types;
pub mod verify;

pub use affine::{AffineExpr, AffineKind, AffineMap, IntegerSet};
pub use attrs::{Attr, AttrKind};
pub use body::{Aliases, Block, Body, Module, Op, OpData, OpState, Region, TextResource, Use, Value, ValueDef};
pub use builder::{Builder, InsertPoint};
pub use context::{Context, Ident};
pub use info::{OpInfo, Traits};
pub use locs::{Loc, LocKind};
pub use types::{ALIAS_MARK, FloatKind, Param, Signedness, Type, TypeKind};
