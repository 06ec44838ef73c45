//! Affine (and semi-affine) expressions, maps and integer sets. Construction simplifies as MLIR's does: constants fold and
//! stand on the right, `x + 0`, `x * 1`, `x floordiv 1`, `x mod 1` vanish, multiples cancel under `floordiv` and `mod`.

use crate::attrs::{Attr, AttrKind};
use crate::context::Context;
use bumpalo::Bump;
use edge_support::storage::Family;

/// A uniqued affine expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct AffineExpr(pub(crate) u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AffineKind {
    Dim(u32),
    Sym(u32),
    Const(i64),
    Add(AffineExpr, AffineExpr),
    Mul(AffineExpr, AffineExpr),
    FloorDiv(AffineExpr, AffineExpr),
    CeilDiv(AffineExpr, AffineExpr),
    Mod(AffineExpr, AffineExpr),
}

pub(crate) struct AffineFamily;
impl Family for AffineFamily {
    type Item<'a> = AffineKind;
    fn store<'a>(item: AffineKind, _: &'a Bump) -> AffineKind {
        item
    }
}

/// A map's data, borrowed from the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AffineMap<'a> {
    pub dims: u32,
    pub syms: u32,
    pub results: &'a [AffineExpr],
}

/// An integer set's data, borrowed from the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntegerSet<'a> {
    pub dims: u32,
    pub syms: u32,
    /// `expr == 0` where true, else `expr >= 0`.
    pub constraints: &'a [(AffineExpr, bool)],
}

/// An expression as a sum: a constant, and terms (atom, coefficient), atoms distinct, in the order met. Atoms are dims, symbols,
/// divisions, remainders and non-linear products.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinearForm {
    pub constant: i64,
    pub terms: Vec<(AffineExpr, i64)>,
}

impl Context {
    pub fn dim(&self, i: u32) -> AffineExpr {
        self.affine_raw(AffineKind::Dim(i))
    }
    pub fn sym(&self, i: u32) -> AffineExpr {
        self.affine_raw(AffineKind::Sym(i))
    }
    pub fn cst(&self, value: i64) -> AffineExpr {
        self.affine_raw(AffineKind::Const(value))
    }
    pub fn affine_const(&self, e: AffineExpr) -> Option<i64> {
        match self.affine_kind(e) {
            AffineKind::Const(c) => Some(c),
            _ => None,
        }
    }
    /// Whether no dim occurs.
    pub fn symbolic_or_const(&self, e: AffineExpr) -> bool {
        match self.affine_kind(e) {
            AffineKind::Dim(_) => false,
            AffineKind::Sym(_) | AffineKind::Const(_) => true,
            AffineKind::Add(a, b) | AffineKind::Mul(a, b) => self.symbolic_or_const(a) && self.symbolic_or_const(b),
            AffineKind::FloorDiv(a, b) | AffineKind::CeilDiv(a, b) | AffineKind::Mod(a, b) => {
                self.symbolic_or_const(a) && self.symbolic_or_const(b)
            }
        }
    }
    pub fn add(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        use AffineKind::*;
        match (self.affine_kind(a), self.affine_kind(b)) {
            (Const(x), Const(y)) => self.cst(x.wrapping_add(y)),
            (Const(0), _) => b,
            (_, Const(0)) => a,
            (Const(_), _) => self.add(b, a),
            // A symbolic left side moves right, as MLIR orders sums.
            _ if self.symbolic_or_const(a) && !self.symbolic_or_const(b) => self.add(b, a),
            (Add(x, y), Const(c)) if self.affine_const(y).is_some() => {
                let k = self.affine_const(y).unwrap_or(0);
                self.add(x, self.cst(k.wrapping_add(c)))
            }
            (Add(x, y), _) if self.affine_const(y).is_some() => {
                let inner = self.add(x, b);
                self.add(inner, y)
            }
            _ => {
                let (ta, ca) = self.term(a);
                let (tb, cb) = self.term(b);
                if ta == tb {
                    return self.mul(ta, self.cst(ca.wrapping_add(cb)));
                }
                self.affine_raw(Add(a, b))
            }
        }
    }
    /// The same sum, grouped from the right: another expression with the same text. `None` where there is nothing to regroup.
    pub fn regrouped(&self, e: AffineExpr) -> Option<AffineExpr> {
        let AffineKind::Add(left, c) = self.affine_kind(e) else { return None };
        let AffineKind::Add(a, b) = self.affine_kind(left) else { return None };
        Some(self.affine_raw(AffineKind::Add(a, self.affine_raw(AffineKind::Add(b, c)))))
    }
    fn term(&self, e: AffineExpr) -> (AffineExpr, i64) {
        match self.affine_kind(e) {
            AffineKind::Mul(x, c) if self.affine_const(c).is_some() => (x, self.affine_const(c).unwrap_or(1)),
            _ => (e, 1),
        }
    }
    pub fn mul(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        use AffineKind::*;
        match (self.affine_kind(a), self.affine_kind(b)) {
            (Const(x), Const(y)) => self.cst(x.wrapping_mul(y)),
            (Const(_), _) => self.mul(b, a),
            _ if self.symbolic_or_const(a) && !self.symbolic_or_const(b) => self.mul(b, a),
            (_, Const(1)) => a,
            (_, Const(0)) => b,
            (Mul(x, y), Const(c)) if self.affine_const(y).is_some() => {
                let k = self.affine_const(y).unwrap_or(1);
                self.mul(x, self.cst(k.wrapping_mul(c)))
            }
            _ => self.affine_raw(Mul(a, b)),
        }
    }
    pub fn sub(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        let minus = self.mul(b, self.cst(-1));
        self.add(a, minus)
    }
    pub fn floordiv(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        if let Some(c) = self.affine_const(b).filter(|c| *c > 0) {
            if c == 1 {
                return a;
            }
            if let Some(x) = self.affine_const(a) {
                return self.cst(x.div_euclid(c));
            }
            if let Some((multiple, rest)) = self.split_multiples(a, c) {
                let rest =
                    if self.affine_const(rest) == Some(0) { rest } else { self.affine_raw(AffineKind::FloorDiv(rest, b)) };
                return self.add(multiple, rest);
            }
        }
        self.affine_raw(AffineKind::FloorDiv(a, b))
    }
    pub fn ceildiv(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        if let Some(c) = self.affine_const(b).filter(|c| *c > 0) {
            if c == 1 {
                return a;
            }
            if let Some(x) = self.affine_const(a) {
                return self.cst(-((-x).div_euclid(c)));
            }
        }
        self.affine_raw(AffineKind::CeilDiv(a, b))
    }
    pub fn modulo(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        if let Some(c) = self.affine_const(b).filter(|c| *c > 0) {
            if c == 1 {
                return self.cst(0);
            }
            if let Some(x) = self.affine_const(a) {
                return self.cst(x.rem_euclid(c));
            }
            if let Some((_, rest)) = self.split_multiples(a, c) {
                return if self.affine_const(rest).is_some() { rest } else { self.affine_raw(AffineKind::Mod(rest, b)) };
            }
        }
        self.affine_raw(AffineKind::Mod(a, b))
    }
    /// `e = multiple * c + rest`, if some term of `e` is a multiple of `c`.
    fn split_multiples(&self, e: AffineExpr, c: i64) -> Option<(AffineExpr, AffineExpr)> {
        let form = self.linear_form(e);
        let (mut quotient, mut rest) = (LinearForm::default(), LinearForm::default());
        (quotient.constant, rest.constant) = (form.constant.div_euclid(c), form.constant.rem_euclid(c));
        for (atom, k) in form.terms {
            if k % c == 0 {
                quotient.terms.push((atom, k / c));
            } else {
                rest.terms.push((atom, k));
            }
        }
        if quotient.terms.is_empty() && quotient.constant == 0 {
            return None;
        }
        Some((self.from_linear(&quotient), self.from_linear(&rest)))
    }
    /// The expression as a sum of atoms with coefficients.
    pub fn linear_form(&self, e: AffineExpr) -> LinearForm {
        let mut form = LinearForm::default();
        self.gather(e, 1, &mut form);
        form.terms.retain(|t| t.1 != 0);
        form
    }
    fn gather(&self, e: AffineExpr, k: i64, form: &mut LinearForm) {
        match self.affine_kind(e) {
            AffineKind::Const(c) => form.constant = form.constant.wrapping_add(k.wrapping_mul(c)),
            AffineKind::Add(a, b) => {
                self.gather(a, k, form);
                self.gather(b, k, form);
            }
            AffineKind::Mul(a, b) if self.affine_const(b).is_some() => {
                self.gather(a, k.wrapping_mul(self.affine_const(b).unwrap_or(1)), form)
            }
            _ => match form.terms.iter_mut().find(|t| t.0 == e) {
                Some(term) => term.1 = term.1.wrapping_add(k),
                None => form.terms.push((e, k)),
            },
        }
    }
    pub fn from_linear(&self, form: &LinearForm) -> AffineExpr {
        let sum = form.terms.iter().fold(self.cst(0), |sum, (atom, k)| {
            let term = self.mul(*atom, self.cst(*k));
            self.add(sum, term)
        });
        self.add(sum, self.cst(form.constant))
    }
    /// Coefficient of dim `d` in `e`, if `e` is linear in it (it occurs in no division, remainder or product of its own).
    pub fn dim_coefficient(&self, e: AffineExpr, d: u32) -> Option<i64> {
        let dim = self.dim(d);
        let mut k = 0;
        for (atom, c) in self.linear_form(e).terms {
            if atom == dim {
                k = c;
            } else if self.uses_dim(atom, d) {
                return None;
            }
        }
        Some(k)
    }
    pub fn uses_dim(&self, e: AffineExpr, d: u32) -> bool {
        match self.affine_kind(e) {
            AffineKind::Dim(i) => i == d,
            AffineKind::Sym(_) | AffineKind::Const(_) => false,
            AffineKind::Add(a, b)
            | AffineKind::Mul(a, b)
            | AffineKind::FloorDiv(a, b)
            | AffineKind::CeilDiv(a, b)
            | AffineKind::Mod(a, b) => self.uses_dim(a, d) || self.uses_dim(b, d),
        }
    }
    pub fn uses_sym(&self, e: AffineExpr, s: u32) -> bool {
        match self.affine_kind(e) {
            AffineKind::Sym(i) => i == s,
            AffineKind::Dim(_) | AffineKind::Const(_) => false,
            AffineKind::Add(a, b)
            | AffineKind::Mul(a, b)
            | AffineKind::FloorDiv(a, b)
            | AffineKind::CeilDiv(a, b)
            | AffineKind::Mod(a, b) => self.uses_sym(a, s) || self.uses_sym(b, s),
        }
    }
    /// Replaces dims and symbols by the expressions given, simplifying again.
    pub fn substitute(&self, e: AffineExpr, dims: &[AffineExpr], syms: &[AffineExpr]) -> AffineExpr {
        match self.affine_kind(e) {
            AffineKind::Dim(i) => dims.get(i as usize).copied().unwrap_or(e),
            AffineKind::Sym(i) => syms.get(i as usize).copied().unwrap_or(e),
            AffineKind::Const(_) => e,
            AffineKind::Add(a, b) => self.add(self.substitute(a, dims, syms), self.substitute(b, dims, syms)),
            AffineKind::Mul(a, b) => self.mul(self.substitute(a, dims, syms), self.substitute(b, dims, syms)),
            AffineKind::FloorDiv(a, b) => self.floordiv(self.substitute(a, dims, syms), self.substitute(b, dims, syms)),
            AffineKind::CeilDiv(a, b) => self.ceildiv(self.substitute(a, dims, syms), self.substitute(b, dims, syms)),
            AffineKind::Mod(a, b) => self.modulo(self.substitute(a, dims, syms), self.substitute(b, dims, syms)),
        }
    }
    /// The value for given dims and symbols; `None` on overflow, division by zero, or an operand that is missing.
    pub fn affine_eval(&self, e: AffineExpr, dims: &[i64], syms: &[i64]) -> Option<i64> {
        let both = |a, b| Some((self.affine_eval(a, dims, syms)?, self.affine_eval(b, dims, syms)?));
        match self.affine_kind(e) {
            AffineKind::Dim(i) => dims.get(i as usize).copied(),
            AffineKind::Sym(i) => syms.get(i as usize).copied(),
            AffineKind::Const(c) => Some(c),
            AffineKind::Add(a, b) => both(a, b).and_then(|(a, b)| a.checked_add(b)),
            AffineKind::Mul(a, b) => both(a, b).and_then(|(a, b)| a.checked_mul(b)),
            AffineKind::FloorDiv(a, b) => both(a, b)
                .and_then(|(a, b)| a.checked_div_euclid(b).map(|q| if b < 0 && a.rem_euclid(b) != 0 { q - 1 } else { q })),
            AffineKind::CeilDiv(a, b) => {
                let (a, b) = both(a, b)?;
                if b <= 0 { None } else { a.checked_neg()?.div_euclid(b).checked_neg() }
            }
            AffineKind::Mod(a, b) => both(a, b).and_then(|(a, b)| if b <= 0 { None } else { Some(a.rem_euclid(b)) }),
        }
    }
    pub fn affine_map(&self, dims: u32, syms: u32, results: &[AffineExpr]) -> Attr {
        self.attr(AttrKind::AffineMap { dims, syms, results })
    }
    pub fn identity_map(&self, dims: u32) -> Attr {
        let results: Vec<AffineExpr> = (0..dims).map(|d| self.dim(d)).collect();
        self.affine_map(dims, 0, &results)
    }
    pub fn as_map(&self, attr: Attr) -> Option<AffineMap<'_>> {
        match self.attr_kind(attr) {
            AttrKind::AffineMap { dims, syms, results } => Some(AffineMap { dims, syms, results }),
            _ => None,
        }
    }
    pub fn integer_set(&self, dims: u32, syms: u32, constraints: &[(AffineExpr, bool)]) -> Attr {
        self.attr(AttrKind::IntegerSet { dims, syms, constraints })
    }
    pub fn as_set(&self, attr: Attr) -> Option<IntegerSet<'_>> {
        match self.attr_kind(attr) {
            AttrKind::IntegerSet { dims, syms, constraints } => Some(IntegerSet { dims, syms, constraints }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn construction_simplifies() {
        let c = Context::new();
        let (d0, d1, s0) = (c.dim(0), c.dim(1), c.sym(0));
        assert_eq!(c.add(c.cst(3), d0), c.add(d0, c.cst(3)));
        assert_eq!(c.sub(c.add(d0, d1), c.add(d0, d1)), c.cst(0));
        let e = c.add(c.mul(d0, c.cst(8)), d1);
        assert_eq!(c.floordiv(e, c.cst(8)), c.add(d0, c.floordiv(d1, c.cst(8))));
        assert_eq!(c.modulo(e, c.cst(8)), c.modulo(d1, c.cst(8)));
        assert_eq!(c.mul(s0, d0), c.mul(d0, s0));
        assert_eq!(c.dim_coefficient(e, 0), Some(8));
        assert_eq!(c.dim_coefficient(c.modulo(e, c.cst(8)), 1), None);
    }

    #[test]
    fn evaluation_floors() {
        let c = Context::new();
        let e = c.floordiv(c.dim(0), c.dim(1));
        for (a, b, q) in [(7, 2, 3), (-7, 2, -4), (-8, 2, -4), (7, -2, -4), (0, 5, 0)] {
            assert_eq!(c.affine_eval(e, &[a, b], &[]), Some(q), "{a} floordiv {b}");
        }
        assert_eq!(c.affine_eval(e, &[1, 0], &[]), None);
        assert_eq!(c.affine_eval(c.modulo(c.dim(0), c.cst(3)), &[-1], &[]), Some(2));
    }
}
