//! Normal forms of whole programs.
//!
//! Expressions are normal as they are built: extents of 1 have no variables, `//` and `%` are folded. What is left to do
//! concerns statements: the axes of a let are put in the order of what it is computed from, since the order in which they were
//! written means nothing, and the variables of a domain in the order of the axes that they run over.

use super::{BufId, BufKind, Def, ExprId, Load, Node, Program, Stmt, VarId};

impl Program {
    /// Brings axes of lets and variables of domains into a canonical order. Meaning, results and costs stay.
    pub fn normalise(&mut self) {
        for n in 0..self.bufs.len() {
            if self.bufs[n].kind == BufKind::Let {
                let buf = BufId(n as u32);
                if let Some(order) = self.natural_order(buf) {
                    self.permute_axes(buf, &order);
                }
            }
        }
        let mut stmts = std::mem::take(&mut self.stmts);
        self.order_domains(&mut stmts);
        self.stmts = stmts;
    }

    /// The order of a let's axes in the load of its definition that has them all; `None` if there is none, or it stands already.
    fn natural_order(&self, buf: BufId) -> Option<Vec<usize>> {
        let defs: Vec<Def> = self.defs().into_iter().filter(|d| d.buf == buf).collect();
        let [def] = &defs[..] else { return None };
        let places: Vec<Option<VarId>> =
            def.lhs.iter().map(|e| if let Node::Var(v) = self.node(*e) { Some(*v) } else { None }).collect();
        let loads = self.loads(def.body);
        let key = |l: &ExprId| self.free_vars(*l).iter().filter(|v| places.contains(&Some(**v))).count();
        let largest =
            loads.into_iter().filter(|l| matches!(self.node(*l), Node::Load(l) if l.buf != buf)).rev().max_by_key(key)?;
        let Node::Load(Load { idx, .. }) = self.node(largest) else { return None };
        if key(&largest) < places.iter().flatten().count() {
            return None;
        }
        // Axes of extent 1 come first.
        let axis_of = |v: &Option<VarId>| {
            v.and_then(|v| idx.iter().position(|e| self.free_vars(*e).contains(&v)).map(|at| at + 1)).unwrap_or(0)
        };
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|axis| axis_of(&places[*axis]));
        (!order.is_sorted()).then_some(order)
    }

    fn permute_axes(&mut self, buf: BufId, order: &[usize]) {
        let shape = self.buf(buf).shape.clone();
        self.bufs[buf.0 as usize].shape = order.iter().map(|a| shape[*a]).collect();
        let mut stmts = std::mem::take(&mut self.stmts);
        self.permute_stmts(&mut stmts, buf, order);
        self.stmts = stmts;
    }

    fn permute_stmts(&mut self, stmts: &mut [Stmt], buf: BufId, order: &[usize]) {
        for stmt in stmts {
            match stmt {
                Stmt::Rec(rec) => self.permute_stmts(&mut rec.body, buf, order),
                Stmt::Def(def) => {
                    def.body = self.permute_loads(def.body, buf, order);
                    for place in &mut def.lhs {
                        *place = self.permute_loads(*place, buf, order);
                    }
                    if def.buf == buf {
                        def.lhs = order.iter().map(|a| def.lhs[*a]).collect();
                    }
                }
            }
        }
    }

    /// Loads of one buffer are replaced bottom-up: those inside others' positions first.
    fn permute_loads(&mut self, e: ExprId, buf: BufId, order: &[usize]) -> ExprId {
        self.rewrite(e, &mut |p, e| {
            let Node::Load(load) = p.node(e).clone() else { return None };
            if load.buf != buf {
                return None;
            }
            let idx = order.iter().map(|a| p.permute_loads(load.idx[*a], buf, order)).collect();
            let proof = order.iter().map(|a| load.proof[*a]).collect();
            let else_ = load.else_.map(|e| p.permute_loads(e, buf, order));
            Some(p.load(Load { buf, idx, proof, else_ }))
        })
    }

    fn order_domains(&mut self, stmts: &mut [Stmt]) {
        for stmt in stmts {
            match stmt {
                Stmt::Rec(rec) => self.order_domains(&mut rec.body),
                Stmt::Def(def) => {
                    let axis = |v: &VarId| def.lhs.iter().position(|e| self.free_vars(*e).contains(v)).unwrap_or(def.lhs.len());
                    def.vars.sort_by_cached_key(axis);
                }
            }
        }
    }
}
