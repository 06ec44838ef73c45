//! Definitions run and compared with loops written out here.

use edge_dialect::core::{ElemType, Scalar};
use edge_dialect::eval::{Arguments, DimArg, Instance, StaticValue, TensorArg, instantiate, parse_op};
use edge_interp::core::run_core;
use edge_interp::{Random, Ranges, Tensor, Tolerance, compare, random_tensor};

fn instance(def: &str, operands: &[Option<&Tensor>], attrs: &[(&str, StaticValue)], dynamic: bool) -> Instance {
    let def = parse_op(def).unwrap();
    let arg = |t: &&Tensor| {
        let mut arg = TensorArg::new(t.elem(), t.shape());
        if dynamic {
            arg.shape = t.shape().iter().map(|d| DimArg::Dynamic(*d as u32)).collect();
        }
        arg
    };
    let operands = operands.iter().map(|o| o.iter().map(arg).collect()).collect();
    let attrs = attrs.iter().map(|(n, v)| (n.to_string(), v.clone())).collect();
    instantiate(&def, &Arguments { operands, attrs, ..Arguments::default() }).unwrap()
}

fn run(def: &str, operands: &[Option<&Tensor>], attrs: &[(&str, StaticValue)]) -> Vec<Tensor> {
    let given: Vec<Tensor> = operands.iter().flatten().map(|t| (*t).clone()).collect();
    let instance = instance(def, operands, attrs, false);
    run_core(&instance.program, &given, &|_| None).unwrap()
}

fn random(seed: u64, elem: ElemType, shape: &[i64]) -> Tensor {
    random_tensor(&mut Random::new(seed), elem, shape, Ranges::signed()).unwrap()
}

fn ints(values: &[i64]) -> StaticValue {
    StaticValue::List(values.iter().map(|v| StaticValue::Int(*v)).collect())
}

fn same(got: &Tensor, expected: &[f64], rtol: f64) {
    let expected = Tensor::from_f64s(got.elem(), got.shape(), expected.iter().copied()).unwrap();
    compare(got, &expected, Tolerance { rtol, atol: rtol }).unwrap_or_else(|d| panic!("{d}"));
}

const CONV: &str =
    "op conv(x[N, G*C, X..], w[G*K, C, R..], b?[G*K]) {G=1, strides..:X=1, dilations..:X=1, pads} -> y[N, G*K, P] {
  dim lo = take(pads, len(X));  dim hi = drop(pads, len(X));  dim P = (X + lo + hi - dilations*(R-1) - 1) // strides + 1
  y[n, g*K+k, p] = sum(c, r: x[n, g*C+c, p*strides + r*dilations - lo else 0] * w[g*K+k, c, r]) + (b[g*K+k] ?? 0)
}";

/// n, channels, height, width, filters, kernel, stride, pad, groups
fn reference_conv(x: &Tensor, w: &Tensor, stride: i64, pad: i64, groups: i64) -> Vec<f64> {
    let (xs, ws) = (x.to_f64s(), w.to_f64s());
    let [n, ci, h, wd] = *<&[i64; 4]>::try_from(x.shape()).unwrap();
    let [ko, c, r, s] = *<&[i64; 4]>::try_from(w.shape()).unwrap();
    let (ph, pw) = ((h + 2 * pad - r) / stride + 1, (wd + 2 * pad - s) / stride + 1);
    let per = ko / groups;
    let mut y = vec![];
    for (b, k, p, q) in
        (0..n).flat_map(|b| (0..ko).flat_map(move |k| (0..ph).flat_map(move |p| (0..pw).map(move |q| (b, k, p, q)))))
    {
        let mut sum = 0.0;
        for (cc, i, j) in (0..c).flat_map(|c| (0..r).flat_map(move |i| (0..s).map(move |j| (c, i, j)))) {
            let (yy, xx) = (p * stride + i - pad, q * stride + j - pad);
            if (0..h).contains(&yy) && (0..wd).contains(&xx) {
                let channel = k / per * c + cc;
                sum += xs[(((b * ci + channel) * h + yy) * wd + xx) as usize] * ws[(((k * c + cc) * r + i) * s + j) as usize];
            }
        }
        y.push(sum);
    }
    y
}

#[test]
fn convolutions() {
    for elem in [ElemType::F32, ElemType::F64, ElemType::I32, ElemType::F16] {
        for (seed, (shape, filter, stride, pad, groups)) in [
            ([2, 4, 9, 20], [6, 4, 3, 3], 1, 1, 1),
            ([1, 4, 8, 7], [8, 2, 3, 2], 2, 1, 2),
            ([1, 40, 3, 3], [30, 40, 1, 1], 1, 0, 1),
            ([1, 6, 17, 33], [6, 1, 5, 5], 2, 2, 6),
        ]
        .into_iter()
        .enumerate()
        {
            let (x, w) = (random(seed as u64, elem, &shape), random(9, elem, &filter));
            let attrs = [("G", StaticValue::Int(groups)), ("strides", ints(&[stride; 2])), ("pads", ints(&[pad; 4]))];
            let got = run(CONV, &[Some(&x), Some(&w), None], &attrs);
            let rtol = if elem == ElemType::F16 { 5e-2 } else { 1e-4 };
            same(&got[0], &reference_conv(&x, &w, stride, pad, groups), rtol);
        }
    }
}

const SOFTMAX: &str = "op softmax(x[K at axis, I..]) {axis = -1} -> y[K at axis, I] {
  m[i] = max(k: x[k at axis, i]);  e[k, i] = exp(x[k at axis, i] - m[i]);  z[i] = sum(k: e[k, i])
  y[k at axis, i] = e[k, i] / z[i]
}";

#[test]
fn softmax_over_any_axis_and_size() {
    for (shape, axis) in
        [(vec![3i64, 40], 1usize), (vec![3, 40], 0), (vec![300, 5], 1), (vec![2, 3, 20], 1), (vec![1000], 0), (vec![0, 4], 1)]
    {
        let x = random(1, ElemType::F32, &shape);
        let outer: i64 = shape[..axis].iter().product();
        let (k, inner) = (shape[axis], shape[axis + 1..].iter().product::<i64>());
        let (xs, mut y) = (x.to_f64s(), vec![0.0; x.len()]);
        for (o, i) in (0..outer).flat_map(|o| (0..inner).map(move |i| (o, i))) {
            let at = |j: i64| ((o * k + j) * inner + i) as usize;
            let z: f64 = (0..k).map(|j| xs[at(j)].exp()).sum();
            (0..k).for_each(|j| y[at(j)] = xs[at(j)].exp() / z);
        }
        same(&run(SOFTMAX, &[Some(&x)], &[("axis", StaticValue::Int(axis as i64))])[0], &y, 1e-5);
        let dynamic = instance(SOFTMAX, &[Some(&x)], &[("axis", StaticValue::Int(axis as i64))], true);
        same(&run_core(&dynamic.program, &[x.clone()], &|_| None).unwrap()[0], &y, 1e-5);
    }
}

#[test]
fn gathers_check_their_indices() {
    let def = "op gather(x[K, I..], idx[J..] : i64) -> y[J, I] { y[j, i] = x[wrap(idx[j], K), i] }";
    let x = random(3, ElemType::F32, &[5, 20]);
    let idx = Tensor::from_f64s(ElemType::I64, &[3], [4.0, -5.0, 1.0]).unwrap();
    let got = run(def, &[Some(&x), Some(&idx)], &[]);
    let xs = x.to_f64s();
    let expected: Vec<f64> = [4usize, 0, 1].iter().flat_map(|r| xs[r * 20..r * 20 + 20].to_vec()).collect();
    same(&got[0], &expected, 0.0);
    let bad = Tensor::from_f64s(ElemType::I64, &[3], [4.0, 7.0, 1.0]).unwrap();
    let instance = instance(def, &[Some(&x), Some(&bad)], &[], false);
    let error = run_core(&instance.program, &[x, bad], &|_| None).unwrap_err();
    assert_eq!(error.to_string(), "index 7 is out of range for axis 0 of `x`, which has 5 elements");
}

#[test]
fn argmax_takes_the_first_and_passes_over_nan() {
    let def = "op arg_max(x[K at axis, I..]) {axis} -> y[I] : i64 { y[i] = i64(argmax(k by x[k at axis, i]: k)) }";
    let x = Tensor::from_f64s(ElemType::F32, &[2, 4], [1.0, 3.0, 3.0, 0.0, f64::NAN, -1.0, -2.0, -1.0]).unwrap();
    let got = run(def, &[Some(&x)], &[("axis", StaticValue::Int(1))]);
    assert_eq!(got[0].to_ints().unwrap(), [1, 1]);
    let wide = random(4, ElemType::F32, &[7, 50]);
    let got = run(def, &[Some(&wide)], &[("axis", StaticValue::Int(0))]);
    let xs = wide.to_f64s();
    let best = |i: usize| (0..7).fold(0, |b, k| if xs[k * 50 + i] > xs[b * 50 + i] { k } else { b }) as i64;
    assert_eq!(got[0].to_ints().unwrap(), (0..50).map(best).collect::<Vec<_>>());
}

#[test]
fn scatter_adds_duplicates() {
    let def = "op scatter(x[X], idx[J] : i64, u[J]) -> y[X] { y[i < X] = x[i];  y[wrap(idx[j], X)] += u[j] }";
    let x = Tensor::from_f64s(ElemType::F32, &[4], [1.0, 2.0, 3.0, 4.0]).unwrap();
    let idx = Tensor::from_f64s(ElemType::I64, &[4], [0.0, -1.0, 0.0, 2.0]).unwrap();
    let u = Tensor::from_f64s(ElemType::F32, &[4], [10.0, 20.0, 30.0, 40.0]).unwrap();
    same(&run(def, &[Some(&x), Some(&idx), Some(&u)], &[])[0], &[41.0, 2.0, 43.0, 24.0], 0.0);
}

#[test]
fn recurrences_run_in_order() {
    let def = "op cumsum(x[S, B]) -> y[S, B] { rec s < S { y[s, b] = x[s, b] + (if s == 0 then 0.0 else y[s-1, b]) } }";
    let x = random(5, ElemType::F64, &[9, 3]);
    let mut y = x.to_f64s();
    (3..27).for_each(|i| y[i] += y[i - 3]);
    same(&run(def, &[Some(&x)], &[])[0], &y, 1e-12);
}

#[test]
fn filters_and_branches() {
    let def = "op cumsum(x[K, I]) -> y[K, I] { y[k, i] = sum(j < K if j <= k: x[j, i]) }";
    let x = random(6, ElemType::F64, &[5, 30]);
    let mut y = x.to_f64s();
    (30..150).for_each(|i| y[i] += y[i - 30]);
    same(&run(def, &[Some(&x)], &[])[0], &y, 1e-12);
    let def = "op pad(x[X]) {lo, hi} -> y[lo + X + hi] { dim Y = lo + X + hi  y[j < Y] = if lo <= j and j < X + lo then x[j - lo] else 0 }";
    let x = random(7, ElemType::I32, &[20]);
    let got = run(def, &[Some(&x)], &[("lo", StaticValue::Int(2)), ("hi", StaticValue::Int(1))]);
    let expected: Vec<f64> = [0.0, 0.0].into_iter().chain(x.to_f64s()).chain([0.0]).collect();
    same(&got[0], &expected, 0.0);
}

#[test]
fn numbers_of_every_type() {
    let def = "op quantize(x[I..]) -> y[I] : i8 { y[i] = sat(i8, round(x[i])) }";
    let x = Tensor::from_f64s(ElemType::F32, &[6], [0.5, 1.5, -2.5, 300.0, -1e9, f64::NAN]).unwrap();
    assert_eq!(run(def, &[Some(&x)], &[])[0].to_ints().unwrap(), [0, 2, -2, 127, -128, 0]);
    let def = "op add(a[I..], b[I..]) -> y[I] { y[i] = a[i] + b[i] }";
    for elem in ElemType::ALL.into_iter().filter(|e| *e != ElemType::I1) {
        let (a, b) = (random(1, elem, &[300]), random(2, elem, &[300]));
        let expected = a
            .scalars()
            .zip(b.scalars())
            .map(|(a, b)| edge_dialect::core::fold::bin(edge_dialect::core::BinOp::Add, a, b).unwrap());
        let expected = Tensor::from_scalars(elem, &[300], expected.collect::<Vec<Scalar>>()).unwrap();
        assert_eq!(run(def, &[Some(&a), Some(&b)], &[])[0], expected, "{elem}");
    }
}

#[test]
#[ignore = "a measurement"]
fn speed() {
    let (x, w) = (random(1, ElemType::F32, &[1, 64, 56, 56]), random(2, ElemType::F32, &[64, 64, 3, 3]));
    for _ in 0..3 {
        let start = std::time::Instant::now();
        run(CONV, &[Some(&x), Some(&w), None], &[("strides", ints(&[1, 1])), ("pads", ints(&[1; 4]))]);
        println!("conv 3x3 64->64 at 56x56: {:?}", start.elapsed());
    }
    for (shape, filter) in [([1, 512, 7, 7], [512, 512, 1, 1]), ([1, 256, 14, 14], [1024, 256, 1, 1])] {
        let (x, w) = (random(1, ElemType::F32, &shape), random(2, ElemType::F32, &filter));
        let start = std::time::Instant::now();
        run(CONV, &[Some(&x), Some(&w), None], &[("strides", ints(&[1, 1])), ("pads", ints(&[0; 4]))]);
        println!("conv {shape:?} {filter:?}: {:?}", start.elapsed());
    }
    for shape in [[1024, 1024], [1, 1 << 20]] {
        let x = random(1, ElemType::F32, &shape);
        let start = std::time::Instant::now();
        run(SOFTMAX, &[Some(&x)], &[]);
        println!("softmax {shape:?}: {:?}", start.elapsed());
    }
    let (a, b) = (random(1, ElemType::F32, &[1, 4096]), random(2, ElemType::F32, &[4096, 4096]));
    let start = std::time::Instant::now();
    run("op matmul(a[M, K], b[K, N]) -> y[M, N] { y[m, n] = sum(k: a[m, k] * b[k, n]) }", &[Some(&a), Some(&b)], &[]);
    println!("vector times matrix 4096: {:?}", start.elapsed());
}
