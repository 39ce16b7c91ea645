//! Searches a page of a list whose matching rows may be far apart. When one statement over the whole range times out,
//! the range is read span by span from the page's start. When the time is up, the result has the rows so far and how
//! far the search got.

use std::future::Future;
use std::time::{Duration, Instant};

use domain::catalogue::ListRow;
use domain::cursor::{Cursor, Direction};
use domain::filter::{ListQuery, Window};
use domain::page::{Order, Page};
use domain::time::Timestamp;
use sqlx::postgres::PgRow;

use super::list::{Output, RowReader, fetch_rows};
use super::survey::Scope;
use super::{EngineDb, PAGE_TIMEOUT};
use crate::StoreError;
use crate::access::Auditor;
use crate::views::{EngineView, SqlView};

/// Rows in the first span, by the planner's estimate.
const FIRST_SPAN: u64 = 20_000;
/// Target time of a span's statement.
const SPAN_TIME: Duration = Duration::from_millis(150);
/// Maximum factor between the lengths of consecutive spans.
const FACTOR: f64 = 4.0;

/// Time limits of a search.
#[derive(Clone, Copy, Debug)]
pub struct SearchBudget {
    /// Whether to try the whole range first, with a statement timeout of 400 ms.
    pub whole: bool,
    /// Total time; at least one span is read in any case.
    pub total: Duration,
}

/// Result of a search.
#[derive(Clone, Debug)]
pub struct SearchResult {
    /// The rows. The next cursor continues where the search stopped.
    pub page: Page<ListRow>,
    /// How far the search got, if it ended before the page was full.
    pub searched_to: Option<Timestamp>,
}

/// Progress of a search.
struct Walk {
    order: Order,
    /// First and last time of the searched range.
    ends: (Timestamp, Timestamp),
    /// Start of the next span.
    at: Timestamp,
    /// Length of the next span in microseconds.
    length: i64,
    /// Whether the first span is still to come, which begins where the window does.
    is_first: bool,
}

impl Walk {
    /// The next span, and the time up to which it searches. At both ends it extends to the window's own bounds, where
    /// there may be rows outside the survey's range.
    fn span(&self, window: Window) -> (Window, Timestamp) {
        let (first, last) = self.ends;
        match self.order {
            Order::Newest => {
                let end = self.at.plus_micros(-self.length);
                let from = if end <= first { window.from } else { Some(end) };
                let to = if self.is_first {
                    window.to
                } else {
                    Some(self.at.plus_micros(-1))
                };
                (Window { from, to }, end)
            }
            Order::Oldest => {
                let end = self.at.plus_micros(self.length);
                let to = if end >= last { window.to } else { Some(end) };
                let from = if self.is_first {
                    window.from
                } else {
                    Some(self.at.plus_micros(1))
                };
                (Window { from, to }, end)
            }
        }
    }

    fn is_over(&self) -> bool {
        match self.order {
            Order::Newest => self.at <= self.ends.0,
            Order::Oldest => self.at >= self.ends.1,
        }
    }

    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a span of a calendar's length, roughly"
    )]
    fn stretch(&mut self, factor: f64) {
        let factor = factor.clamp(1.0 / FACTOR, FACTOR);
        self.length = ((self.length as f64 * factor) as i64).max(1);
    }
}

impl EngineDb {
    /// A page of a list, and how far the search got if it timed out.
    ///
    /// # Errors
    /// When the database is unreachable, a backward page times out, or not even a short span can be read within the
    /// timeout of pages.
    pub fn search(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        columns: Vec<usize>,
        scope: Scope,
        budget: SearchBudget,
    ) -> impl Future<Output = Result<SearchResult, StoreError>> + Send + use<> {
        let (db, query) = (self.clone(), query.clone());
        async move { db.searched(view.0, &query, &columns, scope, budget).await }
    }

    async fn searched(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        columns: &[usize],
        scope: Scope,
        budget: SearchBudget,
    ) -> Result<SearchResult, StoreError> {
        let reader = RowReader::new(view, columns);
        let read = |row: &PgRow| reader.read(row);
        let started = Instant::now();
        let as_of = query.as_of(scope.now);
        let backward = query
            .after
            .as_ref()
            .is_some_and(|cursor| cursor.direction == Direction::Backward);
        if budget.whole || backward {
            let pool = if backward { &self.pool } else { &self.quick };
            let statement = view.page_sql(query, scope.window, Output::Values(columns));
            match fetch_rows(pool, statement, read).await {
                Ok(rows) => return Ok(SearchResult::whole(query, rows, as_of)),
                Err(StoreError::TimedOut) if !backward => {}
                Err(error) => return Err(error),
            }
        }
        // The number of concurrent searches is limited, since each uses a whole core.
        let _turn = self.searches.acquire().await;
        let Some(mut walk) = self.walk(view, query, scope).await? else {
            return Ok(SearchResult::whole(query, Vec::new(), as_of));
        };
        let mut rows = Vec::new();
        loop {
            let begun = Instant::now();
            let (span, end) = walk.span(scope.window);
            let statement = view.page_sql(query, span, Output::Values(columns));
            match fetch_rows(&self.quick, statement, read).await {
                Ok(more) => {
                    rows.extend(more);
                    walk.at = end;
                    walk.is_first = false;
                    let took = begun.elapsed().max(Duration::from_millis(1));
                    walk.stretch(SPAN_TIME.as_secs_f64() / took.as_secs_f64());
                }
                Err(StoreError::TimedOut) if started.elapsed() < PAGE_TIMEOUT => walk.stretch(0.0),
                Err(error) => return Err(error),
            }
            if rows.len() > usize::from(query.limit.rows()) || walk.is_over() {
                return Ok(SearchResult::whole(query, rows, as_of));
            }
            if started.elapsed() >= budget.total && !walk.is_first {
                return Ok(SearchResult::cut(query, rows, as_of, walk.at));
            }
        }
    }

    /// The range to search; `None` when there are no rows.
    async fn walk(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        scope: Scope,
    ) -> Result<Option<Walk>, StoreError> {
        let Some(extent) = self.extent(view, query, scope).await? else {
            return Ok(None);
        };
        let (first, last) = extent.covers;
        let rows = self.expected(view, extent.window()).await?.max(1);
        let span = i128::from(last.micros_since(first)) * i128::from(FIRST_SPAN);
        let begins = match query.order {
            Order::Newest => last.plus_micros(1),
            Order::Oldest => first.plus_micros(-1),
        };
        let after = query.after.as_ref().map(|cursor| match query.order {
            Order::Newest => cursor.timestamp.plus_micros(1).min(begins),
            Order::Oldest => cursor.timestamp.plus_micros(-1).max(begins),
        });
        Ok(Some(Walk {
            order: query.order,
            ends: (first, last),
            at: after.unwrap_or(begins),
            length: i64::try_from(span / i128::from(rows))
                .unwrap_or(i64::MAX)
                .max(1),
            is_first: true,
        }))
    }
}

impl SearchResult {
    fn whole(query: &ListQuery, rows: Vec<ListRow>, as_of: Timestamp) -> Self {
        Self {
            page: Page::from_fetched(rows, query, as_of),
            searched_to: None,
        }
    }

    /// The rows found up to `end`, with a next cursor that continues there.
    fn cut(query: &ListQuery, rows: Vec<ListRow>, as_of: Timestamp, end: Timestamp) -> Self {
        let mut found = Self::whole(query, rows, as_of);
        found.searched_to = Some(end);
        found.page.next = Some(Cursor {
            order: query.order,
            direction: Direction::Forward,
            timestamp: end,
            // All rows with that time have been searched.
            key: match query.order {
                Order::Newest => query.view.key.least(),
                Order::Oldest => query.view.key.greatest(),
            },
            as_of,
        });
        found
    }
}
