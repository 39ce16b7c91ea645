//! `page_rps`, `page_rps_limit`: pages a second, beside what the engine's own page gets and what PostgreSQL gives.

use std::time::Duration;

use crate::error::Error;
use crate::report;

use super::load;
use super::measure::{Measure, Target, at_size, median};
use super::overhead::rows_sql;
use super::pgbench::Pgbench;
use super::session::Session;

const RUNS: usize = 5;
const CLIENTS: usize = 32;
/// Of each run.
const SECONDS: u64 = 10;
/// Connections that run the engine's own page's statements.
const ENGINE_CLIENTS: usize = 2;
/// How many times the engine's own pages a second.
const TARGET_ENGINE: f64 = 500.0;
/// How many times what PostgreSQL alone gives.
const TARGET_LIMIT: f64 = 0.5;

/// The two statements of the engine's own page of its decisions.
const ENGINE_PAGE: &str = "select count(*) from trade_audit;\n\
    select * from trade_audit order by timestamp desc offset 0 limit 20";

/// Pages of `/trades` a second, as a multiple of how often the engine's own page can be asked of the database,
/// each by itself, in turns.
pub fn beside_engine(session: &Session, pgbench: &Pgbench, rows: u64) -> Result<Measure, Error> {
    let (ratio, reference) = compare(session, || {
        pgbench.rate(ENGINE_PAGE, ENGINE_CLIENTS, SECONDS)
    })?;
    Ok(Measure::times(
        at_size("page_rps", rows),
        ratio,
        (reference, "pages/s"),
        Target::AtLeast(TARGET_ENGINE),
    ))
}

/// The same, as a share of how often the page's own rows can be asked of the database by as many clients.
pub fn beside_limit(session: &Session, pgbench: &Pgbench) -> Result<Measure, Error> {
    let statement = rows_sql();
    let (ratio, reference) = compare(session, || pgbench.rate(&statement, CLIENTS, SECONDS))?;
    Ok(Measure::times(
        "page_rps_limit",
        ratio,
        (reference, "pages/s"),
        Target::AtLeast(TARGET_LIMIT),
    ))
}

/// The median ratio of pages to the reference, and the median reference, in runs a second.
fn compare(
    session: &Session,
    reference: impl Fn() -> Result<f64, Error>,
) -> Result<(f64, f64), Error> {
    let (mut pages, mut references, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    session.get("/trades")?;
    for _ in 0..RUNS {
        let long = Duration::from_secs(SECONDS);
        let page = load::answers_per_second(session, "/trades", CLIENTS, long)?;
        let reference = reference()?;
        pages.push(page);
        references.push(reference);
        ratios.push(page / reference);
    }
    report::note(format_args!(
        "{:.0} pages a second to {CLIENTS} people",
        median(&mut pages)
    ));
    Ok((median(&mut ratios), median(&mut references)))
}
