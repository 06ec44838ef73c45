//! Programs of the tensor level, compiled and run.

use edge_compile::{DevicePlan, Plan, Session, artifact, pipeline};
use edge_place::Target;
use edge_runtime::manifest::Kind;
use edge_runtime::{Options, Program, TensorRef};
use edge_support::{Diagnostics, SourceMap};

/// Compiles a module and runs it on f32 inputs; gives the outputs of each set of inputs.
fn run(text: &str, inputs: &[&[(&[usize], Vec<f32>)]]) -> Vec<Vec<Vec<f32>>> {
    let registry = edge_dialect::Registry::builtin().unwrap();
    let ctx = registry.context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("test.mlir", text);
    let told = |_| panic!("{}", diags.render(&sources));
    let mut module = edge_asm::parse_module(&ctx, &sources, file, &diags, &Default::default()).unwrap_or_else(told);
    let host = Target::load("host").unwrap();
    let cpu = DevicePlan { name: "cpu0".into(), kind: Kind::Cpu, space: "host".into(), target: host.clone() };
    let plan = Plan { name: "test".into(), devices: vec![cpu], host };
    let passes = edge_transforms::registry();
    let session = Session { ctx: &ctx, sources: &sources, diags: &diags, threads: false, registry: &passes };
    session.declare_devices(&mut module, &plan);
    session.run(&mut module, &pipeline(&plan)).unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
    if std::env::var("SHOW").is_ok() {
        println!("{}", edge_asm::print_module(&ctx, &module, &Default::default()));
    }
    let artifact = artifact(&ctx, &module, &plan, 1, &|_| ()).unwrap();
    let mut program = Program::new(&artifact, &Options::default()).unwrap();
    let bytes = |v: &[f32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    inputs
        .iter()
        .map(|set| {
            let data: Vec<Vec<u8>> = set.iter().map(|(_, v)| bytes(v)).collect();
            let refs: Vec<TensorRef<'_>> =
                set.iter().zip(&data).map(|((shape, _), data)| TensorRef { element: "f32", shape, data }).collect();
            let out = program.run(&refs).unwrap();
            out.iter()
                .map(|t| t.data.as_ref().chunks_exact(4).map(|c| f32::from_le_bytes(c.try_into().unwrap())).collect())
                .collect()
        })
        .collect()
}

fn close(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    for (i, (x, y)) in a.iter().zip(b).enumerate() {
        assert!((x - y).abs() <= 1e-5 + 1e-4 * y.abs(), "element {i}: {x}, expected {y}");
    }
}

fn values(n: usize, seed: u32) -> Vec<f32> {
    (0..n).map(|i| ((i as u32).wrapping_mul(2654435761).wrapping_add(seed) >> 8) as f32 / (1 << 23) as f32 - 1.0).collect()
}

#[test]
fn softmax_of_any_number_of_rows() {
    let text = r#"
"builtin.module"() ({
  "func.func"() <{function_type = (tensor<?x64xf32>, tensor<64xf32>) -> tensor<?x64xf32>, sym_name = "main"}> ({
  ^bb0(%x: tensor<?x64xf32>, %b: tensor<64xf32>):
    %0 = "nn.add"(%x, %b) : (tensor<?x64xf32>, tensor<64xf32>) -> tensor<?x64xf32>
    %1 = "nn.softmax"(%0) <{axes = array<i64: 1>}> : (tensor<?x64xf32>) -> tensor<?x64xf32>
    "func.return"(%1) : (tensor<?x64xf32>) -> ()
  }) : () -> ()
}) : () -> ()
"#;
    let b = values(64, 9);
    let sets: Vec<Vec<(Vec<usize>, Vec<f32>)>> =
        [1, 3, 17].iter().map(|n| vec![(vec![*n, 64], values(n * 64, *n as u32)), (vec![64], b.clone())]).collect();
    let borrowed: Vec<Vec<(&[usize], Vec<f32>)>> =
        sets.iter().map(|s| s.iter().map(|(d, v)| (d.as_slice(), v.clone())).collect()).collect();
    let refs: Vec<&[(&[usize], Vec<f32>)]> = borrowed.iter().map(|s| s.as_slice()).collect();
    for (set, out) in sets.iter().zip(run(text, &refs)) {
        let expected: Vec<f32> = set[0]
            .1
            .chunks(64)
            .flat_map(|row| {
                let x: Vec<f32> = row.iter().zip(&b).map(|(a, b)| a + b).collect();
                let m = x.iter().copied().fold(f32::MIN, f32::max);
                let e: Vec<f32> = x.iter().map(|v| (v - m).exp()).collect();
                let z: f32 = e.iter().sum();
                e.into_iter().map(move |v| v / z).collect::<Vec<_>>()
            })
            .collect();
        close(&out[0], &expected);
    }
}

#[test]
fn convolution_with_its_neighbours() {
    let text = r#"
"builtin.module"() ({
  "func.func"() <{function_type = (tensor<1x8x13x13xf32>, tensor<12x8x3x3xf32>, tensor<12xf32>) -> tensor<1x12x7x7xf32>, sym_name = "main"}> ({
  ^bb0(%x: tensor<1x8x13x13xf32>, %w: tensor<12x8x3x3xf32>, %b: tensor<12xf32>):
    %0 = "nn.relu"(%x) : (tensor<1x8x13x13xf32>) -> tensor<1x8x13x13xf32>
    %1 = "nn.conv"(%0, %w, %b) <{strides = array<i64: 2, 2>, low = array<i64: 1, 1>, high = array<i64: 1, 1>, group = 1 : i64, dilations = array<i64: 1, 1>}> : (tensor<1x8x13x13xf32>, tensor<12x8x3x3xf32>, tensor<12xf32>) -> tensor<1x12x7x7xf32>
    %2 = "nn.relu"(%1) : (tensor<1x12x7x7xf32>) -> tensor<1x12x7x7xf32>
    "func.return"(%2) : (tensor<1x12x7x7xf32>) -> ()
  }) : () -> ()
}) : () -> ()
"#;
    let (x, w, b) = (values(8 * 169, 1), values(12 * 8 * 9, 2), values(12, 3));
    let mut expected = vec![0f32; 12 * 49];
    for k in 0..12 {
        for p in 0..7 {
            for q in 0..7 {
                let mut sum = 0.0;
                for c in 0..8 {
                    for r in 0..3 {
                        for s in 0..3 {
                            let (i, j) = (p * 2 + r, q * 2 + s);
                            if i >= 1 && j >= 1 && i <= 13 && j <= 13 {
                                sum += x[c * 169 + (i - 1) * 13 + j - 1].max(0.0) * w[((k * 8 + c) * 3 + r) * 3 + s];
                            }
                        }
                    }
                }
                expected[(k * 7 + p) * 7 + q] = (sum + b[k]).max(0.0);
            }
        }
    }
    let set: &[(&[usize], Vec<f32>)] = &[(&[1, 8, 13, 13], x), (&[12, 8, 3, 3], w), (&[12], b)];
    close(&run(text, &[set])[0][0], &expected);
}
