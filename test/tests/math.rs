//! How exact the functions are that compiled code computes: against f64, on every target that runs here.
//!
//! The bounds are those that `lib/transforms/src/device/math/*.mlir` states. `cargo test --test math` looks at every 4999th float and at special
//! values; `-- --ignored --nocapture` at every one of the 2^32, and prints the largest errors (minutes per function).

use edge_compile::{DevicePlan, Plan, Session, artifact, pipeline};
use edge_dialect::Registry;
use edge_interp::vm::{erf, erfc};
use edge_place::Target;
use edge_runtime::manifest::Kind;
use edge_runtime::{Options, Program, TensorRef};
use edge_support::{Diagnostics, SourceMap};
use std::sync::Arc;

/// A function of one number: its name in `eval`, what it is, and its largest error in units in the last place.
struct Unary(&'static str, fn(f64) -> f64, f64);

const UNARY: [Unary; 26] = [
    Unary("exp", f64::exp, 1.1),
    Unary("exp2", f64::exp2, 1.1),
    Unary("expm1", f64::exp_m1, 1.6),
    Unary("log", f64::ln, 0.9),
    Unary("log2", f64::log2, 1.5),
    Unary("log10", f64::log10, 2.3),
    Unary("log1p", f64::ln_1p, 1.5),
    Unary("sqrt", f64::sqrt, 0.5),
    Unary("rsqrt", |x| 1.0 / x.sqrt(), 1.5),
    Unary("cbrt", f64::cbrt, 0.8),
    Unary("sin", f64::sin, 2.8),
    Unary("cos", f64::cos, 2.8),
    Unary("tan", f64::tan, 4.8),
    Unary("asin", f64::asin, 3.0),
    Unary("acos", f64::acos, 3.0),
    Unary("atan", f64::atan, 2.6),
    Unary("sinh", f64::sinh, 2.6),
    Unary("cosh", f64::cosh, 2.6),
    Unary("tanh", f64::tanh, 2.7),
    Unary("asinh", f64::asinh, 2.2),
    Unary("acosh", f64::acosh, 2.3),
    Unary("atanh", f64::atanh, 2.6),
    Unary("erf", erf, 2.5),
    Unary("erfc", erfc, 5.3),
    Unary("floor", f64::floor, 0.0),
    Unary("round", f64::round_ties_even, 0.0),
];

/// A function of two numbers.
struct Binary(&'static str, fn(f64, f64) -> f64, f64);

const BINARY: [Binary; 2] = [Binary("atan2", f64::atan2, 2.6), Binary("pow", f64::powf, 1.6)];

/// Where a function's value and the exact one differ most.
#[derive(Default)]
struct Errors {
    /// In units in the last place of the exact value.
    ulp: f64,
    at: Vec<f32>,
    /// NaN, infinity or the sign of a zero where another is right.
    wrong: Vec<String>,
}

impl Errors {
    fn see(&mut self, args: &[f32], got: f32, exact: f64) {
        let nearest = exact as f32;
        // Rounding may go either way at the very end of the range.
        let at_end = |v: f64| v.abs() > f64::from(f32::MAX) * (1.0 - 1e-6);
        if nearest.is_nan() || got.is_nan() {
            self.special(args, got, exact, nearest.is_nan() == got.is_nan());
        } else if nearest.is_infinite() || got.is_infinite() {
            self.special(args, got, exact, nearest == got || at_end(exact) && at_end(f64::from(got)));
        } else if nearest == 0.0 && got == 0.0 {
            self.special(args, got, exact, nearest.is_sign_negative() == got.is_sign_negative());
        } else {
            let error = (f64::from(got) - exact).abs() / ulp(exact);
            if error > self.ulp {
                (self.ulp, self.at) = (error, args.to_vec());
            }
        }
    }
    fn special(&mut self, args: &[f32], got: f32, exact: f64, right: bool) {
        if !right && self.wrong.len() < 8 {
            self.wrong.push(format!("at {args:?}: {got:?} for {exact:?}"));
        }
    }
    fn judge(&self, name: &str, target: &str, bound: f64) -> Result<(), String> {
        match &self.wrong[..] {
            [] if self.ulp <= bound => Ok(()),
            [] => Err(format!("{name} on {target}: {:.3} ulp at {:?}, the bound is {bound}\n", self.ulp, self.at)),
            wrong => Err(format!("{name} on {target}: {}\n", wrong.join("; "))),
        }
    }
}

/// The distance of neighbouring f32 around a number.
fn ulp(x: f64) -> f64 {
    let exponent = ((x.abs().to_bits() >> 52) as i32 - 1023).max(-126);
    2f64.powi(exponent - 23)
}

/// A program of one operation that applies a scalar function to every element.
fn compile(function: &str, operands: usize, device: &DevicePlan) -> Program {
    let (names, letters): (Vec<_>, Vec<_>) = ["a", "b"][..operands].iter().map(|n| (*n, format!("{n}[i]"))).unzip();
    let list = |f: &dyn Fn(&str) -> String, by: &str| names.iter().map(|n| f(n)).collect::<Vec<_>>().join(by);
    let dialect = format!(
        "dialect probe \"One function\" version 1\n/// The function.\nop apply : pure {{\n{}\n  result y : tensor<I.. x f32>\n  \
         format {} attr-dict `:` type(operands)\n  eval {{ y[i] = {function}({}) }}\n}}\n",
        list(&|n| format!("  operand {n} : tensor<I.. x f32>"), "\n"),
        list(&|n| format!("${n}"), " `,` "),
        letters.join(", ")
    );
    let text = format!(
        "func.func @main({}) -> tensor<?xf32, #nn.dims<[n]>> {{\n  %y = probe.apply {} : {}\n  \
         return %y : tensor<?xf32, #nn.dims<[n]>>\n}}\n",
        list(&|n| format!("%{n}: tensor<?xf32, #nn.dims<[n]>>"), ", "),
        list(&|n| format!("%{n}"), ", "),
        list(&|_| "tensor<?xf32, #nn.dims<[n]>>".to_string(), ", ")
    );
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let told = |what: &str| format!("{what}\n{}\n{dialect}{text}", diags.render(&sources));
    let registry = Registry::builtin().expect("the project's dialects");
    let registry =
        registry.with_dialect(&sources, "probe.dialect", &dialect, &diags).unwrap_or_else(|_| panic!("{}", told("dialect")));
    let ctx = registry.context();
    let file = sources.add("probe.mlir", text.as_str());
    let module = edge_asm::parse_module(&ctx, &sources, file, &diags, &Default::default());
    let mut module = module.unwrap_or_else(|_| panic!("{}", told("text")));
    let plan = Plan { name: "probe".into(), devices: vec![device.clone()], host: Target::load("host").expect("this machine") };
    let passes = edge_transforms::registry();
    let session = Session { ctx: &ctx, sources: &sources, diags: &diags, threads: false, registry: &passes };
    session.declare_devices(&mut module, &plan);
    session.run(&mut module, &pipeline(&plan)).unwrap_or_else(|_| panic!("{}", told("pipeline")));
    let artifact = artifact(&ctx, &module, &plan, 1, &|_| ()).unwrap_or_else(|e| panic!("{}", told(&e.message)));
    Program::new(&artifact, &Options::default()).unwrap_or_else(|e| panic!("{}", told(&e.message)))
}

fn run(program: &mut Program, args: &[&[f32]]) -> Vec<f32> {
    let bytes: Vec<Vec<u8>> = args.iter().map(|a| a.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let shape = [args[0].len()];
    let refs: Vec<TensorRef<'_>> = bytes.iter().map(|data| TensorRef { element: "f32", shape: &shape, data }).collect();
    let out = program.run(&refs).unwrap_or_else(|e| panic!("{}", e.message));
    out[0].data.as_ref().chunks_exact(4).map(|c| f32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect()
}

fn cpu(target: &str) -> Option<DevicePlan> {
    let target = Target::load(target).ok()?;
    Some(DevicePlan { name: "cpu0".into(), kind: Kind::Cpu, space: "host".into(), target })
}

/// What this machine is, and what it runs too: another target of x86-64 has no fused product and sum.
fn cpus() -> Vec<DevicePlan> {
    let older = if cfg!(target_arch = "x86_64") { cpu("x86-64-v2") } else { None };
    cpu("host").into_iter().chain(older).collect()
}

fn vulkan() -> Option<DevicePlan> {
    let target = Target::load("vulkan1.1").ok().filter(|_| std::env::var_os("EDGE_NO_VULKAN").is_none())?;
    Some(DevicePlan { name: "vulkan0".into(), kind: Kind::Vulkan, space: "vulkan0".into(), target })
}

const SPECIAL: [f32; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    33.3,
    -33.3,
    1e10,
    -1e10,
    f32::MIN_POSITIVE,
    -f32::MIN_POSITIVE,
    1e-45,
    -1e-45,
    f32::MAX,
    f32::MIN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    std::f32::consts::FRAC_PI_2,
];

/// The largest errors over every `stride`-th float and the special values.
fn measure_unary(f: &Unary, device: &DevicePlan, stride: usize, keep: fn(f32) -> bool) -> Errors {
    let mut program = compile(f.0, 1, device);
    let mut errors = Errors::default();
    let all = SPECIAL.into_iter().chain((0..=u32::MAX).step_by(stride).map(f32::from_bits)).filter(|x| keep(*x));
    let mut all = all.peekable();
    while all.peek().is_some() {
        let chunk: Vec<f32> = all.by_ref().take(1 << 20).collect();
        let got = run(&mut program, &[&chunk]);
        chunk.iter().zip(got).for_each(|(x, y)| errors.see(&[*x], y, f.1(f64::from(*x))));
    }
    errors
}

fn measure_binary(f: &Binary, device: &DevicePlan, count: usize, keep: fn(f32) -> bool) -> Errors {
    let mut program = compile(f.0, 2, device);
    let mut errors = Errors::default();
    let special = SPECIAL.iter().flat_map(|x| SPECIAL.iter().map(|y| (*x, *y)));
    let mut random = edge_interp::Random::new(7);
    let drawn = (0..count).map(|n| {
        let bits = random.next_u64();
        let (a, b) = ((bits >> 32) as u32, bits as u32);
        // Any two floats; and numbers of everyday size, whose powers do not leave the range.
        let everyday = |bits: u32, from: f32, to: f32| from + (to - from) * (bits as f32 / u32::MAX as f32);
        match n % 4 {
            0 => (f32::from_bits(a), f32::from_bits(b)),
            1 => (everyday(a, 0.5, 2.0), everyday(b, -100.0, 100.0)),
            _ => (everyday(a, 0.0, 100.0), everyday(b, -20.0, 20.0)),
        }
    });
    let pairs: Vec<(f32, f32)> = special.chain(drawn).filter(|(x, y)| keep(*x) && keep(*y)).collect();
    let (xs, ys): (Vec<f32>, Vec<f32>) = pairs.iter().copied().unzip();
    let got = run(&mut program, &[&xs, &ys]);
    pairs.iter().zip(got).for_each(|((x, y), z)| errors.see(&[*x, *y], z, f.1(f64::from(*x), f64::from(*y))));
    errors
}

fn check(device: &DevicePlan, stride: usize, pairs: usize, keep: fn(f32) -> bool, slack: f64, say: bool) -> String {
    let target = &device.target.name;
    let mut told = String::new();
    let unary = UNARY.iter().map(|f| (f.0, f.2, measure_unary(f, device, stride, keep)));
    let binary = BINARY.iter().map(|f| (f.0, f.2, measure_binary(f, device, pairs, keep)));
    for (name, bound, errors) in unary.chain(binary) {
        if say {
            println!("{name:6} on {target}: {:.3} ulp at {:?} {}", errors.ulp, errors.at, errors.wrong.join("; "));
        }
        told.extend(errors.judge(name, target, bound + slack).err());
    }
    told
}

#[test]
fn functions_keep_their_bounds_on_the_cpu() {
    let told: String = cpus().iter().map(|d| check(d, 4999, 200_000, |_| true, 0.0, false)).collect();
    assert!(told.is_empty(), "{told}");
}

/// Vulkan lets a device flush subnormal numbers, and its division and square root be off by a few units.
#[test]
fn functions_keep_their_bounds_on_vulkan() {
    let Some(device) = vulkan() else { return };
    let told = check(&device, 99_991, 20_000, |x| x == 0.0 || x.abs() >= f32::MIN_POSITIVE, 3.0, false);
    assert!(told.is_empty(), "{told}");
}

#[test]
#[ignore = "every float: minutes for each function"]
fn functions_keep_their_bounds_everywhere() {
    let told: String = cpus().iter().map(|d| check(d, 1, 50_000_000, |_| true, 0.0, true)).collect();
    assert!(told.is_empty(), "{told}");
}
