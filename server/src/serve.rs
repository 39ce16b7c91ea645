//! Listening, and stopping well.

use std::future::IntoFuture as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::examining;
use crate::output;
use crate::routes::router;
use crate::signals::StopSignals;
use crate::state::{App, StartError};

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
    app.engine.check_schema().await?;
    if serving.migrate {
        app.console.migrate().await?;
    }
    app.console.check_schema().await?;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(address, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| cannot_listen(address, &error))?;
    // Without it a streamed answer waits for delayed ACKs, 40 ms a page.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    // Before anybody is told that it runs: who reads that line may stop it at once.
    let mut signals = StopSignals::listen()?;
    // A console that nobody listens to serves all the same.
    let _ = output::print_line(format_args!("listening on http://{address}"));
    tracing::info!(%address, "listening");
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    // Ends with the program: what it has found by then is kept, and it goes on from there.
    let _examining = serving
        .looks_for_findings
        .then(|| AbortOnDrop(tokio::spawn(examining::run(app.clone()))));
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            signals.first().await;
            tracing::info!("stopping: requests under way are finished first");
            let _ = stopping.send(());
        })
        .into_future();
    let deadline = async {
        if stopped.await.is_err() {
            // The server ended by itself; its own result counts.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended.map_err(|error| StartError::Other(error.to_string())),
        () = deadline => {
            tracing::warn!("what was still under way is cut off");
            Ok(())
        }
    }
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
