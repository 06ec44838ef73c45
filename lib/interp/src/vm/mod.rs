//! The register machine that runs bodies at every level.
//!
//! Code works on *strips*: one loop of a nest may be the lane loop, whose iterations run side by side, up to [`LANES`] at a time. A
//! register is uniform (one value, the same in all lanes) or a vector (a value for each lane of the strip). So the price of
//! decoding an instruction is paid once for a strip. Nothing here knows an operation's name.

pub mod build;
mod exec;
mod mem;
mod ops;
mod scalar;

pub use exec::{Machine, run};
pub use mem::{Binding, Mem};
pub use scalar::{erf, erfc};

use edge_dialect::core::{ArgRedKind, BinOp, ElemType, RedOp, ScalarFn, Update};
use std::fmt;

/// Greatest number of lanes.
pub const LANES: usize = 256;

/// A register. Uniform ones hold the bits of a [`edge_dialect::core::Scalar`] (integers sign- or zero-extended to 64 bits; f16 and bf16 as f32);
/// vector ones are numbered within the bank of their type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Reg {
    U(u32),
    V(u32),
}

/// Which bank holds vectors of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bank {
    Int,
    F32,
    F64,
}

pub fn bank(ty: ElemType) -> Bank {
    match ty {
        ElemType::F32 | ElemType::F16 | ElemType::Bf16 => Bank::F32,
        ElemType::F64 => Bank::F64,
        _ => Bank::Int,
    }
}

/// An integer for each lane: `base + stride * lane + gather[lane]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lanewise {
    pub base: u32,
    pub stride: i64,
    pub gather: Option<u32>,
}

impl Lanewise {
    pub fn is_uniform(&self) -> bool {
        self.stride == 0 && self.gather.is_none()
    }
}

/// A condition under which an access happens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Guard {
    /// `0 <= value < extent` (a uniform register).
    Inside(Lanewise, u32),
    /// `value >= 0`
    NonNegative(Lanewise),
    /// `value == 0`
    Zero(Lanewise),
}

/// A read: from buffer `buf`, the element at `at`.
#[derive(Clone, Debug)]
pub struct LoadInst {
    pub buf: u32,
    pub elem: ElemType,
    pub dst: Reg,
    pub at: Lanewise,
    pub guards: Box<[Guard]>,
    /// The value where a guard does not hold.
    pub else_: Option<Reg>,
    pub mask: Option<Reg>,
}

/// What a check says when it fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// An index that data supply, into the axis of a buffer.
    Index {
        buffer: String,
        axis: u32,
    },
    Other(String),
}

#[derive(Clone, Debug)]
pub enum Inst {
    Bin {
        op: BinOp,
        ty: ElemType,
        dst: Reg,
        a: Reg,
        b: Reg,
        mask: Option<Reg>,
    },
    Fn {
        f: ScalarFn,
        ty: ElemType,
        dst: Reg,
        a: Reg,
        b: Option<Reg>,
        c: Option<Reg>,
        mask: Option<Reg>,
    },
    Neg {
        ty: ElemType,
        dst: Reg,
        a: Reg,
    },
    Not {
        dst: Reg,
        a: Reg,
    },
    Cast {
        from: ElemType,
        to: ElemType,
        dst: Reg,
        a: Reg,
    },
    /// The same bits as another type of the same width.
    Bitcast {
        from: ElemType,
        to: ElemType,
        dst: Reg,
        a: Reg,
    },
    Sat {
        from: ElemType,
        to: ElemType,
        dst: Reg,
        a: Reg,
    },
    Select {
        ty: ElemType,
        dst: Reg,
        cond: Reg,
        a: Reg,
        b: Reg,
    },
    /// `dst = a + b * k` on uniform indices.
    AddMul {
        dst: u32,
        a: u32,
        b: u32,
        k: i64,
    },
    /// A vector of lanewise integers.
    Spread {
        dst: Reg,
        at: Lanewise,
    },
    Mov {
        ty: ElemType,
        dst: Reg,
        src: Reg,
    },
    Load(LoadInst),
    Store {
        buf: u32,
        elem: ElemType,
        at: Lanewise,
        guards: Box<[Guard]>,
        src: Reg,
        update: Update,
        mask: Option<Reg>,
    },
    /// Fails unless `0 <= at < extent`.
    Check {
        at: Lanewise,
        extent: u32,
        mask: Option<Reg>,
        site: u32,
    },
    /// `acc = acc op src`, lane by lane.
    Combine {
        op: RedOp,
        ty: ElemType,
        acc: Reg,
        src: Reg,
        mask: Option<Reg>,
    },
    /// `acc += a * b` in f32.
    MulAdd {
        acc: Reg,
        a: Reg,
        b: Reg,
    },
    /// `acc += load * scale` in f32; the load is a vector, `scale` uniform.
    LoadMulAdd {
        load: Box<LoadInst>,
        acc: Reg,
        scale: u32,
    },
    /// `acc = acc op src[0] op src[1] ...` over the lanes; `acc` is uniform.
    Fold {
        op: RedOp,
        ty: ElemType,
        acc: u32,
        src: Reg,
        mask: Option<Reg>,
    },
    /// Whether `new` beats `key` (or nothing was found yet): then `took` is true, `found` and `key` are updated.
    ArgStep {
        kind: ArgRedKind,
        ty: ElemType,
        found: Reg,
        key: Reg,
        new: Reg,
        took: Reg,
        mask: Option<Reg>,
    },
    /// `iv` from `lo` to `hi` (uniform registers). Lanes: the iterations run side by side, and `iv` is that of lane 0.
    Loop {
        iv: u32,
        lo: u32,
        hi: u32,
        step: i64,
        lanes: bool,
        body: Vec<Inst>,
    },
    If {
        cond: u32,
        then: Vec<Inst>,
        else_: Vec<Inst>,
    },
    /// Fresh memory of `count` elements, all bits set, for local buffer `buf`.
    Stage {
        buf: u32,
        elem: ElemType,
        count: u32,
    },
}

/// Compiled code.
#[derive(Clone, Debug, Default)]
pub struct Code {
    pub body: Vec<Inst>,
    /// Initial values of the uniform registers (constants; others 0).
    pub uniforms: Vec<u64>,
    /// Number of vector registers in each bank.
    pub vectors: [u32; 3],
    /// Number of buffers, bound ones first.
    pub buffers: u32,
    pub sites: Vec<Site>,
    /// The last instruction of `body` is a loop whose iterations may run in parallel: see [`Split`].
    pub split: Option<Split>,
}

/// Iteration `i` of the outermost loop writes elements `i*span .. (i+1)*span` of buffer `buf` and no other memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub buf: u32,
    pub span: i64,
}

/// Why code could not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An index that data supply is out of range.
    Index {
        site: Site,
        index: i64,
        extent: i64,
    },
    /// An access outside a buffer that no check covers: the program is wrong.
    Access {
        buf: u32,
        at: i64,
        len: i64,
    },
    /// A read of memory that nobody has written.
    Uninitialised {
        buf: u32,
        at: i64,
    },
    DivisionByZero,
    Overflow,
    Unsupported(String),
    Memory(u64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Index { site: Site::Index { buffer, axis }, index, extent } => {
                write!(f, "index {index} is out of range for axis {axis} of `{buffer}`, which has {extent} elements")
            }
            Fault::Index { site: Site::Other(text), index, extent } => write!(f, "{text}: {index} is not in 0 .. {extent}"),
            Fault::Access { buf, at, len } => write!(f, "access to element {at} of buffer {buf}, which has {len} elements"),
            Fault::Uninitialised { buf, at } => write!(f, "element {at} of buffer {buf} is read before it is written"),
            Fault::DivisionByZero => f.write_str("an integer is divided by zero"),
            Fault::Overflow => f.write_str("an index computation overflows"),
            Fault::Unsupported(what) => f.write_str(what),
            Fault::Memory(bytes) => write!(f, "{bytes} bytes are more than the interpreter may use"),
        }
    }
}
