//! Reads the dossier of one episode.

use std::sync::Arc;
use std::time::Duration;

use domain::clock;
use domain::dossier::{
    Bucket, Dossier, Kind, LOOK_AHEAD, LOOK_BACK, LeakedValue, Leaks, PRECEDING, Preceding,
    PriorState, Resumption, Span, Timeline, TimelineEntry,
};
use domain::episode::{Effect, Episode, History};
use domain::time::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;

use super::effects::{self, Trust};
use super::entries::{EntryReader, EpisodeExport, Wanted, buckets, first_moments};
use super::history;
use super::risk_context::risk_context;
use super::value::leaked_value;
use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, Pool, Session, read};
use crate::engine::EngineDb;
use crate::engine::fragments::rejected_attempt;
use crate::pg::{PgTimestamp, RowExt as _};
use crate::sql::Sql;
use crate::statements::statements;

statements! {
    /// The bounds are computed here rather than in SQL, since PostgreSQL fails on dates out of its range.
    OPEN_AT_ACTIVATION = "SELECT (SELECT count(*) FROM public.orders \
          WHERE created_at < $1 AND created_at >= $2 \
          AND (filled_at >= $1 OR (filled_at IS NULL \
            AND (status IN ('pending', 'submitted', 'partial') OR updated_at >= $1)))) \
        + (SELECT count(*) FROM public.orders \
          WHERE status IN ('pending', 'submitted', 'partial') AND created_at < $2)";

    LAST_FILL = "SELECT max(filled_at) FROM public.orders \
        WHERE created_at >= $1 AND created_at < $2 AND filled_at >= $3 AND filled_at < $2";

    RESUMPTION = "SELECT \
        (SELECT \"timestamp\" FROM public.audit_log WHERE event_type = 'TRADE_APPROVED' \
          AND \"timestamp\" >= $1 AND \"timestamp\" < $2 ORDER BY \"timestamp\" LIMIT 1) AS approval, \
        (SELECT created_at FROM public.orders WHERE created_at >= $1 AND created_at < $2 \
          ORDER BY created_at LIMIT 1) AS \"order\"";
}

/// Limit of listed timeline entries; longer timelines also get counts per column.
const MAX_ENTRIES: u32 = 400;
/// Limit of listed leaks.
const MAX_LEAKS: u32 = 200;
/// Statement timeout of optional parts.
const OPTIONAL_PART: Isolation = Isolation::Within(Duration::from_millis(1_500));

impl EngineDb {
    /// Reads the dossier of the episode with this id, with the timeline of `span`. `None` when there is no such
    /// episode.
    ///
    /// # Errors
    /// When the database is unreachable or a query times out.
    pub async fn dossier(
        &self,
        auditor: &Auditor,
        id: Uuid,
        span: Span,
    ) -> Result<Option<Dossier>, StoreError> {
        let now = clock::now();
        let known = self.kill_switch_history(auditor).await?;
        let Some(episode) = known.find(id) else {
            return Ok(None);
        };
        // At most two connections, so that a few dossiers at once do not block the lists.
        let ((found, counts), (value, risk_context)) = tokio::try_join!(
            async {
                let facts = self.facts(id, span, now).await?;
                let counts = match &facts {
                    Some(facts) if facts.more => in_time(counts(self.pool(), span).await)?,
                    _ => None,
                };
                Ok::<_, StoreError>((facts, counts))
            },
            async {
                let value = in_time(value(self.pool(), episode).await)?;
                let risk_context = risk_context(self.pool(), episode.activated_at()).await?;
                Ok((value, risk_context))
            },
        )?;
        let Some(facts) = found else { return Ok(None) };
        let overlapping = facts
            .history
            .episodes
            .iter()
            .filter(|other| other.first() != facts.episode.first())
            .filter(|other| other.overlaps(&facts.episode));
        Ok(Some(Dossier {
            effect: facts.effect,
            overlapping: overlapping.cloned().collect(),
            before: PriorState::of(&facts.episode, &facts.history),
            preceding: facts.preceding,
            risk_context,
            timeline: Timeline {
                span,
                buckets: counts,
                entries: facts.entries,
                more: facts.more,
            },
            leaks: facts.leaks,
            value,
            resumption: facts.resumption,
            episode: facts.episode,
        }))
    }
}

/// The parts that are read from one snapshot.
struct Facts {
    history: Arc<History>,
    episode: Episode,
    effect: Effect,
    preceding: Preceding,
    entries: Vec<TimelineEntry>,
    more: bool,
    leaks: Leaks,
    resumption: Option<Resumption>,
}

impl EngineDb {
    async fn facts(
        &self,
        id: Uuid,
        span: Span,
        now: Timestamp,
    ) -> Result<Option<Facts>, StoreError> {
        read!(self.pool(), Isolation::Snapshot, |session| {
            self.facts_in(session, id, span, now).await
        })
    }

    async fn facts_in(
        &self,
        snapshot: &mut Session<'_>,
        id: Uuid,
        span: Span,
        now: Timestamp,
    ) -> Result<Option<Facts>, StoreError> {
        let history = history::history(snapshot, &self.histories).await?;
        let Some(episode) = history.find(id).cloned() else {
            return Ok(None);
        };
        let effect =
            effects::effects(snapshot, &self.effects, &[&episode], (now, Trust::Nothing)).await?;
        let wanted = Wanted {
            kinds: EpisodeExport::Timeline.kinds(),
            span,
            created_before: None,
            limit: None,
        };
        let reader = EntryReader::before(snapshot, span.from).await?;
        let (entries, more) = first_moments(snapshot, reader, wanted, MAX_ENTRIES).await?;
        let resumption = match episode.cleared_at() {
            Some(at) => Some(resumption(snapshot, at).await?),
            None => None,
        };
        Ok(Some(Facts {
            effect: effect.into_iter().next().unwrap_or_default(),
            preceding: preceding(snapshot, episode.activated_at()).await?,
            leaks: leaks(snapshot, &episode, now).await?,
            history,
            episode,
            entries,
            more,
            resumption,
        }))
    }
}

/// Turns a timeout into `None`.
fn in_time<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::TimedOut) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn counts(pool: &Pool, span: Span) -> Result<Vec<Bucket>, StoreError> {
    read!(pool, OPTIONAL_PART, |session| {
        buckets(session, span).await
    })
}

async fn value(pool: &Pool, episode: &Episode) -> Result<LeakedValue, StoreError> {
    let inside = Span::inside(episode);
    read!(pool, OPTIONAL_PART, |session| {
        leaked_value(session, inside).await
    })
}

/// Reads the episode's leaks, and the orders that were in flight at its activation.
async fn leaks(
    session: &mut Session<'_>,
    episode: &Episode,
    now: Timestamp,
) -> Result<Leaks, StoreError> {
    let span = Span::inside(episode);
    let wanted = Wanted {
        kinds: EpisodeExport::Leaks.kinds(),
        span,
        created_before: None,
        limit: None,
    };
    // A trade whose first check was before the episode counts as leaked if it was checked again inside. The reader
    // therefore starts without context.
    let reader = EntryReader::default();
    let (entries, more) = first_moments(session, reader, wanted, MAX_LEAKS).await?;
    let flying = Wanted {
        kinds: &[Kind::Filled],
        created_before: Some(span.from),
        ..wanted
    };
    let reader = EntryReader::default();
    let (in_flight, more_in_flight) = first_moments(session, reader, flying, MAX_LEAKS).await?;
    let open: i64 = sqlx::query_scalar(OPEN_AT_ACTIVATION)
        .bind(PgTimestamp(span.from))
        .bind(PgTimestamp(span.from.plus_micros(-LOOK_BACK)))
        .fetch_one(&mut *session)
        .await?;
    Ok(Leaks {
        entries,
        more,
        in_flight,
        more_in_flight,
        open_at_activation: open.unsigned_abs(),
        last_fill: last_fill(session, span, now).await?,
    })
}

/// Time of the last fill in `span`. Searches backwards from its end in growing steps, since orders are filled at most
/// [`LOOK_BACK`] after their creation.
async fn last_fill(
    session: &mut Session<'_>,
    span: Span,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let begin = span.from.plus_micros(-LOOK_BACK);
    let mut reach = 2 * LOOK_BACK;
    loop {
        // From minus infinity, no step is long enough.
        let from = if reach == i64::MAX {
            begin
        } else {
            span.to.min(now).plus_micros(-reach).max(begin)
        };
        let last: Option<PgTimestamp> = sqlx::query_scalar(LAST_FILL)
            .bind(PgTimestamp(from))
            .bind(PgTimestamp(span.to))
            .bind(PgTimestamp(span.from))
            .fetch_one(&mut *session)
            .await?;
        if last.is_some() || from == begin {
            return Ok(last.map(|at| at.0));
        }
        reach = reach.saturating_mul(8);
    }
}

/// Counts the activity of the 15 minutes before `at`.
async fn preceding(session: &mut Session<'_>, at: Timestamp) -> Result<Preceding, StoreError> {
    let row = preceding_sql()
        .query()
        .bind(PgTimestamp(at))
        .bind(PgTimestamp(at.plus_micros(-PRECEDING)))
        .fetch_one(&mut *session)
        .await?;
    let count = |column: usize| -> Result<u64, sqlx::Error> {
        Ok(row.try_get::<i64, _>(column)?.unsigned_abs())
    };
    Ok(Preceding {
        signals: count(0)?,
        approvals: count(1)?,
        rejections: count(2)?,
        volatile: row.try_get(3)?,
        orders: count(4)?,
    })
}

/// SQL of the activity from `$2` to `$1`.
fn preceding_sql() -> Sql {
    Sql::template(
        "SELECT count(*) FILTER (WHERE event_type = 'ALGORITHM_SIGNAL'), \
           count(*) FILTER (WHERE event_type = 'TRADE_APPROVED'), \
           count(*) FILTER (WHERE {rejected}), \
           coalesce(bool_or(event_type = 'TRADE_REJECTED' AND strpos(details::text, \
             '[VOLATILE MARKET MODE ACTIVE') > 0), false), \
           (SELECT count(*) FROM public.orders WHERE created_at >= $2 AND created_at < $1) \
         FROM public.audit_log WHERE \"timestamp\" >= $2 AND \"timestamp\" < $1",
        &[("rejected", rejected_attempt())],
    )
}

/// Finds the first approval and the first order after `at`.
async fn resumption(session: &mut Session<'_>, at: Timestamp) -> Result<Resumption, StoreError> {
    let row = sqlx::query(RESUMPTION)
        .bind(PgTimestamp(at))
        .bind(PgTimestamp(at.plus_micros(LOOK_AHEAD)))
        .fetch_one(&mut *session)
        .await?;
    Ok(Resumption {
        approval: row.timestamp_opt("approval")?,
        order: row.timestamp_opt("order")?,
    })
}

#[cfg(test)]
crate::statements::prepared![preceding_sql()];
