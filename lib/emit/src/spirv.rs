//! From gpu modules to SPIR-V words, validated.

use crate::{
    check::check_buffers,
    codes,
    contain::contained,
    error::{EmitError, Result},
    session::{Session, bytes, owned},
    threads::on_threads,
};
use edge_place::{Spirv, Target};
use melior::ir::Module;
use mlir_sys as sys;
use std::{
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

/// The SPIR-V of one gpu module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpirvModule {
    /// Name of the gpu module.
    pub name: String,
    /// Names of the kernels, in the module's order.
    pub entry_points: Vec<String>,
    /// The module as SPIR-V has it.
    pub words: Vec<u32>,
}

/// Compiles every gpu module of a text to SPIR-V and has `spirv-val` check it; contained.
///
/// Kernels take 1-D memrefs in `#spirv.storage_class<StorageBuffer>` and carry `spirv.entry_point_abi`; argument `i` is
/// binding `i` of set 0.
///
/// Errors: [`codes::PARSE`], [`codes::ELEMENT`] and [`codes::LIMIT`] (what the target's description rules out), [`codes::LOWER`], [`codes::TARGET`], [`codes::SPIRV`], [`codes::SPIRV_VAL`] (what the validator says),
/// [`codes::TOOL`] (no `spirv-val` on the PATH), [`codes::FATAL`].
pub fn spirv(text: &str, target: &Arc<Target>) -> Result<Vec<SpirvModule>> {
    let (source, for_target) = (text.to_owned(), Arc::clone(target));
    let modules = contained(move || Session::new().spirv(&source, &for_target))?;
    let environment = target.spirv.as_ref().map_or("vulkan1.1", |s| s.environment.as_str());
    modules.iter().try_for_each(|module| validate(module, environment))?;
    Ok(modules)
}

/// [`spirv`] for many texts on up to `threads` threads; the results are in the order of the texts. `done` is called after
/// each, from any of the threads.
pub fn spirv_all(
    texts: &[String],
    target: &Arc<Target>,
    threads: usize,
    done: &(dyn Fn() + Sync),
) -> Vec<Result<Vec<SpirvModule>>> {
    on_threads(texts, threads, done, |text| spirv(text, target))
}

impl Session {
    /// As [`spirv`], without containment and validation.
    pub fn spirv(&self, text: &str, target: &Target) -> Result<Vec<SpirvModule>> {
        let Some(options) = &target.spirv else {
            return EmitError::alone(codes::TARGET, format!("target `{}` takes no SPIR-V", target.name));
        };
        let mut module = self.parse(text)?;
        check_buffers(&module, target)?;
        self.run(&mut module, &to_spirv(options))?;
        adopt_spirv_modules(&module);
        self.run(&mut module, "builtin.module(gpu-module-to-binary)")?;
        binaries(&module)
    }
}

fn to_spirv(options: &Spirv) -> String {
    format!(
        "builtin.module(lower-affine,spirv-attach-target{{ver={} caps={} exts={} client_api=Vulkan}},\
         gpu.module(arith-expand,math-expand-ops{{ops=exp2}},convert-math-to-spirv),convert-gpu-to-spirv{{use-64bit-index=false}},\
         spirv.module(canonicalize,cse,spirv-lower-abi-attrs,spirv-update-vce))",
        options.version,
        options.capabilities.join(","),
        options.extensions.join(",")
    )
}

/// The conversion leaves a spirv.module *before* its gpu.module; serialisation wants it inside, alone.
fn adopt_spirv_modules(module: &Module<'_>) {
    let mut pending = None;
    for op in top_level(module) {
        // SAFETY: the operations were listed from the live module; each is moved or erased once and not used afterwards.
        unsafe {
            match name_of(op).as_str() {
                "spirv.module" => pending = Some(op),
                "gpu.module" => {
                    let Some(spirv) = pending.take() else { continue };
                    let block = sys::mlirRegionGetFirstBlock(sys::mlirOperationGetRegion(op, 0));
                    let mut old = sys::mlirBlockGetFirstOperation(block);
                    while !old.ptr.is_null() {
                        let next = sys::mlirOperationGetNextInBlock(old);
                        sys::mlirOperationDestroy(old);
                        old = next;
                    }
                    compute_as_written(spirv);
                    sys::mlirOperationRemoveFromParent(spirv);
                    sys::mlirBlockAppendOwnedOperation(block, spirv);
                }
                _ => {}
            }
        }
    }
}

/// Marks float arithmetic so that a driver keeps it as it stands: without the mark it may fuse, and `(x + c) - c` may become `x`.
///
/// # Safety
/// The operation is alive.
unsafe fn compute_as_written(op: sys::MlirOperation) {
    const ARITHMETIC: [&str; 6] = ["spirv.FAdd", "spirv.FSub", "spirv.FMul", "spirv.FDiv", "spirv.FNegate", "spirv.FRem"];
    const NAME: &str = "no_contraction";
    let mut pending = vec![op];
    while let Some(op) = pending.pop() {
        // SAFETY: promised by the caller; regions, blocks and operations are walked by their links while nothing is changed but
        // attributes, and a null link ends a list.
        unsafe {
            if ARITHMETIC.contains(&name_of(op).as_str()) {
                let name = sys::MlirStringRef { data: NAME.as_ptr().cast(), length: NAME.len() };
                let unit = sys::mlirUnitAttrGet(sys::mlirOperationGetContext(op));
                sys::mlirOperationSetAttributeByName(op, name, unit);
            }
            for n in 0..sys::mlirOperationGetNumRegions(op) {
                let mut block = sys::mlirRegionGetFirstBlock(sys::mlirOperationGetRegion(op, n));
                while !block.ptr.is_null() {
                    let mut inner = sys::mlirBlockGetFirstOperation(block);
                    while !inner.ptr.is_null() {
                        pending.push(inner);
                        inner = sys::mlirOperationGetNextInBlock(inner);
                    }
                    block = sys::mlirBlockGetNextInRegion(block);
                }
            }
        }
    }
}

fn top_level(module: &Module<'_>) -> Vec<sys::MlirOperation> {
    let mut ops = Vec::new();
    // SAFETY: walks the live module's only block; a null operation ends it.
    unsafe {
        let mut op = sys::mlirBlockGetFirstOperation(sys::mlirModuleGetBody(module.to_raw()));
        while !op.ptr.is_null() {
            ops.push(op);
            op = sys::mlirOperationGetNextInBlock(op);
        }
    }
    ops
}

/// # Safety
/// The operation is alive.
unsafe fn name_of(op: sys::MlirOperation) -> String {
    // SAFETY: promised by the caller.
    unsafe { owned(sys::mlirIdentifierStr(sys::mlirOperationGetName(op))) }
}

/// # Safety
/// The operation is alive.
unsafe fn attribute(op: sys::MlirOperation, name: &str) -> sys::MlirAttribute {
    let name = sys::MlirStringRef { data: name.as_ptr().cast(), length: name.len() };
    // SAFETY: promised by the caller; MLIR reads the name during the call only.
    unsafe { sys::mlirOperationGetAttributeByName(op, name) }
}

fn binaries(module: &Module<'_>) -> Result<Vec<SpirvModule>> {
    let mut found = Vec::new();
    for op in top_level(module) {
        // SAFETY: the module is alive; a gpu.binary has a symbol name and an array of gpu.object attributes, which is
        // checked before an accessor of that kind is used; the bytes are copied.
        unsafe {
            if name_of(op) != "gpu.binary" {
                continue;
            }
            let symbol = attribute(op, "sym_name");
            let objects = attribute(op, "objects");
            if symbol.ptr.is_null() || objects.ptr.is_null() || !sys::mlirAttributeIsAArray(objects) {
                continue;
            }
            let name = owned(sys::mlirStringAttrGetValue(symbol));
            for i in 0..sys::mlirArrayAttrGetNumElements(objects) {
                let object = sys::mlirArrayAttrGetElement(objects, i);
                if !sys::mlirAttributeIsAGPUObjectAttr(object) {
                    continue;
                }
                let words = words(bytes(sys::mlirGPUObjectAttrGetObject(object)))
                    .ok_or_else(|| vec![EmitError::new(codes::SPIRV, format!("`{name}` did not become SPIR-V"))])?;
                found.push(SpirvModule { name: name.clone(), entry_points: entry_points(&words), words });
            }
        }
    }
    if found.is_empty() {
        return EmitError::alone(codes::SPIRV, "the module holds no gpu module with kernels");
    }
    Ok(found)
}

fn words(bytes: &[u8]) -> Option<Vec<u32>> {
    let words: Vec<u32> = bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    (words.first() == Some(&0x0723_0203) && bytes.len().is_multiple_of(4)).then_some(words)
}

/// Instructions of a SPIR-V module: opcode and operand words.
fn instructions(words: &[u32]) -> impl Iterator<Item = (u16, &[u32])> {
    let mut rest = words.get(5..).unwrap_or_default();
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let count = (first >> 16) as usize;
        let operands = rest.get(1..count)?;
        rest = rest.get(count..)?;
        Some(((first & 0xffff) as u16, operands))
    })
}

const OP_ENTRY_POINT: u16 = 15;
const OP_CAPABILITY: u16 = 17;

fn entry_points(words: &[u32]) -> Vec<String> {
    let name = |operands: &[u32]| {
        let text = operands.iter().skip(2).flat_map(|w| w.to_le_bytes()).take_while(|b| *b != 0).collect::<Vec<_>>();
        String::from_utf8_lossy(&text).into_owned()
    };
    instructions(words).filter(|(op, _)| *op == OP_ENTRY_POINT).map(|(_, operands)| name(operands)).collect()
}

/// The capabilities that a device must have to run a module, as SPIR-V numbers them.
pub fn capabilities(words: &[u32]) -> Vec<u32> {
    instructions(words).filter(|(op, _)| *op == OP_CAPABILITY).filter_map(|(_, operands)| operands.first().copied()).collect()
}

fn validate(module: &SpirvModule, environment: &str) -> Result<()> {
    let tool =
        |e: std::io::Error| vec![EmitError::new(codes::TOOL, format!("`spirv-val` (package spirv-tools) cannot be run: {e}"))];
    let mut child = Command::new("spirv-val")
        .args(["--target-env", environment, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(tool)?;
    if let Some(mut input) = child.stdin.take() {
        let bytes: Vec<u8> = module.words.iter().flat_map(|w| w.to_le_bytes()).collect();
        // A validator that stops reading early has said why on its other end.
        let _ = input.write_all(&bytes);
    }
    let output = child.wait_with_output().map_err(tool)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    EmitError::alone(codes::SPIRV_VAL, format!("spirv-val refuses `{}`: {}", module.name, said.trim()))
}
