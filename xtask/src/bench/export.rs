//! `export_ratio`, `export_memory`: the CSV of all trade decisions.

use crate::error::Error;

use super::measure::{Measure, Reference, median};
use super::reference::{NEWEST, Psql, TRADES};
use super::serve::Serve;
use super::session::Session;

const RUNS: usize = 5;
/// How many times psql's time an export may take.
const TARGET_RATIO: f64 = 1.25;
/// MiB between the small export and the large one.
const TARGET_GROWTH: f64 = 16.0;
/// Rows of the small export.
const SMALL: u64 = 10_000;
/// Rows of the large export that the project's promise is about.
const LARGE: u64 = 1_000_000;

/// Medians of interleaved runs: over HTTP, and by psql's `\copy` of the same rows in the same
/// order.
pub fn speed(session: &Session, psql: &Psql) -> Result<Measure, Error> {
    let query = format!("{TRADES} {NEWEST}");
    let mut http = Vec::with_capacity(RUNS);
    let mut copy = Vec::with_capacity(RUNS);
    session.get("/trades.csv")?;
    psql.copy_seconds(&query)?;
    for _ in 0..RUNS {
        http.push(session.get("/trades.csv")?.milliseconds / 1_000.0);
        copy.push(psql.copy_seconds(&query)?);
    }
    let reference = median(&mut copy);
    let ratio = median(&mut http) / reference;
    Ok(Measure {
        name: "export_ratio".to_owned(),
        value: ratio,
        unit: "x",
        reference: Some(Reference {
            value: reference,
            unit: "s",
            ratio,
        }),
        target: TARGET_RATIO,
    })
}

/// How much higher the console's resident size gets during an export of all rows than during one
/// of 10,000. The line's name says the size when it is not the promised million.
pub fn memory(serve: &Serve, session: &Session, psql: &Psql, rows: u64) -> Result<Measure, Error> {
    let since = psql.value(&format!(
        "select to_char(timestamp at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') \
         from trade_audit order by timestamp desc, id desc offset {} limit 1",
        SMALL - 1
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
        target: TARGET_GROWTH,
    })
}
