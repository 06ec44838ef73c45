//! From kernels of the device level to functions of the upstream dialects.
//!
//! On a CPU the leading parallel loops become a range of points, of which a call executes a part; loops with `jam` or `vector`
//! are executed in blocks: each scalar value of the kernel becomes a grid of vectors ([`grid`]). On Vulkan each parallel point is
//! one invocation of a scalar body.

pub mod access;
pub mod cpu;
pub mod deps;
pub mod emit;
pub mod grid;
pub mod host;
pub mod index;
pub mod legal;
pub mod loops;
pub mod points;
pub mod poly;
pub mod reduce;
pub mod source;

pub mod vulkan;
pub mod write;

use edge_ir::{Attr, Body, Builder, Context, Loc, Op, Region, Type};
use edge_support::Code;

edge_support::codes! {
    /// a kernel is not of the form that its dialect asks for
    MALFORMED_KERNEL = "E1310";
    /// something in a kernel that the target has no code for
    UNSUPPORTED_KERNEL = "E1311";
    /// tiles that do not fit the memory of a point
    TILE_TOO_LARGE = "E1312";
    /// a buffer's element type that the target does not have
    ELEMENT_TYPE = "E1313";
    /// a buffer beyond what the target can bind
    BUFFER_TOO_LARGE = "E1314";
}

/// Why a kernel cannot be lowered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    pub loc: Loc,
    pub message: String,
}

impl Problem {
    pub fn new(code: Code, loc: Loc, message: String) -> Self {
        Self { code, loc, message }
    }
    pub fn malformed(loc: Loc, message: String) -> Self {
        Self::new(MALFORMED_KERNEL, loc, message)
    }
    pub fn unsupported(loc: Loc, message: impl Into<String>) -> Self {
        Self::new(UNSUPPORTED_KERNEL, loc, message.into())
    }
}

/// What the code for a device may use.
#[derive(Clone, Debug)]
pub struct Style {
    /// Products that are summed may be fused with their sum.
    pub contract: bool,
    /// Bytes that the tiles of one point may take.
    pub tile_bytes: i64,
    /// Memory space of tiles.
    pub tile_space: Option<Attr>,
}

impl Style {
    /// Tiles lie on the stack of a thread.
    pub const CPU: Style = Style { contract: true, tile_bytes: 256 << 10, tile_space: None };
}

/// A function that was built, to be put into a module.
pub struct Function {
    /// `func.func` or `gpu.func`.
    pub op: &'static str,
    pub name: String,
    pub inputs: Vec<Type>,
    pub results: Vec<Type>,
    /// Dictionaries of the arguments' attributes; empty if none has any.
    pub arg_attrs: Vec<Attr>,
    pub private: bool,
    pub body: Body,
    pub region: Region,
    pub loc: Loc,
}

impl Function {
    /// Makes the function where the builder stands.
    pub fn insert(self, builder: &mut Builder<'_>) -> Op {
        let ctx = builder.ctx;
        let ty = ctx.type_attr(ctx.function_type(&self.inputs, &self.results));
        let loc = self.loc;
        let mut op = builder.op(self.op).loc(loc).prop("sym_name", ctx.str_attr(&self.name)).prop("function_type", ty);
        if self.private {
            op = op.prop("sym_visibility", ctx.str_attr("private"));
        }
        if !self.arg_attrs.is_empty() {
            op = op.prop("arg_attrs", ctx.array_attr(&self.arg_attrs));
        }
        op.isolated(self.body, &[self.region]).build()
    }
}

/// A type of a dialect by its text after the `!`.
pub fn dialect_type(ctx: &Context, text: &str) -> Type {
    let opaque = || ctx.ty(edge_ir::TypeKind::Opaque { text, refs: &[] });
    edge_asm::parse_type(ctx, &format!("!{text}")).unwrap_or_else(|_| opaque())
}
