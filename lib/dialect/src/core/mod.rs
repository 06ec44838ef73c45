//! Core: what an `eval` becomes once ranks, attributes and presence of operands are known.
//!
//! A [`Program`] is a list of scalar statements over a hash-consed expression DAG. Every statement says, for each
//! point of a rectangular domain, which element of which buffer gets which value. Interpreter, analyses, cost model
//! and lowering see only this; none of them knows an operator's name.
//!
//! # Numbers
//! * `index` is a signed 64-bit integer. Integers wrap on `+ - * neg`. `//` and `%` floor (divisor of an index
//!   expression > 0); `tdiv` and `rem` truncate. Integer division by zero is an error in the interpreter and
//!   undefined in compiled code; the least value divided by -1 wraps.
//! * `/` is IEEE division and exists for floats only. No contraction or reassociation outside a reduction.
//! * Comparisons give `i1`; those with a NaN are false, but `!=` is true.
//! * Reductions are unordered: `sum` and `prod` may be reassociated and work in the body's type; fma only inside a
//!   `sum` of products. All start from the identity of [`RedOp::identity`]; over nothing they give it.
//! * `f16` and `bf16` arithmetic is that of `f32` rounded to nearest even after each operation.

mod bounds;
mod build;
mod class;
mod display;
mod expr;
pub mod fold;
mod func;
mod inverse;
mod normalise;
mod poly;
mod scalar;
mod subst;

pub use bounds::Interval;
pub use class::{Class, MapKind, ReducedAxes};
pub use display::Show;
pub use expr::{ArgRedKind, ExprId, Exprs, Load, Node, Proof};
pub use func::{BinOp, RedOp, ScalarFn};
pub use poly::{Mono, Poly};
pub use scalar::{ElemType, Scalar};
pub use subst::Affine;

/// An index into [`Program::syms`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SymId(pub u32);

/// An index into [`Program::vars`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct VarId(pub u32);

/// An index into [`Program::bufs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BufId(pub u32);

/// An index into [`Program::tables`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TableId(pub u32);

/// A size that is not known before run time. Syms are `>= 0`; inside the domain of a statement whose extents
/// mention one, that extent is `>= 1` (else the domain is empty and nothing happens).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sym {
    /// Name for printing; unique in the program.
    pub name: String,
    pub source: SymSource,
}

/// Where the value of a sym is found at run time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymSource {
    /// The extent of one axis of a buffer that is an operand. Other operands may have the same sym.
    Dim { buf: BufId, axis: u32 },
    /// The `element`-th element, in row-major order, of an integer operand (`!`) whose value is not constant.
    Value { buf: BufId, element: u32 },
    /// Handed in by the user of the program: the caller's own number for it.
    External(u32),
}

/// An index variable, ranging over `0 .. extent`. It is bound once: by the domain of one statement, by one
/// reduction, or by one `rec`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Var {
    pub name: String,
    /// An index expression over constants and syms.
    pub extent: ExprId,
}

/// What a buffer is to the op.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BufKind {
    /// The n-th operand as passed (instances of variadic operands counted one by one, absent optional ones skipped).
    Operand(u32),
    /// The n-th result (those not wanted are skipped likewise).
    Result(u32),
    /// An intermediate value. Where it lives, and whether at all, is the user's choice; but all uses see one rounding.
    Let,
}

/// A tensor value that statements define or read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Buf {
    pub name: String,
    pub kind: BufKind,
    pub elem: ElemType,
    /// Extents, outermost first: index expressions over constants and syms. The order of a let's axes means nothing.
    pub shape: Vec<ExprId>,
}

/// How a statement's value meets what the element holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Update {
    /// Defines the element. All `Assign`s to one buffer together define each element exactly once ("pieces").
    Assign,
    /// Adds to what was assigned before; several points may hit one element, in any order.
    Add,
    Mul,
    /// NaN-propagating maximum.
    Maximum,
    /// NaN-propagating minimum.
    Minimum,
    /// Replaces; where several points hit one element, any of them wins.
    Overwrite,
}

/// `buf[lhs] update body`, for each point of the domain `vars`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Def {
    pub buf: BufId,
    /// The domain: the product of these variables' ranges. Order has no meaning.
    pub vars: Vec<VarId>,
    /// One index expression per axis of `buf`. For `Assign`, an injective map of the domain, always in range;
    /// for updates it may hold loads (then each position is checked when it runs).
    pub lhs: Vec<ExprId>,
    pub update: Update,
    /// Type: the buffer's element type.
    pub body: ExprId,
}

/// Runs `body` for `var` = 0, 1, 2, ... one after the other. A body may read what earlier rounds defined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rec {
    pub var: VarId,
    pub body: Vec<Stmt>,
}

/// A statement. Statements run in order; a read sees what statements before it wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stmt {
    Def(Def),
    Rec(Rec),
}

/// A condition on syms which must hold at run time, else the op fails with `message`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Require {
    /// An `i1` expression over constants and syms.
    pub cond: ExprId,
    pub message: String,
}

/// Values computed when the op was instantiated, in row-major order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub elem: ElemType,
    pub shape: Vec<u64>,
    pub values: Vec<Scalar>,
}

/// An instantiated `eval`.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub syms: Vec<Sym>,
    pub vars: Vec<Var>,
    pub bufs: Vec<Buf>,
    pub tables: Vec<Table>,
    pub exprs: Exprs,
    pub stmts: Vec<Stmt>,
    pub requires: Vec<Require>,
    /// Number of operand buffers and of result buffers: `BufKind::Operand(0..operands)`.
    pub operands: u32,
    pub results: u32,
}

impl Program {
    pub fn var(&self, id: VarId) -> &Var {
        &self.vars[id.0 as usize]
    }

    pub fn sym(&self, id: SymId) -> &Sym {
        &self.syms[id.0 as usize]
    }

    pub fn buf(&self, id: BufId) -> &Buf {
        &self.bufs[id.0 as usize]
    }

    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0 as usize]
    }

    pub fn node(&self, id: ExprId) -> &Node {
        self.exprs.node(id)
    }

    pub fn ty(&self, id: ExprId) -> ElemType {
        self.exprs.ty(id)
    }

    /// The buffer of the n-th operand.
    pub fn operand(&self, n: u32) -> Option<BufId> {
        self.find_buf(BufKind::Operand(n))
    }

    /// The buffer of the n-th result.
    pub fn result(&self, n: u32) -> Option<BufId> {
        self.find_buf(BufKind::Result(n))
    }

    fn find_buf(&self, kind: BufKind) -> Option<BufId> {
        self.bufs.iter().position(|b| b.kind == kind).map(|i| BufId(i as u32))
    }

    /// The extents of a buffer that are constants; `None` for the others.
    pub fn static_shape(&self, buf: BufId) -> Vec<Option<i64>> {
        self.buf(buf).shape.iter().map(|&e| self.exprs.as_index(e)).collect()
    }
}
