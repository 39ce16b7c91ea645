//! Ends sessions of the console that block other sessions.
//!
//! A reader holds ACCESS SHARE locks for as long as it reads. An `ALTER TABLE` of the engine waits for it, and later
//! sessions wait for the `ALTER`. The watch finds sessions of the console in `pg_locks` that block sessions of others.
//! It stops exports, cancels other statements (their requests are retried behind the waiting session), and terminates
//! sessions that still block.
//!
//! It also stops exports with an old snapshot, which holds back vacuum, and exports that delay the replay of a replica.

mod replay;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sqlx::Row as _;

use crate::db::Pool;
use crate::engine::{ExportSlots, StopReason};
use crate::statements::statements;
use crate::{ConsoleDb, EngineDb, StoreError};

statements! {
    /// The console's sessions that block waiting sessions of others. A session of ours that itself waits is left out:
    /// it holds no lock that anybody waits for.
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

    /// Sessions whose snapshot is older than this number of transactions.
    OLD = "SELECT pid FROM pg_catalog.pg_stat_activity \
        WHERE pid = ANY($1) AND age(backend_xmin) > $2";
}

/// Acts after this fraction of the bound (one fifth), to leave time for a second check and for termination.
const BEGINS_AFTER: u32 = 5;
/// A session that was stopped or cancelled and still blocks after this long is terminated.
const TERMINATED_AFTER: Duration = Duration::from_millis(900);
/// Interval of checking the age of snapshots in transactions.
const AGES_EVERY: Duration = Duration::from_secs(10);

/// Limits on how long the console may block others.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Maximum time that others wait for a lock of the console; at least two seconds.
    pub lock_wait: Duration,
    /// Maximum age of a snapshot.
    pub snapshot_age: Duration,
    /// Maximum age of a snapshot in transactions.
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

/// What a check did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Yielded {
    /// Stopped exports.
    pub exports: u32,
    /// Cancelled statements.
    pub cancelled: u32,
    /// Terminated sessions.
    pub terminated: u32,
}

/// Watches one or two databases for blocked sessions.
pub struct LockWatch {
    bounds: Bounds,
    databases: Vec<Watched>,
}

struct Watched {
    pool: Pool,
    exports: Vec<ExportSlots>,
    /// Sessions that were stopped or cancelled, and when.
    told: HashMap<i32, Instant>,
    ages_counted: Option<Instant>,
    standstill: Option<replay::Standstill>,
}

impl LockWatch {
    /// A watch over both databases.
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

    /// Checks once and ends the console's sessions that block others.
    ///
    /// # Errors
    /// When a database is unreachable.
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

    /// Stops the exports that began before the replica's replay was delayed.
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

    /// Stops the export with this process id. Returns `false` if it is not one of this instance's exports.
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
