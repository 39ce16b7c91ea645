//! A real Redis for the demo and the tests, where `redis-server` is installed; without persistence, on a free port.
//!
//! Like PostgreSQL it is run by a helper process, so that it ends with us however we end.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::error::{Error, Result};
use crate::platform::helper::{Helper, READY};
use crate::platform::{keeper, lifeline};

const PROGRAM: &str = "redis-server";
/// How long Redis may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);
/// How many ports are tried, should somebody take one between our finding it free and Redis's binding it.
const PORT_ATTEMPTS: u32 = 3;

/// A running Redis. It stops when this is dropped, when [`RedisServer::stop`] is called, and when our process dies.
pub struct RedisServer {
    helper: Helper,
}

impl RedisServer {
    /// Starts Redis with `folder` as its working folder; `None` when `redis-server` is not on `PATH`.
    ///
    /// # Errors
    /// When it is there but does not start.
    pub async fn start(folder: &Path) -> Result<Option<Self>> {
        if !is_installed() {
            return Ok(None);
        }
        let binary = std::env::current_exe()?;
        let helper = Helper::start("Redis", &binary, &["redis-host"], folder, None, &[]).await?;
        Ok(Some(Self { helper }))
    }

    /// Where it listens: `redis://127.0.0.1:PORT/0`.
    #[must_use]
    pub fn url(&self) -> &str {
        self.helper.url()
    }

    /// Stops it and waits until it is down.
    pub async fn stop(self) {
        self.helper.stop().await;
    }
}

fn is_installed() -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file())
    })
}

/// The helper's side (`demo redis-host`): runs Redis until released, and announces its URL on standard output.
///
/// # Errors
/// When Redis does not start.
pub async fn host() -> Result<()> {
    let (mut server, url) = launch().await?;
    println!("{READY}{url}");
    std::io::stdout().flush()?;
    tokio::select! {
        released = lifeline::until_released() => released?,
        // Nothing more to look after; whoever uses it sees it gone.
        _ = server.wait() => return Ok(()),
    }
    keeper::terminate(&mut server).await;
    Ok(())
}

async fn launch() -> Result<(Child, String)> {
    let mut reason = String::new();
    for _ in 0..PORT_ATTEMPTS {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?
            .local_addr()?
            .port();
        let mut server = Command::new(PROGRAM)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let url = format!("redis://127.0.0.1:{port}/0");
        let client = redis::Client::open(url.as_str())?;
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Some(status) = server.try_wait()? {
                reason = format!("{PROGRAM} ended with {status}");
                break;
            }
            if answers(&client).await {
                return Ok((server, url));
            }
            tokio::time::sleep(POLL).await;
        }
        if reason.is_empty() {
            reason = format!("{PROGRAM} does not answer on port {port}");
        }
    }
    Err(Error::ServiceStart {
        service: "Redis",
        reason,
    })
}

async fn answers(client: &redis::Client) -> bool {
    let ping = async {
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING")
            .query_async::<String>(&mut connection)
            .await
    };
    matches!(
        tokio::time::timeout(Duration::from_secs(1), ping).await,
        Ok(Ok(_))
    )
}
