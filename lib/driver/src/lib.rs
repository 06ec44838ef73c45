//! `edge-opt` as a library, so that another project has its own tool, with its own passes and dialects, in ten lines:
//!
//! ```no_run
//! use edge_driver::{Registry, edge_opt_main};
//! edge_pass::pass! {
//!     /// Does nothing.
//!     pub struct Nothing = "my-nothing" on any {}
//! }
//! # use edge_pass::{Changed, Pass, PassContext};
//! impl Pass for Nothing {
//!     fn run(&self, _: &PassContext<'_>, _: &mut edge_ir::OpData) -> Result<Changed, edge_support::Reported> {
//!         Ok(Changed::No)
//!     }
//! }
//! fn main() -> std::process::ExitCode {
//!     edge_opt_main(Registry::builtin().with(&[PASS]).with_dialect("my", "dialect my \"Mine\" version 1"))
//! }
//! ```

mod args;
mod expected;
mod help;
mod lower;
mod opt;
mod output;
mod registry;
mod split;
mod text;

pub use lower::lower;
pub use opt::{Io, edge_opt, edge_opt_main};
pub use output::write_file;
pub use registry::{Emitter, Registry};
pub use text::verify_module;
