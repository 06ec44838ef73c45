//! Dynamic extents made static.

use crate::evaluation::{Evaluator, result_types};
use edge_dialect::Registry;
use edge_dialect::instance::{bind_dims, dim_names};
use edge_dialect::model::Trait;
use edge_ir::types::DYNAMIC;
use edge_ir::{Attr, Body, Context, Op, OpData, Traits, Type, TypeKind, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_rewrite::constants::known;
use edge_rewrite::{Folded, Folder};
use edge_support::Reported;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

edge_support::codes! {
    /// A shape of `bind-shapes` is no list of extents.
    BAD_SHAPE = "E1307";
    /// No argument or named extent has the name that `bind-shapes` is given.
    NO_SUCH_INPUT = "E1308";
    /// A shape of `bind-shapes` contradicts the program.
    SHAPE_CLASH = "E1309";
}

edge_pass::pass! {
    /// Gives dynamic extents of a function's arguments their sizes and infers all types that follow: `bind-shapes{x=1x3x48x192}`.
    ///
    /// A key is the name of an argument (in `edge.input_names`, of its `name` attribute or its location, `arg0`) with all of its extents, `?` for one
    /// that stays dynamic; or the name of an extent, `N=4`, which binds it wherever it stands.
    pub struct BindShapes = "bind-shapes" on "builtin.module" {
        /// The function; the only one that is not private, if it is not given.
        entry: Option<String> = None,
        ..
        /// Arguments and extents with their sizes.
        sizes
    }
}

impl Pass for BindShapes {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        if self.sizes.is_empty() {
            return Ok(Changed::No);
        }
        let (ctx, loc) = (cx.ctx, op.loc);
        let entry = op.entry().and_then(|block| self.function(ctx, op.body()?, block));
        let Some(function) = entry else {
            return Err(cx.fail(loc, NO_SUCH_INPUT, "`bind-shapes` finds no function with a body; name it with `entry`"));
        };
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        self.bind(cx, body.op_mut(function))
    }
}

fn is_function(ctx: &Context, data: &OpData) -> bool {
    data.info(ctx).and_then(Registry::definition).is_some_and(|d| d.has(&Trait::Function)) && data.entry().is_some()
}

/// The extents of `1x3x?x192`.
fn extents(text: &str) -> Option<Vec<i64>> {
    let dim = |d: &str| if d == "?" { Some(DYNAMIC) } else { d.parse().ok().filter(|n| *n >= 0) };
    text.split('x').map(dim).collect()
}

/// What an argument is called: its attribute `name` of any dialect, the name of its location, its number.
fn names(ctx: &Context, function: &OpData, index: usize, arg: Value) -> Vec<String> {
    let mut out = vec![format!("arg{index}")];
    let attrs = function.attr(ctx, "arg_attrs").and_then(|a| ctx.as_array(a)?.get(index).copied());
    for (key, value) in attrs.map_or(&[][..], |d| ctx.dict_entries(d)) {
        if ctx.str(*key).rsplit('.').next() == Some("name") {
            out.extend(ctx.as_str(*value).map(str::to_owned));
        }
    }
    let listed = function.attr(ctx, "edge.input_names").and_then(|a| ctx.as_array(a)?.get(index).copied());
    out.extend(listed.and_then(|a| ctx.as_str(a)).map(str::to_owned));
    let loc = function.body().and_then(|b| b.value_loc(arg));
    out.extend(loc.and_then(|l| ctx.loc_name(l)).map(str::to_owned));
    out
}

impl BindShapes {
    fn function(&self, ctx: &Context, body: &Body, block: edge_ir::Block) -> Option<Op> {
        let private = |d: &OpData| d.attr(ctx, "sym_visibility").and_then(|a| ctx.as_str(a)) == Some("private");
        let wanted = |d: &OpData| match &self.entry {
            Some(name) => d.symbol_name(ctx) == Some(name),
            None => !private(d),
        };
        let mut found = body.block_ops(block).filter(|op| is_function(ctx, body.op(*op)) && wanted(body.op(*op)));
        let first = found.next();
        first.filter(|_| self.entry.is_some() || found.next().is_none())
    }
    fn bind(&self, cx: &PassContext<'_>, function: &mut OpData) -> Result<Changed, Reported> {
        let (args, dims) = self.targets(cx, function)?;
        let before = function.attr(cx.ctx, "function_type");
        let (ctx, loc) = (cx.ctx, function.loc);
        let Some(entry) = function.entry() else { return Ok(Changed::No) };
        let Some(body) = function.body_mut() else { return Ok(Changed::No) };
        for arg in body.block_args(entry).to_vec() {
            let ty = bind_dims(ctx, body.ty(arg), &|name| dims.get(name).copied());
            body.set_ty(arg, ty);
        }
        for (arg, shape) in args {
            let Some(ty) = with_shape(ctx, body.ty(arg), &shape) else {
                let at = body.value_loc(arg).unwrap_or(loc);
                return Err(cx.fail(at, SHAPE_CLASH, format!("the argument's type does not admit the shape {}", text(&shape))));
            };
            body.set_ty(arg, ty);
        }
        infer(cx, function)?;
        Ok(Changed::from(function.attr(ctx, "function_type") != before))
    }
    /// The arguments that are given shapes, and the named extents that are given sizes.
    #[allow(clippy::type_complexity)]
    fn targets(&self, cx: &PassContext<'_>, function: &OpData) -> Result<(Vec<(Value, Vec<i64>)>, BTreeMap<String, i64>), Reported> {
        let (mut shapes, mut dims) = (Vec::new(), BTreeMap::new());
        let (Some(entry), Some(body)) = (function.entry(), function.body()) else { return Ok((shapes, dims)) };
        let args = body.block_args(entry);
        let called: Vec<Vec<String>> = args.iter().enumerate().map(|(i, a)| names(cx.ctx, function, i, *a)).collect();
        let named: Vec<String> = args.iter().flat_map(|a| dim_names(cx.ctx, body.ty(*a))).filter(|n| n.parse::<i64>().is_err()).collect();
        for (key, value) in &self.sizes {
            let Some(shape) = extents(value) else {
                return Err(cx.fail(function.loc, BAD_SHAPE, format!("`{key}={value}`: a shape is written as 1x3x48x192")));
            };
            match (called.iter().position(|c| c.contains(key)), &shape[..]) {
                (Some(index), _) => shapes.push((args[index], shape)),
                (None, [size]) if named.contains(key) => drop(dims.insert(key.clone(), *size)),
                _ => {
                    let known: Vec<&str> = called.iter().filter_map(|c| c.last()).chain(&named).map(String::as_str).collect();
                    let message = format!("no argument or extent is called `{key}`; there are: {}", known.join(", "));
                    return Err(cx.fail(function.loc, NO_SUCH_INPUT, message));
                }
            }
        }
        Ok((shapes, dims))
    }
}

fn text(shape: &[i64]) -> String {
    let dim = |d: &i64| if *d == DYNAMIC { "?".to_owned() } else { d.to_string() };
    shape.iter().map(dim).collect::<Vec<_>>().join("x")
}

/// A tensor type with a shape that refines its own.
fn with_shape(ctx: &Context, ty: Type, shape: &[i64]) -> Option<Type> {
    let TypeKind::Tensor { shape: old, elem, encoding } = ctx.type_kind(ty) else { return None };
    let merged = refine(old, shape)?;
    let encoding = encoding.filter(|_| merged.contains(&DYNAMIC));
    let ty = ctx.ty(TypeKind::Tensor { shape: &merged, elem, encoding });
    // Extents that have a size now lose their names.
    Some(bind_dims(ctx, ty, &|_| None))
}

/// Both shapes' knowledge; `None` where they differ.
fn refine(a: &[i64], b: &[i64]) -> Option<Vec<i64>> {
    let dim = |(a, b): (&i64, &i64)| match (*a, *b) {
        (DYNAMIC, b) => Some(b),
        (a, DYNAMIC) => Some(a),
        (a, b) => (a == b).then_some(a),
    };
    if a.len() != b.len() { None } else { a.iter().zip(b).map(dim).collect() }
}

/// Gives every result in a function the type that follows from its operands, and the function the type of what it returns.
fn infer(cx: &PassContext<'_>, function: &mut OpData) -> Result<(), Reported> {
    let ctx = cx.ctx;
    let regions = function.regions().to_vec();
    let Some(entry) = function.entry() else { return Ok(()) };
    let Some(body) = function.body_mut() else { return Ok(()) };
    let evaluator = Evaluator { max_elements: 1 << 16 };
    let mut values: FxHashMap<Value, Attr> = FxHashMap::default();
    for op in body.all_ops(&regions) {
        let constant = |v: Value| values.get(&v).copied().or_else(|| known(ctx, body, v));
        let types = match result_types(ctx, body, op, &constant) {
            None => continue,
            Some(Err(message)) => return Err(cx.fail(body.op(op).loc, SHAPE_CLASH, message)),
            Some(Ok(types)) => types,
        };
        let results = body.op(op).results().to_vec();
        let operands: Vec<Option<Attr>> = body.operands(op).map(constant).collect();
        for (result, ty) in results.iter().zip(types) {
            let Some(ty) = merged(ctx, body.ty(*result), ty) else {
                let message = format!("`{}` gives another type than its definition with these shapes", body.name(ctx, op));
                return Err(cx.fail(body.op(op).loc, SHAPE_CLASH, message));
            };
            body.set_ty(*result, ty);
        }
        for (result, folded) in results.iter().zip(evaluator.fold(ctx, body, op, &operands).unwrap_or_default()) {
            if let Folded::Constant(attr) = folded {
                values.insert(*result, attr);
            }
        }
    }
    let returned = body.block_last(entry).filter(|l| body.op(*l).has(ctx, Traits::RETURN_LIKE));
    let results: Vec<Type> = returned.map_or(vec![], |r| body.operands(r).map(|v| body.ty(v)).collect());
    edge_rewrite::convert::set_function_type(ctx, function, &results);
    Ok(())
}

/// What is known of a type from before and by inference.
fn merged(ctx: &Context, old: Type, new: Type) -> Option<Type> {
    let (TypeKind::Tensor { shape: a, elem, encoding }, TypeKind::Tensor { shape: b, elem: e, encoding: names }) =
        (ctx.type_kind(old), ctx.type_kind(new))
    else {
        return None;
    };
    let shape = refine(a, b).filter(|_| elem == e)?;
    let ty = ctx.ty(TypeKind::Tensor { shape: &shape, elem, encoding: names.or(encoding).filter(|_| shape.contains(&DYNAMIC)) });
    Some(bind_dims(ctx, ty, &|_| None))
}

#[cfg(test)]
mod tests {
    use crate::testing::{function, run};

    fn text() -> String {
        function(
            "%x: tensor<?x?xf32>, %y: tensor<?x4xf32, #nn.dims<[N, 4]>>",
            "tensor<?x?xf32>, tensor<?x4xf32>",
            r#"%0 = "nn.relu"(%x) : (tensor<?x?xf32>) -> tensor<?x?xf32>
               %1 = "nn.relu"(%y) : (tensor<?x4xf32, #nn.dims<[N, 4]>>) -> tensor<?x4xf32>
               "func.return"(%0, %1) : (tensor<?x?xf32>, tensor<?x4xf32>) -> ()"#,
        )
    }

    #[test]
    fn sizes_follow_from_arguments_and_names() {
        let out = run("bind-shapes{arg0=2x3 N=5}", &text()).unwrap();
        assert!(out.contains("(tensor<2x3xf32>, tensor<5x4xf32>) -> (tensor<2x3xf32>, tensor<5x4xf32>)"), "{out}");
        assert!(out.contains("(tensor<5x4xf32>) -> tensor<5x4xf32>"), "{out}");
    }

    #[test]
    fn mistakes() {
        for (sizes, message) in [
            ("z=1x2", "no argument or extent is called `z`"),
            ("arg0=2", "does not admit the shape 2"),
            ("arg1=2x3", "does not admit the shape 2x3"),
            ("arg0=2xa", "a shape is written as"),
        ] {
            let error = run(&format!("bind-shapes{{{sizes}}}"), &text()).unwrap_err();
            assert!(error.contains(message), "{sizes}: {error}");
        }
    }
}
