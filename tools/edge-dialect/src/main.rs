//! Checks, documents and exports definitions of dialects.

use clap::{Args, Parser, Subcommand};
use edge_dialect::{Registry, export};
use edge_support::{Diagnostics, Reported, SourceMap};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Checks, documents and exports definitions of dialects.
#[derive(Parser)]
#[command(name = "edge-dialect", version)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Loads definitions, with their formats, types, rules, examples and rejects.
    Check {
        #[arg(required = true, value_name = "FILE.dialect")]
        files: Vec<String>,
    },
    /// The Markdown page of a dialect.
    Doc {
        /// A file, or the name of a dialect that the program has.
        #[arg(value_name = "FILE|NAME")]
        dialect: String,
    },
    /// A dialect for other tools.
    Export(Export),
}

#[derive(Args)]
#[group(required = true)]
struct Export {
    /// IRDL, which `mlir-opt --irdl-file=` loads; what is weaker there is listed on the standard error.
    #[arg(long, value_name = "FILE|NAME")]
    irdl: Option<String>,
    /// A TextMate grammar of IR text, as JSON, with the words of every dialect.
    #[arg(long)]
    textmate: bool,
    /// More dialects for the grammar.
    #[arg(value_name = "FILE.dialect")]
    files: Vec<String>,
}

/// What the program knows, and what is said about it.
struct Session {
    sources: Arc<SourceMap>,
    registry: Registry,
}

impl Session {
    /// Loads and checks a file, says what is wrong with it, and gives the name of its dialect; the name of one that is there stands for itself.
    fn load(&mut self, file: &str) -> Result<String, Reported> {
        if self.registry.dialect(file).is_some() {
            return Ok(file.to_owned());
        }
        // Each file has findings of its own: an error in one does not cut the checks of the next short.
        let diags = Diagnostics::new();
        let done = self.add(file, &diags);
        eprint!("{}", diags.render(&self.sources));
        done
    }

    fn add(&mut self, file: &str, diags: &Diagnostics) -> Result<String, Reported> {
        let text = edge_import::files::read_text(Path::new(file), diags)?;
        let before = self.registry.clone();
        let all = before.clone().with_dialect(&self.sources, file, &text, diags)?;
        edge_asm::examples::check_new(&before, &all, diags)?;
        let new = all.dialects().iter().find(|d| before.dialect(&d.name).is_none());
        let name = new.map_or_else(String::new, |d| d.name.clone());
        self.registry = all;
        Ok(name)
    }

    fn run(&mut self, what: &What) -> Result<(), Reported> {
        match what {
            What::Check { files } => {
                // One that is refused does not hide the next.
                files.iter().fold(Ok(()), |done, file| self.load(file).map(|_| ()).and(done))
            }
            What::Doc { dialect } => {
                let name = self.load(dialect)?;
                self.registry.dialect(&name).into_iter().for_each(|d| print!("{}", export::markdown(d)));
                Ok(())
            }
            What::Export(Export { irdl, textmate, files }) => {
                for file in files {
                    self.load(file)?;
                }
                if let Some(dialect) = irdl {
                    let name = self.load(dialect)?;
                    if let Some(exported) = self.registry.dialect(&name).map(|d| export::irdl(d)) {
                        print!("{}", exported.text);
                        exported.weakened.iter().for_each(|line| eprintln!("weaker: {line}"));
                    }
                }
                if *textmate {
                    print!("{}", export::textmate(&self.registry));
                }
                Ok(())
            }
        }
    }
}

fn main() -> ExitCode {
    let command = Command::parse();
    let registry = match Registry::builtin() {
        Ok(registry) => registry,
        Err(text) => {
            eprint!("{text}");
            return ExitCode::FAILURE;
        }
    };
    // A finding in a new dialect may point into one that is built in.
    let sources = registry.sources().first().map_or_else(SourceMap::new, |base| SourceMap::over(base.clone()));
    let mut session = Session { sources: Arc::new(sources), registry };
    if session.run(&command.what).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
