//! The set of dialects a program knows.

use crate::ast;
use crate::model::*;
use crate::{parse, resolve};
use edge_ir::{Context, OpInfo};
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap, Span, codes};
use rustc_hash::FxHashMap;
use std::sync::{Arc, OnceLock};

codes! {
    /// Two dialects, or two of their operations, have one name.
    DUPLICATE_DIALECT = "E0320";
}

include!(concat!(env!("OUT_DIR"), "/builtin_dialects.rs"));

/// Dialects by name. Cheap to clone; shared with the [`Context`] that it was registered in.
#[derive(Clone, Default)]
pub struct Registry {
    dialects: Vec<Arc<Dialect>>,
    ops: FxHashMap<String, Arc<OpDef>>,
    types: FxHashMap<String, Arc<TypeDef>>,
    attrs: FxHashMap<String, Arc<TypeDef>>,
    enums: FxHashMap<String, Arc<EnumDef>>,
    /// Operations by the names that they had, with the version that ended each.
    former: FxHashMap<String, (Arc<OpDef>, i64)>,
    sources: Vec<Arc<SourceMap>>,
}

/// An entry of an operator mapping, with the op it stands in, if any.
#[derive(Clone, Copy, Debug)]
pub struct OnnxEntry<'a> {
    pub dialect: &'a Dialect,
    pub op: Option<&'a OpDef>,
    /// Everything after the word `onnx`.
    pub text: &'a Text,
}

impl Registry {
    /// No dialects at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The dialects in the project's `dialects/` folder, which are part of the program. Read once, then shared.
    ///
    /// # Errors
    /// If a file does not load: rendered diagnostics. A test sees to it that this does not happen.
    pub fn builtin() -> Result<Self, String> {
        static BUILTIN: OnceLock<Result<Registry, String>> = OnceLock::new();
        let files = || BUILTIN_DIALECTS.iter().map(|(n, t)| (n.to_string(), t.to_string()));
        BUILTIN.get_or_init(|| Self::read(files(), true)).clone()
    }

    /// The files of `dialects/` by name, as text.
    pub fn builtin_files() -> &'static [(&'static str, &'static str)] {
        BUILTIN_DIALECTS
    }

    /// Reads definitions from (name, text) pairs. Enumerations may be used by files that stand later or earlier.
    ///
    /// # Errors
    /// Rendered diagnostics.
    pub fn load(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, String> {
        Self::read(files, false)
    }

    /// `known`: tests see to it that the files are right, so that what is seldom needed is read when it is.
    fn read(files: impl IntoIterator<Item = (String, String)>, known: bool) -> Result<Self, String> {
        let (sources, diags) = (Arc::new(SourceMap::new()), Diagnostics::new());
        let ids: Vec<_> = files.into_iter().map(|(name, text)| sources.add(name, text)).collect();
        match Registry::empty().add_files(&sources, &ids, known, &diags) {
            Ok(registry) => Ok(registry),
            Err(_) => Err(diags.render(&sources)),
        }
    }

    /// This registry with one more dialect, from text.
    ///
    /// # Errors
    /// Diagnostics in `diags`; also where the dialect's name is taken.
    pub fn with_dialect(self, sources: &Arc<SourceMap>, name: &str, text: &str, diags: &Diagnostics) -> Result<Self, Reported> {
        let file = sources.add(name, text);
        self.with_files(sources, &[file], diags)
    }

    /// This registry with the dialects in some files of a source map.
    pub fn with_files(
        self,
        sources: &Arc<SourceMap>,
        files: &[edge_support::FileId],
        diags: &Diagnostics,
    ) -> Result<Self, Reported> {
        self.add_files(sources, files, false, diags)
    }

    fn add_files(
        mut self,
        sources: &Arc<SourceMap>,
        files: &[edge_support::FileId],
        known: bool,
        diags: &Diagnostics,
    ) -> Result<Self, Reported> {
        let mut parsed: Vec<ast::File> = vec![];
        let mut failed = None;
        for file in files {
            match parse::parse(sources, *file, diags) {
                Ok(file) => parsed.push(file),
                Err(reported) => failed = Some(reported),
            }
        }
        let mut enums = self.enums.clone();
        for file in &parsed {
            enums.extend(resolve::enums(file, diags));
        }
        for file in &parsed {
            match resolve::dialect(file, &enums, diags) {
                Ok(mut dialect) => match crate::instance::define(&mut dialect, sources, known, diags) {
                    Ok(()) => self.add(dialect, file.name.span, diags)?,
                    Err(reported) => failed = Some(reported),
                },
                Err(reported) => failed = Some(reported),
            }
        }
        if let Some(reported) = failed {
            return Err(reported);
        }
        self.sources.push(sources.clone());
        Ok(self)
    }

    fn add(&mut self, dialect: Dialect, span: Span, diags: &Diagnostics) -> Result<(), Reported> {
        if dialect.imported && self.dialect(&dialect.name).is_some() {
            self.fill_in(dialect);
            return Ok(());
        }
        if self.dialect(&dialect.name).is_some() {
            let message = format!("dialect `{}` is defined already", dialect.name);
            return Err(diags.error(Diagnostic::error(DUPLICATE_DIALECT, message).at(span)));
        }
        self.ops.extend(dialect.ops.iter().map(|o| (o.name.clone(), o.clone())));
        for op in &dialect.ops {
            self.former.extend(op.was.iter().map(|(old, until)| (old.clone(), (op.clone(), *until))));
        }
        self.types.extend(dialect.types.iter().map(|o| (o.name.clone(), o.clone())));
        self.attrs.extend(dialect.attrs.iter().map(|o| (o.name.clone(), o.clone())));
        self.enums.extend(dialect.enums.iter().map(|o| (o.name.clone(), o.clone())));
        let at = self.dialects.partition_point(|d| d.name < dialect.name);
        self.dialects.insert(at, Arc::new(dialect));
        Ok(())
    }

    /// Takes from an imported dialect what the one of its name lacks: operations that are not there or have no custom form, types,
    /// attributes, and enumerations with more cases.
    fn fill_in(&mut self, from: Dialect) {
        let Ok(at) = self.dialects.binary_search_by(|d| d.name.cmp(&from.name)) else { return };
        let mut whole = (*self.dialects[at]).clone();
        for op in from.ops {
            let old = whole.ops.iter().position(|o| o.name == op.name);
            let keep = old.is_some_and(|n| whole.ops[n].format.is_some() || op.format.is_none());
            if !keep {
                self.ops.insert(op.name.clone(), op.clone());
                match old {
                    Some(n) => whole.ops[n] = op,
                    None => whole.ops.push(op),
                }
            }
        }
        for def in from.types.iter().filter(|d| !self.types.contains_key(&d.name)) {
            whole.types.push(def.clone());
        }
        for def in from.attrs.iter().filter(|d| !self.attrs.contains_key(&d.name) && !self.enums.contains_key(&d.name)) {
            whole.attrs.push(def.clone());
        }
        for def in from.enums.iter().filter(|d| !self.attrs.contains_key(&d.name)) {
            match whole.enums.iter().position(|e| e.name == def.name) {
                Some(n) if whole.enums[n].cases.len() >= def.cases.len() => {}
                Some(n) => whole.enums[n] = def.clone(),
                None => whole.enums.push(def.clone()),
            }
        }
        self.types.extend(whole.types.iter().map(|o| (o.name.clone(), o.clone())));
        self.attrs.extend(whole.attrs.iter().map(|o| (o.name.clone(), o.clone())));
        self.enums.extend(whole.enums.iter().map(|o| (o.name.clone(), o.clone())));
        self.dialects[at] = Arc::new(whole);
    }

    /// This registry without the dialects for which `drop` holds.
    pub(crate) fn without(&self, drop: impl Fn(&Dialect) -> bool) -> Registry {
        let mut out = self.clone();
        let (dropped, kept) = out.dialects.into_iter().partition(|d| drop(d));
        out.dialects = kept;
        let dropped: Vec<Arc<Dialect>> = dropped;
        for dialect in dropped {
            dialect.ops.iter().for_each(|o| {
                out.ops.remove(&o.name);
                o.was.iter().for_each(|(old, _)| {
                    out.former.remove(old);
                });
            });
            out.types.retain(|_, d| !dialect.types.iter().any(|own| Arc::ptr_eq(own, d)));
            out.attrs.retain(|_, d| !dialect.attrs.iter().any(|own| Arc::ptr_eq(own, d)));
            out.enums.retain(|_, d| !dialect.enums.iter().any(|own| Arc::ptr_eq(own, d)));
        }
        out
    }

    /// Dialects, sorted by name.
    pub fn dialects(&self) -> &[Arc<Dialect>] {
        &self.dialects
    }
    pub fn dialect(&self, name: &str) -> Option<&Arc<Dialect>> {
        self.dialects.binary_search_by(|d| d.name.as_str().cmp(name)).ok().map(|i| &self.dialects[i])
    }
    /// An operation by its full name.
    pub fn op(&self, name: &str) -> Option<&Arc<OpDef>> {
        self.ops.get(name)
    }
    /// An operation by a name that it had, with the version of its dialect in which that ended.
    pub fn former(&self, name: &str) -> Option<(&Arc<OpDef>, i64)> {
        self.former.get(name).map(|(op, until)| (op, *until))
    }
    /// A type by its full name, `loop.view`.
    pub fn type_def(&self, name: &str) -> Option<&Arc<TypeDef>> {
        self.types.get(name)
    }
    pub fn attr_def(&self, name: &str) -> Option<&Arc<TypeDef>> {
        self.attrs.get(name)
    }
    /// An enumeration by its full name, `arith.fastmath`; also `gpu<dim` style ones, as `gpu.dim`.
    pub fn enum_def(&self, name: &str) -> Option<&Arc<EnumDef>> {
        self.enums.get(name)
    }
    /// Operations in the order of their dialects' names, then of the definition.
    pub fn ops(&self) -> impl Iterator<Item = &Arc<OpDef>> {
        self.dialects.iter().flat_map(|d| &d.ops)
    }
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.dialects.iter().flat_map(|d| &d.rules)
    }
    /// Mappings of ONNX operators: those of ops first, then those that stand alone.
    pub fn onnx(&self) -> impl Iterator<Item = OnnxEntry<'_>> {
        self.dialects.iter().flat_map(|d| {
            let of_ops =
                d.ops.iter().flat_map(move |op| op.onnx.iter().map(move |text| OnnxEntry { dialect: d, op: Some(op), text }));
            of_ops.chain(d.onnx.iter().map(move |text| OnnxEntry { dialect: d, op: None, text }))
        })
    }
    /// The texts that the spans of the model point into, one source map for each load.
    pub fn sources(&self) -> &[Arc<SourceMap>] {
        &self.sources
    }

    /// Registers every operation in a context, and the registry itself as the context's extension: [`Registry::of`] finds it.
    ///
    /// # Errors
    /// The name of an operation that the context has already.
    pub fn register(&self, ctx: &mut Context) -> Result<(), String> {
        for op in self.ops() {
            let info = OpInfo {
                name: ctx.ident(&op.name),
                dialect: ctx.ident(&op.dialect),
                traits: op.ir_traits(),
                props: op.properties.iter().map(|p| ctx.ident(&p.name)).collect(),
                definition: op.clone(),
            };
            ctx.register_op(info).map_err(|_| op.name.clone())?;
        }
        ctx.set_extension(Arc::new(self.clone()));
        Ok(())
    }

    /// A context with every dialect of this registry.
    ///
    /// # Panics
    /// Never: the names of a registry are distinct.
    pub fn context(&self) -> Context {
        let mut ctx = Context::new();
        self.register(&mut ctx).expect("the names of a registry are distinct");
        ctx
    }

    /// The registry that was registered in a context.
    pub fn of(ctx: &Context) -> Option<&Registry> {
        ctx.extension()
    }

    /// The definition of a registered operation.
    pub fn definition(info: &OpInfo) -> Option<&OpDef> {
        info.definition.downcast_ref()
    }
}
