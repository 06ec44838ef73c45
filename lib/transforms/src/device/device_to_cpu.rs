//! Kernels of CPUs as functions of the upstream dialects.

use super::codegen::{self, Function, Style, cpu};
use edge_ir::{Block, Body, Builder, Context, Op, OpData};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;

edge_support::codes! {
    /// A loop of a kernel is not expanded as its schedule wishes.
    NOT_EXPANDED = "E1315";
}

edge_pass::pass! {
    /// Lowers the kernels of CPUs to func, scf, arith, math, vector and memref.
    ///
    /// Each `device.kernel` becomes the function of the C ABI, `void k(void *const *bufs, const int64_t *dims, int64_t begin, int64_t
    /// end)`, a private body, and `int64_t k_total(const int64_t *dims)`, the number of points of the parallel range. A host function
    /// that launches on one CPU alone becomes `NAME_run` and `NAME_arena_bytes`.
    pub struct DeviceToCpu = "device-to-cpu" on "builtin.module" {
        /// Prefix of the program's entry points; empty: the host function's name.
        name: String = String::new(),
        /// Remarks where a schedule could not be followed.
        remarks: bool = false,
    }
}

impl Pass for DeviceToCpu {
    fn ends_checks(&self) -> Option<&'static str> {
        Some("its functions have the interface of the artifact, which runs on memory")
    }
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let devices = codegen::host::Devices::of(cx.ctx, op);
        let Some((block, body)) = op.entry().zip(op.body_mut()) else { return Ok(Changed::No) };
        let mut all = Ok(Changed::No);
        let mut grains = codegen::host::Grains::default();
        for kernel in named(cx.ctx, body, block, "device.kernel") {
            if devices.is_vulkan(cx.ctx, body.op(kernel)) {
                continue;
            }
            match self.kernel(cx, body, kernel, &mut grains) {
                Ok(()) => all = all.map(|_| Changed::Yes),
                Err(reported) => all = Err(reported),
            }
        }
        all?;
        for function in named(cx.ctx, body, block, "func.func") {
            let functions = codegen::host::lower(cx.ctx, body.op(function), &self.name, &grains, &devices)
                .map_err(|p| cx.fail(p.loc, p.code, p.message))?;
            if let Some(functions) = functions {
                put(cx.ctx, body, function, functions);
            }
        }
        Ok(Changed::Yes)
    }
}

impl DeviceToCpu {
    fn kernel(&self, cx: &PassContext<'_>, body: &mut Body, kernel: Op, grains: &mut codegen::host::Grains) -> Result<(), Reported> {
        let done = cpu::kernel(cx.ctx, body.op(kernel), &Style::CPU).map_err(|p| cx.fail(p.loc, p.code, p.message))?;
        if self.remarks {
            for (loc, why) in &done.refused {
                cx.remark(*loc, NOT_EXPANDED, format!("the loop is not expanded as its schedule wishes: {why}"));
            }
        }
        cx.count("kernels", 1);
        grains.insert(done.entry.name.clone(), done.grain);
        put(cx.ctx, body, kernel, vec![done.entry, done.body, done.total]);
        Ok(())
    }
}

/// The operations of a name in a block.
pub fn named(ctx: &Context, body: &Body, block: Block, name: &str) -> Vec<Op> {
    body.block_ops(block).filter(|op| body.name(ctx, *op) == name).collect()
}

/// Puts functions in the place of an operation.
pub fn put(ctx: &Context, body: &mut Body, at: Op, functions: Vec<Function>) {
    let mut builder = Builder::before(ctx, body, at);
    for function in functions {
        function.insert(&mut builder);
    }
    body.erase(at);
}
