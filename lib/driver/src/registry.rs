//! What a tool knows: dialects, passes, pipelines, and how a module leaves for other systems.

use edge_ir::{Context, Module};
use edge_pass::PassInfo;
use edge_support::{Diagnostics, Reported, SourceMap};

/// Hands a module over to another system, as `--emit` asks. The crate that links LLVM stands behind it; the driver does not know it.
pub trait Emitter: Sync {
    /// What can be emitted, as `--emit` spells it, with a line of documentation each.
    fn kinds(&self) -> &[(&'static str, &'static str)];
    /// The bytes of one kind. Text ends in a newline.
    fn emit(
        &self,
        ctx: &Context,
        sources: &SourceMap,
        diags: &Diagnostics,
        module: &Module,
        kind: &str,
    ) -> Result<Vec<u8>, Reported>;
}

/// See the module.
pub struct Registry {
    pub(crate) passes: edge_pass::Registry,
    /// Name and text.
    pub(crate) dialects: Vec<(String, String)>,
    pub(crate) builtin_dialects: bool,
    pub(crate) emitters: Vec<Box<dyn Emitter>>,
}

impl Registry {
    /// Everything of this project but the hand-over to LLVM.
    pub fn builtin() -> Self {
        Self { passes: edge_transforms::registry(), dialects: Vec::new(), builtin_dialects: true, emitters: Vec::new() }
    }
    /// No dialects and no passes.
    pub fn empty() -> Self {
        Self { passes: edge_pass::Registry::new(), dialects: Vec::new(), builtin_dialects: false, emitters: Vec::new() }
    }
    /// Adds passes; a name that is taken is an error when the tool starts.
    pub fn with(mut self, passes: &[PassInfo]) -> Self {
        self.passes = self.passes.with(passes);
        self
    }
    /// Adds a named pipeline.
    pub fn with_pipeline(mut self, name: &str, text: &str) -> Self {
        self.passes = self.passes.with_pipeline(name, text);
        self
    }
    /// Adds a dialect, the text of a `.dialect` file; `name` is for diagnostics.
    pub fn with_dialect(mut self, name: &str, text: &str) -> Self {
        self.dialects.push((format!("{name}.dialect"), text.to_owned()));
        self
    }
    pub fn with_emitter(mut self, emitter: Box<dyn Emitter>) -> Self {
        self.emitters.push(emitter);
        self
    }
    pub fn passes(&self) -> &edge_pass::Registry {
        &self.passes
    }
}
