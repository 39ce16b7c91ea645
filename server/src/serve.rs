//! `serve`: start-up checks, background tasks, the listener and graceful shutdown.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::commands::migrate;
use crate::exports::access_watch;
use crate::hosts::Hosts;
use crate::listen::{self, HEADER_TIMEOUT};
use crate::output;
use crate::routes::router;
use crate::signals::StopSignals;
use crate::state::{App, StartError};
use crate::{finding_scanner, lock_watch, record};
use store::StoreError;

/// After the signal, requests under way have this long; then they are aborted, and exports end truncated.
const GRACE: Duration = Duration::from_secs(10);

/// The tasks of a copy of the console besides serving.
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// Create or update schema `audit_console` first.
    pub migrate: bool,
    /// Scan for findings.
    pub scans_findings: bool,
}

/// Runs the console until SIGTERM or Ctrl-C.
///
/// # Errors
/// When a start-up check fails, a database is unavailable, or the address cannot be listened on.
pub async fn serve(app: App, address: SocketAddr, serving: Serving) -> Result<(), StartError> {
    if app.assets.islands.is_none() {
        tracing::warn!("the islands were not built; pages work as without JavaScript");
    }
    let report = app.engine.look_at_schema().await?;
    for difference in &report.differences {
        tracing::error!("{}", difference.message);
    }
    if !report.any_list_works() {
        return Err(StoreError::Schema(report.to_string()).into());
    }
    if !report.differences.is_empty() {
        let pages = report.pages_without().join(" ");
        tracing::error!(
            pages,
            "the engine's tables differ from what the console reads: these pages are without it"
        );
    }
    if serving.migrate {
        migrate::run(&app).await?;
    }
    app.check_record().await?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(address, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| cannot_listen(address, &error))?;
    // Before the line is printed: its reader may send a signal at once.
    let mut signals = StopSignals::listen()?;
    // A closed standard output is no reason not to serve.
    let _ = output::print_line(format_args!("listening on http://{address}"));
    tracing::info!(%address, "listening");
    if matches!(app.hosts, Hosts::Addresses) {
        tracing::info!(
            "PUBLIC_URL is not set: only requests to localhost and to addresses are answered; to reach the \
             console by a name, set PUBLIC_URL to it"
        );
    }
    // Connects to Redis before the first page needs it.
    let first = app.clone();
    tokio::spawn(async move { first.redis.state().await });
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    // Aborted with the server: its progress is in the database.
    let _scanning = serving
        .scans_findings
        .then(|| AbortOnDrop(tokio::spawn(finding_scanner::run(app.clone()))));
    let _locks = AbortOnDrop(tokio::spawn(lock_watch::run(app.clone())));
    let _access = AbortOnDrop(tokio::spawn(access_watch::run(app.clone())));
    let _record = AbortOnDrop(tokio::spawn(record::watch(app.clone())));
    let server = listen::serve(listener, router(app), HEADER_TIMEOUT, async move {
        signals.first().await;
        tracing::info!("stopping: waiting for requests under way");
        let _ = stopping.send(());
    });
    let deadline = async {
        if stopped.await.is_err() {
            // The server ended by itself.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = server => {}
        () = deadline => tracing::warn!("requests that did not end in time are aborted"),
    }
    Ok(())
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> StartError {
    StartError::Other(match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "port {} is taken by another program: choose another with LISTEN_ADDR or --listen-addr \
             {}:PORT (port 0 picks a free one)",
            address.port(),
            address.ip()
        ),
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// A task that is aborted when its owner is dropped.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
