//! What happened inside episodes, counted: rejected attempts, leaked approvals, leaked orders.
//!
//! Counting reads every row of an episode. What was counted is remembered with the number of rows that
//! it was counted from; that number is looked up again in the indexes of time, so a row that was
//! committed late is found at the next look, and everything else is read once. For the navigation's sake a
//! caller may trust what was looked at a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::dossier::Span;
use domain::episode::{Effect, Episode};
use domain::rejection::{PAIRED_WITHIN, Pairing, Place, RejectionRow};
use domain::time::Timestamp;
use futures::TryStreamExt as _;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::db::Session;
use crate::engine::fragments::readable;
use crate::pg::PgTimestamp;
use crate::sql::{Sql, sql};
use crate::statements::statements;

statements! {
    ROWS_OF_PARTS = "SELECT \
        (SELECT count(*) FROM public.audit_log \
         WHERE \"timestamp\" >= w.since AND \"timestamp\" < w.until), \
        (SELECT count(*) FROM public.orders \
         WHERE created_at >= w.since AND created_at < w.until) \
        FROM unnest($1::timestamptz[], $2::timestamptz[]) \
          WITH ORDINALITY AS w(since, until, n) ORDER BY w.n";

    COUNTS_OF_PARTS = "SELECT a.approvals, a.rejections \
        FROM unnest($1::timestamptz[], $2::timestamptz[]) \
          WITH ORDINALITY AS w(since, until, n) \
        CROSS JOIN LATERAL (SELECT \
          count(*) FILTER (WHERE event_type = 'TRADE_APPROVED') AS approvals, \
          count(*) FILTER (WHERE event_type = 'TRADE_REJECTED' AND NOT (severity = 'error' \
            AND strpos(details::text, '\"kill_switch_active\"') > 0)) AS rejections \
          FROM public.audit_log \
          WHERE \"timestamp\" >= w.since AND \"timestamp\" < w.until \
            AND event_type IN ('TRADE_APPROVED', 'TRADE_REJECTED')) AS a \
        ORDER BY w.n";
}

/// A stop that lasts longer than this is counted day by day, in UTC.
const DAY: i64 = 86_400_000_000;
/// More days than these are counted as one: a hostile time may lie thousands of years back.
const MOST_DAYS: i64 = 800;
/// How long what was looked at is good for a caller who trusts it.
const RECENT: Duration = Duration::from_secs(30);
/// No further statement is begun for such a caller after this long.
const PATIENCE: Duration = Duration::from_secs(2);
/// Parts of about so many rows together are counted by one statement: well below its time limit even where they come from
/// the disk. A part of more rows has a statement of its own.
const BATCH_ROWS: i64 = 100_000;
/// A part of more rows is counted without taking its details apart.
const MOST_TAKEN_APART: i64 = 400_000;
/// Known spans beyond this many are forgotten all at once.
const MOST_KNOWN: usize = 50_000;

/// What was counted, by span.
#[derive(Default)]
pub struct EffectCache(Mutex<HashMap<(Timestamp, Timestamp), Known>>);

#[derive(Clone, Copy)]
struct Known {
    rows: Rows,
    effect: Effect,
    looked_at: Instant,
}

/// How many rows a span holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rows {
    events: i64,
    orders: i64,
}

/// A part of an episode that is counted at once.
#[derive(Clone, Copy)]
struct Part {
    /// Which of the episodes.
    episode: usize,
    span: Span,
}

/// Whether a caller needs the rows to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It does: a row that was committed late counts.
    Nothing,
    /// What was looked at within half a minute will do.
    Recent,
}

/// What happened in [activated, cleared) of each, in their order; an open end is open.
///
/// # Errors
/// When the database is away, a statement takes too long, or all of them take a caller too long who trusts
/// [`Trust::Recent`].
pub async fn effects(
    session: &mut Session<'_>,
    cache: &EffectCache,
    of: &[&Episode],
    (now, trust): (Timestamp, Trust),
) -> Result<Vec<Effect>, StoreError> {
    let begun = Instant::now();
    let mut sums = vec![Effect::default(); of.len()];
    let mut unsure: Vec<Part> = Vec::new();
    for (at, episode) in of.iter().enumerate() {
        for part in parts(at, Span::inside(episode), now) {
            match cache.recent(part).filter(|_| trust == Trust::Recent) {
                Some(effect) => add(&mut sums[at], effect),
                None => unsure.push(part),
            }
        }
    }
    let mut unknown: Vec<(Part, Rows)> = Vec::new();
    for (part, rows) in unsure.iter().zip(rows(session, &unsure).await?) {
        match cache.recall(*part, rows) {
            Some(effect) => add(&mut sums[part.episode], effect),
            None => unknown.push((*part, rows)),
        }
    }
    // What is counted is remembered batch by batch: a look that is cut short leaves less to the next.
    for batch in batches(&unknown) {
        if trust == Trust::Recent && begun.elapsed() > PATIENCE {
            return Err(StoreError::TimedOut);
        }
        let counted = if batch.iter().any(|(_, rows)| rows.events > MOST_TAKEN_APART) {
            count_rows(session, batch).await?
        } else {
            count(session, batch).await?
        };
        for ((part, rows), effect) in batch.iter().zip(counted) {
            add(&mut sums[part.episode], effect);
            cache.remember(*part, *rows, effect);
        }
    }
    Ok(sums)
}

/// Parts that one statement counts: as many as fit, one at least.
fn batches(parts: &[(Part, Rows)]) -> Vec<&[(Part, Rows)]> {
    let mut batches = Vec::new();
    let (mut start, mut sum) = (0, 0);
    for (at, (_, rows)) in parts.iter().enumerate() {
        if at > start && sum + rows.events > BATCH_ROWS {
            batches.push(&parts[start..at]);
            (start, sum) = (at, 0);
        }
        sum += rows.events;
    }
    if start < parts.len() {
        batches.push(&parts[start..]);
    }
    batches
}

impl EffectCache {
    /// A panic elsewhere leaves whole values behind.
    fn lock(&self) -> MutexGuard<'_, HashMap<(Timestamp, Timestamp), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a part that was looked at a moment ago.
    fn recent(&self, part: Part) -> Option<Effect> {
        let known = *self.lock().get(&part.key())?;
        (known.looked_at.elapsed() < RECENT).then_some(known.effect)
    }

    /// What is known of a part that still holds the rows that it was counted from.
    fn recall(&self, part: Part, rows: Rows) -> Option<Effect> {
        let mut all = self.lock();
        let known = all
            .get_mut(&part.key())
            .filter(|known| known.rows == rows)?;
        known.looked_at = Instant::now();
        Some(known.effect)
    }

    fn remember(&self, part: Part, rows: Rows, effect: Effect) {
        let mut all = self.lock();
        if all.len() > MOST_KNOWN {
            all.clear();
        }
        let known = Known {
            rows,
            effect,
            looked_at: Instant::now(),
        };
        all.insert(part.key(), known);
    }
}

impl Part {
    const fn key(self) -> (Timestamp, Timestamp) {
        (self.span.from, self.span.to)
    }
}

const fn add(sum: &mut Effect, more: Effect) {
    sum.rejections += more.rejections;
    sum.leaked_approvals += more.leaked_approvals;
    sum.leaked_orders += more.leaked_orders;
}

/// An episode's span, cut at midnights where it is long.
fn parts(episode: usize, span: Span, now: Timestamp) -> Vec<Part> {
    // An open end is cut up to now; rows that claim to be of the future fall into the last part.
    let last = span.to.min(now);
    let midnight = |at: Timestamp| at.postgres_micros().div_euclid(DAY);
    let (begin, end) = (midnight(span.from), midnight(last));
    let mut edges = vec![span.from];
    if end > begin && last.micros_since(span.from) > DAY {
        let first = (begin + 1).max(end - MOST_DAYS);
        edges.extend((first..=end).map(|day| Timestamp::from_postgres_micros(day * DAY)));
    }
    edges.retain(|edge| *edge == span.from || (span.from < *edge && *edge < span.to));
    edges.push(span.to);
    edges
        .windows(2)
        .map(|pair| Part {
            episode,
            span: Span {
                from: pair[0],
                to: pair[1],
            },
        })
        .collect()
}

fn bounds(parts: impl Iterator<Item = Part>) -> (Vec<PgTimestamp>, Vec<PgTimestamp>) {
    parts
        .map(|part| (PgTimestamp(part.span.from), PgTimestamp(part.span.to)))
        .unzip()
}

/// How many rows each part holds, out of the indexes of time.
async fn rows(session: &mut Session<'_>, of: &[Part]) -> Result<Vec<Rows>, StoreError> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let (since, until) = bounds(of.iter().copied());
    let rows = sqlx::query(ROWS_OF_PARTS)
        .bind(since)
        .bind(until)
        .fetch_all(&mut *session)
        .await?;
    let read = |row: &PgRow| -> Result<Rows, sqlx::Error> {
        Ok(Rows {
            events: row.try_get(0)?,
            orders: row.try_get(1)?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Counts the parts: approvals by the database, rejected attempts by the rule of `domain::rejection`,
/// for which the rows a little before each part are read too.
async fn count(session: &mut Session<'_>, of: &[(Part, Rows)]) -> Result<Vec<Effect>, StoreError> {
    let (since, until) = bounds(of.iter().map(|(part, _)| *part));
    let read_since: Vec<PgTimestamp> = since
        .iter()
        .map(|at| PgTimestamp(at.0.plus_micros(-PAIRED_WITHIN)))
        .collect();
    // A part at a time: together the rejections of a batch are megabytes.
    let mut rows = attempts_sql()
        .query()
        .bind(since)
        .bind(until)
        .bind(read_since)
        .fetch(&mut *session);
    let mut effects = Vec::with_capacity(of.len());
    for (part, numbers) in of {
        let row = rows.try_next().await?.ok_or(sqlx::Error::RowNotFound)?;
        effects.push(Effect {
            rejections: attempts(&row, part.span)?,
            leaked_approvals: row.try_get::<i64, _>("approvals")?.unsigned_abs(),
            leaked_orders: numbers.orders.unsigned_abs(),
        });
    }
    Ok(effects)
}

/// Of each part from `$1` to `$2`, with rejections since `$3`: how many approvals, and the rows of rejections as arrays.
fn attempts_sql() -> Sql {
    let aggregate = |value: Sql| {
        // Of two rows of the same microsecond, the error is the first.
        sql![
            "array_agg(",
            value,
            " ORDER BY \"timestamp\", severity <> 'error', id) \
             FILTER (WHERE event_type = 'TRADE_REJECTED')"
        ]
    };
    Sql::template(
        "SELECT a.approvals, a.at, a.who, a.severity, a.reason \
         FROM unnest($1::timestamptz[], $2::timestamptz[], $3::timestamptz[]) \
           WITH ORDINALITY AS w(since, until, read_since, n) \
         CROSS JOIN LATERAL (SELECT \
           count(*) FILTER (WHERE event_type = 'TRADE_APPROVED' AND \"timestamp\" >= w.since) \
             AS approvals, {at} AS at, {who} AS who, {severity} AS severity, {reason} AS reason \
           FROM public.audit_log \
           WHERE \"timestamp\" >= w.read_since AND \"timestamp\" < w.until \
             AND event_type IN ('TRADE_APPROVED', 'TRADE_REJECTED')) AS a \
         ORDER BY w.n",
        &[
            ("at", aggregate("\"timestamp\"".into())),
            ("who", aggregate("coalesce(user_id::text, '')".into())),
            ("severity", aggregate("severity::text".into())),
            (
                "reason",
                aggregate(sql!["left(", readable("details"), "->>'reason', 40)"]),
            ),
        ],
    )
}

/// Counts parts of very many rows: of rejections by the kill switch the warning rows, whether their
/// partners are there or not.
async fn count_rows(
    session: &mut Session<'_>,
    of: &[(Part, Rows)],
) -> Result<Vec<Effect>, StoreError> {
    let (since, until) = bounds(of.iter().map(|(part, _)| *part));
    let rows = sqlx::query(COUNTS_OF_PARTS)
        .bind(since)
        .bind(until)
        .fetch_all(&mut *session)
        .await?;
    let read = |(row, (_, numbers)): (&PgRow, &(Part, Rows))| -> Result<Effect, sqlx::Error> {
        Ok(Effect {
            rejections: row.try_get::<i64, _>("rejections")?.unsigned_abs(),
            leaked_approvals: row.try_get::<i64, _>("approvals")?.unsigned_abs(),
            leaked_orders: numbers.orders.unsigned_abs(),
        })
    };
    let effects = rows.iter().zip(of).map(read);
    Ok(effects.collect::<Result<_, _>>()?)
}

/// Attempts whose first row lies in `span`.
fn attempts(row: &PgRow, span: Span) -> Result<u64, sqlx::Error> {
    let at: Vec<PgTimestamp> = row.try_get::<Option<_>, _>("at")?.unwrap_or_default();
    let who: Vec<String> = row.try_get::<Option<_>, _>("who")?.unwrap_or_default();
    let severity: Vec<String> = row.try_get::<Option<_>, _>("severity")?.unwrap_or_default();
    let reason: Vec<Option<String>> = row.try_get::<Option<_>, _>("reason")?.unwrap_or_default();
    let mut pairing = Pairing::default();
    let mut attempts = 0;
    for (((PgTimestamp(at), who), severity), reason) in
        at.into_iter().zip(who).zip(severity).zip(reason)
    {
        let place = pairing.place(at, who, RejectionRow::of(&severity, reason.as_deref()));
        attempts += u64::from(place == Place::First && span.contains(at));
    }
    Ok(attempts)
}

#[cfg(test)]
crate::statements::prepared![attempts_sql()];

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_postgres_micros(hours * 3_600_000_000)
    }

    fn spans(from: Timestamp, to: Timestamp, now: Timestamp) -> Vec<Span> {
        parts(0, Span { from, to }, now)
            .iter()
            .map(|p| p.span)
            .collect()
    }

    #[test]
    fn parts_touch_and_cover_the_whole() {
        let ends = [(5, 7), (5, 24 * 3), (5, 24 * 40), (0, 24 * 3_000), (7, 7)];
        for (from, to) in ends {
            let spans = spans(at(from), at(to), at(24 * 5_000));
            assert_eq!(spans.first().unwrap().from, at(from));
            assert_eq!(spans.last().unwrap().to, at(to));
            assert!(spans.windows(2).all(|pair| pair[0].to == pair[1].from));
            assert!(i64::try_from(spans.len()).unwrap() <= MOST_DAYS + 2);
        }
    }

    #[test]
    fn batches_hold_every_part_once_and_not_too_much() {
        let parts: Vec<(Part, Rows)> = [70_000, 50_000, 100, 500_000, 1, 99_999, 1]
            .into_iter()
            .map(|events| {
                let span = Span {
                    from: at(0),
                    to: at(1),
                };
                let part = Part { episode: 0, span };
                (part, Rows { events, orders: 0 })
            })
            .collect();
        let sizes: Vec<i64> = batches(&parts)
            .iter()
            .map(|batch| batch.iter().map(|(_, rows)| rows.events).sum())
            .collect();
        assert_eq!(sizes, [70_000, 50_100, 500_000, 100_000, 1]);
        assert!(batches(&[]).is_empty());
    }

    #[test]
    fn hostile_and_open_ends_are_covered_too() {
        let now = at(24 * 30);
        let spans = spans(at(5), Timestamp::INFINITY, now);
        assert_eq!(spans.last().unwrap().to, Timestamp::INFINITY);
        assert_eq!(spans.len(), 31);
        let whole = Span {
            from: Timestamp::NEG_INFINITY,
            to: at(1),
        };
        assert!(!parts(0, whole, now).is_empty());
    }
}
