//! The loop level: nests and kernels as code. The definitions of the tensor level are out of reach here; scalar operations run by
//! the `eval` of their own definitions.

mod lanes;
mod ops;

use crate::interp::{Interp, NOT_INTERPRETED, STOPPED};
use crate::tensor::Tensor;
use crate::vm::build::{Builder, Sum, Val};
use crate::vm::{self, Code, Mem};
use edge_dialect::core::ElemType;
use edge_ir::{Block, Body, Loc, Op, Value};
use edge_support::Reported;
use rustc_hash::FxHashMap;

/// A place in the program, and what is wrong there.
pub(crate) type Failure = (Loc, String);

/// A view that code accesses.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub buf: u32,
    pub elem: ElemType,
    pub shape: Vec<Sum>,
}

/// What a value of a body is in code.
#[derive(Clone, Debug)]
pub(crate) enum Slot {
    Scalar(Val),
    Index(Sum),
    View(View),
}

/// Compiles one body.
pub(crate) struct Nest<'a, 'c> {
    pub interp: &'a Interp<'c>,
    pub body: &'a Body,
    pub b: Builder,
    pub slots: FxHashMap<Value, Slot>,
    pub salt: u32,
}

/// What an argument of a body is bound to.
pub(crate) enum Argument {
    /// Element type and extents; whether the body writes it.
    View(ElemType, Vec<i64>, bool),
    Index(i64),
}

/// Code for a body whose entry block is `block`.
pub(crate) fn compile(interp: &Interp<'_>, body: &Body, block: Block, args: &[Argument]) -> Result<Code, Failure> {
    let buffers = args.iter().filter(|a| matches!(a, Argument::View(..))).count() as u32;
    let mut nest = Nest { interp, body, b: Builder::new(buffers), slots: FxHashMap::default(), salt: 0 };
    let mut buf = 0;
    for (value, arg) in body.block_args(block).iter().zip(args) {
        let slot = match arg {
            Argument::View(elem, shape, written) => {
                nest.b.volatile[buf as usize] = *written;
                buf += 1;
                Slot::View(View { buf: buf - 1, elem: *elem, shape: shape.iter().map(|d| Sum::constant(*d)).collect() })
            }
            Argument::Index(i) => Slot::Index(Sum::constant(*i)),
        };
        nest.slots.insert(*value, slot);
    }
    nest.block(block)?;
    Ok(nest.b.finish())
}

/// Runs a `loop.nest` on tensors.
pub(crate) fn run_nest(interp: &Interp<'_>, body: &Body, op: Op, operands: &[Tensor]) -> Result<Vec<Tensor>, Reported> {
    let data = body.op(op);
    let sizes = data.operand_segments(interp.ctx);
    let (Some(inner), Some(block), Some(&[ins, outs, _])) = (data.body(), data.entry(), sizes.as_deref()) else {
        return interp.fail(data.loc, NOT_INTERPRETED, "a nest without a body, or whose segment sizes do not fit its operands");
    };
    let args = operands.iter().enumerate().map(|(i, t)| match i {
        i if i < ins + outs => Argument::View(t.elem(), t.shape().to_vec(), i >= ins),
        _ => Argument::Index(t.get(0).and_then(|s| s.to_int()).unwrap_or(0) as i64),
    });
    let code = match compile(interp, inner, block, &args.collect::<Vec<_>>()) {
        Ok(code) => code,
        Err((loc, message)) => return interp.fail(loc, NOT_INTERPRETED, message),
    };
    let mut results: Vec<Vec<u8>> = operands[ins..ins + outs].iter().map(|t| t.data().to_vec()).collect();
    let mut mems: Vec<Mem<'_>> = operands[..ins].iter().map(|t| Mem::Shared(t.data())).collect();
    mems.extend(results.iter_mut().map(|r| Mem::exclusive(r)));
    let bindings = operands[..ins + outs].iter().enumerate();
    let bindings = bindings.map(|(mem, t)| vm::Binding { mem, offset: 0, len: t.len() as i64, first: 0 }).collect();
    match vm::run(&code, mems, bindings, &[]) {
        Ok(counts) => counts.iter().take(ins + outs).for_each(|c| interp.count(c[0], c[1])),
        Err(fault) => return interp.fail(data.loc, STOPPED, fault.to_string()),
    }
    let made = results.into_iter().zip(&operands[ins..]).map(|(data, t)| Tensor::new(t.elem(), t.shape(), data));
    made.collect::<Result<Vec<_>, _>>().or_else(|e| interp.fail(data.loc, STOPPED, e))
}
