//! Between the IR and the notation of `eval`: definitions as templates, operations as their arguments, results as types.

mod arguments;
mod definition;
mod types;

pub use arguments::{
    Names, NoInstance, arguments, bind_dims, dim_names, infer_op_types, infer_types, instantiate_op, op_arguments,
    operand_counts, static_value, tensor_type,
};
pub use types::{elem_of, shaped, type_of};

pub use definition::{BAD_EVAL, CODES};
pub(crate) use definition::{Template, define};
