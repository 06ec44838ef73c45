//! Index expressions of Core as affine expressions over values of the nest.

use super::emit::Emitter;
use crate::loop_ir::MapBuilder;
use edge_dialect::core::{BinOp, ElemType, ExprId, Node};
use edge_ir::{AffineExpr, Builder};

impl Emitter<'_> {
    /// An index expression over the operands that `m` collects. Parts that are not affine become index values of their own.
    pub(super) fn affine(&mut self, b: &mut Builder<'_>, m: &mut MapBuilder, e: ExprId) -> AffineExpr {
        let ctx = b.ctx;
        match self.p.node(e).clone() {
            Node::Const(c) => ctx.cst(c.bits() as i64),
            Node::Sym(s) => m.sym(ctx, self.syms[s.0 as usize]),
            Node::Var(v) => match self.vars.get(&v) {
                Some(iv) => m.dim(ctx, *iv),
                None => ctx.cst(0),
            },
            Node::Bin(op @ (BinOp::Add | BinOp::Sub), x, y) => {
                let (x, y) = (self.affine(b, m, x), self.affine(b, m, y));
                if op == BinOp::Add { ctx.add(x, y) } else { ctx.sub(x, y) }
            }
            Node::Bin(BinOp::Mul, x, y) if self.p.is_static(x) || self.p.is_static(y) => {
                let (x, y) = (self.affine(b, m, x), self.affine(b, m, y));
                ctx.mul(x, y)
            }
            Node::Bin(op @ (BinOp::FloorDiv | BinOp::Mod), x, y) if self.p.is_static(y) => {
                let (x, y) = (self.affine(b, m, x), self.affine(b, m, y));
                if op == BinOp::FloorDiv { ctx.floordiv(x, y) } else { ctx.modulo(x, y) }
            }
            _ => {
                let value = self.value(b, e);
                m.dim(ctx, value)
            }
        }
    }

    /// The value of an index expression.
    pub(super) fn index_value(&mut self, b: &mut Builder<'_>, e: ExprId) -> edge_ir::Value {
        let mut m = MapBuilder::default();
        let expr = self.affine(b, &mut m, e);
        m.apply(b, expr)
    }

    /// Whether an index expression maps to an affine one by itself, without values of its own.
    pub(super) fn is_affine(&self, e: ExprId) -> bool {
        match self.p.node(e) {
            Node::Const(_) | Node::Sym(_) | Node::Var(_) => true,
            Node::Bin(BinOp::Add | BinOp::Sub, x, y) => self.is_affine(*x) && self.is_affine(*y),
            Node::Bin(BinOp::Mul, x, y) => {
                (self.p.is_static(*x) || self.p.is_static(*y)) && self.is_affine(*x) && self.is_affine(*y)
            }
            Node::Bin(BinOp::FloorDiv | BinOp::Mod, x, y) => self.p.is_static(*y) && self.is_affine(*x) && self.is_affine(*y),
            _ => false,
        }
    }

    /// A condition as constraints (`expr == 0` where true, else `expr >= 0`), if it is a conjunction of comparisons of affine
    /// indices; `holds` says whether it is the condition or its opposite.
    pub(super) fn constraints(
        &mut self,
        b: &mut Builder<'_>,
        m: &mut MapBuilder,
        cond: ExprId,
        holds: bool,
        out: &mut Vec<(AffineExpr, bool)>,
    ) -> bool {
        let ctx = b.ctx;
        let (op, x, y) = match self.p.node(cond).clone() {
            Node::Bin(BinOp::And, x, y) if holds => {
                return self.constraints(b, m, x, true, out) && self.constraints(b, m, y, true, out);
            }
            Node::Bin(BinOp::Or, x, y) if !holds => {
                return self.constraints(b, m, x, false, out) && self.constraints(b, m, y, false, out);
            }
            Node::Not(x) => return self.constraints(b, m, x, !holds, out),
            Node::Bin(op, x, y) if op.is_comparison() && self.p.ty(x) == ElemType::Index => (op, x, y),
            _ => return false,
        };
        if !self.is_affine(x) || !self.is_affine(y) {
            return false;
        }
        let op = if holds { op } else { opposite(op) };
        let (x, y) = (self.affine(b, m, x), self.affine(b, m, y));
        let one = ctx.cst(1);
        let constraint = match op {
            BinOp::Eq => (ctx.sub(x, y), true),
            BinOp::Le => (ctx.sub(y, x), false),
            BinOp::Ge => (ctx.sub(x, y), false),
            BinOp::Lt => (ctx.sub(ctx.sub(y, x), one), false),
            BinOp::Gt => (ctx.sub(ctx.sub(x, y), one), false),
            _ => return false,
        };
        if !out.contains(&constraint) {
            out.push(constraint);
        }
        true
    }
}

fn opposite(op: BinOp) -> BinOp {
    match op {
        BinOp::Eq => BinOp::Ne,
        BinOp::Ne => BinOp::Eq,
        BinOp::Lt => BinOp::Ge,
        BinOp::Le => BinOp::Gt,
        BinOp::Gt => BinOp::Le,
        BinOp::Ge => BinOp::Lt,
        other => other,
    }
}
