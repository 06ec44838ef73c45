//! Whether two modules compute the same.

use crate::compare::{Difference, Tolerance, compare};
use crate::interp::Interp;
use crate::random::{Random, Ranges, random_tensor};
use crate::tensor::Tensor;
use edge_dialect::instance::elem_of;
use edge_ir::symbols::SymbolTable;
use edge_ir::types::DYNAMIC;
use edge_ir::{Context, Module, Type};
use edge_support::{Diagnostics, SourceMap};
use std::fmt;

/// How semantics are checked.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    pub function: String,
    pub ranges: Ranges,
    /// `None`: by the element type.
    pub tolerance: Option<Tolerance>,
    /// The extent that `?` gets.
    pub dynamic: i64,
}

impl Default for CheckOptions {
    fn default() -> Self {
        CheckOptions { function: "main".into(), ranges: Ranges::default(), tolerance: None, dynamic: 3 }
    }
}

/// Why two modules are not the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Mismatch {
    /// A module does not run: rendered diagnostics.
    Before(String),
    After(String),
    Result {
        number: usize,
        difference: Difference,
    },
    Count {
        before: usize,
        after: usize,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Before(text) => write!(f, "the program before does not run: {text}"),
            Mismatch::After(text) => write!(f, "the program after does not run: {text}"),
            Mismatch::Result { number, difference } => write!(f, "result {number}: {difference}"),
            Mismatch::Count { before, after } => write!(f, "{before} results before, {after} after"),
        }
    }
}

/// The types of a function's inputs: of the host function of the device level those of `edge.inputs`.
pub fn input_types(ctx: &Context, module: &Module, function: &str) -> Option<Vec<Type>> {
    let symbols = SymbolTable::of(ctx, module.op());
    let data = module.op().body()?.op(symbols.get(ctx, function)?);
    let Some(inputs) = data.attr(ctx, "edge.inputs").and_then(|a| ctx.as_array(a)) else {
        let body = data.body()?;
        return Some(body.block_args(data.entry()?).iter().map(|v| body.ty(*v)).collect());
    };
    let type_of = |dict| ctx.dict_entries(dict).iter().find(|(k, _)| ctx.str(*k) == "type").and_then(|(_, t)| ctx.as_type(*t));
    inputs.iter().map(|d| type_of(*d)).collect()
}

/// Seeded inputs for a function. Every `?` gets the extent `dynamic`.
///
/// # Errors
/// There is no such function, or an input is neither a tensor nor a number.
pub fn random_inputs(ctx: &Context, module: &Module, seed: u64, options: &CheckOptions) -> Result<Vec<Tensor>, String> {
    let types =
        input_types(ctx, module, &options.function).ok_or_else(|| format!("there is no function `{}`", options.function))?;
    let mut rng = Random::new(seed);
    let one = |ty: Type| {
        let shape = ctx.type_kind(ty).shape().unwrap_or(&[]);
        let shape: Vec<i64> = shape.iter().map(|d| if *d == DYNAMIC { options.dynamic } else { *d }).collect();
        let elem = elem_of(ctx, ctx.elem_or_self(ty)).ok_or("an input is neither a tensor nor a number")?;
        if ctx.type_kind(ty).shape().is_none() && elem == edge_dialect::core::ElemType::Index {
            return Ok(Tensor::scalar(edge_dialect::core::Scalar::index(options.dynamic)));
        }
        random_tensor(&mut rng, elem, &shape, options.ranges)
    };
    types.into_iter().map(one).collect()
}

/// Runs a function of both modules, at whatever level each is, on the same seeded inputs and compares the results.
///
/// # Errors
/// The mismatch.
pub fn check_semantics(
    ctx: &Context,
    before: &Module,
    after: &Module,
    seed: u64,
    options: &CheckOptions,
) -> Result<(), Mismatch> {
    let inputs = random_inputs(ctx, before, seed, options).map_err(Mismatch::Before)?;
    let run = |module: &Module| {
        let (diags, sources) = (Diagnostics::new(), SourceMap::new());
        Interp::new(ctx, &diags, &sources).run_function(module, &options.function, &inputs).map_err(|_| diags.render(&sources))
    };
    let expected = run(before).map_err(Mismatch::Before)?;
    let got = run(after).map_err(Mismatch::After)?;
    if got.len() != expected.len() {
        return Err(Mismatch::Count { before: expected.len(), after: got.len() });
    }
    for (number, (got, expected)) in got.iter().zip(&expected).enumerate() {
        let tolerance = options.tolerance.unwrap_or_else(|| Tolerance::of(expected.elem()));
        compare(got, expected, tolerance).map_err(|difference| Mismatch::Result { number, difference })?;
    }
    Ok(())
}
