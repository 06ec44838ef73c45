//! Rewriting: effects, folding, the greedy driver, rules from dialect text, dialect conversion.

#![warn(missing_docs)]

pub mod constants;
pub mod convert;
pub mod effects;
pub mod fold;
pub mod greedy;
pub mod regions;
pub mod rules;
mod worklist;

pub use fold::{Folded, Folder, NoFolds};
pub use greedy::{Limits, Outcome, Patterns, RewritePattern, Rewriter, rewrite};
