//! Listening, and stopping well.

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

/// After the signal, requests that are under way have this long; then exports end, visibly cut.
const GRACE: Duration = Duration::from_secs(10);

/// What a copy of the console does besides serving.
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// Create or update schema `audit_console` first.
    pub migrate: bool,
    /// Look for findings.
    pub looks_for_findings: bool,
}

/// Runs the console until SIGTERM or Ctrl-C.
///
/// # Errors
/// When a database is not fit to start with, or the address cannot be listened on.
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
    // Before anybody is told that it runs: who reads that line may stop it at once.
    let mut signals = StopSignals::listen()?;
    // A console that nobody listens to serves all the same.
    let _ = output::print_line(format_args!("listening on http://{address}"));
    tracing::info!(%address, "listening");
    if matches!(app.hosts, Hosts::Addresses) {
        tracing::info!(
            "PUBLIC_URL is not set: only requests to localhost and to addresses are answered; to reach the \
             console by a name, set PUBLIC_URL to it"
        );
    }
    // Whoever comes first need not wait for Redis to be found.
    let first = app.clone();
    tokio::spawn(async move { first.redis.state().await });
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    // Ends with the program: what it has found by then is kept, and it goes on from there.
    let _examining = serving
        .looks_for_findings
        .then(|| AbortOnDrop(tokio::spawn(finding_scanner::run(app.clone()))));
    let _watching = AbortOnDrop(tokio::spawn(lock_watch::run(app.clone())));
    let _revoking = AbortOnDrop(tokio::spawn(access_watch::run(app.clone())));
    let _checking = AbortOnDrop(tokio::spawn(record::watch(app.clone())));
    let server = listen::serve(listener, router(app), HEADER_TIMEOUT, async move {
        signals.first().await;
        tracing::info!("stopping: requests under way are finished first");
        let _ = stopping.send(());
    });
    let deadline = async {
        if stopped.await.is_err() {
            // The server ended by itself; its own result counts.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = server => {}
        () = deadline => tracing::warn!("what was still under way is cut off"),
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

/// A task that is of no use without its owner.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
