//! `export_ratio`, `export_raw_ratio`, `export_memory`: the CSV of all trade decisions.

use crate::error::Error;

use super::measure::{Measure, Reference, Target, median};
use super::reference::{NEWEST, Psql, TRADES, UTC};
use super::serve::Serve;
use super::session::Session;

const RUNS: usize = 5;
/// All trade decisions, guarded against formulas and as stored, and how many times psql's time each may take.
const EXPORTS: [(&str, &str, f64); 2] = [
    ("export_ratio", "/trades.csv", 1.15),
    ("export_raw_ratio", "/trades.csv?raw=1", 1.05),
];
/// MiB between the small export and the large one.
const TARGET_GROWTH: f64 = 8.0;
/// Rows of the small export, at the most.
const SMALL: u64 = 100_000;
/// Rows of the large export that the project's promise is about.
const LARGE: u64 = 1_000_000;

/// Medians of interleaved runs: over HTTP, and by psql's `\copy` of the same rows in the same
/// order.
pub fn speed(session: &Session, psql: &Psql) -> Result<Vec<Measure>, Error> {
    let query = format!("{TRADES} {NEWEST}");
    let mut http = EXPORTS.map(|_| Vec::with_capacity(RUNS));
    let mut copy = Vec::with_capacity(RUNS);
    // The first turn warms up and is not counted.
    for run in 0..=RUNS {
        for ((_, path, _), times) in EXPORTS.iter().zip(&mut http) {
            let seconds = session.get(path)?.milliseconds / 1_000.0;
            if run > 0 {
                times.push(seconds);
            }
        }
        let seconds = psql.copy_seconds(&query)?;
        if run > 0 {
            copy.push(seconds);
        }
    }
    let reference = median(&mut copy);
    let line = |((name, _, target), mut times): ((&str, &str, f64), Vec<f64>)| {
        let ratio = median(&mut times) / reference;
        Measure {
            name: name.to_owned(),
            value: ratio,
            unit: "x",
            reference: Some(Reference {
                value: reference,
                unit: "s",
                ratio,
            }),
            target: Target::AtMost(target),
        }
    };
    Ok(EXPORTS.into_iter().zip(http).map(line).collect())
}

/// How much higher the console's resident size gets during an export of all rows than during one
/// of 100,000, or of half of them where there are fewer. The line's name says the size when it is not the
/// promised million.
pub fn memory(serve: &Serve, session: &Session, psql: &Psql, rows: u64) -> Result<Measure, Error> {
    let small = SMALL.min(rows / 2);
    let since = psql.value(&format!(
        "select to_char(timestamp at time zone 'UTC', {UTC}) \
         from trade_audit order by timestamp desc, id desc offset {} limit 1",
        small.saturating_sub(1)
    ))?;
    let small_path = format!("/trades.csv?from={since}");
    // Once before, so that what is allocated for any export at all is not counted.
    session.get(&small_path)?;
    serve.reset_peak_memory()?;
    let small_bytes = session.get(&small_path)?.bytes;
    let small = serve.peak_memory()?;
    serve.reset_peak_memory()?;
    let large_bytes = session.get("/trades.csv")?.bytes;
    let large = serve.peak_memory()?;
    if large_bytes <= small_bytes {
        return Err(Error::Unexpected(format!(
            "the large export has {large_bytes} bytes, the small one {small_bytes}: give more \
             --rows"
        )));
    }
    let name = if rows >= LARGE {
        "export_memory".to_owned()
    } else {
        format!("export_memory_at_{rows}")
    };
    Ok(Measure {
        name,
        value: large - small,
        unit: "MiB",
        reference: Some(Reference {
            value: small,
            unit: "MiB",
            ratio: large / small,
        }),
        target: Target::AtMost(TARGET_GROWTH),
    })
}
