//! Running a model on a target.

use super::load::{Model, Port, function, load};
use super::{FAILED, Level, Named, On, Setting, UNKNOWN_TARGET, WRONG_INPUT};
use crate::{DevicePlan, Plan, Session, artifact};
use edge_dialect::core::ElemType;
use edge_import::tensor::Tensor;
use edge_interp::random::{Random, Ranges, random_tensor};
use edge_ir::types::DYNAMIC;
use edge_ir::{Context, Module, TypeKind};
use edge_place::Target;
use edge_runtime::manifest::Kind;
use edge_runtime::{Options, Program, TensorRef, Timing};
use edge_support::Reported;
use std::path::Path;
use std::time::Instant;

/// What a run gave.
pub struct Ran {
    pub outputs: Named,
    /// Operations of the function at the tensor level, constants left out.
    pub nn_ops: usize,
    /// Nests at the loop level.
    pub nests: usize,
    pub kernels: usize,
    pub distinct_kernels: usize,
    pub arena_bytes: i64,
    /// From reading the model to a program that is ready to run.
    pub compile_s: f64,
    pub run_s: f64,
    pub timing: Option<Timing>,
    pub devices: Vec<String>,
}

/// Loads, compiles if need be, and runs once (or as often as the job says).
pub fn run(s: &Setting<'_>, path: &Path, shapes: &[(String, Vec<u64>)], given: &Named) -> Result<Ran, Reported> {
    let start = Instant::now();
    let ctx = s.registry.context();
    let mut model = load(s, &ctx, path, shapes, given)?;
    let loaded = start.elapsed();
    let inputs = inputs(s, &ctx, &model, shapes, given)?;
    let nn_ops = count(&ctx, &model.module, |name| !name.ends_with(".constant") && name != "func.return");
    match &s.job.on {
        On::Interpreter => interpret(s, &ctx, &mut model, &inputs, nn_ops),
        On::Devices(kinds) => {
            let plan = plan(s, kinds)?;
            let mut ran = compiled(s, &ctx, &mut model, &plan, &inputs, nn_ops)?;
            ran.compile_s += loaded.as_secs_f64();
            Ok(ran)
        }
    }
}

/// A tensor for each input: the one given, or a random one.
fn inputs(
    s: &Setting<'_>,
    ctx: &Context,
    model: &Model,
    shapes: &[(String, Vec<u64>)],
    given: &Named,
) -> Result<Named, Reported> {
    for (name, _) in given {
        if !model.inputs.iter().any(|p| p.name == *name) {
            let known: Vec<&str> = model.inputs.iter().map(|p| p.name.as_str()).collect();
            return Err(s.fail(
                super::UNKNOWN_NAME,
                s.model(),
                format!("no input `{name}`; the model has {}", known.join(", ")),
            ));
        }
    }
    let mut random = Random::new(s.job.seed);
    let mut list = Named::new();
    for port in &model.inputs {
        let tensor = match given.iter().find(|(n, _)| *n == port.name) {
            Some((_, tensor)) => fitting(s, ctx, port, tensor)?,
            None => random_input(s, ctx, port, shapes, &mut random)?,
        };
        list.push((port.name.clone(), tensor));
    }
    Ok(list)
}

fn fitting(s: &Setting<'_>, ctx: &Context, port: &Port, tensor: &Tensor) -> Result<Tensor, Reported> {
    let kind = ctx.type_kind(port.ty);
    let elem = kind.elem().and_then(|e| edge_dialect::instance::elem_of(ctx, e));
    let shape = kind.shape().unwrap_or(&[]);
    let fits = shape.len() == tensor.shape().len() && shape.iter().zip(tensor.shape()).all(|(d, n)| *d == DYNAMIC || d == n);
    if elem != Some(tensor.elem()) || !fits {
        let message =
            format!("input `{}` is {}, but {} is given", port.name, edge_asm::print_type(ctx, port.ty), tensor.type_text());
        return Err(s.fail(WRONG_INPUT, s.model(), message));
    }
    Ok(tensor.clone())
}

fn random_input(
    s: &Setting<'_>,
    ctx: &Context,
    port: &Port,
    shapes: &[(String, Vec<u64>)],
    random: &mut Random,
) -> Result<Tensor, Reported> {
    let kind = ctx.type_kind(port.ty);
    let elem = kind.elem().and_then(|e| edge_dialect::instance::elem_of(ctx, e)).unwrap_or(ElemType::F32);
    let wanted = shapes.iter().find(|(n, _)| *n == port.name).map(|(_, d)| d.clone());
    let mut shape = Vec::new();
    for (axis, d) in kind.shape().unwrap_or(&[]).iter().enumerate() {
        let bound = wanted.as_ref().and_then(|w| w.get(axis)).map(|n| *n as i64);
        match (*d, bound) {
            (DYNAMIC, Some(n)) => shape.push(n),
            (DYNAMIC, None) => {
                let name = &port.name;
                let message = format!("input `{name}` has open sizes: give it, or its shape with --input-shape {name}=...");
                return Err(s.fail(WRONG_INPUT, s.model(), message));
            }
            (d, _) => shape.push(d),
        }
    }
    random_tensor(random, elem, &shape, Ranges::signed()).map_err(|e| s.fail(WRONG_INPUT, s.model(), e))
}

/// Operations of the function for which `wanted` holds, by name.
fn count(ctx: &Context, module: &Module, wanted: impl Fn(&str) -> bool) -> usize {
    let Some(function) = function(ctx, module) else { return 0 };
    let Some(body) = function.body() else { return 0 };
    body.all_ops(function.regions()).into_iter().filter(|op| wanted(body.name(ctx, *op))).count()
}

/// The devices of a run: kinds in the order given.
pub fn plan(s: &Setting<'_>, kinds: &[String]) -> Result<Plan, Reported> {
    let target = |name: &str| Target::load(name).map_err(|e| s.fail(UNKNOWN_TARGET, "--target", e.message));
    let host = target("host")?;
    let mut devices = Vec::new();
    for kind in kinds {
        devices.push(match kind.as_str() {
            "cpu" => DevicePlan { name: "cpu0".into(), kind: Kind::Cpu, space: "host".into(), target: host.clone() },
            "vulkan" => {
                DevicePlan { name: "vulkan0".into(), kind: Kind::Vulkan, space: "vulkan0".into(), target: target("vulkan1.1")? }
            }
            other => {
                return Err(s.fail(
                    UNKNOWN_TARGET,
                    "--target",
                    format!("no target `{other}`; there is interp, cpu, vulkan, or cpu,vulkan"),
                ));
            }
        });
    }
    let stem = s.job.model.file_stem().map_or("model".into(), |n| n.to_string_lossy());
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let name = if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("m{name}") };
    Ok(Plan { name, devices, host })
}

fn interpret(s: &Setting<'_>, ctx: &Context, model: &mut Model, inputs: &Named, nn_ops: usize) -> Result<Ran, Reported> {
    let passes = edge_transforms::registry();
    let session = Session { ctx, sources: &s.sources, diags: &s.diags, threads: true, registry: &passes };
    let start = Instant::now();
    let plan = plan(s, &["cpu".to_owned()])?;
    match s.job.stop_at.unwrap_or(Level::Nn) {
        Level::Nn => {}
        Level::Loop => session.run(&mut model.module, &crate::lower::loops(&plan))?,
        Level::Device => {
            session.declare_devices(&mut model.module, &plan);
            session.run(&mut model.module, &crate::pipeline(&plan))?;
        }
    }
    let compile_s = start.elapsed().as_secs_f64();
    let name = function(ctx, &model.module).and_then(|f| f.symbol_name(ctx)).unwrap_or("main").to_owned();
    let tensors: Vec<Tensor> = inputs.iter().map(|(_, t)| t.clone()).collect();
    let start = Instant::now();
    let interp = edge_interp::Interp::new(ctx, &s.diags, &s.sources);
    let outputs = interp.run_function(&model.module, &name, &tensors)?;
    Ok(Ran {
        outputs: model.outputs.iter().map(|p| p.name.clone()).zip(outputs).collect(),
        nn_ops,
        nests: count(ctx, &model.module, |n| n == "loop.nest"),
        kernels: 0,
        distinct_kernels: 0,
        arena_bytes: 0,
        compile_s,
        run_s: start.elapsed().as_secs_f64(),
        timing: None,
        devices: vec!["interpreter".into()],
    })
}

fn compiled(
    s: &Setting<'_>,
    ctx: &Context,
    model: &mut Model,
    plan: &Plan,
    inputs: &Named,
    nn_ops: usize,
) -> Result<Ran, Reported> {
    let passes = edge_transforms::registry();
    let session = Session { ctx, sources: &s.sources, diags: &s.diags, threads: true, registry: &passes };
    let start = Instant::now();
    session.declare_devices(&mut model.module, plan);
    session.run(&mut model.module, &crate::lower::loops(plan))?;
    let nests = count(ctx, &model.module, |n| n == "loop.nest");
    session.run(&mut model.module, &crate::lower::device(plan))?;
    let kernels = count(ctx, &model.module, |n| n == "device.launch");
    let progress = super::report::Progress::new();
    let built = artifact(ctx, &model.module, plan, workers(), &|total| progress.step(total));
    progress.done();
    let artifact = built.map_err(|e| s.failed(e))?;
    if let Some(folder) = &s.job.keep {
        artifact.save(folder).map_err(|e| s.failed(crate::Error::runtime(e)))?;
    }
    let options = Options { threads: s.job.threads, vulkan_device: None };
    let mut program = Program::new(&artifact, &options).map_err(|e| s.failed(crate::Error::runtime(e)))?;
    let compile_s = start.elapsed().as_secs_f64();
    let shapes: Vec<Vec<usize>> = inputs.iter().map(|(_, t)| t.shape().iter().map(|d| *d as usize).collect()).collect();
    let refs: Vec<TensorRef<'_>> = inputs
        .iter()
        .zip(&shapes)
        .map(|((_, t), shape)| TensorRef { element: t.elem().name(), shape, data: t.data() })
        .collect();
    let start = Instant::now();
    let out = program.run(&refs).map_err(|e| s.failed(crate::Error::runtime(e)))?;
    let run_s = start.elapsed().as_secs_f64();
    let timing = match s.job.bench {
        Some(n) => {
            let timed = edge_runtime::time(n, || program.run(&refs).map(drop));
            Some(timed.map_err(|e| s.failed(crate::Error::runtime(e)))?)
        }
        None => None,
    };
    let outputs = model.outputs.iter().zip(&out).map(|(port, t)| Ok((port.name.clone(), tensor(s, ctx, port, t)?)));
    let dims: Vec<i64> = artifact
        .manifest
        .dims
        .iter()
        .map(|d| shapes.get(d.input).and_then(|x| x.get(d.axis)).map_or(0, |n| *n as i64))
        .collect();
    Ok(Ran {
        outputs: outputs.collect::<Result<_, Reported>>()?,
        nn_ops,
        nests,
        kernels,
        distinct_kernels: artifact.manifest.kernels.len(),
        arena_bytes: artifact.manifest.arenas.iter().filter_map(|a| a.bytes.eval(&dims).ok()).sum(),
        compile_s,
        run_s,
        timing,
        devices: plan.devices.iter().map(|d| format!("{} ({})", d.name, d.target.name)).collect(),
    })
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get())
}

/// A result as the model types it: the runtime does not tell signed from signless.
fn tensor(s: &Setting<'_>, ctx: &Context, port: &Port, t: &edge_runtime::Tensor) -> Result<Tensor, Reported> {
    let TypeKind::Tensor { elem, .. } = ctx.type_kind(port.ty) else {
        return Err(s.fail(FAILED, s.model(), format!("output `{}` is no tensor", port.name)));
    };
    let elem = edge_dialect::instance::elem_of(ctx, elem).unwrap_or(ElemType::F32);
    let shape: Vec<i64> = t.shape.iter().map(|d| *d as i64).collect();
    Tensor::new(elem, &shape, t.data.as_ref().to_vec()).map_err(|e| s.fail(FAILED, s.model(), e))
}
