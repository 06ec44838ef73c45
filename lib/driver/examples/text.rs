//! A tool like edge-opt of one's own: the dialects and passes of this project, nothing that links LLVM.

fn main() -> std::process::ExitCode {
    edge_driver::edge_opt_main(edge_driver::Registry::builtin())
}
