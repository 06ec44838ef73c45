//! edge-opt: see `edge_driver`; this one also hands over to MLIR and LLVM.

fn main() -> std::process::ExitCode {
    edge_driver::edge_opt_main(edge_driver::Registry::builtin().with_emitter(Box::new(edge_compile::Handover)))
}
