//! How a helper process learns that it shall end: its standard input closes, or SIGTERM comes.
//!
//! The parent holds the other end of that pipe and never writes. However the parent ends, even by SIGKILL, the kernel
//! closes the pipe, so no helper outlives it.

use std::io::Read;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Waits until standard input ends or SIGTERM arrives.
///
/// # Errors
/// When the signal handler cannot be installed.
pub async fn until_released() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        () = stdin_end() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Waits until standard input ends. A thread of its own reads it: one blocked in tokio's pool would hold up the exit.
async fn stdin_end() {
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 256];
        while matches!(std::io::stdin().read(&mut buffer), Ok(1..)) {}
        // The receiver is gone when SIGTERM came first: nothing is left to tell.
        let _ = ended.send(());
    });
    // An error means that the thread is gone, and with it the pipe.
    let _ = end.await;
}
