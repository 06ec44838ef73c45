//! Models to files of IR text: what `edge-translate --import-onnx` does.

use crate::{files, onnx, weights};
use edge_asm::{PrintOptions, write_module};
use edge_dialect::Registry;
use edge_support::{Diagnostic, Diagnostics, Reported};
use std::path::PathBuf;

edge_support::codes! {
    /// An option does not fit the others.
    BAD_OPTION = "E0761";
}

/// Where weights go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weights {
    /// In the text's section of resources.
    #[default]
    Inline,
    /// In a `.safetensors` file of the output's name, beside it.
    Beside,
}

/// A model, and how it is to be written.
#[derive(Clone, Debug, Default)]
pub struct Translation {
    pub model: PathBuf,
    /// `None`: standard output.
    pub output: Option<PathBuf>,
    pub options: onnx::Options,
    pub weights: Weights,
    pub print: PrintOptions,
}

/// Imports a model and writes it. Files appear whole or not at all.
///
/// # Errors
/// Diagnostics; where one has a code of [`onnx::UNSUPPORTED`], the model holds what is not supported.
pub fn translate(job: &Translation, registry: &Registry, diags: &Diagnostics) -> Result<(), Reported> {
    let model = onnx::load(&job.model, diags)?;
    let ctx = registry.context();
    let mut module = onnx::import(&model, &job.model, &ctx, registry, &job.options, diags)?;
    let mut print = job.print.clone();
    if job.weights == Weights::Beside {
        let Some(output) = &job.output else {
            return Err(diags.error(
                Diagnostic::error(BAD_OPTION, "weights beside the output need an output file").in_place("the command line"),
            ));
        };
        let path = output.with_extension("safetensors");
        weights::write(&ctx, &module, &path, diags)?;
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        module.op_mut().set_attr(&ctx, weights::WEIGHTS, Some(ctx.str_attr(name)));
        print.elide_resources = Some(0);
    }
    match &job.output {
        Some(path) => files::write_with(path, diags, |file| write_module(&ctx, &module, &print, file)),
        None => {
            let written = write_module(&ctx, &module, &print, &mut std::io::stdout().lock());
            written.map_err(|e| {
                diags.error(Diagnostic::error(files::CANNOT_WRITE, format!("cannot write to standard output: {e}")))
            })
        }
    }
}

/// Reads `NAME=1x3x48x192`; `NAME=` is a scalar.
///
/// # Errors
/// What is wrong with it.
pub fn parse_shape(text: &str) -> Result<(String, Vec<u64>), String> {
    let (name, sizes) = text.rsplit_once('=').ok_or_else(|| format!("`{text}` is not NAME=SIZExSIZEx..."))?;
    let size = |s: &str| s.parse::<u64>().map_err(|_| format!("`{s}` in `{text}` is no size"));
    let sizes = if sizes.is_empty() { vec![] } else { sizes.split('x').map(size).collect::<Result<_, _>>()? };
    Ok((name.to_string(), sizes))
}

#[cfg(test)]
mod tests {
    use super::parse_shape;

    #[test]
    fn shapes() {
        assert_eq!(parse_shape("x=1x3x48x192"), Ok(("x".to_string(), vec![1, 3, 48, 192])));
        assert_eq!(parse_shape("a=b="), Ok(("a=b".to_string(), vec![])));
        assert!(parse_shape("x").is_err() && parse_shape("x=1x-3").is_err() && parse_shape("x=1xx3").is_err());
    }
}
