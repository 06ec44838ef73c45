//! What a person, or a program, is told.

use super::Setting;
use super::execute::Ran;
use edge_import::tensor::Tensor;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Kernels compiled so far; shown on a terminal only.
pub struct Progress(ProgressBar);

impl Progress {
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("compiling {wide_bar} {pos}/{len} kernels");
        Progress(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }
    pub fn step(&self, total: usize) {
        self.0.set_length(total as u64);
        self.0.inc(1);
    }
    pub fn done(&self) {
        self.0.finish_and_clear();
    }
}

pub fn summary(s: &Setting<'_>, ran: &Ran) {
    if s.job.json {
        return json(ran);
    }
    for (name, tensor) in &ran.outputs {
        println!("{name}: {} = {}", tensor.type_text(), values(tensor));
    }
    println!("on {}", ran.devices.join(", "));
    print!("{} operations", ran.nn_ops);
    if ran.nests > 0 {
        print!(", {} nests after fusion", ran.nests);
    }
    if ran.kernels > 0 {
        print!(", {} kernels ({} distinct), arena {}", ran.kernels, ran.distinct_kernels, bytes(ran.arena_bytes));
    }
    println!();
    print!("compiled in {}, ran in {}", seconds(ran.compile_s), seconds(ran.run_s));
    match &ran.timing {
        Some(t) => println!("; median of {}: {}, least {}", t.runs, seconds(t.median_s), seconds(t.min_s)),
        None => println!(),
    }
}

fn json(ran: &Ran) {
    let (median, min) = ran.timing.as_ref().map_or((ran.run_s, ran.run_s), |t| (t.median_s, t.min_s));
    let object = serde_json::json!({
        "median_s": median,
        "min_s": min,
        "compile_s": ran.compile_s,
        "kernels": ran.kernels,
        "distinct_kernels": ran.distinct_kernels,
        "arena_bytes": ran.arena_bytes,
        "operations": ran.nn_ops,
        "nests": ran.nests,
    });
    println!("{object}");
}

/// The first elements.
fn values(tensor: &Tensor) -> String {
    let shown: Vec<String> = tensor.scalars().take(8).map(|v| v.to_string()).collect();
    let more = if tensor.len() > 8 { ", ..." } else { "" };
    format!("[{}{more}]", shown.join(", "))
}

fn seconds(s: f64) -> String {
    match s {
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", s * 1e3),
        s => format!("{:.1} us", s * 1e6),
    }
}

fn bytes(n: i64) -> String {
    match n {
        n if n >= 1 << 20 => format!("{:.1} MiB", n as f64 / (1 << 20) as f64),
        n if n >= 1 << 10 => format!("{:.1} KiB", n as f64 / 1024.0),
        n => format!("{n} bytes"),
    }
}
