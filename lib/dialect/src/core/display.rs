//! The text of a program, for people and snapshots.

use super::{ArgRedKind, BinOp, Buf, BufKind, Def, ElemType, ExprId, Load, Node, Program, Stmt, Update, VarId};
use std::fmt;

impl fmt::Display for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Update::Assign => "=",
            Update::Add => "+=",
            Update::Mul => "*=",
            Update::Maximum => "max=",
            Update::Minimum => "min=",
            Update::Overwrite => ":=",
        })
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for buf in &self.bufs {
            self.fmt_buf(f, buf)?;
        }
        for require in &self.requires {
            writeln!(f, "require {} {:?}", self.show(require.cond), require.message)?;
        }
        self.stmts.iter().try_for_each(|s| self.fmt_stmt(f, s, 0))
    }
}

/// An expression of a program, ready to be printed.
pub struct Show<'a>(&'a Program, ExprId);

impl fmt::Display for Show<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_expr(f, self.1, 0)
    }
}

/// Binding strengths, loosest first: or, and, comparison, sum, product, unary.
const UNARY: u8 = 6;

fn strength(op: BinOp) -> u8 {
    match op {
        BinOp::Or => 1,
        BinOp::And => 2,
        BinOp::Add | BinOp::Sub => 4,
        BinOp::Mul | BinOp::Div | BinOp::FloorDiv | BinOp::Mod => 5,
        _ => 3,
    }
}

impl Program {
    /// The expression as text.
    pub fn show(&self, id: ExprId) -> Show<'_> {
        Show(self, id)
    }

    fn fmt_buf(&self, f: &mut fmt::Formatter<'_>, buf: &Buf) -> fmt::Result {
        let kind = match buf.kind {
            BufKind::Operand(_) => "operand",
            BufKind::Result(_) => "result",
            BufKind::Let => "let",
        };
        write!(f, "{kind} {}: ", buf.name)?;
        for &extent in &buf.shape {
            self.fmt_expr(f, extent, UNARY)?;
            f.write_str(" x ")?;
        }
        writeln!(f, "{}", buf.elem)
    }

    fn fmt_domain(&self, f: &mut fmt::Formatter<'_>, vars: &[VarId]) -> fmt::Result {
        for (i, &v) in vars.iter().enumerate() {
            let var = self.var(v);
            write!(f, "{}{} < {}", if i > 0 { ", " } else { "" }, var.name, self.show(var.extent))?;
        }
        Ok(())
    }

    fn fmt_stmt(&self, f: &mut fmt::Formatter<'_>, stmt: &Stmt, depth: usize) -> fmt::Result {
        let pad = "  ".repeat(depth);
        match stmt {
            Stmt::Rec(rec) => {
                write!(f, "{pad}rec ")?;
                self.fmt_domain(f, &[rec.var])?;
                writeln!(f)?;
                rec.body.iter().try_for_each(|s| self.fmt_stmt(f, s, depth + 1))
            }
            Stmt::Def(def) => {
                f.write_str(&pad)?;
                self.fmt_def(f, def)
            }
        }
    }

    fn fmt_def(&self, f: &mut fmt::Formatter<'_>, def: &Def) -> fmt::Result {
        f.write_str("for (")?;
        self.fmt_domain(f, &def.vars)?;
        write!(f, ") {}", self.buf(def.buf).name)?;
        self.fmt_list(f, "[", &def.lhs, "]")?;
        writeln!(f, " {} {}", def.update, self.show(def.body))
    }

    fn fmt_list(&self, f: &mut fmt::Formatter<'_>, open: &str, list: &[ExprId], close: &str) -> fmt::Result {
        f.write_str(open)?;
        for (i, &e) in list.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { ", " } else { "" }, self.show(e))?;
        }
        f.write_str(close)
    }

    fn fmt_load(&self, f: &mut fmt::Formatter<'_>, load: &Load) -> fmt::Result {
        f.write_str(&self.buf(load.buf).name)?;
        f.write_str("[")?;
        for (i, (&e, proof)) in load.idx.iter().zip(&load.proof).enumerate() {
            let mark = match proof {
                super::Proof::InRange => "",
                super::Proof::Guarded => "?",
                super::Proof::Data => "!",
            };
            write!(f, "{}{}{mark}", if i > 0 { ", " } else { "" }, self.show(e))?;
        }
        if let Some(value) = load.else_ {
            write!(f, " else {}", self.show(value))?;
        }
        f.write_str("]")
    }

    fn fmt_red(
        &self,
        f: &mut fmt::Formatter<'_>,
        name: &str,
        vars: &[VarId],
        filter: Option<ExprId>,
        by: Option<ExprId>,
        body: ExprId,
    ) -> fmt::Result {
        write!(f, "{name}(")?;
        self.fmt_domain(f, vars)?;
        if let Some(cond) = filter {
            write!(f, " if {}", self.show(cond))?;
        }
        if let Some(key) = by {
            write!(f, " by {}", self.show(key))?;
        }
        write!(f, ": {})", self.show(body))
    }

    /// A sum with its negative terms as differences.
    fn fmt_sum(&self, f: &mut fmt::Formatter<'_>, a: ExprId, b: ExprId) -> fmt::Result {
        self.fmt_expr(f, a, 4)?;
        if self.ty(b) == ElemType::Index {
            if let Some(value) = self.exprs.as_index(b).filter(|v| *v < 0) {
                return write!(f, " - {}", value.unsigned_abs());
            }
            if let Node::Bin(BinOp::Mul, x, c) = *self.node(b)
                && let Some(value) = self.exprs.as_index(c).filter(|v| *v < 0)
            {
                f.write_str(" - ")?;
                self.fmt_expr(f, x, 5)?;
                return if value == -1 { Ok(()) } else { write!(f, "*{}", value.unsigned_abs()) };
            }
        }
        f.write_str(" + ")?;
        self.fmt_expr(f, b, 5)
    }

    fn fmt_bin(&self, f: &mut fmt::Formatter<'_>, op: BinOp, a: ExprId, b: ExprId, outer: u8) -> fmt::Result {
        let own = strength(op);
        let paren = own < outer;
        if paren {
            f.write_str("(")?;
        }
        match op {
            BinOp::Add => self.fmt_sum(f, a, b)?,
            _ => {
                let comparison = u8::from(op.is_comparison());
                self.fmt_expr(f, a, own + comparison)?;
                if op == BinOp::Mul {
                    f.write_str("*")?
                } else {
                    write!(f, " {} ", op.symbol())?
                }
                self.fmt_expr(f, b, own + 1)?;
            }
        }
        if paren { f.write_str(")") } else { Ok(()) }
    }

    fn fmt_expr(&self, f: &mut fmt::Formatter<'_>, id: ExprId, outer: u8) -> fmt::Result {
        match self.node(id) {
            Node::Const(c) => write!(f, "{c}"),
            Node::Sym(s) => f.write_str(&self.sym(*s).name),
            Node::Var(v) => f.write_str(&self.var(*v).name),
            Node::Bin(op, a, b) => self.fmt_bin(f, *op, *a, *b, outer),
            Node::Neg(a) => {
                f.write_str("-")?;
                self.fmt_expr(f, *a, UNARY)
            }
            Node::Not(a) => {
                f.write_str("not ")?;
                self.fmt_expr(f, *a, UNARY)
            }
            Node::Fn(func, args) => {
                f.write_str(func.name())?;
                self.fmt_list(f, "(", args, ")")
            }
            Node::Sel { cond, then, else_ } => {
                write!(f, "(if {} then {} else {})", self.show(*cond), self.show(*then), self.show(*else_))
            }
            Node::Cast(ty, a) => write!(f, "{ty}({})", self.show(*a)),
            Node::Sat(ty, a) => write!(f, "sat({ty}, {})", self.show(*a)),
            Node::Bits(ty, a) => write!(f, "bits({ty}, {})", self.show(*a)),
            Node::Load(load) => self.fmt_load(f, load),
            Node::Red { op, vars, filter, body } => self.fmt_red(f, op.name(), vars, *filter, None, *body),
            Node::ArgRed { kind, vars, filter, by, value } => {
                self.fmt_red(f, ArgRedKind::name(*kind), vars, *filter, Some(*by), *value)
            }
            Node::Tab { table, idx } => {
                write!(f, "table{}", table.0)?;
                self.fmt_list(f, "[", idx, "]")
            }
        }
    }
}
