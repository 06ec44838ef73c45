//! Runs models: on the interpreter at any level, on the CPU, on Vulkan; compares, writes, times.

use clap::{Parser, ValueEnum};
use edge_compile::run::{Job, Level, On};
use edge_import::translate::parse_shape;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Clone, Copy, ValueEnum)]
enum Stop {
    Nn,
    Loop,
    Device,
}

/// Runs a model. Exit status: 0 where it ran and the outputs agree, 2 where the model holds what is not supported, 1 for all else.
#[derive(Parser)]
#[command(name = "edge-run", version)]
struct Args {
    /// The model: .onnx, or .mlir of the tensor level.
    #[arg(value_name = "MODEL", required_unless_present = "onnx_test")]
    model: Option<PathBuf>,
    /// interp, cpu, vulkan, or several devices: cpu,vulkan.
    #[arg(long, default_value = "cpu", value_delimiter = ',')]
    target: Vec<String>,
    /// The level that the interpreter executes.
    #[arg(long, value_enum)]
    stop_at: Option<Stop>,
    /// An input; those not given are random.
    #[arg(long, value_name = "NAME=FILE", value_parser = pair)]
    input: Vec<(String, PathBuf)>,
    /// Writes an output, as .npy or .pb.
    #[arg(long, value_name = "NAME=FILE", value_parser = pair)]
    output: Vec<(String, PathBuf)>,
    /// What an output must be.
    #[arg(long, value_name = "NAME=FILE", value_parser = pair)]
    expect: Vec<(String, PathBuf)>,
    /// Shape of an input whose sizes the model leaves open.
    #[arg(long, value_name = "NAME=1x3x48x192", value_parser = parse_shape)]
    input_shape: Vec<(String, Vec<u64>)>,
    /// Relative tolerance of comparisons.
    #[arg(long, default_value_t = 1e-3)]
    rtol: f64,
    /// Absolute tolerance of comparisons.
    #[arg(long, default_value_t = 1e-4)]
    atol: f64,
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Times so many runs after the first.
    #[arg(long, value_name = "N")]
    bench: Option<usize>,
    /// Ends with one JSON object instead of the summary.
    #[arg(long)]
    json: bool,
    /// A folder of ONNX's test layout.
    #[arg(long, value_name = "DIR", conflicts_with = "model")]
    onnx_test: Option<PathBuf>,
    /// Keeps the artifact: object, C header, SPIR-V, weights, manifest.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// More dialects.
    #[arg(long, value_name = "FILE")]
    dialect: Vec<PathBuf>,
    /// Seed of random inputs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn pair(text: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = text.rsplit_once('=').ok_or_else(|| format!("`{text}` is not NAME=FILE"))?;
    Ok((name.to_owned(), file.into()))
}

fn main() -> ExitCode {
    let args = Args::parse();
    let model = args.model.or_else(|| Some(args.onnx_test.as_ref()?.join("model.onnx"))).unwrap_or_default();
    let on = match args.target.as_slice() {
        [one] if one == "interp" => On::Interpreter,
        _ => On::Devices(args.target),
    };
    let job = Job {
        model,
        on,
        stop_at: args.stop_at.map(|s| match s {
            Stop::Nn => Level::Nn,
            Stop::Loop => Level::Loop,
            Stop::Device => Level::Device,
        }),
        inputs: args.input,
        outputs: args.output,
        expected: args.expect,
        shapes: args.input_shape,
        rtol: args.rtol,
        atol: args.atol,
        threads: args.threads.max(1),
        bench: args.bench,
        json: args.json,
        onnx_test: args.onnx_test,
        keep: args.keep,
        dialects: args.dialect,
        seed: args.seed,
    };
    ExitCode::from(edge_compile::run::main(&job))
}
