//! Instantiation: a definition, with the types of operands and the attributes of one operation, becomes Core.

use super::ast::*;
use super::value::{StaticValue, Value};
use crate::core::{BinOp, Buf, BufId, BufKind, ElemType, ExprId, Node, Poly, Program, Require, Scalar, SymSource};
use rustc_hash::FxHashMap;

pub(super) type Result<T> = std::result::Result<T, EvalError>;

/// The extent of one axis of an operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DimArg {
    Static(i64),
    /// Not known; equal keys are equal extents. The caller gives an unnamed `?` a key of its own.
    Dynamic(u32),
}

/// One tensor passed to the operation.
#[derive(Clone, PartialEq, Debug)]
pub struct TensorArg {
    pub elem: ElemType,
    pub shape: Vec<DimArg>,
    /// The value, where it is a constant: a list in row-major order (for rank 0 the element itself).
    pub value: Option<StaticValue>,
}

impl TensorArg {
    pub fn new(elem: ElemType, shape: &[i64]) -> TensorArg {
        TensorArg { elem, shape: shape.iter().map(|d| DimArg::Static(*d)).collect(), value: None }
    }
}

/// What one operation passes to its definition.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Arguments {
    /// One group per declared operand: one tensor, none or one for an optional, any number for a variadic.
    pub operands: Vec<Vec<TensorArg>>,
    /// Attributes by name; those left out take their defaults, or are None.
    pub attrs: Vec<(String, StaticValue)>,
    /// Per declared result, whether it is there (optional results only; short: all are).
    pub results: Vec<bool>,
    /// The number of instances of a variadic result, where sizes do not tell.
    pub result_count: Option<usize>,
}

/// The type of a result.
#[derive(Clone, PartialEq, Debug)]
pub struct ResultType {
    /// Position of its declaration.
    pub decl: usize,
    pub elem: ElemType,
    /// Extents as expressions of the program.
    pub shape: Vec<ExprId>,
}

/// An instantiated definition.
#[derive(Clone, Debug)]
pub struct Instance {
    pub program: Program,
    pub results: Vec<ResultType>,
    /// The caller's key of each sym of the program.
    pub keys: Vec<u32>,
    /// Dubious things that are no errors, such as a sum in a narrow type.
    pub findings: Vec<EvalError>,
}

impl Instance {
    /// The extents of a result: known, the caller's own key, or `None` where it is a new number.
    pub fn result_dims(&self, result: usize) -> Vec<Option<DimArg>> {
        self.results.get(result).map_or(Vec::new(), |r| r.shape.iter().map(|e| self.dim(*e)).collect())
    }

    fn dim(&self, e: ExprId) -> Option<DimArg> {
        match self.program.node(e) {
            Node::Const(_) => self.program.exprs.as_index(e).map(DimArg::Static),
            Node::Sym(s) => self.keys.get(s.0 as usize).copied().map(DimArg::Dynamic),
            _ => None,
        }
    }
}

/// A tensor that statements can name.
pub(super) struct Tensor {
    pub name: String,
    /// One buffer per instance; none: absent.
    pub bufs: Vec<BufId>,
    pub is_result: bool,
}

/// A macro.
#[derive(Clone, Copy)]
pub(super) struct Macro<'a> {
    pub name: &'a str,
    pub params: &'a [String],
    pub body: &'a Expr,
}

/// The state of one instantiation.
pub(super) struct Inst<'a> {
    pub def: &'a Definition,
    pub program: Program,
    /// Values in scope, innermost last.
    pub scope: Vec<(&'a str, Value)>,
    pub macros: Vec<Macro<'a>>,
    pub tensors: Vec<Tensor>,
    /// Known to be `>= 0` where the evaluation stands.
    pub facts: Vec<Poly>,
    /// Above 0: this is never executed (an empty domain), so ranges are not checked.
    pub vacuous: u32,
    /// Above 0: a place of a left side, where `(k < e)` binds.
    pub in_place: u32,
    pub depth: u32,
    pub syms: FxHashMap<u32, ExprId>,
    pub findings: Vec<EvalError>,
}

/// Instantiates `def` on `args`. Errors say what does not fit, in the words of the definition.
pub fn instantiate(def: &Definition, args: &Arguments) -> Result<Instance> {
    let mut inst = Inst::new(def);
    inst.bind_header(args)?;
    inst.shape_statements(&def.body)?;
    let results = inst.declare_results(args)?;
    inst.statements(&def.body)?;
    inst.check_results_defined()?;
    inst.program.normalise();
    Ok(inst.finish(results))
}

/// The types of the results only; much cheaper than [`instantiate`].
pub fn infer(def: &Definition, args: &Arguments) -> Result<Instance> {
    let mut inst = Inst::new(def);
    inst.bind_header(args)?;
    inst.shape_statements(&def.body)?;
    let results = inst.declare_results(args)?;
    Ok(inst.finish(results))
}

/// The value of a formula over named values. Dynamic numbers cannot be computed with, only handed on.
pub fn eval_static(expr: &Expr, env: &[(String, StaticValue)]) -> Result<StaticValue> {
    let def = Definition::default();
    let mut inst = Inst::new(&def);
    let scope: Vec<(&str, Value)> = env.iter().map(|(n, v)| (n.as_str(), inst.static_value(v))).collect();
    let mut inst = Inst { scope, ..inst };
    let value = inst.eval(expr, None)?;
    inst.to_static(&value).ok_or_else(|| EvalError::new(expr.span.clone(), format!("{} is not known here", value.describe())))
}

impl<'a> Inst<'a> {
    pub(super) fn new(def: &'a Definition) -> Inst<'a> {
        Inst {
            def,
            program: Program::default(),
            scope: Vec::new(),
            macros: Vec::new(),
            tensors: Vec::new(),
            facts: Vec::new(),
            vacuous: 0,
            in_place: 0,
            depth: 0,
            syms: FxHashMap::default(),
            findings: Vec::new(),
        }
    }

    fn finish(self, results: Vec<ResultType>) -> Instance {
        let mut keys = vec![0; self.program.syms.len()];
        for (key, e) in &self.syms {
            if let Node::Sym(s) = self.program.node(*e) {
                keys[s.0 as usize] = *key;
            }
        }
        Instance { program: self.program, results, keys, findings: self.findings }
    }

    /// The sym of a caller's key.
    pub(super) fn sym(&mut self, key: u32, source: SymSource) -> ExprId {
        if let Some(&e) = self.syms.get(&key) {
            return e;
        }
        let e = self.program.add_sym(format!("?{key}"), source);
        self.syms.insert(key, e);
        e
    }

    pub(super) fn static_value(&mut self, value: &StaticValue) -> Value {
        match value {
            StaticValue::Int(v) => Value::Int(*v),
            StaticValue::Float(v) => Value::Float(*v),
            StaticValue::Bool(v) => Value::Bool(*v),
            StaticValue::Str(v) => Value::Str(v.clone()),
            StaticValue::Type(v) => Value::Type(*v),
            StaticValue::None => Value::None,
            StaticValue::List(items) => Value::List(items.iter().map(|v| self.static_value(v)).collect()),
            StaticValue::Dynamic(key) => Value::Expr(self.sym(*key, SymSource::External(*key))),
        }
    }

    fn to_static(&self, value: &Value) -> Option<StaticValue> {
        Some(match value {
            Value::Int(v) => StaticValue::Int(*v),
            Value::Float(v) => StaticValue::Float(*v),
            Value::Bool(v) => StaticValue::Bool(*v),
            Value::Str(v) => StaticValue::Str(v.clone()),
            Value::Type(v) => StaticValue::Type(*v),
            Value::None => StaticValue::None,
            Value::List(items) => StaticValue::List(items.iter().map(|v| self.to_static(v)).collect::<Option<_>>()?),
            Value::Lowest | Value::Highest => return None,
            Value::Expr(e) => match self.program.node(*e) {
                Node::Sym(_) => StaticValue::Dynamic(*self.syms.iter().find(|(_, s)| *s == e)?.0),
                Node::Const(c) if c.ty() == ElemType::I1 => StaticValue::Bool(c.to_bool()),
                Node::Const(c) => match c.to_int() {
                    Some(v) => StaticValue::Int(i64::try_from(v).ok()?),
                    None => StaticValue::Float(c.to_f64()),
                },
                _ => return None,
            },
        })
    }

    /// The value of an expression of Core; constants of `index` and `i1` become static.
    pub(super) fn value_of(&self, e: ExprId) -> Value {
        match self.program.exprs.as_const(e) {
            Some(c) if c.ty() == ElemType::Index => Value::Int(c.bits() as i64),
            Some(c) if c.ty() == ElemType::I1 => Value::Bool(c.to_bool()),
            _ => Value::Expr(e),
        }
    }

    pub(super) fn lookup(&self, name: &str) -> Option<&Value> {
        self.scope.iter().rev().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    pub(super) fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|t| t.name == name)
    }

    pub(super) fn require(&mut self, cond: ExprId, message: String) {
        if !self.program.requires.iter().any(|r| r.cond == cond) {
            self.program.requires.push(Require { cond, message });
        }
    }

    /// A boolean that must hold: at once if known, else at run time.
    pub(super) fn require_value(&mut self, cond: Value, span: &Span, message: String) -> Result<()> {
        match cond {
            Value::Bool(true) => Ok(()),
            Value::Bool(false) => Err(EvalError::new(span.clone(), message)),
            Value::List(items) => items.into_iter().try_for_each(|c| self.require_value(c, span, message.clone())),
            Value::Expr(e) if self.program.ty(e) == ElemType::I1 && self.program.is_static(e) => {
                self.require(e, message);
                self.learn(e, true);
                Ok(())
            }
            other => Err(EvalError::new(span.clone(), format!("a condition is needed, this is {}", other.describe()))),
        }
    }

    fn declare_results(&mut self, args: &Arguments) -> Result<Vec<ResultType>> {
        let mut out = Vec::new();
        let mut number = 0;
        for (decl, result) in self.def.results.iter().enumerate() {
            let wanted = result.arity != Arity::Optional || args.results.get(decl).copied().unwrap_or(true);
            let mut bufs = Vec::new();
            if wanted {
                for instance in self.instances_of(result, args)? {
                    let shape = self.result_shape(result, instance)?;
                    let elem = self.elem_of(result)?;
                    self.program.bufs.push(Buf {
                        name: instance_name(result, instance),
                        kind: BufKind::Result(number),
                        elem,
                        shape: shape.clone(),
                    });
                    number += 1;
                    bufs.push(BufId(self.program.bufs.len() as u32 - 1));
                    out.push(ResultType { decl, elem, shape });
                }
            }
            self.tensors.push(Tensor { name: result.name.clone(), bufs, is_result: true });
        }
        self.program.results = number;
        Ok(out)
    }

    /// The instances of a variadic result, as many as its per-instance sizes (`K_`) have.
    fn instances_of(&mut self, result: &TensorDecl, args: &Arguments) -> Result<Vec<Option<usize>>> {
        if result.arity != Arity::Variadic {
            return Ok(vec![None]);
        }
        let mut count = args.result_count;
        for dim in &result.shape {
            if let ExprKind::Name(name) = &dim.size.kind
                && name.ends_with('_')
                && let Some(Value::List(items)) = self.lookup(name)
            {
                count = Some(items.len());
            }
        }
        match count {
            Some(n) => Ok((0..n).map(Some).collect()),
            None => Err(EvalError::new(result.span.clone(), format!("nothing tells how many `{}` there are", result.name))),
        }
    }

    /// Evaluates the parts of a shape and puts them in place.
    fn result_shape(&mut self, result: &'a TensorDecl, instance: Option<usize>) -> Result<Vec<ExprId>> {
        let (mut placed, mut rest) = (Vec::new(), Vec::new());
        for dim in &result.shape {
            let mut value = self.eval(&dim.size, Some(ElemType::Index))?;
            if let (Some(t), ExprKind::Name(name), Value::List(items)) = (instance, &dim.size.kind, &value)
                && name.ends_with('_')
            {
                value = items.get(t).cloned().unwrap_or(Value::None);
            }
            let sizes = self.index_list(value, &dim.span)?;
            for &size in &sizes {
                if self.program.exprs.as_index(size).is_some_and(|v| v < 0) {
                    let message = format!("result `{}` would have a negative size {}", result.name, self.program.show(size));
                    return Err(EvalError::new(dim.span.clone(), message));
                }
                self.require_not_negative(size, &result.name);
            }
            match &dim.at {
                Some(axes) => placed.push((self.axes(axes)?, sizes, dim.span.clone())),
                None => rest.extend(sizes),
            }
        }
        arrange(placed, rest, &result.span)
    }

    fn require_not_negative(&mut self, size: ExprId, result: &str) {
        let zero = self.program.index(0);
        if !self.program.proves_le(zero, size, &self.facts) {
            let cond = self.program.bin(BinOp::Ge, size, zero);
            self.require(cond, format!("result `{result}` would have a negative size"));
        }
    }

    /// The element type of an operand's or result's declaration, all variables bound.
    pub(super) fn elem_of(&mut self, decl: &'a TensorDecl) -> Result<ElemType> {
        let Some(elem) = &decl.elem else {
            return match self.lookup("T") {
                Some(Value::Type(t)) => Ok(*t),
                _ => Err(EvalError::new(decl.span.clone(), format!("the element type of `{}` is not known", decl.name))),
            };
        };
        self.type_of(elem)
    }

    /// A type: by name, variable, attribute, or that of a tensor.
    pub(super) fn type_of(&mut self, e: &'a Expr) -> Result<ElemType> {
        if let ExprKind::Name(name) = &e.kind {
            if let Some(Value::Type(t)) = self.lookup(name) {
                return Ok(*t);
            }
            if let Some(t) = ElemType::from_name(name) {
                return Ok(t);
            }
            if let Some(&buf) = self.tensor(name).and_then(|t| t.bufs.first()) {
                return Ok(self.program.buf(buf).elem);
            }
        }
        match self.eval_outside_place(e)? {
            Value::Type(t) => Ok(t),
            Value::Str(name) if ElemType::from_name(&name).is_some() => Ok(ElemType::from_name(&name).unwrap_or(ElemType::F32)),
            other => Err(EvalError::new(e.span.clone(), format!("a type is needed, this is {}", other.describe()))),
        }
    }

    fn check_results_defined(&self) -> Result<()> {
        for tensor in self.tensors.iter().filter(|t| t.is_result) {
            for &buf in &tensor.bufs {
                let empty = self.program.buf(buf).shape.iter().any(|e| self.program.exprs.as_index(*e) == Some(0));
                if !empty && !defines(&self.program.stmts, buf) {
                    return Err(EvalError::new(0..0, format!("result `{}` is not defined", self.program.buf(buf).name)));
                }
            }
        }
        Ok(())
    }

    /// The expression of a scalar constant.
    pub(super) fn scalar(&mut self, value: Scalar) -> ExprId {
        self.program.constant(value)
    }
}

fn defines(stmts: &[crate::core::Stmt], buf: BufId) -> bool {
    stmts.iter().any(|s| match s {
        crate::core::Stmt::Def(d) => d.buf == buf,
        crate::core::Stmt::Rec(r) => defines(&r.body, buf),
    })
}

pub(super) fn instance_name(decl: &TensorDecl, instance: Option<usize>) -> String {
    match instance {
        Some(t) => format!("{}#{t}", decl.name),
        None => decl.name.clone(),
    }
}

/// Puts lists at their axes and fills the other positions in order. Negative axes count from the end.
pub(super) fn arrange<T: Clone>(placed: Vec<(Vec<i64>, Vec<T>, Span)>, rest: Vec<T>, span: &Span) -> Result<Vec<T>> {
    let rank = rest.len() + placed.iter().map(|p| p.1.len()).sum::<usize>();
    let mut slots: Vec<Option<T>> = vec![None; rank];
    for (axes, items, span) in placed {
        if axes.len() != items.len() {
            return Err(EvalError::new(span, format!("{} positions for {} axes", items.len(), axes.len())));
        }
        for (axis, item) in axes.into_iter().zip(items) {
            let at = normal_axis(axis, rank)
                .ok_or_else(|| EvalError::new(span.clone(), format!("axis {axis} is out of range for rank {rank}")))?;
            if slots[at].replace(item).is_some() {
                return Err(EvalError::new(span.clone(), format!("axis {axis} is used twice")));
            }
        }
    }
    let mut rest = rest.into_iter();
    let filled: Option<Vec<T>> = slots.into_iter().map(|s| s.or_else(|| rest.next())).collect();
    filled.ok_or_else(|| EvalError::new(span.clone(), "the axes do not fit"))
}

/// The axis as a position, if there is one.
pub(super) fn normal_axis(axis: i64, rank: usize) -> Option<usize> {
    let at = if axis < 0 { axis.checked_add(rank as i64)? } else { axis };
    usize::try_from(at).ok().filter(|a| *a < rank)
}
