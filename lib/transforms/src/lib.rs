//! The passes, one file each, and what they share.

pub mod loop_ir;
pub mod lowering;
