//! The parser: a driver with a stack of its own over the pieces of `grammar/mlir.pest`.
//!
//! Linear in the text. What input can nest is either on that stack (operations in regions, [`MAX_REGIONS`] deep) or bounded
//! ([`crate::scan::MAX_BRACKETS`] brackets in one type or attribute).

mod affine;
mod aliases;
mod attrs;
pub(crate) mod cursor;
mod dense;
mod locs;
pub(crate) mod names;
pub(crate) mod op;
mod resources;
mod types;
mod versions;

use crate::cache::TextCache;
use cursor::Res;
use edge_ir::{Aliases, Attr, Block, Body, Context, Loc, LocKind, Module, OpState, Region, Type};
use edge_support::{Diagnostics, FileId, Reported, SourceMap};
use names::{BodyFrame, Names, RegionFrame};
use op::OpFrame;
use rustc_hash::{FxHashMap, FxHashSet};

/// The deepest nesting of regions.
pub const MAX_REGIONS: usize = 512;
/// Errors in one run.
const MAX_ERRORS: usize = 20;

pub mod codes {
    edge_support::codes! {
        /// Something else was expected here.
        EXPECTED = "E0201";
        /// A bracket or string is not closed, or closes nothing.
        UNCLOSED = "E0202";
        /// Brackets or regions are nested too deeply.
        TOO_DEEP = "E0203";
        /// A text that is not a type.
        BAD_TYPE = "E0204";
        /// A text that is not an attribute.
        BAD_ATTR = "E0205";
        /// A number that its type cannot hold.
        BAD_NUMBER = "E0206";
        /// A text that is not an affine map or set.
        BAD_AFFINE = "E0207";
        /// A text that is not a location.
        BAD_LOC = "E0208";
        /// A key stands twice in a dictionary.
        DUPLICATE_KEY = "E0209";
        /// An alias that is not defined, or defined twice.
        BAD_ALIAS = "E0210";
        /// A value that is not defined in its scope.
        UNDEFINED_VALUE = "E0211";
        /// A value name that is defined twice.
        REDEFINED_VALUE = "E0212";
        /// A value is used with two types.
        TYPE_CLASH = "E0213";
        /// A block that is not defined, or defined twice.
        BAD_BLOCK = "E0214";
        /// An operation that no loaded dialect defines.
        UNKNOWN_OP = "E0215";
        /// Operands, results, properties or regions do not fit the operation's definition.
        BAD_OP = "E0216";
        /// A resource section that cannot be read.
        BAD_RESOURCE = "E0217";
        /// A text of a version that the definition does not know, or a name that its version does not have.
        BAD_VERSION = "E0218";
        /// There are so many errors that reading stops.
        TOO_MANY_ERRORS = "R0219";
    }
}

/// How a text is read.
#[derive(Clone, Debug, Default)]
pub struct ParseOptions {
    /// Accept operations that no loaded dialect defines (in generic form).
    pub allow_unregistered: bool,
}

pub(crate) struct Parser<'c, 's> {
    pub ctx: &'c Context,
    pub diags: &'c Diagnostics,
    pub file: FileId,
    pub text: &'s str,
    pub bytes: &'s [u8],
    pub pos: usize,
    pub end: usize,
    pub depth: usize,
    options: ParseOptions,
    types: TextCache<Type>,
    attrs: TextCache<Attr>,
    names: Names<'s>,
    bodies: Vec<BodyFrame>,
    pub(crate) regions: Vec<RegionFrame<'s>>,
    ops: Vec<OpFrame<'c, 's>>,
    programs: FxHashMap<*const edge_dialect::model::OpDef, std::rc::Rc<crate::format::Program<'c>>>,
    /// States of operations that are read, for the next ones.
    pub(crate) spare: Vec<Box<crate::format::CustomState<'c, 's>>>,
    /// What followed for operations that were read.
    pub(crate) completed: FxHashMap<Box<[u32]>, crate::format::Completed>,
    pub(crate) completion_key: Vec<u32>,
    aliases: FxHashMap<&'s str, aliases::Alias>,
    aliases_scanned: bool,
    alias_depth: usize,
    /// The affine maps that have a name.
    alias_maps: FxHashSet<Attr>,
    /// Nesting and length of the aliases met in the alias that is being read.
    alias_extent: (usize, usize),
    /// Names of values whose definition failed: their uses are no further errors.
    poisoned: FxHashSet<u32>,
    failed: bool,
    /// Where to look for the next operation after an error.
    resume_at: usize,
    /// Line number (one-based) and start of a line, no later than any place asked for next.
    line: (u32, usize),
    file_name: edge_ir::Ident,
    hints: Aliases,
    /// The text as bytes that outlive the parser.
    pub(crate) source: bytes::Bytes,
    pub(crate) kept: Vec<edge_ir::TextResource>,
    /// Names that hold in some versions of their dialects only.
    dated: Vec<versions::Dated>,
}

impl<'c, 's> Parser<'c, 's> {
    pub(crate) fn new(
        ctx: &'c Context,
        diags: &'c Diagnostics,
        file: FileId,
        name: &str,
        text: &'s str,
        options: &ParseOptions,
    ) -> Self {
        Self {
            ctx,
            diags,
            file,
            text,
            bytes: text.as_bytes(),
            pos: 0,
            end: text.len(),
            depth: 0,
            options: options.clone(),
            types: TextCache::default(),
            attrs: TextCache::default(),
            names: Names::default(),
            bodies: vec![],
            regions: vec![],
            ops: vec![],
            programs: FxHashMap::default(),
            spare: vec![],
            completed: FxHashMap::default(),
            completion_key: vec![],
            aliases: FxHashMap::default(),
            aliases_scanned: false,
            alias_depth: 0,
            alias_maps: FxHashSet::default(),
            alias_extent: (0, 0),
            poisoned: FxHashSet::default(),
            failed: false,
            resume_at: 0,
            line: (1, 0),
            file_name: ctx.ident(name),
            hints: Aliases::default(),
            source: bytes::Bytes::new(),
            kept: vec![],
            dated: vec![],
        }
    }
    /// The location of a place in the text.
    pub(crate) fn loc_at(&mut self, at: usize) -> Loc {
        let place = self.place(at);
        self.place_loc(place)
    }
    pub(crate) fn place_loc(&self, (line, col): (u32, u32)) -> Loc {
        self.ctx.loc(LocKind::File { file: self.file_name, line, col, end: None })
    }
    /// Line and column, both from one. Places that are asked for in order cost one pass over the text.
    pub(crate) fn place(&mut self, at: usize) -> (u32, u32) {
        if at < self.line.1 {
            self.line = (1, 0);
        }
        let (mut line, mut start) = self.line;
        for (i, b) in self.bytes[start..at].iter().enumerate() {
            if *b == b'\n' {
                line += 1;
                start = self.line.1 + i + 1;
            }
        }
        self.line = (line, start);
        (line, (at - start) as u32 + 1)
    }

    fn module(&mut self) -> Res<Module> {
        self.push_body();
        let region = self.body().new_region();
        let block = self.body().add_block(region);
        let mark = self.scope_mark();
        let frame = RegionFrame { region, blocks: FxHashMap::default(), block: Some(block), mark, at: 0 };
        self.regions.push(frame);
        self.run()?;
        self.regions.pop();
        let body = self.pop_body();
        if self.failed {
            return Err(self.diags.check().expect_err("a failure was reported"));
        }
        let mut module = self.wrap(body, region, block);
        self.upgrade(&mut module)?;
        Ok(module)
    }
    /// Operations that stand by themselves; see [`crate::examples`].
    pub(crate) fn fragment(&mut self) -> Res<crate::examples::Fragment> {
        self.push_body();
        let region = self.body().new_region();
        let block = self.body().add_block(region);
        let mark = self.scope_mark();
        self.regions.push(RegionFrame { region, blocks: FxHashMap::default(), block: Some(block), mark, at: 0 });
        self.run()?;
        self.regions.pop();
        let args = self.open_to_arguments(block);
        let body = self.pop_body();
        if self.failed {
            return Err(self.diags.check().expect_err("a failure was reported"));
        }
        let mut state = OpState::new(self.ctx.ident(crate::examples::AROUND), self.ctx.unknown_loc());
        state.body = Some((body, smallvec::smallvec![region]));
        let mut around = Body::new();
        let root = around.create(self.ctx, state);
        Ok(crate::examples::Fragment { body: around, root, args })
    }
    /// The one `builtin.module` of the text, or a new one around what it holds.
    fn wrap(&mut self, mut body: Box<Body>, region: Region, block: Block) -> Module {
        let name = self.ctx.ident("builtin.module");
        let only = body.block_first(block).filter(|op| body.next_op(*op).is_none() && body.op(*op).name == name);
        let aliases = std::mem::take(&mut self.hints);
        let mut module = match only {
            Some(op) => {
                body.detach(op);
                body.erase_block(block);
                Module::new(*body, op)
            }
            None => {
                let loc = self.ctx.loc(LocKind::File { file: self.file_name, line: 0, col: 0, end: None });
                let mut state = OpState::new(name, loc);
                if self.ctx.op_info(name).is_some_and(|i| i.has(edge_ir::Traits::ISOLATED)) {
                    state.body = Some((body, smallvec::smallvec![region]));
                    let mut top = Body::new();
                    let op = top.create(self.ctx, state);
                    Module::new(top, op)
                } else {
                    state.regions.push(region);
                    let op = body.create(self.ctx, state);
                    Module::new(*body, op)
                }
            }
        };
        module.aliases = aliases;
        module.resources = std::mem::take(&mut self.kept);
        module
    }
    /// Reads operations until the text ends.
    fn run(&mut self) -> Res<()> {
        loop {
            if self.diags.errors() >= MAX_ERRORS {
                let message = format!("the text is read no further after {MAX_ERRORS} errors");
                let at = self.span(self.pos.min(self.text.len()), self.pos.min(self.text.len()));
                self.diags.push(edge_support::Diagnostic::remark(codes::TOO_MANY_ERRORS, message).at(at));
                return self.diags.check();
            }
            let start = {
                self.space();
                self.pos
            };
            self.resume_at = start;
            match self.item() {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(reported) => {
                    self.failed = true;
                    self.recover(self.resume_at, reported)?;
                }
            }
        }
    }
    /// One operation's head, block label, closing brace or top-level item. `false` at the end of the text.
    fn item(&mut self) -> Res<bool> {
        match self.peek() {
            0 if self.pos >= self.end => match self.regions.len() {
                1 => Ok(false),
                _ => {
                    let at = self.regions.last().map_or(0, |r| r.at as usize);
                    let (open, end) = (self.span(at, at + 1), self.missed_at(self.end));
                    let d = edge_support::Diagnostic::error(codes::UNCLOSED, "the text ends inside a region");
                    let _ = self.diags.error(d.at(self.span(end, end)).also(open, "this region is never closed"));
                    self.unwind(1);
                    self.pos = self.end;
                    self.failed = true;
                    Ok(false)
                }
            },
            b'}' if self.regions.len() > 1 => {
                self.pos += 1;
                self.resume_at = self.pos;
                self.close_region()?;
                Ok(true)
            }
            b'^' if self.regions.len() > 1 => self.label().map(|()| true),
            b'#' | b'!' if self.regions.len() == 1 => self.alias_def().map(|()| true),
            b'{' if self.regions.len() == 1 && self.at("{-#") => self.resources().map(|()| true),
            _ => {
                let frame = self.op_head()?;
                self.drive(frame)?;
                Ok(true)
            }
        }
    }
    /// Gives up all regions above `keep`, with the operations that hold them.
    fn unwind(&mut self, keep: usize) {
        while self.regions.len() > keep {
            let frame = self.regions.pop().expect("more regions");
            self.end_scope(frame.mark);
            if let Some(op) = self.ops.pop() {
                self.abandon(&op);
            }
        }
    }
    /// Goes on after an error at the next operation of the same region: the first line that starts like one, beyond the place
    /// of the error, outside the brackets that the failed operation opened.
    fn recover(&mut self, start: usize, reported: Reported) -> Res<()> {
        let failed_at = self.pos.max(start);
        self.depth = 0;
        self.end = self.text.len();
        let mut at = start;
        loop {
            let Some(&b) = self.bytes.get(at) else {
                self.pos = self.text.len();
                self.unwind(1);
                return Ok(());
            };
            match b {
                b'"' => at = crate::scan::skip_string(self.bytes, at).unwrap_or(at + 1),
                b'(' | b'[' | b'{' => match crate::scan::skip_balanced(self.bytes, at) {
                    Ok(end) => at = end,
                    Err(_) => return Err(reported),
                },
                b'}' if self.regions.len() > 1 && at >= failed_at => {
                    self.pos = at;
                    return Ok(());
                }
                b'/' if self.bytes.get(at + 1) == Some(&b'/') => at = crate::scan::skip_space(self.bytes, at),
                b'\n' => {
                    at = crate::scan::skip_space(self.bytes, at);
                    let b = self.bytes.get(at).copied().unwrap_or(b'}');
                    let starts = crate::scan::is_id_start(b) || matches!(b, b'%' | b'"' | b'^' | b'}' | b'#' | b'!');
                    // What failed at its end has read the space behind it.
                    if at > failed_at && starts || at == failed_at && self.begins_definition(at) {
                        self.pos = at;
                        return Ok(());
                    }
                }
                _ => at += 1,
            }
        }
    }

    /// Whether a new line starts here, with names that it defines: `%a, %b:2 =`.
    pub(crate) fn at_next_definition(&self) -> bool {
        let before = &self.text[..self.pos];
        let new_line = before.len() > before.trim_end().len() && before[before.trim_end().len()..].contains('\n');
        let named = |c: char| c.is_alphanumeric() || "%:_$.-".contains(c);
        let line = self.text[self.pos..].lines().next().unwrap_or("");
        let names = line.split_once('=').filter(|_| new_line && line.starts_with('%')).map(|(names, _)| names);
        names.is_some_and(|n| n.split(',').map(str::trim).all(|n| n.starts_with('%') && n.chars().all(named)))
    }

    /// Whether a line starts like `%a, %b:2 =`.
    fn begins_definition(&self, at: usize) -> bool {
        let line = self.text[at..].lines().next().unwrap_or("");
        let named = |c: char| c.is_alphanumeric() || "%:,_$.-#".contains(c) || c.is_whitespace();
        line.starts_with('%') && line.split_once('=').is_some_and(|(names, _)| names.chars().all(named))
    }
}

/// Reads a module. Several errors are reported in one run.
///
/// Every operation gets a location: its own `loc(…)`, or the place of its name in the file. A text that is not exactly one
/// `builtin.module` is wrapped in one.
///
/// # Errors
/// Where anything could not be read; `diags` then holds why, with spans.
pub fn parse_module(
    ctx: &Context,
    sources: &SourceMap,
    file: FileId,
    diags: &Diagnostics,
    options: &ParseOptions,
) -> Result<Module, Reported> {
    let source = sources.file(file);
    let mut parser = Parser::new(ctx, diags, file, &source.name, source.text(), options);
    parser.source = source.bytes().clone();
    parser.module()
}

fn parse_alone<T>(ctx: &Context, text: &str, f: impl FnOnce(&mut Parser<'_, '_>) -> Res<T>) -> Result<T, String> {
    let diags = Diagnostics::new();
    let mut parser = Parser::new(ctx, &diags, FileId(0), "", text, &ParseOptions { allow_unregistered: true });
    let end = text.len();
    parser.within(0, end, f).map_err(|_| diags.take().first().map_or_else(String::new, |d| d.message.clone()))
}

/// Reads one type, `tensor<4xf32>`.
///
/// # Errors
/// The message where the text is no type.
pub fn parse_type(ctx: &Context, text: &str) -> Result<Type, String> {
    parse_alone(ctx, text, |p| p.ty())
}

/// Reads one attribute, `[1, "a"]`.
///
/// # Errors
/// The message where the text is no attribute.
pub fn parse_attr(ctx: &Context, text: &str) -> Result<Attr, String> {
    parse_alone(ctx, text, |p| p.attr(None))
}
