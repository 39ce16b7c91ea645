//! The real program, as somebody runs it.

use std::process::{Command, Output, Stdio};

/// The program on the database at this URL. What the machine's own environment holds does not leak in.
pub fn program(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_audit-console"));
    command
        .env_clear()
        .env("DATABASE_URL", url)
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Runs it to its end.
///
/// # Panics
/// When it cannot be started.
pub fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    output.unwrap_or_else(|error| panic!("the program does not start: {error}"))
}

/// What it said of its work and of its failures.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
