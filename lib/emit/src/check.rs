//! What a target's description rules out, found before MLIR converts it into something else.

use crate::codes;
use crate::error::{EmitError, MlirLocation, Result};
use edge_place::Target;
use edge_support::Code;
use melior::ir::{
    BlockLike, Module, RegionLike, ShapedTypeLike, Type, ValueLike,
    operation::{OperationLike, OperationRef, WalkOrder, WalkResult},
    r#type::{DimSize, MemRefType},
};

/// Checks the element type and the static size of every buffer that the module names.
///
/// Errors: [`codes::ELEMENT`], [`codes::LIMIT`], each with its location; one for each operation at most.
pub(crate) fn check_buffers(module: &Module<'_>, target: &Target) -> Result<()> {
    let mut errors = Vec::new();
    module.as_operation().walk(WalkOrder::PreOrder, |op| {
        if let Some((code, message)) = types(op).into_iter().find_map(|t| refused(t, target)) {
            let mut error = EmitError::new(code, format!("target `{}` {message}", target.name));
            error.location = MlirLocation::of(op.location());
            errors.push(error);
        }
        WalkResult::Advance
    });
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Types of an operation's results and of its blocks' arguments.
fn types<'c>(op: OperationRef<'c, '_>) -> Vec<Type<'c>> {
    let mut types: Vec<Type<'c>> = op.results().map(|r| r.r#type()).collect();
    for region in op.regions() {
        let mut next = region.first_block();
        while let Some(block) = next {
            types.extend((0..block.argument_count()).filter_map(|i| block.argument(i).ok()).map(|a| a.r#type()));
            next = block.next_in_region();
        }
    }
    types
}

fn refused(r#type: Type<'_>, target: &Target) -> Option<(Code, String)> {
    let memref = MemRefType::try_from(r#type).ok()?;
    // A buffer of vectors, `vector<4xf32>`, holds their elements.
    let text = memref.element().to_string();
    let (lanes, name) = match text.strip_prefix("vector<").and_then(|t| t.strip_suffix('>')?.rsplit_once('x')) {
        Some((lanes, name)) => (lanes.parse().ok()?, name),
        None => (1, text.as_str()),
    };
    if !target.has_element(name) {
        return Some((codes::ELEMENT, format!("has no buffers of {name} (it has {})", target.elements.join(", "))));
    }
    let bits: u64 = name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    let bytes = elements(&memref)?.checked_mul(lanes)?.checked_mul(bits.div_ceil(8))?;
    let most = target.spaces.iter().map(|s| s.largest_buffer).max()?;
    (bytes > most).then(|| (codes::LIMIT, format!("allows buffers of {most} bytes, {type} has {bytes}", r#type = r#type)))
}

/// Elements of a static shape; `None` if a dim is dynamic or the number overflows.
fn elements<'c>(shaped: &impl ShapedTypeLike<'c>) -> Option<u64> {
    (0..shaped.rank()).try_fold(1u64, |n, i| match shaped.dim_size(i) {
        Ok(DimSize::Static(extent)) => n.checked_mul(extent),
        _ => None,
    })
}
