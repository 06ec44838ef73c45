//! What `edge-run` does: load a model, run it on a target, compare, write, time.

mod cases;
mod execute;
mod load;
mod report;

use edge_dialect::Registry;
use edge_import::tensor::Tensor;
use edge_support::diag::render;
use edge_support::{Code, Diagnostic, Diagnostics, Reported, SourceMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

edge_support::codes! {
    /// An option names an input or output that the model does not have.
    UNKNOWN_NAME = "E1101";
    /// A tensor does not fit the input it is given for.
    WRONG_INPUT = "E1102";
    /// An output is not what was expected.
    WRONG_OUTPUT = "E1103";
    /// A folder holds no data to test with, or a data set lacks a file.
    NO_DATA = "E1104";
    /// A target or level is not known.
    UNKNOWN_TARGET = "E1105";
    /// Compiling or running failed below the IR; the message carries the code of the part that failed.
    FAILED = "E1106";
    /// The module has no function with a body.
    NO_FUNCTION = "E1107";
}

/// Where a model runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// The reference interpreter, at the level that the passes stop at.
    Interpreter,
    /// Devices by kind, the first one being that of operations without a place.
    Devices(Vec<String>),
}

/// A level of the IR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Nn,
    Loop,
    Device,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Job {
    pub model: PathBuf,
    pub on: On,
    pub stop_at: Option<Level>,
    pub inputs: Vec<(String, PathBuf)>,
    pub outputs: Vec<(String, PathBuf)>,
    pub expected: Vec<(String, PathBuf)>,
    pub shapes: Vec<(String, Vec<u64>)>,
    pub rtol: f64,
    pub atol: f64,
    pub threads: usize,
    pub bench: Option<usize>,
    pub json: bool,
    /// A folder of ONNX's test layout; the model is then the one in it.
    pub onnx_test: Option<PathBuf>,
    /// Where to keep the artifact.
    pub keep: Option<PathBuf>,
    pub dialects: Vec<PathBuf>,
    pub seed: u64,
}

/// Exit status where everything ran and agrees.
pub const OK: u8 = 0;
/// Exit status for everything else that goes wrong.
pub const WRONG: u8 = 1;
/// Exit status where the model holds what is not supported.
pub const UNSUPPORTED: u8 = 2;

/// Tensors by name, in the model's order.
pub type Named = Vec<(String, Tensor)>;

/// What a run stands on.
pub(crate) struct Setting<'a> {
    pub job: &'a Job,
    pub registry: Registry,
    pub sources: Arc<SourceMap>,
    pub diags: Diagnostics,
}

impl Setting<'_> {
    /// An error at a part of the job: an option, a file, an input.
    pub fn fail(&self, code: Code, place: impl Into<String>, message: impl Into<String>) -> Reported {
        self.diags.error(Diagnostic::error(code, message).in_place(place))
    }
    /// How errors name the model.
    pub fn model(&self) -> String {
        self.job.model.display().to_string()
    }
    /// An error of a part that has codes of its own.
    pub fn failed(&self, e: crate::Error) -> Reported {
        let mut d = Diagnostic::error(FAILED, e.message).in_place(self.model());
        d.notes.push(format!("reported as {}", e.code));
        self.diags.error(d)
    }
}

/// Runs a job, telling what happens on standard output and what goes wrong on standard error. Gives the exit status.
pub fn main(job: &Job) -> u8 {
    let (status, told) = attempt(job, std::io::IsTerminal::is_terminal(&std::io::stderr()));
    eprint!("{told}");
    status
}

/// Runs a job, telling what happens on standard output. Gives the exit status, and what went wrong as rendered diagnostics.
pub fn attempt(job: &Job, color: bool) -> (u8, String) {
    let sources = Registry::builtin().ok().and_then(|r| r.sources().first().cloned());
    let sources = Arc::new(sources.map_or_else(SourceMap::new, SourceMap::over));
    let diags = Diagnostics::new();
    let registry = match registry(job, &sources, &diags) {
        Ok(registry) => registry,
        Err(_) => return judged(&diags, &sources, color),
    };
    let s = Setting { job, registry, sources, diags };
    let agrees = match &job.onnx_test {
        Some(folder) => cases::run(&s, folder),
        None => single(&s),
    };
    match agrees {
        Ok(true) => (OK, String::new()),
        Ok(false) => (WRONG, judged(&s.diags, &s.sources, color).1),
        Err(_) => judged(&s.diags, &s.sources, color),
    }
}

fn registry(job: &Job, sources: &Arc<SourceMap>, diags: &Diagnostics) -> Result<Registry, Reported> {
    let builtin =
        Registry::builtin().map_err(|e| diags.error(Diagnostic::error(FAILED, e).in_place("the project's dialects")))?;
    let mut registry = builtin.clone();
    for path in &job.dialects {
        let text = edge_import::files::read_text(path, diags)?;
        registry = registry.with_dialect(sources, &path.display().to_string(), &text, diags)?;
    }
    edge_asm::examples::check_new(&builtin, &registry, diags)?;
    Ok(registry)
}

fn judged(diags: &Diagnostics, sources: &SourceMap, color: bool) -> (u8, String) {
    let list = diags.snapshot();
    let told = list.iter().map(|d| render(d, sources, color)).collect();
    let unsupported = list.iter().any(|d| edge_import::onnx::UNSUPPORTED.contains(&d.code));
    (if unsupported { UNSUPPORTED } else { WRONG }, told)
}

fn single(s: &Setting<'_>) -> Result<bool, Reported> {
    let job = s.job;
    let given: Named = read_all(s, &job.inputs)?;
    let expected: Named = read_all(s, &job.expected)?;
    let mut shapes = job.shapes.clone();
    for (name, tensor) in &given {
        if !shapes.iter().any(|(n, _)| n == name) {
            shapes.push((name.clone(), tensor.shape().iter().map(|d| *d as u64).collect()));
        }
    }
    let run = execute::run(s, &job.model, &shapes, &given)?;
    for (name, path) in &job.outputs {
        edge_import::tensor::write(path, name, find(s, &run.outputs, name)?, &s.diags)?;
    }
    let mut agrees = true;
    for (name, tensor) in &expected {
        agrees &= compare(s, name, find(s, &run.outputs, name)?, tensor);
    }
    report::summary(s, &run);
    Ok(agrees)
}

fn read_all(s: &Setting<'_>, files: &[(String, PathBuf)]) -> Result<Named, Reported> {
    files.iter().map(|(name, path)| Ok((name.clone(), edge_import::tensor::read(path, &s.diags)?))).collect()
}

fn find<'t>(s: &Setting<'_>, list: &'t Named, name: &str) -> Result<&'t Tensor, Reported> {
    let found = list.iter().find(|(n, _)| n == name).map(|(_, t)| t);
    found.ok_or_else(|| {
        let known: Vec<&str> = list.iter().map(|(n, _)| n.as_str()).collect();
        s.fail(UNKNOWN_NAME, s.model(), format!("no `{name}`; there is {}", known.join(", ")))
    })
}

/// Compares an output, telling how far it is off.
fn compare(s: &Setting<'_>, name: &str, got: &Tensor, expected: &Tensor) -> bool {
    let c = edge_import::tensor::compare(got, expected, s.job.rtol, s.job.atol);
    if let Some(why) = &c.mismatch {
        s.fail(WRONG_OUTPUT, s.model(), format!("output `{name}` is {why}"));
    } else if !c.passed {
        let worst = c.worst.map_or(String::new(), |at| format!(", the worst at element {at}"));
        let message = format!("output `{name}` differs in {} elements{worst}: largest error {:.3e}", c.wrong, c.max_abs);
        s.fail(WRONG_OUTPUT, s.model(), message);
    } else if !s.job.json {
        println!("output `{name}` agrees: largest error {:.3e} absolute, {:.3e} relative", c.max_abs, c.max_rel);
    }
    c.passed
}

/// The last part of a path, for messages.
pub(crate) fn short(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}
