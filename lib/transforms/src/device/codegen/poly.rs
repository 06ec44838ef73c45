//! Index values as polynomials: a constant and terms over values that exist in the function being built, and over the lane.
//!
//! Extents may be dynamic, so that a linearised index holds products of values (`%i * %n`). What is affine stays so: the
//! coefficient of the lane tells how an access lies in memory, and equal terms of neighbouring elements cancel.

use edge_ir::Value;
use smallvec::SmallVec;

/// What a term is a product of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Atom {
    /// A scalar of type `index`.
    Scalar(Value),
    /// A vector of integers or indices, one per lane.
    Vector(Value),
    /// The number of the lane, from 0.
    Lane,
}

pub type Factors = SmallVec<[Atom; 2]>;

/// A sum of products; terms are sorted, distinct, and none is zero.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Poly {
    pub constant: i64,
    pub terms: Vec<(Factors, i64)>,
}

impl Poly {
    pub fn constant(constant: i64) -> Self {
        Self { constant, terms: Vec::new() }
    }
    pub fn atom(atom: Atom) -> Self {
        Self { constant: 0, terms: vec![(SmallVec::from_slice(&[atom]), 1)] }
    }
    pub fn scalar(value: Value) -> Self {
        Self::atom(Atom::Scalar(value))
    }
    pub fn as_constant(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }
    /// The one scalar that the polynomial is.
    pub fn as_scalar(&self) -> Option<Value> {
        match (&self.terms[..], self.constant) {
            ([(factors, 1)], 0) => match factors[..] {
                [Atom::Scalar(value)] => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
    fn push(&mut self, factors: Factors, k: i64) {
        if factors.is_empty() {
            self.constant = self.constant.wrapping_add(k);
            return;
        }
        match self.terms.binary_search_by(|t| t.0.cmp(&factors)) {
            Ok(at) => {
                self.terms[at].1 = self.terms[at].1.wrapping_add(k);
                if self.terms[at].1 == 0 {
                    self.terms.remove(at);
                }
            }
            Err(at) if k != 0 => self.terms.insert(at, (factors, k)),
            Err(_) => {}
        }
    }
    pub fn add(&self, other: &Poly) -> Poly {
        let mut sum = self.clone();
        sum.constant = sum.constant.wrapping_add(other.constant);
        for (factors, k) in &other.terms {
            sum.push(factors.clone(), *k);
        }
        sum
    }
    pub fn add_constant(&self, c: i64) -> Poly {
        Poly { constant: self.constant.wrapping_add(c), terms: self.terms.clone() }
    }
    pub fn scale(&self, k: i64) -> Poly {
        if k == 0 {
            return Poly::default();
        }
        let terms = self.terms.iter().map(|(f, c)| (f.clone(), c.wrapping_mul(k))).filter(|t| t.1 != 0).collect();
        Poly { constant: self.constant.wrapping_mul(k), terms }
    }
    pub fn sub(&self, other: &Poly) -> Poly {
        self.add(&other.scale(-1))
    }
    pub fn mul(&self, other: &Poly) -> Poly {
        let mut product = self.scale(other.constant);
        for (factors, k) in &other.terms {
            product.push(factors.clone(), self.constant.wrapping_mul(*k));
            for (mine, c) in &self.terms {
                let mut all = mine.clone();
                all.extend(factors.iter().copied());
                all.sort_unstable();
                product.push(all, c.wrapping_mul(*k));
            }
        }
        product
    }
    /// Whether it differs between lanes.
    pub fn is_vector(&self) -> bool {
        self.terms.iter().any(|t| has_lane(&t.0))
    }
    /// `(uniform, varying)`: the terms that are equal in all lanes, with the constant, and those that are not.
    pub fn split(&self) -> (Poly, Poly) {
        let (varying, uniform) = self.terms.iter().cloned().partition(|t| has_lane(&t.0));
        (Poly { constant: self.constant, terms: uniform }, Poly { constant: 0, terms: varying })
    }
    /// The constant coefficient of the lane, where the polynomial varies in no other way.
    pub fn lane_stride(&self) -> Option<i64> {
        let mut stride = 0;
        for (factors, k) in &self.terms {
            match factors[..] {
                [Atom::Lane] => stride = *k,
                _ if has_lane(factors) => return None,
                _ => {}
            }
        }
        Some(stride)
    }
    /// Quotient and rest of an exact splitting: `self = quotient * c + rest`, where the rest has no term that is a multiple of `c`
    /// and a constant within `0..c`.
    pub fn split_multiples(&self, c: i64) -> (Poly, Poly) {
        let (mut quotient, mut rest) =
            (Poly::constant(self.constant.div_euclid(c)), Poly::constant(self.constant.rem_euclid(c)));
        for (factors, k) in &self.terms {
            match k % c {
                0 => quotient.terms.push((factors.clone(), k / c)),
                _ => rest.terms.push((factors.clone(), *k)),
            }
        }
        (quotient, rest)
    }
}

fn has_lane(factors: &[Atom]) -> bool {
    factors.iter().any(|a| !matches!(a, Atom::Scalar(_)))
}
