//! `page_overhead_p50`: what the console itself takes of a page of 50 decisions.

use crate::error::Error;

use super::measure::{Measure, Reference, Target, median};
use super::pgbench::Pgbench;
use super::reference::{NEWEST, TRADES};
use super::session::Session;

const ROUNDS: usize = 5;
const REPEATS: usize = 200;
/// Milliseconds.
const TARGET: f64 = 1.0;

/// The page's rows, and one more to know whether there is a next page.
pub fn rows_sql() -> String {
    format!("{TRADES} {NEWEST} limit 51")
}

/// The median page less the median run of its rows' statement through one prepared connection, measured in turns:
/// the median of the rounds. The reference is the statement.
pub fn measure(session: &Session, pgbench: &Pgbench) -> Result<Measure, Error> {
    let statement = rows_sql();
    let (mut overheads, mut pages, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    // The first turn warms up and is not counted.
    for round in 0..=ROUNDS {
        let page = median(&mut session.warm_times("/trades", REPEATS)?);
        let run = median(&mut pgbench.times(&statement, REPEATS)?);
        if round > 0 {
            overheads.push(page - run);
            pages.push(page);
            bare.push(run);
        }
    }
    let reference = median(&mut bare);
    Ok(Measure {
        name: "page_overhead_p50".to_owned(),
        value: median(&mut overheads),
        unit: "ms",
        reference: Some(Reference {
            value: reference,
            unit: "ms",
            ratio: median(&mut pages) / reference,
        }),
        target: Target::AtMost(TARGET),
    })
}
