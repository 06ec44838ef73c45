//! Affine expressions as a text says them: simplified exactly as far as MLIR simplifies while it reads, so that what is printed
//! again is what MLIR prints. Passes use the stronger [`Context::add`] and its kin.

use crate::affine::{AffineExpr, AffineKind};
use crate::context::Context;

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Context {
    fn product_of(&self, e: AffineExpr) -> Option<(AffineExpr, i64)> {
        match self.affine_kind(e) {
            AffineKind::Mul(x, c) => self.affine_const(c).map(|c| (x, c)),
            _ => None,
        }
    }
    fn sum_of(&self, e: AffineExpr) -> Option<(AffineExpr, AffineExpr)> {
        match self.affine_kind(e) {
            AffineKind::Add(a, b) => Some((a, b)),
            _ => None,
        }
    }
    /// The greatest number that is known to divide every value of `e`; 0 of the constant 0.
    fn known_divisor(&self, e: AffineExpr) -> u64 {
        match self.affine_kind(e) {
            AffineKind::Const(c) => c.unsigned_abs(),
            AffineKind::Mul(a, b) => self.known_divisor(a).wrapping_mul(self.known_divisor(b)),
            AffineKind::Add(a, b) | AffineKind::Mod(a, b) => gcd(self.known_divisor(a), self.known_divisor(b)),
            _ => 1,
        }
    }
    pub fn text_add(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        let (left, right) = (self.affine_const(a), self.affine_const(b));
        if let (Some(x), Some(y)) = (left, right) {
            return self.cst(x.wrapping_add(y));
        }
        if left.is_some() || (self.symbolic_or_const(a) && !self.symbolic_or_const(b)) {
            return self.text_add(b, a);
        }
        if right == Some(0) {
            return a;
        }
        let constant_of = |e| self.sum_of(e).and_then(|(x, c)| Some((x, self.affine_const(c)?)));
        if let (Some((x, c)), Some(y)) = (constant_of(a), right) {
            return self.text_add(x, self.cst(c.wrapping_add(y)));
        }
        let (first, c1) = self.product_of(a).unwrap_or((a, 1));
        let (second, c2) = self.product_of(b).unwrap_or((b, 1));
        if first == second {
            return self.text_mul(first, self.cst(c1.wrapping_add(c2)));
        }
        if let Some((x, c)) = constant_of(a) {
            return self.text_add(self.text_add(x, b), self.cst(c));
        }
        self.as_remainder(a, b).unwrap_or_else(|| self.affine_raw(AffineKind::Add(a, b)))
    }
    /// `e - (e floordiv q) * q` is `e mod q`.
    fn as_remainder(&self, a: AffineExpr, b: AffineExpr) -> Option<AffineExpr> {
        let AffineKind::Mul(x, c) = self.affine_kind(b) else { return None };
        let division = |e| match self.affine_kind(e) {
            AffineKind::FloorDiv(x, q) => Some((x, q)),
            _ => None,
        };
        if self.affine_const(c) == Some(-1)
            && let AffineKind::Mul(quotient, q) = self.affine_kind(x)
        {
            return division(quotient).filter(|d| *d == (a, q)).map(|_| self.text_mod(a, q));
        }
        let (of, q) = division(x)?;
        (of == a && q == self.text_mul(c, self.cst(-1))).then(|| self.text_mod(a, q))
    }
    pub fn text_mul(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        let (left, right) = (self.affine_const(a), self.affine_const(b));
        if let (Some(x), Some(y)) = (left, right) {
            return self.cst(x.wrapping_mul(y));
        }
        if left.is_some() || (!self.symbolic_or_const(b) && self.symbolic_or_const(a)) {
            return self.text_mul(b, a);
        }
        match right {
            Some(1) => return a,
            Some(0) => return b,
            _ => {}
        }
        match (self.product_of(a), right) {
            (Some((x, c)), Some(y)) => self.text_mul(x, self.cst(c.wrapping_mul(y))),
            (Some((x, c)), None) => self.text_mul(self.text_mul(x, b), self.cst(c)),
            _ => self.affine_raw(AffineKind::Mul(a, b)),
        }
    }
    pub fn text_sub(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        self.text_add(a, self.text_mul(b, self.cst(-1)))
    }
    pub fn text_floordiv(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        self.quotient(a, b, true).unwrap_or_else(|| self.affine_raw(AffineKind::FloorDiv(a, b)))
    }
    pub fn text_ceildiv(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        self.quotient(a, b, false).unwrap_or_else(|| self.affine_raw(AffineKind::CeilDiv(a, b)))
    }
    fn quotient(&self, a: AffineExpr, b: AffineExpr, floor: bool) -> Option<AffineExpr> {
        let c = self.affine_const(b).filter(|c| *c > 0)?;
        if let Some(x) = self.affine_const(a) {
            let rounded_up = x.div_euclid(c).wrapping_add((x.rem_euclid(c) != 0) as i64);
            return Some(self.cst(if floor { x.div_euclid(c) } else { rounded_up }));
        }
        if c == 1 {
            return Some(a);
        }
        if let Some((x, k)) = self.product_of(a).filter(|(_, k)| k % c == 0) {
            return Some(self.text_mul(x, self.cst(k / c)));
        }
        let (x, y) = self.sum_of(a).filter(|_| floor)?;
        let divides = |e| self.known_divisor(e) % c as u64 == 0;
        (divides(x) || divides(y)).then(|| self.text_add(self.text_floordiv(x, b), self.text_floordiv(y, b)))
    }
    pub fn text_mod(&self, a: AffineExpr, b: AffineExpr) -> AffineExpr {
        self.remainder(a, b).unwrap_or_else(|| self.affine_raw(AffineKind::Mod(a, b)))
    }
    fn remainder(&self, a: AffineExpr, b: AffineExpr) -> Option<AffineExpr> {
        let c = self.affine_const(b).filter(|c| *c > 0)?;
        if let Some(x) = self.affine_const(a) {
            return Some(self.cst(x.rem_euclid(c)));
        }
        let divides = |e| self.known_divisor(e) % c as u64 == 0;
        if divides(a) {
            return Some(self.cst(0));
        }
        match self.affine_kind(a) {
            AffineKind::Add(x, y) if divides(x) => Some(self.text_mod(y, b)),
            AffineKind::Add(x, y) if divides(y) => Some(self.text_mod(x, b)),
            AffineKind::Mod(x, d) if self.affine_const(d).is_some_and(|d| d >= 1 && d % c == 0) => Some(self.text_mod(x, b)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simplified_as_far_as_mlir_does() {
        let c = Context::new();
        let (d0, d1, s0) = (c.dim(0), c.dim(1), c.sym(0));
        let shifted = c.text_add(d0, c.cst(-96));
        // The constant is no multiple of the divisor, so it stays.
        assert_eq!(c.affine_kind(c.text_floordiv(shifted, c.cst(64))), AffineKind::FloorDiv(shifted, c.cst(64)));
        let even = c.text_add(c.text_mul(d0, c.cst(8)), d1);
        assert_eq!(c.text_floordiv(even, c.cst(8)), c.text_add(d0, c.text_floordiv(d1, c.cst(8))));
        assert_eq!(c.text_mod(even, c.cst(4)), c.text_mod(d1, c.cst(4)));
        let whole = c.text_mul(c.text_floordiv(d0, s0), s0);
        assert_eq!(c.text_sub(d0, whole), c.text_mod(d0, s0));
        assert_eq!(c.text_mod(c.text_mod(d0, c.cst(8)), c.cst(4)), c.text_mod(d0, c.cst(4)));
        assert_eq!(c.text_ceildiv(c.cst(-7), c.cst(2)), c.cst(-3));
    }
}
