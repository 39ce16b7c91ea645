//! `audit-console advise`: prints the statements of indexes that would help on the engine's tables, and what each brings,
//! measured on a copy of them. It changes nothing there.

use std::fmt::Write as _;
use std::time::Duration;

use clap::Args;
use store::StoreError;
use store::access::Auditor;
use store::engine::{Compared, IndexAdvice, Measured, SCRATCH_SCHEMA, Scratch, Taken};

use super::export::wrong;
use crate::output::{print_line, tell};
use crate::signals::StopSignals;
use crate::state::{App, StartError};

/// What to measure on.
#[derive(Args)]
pub struct Arguments {
    /// Try the indexes on a copy of the engine's tables in this database, which must be another one. The copy is in a
    /// schema of its own, `audit_console_advise`, which is removed at the end
    #[arg(long, value_name = "URL")]
    measure: Option<String>,
    /// How much of the large tables to copy: so much of every 1,000 seconds
    #[arg(
        long,
        value_name = "PERCENT",
        default_value_t = 100,
        value_parser = clap::value_parser!(u8).range(1..=100),
        requires = "measure"
    )]
    sample: u8,
}

/// `advise`: a script of SQL on standard output, with comments that say what each statement is for.
///
/// # Errors
/// When a database is unavailable, or the one to measure on is the engine's own.
pub async fn run(app: &App, arguments: Arguments) -> Result<(), StartError> {
    app.engine.check_schema().await?;
    let advised = app.engine.advise(&Auditor::operator()).await?;
    if advised.is_empty() {
        return print_line(format_args!(
            "-- Every index that helps the lists of the console is there."
        ));
    }
    print_line(format_args!(
        "-- Indexes that help lists of the console, for the owner of the engine's tables to judge."
    ))?;
    let Some(url) = arguments.measure else {
        print_line(format_args!(
            "-- What they bring is not measured: `--measure URL` tries them on a copy."
        ))?;
        for advice in &advised {
            print_line(format_args!("\n{}", entry(advice, None)))?;
        }
        return Ok(());
    };
    let mut signals = StopSignals::listen()?;
    let auditor = Auditor::operator();
    let scratch = tokio::select! {
        // The copy does not exist yet.
        scratch = Scratch::connect(&app.engine, &auditor, &url) => scratch,
        () = signals.first() => return Err(interrupted()),
    };
    let mut scratch = scratch.map_err(|error| match error {
        StoreError::Refused(message) => wrong(format!("--measure: {message}")),
        error => error.into(),
    })?;
    let measured = tokio::select! {
        measured = measure(app, &mut scratch, &advised, arguments.sample) => measured,
        () = signals.first() => Err(interrupted()),
    };
    let removed = scratch.remove().await.map_err(|error| {
        StartError::Other(format!("schema {SCRATCH_SCHEMA} is left there: {error}"))
    });
    measured.and(removed)
}

fn interrupted() -> StartError {
    StartError::Other("interrupted".to_owned())
}

async fn measure(
    app: &App,
    scratch: &mut Scratch,
    advised: &[IndexAdvice],
    percent: u8,
) -> Result<(), StartError> {
    print_line(format_args!(
        "-- Measured on a copy of {percent} % of the rows; a list that is slow there is slower on all."
    ))?;
    let copied = |table: &str, rows| tell(format_args!("{table}: {rows} rows copied"));
    scratch.copy(&app.engine, percent, copied).await?;
    for advice in advised {
        tell(format_args!("{}: measuring", advice.name()));
        let measured = scratch.measure(advice).await?;
        print_line(format_args!("\n{}", entry(advice, Some(&measured))))?;
    }
    Ok(())
}

/// The statement of one index, after comments that say what it is for.
fn entry(advice: &IndexAdvice, measured: Option<&Measured>) -> String {
    let mut text = format!("-- For {}", advice.lists().join(", "));
    // Writing to a String cannot fail.
    if let Some(remark) = advice.remark() {
        let _ = write!(text, "\n-- ({remark})");
    }
    if let Some(measured) = measured {
        for list in &measured.lists {
            let _ = write!(text, "\n--   {}", compared(list));
        }
        let _ = write!(
            text,
            "\n--   {} for {} rows, whose table is {}; created in {}",
            megabytes(measured.size),
            measured.rows,
            megabytes(measured.table_size),
            seconds(measured.created_in)
        );
    }
    if measured.is_some_and(|measured| !measured.helps()) {
        let _ = write!(
            text,
            "\n--   It brings nothing on these rows.\n-- {}",
            advice.statements().join("\n-- ")
        );
        return text;
    }
    if advice.lacks_extension() {
        text.push_str(
            "\n-- Needs an extension, which a superuser (or, where it is trusted, the database's owner) creates first:\
             \n-- CREATE EXTENSION IF NOT EXISTS pg_trgm;",
        );
    }
    if let Some(statement) = advice.clean_up() {
        let _ = write!(
            text,
            "\n-- One of this name is there and is of no use any more:\n{statement}"
        );
    }
    if advice.is_partitioned() {
        text.push_str(
            "\n-- Its table is partitioned. What is not CONCURRENTLY below takes no time, but waits for those who write to the\
             \n-- table, and whoever comes later waits behind it: run SET lock_timeout = '2s' first, and repeat what fails.",
        );
    }
    for statement in advice.statements() {
        let _ = write!(text, "\n{statement}");
    }
    text
}

/// `/trades?asset=BTC: page 812.10 ms -> 0.91 ms, count over 400 ms -> 3.20 ms`
fn compared(list: &Compared) -> String {
    let unused = if list.used {
        ""
    } else {
        " (not used for the page)"
    };
    format!(
        "{}: page {} -> {}, count {} -> {}{unused}",
        list.path,
        taken(list.page.0, "over 5000"),
        taken(list.page.1, "over 5000"),
        taken(list.count.0, "over 400"),
        taken(list.count.1, "over 400"),
    )
}

/// Milliseconds, or the limit that was run into.
fn taken(taken: Taken, limit: &str) -> String {
    taken.map_or_else(
        || format!("{limit} ms"),
        |taken| format!("{:.2} ms", taken.as_secs_f64() * 1_000.0),
    )
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Decimal megabytes, with a digit where there are few.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    if tenths < 100 {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    } else {
        format!("{} MB", tenths / 10)
    }
}
