//! The command line. Exit status 0 = done, also where whoever read the output has gone; 1 = failed, 2 = wrong usage.
//! Errors go to standard error and say what to do.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::role::Role;
use uuid::Uuid;

use crate::commands::{advise, export, findings, kill_switch, migrate, roles, user};
use crate::config::{ConfigError, Settings, refuse_unknown_variables};
use crate::output;
use crate::serve::{Serving, serve};
use crate::state::{App, StartError};
use crate::telemetry;

/// Shows what a crypto trading engine decided, blocked, stopped and traded.
#[derive(Parser)]
#[command(name = "audit-console", version)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the console against an engine's database
    Serve {
        /// Create or update schema `audit_console` first
        #[arg(long)]
        migrate: bool,
        /// Leave looking for findings to another copy
        #[arg(long)]
        no_findings: bool,
    },
    /// Create or update schema `audit_console`, nothing else
    Migrate,
    /// Print the SQL that makes the console's two database roles, for whoever owns the server
    Roles(roles::Arguments),
    /// Accounts and roles
    User {
        #[command(subcommand)]
        action: UserAction,
    },
    /// Write an export to a file: the same bytes as over HTTP
    Export(export::Arguments),
    /// What does not add up, by rule, and how far each rule has got
    Findings {
        /// Look at every row again; goes on where it was interrupted
        #[arg(long)]
        rebuild: bool,
    },
    /// Print the statements of indexes that would help on the engine's tables; changes nothing there
    Advise(advise::Arguments),
    /// Kill-switch episodes in the terminal
    KillSwitch {
        #[command(subcommand)]
        action: KillSwitchAction,
    },
}

#[derive(Subcommand)]
enum KillSwitchAction {
    /// List episodes, newest first, one a line
    List {
        /// Query parameters as in the URL, each as --name=value (--leaks=yes --review=overdue --last=90d)
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        parameters: Vec<String>,
    },
    /// Show one episode: trigger, effect, leaks, review
    Show {
        /// The id of its activating event
        id: Uuid,
    },
}

#[derive(Subcommand)]
enum UserAction {
    /// Make a console account; the password is prompted for, or read from standard input
    Add {
        /// The account's e-mail
        email: String,
        /// auditor or admin
        #[arg(long)]
        role: Role,
    },
    /// Give an account a role: a console account, or one of the engine's
    Grant {
        /// The account's e-mail, or an engine account's id
        email: String,
        /// auditor or admin
        #[arg(long)]
        role: Role,
    },
    /// Take an account's role away; its sessions end with it
    Revoke {
        /// The account's e-mail, or an engine account's id
        email: String,
    },
    /// Say that two accounts are one person: for the rule of four eyes they are the same
    Link {
        /// An account's e-mail or id
        one: String,
        /// Another account's e-mail or id
        other: String,
    },
    /// End a link; it still counts for episodes that had begun by then
    Unlink {
        /// An account's e-mail or id
        one: String,
        /// The other account's e-mail or id
        other: String,
    },
    /// List everybody who has a role, and the links
    List,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    // The error itself may quote a line, and with it a secret.
    match dotenvy::from_path(".env") {
        Ok(()) => {}
        Err(error) if error.not_found() => {}
        Err(_) => {
            return failed(
                2,
                "the file .env here cannot be read: a line of it is not NAME=value",
            );
        }
    }
    let cli = Cli::parse();
    if let Err(error) = refuse_unknown_variables(
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()),
    ) {
        return failed(2, &error.to_string());
    }
    telemetry::start(cli.settings.log_format.unwrap_or_default());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => {
            let ended = runtime.block_on(run(cli));
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(StartError::Other(format!("cannot start: {error}"))),
    };
    match ended {
        Ok(()) | Err(StartError::ReaderGone) => ExitCode::SUCCESS,
        Err(StartError::Config(ConfigError(message))) => failed(2, &message),
        Err(error) => failed(1, &error.to_string()),
    }
}

fn failed(status: u8, message: &str) -> ExitCode {
    output::tell(format_args!("audit-console: {message}"));
    ExitCode::from(status)
}

async fn run(cli: Cli) -> Result<(), StartError> {
    // It needs no database: there may be no role yet to log in with.
    if let Command::Roles(arguments) = &cli.command {
        return roles::run(&cli.settings, arguments);
    }
    let address = cli.settings.listen_addr;
    let app = App::new(cli.settings)?;
    match cli.command {
        Command::Serve {
            migrate,
            no_findings,
        } => {
            let address =
                address.ok_or_else(|| ConfigError("LISTEN_ADDR is not set".to_owned()))?;
            serve(
                app,
                address,
                Serving {
                    migrate,
                    scans_findings: !no_findings,
                },
            )
            .await
        }
        Command::Migrate => migrate::run(&app).await,
        Command::Roles(_) => Ok(()),
        Command::User { action } => match action {
            UserAction::Add { email, role } => user::add(&app, &email, role).await,
            UserAction::Grant { email, role } => user::grant(&app, &email, Some(role)).await,
            UserAction::Revoke { email } => user::grant(&app, &email, None).await,
            UserAction::Link { one, other } => user::link(&app, &one, &other, true).await,
            UserAction::Unlink { one, other } => user::link(&app, &one, &other, false).await,
            UserAction::List => user::list(&app).await,
        },
        Command::Export(arguments) => export::run(&app, arguments).await,
        Command::Findings { rebuild: true } => findings::rebuild(&app).await,
        Command::Findings { rebuild: false } => findings::list(&app).await,
        Command::Advise(arguments) => advise::run(&app, arguments).await,
        Command::KillSwitch { action } => match action {
            KillSwitchAction::List { parameters } => kill_switch::list(&app, parameters).await,
            KillSwitchAction::Show { id } => kill_switch::show(&app, id).await,
        },
    }
}
