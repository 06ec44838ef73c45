//! From Core to the loop level: an instantiated `eval` becomes one `loop.nest`.

mod emit;
mod index;
mod plan;
mod reshape;
mod scalar;

pub use emit::{NestInput, lower_program};
pub use plan::Plan;
pub use reshape::is_reshape;

edge_support::codes! {
    /// An operation computes something that has no lowering to loops yet.
    NOT_LOWERED = "E1301";
}
