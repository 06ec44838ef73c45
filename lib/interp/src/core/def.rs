//! Statements of Core as code: the order of loops, and which of them runs in the lanes.

use super::expr::{Binding, Compiler, strides};
use crate::vm::build::{Builder, Sum};
use crate::vm::{Code, Inst, Site, Split};
use edge_dialect::core::{BinOp, BufId, Def, ExprId, Node, Program, Update, VarId};

/// One statement, compiled for known sizes.
pub(crate) struct CompiledDef {
    pub code: Code,
    /// The `rec` variables around it, and the registers that want their values.
    pub params: Vec<(VarId, u32)>,
}

/// Buffer `i` of the code is buffer `i` of the program; tables follow.
pub(crate) fn compile_def(
    program: &Program,
    syms: &[i64],
    shapes: &[Vec<i64>],
    def: &Def,
    recs: &[VarId],
) -> Result<CompiledDef, String> {
    let mut b = Builder::new((program.bufs.len() + program.tables.len()) as u32);
    let reads_itself = reads(program, def, def.buf);
    b.volatile[def.buf.0 as usize] = reads_itself;
    let mut params = vec![];
    let mut c = Compiler::new(program, syms, shapes, &mut b, 0);
    for var in recs {
        let iv = c.b.param();
        if let crate::vm::Reg::U(reg) = iv.reg {
            params.push((*var, reg));
        }
        c.vars.insert(*var, Binding::Counter { iv, lane: false });
    }
    let extents = def.vars.iter().map(|v| c.extent(*v)).collect::<Result<Vec<_>, _>>()?;
    if extents.iter().any(|n| *n <= 0) {
        return Ok(CompiledDef { code: b.finish(), params });
    }
    let plan = plan(&c, def, &extents, reads_itself);
    let vars: Vec<VarId> = plan.order.iter().map(|i| def.vars[*i]).collect();
    let sizes: Vec<i64> = plan.order.iter().map(|i| extents[*i]).collect();
    let shape = &shapes[def.buf.0 as usize];
    c.loops(&vars, &sizes, plan.lanes, |c| {
        let at = place(c, def, shape)?;
        let v = c.value(def.body)?;
        c.b.store(def.buf.0, program.buf(def.buf).elem, &at, &[], v, def.update);
        Ok(())
    })?;
    let mut code = b.finish();
    if def.update == Update::Assign && !reads_itself && matches!(code.body.last(), Some(Inst::Loop { lanes: false, .. })) {
        code.split = plan.span.map(|span| Split { buf: def.buf.0, span });
    }
    Ok(CompiledDef { code, params })
}

fn reads(program: &Program, def: &Def, buf: BufId) -> bool {
    let roots = def.lhs.iter().chain([&def.body]);
    roots.into_iter().any(|root| program.any(*root, |n| matches!(n, Node::Load(l) if l.buf == buf)))
}

/// The position that a statement writes, checked where data decide on it.
fn place(c: &mut Compiler<'_, '_>, def: &Def, shape: &[i64]) -> Result<Sum, String> {
    let mut at = Sum::default();
    for (axis, (e, stride)) in def.lhs.iter().zip(strides(shape)).enumerate() {
        let index = c.sum(*e)?;
        if c.program.has_load(*e) {
            let site = Site::Index { buffer: c.program.buf(def.buf).name.clone(), axis: axis as u32 };
            c.b.check(&index, &Sum::constant(shape[axis]), site);
        }
        at = at.add(&index, stride);
    }
    Ok(at)
}

struct Plan {
    /// Positions in the statement's variables, outermost first.
    order: Vec<usize>,
    /// Position in `order`.
    lanes: Option<usize>,
    /// Iterations of the outermost loop write disjoint, consecutive spans of so many elements.
    span: Option<i64>,
}

/// Fewest lanes for which a domain variable is put there rather than a reduction's.
const WIDE: i64 = 16;

fn plan(c: &Compiler<'_, '_>, def: &Def, extents: &[i64], reads_itself: bool) -> Plan {
    let shape = &c.shapes[def.buf.0 as usize];
    let written: Vec<Option<i64>> = def.vars.iter().map(|v| coefficient(c, &def.lhs, shape, *v)).collect();
    let mut order: Vec<usize> = (0..def.vars.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(written[*i].unwrap_or(0).unsigned_abs()));
    let lanes = if reads_itself { None } else { best_lanes(c, def, extents, &order) };
    let span = span(&order, lanes, extents, &written);
    Plan { order, lanes, span }
}

fn span(order: &[usize], lanes: Option<usize>, extents: &[i64], written: &[Option<i64>]) -> Option<i64> {
    let first = order.iter().enumerate().find(|(at, i)| extents[**i] > 1 && Some(*at) != lanes)?;
    let mut reach = 0i64;
    for i in order.iter().filter(|i| *i != first.1) {
        let k = written[*i].filter(|k| *k >= 0)?;
        reach = reach.checked_add(k.checked_mul(extents[*i] - 1)?)?;
    }
    written[*first.1].filter(|k| *k > reach)
}

/// The variable for the lanes: wide, and with few strided accesses.
fn best_lanes(c: &Compiler<'_, '_>, def: &Def, extents: &[i64], order: &[usize]) -> Option<usize> {
    let loads = c.program.loads(def.body);
    let reduces = c.program.any(def.body, |n| matches!(n, Node::Red { .. }));
    let mut best: Option<(f64, usize)> = None;
    for (at, i) in order.iter().enumerate() {
        if extents[*i] < if reduces { WIDE } else { 2 } {
            continue;
        }
        let strided = loads.iter().filter(|l| !is_contiguous(c, **l, def.vars[*i])).count();
        let per_lane = loads.len() as f64 + 3.0 * strided as f64;
        let cost = per_lane + 20.0 * (loads.len() as f64 + 2.0) / extents[*i].min(crate::vm::LANES as i64) as f64;
        if best.is_none_or(|b| cost <= b.0) {
            best = Some((cost, at));
        }
    }
    best.map(|b| b.1)
}

fn is_contiguous(c: &Compiler<'_, '_>, load: ExprId, v: VarId) -> bool {
    let Node::Load(l) = c.program.node(load) else { return true };
    match c.shapes.get(l.buf.0 as usize) {
        Some(shape) => matches!(coefficient(c, &l.idx, shape, v), Some(0 | 1)),
        None => true,
    }
}

/// By how much the linear position changes with a variable; `None` if that is no constant.
fn coefficient(c: &Compiler<'_, '_>, idx: &[ExprId], shape: &[i64], v: VarId) -> Option<i64> {
    let mut sum = 0i64;
    for (e, stride) in idx.iter().zip(strides(shape)) {
        sum = sum.checked_add(slope(c, *e, v)?.checked_mul(stride)?)?;
    }
    Some(sum)
}

fn slope(c: &Compiler<'_, '_>, e: ExprId, v: VarId) -> Option<i64> {
    match c.program.node(e) {
        Node::Var(x) => Some(i64::from(*x == v)),
        Node::Const(_) | Node::Sym(_) => Some(0),
        Node::Bin(BinOp::Add, a, b) => slope(c, *a, v)?.checked_add(slope(c, *b, v)?),
        Node::Bin(BinOp::Mul, a, b) => match (c.program.eval_size(*a, c.syms), c.program.eval_size(*b, c.syms)) {
            (_, Some(k)) => slope(c, *a, v)?.checked_mul(k),
            (Some(k), _) => slope(c, *b, v)?.checked_mul(k),
            _ => {
                if c.program.free_vars(e).contains(&v) {
                    None
                } else {
                    Some(0)
                }
            }
        },
        _ => {
            if c.program.free_vars(e).contains(&v) {
                None
            } else {
                Some(0)
            }
        }
    }
}
