//! A driver for the fuzz targets without libFuzzer: mutates seeds for so many seconds, or runs single inputs.
//!
//!     cargo run --manifest-path test/fuzz/Cargo.toml --bin mutate -- TARGET SECONDS [SEED-FILE-OR-FOLDER]…
//!
//! A panic, a run of more than ten seconds, or more memory than 64 MB and 50 times the input above what the program has at the start,
//! is a finding: its input is written to the working directory as `finding-TARGET-PROCESS-N`. The input of the present run is in
//! `finding-TARGET-PROCESS-now`, for a run that ends the process or never ends. Besides the seeds that are given each target has its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Of longer seeds only a part is taken.
const LONGEST: usize = 6000;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) as usize % n.max(1)
    }
}

fn files(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut inside: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).collect();
        inside.sort();
        inside.iter().for_each(|p| files(p, out));
    } else {
        out.push(path.to_owned());
    }
}

/// Some changes at random places: bytes, pieces moved or repeated, pieces of other seeds.
fn mutate(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = if seeds.is_empty() { vec![] } else { seeds[random.below(seeds.len())].clone() };
    if bytes.len() > LONGEST {
        let start = random.below(bytes.len() - LONGEST);
        bytes = bytes[start..start + LONGEST].to_vec();
    }
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len() + 1);
        let len = random.below(24).min(bytes.len() - at);
        match random.below(7) {
            0 if at < bytes.len() => bytes[at] = random.below(256) as u8,
            1 => drop(bytes.drain(at..at + len)),
            2 => {
                let piece = bytes[at..at + len].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            3 if !seeds.is_empty() => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len() + 1);
                let piece = other[from..(from + random.below(80)).min(other.len())].to_vec();
                bytes.splice(at..at + len, piece);
            }
            4 => {
                let piece = bytes[at..at + len].repeat(random.below(40));
                bytes.splice(at..at, piece);
            }
            5 => bytes.insert(at, b"<>()[]{}\"#!%@^:=,-x0123456789 \n/"[random.below(31)]),
            _ => bytes.insert(at, random.below(256) as u8),
        }
    }
    bytes
}

/// Peak of the resident memory in bytes, where the system says.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0) * 1024
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let target = args.get(1).and_then(|name| edge_fuzz::target(name));
    let (Some(target), Some(seconds)) = (target, args.get(2).and_then(|s| s.parse::<u64>().ok())) else {
        eprintln!("usage: mutate text|definition|onnx|program SECONDS [SEED]…");
        std::process::exit(2);
    };
    let mut paths = vec![];
    args[3..].iter().for_each(|p| files(Path::new(p), &mut paths));
    let mut seeds: Vec<Vec<u8>> = paths.iter().filter_map(|p| std::fs::read(p).ok()).collect();
    seeds.extend(edge_fuzz::seeds(&args[1]));
    let now = format!("finding-{}-{}-now", args[1], std::process::id());
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ std::process::id() as u64);
    target(b"");
    let (start, first) = (Instant::now(), peak());
    let (mut runs, mut findings, mut known) = (0u64, 0, std::collections::HashSet::new());
    while start.elapsed() < Duration::from_secs(seconds) && findings < 20 {
        // The seeds themselves come first.
        let input = seeds.get(runs as usize).cloned().unwrap_or_else(|| mutate(&seeds, &mut random));
        let _ = std::fs::write(&now, &input);
        let (before, begun) = (peak(), Instant::now());
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| ()));
        let result = catch_unwind(AssertUnwindSafe(|| target(&input)));
        std::panic::set_hook(told);
        runs += 1;
        let took = begun.elapsed();
        // What the system says is not exact, and may become less.
        let grown = peak().saturating_sub(before);
        let why = match result {
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                text.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string())).unwrap_or_else(|| "a panic".into())
            }
            Ok(()) if took > Duration::from_secs(10) => format!("{took:?}"),
            Ok(()) if grown > (64 << 20) + 50 * input.len() => format!("{grown} bytes of memory"),
            Ok(()) => continue,
        };
        let kind: String = why.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
        if known.insert(kind) {
            findings += 1;
            let name = format!("finding-{}-{}-{findings}", args[1], std::process::id());
            let _ = std::fs::write(&name, &input);
            println!("{name}: {}", why.chars().take(1500).collect::<String>());
        }
    }
    let _ = std::fs::remove_file(now);
    println!(
        "{}: {runs} runs of {} seeds, {findings} findings, peak {} MB ({} MB at the start)",
        args[1],
        seeds.len(),
        peak() >> 20,
        first >> 20
    );
    std::process::exit((findings > 0) as i32);
}
