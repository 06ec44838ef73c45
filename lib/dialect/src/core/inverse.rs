//! Left sides as maps: whether they are injective, whether they cover, and their inverse.

use super::{BufId, Def, ExprId, Poly, Program, Stmt, Update, VarId};
use rustc_hash::FxHashMap;

/// The definitions, with the rounds that they are in as part of their domains.
fn collect_rounds(stmts: &[Stmt], rounds: &mut Vec<VarId>, out: &mut Vec<Def>) {
    for stmt in stmts {
        match stmt {
            Stmt::Def(def) => {
                let vars = rounds.iter().chain(&def.vars).copied().collect();
                out.push(Def { vars, ..def.clone() });
            }
            Stmt::Rec(rec) => {
                rounds.push(rec.var);
                collect_rounds(&rec.body, rounds, out);
                rounds.pop();
            }
        }
    }
}

impl Program {
    /// Whether the left side gives each point of the domain an element of its own: every axis is a sum of digits over
    /// variables that no other axis uses, and every variable of the domain occurs.
    pub fn is_injective(&mut self, def: &Def) -> bool {
        let mut seen: Vec<VarId> = Vec::new();
        for &place in &def.lhs {
            let map = self.affine(place);
            if !map.is_affine() || !self.is_radix(&map) || map.vars.iter().any(|(v, _)| seen.contains(v)) {
                return false;
            }
            seen.extend(map.vars.iter().map(|t| t.0));
        }
        def.vars.iter().all(|v| seen.contains(v))
    }

    /// Number of points of a domain.
    pub fn volume(&mut self, vars: &[VarId]) -> ExprId {
        let one = self.index(1);
        vars.iter().fold(one, |n, v| {
            let extent = self.var(*v).extent;
            self.mul(n, extent)
        })
    }

    /// Whether the assignments to a buffer are injective and together have as many points as it has elements. With
    /// several pieces their being disjoint is not part of the proof unless they lie in separate ranges of one axis.
    pub fn covers(&mut self, buf: BufId) -> bool {
        let mut pieces = Vec::new();
        collect_rounds(&self.stmts, &mut Vec::new(), &mut pieces);
        pieces.retain(|d: &Def| d.buf == buf && d.update == Update::Assign);
        let shape = self.buf(buf).shape.clone();
        if shape.iter().any(|e| self.exprs.as_index(*e) == Some(0)) {
            return true;
        }
        if !pieces.iter().all(|d| self.is_injective(d)) {
            return false;
        }
        let one = self.index(1);
        let elements = shape.into_iter().fold(one, |n, d| self.mul(n, d));
        let zero = self.index(0);
        let points = pieces.iter().fold(zero, |n, d| {
            let volume = self.volume(&d.vars);
            self.add(n, volume)
        });
        points == elements && (0..pieces.len()).all(|n| (n + 1..pieces.len()).all(|m| self.disjoint(&pieces[n], &pieces[m])))
    }

    /// Whether on some axis one piece ends before the other begins.
    fn disjoint(&mut self, a: &Def, b: &Def) -> bool {
        (0..a.lhs.len().min(b.lhs.len())).any(|axis| {
            let ends = |p: &Self, e: ExprId| (p.poly(e), p.greatest(e));
            let ((low_a, high_a), (low_b, high_b)) = (ends(self, a.lhs[axis]), ends(self, b.lhs[axis]));
            // Bound variables range from 0, so a place is at least its constant part; proofs take care of the rest.
            let after = |low: &Poly, high: &Option<Poly>| {
                high.as_ref()
                    .and_then(|h| low.sub(h))
                    .and_then(|d| d.sub(&Poly::constant(1)))
                    .is_some_and(|d| self.proves(&d, &[]))
            };
            after(&low_b, &high_a) || after(&low_a, &high_b)
        })
    }

    /// The greatest value of an affine place, variables replaced by their last values.
    fn greatest(&self, e: ExprId) -> Option<Poly> {
        let mut p = self.poly(e);
        loop {
            let var = p.atoms().find_map(|a| if let super::Node::Var(v) = self.node(a) { Some((a, *v)) } else { None });
            let Some((atom, v)) = var else { return Some(p) };
            let (coefficient, rest) = p.linear_in(atom)?;
            if !self.proves(&coefficient, &[]) {
                return None;
            }
            let last = self.poly(self.var(v).extent).sub(&Poly::constant(1))?;
            p = coefficient.mul(&last)?.add(&rest)?;
        }
    }

    /// The inverse of an injective left side: for each variable of the domain its value given the position `at`, one
    /// expression per axis of the buffer. Digits come off by `//` and `%`. `None` where the left side is no mixed radix.
    pub fn invert(&mut self, def: &Def, at: &[ExprId]) -> Option<FxHashMap<VarId, ExprId>> {
        if at.len() != def.lhs.len() || !self.is_injective(def) {
            return None;
        }
        let mut out = FxHashMap::default();
        for (&place, &position) in def.lhs.iter().zip(at) {
            let map = self.affine(place);
            let mut rest = self.sub(position, map.constant);
            let facts = self.nonempty(&map);
            let mut digits = map.vars;
            // Greatest coefficient first.
            while !digits.is_empty() {
                let top =
                    (0..digits.len()).find(|&n| (0..digits.len()).all(|m| self.proves_le(digits[m].1, digits[n].1, &facts)))?;
                let (v, coefficient) = digits.remove(top);
                if digits.is_empty() && self.exprs.as_index(coefficient) == Some(1) {
                    out.insert(v, rest);
                    break;
                }
                let digit = self.bin(super::BinOp::FloorDiv, rest, coefficient);
                out.insert(v, digit);
                rest = self.bin(super::BinOp::Mod, rest, coefficient);
            }
        }
        Some(out)
    }
}
