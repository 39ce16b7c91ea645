//! `aborted_exports`, `aborted_exports_busy`: what is wrong after a hundred downloads were given up half-way.

use std::time::Duration;

use crate::error::Error;

use super::measure::{Measure, Target};
use super::reference::Psql;
use super::session::Session;

/// Exports that are cut.
const CUT: usize = 100;
/// Bytes that are read of each, at least.
const BYTES: u64 = 64 * 1024;
/// Answers that are looked at afterwards.
const READS: usize = 1_000;
/// So long after the last cut no backend may be busy with one.
const SOON: Duration = Duration::from_secs(2);

/// What is read: each of another statement, so that every connection has run all of them before.
const PATHS: [&str; 8] = [
    "/api/v1/trades",
    "/api/v1/trades?asset=BTC",
    "/api/v1/trades?decision=BUY&limit=10",
    "/api/v1/trades?order=oldest&limit=100",
    "/api/v1/events?severity=critical",
    "/api/v1/events?order=oldest",
    "/api/v1/signals?coin=BTC",
    "/api/v1/kill-switch",
];

const BUSY: &str = "select count(*) from pg_stat_activity where datname = current_database() \
    and query like 'COPY%' and state = 'active' and pid <> pg_backend_pid()";

/// Cuts the exports, then counts answers that are not what they were before, and the backends that go on.
pub fn measure(session: &Session, psql: &Psql) -> Result<Vec<Measure>, Error> {
    let before = PATHS
        .iter()
        .map(|path| rows(session, path))
        .collect::<Result<Vec<_>, _>>()?;
    for cut in 0..CUT {
        let path = ["/trades.csv", "/trades.jsonl", "/events.csv"][cut % 3];
        let enough = |bytes| bytes >= BYTES;
        session.another().read_export(path, enough)?;
    }
    let (wrong, busy) = std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            std::thread::sleep(SOON);
            psql.value(BUSY)
        });
        let mut wrong = 0_u32;
        for at in 0..READS {
            let at = at % PATHS.len();
            // An answer that is none is as wrong as another.
            let right = rows(session, PATHS[at]).is_ok_and(|now| now == before[at]);
            wrong += u32::from(!right);
        }
        let busy = busy
            .join()
            .unwrap_or_else(|_| Err(Error::Unexpected("psql panicked".to_owned())));
        (wrong, busy)
    });
    let busy = busy?;
    let busy = busy
        .parse()
        .map_err(|_| Error::Unexpected(format!("{busy} is no number")))?;
    let line = |name: &str, value, unit| Measure {
        name: name.to_owned(),
        value,
        unit,
        reference: None,
        target: Target::AtMost(0.0),
    };
    Ok(vec![
        line("aborted_exports", f64::from(wrong), "answers"),
        line("aborted_exports_busy", busy, "backends"),
    ])
}

/// An answer's rows. Its cursor tells when it was asked for.
fn rows(session: &Session, path: &str) -> Result<String, Error> {
    let text = session.text(path)?;
    match text.rsplit_once(",\"next\":") {
        Some((rows, _)) if rows.len() > "{\"rows\":[]".len() => Ok(rows.to_owned()),
        _ => Err(Error::Unexpected(format!("{path} has no rows"))),
    }
}
