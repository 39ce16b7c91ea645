//! `page_p99_under_exports`: the slowest pages while four exports run, beside the slowest without one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::error::Error;

use super::measure::Measure;
use super::pages::{Beside, beside, read};
use super::session::Session;

/// Exports that run at the same time: as many as the console lets.
const EXPORTS: usize = 4;
/// So long pages are read in each run, without exports and again with them.
const READING: Duration = Duration::from_secs(15);
/// How many times slower the slowest pages may get.
const TARGET: f64 = 1.5;

/// How many times slower pages are.
pub fn measure(session: &Session) -> Result<Measure, Error> {
    let what = Beside {
        name: "page_p99_under_exports",
        share: 0.99,
        long: READING,
        target: TARGET,
    };
    beside(session, &what, || read_beside(session))
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
