//! Programs that only give a tensor another shape.

use edge_dialect::core::{BufId, BufKind, ExprId, Node, Program, Proof, Stmt, Update};

/// The operand whose elements the result has in the same linear order, if that is all that the program does.
pub fn is_reshape(p: &mut Program) -> Option<u32> {
    let (buf, lhs, load) = {
        let [Stmt::Def(def)] = &p.stmts[..] else { return None };
        let Node::Load(load) = p.node(def.body) else { return None };
        if def.update != Update::Assign || load.proof.iter().any(|p| *p != Proof::InRange) {
            return None;
        }
        (def.buf, def.lhs.clone(), load.clone())
    };
    let BufKind::Operand(operand) = p.buf(load.buf).kind else { return None };
    let (written, size) = linear(p, buf, &lhs);
    let (read, volume) = linear(p, load.buf, &load.idx);
    (written == read && size == volume).then_some(operand)
}

/// The row-major position of an element, and the number of elements.
fn linear(p: &mut Program, buf: BufId, index: &[ExprId]) -> (ExprId, ExprId) {
    let shape = p.buf(buf).shape.clone();
    let mut stride = p.index(1);
    let mut sum = p.index(0);
    for (e, extent) in index.iter().zip(&shape).rev() {
        let term = p.mul(*e, stride);
        sum = p.add(sum, term);
        stride = p.mul(stride, *extent);
    }
    (sum, stride)
}
