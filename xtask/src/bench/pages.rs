//! `page_p50`, `page_p99`: pages of `/trades`, plain and by each kind of filter. And pages as people read
//! them, for what is measured beside that.

use std::time::{Duration, Instant};

use crate::error::Error;

use super::measure::{Measure, Reference, percentile};
use super::reference::{NEWEST, Psql, TRADES};
use super::session::Session;

const ROUNDS: usize = 5;
const REPEATS: usize = 20;
/// Milliseconds at the demo's size.
const TARGET_P50: f64 = 10.0;
/// Milliseconds; the same as the project promises for ten million rows.
const TARGET_P99: f64 = 50.0;

/// A page's query string and the same as an SQL condition.
const PAGES: [(&str, &str); 7] = [
    ("", "true"),
    ("?asset=BTC", "t.asset = 'BTC'"),
    ("?decision=BUY", "t.decision = 'BUY'"),
    ("?outcome=blocked", "t.block_reason is not null"),
    ("?last=7d", "t.timestamp > now() - interval '7 days'"),
    ("?min_confidence=0.9", "t.confidence_score >= 0.9"),
    (
        "?q=limit",
        "(t.reason ilike '%limit%' or t.block_reason ilike '%limit%')",
    ),
];

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

/// Times the pages and their SQL in turns; the first turn of each warms up and is not counted.
pub fn measure(session: &Session, psql: &Psql) -> Result<Vec<Measure>, Error> {
    let mut pages = Vec::new();
    let mut bare = Vec::new();
    for round in 0..=ROUNDS {
        for (query, condition) in PAGES {
            let path = format!("/trades{query}");
            let mut page_times = Vec::with_capacity(REPEATS);
            for _ in 0..REPEATS {
                page_times.push(session.get(&path)?.milliseconds);
            }
            let statements = vec![page_sql(condition); REPEATS];
            let sql_times = psql.times(&statements)?;
            if round > 0 {
                pages.extend(page_times);
                bare.extend(sql_times);
            }
        }
    }
    let line = |name: &str, pages: &mut [f64], bare: &mut [f64], share, target| {
        let value = percentile(pages, share);
        let reference = percentile(bare, share);
        Measure {
            name: name.to_owned(),
            value,
            unit: "ms",
            reference: Some(Reference {
                value: reference,
                unit: "ms",
                ratio: value / reference,
            }),
            target,
        }
    };
    Ok(vec![
        line("page_p50", &mut pages, &mut bare, 0.50, TARGET_P50),
        line("page_p99", &mut pages, &mut bare, 0.99, TARGET_P99),
    ])
}

/// What a page must ask the database: its rows, one more to know whether there is a next page, and
/// the count, exact up to 10,000. As one statement, so that it is timed as one.
fn page_sql(condition: &str) -> String {
    format!(
        "select (select count(*) from (select 1 from trade_audit t where {condition} \
         limit 10001) c), p.* from ({TRADES} where {condition} {NEWEST} limit 51) p"
    )
}
