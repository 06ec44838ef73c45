//! The reports of `--mlir-timing` and `--mlir-pass-statistics`.

use crate::pipeline::{Item, Pipeline};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// Lines of a pipeline: depth, name, and the number of the pass.
fn lines(pipeline: &Pipeline, depth: usize, id: &mut usize, out: &mut Vec<(usize, String, Option<usize>)>) {
    for item in &pipeline.items {
        match item {
            Item::Pass(p) => {
                out.push((depth, p.text(), Some(*id)));
                *id += 1;
            }
            Item::Nested(inner) => {
                out.push((depth, format!("'{}' Pipeline", inner.anchor), None));
                lines(inner, depth + 1, id, out);
            }
        }
    }
}

fn title(text: &str) -> String {
    let rule = format!("===-{}-===", "-".repeat(73));
    format!("{rule}\n{text:^79}\n{rule}\n")
}

/// Time of each pass, summed over threads, and of the whole.
pub(crate) fn times(pipeline: &Pipeline, times: &BTreeMap<usize, Duration>, total: Duration) -> String {
    let mut out = title("... Execution time report ...");
    let whole = total.as_secs_f64();
    let _ = writeln!(out, "  Total Execution Time: {whole:.4} seconds\n\n  ----Wall Time----  ----Name----");
    let mut rows = Vec::new();
    lines(pipeline, 0, &mut 0, &mut rows);
    for (depth, name, id) in rows {
        let indent = "  ".repeat(depth);
        match id {
            Some(id) => {
                let spent = times.get(&id).copied().unwrap_or_default().as_secs_f64();
                let share = if whole > 0.0 { 100.0 * spent / whole } else { 0.0 };
                let _ = writeln!(out, "  {spent:8.4} ({share:5.1}%)  {indent}{name}");
            }
            None => {
                let _ = writeln!(out, "  {:17}  {indent}{name}", "");
            }
        }
    }
    let _ = writeln!(out, "  {whole:8.4} (100.0%)  Total");
    out
}

/// What passes counted.
pub(crate) fn statistics(pipeline: &Pipeline, counts: &BTreeMap<(usize, &'static str), u64>) -> String {
    let mut out = title("... Pass statistics report ...");
    let mut rows = Vec::new();
    lines(pipeline, 0, &mut 0, &mut rows);
    for (depth, name, id) in rows {
        let indent = "  ".repeat(depth);
        let _ = writeln!(out, "{indent}{name}");
        for ((_, what), n) in counts.iter().filter(|((i, _), _)| Some(*i) == id) {
            let _ = writeln!(out, "{indent}  (S) {n:8} {what}");
        }
    }
    out
}
