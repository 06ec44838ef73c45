//! Inlining of calls.

use edge_dialect::Registry;
use edge_dialect::model::Trait;
use edge_ir::body::Mapping;
use edge_ir::symbols::SymbolTable;
use edge_ir::{Body, Context, LocKind, Op, OpData, Region, Traits, Value};
use edge_pass::{Changed, Pass, PassContext};
use edge_support::Reported;
use rustc_hash::FxHashMap;

edge_pass::pass! {
    /// Replaces calls by the bodies of the functions that they call.
    ///
    /// A function is inlined into its callers after calls in itself have been. Calls in a cycle of calls stay, and so do calls of
    /// functions that are only declared or have several blocks. The functions stay too: `symbol-dce` removes those that are private
    /// and not called any more.
    pub struct Inline = "inline" on "builtin.module" {
        /// Functions with more operations than this are called once or not inlined.
        max_ops: u64 = 1000000,
    }
}

impl Pass for Inline {
    fn run(&self, cx: &PassContext<'_>, op: &mut OpData) -> Result<Changed, Reported> {
        let symbols = SymbolTable::of(cx.ctx, op);
        let Some(entry) = op.entry() else { return Ok(Changed::No) };
        let Some(body) = op.body_mut() else { return Ok(Changed::No) };
        let functions: Vec<Op> = body.block_ops(entry).filter(|f| body.op(*f).body().is_some()).collect();
        let graph = Graph::of(cx.ctx, body, &functions, &symbols);
        let mut inlined = 0;
        for function in graph.callees_first() {
            inlined += self.into_function(cx.ctx, body, function, &graph, &symbols);
        }
        cx.count("calls inlined", inlined);
        Ok(Changed::from(inlined > 0))
    }
}

/// The function that an operation calls, if it is a call.
fn callee(ctx: &Context, data: &OpData, symbols: &SymbolTable) -> Option<Op> {
    let def = data.info(ctx).and_then(Registry::definition)?;
    if !def.has(&Trait::Call) {
        return None;
    }
    symbols.get(ctx, ctx.as_symbol(data.attr(ctx, "callee")?)?)
}

/// Calls within a function, in program order; those inside of isolated operations do not count.
fn calls(ctx: &Context, function: &OpData, symbols: &SymbolTable) -> Vec<(Op, Op)> {
    let Some(body) = function.body() else { return Vec::new() };
    let ops = body.all_ops(function.regions()).into_iter();
    ops.filter_map(|op| Some((op, callee(ctx, body.op(op), symbols)?))).collect()
}

/// Who calls whom.
struct Graph {
    functions: Vec<Op>,
    callees: FxHashMap<Op, Vec<Op>>,
    uses: FxHashMap<Op, usize>,
}

impl Graph {
    fn of(ctx: &Context, body: &Body, functions: &[Op], symbols: &SymbolTable) -> Self {
        let (mut callees, mut uses) = (FxHashMap::default(), FxHashMap::default());
        for function in functions {
            let list: Vec<Op> = calls(ctx, body.op(*function), symbols).into_iter().map(|c| c.1).collect();
            list.iter().for_each(|f| *uses.entry(*f).or_default() += 1);
            callees.insert(*function, list);
        }
        Self { functions: functions.to_vec(), callees, uses }
    }
    fn of_function(&self, function: Op) -> &[Op] {
        self.callees.get(&function).map_or(&[], Vec::as_slice)
    }
    /// Functions in an order in which what is called stands before its callers, but for cycles.
    fn callees_first(&self) -> Vec<Op> {
        let (mut order, mut seen) = (Vec::new(), rustc_hash::FxHashSet::default());
        for root in &self.functions {
            if !seen.insert(*root) {
                continue;
            }
            let mut stack = vec![(*root, 0)];
            while let Some((function, next)) = stack.last_mut() {
                match self.of_function(*function).get(*next).copied() {
                    Some(callee) => {
                        *next += 1;
                        if seen.insert(callee) {
                            stack.push((callee, 0));
                        }
                    }
                    None => {
                        order.push(*function);
                        stack.pop();
                    }
                }
            }
        }
        order
    }
    /// Whether a function calls itself, through others or directly.
    fn is_recursive(&self, function: Op) -> bool {
        let (mut seen, mut work) = (rustc_hash::FxHashSet::default(), self.of_function(function).to_vec());
        while let Some(callee) = work.pop() {
            if callee == function {
                return true;
            }
            if seen.insert(callee) {
                work.extend(self.of_function(callee));
            }
        }
        false
    }
}

impl Inline {
    fn wanted(&self, function: &OpData, uses: usize) -> bool {
        let Some(body) = function.body() else { return false };
        let one_block = function.entry().is_some_and(|e| body.block_next(e).is_none());
        one_block && (uses == 1 || body.num_ops() as u64 <= self.max_ops)
    }
    fn into_function(&self, ctx: &Context, body: &mut Body, function: Op, graph: &Graph, symbols: &SymbolTable) -> u64 {
        let found = calls(ctx, body.op(function), symbols);
        let mut plan = Vec::new();
        for (call, callee) in found {
            let uses = graph.uses.get(&callee).copied().unwrap_or(0);
            if self.wanted(body.op(callee), uses) && !graph.is_recursive(callee) {
                plan.push((call, callee));
            }
        }
        let Some((mut inner, regions)) = body.op_mut(function).take_body() else { return 0 };
        let mut count = 0;
        for (call, callee) in plan {
            count += u64::from(inline_call(ctx, &mut inner, call, body.op(callee)));
        }
        body.op_mut(function).put_body(inner, regions);
        count
    }
}

/// Puts a copy of the callee's only block before a call, and its results in place of the call's.
fn inline_call(ctx: &Context, into: &mut Body, call: Op, callee: &OpData) -> bool {
    let (Some(source), Some(entry)) = (callee.body(), callee.entry()) else { return false };
    let (args, results) = (source.block_args(entry), into.op(call).results().to_vec());
    let operands: Vec<Value> = into.operands(call).collect();
    let Some(last) = source.block_last(entry).filter(|l| source.op(*l).has(ctx, Traits::RETURN_LIKE)) else { return false };
    if args.len() != operands.len() || source.op(last).num_operands() != results.len() {
        return false;
    }
    let caller = into.op(call).loc;
    let mut mapping = Mapping::new();
    mapping.map_all(args, &operands);
    for op in source.block_ops(entry).filter(|op| *op != last) {
        let copy = into.clone_from(ctx, source, op, &mut mapping);
        into.insert_before(call, copy);
        called_from(ctx, into, copy, caller);
    }
    for (result, value) in results.iter().zip(source.operands(last)) {
        into.replace_all_uses(*result, mapping.get(value));
    }
    into.erase(call);
    true
}

/// Records where an inlined operation, and all in it, was called.
fn called_from(ctx: &Context, body: &mut Body, op: Op, caller: edge_ir::Loc) {
    let ops = body.nested(op);
    for inner in ops {
        let data = body.op_mut(inner);
        data.loc = ctx.loc(LocKind::CallSite { callee: data.loc, caller });
        let regions: Vec<Region> = data.regions().to_vec();
        if let Some(isolated) = data.body_mut() {
            let below: Vec<Op> = regions.iter().flat_map(|r| isolated.blocks(*r).collect::<Vec<_>>()).flat_map(|b| isolated.block_ops(b).collect::<Vec<_>>()).collect();
            below.into_iter().for_each(|o| called_from(ctx, isolated, o, caller));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{count, run};

    fn module(g: &str) -> String {
        format!(
            r#""func.func"() <{{function_type = (i32) -> i32, sym_name = "f"}}> ({{
               ^bb0(%a: i32):
                 %0 = "func.call"(%a) <{{callee = @g}}> : (i32) -> i32
                 %1 = "func.call"(%0) <{{callee = @g}}> : (i32) -> i32
                 "func.return"(%1) : (i32) -> ()
               }}) : () -> ()
               "func.func"() <{{function_type = (i32) -> i32, sym_name = "g", sym_visibility = "private"}}> ({{
               ^bb0(%a: i32):
                 {g}
                 "func.return"(%0) : (i32) -> ()
               }}) : () -> ()"#
        )
    }

    #[test]
    fn calls_become_bodies() {
        let out = run("inline,symbol-dce", &module(r#"%0 = "arith.addi"(%a, %a) : (i32, i32) -> i32"#)).unwrap();
        assert_eq!((count(&out, "func.call"), count(&out, "arith.addi"), count(&out, "func.func")), (0, 2, 1), "{out}");
    }

    #[test]
    fn recursion_stays() {
        let out = run("inline", &module(r#"%0 = "func.call"(%a) <{callee = @g}> : (i32) -> i32"#)).unwrap();
        assert_eq!(count(&out, "func.call"), 3);
    }
}
