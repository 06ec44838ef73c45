//! An operation as what it passes to its definition, and the types that its results have by it.

use super::{elem_of, type_of};
use crate::core::ElemType;
use crate::eval::{self, Arguments, DimArg, Instance, StaticValue, TensorArg};
use crate::model::{AttrConstraint, OPERAND_SEGMENTS, OpDef, TypeConstraint};
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, AttrKind, Body, Context, Op, Type, TypeKind, elements};
use rustc_hash::FxHashMap;

/// Why an operation has no instance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoInstance {
    /// In the words of the definition.
    pub message: String,
    /// Byte range in the definition's file.
    pub span: std::ops::Range<usize>,
}

impl From<eval::EvalError> for NoInstance {
    fn from(e: eval::EvalError) -> Self {
        NoInstance { message: e.message, span: e.span }
    }
}

fn no_instance(message: impl Into<String>) -> NoInstance {
    NoInstance { message: message.into(), span: 0..0 }
}

/// The keys by which sizes that are not known are told apart: one for each name in an encoding `#nn.dims<[N, 64]>`, one of its own for
/// every other `?`.
#[derive(Clone, Default, Debug)]
pub struct Names {
    keys: FxHashMap<String, u32>,
    /// By key; `None` for a size without a name.
    names: Vec<Option<String>>,
}

impl Names {
    fn fresh(&mut self, name: Option<&str>) -> u32 {
        if let Some(key) = name.and_then(|n| self.keys.get(n)) {
            return *key;
        }
        let key = self.names.len() as u32;
        self.names.push(name.map(str::to_string));
        if let Some(name) = name {
            self.keys.insert(name.to_string(), key);
        }
        key
    }

    /// The name of a key.
    pub fn name(&self, key: u32) -> Option<&str> {
        self.names.get(key as usize)?.as_deref()
    }

    /// The extents of a tensor type; none of a scalar, and of a vector, of which `eval` speaks of one element.
    pub fn dims(&mut self, ctx: &Context, ty: Type) -> Option<Vec<DimArg>> {
        let (shape, encoding) = match ctx.type_kind(ty) {
            TypeKind::Tensor { shape, encoding, .. } => (shape, encoding),
            TypeKind::Integer { .. } | TypeKind::Float(_) | TypeKind::Index | TypeKind::Vector { .. } => return Some(vec![]),
            _ => return None,
        };
        let names = encoding.map_or(vec![], |e| encoded_names(ctx, e));
        let dim = |(axis, size): (usize, &i64)| match *size {
            DYNAMIC => DimArg::Dynamic(self.fresh(names.get(axis).map(String::as_str).filter(|n| *n != "?"))),
            size => DimArg::Static(size),
        };
        Some(shape.iter().enumerate().map(dim).collect())
    }
}

const ENCODING: &str = "nn.dims";

/// The entries of `#nn.dims<[N, 64]>`.
fn encoded_names(ctx: &Context, encoding: Attr) -> Vec<String> {
    let AttrKind::Opaque { text, .. } = ctx.attr_kind(encoding) else { return vec![] };
    let inner = text.strip_prefix(ENCODING).and_then(|t| t.trim().strip_prefix("<[")).and_then(|t| t.strip_suffix("]>"));
    inner.map_or(vec![], |t| t.split(',').map(|n| n.trim().to_string()).collect())
}

/// A tensor type of these extents, [`DYNAMIC`] for those not known; names of such sizes are kept in the encoding.
pub fn tensor_type(ctx: &Context, elem: ElemType, dims: &[(i64, Option<&str>)]) -> Type {
    let shape: Vec<i64> = dims.iter().map(|d| d.0).collect();
    let elem = type_of(ctx, elem);
    if dims.iter().all(|d| d.0 != DYNAMIC || d.1.is_none()) {
        return ctx.tensor(&shape, elem);
    }
    let text =
        |(size, name): &(i64, Option<&str>)| if *size == DYNAMIC { name.unwrap_or("?").to_string() } else { size.to_string() };
    let text = format!("{ENCODING}<[{}]>", dims.iter().map(text).collect::<Vec<_>>().join(", "));
    let encoding = ctx.attr(AttrKind::Opaque { text: &text, ty: None, refs: &[] });
    ctx.ty(TypeKind::Tensor { shape: &shape, elem, encoding: Some(encoding) })
}

/// The type of a result; sizes that came in under a name keep it.
fn result_type(ctx: &Context, instance: &Instance, result: usize, names: &Names) -> Type {
    let dims = instance.result_dims(result);
    let dim = |d: &Option<DimArg>| match d {
        Some(DimArg::Static(n)) => (*n, None),
        Some(DimArg::Dynamic(key)) => (DYNAMIC, names.name(*key)),
        None => (DYNAMIC, None),
    };
    tensor_type(ctx, instance.results[result].elem, &dims.iter().map(dim).collect::<Vec<_>>())
}

/// An attribute as a static value; `None` for kinds that `eval` has no use for.
pub fn static_value(ctx: &Context, attr: Attr) -> Option<StaticValue> {
    Some(match ctx.attr_kind(attr) {
        AttrKind::Unit => StaticValue::Bool(true),
        AttrKind::Integer { ty, .. } if ty == ctx.i1() => StaticValue::Bool(ctx.as_int(attr)? != 0),
        AttrKind::Integer { .. } => StaticValue::Int(ctx.as_int(attr)?),
        AttrKind::Float { .. } => StaticValue::Float(ctx.as_float(attr)?),
        AttrKind::String { .. } => StaticValue::Str(ctx.as_str(attr)?.to_string()),
        AttrKind::Type(ty) => StaticValue::Type(elem_of(ctx, ty)?),
        AttrKind::Array(items) => StaticValue::List(items.iter().map(|a| static_value(ctx, *a)).collect::<Option<_>>()?),
        AttrKind::DenseArray { elem, data } => match elements::ints(ctx, elem, data) {
            Some(ints) => StaticValue::List(ints.into_iter().map(StaticValue::Int).collect()),
            None => StaticValue::List(floats(ctx, elem, data)?),
        },
        _ => return None,
    })
}

fn floats(ctx: &Context, elem: Type, data: &[u8]) -> Option<Vec<StaticValue>> {
    let size = ctx.byte_size(elem)? as usize;
    let float = |c: &[u8]| match size {
        4 => Some(StaticValue::Float(f64::from(f32::from_le_bytes(c.try_into().ok()?)))),
        8 => Some(StaticValue::Float(f64::from_le_bytes(c.try_into().ok()?))),
        _ => None,
    };
    data.chunks_exact(size).map(float).collect()
}

/// The elements of a constant as the value of a `!` operand: a list in row-major order, for a scalar the element.
fn constant_value(ctx: &Context, attr: Attr) -> Option<StaticValue> {
    let kind = ctx.type_kind(ctx.attr_type(attr)?);
    let mut items: Vec<StaticValue> = match ctx.type_kind(kind.elem()?) {
        TypeKind::Float(_) => elements::dense_floats(ctx, attr)?.into_iter().map(StaticValue::Float).collect(),
        TypeKind::Integer { width: 1, .. } => {
            elements::dense_ints(ctx, attr)?.into_iter().map(|i| StaticValue::Bool(i != 0)).collect()
        }
        _ => elements::dense_ints(ctx, attr)?.into_iter().map(StaticValue::Int).collect(),
    };
    Some(if kind.shape()?.is_empty() && items.len() == 1 { items.remove(0) } else { StaticValue::List(items) })
}

/// What an operation passes to its definition. `operands` holds the types of each declared operand's values, with their elements where
/// they are constants; `attr` gives the properties by name.
pub fn arguments(
    ctx: &Context,
    def: &OpDef,
    operands: &[Vec<(Type, Option<Attr>)>],
    attr: &dyn Fn(&str) -> Option<Attr>,
) -> Result<(Arguments, Names), NoInstance> {
    let mut names = Names::default();
    let mut args = Arguments::default();
    for (n, group) in operands.iter().enumerate() {
        let spec = def.operands.get(n);
        let name = spec.map_or("", |s| s.name.as_str());
        let known = spec.is_some_and(|s| s.known);
        let mut tensors = vec![];
        for (ty, constant) in group {
            let elem = elem_of(ctx, ctx.elem_or_self(*ty));
            let shape = names.dims(ctx, *ty);
            let (Some(elem), Some(shape)) = (elem, shape) else {
                return Err(no_instance(format!("operand `{name}` is neither a ranked tensor nor a number")));
            };
            let value = constant.filter(|_| known).and_then(|a| constant_value(ctx, a));
            tensors.push(TensorArg { elem, shape, value });
        }
        args.operands.push(tensors);
    }
    for property in &def.properties {
        let value = attr(&property.name).and_then(|a| static_value(ctx, a)).map(|v| match (&property.constraint, v) {
            (AttrConstraint::Enum(cases), StaticValue::Int(i)) => cases.text(i).map_or(StaticValue::Int(i), StaticValue::Str),
            (_, v) => v,
        });
        if let Some(value) = value {
            args.attrs.push((property.name.clone(), value));
        }
    }
    Ok((args, names))
}

/// [`arguments`] of an operation in a body. `constant` tells the elements of operands that are constants.
pub fn op_arguments(
    ctx: &Context,
    def: &OpDef,
    body: &Body,
    op: Op,
    constant: &dyn Fn(edge_ir::Value) -> Option<Attr>,
) -> Result<(Arguments, Names), NoInstance> {
    let data = body.op(op);
    let mut values = body.operands(op).map(|v| (body.ty(v), constant(v)));
    let groups = operand_counts(ctx, def, data.num_operands(), &|name| data.attr(ctx, name))
        .ok_or_else(|| no_instance("the number of operands does not fit the definition"))?;
    let operands: Vec<Vec<_>> = groups.into_iter().map(|n| values.by_ref().take(n).collect()).collect();
    let (mut args, names) = arguments(ctx, def, &operands, &|name| data.attr(ctx, name))?;
    // Type variables that only results have.
    for (spec, value) in def.results.iter().zip(data.results()) {
        let free = |d: &std::sync::Arc<eval::Definition>| super::definition::result_type_name(d, &spec.name);
        if let (Some(name), Some(elem)) = (def.definition().and_then(free), elem_of(ctx, ctx.elem_or_self(body.ty(*value))))
            && !args.attrs.iter().any(|(n, _)| *n == name)
        {
            args.attrs.push((name, StaticValue::Type(elem)));
        }
    }
    Ok((args, names))
}

/// How many values each declared operand has, of `total` operands and the properties that `attr` gives; `None` where they do not fit.
pub fn operand_counts(ctx: &Context, def: &OpDef, total: usize, attr: &dyn Fn(&str) -> Option<Attr>) -> Option<Vec<usize>> {
    if def.has_operand_segments() {
        let sizes = edge_ir::body::segment_sizes(ctx, attr(OPERAND_SEGMENTS)?, total)?;
        return (sizes.len() == def.operands.len()).then_some(sizes);
    }
    let fixed = def.operands.iter().filter(|o| !o.is_variable()).count();
    let variable = def.operands.len() - fixed;
    let rest = total.checked_sub(fixed)?;
    if variable == 0 {
        return (rest == 0).then(|| vec![1; fixed]);
    }
    let one = |o: &crate::model::ValueSpec| if o.is_variable() { rest / variable } else { 1 };
    (rest % variable == 0).then(|| def.operands.iter().map(one).collect())
}

/// The template of a definition, instantiated on an operation in a body.
pub fn instantiate_op(
    ctx: &Context,
    def: &OpDef,
    body: &Body,
    op: Op,
    constant: &dyn Fn(edge_ir::Value) -> Option<Attr>,
) -> Result<(Instance, Names), NoInstance> {
    let template = def.definition().ok_or_else(|| no_instance(format!("`{}` has no `eval`", def.name)))?;
    let (args, names) = op_arguments(ctx, def, body, op, constant)?;
    Ok((eval::instantiate(template, &args)?, names))
}

/// The types of an operation's results by its `eval`, or of a constant by its value.
pub fn infer_types(
    ctx: &Context,
    def: &OpDef,
    operands: &[Vec<(Type, Option<Attr>)>],
    attr: &dyn Fn(&str) -> Option<Attr>,
) -> Result<Vec<Type>, NoInstance> {
    let Some(template) = def.definition() else {
        let typed = |r: &crate::model::ValueSpec| match &r.constraint {
            TypeConstraint::TypeOf(name) => ctx.attr_type(attr(name)?),
            _ => None,
        };
        let types: Option<Vec<Type>> = def.results.iter().map(typed).collect();
        return types.ok_or_else(|| no_instance(format!("the result types of `{}` do not follow from its operands", def.name)));
    };
    let (args, names) = arguments(ctx, def, operands, attr)?;
    let instance = eval::infer(template, &args)?;
    Ok((0..instance.results.len()).map(|n| result_type(ctx, &instance, n, &names)).collect())
}

/// [`infer_types`] of an operation in a body, whose own result types settle what operands leave open (the element type of a cast).
pub fn infer_op_types(
    ctx: &Context,
    def: &OpDef,
    body: &Body,
    op: Op,
    constant: &dyn Fn(edge_ir::Value) -> Option<Attr>,
) -> Result<Vec<Type>, NoInstance> {
    let template = def.definition().ok_or_else(|| no_instance(format!("`{}` has no `eval`", def.name)))?;
    let (args, names) = op_arguments(ctx, def, body, op, constant)?;
    let instance = eval::infer(template, &args)?;
    Ok((0..instance.results.len()).map(|n| result_type(ctx, &instance, n, &names)).collect())
}

/// The tensor type with extents put in place of names of its encoding (and the encoding without them).
pub fn bind_dims(ctx: &Context, ty: Type, size: &dyn Fn(&str) -> Option<i64>) -> Type {
    let TypeKind::Tensor { shape, elem, encoding: Some(encoding) } = ctx.type_kind(ty) else { return ty };
    let found = encoded_names(ctx, encoding);
    if found.len() != shape.len() {
        return ty;
    }
    let mut new = shape.to_vec();
    let mut texts = vec![];
    for (dim, name) in new.iter_mut().zip(&found) {
        if *dim == DYNAMIC
            && let Some(n) = size(name)
        {
            *dim = n;
        }
        texts.push(if *dim == DYNAMIC { name.clone() } else { dim.to_string() });
    }
    let text = format!("{ENCODING}<[{}]>", texts.join(", "));
    let dynamic = new.contains(&DYNAMIC);
    let encoding = dynamic.then(|| ctx.attr(AttrKind::Opaque { text: &text, ty: None, refs: &[] }));
    ctx.ty(TypeKind::Tensor { shape: &new, elem, encoding })
}

/// The names that a tensor type's encoding gives its extents; empty without such an encoding.
pub fn dim_names(ctx: &Context, ty: Type) -> Vec<String> {
    match ctx.type_kind(ty) {
        TypeKind::Tensor { encoding: Some(encoding), .. } => encoded_names(ctx, encoding),
        _ => vec![],
    }
}
