//! Operations of arith and math on bits, by their definitions.

use edge_asm::{ParseOptions, parse_module};
use edge_dialect::Registry;
use edge_dialect::core::{ElemType, Scalar};
use edge_interp::{Interp, Tensor};
use edge_support::{Diagnostics, SourceMap};

/// Runs one operation for each element of the inputs; `results` are the types of its results.
fn apply(op: &str, inputs: &[Tensor], results: &[&str]) -> Vec<Tensor> {
    let takes: Vec<&str> = inputs.iter().map(|t| t.elem().name()).collect();
    let args: Vec<String> = takes.iter().enumerate().map(|(i, t)| format!("%{i}: {t}")).collect();
    let operands: Vec<String> = (0..inputs.len()).map(|i| format!("%{i}")).collect();
    let named: Vec<String> = (0..results.len()).map(|r| format!("%r#{r}")).collect();
    let (takes, gives) = (takes.join(", "), results.join(", "));
    let text = format!(
        r#""func.func"() <{{function_type = ({takes}) -> ({gives}), sym_name = "main"}}> ({{
        ^bb0({}):
          %r:{} = "{op}"({}) : ({takes}) -> ({gives})
          "func.return"({}) : ({gives}) -> ()
        }}) : () -> ()"#,
        args.join(", "),
        results.len(),
        operands.join(", "),
        named.join(", ")
    );
    let ctx = Registry::builtin().unwrap().context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("test.mlir", text);
    let module = parse_module(&ctx, &sources, file, &diags, &ParseOptions::default());
    let module = module.unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
    let interp = Interp::new(&ctx, &diags, &sources);
    let mut columns = vec![vec![]; results.len()];
    for n in 0..inputs[0].len() {
        let point: Vec<Tensor> = inputs.iter().map(|t| Tensor::scalar(t.get(n).unwrap())).collect();
        let ran = interp.run_function(&module, "main", &point);
        let ran = ran.unwrap_or_else(|_| panic!("{}", diags.render(&sources)));
        columns.iter_mut().zip(ran).for_each(|(column, t)| column.push(t.get(0).unwrap()));
    }
    let tensor = |c: Vec<Scalar>| Tensor::from_scalars(c[0].ty(), &[c.len() as i64], c).unwrap();
    columns.into_iter().map(tensor).collect()
}

fn ints(elem: ElemType, values: &[i128]) -> Tensor {
    Tensor::from_scalars(elem, &[values.len() as i64], values.iter().map(|v| Scalar::from_int(elem, *v))).unwrap()
}

fn floats(values: &[f32]) -> Tensor {
    Tensor::from_f64s(ElemType::F32, &[values.len() as i64], values.iter().map(|v| f64::from(*v))).unwrap()
}

fn values(t: &Tensor) -> Vec<i128> {
    (0..t.len()).map(|i| t.get(i).and_then(Scalar::to_int).unwrap()).collect()
}

fn bits(t: &Tensor) -> Vec<u64> {
    (0..t.len()).map(|i| t.get(i).unwrap().bits()).collect()
}

#[test]
fn bitcasts_keep_every_bit() {
    let x = floats(&[1.0, -0.0, f32::INFINITY, f32::from_bits(0x7fc0_1234)]);
    let as_ints = apply("arith.bitcast", std::slice::from_ref(&x), &["i32"]).remove(0);
    assert_eq!(values(&as_ints), [0x3f80_0000, i128::from(i32::MIN), 0x7f80_0000, 0x7fc0_1234]);
    let back = apply("arith.bitcast", &[as_ints], &["f32"]).remove(0);
    assert_eq!(bits(&back)[..3], bits(&x)[..3]);
}

#[test]
fn bits_are_counted() {
    let x = ints(ElemType::I32, &[0, 1, 40, -1, i128::from(i32::MIN)]);
    assert_eq!(values(&apply("math.ctlz", std::slice::from_ref(&x), &["i32"])[0]), [32, 31, 26, 0, 0]);
    assert_eq!(values(&apply("math.cttz", std::slice::from_ref(&x), &["i32"])[0]), [32, 0, 3, 0, 31]);
    assert_eq!(values(&apply("math.ctpop", &[x], &["i32"])[0]), [0, 1, 2, 32, 1]);
}

/// Values of a type that make carries: the ends, and some between.
fn samples(elem: ElemType) -> Vec<i128> {
    let (low, high) = elem.int_range().unwrap();
    vec![low, low + 1, -3, -1, 0, 1, 2, 77, high / 3, high - 1, high]
}

#[test]
fn products_have_two_halves() {
    for elem in [ElemType::I8, ElemType::I16, ElemType::I32, ElemType::I64] {
        let list = samples(elem);
        let pairs: Vec<(i128, i128)> = list.iter().flat_map(|a| list.iter().map(|b| (*a, *b))).collect();
        let a = ints(elem, &pairs.iter().map(|p| p.0).collect::<Vec<_>>());
        let b = ints(elem, &pairs.iter().map(|p| p.1).collect::<Vec<_>>());
        let wrap = |v: i128| Scalar::from_int(elem, v).to_int().unwrap();
        let unsigned = |v: i128| Scalar::from_int(elem.with_sign(true), v).to_int().unwrap();
        for (op, read) in [("arith.mulsi_extended", &wrap as &dyn Fn(i128) -> i128), ("arith.mului_extended", &unsigned)] {
            let out = apply(op, &[a.clone(), b.clone()], &[elem.name(), elem.name()]);
            let high = |x: i128, y: i128| match elem.bits() {
                // The product of two u64 does not fit i128.
                64 => wrap(if op.contains("mului") { ((x as u128 * y as u128) >> 64) as i128 } else { (x * y) >> 64 }),
                bits => wrap((x * y) >> bits),
            };
            let expected: Vec<(i128, i128)> =
                pairs.iter().map(|(x, y)| (wrap(x.wrapping_mul(*y)), high(read(*x), read(*y)))).collect();
            let got: Vec<(i128, i128)> = values(&out[0]).into_iter().zip(values(&out[1])).collect();
            assert_eq!(got, expected, "{op} on {elem}");
        }
    }
}

#[test]
fn sums_tell_of_their_overflow() {
    let (a, b) = (ints(ElemType::I8, &[-1, 100, 127, 0]), ints(ElemType::I8, &[1, 100, 127, 0]));
    let out = apply("arith.addui_extended", &[a, b], &["i8", "i1"]);
    assert_eq!(values(&out[0]), [0, -56, -2, 0]);
    assert_eq!(values(&out[1]), [1, 0, 0, 0]);
}

#[test]
fn conversions_from_and_to_one_bit() {
    let x = ints(ElemType::I32, &[0, 1, 2, 3, -1, -2]);
    assert_eq!(values(&apply("arith.trunci", &[x], &["i1"])[0]), [0, 1, 0, 1, 1, 0]);
    let t = ints(ElemType::I1, &[0, 1]);
    assert_eq!(values(&apply("arith.extsi", std::slice::from_ref(&t), &["i32"])[0]), [0, -1]);
    assert_eq!(values(&apply("arith.extui", std::slice::from_ref(&t), &["i32"])[0]), [0, 1]);
    assert_eq!(bits(&apply("arith.sitofp", std::slice::from_ref(&t), &["f32"])[0]), [0, u64::from((-1f32).to_bits())]);
    assert_eq!(bits(&apply("arith.uitofp", std::slice::from_ref(&t), &["f32"])[0]), [0, u64::from(1f32.to_bits())]);
    assert_eq!(values(&apply("arith.index_cast", std::slice::from_ref(&t), &["index"])[0]), [0, -1]);
    assert_eq!(values(&apply("arith.index_castui", &[t], &["index"])[0]), [0, 1]);
}

#[test]
fn fma_rounds_once() {
    let (a, c) = (1.0 + f32::EPSILON, -1.0 - 2.0 * f32::EPSILON);
    let out = apply("math.fma", &[floats(&[a, 2.0]), floats(&[a, 3.0]), floats(&[c, 4.0])], &["f32"]);
    assert_eq!(bits(&out[0]), [f32::EPSILON * f32::EPSILON, 10.0].map(|v| u64::from(v.to_bits())));
}

#[test]
fn erfc_is_exact_where_it_is_small() {
    let out = apply("math.erfc", &[floats(&[0.0, 5.0, 9.0])], &["f32"]);
    assert_eq!(bits(&out[0]), [1.0f32, 1.537_459_8e-12, 4.137_031_7e-37].map(|v| u64::from(v.to_bits())));
}

#[test]
fn index_arithmetic() {
    let index = |values: &[i128]| ints(ElemType::Index, values);
    let (a, b) = (index(&[7, -7, 7, -7, 6]), index(&[2, 2, -2, -2, 3]));
    let both = [a, b];
    for (op, wanted) in [
        ("add", [9, -5, 5, -9, 9]),
        ("sub", [5, -9, 9, -5, 3]),
        ("mul", [14, -14, -14, 14, 18]),
        ("divs", [3, -3, -3, 3, 2]),
        ("ceildivs", [4, -3, -3, 4, 2]),
        ("floordivs", [3, -4, -4, 3, 2]),
        ("rems", [1, -1, 1, -1, 0]),
        ("maxs", [7, 2, 7, -2, 6]),
        ("mins", [2, -7, -2, -7, 3]),
        ("and", [2, 0, 6, -8, 2]),
        ("or", [7, -5, -1, -1, 7]),
        ("xor", [5, -5, -7, 7, 5]),
    ] {
        assert_eq!(values(&apply(&format!("index.{op}"), &both, &["index"])[0]), wanted, "index.{op}");
    }
    let (a, b) = (index(&[7, 9, 8]), index(&[2, 3, 3]));
    for (op, wanted) in [
        ("divu", [3, 3, 2]),
        ("ceildivu", [4, 3, 3]),
        ("remu", [1, 0, 2]),
        ("maxu", [7, 9, 8]),
        ("minu", [2, 3, 3]),
        ("shl", [28, 72, 64]),
        ("shrs", [1, 1, 1]),
        ("shru", [1, 1, 1]),
    ] {
        assert_eq!(values(&apply(&format!("index.{op}"), &[a.clone(), b.clone()], &["index"])[0]), wanted, "index.{op}");
    }
    let narrow = ints(ElemType::I8, &[-1, 5]);
    assert_eq!(values(&apply("index.casts", std::slice::from_ref(&narrow), &["index"])[0]), [-1, 5]);
    assert_eq!(values(&apply("index.castu", &[narrow], &["index"])[0]), [255, 5]);
}
