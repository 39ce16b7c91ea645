//! `trace_p50`, `findings_rebuild`, `page_p99_under_rebuild`, `findings_behind`: what looking for findings
//! costs, and what it costs others.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::console::Running;
use crate::error::Error;
use crate::process;
use crate::report;
use crate::workspace::{Profile, Workspace};

use super::measure::{Measure, Target, median, percentile};
use super::pages::read;
use super::reference::Psql;
use super::session::Session;

const ROUNDS: usize = 5;
/// Traces a round, of decisions spread over the whole history.
const TRACES: usize = 40;
/// Milliseconds.
const TARGET_TRACE: f64 = 50.0;
/// Seconds for 100,000 rows.
const TARGET_REBUILD: f64 = 1.0;
/// How many times slower the slowest pages may get.
const TARGET_UNDER_REBUILD: f64 = 1.5;
/// So long pages are read before a rebuild, and during one.
const READING: Duration = Duration::from_mins(1);
/// Rows a second that come in, and for how many seconds.
const NEW_ROWS: u32 = 2_000;
const SECONDS: u32 = 20;
/// Seconds that a look may lie behind while they do.
const TARGET_BEHIND: f64 = 10.0;

/// The decisions whose traces are measured: one of each stretch of the history, executed.
const DECISIONS: &str = "select string_agg(d.id::text, ' ') from generate_series(0, 39) n, \
    (select min(timestamp) as since, max(timestamp) - min(timestamp) as long from trade_audit \
     where timestamp > '2000-01-01' and timestamp < now()) h, \
    lateral (select id from trade_audit where timestamp >= h.since + h.long * n / 40 and is_executed \
     order by timestamp limit 1) d";

/// Pages of traces and, in turns, what each must at least ask: its decision, its order, and the events of
/// the ten seconds on both sides.
pub fn trace(session: &Session, psql: &Psql) -> Result<Measure, Error> {
    let ids = psql.value(DECISIONS)?;
    let ids: Vec<&str> = ids.split_whitespace().take(TRACES).collect();
    let statements: Vec<String> = ids.iter().map(|id| trace_sql(id)).collect();
    let (mut pages, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let mut times = Vec::with_capacity(ids.len());
        for id in &ids {
            times.push(session.get(&format!("/traces/{id}"))?.milliseconds);
        }
        let sql_times = psql.times(&statements)?;
        if round > 0 {
            pages.extend(times);
            bare.extend(sql_times);
        }
    }
    let (value, reference) = (median(&mut pages), median(&mut bare));
    let target = Target::AtMost(TARGET_TRACE);
    Ok(Measure::beside("trace_p50", value, "ms", reference, target))
}

fn trace_sql(id: &str) -> String {
    format!(
        "select t.*, o.*, (select count(details->>'coin') from audit_log e where e.timestamp \
         between t.timestamp - interval '10 seconds' and t.timestamp + interval '10 seconds') \
         from trade_audit t left join orders o on o.id = t.execution_order_id where t.id = '{id}'"
    )
}

/// The slowest pages while a rebuild begins, beside the slowest without one; then the rest of the same
/// rebuild alone, beside what PostgreSQL needs to hand the rows out.
pub fn rebuild(
    workspace: &Workspace,
    demo: &Running,
    session: &Session,
    psql: &Psql,
) -> Result<Vec<Measure>, Error> {
    let rows = number(&psql.value(
        "select (select count(*) from audit_log) + (select count(*) from trade_audit) \
         + (select count(*) from orders) + (select count(*) from signal)",
    )?)?;
    let bare = psql.copy_seconds("select * from audit_log order by timestamp")?
        + psql.copy_seconds("select * from trade_audit order by timestamp")?
        + psql.copy_seconds("select * from orders order by created_at")?;
    let mut command = Command::new(workspace.server_bin(Profile::Release));
    command
        .args(["findings", "--rebuild"])
        .env("DATABASE_URL", demo.console_database_url())
        .env_remove("CONSOLE_DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(url) = &demo.redis_url {
        command.env("REDIS_URL", url);
    }
    let failed = |source| Error::Start {
        command: "audit-console findings --rebuild".to_owned(),
        source,
    };
    let mut idle = read(session, READING)?;
    let mut interrupted = command.spawn().map_err(failed)?;
    let busy = read(session, READING);
    interrupted.kill().map_err(failed)?;
    interrupted.wait().map_err(failed)?;
    let before = number(
        &psql.value("select coalesce(max(looked_at), 0) from audit_console.finding_rebuild")?,
    )?;
    let started = Instant::now();
    let status = command.status().map_err(failed)?;
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        return Err(Error::Failed {
            command: process::shown(&command),
            status,
        });
    }
    report::note(format_args!(
        "{:.0} of {rows:.0} rows looked at in {seconds:.1} s: {:.0} a second",
        rows - before,
        (rows - before) / seconds
    ));
    let (idle, busy) = (percentile(&mut idle, 0.99), percentile(&mut busy?, 0.99));
    Ok(vec![
        Measure::beside(
            "findings_rebuild_100k_rows",
            seconds / (rows - before) * 100_000.0,
            "s",
            bare / rows * 100_000.0,
            Target::AtMost(TARGET_REBUILD),
        ),
        Measure::times(
            "page_p99_under_rebuild",
            busy / idle,
            (idle, "ms"),
            Target::AtMost(TARGET_UNDER_REBUILD),
        ),
    ])
}

fn number(text: &str) -> Result<f64, Error> {
    text.parse()
        .map_err(|_| Error::Unexpected(format!("{text} is no number")))
}

/// How far the look lies behind at the most while rows come in; the rows are taken out again.
pub fn behind(psql: &Psql) -> Result<Measure, Error> {
    let insert = format!(
        "insert into audit_log (event_type, severity, details, user_id, id, timestamp) \
         select 'ALGORITHM_SIGNAL', 'info', json_build_object('algorithm_id', null, 'signal', \
         json_build_object('action', 'hold', 'coin_type', 'BENCH', 'quantity', n::text, 'confidence', 0.5)), \
         null, gen_random_uuid(), clock_timestamp() from generate_series(1, {NEW_ROWS}) n"
    );
    catch_up(psql)?;
    let idle = seconds_behind(psql)?;
    let begun = Instant::now();
    let mut most = 0.0_f64;
    for second in 1..=SECONDS {
        psql.value(&insert)?;
        most = most.max(seconds_behind(psql)?);
        let next = Duration::from_secs(second.into());
        std::thread::sleep(next.saturating_sub(begun.elapsed()));
    }
    psql.value(
        "delete from audit_log where event_type = 'ALGORITHM_SIGNAL' \
         and timestamp > now() - interval '5 minutes' and details->'signal'->>'coin_type' = 'BENCH'",
    )?;
    let target = Target::AtMost(TARGET_BEHIND);
    Ok(Measure::beside("findings_behind", most, "s", idle, target))
}

/// Waits until everything was looked at: a new database's whole history at first.
///
/// # Errors
/// When that takes longer than half an hour.
pub fn catch_up(psql: &Psql) -> Result<(), Error> {
    let begun = Instant::now();
    while seconds_behind(psql)? > TARGET_BEHIND {
        if begun.elapsed() > Duration::from_mins(30) {
            return Err(Error::Unexpected(
                "the look for findings does not catch up".to_owned(),
            ));
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

fn seconds_behind(psql: &Psql) -> Result<f64, Error> {
    number(&psql.value(
        "select coalesce(extract(epoch from now() - min(checked_to)), 1e9) \
         from audit_console.finding_progress where checked_to > '-infinity'",
    )?)
}
