//! `page_p50`, `page_p99`: pages of lists, plain and by each kind of filter. And pages as people read them, for
//! what is measured beside that.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::report;

use super::measure::{Measure, Target, median, percentile};
use super::page_set::{OTHER_PAGES, Page, TRADES_PAGES};
use super::reference::Psql;
use super::session::Session;

const ROUNDS: usize = 5;
const REPEATS: usize = 20;
/// Milliseconds at the demo's size.
const TARGET_P50: f64 = 10.0;
/// Milliseconds; the same as the project promises for ten million rows.
const TARGET_P99: f64 = 50.0;

/// A page is asked for so often: people read, they do not hammer.
const PACE: Duration = Duration::from_millis(40);
/// What people read meanwhile.
const READ: [&str; 4] = [
    "/trades",
    "/trades?asset=BTC",
    "/events?severity=critical",
    "/signals?last=24h",
];

/// Milliseconds of pages that are read at an even pace for a while.
pub fn read(session: &Session, long: Duration) -> Result<Vec<f64>, Error> {
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < long {
        let page = READ[times.len() % READ.len()];
        let answer = session.get(page)?;
        times.push(answer.milliseconds);
        let taken = Duration::from_secs_f64(answer.milliseconds / 1_000.0);
        std::thread::sleep(PACE.saturating_sub(taken));
    }
    Ok(times)
}

/// Runs of a measure by [`beside`].
const RUNS: usize = 5;

/// What is measured by [`beside`].
pub struct Beside {
    /// The line's name.
    pub name: &'static str,
    /// The share of pages that were faster: 0.5 for the median.
    pub share: f64,
    /// So long pages are read in each run, alone and again beside the other thing.
    pub long: Duration,
    /// How many times slower a page may get.
    pub target: f64,
}

/// How many times slower a page is while something else goes on, as `read_beside` reads them, than it is alone: the
/// median of interleaved runs.
pub fn beside(
    session: &Session,
    what: &Beside,
    read_beside: impl Fn() -> Result<Vec<f64>, Error>,
) -> Result<Measure, Error> {
    let (mut idle, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let alone = percentile(&mut read(session, what.long)?, what.share);
        ratios.push(percentile(&mut read_beside()?, what.share) / alone);
        idle.push(alone);
    }
    Ok(Measure::times(
        what.name,
        median(&mut ratios),
        (median(&mut idle), "ms"),
        Target::AtMost(what.target),
    ))
}

/// Milliseconds of a page and of its SQL.
#[derive(Debug)]
struct Timed {
    page: Page,
    pages: Vec<f64>,
    bare: Vec<f64>,
}

/// Times the pages and their SQL in turns. What warms up is not counted: the first turn of all, and the first
/// answer of each turn, with which the picture is made. `page_p50` is about `/trades`, `page_p99` about every list.
pub fn measure(session: &Session, psql: &Psql) -> Result<Vec<Measure>, Error> {
    let mut timed: Vec<Timed> = TRADES_PAGES
        .into_iter()
        .chain(OTHER_PAGES)
        .map(|page| Timed {
            page,
            pages: Vec::new(),
            bare: Vec::new(),
        })
        .collect();
    for round in 0..=ROUNDS {
        for Timed { page, pages, bare } in &mut timed {
            let page_times = session.warm_times(page.path, REPEATS)?;
            let sql_times = psql.times(&vec![page.sql(); REPEATS])?;
            if round > 0 {
                pages.extend(page_times);
                bare.extend(sql_times);
            }
        }
    }
    let slowest = timed
        .iter()
        .map(|timed| (percentile(&mut timed.pages.clone(), 0.99), timed.page.path))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    if let Some((milliseconds, path)) = slowest {
        report::note(format_args!(
            "the slowest page is {path}, with a p99 of {milliseconds:.2} ms"
        ));
    }
    let (trades, _) = timed.split_at(TRADES_PAGES.len());
    Ok(vec![
        line("page_p50", trades, 0.50, TARGET_P50),
        line("page_p99", &timed, 0.99, TARGET_P99),
    ])
}

fn line(name: &str, timed: &[Timed], share: f64, target: f64) -> Measure {
    let mut pages: Vec<f64> = timed.iter().flat_map(|one| one.pages.clone()).collect();
    let mut bare: Vec<f64> = timed.iter().flat_map(|one| one.bare.clone()).collect();
    let value = percentile(&mut pages, share);
    let reference = percentile(&mut bare, share);
    Measure::beside(name, value, "ms", reference, Target::AtMost(target))
}
