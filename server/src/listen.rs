//! Accepts connections, and shuts down gracefully. Unlike `axum::serve` it limits the time for a request's headers, so
//! that slow clients cannot hold connections.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tower_http::add_extension::AddExtension;

/// A connection is closed when a request's headers are not complete, or no request arrives, for this long; over HTTP/2
/// when the client does not answer a ping for this long.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes that tell HTTP/2 from HTTP/1.
const PREFACE: usize = 24;
/// Pause after an error of the listener, such as too many open files.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves `router` until `stop`; then waits for the requests under way.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    header_timeout: Duration,
    stop: impl Future<Output = ()>,
) {
    let mut server = Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout);
    server
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(header_timeout)
        .keep_alive_timeout(header_timeout);
    let server = Arc::new(server);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let client = Client {
                    stream,
                    peer,
                    header_timeout,
                };
                tokio::spawn(client.serve(Arc::clone(&server), router.clone(), open.watcher()));
            }
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tracing::info!(connections = open.count(), "waiting for connections to end");
    open.shutdown().await;
}

fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// An accepted connection.
struct Client {
    stream: TcpStream,
    peer: SocketAddr,
    header_timeout: Duration,
}

impl Client {
    async fn serve(self, server: Arc<Builder<TokioExecutor>>, router: Router, watcher: Watcher) {
        // Without it a streamed response waits for delayed ACKs, 40 ms a page.
        let _ = self.stream.set_nodelay(true);
        let handle = ConnectionHandle::default();
        let stream = TrackedStream {
            stream: self.stream,
            handle: handle.clone(),
        };
        let service = AddExtension::new(router, ConnectInfo(self.peer));
        let service = AddExtension::new(service, handle.clone());
        let service = TowerToHyperService::new(service);
        let connection = server.serve_connection(TokioIo::new(stream), service);
        let ended = watcher.watch(connection);
        // Until it knows which HTTP it is, hyper waits without a limit.
        let idle_before_preface = async {
            tokio::time::sleep(self.header_timeout).await;
            if handle.0.received.load(Ordering::Relaxed) >= PREFACE {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            // A client that disconnects is no error of the console.
            _ = ended => {}
            () = idle_before_preface => {}
        }
    }
}

/// A connection, as an extension of the requests that arrive on it.
#[derive(Clone, Debug, Default)]
pub struct ConnectionHandle(Arc<ConnectionState>);

#[derive(Debug, Default)]
struct ConnectionState {
    /// Bytes received.
    received: AtomicUsize,
    /// Notified each time that the write buffer has been flushed.
    flushed: Notify,
    abort_on_close: AtomicBool,
}

impl ConnectionHandle {
    /// Waits until everything that was written to the connection before is in the system's send buffer. It is called from
    /// within a body: hyper flushes the pieces that it has while it waits for the next one.
    pub async fn flushed(&self) {
        self.0.flushed.notified().await;
    }

    /// Discards the system's send buffer when the connection closes.
    pub fn abort_on_close(&self) {
        self.0.abort_on_close.store(true, Ordering::Relaxed);
    }
}

/// A stream that reports reads and flushes to its [`ConnectionHandle`].
struct TrackedStream {
    stream: TcpStream,
    handle: ConnectionHandle,
}

impl Drop for TrackedStream {
    fn drop(&mut self) {
        if self.handle.0.abort_on_close.load(Ordering::Relaxed) {
            // On a closed connection there is nothing to discard.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for TrackedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let received = buffer.filled().len() - before;
        self.handle
            .0
            .received
            .fetch_add(received, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for TrackedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.handle.0.flushed.notify_waiters();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }
}
