//! The binary `audit-console`.

fn main() -> std::process::ExitCode {
    server::cli::main()
}
