//! Translates between model formats and IR text.

use clap::{Parser, ValueEnum};
use edge_asm::PrintOptions;
use edge_dialect::Registry;
use edge_import::onnx::{Options, UNSUPPORTED};
use edge_import::translate::{Translation, Weights, parse_shape, translate};
use edge_ods::Source;
use edge_support::{Diagnostics, Reported, SourceMap};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Clone, Copy, ValueEnum)]
enum WeightsPlace {
    /// In the text, as resources.
    Inline,
    /// In a .safetensors file beside the output.
    Beside,
}

/// Translates between model formats and IR text.
#[derive(Parser)]
#[command(name = "edge-translate", version)]
struct Args {
    /// The ONNX model to import.
    #[arg(long, value_name = "MODEL.onnx", required_unless_present = "import_ods")]
    import_onnx: Option<PathBuf>,
    /// Definitions to import: a .td file, a dump of records as JSON, a folder, or `all` for MLIR's own; several dialects are
    /// written into the folder that -o names.
    #[arg(long, value_name = "FILE.td", conflicts_with = "import_onnx")]
    import_ods: Option<String>,
    /// With --import-ods: where included files are.
    #[arg(short = 'I', value_name = "DIR")]
    include: Vec<PathBuf>,
    /// With --import-ods: the one dialect that is wanted.
    #[arg(long, value_name = "NAME")]
    dialect_name: Option<String>,
    /// With --import-ods: a file for the report of what has no custom form.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The file to write; `-` is standard output.
    #[arg(short, default_value = "-", value_name = "FILE")]
    output: PathBuf,
    /// Shape of an input whose sizes the model leaves open; may be repeated.
    #[arg(long, value_name = "NAME=1x3x48x192", value_parser = parse_shape)]
    input_shape: Vec<(String, Vec<u64>)>,
    /// Where the weights go.
    #[arg(long, value_enum, default_value = "inline")]
    weights: WeightsPlace,
    /// More dialects, with their operator mappings.
    #[arg(long, value_name = "FILE.dialect")]
    dialect: Vec<PathBuf>,
    #[arg(long)]
    mlir_print_op_generic: bool,
    /// Print locations: the names of the model's nodes.
    #[arg(long)]
    mlir_print_debuginfo: bool,
    /// Leave out the elements of dense attributes with more of them.
    #[arg(long, value_name = "N")]
    mlir_elide_elementsattrs_if_larger: Option<usize>,
    /// Leave out resources whose text is longer.
    #[arg(long, value_name = "N")]
    mlir_elide_resource_strings_if_larger: Option<usize>,
}

impl Args {
    fn job(&self, model: &Path) -> Translation {
        Translation {
            model: model.to_owned(),
            output: Some(self.output.clone()).filter(|o| o.as_os_str() != "-"),
            options: Options { shapes: self.input_shape.clone(), values: vec![] },
            weights: match self.weights {
                WeightsPlace::Inline => Weights::Inline,
                WeightsPlace::Beside => Weights::Beside,
            },
            print: PrintOptions {
                generic: self.mlir_print_op_generic,
                debuginfo: self.mlir_print_debuginfo,
                elide_elements: self.mlir_elide_elementsattrs_if_larger,
                elide_resources: self.mlir_elide_resource_strings_if_larger,
            },
        }
    }
}

/// 0: written. 2: the model holds what is not supported. 1: all else.
fn main() -> ExitCode {
    let args = Args::parse();
    let (sources, diags) = (std::sync::Arc::new(SourceMap::new()), Diagnostics::new());
    if let Some(source) = &args.import_ods {
        let done = import_ods(&args, source, &diags);
        eprint!("{}", diags.render(&sources));
        return if done.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let model = args.import_onnx.clone().unwrap_or_default();
    let registry = match Registry::builtin() {
        Ok(registry) => registry,
        Err(text) => {
            eprint!("{text}");
            return ExitCode::FAILURE;
        }
    };
    let registry = args.dialect.iter().try_fold(registry, |registry, path| {
        let text = edge_import::files::read_text(path, &diags)?;
        registry.with_dialect(&sources, &path.display().to_string(), &text, &diags)
    });
    let done = registry.and_then(|registry| translate(&args.job(&model), &registry, &diags));
    eprint!("{}", diags.render(&sources));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if diags.snapshot().iter().any(|d| UNSUPPORTED.contains(&d.code)) => ExitCode::from(2),
        Err(_) => ExitCode::FAILURE,
    }
}

/// Writes the one dialect to the file, or each into the folder, that `-o` names; what it comes to goes to the report, else to standard
/// error.
fn import_ods(args: &Args, source: &str, diags: &Diagnostics) -> Result<(), Reported> {
    let source = Source::of(source, args.include.clone());
    let (dialects, report) = edge_ods::import(&source, args.dialect_name.as_deref(), diags)?;
    match &dialects[..] {
        [one] if !args.output.is_dir() => edge_ods::write(&args.output, &one.text(), diags)?,
        several => {
            edge_ods::make_folder(&args.output, diags)?;
            for dialect in several {
                edge_ods::write(&args.output.join(format!("{}.dialect", dialect.name)), &dialect.text(), diags)?;
            }
        }
    }
    let text = report.to_string();
    match &args.report {
        Some(file) => edge_ods::write(file, &text, diags),
        None => {
            eprint!("{text}");
            Ok(())
        }
    }
}
