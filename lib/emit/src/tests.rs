//! The conventions of kernels, proved by compiling, loading and running them.

use crate::*;
use edge_place::Target;
use std::{ffi::c_void, sync::Arc, time::Instant};

type Kernel = unsafe extern "C" fn(*const *mut c_void, *const i64, i64, i64);

const ADD_ONE: &str = include_str!("../tests/data/add_one.mlir");
const SOFTMAX: &str = include_str!("../tests/data/softmax.mlir");
const MATMUL: &str = include_str!("../tests/data/matmul.mlir");
const EXP_SUMS: &str = include_str!("../tests/data/exp_sums_spirv.mlir");

fn codegen(target: &str) -> Codegen {
    Codegen::new(Arc::new(Target::load(target).unwrap()))
}

fn call(loaded: &Loaded, name: &str, bufs: &mut [&mut [f32]], dims: &[i64], range: std::ops::Range<i64>) {
    let pointers: Vec<*mut c_void> = bufs.iter_mut().map(|b| b.as_mut_ptr().cast()).collect();
    let address = loaded.symbol(name).unwrap();
    // SAFETY: the symbol was compiled from a kernel of this signature, and the buffers have the sizes that `dims` says.
    unsafe {
        let kernel: Kernel = std::mem::transmute(address);
        kernel(pointers.as_ptr(), dims.as_ptr(), range.start, range.end);
    }
}

fn load(text: &str) -> Loaded {
    let start = Instant::now();
    let object = compile(text, &codegen("host"), Form::Object).unwrap();
    println!("compiled in {:.1} ms, {} bytes", start.elapsed().as_secs_f64() * 1e3, object.len());
    Loaded::new([object.as_slice()]).unwrap()
}

#[test]
fn element_wise_with_masked_tail() {
    let loaded = load(ADD_ONE);
    for n in [1usize, 15, 16, 17, 100] {
        let mut x: Vec<f32> = (0..3 * n).map(|i| i as f32).collect();
        let mut y = vec![-1.0; 3 * n];
        call(&loaded, "k", &mut [&mut x, &mut y], &[n as i64], 1..3);
        assert!(y[..n].iter().all(|v| *v == -1.0), "row 0 is outside the range");
        assert!(y[n..].iter().enumerate().all(|(i, v)| *v == (n + i + 1) as f32), "n = {n}");
    }
}

#[test]
fn row_softmax_with_dynamic_columns() {
    let loaded = load(SOFTMAX);
    for (rows, n) in [(1usize, 1usize), (3, 64), (17, 64), (5, 1000), (2, 19)] {
        let mut x: Vec<f32> = (0..rows * n).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.3).collect();
        let mut y = vec![0.0; rows * n];
        call(&loaded, "softmax", &mut [&mut x, &mut y], &[n as i64], 0..rows as i64);
        for r in 0..rows {
            let row = &x[r * n..(r + 1) * n];
            let max = row.iter().copied().fold(f32::MIN, f32::max);
            let sum: f64 = row.iter().map(|v| f64::from(v - max).exp()).sum();
            for (c, v) in row.iter().enumerate() {
                let expected = f64::from(v - max).exp() / sum;
                assert!((f64::from(y[r * n + c]) - expected).abs() < 1e-6, "row {r} column {c}");
            }
        }
    }
}

#[test]
fn register_tiled_matmul() {
    let loaded = load(MATMUL);
    let n = 96usize;
    let mut a: Vec<f32> = (0..n * n).map(|i| (i % 7) as f32 - 3.0).collect();
    let mut b: Vec<f32> = (0..n * n).map(|i| (i % 5) as f32 - 2.0).collect();
    let mut c = vec![0.0; n * n];
    call(&loaded, "k", &mut [&mut a, &mut b, &mut c], &[n as i64], 0..(n / 8) as i64);
    for (i, j) in [(0, 0), (13, 95), (95, 7), (50, 50)] {
        let expected: f32 = (0..n).map(|k| a[i * n + k] * b[k * n + j]).sum();
        assert_eq!(c[i * n + j], expected, "({i}, {j})");
    }
}

#[test]
fn every_cpu_target_takes_the_same_text() {
    for name in Target::names().filter(|n| Target::load(n).unwrap().llvm.is_some()) {
        for text in [ADD_ONE, SOFTMAX, MATMUL] {
            let object = compile(text, &codegen(name), Form::Object).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert!(object.len() > 500, "{name}");
        }
    }
}

#[test]
fn forms_are_text_and_vectorised() {
    let text = |form| String::from_utf8(compile(ADD_ONE, &codegen("x86-64-v4"), form).unwrap()).unwrap();
    assert!(text(Form::LlvmDialect).contains("llvm.func @k"));
    assert!(text(Form::LlvmIr).contains("define void @k"));
    assert!(text(Form::Assembly).contains("zmm"));
}

#[test]
fn threads_do_not_change_the_bytes() {
    let texts: Vec<String> = [ADD_ONE, SOFTMAX, MATMUL, "broken"].map(str::to_owned).into();
    let one = compile_all(&texts, &codegen("host"), Form::Object, 1, &|| {});
    let eight = compile_all(&texts, &codegen("host"), Form::Object, 8, &|| {});
    assert_eq!(one, eight);
    assert_eq!(one[3].as_ref().unwrap_err()[0].code, codes::PARSE);
}

#[test]
fn errors_have_codes_and_our_locations() {
    let text = "func.func @f(%a: vector<16xf32>) -> vector<16xf32> {\n %r = math.erf %a : vector<16xf32> loc(\"conv1\"(\"m.onnx\":7:3))\n return %r : vector<16xf32>\n}";
    let errors = compile(text, &codegen("host"), Form::Object).unwrap_err();
    let location = errors[0].location.clone().unwrap();
    assert_eq!(
        (location.name.as_deref(), location.file.as_deref(), location.line),
        (Some("conv1"), Some("m.onnx"), 7),
        "{errors:?}"
    );
    assert!(errors[0].message.contains("math.erf"), "{errors:?}");
    assert_eq!(compile("func.func @f() { ", &codegen("host"), Form::Object).unwrap_err()[0].code, codes::PARSE);
    assert_eq!(compile(ADD_ONE, &codegen("vulkan1.1"), Form::Object).unwrap_err()[0].code, codes::TARGET);
}

#[test]
fn a_fatal_error_is_contained() {
    // An intrinsic of another instruction set cannot be selected, which LLVM answers by ending the process.
    let text = "func.func @f(%a: vector<4xf32>) -> vector<4xf32> {\n %r = llvm.call_intrinsic \"llvm.aarch64.neon.frecpe.v4f32\"(%a) : (vector<4xf32>) -> vector<4xf32>\n return %r : vector<4xf32>\n}";
    let errors = compile(text, &codegen("x86-64-v3"), Form::Object).unwrap_err();
    assert_eq!(errors[0].code, codes::FATAL, "{errors:?}");
    assert!(compile(ADD_ONE, &codegen("host"), Form::Object).is_ok());
}

#[test]
fn symbols_come_from_the_process_or_are_named() {
    let text = "func.func private @nowhere(f32) -> f32\nfunc.func @f(%a: f32) -> f32 {\n %r = math.exp %a : f32\n return %r : f32\n}\nfunc.func @g(%a: f32) -> f32 {\n %r = func.call @nowhere(%a) : (f32) -> f32\n return %r : f32\n}";
    let object = compile(text, &codegen("host"), Form::Object).unwrap();
    let loaded = Loaded::new([object.as_slice()]).unwrap();
    let error = loaded.symbol("g").unwrap_err();
    assert_eq!(error[0].code, codes::LOAD);
    assert!(error[0].message.contains("nowhere") || error[0].message.contains('g'), "{error:?}");
    let object =
        compile(&text[text.find("func.func @f").unwrap()..text.find("func.func @g").unwrap()], &codegen("host"), Form::Object);
    let loaded = Loaded::new([object.unwrap().as_slice()]).unwrap();
    // SAFETY: the symbol was compiled from a function of this type.
    let f: extern "C" fn(f32) -> f32 = unsafe { std::mem::transmute(loaded.symbol("f").unwrap()) };
    assert!((f(1.0) - std::f32::consts::E).abs() < 1e-6);
}

#[test]
fn spirv_is_validated() {
    let target = Arc::new(Target::load("vulkan1.1").unwrap());
    let modules = spirv(EXP_SUMS, &target).unwrap();
    assert_eq!((modules[0].name.as_str(), modules[0].entry_points.as_slice()), ("m", ["k".to_owned()].as_slice()));
    assert!(capabilities(&modules[0].words).contains(&1));
    // MLIR converts a vector load from a scalar buffer into SPIR-V that is wrong; the validator says so.
    let wrong = EXP_SUMS.replace("%t = math.exp %v : f32", "%w = vector.load %x[%i] : memref<?xf32, #spirv.storage_class<StorageBuffer>>, vector<4xf32>\n %q = vector.extract %w[0] : f32 from vector<4xf32>\n %t = arith.addf %v, %q : f32");
    let error = spirv(&wrong, &target).unwrap_err();
    assert_eq!(error[0].code, codes::SPIRV_VAL, "{error:?}");
}

#[test]
fn objects_link_into_one() {
    let softmax = compile(SOFTMAX, &codegen("host"), Form::Object).unwrap();
    let matmul = compile(MATMUL, &codegen("host"), Form::Object).unwrap();
    let linked = link_objects(&[softmax.clone(), matmul.clone()]).unwrap();
    assert_eq!(linked, link_objects(&[softmax, matmul]).unwrap(), "same input, same bytes");
    let loaded = Loaded::new([linked.as_slice()]).unwrap();
    assert!(!loaded.symbol("softmax").unwrap().is_null() && !loaded.symbol("k").unwrap().is_null());
    assert_eq!(link_objects(&[vec![0; 4], vec![1; 4]]).unwrap_err()[0].code, codes::LINK);
}

#[test]
#[ignore = "prints speeds"]
fn speeds() {
    let n = 480usize;
    let loaded = load(MATMUL);
    let (mut a, mut b, mut c) = (vec![1.0f32; n * n], vec![1.0f32; n * n], vec![0.0f32; n * n]);
    let mut best = f64::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        call(&loaded, "k", &mut [&mut a, &mut b, &mut c], &[n as i64], 0..(n / 8) as i64);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("matmul {n}: {:.1} GFLOP/s", 2.0 * (n * n * n) as f64 / best * 1e-9);
    let loaded = load(SOFTMAX);
    let (rows, n) = (512usize, 1000usize);
    let (mut x, mut y) = (vec![0.5f32; rows * n], vec![0.0f32; rows * n]);
    let mut best = f64::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        call(&loaded, "softmax", &mut [&mut x, &mut y], &[n as i64], 0..rows as i64);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("softmax {rows}x{n}: {:.3} ms, {:.2} G elements/s", best * 1e3, (rows * n) as f64 / best * 1e-9);
    let target = Arc::new(Target::load("vulkan1.1").unwrap());
    let texts = vec![EXP_SUMS.to_owned(); 60];
    let start = Instant::now();
    assert!(spirv_all(&texts, &target, 2, &|| {}).iter().all(|d| d.is_ok()));
    println!("60 SPIR-V modules on 2 threads: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let texts: Vec<String> = (0..60).map(|i| [SOFTMAX, MATMUL, ADD_ONE][i % 3].to_owned()).collect();
    for (opt, threads) in [(2, 1), (2, 2), (3, 2)] {
        let codegen = Codegen { opt, ..codegen("host") };
        let start = Instant::now();
        let done = compile_all(&texts, &codegen, Form::Object, threads, &|| {});
        assert!(done.iter().all(|d| d.is_ok()));
        println!("60 kernels at O{opt} on {threads} threads: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    }
}

#[test]
fn what_a_description_rules_out_is_an_error() {
    let target = Arc::new(Target::load("vulkan1.1").unwrap());
    let bf16 = EXP_SUMS.replace("%y: memref<?xf32,", "%y: memref<?xbf16,");
    let error = spirv(&bf16, &target).unwrap_err();
    assert_eq!(error[0].code, codes::PARSE, "a store of f32 does not fit");
    let bf16 =
        EXP_SUMS.replace("%dims: memref<?xi32", "%z: memref<?xbf16, #spirv.storage_class<StorageBuffer>>, %dims: memref<?xi32");
    let error = spirv(&bf16, &target).unwrap_err();
    assert_eq!(error[0].code, codes::ELEMENT);
    assert!(error[0].message.contains("bf16") && error[0].location.is_some(), "{error:?}");
    let large = EXP_SUMS.replace("memref<?xf32", "memref<40000000xf32");
    assert_eq!(spirv(&large, &target).unwrap_err()[0].code, codes::LIMIT);
    let bf16 = "func.func @f() {\n %m = memref.alloca() : memref<4xbf16>\n return\n}";
    assert_eq!(compile(bf16, &codegen("riscv64"), Form::Object).unwrap_err()[0].code, codes::ELEMENT);
    assert!(compile(bf16, &codegen("x86-64-v4"), Form::Object).is_ok());
}
