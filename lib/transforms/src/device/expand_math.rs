//! Functions of real numbers as arithmetic.

use edge_ir::body::Mapping;
use edge_ir::{Body, Builder, Context, FloatKind, Loc, Module, Op, OpData, Type, TypeKind, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::{Reported, SourceMap};
use rustc_hash::FxHashMap;

edge_support::codes! {
    /// A definition of a mathematical function cannot be read.
    MATH_DEFINITION = "E1316";
    /// A function has no expansion on this element type, and would be a call of the C library.
    NO_EXPANSION = "E1317";
}

edge_pass::pass! {
    /// Replaces functions of the `math` dialect by polynomials.
    ///
    /// In kernels, `math.exp` and its like on f32 become arithmetic and operations on bits, which every target vectorises and which
    /// gives the same numbers everywhere up to fused products. f16 and bf16 are computed in f32. The expansions, with their error
    /// bounds, are the functions of `device/math/*.mlir`. On f64 what is no instruction of the machine is an error.
    pub struct ExpandMath = "expand-math" on "builtin.module" {}
}

const TEXTS: [(&str, &str); 2] =
    [("exponential.mlir", include_str!("math/exponential.mlir")), ("trigonometric.mlir", include_str!("math/trigonometric.mlir"))];

impl Pass for ExpandMath {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        if !op.entry().zip(op.body()).is_some_and(|(block, body)| body.block_ops(block).any(|k| uses_math(cx.ctx, body, k))) {
            return Ok(Changed::No);
        }
        let library = Library::read(cx)?;
        cx.each_isolated(op, |cx, kernel| {
            if cx.ctx.str(kernel.name) != "device.kernel" {
                return Ok(Changed::No);
            }
            let regions = kernel.regions().to_vec();
            let Some(body) = kernel.body_mut() else { return Ok(Changed::No) };
            let expanded = library.expand(cx.ctx, body, &regions);
            library.complete(cx, body, &regions)?;
            cx.count("functions expanded", expanded);
            Ok(Changed::from(expanded > 0))
        })
    }
}

fn uses_math(ctx: &Context, body: &Body, kernel: Op) -> bool {
    let (inside, regions) = body.op_regions(kernel);
    inside.all_ops(regions).into_iter().any(|op| inside.name(ctx, op).starts_with("math."))
}

/// The definitions, by the name of the operation that they expand.
pub struct Library {
    modules: Vec<Module>,
    functions: FxHashMap<String, (usize, Op)>,
}

impl Library {
    /// # Errors
    /// Where a definition is not what it must be; the tests read all of them.
    pub fn read(cx: &PassContext<'_>) -> Result<Self, Reported> {
        let mut found = Library { modules: vec![], functions: FxHashMap::default() };
        let sources = SourceMap::new();
        for (name, text) in TEXTS {
            let file = sources.add(name, text);
            let module = edge_asm::parse_module(cx.ctx, &sources, file, cx.diags, &edge_asm::ParseOptions::default())?;
            let wrong = || cx.fail(module.op().loc, MATH_DEFINITION, format!("`{name}` is no module of functions"));
            let (body, block) = module.op().body().zip(module.op().entry()).ok_or_else(wrong)?;
            for op in body.block_ops(block) {
                let symbol = body.op(op).symbol_name(cx.ctx).ok_or_else(wrong)?;
                found.functions.insert(format!("math.{symbol}"), (found.modules.len(), op));
            }
            found.modules.push(module);
        }
        Ok(found)
    }
    /// Expands what is defined, and what that is defined by; gives how many operations went.
    pub fn expand(&self, ctx: &Context, body: &mut Body, regions: &[edge_ir::Region]) -> u64 {
        let mut work = body.all_ops(regions);
        let mut done = 0;
        while let Some(op) = work.pop() {
            let name = body.name(ctx, op);
            let kind = body.op(op).results().first().map(|r| ctx.type_kind(body.ty(*r)));
            let Some(TypeKind::Float(kind)) = kind.filter(|_| name.starts_with("math.")) else { continue };
            if let Some(simple) = self.simple(ctx, body, op) {
                replace(body, op, simple);
                done += 1;
                continue;
            }
            let Some((module, function)) = self.functions.get(body.name(ctx, op)) else { continue };
            let f32 = ctx.f32();
            let Some(format) = within(ctx, kind) else { continue };
            let operands: Vec<Value> = body.operands(op).collect();
            let loc = body.op(op).loc;
            let mut builder = Builder::before(ctx, body, op);
            let args: Vec<Value> = operands.iter().map(|v| convert(&mut builder, "arith.extf", *v, f32)).collect();
            let definition = self.modules[*module].op();
            let Some(library) = definition.body() else { continue };
            let Some(result) = self.inline(ctx, body, op, library.op(*function), &args, loc, &mut work) else { continue };
            let mut builder = Builder::before(ctx, body, op);
            let result = convert(&mut builder, "arith.truncf", result, format);
            replace(body, op, result);
            done += 1;
        }
        done
    }
    /// Checks that no function is left that has an expansion, but not on the type it stands with.
    fn complete(&self, cx: &PassContext<'_>, body: &Body, regions: &[edge_ir::Region]) -> Result<(), Reported> {
        let mut result = Ok(());
        for op in body.all_ops(regions) {
            let name = body.name(cx.ctx, op);
            if self.functions.contains_key(name) {
                let ty = edge_asm::print_type(cx.ctx, body.ty(body.result(op, 0)));
                let message = format!("`{name}` on {ty} has no expansion, and code calls no library");
                result = Err(cx.fail(body.op(op).loc, NO_EXPANSION, message));
            }
        }
        result
    }
    /// Copies a function's body before `at`; gives what it returns.
    #[allow(clippy::too_many_arguments)]
    fn inline(&self, ctx: &Context, body: &mut Body, at: Op, function: &OpData, args: &[Value], loc: Loc, work: &mut Vec<Op>) -> Option<Value> {
        let (source, block) = function.body().zip(function.entry())?;
        let mut mapping = Mapping::new();
        mapping.map_all(source.block_args(block), args);
        for op in source.block_ops(block) {
            if source.name(ctx, op) == "func.return" {
                return source.operands(op).next().map(|v| mapping.get(v));
            }
            let copy = body.clone_from(ctx, source, op, &mut mapping);
            body.op_mut(copy).loc = loc;
            body.insert_before(at, copy);
            work.push(copy);
        }
        None
    }
    /// Operations that are a few of arith.
    fn simple(&self, ctx: &Context, body: &mut Body, op: Op) -> Option<Value> {
        let operands: Vec<Value> = body.operands(op).collect();
        let ty = body.ty(*operands.first()?);
        let name = body.name(ctx, op).to_owned();
        let mut builder = Builder::before(ctx, body, op);
        let mut binary = |name: &str, a: Value, b: Value| builder.op(name).operands([a, b]).result(ty).value();
        match name.as_str() {
            "math.clampf" => {
                let low = binary("arith.maximumf", operands[0], *operands.get(1)?);
                Some(binary("arith.minimumf", low, *operands.get(2)?))
            }
            _ => None,
        }
    }
}

/// The type to compute in f32 for; `None`: not this way.
fn within(ctx: &Context, kind: FloatKind) -> Option<Type> {
    matches!(kind, FloatKind::F16 | FloatKind::BF16 | FloatKind::F32).then(|| ctx.float(kind))
}

fn convert(builder: &mut Builder<'_>, name: &str, value: Value, to: Type) -> Value {
    if builder.body.ty(value) == to {
        return value;
    }
    builder.op(name).operand(value).result(to).value()
}

fn replace(body: &mut Body, op: Op, value: Value) {
    let old = body.result(op, 0);
    body.replace_all_uses(old, value);
    body.erase(op);
}
