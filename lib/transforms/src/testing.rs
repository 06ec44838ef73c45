//! Passes on text, for unit tests.

use crate::registry;
use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_ir::{Context, OpData, verify::verify_isolated};
use edge_pass::pipeline::{Pipeline, Reader};
use edge_pass::{Config, IrPrinting, Manager};
use edge_support::{Diagnostic, Diagnostics, Reported, SourceMap};

fn verify(ctx: &Context, _: &SourceMap, op: &mut OpData, diags: &Diagnostics) -> Result<(), Reported> {
    let findings = verify_isolated(ctx, op).into_iter();
    findings.map(|f| diags.error(Diagnostic::error(f.code, f.message))).next_back().map_or(Ok(()), Err)
}

/// What a pipeline makes of a text, in generic form; what it reported, if it failed or said anything.
pub fn run(pipeline: &str, text: &str) -> Result<String, String> {
    let ctx = Registry::builtin()?.context();
    let (sources, diags, registry) = (SourceMap::new(), Diagnostics::new(), registry());
    let file = sources.add("test.mlir", text);
    let options = ParseOptions { allow_unregistered: true };
    let Ok(mut module) = parse_module(&ctx, &sources, file, &diags, &options) else { return Err(diags.render(&sources)) };
    let reader = Reader { registry: &registry, sources: &sources, diags: &diags };
    let Ok(pipeline) = Pipeline::parse(reader, "<pipeline>", pipeline, "builtin.module") else {
        return Err(diags.render(&sources));
    };
    let config = Config {
        threads: true,
        verify_each: true,
        printing: &IrPrinting::default(),
        timing: false,
        statistics: false,
        checker: None,
        reproducer: None,
        local_reproducer: false,
        verify,
        print: |_, _| String::new(),
        output: &|_| {},
    };
    let result = Manager::new(&ctx, &sources, &diags, config).run(&pipeline, &mut module);
    match result {
        Ok(_) => Ok(print_module(&ctx, &module, &PrintOptions::generic())),
        _ => Err(diags.render(&sources)),
    }
}

/// Number of operations of a name in generic text.
pub fn count(text: &str, name: &str) -> usize {
    text.matches(&format!("\"{name}\"")).count()
}

/// A function of the tests: `args` as `%a: i32`, results' types, and a body in generic form.
pub fn function(args: &str, results: &str, body: &str) -> String {
    let types: Vec<&str> = args.split(", %").filter_map(|a| a.split_once(": ")).map(|a| a.1).collect();
    format!(
        "\"func.func\"() <{{function_type = ({}) -> ({results}), sym_name = \"f\"}}> ({{\n^bb0({args}):\n{body}\n}}) : () -> ()\n",
        types.join(", ")
    )
}
