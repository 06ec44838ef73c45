//! What mutated and generated programs found: texts that were printed and could not be read again.

use edge_asm::{ParseOptions, PrintOptions, parse_module, print_module};
use edge_dialect::Registry;
use edge_support::{Diagnostics, SourceMap};

/// The custom form, or the diagnostics.
fn custom(text: &str) -> Result<String, String> {
    let registry = Registry::builtin()?;
    let (ctx, sources, diags) = (registry.context(), SourceMap::new(), Diagnostics::new());
    let file = sources.add("found.mlir", text);
    let module = parse_module(&ctx, &sources, file, &diags, &ParseOptions { allow_unregistered: true });
    let module = module.map_err(|_| diags.render(&sources))?;
    Ok(print_module(&ctx, &module, &PrintOptions::default()).trim_end().to_owned() + "\n")
}

#[test]
fn operands_that_may_be_left_out_end_before_the_next_definition() {
    let text = "module {\n  device.wait\n  %true = index.bool.constant true\n}\n";
    assert_eq!(custom(text).as_deref(), Ok(text));
    let (pair, same_line) = ("module {\n  device.wait\n  %0:2 = \"test.two\"() : () -> (i1, i1)\n}\n", "device.wait %t = 3");
    assert_eq!(custom(pair).as_deref(), Ok(pair));
    assert!(custom(same_line).is_err_and(|e| e.contains("found `=`")));
}

#[test]
fn a_region_on_one_line_holds_one_operation() {
    let text = r#"
"test.around"() ({
^bb0(%k: vector<4xi1>, %v: vector<4xf32>):
  "vector.mask"(%k) ({
    %0 = "arith.addf"(%v, %v) : (vector<4xf32>, vector<4xf32>) -> vector<4xf32>
    "vector.print"(%0) : (vector<4xf32>) -> ()
    "vector.yield"() : () -> ()
  }) : (vector<4xi1>) -> ()
}) : () -> ()
"#;
    let printed = custom(text).unwrap_or_else(|e| panic!("{e}"));
    assert!(printed.contains("= arith.addf") && printed.contains("vector.print"), "{printed}");
    assert_eq!(custom(&printed), Ok(printed.clone()));
}
