//! The commands of the binary `demo`.

mod run;
mod services;
mod stop_signal;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use clap::{Parser, Subcommand};
use demo::error::Result;
use demo::platform::keeper;

pub use run::RunOptions;

/// A paper-trading engine with its PostgreSQL and Redis, and the audit console over it.
#[derive(Parser)]
#[command(name = "demo", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts everything: the database with its history, Redis, the console, live trading. Ctrl-C stops it.
    Run(RunOptions),
    /// Starts an empty PostgreSQL, and Redis where it is installed, for tests. Ends when standard input does.
    Services {
        /// Folder below which this run keeps its data. [default: target/services]
        #[arg(long)]
        data_dir: Option<PathBuf>,
    },
    /// Runs PostgreSQL for another process of this program.
    #[command(hide = true)]
    PostgresHost {
        #[arg(long)]
        data_dir: PathBuf,
        #[arg(long)]
        parent_pid: i32,
    },
    /// Runs Redis for another process of this program.
    #[command(hide = true)]
    RedisHost,
    /// Runs a program for another process of this program.
    #[command(hide = true)]
    Keep {
        #[arg(last = true, required = true)]
        program: Vec<OsString>,
    },
}

impl Cli {
    /// Runs the command; the status of a kept program becomes our own.
    pub async fn execute(self) -> Result<ExitCode> {
        match self.command {
            // Its future holds a whole engine.
            Command::Run(options) => Box::pin(run::run(options)).await,
            Command::Services { data_dir } => services::run(data_dir).await,
            Command::PostgresHost {
                data_dir,
                parent_pid,
            } => demo::postgres::host::run(&data_dir, parent_pid).await,
            Command::RedisHost => demo::redis_server::host().await,
            Command::Keep { program } => {
                let status = keeper::keep(&program).await?;
                return Ok(exit_code(status));
            }
        }
        .map(|()| ExitCode::SUCCESS)
    }
}

/// The status of a program that was ended by us, or by a signal, is told as a plain one.
fn exit_code(status: Option<ExitStatus>) -> ExitCode {
    match status.map(|status| status.code()) {
        None => ExitCode::SUCCESS,
        Some(code) => code
            .and_then(|code| u8::try_from(code).ok())
            .map_or(ExitCode::FAILURE, ExitCode::from),
    }
}
