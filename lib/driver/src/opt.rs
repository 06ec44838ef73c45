//! edge-opt: reads, runs, writes.

mod direct;

use crate::args::{Args, Stage, parse};
use crate::registry::Registry;
use crate::{expected, help, split, text};
use edge_asm::PrintOptions;
use edge_ir::{Context, Module};
use edge_pass::manager::Checker;
use edge_pass::pipeline::{Pipeline, Reader};
use edge_pass::semantics::Semantics;
use edge_pass::{Config, Manager};
use edge_support::{Code, Diagnostic, Diagnostics, Reported, Severity, SourceMap, Span, diag};
use std::io::{IsTerminal, Read, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

edge_support::codes! {
    /// A flag is unknown or its value does not fit.
    BAD_ARGUMENT = "E0801";
    /// A file cannot be read.
    CANNOT_READ = "E0802";
    /// A file cannot be written.
    CANNOT_WRITE = "E0803";
    /// The input is no UTF-8 text.
    NOT_TEXT = "E0804";
    /// There is nothing that emits what `--emit` asks for.
    CANNOT_EMIT = "E0805";
    /// The file is no reproducer.
    NO_REPRODUCER = "E0806";
    /// Something looks like the marker that splits a file, and is not.
    NEAR_MARKER = "W0810";
}

/// Where a tool reads and writes.
pub struct Io<'a> {
    pub input: &'a mut dyn Read,
    pub output: &'a mut dyn Write,
    pub errors: &'a mut (dyn Write + Send),
    /// Whether diagnostics are coloured.
    pub color: bool,
}

/// The whole of a tool like edge-opt: the process's arguments, standard streams and exit status.
pub fn edge_opt_main(registry: Registry) -> ExitCode {
    let args: Vec<String> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (mut input, mut output, mut errors) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let io = Io { input: &mut input, output: &mut output, errors: &mut errors, color };
    ExitCode::from(edge_opt(registry, &args, io))
}

/// [`edge_opt_main`] with arguments (the program's name first) and streams given. Gives the exit status.
pub fn edge_opt(registry: Registry, args: &[String], io: Io<'_>) -> u8 {
    let program = args.first().map_or("edge-opt", |p| p.rsplit('/').next().unwrap_or(p));
    let known = |name: &str| registry.passes.pass(name).is_some() || registry.passes.pipeline(name).is_some();
    let args = match parse(args.get(1..).unwrap_or(&[]), known) {
        Ok(args) => args,
        Err(message) => {
            let d = Diagnostic::error(BAD_ARGUMENT, message).in_place("the command line");
            let _ = io.errors.write_all(diag::render(&d, &SourceMap::new(), io.color).as_bytes());
            return 1;
        }
    };
    let color = args.color.unwrap_or(io.color);
    let mut tool = Tool {
        registry,
        args,
        sources: Arc::new(SourceMap::new()),
        diags: Diagnostics::new(),
        errors: Mutex::new(io.errors),
        color,
    };
    let result = tool.run(program, io.input, io.output);
    tool.flush();
    u8::from(result.is_err())
}

struct Tool<'a> {
    registry: Registry,
    args: Args,
    sources: Arc<SourceMap>,
    diags: Diagnostics,
    errors: Mutex<&'a mut (dyn Write + Send)>,
    color: bool,
}

impl Tool<'_> {
    fn error(&self, code: Code, place: &str, message: String) -> Reported {
        self.diags.error(Diagnostic::error(code, message).in_place(place))
    }
    fn say(&self, text: &str) {
        let _ = self.errors.lock().unwrap_or_else(|e| e.into_inner()).write_all(text.as_bytes());
    }
    /// Shows the diagnostics given so far.
    fn flush(&self) {
        for d in self.diags.take() {
            self.say(&diag::render(&d, &self.sources, self.color));
        }
    }
    fn run(&mut self, program: &str, input: &mut dyn Read, output: &mut dyn Write) -> Result<(), Reported> {
        if self.args.help || self.args.version {
            let version = format!("{program} {}\n", env!("CARGO_PKG_VERSION"));
            let text = if self.args.help { help::help(program) } else { version };
            return self.write(text.as_bytes(), output);
        }
        self.registry.passes.check(&self.diags)?;
        let dialects = self.dialects()?;
        if self.args.list_passes || self.args.show_dialects {
            let passes = if self.args.list_passes { help::passes(&self.registry.passes) } else { String::new() };
            let list = if self.args.show_dialects { help::dialects(&dialects) } else { String::new() };
            return self.write((passes + &list).as_bytes(), output);
        }
        self.kind_exists()?;
        if let Some(done) = self.direct(&dialects, output) {
            return done;
        }
        let (name, mut text) = self.read(input)?;
        if self.args.run_reproducer {
            let Some((pipeline, ir)) = edge_pass::reproducer::split(&text) else {
                return Err(self.error(NO_REPRODUCER, &name, "no pipeline of a reproducer in the file".into()));
            };
            self.args.stages.insert(0, Stage::Text(pipeline));
            text = ir;
        }
        // A pipeline that cannot be read is an error even where there is nothing to run it on.
        self.pipeline("builtin.module", &self.sources, &self.diags)?;
        let dialects = self
            .args
            .dialect_folders
            .iter()
            .try_fold(dialects, |all, folder| all.with_folder(&self.sources, folder, &text, &self.diags))?;
        let bytes = self.parts(&dialects, &name, &text)?;
        self.write(&bytes, output)
    }
    /// All dialects; those that are not built in are checked as far as can be without running them.
    fn dialects(&mut self) -> Result<edge_dialect::Registry, Reported> {
        let mut all = if self.registry.builtin_dialects {
            edge_dialect::Registry::builtin().map_err(|e| self.error(CANNOT_READ, "the built-in dialects", e))?
        } else {
            edge_dialect::Registry::empty()
        };
        // A finding in a new dialect may point into one that is built in.
        if let Some(base) = all.sources().first() {
            self.sources = Arc::new(SourceMap::over(base.clone()));
        }
        let old = all.clone();
        for (name, text) in &self.registry.dialects {
            all = all.with_dialect(&self.sources, name, text, &self.diags)?;
        }
        for path in &self.args.dialects {
            let name = path.display().to_string();
            let text =
                std::fs::read_to_string(path).map_err(|e| self.error(CANNOT_READ, &name, format!("cannot read: {e}")))?;
            all = all.with_dialect(&self.sources, &name, &text, &self.diags)?;
        }
        edge_asm::examples::check_new(&old, &all, &self.diags).map(|()| all)
    }
    fn read(&self, input: &mut dyn Read) -> Result<(String, String), Reported> {
        let (name, bytes) = match self.args.input.as_deref() {
            None | Some("-") => {
                let mut bytes = Vec::new();
                ("<stdin>".to_owned(), input.read_to_end(&mut bytes).map(|_| bytes))
            }
            Some(path) => (path.to_owned(), std::fs::read(path)),
        };
        let bytes = bytes.map_err(|e| self.error(CANNOT_READ, &name, format!("cannot read: {e}")))?;
        let text = String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            self.error(NOT_TEXT, &name, format!("not UTF-8 at byte {at}"))
        })?;
        Ok((name, text))
    }
    fn write(&self, bytes: &[u8], output: &mut dyn Write) -> Result<(), Reported> {
        let (place, result) = match self.args.output.as_deref() {
            None | Some("-") => ("standard output", output.write_all(bytes).and_then(|()| output.flush())),
            Some(path) => (path, crate::output::write_file(path.as_ref(), |out| out.write_all(bytes))),
        };
        result.map_err(|e| self.error(CANNOT_WRITE, place, format!("cannot write: {e}")))
    }
    /// Processes the parts of the input; all of them, even where one fails.
    fn parts(&self, dialects: &edge_dialect::Registry, name: &str, text: &str) -> Result<Vec<u8>, Reported> {
        let whole = 0..text.len();
        let parts = self.args.split.as_deref().map_or_else(|| vec![whole], |marker| self.split(name, text, marker));
        let marker = self.args.output_marker.as_deref().unwrap_or(split::MARKER);
        let (mut out, mut failed) = (Vec::new(), None);
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(format!("{marker}\n").as_bytes());
            }
            let last = part.end == text.len();
            match self.part(dialects, name, &split::padded(text, part)) {
                Ok(bytes) => {
                    let blank = !last && !bytes.is_empty();
                    out.extend(bytes);
                    out.extend(blank.then_some(b'\n'));
                }
                Err(e) => failed = Some(e),
            }
        }
        failed.map_or(Ok(out), Err)
    }
    /// The parts of a text; what nearly separates some is warned of.
    fn split(&self, name: &str, text: &str, marker: &str) -> Vec<std::ops::Range<usize>> {
        let split = split::split(text, marker);
        if !split.near_misses.is_empty() {
            let file = self.sources.add(name, text);
            for near in split.near_misses {
                let message = format!("near miss with the marker `{marker}` that splits the file");
                self.diags.push(Diagnostic::warning(NEAR_MARKER, message).at(Span::new(file, near.start, near.end)));
            }
        }
        split.parts
    }
    /// The dialects that a text is read with.
    fn context(&self, dialects: &edge_dialect::Registry, text: &str) -> Context {
        if self.args.allow_unregistered { dialects.for_text(text).context() } else { dialects.context() }
    }
    /// One part, with a context, source map and diagnostics of its own.
    fn part(&self, dialects: &edge_dialect::Registry, name: &str, text: &str) -> Result<Vec<u8>, Reported> {
        let (sources, diags) = (Arc::new(SourceMap::over(self.sources.clone())), Diagnostics::new());
        let file = sources.add(name, text);
        let ctx = self.context(dialects, text);
        let result = self.process(&ctx, &sources, file, &diags);
        if let Some(mode) = self.args.verify_diagnostics {
            let differences = expected::compare(&sources, file, &diags.take(), mode);
            let Err(wrong) = differences else { return Ok(result.unwrap_or_default()) };
            wrong.into_iter().for_each(|d| diags.push(d));
            self.say(&diags.render(&sources));
            return diags.check().map(|()| Vec::new());
        }
        let all = diags.take();
        let errors = all.iter().any(|d| d.severity == Severity::Error);
        all.iter().for_each(|d| self.say(&diag::render(d, &sources, self.color)));
        debug_assert!(result.is_ok() || errors, "an error without a diagnostic");
        result
    }
    fn process(
        &self,
        ctx: &Context,
        sources: &Arc<SourceMap>,
        file: edge_support::FileId,
        diags: &Diagnostics,
    ) -> Result<Vec<u8>, Reported> {
        let module = self.module(ctx, sources, file, diags)?;
        self.emit(ctx, sources, diags, &module)
    }
    /// Reads, verifies, and runs the passes.
    fn module(
        &self,
        ctx: &Context,
        sources: &Arc<SourceMap>,
        file: edge_support::FileId,
        diags: &Diagnostics,
    ) -> Result<Module, Reported> {
        let mut module = text::read(ctx, sources, file, self.args.allow_unregistered, diags)?;
        text::verify_module(ctx, sources, &mut module, diags)?;
        let root = ctx.str(module.op().name).to_owned();
        let pipeline = self.pipeline(&root, sources, diags)?;
        if !pipeline.is_empty() {
            self.passes(ctx, sources, diags, &pipeline, &mut module)?;
        }
        Ok(module)
    }
    /// Whether the input is taken apart, or its diagnostics are.
    fn is_in_parts(&self) -> bool {
        self.args.split.is_some() || self.args.verify_diagnostics.is_some()
    }
    fn form(&self) -> PrintOptions {
        PrintOptions {
            generic: self.args.generic,
            debuginfo: self.args.debuginfo,
            elide_elements: self.args.elide_attrs,
            elide_resources: self.args.elide_resources,
        }
    }
    fn pipeline(&self, root: &str, sources: &SourceMap, diags: &Diagnostics) -> Result<Pipeline, Reported> {
        let reader = Reader { registry: &self.registry.passes, sources, diags };
        let mut pipeline = Pipeline::new(root);
        for stage in &self.args.stages {
            match stage {
                Stage::Text(text) => pipeline.append(Pipeline::parse(reader, "<pass-pipeline>", text, root)?),
                Stage::Named(name) => pipeline.append(Pipeline::parse(reader, "<pipeline>", name, root)?),
                Stage::Pass(name, options) => pipeline.add_flag(reader, name, options)?,
            }
        }
        if let Some(pass) = self.args.stop_before.as_deref().filter(|p| !pipeline.stop_before(p)) {
            let message = format!("the pipeline `{}` has no pass `{pass}`", pipeline.text());
            return Err(diags.error(Diagnostic::error(BAD_ARGUMENT, message).in_place("--stop-before")));
        }
        Ok(pipeline)
    }
    fn passes(
        &self,
        ctx: &Context,
        sources: &SourceMap,
        diags: &Diagnostics,
        pipeline: &Pipeline,
        module: &mut Module,
    ) -> Result<(), Reported> {
        let checker = Semantics::new(self.args.seed);
        let config = Config {
            threads: !self.args.disable_threading,
            verify_each: !self.args.no_verify_each,
            printing: &self.args.printing,
            timing: self.args.timing,
            statistics: self.args.statistics,
            checker: self.args.check_semantics.then_some(&checker as &dyn Checker),
            reproducer: self.args.reproducer.as_deref(),
            local_reproducer: self.args.local_reproducer,
            verify: text::verify,
            print: text::print,
            output: &|text| self.say(text),
        };
        Manager::new(ctx, sources, diags, config).run(pipeline, module).map(|_| ())
    }
    fn kind_exists(&self) -> Result<(), Reported> {
        let Some(kind) = self.args.emit.as_deref() else { return Ok(()) };
        let kinds: Vec<&str> =
            std::iter::once("mlir").chain(self.registry.emitters.iter().flat_map(|e| e.kinds()).map(|k| k.0)).collect();
        if kinds.contains(&kind) {
            return Ok(());
        }
        Err(self.error(CANNOT_EMIT, "--emit", format!("cannot emit `{kind}`; known: {}", kinds.join(", "))))
    }
    fn emit(&self, ctx: &Context, sources: &SourceMap, diags: &Diagnostics, module: &Module) -> Result<Vec<u8>, Reported> {
        if let Some(kind) = self.args.emit.as_deref() {
            if let Some(emitter) = self.registry.emitters.iter().find(|e| e.kinds().iter().any(|k| k.0 == kind)) {
                return emitter.emit(ctx, sources, diags, module, kind);
            }
            return Ok(text::write(
                ctx,
                module,
                &PrintOptions { generic: true, debuginfo: self.args.debuginfo, ..PrintOptions::default() },
            ));
        }
        Ok(text::write(ctx, module, &self.form()))
    }
}
