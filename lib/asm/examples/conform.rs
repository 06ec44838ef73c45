//! Compares the text of this crate with what `mlir-opt` printed, over a folder of cases.
//!
//!     cargo run -p edge-asm --example conform -- DIR [--dialects DIR]… [--instead DIR] [--only D,D…] [--show N] [--list FILE] [--round-trip]
//!
//! A case is one of
//! * `X.mlir` beside `X.generic`: the custom form and the generic form of one module. Each is read, verified, and printed as the other.
//! * `X.mlir` beside `X.line`: text that is refused; the first line of `X.line` is the number of the line with the first error.
//! * `X.mlir` alone: generic form, which is printed again as it stands. With `--round-trip`, any text: it is printed in both forms, and each is
//!   read again to the same.
//!
//! `X.dialects` names the dialects that a case uses; `--only` takes the cases that use none but these. `--dialects` loads the definitions of a
//! folder that the program does not have, `--instead` those of a folder and none that the program has. `--list` writes the failed cases, one on a line with its reason.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_ir::{Context, Module};
use edge_support::{Diagnostic, Diagnostics, SourceMap};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

struct Args {
    dir: PathBuf,
    dialects: Vec<PathBuf>,
    instead: Option<PathBuf>,
    only: Option<Vec<String>>,
    show: usize,
    list: Option<PathBuf>,
    round_trip: bool,
}

fn args() -> Option<Args> {
    let mut args =
        Args { dir: PathBuf::new(), dialects: vec![], instead: None, only: None, show: 10, list: None, round_trip: false };
    let mut rest = std::env::args().skip(1);
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--dialects" => args.dialects.push(rest.next()?.into()),
            "--instead" => args.instead = Some(rest.next()?.into()),
            "--only" => args.only = Some(rest.next()?.split(',').map(str::to_string).collect()),
            "--show" => args.show = rest.next()?.parse().ok()?,
            "--round-trip" => args.round_trip = true,
            "--list" => args.list = Some(rest.next()?.into()),
            _ => args.dir = word.into(),
        }
    }
    args.dir.is_dir().then_some(args)
}

/// The project's definitions, and what those of the folders add to them.
fn registry(folders: &[PathBuf], instead: Option<&PathBuf>) -> Registry {
    let text = |p: PathBuf| (p.display().to_string(), std::fs::read_to_string(&p).unwrap_or_default());
    let loaded = match instead {
        Some(folder) => Registry::load(sorted(folder, "dialect").into_iter().map(text)),
        None => Registry::builtin(),
    };
    let registry = loaded.unwrap_or_else(|e| panic!("{e}"));
    let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
    let read = |path: PathBuf| sources.add(path.display().to_string(), std::fs::read_to_string(&path).unwrap_or_default());
    let files: Vec<_> = folders.iter().flat_map(|f| sorted(f, "dialect")).map(read).collect();
    registry.with_files(&sources, &files, &diags).unwrap_or_else(|_| panic!("{}", diags.render(&sources)))
}

fn sorted(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == extension)).collect();
    paths.sort();
    paths
}

/// Reads, verifies and prints; or the first error, with its line.
fn print(registry: &Registry, text: &str, form: &PrintOptions) -> Result<String, (u32, String)> {
    let ctx = if form.generic { registry.for_text(text).context() } else { registry.context() };
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("case", text);
    let first = |d: &Diagnostic| {
        let line = d.primary.as_ref().map_or(0, |l| sources.file(l.span.file).line_col(l.span.start).0);
        (line, format!("{} {}", d.code.0, d.message))
    };
    let done = catch_unwind(AssertUnwindSafe(|| {
        let mut module = parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true })
            .map_err(|_| diags.snapshot().first().map(first).unwrap_or_default())?;
        verify(&ctx, &sources, &mut module)?;
        Ok(print_module(&ctx, &module, form))
    }));
    done.unwrap_or_else(|_| Err((0, "panic".to_string())))
}

fn verify(ctx: &Context, sources: &SourceMap, module: &mut Module) -> Result<(), (u32, String)> {
    let root = module.root();
    let mut findings = edge_ir::verify::verify(ctx, &mut module.top, root);
    if findings.is_empty() {
        findings = edge_dialect::verify::verify_all(ctx, &module.top, root);
    }
    let line = |f: &edge_ir::verify::Finding| {
        ctx.span_of(f.loc, sources).map_or(0, |span| sources.file(span.file).line_col(span.start).0)
    };
    findings.first().map_or(Ok(()), |f| Err((line(f), format!("{} {}", f.code.0, f.message))))
}

/// What went wrong: the direction, and the reason, by which cases are grouped.
type Wrong = (&'static str, String);

fn expect(direction: &'static str, found: Result<String, (u32, String)>, wanted: &str) -> Option<Wrong> {
    match found {
        Ok(text) if text == wanted => None,
        Ok(text) => {
            let line = wanted.lines().zip(text.lines()).find(|(a, b)| a != b).unwrap_or(("<end>", "<end>"));
            let cut = |t: &str| t.trim().chars().take(230).collect::<String>();
            Some((direction, format!("printed otherwise\n      want {}\n      have {}", cut(line.0), cut(line.1))))
        }
        Err((line, message)) => Some((direction, format!("{}  (line {line})", message.replace('\n', " ")))),
    }
}

/// Both forms of a text are read to the same.
fn round_trip(registry: &Registry, text: &str) -> Option<Wrong> {
    let (generic, custom) = (PrintOptions::generic(), PrintOptions::default());
    let first = match print(registry, text, &generic) {
        Ok(first) => first,
        Err((line, message)) => return Some(("read", format!("{}  (line {line})", message.replace('\n', " ")))),
    };
    let printed = print(registry, text, &custom).unwrap_or_default();
    expect("generic again", print(registry, &first, &generic), &first)
        .or_else(|| expect("custom again", print(registry, &printed, &generic), &first))
        .or_else(|| expect("custom twice", print(registry, &first, &custom), &printed))
}

fn case(registry: &Registry, path: &Path, all: bool) -> Vec<Wrong> {
    let read = |p: &Path| std::fs::read_to_string(p).unwrap_or_default();
    let (text, generic, line) = (read(path), path.with_extension("generic"), path.with_extension("line"));
    if all {
        return round_trip(registry, &text).into_iter().collect();
    }
    if generic.exists() {
        let generic = read(&generic);
        let to_generic = expect("custom to generic", print(registry, &text, &PrintOptions::generic()), &generic);
        let to_custom = expect("generic to custom", print(registry, &generic, &PrintOptions::default()), &text);
        to_generic.into_iter().chain(to_custom).collect()
    } else if line.exists() {
        refused(registry, &text, &read(&line)).into_iter().collect()
    } else {
        let debuginfo = text.lines().any(|l| l.starts_with("}) : () -> () loc("));
        let form = PrintOptions { debuginfo, ..PrintOptions::generic() };
        expect("generic", print(registry, &text, &form), &text).into_iter().collect()
    }
}

fn refused(registry: &Registry, text: &str, expected: &str) -> Option<Wrong> {
    let mut about = expected.lines();
    let wanted: u32 = about.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let reason = about.next().unwrap_or_default();
    match print(registry, text, &PrintOptions::generic()) {
        Ok(_) => Some(("accepted", format!("line {wanted}: {reason}"))),
        Err((found, _)) if found == wanted => None,
        Err((found, message)) => Some(("another line", format!("{wanted}: {reason}\n      have {found}: {message}"))),
    }
}

fn main() {
    let Some(args) = args() else {
        eprintln!("usage: conform DIR [--dialects DIR]… [--instead DIR] [--only D,D…] [--show N] [--list FILE] [--round-trip]");
        std::process::exit(2);
    };
    let registry = registry(&args.dialects, args.instead.as_ref());
    let wanted = |path: &PathBuf| {
        let Some(only) = &args.only else { return true };
        let used = std::fs::read_to_string(path.with_extension("dialects")).unwrap_or_default();
        used.lines().next().unwrap_or_default().split_whitespace().all(|d| only.iter().any(|o| o == d))
    };
    let paths: Vec<PathBuf> = sorted(&args.dir, "mlir").into_iter().filter(wanted).collect();
    std::panic::set_hook(Box::new(|_| ()));
    let (next, results) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |n| n.get()) {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let wrong = case(&registry, path, args.round_trip);
                    results.lock().unwrap_or_else(|e| e.into_inner()).insert(path.clone(), wrong);
                }
            });
        }
    });
    report(&args, &results.into_inner().unwrap_or_else(|e| e.into_inner()));
}

const DIRECTIONS: [&str; 9] = [
    "custom to generic",
    "generic to custom",
    "generic",
    "accepted",
    "another line",
    "read",
    "generic again",
    "custom again",
    "custom twice",
];

fn report(args: &Args, results: &BTreeMap<PathBuf, Vec<Wrong>>) {
    let failed: Vec<_> = results.iter().filter(|(_, w)| !w.is_empty()).collect();
    let mut groups: BTreeMap<(&str, String), Vec<&PathBuf>> = BTreeMap::new();
    for (path, wrong) in &failed {
        for (direction, reason) in wrong.iter() {
            let kind = reason.split("  (line").next().unwrap_or(reason);
            groups.entry((direction, kind.to_string())).or_default().push(path);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
    for ((direction, reason), paths) in groups.iter().take(args.show) {
        println!("{:5} {direction}: {reason}\n      {}", paths.len(), paths[0].display());
    }
    if let Some(file) = &args.list {
        let one = |path: &Path, (d, r): &Wrong| format!("{}\t{d}\t{}\n", path.display(), r.replace('\n', " "));
        let text: String = failed.iter().flat_map(|(p, w)| w.iter().map(|w| one(p, w))).collect();
        if let Err(e) = std::fs::write(file, text) {
            eprintln!("{}: {e}", file.display());
        }
    }
    for direction in DIRECTIONS {
        let n = failed.iter().filter(|(_, w)| w.iter().any(|(d, _)| *d == direction)).count();
        if n > 0 {
            println!("{n} fail: {direction}");
        }
    }
    let (all, good) = (results.len(), results.len() - failed.len());
    println!("{good} of {all} right, {:.1} %", 100.0 * good as f64 / all.max(1) as f64);
}
