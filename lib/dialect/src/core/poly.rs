//! Index expressions as polynomials: the normal form by which equal sizes are recognised.

use super::{BinOp, ElemType, ExprId, Node, Program, Scalar};
use smallvec::SmallVec;

/// A product of atoms, sorted; empty: 1. An atom is a sym, a var, or a node that is no sum and no product.
pub type Mono = SmallVec<[ExprId; 3]>;

/// A sum of products with integer coefficients, sorted by product, none zero.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Poly {
    pub terms: SmallVec<[(Mono, i64); 4]>,
}

/// Beyond this many terms, products are left as they are.
const MAX_TERMS: usize = 64;

impl Poly {
    pub fn constant(value: i64) -> Poly {
        let mut p = Poly::default();
        if value != 0 {
            p.terms.push((Mono::new(), value));
        }
        p
    }

    pub fn atom(e: ExprId) -> Poly {
        Poly { terms: SmallVec::from_elem((SmallVec::from_slice(&[e]), 1), 1) }
    }

    /// The value if there are no atoms.
    pub fn as_constant(&self) -> Option<i64> {
        match &self.terms[..] {
            [] => Some(0),
            [(m, c)] if m.is_empty() => Some(*c),
            _ => None,
        }
    }

    /// The term without atoms.
    pub fn constant_term(&self) -> i64 {
        self.terms.iter().find(|(m, _)| m.is_empty()).map_or(0, |t| t.1)
    }

    fn normalise(mut terms: SmallVec<[(Mono, i64); 4]>) -> Option<Poly> {
        // The constant comes last, so that sums read naturally.
        terms.sort_by(|a, b| (a.0.is_empty(), &a.0).cmp(&(b.0.is_empty(), &b.0)));
        let mut out: SmallVec<[(Mono, i64); 4]> = SmallVec::new();
        for (m, c) in terms {
            match out.last_mut() {
                Some(last) if last.0 == m => last.1 = last.1.checked_add(c)?,
                _ => out.push((m, c)),
            }
            if out.last().is_some_and(|t| t.1 == 0) {
                out.pop();
            }
        }
        (out.len() <= MAX_TERMS).then_some(Poly { terms: out })
    }

    /// `None` on overflow.
    pub fn add(&self, other: &Poly) -> Option<Poly> {
        Poly::normalise(self.terms.iter().chain(&other.terms).cloned().collect())
    }

    pub fn scale(&self, factor: i64) -> Option<Poly> {
        if factor == 0 {
            return Some(Poly::default());
        }
        let terms: Option<SmallVec<_>> = self.terms.iter().map(|(m, c)| Some((m.clone(), c.checked_mul(factor)?))).collect();
        Some(Poly { terms: terms? })
    }

    pub fn sub(&self, other: &Poly) -> Option<Poly> {
        self.add(&other.scale(-1)?)
    }

    /// `None` on overflow or when the product has too many terms.
    pub fn mul(&self, other: &Poly) -> Option<Poly> {
        if self.terms.len() * other.terms.len() > MAX_TERMS {
            return None;
        }
        let mut terms = SmallVec::new();
        for (m, c) in &self.terms {
            for (n, d) in &other.terms {
                let mut atoms: Mono = m.iter().chain(n).copied().collect();
                if atoms.len() > 8 {
                    return None;
                }
                atoms.sort_unstable();
                terms.push((atoms, c.checked_mul(*d)?));
            }
        }
        Poly::normalise(terms)
    }

    /// `self = quotient * d + rest` where `d` is one term: the quotient takes every term that `d` divides.
    /// A constant is split so that its rest lies in `0 .. d`.
    pub fn split(&self, d: &(Mono, i64)) -> (Poly, Poly) {
        let (mut quotient, mut rest) = (Poly::default(), Poly::default());
        for (m, c) in &self.terms {
            match divide(m, &d.0) {
                Some(left) if c % d.1 == 0 => quotient.terms.push((left, c / d.1)),
                Some(left) if left.is_empty() && d.0.is_empty() && d.1 > 0 => {
                    let (q, r) = (c.div_euclid(d.1), c.rem_euclid(d.1));
                    if q != 0 {
                        quotient.terms.push((left, q));
                    }
                    rest.terms.push((m.clone(), r));
                }
                _ => rest.terms.push((m.clone(), *c)),
            }
        }
        (Poly::normalise(quotient.terms).unwrap_or_default(), rest)
    }

    /// `self = coefficient * atom + rest`; `None` if the atom occurs in a power.
    pub fn linear_in(&self, atom: ExprId) -> Option<(Poly, Poly)> {
        let (mut coefficient, mut rest) = (Poly::default(), Poly::default());
        for (m, c) in &self.terms {
            match m.iter().filter(|a| **a == atom).count() {
                0 => rest.terms.push((m.clone(), *c)),
                1 => coefficient.terms.push((m.iter().copied().filter(|a| *a != atom).collect(), *c)),
                _ => return None,
            }
        }
        Some((Poly::normalise(coefficient.terms)?, rest))
    }

    /// The greatest common divisor of the coefficients other than the constant's.
    pub fn gcd_of_terms(&self) -> i64 {
        self.terms.iter().filter(|(m, _)| !m.is_empty()).fold(0, |g, (_, c)| gcd(g, *c))
    }

    /// The newest atom (with the greatest id).
    pub fn newest_atom(&self) -> Option<ExprId> {
        self.terms.iter().flat_map(|(m, _)| m.last()).copied().max()
    }

    /// All atoms, with repetitions.
    pub fn atoms(&self) -> impl Iterator<Item = ExprId> + '_ {
        self.terms.iter().flat_map(|(m, _)| m.iter().copied())
    }
}

pub(super) fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i64::try_from(a).unwrap_or(1)
}

/// `m / d` if every factor of `d` occurs in `m`.
fn divide(m: &Mono, d: &Mono) -> Option<Mono> {
    let mut left = m.clone();
    for atom in d {
        let at = left.iter().position(|a| a == atom)?;
        left.remove(at);
    }
    Some(left)
}

impl Program {
    /// The polynomial of an index expression. What is neither sum nor product is an atom.
    pub fn poly(&self, e: ExprId) -> Poly {
        match *self.node(e) {
            Node::Const(c) if c.ty() == ElemType::Index => Poly::constant(c.bits() as i64),
            Node::Bin(op @ (BinOp::Add | BinOp::Sub | BinOp::Mul), a, b) => {
                let (a, b) = (self.poly(a), self.poly(b));
                let result = match op {
                    BinOp::Add => a.add(&b),
                    BinOp::Sub => a.sub(&b),
                    _ => a.mul(&b),
                };
                result.unwrap_or_else(|| Poly::atom(e))
            }
            _ => Poly::atom(e),
        }
    }

    /// The expression of a polynomial. Equal polynomials have one expression.
    pub fn from_poly(&mut self, p: &Poly) -> ExprId {
        let mut sum = None;
        for (m, c) in &p.terms {
            let term = self.term_expr(m, *c);
            sum = Some(match sum {
                None => term,
                Some(s) => self.exprs.intern(Node::Bin(BinOp::Add, s, term), ElemType::Index),
            });
        }
        sum.unwrap_or_else(|| self.index(0))
    }

    fn term_expr(&mut self, m: &Mono, c: i64) -> ExprId {
        let product = m.iter().copied().reduce(|a, b| self.exprs.intern(Node::Bin(BinOp::Mul, a, b), ElemType::Index));
        match product {
            None => self.index(c),
            Some(e) if c == 1 => e,
            Some(e) => {
                let c = self.index(c);
                self.exprs.intern(Node::Bin(BinOp::Mul, e, c), ElemType::Index)
            }
        }
    }

    /// The constant index.
    pub fn index(&mut self, value: i64) -> ExprId {
        self.constant(Scalar::index(value))
    }

    pub fn constant(&mut self, value: Scalar) -> ExprId {
        self.exprs.intern(Node::Const(value), value.ty())
    }
}
