//! The full re-run over all rows from the beginning. It can be interrupted and resumed.

use domain::clock;
use domain::dossier::Span;
use domain::live::RedisState;
use domain::time::Timestamp;

use super::scanner::{ROWS, SETTLING};
use super::{FindingScanner, ScanOutcome};
use crate::StoreError;
use crate::console::{Rebuild, Scope};
use crate::engine::ScannedRows;

impl FindingScanner {
    /// Resumes an interrupted re-run, or starts one up to the present. Calls `on_progress` after each span, which
    /// returns whether to continue; if not, the result is [`ScanOutcome::More`].
    ///
    /// # Errors
    /// When a database is unreachable; findings so far are kept.
    pub async fn rebuild(
        &mut self,
        redis: &RedisState,
        on_progress: impl FnMut(Rebuild) -> bool,
    ) -> Result<ScanOutcome, StoreError> {
        self.rebuild_at(clock::now(), redis, on_progress).await
    }

    /// As [`FindingScanner::rebuild`], with the present time given.
    ///
    /// # Errors
    /// As [`FindingScanner::rebuild`].
    pub async fn rebuild_at(
        &mut self,
        now: Timestamp,
        redis: &RedisState,
        mut on_progress: impl FnMut(Rebuild) -> bool,
    ) -> Result<ScanOutcome, StoreError> {
        let Some(_turn) = self.console.take_turn().await? else {
            return Ok(ScanOutcome::NotOurTurn);
        };
        let reference = self.engine.reference(&self.auditor, now).await?;
        let mut rebuild = match self.console.finding_rebuild(&self.auditor).await? {
            Some(interrupted) => interrupted,
            None => Rebuild {
                until: now.plus_micros(-SETTLING),
                checked_to: Timestamp::NEG_INFINITY,
                looked_at: 0,
            },
        };
        self.console.begin_rebuild(rebuild).await?;
        let names = &reference.algorithm_names;
        while rebuild.checked_to < rebuild.until {
            let (from, to) = (rebuild.checked_to, rebuild.until);
            let examined = self.engine.scan_next(&reference, (from, to), ROWS).await?;
            let examined = examined.unwrap_or_else(|| ScannedRows::nothing(Span { from, to }));
            rebuild.checked_to = examined.span.to;
            rebuild.looked_at += examined.rows;
            let scope = Scope::Span(examined.span);
            let found = &examined.found;
            self.console
                .keep_rebuild(scope, found, names, rebuild)
                .await?;
            if !on_progress(rebuild) {
                return Ok(ScanOutcome::More(rebuild.checked_to));
            }
        }
        self.console.end_rebuild(rebuild.until, now).await?;
        self.rescan_open_orders(&reference).await?;
        self.check_state(&reference, redis).await?;
        Ok(ScanOutcome::Done)
    }
}
