use edge_support::{Diagnostics, SourceMap};

fn run(text: &str, pipeline: &str) -> String {
    let registry = edge_dialect::Registry::builtin().unwrap();
    let ctx = registry.context();
    let (sources, diags) = (SourceMap::new(), Diagnostics::new());
    let file = sources.add("test.mlir", text);
    let Ok(mut module) = edge_asm::parse_module(&ctx, &sources, file, &diags, &Default::default()) else {
        return diags.render(&sources);
    };
    let passes = edge_transforms::registry();
    let reader = edge_pass::pipeline::Reader { registry: &passes, sources: &sources, diags: &diags };
    let Ok(pipeline) = edge_pass::Pipeline::parse(reader, "pipeline", pipeline, "builtin.module") else {
        return diags.render(&sources);
    };
    let printing = Default::default();
    let config = edge_pass::Config {
        threads: false,
        verify_each: false,
        printing: &printing,
        timing: false,
        statistics: false,
        checker: None,
        reproducer: None,
        local_reproducer: false,
        verify: |_, _, _, _| Ok(()),
        print: |_, _| String::new(),
        output: &|_| (),
    };
    let manager = edge_pass::Manager::new(&ctx, &sources, &diags, config);
    match manager.run(&pipeline, &mut module) {
        Ok(_) => edge_asm::print_module(&ctx, &module, &Default::default()),
        Err(_) => diags.render(&sources),
    }
}

const SOFTMAX: &str = r#"
"builtin.module"() ({
  "func.func"() <{function_type = (tensor<?x64xf32>, tensor<64xf32>) -> tensor<?x64xf32>, sym_name = "main"}> ({
  ^bb0(%x: tensor<?x64xf32>, %b: tensor<64xf32>):
    %0 = "nn.add"(%x, %b) : (tensor<?x64xf32>, tensor<64xf32>) -> tensor<?x64xf32>
    %1 = "nn.softmax"(%0) <{axes = array<i64: 1>}> : (tensor<?x64xf32>) -> tensor<?x64xf32>
    "func.return"(%1) : (tensor<?x64xf32>) -> ()
  }) : () -> ()
}) : () -> ()
"#;

#[test]
fn look() {
    println!("{}", run(SOFTMAX, "builtin.module(func.func(nn-to-loop))"));
    println!("{}", run(SOFTMAX, "builtin.module(func.func(nn-to-loop,loop-fuse,loop-collapse,loop-schedule),loop-to-device)"));
}
