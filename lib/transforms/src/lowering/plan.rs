//! Which loops of an op's statements are shared, and where intermediate values live.
//!
//! Axes of intermediate and result buffers are unified with the index variables that run over them. A class of unified
//! variables that every statement has in its domain exactly once, and no reduction runs over, becomes an outer loop around all
//! statements; what remains of each statement's domain becomes inner loops. A softmax over axis `a` so gets loops over all other
//! axes, a layer norm over the leading ones, a normalisation over groups over batch and group.
//!
//! A sequential statement (`rec`) is a loop around the loops of its statements, inside the outer loops. Its variable is no domain's, so
//! it never becomes one of those.

use edge_dialect::core::{BufId, BufKind, Def, ExprId, Node, Program, Stmt, Update, VarId};

/// How a let is kept between the statement that defines it and those that read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// One value per point of the outer loops.
    Scalar,
    /// A tile over the axes listed; the others are outer loops.
    Tile(Vec<usize>),
    /// A tensor of its own, all axes.
    Scratch,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Outer loops, outermost first: the variable of the last statement that stands for the class.
    pub outer: Vec<VarId>,
    /// For each statement: its variable for each outer loop, then its remaining variables in loop order.
    pub stmts: Vec<StmtPlan>,
    /// Storage of each let, by buffer.
    pub lets: Vec<(BufId, Storage)>,
}

#[derive(Clone, Debug, Default)]
pub struct StmtPlan {
    pub outer: Vec<VarId>,
    pub inner: Vec<VarId>,
}

/// Tiles up to this many bytes are kept in a stage; it is half of a common first-level cache.
const LARGEST_TILE: u64 = 16 * 1024;

struct Classes {
    parent: Vec<usize>,
    broken: Vec<bool>,
}

impl Classes {
    fn find(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }
    fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parent[b] = a;
        self.broken[a] |= self.broken[b];
    }
    fn break_up(&mut self, i: usize) {
        let root = self.find(i);
        self.broken[root] = true;
    }
}

/// The definitions of statements in order, those inside sequential ones included.
pub fn defs(stmts: &[Stmt]) -> Vec<&Def> {
    let mut found = Vec::new();
    for stmt in stmts {
        match stmt {
            Stmt::Def(def) => found.push(def),
            Stmt::Rec(rec) => found.extend(defs(&rec.body)),
        }
    }
    found
}

fn is_unit(p: &Program, v: VarId) -> bool {
    p.exprs.as_index(p.var(v).extent) == Some(1)
}

impl Plan {
    pub fn of(program: &mut Program) -> Plan {
        let orders = orders(program);
        let p = &*program;
        let defs = defs(&p.stmts);
        let defs = &defs[..];
        let mut axis_base = Vec::new();
        let mut next = p.vars.len();
        for buf in &p.bufs {
            axis_base.push(next);
            next += buf.shape.len();
        }
        let mut classes = Classes { parent: (0..next).collect(), broken: vec![false; next] };
        for def in defs {
            unify(p, &mut classes, &axis_base, def);
        }
        let Some(leading) = orders.last() else { return Plan::default() };
        let mut outer: Vec<VarId> = leading.iter().copied().filter(|v| is_outer(p, &mut classes, defs, *v)).collect();
        if defs.len() > 1 && defs.iter().all(|d| d.buf == defs[0].buf) {
            // Pieces of one result: only leading axes are worth sharing, else each piece would be cut into crumbs.
            let shared = leading.iter().zip(&outer).take_while(|(a, b)| a == b).count();
            outer.truncate(shared);
        }
        let stmts = defs.iter().zip(&orders).map(|(def, order)| statement(&mut classes, &outer, def, order)).collect();
        let lets = lets(p, &mut classes, &axis_base, &outer);
        Plan { outer, stmts, lets }
    }
}

fn statement(classes: &mut Classes, outer: &[VarId], def: &Def, order: &[VarId]) -> StmtPlan {
    let mut plan = StmtPlan::default();
    for o in outer {
        let root = classes.find(o.0 as usize);
        plan.outer.extend(def.vars.iter().copied().find(|v| classes.find(v.0 as usize) == root));
    }
    plan.inner = order.iter().copied().filter(|v| !plan.outer.contains(v)).collect();
    plan
}

fn unify(p: &Program, classes: &mut Classes, axis_base: &[usize], def: &Def) {
    let meet = |classes: &mut Classes, buf: BufId, axis: usize, e: ExprId| {
        let id = axis_base[buf.0 as usize] + axis;
        match p.node(e) {
            Node::Var(v) if p.var(*v).extent == p.buf(buf).shape[axis] => classes.union(id, v.0 as usize),
            _ => classes.break_up(id),
        }
    };
    let single = matches!(p.stmts[..], [Stmt::Def(_)]);
    for (axis, e) in def.lhs.iter().enumerate() {
        let plain = matches!(p.node(*e), Node::Var(_));
        if def.update != Update::Assign && !plain {
            // Several points may meet in one element: none of the variables here is an independent loop.
            p.walk(*e, |x| {
                if let Node::Var(v) = p.node(x) {
                    classes.break_up(v.0 as usize);
                }
            });
        }
        if !(single && def.update == Update::Assign) {
            meet(classes, def.buf, axis, *e);
        }
    }
    if def.update != Update::Assign {
        for v in &def.vars {
            if !def.lhs.iter().any(|e| matches!(p.node(*e), Node::Var(x) if x == v)) {
                classes.break_up(v.0 as usize);
            }
        }
    }
    p.walk(def.body, |x| match p.node(x) {
        Node::Load(load) if !matches!(p.buf(load.buf).kind, BufKind::Operand(_)) => {
            for (axis, e) in load.idx.iter().enumerate() {
                meet(classes, load.buf, axis, *e);
            }
        }
        Node::Red { vars, .. } | Node::ArgRed { vars, .. } => {
            for v in vars {
                classes.break_up(v.0 as usize);
            }
        }
        _ => {}
    });
}

fn is_outer(p: &Program, classes: &mut Classes, defs: &[&Def], v: VarId) -> bool {
    let root = classes.find(v.0 as usize);
    if classes.broken[root] || is_unit(p, v) {
        return false;
    }
    defs.iter().all(|d| d.vars.iter().filter(|x| classes.find(x.0 as usize) == root).count() == 1)
}

/// For each statement, its domain's variables by the axis of the result that they move along, larger strides first; unit extents
/// left out.
fn orders(p: &mut Program) -> Vec<Vec<VarId>> {
    let defs: Vec<Def> = defs(&p.stmts).into_iter().cloned().collect();
    defs.iter().map(|d| loop_order(p, d)).collect()
}

fn loop_order(p: &mut Program, def: &Def) -> Vec<VarId> {
    let mut vars: Vec<(usize, i64, usize, VarId)> = Vec::new();
    for (n, v) in def.vars.iter().enumerate() {
        if is_unit(p, *v) {
            continue;
        }
        let place = def.lhs.iter().position(|e| p.any(*e, |node| *node == Node::Var(*v)));
        let stride = place.map(|axis| p.affine(def.lhs[axis]));
        let stride = stride.and_then(|a| a.coefficient(*v)).and_then(|c| p.exprs.as_index(c)).unwrap_or(0);
        vars.push((place.unwrap_or(usize::MAX), -stride.abs(), n, *v));
    }
    vars.sort();
    vars.into_iter().map(|v| v.3).collect()
}

/// Whether one statement gives a buffer all its values.
fn assigned_once(p: &Program, buf: BufId) -> bool {
    let defs = defs(&p.stmts);
    let mut of = defs.iter().filter(|d| d.buf == buf);
    of.next().is_some_and(|d| d.update == Update::Assign) && of.next().is_none()
}

/// How intermediate values are kept; results too, where a later statement of the same point can use the value that was written.
fn lets(p: &Program, classes: &mut Classes, axis_base: &[usize], outer: &[VarId]) -> Vec<(BufId, Storage)> {
    let outer: Vec<usize> = outer.iter().map(|v| classes.find(v.0 as usize)).collect();
    let mut found = Vec::new();
    for (n, buf) in p.bufs.iter().enumerate().filter(|(_, b)| !matches!(b.kind, BufKind::Operand(_))) {
        let kept: Vec<usize> = (0..buf.shape.len())
            .filter(|axis| {
                let root = classes.find(axis_base[n] + axis);
                p.exprs.as_index(buf.shape[*axis]) != Some(1) && !outer.contains(&root)
            })
            .collect();
        let size = kept.iter().try_fold(buf.elem.bytes(), |n, a| n.checked_mul(p.exprs.as_index(buf.shape[*a])? as u64));
        let storage = match size {
            _ if kept.is_empty() && (buf.kind == BufKind::Let || assigned_once(p, BufId(n as u32))) => Storage::Scalar,
            _ if buf.kind != BufKind::Let => continue,
            Some(bytes) if bytes <= LARGEST_TILE => Storage::Tile(kept),
            _ => Storage::Scratch,
        };
        found.push((BufId(n as u32), storage));
    }
    found
}
