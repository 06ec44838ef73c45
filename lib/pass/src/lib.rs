//! Passes: the trait, typed options, the registry, pipelines as text, the manager with its instrumentation, reproducers.
//!
//! ```
//! use edge_pass::{Changed, Pass, PassContext};
//! use edge_ir::OpData;
//! use edge_support::Reported;
//!
//! edge_pass::pass! {
//!     /// Counts operations.
//!     pub struct Count = "count" on any {
//!         /// Whether operations of nested isolated bodies count too.
//!         nested: bool = true,
//!     }
//! }
//!
//! impl Pass for Count {
//!     fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
//!         cx.count("operations", op.body().map_or(0, |b| b.num_ops() as u64));
//!         Ok(Changed::No)
//!     }
//! }
//! assert_eq!(PASS.name, "count");
//! assert_eq!(PASS.options[0].default, "true");
//! ```

pub mod manager;
pub mod options;
pub mod pass;
pub mod pipeline;
pub mod registry;
mod report;
pub mod reproducer;
pub mod semantics;
pub mod text;

pub use manager::{Config, IrPrinting, Manager};
pub use options::{OptionInfo, OptionValue, PassOptions};
pub use pass::{Anchor, Changed, Pass, PassContext, PassInfo};
pub use pipeline::Pipeline;
pub use registry::Registry;
