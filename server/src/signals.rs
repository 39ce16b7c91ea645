//! The signals that ask the program to stop.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::state::StartError;

/// SIGTERM and Ctrl-C, received from when this was made.
pub struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// Installs the handlers; from now on neither signal ends the program by itself.
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

    /// Waits for the first of the two; returns at once when one has arrived before.
    pub async fn first(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
