//! The commands of the binary `demo`.

mod run;
mod services;
mod stop_signal;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use demo::error::Result;

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
}

impl Cli {
    /// Runs the command.
    pub async fn execute(self) -> Result<()> {
        match self.command {
            Command::Run(options) => run::run(options).await,
            Command::Services { data_dir } => services::run(data_dir).await,
            Command::PostgresHost { data_dir, parent_pid } => demo::postgres::host::run(&data_dir, parent_pid).await,
            Command::RedisHost => demo::redis_server::host().await,
        }
    }
}
