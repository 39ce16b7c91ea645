//! Counts a query's rows: all of them if they are few, else a sample.

use domain::catalogue::View;
use domain::filter::{ListQuery, Window};
use domain::histogram::Precision;
use domain::page::Count;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::sync::oneshot;

use super::Scope;
use super::extent::Extent;
use super::slices::Slices;
use super::statement::{Rows, tally_sql};
use crate::StoreError;
use crate::db::Pool;
use crate::engine::EngineDb;
use crate::engine::estimate::fetch_planned;
use crate::engine::list::fetch_count;
use crate::sql::Sql;
use crate::views::SqlView;

/// What to count.
pub struct TallyRequest {
    /// Whether to count rows by bucket and kind.
    pub over_time: bool,
    /// Facets whose values to count, as indexes into the view's facets.
    pub facets: Vec<usize>,
}

/// How a tally learns whether more rows match than are counted exactly. If the sample shows it, the exact count is
/// skipped.
pub enum Large {
    /// Decide by the sample, and tell the others.
    Tell(oneshot::Sender<bool>),
    /// Use the decision for a narrower query: if that is large, so is this one.
    AsNarrower(Shared<BoxFuture<'static, bool>>),
}

impl Large {
    /// One value for a query, and a function that makes values for wider queries.
    pub fn shared() -> (Self, impl Fn() -> Self) {
        let (tell, told) = oneshot::channel();
        let told = told.map(|said| said.unwrap_or(false)).boxed().shared();
        (Self::Tell(tell), move || Self::AsNarrower(told.clone()))
    }
}

/// Rows of a kind in a bucket.
pub struct Cell {
    pub bucket: usize,
    pub kind: String,
    pub rows: u64,
}

/// Rows with a value of a facet.
pub struct Counted {
    pub facet: usize,
    pub value: String,
    pub rows: u64,
}

/// Result of counting.
pub struct Tally {
    pub count: Count,
    pub cells: Vec<Cell>,
    pub values: Vec<Counted>,
    pub precision: Precision,
}

/// A row of [`tally_sql`].
struct TallyRow {
    which: usize,
    slice: Option<usize>,
    kind: Option<String>,
    value: Option<String>,
    rows: u64,
}

impl EngineDb {
    /// Counts; `None` on a timeout.
    pub(super) async fn tally(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        scope: Scope,
        extent: &Extent,
        wanted: &TallyRequest,
        large: Large,
    ) -> Result<Option<Tally>, StoreError> {
        let counted = if scope.exact {
            self.tally_all(
                &self.surveying_all,
                view,
                query,
                scope.window,
                extent,
                wanted,
            )
            .await
        } else {
            self.tally_some(view, query, scope, extent, wanted, large)
                .await
        };
        match counted {
            Ok(tally) => Ok(Some(tally)),
            Err(StoreError::TimedOut) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn tally_some(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        scope: Scope,
        extent: &Extent,
        wanted: &TallyRequest,
        large: Large,
    ) -> Result<Tally, StoreError> {
        let in_range = self.expected(view, extent.window()).await?;
        let (read_all, _) = view.read_all_and_sample();
        if in_range <= read_all {
            return self
                .tally_all(&self.surveying, view, query, scope.window, extent, wanted)
                .await;
        }
        let sample = match self.sample(view, query, extent, wanted, in_range).await {
            Err(error) if !matches!(error, StoreError::TimedOut) => return Err(error),
            sample => sample,
        };
        let is_large = match large {
            Large::Tell(others) => {
                let is_large = sample.as_ref().is_ok_and(Tally::is_surely_large);
                // The receivers may be gone already.
                let _ = others.send(is_large);
                is_large
            }
            Large::AsNarrower(told) => told.await,
        };
        if is_large {
            return sample;
        }
        let count = fetch_count(&self.counting, view.count_sql(query, scope.window));
        match count.await? {
            Count::Exact(rows) => {
                let all =
                    self.tally_all(&self.surveying, view, query, scope.window, extent, wanted);
                Ok(Tally {
                    count: Count::Exact(rows),
                    ..all.await?
                })
            }
            count => {
                let mut tally = sample?;
                // The exact count is above its cap; the sample estimates by how much.
                if let (Count::MoreThan(least), Count::About(about)) = (count, tally.count) {
                    tally.count = Count::About(about.max(least));
                }
                Ok(tally)
            }
        }
    }

    /// The planner's estimate of the view's rows in `window`, without a filter.
    pub(in crate::engine) async fn expected(
        &self,
        view: &'static SqlView,
        window: Window,
    ) -> Result<u64, StoreError> {
        let everything = ListQuery::all(View(&view.spec));
        let plan = view.estimate_sql(&everything, window);
        let planned = fetch_planned(&self.surveying, plan).await?;
        Ok(planned.unwrap_or(u64::MAX))
    }

    async fn tally_all(
        &self,
        pool: &Pool,
        view: &'static SqlView,
        query: &ListQuery,
        window: Window,
        extent: &Extent,
        wanted: &TallyRequest,
    ) -> Result<Tally, StoreError> {
        let rows = Rows::All(&extent.buckets);
        let seen = fetch(pool, tally_sql(view, query, window, &rows, wanted)).await?;
        let mut tally = Tally {
            count: Count::Exact(0),
            cells: Vec::new(),
            values: Vec::new(),
            precision: Precision::Exact,
        };
        let mut total = 0;
        for seen in seen {
            total += if seen.which == 0 { seen.rows } else { 0 };
            tally.keep(seen, wanted, |slice| slice, |rows, _| rows);
        }
        tally.count = Count::Exact(total);
        Ok(tally)
    }

    /// Extrapolates from a sample.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "numbers of rows, reckoned"
    )]
    async fn sample(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        extent: &Extent,
        wanted: &TallyRequest,
        in_range: u64,
    ) -> Result<Tally, StoreError> {
        let (_, rows) = view.read_all_and_sample();
        let share = rows as f64 / in_range as f64;
        let slices = Slices::over(&extent.buckets, extent.covers, share);
        let rows = Rows::In(&slices);
        let seen = fetch(
            &self.surveying,
            tally_sql(view, query, Window::default(), &rows, wanted),
        )
        .await?;
        let mut held = vec![0; slices.begins.len()];
        for seen in seen.iter().filter(|seen| seen.which == 0) {
            if let Some(held) = seen.slice.and_then(|slice| held.get_mut(slice)) {
                *held += seen.rows;
            }
        }
        let (total, within) = slices.sum(&held);
        let mut tally = Tally {
            count: Count::about(total.round() as u64),
            cells: Vec::new(),
            values: Vec::new(),
            precision: Precision::Sampled {
                one_in: 1.0 / share,
                within,
            },
        };
        let times = |rows: u64, weight: f64| (rows as f64 * weight).round() as u64;
        for seen in seen {
            tally.keep(
                seen,
                wanted,
                |slice| slices.buckets.get(slice).copied().unwrap_or_default(),
                |rows, slice| {
                    let weight = slice.and_then(|slice| slices.weights.get(slice));
                    times(rows, weight.copied().unwrap_or(1.0 / share))
                },
            );
        }
        Ok(tally)
    }
}

impl Tally {
    /// Whether a sample alone shows that more rows match than are counted exactly, even at the lower end of its error.
    #[allow(clippy::cast_precision_loss, reason = "numbers of rows, reckoned")]
    fn is_surely_large(&self) -> bool {
        match (self.count, self.precision) {
            (Count::About(rows), Precision::Sampled { within, .. }) => {
                rows as f64 * (1.0 - within) > Count::CAP as f64
            }
            _ => false,
        }
    }

    fn keep(
        &mut self,
        seen: TallyRow,
        wanted: &TallyRequest,
        bucket: impl Fn(usize) -> usize,
        reckoned: impl Fn(u64, Option<usize>) -> u64,
    ) {
        let rows = reckoned(seen.rows, seen.slice);
        if let Some(facet) = seen.which.checked_sub(1) {
            if let (Some(value), Some(facet)) = (seen.value, wanted.facets.get(facet)) {
                self.values.push(Counted {
                    facet: *facet,
                    value,
                    rows,
                });
            }
        } else if let Some(slice) = seen.slice {
            self.cells.push(Cell {
                bucket: bucket(slice),
                kind: seen.kind.unwrap_or_default(),
                rows,
            });
        }
    }
}

async fn fetch(pool: &Pool, statement: Sql) -> Result<Vec<TallyRow>, StoreError> {
    let read = |row: &PgRow| -> Result<TallyRow, sqlx::Error> {
        let which: i32 = row.try_get("which")?;
        let slice: Option<i32> = row.try_get("slice")?;
        let rows: i64 = row.try_get("n")?;
        Ok(TallyRow {
            which: usize::try_from(which).unwrap_or_default(),
            slice: slice.and_then(|slice| usize::try_from(slice).ok()),
            kind: row.try_get("kind")?,
            value: row.try_get("value")?,
            rows: rows.unsigned_abs(),
        })
    };
    let rows = statement.query().fetch_all(pool).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(rows: u64, within: f64) -> Tally {
        Tally {
            count: Count::About(rows),
            cells: Vec::new(),
            values: Vec::new(),
            precision: Precision::Sampled {
                one_in: 1_000.0,
                within,
            },
        }
    }

    #[test]
    fn a_sample_is_large_only_if_its_lower_bound_is() {
        assert!(sampled(20_000, 0.1).is_surely_large());
        assert!(!sampled(10_400, 0.1).is_surely_large());
        // All rows were in one slice: a burst.
        assert!(!sampled(100_000, 1.0).is_surely_large());
    }
}
