//! Evaluates small integer programs on sizes, known and unknown alike: what becomes of a shape on its way to the operator that wants it.

use crate::mapping::{Size, Symbol};
use edge_dialect::core::{BinOp, BufKind, Def, ElemType, ExprId, Load, Node, Program, ScalarFn, Stmt, SymId, VarId};
use rustc_hash::FxHashMap;

/// More elements than this are no shape.
const LIMIT: usize = 256;

/// The elements of one tensor in row-major order, with its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    pub shape: Vec<i64>,
    pub elements: Vec<Size>,
}

/// The results of `program`, one per result buffer; `None` where one is no small tensor of integers, or depends on what is not known.
///
/// `operands` are the operand buffers as the program counts them. `symbol` gives the size that a sym of the program stands for.
pub fn evaluate(program: &Program, operands: &[Option<Host>], symbol: &dyn Fn(SymId) -> Option<Symbol>) -> Option<Vec<Host>> {
    let mut machine = Machine { program, symbol, bufs: FxHashMap::default(), vars: FxHashMap::default() };
    for (at, buf) in program.bufs.iter().enumerate() {
        let known = match buf.kind {
            BufKind::Operand(n) => operands.get(n as usize).cloned().flatten(),
            BufKind::Result(_) => {
                let shape = machine.extents(&buf.shape)?;
                let count = count(&shape)?;
                Some(Host { shape, elements: vec![Size::from(0); count] })
            }
            BufKind::Let => return None,
        };
        if let Some(host) = known {
            machine.bufs.insert(at as u32, host);
        }
    }
    for stmt in &program.stmts {
        match stmt {
            Stmt::Def(def) => machine.define(def)?,
            Stmt::Rec(_) => return None,
        }
    }
    (0..program.results).map(|n| machine.bufs.remove(&program.result(n)?.0)).collect()
}

fn count(shape: &[i64]) -> Option<usize> {
    let n = shape.iter().try_fold(1i64, |n, d| n.checked_mul(*d))?;
    usize::try_from(n).ok().filter(|n| *n <= LIMIT)
}

struct Machine<'a> {
    program: &'a Program,
    symbol: &'a dyn Fn(SymId) -> Option<Symbol>,
    bufs: FxHashMap<u32, Host>,
    vars: FxHashMap<VarId, i64>,
}

impl Machine<'_> {
    fn extents(&self, exprs: &[ExprId]) -> Option<Vec<i64>> {
        exprs.iter().map(|e| self.expr(*e)?.known()).collect()
    }

    fn define(&mut self, def: &Def) -> Option<()> {
        let extents = def.vars.iter().map(|v| self.expr(self.program.var(*v).extent)?.known()).collect::<Option<Vec<_>>>()?;
        let points = count(&extents)?;
        for point in 0..points {
            let mut rest = point as i64;
            for (var, extent) in def.vars.iter().zip(&extents).rev() {
                self.vars.insert(*var, rest % extent);
                rest /= extent;
            }
            let value = self.expr(def.body)?;
            let index = self.extents(&def.lhs)?;
            let buf = self.bufs.get_mut(&def.buf.0)?;
            let at = place(&buf.shape, &index)?;
            *buf.elements.get_mut(at)? = value;
        }
        Some(())
    }

    fn expr(&self, id: ExprId) -> Option<Size> {
        match self.program.node(id) {
            Node::Const(c) => Some(Size::from(i64::try_from(c.to_int()?).ok()?)),
            Node::Sym(s) => Some(Size::symbol((self.symbol)(*s)?)),
            Node::Var(v) => Some(Size::from(*self.vars.get(v)?)),
            Node::Bin(op, a, b) => binary(*op, &self.expr(*a)?, &self.expr(*b)?),
            Node::Neg(a) => self.expr(*a)?.neg().ok(),
            Node::Not(a) => Some(Size::from(i64::from(self.expr(*a)?.known()? == 0))),
            Node::Sel { cond, then, else_ } => self.expr(if self.expr(*cond)?.known()? != 0 { *then } else { *else_ }),
            Node::Cast(ty, a) | Node::Sat(ty, a) => self.convert(*ty, *a),
            Node::Load(load) => self.load(load),
            Node::Fn(ScalarFn::Maximum, args) => self.extreme(args, true),
            Node::Fn(ScalarFn::Minimum, args) => self.extreme(args, false),
            Node::Bits(..) | Node::Fn(..) | Node::Red { .. } | Node::ArgRed { .. } | Node::Tab { .. } => None,
        }
    }

    fn extreme(&self, args: &[ExprId], largest: bool) -> Option<Size> {
        let [a, b] = args else { return None };
        let (a, b) = (self.expr(*a)?, self.expr(*b)?);
        let (x, y) = (a.known()?, b.known()?);
        Some(if (x < y) == largest { b } else { a })
    }

    /// Sizes fit every integer type that shapes are computed in; a known number must fit to stay itself.
    fn convert(&self, ty: ElemType, a: ExprId) -> Option<Size> {
        let value = self.expr(a)?;
        if self.program.ty(a).is_float() || ty.is_float() {
            return None;
        }
        match (value.known(), ty.int_range()) {
            (Some(v), _) if ty == ElemType::I1 => Some(Size::from(i64::from(v != 0))),
            (Some(v), Some((low, high))) => (low..=high).contains(&i128::from(v)).then_some(value),
            (None, _) => (ty.bits() >= 32).then_some(value),
            (_, None) => None,
        }
    }

    fn load(&self, load: &Load) -> Option<Size> {
        let buf = self.bufs.get(&load.buf.0)?;
        let index = self.extents(&load.idx)?;
        match place(&buf.shape, &index) {
            Some(at) => buf.elements.get(at).cloned(),
            None => self.expr(load.else_?),
        }
    }
}

/// Row-major position; `None` outside.
fn place(shape: &[i64], index: &[i64]) -> Option<usize> {
    let mut at = 0usize;
    for (size, i) in shape.iter().zip(index) {
        if !(0..*size).contains(i) {
            return None;
        }
        at = at * usize::try_from(*size).ok()? + usize::try_from(*i).ok()?;
    }
    Some(at)
}

fn binary(op: BinOp, a: &Size, b: &Size) -> Option<Size> {
    let truth = |t: bool| Some(Size::from(i64::from(t)));
    match op {
        BinOp::Add => a.add(b).ok(),
        BinOp::Sub => a.add(&b.neg().ok()?).ok(),
        BinOp::Mul => a.mul(b).ok(),
        BinOp::FloorDiv => a.floor_div(b).ok(),
        BinOp::Mod => a.modulo(b).ok(),
        _ => {
            let (x, y) = (a.known()?, b.known()?);
            match op {
                BinOp::Eq => truth(x == y),
                BinOp::Ne => truth(x != y),
                BinOp::Lt => truth(x < y),
                BinOp::Le => truth(x <= y),
                BinOp::Gt => truth(x > y),
                BinOp::Ge => truth(x >= y),
                BinOp::And => truth(x != 0 && y != 0),
                BinOp::Or => truth(x != 0 || y != 0),
                _ => None,
            }
        }
    }
}
