//! `page_p99_under_exports`: the slowest pages while four exports run, beside the slowest without one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::Error;

use super::measure::{Measure, Reference, Target, median, percentile};
use super::pages::read;
use super::session::Session;

const RUNS: usize = 5;
/// Exports that run at the same time: as many as the console lets.
const EXPORTS: usize = 4;
/// So long pages are read in each run, without exports and again with them.
const READING: Duration = Duration::from_secs(15);
/// How many times slower the slowest pages may get.
const TARGET: f64 = 1.5;

/// The median of interleaved runs.
pub fn measure(session: &Session) -> Result<Measure, Error> {
    let (mut idle, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let alone = percentile(&mut read(session, READING)?, 0.99);
        let beside = percentile(&mut read_beside(session)?, 0.99);
        ratios.push(beside / alone);
        idle.push(alone);
    }
    let ratio = median(&mut ratios);
    Ok(Measure {
        name: "page_p99_under_exports".to_owned(),
        value: ratio,
        unit: "x",
        reference: Some(Reference {
            value: median(&mut idle),
            unit: "ms",
            ratio,
        }),
        target: Target::AtMost(TARGET),
    })
}

fn read_beside(session: &Session) -> Result<Vec<f64>, Error> {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let exports: Vec<_> = (0..EXPORTS)
            .map(|_| {
                let (session, over) = (session.another(), &over);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        session.read_export("/trades.csv", |_| over.load(Ordering::Relaxed))?;
                    }
                    Ok(())
                })
            })
            .collect();
        let times = read(session, READING);
        over.store(true, Ordering::Relaxed);
        for export in exports {
            let ended: Result<(), Error> = export
                .join()
                .unwrap_or_else(|_| Err(Error::Unexpected("an export panicked".to_owned())));
            ended?;
        }
        times
    })
}
