//! The tensor level: Core programs.

pub(crate) mod def;
pub(crate) mod expr;

use crate::tensor::{Tensor, count};
use crate::vm::{self, Fault, Mem};
use bytes::Bytes;
use def::{CompiledDef, compile_def};
use edge_dialect::core::{BufId, BufKind, Def, ElemType, Program, Stmt, SymSource, VarId};
use rustc_hash::FxHashMap;
use std::fmt;

/// Why a program gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CoreError {
    /// A condition of the definition does not hold.
    Require(String),
    /// The operands are not what the program was made for.
    Operands(String),
    Fault(Fault),
}

impl fmt::Display for CoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CoreError::Require(text) | CoreError::Operands(text) => f.write_str(text),
            CoreError::Fault(fault) => fault.fmt(f),
        }
    }
}

impl From<Fault> for CoreError {
    fn from(fault: Fault) -> Self {
        CoreError::Fault(fault)
    }
}

impl From<String> for CoreError {
    fn from(text: String) -> Self {
        CoreError::Operands(text)
    }
}

/// Bytes that statements read and wrote, of all buffers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub read: u64,
    pub written: u64,
}

/// The memory of one buffer.
enum Store {
    Given(Bytes),
    Own(Vec<u8>),
}

struct Run<'p> {
    program: &'p Program,
    syms: Vec<i64>,
    shapes: Vec<Vec<i64>>,
    stores: Vec<Store>,
    tables: Vec<Vec<u8>>,
    recs: FxHashMap<VarId, i64>,
    /// Code of statements in a `rec`, by address of the statement.
    compiled: FxHashMap<*const Def, CompiledDef>,
    traffic: Traffic,
}

/// Runs a program: operands and results in the order of their numbers. `external` gives the values of
/// [`SymSource::External`] sizes.
///
/// # Errors
/// Operands of other types or shapes, a condition that does not hold, an index out of range, too much memory.
pub fn run_core(
    program: &Program,
    operands: &[Tensor],
    external: &dyn Fn(u32) -> Option<i64>,
) -> Result<Vec<Tensor>, CoreError> {
    run_counted(program, operands, external).map(|r| r.0)
}

/// As [`run_core`], with the bytes read and written element by element.
///
/// # Errors
/// As [`run_core`].
pub fn run_counted(
    program: &Program,
    operands: &[Tensor],
    external: &dyn Fn(u32) -> Option<i64>,
) -> Result<(Vec<Tensor>, Traffic), CoreError> {
    let mut run = Run::new(program, operands, external)?;
    for stmt in &program.stmts {
        run.stmt(stmt)?;
    }
    let traffic = run.traffic;
    Ok((run.results()?, traffic))
}

/// The values of all sizes of a program.
fn sizes(program: &Program, operands: &[Tensor], external: &dyn Fn(u32) -> Option<i64>) -> Result<Vec<i64>, CoreError> {
    let operand = |buf: BufId| match program.buf(buf).kind {
        BufKind::Operand(n) => operands.get(n as usize).ok_or_else(|| CoreError::Operands(format!("operand {n} is missing"))),
        _ => Err(CoreError::Operands("a size of a buffer that is no operand".into())),
    };
    let mut syms = vec![];
    for sym in &program.syms {
        let value = match sym.source {
            SymSource::Dim { buf, axis } => operand(buf)?.shape().get(axis as usize).copied(),
            SymSource::Value { buf, element } => {
                operand(buf)?.get(element as usize).and_then(|s| s.to_int()).and_then(|v| i64::try_from(v).ok())
            }
            SymSource::External(n) => external(n),
        };
        syms.push(value.ok_or_else(|| CoreError::Operands(format!("size `{}` is not known", sym.name)))?);
    }
    Ok(syms)
}

impl<'p> Run<'p> {
    fn new(program: &'p Program, operands: &[Tensor], external: &dyn Fn(u32) -> Option<i64>) -> Result<Self, CoreError> {
        let syms = sizes(program, operands, external)?;
        for require in &program.requires {
            if !program.eval_static(require.cond, &syms).is_some_and(|v| v.to_bool()) {
                return Err(CoreError::Require(require.message.clone()));
            }
        }
        let (mut shapes, mut stores) = (vec![], vec![]);
        for buf in &program.bufs {
            let shape = buf.shape.iter().map(|e| program.eval_size(*e, &syms)).collect::<Option<Vec<_>>>();
            let shape = shape.ok_or_else(|| CoreError::Operands(format!("the shape of `{}` cannot be computed", buf.name)))?;
            stores.push(match buf.kind {
                BufKind::Operand(n) => Store::Given(operand_data(operands, n, &buf.name, buf.elem, &shape)?),
                _ => Store::Own(Vec::with_capacity(bytes_of(&buf.name, buf.elem, &shape)?)),
            });
            shapes.push(shape);
        }
        let tables = program.tables.iter().map(|t| {
            let size = t.elem.bytes() as usize;
            t.values.iter().flat_map(|v| v.bits().to_le_bytes()[..size].to_vec()).collect()
        });
        let tables = tables.collect();
        Ok(Run {
            program,
            syms,
            shapes,
            stores,
            tables,
            recs: FxHashMap::default(),
            compiled: FxHashMap::default(),
            traffic: Traffic::default(),
        })
    }

    fn stmt(&mut self, stmt: &'p Stmt) -> Result<(), CoreError> {
        match stmt {
            Stmt::Def(def) if self.recs.is_empty() => {
                let code = self.compile(def)?;
                self.run_def(def, &code)
            }
            Stmt::Def(def) => {
                let key: *const Def = def;
                let code = match self.compiled.remove(&key) {
                    Some(code) => code,
                    None => self.compile(def)?,
                };
                let result = self.run_def(def, &code);
                self.compiled.insert(key, code);
                result
            }
            Stmt::Rec(rec) => {
                let extent = self.program.eval_size(self.program.var(rec.var).extent, &self.syms);
                let extent = extent.ok_or_else(|| CoreError::Operands("the extent of a `rec` cannot be computed".into()))?;
                for i in 0..extent {
                    self.recs.insert(rec.var, i);
                    for stmt in &rec.body {
                        self.stmt(stmt)?;
                    }
                }
                self.recs.remove(&rec.var);
                Ok(())
            }
        }
    }

    fn compile(&self, def: &Def) -> Result<CompiledDef, CoreError> {
        let recs: Vec<VarId> = self.recs.keys().copied().collect();
        Ok(compile_def(self.program, &self.syms, &self.shapes, def, &recs)?)
    }

    fn run_def(&mut self, def: &Def, code: &CompiledDef) -> Result<(), CoreError> {
        let target = def.buf.0 as usize;
        let buf = self.program.buf(def.buf);
        let needed = bytes_of(&buf.name, buf.elem, &self.shapes[target])?;
        let mut own = match std::mem::replace(&mut self.stores[target], Store::Given(Bytes::new())) {
            Store::Own(own) => own,
            Store::Given(given) => given.to_vec(),
        };
        own.resize(needed, 0);
        let result = self.execute(code, target, &mut own);
        self.stores[target] = Store::Own(own);
        let counts = result?;
        self.traffic.read += counts.iter().map(|c| c[0]).sum::<u64>();
        self.traffic.written += counts.iter().map(|c| c[1]).sum::<u64>();
        Ok(())
    }

    fn execute(&self, code: &CompiledDef, target: usize, own: &mut Vec<u8>) -> Result<Vec<[u64; 2]>, CoreError> {
        let (mut mems, mut bindings) = (vec![], vec![]);
        let mut own = Some(own);
        for (i, store) in self.stores.iter().enumerate() {
            let len = self.shapes[i].iter().product();
            bindings.push(vm::Binding { mem: i, offset: 0, len, first: 0 });
            mems.push(match (i == target, store) {
                (true, _) => own.take().map_or(Mem::Shared(&[]), |own| Mem::exclusive(own)),
                (_, Store::Given(data)) => Mem::Shared(data),
                (_, Store::Own(data)) => Mem::Shared(data),
            });
        }
        for (i, table) in self.tables.iter().enumerate() {
            let len = self.program.tables[i].values.len() as i64;
            bindings.push(vm::Binding { mem: mems.len(), offset: 0, len, first: 0 });
            mems.push(Mem::Shared(table));
        }
        let params: Vec<(u32, i64)> = code.params.iter().filter_map(|(v, reg)| Some((*reg, *self.recs.get(v)?))).collect();
        Ok(vm::run(&code.code, mems, bindings, &params)?)
    }

    fn results(mut self) -> Result<Vec<Tensor>, CoreError> {
        let mut out = vec![];
        for n in 0..self.program.results {
            let id = self.program.result(n).ok_or_else(|| CoreError::Operands(format!("result {n} is missing")))?;
            let at = id.0 as usize;
            let elem = self.program.buf(id).elem;
            let data = match std::mem::replace(&mut self.stores[at], Store::Given(Bytes::new())) {
                Store::Own(mut own) => {
                    own.resize(bytes_of("a result", elem, &self.shapes[at])?, 0);
                    Bytes::from(own)
                }
                Store::Given(data) => data,
            };
            out.push(Tensor::new(elem, &self.shapes[at], data)?);
        }
        Ok(out)
    }
}

fn bytes_of(name: &str, elem: ElemType, shape: &[i64]) -> Result<usize, CoreError> {
    match count(elem, shape) {
        Some(n) => Ok(n * elem.bytes() as usize),
        None => Err(CoreError::Operands(format!("`{name}` of shape {shape:?} is not possible or too large"))),
    }
}

fn operand_data(operands: &[Tensor], n: u32, name: &str, elem: ElemType, shape: &[i64]) -> Result<Bytes, CoreError> {
    let tensor = operands.get(n as usize).ok_or_else(|| CoreError::Operands(format!("operand `{name}` is missing")))?;
    if tensor.elem() != elem || tensor.shape() != shape {
        let text = format!("operand `{name}` is {} where {shape:?} of {elem} is expected", tensor.type_text());
        return Err(CoreError::Operands(text));
    }
    Ok(tensor.data().clone())
}
