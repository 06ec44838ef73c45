//! Folders of ONNX's test layout: `model.onnx`, `test_data_set_*/input_*.pb`, `output_*.pb`.

use super::{NO_DATA, Named, Setting, compare, execute, report, short};
use edge_import::tensor::{Tensor, from_pb};
use edge_support::Reported;
use std::path::{Path, PathBuf};

/// Runs every data set of a folder; gives whether all agree.
pub fn run(s: &Setting<'_>, folder: &Path) -> Result<bool, Reported> {
    let model = folder.join("model.onnx");
    let sets = sorted(s, folder, "test_data_set_")?;
    if sets.is_empty() {
        return Err(s.fail(NO_DATA, folder.display().to_string(), "no test_data_set_*"));
    }
    let mut agrees = true;
    for set in sets {
        agrees &= one(s, &model, &set)?;
    }
    println!("{} {}", if agrees { "PASS" } else { "FAIL" }, short(folder));
    Ok(agrees)
}

fn one(s: &Setting<'_>, model: &Path, set: &Path) -> Result<bool, Reported> {
    let names = port_names(s, model)?;
    let inputs = tensors(s, set, "input_", &names.0)?;
    let expected = tensors(s, set, "output_", &names.1)?;
    if expected.is_empty() {
        return Err(s.fail(NO_DATA, set.display().to_string(), "no output_*.pb"));
    }
    let shapes: Vec<(String, Vec<u64>)> =
        inputs.iter().map(|(n, t)| (n.clone(), t.shape().iter().map(|d| *d as u64).collect())).collect();
    let ran = execute::run(s, model, &shapes, &inputs)?;
    let mut agrees = true;
    for (name, tensor) in &expected {
        agrees &= compare(s, name, super::find(s, &ran.outputs, name)?, tensor);
    }
    if ran.outputs.len() != expected.len() {
        let message =
            format!("{}: {} outputs are expected, the model has {}", set.display(), expected.len(), ran.outputs.len());
        return Err(s.fail(NO_DATA, s.model(), message));
    }
    report::summary(s, &ran);
    Ok(agrees)
}

/// Names of the graph's inputs (weights left out) and outputs.
fn port_names(s: &Setting<'_>, model: &Path) -> Result<(Vec<String>, Vec<String>), Reported> {
    let proto = edge_import::onnx::load(model, &s.diags)?;
    let Some(graph) = &proto.graph else { return Ok((vec![], vec![])) };
    let names = |list: &[edge_import::onnx::proto::ValueInfoProto]| -> Vec<String> {
        list.iter().map(|v| v.name.clone().unwrap_or_default()).collect()
    };
    let constant = |n: &String| graph.initializer.iter().any(|t| t.name.as_ref() == Some(n));
    Ok((names(&graph.input).into_iter().filter(|n| !constant(n)).collect(), names(&graph.output)))
}

fn sorted(s: &Setting<'_>, folder: &Path, start: &str) -> Result<Vec<PathBuf>, Reported> {
    let entries =
        std::fs::read_dir(folder).map_err(|e| s.fail(NO_DATA, folder.display().to_string(), format!("cannot read: {e}")))?;
    let mut found: Vec<PathBuf> =
        entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| short(p).starts_with(start)).collect();
    let number = |p: &PathBuf| {
        let digits: String = short(p)[start.len()..].chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or(u64::MAX)
    };
    found.sort_by_key(|p| (number(p), p.clone()));
    Ok(found)
}

/// Tensors of a data set; the n-th file is the n-th name's.
fn tensors(s: &Setting<'_>, set: &Path, start: &str, names: &[String]) -> Result<Named, Reported> {
    let mut list = Named::new();
    for (n, path) in sorted(s, set, start)?.iter().enumerate() {
        let (_, tensor): (String, Tensor) = from_pb(edge_import::files::map(path, &s.diags)?, path, &s.diags)?;
        let missing = || s.fail(NO_DATA, path.display().to_string(), "the model has no such input or output");
        list.push((names.get(n).cloned().ok_or_else(missing)?, tensor));
    }
    Ok(list)
}
