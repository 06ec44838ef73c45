//! Reading models: ONNX, or text of the tensor level.

use super::{NO_FUNCTION, Named, Setting, UNKNOWN_NAME};
use edge_ir::{Attr, Context, Module, OpData, Type};
use edge_support::Reported;
use std::path::Path;

/// A model at the tensor level, and what its function takes and gives.
pub struct Model {
    pub module: Module,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
}

/// An argument or a result.
#[derive(Clone)]
pub struct Port {
    pub name: String,
    pub ty: Type,
}

/// Reads a model, its open sizes bound to `shapes`.
pub fn load(
    s: &Setting<'_>,
    ctx: &Context,
    path: &Path,
    shapes: &[(String, Vec<u64>)],
    values: &Named,
) -> Result<Model, Reported> {
    let onnx = path.extension().is_some_and(|e| e == "onnx");
    let mut module = match onnx {
        true => {
            let proto = edge_import::onnx::load(path, &s.diags)?;
            let options = edge_import::onnx::Options { shapes: known_shapes(&proto, shapes), values: values.clone() };
            edge_import::onnx::import(&proto, path, ctx, &s.registry, &options, &s.diags)?
        }
        false => text(s, ctx, path)?,
    };
    if function(ctx, &module).is_none() {
        return Err(s.fail(NO_FUNCTION, s.model(), "the module has no function with a body"));
    }
    let (inputs, _) = ports(ctx, &module);
    if !onnx && !shapes.is_empty() && inputs.iter().any(|p| is_dynamic(ctx, p.ty)) {
        bind(s, ctx, &mut module, &inputs, shapes)?;
    }
    let (inputs, outputs) = ports(ctx, &module);
    for (name, _) in shapes {
        if !inputs.iter().any(|p| p.name == *name) {
            let known: Vec<&str> = inputs.iter().map(|p| p.name.as_str()).collect();
            return Err(s.fail(UNKNOWN_NAME, s.model(), format!("no input `{name}`; the model has {}", known.join(", "))));
        }
    }
    Ok(Model { module, inputs, outputs })
}

/// Shapes of inputs that the graph really has: a weight may be among the names given.
fn known_shapes(proto: &edge_import::onnx::proto::ModelProto, shapes: &[(String, Vec<u64>)]) -> Vec<(String, Vec<u64>)> {
    let Some(graph) = &proto.graph else { return shapes.to_vec() };
    let constant = |name: &str| graph.initializer.iter().any(|t| t.name.as_deref() == Some(name));
    shapes.iter().filter(|(name, _)| !constant(name)).cloned().collect()
}

fn text(s: &Setting<'_>, ctx: &Context, path: &Path) -> Result<Module, Reported> {
    let text = edge_import::files::read_text(path, &s.diags)?;
    let file = s.sources.add(path.display().to_string(), text);
    let mut module = edge_asm::parse_module(ctx, &s.sources, file, &s.diags, &Default::default())?;
    edge_driver::verify_module(ctx, &s.sources, &mut module, &s.diags)?;
    edge_import::weights::read_beside(ctx, &module, path, &s.diags)?;
    Ok(module)
}

fn bind(
    s: &Setting<'_>,
    ctx: &Context,
    module: &mut Module,
    inputs: &[Port],
    shapes: &[(String, Vec<u64>)],
) -> Result<(), Reported> {
    let sizes = |n: &[u64]| n.iter().map(u64::to_string).collect::<Vec<_>>().join("x");
    let bound: Vec<String> = shapes
        .iter()
        .filter(|(name, _)| inputs.iter().any(|p| p.name == *name && is_dynamic(ctx, p.ty)))
        .map(|(name, shape)| format!("{name}={}", sizes(shape)))
        .collect();
    let passes = edge_transforms::registry();
    let session = crate::Session { ctx, sources: &s.sources, diags: &s.diags, threads: true, registry: &passes };
    session.run(module, &format!("builtin.module(bind-shapes{{{}}})", bound.join(" ")))
}

pub fn is_dynamic(ctx: &Context, ty: Type) -> bool {
    ctx.type_kind(ty).shape().is_some_and(|s| s.contains(&edge_ir::types::DYNAMIC))
}

/// Arguments and results of the module's function.
pub fn ports(ctx: &Context, module: &Module) -> (Vec<Port>, Vec<Port>) {
    let Some(function) = function(ctx, module) else { return (vec![], vec![]) };
    let ty = function.attr(ctx, "function_type").and_then(|a| ctx.as_type(a));
    let Some(edge_ir::TypeKind::Function { inputs, results }) = ty.map(|t| ctx.type_kind(t)) else { return (vec![], vec![]) };
    let list = |types: &[Type], attrs: &str, base: &str| {
        let attrs = function.attr(ctx, attrs).and_then(|a| ctx.as_array(a)).unwrap_or(&[]);
        let one = |(n, ty): (usize, &Type)| {
            let field = |name: &str| field(ctx, *attrs.get(n)?, name);
            let name = field(edge_import::onnx::NAME).and_then(|a| ctx.as_str(a));
            Port { name: name.map_or_else(|| format!("{base}{n}"), str::to_owned), ty: *ty }
        };
        types.iter().enumerate().map(one).collect()
    };
    (list(inputs, "arg_attrs", "in"), list(results, "res_attrs", "out"))
}

fn field(ctx: &Context, dict: Attr, name: &str) -> Option<Attr> {
    ctx.dict_entries(dict).iter().find(|(k, _)| ctx.str(*k) == name).map(|(_, v)| *v)
}

/// The first function with a body.
pub fn function<'m>(ctx: &Context, module: &'m Module) -> Option<&'m OpData> {
    let body = module.op().body()?;
    let mut ops = body.block_ops(module.op().entry()?).map(|op| body.op(op));
    ops.find(|f| ctx.str(f.name) == "func.func" && f.entry().is_some())
}
