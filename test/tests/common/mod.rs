//! Samples of an operation between two element-wise neighbours, run in every way there is.

use edge_compile::{DevicePlan, Plan, Session, artifact, pipeline};
use edge_dialect::Registry;
use edge_dialect::core::ElemType;
use edge_import::tensor::{Tensor, compare};
use edge_interp::random::Random;
use edge_ir::{Context, Module};
use edge_place::Target;
use edge_runtime::manifest::Kind;
use edge_runtime::{Options, Program, TensorRef};
use edge_support::{Diagnostics, SourceMap};
use std::sync::Arc;

const DIALECT: &str = include_str!("../../data/user.dialect");

/// Numbers in row-major order.
#[derive(Clone)]
pub struct Array {
    pub shape: Vec<i64>,
    pub values: Vec<f64>,
}

impl Array {
    pub fn of(shape: &[i64], f: impl Fn(&[i64]) -> f64) -> Array {
        let n: i64 = shape.iter().product();
        let index = |mut at: i64| {
            let mut index = vec![0; shape.len()];
            for (i, n) in index.iter_mut().zip(shape).rev() {
                (*i, at) = (at % n, at / n);
            }
            index
        };
        Array { shape: shape.to_vec(), values: (0..n).map(|at| f(&index(at))).collect() }
    }
    /// Small whole numbers: sums of them are exact in every element type.
    pub fn random(random: &mut Random, shape: &[i64]) -> Array {
        let n: i64 = shape.iter().product();
        Array { shape: shape.to_vec(), values: (0..n).map(|_| (random.next_u64() % 9) as f64 - 4.0).collect() }
    }
    pub fn get(&self, index: &[i64]) -> Option<f64> {
        let inside = index.iter().zip(&self.shape).all(|(i, n)| (0..*n).contains(i));
        let at = index.iter().zip(&self.shape).fold(0, |at, (i, n)| at * n + i);
        inside.then(|| self.values[at as usize])
    }
    pub fn at(&self, index: &[i64]) -> f64 {
        self.get(index).expect("inside")
    }
    /// Aligned at the right; an axis of extent 1 is read at 0.
    pub fn broadcast(&self, index: &[i64]) -> f64 {
        let tail = &index[index.len() - self.shape.len()..];
        self.at(&tail.iter().zip(&self.shape).map(|(i, n)| if *n == 1 { 0 } else { *i }).collect::<Vec<_>>())
    }
    fn tensor(&self, elem: ElemType) -> Tensor {
        Tensor::from_f64s(elem, &self.shape, self.values.iter().copied()).expect("sized")
    }
}

type Compute = Box<dyn Fn(&[Array]) -> Vec<Array>>;

/// An operation on `%x`, which is `relu(%in0)`, and on the other inputs, with `T0` for the type of input 0.
pub struct Sample {
    text: String,
    inputs: Vec<Array>,
    outputs: Vec<Array>,
    kernels: usize,
    /// Whether open sizes have names, the same for axes that are aligned at the right.
    named: bool,
    /// Whether an axis of a result is open where the same axis of the first input is.
    axis_by_axis: bool,
}

impl Sample {
    pub fn new(text: String, inputs: Vec<Array>, compute: Compute) -> Sample {
        let mut seen = inputs.clone();
        seen[0].values.iter_mut().for_each(|v| *v = v.max(0.0));
        let mut outputs = compute(&seen);
        outputs.iter_mut().flat_map(|o| &mut o.values).for_each(|v| *v += *v);
        Sample { text, inputs, outputs, kernels: 1, named: false, axis_by_axis: false }
    }

    /// Of so many kernels instead of one.
    pub fn kernels(self, kernels: usize) -> Sample {
        Sample { kernels, ..self }
    }
    pub fn named(self) -> Sample {
        Sample { named: true, ..self }
    }
    pub fn axis_by_axis(self) -> Sample {
        Sample { axis_by_axis: true, ..self }
    }

    /// The type of an array of which some axes are open.
    fn ty(&self, a: &Array, element: &str, is_open: impl Fn(usize) -> bool) -> String {
        let (rank, axes) = (a.shape.len(), a.shape.iter().enumerate());
        let size = |(axis, n): (usize, &i64)| if is_open(axis) { "?x".to_owned() } else { format!("{n}x") };
        let sizes: String = axes.clone().map(size).collect();
        let name = |(axis, n): (usize, &i64)| if is_open(axis) { format!("D{}", rank - axis) } else { n.to_string() };
        let names: Vec<String> = axes.map(name).collect();
        match self.named && (0..rank).any(&is_open) {
            true => format!("tensor<{sizes}{element}, #nn.dims<[{}]>>", names.join(", ")),
            false => format!("tensor<{sizes}{element}>"),
        }
    }

    /// The function; where sizes are open, all but those of extent 1.
    fn module(&self, element: &str, open: bool) -> String {
        let ty = |a: &Array| self.ty(a, element, |axis| open && a.shape[axis] != 1);
        let types: Vec<String> = self.inputs.iter().map(ty).collect();
        let op = types.iter().enumerate().fold(self.text.clone(), |t, (n, ty)| t.replace(&format!("T{n}"), ty));
        let join = |list: Vec<String>| list.join(", ");
        let args = join(types.iter().enumerate().map(|(n, ty)| format!("%in{n}: {ty}")).collect());
        let names: Vec<String> = match self.outputs.len() {
            1 => vec!["%y".to_owned()],
            n => (0..n).map(|n| format!("%y#{n}")).collect(),
        };
        // What a result's type is follows from the operation; a tensor.cast is not needed where it says the same.
        let first = &self.inputs[0].shape;
        let by_axis = |a: &Array| self.ty(a, element, |axis| open && first[axis] != 1);
        let results: Vec<String> = self.outputs.iter().map(|o| if self.axis_by_axis { by_axis(o) } else { ty(o) }).collect();
        let after: String = (names.iter().zip(&results).enumerate())
            .map(|(n, (name, ty))| format!("  %z{n} = nn.add {name}, {name} : {ty}, {ty}\n"))
            .collect();
        let bound = if names.len() == 1 { "%y".to_owned() } else { format!("%y:{}", names.len()) };
        format!(
            "func.func @main({args}) -> ({}) {{\n  %x = nn.relu %in0 : {}\n  {bound} = {op}\n{after}  return {} : {}\n}}\n",
            results.join(", "),
            types[0],
            join((0..names.len()).map(|n| format!("%z{n}")).collect()),
            results.join(", ")
        )
    }
}

struct Setting {
    registry: Registry,
    sources: Arc<SourceMap>,
    diags: Diagnostics,
}

/// Reads, prints, verifies, interprets, compiles and runs a sample; gives what is wrong with it.
pub fn check(sample: &Sample, element: &str, open: bool) -> Result<(), String> {
    let text = sample.module(element, open);
    let told = |e: String| format!("{e}\n{text}");
    let sources = Arc::new(SourceMap::new());
    let diags = Diagnostics::new();
    let registry = Registry::builtin()
        .and_then(|r| r.with_dialect(&sources, "user.dialect", DIALECT, &diags).map_err(|_| diags.render(&sources)))?;
    let s = Setting { registry, sources, diags };
    let elem = if element == "f32" { ElemType::F32 } else { ElemType::I32 };
    let inputs: Vec<Tensor> = sample.inputs.iter().map(|a| a.tensor(elem)).collect();
    let expected: Vec<Tensor> = sample.outputs.iter().map(|a| a.tensor(elem)).collect();

    let ctx = s.registry.context();
    let module = read(&s, &ctx, &text).map_err(told)?;
    let printed = edge_asm::print_module(&ctx, &module, &Default::default());
    let again = read(&s, &ctx, &printed).map_err(told)?;
    if edge_asm::print_module(&ctx, &again, &Default::default()) != printed {
        return Err(told("prints differently when read again".to_owned()));
    }
    let interp = edge_interp::Interp::new(&ctx, &s.diags, &s.sources);
    let out = interp.run_function(&module, "main", &inputs).map_err(|_| told(s.diags.render(&s.sources)))?;
    agree("interpreter", elem, &out, &expected).map_err(told)?;
    for device in devices() {
        let out = run(&s, &text, device, sample.kernels, &inputs).map_err(|e| told(format!("{:?}: {e}", device.kind)))?;
        agree(&device.name, elem, &out, &expected).map_err(told)?;
    }
    Ok(())
}

fn devices() -> &'static [DevicePlan] {
    static DEVICES: std::sync::OnceLock<Vec<DevicePlan>> = std::sync::OnceLock::new();
    DEVICES.get_or_init(|| {
        let target = |name: &str| Target::load(name).expect("a target of the project");
        let mut list = vec![DevicePlan { name: "cpu0".into(), kind: Kind::Cpu, space: "host".into(), target: target("host") }];
        if std::env::var_os("EDGE_NO_VULKAN").is_none() {
            let (name, space) = ("vulkan0".into(), "vulkan0".into());
            list.push(DevicePlan { name, kind: Kind::Vulkan, space, target: target("vulkan1.1") });
        }
        list
    })
}

fn read(s: &Setting, ctx: &Context, text: &str) -> Result<Module, String> {
    let file = s.sources.add("user.mlir", text);
    let module = edge_asm::parse_module(ctx, &s.sources, file, &s.diags, &Default::default());
    let mut module = module.map_err(|_| s.diags.render(&s.sources))?;
    let root = module.root();
    let mut findings = edge_ir::verify::verify(ctx, &mut module.top, root);
    findings.extend(edge_dialect::verify::verify_all(ctx, &module.top, root));
    match findings.first() {
        Some(finding) => Err(finding.message.clone()),
        None => Ok(module),
    }
}

fn agree(place: &str, elem: ElemType, got: &[Tensor], expected: &[Tensor]) -> Result<(), String> {
    for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
        let got = Tensor::new(elem, got.shape(), got.data().clone())?;
        let c = compare(&got, expected, 1e-6, 0.0);
        if !c.passed {
            return Err(format!("{place}: result {n}: {c:?}"));
        }
    }
    if got.len() == expected.len() { Ok(()) } else { Err(format!("{place}: {} results", got.len())) }
}

/// Compiles for one device and runs; an error if that takes another number of kernels.
fn run(s: &Setting, text: &str, device: &DevicePlan, kernels: usize, inputs: &[Tensor]) -> Result<Vec<Tensor>, String> {
    let ctx = s.registry.context();
    let mut module = read(s, &ctx, text)?;
    let plan = Plan { name: "user".into(), devices: vec![device.clone()], host: Target::load("host").map_err(|e| e.message)? };
    let passes = edge_transforms::registry();
    let session = Session { ctx: &ctx, sources: &s.sources, diags: &s.diags, threads: false, registry: &passes };
    session.declare_devices(&mut module, &plan);
    session.run(&mut module, &pipeline(&plan)).map_err(|_| s.diags.render(&s.sources))?;
    let ir = edge_asm::print_module(&ctx, &module, &Default::default());
    let launches = ir.matches("device.launch ").count();
    if launches != kernels {
        return Err(format!("{launches} launches\n{ir}"));
    }
    let artifact = artifact(&ctx, &module, &plan, 1, &|_| ()).map_err(|e| format!("{}: {}", e.code, e.message))?;
    let mut program = Program::new(&artifact, &Options::default()).map_err(|e| e.message)?;
    let shapes: Vec<Vec<usize>> = inputs.iter().map(|t| t.shape().iter().map(|n| *n as usize).collect()).collect();
    let refs: Vec<TensorRef<'_>> =
        (inputs.iter().zip(&shapes)).map(|(t, shape)| TensorRef { element: t.elem().name(), shape, data: t.data() }).collect();
    let out = program.run(&refs).map_err(|e| e.message)?;
    let tensor = |t: &edge_runtime::Tensor| {
        let shape: Vec<i64> = t.shape.iter().map(|n| *n as i64).collect();
        Tensor::new(inputs[0].elem(), &shape, t.data.as_ref().to_vec())
    };
    out.iter().map(tensor).collect()
}
