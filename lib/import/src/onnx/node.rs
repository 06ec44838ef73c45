//! A node's inputs and attributes under the names that its mapping gives them.

use super::proto::{AttributeKind, AttributeProto, NodeProto};
use super::tensor::{External, tensor_of};
use crate::mapping::ast::{Mapping, ParamKind};
use crate::mapping::{Env, Evaluator, Fault, FaultKind, Val};
use crate::program::Program;
use edge_support::Diagnostics;
use rustc_hash::FxHashMap;

/// The names of a mapping's body: inputs and attributes. An attribute or input that the mapping does not know is an error: nothing that a
/// model says is passed over.
pub(super) fn environment(
    mapping: &Mapping,
    node: &NodeProto,
    inputs: Vec<Val>,
    program: &mut Program<'_>,
    external: &External,
    place: &str,
    diags: &Diagnostics,
) -> Result<Env, Fault> {
    let mut env = operands(mapping, inputs)?;
    let known = |name: &str| mapping.attrs.iter().any(|a| a.name == name);
    if let Some(other) = node.attribute.iter().find(|a| !known(a.name.as_deref().unwrap_or(""))) {
        let message = format!("attribute `{}` is not supported", other.name.as_deref().unwrap_or(""));
        return Err(Fault::new(FaultKind::Unsupported, mapping.span, message));
    }
    for attr in &mapping.attrs {
        let given = node.attribute.iter().find(|a| a.name.as_deref() == Some(attr.name.as_str()));
        let value = match (given, &attr.default) {
            (Some(proto), _) => attribute(proto, program, external, mapping, &format!("{place}.{}", attr.name), diags)?,
            (None, Some(default)) => Evaluator::new(&FxHashMap::default(), program).expr(default, &mut env)?,
            (None, None) => {
                return Err(Fault::new(FaultKind::Model, mapping.span, format!("attribute `{}` is missing", attr.name)));
            }
        };
        env.push((attr.name.clone(), value));
    }
    Ok(env)
}

fn operands(mapping: &Mapping, inputs: Vec<Val>) -> Result<Env, Fault> {
    let given = inputs.len();
    let mut inputs = inputs.into_iter();
    let mut env: Env = vec![];
    for param in &mapping.params {
        let value = match param.kind {
            ParamKind::Variadic => Val::List(inputs.by_ref().collect()),
            ParamKind::Optional => inputs.next().unwrap_or(Val::None),
            ParamKind::Required => match inputs.next() {
                None | Some(Val::None) => {
                    return Err(Fault::new(FaultKind::Model, mapping.span, format!("input `{}` is missing", param.name)));
                }
                Some(value) => value,
            },
        };
        env.push((param.name.clone(), value));
    }
    if inputs.any(|v| v != Val::None) {
        let message = format!("{given} inputs, of which {} are supported", mapping.params.len());
        return Err(Fault::new(FaultKind::Unsupported, mapping.span, message));
    }
    Ok(env)
}

/// The value of an attribute.
fn attribute(
    proto: &AttributeProto,
    program: &mut Program<'_>,
    external: &External,
    mapping: &Mapping,
    place: &str,
    diags: &Diagnostics,
) -> Result<Val, Fault> {
    let fault = |kind: FaultKind, message: String| Fault::new(kind, mapping.span, message);
    let text = |bytes: &bytes::Bytes| {
        let text = std::str::from_utf8(bytes).map_err(|_| fault(FaultKind::Model, "a string that is no UTF-8".to_string()))?;
        Ok(Val::Str(text.to_string()))
    };
    match kind_of(proto) {
        AttributeKind::FLOAT => Ok(Val::Float(f64::from(proto.f.unwrap_or(0.0)))),
        AttributeKind::INT => Ok(Val::int(proto.i.unwrap_or(0))),
        AttributeKind::STRING => text(proto.s.as_ref().unwrap_or(&bytes::Bytes::new())),
        AttributeKind::FLOATS => Ok(Val::List(proto.floats.iter().map(|f| Val::Float(f64::from(*f))).collect())),
        AttributeKind::INTS => Ok(Val::List(proto.ints.iter().map(|i| Val::int(*i)).collect())),
        AttributeKind::STRINGS => Ok(Val::List(proto.strings.iter().map(text).collect::<Result<_, _>>()?)),
        AttributeKind::TENSOR => {
            let tensor =
                proto.t.as_ref().ok_or_else(|| fault(FaultKind::Model, "a tensor attribute without a tensor".to_string()))?;
            let told = |reported| fault(FaultKind::Told(reported), String::new());
            let tensor = tensor_of(tensor, external, place, diags).map_err(told)?;
            let name = place.split('`').nth(1).unwrap_or("constant").to_string();
            Ok(Val::Elements(program.tensor_attr(&tensor, &name)))
        }
        AttributeKind::GRAPH => Err(fault(FaultKind::Unsupported, "an attribute that is a graph is not supported".to_string())),
        other => Err(fault(FaultKind::Unsupported, format!("an attribute of kind {other} is not supported"))),
    }
}

/// The kind of an attribute; files of IR version 1 do not say it, but show it by the field that is there.
fn kind_of(proto: &AttributeProto) -> i32 {
    if let Some(kind) = proto.kind.filter(|k| *k != 0) {
        return kind;
    }
    match proto {
        AttributeProto { f: Some(_), .. } => AttributeKind::FLOAT,
        AttributeProto { i: Some(_), .. } => AttributeKind::INT,
        AttributeProto { s: Some(_), .. } => AttributeKind::STRING,
        AttributeProto { t: Some(_), .. } => AttributeKind::TENSOR,
        AttributeProto { g: Some(_), .. } => AttributeKind::GRAPH,
        _ if !proto.floats.is_empty() => AttributeKind::FLOATS,
        _ if !proto.strings.is_empty() => AttributeKind::STRINGS,
        _ => AttributeKind::INTS,
    }
}
