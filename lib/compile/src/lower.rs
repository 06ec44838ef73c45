//! Running the passes down to the device level.

use crate::Plan;
use edge_ir::{Attr, Context, Module};
use edge_pass::{Config, IrPrinting, Manager, Pipeline, pipeline::Reader};
use edge_runtime::manifest::Kind;
use edge_support::{Diagnostics, Reported, SourceMap};

/// The passes from the tensor level to fused and scheduled nests, as text.
pub fn loops(plan: &Plan) -> String {
    let vector = &plan.cpu().vector;
    let named =
        |kind: Kind| plan.devices.iter().filter(|d| d.kind == kind).map(|d| d.name.as_str()).collect::<Vec<_>>().join(",");
    // A nest without a place is on the first device.
    let first = plan.devices.first().map_or(Kind::Cpu, |d| d.kind);
    let on = |kind: Kind, other: Kind| {
        if first == kind { format!("skip={}", named(other)) } else { format!("only={}", named(kind)) }
    };
    let mut passes = String::new();
    if plan.devices.iter().any(|d| d.kind == Kind::Vulkan) {
        passes += &format!(",loop-distribute{{{}}}", on(Kind::Vulkan, Kind::Cpu));
    }
    passes += ",loop-collapse";
    if plan.devices.iter().any(|d| d.kind == Kind::Cpu) {
        let (bytes, registers) = (vector.bytes, vector.registers);
        let limits = on(Kind::Cpu, Kind::Vulkan);
        passes += &format!(",loop-schedule{{vector-bytes={bytes} vector-registers={registers} {limits}}}");
    }
    format!("builtin.module(inline,symbol-dce,canonicalize,func.func(nn-to-loop,cse,loop-fuse{passes}))")
}

/// The passes from nests to the device level, as text.
pub fn device(plan: &Plan) -> String {
    format!("builtin.module(loop-to-device{{name={}}},expand-math)", plan.name)
}

/// The passes from the tensor level to the device level for a plan, as text.
pub fn pipeline(plan: &Plan) -> String {
    let (first, second) = (loops(plan), device(plan));
    let inner = |s: &str| s.trim_start_matches("builtin.module(").strip_suffix(')').unwrap_or(s).to_owned();
    format!("builtin.module({},{})", inner(&first), inner(&second))
}

/// What passes need around them.
pub struct Session<'a> {
    pub ctx: &'a Context,
    pub sources: &'a SourceMap,
    pub diags: &'a Diagnostics,
    pub threads: bool,
    pub registry: &'a edge_pass::Registry,
}

impl Session<'_> {
    /// Declares the devices of a plan on a module.
    pub fn declare_devices(&self, module: &mut Module, plan: &Plan) {
        let ctx = self.ctx;
        let entry = |name: &str, value: &str| (ctx.ident(name), ctx.str_attr(value));
        let one = |d: &crate::DevicePlan| {
            ctx.dict_attr(&[entry("name", &d.name), entry("space", &d.space), entry("target", &d.target.name)])
        };
        let list: Vec<Attr> = plan.devices.iter().map(one).collect();
        module.op_mut().set_attr(ctx, "edge.devices", Some(ctx.array_attr(&list)));
    }

    /// Runs a pipeline given as text.
    pub fn run(&self, module: &mut Module, text: &str) -> Result<(), Reported> {
        let reader = Reader { registry: self.registry, sources: self.sources, diags: self.diags };
        let pipeline = Pipeline::parse(reader, "pipeline", text, "builtin.module")?;
        let printing = IrPrinting::default();
        let config = Config {
            threads: self.threads,
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
        Manager::new(self.ctx, self.sources, self.diags, config).run(&pipeline, module)?;
        Ok(())
    }
}
