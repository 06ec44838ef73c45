//! The expression DAG: nodes, their types, hash-consing.

use super::func::{BinOp, RedOp, ScalarFn};
use super::scalar::{ElemType, Scalar};
use super::{BufId, SymId, TableId, VarId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};

/// An index into the expression DAG. Equal expressions of one program have equal ids, and operands have smaller ids
/// than their users.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ExprId(pub u32);

/// What is known of one position of a load.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Proof {
    /// Always inside the axis (where the load is reached at all): no check.
    InRange,
    /// May be outside; the load then has the value `else_` and memory is not touched.
    Guarded,
    /// Depends on data. Outside: an error in the interpreter, clamped in compiled code.
    Data,
}

/// A read of one element.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Load {
    pub buf: BufId,
    /// One index expression per axis.
    pub idx: Box<[ExprId]>,
    /// One proof per axis. `Guarded` occurs exactly where there is an `else_`.
    pub proof: Box<[Proof]>,
    /// The value where a guarded position is outside `0 .. extent`.
    pub else_: Option<ExprId>,
}

/// Which of several elements an arg-reduction picks: the one with the greatest (least) key; among equal keys the
/// first (last) in row-major order of the bound variables. A NaN key loses against every other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ArgRedKind {
    Argmax,
    Argmin,
    ArgmaxLast,
    ArgminLast,
}

impl ArgRedKind {
    pub fn name(self) -> &'static str {
        match self {
            ArgRedKind::Argmax => "argmax",
            ArgRedKind::Argmin => "argmin",
            ArgRedKind::ArgmaxLast => "argmax_last",
            ArgRedKind::ArgminLast => "argmin_last",
        }
    }
}

/// An expression. Index expressions (type `Index`) without loads are kept canonical by the constructors of
/// [`Program`](super::Program): sums of products of constants, syms, vars and `// % maximum minimum` atoms, in one order; no
/// `Sub` and no `Neg`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Node {
    Const(Scalar),
    /// A size; type `Index`.
    Sym(SymId),
    /// An index variable; type `Index`.
    Var(VarId),
    Bin(BinOp, ExprId, ExprId),
    Neg(ExprId),
    /// Of `i1`.
    Not(ExprId),
    Fn(ScalarFn, SmallVec<[ExprId; 2]>),
    /// `if cond then a else b`. The branch not taken performs no access.
    Sel {
        cond: ExprId,
        then: ExprId,
        else_: ExprId,
    },
    /// Conversion. Between integers modulo 2^width; float to integer truncates, saturates, NaN gives 0; to a float
    /// nearest, ties to even; to `i1`: not equal to 0; from `i1`: 0 or 1.
    Cast(ElemType, ExprId),
    /// Conversion that clamps to the range of an integer type; floats are truncated towards zero first, NaN gives 0.
    Sat(ElemType, ExprId),
    /// The same bits as another type of the same width.
    Bits(ElemType, ExprId),
    Load(Load),
    /// Combines `body` over all points of `vars` at which `filter` holds. Where it does not hold, nothing of `body`
    /// is evaluated.
    Red {
        op: RedOp,
        vars: Box<[VarId]>,
        filter: Option<ExprId>,
        body: ExprId,
    },
    /// The `value` at the point of `vars` that wins by its key `by`. Filtered as `Red`; over nothing: zero.
    ArgRed {
        kind: ArgRedKind,
        vars: Box<[VarId]>,
        filter: Option<ExprId>,
        by: ExprId,
        value: ExprId,
    },
    /// The element of a table at these positions, which are in range.
    Tab {
        table: TableId,
        idx: Box<[ExprId]>,
    },
}

impl Node {
    /// Calls `f` on each direct operand.
    pub fn for_each_child(&self, mut f: impl FnMut(ExprId)) {
        match self {
            Node::Const(_) | Node::Sym(_) | Node::Var(_) => {}
            Node::Bin(_, a, b) => {
                f(*a);
                f(*b);
            }
            Node::Neg(a) | Node::Not(a) | Node::Cast(_, a) | Node::Sat(_, a) | Node::Bits(_, a) => f(*a),
            Node::Fn(_, args) => args.iter().copied().for_each(f),
            Node::Sel { cond, then, else_ } => {
                f(*cond);
                f(*then);
                f(*else_);
            }
            Node::Load(load) => {
                load.idx.iter().copied().for_each(&mut f);
                load.else_.into_iter().for_each(f);
            }
            Node::Red { filter, body, .. } => {
                filter.iter().copied().for_each(&mut f);
                f(*body);
            }
            Node::ArgRed { filter, by, value, .. } => {
                filter.iter().copied().for_each(&mut f);
                f(*by);
                f(*value);
            }
            Node::Tab { idx, .. } => idx.iter().copied().for_each(f),
        }
    }
}

/// The nodes of a program, hash-consed.
#[derive(Clone, Default)]
pub struct Exprs {
    nodes: Vec<Node>,
    types: Vec<ElemType>,
    /// Hash of a node -> the nodes with that hash.
    ids: FxHashMap<u64, SmallVec<[ExprId; 1]>>,
}

impl Exprs {
    pub fn node(&self, id: ExprId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn ty(&self, id: ExprId) -> ElemType {
        self.types[id.0 as usize]
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The id of this node as it stands. Prefer the constructors of `Program`, which simplify.
    pub fn intern(&mut self, node: Node, ty: ElemType) -> ExprId {
        let mut hasher = rustc_hash::FxHasher::default();
        node.hash(&mut hasher);
        ty.hash(&mut hasher);
        let bucket = self.ids.entry(hasher.finish()).or_default();
        if let Some(&id) = bucket.iter().find(|id| self.nodes[id.0 as usize] == node && self.types[id.0 as usize] == ty) {
            return id;
        }
        let id = ExprId(self.nodes.len() as u32);
        bucket.push(id);
        self.nodes.push(node);
        self.types.push(ty);
        id
    }

    /// The constant that this node is.
    pub fn as_const(&self, id: ExprId) -> Option<Scalar> {
        match self.node(id) {
            Node::Const(c) => Some(*c),
            _ => None,
        }
    }

    /// The value of a constant index.
    pub fn as_index(&self, id: ExprId) -> Option<i64> {
        let value = self.as_const(id)?;
        if value.ty() == ElemType::Index { Some(value.bits() as i64) } else { None }
    }
}

impl std::fmt::Debug for Exprs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.nodes.iter().zip(&self.types).enumerate()).finish()
    }
}
