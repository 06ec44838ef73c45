//! Statements: sizes, macros, and definitions with their left sides.

use super::ast::*;
use super::inst::*;
use super::value::Value;
use crate::core::{BinOp, Buf, BufId, BufKind, Def as CoreDef, ElemType, ExprId, Node, Rec, Stmt as CoreStmt, Update, VarId};

/// Rounds that a `for` may have.
const MAX_ROUNDS: i64 = 4096;

fn err<T>(span: &Span, message: impl Into<String>) -> Result<T> {
    Err(EvalError::new(span.clone(), message))
}

impl<'a> Inst<'a> {
    /// The statements that results' shapes depend on: sizes, macros, requirements.
    pub(super) fn shape_statements(&mut self, stmts: &'a [Stmt]) -> Result<()> {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Dim(name, e) => {
                    let value = self.eval(e, Some(ElemType::Index))?;
                    self.scope.push((name, value));
                }
                StmtKind::Fn(name, params, body) => self.macros.push(Macro { name, params, body }),
                StmtKind::Require(cond, message) => {
                    let cond_value = self.eval(cond, None)?;
                    self.require_value(cond_value, &cond.span, message.clone())?;
                }
                StmtKind::When(cond, body) if body.iter().any(|s| !matches!(s.kind, StmtKind::Def(_) | StmtKind::Rec(..))) => {
                    if self.known_bool(cond)? {
                        self.shape_statements(body)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn known_bool(&mut self, cond: &'a Expr) -> Result<bool> {
        match self.eval(cond, None)? {
            Value::Bool(v) => Ok(v),
            other => err(&cond.span, format!("a known condition is needed, this is {}", other.describe())),
        }
    }

    /// The statements that compute. Sizes of the outermost level stand already.
    pub(super) fn statements(&mut self, stmts: &'a [Stmt]) -> Result<()> {
        let mut out = Vec::new();
        for stmt in stmts {
            self.statement(stmt, &mut out, false)?;
        }
        self.program.stmts = out;
        Ok(())
    }

    fn statement(&mut self, stmt: &'a Stmt, out: &mut Vec<CoreStmt>, nested: bool) -> Result<()> {
        match &stmt.kind {
            StmtKind::Dim(..) | StmtKind::Fn(..) | StmtKind::Require(..) if nested => {
                self.shape_statements(std::slice::from_ref(stmt))
            }
            StmtKind::Dim(..) | StmtKind::Fn(..) | StmtKind::Require(..) => Ok(()),
            StmtKind::When(cond, body) => {
                if self.known_bool(cond)? {
                    for stmt in body {
                        self.statement(stmt, out, nested)?;
                    }
                }
                Ok(())
            }
            StmtKind::For(name, bound, body) => self.for_stmt(name, bound, body, out),
            StmtKind::Rec(name, bound, body) => self.rec_stmt(name, bound, body, out),
            StmtKind::Def(def) => self.def(def, out, &stmt.span),
        }
    }

    fn for_stmt(&mut self, name: &'a str, bound: &'a Expr, body: &'a [Stmt], out: &mut Vec<CoreStmt>) -> Result<()> {
        let rounds = match self.eval(bound, None)? {
            Value::Int(n) if n <= MAX_ROUNDS => n,
            other => return err(&bound.span, format!("a known number of rounds is needed, this is {}", other.describe())),
        };
        for t in 0..rounds {
            let (scope, macros) = (self.scope.len(), self.macros.len());
            self.scope.push((name, Value::Int(t)));
            for stmt in body {
                self.statement(stmt, out, true)?;
            }
            self.scope.truncate(scope);
            self.macros.truncate(macros);
        }
        Ok(())
    }

    fn rec_stmt(&mut self, name: &'a str, bound: &'a Expr, body: &'a [Stmt], out: &mut Vec<CoreStmt>) -> Result<()> {
        let extent = self.eval(bound, Some(ElemType::Index))?;
        let extent = self.index_list(extent, &bound.span)?;
        let [extent] = extent[..] else { return err(&bound.span, "one number of rounds is needed") };
        let var = self.program.add_var(name.to_string(), extent);
        let scope = self.scope.len();
        let index = Value::Expr(self.program.var_expr(var));
        self.scope.push((name, index));
        for stmt in body {
            if let StmtKind::Def(def) = &stmt.kind {
                self.declare_rec_let(def, &stmt.span)?;
            }
        }
        let mut inner = Vec::new();
        for stmt in body {
            self.statement(stmt, &mut inner, true)?;
        }
        self.scope.truncate(scope);
        out.push(CoreStmt::Rec(Rec { var, body: inner }));
        Ok(())
    }

    /// A let of a `rec` with a given type exists before its definition, so that it can be read from the round before.
    fn declare_rec_let(&mut self, def: &'a Def, span: &Span) -> Result<()> {
        let (Some(elem), None) = (&def.elem, self.tensor(&def.name)) else { return Ok(()) };
        let elem = self.type_of(elem)?;
        let mark = self.scope.len();
        let mut vars = Vec::new();
        let lhs = self.left_side(def, &mut vars, span)?;
        self.scope.truncate(mark);
        self.declare_let(&def.name, &lhs, elem, span)?;
        Ok(())
    }

    fn def(&mut self, def: &'a Def, out: &mut Vec<CoreStmt>, span: &Span) -> Result<()> {
        if self.tensor(&def.name).is_some_and(|t| t.is_result && t.bufs.is_empty()) {
            return Ok(());
        }
        let mark = self.scope.len();
        let mut vars = Vec::new();
        let lhs = self.left_side(def, &mut vars, span)?;
        let empty = vars.iter().any(|v| self.program.exprs.as_index(self.program.var(*v).extent) == Some(0));
        self.vacuous += u32::from(empty);
        let result = self.def_body(def, lhs, vars, empty, out, span);
        self.vacuous -= u32::from(empty);
        self.scope.truncate(mark);
        result
    }

    fn def_body(
        &mut self,
        def: &'a Def,
        lhs: Vec<ExprId>,
        vars: Vec<VarId>,
        empty: bool,
        out: &mut Vec<CoreStmt>,
        span: &Span,
    ) -> Result<()> {
        let declared = match self.tensor(&def.name) {
            Some(tensor)
                if !tensor.is_result
                    && tensor.bufs.iter().any(|b| matches!(self.program.buf(*b).kind, BufKind::Operand(_))) =>
            {
                return err(span, format!("`{}` is an operand", def.name));
            }
            Some(_) => Some(self.buffer(&def.name, def.instance.as_ref(), span)?),
            None => None,
        };
        let given = match (&def.elem, declared) {
            (_, Some(buf)) => Some(self.program.buf(buf).elem),
            (Some(elem), None) => Some(self.type_of(elem)?),
            (None, None) => None,
        };
        let value = self.eval(&def.body, given)?;
        let elem = match (given, &value) {
            (Some(elem), _) => elem,
            (None, Value::Expr(e)) => self.program.ty(*e),
            (None, Value::Int(_)) => ElemType::Index,
            (None, Value::Bool(_)) => ElemType::I1,
            (None, other) => {
                return err(
                    &def.body.span,
                    format!("the type of `{}` is not known ({}): write a cast", def.name, other.describe()),
                );
            }
        };
        let body = self.coerce(value, elem, &def.body.span)?;
        let buf = match declared {
            Some(buf) => buf,
            None => self.declare_let(&def.name, &lhs, elem, span)?,
        };
        self.check_left_side(def, buf, &lhs, span)?;
        if !empty {
            out.push(CoreStmt::Def(CoreDef { buf, vars, lhs, update: def.update, body }));
        }
        Ok(())
    }

    fn declare_let(&mut self, name: &str, lhs: &[ExprId], elem: ElemType, span: &Span) -> Result<BufId> {
        let mut shape = Vec::new();
        for &place in lhs {
            let extent = match self.program.node(place) {
                Node::Var(v) => self.program.var(*v).extent,
                Node::Const(_) if self.program.exprs.as_index(place) == Some(0) => self.program.index(1),
                _ => return err(span, format!("the positions of let `{name}` must be plain indices")),
            };
            shape.push(extent);
        }
        self.program.bufs.push(Buf { name: name.to_string(), kind: BufKind::Let, elem, shape });
        let buf = BufId(self.program.bufs.len() as u32 - 1);
        self.tensors.push(Tensor { name: name.to_string(), bufs: vec![buf], is_result: false });
        Ok(buf)
    }

    fn check_left_side(&mut self, def: &Def, buf: BufId, lhs: &[ExprId], span: &Span) -> Result<()> {
        let shape = self.program.buf(buf).shape.clone();
        if shape.len() != lhs.len() {
            return err(span, format!("`{}` has rank {}, but {} positions are given", def.name, shape.len(), lhs.len()));
        }
        if self.vacuous > 0 {
            return Ok(());
        }
        for (axis, (&place, &extent)) in lhs.iter().zip(&shape).enumerate() {
            if self.program.proves_in_range(place, extent, &self.facts) {
                continue;
            }
            if def.update == Update::Assign || !self.program.has_load(place) {
                let message = format!(
                    "`{}` may be outside axis {axis} of `{}`, of size {}",
                    self.program.show(place),
                    def.name,
                    self.program.show(extent)
                );
                return err(span, message);
            }
        }
        Ok(())
    }

    /// Binds the new indices of a left side and evaluates its places, in the order of the axes.
    fn left_side(&mut self, def: &'a Def, vars: &mut Vec<VarId>, span: &Span) -> Result<Vec<ExprId>> {
        for place in &def.places {
            if let ArgKind::At(e, _) = &place.kind {
                self.bind_indices(e, vars)?;
            }
        }
        let (mut placed, mut rest) = (Vec::new(), Vec::new());
        for place in &def.places {
            let ArgKind::At(e, at) = &place.kind else { return err(&place.span, "`~` and `:` have no place on the left") };
            self.in_place += 1;
            let value = self.eval(e, Some(ElemType::Index));
            self.in_place -= 1;
            let idx = self.index_list(value?, &place.span)?;
            match at {
                Some(axes) => placed.push((self.axes(axes)?, idx, place.span.clone())),
                None => rest.extend(idx),
            }
        }
        arrange(placed, rest, span)
    }

    /// Binds every new index of a place, in the order in which they stand.
    fn bind_indices(&mut self, e: &'a Expr, vars: &mut Vec<VarId>) -> Result<()> {
        match &e.kind {
            ExprKind::Name(name) => self.bind_index(name, None, vars, &e.span),
            ExprKind::Bin(BinOp::Lt, name, bound) if matches!(name.kind, ExprKind::Name(_)) => {
                let ExprKind::Name(index) = &name.kind else { return Ok(()) };
                self.bind_index(index, Some(bound), vars, &name.span)
            }
            ExprKind::If(cond, then, else_) => match self.eval_outside_place(cond) {
                Ok(Value::Bool(true)) => self.bind_indices(then, vars),
                Ok(Value::Bool(false)) => self.bind_indices(else_, vars),
                _ => {
                    self.bind_indices(then, vars)?;
                    self.bind_indices(else_, vars)
                }
            },
            ExprKind::List(items) | ExprKind::Call(_, items) => items.iter().try_for_each(|i| self.bind_indices(i, vars)),
            ExprKind::Neg(a) | ExprKind::Not(a) => self.bind_indices(a, vars),
            ExprKind::Bin(_, a, b) | ExprKind::Item(a, b) => {
                self.bind_indices(a, vars)?;
                self.bind_indices(b, vars)
            }
            ExprKind::Load(load) => load.args.iter().try_for_each(|a| match &a.kind {
                ArgKind::At(e, _) | ArgKind::Broadcast(e) => self.bind_indices(e, vars),
                ArgKind::Vector => Ok(()),
            }),
            _ => Ok(()),
        }
    }

    fn bind_index(&mut self, name: &'a str, bound: Option<&'a Expr>, vars: &mut Vec<VarId>, span: &Span) -> Result<()> {
        let known = self.lookup(name).is_some();
        if known && bound.is_some() {
            return err(span, format!("index `{name}` hides another name"));
        }
        // Capitals and functions' names are no indices.
        let lower = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        if known || !lower || ElemType::from_name(name).is_some() || self.tensor(name).is_some() {
            return Ok(());
        }
        let extent = match bound {
            Some(bound) => self.eval_outside_place(bound)?,
            None => self.size_of_index(name, span)?,
        };
        let index = self.new_index(name, &extent, vars, span)?;
        self.scope.push((name, index));
        Ok(())
    }
}
