//! The right side of a rule.

use super::expr::{Bound, Val, eval, variables as expr_variables};
use super::{CompiledRule, Node, OpNode, matching, same_type};
use crate::greedy::Rewriter;
use edge_dialect::model::{AttrConstraint, ElementKind, OPERAND_SEGMENTS};
use edge_ir::{Attr, AttrKind, Context, Ident, Op, OpState, Type, Value};

/// Variables that the right side uses.
pub(super) fn variables(node: &Node) -> Vec<String> {
    match node {
        Node::Var(name) => vec![name.clone()],
        Node::Op(op) => {
            let operands = op.operands.iter().flat_map(|(_, n)| variables(n));
            operands.chain(op.attrs.iter().flat_map(|(_, e)| expr_variables(e))).collect()
        }
        _ => Vec::new(),
    }
}

/// Replaces the matched operation. Where something on the right has no value or no type, nothing changes.
pub(super) fn replace(rule: &CompiledRule, rw: &mut Rewriter<'_>, op: Op, bound: &Bound) -> bool {
    let mut matched = Vec::new();
    matching::matched_ops(rw.body, rw.ctx, &rule.matched, op, &mut matched);
    let locs: Vec<_> = matched.iter().map(|o| rw.body.op(*o).loc).collect();
    rw.loc = rw.ctx.fused_loc(&locs);
    let types: Vec<Type> = rw.body.op(op).results().iter().map(|r| rw.body.ty(*r)).collect();
    let mut b = Builder { rule, rw, bound, made: Vec::new(), attrs: None };
    b.attrs = b.rw.body.op(op).discardable();
    let values = b.results(&types);
    let made = std::mem::take(&mut b.made);
    let fits =
        |rw: &Rewriter<'_>, v: &[Value]| v.len() == types.len() && v.iter().zip(&types).all(|(v, t)| rw.body.ty(*v) == *t);
    match values.filter(|v| fits(rw, v)) {
        Some(values) => {
            rw.replace(op, &values);
            true
        }
        None => {
            made.into_iter().rev().for_each(|op| rw.erase(op));
            false
        }
    }
}

struct Builder<'a, 'r> {
    rule: &'a CompiledRule,
    rw: &'a mut Rewriter<'r>,
    bound: &'a Bound,
    made: Vec<Op>,
    /// Discardable attributes of the operation that is replaced, which its successor takes over.
    attrs: Option<Attr>,
}

impl Builder<'_, '_> {
    fn results(&mut self, types: &[Type]) -> Option<Vec<Value>> {
        let rule = self.rule;
        if let [Node::Op(op)] = &rule.built[..] {
            return self.op(op, Some(types));
        }
        let mut values = Vec::new();
        for (node, ty) in rule.built.iter().zip(types) {
            match node {
                Node::Op(op) => values.extend(self.op(op, Some(std::slice::from_ref(ty)))?),
                node => values.extend(self.leaf(node, Some(*ty))?),
            }
        }
        Some(values)
    }
    /// A variable's values, or a constant of a type.
    fn leaf(&mut self, node: &Node, ty: Option<Type>) -> Option<Vec<Value>> {
        match node {
            Node::Var(name) => match self.bound.get(name)? {
                Val::Values(values) => Some(values.clone()),
                _ => None,
            },
            Node::Int(i) => self.number(*i as f64, ty?),
            Node::Float(f) => self.number(*f, ty?),
            Node::Op(op) => self.op(op, None),
        }
    }
    fn number(&mut self, value: f64, ty: Type) -> Option<Vec<Value>> {
        let attr = splat(self.rw.ctx, value, ty)?;
        Some(vec![self.rw.constant(attr, ty)?])
    }
    /// Makes an operation, its operands first; without types, those that follow from its definition.
    fn op(&mut self, node: &OpNode, types: Option<&[Type]>) -> Option<Vec<Value>> {
        let outer = types.is_some();
        let mut groups: Vec<Vec<Value>> = vec![Vec::new(); node.def.operands.len()];
        // A number has the type of the first operand beside it, or of the result.
        let beside = node.operands.iter().find_map(|(_, n)| match n {
            Node::Int(_) | Node::Float(_) => None,
            n => Some(n),
        });
        let mut like = types.and_then(|t| t.first().copied());
        if let Some(Node::Var(name)) = beside
            && let Some(Val::Values(values)) = self.bound.get(name)
        {
            like = values.first().map(|v| self.rw.body.ty(*v));
        }
        for (index, operand) in &node.operands {
            groups[*index] = self.leaf(operand, like)?;
        }
        let mut state = OpState::new(node.name, self.rw.loc);
        if node.def.has_operand_segments() {
            let sizes: Vec<i32> = groups.iter().map(|g| g.len() as i32).collect();
            state.props.push((self.rw.ctx.ident(OPERAND_SEGMENTS), self.rw.ctx.i32_array(&sizes)));
        }
        state.operands.extend(groups.into_iter().flatten());
        for (name, expr) in &node.attrs {
            let value = match &expr.node {
                edge_dialect::model::ExprNode::Var(v) => self.bound.get(v)?.clone(),
                _ => eval(self.rw.ctx, self.rw.body, self.bound, expr)?,
            };
            if value != Val::Absent {
                state.props.push((*name, self.attribute(node, *name, value)?));
            }
        }
        let types = match types {
            Some(types) => types.to_vec(),
            None => self.infer(node, &state)?,
        };
        state.result_types.extend(types);
        state.attrs = if outer { self.attrs } else { None };
        let op = self.rw.create(state);
        self.made.push(op);
        Some(self.rw.body.op(op).results().to_vec())
    }
    fn infer(&self, node: &OpNode, state: &OpState) -> Option<Vec<Type>> {
        let inferred = self.rule.infer.infer(self.rw.ctx, self.rw.body, node.name, &state.operands, &state.props);
        if inferred.is_some() || !same_type(&node.def) {
            return inferred;
        }
        let ty = self.rw.body.ty(*state.operands.first()?);
        Some(vec![ty; node.def.results.len()])
    }
    /// A value as the attribute that the property wants.
    fn attribute(&self, node: &OpNode, name: Ident, value: Val) -> Option<Attr> {
        let ctx = self.rw.ctx;
        let spec = &node.def.properties[node.def.property(ctx.str(name))?];
        Some(match (value, &spec.constraint) {
            (Val::Attr(attr), _) => attr,
            (Val::Bool(b), _) => ctx.bool_attr(b),
            (Val::Int(i), AttrConstraint::Integer { width, sign }) => ctx.int_attr(i as i128, ctx.int_with(*width, *sign)),
            (Val::Int(i), AttrConstraint::Index) => ctx.index_attr(i),
            (Val::Int(i), AttrConstraint::Float(kind)) => ctx.float_attr(i as f64, ctx.float(*kind))?,
            (Val::Float(f), AttrConstraint::Float(kind)) => ctx.float_attr(f, ctx.float(*kind))?,
            (Val::Str(s), _) => ctx.str_attr(&s),
            (Val::Type(t), _) => ctx.type_attr(t),
            (Val::List(list), AttrConstraint::DenseArray(ElementKind::I64)) => ctx.i64_array(&list),
            (Val::List(list), AttrConstraint::DenseArray(ElementKind::I32)) => {
                let narrow: Result<Vec<i32>, _> = list.into_iter().map(i32::try_from).collect();
                ctx.i32_array(&narrow.ok()?)
            }
            (Val::Int(i), _) => ctx.i64_attr(i),
            _ => return None,
        })
    }
}

/// A constant of a scalar type, or of a shaped type with all elements equal.
fn splat(ctx: &Context, value: f64, ty: Type) -> Option<Attr> {
    let elem = ctx.elem_or_self(ty);
    let scalar = if ctx.is_float(elem) {
        ctx.float_attr(value, elem)?
    } else if value.fract() == 0.0 && value.abs() < 9e15 {
        ctx.int_attr(value as i128, elem)
    } else {
        return None;
    };
    if elem == ty {
        return Some(scalar);
    }
    let shape = ctx.type_kind(ty).shape()?;
    edge_ir::elements::count(shape)?;
    let size = ctx.byte_size(elem)? as usize;
    let mut bytes = match ctx.attr_kind(scalar) {
        AttrKind::Float { bits, .. } => bits.to_le_bytes().to_vec(),
        AttrKind::Integer { words, .. } => words.iter().flat_map(|w| w.to_le_bytes()).collect(),
        _ => return None,
    };
    bytes.resize(size.max(1), 0);
    Some(ctx.attr(AttrKind::Dense { ty, data: &bytes, splat: true }))
}
