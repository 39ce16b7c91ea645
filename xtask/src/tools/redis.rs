//! The real `redis-server`. Everything works without it, the live state then says "unknown".

use crate::{process, report};

use super::apt;

/// Installs `redis-server` where it is absent and can be; else says which command would.
pub fn ensure() {
    const PROGRAM: &str = "redis-server";
    if process::find_in_path(PROGRAM).is_some() {
        return;
    }
    let installed = apt::install(&[PROGRAM]).unwrap_or_else(|error| {
        report::note(error);
        false
    });
    if !installed {
        report::note(format_args!(
            "no {PROGRAM} here, so the live state will say \"unknown\"; to have it: {}",
            apt::command_line(&[PROGRAM])
        ));
    }
}
