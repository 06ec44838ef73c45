//! What is known of the range of an index expression: constant intervals, and proofs with symbolic sizes.

use super::{BinOp, ElemType, ExprId, Node, Poly, Program, ScalarFn};

/// Constant bounds, inclusive; `None` is no bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    pub lo: Option<i64>,
    pub hi: Option<i64>,
}

impl Interval {
    pub const ALL: Interval = Interval { lo: None, hi: None };

    pub fn new(lo: i64, hi: i64) -> Interval {
        Interval { lo: Some(lo), hi: Some(hi) }
    }

    fn hull(self, other: Interval) -> Interval {
        let zip = |a: Option<i64>, b: Option<i64>, f: fn(i64, i64) -> i64| Some(f(a?, b?));
        Interval { lo: zip(self.lo, other.lo, i64::min), hi: zip(self.hi, other.hi, i64::max) }
    }

    fn add(self, other: Interval) -> Interval {
        let zip = |a: Option<i64>, b: Option<i64>| a?.checked_add(b?);
        Interval { lo: zip(self.lo, other.lo), hi: zip(self.hi, other.hi) }
    }

    fn mul(self, other: Interval) -> Interval {
        let corner = |a: Option<i64>, b: Option<i64>| a?.checked_mul(b?);
        if let (Some(a), Some(b)) = (self.lo, other.lo)
            && a >= 0
            && b >= 0
        {
            return Interval { lo: a.checked_mul(b), hi: corner(self.hi, other.hi) };
        }
        if let Some(c) = other.constant() {
            return self.scale(c);
        }
        if let Some(c) = self.constant() {
            return other.scale(c);
        }
        let corners =
            [corner(self.lo, other.lo), corner(self.lo, other.hi), corner(self.hi, other.lo), corner(self.hi, other.hi)];
        if corners.iter().any(Option::is_none) {
            return Interval::ALL;
        }
        Interval { lo: corners.iter().flatten().min().copied(), hi: corners.iter().flatten().max().copied() }
    }

    fn scale(self, factor: i64) -> Interval {
        let times = |a: Option<i64>| a?.checked_mul(factor);
        if factor >= 0 {
            Interval { lo: times(self.lo), hi: times(self.hi) }
        } else {
            Interval { lo: times(self.hi), hi: times(self.lo) }
        }
    }

    fn constant(self) -> Option<i64> {
        if self.lo == self.hi { self.lo } else { None }
    }
}

/// The values of an integer type; no bounds for `index`, whose bounds say nothing, and for floats.
fn type_interval(ty: ElemType) -> Interval {
    let bound = |v: i128| i64::try_from(v).ok();
    match ty.int_range() {
        Some((lo, hi)) if ty != ElemType::Index => Interval { lo: bound(lo), hi: bound(hi) },
        _ => Interval::ALL,
    }
}

/// Steps one proof may take.
const FUEL: u32 = 400;

/// The state of one proof.
struct Search {
    fuel: u32,
    /// What every sym is at least.
    least: i64,
}

impl Program {
    /// Constant bounds of an index expression, whatever its variables are within their ranges.
    pub fn interval(&self, e: ExprId) -> Interval {
        match self.node(e) {
            Node::Const(c) => match c.to_int().and_then(|v| i64::try_from(v).ok()) {
                Some(v) => Interval::new(v, v),
                None => Interval::ALL,
            },
            // Data of a narrow type, and conversions that keep every value.
            Node::Load(_) => type_interval(self.ty(e)),
            Node::Cast(ty, a) if self.ty(*a).is_int() && ty.is_int() => {
                let (inner, range) = (self.interval(*a), type_interval(*ty));
                let fits = *ty == ElemType::Index
                    || inner.lo.is_some_and(|l| range.lo.is_some_and(|r| r <= l))
                        && inner.hi.is_some_and(|h| range.hi.is_some_and(|r| h <= r));
                if fits { inner } else { range }
            }
            Node::Sym(_) => Interval { lo: Some(0), hi: None },
            Node::Var(v) => Interval { lo: Some(0), hi: self.interval(self.var(*v).extent).hi.and_then(|h| h.checked_sub(1)) },
            Node::Bin(op, a, b) if self.ty(e) == ElemType::Index => self.bin_interval(*op, *a, *b),
            Node::Fn(ScalarFn::Maximum, args) => {
                let (a, b) = (self.interval(args[0]), self.interval(args[1]));
                let hi = a.hi.zip(b.hi).map(|(x, y)| x.max(y));
                Interval { lo: a.lo.max(b.lo), hi }
            }
            Node::Fn(ScalarFn::Minimum, args) => {
                let (a, b) = (self.interval(args[0]), self.interval(args[1]));
                let lo = a.lo.zip(b.lo).map(|(x, y)| x.min(y));
                let hi = [a.hi, b.hi].into_iter().flatten().min();
                Interval { lo, hi }
            }
            Node::Sel { then, else_, .. } => self.interval(*then).hull(self.interval(*else_)),
            Node::ArgRed { value, .. } => self.interval(*value).hull(Interval::new(0, 0)),
            Node::Tab { table, .. } => {
                let values = || self.table(*table).values.iter().map(|v| v.bits() as i64);
                Interval { lo: values().min(), hi: values().max() }
            }
            _ => Interval::ALL,
        }
    }

    fn bin_interval(&self, op: BinOp, a: ExprId, b: ExprId) -> Interval {
        let (x, y) = (self.interval(a), self.interval(b));
        let floor = |v: Option<i64>, d: i64| v.map(|v| v.div_euclid(d));
        match op {
            BinOp::Add => x.add(y),
            BinOp::Sub => x.add(y.scale(-1)),
            BinOp::Mul => x.mul(y),
            BinOp::FloorDiv => match y.constant() {
                Some(d) if d > 0 => Interval { lo: floor(x.lo, d), hi: floor(x.hi, d) },
                // Divisors are positive: the quotient of a non-negative is non-negative and not greater.
                _ => Interval { lo: x.lo.filter(|l| *l >= 0).map(|_| 0), hi: x.hi.filter(|h| *h >= 0) },
            },
            BinOp::Mod => Interval { lo: Some(0), hi: y.hi.and_then(|h| h.checked_sub(1)) },
            _ => Interval::ALL,
        }
    }

    fn poly_interval(&self, p: &Poly) -> Interval {
        p.terms.iter().fold(Interval::new(0, 0), |sum, (m, c)| {
            let product = m.iter().fold(Interval::new(1, 1), |acc, a| acc.mul(self.interval(*a)));
            sum.add(product.scale(*c))
        })
    }

    /// Whether `goal >= 0` follows from the ranges of variables, from syms being `>= 0`, and from `facts` (each
    /// `>= 0`). False means: not proved. Ranges are taken to be non-empty.
    pub fn proves(&self, goal: &Poly, facts: &[Poly]) -> bool {
        self.proves_from(goal, facts, 0)
    }

    /// As [`proves`](Self::proves), given that every sym is at least `least`.
    fn proves_from(&self, goal: &Poly, facts: &[Poly], least: i64) -> bool {
        let mut search = Search { fuel: FUEL, least };
        if self.nonneg(goal, &mut search) {
            return true;
        }
        let one_less = |fact: &Poly| goal.sub(fact);
        if facts.iter().filter_map(one_less).any(|g| self.nonneg(&g, &mut search)) {
            return true;
        }
        facts.iter().enumerate().any(|(i, first)| {
            let Some(rest) = goal.sub(first) else { return false };
            facts[i..].iter().filter_map(|f| rest.sub(f)).any(|g| self.nonneg(&g, &mut search))
        })
    }

    fn nonneg(&self, goal: &Poly, search: &mut Search) -> bool {
        if let Some(c) = goal.as_constant() {
            return c >= 0;
        }
        if self.poly_interval(goal).lo.is_some_and(|lo| lo >= 0) {
            return true;
        }
        if search.fuel == 0 {
            return false;
        }
        search.fuel -= 1;
        let Some(atom) = goal.newest_atom() else { return false };
        if matches!(self.node(atom), Node::Sym(_)) {
            return self.nonneg_in_sym(goal, atom, search);
        }
        let Some((a, b)) = goal.linear_in(atom) else { return false };
        self.nonneg_linear(atom, &a, &b, search).unwrap_or(false)
    }

    /// `goal = s*A + B`, `s >= least` (`A` may hold `s` again).
    fn nonneg_in_sym(&self, goal: &Poly, s: ExprId, search: &mut Search) -> bool {
        let (mut a, mut b) = (Poly::default(), Poly::default());
        for (m, c) in &goal.terms {
            match m.iter().position(|x| *x == s) {
                Some(at) => {
                    let mut m = m.clone();
                    m.remove(at);
                    a.terms.push((m, *c));
                }
                None => b.terms.push((m.clone(), *c)),
            }
        }
        let shifted = a.scale(search.least).and_then(|s| s.add(&b));
        self.nonneg(&a, search) && shifted.is_some_and(|s| self.nonneg(&s, search))
    }

    /// Whether `a * atom + b >= 0`, by what the atom is; `None` as false.
    fn nonneg_linear(&self, atom: ExprId, a: &Poly, b: &Poly, search: &mut Search) -> Option<bool> {
        let range = self.poly_interval(a);
        let (rising, falling) = (range.lo.is_some_and(|l| l >= 0), range.hi.is_some_and(|h| h <= 0));
        let at = |value: &Poly| a.mul(value)?.add(b);
        Some(match self.node(atom) {
            Node::Var(v) => {
                let last = self.poly(self.nonempty_extent(self.var(*v).extent)).sub(&Poly::constant(1))?;
                (falling || self.nonneg(b, search)) && (rising || self.nonneg(&at(&last)?, search))
            }
            Node::Bin(BinOp::Mod, _, d) => {
                let last = self.poly(*d).sub(&Poly::constant(1))?;
                (falling || self.nonneg(b, search)) && (rising || self.nonneg(&at(&last)?, search))
            }
            Node::Bin(BinOp::FloorDiv, x, d) => {
                let (x, d) = (self.poly(*x), self.poly(*d));
                let slack = d.sub(&Poly::constant(1))?;
                let bound = match (rising, falling) {
                    (true, _) if self.nonneg(&x, search) && self.nonneg(b, search) => return Some(true),
                    (true, _) => x.sub(&slack)?,
                    (_, true) => x,
                    _ => return None,
                };
                self.nonneg(&a.mul(&bound)?.add(&b.mul(&d)?)?.add(&slack)?, search)
            }
            Node::Fn(f @ (ScalarFn::Maximum | ScalarFn::Minimum), args) => {
                let (x, y) = (at(&self.poly(args[0]))?, at(&self.poly(args[1]))?);
                let either = if *f == ScalarFn::Maximum { rising } else { falling };
                if either {
                    // The extremum is also beyond the mean of both.
                    let mean = || x.add(&y)?.add(&Poly::constant(1));
                    self.nonneg(&x, search) || self.nonneg(&y, search) || self.nonneg(&mean()?, search)
                } else {
                    self.nonneg(&x, search) && self.nonneg(&y, search)
                }
            }
            Node::Sel { then, else_, .. } => {
                self.nonneg(&at(&self.poly(*then))?, search) && self.nonneg(&at(&self.poly(*else_))?, search)
            }
            _ => {
                let range = self.interval(atom);
                let end = if rising {
                    range.lo?
                } else if falling {
                    range.hi?
                } else {
                    return None;
                };
                self.nonneg(&at(&Poly::constant(end))?, search)
            }
        })
    }

    /// The extent, given that it is at least 1: `maximum(0, e)` is `e`.
    fn nonempty_extent(&self, extent: ExprId) -> ExprId {
        if let Node::Fn(ScalarFn::Maximum, args) = self.node(extent) {
            match (self.exprs.as_index(args[0]), self.exprs.as_index(args[1])) {
                (Some(c), _) if c <= 0 => return args[1],
                (_, Some(c)) if c <= 0 => return args[0],
                _ => {}
            }
        }
        extent
    }

    /// Whether `a <= b`, both index expressions.
    pub fn proves_le(&self, a: ExprId, b: ExprId, facts: &[Poly]) -> bool {
        a == b || self.poly(b).sub(&self.poly(a)).is_some_and(|d| self.proves(&d, facts))
    }

    /// Whether `0 <= e < extent`.
    pub fn proves_in_range(&self, e: ExprId, extent: ExprId, facts: &[Poly]) -> bool {
        self.in_range_from(e, extent, facts, 0)
    }

    /// As [`proves_in_range`](Self::proves_in_range), given that no sym is 0.
    pub fn proves_in_range_unless_empty(&self, e: ExprId, extent: ExprId, facts: &[Poly]) -> bool {
        self.in_range_from(e, extent, facts, 1)
    }

    fn in_range_from(&self, e: ExprId, extent: ExprId, facts: &[Poly], least: i64) -> bool {
        let p = self.poly(e);
        let below = self.poly(self.nonempty_extent(extent)).sub(&p).and_then(|d| d.sub(&Poly::constant(1)));
        self.proves_from(&p, facts, least) && below.is_some_and(|d| self.proves_from(&d, facts, least))
    }
}
