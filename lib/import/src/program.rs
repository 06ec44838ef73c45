//! The function under construction, on which mappings act: it makes operations from their definitions and keeps what is known of values.

mod attrs;

use crate::fold;
use crate::mapping::{Fault, FaultKind, Host, Size, Symbol, Val};
use crate::tensor::Tensor;
use edge_dialect::Registry;
use edge_dialect::core::{self, ElemType};
use edge_dialect::eval::{self, Arguments, DimArg, Instance, TensorArg};
use edge_dialect::instance::{elem_of, tensor_type, type_of};
use edge_dialect::model::{AttrConstraint, OPERAND_SEGMENTS, OpDef};
use edge_ir::context::Resource;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Block, Body, Context, Loc, OpState, Traits, Type, TypeKind, Value};
use edge_support::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Constants of more bytes than this become resources that stay where they are; smaller ones stand in the text.
const INLINE_BYTES: usize = 64;

/// See the module.
pub struct Program<'c> {
    pub ctx: &'c Context,
    registry: &'c Registry,
    pub body: Body,
    pub block: Block,
    /// Of the operations made next.
    pub loc: Loc,
    /// The operation that makes constants.
    constant: Arc<OpDef>,
    sizes: FxHashMap<Value, Vec<Size>>,
    /// The elements of small integer tensors, as far as sizes tell them.
    hosts: FxHashMap<Value, fold::Host>,
    /// The elements of constants.
    constants: FxHashMap<Value, Attr>,
    /// Names of symbols, by number.
    symbols: Vec<Option<String>>,
    resources: FxHashSet<String>,
    /// Inputs whose value was asked for and given: value and elements.
    pub assumed: Vec<(Value, Attr)>,
    /// Values that the caller knows inputs to have.
    pub given: FxHashMap<Value, Tensor>,
}

impl<'c> Program<'c> {
    /// An empty program whose constants are made by `constant`.
    pub fn new(ctx: &'c Context, registry: &'c Registry, constant: Arc<OpDef>, loc: Loc) -> Self {
        let mut body = Body::new();
        let region = body.new_region();
        let block = body.add_block(region);
        Program {
            ctx,
            registry,
            body,
            block,
            loc,
            constant,
            sizes: FxHashMap::default(),
            hosts: FxHashMap::default(),
            constants: FxHashMap::default(),
            symbols: vec![],
            resources: FxHashSet::default(),
            assumed: vec![],
            given: FxHashMap::default(),
        }
    }

    /// A size of its own, or the size of that name.
    pub fn new_symbol(&mut self, name: Option<&str>) -> Symbol {
        let known = name.and_then(|n| self.symbols.iter().position(|s| s.as_deref() == Some(n)));
        if known.is_none() {
            self.symbols.push(name.map(str::to_string));
        }
        Symbol(known.unwrap_or(self.symbols.len() - 1) as u32)
    }

    /// A tensor type with `?` for sizes that are not known.
    pub fn tensor_type(&self, elem: ElemType, sizes: &[Size]) -> Type {
        let name = |s: Symbol| self.symbols.get(s.0 as usize)?.as_deref();
        let dims: Vec<_> = sizes.iter().map(|s| (s.known().unwrap_or(DYNAMIC), s.as_symbol().and_then(name))).collect();
        tensor_type(self.ctx, elem, &dims)
    }

    /// One more argument of the function.
    pub fn argument(&mut self, elem: ElemType, sizes: Vec<Size>, loc: Loc) -> Value {
        let ty = self.tensor_type(elem, &sizes);
        let value = self.body.add_arg(self.block, ty, loc);
        self.sizes.insert(value, sizes);
        value
    }

    /// A constant of these elements. Larger ones are not copied: they become a resource under a name like `name`.
    pub fn tensor_constant(&mut self, tensor: &Tensor, name: &str, span: Span) -> Result<Value, Fault> {
        let attr = self.tensor_attr(tensor, name);
        self.constant_op(attr, span)
    }

    /// The elements of a tensor as an attribute.
    pub fn tensor_attr(&mut self, tensor: &Tensor, name: &str) -> Attr {
        let ty = self.ctx.tensor(tensor.shape(), type_of(self.ctx, tensor.elem()));
        if tensor.data().len() <= INLINE_BYTES {
            return self.dense_attr(tensor);
        }
        let key = self.resource_key(name);
        let key = self.ctx.ident(&key);
        let dialect = self.ctx.ident("builtin");
        self.ctx.add_resource(
            key,
            Resource { data: tensor.data().clone(), hex: false, align: tensor.elem().bytes() as u32, dialect },
        );
        self.ctx.attr(edge_ir::AttrKind::DenseResource { ty, key })
    }

    /// The elements of a tensor as an attribute that holds them itself.
    fn dense_attr(&self, tensor: &Tensor) -> Attr {
        let ty = self.ctx.tensor(tensor.shape(), type_of(self.ctx, tensor.elem()));
        self.ctx.attr(edge_ir::AttrKind::Dense { ty, data: tensor.data(), splat: tensor.len() == 1 })
    }

    /// A name that no other resource has, of characters that need no quoting.
    fn resource_key(&mut self, name: &str) -> String {
        let mut base: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if !base.starts_with(|c: char| c.is_ascii_alphabetic()) {
            base.insert_str(0, "w_");
        }
        let mut key = base.clone();
        let mut n = 0;
        while self.resources.contains(&key) || self.ctx.resource(self.ctx.ident(&key)).is_some() {
            n += 1;
            key = format!("{base}_{n}");
        }
        self.resources.insert(key.clone());
        key
    }

    fn constant_op(&mut self, elements: Attr, span: Span) -> Result<Value, Fault> {
        let def = self.constant.clone();
        let slot = def.properties.iter().find(|p| matches!(p.constraint, AttrConstraint::Elements | AttrConstraint::Typed(_)));
        let name = slot.map(|p| p.name.clone()).unwrap_or_default();
        match self.build(&def.name, vec![], vec![(name, Val::Elements(elements))], span)? {
            Val::Value(value) => Ok(value),
            _ => Err(Fault::mapping(span, format!("`{}` makes no single constant", def.name))),
        }
    }

    fn dim_args(&self, value: Value) -> Option<TensorArg> {
        let elem = elem_of(self.ctx, self.ctx.type_kind(self.body.ty(value)).elem()?)?;
        let shape = self.sizes.get(&value)?.iter().map(|s| match (s.known(), s.as_symbol()) {
            (Some(n), _) => Some(DimArg::Static(n)),
            (None, Some(symbol)) => Some(DimArg::Dynamic(symbol.0)),
            (None, None) => None,
        });
        Some(TensorArg { elem, shape: shape.collect::<Option<_>>()?, value: None })
    }

    /// What the definition says of an operation's results: element types and sizes.
    fn result_types(&mut self, instance: &Instance) -> Vec<(ElemType, Vec<Size>)> {
        let mut out = vec![];
        for (n, result) in instance.results.iter().enumerate() {
            let dims = instance.result_dims(n);
            let sizes = dims.into_iter().map(|d| match d {
                Some(DimArg::Static(n)) => Size::from(n),
                Some(DimArg::Dynamic(key)) => Size::symbol(Symbol(key)),
                None => Size::symbol(self.new_symbol(None)),
            });
            out.push((result.elem, sizes.collect()));
        }
        out
    }

    /// Makes an operation whose result types are known.
    fn create(&mut self, def: &OpDef, operands: Vec<Value>, props: Vec<(String, Attr)>, types: Vec<Type>) -> Vec<Value> {
        let mut state = OpState::new(self.ctx.ident(&def.name), self.loc);
        state.operands = operands.into_iter().collect();
        state.props = props.into_iter().map(|(n, a)| (self.ctx.ident(&n), a)).collect();
        state.result_types = types.into_iter().collect();
        let op = self.body.create(self.ctx, state);
        self.body.append(self.block, op);
        self.body.op(op).results().to_vec()
    }

    /// The results of an operation on sizes, as far as they can be told.
    fn fold(&self, instance: &Instance, operands: &[Value]) -> Option<Vec<fold::Host>> {
        let hosts: Vec<Option<fold::Host>> = operands.iter().map(|v| self.hosts.get(v).cloned()).collect();
        let symbol = |sym: core::SymId| instance.keys.get(sym.0 as usize).map(|key| Symbol(*key));
        fold::evaluate(&instance.program, &hosts, &symbol)
    }

    /// The value with these elements in place of one that computes them, where all are numbers.
    fn settle(&mut self, value: Value, host: fold::Host, span: Span) -> Result<Value, Fault> {
        let numbers: Option<Vec<Val>> = host.elements.iter().map(|e| e.known().map(Val::int)).collect();
        let elem = self.elem(value, span)?;
        if let Some(numbers) = numbers {
            let attr = self.dense(elem, &host.shape, &numbers, span)?;
            return self.constant_op(attr, span);
        }
        self.hosts.insert(value, host);
        Ok(value)
    }

    /// Erases operations without effects whose results nobody uses.
    pub fn erase_unused(&mut self) {
        let mut next = self.body.block_last(self.block);
        while let Some(op) = next {
            next = self.body.prev_op(op);
            let data = self.body.op(op);
            let unused = data.has(self.ctx, Traits::PURE)
                && !data.results().is_empty()
                && data.results().iter().all(|r| self.body.is_unused(*r));
            if unused {
                self.body.erase(op);
            }
        }
    }
}

/// Operands as the definition declares them.
struct Operands {
    flat: Vec<Value>,
    /// How many values each declared operand has.
    counts: Vec<usize>,
}

impl Operands {
    fn new(def: &OpDef, args: Vec<Val>, span: Span) -> Result<Operands, Fault> {
        let mut out = Operands { flat: vec![], counts: vec![] };
        let given = args.len();
        let mut args = args.into_iter();
        for spec in &def.operands {
            let before = out.flat.len();
            match args.next().unwrap_or(Val::None) {
                Val::None if spec.is_variable() => {}
                Val::Value(value) => out.flat.push(value),
                Val::List(items) => {
                    for item in items {
                        match item {
                            Val::Value(value) => out.flat.push(value),
                            other => {
                                return Err(Fault::mapping(
                                    span,
                                    format!("operand `{}` of `{}` is {}", spec.name, def.name, other.kind()),
                                ));
                            }
                        }
                    }
                }
                other => {
                    return Err(Fault::mapping(span, format!("operand `{}` of `{}` is {}", spec.name, def.name, other.kind())));
                }
            }
            out.counts.push(out.flat.len() - before);
        }
        if args.next().is_some() {
            return Err(Fault::mapping(span, format!("`{}` takes {} operands, not {given}", def.name, def.operands.len())));
        }
        Ok(out)
    }

    /// The values of each declared operand.
    fn groups(&self) -> Vec<&[Value]> {
        let mut at = 0;
        let mut out = vec![];
        for n in &self.counts {
            out.push(&self.flat[at..at + n]);
            at += n;
        }
        out
    }
}

impl Host for Program<'_> {
    fn build(&mut self, op: &str, args: Vec<Val>, attrs: Vec<(String, Val)>, span: Span) -> Result<Val, Fault> {
        let registry = self.registry;
        let Some(def) = registry.op(op) else {
            return Err(Fault::mapping(span, format!("there is no operation `{op}`")));
        };
        let operands = Operands::new(def, args, span)?;
        let mut props = self.properties(def, &attrs, span)?;
        if def.has_operand_segments() {
            let counts: Vec<i32> = operands.counts.iter().map(|n| *n as i32).collect();
            props.push((OPERAND_SEGMENTS.to_string(), self.ctx.i32_array(&counts)));
        }
        if let Some((_, Val::Elements(elements))) = attrs.first().filter(|_| def.ir_traits().contains(Traits::CONSTANT_LIKE)) {
            return self.build_constant(def, *elements, props, span);
        }
        let groups = operands
            .groups()
            .iter()
            .map(|g| g.iter().map(|v| self.dim_args(*v)).collect::<Option<Vec<_>>>())
            .collect::<Option<_>>();
        let groups = groups.ok_or_else(|| Fault::mapping(span, format!("an operand of `{op}` is no tensor")))?;
        let mut statics = vec![];
        for (name, value) in &attrs {
            statics.push((name.clone(), attrs::static_value(value, span)?));
        }
        let arguments = Arguments { operands: groups, attrs: statics, ..Default::default() };
        let template = def.definition().ok_or_else(|| Fault::mapping(span, format!("`{op}` has no `eval`")))?;
        let instance =
            eval::infer(template, &arguments).map_err(|e| Fault::new(FaultKind::Model, span, format!("{op}: {e}")))?;
        let types = self.result_types(&instance);
        let result_types = types.iter().map(|(elem, sizes)| self.tensor_type(*elem, sizes)).collect();
        let mut results = self.create(def, operands.flat.clone(), props, result_types);
        for (value, (_, sizes)) in results.iter().zip(types) {
            self.sizes.insert(*value, sizes);
        }
        let may_fold = results.iter().all(|v| self.is_small_int(*v));
        let instance = if may_fold { eval::instantiate(template, &arguments).ok() } else { None };
        if let Some(hosts) = instance.and_then(|i| self.fold(&i, &operands.flat)) {
            for (value, host) in results.iter_mut().zip(hosts) {
                *value = self.settle(*value, host, span)?;
            }
        }
        Ok(match results[..] {
            [single] => Val::Value(single),
            _ => Val::Tuple(results.into_iter().map(Val::Value).collect()),
        })
    }

    fn shape(&mut self, value: Value, span: Span) -> Result<Vec<Size>, Fault> {
        self.sizes.get(&value).cloned().ok_or_else(|| Fault::mapping(span, "the shape of what is no tensor"))
    }

    fn elem(&mut self, value: Value, span: Span) -> Result<ElemType, Fault> {
        let elem = self.ctx.type_kind(self.body.ty(value)).elem().and_then(|t| elem_of(self.ctx, t));
        elem.ok_or_else(|| Fault::mapping(span, "the element type of what is no tensor"))
    }

    fn known(&mut self, value: Value, span: Span) -> Result<Val, Fault> {
        let scalar = self.sizes.get(&value).is_some_and(|s| s.is_empty());
        let shaped = |mut items: Vec<Val>| if scalar && items.len() == 1 { items.remove(0) } else { Val::List(items) };
        if let Some(host) = self.hosts.get(&value) {
            return Ok(shaped(host.elements.iter().cloned().map(Val::Int).collect()));
        }
        if let Some(tensor) = self.given.get(&value).cloned() {
            let attr = self.dense_attr(&tensor);
            if !self.assumed.iter().any(|(v, _)| *v == value) {
                self.assumed.push((value, attr));
            }
            self.constants.insert(value, attr);
        }
        let elements = self.constants.get(&value).and_then(|a| attrs::elements(self.ctx, *a));
        elements
            .map(shaped)
            .ok_or_else(|| Fault::new(FaultKind::Unknown, span, "this operand must be a constant, or follow from shapes"))
    }

    fn dense(&mut self, elem: ElemType, shape: &[i64], elements: &[Val], span: Span) -> Result<Attr, Fault> {
        attrs::dense(self.ctx, elem, shape, elements, span)
    }

    fn first(&mut self, elements: Attr, span: Span) -> Result<(ElemType, Val), Fault> {
        let elem = self.ctx.attr_type(elements).and_then(|t| elem_of(self.ctx, self.ctx.elem_or_self(t)));
        let first = attrs::elements(self.ctx, elements).and_then(|e| e.into_iter().next());
        elem.zip(first).ok_or_else(|| Fault::new(FaultKind::Model, span, "a constant without elements"))
    }

    fn type_of_code(&mut self, code: i64, span: Span) -> Result<ElemType, Fault> {
        let code = i32::try_from(code).unwrap_or(0);
        crate::onnx::tensor::elem_of(code).ok_or_else(|| {
            let name = crate::onnx::proto::DataType::name(code);
            Fault::new(FaultKind::Unsupported, span, format!("element type {name} is not supported"))
        })
    }
}

impl Program<'_> {
    /// Integers that may be a shape.
    fn is_small_int(&self, value: Value) -> bool {
        let TypeKind::Tensor { shape, elem, .. } = self.ctx.type_kind(self.body.ty(value)) else { return false };
        self.ctx.is_int(elem) && shape.len() <= 2 && edge_ir::elements::count(shape).is_some_and(|n| n <= 256)
    }

    fn build_constant(&mut self, def: &OpDef, elements: Attr, props: Vec<(String, Attr)>, span: Span) -> Result<Val, Fault> {
        let ty = self.ctx.attr_type(elements).ok_or_else(|| Fault::mapping(span, "a constant without a type"))?;
        let shape = self.ctx.type_kind(ty).shape().unwrap_or_default();
        let value = self.create(def, vec![], props, vec![ty]);
        let [value] = value[..] else { return Err(Fault::mapping(span, format!("`{}` has not one result", def.name))) };
        self.sizes.insert(value, shape.iter().map(|d| Size::from(*d)).collect());
        self.constants.insert(value, elements);
        if self.is_small_int(value)
            && let Some(items) = attrs::elements(self.ctx, elements)
        {
            let sizes = items.into_iter().filter_map(|v| if let Val::Int(size) = v { Some(size) } else { None });
            let host = fold::Host { shape: shape.to_vec(), elements: sizes.collect() };
            if edge_ir::elements::count(shape) == Some(host.elements.len() as u64) {
                self.hosts.insert(value, host);
            }
        }
        Ok(Val::Value(value))
    }
}
