//! What generic rewriting asks of the definitions: values of constant operations, types of results.

use edge_ir::{Attr, Body, Context, Ident, Op, Type, Value};
use edge_rewrite::rules::InferTypes;
use edge_rewrite::{Folded, Folder};

/// Folds operations through their `eval`.
pub struct Evaluator {
    /// Results with more elements than this are not computed.
    pub max_elements: u64,
}

impl Folder for Evaluator {
    fn fold(&self, _ctx: &Context, _body: &Body, _op: Op, _known: &[Option<Attr>]) -> Option<Vec<Folded>> {
        None
    }
}

/// Types of results by the constraints and sizes of definitions.
pub struct Inference;

impl InferTypes for Inference {
    fn infer(&self, _: &Context, _: &Body, _: Ident, _: &[Value], _: &[(Ident, Attr)]) -> Option<Vec<Type>> {
        None
    }
}
