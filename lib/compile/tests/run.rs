//! Programs of the tensor level, compiled and run.

use edge_compile::{DevicePlan, Plan, Session, artifact, pipeline};
use edge_place::Target;
use edge_runtime::manifest::{Kind, Step};
use edge_runtime::{Artifact, Options, Program, TensorRef};
use edge_support::{Diagnostics, SourceMap};

fn cpu() -> DevicePlan {
    DevicePlan { name: "cpu0".into(), kind: Kind::Cpu, space: "host".into(), target: Target::load("host").unwrap() }
}

fn vulkan() -> DevicePlan {
    let target = Target::load("vulkan1.1").unwrap();
    DevicePlan { name: "vulkan0".into(), kind: Kind::Vulkan, space: "vulkan0".into(), target }
}

fn compile(text: &str, devices: Vec<DevicePlan>) -> Artifact {
    let registry = edge_dialect::Registry::builtin().unwrap();
    let ctx = registry.context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("test.mlir", text);
    let told = |_| panic!("{}", diags.render(&sources));
    let mut module = edge_asm::parse_module(&ctx, &sources, file, &diags, &Default::default()).unwrap_or_else(told);
    let plan = Plan { name: "test".into(), devices, host: Target::load("host").unwrap() };
    let passes = edge_transforms::registry();
    let session = Session { ctx: &ctx, sources: &sources, diags: &diags, threads: false, registry: &passes };
    session.declare_devices(&mut module, &plan);
    session.run(&mut module, &pipeline(&plan)).unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
    artifact(&ctx, &module, &plan, 1, &|_| ()).unwrap()
}

/// Runs a program on f32 inputs; gives the outputs of each set of inputs.
fn execute(artifact: &Artifact, threads: usize, inputs: &[&[(&[usize], Vec<f32>)]]) -> Vec<Vec<Vec<f32>>> {
    let mut program = Program::new(artifact, &Options { threads, ..Options::default() }).unwrap();
    let bytes = |v: &[f32]| v.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let one = |set: &&[(&[usize], Vec<f32>)]| {
        let data: Vec<Vec<u8>> = set.iter().map(|(_, v)| bytes(v)).collect();
        let refs: Vec<TensorRef<'_>> =
            set.iter().zip(&data).map(|((shape, _), data)| TensorRef { element: "f32", shape, data }).collect();
        let out = program.run(&refs).unwrap();
        let floats = |t: &edge_runtime::Tensor| -> Vec<f32> {
            t.data.as_ref().chunks_exact(4).map(|c| f32::from_le_bytes(c.try_into().unwrap())).collect()
        };
        out.iter().map(floats).collect()
    };
    inputs.iter().map(one).collect()
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
    for (devices, threads) in [(vec![cpu()], 1), (vec![cpu()], 3), (vec![vulkan()], 1)] {
        check_softmax(&sets, &b, execute(&compile(text, devices), threads, &refs));
    }
}

fn check_softmax(sets: &[Vec<(Vec<usize>, Vec<f32>)>], b: &[f32], outputs: Vec<Vec<Vec<f32>>>) {
    for (set, out) in sets.iter().zip(outputs) {
        let expected: Vec<f32> = set[0]
            .1
            .chunks(64)
            .flat_map(|row| {
                let x: Vec<f32> = row.iter().zip(b).map(|(a, b)| a + b).collect();
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
    for devices in [vec![cpu()], vec![vulkan()]] {
        let artifact = compile(text, devices);
        assert_eq!(artifact.manifest.kernels.len(), 1, "what stands before and after the convolution is in its kernel");
        close(&execute(&artifact, 1, &[set])[0][0], &expected);
    }
}

/// Placed by attributes alone: the middle runs elsewhere, so there are copies to and fro.
#[test]
fn a_program_on_two_devices() {
    let text = r#"
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %0 = nn.softmax %x over [1] : tensor<4x8xf32>
  %1 = nn.relu %0 {edge.device = "vulkan0"} : tensor<4x8xf32>
  %2 = nn.softmax %1 over [0] : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}
"#;
    let set: &[(&[usize], Vec<f32>)] = &[(&[4, 8], values(32, 5))];
    let split = compile(text, vec![cpu(), vulkan()]);
    let copies = split.manifest.steps.iter().filter(|s| matches!(s, Step::Copy(_))).count();
    assert_eq!((split.manifest.steps.len() - copies, copies), (3, 2));
    let whole = compile(&text.replace("vulkan0", "cpu0"), vec![cpu()]);
    close(&execute(&split, 1, &[set])[0][0], &execute(&whole, 1, &[set])[0][0]);
}

/// The object and the header are all that a C program needs.
#[test]
fn a_c_program() {
    let text = r#"
func.func @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %c = nn.constant dense<[10.0, 20.0, 30.0]> : tensor<3xf32>
  %0 = nn.add %x, %c : tensor<2x3xf32>, tensor<3xf32>
  return %0 : tensor<2x3xf32>
}
"#;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("a_c_program");
    compile(text, vec![cpu()]).save(&folder).unwrap();
    let source = r#"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    float x[6] = {1, 2, 3, 4, 5, 6}, y[6];
    const void *in[] = {x};
    void *out[] = {y}, *arena = aligned_alloc(64, (test_arena_bytes(NULL) + 127) / 64 * 64);
    void *weights = aligned_alloc(64, (TEST_WEIGHTS_BYTES + 63) / 64 * 64);
    FILE *file = fopen("test.weights", "rb");
    if (fread(weights, 1, TEST_WEIGHTS_BYTES, file) != TEST_WEIGHTS_BYTES) return 1;
    if (test_run(NULL, weights, in, out, NULL, arena) != 0) return 1;
    for (int i = 0; i < 6; i++) printf("%g ", y[i]);
    return 0;
}
"#;
    std::fs::write(folder.join("main.c"), source).unwrap();
    let run = |program: &str, args: &[&str]| {
        let out = std::process::Command::new(program).args(args).current_dir(&folder).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    run("cc", &["main.c", "test.o", "-o", "main"]);
    assert_eq!(run("./main", &[]), "11 22 33 14 25 36 ");
}
