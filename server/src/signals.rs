//! The signals that ask the program to stop.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::state::StartError;

/// SIGTERM and Ctrl-C, listened for from the moment that this is made.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Begins to listen; from now on neither of them ends the program by itself.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> Result<Self, StartError> {
        let listen = || -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            })
        };
        listen().map_err(|error| StartError::Other(format!("cannot listen for signals: {error}")))
    }

    /// Ends at the first of the two, also at one that came before this was asked.
    pub async fn first(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
