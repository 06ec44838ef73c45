//! From a model to a module: walks the graph in its order and builds what the mappings say.

use super::load;
use super::node;
use super::proto::{DimensionValue, GraphProto, ModelProto, NodeProto, TensorProto, TypeValue, ValueInfoProto};
use super::table::{Lookup, Table, plain_domain};
use super::tensor::{External, elem_of, tensor_of};
use crate::mapping::{Evaluator, Fault, FaultKind, Host, Size, Val};
use crate::program::Program;
use crate::tensor::{Tensor, UNSUPPORTED_ELEMENT};
use edge_dialect::Registry;
use edge_dialect::core::ElemType;
use edge_dialect::model::OpDef;
use edge_ir::{Attr, Body, Builder, Context, Loc, Module, Traits, Value};
use edge_support::{Code, Diagnostic, Diagnostics, Reported, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

edge_support::codes! {
    /// The model uses operators that no mapping has a meaning for.
    UNKNOWN_OPERATOR = "E0741";
    /// An operator is used in a way that is not supported.
    UNSUPPORTED_USE = "E0742";
    /// Something has to be known at import that is not: a dynamic size, or a tensor that is computed.
    NOT_KNOWN = "E0743";
    /// A node does not fit its operator.
    BAD_NODE = "E0744";
    /// The graph does not hold together: a name without a value, a value without a type.
    BAD_GRAPH = "E0745";
    /// A shape or value was given for an input that the model does not have, or that does not fit it.
    BAD_BINDING = "E0746";
    /// A mapping's text is wrong.
    BAD_MEANING = "E0747";
    /// The model says another shape of an output than follows from its operators.
    OTHER_SHAPE = "W0748";
}

/// Codes that say: the model is sound, but holds what is not supported.
pub const UNSUPPORTED: &[Code] = &[UNKNOWN_OPERATOR, UNSUPPORTED_USE, UNSUPPORTED_ELEMENT];

/// The name under which arguments and results keep their names in the model.
pub const NAME: &str = "edge.name";
/// On an argument: the value that the function was specialised for.
pub const ASSUMED: &str = "edge.value";

/// What the caller knows of the model's inputs.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Shapes of inputs by name. Sizes that the model leaves open become these; those that it fixes must be the same.
    pub shapes: Vec<(String, Vec<u64>)>,
    /// Values of inputs by name, used where an operator's meaning depends on a value (the shape of a Reshape): the function is then right
    /// for that value only, and says so on the argument.
    pub values: Vec<(String, Tensor)>,
}

/// Imports a model: `func.func @main` in a module, one argument for each input that is no weight, one result for each output. Weights stay
/// where they are in memory. `path` names the model in messages and is where its external data are looked for.
///
/// # Errors
/// Diagnostics name the node and what is wrong; all nodes are tried. Codes in [`UNSUPPORTED`] mean a sound model.
pub fn import(
    model: &ModelProto,
    path: &Path,
    ctx: &Context,
    registry: &Registry,
    options: &Options,
    diags: &Diagnostics,
) -> Result<Module, Reported> {
    let table = Table::new(registry, diags)?;
    let file = path.display().to_string();
    let graph = model
        .graph
        .as_ref()
        .ok_or_else(|| diags.error(Diagnostic::error(load::BAD_MODEL, "the model has no graph").in_place(&file)))?;
    check_versions(model, graph, &file, diags)?;
    let versions = versions(model);
    check_operators(graph, &table, &versions, &file, diags)?;
    let constant = constant_op(registry, &table).ok_or_else(|| {
        diags.error(Diagnostic::error(BAD_MEANING, "no dialect with mappings has an operation for constants").in_place(&file))
    })?;
    let loc = ctx.name_loc(graph.name.as_deref().filter(|n| !n.is_empty()).unwrap_or("main"), ctx.unknown_loc());
    let program = Program::new(ctx, registry, constant, loc);
    let initializers = graph.initializer.iter().map(|t| (t.name.as_deref().unwrap_or(""), t)).collect();
    let mut importer = Importer {
        graph,
        file,
        table: &table,
        versions,
        initializers,
        external: External::beside(path),
        diags,
        program,
        values: FxHashMap::default(),
        dialects: BTreeMap::new(),
    };
    let before = diags.errors();
    importer.inputs(options)?;
    for node in &graph.node {
        importer.node(node);
    }
    let outputs = importer.outputs();
    if diags.errors() > before {
        diags.check()?;
    }
    Ok(importer.finish(&outputs?, registry))
}

/// A model that says nothing of versions is damaged: every operator would be unknown.
fn check_versions(model: &ModelProto, graph: &GraphProto, file: &str, diags: &Diagnostics) -> Result<(), Reported> {
    if !model.opset_import.is_empty() || graph.node.is_empty() {
        return Ok(());
    }
    let message = "the model does not say which versions of the operators it uses";
    Err(diags.error(Diagnostic::error(load::BAD_MODEL, message).in_place(format!("{file}: opset_import"))))
}

/// Operator-set versions by domain.
fn versions(model: &ModelProto) -> FxHashMap<String, i64> {
    let entry = |o: &super::proto::OperatorSetIdProto| {
        (plain_domain(o.domain.as_deref().unwrap_or("")).to_string(), o.version.unwrap_or(1))
    };
    model.opset_import.iter().map(entry).collect()
}

/// One error for all operators without a meaning.
fn check_operators(
    graph: &GraphProto,
    table: &Table,
    versions: &FxHashMap<String, i64>,
    file: &str,
    diags: &Diagnostics,
) -> Result<(), Reported> {
    if let Some(node) = graph.node.iter().find(|n| n.op_type.as_deref().unwrap_or("").is_empty()) {
        let place = format!("{file}: node `{}`", node_name(node));
        return Err(diags.error(Diagnostic::error(BAD_NODE, "the node has no operator").in_place(place)));
    }
    let mut unknown: BTreeMap<(String, String), (String, Vec<String>)> = BTreeMap::new();
    for node in &graph.node {
        let (domain, op_type) = (plain_domain(node.domain.as_deref().unwrap_or("")), node.op_type.as_deref().unwrap_or(""));
        let version = versions.get(domain);
        let why = match version.map(|v| table.find(domain, op_type, *v)) {
            Some(Lookup::Found(_)) => continue,
            Some(Lookup::Later(since)) => format!("version {}, known since {since}", version.copied().unwrap_or(0)),
            Some(Lookup::Unknown) => format!("version {}", version.copied().unwrap_or(0)),
            None => "a domain whose version the model does not say".to_string(),
        };
        let entry = unknown.entry((domain.to_string(), op_type.to_string())).or_insert_with(|| (why, vec![]));
        entry.1.push(node_name(node));
    }
    if unknown.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = unknown.keys().map(|(_, op)| op.as_str()).collect();
    let mut diagnostic =
        Diagnostic::error(UNKNOWN_OPERATOR, format!("operators that are not supported: {}", names.join(", "))).in_place(file);
    for ((domain, op), (why, nodes)) in &unknown {
        let domain = if domain.is_empty() { "ai.onnx" } else { domain };
        let more = if nodes.len() > 4 { format!(" and {} more", nodes.len() - 4) } else { String::new() };
        diagnostic = diagnostic.note(format!("`{op}` of {domain}, {why}: {}{more}", nodes[..nodes.len().min(4)].join(", ")));
    }
    Err(diags.error(diagnostic))
}

/// The operation that makes constants, of the first dialect that has one and mappings.
fn constant_op(registry: &Registry, table: &Table) -> Option<Arc<OpDef>> {
    let dialects: FxHashSet<&str> = table.entries().iter().map(|e| e.dialect.as_str()).collect();
    let found =
        registry.ops().find(|op| dialects.contains(op.dialect.as_str()) && op.ir_traits().contains(Traits::CONSTANT_LIKE));
    found.cloned()
}

/// What messages and locations call a node: its name, or that of its first output.
pub(super) fn node_name(node: &NodeProto) -> String {
    let named = node.name.as_deref().filter(|n| !n.is_empty());
    named.or_else(|| node.output.iter().map(String::as_str).find(|n| !n.is_empty())).unwrap_or("?").to_string()
}

struct Importer<'a, 'c> {
    graph: &'a GraphProto,
    file: String,
    table: &'a Table,
    versions: FxHashMap<String, i64>,
    initializers: FxHashMap<&'a str, &'a TensorProto>,
    external: External,
    diags: &'a Diagnostics,
    program: Program<'c>,
    /// By name; `None` where an error was given.
    values: FxHashMap<String, Option<Value>>,
    /// Dialects whose mappings were used.
    dialects: BTreeMap<String, ()>,
}

impl<'a> Importer<'a, '_> {
    fn error(&self, code: Code, message: impl Into<String>, place: &str) -> Reported {
        self.diags.error(Diagnostic::error(code, message).in_place(format!("{}: {place}", self.file)))
    }

    fn loc(&self, name: &str) -> Loc {
        self.program.ctx.name_loc(name, self.program.ctx.unknown_loc())
    }

    /// The graph's inputs as arguments.
    fn inputs(&mut self, options: &Options) -> Result<(), Reported> {
        let graph = self.graph;
        let inputs: Vec<&ValueInfoProto> =
            graph.input.iter().filter(|i| !self.initializers.contains_key(i.name.as_deref().unwrap_or(""))).collect();
        let known = |name: &str| inputs.iter().any(|i| i.name.as_deref() == Some(name));
        for name in options.shapes.iter().map(|(n, _)| n).chain(options.values.iter().map(|(n, _)| n)) {
            if !known(name) {
                let names: Vec<&str> = inputs.iter().filter_map(|i| i.name.as_deref()).collect();
                return Err(self.error(
                    BAD_BINDING,
                    format!("there is no input `{name}`; there are: {}", names.join(", ")),
                    "the inputs",
                ));
            }
        }
        let mut params: FxHashMap<String, i64> = FxHashMap::default();
        let mut typed = vec![];
        for input in inputs {
            let name = input.name.clone().unwrap_or_default();
            let place = format!("input `{name}`");
            let (elem, dims) = self.declared(input, &place)?;
            let given = options.shapes.iter().find(|(n, _)| *n == name).map(|(_, s)| s.clone());
            let given = given.or_else(|| {
                options
                    .values
                    .iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, t)| t.shape().iter().map(|d| d.unsigned_abs()).collect())
            });
            let dims = dims.or_else(|| given.as_ref().map(|g| vec![Dim::Open; g.len()]));
            let Some(dims) = dims else {
                return Err(self.error(NOT_KNOWN, "an input of unknown rank: give its shape", &place));
            };
            self.bind(&dims, given.as_deref(), &mut params, &place)?;
            typed.push((name, elem, dims, given));
        }
        for (name, elem, dims, given) in typed {
            let sizes = dims.iter().enumerate().map(|(i, d)| self.size(d, given.as_ref().map(|g| g[i]), &params)).collect();
            let loc = self.loc(&name);
            let value = self.program.argument(elem, sizes, loc);
            if let Some((_, tensor)) = options.values.iter().find(|(n, _)| *n == name) {
                if tensor.elem() != elem {
                    let message = format!("the value given has element type {}, the input {elem}", tensor.elem());
                    return Err(self.error(BAD_BINDING, message, &format!("input `{name}`")));
                }
                self.program.given.insert(value, tensor.clone());
            }
            self.values.insert(name, Some(value));
        }
        Ok(())
    }

    /// Element type and sizes that the model declares.
    fn declared(&self, info: &ValueInfoProto, place: &str) -> Result<(ElemType, Option<Vec<Dim>>), Reported> {
        let kind = match info.ty.as_ref().and_then(|t| t.value.as_ref()) {
            Some(TypeValue::Tensor(tensor)) => {
                let code = tensor.elem_type.unwrap_or(0);
                let unsupported = || {
                    let name = super::proto::DataType::name(code);
                    self.error(UNSUPPORTED_ELEMENT, format!("element type {name} is not supported"), place)
                };
                let elem = elem_of(code).ok_or_else(unsupported)?;
                let dim = |d: &super::proto::DimensionProto| match &d.value {
                    Some(DimensionValue::Value(n)) if *n >= 0 => Dim::Fixed(*n),
                    Some(DimensionValue::Param(name)) if !name.is_empty() && name != "?" => Dim::Named(name.clone()),
                    _ => Dim::Open,
                };
                return Ok((elem, tensor.shape.as_ref().map(|s| s.dim.iter().map(dim).collect())));
            }
            Some(TypeValue::Sequence(_)) => "a sequence",
            Some(TypeValue::Map(_)) => "a map",
            Some(TypeValue::SparseTensor(_)) => "a sparse tensor",
            Some(TypeValue::Optional(_)) => "an optional",
            None => return Err(self.error(BAD_GRAPH, "no type", place)),
        };
        Err(self.error(UNSUPPORTED_USE, format!("{kind} is not supported, only tensors are"), place))
    }

    /// Checks a given shape against the declared one, and notes what its named sizes are.
    fn bind(
        &self,
        dims: &[Dim],
        given: Option<&[u64]>,
        params: &mut FxHashMap<String, i64>,
        place: &str,
    ) -> Result<(), Reported> {
        let Some(given) = given else { return Ok(()) };
        if given.len() != dims.len() {
            return Err(self.error(
                BAD_BINDING,
                format!("a shape of rank {} is given, the model says rank {}", given.len(), dims.len()),
                place,
            ));
        }
        for (axis, (dim, size)) in dims.iter().zip(given).enumerate() {
            let size = i64::try_from(*size).map_err(|_| self.error(BAD_BINDING, "a size that is too large", place))?;
            let fixed = match dim {
                Dim::Fixed(n) => Some(*n),
                Dim::Named(name) => Some(*params.entry(name.clone()).or_insert(size)),
                Dim::Open => None,
            };
            if let Some(fixed) = fixed.filter(|f| *f != size) {
                return Err(self.error(BAD_BINDING, format!("axis {axis} is given size {size}, but is {fixed}"), place));
            }
        }
        Ok(())
    }

    fn size(&mut self, dim: &Dim, given: Option<u64>, params: &FxHashMap<String, i64>) -> Size {
        let given = given.and_then(|g| i64::try_from(g).ok());
        match dim {
            Dim::Fixed(n) => Size::from(*n),
            Dim::Open => given.map_or_else(|| Size::symbol(self.program.new_symbol(None)), Size::from),
            Dim::Named(name) => match params.get(name) {
                Some(n) => Size::from(*n),
                None => Size::symbol(self.program.new_symbol(Some(name))),
            },
        }
    }

    /// The value of a name; `Ok(None)` where an error was given before.
    fn value(&mut self, name: &str, place: &str) -> Result<Option<Value>, Reported> {
        if let Some(value) = self.values.get(name) {
            return Ok(*value);
        }
        let Some(proto) = self.initializers.get(name).copied() else {
            let later = self.graph.node.iter().any(|n| n.output.iter().any(|o| o == name));
            let message = if later {
                format!("`{name}` is used before it is computed")
            } else {
                format!("`{name}` is no value of the graph")
            };
            return Err(self.error(BAD_GRAPH, message, place));
        };
        let place = format!("{}: initializer `{name}`", self.file);
        let made = tensor_of(proto, &self.external, &place, self.diags).and_then(|tensor| {
            self.program.loc = self.loc(name);
            self.program.tensor_constant(&tensor, name, no_span()).map_err(|fault| self.fault(&fault, &place))
        });
        self.values.insert(name.to_string(), made.ok());
        made.map(Some)
    }

    /// Builds a node. Where that fails, its outputs stand for an error that was given.
    fn node(&mut self, node: &NodeProto) {
        let place = format!("node `{}` ({})", node_name(node), node.op_type.as_deref().unwrap_or(""));
        let results = self.build(node, &place).unwrap_or_default();
        for (i, name) in node.output.iter().enumerate().filter(|(_, n)| !n.is_empty()) {
            if self.values.contains_key(name) || self.initializers.contains_key(name.as_str()) {
                self.error(BAD_GRAPH, format!("`{name}` is computed twice"), &place);
            }
            self.values.insert(name.clone(), results.get(i).copied().flatten());
        }
    }

    fn build(&mut self, node: &NodeProto, place: &str) -> Result<Vec<Option<Value>>, Reported> {
        let mut inputs = vec![];
        for name in &node.input {
            let given = if name.is_empty() { None } else { Some(self.value(name, place)?) };
            match given {
                None => inputs.push(Val::None),
                Some(Some(value)) => inputs.push(Val::Value(value)),
                // An error was given for what this node needs.
                Some(None) => return Ok(vec![]),
            }
        }
        let domain = plain_domain(node.domain.as_deref().unwrap_or(""));
        let version = self.versions.get(domain).copied().unwrap_or(1);
        let Lookup::Found(entry) = self.table.find(domain, node.op_type.as_deref().unwrap_or(""), version) else {
            return Err(self.error(UNKNOWN_OPERATOR, "this operator is not supported", place));
        };
        self.program.loc = self.loc(&node_name(node));
        self.dialects.insert(entry.dialect.clone(), ());
        let wanted: Vec<bool> = node.output.iter().map(|n| !n.is_empty()).collect();
        let evaluated = node::environment(&entry.mapping, node, inputs, &mut self.program, &self.external, place, self.diags)
            .and_then(|mut env| {
                let none = FxHashMap::default();
                let functions = self.table.functions(&entry.dialect).unwrap_or(&none);
                Evaluator::new(functions, &mut self.program).results(&entry.mapping.body, &mut env, &wanted)
            });
        let results = evaluated.map_err(|fault| self.fault(&fault, &format!("{}: {place}", self.file)))?;
        if let Some(missing) = wanted.iter().skip(results.len()).position(|w| *w) {
            let message = format!("output number {} of this operator is not supported", results.len() + missing);
            return Err(self.error(UNSUPPORTED_USE, message, place));
        }
        let values =
            results.into_iter().map(|v| if let Val::Value(value) = v { Some(value) } else { None }).collect::<Vec<_>>();
        if let Some(bad) = values.iter().zip(&wanted).position(|(v, w)| *w && v.is_none()) {
            return Err(self.error(BAD_MEANING, format!("the mapping gives no tensor for output number {bad}"), place));
        }
        Ok(values)
    }

    /// Reports why a mapping has no result.
    fn fault(&self, fault: &Fault, place: &str) -> Reported {
        let code = match fault.kind {
            FaultKind::Told(reported) => return reported,
            FaultKind::Unsupported => UNSUPPORTED_USE,
            FaultKind::Unknown => NOT_KNOWN,
            FaultKind::Model => BAD_NODE,
            FaultKind::Mapping => BAD_MEANING,
        };
        // The span is one of the definitions' own texts, which the caller's source map does not hold.
        self.diags.error(Diagnostic::error(code, &fault.message).in_place(place))
    }

    fn outputs(&mut self) -> Result<Vec<(String, Value)>, Reported> {
        let (mut out, mut failed) = (vec![], false);
        for info in &self.graph.output {
            let name = info.name.clone().unwrap_or_default();
            let place = format!("output `{name}`");
            let Some(value) = self.value(&name, &place)? else {
                // What it depends on has failed, and said so.
                failed = true;
                continue;
            };
            self.check_output(info, value, &place)?;
            out.push((name, value));
        }
        if out.is_empty() && !failed {
            return Err(self.error(BAD_GRAPH, "the model has no outputs", "the outputs"));
        }
        Ok(out)
    }

    /// The type that the model declares for an output must be that of the value.
    fn check_output(&mut self, info: &ValueInfoProto, value: Value, place: &str) -> Result<(), Reported> {
        if info.ty.as_ref().is_none_or(|t| t.value.is_none()) {
            return Ok(());
        }
        let (elem, dims) = self.declared(info, place)?;
        let told = |fault: Fault| self.diags.error(Diagnostic::error(BAD_GRAPH, fault.message).in_place(place));
        let (found, sizes) =
            (self.program.elem(value, no_span()).map_err(told)?, self.program.shape(value, no_span()).map_err(told)?);
        if found != elem {
            return Err(self.error(
                BAD_GRAPH,
                format!("the model says element type {elem}, but its operators give {found}"),
                place,
            ));
        }
        let fits = |(d, s): (&Dim, &Size)| !matches!((d, s.known()), (Dim::Fixed(a), Some(b)) if *a != b);
        if dims.is_some_and(|d| d.len() != sizes.len() || !d.iter().zip(&sizes).all(fits)) {
            let sizes: Vec<String> = sizes.iter().map(Size::to_string).collect();
            let message = format!("the model says another shape than its operators give, which is [{}]", sizes.join(", "));
            self.diags.push(Diagnostic::warning(OTHER_SHAPE, message).in_place(format!("{}: {place}", self.file)));
        }
        Ok(())
    }

    /// The function in a module.
    fn finish(mut self, outputs: &[(String, Value)], registry: &Registry) -> Module {
        let ctx = self.program.ctx;
        let loc = self.loc(self.graph.name.as_deref().filter(|n| !n.is_empty()).unwrap_or("main"));
        let (mut body, block) = (self.program.body, self.program.block);
        let results: Vec<Value> = outputs.iter().map(|(_, v)| *v).collect();
        let mut builder = Builder::at_end(ctx, &mut body, block, loc);
        builder.op("func.return").operands(results.iter().copied()).build();
        self.program.body = body;
        self.program.erase_unused();
        let body = self.program.body;
        let args = body.block_args(block).to_vec();
        let inputs: Vec<_> = args.iter().map(|a| body.ty(*a)).collect();
        let types: Vec<_> = results.iter().map(|r| body.ty(*r)).collect();
        // An output may be an input under another name: the argument keeps its own.
        let own = |i: &ValueInfoProto| {
            let name = i.name.clone()?;
            Some(((*self.values.get(&name)?)?, name))
        };
        let names: FxHashMap<Value, String> = self.graph.input.iter().filter_map(own).collect();
        let dict = |name: &str, assumed: Option<Attr>| {
            let mut entries = vec![(ctx.ident(NAME), ctx.str_attr(name))];
            entries.extend(assumed.map(|a| (ctx.ident(ASSUMED), a)));
            ctx.dict_attr(&entries)
        };
        let assumed = |v: &Value| self.program.assumed.iter().find(|(a, _)| a == v).map(|(_, attr)| *attr);
        let arg_attrs: Vec<Attr> = args.iter().map(|a| dict(names.get(a).map_or("", String::as_str), assumed(a))).collect();
        let res_attrs: Vec<Attr> = outputs.iter().map(|(n, _)| dict(n, None)).collect();
        let version = |d: &String| Some((ctx.ident(d), ctx.i64_attr(registry.dialect(d)?.version)));
        let versions: Vec<_> = self.dialects.keys().filter_map(version).collect();

        let mut top = Body::new();
        let mut module_body = Body::new();
        let region = module_body.new_region();
        let module_block = module_body.add_block(region);
        let function_region = body.block_region(block);
        let mut builder = Builder::at_end(ctx, &mut module_body, module_block, loc);
        let mut function = builder.op("func.func").prop("sym_name", ctx.str_attr("main"));
        function = function.prop("function_type", ctx.type_attr(ctx.function_type(&inputs, &types)));
        if !arg_attrs.is_empty() {
            function = function.prop("arg_attrs", ctx.array_attr(&arg_attrs));
        }
        function
            .prop("res_attrs", ctx.array_attr(&res_attrs))
            .isolated(body, &function_region.into_iter().collect::<Vec<_>>())
            .build();
        let top_region = top.new_region();
        let top_block = top.add_block(top_region);
        let mut builder = Builder::at_end(ctx, &mut top, top_block, loc);
        let root = builder
            .op("builtin.module")
            .attr("edge.versions", ctx.dict_attr(&versions))
            .isolated(module_body, &[region])
            .build();
        Module::new(top, root)
    }
}

/// A size that a model declares.
#[derive(Clone, Debug)]
enum Dim {
    Fixed(i64),
    Named(String),
    Open,
}

/// For what stands in no text.
pub(super) fn no_span() -> Span {
    Span::new(edge_support::FileId(0), 0, 0)
}
