//! Keeps a program for as long as its own parent lives (`demo keep -- PROGRAM …`): the end of standard input or SIGTERM
//! becomes a SIGTERM to the program, and a kill when it does not heed that.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use super::lifeline;
use crate::error::{Error, Result};

/// How long a program may take to stop before it is killed.
pub const STOP_LIMIT: Duration = Duration::from_secs(12);

/// Runs `program`, the first being its path, until it ends or we are released. Gives its status when it ended by itself.
///
/// # Errors
/// When it cannot be started.
pub async fn keep(program: &[OsString]) -> Result<Option<ExitStatus>> {
    let Some((path, arguments)) = program.split_first() else {
        return Ok(None);
    };
    let mut child = Command::new(path)
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Error::Console {
            command: path.to_string_lossy().into_owned(),
            reason: error.to_string(),
        })?;
    tokio::select! {
        status = child.wait() => Ok(Some(status?)),
        released = lifeline::until_released() => {
            released?;
            terminate(&mut child).await;
            Ok(None)
        }
    }
}

/// Asks `child` to stop, waits for that, and kills it when it takes too long.
pub async fn terminate(child: &mut Child) {
    let pid = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended by itself in this moment.
        let _ = kill_process(pid, Signal::TERM);
    }
    if tokio::time::timeout(STOP_LIMIT, child.wait())
        .await
        .is_err()
    {
        eprintln!(
            "a process does not stop within {} s, killing it",
            STOP_LIMIT.as_secs()
        );
        // It may have ended in this very moment, which is as good.
        let _ = child.kill().await;
    }
}
