//! Affine maps, integer sets, and affine expressions over values.

use super::cursor::Res;
use super::{Parser, codes};
use crate::grammar::{Piece, Rule, piece};
use edge_ir::{AffineExpr, Attr};
use edge_support::Reported;

/// What a name in an affine expression stands for.
type Names<'n> = dyn FnMut(Rule, &str) -> Option<AffineExpr> + 'n;

const MAX_AFFINE_TEXT: usize = 1 << 14;

impl<'s> Parser<'_, 's> {
    pub(crate) fn affine_map(&mut self, start: usize, end: usize) -> Res<Attr> {
        let text = self.affine_text(start, end)?;
        let pieces = piece(Rule::map_piece, text).map_err(|at| self.bad_affine(start + at, end))?;
        let (mut dims, mut syms) = (vec![], vec![]);
        let mut results = Vec::new();
        for p in pieces {
            match p.as_rule() {
                Rule::affine_dims => dims = self.affine_names(p, start, &[])?,
                Rule::affine_syms => syms = self.affine_names(p, start, &dims)?,
                Rule::affine_list => {
                    for e in p.into_inner() {
                        results.push(self.affine_over(e, start, &dims, &syms)?);
                    }
                }
                _ => {}
            }
        }
        Ok(self.ctx.affine_map(dims.len() as u32, syms.len() as u32, &results))
    }
    /// Sums nest as deep as they are long, which bounds the recursion over them.
    fn affine_text(&mut self, start: usize, end: usize) -> Res<&'s str> {
        if end - start > MAX_AFFINE_TEXT {
            return Err(self.report(
                codes::TOO_DEEP,
                start,
                start + 1,
                format!("this map or set is longer than {MAX_AFFINE_TEXT} bytes"),
            ));
        }
        Ok(&self.text[start..end])
    }
    pub(crate) fn integer_set(&mut self, start: usize, end: usize) -> Res<Attr> {
        let text = self.affine_text(start, end)?;
        let pieces = piece(Rule::set_piece, text).map_err(|at| self.bad_affine(start + at, end))?;
        let (mut dims, mut syms) = (vec![], vec![]);
        let mut constraints = Vec::new();
        for p in pieces {
            match p.as_rule() {
                Rule::affine_dims => dims = self.affine_names(p, start, &[])?,
                Rule::affine_syms => syms = self.affine_names(p, start, &dims)?,
                Rule::constraint => {
                    let mut parts = p.into_inner();
                    let (Some(left), Some(relation), Some(right)) = (parts.next(), parts.next(), parts.next()) else {
                        continue;
                    };
                    let left = self.affine_over(left, start, &dims, &syms)?;
                    let right = self.affine_over(right, start, &dims, &syms)?;
                    constraints.push(match relation.as_str() {
                        "<=" => (self.ctx.text_sub(right, left), false),
                        relation => (self.ctx.text_sub(left, right), relation == "=="),
                    });
                }
                _ => {}
            }
        }
        // The set that always holds is written `(0 == 0)`.
        if constraints.is_empty() {
            constraints.push((self.ctx.cst(0), true));
        }
        Ok(self.ctx.integer_set(dims.len() as u32, syms.len() as u32, &constraints))
    }
    fn bad_affine(&self, at: usize, end: usize) -> Reported {
        self.report(codes::BAD_AFFINE, at.min(end), end, "this is not an affine map or set")
    }
    fn affine_names(&mut self, list: Piece<'_>, base: usize, taken: &[String]) -> Res<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        for id in list.into_inner() {
            let name = id.as_str();
            if taken.iter().chain(&names).any(|n| n == name) {
                let (start, end) = (base + id.as_span().start(), base + id.as_span().end());
                return Err(self.report(codes::BAD_AFFINE, start, end, format!("redefinition of identifier '{name}'")));
            }
            names.push(name.to_owned());
        }
        Ok(names)
    }
    fn affine_over(&mut self, e: Piece<'_>, base: usize, dims: &[String], syms: &[String]) -> Res<AffineExpr> {
        let ctx = self.ctx;
        self.affine_expr(e, base, &mut |_, name| {
            let dim = dims.iter().position(|d| d == name).map(|i| ctx.dim(i as u32));
            dim.or_else(|| syms.iter().position(|s| s == name).map(|i| ctx.sym(i as u32)))
        })
    }
    /// Builds an expression from `affine`, `term`, `factor` pieces or their `access` kin.
    pub(crate) fn affine_expr(&mut self, pair: Piece<'_>, base: usize, names: &mut Names<'_>) -> Res<AffineExpr> {
        let rule = pair.as_rule();
        let (start, end) = (base + pair.as_span().start(), base + pair.as_span().end());
        match rule {
            Rule::integer => match pair.as_str().parse::<i64>() {
                Ok(n) => Ok(self.ctx.cst(n)),
                Err(_) => Err(self.report(codes::BAD_AFFINE, start, end, "constant too large for index")),
            },
            Rule::affine_id | Rule::access_value | Rule::access_symbol => names(rule, pair.as_str()).ok_or_else(|| {
                self.report(codes::BAD_AFFINE, start, end, format!("use of undeclared identifier '{}'", pair.as_str()))
            }),
            Rule::negated | Rule::access_negated => {
                let inner = self.affine_expr(pair.into_inner().next().expect("an operand"), base, names)?;
                Ok(self.ctx.text_mul(inner, self.ctx.cst(-1)))
            }
            Rule::affine | Rule::term | Rule::access | Rule::access_term => {
                let mut parts = pair.into_inner();
                let mut value = self.affine_expr(parts.next().expect("an operand"), base, names)?;
                while let (Some(op), Some(right)) = (parts.next(), parts.next()) {
                    let right = self.affine_expr(right, base, names)?;
                    value = self.affine_binary(op.as_str(), value, right, start, end)?;
                }
                Ok(value)
            }
            _ => self.affine_expr(pair.into_inner().next().expect("an operand"), base, names),
        }
    }
    fn affine_binary(&self, op: &str, a: AffineExpr, b: AffineExpr, start: usize, end: usize) -> Res<AffineExpr> {
        let symbolic = |e| self.ctx.symbolic_or_const(e);
        let wrong = |message: &str| self.report(codes::BAD_AFFINE, start, end, message);
        match op {
            "+" => return Ok(self.ctx.text_add(a, b)),
            "-" => return Ok(self.ctx.text_sub(a, b)),
            "*" if symbolic(a) || symbolic(b) => return Ok(self.ctx.text_mul(a, b)),
            "*" => {
                return Err(wrong(
                    "non-affine expression: at least one of the multiply operands has to be either a constant or symbolic",
                ));
            }
            _ if !symbolic(b) => {
                return Err(wrong("non-affine expression: right operand has to be either a constant or symbolic"));
            }
            _ => {}
        }
        Ok(match op {
            "floordiv" => self.ctx.text_floordiv(a, b),
            "ceildiv" => self.ctx.text_ceildiv(a, b),
            _ => self.ctx.text_mod(a, b),
        })
    }
}
