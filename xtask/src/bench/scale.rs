//! `page_growth`, `deep_page`: whether pages stay as fast when there are more rows, and further down.

use crate::console;
use crate::error::Error;
use crate::report;
use crate::workspace::{Profile, Workspace};

use super::findings;
use super::measure::{Measure, Target, at_size, median};
use super::page_set::{OTHER_PAGES, TRADES_PAGES};
use super::reference::{Psql, UTC};
use super::serve::Serve;
use super::session::Session;

const ROUNDS: usize = 5;
const REPEATS: usize = 20;
/// Decisions and short episodes in the small database.
const SMALL: (u64, u32) = (100_000, 50);
/// How many times slower pages may be than over the small database.
const TARGET_GROWTH: f64 = 1.5;
/// Rows above a deep page: those of 10,000 pages.
const DEEP: u64 = 500_000;
const PAGE_ROWS: u64 = 50;
/// How many times slower it may be than the first.
const TARGET_DEEP: f64 = 1.2;

/// The median page of every list over the bench's database, as a multiple of the median over a small one, which is
/// kept in `target/bench/small`. Measured in turns.
pub fn growth(
    workspace: &Workspace,
    session: &Session,
    psql: &Psql,
    rows: u64,
) -> Result<Measure, Error> {
    let (small_rows, episodes) = SMALL;
    let data = workspace.target.join("bench/small");
    let small = console::start(workspace, Profile::Release, small_rows, episodes, &data)?;
    let serve = Serve::start(workspace, &small)?;
    let small_session = Session::log_in(&serve.url)?;
    findings::catch_up(&psql.on(&small.database_url))?;
    let (mut large_times, mut small_times) = (Vec::new(), Vec::new());
    let mut most = (0.0, "");
    for page in TRADES_PAGES.iter().chain(&OTHER_PAGES) {
        let (mut large, mut small) = (Vec::new(), Vec::new());
        // The first turn warms up and is not counted.
        for round in 0..=ROUNDS {
            let large_turn = session.warm_times(page.path, REPEATS)?;
            let small_turn = small_session.warm_times(page.path, REPEATS)?;
            if round > 0 {
                large.extend(large_turn);
                small.extend(small_turn);
            }
        }
        let growth = median(&mut large) / median(&mut small);
        if growth > most.0 {
            most = (growth, page.path);
        }
        large_times.extend(large);
        small_times.extend(small);
    }
    let (growth, path) = most;
    report::note(format_args!("{path} grows the most, {growth:.2} times"));
    let reference = median(&mut small_times);
    Ok(Measure::times(
        at_size("page_growth", rows),
        median(&mut large_times) / reference,
        (reference, "ms"),
        Target::AtMost(TARGET_GROWTH),
    ))
}

/// The page after 500,000 decisions, as a multiple of the first page, measured in turns. Where there are fewer, the
/// page in their middle; then the line's name says which that is.
pub fn deep(session: &Session, psql: &Psql, rows: u64) -> Result<Measure, Error> {
    let above = DEEP.min(rows / 2);
    let moment = psql.value(&format!(
        "select to_char(timestamp at time zone 'UTC', {UTC}) from trade_audit \
         order by timestamp desc, id desc offset {above} limit 1"
    ))?;
    // A cursor is a place in the list, whichever filter was asked for it.
    let before = format!("/api/v1/trades?to={moment}&limit=1");
    let text = session.text(&before)?;
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let cursor = answer["next"]
        .as_str()
        .ok_or_else(|| Error::Unexpected(format!("{before} has no next cursor")))?;
    let path = format!("/trades?after={cursor}");
    let (mut first, mut deep) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let first_turn = session.warm_times("/trades", REPEATS)?;
        let deep_turn = session.warm_times(&path, REPEATS)?;
        if round > 0 {
            first.extend(first_turn);
            deep.extend(deep_turn);
        }
    }
    let name = if above == DEEP {
        "deep_page".to_owned()
    } else {
        format!("deep_page_{}", above / PAGE_ROWS)
    };
    let reference = median(&mut first);
    Ok(Measure::times(
        name,
        median(&mut deep) / reference,
        (reference, "ms"),
        Target::AtMost(TARGET_DEEP),
    ))
}
