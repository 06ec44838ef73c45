//! Importers: models of other frameworks become modules of the tensor level. What an operator means stands as text beside the
//! definitions (`onnx` entries of a `.dialect` file); the importer walks the graph and knows no operator.

pub mod files;
mod fold;
pub mod mapping;
pub mod onnx;
mod program;
pub mod tensor;
pub mod translate;
pub mod weights;
