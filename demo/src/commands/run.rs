//! `demo run`: starts everything in order, and stops it in reverse order.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use demo::console::{Console, Server};
use demo::database::{self, DemoDatabase};
use demo::engine::PASSWORD;
use demo::error::{Error, Result};
use demo::live::Live;
use demo::platform::folder::{DataFolder, target_folder};
use demo::platform::step::Step;
use demo::postgres::Postgres;
use demo::redis_server::RedisServer;

use super::stop_signal::StopSignal;

/// Minimum number of decisions with which each kill-switch episode contains some.
const FEWEST_ROWS: u64 = 500;
/// Maximum number of additional kill-switch episodes with which each still lasts some minutes.
const MOST_EPISODES: i64 = 10_000;
/// How long a stopping console of an earlier run may keep the port.
const HANDOVER_LIMIT: Duration = Duration::from_millis(1_500);
const HANDOVER_POLL: Duration = Duration::from_millis(50);
/// The account that gets the console role `auditor`.
const AUDITOR: &str = "auditor@demo.local";

/// Options of `demo run`.
#[derive(Args)]
pub struct RunOptions {
    /// Decisions in the history, at least 500.
    #[arg(long, default_value_t = 200_000, value_parser = clap::value_parser!(u64).range(FEWEST_ROWS..))]
    rows: u64,
    /// Kill-switch episodes besides the planned ones, at most 10,000, and then one long toggle: for measuring.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=MOST_EPISODES))]
    episodes: u32,
    /// Port of the console on 127.0.0.1; 0 for any free one.
    #[arg(long, default_value_t = 8040)]
    port: u16,
    /// No live trading after the history.
    #[arg(long)]
    once: bool,
    /// The console's binary. [default: audit-console beside this one]
    #[arg(long)]
    server_bin: Option<PathBuf>,
    /// The built static files. [default: target/site]
    #[arg(long)]
    site_root: Option<PathBuf>,
    /// Where the database is kept between two runs. [default: target/demo]
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

/// Running parts, in the order in which to stop them.
#[derive(Default)]
struct Running {
    server: Option<Server>,
    redis: Option<RedisServer>,
    postgres: Option<Postgres>,
}

/// Starts everything, waits for Ctrl-C or SIGTERM, stops everything.
pub async fn run(options: RunOptions) -> Result<()> {
    check_port(options.port).await?;
    let mut signals = StopSignal::listen()?;
    let mut running = Running::default();
    // Boxed, since the future contains the whole engine.
    let outcome = Box::pin(start_and_wait(&options, &mut running, &mut signals)).await;
    if matches!(outcome, Ok(()) | Err(Error::Interrupted)) {
        eprintln!("\nstopping");
    }
    running.stop().await;
    match outcome {
        Err(Error::Interrupted) => Ok(()),
        outcome => outcome,
    }
}

async fn start_and_wait(
    options: &RunOptions,
    running: &mut Running,
    signals: &mut StopSignal,
) -> Result<()> {
    let wanted = options
        .data_dir
        .clone()
        .unwrap_or_else(|| target_folder().join("demo"));
    let folder = DataFolder::open(&wanted)?;

    let step = Step::begin("PostgreSQL");
    let postgres = running
        .postgres
        .insert(signals.or(Postgres::start(&folder)).await?);
    step.done(format_args!("running in {}", folder.root().display()));

    let step = Step::begin("Redis");
    running.redis = signals.or(RedisServer::start(folder.root())).await?;
    let redis_url = running.redis.as_ref().map(|redis| redis.url().to_owned());
    step.done(if redis_url.is_some() {
        "running"
    } else {
        "redis-server is not installed: the live state will say \"unknown\""
    });

    let database = signals
        .or(database::ensure(
            &folder,
            postgres,
            options.rows,
            options.episodes,
        ))
        .await?;
    let console = console(options, &database, redis_url.clone());
    let step = Step::begin("console");
    signals.or(console.make_roles()).await?;
    signals.or(console.migrate()).await?;
    signals.or(console.grant_auditor(AUDITOR)).await?;
    let server = running.server.insert(signals.or(console.serve()).await?);
    step.done("listening");
    announce(server.url(), &database.url, redis_url.as_deref());

    let live = async {
        if options.once {
            return std::future::pending().await;
        }
        Live::connect(database.engine, &database.url, redis_url.as_deref())
            .await?
            .trade()
            .await
    };
    tokio::select! {
        () = signals.received() => Ok(()),
        traded = live => traded,
        how = server.ended() => Err(Error::Console {
            command: "the console".to_owned(),
            reason: format!("ended by itself ({how})"),
        }),
        service = postgres.ended() => Err(Error::ServiceGone(service)),
    }
}

fn console(options: &RunOptions, database: &DemoDatabase, redis_url: Option<String>) -> Console {
    let beside = |name: &str| {
        std::env::current_exe().map_or_else(|_| PathBuf::from(name), |own| own.with_file_name(name))
    };
    let site_root = options
        .site_root
        .clone()
        .unwrap_or_else(|| target_folder().join("site"));
    Console {
        binary: absolute(
            options
                .server_bin
                .clone()
                .unwrap_or_else(|| beside("audit-console")),
        ),
        site_root: absolute(site_root),
        database_url: database.url.clone(),
        redis_url,
        port: options.port,
    }
}

/// Makes a path absolute if there is a current folder.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Fails early if the port is taken, rather than after the database was filled. Waits for a console of a killed demo
/// that is still stopping.
async fn check_port(port: u16) -> Result<()> {
    let deadline = Instant::now() + HANDOVER_LIMIT;
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(()),
            Err(source) if Instant::now() > deadline => {
                return Err(Error::PortTaken { port, source });
            }
            Err(_) => tokio::time::sleep(HANDOVER_POLL).await,
        }
    }
}

fn announce(url: &str, database_url: &str, redis_url: Option<&str>) {
    println!();
    println!("  Audit console   {url}");
    println!();
    println!("  Password of every account: {PASSWORD}");
    println!("    {AUDITOR:<22} auditor: reads and exports");
    println!("    {:<22} admin: also reviews", "admin@demo.local");
    println!("    {:<22} admin", "admin2@demo.local");
    println!(
        "    {:<22} an engine user without a role",
        "customer@demo.local"
    );
    println!();
    println!("  DATABASE_URL={database_url}");
    if let Some(redis_url) = redis_url {
        println!("  REDIS_URL={redis_url}");
    }
    println!();
    println!("  Ctrl-C stops everything.");
}

impl Running {
    async fn stop(self) {
        if let Some(server) = self.server {
            server.stop().await;
        }
        if let Some(redis) = self.redis {
            redis.stop().await;
        }
        if let Some(postgres) = self.postgres {
            postgres.stop().await;
        }
    }
}
