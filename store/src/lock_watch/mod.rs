//! Nobody waits for the console: what stands in somebody's way gives way.
//!
//! A reader holds ACCESS SHARE on its tables for as long as it reads, and an `ALTER TABLE` of the engine waits for it; and
//! everybody who comes after that waits for the `ALTER`. So the watch looks in `pg_locks` for locks that were not granted,
//! and only for those whether a session of the console's is in the way. An export is ended, any other statement cancelled
//! (its request tries again behind whoever waited), and a session that still stands there is terminated.
//!
//! It also ends exports whose snapshot has become old, for until then vacuum may not remove what was deleted since, and
//! exports that hold up the replay of a replica.

mod replay;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sqlx::Row as _;

use crate::db::Pool;
use crate::engine::{ExportSlots, StopReason};
use crate::statements::statements;
use crate::{ConsoleDb, EngineDb, StoreError};

statements! {
    /// Waiting sessions of others, and those of ours that are in their way. A session of ours that waits itself holds
    /// nothing that anybody could wait for.
    IN_THE_WAY = "SELECT DISTINCT ours.pid \
        FROM (SELECT l.pid FROM pg_catalog.pg_locks l WHERE NOT l.granted \
              AND l.waitstart <= clock_timestamp() - make_interval(secs => $1)) AS waiting \
        JOIN pg_catalog.pg_stat_activity theirs ON theirs.pid = waiting.pid \
          AND theirs.application_name <> 'audit-console' \
        CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking(pid) \
        JOIN pg_catalog.pg_stat_activity ours ON ours.pid = blocking.pid \
        WHERE ours.application_name = 'audit-console' \
          AND ours.usesysid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) \
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = ours.pid AND NOT l.granted)";

    CANCEL = "SELECT pg_cancel_backend($1)";

    TERMINATE = "SELECT pg_terminate_backend($1)";

    /// Sessions whose snapshot is older than so many transactions.
    OLD = "SELECT pid FROM pg_catalog.pg_stat_activity \
        WHERE pid = ANY($1) AND age(backend_xmin) > $2";
}

/// Begins to clear the way after this part of the bound, so that there is time for a second look and a harder means.
const BEGINS_AFTER: u32 = 5;
/// A session that was told to stop and stands in the way after this long is terminated.
const TERMINATED_AFTER: Duration = Duration::from_millis(900);
/// How often the transactions behind a snapshot are counted.
const AGES_EVERY: Duration = Duration::from_secs(10);

/// How far the console may get in others' way.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Nobody waits longer than this for a lock that the console holds; two seconds at the least.
    pub lock_wait: Duration,
    /// A snapshot lives at most this long.
    pub snapshot_age: Duration,
    /// At most so many transactions begin while a snapshot lives.
    pub snapshot_transactions: i32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            lock_wait: Duration::from_secs(5),
            snapshot_age: Duration::from_mins(30),
            snapshot_transactions: 50_000_000,
        }
    }
}

/// What a look did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Yielded {
    /// Exports that were ended.
    pub exports: u32,
    /// Statements that were cancelled.
    pub cancelled: u32,
    /// Sessions that were terminated.
    pub terminated: u32,
}

/// Watches one or two databases.
pub struct LockWatch {
    bounds: Bounds,
    databases: Vec<Watched>,
}

struct Watched {
    pool: Pool,
    exports: Vec<ExportSlots>,
    /// Sessions that were told to stop, and when.
    told: HashMap<i32, Instant>,
    ages_counted: Option<Instant>,
    standstill: Option<replay::Standstill>,
}

impl LockWatch {
    /// Watches the databases of both.
    #[must_use]
    pub fn new(engine: &EngineDb, console: &ConsoleDb, bounds: Bounds) -> Self {
        let watched = |pool: &Pool, exports| Watched {
            pool: pool.clone(),
            exports,
            told: HashMap::new(),
            ages_counted: None,
            standstill: None,
        };
        let (of_engine, of_console) = (engine.export_slots(), console.export_slots());
        let databases = if console.is_beside(engine) {
            vec![watched(engine.watching(), vec![of_engine, of_console])]
        } else {
            vec![
                watched(engine.watching(), vec![of_engine]),
                watched(console.watching(), vec![of_console]),
            ]
        };
        Self { bounds, databases }
    }

    /// Looks once, and clears the way.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn look(&mut self) -> Result<Yielded, StoreError> {
        let mut yielded = Yielded::default();
        for database in &mut self.databases {
            database
                .end_old_snapshots(self.bounds, &mut yielded)
                .await?;
            database.let_replay_go_on(&mut yielded).await?;
            database.clear_the_way(self.bounds, &mut yielded).await?;
        }
        Ok(yielded)
    }
}

impl Watched {
    async fn clear_the_way(
        &mut self,
        bounds: Bounds,
        yielded: &mut Yielded,
    ) -> Result<(), StoreError> {
        let after = bounds.lock_wait / BEGINS_AFTER;
        let rows = sqlx::query(IN_THE_WAY)
            .bind(after.as_secs_f64())
            .fetch_all(&self.pool)
            .await?;
        let in_the_way: Vec<i32> = rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
        self.told.retain(|pid, _| in_the_way.contains(pid));
        for pid in in_the_way {
            match self.told.get(&pid) {
                None => {
                    self.told.insert(pid, Instant::now());
                    if self.stop_export(pid, StopReason::EngineWaits) {
                        yielded.exports += 1;
                    } else if self.signal(CANCEL, pid).await? {
                        yielded.cancelled += 1;
                    }
                }
                Some(told) if told.elapsed() >= TERMINATED_AFTER => {
                    if self.signal(TERMINATE, pid).await? {
                        yielded.terminated += 1;
                    }
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    async fn end_old_snapshots(
        &mut self,
        bounds: Bounds,
        yielded: &mut Yielded,
    ) -> Result<(), StoreError> {
        let running: Vec<_> = self.exports.iter().flat_map(ExportSlots::running).collect();
        for (_, export) in &running {
            if export.since.elapsed() >= bounds.snapshot_age && export.stopper.reason().is_none() {
                export.stopper.stop(StopReason::SnapshotTooOld);
                yielded.exports += 1;
            }
        }
        let is_due = self
            .ages_counted
            .is_none_or(|at| at.elapsed() >= AGES_EVERY);
        if running.is_empty() || !is_due {
            return Ok(());
        }
        self.ages_counted = Some(Instant::now());
        let pids: Vec<i32> = running.iter().map(|(pid, _)| *pid).collect();
        let old: Vec<i32> = sqlx::query_scalar(OLD)
            .bind(pids)
            .bind(bounds.snapshot_transactions)
            .fetch_all(&self.pool)
            .await?;
        for pid in old {
            yielded.exports += u32::from(self.stop_export(pid, StopReason::SnapshotTooOld));
        }
        Ok(())
    }

    /// Ends the exports that began before the replay of this replica was held up.
    async fn let_replay_go_on(&mut self, yielded: &mut Yielded) -> Result<(), StoreError> {
        let running: Vec<_> = self.exports.iter().flat_map(ExportSlots::running).collect();
        if running.is_empty() {
            self.standstill = None;
            return Ok(());
        }
        let Some(held_up) = replay::held_up(&self.pool, &mut self.standstill).await? else {
            return Ok(());
        };
        for (_, export) in &running {
            if export.since <= held_up && export.stopper.reason().is_none() {
                export.stopper.stop(StopReason::ReplayWaits);
                yielded.exports += 1;
            }
        }
        Ok(())
    }

    /// Ends the export of this process; false when it is none of this copy's.
    fn stop_export(&self, pid: i32, reason: StopReason) -> bool {
        let mut running = self.exports.iter().flat_map(ExportSlots::running);
        let found = running.find(|(of, _)| *of == pid);
        found.is_some_and(|(_, export)| {
            export.stopper.stop(reason);
            true
        })
    }

    async fn signal(&self, statement: &'static str, pid: i32) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(statement)
            .bind(pid)
            .fetch_one(&self.pool)
            .await?)
    }
}
