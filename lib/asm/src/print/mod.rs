//! The printer: MLIR's text, byte for byte.

pub(crate) mod aliases;
pub(crate) mod attrs;
pub(crate) mod names;
mod ops;
mod types;

pub(crate) use attrs::TypeShown;
pub(crate) use ops::merged_attrs;

use aliases::AliasTable;
use edge_ir::context::Resource;
use edge_ir::{Attr, Body, Context, Module, Op, TextResource, Type};
use names::Names;
use rustc_hash::FxHashMap;
use std::io;

/// What is printed, and how. The fields are `mlir-opt`'s options.
#[derive(Clone, Debug, Default)]
pub struct PrintOptions {
    /// `--mlir-print-op-generic`.
    pub generic: bool,
    /// `--mlir-print-debuginfo`: locations.
    pub debuginfo: bool,
    /// `--mlir-elide-elementsattrs-if-larger`: dense attributes of more elements are left out.
    pub elide_elements: Option<usize>,
    /// `--mlir-elide-resource-strings-if-larger`: blobs whose text is longer are left out.
    pub elide_resources: Option<usize>,
}

impl PrintOptions {
    pub fn generic() -> Self {
        Self { generic: true, ..Self::default() }
    }
}

/// Dense attributes of more elements than this, and no splat, are printed in hexadecimal.
const HEX_ABOVE: u64 = 100;

pub(crate) struct Printer<'c, 'w> {
    pub ctx: &'c Context,
    pub out: Vec<u8>,
    pub options: PrintOptions,
    sink: Option<&'w mut dyn io::Write>,
    error: Option<io::Error>,
    pub aliases: AliasTable,
    names: Names,
    pub indent: usize,
    /// Texts of types, in `texts`.
    types: FxHashMap<Type, (u32, u32)>,
    texts: Vec<u8>,
    /// Keys of the resources printed so far, in order.
    resources: Vec<edge_ir::Ident>,
    /// The dialects whose prefix is left out, by the regions around, innermost last.
    pub default_dialects: Vec<&'c str>,
    /// Collecting aliases: what would be printed is only visited.
    pub collect: Option<Box<aliases::Visitor>>,
}

impl<'c, 'w> Printer<'c, 'w> {
    pub(crate) fn new(ctx: &'c Context, options: &PrintOptions, sink: Option<&'w mut dyn io::Write>) -> Self {
        Self {
            ctx,
            out: Vec::new(),
            options: options.clone(),
            sink,
            error: None,
            aliases: AliasTable::default(),
            names: Names::default(),
            indent: 0,
            types: FxHashMap::default(),
            texts: vec![],
            resources: vec![],
            default_dialects: vec![],
            collect: None,
        }
    }
    #[inline]
    pub(crate) fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
    pub(crate) fn number(&mut self, n: u64) {
        let mut buffer = [0u8; 20];
        let mut at = buffer.len();
        let mut n = n;
        loop {
            at -= 1;
            buffer[at] = b'0' + (n % 10) as u8;
            n /= 10;
            if n == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&buffer[at..]);
    }
    pub(crate) fn comma<T>(&mut self, items: impl IntoIterator<Item = T>, mut f: impl FnMut(&mut Self, T)) {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.text(", ");
            }
            f(self, item);
        }
    }
    pub(crate) fn pad(&mut self) {
        let len = self.out.len();
        self.out.resize(len + self.indent, b' ');
    }
    /// Hands on what is complete, from time to time.
    fn flush(&mut self, all: bool) {
        if self.collect.is_some() {
            self.out.clear();
            return;
        }
        if let Some(sink) = &mut self.sink {
            if (all || self.out.len() > 1 << 16) && self.error.is_none() {
                self.error = sink.write_all(&self.out).err();
            }
            if all || self.out.len() > 1 << 16 {
                self.out.clear();
            }
        }
    }
    /// The top-level operation with its aliases and resources.
    fn module(&mut self, module: &Module) {
        let (body, root, hints) = (&module.top, module.root(), &module.aliases);
        self.names = Names::of_root(self.ctx, body, root, &self.options);
        self.aliases = aliases::collect(self, body, root, hints);
        self.alias_section(false);
        self.op_line(body, root);
        self.text("\n");
        self.alias_section(true);
        self.resource_section(&module.resources);
        self.text("\n");
        self.flush(true);
    }
    /// The blobs that were printed by name, then what the text keeps for others.
    fn resource_section(&mut self, kept: &[TextResource]) {
        let all = self.ctx.resources();
        let limit = self.options.elide_resources.unwrap_or(usize::MAX);
        let mut groups = Vec::new();
        for key in std::mem::take(&mut self.resources) {
            let key = self.ctx.str(key);
            if let Some(resource) = all.get(key).filter(|r| (r.len() + 4) * 2 + 2 <= limit) {
                add(&mut groups, (false, self.ctx.str(resource.dialect)), (key, Value::Blob(resource)));
            }
        }
        for entry in kept.iter().filter(|e| e.value.len() <= limit) {
            add(&mut groups, (entry.external, &entry.group), (&entry.key, Value::Text(&entry.value)));
        }
        if groups.is_empty() {
            return;
        }
        self.text("\n{-#\n");
        let sections = [(false, "dialect_resources"), (true, "external_resources")];
        let there = sections.into_iter().filter(|s| groups.iter().any(|g| g.0.0 == s.0));
        for (i, (external, name)) in there.enumerate() {
            self.text(if i > 0 { ",\n  " } else { "  " });
            self.text(name);
            self.text(": {\n");
            for (k, (group, entries)) in groups.iter().filter(|g| g.0.0 == external).enumerate() {
                self.text(if k > 0 { ",\n    " } else { "    " });
                self.keyword_or_string(group.1);
                self.text(": {\n");
                self.resource_entries(entries);
                self.text("\n    }");
            }
            self.text("\n  }");
        }
        self.text("\n#-}\n");
    }
    fn resource_entries(&mut self, entries: &[(&str, Value<'_>)]) {
        for (i, (key, value)) in entries.iter().enumerate() {
            self.text(if i > 0 { ",\n      " } else { "      " });
            self.keyword_or_string(key);
            self.text(": ");
            match value {
                Value::Text(text) => self.out.extend_from_slice(text),
                Value::Blob(resource) => {
                    self.text("\"0x");
                    crate::floats::encode_hex(&mut self.out, &resource.align.to_le_bytes());
                    for part in resource.data.chunks(1 << 16) {
                        match resource.hex {
                            true => self.out.extend(part.iter().map(u8::to_ascii_uppercase)),
                            false => crate::floats::encode_hex(&mut self.out, part),
                        }
                        self.flush(false);
                    }
                    self.text("\"");
                }
            }
            self.flush(false);
        }
    }
}

/// What stands behind a key of the resource section.
enum Value<'r> {
    Blob(&'r Resource),
    Text(&'r [u8]),
}

type Group<'r> = (bool, &'r str);

/// Adds an entry to its group, groups in the order in which they come.
fn add<'r>(groups: &mut Vec<(Group<'r>, Vec<(&'r str, Value<'r>)>)>, group: Group<'r>, entry: (&'r str, Value<'r>)) {
    match groups.iter_mut().find(|g| g.0 == group) {
        Some((_, entries)) => entries.push(entry),
        None => groups.push((group, vec![entry])),
    }
}

fn into_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// The text of a module, exactly as `mlir-opt` writes it to a file.
pub fn print_module(ctx: &Context, module: &Module, options: &PrintOptions) -> String {
    let mut printer = Printer::new(ctx, options, None);
    printer.module(module);
    into_string(printer.out)
}

/// As [`print_module`], in pieces of some 64 KiB.
///
/// # Errors
/// The first error of the writer.
pub fn write_module(ctx: &Context, module: &Module, options: &PrintOptions, sink: &mut dyn io::Write) -> io::Result<()> {
    let mut printer = Printer::new(ctx, options, Some(sink));
    printer.module(module);
    printer.error.map_or(Ok(()), Err)
}

/// The text of one operation, without aliases; values from outside it have no names.
pub fn print_op(ctx: &Context, body: &Body, op: Op, options: &PrintOptions) -> String {
    let mut printer = Printer::new(ctx, options, None);
    printer.names = Names::of_root(ctx, body, op, options);
    printer.op_line(body, op);
    into_string(printer.out)
}

/// The operations of a fragment, one after the other, without aliases.
pub(crate) fn print_fragment(ctx: &Context, fragment: &crate::examples::Fragment, options: &PrintOptions) -> String {
    let mut printer = Printer::new(ctx, options, None);
    printer.names = Names::of_fragment(ctx, fragment, options);
    printer.default_dialects.push("");
    printer.op_regions(&fragment.body, fragment.root, |p, inner| {
        let regions = fragment.body.op(fragment.root).regions();
        for op in regions.iter().flat_map(|r| inner.blocks(*r)).flat_map(|b| inner.block_ops(b)) {
            p.op_line(inner, op);
            p.text("\n");
        }
    });
    into_string(printer.out)
}

/// The text of a type, without aliases.
pub fn print_type(ctx: &Context, ty: Type) -> String {
    let mut printer = Printer::new(ctx, &PrintOptions::default(), None);
    printer.ty(ty);
    into_string(printer.out)
}

/// The text of an attribute, without aliases.
pub fn print_attr(ctx: &Context, attr: Attr) -> String {
    let mut printer = Printer::new(ctx, &PrintOptions::default(), None);
    printer.attr(attr);
    into_string(printer.out)
}
