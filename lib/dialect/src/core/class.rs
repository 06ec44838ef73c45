//! What kind of statement this is, and what it costs. Both belong to a statement, not to an op.

use super::{Affine, BinOp, Def, ElemType, ExprId, Load, Node, Poly, Program, RedOp, Stmt, Update, VarId};
use rustc_hash::FxHashSet;

/// Where the reduced axes of a reduction's operand lie, in its row-major order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReducedAxes {
    /// Innermost: each result is a row.
    Row,
    /// Outermost.
    Column,
    /// Between kept ones.
    Middle,
    /// All of them.
    Full,
}

/// The first that applies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// Updates, or positions that data supply.
    Scatter,
    /// A sum of products of two loads or more, each with an index that another lacks; `window` if a load overlaps itself.
    Contraction {
        window: bool,
    },
    /// A reduction over a prefix.
    Scan,
    /// A reduction over overlapping windows.
    WindowReduce,
    Reduce(ReducedAxes),
    /// Reads at positions that data supply.
    Gather,
    /// A copy to other positions.
    Movement,
    /// Every load at the position that is written.
    Elementwise,
    /// Element-wise but for loads that lack an index.
    Broadcast,
    /// Reads nothing.
    Generator,
}

/// How one load's positions depend on the statement's variables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MapKind {
    /// Exactly the position written.
    Identity,
    /// The variables in another order.
    Permute,
    /// Some variables of the domain do not occur.
    Broadcast,
    /// Digits: `a*p + q` with `q < a`.
    Radix,
    /// `a*p + c` alone.
    Strided,
    /// `a*p + b*r`, overlapping.
    Window,
    /// Holds `//`, `%`, tables, extrema.
    Other,
    /// Depends on data.
    Data,
}

impl Program {
    /// The class of a statement.
    pub fn classify(&mut self, def: &Def) -> Class {
        if def.update != Update::Assign || def.lhs.iter().any(|e| self.has_load(*e)) {
            return Class::Scatter;
        }
        if let Some(class) = self.classify_reduction(def) {
            return class;
        }
        let loads = self.loads(def.body);
        let kinds: Vec<MapKind> = loads.iter().map(|l| self.map_kind(*l, Some(&def.lhs), &def.vars)).collect();
        if kinds.contains(&MapKind::Data) {
            return Class::Gather;
        }
        match kinds[..] {
            [] => Class::Generator,
            [MapKind::Identity] => Class::Elementwise,
            [_] if matches!(self.node(def.body), Node::Load(_)) => Class::Movement,
            _ if kinds.iter().all(|k| *k == MapKind::Identity) => Class::Elementwise,
            _ if kinds.iter().all(|k| matches!(k, MapKind::Identity | MapKind::Broadcast)) => Class::Broadcast,
            _ => Class::Movement,
        }
    }

    /// The first reduction below a body, outermost first, that reads data.
    fn main_reduction(&self, body: ExprId) -> Option<ExprId> {
        let mut found = None;
        self.walk(body, |e| {
            if matches!(self.node(e), Node::Red { .. } | Node::ArgRed { .. }) && self.has_load(e) {
                found = Some(e);
            }
        });
        found
    }

    fn classify_reduction(&mut self, def: &Def) -> Option<Class> {
        let (op, vars, filter, body) = match self.node(self.main_reduction(def.body)?).clone() {
            Node::Red { op, vars, filter, body } => (Some(op), vars, filter, body),
            Node::ArgRed { vars, filter, by, .. } => (None, vars, filter, by),
            _ => return None,
        };
        let loads = self.loads(body);
        let all: Vec<VarId> = def.vars.iter().chain(vars.iter()).copied().collect();
        let window = loads.iter().any(|l| self.map_kind(*l, None, &all) == MapKind::Window);
        if op == Some(RedOp::Add) && self.is_product_of_loads(body) {
            let uses: Vec<FxHashSet<VarId>> = loads.iter().map(|l| self.free_vars(*l).into_iter().collect()).collect();
            let private = |n: usize| uses[n].iter().any(|v| uses.iter().enumerate().any(|(m, u)| m != n && !u.contains(v)));
            if loads.len() >= 2 && (0..loads.len()).all(private) {
                return Some(Class::Contraction { window });
            }
        }
        if filter.is_some_and(|f| self.is_prefix(f, &vars)) {
            return Some(Class::Scan);
        }
        if window {
            return Some(Class::WindowReduce);
        }
        // The load that the reduction is about: the one with the most reduced axes, then the most axes.
        let reduced = |l: &ExprId| self.free_vars(*l).iter().filter(|v| vars.contains(v)).count();
        let main = loads.into_iter().rev().max_by_key(|l| (reduced(l), self.free_vars(*l).len()))?;
        Some(Class::Reduce(self.reduced_axes(main, &vars)))
    }

    /// A product (through casts) with at least two factors that load.
    fn is_product_of_loads(&self, e: ExprId) -> bool {
        match *self.node(e) {
            Node::Cast(_, a) => self.is_product_of_loads(a),
            Node::Bin(BinOp::Mul, a, b) => self.has_load(a) && self.has_load(b),
            _ => false,
        }
    }

    fn is_prefix(&self, filter: ExprId, vars: &[VarId]) -> bool {
        match *self.node(filter) {
            Node::Bin(BinOp::Le | BinOp::Lt | BinOp::Ge | BinOp::Gt, a, b) => {
                let own = |e: ExprId| matches!(self.node(e), Node::Var(v) if vars.contains(v));
                let outer = |e: ExprId| !self.free_vars(e).is_empty() && self.free_vars(e).iter().all(|v| !vars.contains(v));
                (own(a) && outer(b)) || (own(b) && outer(a))
            }
            _ => false,
        }
    }

    fn reduced_axes(&self, load: ExprId, vars: &[VarId]) -> ReducedAxes {
        let Node::Load(load) = self.node(load) else { return ReducedAxes::Full };
        let reduced: Vec<bool> = load
            .idx
            .iter()
            .filter(|e| !self.free_vars(**e).is_empty())
            .map(|e| self.free_vars(*e).iter().any(|v| vars.contains(v)))
            .collect();
        match (reduced.iter().all(|r| *r), reduced.last(), reduced.first()) {
            (true, ..) => ReducedAxes::Full,
            (_, Some(true), _) => ReducedAxes::Row,
            (_, _, Some(true)) => ReducedAxes::Column,
            _ => ReducedAxes::Middle,
        }
    }

    /// The kind of a load's map relative to what is written (`lhs`) over the domain `vars`.
    pub fn map_kind(&mut self, load: ExprId, lhs: Option<&[ExprId]>, vars: &[VarId]) -> MapKind {
        let Node::Load(Load { idx, .. }) = self.node(load).clone() else { return MapKind::Other };
        if idx.iter().any(|e| self.has_load(*e)) {
            return MapKind::Data;
        }
        if lhs.is_some_and(|lhs| idx[..] == *lhs) {
            return MapKind::Identity;
        }
        let maps: Vec<Affine> = idx.iter().map(|e| self.affine(*e)).collect();
        if maps.iter().any(|m| !m.is_affine()) {
            return MapKind::Other;
        }
        if maps.iter().any(|m| m.vars.len() > 1 && !self.is_radix(m)) {
            return MapKind::Window;
        }
        if maps.iter().any(|m| m.vars.len() > 1) {
            return MapKind::Radix;
        }
        let plain = |m: &Affine| {
            self.exprs.as_index(m.constant) == Some(0) && m.vars.iter().all(|(_, c)| self.exprs.as_index(*c) == Some(1))
        };
        let used: FxHashSet<VarId> = maps.iter().flat_map(|m| m.vars.iter().map(|t| t.0)).collect();
        match (maps.iter().all(plain), vars.iter().all(|v| used.contains(v))) {
            (false, _) => MapKind::Strided,
            (true, false) => MapKind::Broadcast,
            (true, true) => MapKind::Permute,
        }
    }

    /// Whether no two points of the variables' ranges give one value: sorted by coefficient, each coefficient exceeds
    /// what the smaller digits can add up to.
    pub fn is_radix(&self, map: &Affine) -> bool {
        let mut left: Vec<(VarId, Poly)> = map.vars.iter().map(|(v, c)| (*v, self.poly(*c))).collect();
        let mut reach = Poly::constant(1);
        let facts = self.nonempty(map);
        while !left.is_empty() {
            // The smallest digit is one whose coefficient is not below the reach so far and not above the others.
            let position = (0..left.len())
                .find(|&n| (0..left.len()).all(|m| left[m].1.sub(&left[n].1).is_some_and(|d| self.proves(&d, &facts))));
            let Some(position) = position else { return false };
            let (v, c) = left.remove(position);
            if !c.sub(&reach).is_some_and(|d| self.proves(&d, &facts)) {
                return false;
            }
            let last = self.poly(self.var(v).extent).sub(&Poly::constant(1));
            let Some(next) = last.and_then(|l| l.mul(&c)).and_then(|p| p.add(&reach)) else { return false };
            reach = next;
        }
        true
    }

    /// In an empty domain nothing happens, so every extent is at least 1.
    pub(super) fn nonempty(&self, map: &Affine) -> Vec<Poly> {
        map.vars.iter().filter_map(|(v, _)| self.poly(self.var(*v).extent).sub(&Poly::constant(1))).collect()
    }

    /// Number of data operations of a statement, as an expression over syms: points times operations, filters not
    /// discounted, index arithmetic not counted.
    pub fn flops(&mut self, def: &Def) -> ExprId {
        let each = self.operations(def.body);
        def.vars.iter().fold(each, |n, v| {
            let extent = self.var(*v).extent;
            self.mul(n, extent)
        })
    }

    fn operations(&mut self, e: ExprId) -> ExprId {
        let one = self.index(1);
        let zero = self.index(0);
        let data = self.ty(e) != ElemType::Index && self.has_load(e);
        match self.node(e).clone() {
            Node::Red { vars, body, .. } | Node::ArgRed { vars, by: body, .. } => {
                let inner = self.operations(body);
                let each = self.add(inner, one);
                vars.iter().fold(each, |n, v| {
                    let extent = self.var(*v).extent;
                    self.mul(n, extent)
                })
            }
            Node::Load(load) => load.else_.map_or(zero, |e| self.operations(e)),
            node => {
                let mut children = Vec::new();
                node.for_each_child(|c| children.push(c));
                let own = matches!(node, Node::Bin(..) | Node::Neg(_) | Node::Fn(..) | Node::Sel { .. }) && data;
                let start = if own { one } else { zero };
                children.into_iter().fold(start, |n, c| {
                    let inner = self.operations(c);
                    self.add(n, inner)
                })
            }
        }
    }

    /// Bytes that the whole program must move at least: each operand read once, each result written once.
    pub fn compulsory_bytes(&mut self) -> ExprId {
        let zero = self.index(0);
        let bufs: Vec<(Vec<ExprId>, u64)> =
            self.bufs.iter().filter(|b| b.kind != super::BufKind::Let).map(|b| (b.shape.clone(), b.elem.bytes())).collect();
        bufs.into_iter().fold(zero, |sum, (shape, bytes)| {
            let start = self.index(bytes as i64);
            let size = shape.into_iter().fold(start, |n, d| self.mul(n, d));
            self.add(sum, size)
        })
    }

    /// The definitions of a program, those inside `rec` included.
    pub fn defs(&self) -> Vec<Def> {
        fn collect(stmts: &[Stmt], out: &mut Vec<Def>) {
            for stmt in stmts {
                match stmt {
                    Stmt::Def(def) => out.push(def.clone()),
                    Stmt::Rec(rec) => collect(&rec.body, out),
                }
            }
        }
        let mut out = Vec::new();
        collect(&self.stmts, &mut out);
        out
    }
}
