//! Kernels to objects and SPIR-V, constants to the blob of weights.

use crate::manifest::{Program, manifest};
use crate::{Error, Plan};
use bytes::Bytes;
use edge_emit::{Codegen, EmitError, Form, compile_all};
use edge_ir::{Attr, AttrKind, Body, Builder, Context, Module, OpData, Type};
use edge_runtime::manifest::Kind;
use edge_runtime::{Aligned, Artifact, weights_hash};
use edge_transforms::device::codegen::host::{Devices, Grains};
use edge_transforms::device::codegen::{self, Function, Problem, Style};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compiles a module at the device level. `done` is called after each kernel, with the number of all.
///
/// # Errors
/// `COMPILE-…` where the module is not of the form it should be, the codes of the kernels' lowering, `EMIT-…`.
pub fn artifact(
    ctx: &Context,
    module: &Module,
    plan: &Plan,
    threads: usize,
    done: &(dyn Fn(usize) + Sync),
) -> Result<Artifact, Error> {
    let program = Program::of(ctx, module)?;
    let entry = plan.devices.iter().all(|d| d.kind == Kind::Cpu);
    let mut manifest = manifest(&program, plan, entry)?;
    let object = cpu_object(&program, plan, module, entry, threads, done)?;
    let spirv = vulkan_modules(&program, plan, threads, done)?;
    let weights = weights(ctx, &program.weights(), manifest.weights.bytes)?;
    manifest.weights.hash = weights_hash(&weights);
    Ok(Artifact { manifest, object, spirv, weights })
}

fn cpu_object(
    p: &Program<'_>,
    plan: &Plan,
    module: &Module,
    entry: bool,
    threads: usize,
    done: &(dyn Fn(usize) + Sync),
) -> Result<Option<Vec<u8>>, Error> {
    let ctx = p.ctx;
    let told = |e| problem(ctx, e);
    let (mut texts, mut grains) = (Vec::new(), Grains::default());
    for kernel in &p.kernels {
        if plan.device(&p.kernel_device(kernel))?.kind == Kind::Cpu {
            let made = codegen::cpu::kernel(ctx, kernel, &Style::CPU).map_err(told)?;
            grains.insert(made.entry.name.clone(), made.grain);
            texts.push(text_of(ctx, kernel, &[], [made.entry, made.body, made.total]));
        }
    }
    if entry {
        let devices = Devices::of(ctx, module.op());
        let functions = codegen::host::lower(ctx, p.function, &plan.name, &grains, &devices).map_err(told)?;
        let kernels: Vec<String> = p.kernels.iter().map(|k| p.kernel_name(k)).collect();
        texts.extend(functions.map(|f| text_of(ctx, p.function, &kernels, f)));
    }
    if texts.is_empty() {
        return Ok(None);
    }
    let total = texts.len();
    let codegen = Codegen::new(Arc::new(plan.cpu().clone()));
    let objects: Vec<Vec<u8>> = compile_all(&texts, &codegen, Form::Object, threads, &|| done(total))
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(emit_error)?;
    edge_emit::link_objects(&objects).map(Some).map_err(emit_error)
}

/// SPIR-V words of the kernels on Vulkan devices, by file name.
fn vulkan_modules(
    p: &Program<'_>,
    plan: &Plan,
    threads: usize,
    done: &(dyn Fn(usize) + Sync),
) -> Result<BTreeMap<String, Vec<u32>>, Error> {
    let ctx = p.ctx;
    let (mut names, mut texts, mut target) = (Vec::new(), Vec::new(), None);
    for kernel in &p.kernels {
        let device = plan.device(&p.kernel_device(kernel))?;
        let Some(spirv) = device.target.spirv.as_ref().filter(|_| device.kind == Kind::Vulkan) else { continue };
        target = Some(Arc::new(device.target.clone()));
        names.push(p.kernel_name(kernel));
        let unit = (ctx.ident("gpu.container_module"), ctx.unit());
        let attrs = Some(ctx.dict_attr(&[unit]));
        let built = module_text(ctx, kernel, attrs, |b| {
            codegen::vulkan::insert(b, &p.kernel_name(kernel), &[*kernel], spirv.workgroup)
        });
        texts.push(built.map_err(|e| problem(ctx, e))?);
    }
    let Some(target) = target else { return Ok(BTreeMap::new()) };
    let total = texts.len();
    let mut modules = BTreeMap::new();
    for (name, made) in names.into_iter().zip(edge_emit::spirv_all(&texts, &target, threads, &|| done(total))) {
        let words = made.map_err(emit_error)?.into_iter().next().map(|m| m.words);
        modules.insert(format!("{name}.spv"), words.unwrap_or_default());
    }
    Ok(modules)
}

/// A module of functions; `kernels` are declared in it.
fn text_of(ctx: &Context, of: &OpData, kernels: &[String], functions: impl IntoIterator<Item = Function>) -> String {
    let (ptr, i64) = (codegen::dialect_type(ctx, "llvm.ptr"), ctx.i64());
    let built = module_text(ctx, of, None, |b| {
        for kernel in kernels {
            declare(b, kernel, ctx.function_type(&[ptr, ptr, i64, i64], &[]));
            declare(b, &format!("{kernel}_total"), ctx.function_type(&[ptr], &[i64]));
        }
        for function in functions {
            function.insert(b);
        }
        Ok(())
    });
    built.unwrap_or_else(|never: std::convert::Infallible| match never {})
}

/// The generic text of a module that `fill` fills, with locations.
pub(crate) fn module_text<E>(
    ctx: &Context,
    of: &OpData,
    attrs: Option<Attr>,
    fill: impl FnOnce(&mut Builder<'_>) -> Result<(), E>,
) -> Result<String, E> {
    let mut body = Body::new();
    let region = body.new_region();
    let block = body.add_block(region);
    fill(&mut Builder::at_end(ctx, &mut body, block, of.loc))?;
    let mut top = Body::new();
    let outer = top.new_region();
    let block = top.add_block(outer);
    let mut b = Builder::at_end(ctx, &mut top, block, of.loc);
    let root = b.op("builtin.module").discardable(attrs).isolated(body, &[region]).build();
    let options = edge_asm::PrintOptions { debuginfo: true, ..edge_asm::PrintOptions::generic() };
    Ok(edge_asm::print_module(ctx, &Module::new(top, root), &options))
}

/// The declaration of a function of another module.
fn declare(b: &mut Builder<'_>, name: &str, ty: Type) {
    let ctx = b.ctx;
    let mut empty = Body::new();
    let region = empty.new_region();
    b.op("func.func")
        .prop("sym_name", ctx.str_attr(name))
        .prop("function_type", ctx.type_attr(ty))
        .prop("sym_visibility", ctx.str_attr("private"))
        .isolated(empty, &[region])
        .build();
}

pub(crate) fn problem(ctx: &Context, e: Problem) -> Error {
    let place = ctx.loc_name(e.loc).map_or(String::new(), |n| format!(" (at `{n}`)"));
    Error::new(e.code.0, format!("{}{place}", e.message))
}

pub(crate) fn emit_error(errors: Vec<EmitError>) -> Error {
    match errors.first() {
        Some(first) => Error::new(first.code.0, errors.iter().map(|e| e.message.clone()).collect::<Vec<_>>().join("\n")),
        None => Error::new("EMIT-FATAL", "the hand-over failed without a word"),
    }
}

/// The blob of constants.
fn weights(ctx: &Context, entries: &[(Attr, u64)], bytes: u64) -> Result<Bytes, Error> {
    let mut blob = Aligned::zeroed(bytes as usize);
    let all = blob.as_mut();
    for (attr, offset) in entries {
        let missing = || Error::new("COMPILE-WEIGHTS", "the elements of a constant are not there");
        let at = *offset as usize;
        match ctx.attr_kind(*attr) {
            AttrKind::Dense { ty, data, splat: true } => {
                let count = ctx.type_kind(ty).shape().and_then(edge_ir::elements::count).ok_or_else(missing)?;
                let target = all.get_mut(at..at + data.len() * count as usize).ok_or_else(missing)?;
                target.chunks_exact_mut(data.len().max(1)).for_each(|c| c.copy_from_slice(data));
            }
            AttrKind::Dense { data, .. } => all.get_mut(at..at + data.len()).ok_or_else(missing)?.copy_from_slice(data),
            AttrKind::DenseResource { key, .. } => {
                let data = ctx.resource(key).ok_or_else(missing)?;
                all.get_mut(at..at + data.len()).ok_or_else(missing)?.copy_from_slice(&data);
            }
            _ => return Err(missing()),
        }
    }
    Ok(Bytes::from_owner(blob))
}
