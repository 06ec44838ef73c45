//! Index arithmetic: affine expressions over polynomials, and polynomials as values.

use super::emit::{Compare, Emit};
use super::poly::{Atom, Factors, Poly};
use edge_ir::{AffineExpr, AffineKind, Type, TypeKind, Value};

/// Quotient and remainder of a floor division.
struct Division {
    quotient: Poly,
    remainder: Poly,
}

impl Emit<'_> {
    /// The value of an affine expression whose operands (dims, then symbols) are given. Divisions that vary between lanes are
    /// carried out on vectors of `lanes` elements.
    pub fn affine(&mut self, e: AffineExpr, operands: &[Poly], dims: u32, lanes: i64) -> Poly {
        match self.ctx.affine_kind(e) {
            AffineKind::Dim(i) => operands[i as usize].clone(),
            AffineKind::Sym(i) => operands[(dims + i) as usize].clone(),
            AffineKind::Const(c) => Poly::constant(c),
            AffineKind::Add(a, b) => self.affine(a, operands, dims, lanes).add(&self.affine(b, operands, dims, lanes)),
            AffineKind::Mul(a, b) => self.affine(a, operands, dims, lanes).mul(&self.affine(b, operands, dims, lanes)),
            AffineKind::FloorDiv(a, b) => {
                let (a, b) = (self.affine(a, operands, dims, lanes), self.affine(b, operands, dims, lanes));
                self.divide(&a, &b, lanes).quotient
            }
            AffineKind::Mod(a, b) => {
                let (a, b) = (self.affine(a, operands, dims, lanes), self.affine(b, operands, dims, lanes));
                self.divide(&a, &b, lanes).remainder
            }
            AffineKind::CeilDiv(a, b) => {
                let (a, b) = (self.affine(a, operands, dims, lanes), self.affine(b, operands, dims, lanes));
                let up = a.add(&b).add_constant(-1);
                self.divide(&up, &b, lanes).quotient
            }
        }
    }
    /// `a` divided by `b` towards the floor, with as little of it as can be left to an instruction.
    fn divide(&mut self, a: &Poly, b: &Poly, lanes: i64) -> Division {
        let Some(c) = b.as_constant().filter(|c| *c > 0) else { return self.divide_by_value(a, b, lanes) };
        let (quotient, rest) = a.split_multiples(c);
        if rest.terms.is_empty() {
            return Division { quotient, remainder: rest };
        }
        if let Some(small) = self.within_block(&rest, c, lanes) {
            let base = rest.sub(&small);
            if base.terms.is_empty() && base.constant == 0 {
                return Division { quotient, remainder: small };
            }
            let inner = self.divide_rest(&base, b, lanes);
            return Division { quotient: quotient.add(&inner.quotient), remainder: inner.remainder.add(&small) };
        }
        let inner = self.divide_rest(&rest, b, lanes);
        Division { quotient: quotient.add(&inner.quotient), remainder: inner.remainder }
    }
    /// The part of `rest` that cannot carry into a quotient by `c`: what is left when all else is a multiple of a divisor of `c` that
    /// is greater than this part can get.
    fn within_block(&self, rest: &Poly, c: i64, lanes: i64) -> Option<Poly> {
        let stride = rest.lane_stride().filter(|s| *s >= 0)?;
        let gcd = rest.split().0.terms.iter().fold(c, |g, (factors, k)| gcd(g, self.term_multiple(factors, *k)));
        let small = rest.constant.rem_euclid(gcd);
        let part = Poly::atom(Atom::Lane).scale(stride).add_constant(small);
        (small + stride * (lanes - 1) < gcd && (stride > 0 || small > 0)).then_some(part)
    }
    fn term_multiple(&self, factors: &Factors, k: i64) -> i64 {
        factors.iter().fold(k.saturating_abs(), |m, atom| match atom {
            Atom::Scalar(v) => m.saturating_mul(self.multiple(*v)),
            _ => m,
        })
    }
    fn divide_by_value(&mut self, a: &Poly, b: &Poly, lanes: i64) -> Division {
        // Terms that hold the divisor as a factor go to the quotient as they are.
        if let Some(divisor) = b.as_scalar() {
            let atom = Atom::Scalar(divisor);
            let (mut quotient, mut rest) = (Poly::default(), Poly::constant(a.constant));
            for (factors, k) in &a.terms {
                match factors.iter().position(|f| *f == atom) {
                    Some(at) => {
                        let mut others = factors.clone();
                        others.remove(at);
                        let term = others.iter().fold(Poly::constant(*k), |p, f| p.mul(&Poly::atom(*f)));
                        quotient = quotient.add(&term);
                    }
                    None => rest.terms.push((factors.clone(), *k)),
                }
            }
            if rest.terms.is_empty() && rest.constant == 0 {
                return Division { quotient, remainder: rest };
            }
            let inner = self.divide_rest(&rest, b, lanes);
            return Division { quotient: quotient.add(&inner.quotient), remainder: inner.remainder };
        }
        self.divide_rest(a, b, lanes)
    }
    fn divide_rest(&mut self, a: &Poly, b: &Poly, lanes: i64) -> Division {
        if let (Some(x), Some(y)) = (a.as_constant(), b.as_constant().filter(|y| *y > 0)) {
            return Division { quotient: Poly::constant(x.div_euclid(y)), remainder: Poly::constant(x.rem_euclid(y)) };
        }
        let vector = a.is_vector() || b.is_vector();
        let elem = if vector { self.ctx.i32() } else { self.ctx.index() };
        let (x, mut y) = if vector {
            (self.vector(a, lanes, elem), self.vector(b, lanes, elem))
        } else {
            (self.scalar(a), self.scalar(b))
        };
        let ty = self.ty(x);
        if b.as_constant().is_none() {
            // An extent of 0 is never divided by where the loop runs, but the division may be hoisted out of it.
            let one = self.integer(1, elem, vector, lanes);
            y = self.pure("arith.maxsi", &[y, one], &[], ty);
        }
        let quotient = if self.is_nonnegative(a) {
            self.pure("arith.divui", &[x, y], &[], ty)
        } else {
            // floor(x / y) = -1 - (-1 - x) / y for negative x
            let (zero, ones) = (self.integer(0, elem, vector, lanes), self.integer(-1, elem, vector, lanes));
            let negative = self.compare(Compare::Slt, x, zero);
            let turned = self.pure("arith.subi", &[ones, x], &[], ty);
            let size = self.pure("arith.select", &[negative, turned, x], &[], ty);
            let quotient = self.pure("arith.divui", &[size, y], &[], ty);
            let back = self.pure("arith.subi", &[ones, quotient], &[], ty);
            self.pure("arith.select", &[negative, back, quotient], &[], ty)
        };
        if !vector && self.is_nonnegative(a) {
            self.set_nonnegative(quotient);
        }
        let quotient = Poly::atom(if vector { Atom::Vector(quotient) } else { Atom::Scalar(quotient) });
        let divisor = b.as_constant().map_or_else(|| b.clone(), Poly::constant);
        let remainder = a.sub(&quotient.mul(&divisor));
        if vector {
            return Division { quotient, remainder };
        }
        // As a value of its own, so that its sign is known.
        let value = self.scalar(&remainder);
        self.set_nonnegative(value);
        Division { quotient, remainder: Poly::scalar(value) }
    }
    fn integer(&mut self, value: i64, elem: Type, vector: bool, lanes: i64) -> Value {
        let scalar = self.int(value, elem);
        if vector { self.splat(scalar, lanes) } else { scalar }
    }
    /// Known to be 0 or more in every lane.
    pub fn is_nonnegative(&self, p: &Poly) -> bool {
        p.constant >= 0
            && p.terms.iter().all(|(factors, k)| {
                *k >= 0
                    && factors.iter().all(|a| match a {
                        Atom::Scalar(v) => self.value_is_nonnegative(*v),
                        Atom::Vector(_) => false,
                        Atom::Lane => true,
                    })
            })
    }

    /// The polynomial, which is uniform, as a value of type `index`. Terms that are known further out are added first, the
    /// constant last: it becomes part of an address.
    pub fn scalar(&mut self, p: &Poly) -> Value {
        let mut terms: Vec<(usize, &(Factors, i64))> = p.terms.iter().map(|t| (self.term_depth(&t.0), t)).collect();
        terms.sort_by_key(|t| t.0);
        let mut sum: Option<Value> = None;
        for (_, (factors, k)) in terms {
            let term = self.product(factors, *k);
            sum = Some(match sum {
                Some(sum) => self.nsw("arith.addi", sum, term),
                None => term,
            });
        }
        match sum {
            None => self.index(p.constant),
            Some(sum) if p.constant == 0 => sum,
            Some(sum) => {
                let c = self.index(p.constant);
                self.nsw("arith.addi", sum, c)
            }
        }
    }
    fn term_depth(&self, factors: &Factors) -> usize {
        let depth = |a: &Atom| match a {
            Atom::Scalar(v) | Atom::Vector(v) => self.depth(*v),
            Atom::Lane => 0,
        };
        factors.iter().map(depth).max().unwrap_or(0)
    }
    fn product(&mut self, factors: &Factors, k: i64) -> Value {
        let mut values: Vec<Value> = factors
            .iter()
            .filter_map(|a| match a {
                Atom::Scalar(v) => Some(*v),
                _ => None,
            })
            .collect();
        values.sort_by_key(|v| self.depth(*v));
        let product = values.into_iter().reduce(|a, b| self.nsw("arith.muli", a, b));
        match product {
            None => self.index(k),
            Some(product) if k == 1 => product,
            Some(product) => {
                let k = self.index(k);
                self.nsw("arith.muli", product, k)
            }
        }
    }
    /// The polynomial as a vector of integers or indices.
    pub fn vector(&mut self, p: &Poly, lanes: i64, elem: Type) -> Value {
        let (uniform, varying) = p.split();
        let mut sum: Option<Value> = None;
        if uniform != Poly::default() || varying.terms.is_empty() {
            let scalar = self.scalar(&uniform);
            let scalar = self.cast_index(scalar, elem);
            sum = Some(self.splat(scalar, lanes));
        }
        for (factors, k) in &varying.terms {
            let term = self.vector_term(factors, *k, lanes, elem);
            let ty = self.ty(term);
            sum = Some(match sum {
                Some(sum) => self.pure("arith.addi", &[sum, term], &[], ty),
                None => term,
            });
        }
        sum.unwrap_or_else(|| {
            let zero = self.int(0, elem);
            self.splat(zero, lanes)
        })
    }
    fn vector_term(&mut self, factors: &Factors, k: i64, lanes: i64, elem: Type) -> Value {
        let only_lane = factors[..] == [Atom::Lane];
        if only_lane {
            let steps: Vec<i64> = (0..lanes).map(|l| l * k).collect();
            return self.int_vector(&steps, elem);
        }
        let ty = self.ctx.vector(&[lanes], elem);
        let scalars: Factors = factors.iter().copied().filter(|a| matches!(a, Atom::Scalar(_))).collect();
        let mut product: Option<Value> = None;
        if !scalars.is_empty() || k != 1 {
            let scalar = self.product(&scalars, k);
            let scalar = self.cast_index(scalar, elem);
            product = Some(self.splat(scalar, lanes));
        }
        for atom in factors {
            let factor = match atom {
                Atom::Scalar(_) => continue,
                Atom::Lane => {
                    let steps: Vec<i64> = (0..lanes).collect();
                    self.int_vector(&steps, elem)
                }
                Atom::Vector(v) => self.cast_vector(*v, lanes, elem),
            };
            product = Some(match product {
                Some(product) => self.pure("arith.muli", &[product, factor], &[], ty),
                None => factor,
            });
        }
        product.unwrap_or_else(|| {
            let one = self.int(k, elem);
            self.splat(one, lanes)
        })
    }
    /// A scalar index in an integer type.
    pub fn cast_index(&mut self, value: Value, elem: Type) -> Value {
        if elem == self.ctx.index() {
            return value;
        }
        if let Some(c) = super::source::constant_of(self.ctx, &self.body, value) {
            return self.int(c, elem);
        }
        self.pure("arith.index_cast", &[value], &[], elem)
    }
    fn cast_vector(&mut self, value: Value, lanes: i64, elem: Type) -> Value {
        let (from, ty) = (self.ctx.elem_or_self(self.ty(value)), self.ctx.vector(&[lanes], elem));
        if from == elem {
            return value;
        }
        let index = self.ctx.index();
        let name = if from == index || elem == index {
            "arith.index_cast"
        } else if self.ctx.bit_width(from) > self.ctx.bit_width(elem) {
            "arith.trunci"
        } else {
            "arith.extsi"
        };
        debug_assert!(matches!(self.ctx.type_kind(from), TypeKind::Integer { .. } | TypeKind::Index));
        self.pure(name, &[value], &[], ty)
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.saturating_abs() } else { gcd(b, a % b) }
}
