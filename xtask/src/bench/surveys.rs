//! `histogram_all_p50`, `histogram_7d_p50`, `facets_all_p50`, `facets_7d_p50`: what a list's rows amount to, made
//! anew for each request.

use std::time::Instant;

use crate::error::Error;

use super::measure::{Measure, Target, at_size, median};
use super::reference::{Psql, UTC};
use super::session::Session;

const ROUNDS: usize = 5;
/// Surveys a round.
const REPEATS: usize = 5;
/// Milliseconds for all time, and for seven days.
const TARGETS: (f64, f64) = (300.0, 30.0);

/// What a survey is asked for.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// The picture of time, of everything.
    Histogram,
    /// The facets of two filters: those of the filtered columns need statements of their own.
    Facets,
}

/// A span of time that ends with the newest decision.
#[derive(Debug)]
struct Span {
    name: &'static str,
    /// The moment that it begins at, as SQL.
    begin: &'static str,
    /// A column of the picture.
    step: &'static str,
    target: f64,
}

const SPANS: [Span; 2] = [
    Span {
        name: "all",
        begin: "min(timestamp)",
        step: "1 day",
        target: TARGETS.0,
    },
    Span {
        name: "7d",
        begin: "max(timestamp) - interval '7 days'",
        step: "2 hours",
        target: TARGETS.1,
    },
];

/// Two lines: for all time, and for the last seven days, in turns with the exact counts by plain SQL. Each request
/// begins a second earlier than the one before, so that nothing that was kept answers it.
pub fn measure(
    session: &Session,
    psql: &Psql,
    part: Part,
    rows: u64,
) -> Result<Vec<Measure>, Error> {
    SPANS
        .iter()
        .map(|span| line(session, psql, part, span, rows))
        .collect()
}

fn line(
    session: &Session,
    psql: &Psql,
    part: Part,
    span: &Span,
    rows: u64,
) -> Result<Measure, Error> {
    let begins = psql.value(&format!(
        "select string_agg(to_char((b.begin - n * interval '1 second') at time zone 'UTC', {UTC}), ' ') \
         from (select {} as begin from trade_audit) b, generate_series(1, {}) n",
        span.begin,
        (ROUNDS + 1) * REPEATS
    ))?;
    let begins: Vec<&str> = begins.split(' ').collect();
    let (mut surveys, mut bare) = (Vec::new(), Vec::new());
    // The first turn warms up and is not counted.
    for (round, begins) in begins.chunks(REPEATS).enumerate() {
        let mut times = Vec::with_capacity(REPEATS);
        for begin in begins {
            times.push(survey(session, part, begin)?);
        }
        let begin = begins.first().copied().unwrap_or_default();
        let sql_times = psql.times(&part.sql(begin, span.step))?;
        if round > 0 {
            surveys.extend(times);
            bare.push(sql_times.iter().sum());
        }
    }
    let name = format!("{}_{}_p50", part.name(), span.name);
    Ok(Measure::beside(
        at_size(&name, rows),
        median(&mut surveys),
        "ms",
        median(&mut bare),
        Target::AtMost(span.target),
    ))
}

/// Milliseconds of one survey that holds what was asked for.
fn survey(session: &Session, part: Part, begin: &str) -> Result<f64, Error> {
    let path = format!("/api/v1/trades/survey?{}from={begin}", part.filter());
    let started = Instant::now();
    let text = session.text(&path)?;
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let holds = match part {
        Part::Histogram => answer["histogram"].is_object(),
        Part::Facets => answer["facets"]
            .as_array()
            .is_some_and(|all| !all.is_empty()),
    };
    if holds {
        Ok(milliseconds)
    } else {
        Err(Error::Unexpected(format!("{path} has no {}", part.name())))
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Histogram => "histogram",
            Self::Facets => "facets",
        }
    }

    fn filter(self) -> &'static str {
        match self {
            Self::Histogram => "",
            Self::Facets => "asset=BTC&outcome=executed&",
        }
    }

    /// The exact counts by plain SQL. A facet counts what the other filters leave.
    fn sql(self, begin: &str, step: &str) -> Vec<String> {
        let since = format!("from trade_audit where timestamp >= '{begin}'");
        match self {
            Self::Histogram => vec![format!(
                "select date_bin('{step}', timestamp, '{begin}'), is_executed, \
                 block_reason is not null, count(*) {since} group by 1, 2, 3"
            )],
            Self::Facets => [
                ("is_executed, block_reason is not null", "asset = 'BTC'"),
                ("asset", "is_executed"),
                ("decision", "asset = 'BTC' and is_executed"),
                ("agent_id", "asset = 'BTC' and is_executed"),
                (
                    "split_part(block_reason, ' ', 1)",
                    "asset = 'BTC' and is_executed",
                ),
            ]
            .map(|(value, condition)| {
                format!("select {value}, count(*) {since} and {condition} group by {value}")
            })
            .into(),
        }
    }
}
