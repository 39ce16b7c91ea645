//! Counts what happened inside episodes: rejected attempts, leaked approvals, leaked orders.
//!
//! Counting reads every row of an episode. Counts are cached together with the number of rows that they were made from.
//! That number comes quickly from the indexes on time and is checked at each request, so rows that were committed late
//! are noticed. Callers that must be fast may accept recently checked counts ([`Trust::Recent`]).

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

/// Microseconds of a day. Longer episodes are counted per UTC day.
const DAY: i64 = 86_400_000_000;
/// Limit of separate days; earlier ones are counted together. A hostile time may be thousands of years ago.
const MAX_DAYS: i64 = 800;
/// How long a checked count is valid for [`Trust::Recent`].
const RECENT: Duration = Duration::from_secs(30);
/// After this long, no further statement is started for [`Trust::Recent`].
const PATIENCE: Duration = Duration::from_secs(2);
/// Rows per counting statement, well below the statement timeout even when they are read from disk. A larger part gets
/// a statement of its own.
const BATCH_ROWS: i64 = 100_000;
/// Parts with more rows than this are counted without parsing their details.
const MAX_PARSED_ROWS: i64 = 400_000;
/// Size limit of the cache, which is cleared when it is exceeded.
const MAX_CACHED: usize = 50_000;

/// Counts by span.
#[derive(Default)]
pub struct EffectCache(Mutex<HashMap<(Timestamp, Timestamp), Known>>);

#[derive(Clone, Copy)]
struct Known {
    rows: Rows,
    effect: Effect,
    looked_at: Instant,
}

/// Number of rows of a span.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rows {
    events: i64,
    orders: i64,
}

/// A part of an episode that is counted separately.
#[derive(Clone, Copy)]
struct Part {
    /// Index of the episode.
    episode: usize,
    span: Span,
}

/// Whether a caller needs cached counts to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Check all counts, so that rows that were committed late are included.
    Nothing,
    /// Accept counts that were checked within [`RECENT`].
    Recent,
}

/// Effects of each episode in [activated, cleared), in the given order; an ongoing episode has no end.
///
/// # Errors
/// When the database is unreachable, a statement times out, or [`Trust::Recent`] is given and counting takes longer
/// than [`PATIENCE`].
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
    // Counts are cached batch by batch, so that a request that is cut short leaves less for the next.
    for batch in batches(&unknown) {
        if trust == Trust::Recent && begun.elapsed() > PATIENCE {
            return Err(StoreError::TimedOut);
        }
        let counted = if batch.iter().any(|(_, rows)| rows.events > MAX_PARSED_ROWS) {
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

/// Groups parts for one statement each: at least one part, and as many as fit into [`BATCH_ROWS`].
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
    /// Entries are replaced as a whole, so a poisoned lock is safe to use.
    fn lock(&self) -> MutexGuard<'_, HashMap<(Timestamp, Timestamp), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The count of a part, if it was checked recently.
    fn recent(&self, part: Part) -> Option<Effect> {
        let known = *self.lock().get(&part.key())?;
        (known.looked_at.elapsed() < RECENT).then_some(known.effect)
    }

    /// The count of a part, if its number of rows has not changed.
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
        if all.len() > MAX_CACHED {
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

/// Splits an episode's span at midnights if it is longer than a day.
fn parts(episode: usize, span: Span, now: Timestamp) -> Vec<Part> {
    // An ongoing episode is split up to now; rows with a future time are in the last part.
    let last = span.to.min(now);
    let midnight = |at: Timestamp| at.postgres_micros().div_euclid(DAY);
    let (begin, end) = (midnight(span.from), midnight(last));
    let mut edges = vec![span.from];
    if end > begin && last.micros_since(span.from) > DAY {
        let first = (begin + 1).max(end - MAX_DAYS);
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

/// Number of rows of each part, by index-only scans.
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

/// Counts the parts: approvals in SQL, rejected attempts by the rule of `domain::rejection`, which also needs the rows
/// shortly before each part.
async fn count(session: &mut Session<'_>, of: &[(Part, Rows)]) -> Result<Vec<Effect>, StoreError> {
    let (since, until) = bounds(of.iter().map(|(part, _)| *part));
    let read_since: Vec<PgTimestamp> = since
        .iter()
        .map(|at| PgTimestamp(at.0.plus_micros(-PAIRED_WITHIN)))
        .collect();
    // One part at a time: the rejections of a whole batch are megabytes.
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

/// SQL for the parts from `$1` to `$2`: the number of approvals, and the columns of rejections since `$3` as arrays.
fn attempts_sql() -> Sql {
    let aggregate = |value: Sql| {
        // Of two rows with the same time, the error comes first.
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

/// Counts very large parts in SQL. Of rejections by the kill switch it counts the warning rows, whether or not the
/// error row exists.
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

/// Counts the attempts whose first row is in `span`.
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
    fn parts_are_contiguous_and_cover_the_span() {
        let ends = [(5, 7), (5, 24 * 3), (5, 24 * 40), (0, 24 * 3_000), (7, 7)];
        for (from, to) in ends {
            let spans = spans(at(from), at(to), at(24 * 5_000));
            assert_eq!(spans.first().unwrap().from, at(from));
            assert_eq!(spans.last().unwrap().to, at(to));
            assert!(spans.windows(2).all(|pair| pair[0].to == pair[1].from));
            assert!(i64::try_from(spans.len()).unwrap() <= MAX_DAYS + 2);
        }
    }

    #[test]
    fn batches_contain_every_part_once_within_the_limit() {
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
    fn infinite_spans_are_covered() {
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
