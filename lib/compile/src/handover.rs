//! What `edge-opt --emit` writes.

use crate::Error;
use crate::code::{emit_error, module_text, problem};
use crate::manifest::Program;
use crate::run::FAILED;
use edge_asm::PrintOptions;
use edge_driver::Emitter;
use edge_emit::{Codegen, Form};
use edge_ir::{Builder, Context, Module, OpData};
use edge_place::Target;
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap};
use edge_transforms::device::codegen::host::{Devices, Grains};
use edge_transforms::device::codegen::{self, Style};
use std::sync::Arc;

/// Emits modules through MLIR and LLVM: those of the device level, whose kernels are lowered first, and those of upstream dialects.
pub struct Handover;

impl Emitter for Handover {
    fn kinds(&self) -> &[(&'static str, &'static str)] {
        &[
            ("llvm-ir", "LLVM IR, optimised for this machine."),
            ("asm", "Assembly for this machine."),
            ("obj", "A relocatable object for this machine."),
            ("spirv", "One SPIR-V module with every kernel."),
        ]
    }
    fn emit(
        &self,
        ctx: &Context,
        _: &SourceMap,
        diags: &Diagnostics,
        module: &Module,
        kind: &str,
    ) -> Result<Vec<u8>, Reported> {
        emit(ctx, module, kind).map_err(|e| {
            let note = format!("reported as {}", e.code);
            diags.error(Diagnostic::error(FAILED, e.message).in_place(format!("--emit={kind}")).note(note))
        })
    }
}

fn emit(ctx: &Context, module: &Module, kind: &str) -> Result<Vec<u8>, Error> {
    let target = |name: &str| Target::load(name).map_err(|e| Error::new(e.code.0, e.message)).map(Arc::new);
    if kind == "spirv" {
        let target = target("vulkan1.1")?;
        let text = vulkan_text(ctx, module, target.spirv.as_ref().map_or(64, |s| s.workgroup))?;
        let modules = edge_emit::spirv(&text, &target).map_err(emit_error)?;
        let [one] = &modules[..] else {
            return Err(Error::new("COMPILE-LEVEL", format!("{} gpu modules; --emit=spirv writes one", modules.len())));
        };
        return Ok(one.words.iter().flat_map(|w| w.to_le_bytes()).collect());
    }
    let form = match kind {
        "llvm-ir" => Form::LlvmIr,
        "asm" => Form::Assembly,
        _ => Form::Object,
    };
    edge_emit::compile(&cpu_text(ctx, module)?, &Codegen::new(target("host")?), form).map_err(emit_error)
}

fn as_it_is(ctx: &Context, module: &Module) -> String {
    edge_asm::print_module(ctx, module, &PrintOptions { debuginfo: true, ..PrintOptions::generic() })
}

/// Every kernel and the host function as one upstream module; a module without kernels stays as it is.
fn cpu_text(ctx: &Context, module: &Module) -> Result<String, Error> {
    let Some(p) = program(ctx, module)? else { return Ok(as_it_is(ctx, module)) };
    let fill = |b: &mut Builder<'_>| {
        let mut grains = Grains::default();
        let devices = Devices::of(ctx, module.op());
        for kernel in p.kernels.iter().filter(|k| !devices.is_vulkan(ctx, k)) {
            let made = codegen::cpu::kernel(ctx, kernel, &Style::CPU)?;
            grains.insert(made.entry.name.clone(), made.grain);
            for function in [made.entry, made.body, made.total] {
                function.insert(b);
            }
        }
        for function in codegen::host::lower(ctx, p.function, "", &grains, &devices)?.into_iter().flatten() {
            function.insert(b);
        }
        Ok(())
    };
    module_text(ctx, p.function, None, fill).map_err(|e| problem(ctx, e))
}

fn vulkan_text(ctx: &Context, module: &Module, workgroup: u32) -> Result<String, Error> {
    let Some(p) = program(ctx, module)? else { return Ok(as_it_is(ctx, module)) };
    // Without devices in the module every kernel is meant.
    let devices = Devices::of(ctx, module.op());
    let placed = module.op().attr(ctx, "edge.devices").is_some();
    let kernels: Vec<&OpData> = p.kernels.iter().copied().filter(|k| !placed || devices.is_vulkan(ctx, k)).collect();
    let attrs = Some(ctx.dict_attr(&[(ctx.ident("gpu.container_module"), ctx.unit())]));
    let fill = |b: &mut Builder<'_>| codegen::vulkan::insert(b, "kernels", &kernels, workgroup);
    module_text(ctx, p.function, attrs, fill).map_err(|e| problem(ctx, e))
}

/// The program of a module that has kernels.
fn program<'m>(ctx: &'m Context, module: &'m Module) -> Result<Option<Program<'m>>, Error> {
    let (Some(body), Some(block)) = (module.op().body(), module.op().entry()) else { return Ok(None) };
    match body.block_ops(block).any(|op| body.name(ctx, op) == "device.kernel") {
        true => Program::of(ctx, module).map(Some),
        false => Ok(None),
    }
}
