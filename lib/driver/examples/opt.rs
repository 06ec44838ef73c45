//! edge-opt without `--emit`: what it does with text and passes needs no LLVM.

fn main() -> std::process::ExitCode {
    edge_driver::edge_opt_main(edge_driver::Registry::builtin())
}
