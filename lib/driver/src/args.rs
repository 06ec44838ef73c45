//! The command line of edge-opt, spelled as mlir-opt spells it: one dash or two, `--flag=value` or `--flag value`.

use crate::expected::Mode;
use crate::split::MARKER;
use edge_pass::IrPrinting;
use std::path::PathBuf;

/// One thing to run, in the order of the command line.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// `--pass-pipeline=TEXT`
    Text(String),
    /// `--pipeline=NAME`
    Named(String),
    /// `--PASS[=OPTIONS]`
    Pass(String, String),
}

#[derive(Clone, Debug, Default)]
pub struct Args {
    pub input: Option<String>,
    pub output: Option<String>,
    pub stages: Vec<Stage>,
    /// The pass that no more runs, with all after it.
    pub stop_before: Option<String>,
    pub dialects: Vec<PathBuf>,
    pub dialect_folders: Vec<PathBuf>,
    /// The marker between the parts of the input.
    pub split: Option<String>,
    pub output_marker: Option<String>,
    pub verify_diagnostics: Option<Mode>,
    pub allow_unregistered: bool,
    pub generic: bool,
    pub debuginfo: bool,
    pub elide_attrs: Option<usize>,
    pub elide_resources: Option<usize>,
    pub printing: IrPrinting,
    pub disable_threading: bool,
    pub timing: bool,
    pub statistics: bool,
    pub no_verify_each: bool,
    pub check_semantics: bool,
    pub seed: u64,
    pub reproducer: Option<PathBuf>,
    pub local_reproducer: bool,
    pub run_reproducer: bool,
    pub list_passes: bool,
    pub show_dialects: bool,
    pub emit: Option<String>,
    pub color: Option<bool>,
    pub help: bool,
    pub version: bool,
}

/// Sets a field from a flag's value.
type Set = fn(&mut Args, &str) -> Result<(), String>;

/// How a flag is given.
#[derive(Clone, Copy, PartialEq)]
pub enum Takes {
    /// Nothing, or `=true` and `=false`.
    Switch,
    Value(&'static str),
    /// Nothing, or `=VALUE`.
    Optional(&'static str),
}

pub struct Flag {
    pub name: &'static str,
    pub takes: Takes,
    pub doc: &'static str,
    set: Set,
}

macro_rules! switch {
    ($name:literal, $($field:ident).+, $doc:literal) => {
        Flag { name: $name, takes: Takes::Switch, doc: $doc, set: |a, v| { a.$($field).+ = truth(v)?; Ok(()) } }
    };
}
macro_rules! value {
    ($name:literal, $what:literal, $doc:literal, $set:expr) => {
        Flag { name: $name, takes: Takes::Value($what), doc: $doc, set: $set }
    };
}

fn truth(value: &str) -> Result<bool, String> {
    match value {
        "" | "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("expected true or false, found `{value}`")),
    }
}

fn number(value: &str) -> Result<u64, String> {
    value.parse().map_err(|_| format!("expected a number, found `{value}`"))
}

fn count(value: &str) -> Result<usize, String> {
    number(value).and_then(|n| usize::try_from(n).map_err(|e| e.to_string()))
}

fn names(value: &str) -> impl Iterator<Item = String> + '_ {
    value.split(',').filter(|n| !n.is_empty()).map(str::to_owned)
}

pub const FLAGS: &[Flag] = &[
    value!("o", "FILE", "Write to FILE instead of standard output; nothing is written on errors.", |a, v| {
        a.output = Some(v.to_owned());
        Ok(())
    }),
    value!("pass-pipeline", "TEXT", "Run a pipeline: `builtin.module(canonicalize,func.func(cse))`.", |a, v| {
        a.stages.push(Stage::Text(v.to_owned()));
        Ok(())
    }),
    value!("pipeline", "NAME", "Run a named pipeline.", |a, v| {
        a.stages.push(Stage::Named(v.to_owned()));
        Ok(())
    }),
    value!("stop-before", "PASS", "Leave out a pass of the pipeline and all that runs after it.", |a, v| {
        a.stop_before = Some(v.to_owned());
        Ok(())
    }),
    value!("dialect", "FILE", "Load a dialect definition; may be given several times.", |a, v| {
        a.dialects.push(v.into());
        Ok(())
    }),
    value!("dialect-path", "DIR", "Load the dialects of a folder that the input names; may be given several times.", |a, v| {
        a.dialect_folders.push(v.into());
        Ok(())
    }),
    value!("emit", "KIND", "What to write: mlir, or where the tool links LLVM, llvm-ir, asm, obj, spirv.", |a, v| {
        a.emit = Some(v.to_owned());
        Ok(())
    }),
    Flag {
        name: "split-input-file",
        takes: Takes::Optional("MARKER"),
        doc: "Process the parts of the input between markers, `// -----` if none is given, one by one.",
        set: |a, v| {
            a.split = Some(if v.is_empty() { MARKER } else { v }.to_owned());
            Ok(())
        },
    },
    value!("output-split-marker", "MARKER", "What the output has between the parts; `// -----` if it is not given.", |a, v| {
        a.output_marker = Some(v.to_owned());
        Ok(())
    }),
    Flag {
        name: "verify-diagnostics",
        takes: Takes::Optional("WHICH"),
        doc: "Compare diagnostics with `// expected-error {{…}}` comments: all, or only-expected.",
        set: |a, v| {
            a.verify_diagnostics = Some(match v {
                "" | "all" => Mode::All,
                "only-expected" => Mode::OnlyExpected,
                _ => return Err(format!("expected all or only-expected, found `{v}`")),
            });
            Ok(())
        },
    },
    switch!("allow-unregistered-dialect", allow_unregistered, "Accept operations of no known dialect."),
    switch!("mlir-print-op-generic", generic, "Print the generic form."),
    switch!("mlir-print-debuginfo", debuginfo, "Print locations."),
    value!("mlir-elide-elementsattrs-if-larger", "N", "Leave out dense attributes with more than N elements.", |a, v| {
        a.elide_attrs = Some(count(v)?);
        Ok(())
    }),
    value!("mlir-elide-resource-strings-if-larger", "N", "Leave out resources whose text is longer than N.", |a, v| {
        a.elide_resources = Some(count(v)?);
        Ok(())
    }),
    switch!("mlir-print-ir-before-all", printing.before_all, "Print the IR before each pass."),
    switch!("mlir-print-ir-after-all", printing.after_all, "Print the IR after each pass."),
    switch!("mlir-print-ir-after-change", printing.after_change, "Print the IR after each pass that changed it."),
    switch!("mlir-print-ir-after-failure", printing.after_failure, "Print the IR after a pass that failed."),
    switch!("mlir-print-ir-module-scope", printing.module_scope, "Print the whole module each time."),
    value!("mlir-print-ir-before", "PASS,…", "Print the IR before these passes.", |a, v| {
        a.printing.before.extend(names(v));
        Ok(())
    }),
    value!("mlir-print-ir-after", "PASS,…", "Print the IR after these passes.", |a, v| {
        a.printing.after.extend(names(v));
        Ok(())
    }),
    switch!("mlir-disable-threading", disable_threading, "Work on one thread."),
    switch!("mlir-timing", timing, "Print the time of each pass."),
    switch!("mlir-pass-statistics", statistics, "Print what passes counted."),
    Flag {
        name: "verify-each",
        takes: Takes::Switch,
        doc: "Verify the IR after each pass (the default).",
        set: |a, v| {
            a.no_verify_each = !truth(v)?;
            Ok(())
        },
    },
    switch!(
        "check-semantics",
        check_semantics,
        "Run the program on seeded inputs before and after each pass; name the first that changes a result."
    ),
    value!("check-seed", "N", "The seed of --check-semantics.", |a, v| {
        a.seed = number(v)?;
        Ok(())
    }),
    value!("mlir-pass-pipeline-crash-reproducer", "FILE", "Write the IR and the pipeline that fail to FILE.", |a, v| {
        a.reproducer = Some(v.into());
        Ok(())
    }),
    switch!("mlir-pass-pipeline-local-reproducer", local_reproducer, "Reproduce the failing pass alone."),
    switch!("run-reproducer", run_reproducer, "Run the pipeline that a reproducer holds."),
    switch!("list-passes", list_passes, "List passes and pipelines with their options."),
    switch!("show-dialects", show_dialects, "List dialects."),
    value!("color", "WHEN", "Colour diagnostics: auto, always, never.", |a, v| {
        a.color = match v {
            "auto" => None,
            "always" => Some(true),
            "never" => Some(false),
            _ => return Err(format!("expected auto, always or never, found `{v}`")),
        };
        Ok(())
    }),
    switch!("help", help, "Show this."),
    switch!("version", version, "Show the version."),
];

/// Reads the arguments after the program's name. `is_pass` says which names are passes or named pipelines.
///
/// # Errors
/// What is wrong with which argument.
pub fn parse(args: &[String], is_pass: impl Fn(&str) -> bool) -> Result<Args, String> {
    let mut out = Args::default();
    let mut rest = args.iter();
    let mut only_files = false;
    while let Some(arg) = rest.next() {
        if only_files || arg == "-" || !arg.starts_with('-') {
            if let Some(first) = &out.input {
                return Err(format!("two inputs, `{first}` and `{arg}`"));
            }
            out.input = Some(arg.clone());
            continue;
        }
        if arg == "--" {
            only_files = true;
            continue;
        }
        let text = arg.strip_prefix("--").or(arg.strip_prefix('-')).unwrap_or(arg);
        let (name, value) = text.split_once('=').map_or((text, None), |(n, v)| (n, Some(v)));
        let name = if name == "h" { "help" } else { name };
        match FLAGS.iter().find(|f| f.name == name) {
            Some(flag) => {
                let value = match (flag.takes, value) {
                    (_, Some(value)) => value,
                    (Takes::Switch | Takes::Optional(_), None) => "",
                    (Takes::Value(what), None) => rest.next().ok_or(format!("`{arg}` needs a value: {what}"))?,
                };
                (flag.set)(&mut out, value).map_err(|e| format!("`--{name}`: {e}"))?;
            }
            None if is_pass(name) => out.stages.push(Stage::Pass(name.to_owned(), unbraced(value.unwrap_or("")))),
            None => return Err(format!("unknown argument `{arg}`; see --help and --list-passes")),
        }
    }
    Ok(out)
}

/// Options may be given in braces too, as a pipeline has them.
fn unbraced(options: &str) -> String {
    options.strip_prefix('{').and_then(|o| o.strip_suffix('}')).unwrap_or(options).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Args, String> {
        parse(&args.iter().map(|a| a.to_string()).collect::<Vec<_>>(), |n| ["cse", "tile"].contains(&n))
    }

    #[test]
    fn stages_keep_their_order() {
        let args = read(&["a.mlir", "--cse", "--pipeline=cpu", "-tile={n=4 m=2}", "--cse", "-o", "b.mlir"]).unwrap();
        let pass = |n: &str, o: &str| Stage::Pass(n.into(), o.into());
        assert_eq!(args.stages, [pass("cse", ""), Stage::Named("cpu".into()), pass("tile", "n=4 m=2"), pass("cse", "")]);
        assert_eq!((args.input.as_deref(), args.output.as_deref()), (Some("a.mlir"), Some("b.mlir")));
    }

    #[test]
    fn mistakes_are_named() {
        for (args, message) in [
            (&["--cze"][..], "unknown argument `--cze`"),
            (&["a", "b"], "two inputs, `a` and `b`"),
            (&["-o"], "`-o` needs a value: FILE"),
            (&["--mlir-timing=yes"], "`--mlir-timing`: expected true or false"),
            (&["--check-seed=x"], "expected a number"),
        ] {
            let error = read(args).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
