//! Functions: operations in order, values freed after their last use.

use crate::attrs::{attr_of, tensor_of};
use crate::core::{Traffic, run_counted};
use crate::tensor::Tensor;
use edge_dialect::Registry;
use edge_dialect::eval::{DimArg, Instance, instantiate};
use edge_dialect::instance::{elem_of, op_arguments};
use edge_dialect::model::OpDef;
use edge_ir::symbols::SymbolTable;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Block, Body, Context, Loc, Module, Op, Traits, Value};
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap, codes};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

codes! {
    /// The interpreter cannot run an operation.
    NOT_INTERPRETED = "E0401";
    /// A program stopped: an index out of range, a condition that does not hold, a division by zero.
    STOPPED = "E0402";
    /// Inputs that do not fit the function.
    BAD_INPUTS = "E0403";
    /// There is no such function.
    NO_FUNCTION = "E0404";
}

/// A kernel in Rust for a definition that says `native "name"`.
pub type Native = fn(&[Tensor], &dyn Fn(&str) -> Option<Attr>, &Context) -> Result<Vec<Tensor>, String>;

/// Depth of calls and regions.
const MAX_DEPTH: usize = 200;
/// A function of several blocks stops after so many branches.
const MAX_BRANCHES: usize = 1 << 20;

/// Elements of an operand that is looked at when an operation is instantiated.
const MAX_KNOWN: usize = 4096;

/// The interpreter.
pub struct Interp<'c> {
    pub ctx: &'c Context,
    pub diags: &'c Diagnostics,
    pub sources: &'c SourceMap,
    natives: BTreeMap<String, Native>,
    instances: Mutex<FxHashMap<String, Arc<Instance>>>,
    traffic: Mutex<Traffic>,
}

/// Values at hand.
pub(crate) type Env = FxHashMap<Value, Tensor>;

/// What a function's operations can see.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'m> {
    pub module: &'m Module,
    pub symbols: &'m SymbolTable,
    pub depth: usize,
    /// Values may be used by other blocks, so none is dropped after its last use in its own.
    pub keeps: bool,
}

impl<'c> Interp<'c> {
    pub fn new(ctx: &'c Context, diags: &'c Diagnostics, sources: &'c SourceMap) -> Interp<'c> {
        Interp { ctx, diags, sources, natives: BTreeMap::new(), instances: Mutex::default(), traffic: Mutex::default() }
    }

    /// Adds a kernel for definitions that name it.
    pub fn with_native(mut self, name: &str, native: Native) -> Self {
        self.natives.insert(name.to_owned(), native);
        self
    }

    /// Bytes read and written so far, counted at each access.
    pub fn traffic(&self) -> Traffic {
        *self.traffic.lock().unwrap_or_else(|e| e.into_inner())
    }

    pub(crate) fn count(&self, read: u64, written: u64) {
        let mut traffic = self.traffic.lock().unwrap_or_else(|e| e.into_inner());
        traffic.read += read;
        traffic.written += written;
    }

    pub(crate) fn fail<T>(&self, loc: Loc, code: edge_support::Code, message: impl Into<String>) -> Result<T, Reported> {
        let mut d = Diagnostic::error(code, message).at_opt(self.ctx.span_of(loc, self.sources));
        if let Some(name) = self.ctx.loc_name(loc) {
            d = d.in_place(name);
        }
        Err(self.diags.error(d))
    }

    /// Runs a function of a module at the tensor or loop level, or a host function of the device level, on tensors as its
    /// signature has them (at the device level: as `edge.inputs` has them).
    ///
    /// # Errors
    /// Diagnostics: no such function, inputs that do not fit, an operation without meaning, or what stopped the program.
    pub fn run_function(&self, module: &Module, name: &str, inputs: &[Tensor]) -> Result<Vec<Tensor>, Reported> {
        let symbols = SymbolTable::of(self.ctx, module.op());
        let scope = Scope { module, symbols: &symbols, depth: 0, keeps: false };
        self.call(scope, name, inputs.to_vec(), module.op().loc)
    }

    fn call(&self, scope: Scope<'_>, name: &str, inputs: Vec<Tensor>, loc: Loc) -> Result<Vec<Tensor>, Reported> {
        let function = scope.symbols.get(self.ctx, name).and_then(|op| Some(scope.module.op().body()?.op(op)));
        let Some(data) = function else {
            return self.fail(loc, NO_FUNCTION, format!("there is no function `{name}`"));
        };
        let (Some(body), Some(entry)) = (data.body(), data.entry()) else {
            return self.fail(data.loc, NO_FUNCTION, format!("`{name}` is not a function with a body"));
        };
        if scope.depth > MAX_DEPTH {
            return self.fail(loc, STOPPED, format!("more than {MAX_DEPTH} nested calls and regions"));
        }
        if data.attr(self.ctx, "edge.outputs").is_some() {
            return crate::device::run_host(self, scope, body, entry, data, inputs);
        }
        let args = body.block_args(entry);
        if args.len() != inputs.len() {
            let message = format!("`{name}` takes {} inputs, and {} are given", args.len(), inputs.len());
            return self.fail(data.loc, BAD_INPUTS, message);
        }
        for (n, (arg, tensor)) in args.iter().zip(&inputs).enumerate() {
            if let Some(expected) = self.mismatch(body.ty(*arg), tensor) {
                let message = format!("input {n} of `{name}` is {}, but {expected} is expected", tensor.type_text());
                return self.fail(data.loc, BAD_INPUTS, message);
            }
        }
        let scope = Scope { depth: scope.depth + 1, keeps: false, ..scope };
        if body.block_next(entry).is_some() {
            return self.blocks(scope, body, entry, inputs);
        }
        self.block(scope, body, entry, inputs, &mut Env::default()).map(|(_, values)| values)
    }

    /// Runs a function of several blocks, from branch to branch.
    fn blocks(&self, scope: Scope<'_>, body: &Body, entry: Block, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, Reported> {
        let scope = Scope { keeps: true, ..scope };
        let (mut env, mut block, mut args) = (Env::default(), entry, inputs);
        for _ in 0..MAX_BRANCHES {
            let (op, operands) = self.block(scope, body, block, args, &mut env)?;
            let data = body.op(op);
            (block, args) = match (self.ctx.str(data.name), data.successors()) {
                (_, []) => return Ok(operands),
                ("cf.br", [to]) => (*to, operands),
                ("cf.cond_br", [yes, no]) => {
                    let taken = operands.first().and_then(|c| c.get(0)).is_some_and(|c| c.to_bool());
                    let trues = data.operand_segments(self.ctx).and_then(|s| s.get(1).copied()).unwrap_or(0);
                    let (yes_args, no_args) = operands[1..].split_at(trues.min(operands.len() - 1));
                    if taken { (*yes, yes_args.to_vec()) } else { (*no, no_args.to_vec()) }
                }
                (name, _) => {
                    return self.fail(data.loc, NOT_INTERPRETED, format!("`{name}` has no meaning for the interpreter"));
                }
            };
        }
        self.fail(body.block_parent(entry).map_or(scope.module.op().loc, |op| body.op(op).loc), STOPPED, "too many branches")
    }

    /// The type as text, if the tensor is not of it.
    pub(crate) fn mismatch(&self, ty: edge_ir::Type, tensor: &Tensor) -> Option<String> {
        let kind = self.ctx.type_kind(ty);
        let shape = kind.shape().unwrap_or(&[]);
        let elem = elem_of(self.ctx, self.ctx.elem_or_self(ty));
        let fits =
            shape.len() == tensor.shape().len() && shape.iter().zip(tensor.shape()).all(|(a, b)| *a == DYNAMIC || a == b);
        if fits && elem == Some(tensor.elem()) {
            return None;
        }
        let dims: String = shape.iter().map(|d| if *d == DYNAMIC { "?x".to_owned() } else { format!("{d}x") }).collect();
        Some(format!("{dims}{}", elem.map_or("another type", |e| e.name())))
    }

    /// Runs a block; gives its terminator and that one's operands.
    fn block(
        &self,
        scope: Scope<'_>,
        body: &Body,
        block: Block,
        args: Vec<Tensor>,
        env: &mut Env,
    ) -> Result<(Op, Vec<Tensor>), Reported> {
        let last = last_uses(body, block);
        let mut ends: Vec<Vec<Value>> = vec![];
        for (value, at) in &last {
            ends.resize(ends.len().max(at + 1), vec![]);
            ends[*at].push(*value);
        }
        for (arg, value) in body.block_args(block).iter().zip(args) {
            env.insert(*arg, value);
        }
        for (at, op) in body.block_ops(block).enumerate() {
            let data = body.op(op);
            let operands = self.operands(body, op, env)?;
            if data.has(self.ctx, Traits::TERMINATOR) {
                return Ok((op, operands));
            }
            let results = self.op(scope, body, op, operands, env)?;
            if results.len() != data.results().len() {
                return self.fail(
                    data.loc,
                    NOT_INTERPRETED,
                    format!("`{}` gave {} results", body.name(self.ctx, op), results.len()),
                );
            }
            for (value, tensor) in data.results().iter().zip(results) {
                if let Some(expected) = self.mismatch(body.ty(*value), &tensor) {
                    let message =
                        format!("`{}` gave {} where its type says {expected}", body.name(self.ctx, op), tensor.type_text());
                    return self.fail(data.loc, STOPPED, message);
                }
                if scope.keeps || last.contains_key(value) {
                    env.insert(*value, tensor);
                }
            }
            for value in ends.get(at).into_iter().flatten().filter(|_| !scope.keeps) {
                env.remove(value);
            }
        }
        let loc = body.block_parent(block).map_or(scope.module.op().loc, |op| body.op(op).loc);
        self.fail(loc, NOT_INTERPRETED, "a block without a terminator")
    }

    fn operands(&self, body: &Body, op: Op, env: &Env) -> Result<Vec<Tensor>, Reported> {
        let mut out = vec![];
        for value in body.operands(op) {
            match env.get(&value) {
                Some(t) => out.push(t.clone()),
                None => {
                    return self.fail(
                        body.op(op).loc,
                        NOT_INTERPRETED,
                        format!("an operand of `{}` has no value", body.name(self.ctx, op)),
                    );
                }
            }
        }
        Ok(out)
    }

    fn op(&self, scope: Scope<'_>, body: &Body, op: Op, operands: Vec<Tensor>, env: &mut Env) -> Result<Vec<Tensor>, Reported> {
        let data = body.op(op);
        let name = body.name(self.ctx, op);
        if data.has(self.ctx, Traits::CONSTANT_LIKE)
            && let Some(tensor) = data.attr(self.ctx, "value").and_then(|a| tensor_of(self.ctx, a))
        {
            return Ok(vec![tensor]);
        }
        if scope.depth > MAX_DEPTH {
            return self.fail(data.loc, STOPPED, format!("more than {MAX_DEPTH} nested calls and regions"));
        }
        let deeper = Scope { depth: scope.depth + 1, ..scope };
        match name {
            "func.call" => {
                let callee = data.attr(self.ctx, "callee").and_then(|a| self.ctx.as_symbol(a)).unwrap_or("");
                return self.call(deeper, callee, operands, data.loc);
            }
            "scf.if" => return self.scf_if(deeper, body, op, &operands, env),
            "scf.for" => return self.scf_for(deeper, body, op, operands, env),
            "scf.while" => return self.scf_while(deeper, body, op, operands, env),
            "loop.nest" => return crate::nest::run_nest(self, body, op, &operands),
            _ => {}
        }
        if let Some(result) = crate::shapes::shape_op(self, body, op, name, &operands) {
            return result.map(|t| vec![t]);
        }
        self.evaluate(body, op, operands)
    }

    fn evaluate(&self, body: &Body, op: Op, operands: Vec<Tensor>) -> Result<Vec<Tensor>, Reported> {
        let data = body.op(op);
        let name = body.name(self.ctx, op);
        let Some(def) = data.info(self.ctx).and_then(Registry::definition) else {
            return self.fail(data.loc, NOT_INTERPRETED, format!("`{name}` is not a registered operation"));
        };
        if let Some(native) = &def.native {
            let Some(kernel) = self.natives.get(native) else {
                return self.fail(data.loc, NOT_INTERPRETED, format!("`{name}` wants a kernel `{native}`, which there is not"));
            };
            return kernel(&operands, &|n| data.attr(self.ctx, n), self.ctx)
                .or_else(|e| self.fail(data.loc, STOPPED, format!("`{name}`: {e}")));
        }
        let instance = match self.instance(def, body, op, &operands) {
            Ok(instance) => instance,
            Err(message) => return self.fail(data.loc, NOT_INTERPRETED, format!("`{name}`: {message}")),
        };
        match run_counted(&instance.program, &operands, &|_| None) {
            Ok((results, traffic)) => {
                self.count(traffic.read, traffic.written);
                Ok(results)
            }
            Err(e) => self.fail(data.loc, STOPPED, format!("`{name}`: {e}")),
        }
    }

    /// The definition on the operands' actual shapes (and values, where it asks for them).
    fn instance(&self, def: &OpDef, body: &Body, op: Op, operands: &[Tensor]) -> Result<Arc<Instance>, String> {
        let template = def.definition().ok_or("it has no `eval`, and is nothing else that the interpreter knows")?;
        let positions: FxHashMap<Value, usize> = body.operands(op).enumerate().map(|(i, v)| (v, i)).collect();
        let constant = |v: Value| {
            let tensor = &operands[*positions.get(&v)?];
            let ty = crate::attrs::tensor_type(self.ctx, tensor.elem(), tensor.shape());
            if tensor.len() <= MAX_KNOWN { attr_of(self.ctx, tensor, ty) } else { None }
        };
        let (mut args, _) = op_arguments(self.ctx, def, body, op, &constant).map_err(|e| e.message)?;
        let shaped = args.operands.iter_mut().flatten();
        for (arg, tensor) in shaped.zip(operands) {
            arg.shape = tensor.shape().iter().map(|d| DimArg::Static(*d)).collect();
        }
        if def.results.len() == 1 && def.results[0].is_variable() {
            args.result_count = Some(body.op(op).results().len());
        }
        let key = format!("{} {args:?}", def.name);
        let lock = || self.instances.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = lock().get(&key) {
            return Ok(known.clone());
        }
        let instance = Arc::new(instantiate(template, &args).map_err(|e| e.message)?);
        lock().insert(key, instance.clone());
        Ok(instance)
    }

    /// The instance of an operation on scalars.
    pub(crate) fn scalar_instance(&self, body: &Body, op: Op) -> Result<Arc<Instance>, String> {
        let data = body.op(op);
        let def = data.info(self.ctx).and_then(Registry::definition).ok_or("not a registered operation")?;
        let template = def.definition().ok_or("it has no `eval`")?;
        let (args, _) = op_arguments(self.ctx, def, body, op, &|_| None).map_err(|e| e.message)?;
        let key = format!("{} {args:?}", def.name);
        let lock = || self.instances.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(known) = lock().get(&key) {
            return Ok(known.clone());
        }
        let instance = Arc::new(instantiate(template, &args).map_err(|e| e.message)?);
        lock().insert(key, instance.clone());
        Ok(instance)
    }

    fn region(
        &self,
        scope: Scope<'_>,
        body: &Body,
        op: Op,
        region: usize,
        args: Vec<Tensor>,
        env: &mut Env,
    ) -> Result<Option<(Op, Vec<Tensor>)>, Reported> {
        let (inner, regions) = body.op_regions(op);
        match regions.get(region).and_then(|r| inner.region_first(*r)) {
            Some(block) => self.block(scope, inner, block, args, env).map(Some),
            None => Ok(None),
        }
    }

    fn scf_if(
        &self,
        scope: Scope<'_>,
        body: &Body,
        op: Op,
        operands: &[Tensor],
        env: &mut Env,
    ) -> Result<Vec<Tensor>, Reported> {
        let taken = operands.first().and_then(|c| c.get(0)).is_some_and(|c| c.to_bool());
        let values = self.region(scope, body, op, if taken { 0 } else { 1 }, vec![], env)?;
        Ok(values.map_or(vec![], |v| v.1))
    }

    fn scf_for(
        &self,
        scope: Scope<'_>,
        body: &Body,
        op: Op,
        operands: Vec<Tensor>,
        env: &mut Env,
    ) -> Result<Vec<Tensor>, Reported> {
        let int = |n: usize| operands.get(n).and_then(|t| t.get(0)).and_then(|s| s.to_int()).unwrap_or(0);
        let (mut i, hi, step) = (int(0), int(1), int(2));
        if step <= 0 {
            return self.fail(body.op(op).loc, STOPPED, "the step of a loop is not positive");
        }
        let elem = operands[0].elem();
        let mut carried: Vec<Tensor> = operands[3..].to_vec();
        while i < hi {
            let iv = Tensor::scalar(edge_dialect::core::Scalar::from_int(elem, i));
            let args = std::iter::once(iv).chain(carried).collect();
            carried = self.region(scope, body, op, 0, args, env)?.map_or(vec![], |v| v.1);
            i += step;
        }
        Ok(carried)
    }

    fn scf_while(
        &self,
        scope: Scope<'_>,
        body: &Body,
        op: Op,
        operands: Vec<Tensor>,
        env: &mut Env,
    ) -> Result<Vec<Tensor>, Reported> {
        let mut carried = operands;
        loop {
            let mut values = self.region(scope, body, op, 0, carried, env)?.map_or(vec![], |v| v.1);
            if values.is_empty() || !values.remove(0).get(0).is_some_and(|c| c.to_bool()) {
                return Ok(values);
            }
            carried = self.region(scope, body, op, 1, values, env)?.map_or(vec![], |v| v.1);
        }
    }
}

/// Where in the block each value defined in it is used last. Values that are not used are missing.
fn last_uses(body: &Body, block: Block) -> FxHashMap<Value, usize> {
    let mut last = FxHashMap::default();
    for (at, op) in body.block_ops(block).enumerate() {
        for inner in body.nested(op) {
            for value in body.operands(inner) {
                last.insert(value, at);
            }
        }
    }
    last.retain(|v, _| body.value_block(*v) == Some(block));
    last
}
