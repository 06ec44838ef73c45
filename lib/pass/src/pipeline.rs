//! Pipelines: passes and nested pipelines under an anchor, made from text.

use crate::pass::{Anchor, Pass, PassInfo};
use crate::registry::Registry;
use crate::text::{Node, OptionText, parse, parse_options};
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap, Span};

edge_support::codes! {
    /// No pass or pipeline has the name.
    UNKNOWN_PASS = "E0603";
    /// A pass has no option of the name, or the value does not fit.
    BAD_OPTION = "E0604";
    /// A pass stands under an operation that it does not run on.
    WRONG_ANCHOR = "E0605";
}

/// The anchor that means every isolated operation.
pub const ANY: &str = "any";
/// Named pipelines may hold others, so deep and no deeper.
const MAX_EXPANSION: usize = 16;

/// Passes that run, in order, on operations of one name.
pub struct Pipeline {
    /// The operation's name, or [`ANY`].
    pub anchor: String,
    pub(crate) items: Vec<Item>,
}

pub(crate) enum Item {
    Pass(Instance),
    Nested(Pipeline),
}

/// A pass with its options.
pub(crate) struct Instance {
    pub info: PassInfo,
    pub pass: Box<dyn Pass>,
    pub shown: Vec<(String, String)>,
}

/// What texts are read against.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub registry: &'a Registry,
    pub sources: &'a SourceMap,
    pub diags: &'a Diagnostics,
}

impl Pipeline {
    pub fn new(anchor: &str) -> Self {
        Self { anchor: anchor.to_owned(), items: Vec::new() }
    }
    /// Reads `anchor(...)`, or where the outermost name is no anchor, a list of passes under `default_anchor`.
    pub fn parse(reader: Reader<'_>, name: &str, text: &str, default_anchor: &str) -> Result<Self, Reported> {
        let file = reader.sources.add(name, text);
        let nodes = parse(reader.sources, file, reader.diags)?;
        if let [Node { name, options, nested: Some(nested), span }] = &nodes[..]
            && reader.registry.pass(name).is_none()
        {
            no_options(reader, options, *span)?;
            let mut pipeline = Pipeline::new(name);
            pipeline.extend(reader, nested, 0)?;
            return Ok(pipeline);
        }
        let mut pipeline = Pipeline::new(default_anchor);
        pipeline.extend(reader, &nodes, 0)?;
        Ok(pipeline)
    }
    /// Adds another pipeline's passes, nested if its anchor is another.
    pub fn append(&mut self, other: Pipeline) {
        if other.anchor == self.anchor || other.anchor == ANY {
            self.items.extend(other.items);
        } else {
            self.items.push(Item::Nested(other));
        }
    }
    /// Adds a pass as a command line names it: nested under the operation that it runs on where that is another than the anchor.
    pub fn add_flag(&mut self, reader: Reader<'_>, name: &str, options: &str) -> Result<(), Reported> {
        let file = reader.sources.add(format!("--{name}"), options);
        let options = parse_options(reader.sources, file, reader.diags)?;
        let span = Span::new(file, 0, 0);
        let node = Node { name: name.to_owned(), span, options, nested: None };
        match reader.registry.pass(name).map(|i| i.anchor) {
            Some(Anchor::Op(op)) if op != self.anchor => {
                if !matches!(self.items.last(), Some(Item::Nested(p)) if p.anchor == op) {
                    self.items.push(Item::Nested(Pipeline::new(op)));
                }
                match self.items.last_mut() {
                    Some(Item::Nested(p)) => p.node(reader, &node, 0),
                    _ => Ok(()),
                }
            }
            _ => self.node(reader, &node, 0),
        }
    }
    /// Leaves out a pass and all that runs after it. False if there is no pass of the name.
    pub fn stop_before(&mut self, pass: &str) -> bool {
        for at in 0..self.items.len() {
            let keep = match &mut self.items[at] {
                Item::Pass(p) if p.info.name == pass => at,
                Item::Nested(p) => match p.stop_before(pass) {
                    true => at + usize::from(!p.is_empty()),
                    false => continue,
                },
                Item::Pass(_) => continue,
            };
            self.items.truncate(keep);
            return true;
        }
        false
    }
    fn extend(&mut self, reader: Reader<'_>, nodes: &[Node], depth: usize) -> Result<(), Reported> {
        let mut result = Ok(());
        for node in nodes {
            if let Err(e) = self.node(reader, node, depth) {
                result = Err(e);
            }
        }
        result
    }
    fn node(&mut self, reader: Reader<'_>, node: &Node, depth: usize) -> Result<(), Reported> {
        if let Some(nested) = &node.nested {
            no_options(reader, &node.options, node.span)?;
            let mut pipeline = Pipeline::new(&node.name);
            pipeline.extend(reader, nested, depth)?;
            self.items.push(Item::Nested(pipeline));
            return Ok(());
        }
        if let Some(info) = reader.registry.pass(&node.name) {
            let instance = self.instance(reader, info, node)?;
            self.items.push(Item::Pass(instance));
            return Ok(());
        }
        match reader.registry.pipeline(&node.name) {
            Some(text) => self.expand(reader, node, text, depth),
            None => Err(unknown(reader, node)),
        }
    }
    /// Puts a named pipeline in place of its name: its passes directly where the anchors agree, otherwise nested.
    fn expand(&mut self, reader: Reader<'_>, node: &Node, text: &str, depth: usize) -> Result<(), Reported> {
        if depth >= MAX_EXPANSION {
            let message = format!("the pipeline `{}` holds itself", node.name);
            return Err(reader.diags.error(Diagnostic::error(UNKNOWN_PASS, message).at(node.span)));
        }
        no_options(reader, &node.options, node.span)?;
        let file = reader.sources.add(format!("{}.pipeline", node.name), text);
        let nodes = parse(reader.sources, file, reader.diags)?;
        match &nodes[..] {
            [Node { name, nested: Some(nested), .. }] if *name == self.anchor => self.extend(reader, nested, depth + 1),
            nodes => self.extend(reader, nodes, depth + 1),
        }
    }
    fn instance(&self, reader: Reader<'_>, info: &PassInfo, node: &Node) -> Result<Instance, Reported> {
        if let Anchor::Op(op) = info.anchor
            && op != self.anchor
        {
            let message = format!("the pass `{}` runs on `{op}`, not on `{}`", info.name, self.anchor);
            let hint = format!("nest it: `{op}({})`", info.name);
            return Err(reader.diags.error(Diagnostic::error(WRONG_ANCHOR, message).at(node.span).note(hint)));
        }
        let made = (info.make)(&mut |set| {
            let mut result = Ok(());
            for option in &node.options {
                let message = match set(&option.key, &option.value) {
                    Ok(true) => continue,
                    Ok(false) => format!("the pass `{}` has no option `{}`", info.name, option.key),
                    Err(message) => format!("option `{}` of `{}`: {message}", option.key, info.name),
                };
                result = Err(reader.diags.error(bad_option(info, message, option)));
            }
            result
        })?;
        Ok(Instance { info: *info, pass: made.pass, shown: made.shown })
    }
    /// The pipeline as text; reading it gives the same pipeline.
    pub fn text(&self) -> String {
        let items: Vec<String> = self.items.iter().map(Item::text).collect();
        format!("{}({})", self.anchor, items.join(","))
    }
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl Item {
    fn text(&self) -> String {
        match self {
            Item::Nested(p) => p.text(),
            Item::Pass(i) => i.text(),
        }
    }
}

impl Instance {
    pub fn text(&self) -> String {
        if self.shown.is_empty() {
            return self.info.name.to_owned();
        }
        let options: Vec<String> = self.shown.iter().map(|(k, v)| format!("{k}={}", quoted(v))).collect();
        format!("{}{{{}}}", self.info.name, options.join(" "))
    }
}

fn quoted(value: &str) -> String {
    let plain = value.chars().all(|c| !c.is_whitespace() && !"{}'\"()[]".contains(c));
    if plain && !value.is_empty() { value.to_owned() } else { format!("'{value}'") }
}

fn no_options(reader: Reader<'_>, options: &[OptionText], span: Span) -> Result<(), Reported> {
    if options.is_empty() {
        return Ok(());
    }
    Err(reader.diags.error(Diagnostic::error(BAD_OPTION, "only a pass takes options").at(span)))
}

fn bad_option(info: &PassInfo, message: String, option: &OptionText) -> Diagnostic {
    let d = Diagnostic::error(BAD_OPTION, message).at(option.span);
    if info.options.is_empty() {
        return d.note("it takes none");
    }
    let list: Vec<String> = info.options.iter().map(|o| format!("`{}` ({})", o.name, o.kind)).collect();
    d.note(format!("its options: {}", list.join(", ")))
}

fn unknown(reader: Reader<'_>, node: &Node) -> Reported {
    let message = format!("no pass or pipeline is named `{}`", node.name);
    let d = Diagnostic::error(UNKNOWN_PASS, message).at(node.span);
    let d = match reader.registry.nearest(&node.name) {
        Some(near) => d.note(format!("did you mean `{near}`?")),
        None => d,
    };
    reader.diags.error(d)
}
