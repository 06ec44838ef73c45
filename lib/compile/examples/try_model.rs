use edge_compile::*;
use edge_place::Target;
use edge_runtime::manifest::Kind;
use edge_runtime::{Options, Program, TensorRef};
use edge_support::{Diagnostics, SourceMap};
use std::time::Instant;

fn raw(path: &str) -> Vec<u8> { std::fs::read(path).unwrap() }

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let registry = edge_dialect::Registry::builtin().unwrap();
    let ctx = registry.context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let t = Instant::now();
    let file = sources.add(&args[1], std::fs::read_to_string(&args[1]).unwrap());
    let Ok(mut module) = edge_asm::parse_module(&ctx, &sources, file, &diags, &Default::default()) else { println!("{}", diags.render(&sources)); return };
    println!("parse {:?}", t.elapsed());
    let host = Target::load("host").unwrap();
    let cpu = DevicePlan { name: "cpu0".into(), kind: Kind::Cpu, space: "host".into(), target: host.clone() };
    let plan = Plan { name: "test".into(), devices: vec![cpu], host };
    let passes = edge_transforms::registry();
    let session = Session { ctx: &ctx, sources: &sources, diags: &diags, threads: false, registry: &passes };
    session.declare_devices(&mut module, &plan);
    let t = Instant::now();
    if session.run(&mut module, &std::env::var("PIPE").unwrap_or(pipeline(&plan))).is_err() { println!("{}", diags.render(&sources)); return }
    println!("passes {:?}", t.elapsed());
    if let Ok(p) = std::env::var("SHOW") { std::fs::write(p, edge_asm::print_module(&ctx, &module, &Default::default())).unwrap(); }
    let t = Instant::now();
    let a = match artifact(&ctx, &module, &plan, 2, &|_| ()) { Ok(a) => a, Err(e) => { println!("{e:?}"); return } };
    println!("codegen {:?} kernels {} steps {} arena {:?}", t.elapsed(), a.manifest.kernels.len(), a.manifest.steps.len(), a.manifest.arenas);
    let mut program = Program::new(&a, &Options::default()).unwrap();
    let x = raw(&args[2]);
    let shape: Vec<usize> = a.manifest.inputs[0].extents(&[]).unwrap();
    let run = |program: &mut Program| program.run(&[TensorRef { element: "f32", shape: &shape, data: &x }]).unwrap();
    let out = run(&mut program);
    let f = |b: &[u8]| b.chunks_exact(4).map(|c| f32::from_le_bytes(c.try_into().unwrap())).collect::<Vec<f32>>();
    let (got, want) = (f(out[0].data.as_ref()), f(&raw(&args[3])));
    let worst = got.iter().zip(&want).map(|(a, b)| (a - b).abs() - 1e-3 * b.abs()).fold(f32::MIN, f32::max);
    println!("out {:?} want {:?} worst over rtol {worst} (n {} {})", &got[..got.len().min(4)], &want[..want.len().min(4)], got.len(), want.len());
    if std::env::var("PROFILE").is_ok() {
        let mut rows = vec![];
        for step in &a.manifest.steps {
            let mut one = a.clone();
            one.manifest.steps = vec![step.clone()];
            let mut p = Program::new(&one, &Options::default()).unwrap();
            let t = (0..5).map(|_| { let t = Instant::now(); p.run(&[TensorRef { element: "f32", shape: &shape, data: &x }]).unwrap(); t.elapsed().as_secs_f64() * 1e3 }).fold(f64::MAX, f64::min);
            if let edge_runtime::manifest::Step::Launch(l) = step { rows.push((t, a.manifest.kernels[l.kernel].name.clone())); }
        }
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        println!("sum {:.2}", rows.iter().map(|r| r.0).sum::<f64>());
        for (t, n) in rows.iter().take(14) { println!("{t:8.3} {n}"); }
    }
    let mut times: Vec<f64> = (0..7).map(|_| { let t = Instant::now(); run(&mut program); t.elapsed().as_secs_f64() * 1e3 }).collect();
    times.sort_by(f64::total_cmp);
    println!("median {:.2} ms min {:.2}", times[3], times[0]);
}
