//! Walking and rebuilding expressions.

use super::{BinOp, ElemType, ExprId, Load, Node, Poly, Program, VarId};
use rustc_hash::{FxHashMap, FxHashSet};

/// An index expression as a sum over variables.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Affine {
    /// Variables with their coefficients, which hold neither variables nor data. Sorted by variable.
    pub vars: Vec<(VarId, ExprId)>,
    /// Other atoms that depend on variables or data (`//`, `%`, tables, loads, products of variables), with coefficients.
    pub atoms: Vec<(ExprId, ExprId)>,
    /// What remains: constants and syms.
    pub constant: ExprId,
}

impl Affine {
    /// Whether there are only variables and a constant part.
    pub fn is_affine(&self) -> bool {
        self.atoms.is_empty()
    }

    pub fn coefficient(&self, v: VarId) -> Option<ExprId> {
        self.vars.iter().find(|t| t.0 == v).map(|t| t.1)
    }
}

impl Program {
    /// Calls `f` once on each node below `root`, `root` included, children first.
    pub fn walk(&self, root: ExprId, mut f: impl FnMut(ExprId)) {
        let mut seen = FxHashSet::default();
        let mut stack = vec![(root, false)];
        while let Some((e, done)) = stack.pop() {
            if done {
                f(e);
            } else if seen.insert(e) {
                stack.push((e, true));
                self.node(e).for_each_child(|c| stack.push((c, false)));
            }
        }
    }

    /// Whether a node below `root` satisfies `test`.
    pub fn any(&self, root: ExprId, test: impl Fn(&Node) -> bool) -> bool {
        let mut found = false;
        self.walk(root, |e| found |= test(self.node(e)));
        found
    }

    /// Whether the value depends on the contents of a buffer.
    pub fn has_load(&self, root: ExprId) -> bool {
        self.any(root, |n| matches!(n, Node::Load(_)))
    }

    /// Whether no variable and no data occur: constants and syms only.
    pub fn is_static(&self, root: ExprId) -> bool {
        !self.any(root, |n| matches!(n, Node::Load(_) | Node::Var(_)))
    }

    /// The variables that occur free, sorted (those bound by a reduction below `root` are not free).
    pub fn free_vars(&self, root: ExprId) -> Vec<VarId> {
        let (mut used, mut bound) = (FxHashSet::default(), FxHashSet::default());
        self.walk(root, |e| match self.node(e) {
            Node::Var(v) => {
                used.insert(*v);
            }
            Node::Red { vars, .. } | Node::ArgRed { vars, .. } => bound.extend(vars.iter().copied()),
            _ => {}
        });
        let mut free: Vec<VarId> = used.difference(&bound).copied().collect();
        free.sort_unstable();
        free
    }

    /// The buffers read, in order of first occurrence.
    pub fn loads(&self, root: ExprId) -> Vec<ExprId> {
        let mut out = Vec::new();
        self.walk(root, |e| {
            if matches!(self.node(e), Node::Load(_)) {
                out.push(e);
            }
        });
        out
    }

    /// An index expression as a sum over variables.
    pub fn affine(&mut self, e: ExprId) -> Affine {
        let p = self.poly(e);
        let (mut by_var, mut by_atom): (FxHashMap<VarId, Poly>, FxHashMap<ExprId, Poly>) = Default::default();
        let mut constant = Poly::default();
        for (m, c) in &p.terms {
            let (moving, fixed): (Vec<ExprId>, Vec<ExprId>) = m.iter().partition(|a| !self.is_static(**a));
            let coefficient = (fixed.into_iter().collect(), *c);
            match moving[..] {
                [] => constant.terms.push(coefficient),
                [a] => match self.node(a) {
                    Node::Var(v) => by_var.entry(*v).or_default().terms.push(coefficient),
                    _ => by_atom.entry(a).or_default().terms.push(coefficient),
                },
                _ => {
                    let product =
                        moving.into_iter().reduce(|a, b| self.exprs.intern(Node::Bin(BinOp::Mul, a, b), ElemType::Index));
                    by_atom.entry(product.unwrap_or(e)).or_default().terms.push(coefficient);
                }
            }
        }
        let mut vars: Vec<_> = by_var.into_iter().map(|(v, p)| (v, self.from_poly(&p))).collect();
        vars.sort_unstable();
        let mut atoms: Vec<_> = by_atom.into_iter().collect();
        atoms.sort_unstable_by_key(|t| t.0);
        let atoms = atoms.into_iter().map(|(a, p)| (a, self.from_poly(&p))).collect();
        Affine { vars, atoms, constant: self.from_poly(&constant) }
    }

    /// The expression with variables replaced, simplified anew. Proofs of loads are kept: the replacements must stay
    /// within the ranges of what they replace.
    pub fn substitute(&mut self, root: ExprId, map: &FxHashMap<VarId, ExprId>) -> ExprId {
        if map.is_empty() {
            return root;
        }
        self.rewrite(root, &mut |p, e| match p.node(e) {
            Node::Var(v) => map.get(v).copied(),
            _ => None,
        })
    }

    /// Rebuilds bottom-up what `leaf` does not replace. `leaf` sees every node before its children.
    pub fn rewrite(&mut self, root: ExprId, leaf: &mut dyn FnMut(&mut Program, ExprId) -> Option<ExprId>) -> ExprId {
        let mut done: FxHashMap<ExprId, ExprId> = FxHashMap::default();
        let mut stack = vec![(root, false)];
        while let Some((e, visited)) = stack.pop() {
            if done.contains_key(&e) {
                continue;
            }
            if visited {
                let rebuilt = self.rebuild(e, &done);
                done.insert(e, rebuilt);
            } else if let Some(replacement) = leaf(self, e) {
                done.insert(e, replacement);
            } else {
                stack.push((e, true));
                self.node(e).for_each_child(|c| stack.push((c, false)));
            }
        }
        done[&root]
    }

    fn rebuild(&mut self, e: ExprId, done: &FxHashMap<ExprId, ExprId>) -> ExprId {
        let at = |x: ExprId| done.get(&x).copied().unwrap_or(x);
        let mut changed = false;
        self.node(e).for_each_child(|c| changed |= at(c) != c);
        if !changed {
            return e;
        }
        match self.node(e).clone() {
            Node::Const(_) | Node::Sym(_) | Node::Var(_) => e,
            Node::Bin(op, a, b) => self.bin(op, at(a), at(b)),
            Node::Neg(a) => self.neg(at(a)),
            Node::Not(a) => self.not(at(a)),
            Node::Fn(f, args) => {
                let args: Vec<ExprId> = args.iter().map(|a| at(*a)).collect();
                self.func(f, &args)
            }
            Node::Sel { cond, then, else_ } => self.sel(at(cond), at(then), at(else_)),
            Node::Cast(ty, a) => self.cast(ty, at(a)),
            Node::Sat(ty, a) => self.sat(ty, at(a)),
            Node::Bits(ty, a) => self.bits(ty, at(a)),
            Node::Load(load) => {
                let idx = load.idx.iter().map(|i| at(*i)).collect();
                self.load(Load { idx, else_: load.else_.map(at), ..load })
            }
            Node::Red { op, vars, filter, body } => self.red(op, vars.to_vec(), filter.map(at), at(body)),
            Node::ArgRed { kind, vars, filter, by, value } => {
                let node = Node::ArgRed { kind, vars, filter: filter.map(at), by: at(by), value: at(value) };
                let ty = self.ty(at(value));
                self.exprs.intern(node, ty)
            }
            Node::Tab { table, idx } => {
                let ty = self.ty(e);
                self.exprs.intern(Node::Tab { table, idx: idx.iter().map(|i| at(*i)).collect() }, ty)
            }
        }
    }

    /// The value of an index expression over constants and syms, given the syms' values; `None` if it holds
    /// anything else, divides by zero, or overflows.
    pub fn eval_size(&self, e: ExprId, syms: &[i64]) -> Option<i64> {
        self.eval_static(e, syms).filter(|v| v.ty() == ElemType::Index).map(|v| v.bits() as i64)
    }

    /// The value of an expression over constants and syms, `requires` included.
    pub fn eval_static(&self, e: ExprId, syms: &[i64]) -> Option<super::Scalar> {
        use super::{Scalar, fold};
        let mut values: FxHashMap<ExprId, Option<Scalar>> = FxHashMap::default();
        self.walk(e, |e| {
            let at = |x: &ExprId| values.get(x).copied().flatten();
            let value = match self.node(e) {
                Node::Const(c) => Some(*c),
                Node::Sym(s) => syms.get(s.0 as usize).map(|v| Scalar::index(*v)),
                Node::Bin(op, a, b) => at(a).zip(at(b)).and_then(|(a, b)| fold::bin(*op, a, b)),
                Node::Neg(a) => at(a).and_then(fold::neg),
                Node::Not(a) => at(a).map(|v| Scalar::bool(!v.to_bool())),
                Node::Fn(f, args) => args.iter().map(at).collect::<Option<Vec<_>>>().and_then(|args| fold::func(*f, &args)),
                Node::Sel { cond, then, else_ } => at(cond).and_then(|c| if c.to_bool() { at(then) } else { at(else_) }),
                Node::Cast(ty, a) => at(a).map(|a| fold::cast(*ty, a)),
                Node::Sat(ty, a) => at(a).map(|a| fold::sat(*ty, a)),
                Node::Bits(ty, a) => at(a).map(|a| fold::bits(*ty, a)),
                _ => None,
            };
            values.insert(e, value);
        });
        values.get(&e).copied().flatten()
    }
}
