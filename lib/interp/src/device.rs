//! The device level.

use crate::interp::{Interp, NOT_INTERPRETED, Scope};
use crate::tensor::Tensor;
use edge_ir::{Block, Body, OpData};
use edge_support::Reported;

pub(crate) fn run_host(
    interp: &Interp<'_>,
    _scope: Scope<'_>,
    _body: &Body,
    _entry: Block,
    data: &OpData,
    _inputs: Vec<Tensor>,
) -> Result<Vec<Tensor>, Reported> {
    interp.fail(data.loc, NOT_INTERPRETED, "the interpreter does not run host functions of the device level")
}
