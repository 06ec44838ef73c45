//! The constructors of expressions. They fold constants and keep index expressions canonical.

use super::poly::{Mono, gcd};
use super::{
    BinOp, ElemType, ExprId, Load, Node, Poly, Program, RedOp, Scalar, ScalarFn, Sym, SymId, SymSource, Var, VarId, fold,
};
use smallvec::SmallVec;

impl Program {
    /// A new dynamic size.
    pub fn add_sym(&mut self, name: String, source: SymSource) -> ExprId {
        self.syms.push(Sym { name, source });
        let id = SymId(self.syms.len() as u32 - 1);
        self.exprs.intern(Node::Sym(id), ElemType::Index)
    }

    /// A new variable over `0 .. extent`.
    pub fn add_var(&mut self, name: String, extent: ExprId) -> VarId {
        self.vars.push(Var { name, extent });
        VarId(self.vars.len() as u32 - 1)
    }

    pub fn var_expr(&mut self, v: VarId) -> ExprId {
        self.exprs.intern(Node::Var(v), ElemType::Index)
    }

    /// `a op b`. Both have one type that the operation takes (see [`BinOp`]).
    pub fn bin(&mut self, op: BinOp, a: ExprId, b: ExprId) -> ExprId {
        let ty = self.ty(a);
        if let (Some(x), Some(y)) = (self.exprs.as_const(a), self.exprs.as_const(b))
            && let Some(value) = fold::bin(op, x, y)
        {
            return self.constant(value);
        }
        if ty == ElemType::Index
            && let Some(e) = self.index_bin(op, a, b)
        {
            return e;
        }
        if let Some(e) = self.identity_bin(op, a, b) {
            return e;
        }
        let result = if op.is_comparison() { ElemType::I1 } else { ty };
        self.exprs.intern(Node::Bin(op, a, b), result)
    }

    pub fn add(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.bin(BinOp::Add, a, b)
    }

    pub fn sub(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.bin(BinOp::Sub, a, b)
    }

    pub fn mul(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.bin(BinOp::Mul, a, b)
    }

    /// `x*1`, `x/1`, `x and true`, and what else is the same for every value, NaN and -0 included.
    fn identity_bin(&mut self, op: BinOp, a: ExprId, b: ExprId) -> Option<ExprId> {
        let (x, y) = (self.exprs.as_const(a), self.exprs.as_const(b));
        let ty = self.ty(a);
        let is = |c: Option<Scalar>, v: i128| c.is_some_and(|c| c == Scalar::from_int(ty, v));
        match op {
            BinOp::Mul if is(y, 1) => Some(a),
            BinOp::Mul if is(x, 1) => Some(b),
            BinOp::Div | BinOp::FloorDiv if is(y, 1) => Some(a),
            BinOp::Add if ty.is_int() && is(y, 0) => Some(a),
            BinOp::Add if ty.is_int() && is(x, 0) => Some(b),
            BinOp::Sub if is(y, 0) => Some(a),
            // A sum starts from +0 and so is never -0.
            BinOp::Add if is(y, 0) && matches!(self.node(a), Node::Red { op: RedOp::Add, .. }) => Some(a),
            BinOp::And if is(x, 1) || is(y, 0) => Some(b),
            BinOp::And if is(y, 1) || is(x, 0) => Some(a),
            BinOp::Or if is(x, 0) || is(y, 1) => Some(b),
            BinOp::Or if is(y, 0) || is(x, 1) => Some(a),
            _ => None,
        }
    }

    fn index_bin(&mut self, op: BinOp, a: ExprId, b: ExprId) -> Option<ExprId> {
        let (x, y) = (self.poly(a), self.poly(b));
        match op {
            BinOp::Add => self.sum(&x.add(&y)?),
            BinOp::Sub => self.sum(&x.sub(&y)?),
            BinOp::Mul => self.sum(&x.mul(&y)?),
            BinOp::FloorDiv => self.floor_div(&x, &y),
            BinOp::Mod => self.modulo(&x, &y),
            _ => self.compare(op, &x, &y),
        }
    }

    /// The expression of a sum, with `(e // n)*n + e % n` put together again.
    fn sum(&mut self, p: &Poly) -> Option<ExprId> {
        let mut p = p.clone();
        while let Some(shorter) = self.recombine(&p) {
            p = shorter;
        }
        Some(self.from_poly(&p))
    }

    fn recombine(&mut self, p: &Poly) -> Option<Poly> {
        for (m, c) in &p.terms {
            for (at, &atom) in m.iter().enumerate() {
                let Node::Bin(BinOp::Mod, e, n) = *self.node(atom) else { continue };
                let mut left: Mono = m.clone();
                left.remove(at);
                let factor = Poly { terms: SmallVec::from_elem((left, *c), 1) };
                let quotient = self.exprs.intern(Node::Bin(BinOp::FloorDiv, e, n), ElemType::Index);
                let pair = Poly::atom(quotient).mul(&self.poly(n))?.add(&Poly::atom(atom))?.mul(&factor)?;
                let whole = self.poly(e).mul(&factor)?;
                let replaced = p.sub(&pair)?;
                if replaced.terms.len() + pair.terms.len() == p.terms.len() {
                    return replaced.add(&whole);
                }
            }
        }
        None
    }

    /// The divisor as one positive term.
    fn divisor(d: &Poly) -> Option<(Mono, i64)> {
        match &d.terms[..] {
            [term] if term.1 > 0 => Some(term.clone()),
            _ => None,
        }
    }

    fn below(&self, r: &Poly, d: &Poly) -> bool {
        let last = d.sub(r).and_then(|p| p.sub(&Poly::constant(1)));
        self.proves(r, &[]) && last.is_some_and(|p| self.proves(&p, &[]))
    }

    fn floor_div(&mut self, x: &Poly, d: &Poly) -> Option<ExprId> {
        let term = Self::divisor(d)?;
        let (q, r) = x.split(&term);
        if r.terms.is_empty() || self.below(&r, d) {
            return Some(self.from_poly(&q));
        }
        let (mut r, mut d) = (r, d.clone());
        if term.0.is_empty() {
            let g = gcd(r.gcd_of_terms(), term.1);
            if g > 1 {
                // floor((g*r + c) / (g*d)) = floor((r + floor(c/g)) / d)
                r = divide_floor(&r, g);
                d = Poly::constant(term.1 / g);
            }
            if d.as_constant() == Some(1) {
                return Some(self.from_poly(&q.add(&r)?));
            }
        }
        let mut numerator = self.from_poly(&r);
        if let (Node::Bin(BinOp::FloorDiv, inner, by), Some(c)) = (self.node(numerator).clone(), d.as_constant())
            && let Some(by) = self.exprs.as_index(by)
        {
            numerator = inner;
            d = Poly::constant(by.checked_mul(c)?);
        }
        let divisor = self.from_poly(&d);
        let atom = self.exprs.intern(Node::Bin(BinOp::FloorDiv, numerator, divisor), ElemType::Index);
        self.sum(&q.add(&Poly::atom(atom))?)
    }

    fn modulo(&mut self, x: &Poly, d: &Poly) -> Option<ExprId> {
        let term = Self::divisor(d)?;
        let (_, r) = x.split(&term);
        if r.terms.is_empty() || self.below(&r, d) {
            return Some(self.from_poly(&r));
        }
        let mut numerator = self.from_poly(&r);
        if let (Node::Bin(BinOp::Mod, inner, by), Some(c)) = (self.node(numerator).clone(), d.as_constant())
            && self.exprs.as_index(by).is_some_and(|by| by % c == 0)
        {
            numerator = inner;
        }
        let divisor = self.from_poly(d);
        Some(self.exprs.intern(Node::Bin(BinOp::Mod, numerator, divisor), ElemType::Index))
    }

    fn compare(&mut self, op: BinOp, x: &Poly, y: &Poly) -> Option<ExprId> {
        let d = y.sub(x)?;
        let at_least = |p: &Program, d: &Poly, least: i64| d.sub(&Poly::constant(least)).is_some_and(|g| p.proves(&g, &[]));
        let back = d.scale(-1)?;
        let (yes, no) = match op {
            BinOp::Lt => (at_least(self, &d, 1), at_least(self, &back, 0)),
            BinOp::Le => (at_least(self, &d, 0), at_least(self, &back, 1)),
            BinOp::Gt => (at_least(self, &back, 1), at_least(self, &d, 0)),
            BinOp::Ge => (at_least(self, &back, 0), at_least(self, &d, 1)),
            BinOp::Eq | BinOp::Ne => {
                let equal = d.terms.is_empty();
                let differ = !equal && (at_least(self, &d, 1) || at_least(self, &back, 1));
                if op == BinOp::Eq { (equal, differ) } else { (differ, equal) }
            }
            _ => return None,
        };
        if yes || no { Some(self.constant(Scalar::bool(yes))) } else { None }
    }

    /// `f(args)`; the arguments have one type, which `f` accepts, and the right number.
    pub fn func(&mut self, f: ScalarFn, args: &[ExprId]) -> ExprId {
        let ty = self.ty(args[0]);
        let values: Option<SmallVec<[Scalar; 2]>> = args.iter().map(|a| self.exprs.as_const(*a)).collect();
        if let Some(value) = values.and_then(|v| fold::func(f, &v)) {
            return self.constant(value);
        }
        let mut args: SmallVec<[ExprId; 2]> = SmallVec::from_slice(args);
        if ty == ElemType::Index
            && let (Some(f), [a, b]) = (extremum(f), &args[..])
        {
            let (a, b) = (*a, *b);
            // No size is as large as this: `minimum` with it is an open end.
            let open = |e: ExprId| self.exprs.as_index(e) == Some(i64::MAX);
            if f == ScalarFn::Minimum && (open(a) || open(b)) {
                return if open(a) { b } else { a };
            }
            let (greater, less) = (self.proves_le(b, a, &[]), self.proves_le(a, b, &[]));
            if greater || less {
                return if (f == ScalarFn::Maximum) == greater { a } else { b };
            }
            args.sort_unstable();
            return self.exprs.intern(Node::Fn(f, args), ElemType::Index);
        }
        self.exprs.intern(Node::Fn(f, args), f.result(ty))
    }

    pub fn max(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.func(ScalarFn::Maximum, &[a, b])
    }

    pub fn min(&mut self, a: ExprId, b: ExprId) -> ExprId {
        self.func(ScalarFn::Minimum, &[a, b])
    }

    pub fn neg(&mut self, a: ExprId) -> ExprId {
        if self.ty(a) == ElemType::Index {
            let minus = self.index(-1);
            return self.mul(a, minus);
        }
        match self.exprs.as_const(a).and_then(fold::neg) {
            Some(value) => self.constant(value),
            None => self.exprs.intern(Node::Neg(a), self.ty(a)),
        }
    }

    pub fn not(&mut self, a: ExprId) -> ExprId {
        match (self.exprs.as_const(a), self.node(a)) {
            (Some(value), _) => self.constant(Scalar::bool(!value.to_bool())),
            (_, Node::Not(inner)) => *inner,
            _ => self.exprs.intern(Node::Not(a), ElemType::I1),
        }
    }

    pub fn sel(&mut self, cond: ExprId, then: ExprId, else_: ExprId) -> ExprId {
        match self.exprs.as_const(cond) {
            Some(value) if value.to_bool() => then,
            Some(_) => else_,
            None if then == else_ => then,
            None => self.exprs.intern(Node::Sel { cond, then, else_ }, self.ty(then)),
        }
    }

    pub fn cast(&mut self, ty: ElemType, e: ExprId) -> ExprId {
        if self.ty(e) == ty {
            return e;
        }
        match self.exprs.as_const(e) {
            Some(value) => self.constant(fold::cast(ty, value)),
            None => self.exprs.intern(Node::Cast(ty, e), ty),
        }
    }

    pub fn sat(&mut self, ty: ElemType, e: ExprId) -> ExprId {
        if self.ty(e) == ty {
            return e;
        }
        match self.exprs.as_const(e) {
            Some(value) => self.constant(fold::sat(ty, value)),
            None => self.exprs.intern(Node::Sat(ty, e), ty),
        }
    }

    /// The same bits as another type of the same width.
    pub fn bits(&mut self, ty: ElemType, e: ExprId) -> ExprId {
        if self.ty(e) == ty {
            return e;
        }
        match (self.exprs.as_const(e), self.node(e)) {
            (Some(value), _) => self.constant(fold::bits(ty, value)),
            (_, Node::Bits(_, inner)) => self.bits(ty, *inner),
            _ => self.exprs.intern(Node::Bits(ty, e), ty),
        }
    }

    pub fn load(&mut self, load: Load) -> ExprId {
        let ty = self.buf(load.buf).elem;
        self.exprs.intern(Node::Load(load), ty)
    }

    /// A reduction; over no variables (and without a filter) it is its body.
    pub fn red(&mut self, op: RedOp, vars: Vec<VarId>, filter: Option<ExprId>, body: ExprId) -> ExprId {
        let ty = self.ty(body);
        let filter = filter.filter(|f| !self.exprs.as_const(*f).is_some_and(Scalar::to_bool));
        match filter {
            Some(f) if self.exprs.as_const(f).is_some() => return self.constant(op.identity(ty)),
            None if vars.is_empty() => return body,
            _ => {}
        }
        self.exprs.intern(Node::Red { op, vars: vars.into(), filter, body }, ty)
    }
}

/// `maximum` for `maxnum` and so on: on integers they are one.
fn extremum(f: ScalarFn) -> Option<ScalarFn> {
    match f {
        ScalarFn::Maximum | ScalarFn::Maxnum => Some(ScalarFn::Maximum),
        ScalarFn::Minimum | ScalarFn::Minnum => Some(ScalarFn::Minimum),
        _ => None,
    }
}

/// `floor(p / g)` where `g` divides every coefficient but the constant's.
fn divide_floor(p: &Poly, g: i64) -> Poly {
    let mut out = Poly::default();
    for (m, c) in &p.terms {
        let q = c.div_euclid(g);
        if q != 0 {
            out.terms.push((m.clone(), q));
        }
    }
    out
}
