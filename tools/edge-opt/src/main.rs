//! edge-opt: see `edge_driver`.

fn main() -> std::process::ExitCode {
    edge_driver::edge_opt_main(edge_driver::Registry::builtin())
}
