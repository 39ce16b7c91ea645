//! The list of episodes with filters, counts, review states and exports. Episodes are derived in memory, so filters and
//! pages are applied here rather than in SQL.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalogue::{Kind, ListRow, RowKey, Value as RowValue};
use domain::clock;
use domain::csv::push_header;
use domain::cursor::{Cursor, Direction};
use domain::episode::{Effect, Episode, History, KillSwitchEvent};
use domain::filter::episodes::passes;
use domain::filter::kill_switch::Leaks;
use domain::filter::{ListQuery, ParamEnum as _, Window};
use domain::page::{Count, Order, Page};
use domain::review::{ReviewProgress, ReviewState, Signed};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::db::{Isolation, Session, read};

use super::cells::{Value, bare, json_object, null, plain, push_line, seconds, text};
use super::effects::{self, Trust};
use super::history;
use crate::access::Auditor;
use crate::console::Signatures;
use crate::engine::export::{Export, ExportFormat};
use crate::engine::{EngineDb, JsonRow};
use crate::views::KILL_SWITCH;
use crate::{ConsoleDb, StoreError};

/// Where reviews are stored, and when they are due.
#[derive(Clone)]
pub struct ReviewPolicy {
    /// The database of reviews.
    pub console: ConsoleDb,
    /// Microseconds after the clear at which a review is due.
    pub patience: i64,
}

/// An episode with its effects and the state of its review.
#[derive(Clone, Debug)]
pub struct CountedEpisodes {
    /// The episode.
    pub episode: Episode,
    /// What happened inside it, counted.
    pub effect: Effect,
    /// State of its review.
    pub review_progress: ReviewProgress,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct EpisodeList {
    /// The rows in the cursor's direction, with one row more than fits on the page.
    pub rows: Vec<CountedEpisodes>,
    /// Number of matching episodes.
    pub count: Count,
    /// The whole history.
    pub history: Arc<History>,
}

/// Numbers of reviews that are not done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewBacklog {
    /// Not yet due.
    pub pending: u64,
    /// Past the due time.
    pub overdue: u64,
}

impl EngineDb {
    /// A page of episodes, and the number of matching ones.
    ///
    /// # Errors
    /// When a database is unreachable or the query times out.
    pub async fn episodes(
        &self,
        auditor: &Auditor,
        review_policy: &ReviewPolicy,
        query: &ListQuery,
        window: Window,
    ) -> Result<EpisodeList, StoreError> {
        let signatures = review_policy.console.signatures(auditor).await?;
        read!(self.pool(), Isolation::Snapshot, |session| {
            let mut selection = Selection::new(self, session, &signatures, review_policy);
            let history = selection.history().await?;
            let matching = selection.select(&history, query, window).await?;
            let count = Count::capped(matching.len() as u64);
            let rows = selection.counted(cut(matching, query)).await?;
            Ok(EpisodeList {
                rows,
                count,
                history,
            })
        })
    }

    /// Counts the reviews that are not done. If counting leaks takes too long, episodes whose state depends on them are
    /// assumed to have leaks, and so to need two reviewers.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn review_backlog(
        &self,
        auditor: &Auditor,
        review_policy: &ReviewPolicy,
    ) -> Result<ReviewBacklog, StoreError> {
        let signatures = review_policy.console.signatures(auditor).await?;
        read!(self.essential, Isolation::Statement, |session| {
            let mut selection = Selection::new(self, session, &signatures, review_policy);
            selection.trust = Trust::Recent;
            let history = selection.history().await?;
            let all: Vec<&Episode> = history.episodes.iter().collect();
            let states = match selection.states(all.clone()).await {
                Err(StoreError::TimedOut) => selection.states_if(all, |_| true),
                states => states?,
            };
            let mut undone = ReviewBacklog::default();
            for (_, state) in states {
                match state {
                    ReviewState::Pending => undone.pending += 1,
                    ReviewState::Overdue => undone.overdue += 1,
                    ReviewState::Reviewed => {}
                }
            }
            Ok(undone)
        })
    }

    /// A page of episodes as JSON objects.
    ///
    /// # Errors
    /// When a database is unreachable or the query times out.
    pub async fn episodes_json(
        &self,
        auditor: &Auditor,
        review_policy: &ReviewPolicy,
        query: &ListQuery,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<JsonRow>, StoreError> {
        let list = self.episodes(auditor, review_policy, query, window).await?;
        let rows = list
            .rows
            .iter()
            .map(|row| {
                let json = json_object(&names(), &exported(row));
                JsonRow::new(
                    row.episode.timestamp(),
                    RowKey::Uuid(row.episode.key()),
                    json,
                )
            })
            .collect();
        Ok(Page::from_fetched(rows, query, as_of))
    }

    /// Every episode that `query` matches, in its order. Cursor and limit do not apply.
    ///
    /// # Errors
    /// When a database is unreachable, or too many exports run.
    pub async fn all_episodes(
        &self,
        auditor: &Auditor,
        review_policy: &ReviewPolicy,
        query: &ListQuery,
        window: Window,
    ) -> Result<Vec<CountedEpisodes>, StoreError> {
        let signatures = review_policy.console.signatures(auditor).await?;
        // Counting every episode takes long, so this uses a connection of exports.
        let mut place = self.exports.take(Isolation::Snapshot).await?;
        let mut session = place.session();
        let mut selection = Selection::new(self, &mut session, &signatures, review_policy);
        let history = selection.history().await?;
        let matching = selection.select(&history, query, window).await?;
        selection.counted(matching).await
    }

    /// An export of every episode that `query` matches. There are at most thousands, so it is made in memory.
    ///
    /// # Errors
    /// As [`EngineDb::all_episodes`].
    pub async fn export_episodes(
        &self,
        auditor: &Auditor,
        review_policy: &ReviewPolicy,
        query: &ListQuery,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        let mut lines = String::new();
        if matches!(format, ExportFormat::Csv(_)) {
            push_header(&mut lines, &names());
        }
        let episodes = self
            .all_episodes(auditor, review_policy, query, window)
            .await?;
        for row in &episodes {
            push_line(&mut lines, &names(), exported(row), format);
        }
        Ok(Export::of_text(lines, episodes.len() as u64))
    }
}

/// Selects episodes within one session.
struct Selection<'a, 'c> {
    db: &'a EngineDb,
    session: &'a mut Session<'c>,
    signatures: &'a Signatures,
    patience: i64,
    now: Timestamp,
    trust: Trust,
}

impl<'a, 'c> Selection<'a, 'c> {
    fn new(
        db: &'a EngineDb,
        session: &'a mut Session<'c>,
        signatures: &'a Signatures,
        review_policy: &ReviewPolicy,
    ) -> Self {
        Self {
            db,
            session,
            signatures,
            patience: review_policy.patience,
            now: clock::now(),
            trust: Trust::Nothing,
        }
    }

    async fn history(&mut self) -> Result<Arc<History>, StoreError> {
        history::history(self.session, &self.db.histories).await
    }

    async fn effects(&mut self, of: &[&Episode]) -> Result<Vec<Effect>, StoreError> {
        let look = (self.now, self.trust);
        effects::effects(self.session, &self.db.effects, of, look).await
    }

    fn signed(&self, episode: &Episode) -> Signed {
        Signed::of(
            episode,
            self.signatures.of(episode.key()),
            self.signatures.people(),
        )
    }

    /// The episodes that `query` matches, in its order.
    async fn select<'h>(
        &mut self,
        history: &'h History,
        query: &ListQuery,
        window: Window,
    ) -> Result<Vec<&'h Episode>, StoreError> {
        let mut matching: Vec<&Episode> = history
            .episodes
            .iter()
            .filter(|episode| passes(query, window, episode))
            .collect();
        matching.sort_by_key(|episode| (episode.activated_at(), episode.key()));
        if query.order == Order::Newest {
            matching.reverse();
        }
        if let Some(given) = query.filter.get("review") {
            matching = self
                .states(matching)
                .await?
                .into_iter()
                .filter(|(_, state)| given.passes(|word| word == state.as_str()))
                .map(|(episode, _)| episode)
                .collect();
        }
        if let Some(given) = query.filter.get("leaks") {
            let effects = self.effects(&matching).await?;
            matching = matching
                .into_iter()
                .zip(effects)
                .filter(|(_, effect)| {
                    given.passes(|word| (word == Leaks::Yes.as_str()) == effect.leaked())
                })
                .map(|(episode, _)| episode)
                .collect();
        }
        Ok(matching)
    }

    /// The state of each review. Leaks are counted only for episodes whose state depends on them.
    async fn states<'h>(
        &mut self,
        episodes: Vec<&'h Episode>,
    ) -> Result<Vec<(&'h Episode, ReviewState)>, StoreError> {
        let dependent: Vec<&Episode> = episodes
            .iter()
            .filter(|episode| self.signed(episode).depends_on_leaks())
            .copied()
            .collect();
        let leaked: HashMap<Uuid, bool> = dependent
            .iter()
            .map(|episode| episode.key())
            .zip(self.effects(&dependent).await?.iter().map(Effect::leaked))
            .collect();
        Ok(self.states_if(episodes, |episode| {
            leaked.get(&episode.key()).copied().unwrap_or_default()
        }))
    }

    /// The state of each review; `leaked` says which episodes have leaks.
    fn states_if<'h>(
        &self,
        episodes: Vec<&'h Episode>,
        leaked: impl Fn(&Episode) -> bool,
    ) -> Vec<(&'h Episode, ReviewState)> {
        episodes
            .into_iter()
            .map(|episode| {
                let signed = self.signed(episode);
                let review_progress =
                    signed.review_progress(leaked(episode), self.patience, self.now);
                (episode, review_progress.state)
            })
            .collect()
    }

    /// The episodes with effects and review states.
    async fn counted(
        &mut self,
        episodes: Vec<&Episode>,
    ) -> Result<Vec<CountedEpisodes>, StoreError> {
        let effects = self.effects(&episodes).await?;
        Ok(episodes
            .into_iter()
            .zip(effects)
            .map(|(episode, effect)| CountedEpisodes {
                episode: episode.clone(),
                effect,
                review_progress: self.signed(episode).review_progress(
                    effect.leaked(),
                    self.patience,
                    self.now,
                ),
            })
            .collect())
    }
}

/// The rows of the query's page and one more, in the cursor's direction, as a database would return them.
fn cut<'h>(mut rows: Vec<&'h Episode>, query: &ListQuery) -> Vec<&'h Episode> {
    if let Some(cursor) = &query.after {
        rows.retain(|row| comes_after((row.activated_at(), row.key()), cursor));
        if cursor.direction == Direction::Backward {
            rows.reverse();
        }
    }
    rows.truncate(usize::from(query.limit.rows()) + 1);
    rows
}

fn comes_after(place: (Timestamp, Uuid), cursor: &Cursor) -> bool {
    let mark = (cursor.timestamp, cursor.key);
    let place = (place.0, RowKey::Uuid(place.1));
    let later = (cursor.order == Order::Oldest) == (cursor.direction == Direction::Forward);
    if later { place > mark } else { place < mark }
}

/// The names of the exported columns.
fn names() -> Vec<&'static str> {
    KILL_SWITCH.column_names().collect()
}

/// An episode as a list row, with the values of all columns in the catalogue's order.
#[must_use]
pub fn list_row(row: &CountedEpisodes) -> ListRow {
    let CountedEpisodes {
        episode,
        effect,
        review_progress,
    } = row;
    let text = |text: &str| RowValue::Text(text.to_owned());
    let time = |at: Option<Timestamp>| at.map_or(RowValue::Null, RowValue::Time);
    let count = |number: u64| RowValue::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let cleared_by = episode.cleared().map(KillSwitchEvent::actor);
    let reviewers = review_progress.reviewers.join(", ");
    ListRow {
        timestamp: episode.activated_at(),
        key: RowKey::Uuid(episode.key()),
        values: vec![
            RowValue::Text(episode.key().to_string()),
            text(episode.mechanism.as_str()),
            RowValue::Time(episode.activated_at()),
            RowValue::Text(episode.first().actor()),
            time(episode.cleared_at()),
            cleared_by.map_or(RowValue::Null, RowValue::Text),
            episode
                .duration_micros()
                .map_or(RowValue::Null, RowValue::Integer),
            count(effect.rejections),
            count(effect.leaked_approvals),
            count(effect.leaked_orders),
            text(review_progress.state.as_str()),
            Some(reviewers)
                .filter(|names| !names.is_empty())
                .map_or(RowValue::Null, RowValue::Text),
            time(review_progress.completed_at),
            RowValue::Time(review_progress.due_at),
        ],
    }
}

/// The exported values of a row.
fn exported(row: &CountedEpisodes) -> Vec<Value> {
    let columns = KILL_SWITCH.columns.iter().zip(list_row(row).values);
    columns
        .filter(|(column, _)| column.exported)
        .map(|(column, value)| exported_value(column.kind, value))
        .collect()
}

fn exported_value(kind: Kind, value: RowValue) -> Value {
    match value {
        RowValue::NotFetched | RowValue::Null => null(),
        RowValue::Time(at) => plain(at.rfc3339()),
        RowValue::Integer(micros) if kind == Kind::Seconds => seconds(micros),
        RowValue::Integer(number) => bare(&number),
        RowValue::Bool(value) => bare(&value),
        RowValue::Float(number) => bare(&number),
        RowValue::Amount(amount) => plain(amount.as_str()),
        RowValue::Text(value) if kind == Kind::Text => text(value),
        RowValue::Text(value) => plain(value),
    }
}
