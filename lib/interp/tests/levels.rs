//! Programs as text, run at each level.

use edge_asm::{ParseOptions, parse_module};
use edge_dialect::Registry;
use edge_dialect::core::ElemType;
use edge_interp::{Interp, Random, Ranges, Tensor, Tolerance, compare, random_tensor};
use edge_support::{Diagnostics, SourceMap};

fn run(text: &str, inputs: &[Tensor]) -> Result<Vec<Tensor>, String> {
    let ctx = Registry::builtin()?.context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("test.mlir", text);
    let Ok(module) = parse_module(&ctx, &sources, file, &diags, &ParseOptions::default()) else { return Err(diags.render(&sources)) };
    Interp::new(&ctx, &diags, &sources).run_function(&module, "main", inputs).map_err(|_| diags.render(&sources))
}

fn random(seed: u64, shape: &[i64]) -> Tensor {
    random_tensor(&mut Random::new(seed), ElemType::F32, shape, Ranges::signed()).unwrap()
}

fn same(got: &Tensor, expected: &[f64]) {
    let expected = Tensor::from_f64s(got.elem(), got.shape(), expected.iter().copied()).unwrap();
    compare(got, &expected, Tolerance { rtol: 1e-5, atol: 1e-6 }).unwrap_or_else(|d| panic!("{d}"));
}

fn softmax(x: &Tensor) -> Vec<f64> {
    let width = x.shape()[1] as usize;
    let exps = x.to_f64s().into_iter().map(f64::exp).collect::<Vec<_>>();
    exps.chunks(width).flat_map(|row| row.iter().map(|e| e / row.iter().sum::<f64>()).collect::<Vec<_>>()).collect()
}

#[test]
fn functions_of_tensors() {
    let text = "
      func.func @main(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
        %c = nn.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
        %0 = nn.add %x, %c : tensor<?x4xf32>, tensor<4xf32>
        %1 = func.call @twice(%0) : (tensor<?x4xf32>) -> tensor<?x4xf32>
        func.return %1 : tensor<?x4xf32>
      }
      func.func @twice(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
        %0 = nn.add %x, %x : tensor<?x4xf32>, tensor<?x4xf32>
        func.return %0 : tensor<?x4xf32>
      }";
    let x = random(1, &[3, 4]);
    let expected: Vec<f64> = x.to_f64s().iter().enumerate().map(|(i, v)| 2.0 * (v + (i % 4) as f64 + 1.0)).collect();
    same(&run(text, &[x]).unwrap()[0], &expected);
    let error = run(text, &[random(1, &[3, 5])]).unwrap_err();
    assert!(error.contains("input 0 of `main` is 3x5xf32, but ?x4xf32 is expected"), "{error}");
}

#[test]
fn branches_and_loops_of_tensors() {
    let text = "
      func.func @main(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
          %even = arith.cmpi eq, %i, %c0 : index
          %v = scf.if %even -> (tensor<4xf32>) {
            %0 = nn.add %a, %x : tensor<4xf32>, tensor<4xf32>
            scf.yield %0 : tensor<4xf32>
          } else {
            %0 = nn.mul %a, %x : tensor<4xf32>, tensor<4xf32>
            scf.yield %0 : tensor<4xf32>
          }
          scf.yield %v : tensor<4xf32>
        }
        func.return %r : tensor<4xf32>
      }";
    let x = random(1, &[4]);
    let n = Tensor::from_f64s(ElemType::Index, &[], [3.0]).unwrap();
    let expected: Vec<f64> = x.to_f64s().iter().map(|v| 2.0 * v * v * v).collect();
    same(&run(text, &[x, n]).unwrap()[0], &expected);
}

const SOFTMAX: &str = "
  func.func @main(%x: tensor<?x40xf32>, %n: index) -> tensor<?x40xf32> {
    %e = tensor.empty(%n) : tensor<?x40xf32>
    %0 = loop.nest ins(%a = %x) outs(%b = %e) dims(%N = %n) : (tensor<?x40xf32>, tensor<?x40xf32>, index) -> tensor<?x40xf32> {
      loop.for %i = 0 to %N {parallel} {
        %row = loop.stage in \"l1\" : !loop.view<40xf32>
        %m = loop.for %k = 0 to 40 {vector = 16 : i64} reduce [\"maximum\"] -> f32 {
          %v = loop.read %a[%i, %k] : !loop.view<?x40xf32>
          loop.write %v, %row[%k] : !loop.view<40xf32>
          loop.yield %v : f32
        }
        %s = loop.for %k = 0 to 40 reduce [\"add\"] -> f32 {
          %v = loop.read %row[%k] : !loop.view<40xf32>
          %d = arith.subf %v, %m : f32
          %x = math.exp %d : f32
          loop.write %x, %row[%k] : !loop.view<40xf32>
          loop.yield %x : f32
        }
        loop.for %k = 0 to 40 {
          %v = loop.read %row[%k] : !loop.view<40xf32>
          %q = arith.divf %v, %s : f32
          loop.write %q, %b[%i, %k] : !loop.view<?x40xf32>
        }
      }
    }
    func.return %0 : tensor<?x40xf32>
  }";

#[test]
fn a_nest_with_a_tile() {
    for rows in [1i64, 3, 300] {
        let x = random(rows as u64, &[rows, 40]);
        let n = Tensor::from_f64s(ElemType::Index, &[], [rows as f64]).unwrap();
        same(&run(SOFTMAX, &[x.clone(), n]).unwrap()[0], &softmax(&x));
    }
}

#[test]
fn a_guarded_window_in_any_loop_order() {
    // A 1-D convolution with padding: y[k, p] = sum(c, r) x[c, p + r - 1] * w[k, c, r]
    let text = "
      func.func @main(%x: tensor<3x50xf32>, %w: tensor<5x3x3xf32>) -> tensor<5x50xf32> {
        %e = tensor.empty() : tensor<5x50xf32>
        %0 = loop.nest ins(%a = %x, %b = %w) outs(%y = %e) : (tensor<3x50xf32>, tensor<5x3x3xf32>, tensor<5x50xf32>) -> tensor<5x50xf32> {
          %zero = arith.constant 0.0 : f32
          loop.for %k = 0 to 5 {parallel} {
            loop.for %p = 0 to 50 {
              %s = loop.for %c = 0 to 3 reduce [\"add\"] -> f32 {
                %t = loop.for %r = 0 to 3 reduce [\"add\"] -> f32 {
                  %v = loop.read %a[%c, %p + %r - 1] if affine_set<(d0, d1, d2) : (d1 + d2 - 1 >= 0, -d1 - d2 + 50 >= 0)> else %zero : !loop.view<3x50xf32>
                  %u = loop.read %b[%k, %c, %r] : !loop.view<5x3x3xf32>
                  %m = arith.mulf %v, %u : f32
                  loop.yield %m : f32
                }
                loop.yield %t : f32
              }
              loop.write %s, %y[%k, %p] : !loop.view<5x50xf32>
            }
          }
        }
        func.return %0 : tensor<5x50xf32>
      }";
    let (x, w) = (random(1, &[3, 50]), random(2, &[5, 3, 3]));
    let (xs, ws) = (x.to_f64s(), w.to_f64s());
    let mut expected = vec![0.0; 250];
    for (k, p, c, r) in (0..2250).map(|i| (i / 450, i / 9 % 50, i / 3 % 3, i % 3)) {
        if (1..51).contains(&(p + r)) {
            expected[k * 50 + p] += xs[c * 50 + p + r - 1] * ws[(k * 3 + c) * 3 + r];
        }
    }
    same(&run(text, &[x, w]).unwrap()[0], &expected);
}

#[test]
fn an_argmax_and_a_carried_value() {
    let text = "
      func.func @main(%x: tensor<70xf32>) -> (tensor<i32>, tensor<f32>) {
        %e = tensor.empty() : tensor<i32>
        %f = tensor.empty() : tensor<f32>
        %0:2 = loop.nest ins(%a = %x) outs(%b = %e, %s = %f) : (tensor<70xf32>, tensor<i32>, tensor<f32>) -> (tensor<i32>, tensor<f32>) {
          %zero = arith.constant 0.0 : f32
          %r:2 = loop.for %i = 0 to 70 reduce [\"argmax\", \"argmax\"] -> f32, i32 {
            %v = loop.read %a[%i] : !loop.view<70xf32>
            %n = arith.index_cast %i : index to i32
            loop.yield %v, %n : f32, i32
          }
          loop.write %r#1, %b[] : !loop.view<i32>
          %t = loop.for %i = 0 to 70 step 2 iter_args(%c = %zero) -> f32 {
            %v = loop.read %a[%i] : !loop.view<70xf32>
            %w = arith.subf %v, %c : f32
            loop.yield %w : f32
          }
          loop.write %t, %s[] : !loop.view<f32>
        }
        func.return %0#0, %0#1 : tensor<i32>, tensor<f32>
      }";
    let x = random(9, &[70]);
    let xs = x.to_f64s();
    let got = run(text, &[x]).unwrap();
    let best = (0..70).fold(0, |b, i| if xs[i] > xs[b] { i } else { b });
    assert_eq!(got[0].to_ints().unwrap(), [best as i64]);
    same(&got[1], &[(0..35).fold(0.0, |c, i| xs[2 * i] - c)]);
}
