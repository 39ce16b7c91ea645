//! Measures an index: times of pages and counts without it and with it.

use std::time::{Duration, Instant};

use sqlx::postgres::PgConnection;

use super::IndexAdvice;
use super::candidates::{Method, Served, Statements, Values};
use super::scratch::{SCRATCH_SCHEMA, Scratch, run};
use crate::StoreError;
use crate::db::Session;
use crate::engine::plan::explain;
use crate::sql::{Sql, sql};
use crate::statements::statements;

statements! {
    SIZE = "SELECT pg_relation_size($1::regclass)";
}

/// Timed runs of a statement, after one warm-up run.
const ROUNDS: usize = 5;
/// An index helps a page if it makes it at least this many times faster …
const HELPS_TIMES: u32 = 2;
/// … and saves at least this much time.
const HELPS_BY: Duration = Duration::from_millis(5);
/// A page waits this long for its count. A faster count brings nothing.
const COUNT_IN_TIME: Duration = Duration::from_millis(60);

/// Median time of a statement. `None` when it ran into its timeout: 5 s for a page, 400 ms for a count.
pub type Taken = Option<Duration>;

/// Times of one list without an index and with it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Path of the list, such as `/trades?asset=BTC`.
    pub path: String,
    /// Time of its page, without and with the index.
    pub page: (Taken, Taken),
    /// Time of its count, without and with the index.
    pub count: (Taken, Taken),
    /// Whether PostgreSQL uses the index for the page.
    pub used: bool,
}

impl Compared {
    /// Whether a reader of the list would notice the difference.
    #[must_use]
    pub fn helps(&self) -> bool {
        let (page, count) = (self.page, self.count);
        let in_time = |count: Taken| count.is_some_and(|taken| taken <= COUNT_IN_TIME);
        let faster = match page {
            (Some(without), Some(with)) => {
                without >= with * HELPS_TIMES && without >= with + HELPS_BY
            }
            (without, with) => without.is_none() && with.is_some(),
        };
        faster || (in_time(count.1) && !in_time(count.0))
    }
}

/// Cost and benefit of an index on the copy.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its size in bytes.
    pub size: u64,
    /// The size of its table in bytes, without indexes.
    pub table_size: u64,
    /// Rows of its table in the copy.
    pub rows: u64,
    /// How long it took to create.
    pub created_in: Duration,
    /// Times of the lists that it is for.
    pub lists: Vec<Compared>,
}

impl Measured {
    /// Whether it helps any of its lists.
    #[must_use]
    pub fn helps(&self) -> bool {
        self.lists.iter().any(Compared::helps)
    }
}

impl Scratch {
    /// Times the lists of an index without it, creates it, times them again, and drops it.
    ///
    /// # Errors
    /// When the database is unreachable or the index cannot be created.
    pub async fn measure(&mut self, advice: &IndexAdvice) -> Result<Measured, StoreError> {
        let candidate = &advice.candidate;
        let mut without = Vec::new();
        for served in &candidate.served {
            for value in self.values(&served.values).await? {
                if let Some(times) = self.times(served, &value).await? {
                    without.push((served, value, times));
                }
            }
        }
        if candidate.method == Method::Trigrams {
            // An installed extension stays; otherwise it is dropped together with the schema.
            let extension = sql![
                "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA ",
                SCRATCH_SCHEMA
            ];
            run(&mut self.builder, extension).await?;
        }
        let table = sql![SCRATCH_SCHEMA, ".", candidate.table];
        let create = sql![
            "CREATE INDEX ",
            candidate.name,
            " ON ",
            &table,
            candidate.contents()
        ];
        let begun = Instant::now();
        run(&mut self.builder, create).await?;
        let created_in = begun.elapsed();
        run(&mut self.builder, sql!["ANALYZE ", table]).await?;
        let mut lists = Vec::new();
        for (served, value, before) in without {
            let Some(after) = self.times(served, &value).await? else {
                continue;
            };
            let Some(Statements { path, page, .. }) = served.statements(&value) else {
                continue;
            };
            let plan = {
                let mut session = Session::new(&mut self.pages, false);
                explain(&mut session, &page.in_schema(SCRATCH_SCHEMA)).await?
            };
            lists.push(Compared {
                path,
                page: (before.0, after.0),
                count: (before.1, after.1),
                used: plan.uses(candidate.name),
            });
        }
        let size = self.size(candidate.name).await?;
        let table_size = self.size(candidate.table).await?;
        run(
            &mut self.builder,
            sql!["DROP INDEX ", SCRATCH_SCHEMA, ".", candidate.name],
        )
        .await?;
        let rows = self
            .rows
            .iter()
            .find(|(table, _)| *table == candidate.table);
        Ok(Measured {
            size,
            table_size,
            rows: rows.map_or(0, |(_, rows)| *rows),
            created_in,
            lists,
        })
    }

    /// The distinct values to measure with.
    async fn values(&mut self, values: &Values) -> Result<Vec<String>, StoreError> {
        let statements = match values {
            Values::Words(words) => return Ok(words.iter().map(ToString::to_string).collect()),
            Values::Found(statements) => statements,
        };
        let mut found = Vec::new();
        for statement in *statements {
            let value: Option<Option<String>> = sqlx::query_scalar(*statement)
                .fetch_optional(&mut self.builder)
                .await?;
            found.extend(value.flatten());
        }
        found.dedup();
        Ok(found)
    }

    /// Times of a list's page and count; `None` when the list does not accept the value.
    async fn times(
        &mut self,
        served: &Served,
        value: &str,
    ) -> Result<Option<(Taken, Taken)>, StoreError> {
        if served.statements(value).is_none() {
            return Ok(None);
        }
        let page = || Some(served.statements(value)?.page);
        let count = || Some(served.statements(value)?.count);
        Ok(Some((
            time(&mut self.pages, page).await?,
            time(&mut self.counts, count).await?,
        )))
    }

    async fn size(&mut self, relation: &str) -> Result<u64, StoreError> {
        let size: i64 = sqlx::query_scalar(SIZE)
            .bind(format!("{SCRATCH_SCHEMA}.{relation}"))
            .fetch_one(&mut self.builder)
            .await?;
        Ok(size.unsigned_abs())
    }
}

/// Median time of a statement, planned anew for each run.
async fn time(
    connection: &mut PgConnection,
    statement: impl Fn() -> Option<Sql>,
) -> Result<Taken, StoreError> {
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..=ROUNDS {
        let Some(statement) = statement() else {
            return Ok(None);
        };
        let query = statement
            .in_schema(SCRATCH_SCHEMA)
            .query()
            .persistent(false);
        let begun = Instant::now();
        match query
            .fetch_all(&mut *connection)
            .await
            .map_err(StoreError::from)
        {
            Ok(_) if round > 0 => times.push(begun.elapsed()),
            Ok(_) => {}
            Err(StoreError::TimedOut) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    times.sort();
    Ok(times.get(ROUNDS / 2).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(page: [Option<u64>; 2], count: [Option<u64>; 2]) -> Compared {
        let taken = |[without, with]: [Option<u64>; 2]| {
            let taken = |ms: Option<u64>| ms.map(Duration::from_millis);
            (taken(without), taken(with))
        };
        Compared {
            path: "/trades".to_owned(),
            page: taken(page),
            count: taken(count),
            used: true,
        }
    }

    #[test]
    fn an_index_helps_when_a_reader_would_notice() {
        let same_count = [Some(1), Some(1)];
        for (page, helps) in [
            ([Some(900), Some(2)], true),
            ([None, Some(2)], true),
            ([Some(2), Some(1)], false),
            ([Some(900), Some(890)], false),
            ([None, None], false),
        ] {
            assert_eq!(compared(page, same_count).helps(), helps, "{page:?}");
        }
        let same_page = [Some(1), Some(1)];
        assert!(compared(same_page, [None, Some(20)]).helps());
        assert!(!compared(same_page, [Some(50), Some(20)]).helps());
    }
}
