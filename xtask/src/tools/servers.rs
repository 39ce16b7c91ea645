//! What makes more of the product to be seen or tested, and that it does without: Redis, PgBouncer, faketime.

use crate::{process, report};

use super::apt;

/// Installs `redis-server` where it is absent and can be; else says which command would.
pub fn ensure_redis() {
    ensure("redis-server", "the live state will say \"unknown\"");
}

/// As [`ensure_redis`], `pgbouncer`.
pub fn ensure_pgbouncer() {
    ensure("pgbouncer", "the tests that go through one are skipped");
}

/// As [`ensure_redis`], `faketime`.
pub fn ensure_faketime() {
    ensure("faketime", "clocks do not jump");
}

fn ensure(program: &str, without: &str) {
    // PgBouncer is where only root looks.
    let is_there = process::find_in_path(program).is_some()
        || std::path::Path::new("/usr/sbin").join(program).is_file();
    if is_there {
        return;
    }
    let installed = apt::install(&[program]).unwrap_or_else(|error| {
        report::note(error);
        false
    });
    if !installed {
        report::note(format_args!(
            "no {program} here, so {without}; to have it: {}",
            apt::command_line(&[program])
        ));
    }
}
