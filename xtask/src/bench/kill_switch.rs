//! `kill_switch_list_p50`, `dossier_p50`: the kill-switch pages that read the most.

use crate::error::Error;
use crate::report;

use super::measure::{Measure, Reference, Target, median};
use super::reference::Psql;
use super::session::Session;

const ROUNDS: usize = 5;
const REPEATS: usize = 5;
/// Milliseconds of the list, at the promised size.
const TARGET_LIST: f64 = 100.0;
/// Milliseconds of a dossier, at the promised size.
const TARGET_DOSSIER: f64 = 300.0;
/// Rows of `audit_log` that the promises are about.
const PROMISED_ROWS: u64 = 10_000_000;
/// Episodes that they are about.
const PROMISED_EPISODES: u64 = 2_000;
/// Rows of `audit_log` inside the episode whose dossier is measured, about.
const DOSSIER_ROWS: u64 = 50_000;

/// The kill-switch events, from which episodes are derived.
const EVENTS: &str = "select a.id, a.timestamp, a.event_type, a.severity, a.details, a.user_id, \
    u.email from audit_log a left join \"user\" u on u.id = a.user_id where a.event_type in \
    ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED', 'kill_switch_toggle') \
    order by a.timestamp, a.id";

/// Episodes as `w (id, started, ended)`: from each switching on to the next switching off of the
/// same mechanism, none for the end of an open one.
const EPISODES: &str = "with e as (select id, timestamp as at, \
    event_type = 'kill_switch_toggle' as is_toggle, event_type = 'EMERGENCY_STOP_ACTIVATED' \
    or coalesce(details->>'active', '') = 'true' as is_on from audit_log where event_type in \
    ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED', 'kill_switch_toggle')), \
    s as (select *, lag(is_on, 1, false) over m as was_on from e \
    window m as (partition by is_toggle order by at, id)), \
    c as (select *, lead(at) over (partition by is_toggle order by at, id) as ended from s \
    where is_on <> was_on), \
    w as (select id, at as started, ended from c where is_on)";

/// An episode of the database that is measured.
#[derive(Debug)]
struct Episode {
    id: String,
    started: String,
    ended: String,
    /// Rows of `audit_log` inside.
    rows: u64,
}

/// How much there is to measure.
#[derive(Debug, Clone, Copy)]
struct Size {
    rows: u64,
    episodes: u64,
}

impl Size {
    fn of(psql: &Psql) -> Result<Self, Error> {
        Ok(Self {
            rows: count(psql, "select count(*) from audit_log")?,
            episodes: count(psql, &format!("{EPISODES} select count(*) from w"))?,
        })
    }

    fn is_promised(self) -> bool {
        self.rows >= PROMISED_ROWS && self.episodes >= PROMISED_EPISODES
    }
}

/// The plain list and, in turns, what it must ask at least.
pub fn list(session: &Session, psql: &Psql) -> Result<Measure, Error> {
    let size = Size::of(psql)?;
    let asked = [EVENTS.to_owned(), counts_sql(psql)?];
    measure(
        name("kill_switch_list_p50", size, size.is_promised()),
        TARGET_LIST,
        (session, "/kill-switch"),
        (psql, &asked),
    )
}

/// The dossier of the closed episode that is nearest to 50,000 rows and, in turns, the counts of
/// its window.
pub fn dossier(session: &Session, psql: &Psql) -> Result<Measure, Error> {
    let size = Size::of(psql)?;
    let episode = long_episode(psql)?;
    report::note(format_args!(
        "dossier of episode {}: {} audit rows inside",
        episode.id, episode.rows
    ));
    let path = format!("/kill-switch/{}", episode.id);
    let asked = [window_sql(&episode)];
    // A tenth less is still about as many.
    let is_long = episode.rows >= DOSSIER_ROWS - DOSSIER_ROWS / 10;
    measure(
        name("dossier_p50", size, size.is_promised() && is_long),
        TARGET_DOSSIER,
        (session, &path),
        (psql, &asked),
    )
}

/// The line's name; it says the size when it is not the promised one.
fn name(name: &str, size: Size, is_promised: bool) -> String {
    if is_promised {
        name.to_owned()
    } else {
        format!("{name}_at_{}", size.rows)
    }
}

/// Medians of a page and, in turns, of the statements that it must ask, added up; the first turn of
/// each warms up and is not counted.
fn measure(
    name: String,
    target: f64,
    (session, path): (&Session, &str),
    (psql, asked): (&Psql, &[String]),
) -> Result<Measure, Error> {
    let (mut pages, mut bare) = (Vec::new(), Vec::new());
    let statements = [asked; REPEATS].concat();
    for round in 0..=ROUNDS {
        let mut page_times = Vec::with_capacity(REPEATS);
        for _ in 0..REPEATS {
            page_times.push(session.get(path)?.milliseconds);
        }
        let sql_times = psql.times(&statements)?;
        if round > 0 {
            pages.extend(page_times);
            bare.extend(
                sql_times
                    .chunks(asked.len())
                    .map(|times| times.iter().sum::<f64>()),
            );
        }
    }
    let value = median(&mut pages);
    let reference = median(&mut bare);
    Ok(Measure {
        name,
        value,
        unit: "ms",
        reference: Some(Reference {
            value: reference,
            unit: "ms",
            ratio: value / reference,
        }),
        target: Target::AtMost(target),
    })
}

/// The counts inside the newest 50 episodes, the windows given: the page knows them from the
/// events.
fn counts_sql(psql: &Psql) -> Result<String, Error> {
    let windows = psql.value(&format!(
        "{EPISODES} select string_agg(format('(%L::timestamptz, %L::timestamptz)', started, \
         coalesce(ended, 'infinity')), ', ') \
         from (select * from w order by started desc, id desc limit 50) newest"
    ))?;
    Ok(format!(
        "select w.started, (select count(*) filter (where event_type = 'TRADE_APPROVED') || ' ' || \
         count(*) filter (where event_type = 'TRADE_REJECTED') from audit_log \
         where timestamp >= w.started and timestamp < w.ended), \
         (select count(*) from orders where created_at >= w.started and created_at < w.ended) \
         from (values {windows}) w (started, ended)"
    ))
}

/// What a dossier must ask at least: its window's rows by type, and its orders.
fn window_sql(episode: &Episode) -> String {
    let Episode { started, ended, .. } = episode;
    format!(
        "select event_type, count(*), (select count(*) from orders \
         where created_at >= '{started}' and created_at < '{ended}') from audit_log \
         where timestamp >= '{started}' and timestamp < '{ended}' group by event_type"
    )
}

/// The closed episode whose rows of `audit_log` are nearest to 50,000.
fn long_episode(psql: &Psql) -> Result<Episode, Error> {
    let found = psql.value(&format!(
        "{EPISODES} select w.id, w.started, w.ended, a.rows from w cross join lateral \
         (select count(*) as rows from audit_log \
         where timestamp >= w.started and timestamp < w.ended) a where w.ended is not null \
         order by abs(a.rows - {DOSSIER_ROWS}), w.started, w.id limit 1"
    ))?;
    let unexpected = || Error::Unexpected(format!("no closed episode but `{found}`"));
    let mut columns = found.split('|').map(str::to_owned);
    let mut column = || columns.next().ok_or_else(unexpected);
    Ok(Episode {
        id: column()?,
        started: column()?,
        ended: column()?,
        rows: column()?.parse().map_err(|_| unexpected())?,
    })
}

fn count(psql: &Psql, query: &str) -> Result<u64, Error> {
    let found = psql.value(query)?;
    found
        .parse()
        .map_err(|_| Error::Unexpected(format!("psql counted `{found}`")))
}
