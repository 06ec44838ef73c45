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
    let Ok(module) = parse_module(&ctx, &sources, file, &diags, &ParseOptions::default()) else {
        return Err(diags.render(&sources));
    };
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

/// A loop with constant bounds: the text up to its body.
fn for_op(results: &str, lo: i64, hi: i64, rest: &str) -> String {
    format!(
        "{results} \"loop.for\"() <{{operandSegmentSizes = array<i32: 0, 0, 0>, static_lower = {lo} : i64, static_upper = {hi} : i64, step = 1 : i64{rest}}}>"
    )
}

fn read(result: &str, view: &str, indices: &str, map: &str, ty: &str) -> String {
    let (n, types) = (indices.split(',').count(), vec!["index"; indices.split(',').count()].join(", "));
    format!(
        "{result} = \"loop.read\"({view}, {indices}) <{{map = affine_map<{map}>, operandSegmentSizes = array<i32: 1, {n}, 0>}}> : ({ty}, {types}) -> f32"
    )
}

#[test]
fn functions_of_tensors() {
    let text = r#"
      "func.func"() <{function_type = (tensor<?x4xf32>) -> tensor<?x4xf32>, sym_name = "main"}> ({
      ^bb0(%x: tensor<?x4xf32>):
        %c = "nn.constant"() <{value = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>}> : () -> tensor<4xf32>
        %0 = "nn.add"(%x, %c) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
        %1 = "func.call"(%0) <{callee = @twice}> : (tensor<?x4xf32>) -> tensor<?x4xf32>
        "func.return"(%1) : (tensor<?x4xf32>) -> ()
      }) : () -> ()
      "func.func"() <{function_type = (tensor<?x4xf32>) -> tensor<?x4xf32>, sym_name = "twice"}> ({
      ^bb0(%x: tensor<?x4xf32>):
        %0 = "nn.add"(%x, %x) : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
        "func.return"(%0) : (tensor<?x4xf32>) -> ()
      }) : () -> ()"#;
    let x = random(1, &[3, 4]);
    let expected: Vec<f64> = x.to_f64s().iter().enumerate().map(|(i, v)| 2.0 * (v + (i % 4) as f64 + 1.0)).collect();
    same(&run(text, &[x]).unwrap()[0], &expected);
    let error = run(text, &[random(1, &[3, 5])]).unwrap_err();
    assert!(error.contains("input 0 of `main` is 3x5xf32, but ?x4xf32 is expected"), "{error}");
}

#[test]
fn branches_and_loops_of_tensors() {
    let text = r#"
      "func.func"() <{function_type = (tensor<4xf32>, index) -> tensor<4xf32>, sym_name = "main"}> ({
      ^bb0(%x: tensor<4xf32>, %n: index):
        %c0 = "arith.constant"() <{value = 0 : index}> : () -> index
        %c1 = "arith.constant"() <{value = 1 : index}> : () -> index
        %r = "scf.for"(%c0, %n, %c1, %x) ({
        ^bb0(%i: index, %a: tensor<4xf32>):
          %even = "arith.cmpi"(%i, %c0) <{predicate = 0 : i64}> : (index, index) -> i1
          %v = "scf.if"(%even) ({
            %0 = "nn.add"(%a, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
            "scf.yield"(%0) : (tensor<4xf32>) -> ()
          }, {
            %0 = "nn.mul"(%a, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
            "scf.yield"(%0) : (tensor<4xf32>) -> ()
          }) : (i1) -> tensor<4xf32>
          "scf.yield"(%v) : (tensor<4xf32>) -> ()
        }) : (index, index, index, tensor<4xf32>) -> tensor<4xf32>
        "func.return"(%r) : (tensor<4xf32>) -> ()
      }) : () -> ()"#;
    let x = random(1, &[4]);
    let n = Tensor::from_f64s(ElemType::Index, &[], [3.0]).unwrap();
    let expected: Vec<f64> = x.to_f64s().iter().map(|v| 2.0 * v * v * v).collect();
    same(&run(text, &[x, n]).unwrap()[0], &expected);
}

fn softmax_nest() -> String {
    let (outer, row) = ("!loop.view<?x40xf32>", "memref<40xf32>");
    let (inner_read, row_read) =
        (read("%v", "%a", "%i, %k", "(d0, d1) -> (d0, d1)", outer), read("%v", "%row", "%k", "(d0) -> (d0)", row));
    let write =
        |v: &str| format!("\"loop.write\"({v}, %row, %k) <{{map = affine_map<(d0) -> (d0)>}}> : (f32, {row}, index) -> ()");
    let (max, sum, plain) = (
        for_op("%m =", 0, 40, ", reduce = [\"maximum\"]"),
        for_op("%s =", 0, 40, ", reduce = [\"add\"]"),
        for_op("", 0, 40, ""),
    );
    let (keep, exp) = (write("%v"), write("%x"));
    format!(
        r#"
  "func.func"() <{{function_type = (tensor<?x40xf32>, index) -> tensor<?x40xf32>, sym_name = "main"}}> ({{
  ^bb0(%in: tensor<?x40xf32>, %n: index):
    %e = "tensor.empty"(%n) : (index) -> tensor<?x40xf32>
    %0 = "loop.nest"(%in, %e, %n) <{{operandSegmentSizes = array<i32: 1, 1, 1>}}> ({{
    ^bb0(%a: {outer}, %b: {outer}, %N: index):
      "loop.for"(%N) <{{operandSegmentSizes = array<i32: 0, 1, 0>, static_lower = 0 : i64, static_upper = -9223372036854775808 : i64, step = 1 : i64, parallel}}> ({{
      ^bb0(%i: index):
        %row = "loop.stage"() : () -> {row}
        {max} ({{
        ^bb0(%k: index):
          {inner_read}
          {keep}
          "loop.yield"(%v) : (f32) -> ()
        }}) : () -> f32
        {sum} ({{
        ^bb0(%k: index):
          {row_read}
          %d = "arith.subf"(%v, %m) <{{fastmath = #arith.fastmath<none>}}> : (f32, f32) -> f32
          %x = "math.exp"(%d) <{{fastmath = #arith.fastmath<none>}}> : (f32) -> f32
          {exp}
          "loop.yield"(%x) : (f32) -> ()
        }}) : () -> f32
        {plain} ({{
        ^bb0(%k: index):
          {row_read}
          %q = "arith.divf"(%v, %s) <{{fastmath = #arith.fastmath<none>}}> : (f32, f32) -> f32
          "loop.write"(%q, %b, %i, %k) <{{map = affine_map<(d0, d1) -> (d0, d1)>}}> : (f32, {outer}, index, index) -> ()
          "loop.yield"() : () -> ()
        }}) : () -> ()
        "loop.yield"() : () -> ()
      }}) : (index) -> ()
      "loop.end"() : () -> ()
    }}) : (tensor<?x40xf32>, tensor<?x40xf32>, index) -> tensor<?x40xf32>
    "func.return"(%0) : (tensor<?x40xf32>) -> ()
  }}) : () -> ()"#
    )
}

#[test]
fn a_nest_with_a_tile() {
    for rows in [1i64, 3, 300] {
        let x = random(rows as u64, &[rows, 40]);
        let n = Tensor::from_f64s(ElemType::Index, &[], [rows as f64]).unwrap();
        same(&run(&softmax_nest(), &[x.clone(), n]).unwrap()[0], &softmax(&x));
    }
}

/// A 1-D convolution with padding: y[k, p] = sum(c, r) x[c, p + r - 1] * w[k, c, r], with `p` over `width` points.
#[test]
fn a_guarded_window() {
    for width in [50usize, 5] {
        let x_type = format!("!loop.view<3x{width}xf32>");
        let (k, p) = (for_op("", 0, 5, ""), for_op("", 0, width as i64, ""));
        let (c, r) = (for_op("%s =", 0, 3, ", reduce = [\"add\"]"), for_op("%t =", 0, 3, ", reduce = [\"add\"]"));
        let weight = read("%u", "%b", "%k, %c, %r", "(d0, d1, d2) -> (d0, d1, d2)", "!loop.view<5x3x3xf32>");
        let text = format!(
            r#"
  "func.func"() <{{function_type = (tensor<3x{width}xf32>, tensor<5x3x3xf32>) -> tensor<5x{width}xf32>, sym_name = "main"}}> ({{
  ^bb0(%x: tensor<3x{width}xf32>, %w: tensor<5x3x3xf32>):
    %e = "tensor.empty"() : () -> tensor<5x{width}xf32>
    %0 = "loop.nest"(%x, %w, %e) <{{operandSegmentSizes = array<i32: 2, 1, 0>}}> ({{
    ^bb0(%a: {x_type}, %b: !loop.view<5x3x3xf32>, %y: !loop.view<5x{width}xf32>):
      %zero = "arith.constant"() <{{value = 0.0 : f32}}> : () -> f32
      {k} ({{
      ^bb0(%k: index):
        {p} ({{
        ^bb0(%p: index):
          {c} ({{
          ^bb0(%c: index):
            {r} ({{
            ^bb0(%r: index):
              %v = "loop.read"(%a, %c, %p, %r, %zero) <{{map = affine_map<(d0, d1, d2) -> (d0, d1 + d2 - 1)>,
                guard = affine_set<(d0, d1, d2) : (d1 + d2 - 1 >= 0, -d1 - d2 + {width} >= 0)>, operandSegmentSizes = array<i32: 1, 3, 1>}}>
                : ({x_type}, index, index, index, f32) -> f32
              {weight}
              %m = "arith.mulf"(%v, %u) <{{fastmath = #arith.fastmath<none>}}> : (f32, f32) -> f32
              "loop.yield"(%m) : (f32) -> ()
            }}) : () -> f32
            "loop.yield"(%t) : (f32) -> ()
          }}) : () -> f32
          "loop.write"(%s, %y, %k, %p) <{{map = affine_map<(d0, d1) -> (d0, d1)>}}> : (f32, !loop.view<5x{width}xf32>, index, index) -> ()
          "loop.yield"() : () -> ()
        }}) : () -> ()
        "loop.yield"() : () -> ()
      }}) : () -> ()
      "loop.end"() : () -> ()
    }}) : (tensor<3x{width}xf32>, tensor<5x3x3xf32>, tensor<5x{width}xf32>) -> tensor<5x{width}xf32>
    "func.return"(%0) : (tensor<5x{width}xf32>) -> ()
  }}) : () -> ()"#
        );
        let (x, w) = (random(1, &[3, width as i64]), random(2, &[5, 3, 3]));
        let (xs, ws) = (x.to_f64s(), w.to_f64s());
        let mut expected = vec![0.0; 5 * width];
        for (k, p, c, r) in (0..5 * width * 9).map(|i| (i / (9 * width), i / 9 % width, i / 3 % 3, i % 3)) {
            if (1..=width).contains(&(p + r)) {
                expected[k * width + p] += xs[c * width + p + r - 1] * ws[(k * 3 + c) * 3 + r];
            }
        }
        same(&run(&text, &[x, w]).unwrap()[0], &expected);
    }
}

#[test]
fn an_argmax_and_a_carried_value() {
    let (view, best) = ("!loop.view<70xf32>", for_op("%r:2 =", 0, 70, ", reduce = [\"argmax\", \"argmax\"]"));
    let element = read("%v", "%a", "%i", "(d0) -> (d0)", view);
    let text = format!(
        r#"
  "func.func"() <{{function_type = (tensor<70xf32>) -> (tensor<i32>, tensor<f32>), sym_name = "main"}}> ({{
  ^bb0(%x: tensor<70xf32>):
    %e = "tensor.empty"() : () -> tensor<i32>
    %f = "tensor.empty"() : () -> tensor<f32>
    %0:2 = "loop.nest"(%x, %e, %f) <{{operandSegmentSizes = array<i32: 1, 2, 0>}}> ({{
    ^bb0(%a: {view}, %b: !loop.view<i32>, %s: !loop.view<f32>):
      %zero = "arith.constant"() <{{value = 0.0 : f32}}> : () -> f32
      {best} ({{
      ^bb0(%i: index):
        {element}
        %n = "arith.index_cast"(%i) : (index) -> i32
        "loop.yield"(%v, %n) : (f32, i32) -> ()
      }}) : () -> (f32, i32)
      "loop.write"(%r#1, %b) <{{map = affine_map<() -> ()>}}> : (i32, !loop.view<i32>) -> ()
      %t = "loop.for"(%zero) <{{operandSegmentSizes = array<i32: 0, 0, 1>, static_lower = 0 : i64, static_upper = 70 : i64, step = 2 : i64}}> ({{
      ^bb0(%i: index, %c: f32):
        {element}
        %w = "arith.subf"(%v, %c) <{{fastmath = #arith.fastmath<none>}}> : (f32, f32) -> f32
        "loop.yield"(%w) : (f32) -> ()
      }}) : (f32) -> f32
      "loop.write"(%t, %s) <{{map = affine_map<() -> ()>}}> : (f32, !loop.view<f32>) -> ()
      "loop.end"() : () -> ()
    }}) : (tensor<70xf32>, tensor<i32>, tensor<f32>) -> (tensor<i32>, tensor<f32>)
    "func.return"(%0#0, %0#1) : (tensor<i32>, tensor<f32>) -> ()
  }}) : () -> ()"#
    );
    let x = random(9, &[70]);
    let xs = x.to_f64s();
    let got = run(&text, &[x]).unwrap();
    let best = (0..70).fold(0, |b, i| if xs[i] > xs[b] { i } else { b });
    assert_eq!(got[0].to_ints().unwrap(), [best as i64]);
    same(&got[1], &[(0..35).fold(0.0, |c, i| xs[2 * i] - c)]);
}

/// A value of the entry is used in a later block, and a block is run again.
#[test]
fn branches_between_blocks() {
    let text = r#"
      func.func @main(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %y = nn.add %x, %x : tensor<4xf32>, tensor<4xf32>
        cf.br ^head(%c0, %x : index, tensor<4xf32>)
      ^head(%i: index, %a: tensor<4xf32>):
        %more = arith.cmpi slt, %i, %n : index
        cf.cond_br %more, ^body, ^done(%a : tensor<4xf32>)
      ^body:
        %b = nn.add %a, %y : tensor<4xf32>, tensor<4xf32>
        %j = arith.addi %i, %c1 : index
        cf.br ^head(%j, %b : index, tensor<4xf32>)
      ^done(%r: tensor<4xf32>):
        return %r : tensor<4xf32>
      }"#;
    let x = random(7, &[4]);
    let n = Tensor::scalar(edge_dialect::core::Scalar::from_int(ElemType::Index, 3));
    let expected: Vec<f64> = x.to_f64s().iter().map(|v| v * 7.0).collect();
    same(&run(text, &[x, n]).unwrap()[0], &expected);
}
