//! Programs of every kind, made, saved, loaded and run.

use crate::{manifest::*, *};
use edge_emit::{Codegen, Form};
use edge_place::Target;
use std::{collections::BTreeMap, path::PathBuf, process::Command, sync::Arc};

const SOFTMAX_CPU: &str = include_str!("../../emit/tests/data/softmax.mlir");
const SOFTMAX_SPIRV: &str = include_str!("../tests/data/softmax_spirv.mlir");
const SCALE: &str = include_str!("../tests/data/scale_program.mlir");

fn object(text: &str) -> Vec<u8> {
    let codegen = Codegen { target: Arc::new(Target::load("host").unwrap()), opt: 2 };
    edge_emit::compile(text, &codegen, Form::Object).unwrap()
}

fn port(name: &str, shape: Vec<Expr>) -> Port {
    Port { name: name.into(), element: "f32".into(), shape }
}

fn manifest(name: &str, columns: i64) -> Manifest {
    let rows = Dim { name: "N".into(), input: 0, axis: 0, min: 1 };
    let shape = if columns == 0 { vec![Expr::dim(0)] } else { vec![Expr::dim(0), columns.into()] };
    Manifest {
        version: VERSION,
        name: name.into(),
        target: Target::load("host").unwrap().name,
        inputs: vec![port("x", shape.clone())],
        outputs: vec![port("y", shape)],
        dims: vec![rows],
        weights: WeightsInfo { hash: weights_hash(&[]), ..WeightsInfo::default() },
        arenas: Vec::new(),
        devices: vec![Device { name: "cpu0".into(), kind: Kind::Cpu, target: "host".into() }],
        kernels: Vec::new(),
        entry: false,
        steps: Vec::new(),
        object: Some(format!("{name}.o")),
    }
}

fn bytes_of_rows(columns: i64) -> Expr {
    Expr::Op(Box::new(Op::Mul(vec![Expr::dim(0), (4 * columns).into()])))
}

fn range(base: Base, columns: i64) -> BufferRef {
    BufferRef { base, offset: 0.into(), bytes: bytes_of_rows(columns) }
}

fn launch(kernel: usize, device: &str, from: Base, to: Base) -> Step {
    let buffers = vec![range(from, 64), range(to, 64)];
    Step::Launch(Launch { kernel, device: device.into(), buffers, dims: vec![64.into()], total: Expr::dim(0), grain: 1.into() })
}

fn copy(from: Base, to: Base) -> Step {
    Step::Copy(Copy { from: range(from, 64), to: range(to, 64) })
}

/// Softmax of rows on the host's kernel, on Vulkan's, or one after the other.
fn softmax(cpu: bool, vulkan: bool) -> Artifact {
    let mut m = manifest("softmax_program", 64);
    m.kernels.push(KernelInfo { name: "softmax".into(), kind: Kind::Cpu, file: None, workgroup: None });
    let mut spirv = BTreeMap::new();
    let space = |s: &str| Base::Arena(s.into());
    if vulkan {
        let target = Arc::new(Target::load("vulkan1.1").unwrap());
        let module = edge_emit::spirv(SOFTMAX_SPIRV, &target).unwrap().remove(0);
        spirv.insert("kernels/softmax.spv".to_owned(), module.words);
        m.devices.push(Device { name: "gpu0".into(), kind: Kind::Vulkan, target: "vulkan1.1".into() });
        m.kernels.push(KernelInfo {
            name: "softmax_rows".into(),
            kind: Kind::Vulkan,
            file: Some("kernels/softmax.spv".into()),
            workgroup: Some(64),
        });
        for name in ["device", "device2"] {
            m.arenas.push(Arena { space: name.into(), device: "gpu0".into(), bytes: bytes_of_rows(64) });
        }
    }
    m.arenas.push(Arena { space: "main".into(), device: "cpu0".into(), bytes: bytes_of_rows(64) });
    let mut at = Base::Input(0);
    if cpu {
        m.steps.push(launch(0, "cpu0", at, space("main")));
        at = space("main");
    }
    if vulkan {
        m.steps.extend([
            copy(at, space("device")),
            launch(1, "gpu0", space("device"), space("device2")),
            copy(space("device2"), Base::Output(0)),
        ]);
    } else {
        m.steps.push(copy(at, Base::Output(0)));
    }
    Artifact { manifest: m, object: Some(object(SOFTMAX_CPU)), spirv, weights: ::bytes::Bytes::new() }
}

fn floats(data: &[u8]) -> Vec<f32> {
    data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

fn raw(data: &[f32]) -> Vec<u8> {
    data.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn reference(x: &[f32]) -> Vec<f32> {
    let row = |row: &[f32]| -> Vec<f32> {
        let max = row.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = row.iter().map(|v| (v - max).exp()).sum();
        row.iter().map(|v| (v - max).exp() / sum).collect()
    };
    x.chunks_exact(64).flat_map(row).collect()
}

fn check_softmax(artifact: &Artifact, twice: bool) {
    let mut program = Program::new(artifact, &Options { threads: 2, vulkan_device: None }).unwrap();
    println!("devices: {:?}", program.vulkan_devices());
    for rows in [1usize, 3, 17, 200, 1] {
        let x: Vec<f32> = (0..rows * 64).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.2).collect();
        let data = raw(&x);
        let y = program.run(&[TensorRef { element: "f32", shape: &[rows, 64], data: &data }]).unwrap();
        assert_eq!(y[0].shape, [rows, 64]);
        let expected = if twice { reference(&reference(&x)) } else { reference(&x) };
        let worst = floats(y[0].data.as_ref()).iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-6, "{rows} rows: {worst}");
    }
}

#[test]
fn steps_on_the_host() {
    check_softmax(&softmax(true, false), false);
}

#[test]
fn steps_on_vulkan_without_compiling_again() {
    check_softmax(&softmax(false, true), false);
}

#[test]
fn steps_on_both() {
    check_softmax(&softmax(true, true), true);
}

fn scale() -> Artifact {
    let mut m = manifest("scale", 0);
    m.entry = true;
    let weights = Aligned::copy_of(&raw(&[2.0, 1.0]));
    let entries = vec![Weight { name: "w".into(), offset: 0, bytes: 8 }];
    m.weights = WeightsInfo { file: Some("scale.weights".into()), bytes: 8, hash: weights_hash(weights.as_ref()), entries };
    Artifact { manifest: m, object: Some(object(SCALE)), spirv: BTreeMap::new(), weights: ::bytes::Bytes::from_owner(weights) }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("edge-runtime-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_saved_program_runs_from_its_folder_and_from_c() {
    let folder = Folder::new("saved");
    scale().save(&folder.0).unwrap();
    let artifact = Artifact::load(&folder.0).unwrap();
    assert_eq!(artifact.manifest, scale().manifest);
    for threads in [1, 3] {
        let mut program = Program::new(&artifact, &Options { threads, vulkan_device: None }).unwrap();
        for n in [1usize, 100, 1000] {
            let x: Vec<f32> = (0..n).map(|i| i as f32).collect();
            let data = raw(&x);
            let y = program.run(&[TensorRef { element: "f32", shape: &[n], data: &data }]).unwrap();
            assert!(floats(y[0].data.as_ref()).iter().zip(&x).all(|(y, x)| *y == (x * 2.0 + 1.0) * 2.0 + 1.0));
        }
    }
    std::fs::write(folder.0.join("main.c"), include_str!("../tests/data/main.c")).unwrap();
    let run =
        |program: &str, arguments: &[&str]| Command::new(program).args(arguments).current_dir(&folder.0).output().unwrap();
    let compiled = run("cc", &["-std=c11", "-Wall", "-Werror", "main.c", "scale.o", "-lm", "-o", "main"]);
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let said = run("./main", &[]);
    assert_eq!(String::from_utf8_lossy(&said.stdout), "7 11 15\n");
}

#[test]
fn damage_is_noticed() {
    let folder = Folder::new("damage");
    scale().save(&folder.0).unwrap();
    std::fs::write(folder.0.join("scale.weights"), [0u8; 8]).unwrap();
    assert_eq!(Artifact::load(&folder.0).unwrap_err().code, codes::WEIGHTS);
    std::fs::write(folder.0.join(MANIFEST_FILE), "{").unwrap();
    assert_eq!(Artifact::load(&folder.0).unwrap_err().code, codes::MANIFEST);
    assert_eq!(Artifact::load(&folder.0.join("none")).unwrap_err().code, codes::FILE);
    let mut broken = scale();
    broken.manifest.object = Some("../evil".into());
    assert_eq!(broken.save(&folder.0).unwrap_err().code, codes::MANIFEST);
    broken.object = Some(vec![1, 2, 3]);
    assert_eq!(Program::new(&broken, &Options::default()).err().unwrap().code, codes::LOAD);
    let mut lost = softmax(true, false);
    lost.manifest.steps = vec![launch(7, "cpu0", Base::Input(0), Base::Output(0))];
    assert_eq!(lost.check().unwrap_err().code, codes::MANIFEST);
    lost.manifest.steps = vec![launch(0, "tpu", Base::Input(0), Base::Output(0))];
    assert!(lost.check().unwrap_err().message.contains("tpu"));
}

#[test]
fn inputs_are_checked() {
    let mut program = Program::new(&softmax(true, false), &Options::default()).unwrap();
    let data = raw(&[0.0; 128]);
    let tensor = |shape: &'static [usize]| TensorRef { element: "f32", shape, data: &data };
    assert_eq!(program.run(&[]).err().unwrap().code, codes::INPUT);
    let error = program.run(&[tensor(&[2, 63])]).err().unwrap();
    assert!(error.message.contains("f32[N, 64]") && error.code == codes::INPUT, "{error}");
    assert_eq!(program.run(&[tensor(&[1, 64])]).err().unwrap().code, codes::INPUT);
    assert_eq!(program.run(&[TensorRef { element: "i32", ..tensor(&[2, 64]) }]).err().unwrap().code, codes::INPUT);
    let mut shifted = vec![0u8];
    shifted.extend(&data);
    let unaligned = TensorRef { data: &shifted[1..], ..tensor(&[2, 64]) };
    assert!(program.run(&[unaligned]).is_ok());
}

#[test]
fn limits_of_the_device_are_errors() {
    assert_eq!(VulkanDevice::open(Some("no such device")).err().unwrap().code, codes::VULKAN_NONE);
    let mut device = VulkanDevice::open(None).unwrap();
    let buffer = device.buffer(1024).unwrap();
    assert_eq!(device.upload(&[0; 64], buffer, 1000).unwrap_err().code, codes::VULKAN_LIMIT);
    let target = Arc::new(Target::load("vulkan1.1").unwrap());
    let words = edge_emit::spirv(SOFTMAX_SPIRV, &target).unwrap().remove(0).words;
    let pipeline = device.pipeline(&words, "softmax_rows", 3, 64).unwrap();
    let at = |offset| Binding { buffer, offset, bytes: 256 };
    assert_eq!(device.dispatch(pipeline, &[at(4), at(512)], &[64], 1).unwrap_err().code, codes::VULKAN_LIMIT);
    assert_eq!(device.dispatch(pipeline, &[at(0), at(512)], &[1 << 40], 1).unwrap_err().code, codes::DIM);
    // A capability that no device has: `OpCapability 9999`.
    let mut odd = words.clone();
    odd.splice(5..5, [2 << 16 | 17, 9999]);
    assert_eq!(device.pipeline(&odd, "softmax_rows", 3, 64).unwrap_err().code, codes::VULKAN_FEATURE);
    let data: Vec<u8> = (0..40_000_000u32).map(|i| (i % 251) as u8).collect();
    let large = device.buffer(data.len()).unwrap();
    device.upload(&data, large, 0).unwrap();
    let mut back = vec![0; data.len()];
    device.download(large, 0, &mut back).unwrap();
    assert!(back == data);
}

#[test]
#[ignore = "prints speeds"]
fn speeds() {
    unsafe extern "C" fn nothing(_: *const *mut std::ffi::c_void, _: *const i64, _: i64, _: i64) {}
    for threads in [1, 2] {
        let pool = Pool::new(threads);
        let launches = || {
            for _ in 0..1000 {
                // SAFETY: the kernel touches nothing.
                unsafe { pool.launch(nothing, std::ptr::null(), std::ptr::null(), 64, 1) };
            }
            Ok::<_, ()>(())
        };
        let timing = time(20, launches).unwrap();
        println!("launch on {threads} threads: {:.2} us (least {:.2})", timing.median_s * 1e3, timing.min_s * 1e3);
    }
    let mut artifact = softmax(false, true);
    let launch = artifact.manifest.steps[1].clone();
    artifact.manifest.steps.splice(1..1, (0..89).map(|_| launch.clone()));
    let mut program = Program::new(&artifact, &Options::default()).unwrap();
    let data = raw(&[0.5; 64 * 64]);
    let run = || program.run(&[TensorRef { element: "f32", shape: &[64, 64], data: &data }]).map(|_| ());
    println!("90 dispatches on Vulkan: {:?}", time(20, run).unwrap());
    let rows = 100_000usize;
    let data = raw(&vec![0.5; rows * 64]);
    for threads in [1, 2] {
        let mut program = Program::new(&softmax(true, false), &Options { threads, vulkan_device: None }).unwrap();
        let run = || program.run(&[TensorRef { element: "f32", shape: &[rows, 64], data: &data }]).map(|_| ());
        println!("softmax of {rows} rows on {threads} threads: {:?}", time(20, run).unwrap());
    }
}
