//! The incremental scan: new rows, and recent rows again.

use std::collections::HashSet;
use std::sync::Arc;

use domain::clock;
use domain::dossier::Span;
use domain::episode::Episode;
use domain::finding::slice::{CONTEXT, Found};
use domain::finding::{Finding, Group, Rule, state};
use domain::live::{LiveState, RedisState};
use domain::time::Timestamp;

use uuid::Uuid;

use super::recent::Recent;
use crate::access::Auditor;
use crate::console::Scope;
use crate::engine::{Reference, ScannedRows};
use crate::{ConsoleDb, EngineDb, StoreError};

/// Age in microseconds below which rows may not be committed yet.
pub(super) const SETTLING: i64 = 2_000_000;
/// Approximate number of rows of each table in a span.
pub(super) const ROWS: u32 = 20_000;

/// Maximum number of new spans per scan, after which other work gets its turn.
const MAX_SPANS: u32 = 16;

/// Scans the engine's rows for findings.
pub struct FindingScanner {
    pub(super) engine: EngineDb,
    pub(super) console: ConsoleDb,
    pub(super) auditor: Auditor,
    recent: Recent,
    /// Kill-switch events whose actors' identities are recorded.
    seen: HashSet<Uuid>,
}

/// Outcome of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanOutcome {
    /// Another instance of the console is scanning.
    NotOurTurn,
    /// Rows up to this time were scanned, and there are more.
    More(Timestamp),
    /// Everything was scanned.
    Done,
}

impl FindingScanner {
    /// A scanner of the engine's rows, which stores findings in the console's database.
    #[must_use]
    pub fn new(engine: EngineDb, console: ConsoleDb) -> Self {
        Self {
            engine,
            console,
            auditor: Auditor::operator(),
            recent: Recent::default(),
            seen: HashSet::new(),
        }
    }

    /// Scans new rows, recent rows again, decisions whose orders were open, and the present state; `redis` is the state
    /// in the engine's Redis. The first scan of a large history takes many calls.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn scan(&mut self, redis: &RedisState) -> Result<ScanOutcome, StoreError> {
        self.scan_at(clock::now(), redis).await
    }

    /// As [`FindingScanner::scan`], with the present time given.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn scan_at(
        &mut self,
        now: Timestamp,
        redis: &RedisState,
    ) -> Result<ScanOutcome, StoreError> {
        let Some(_turn) = self.console.take_turn().await? else {
            return Ok(ScanOutcome::NotOurTurn);
        };
        let reference = self.engine.reference(&self.auditor, now).await?;
        self.record_people(&reference).await?;
        let until = now.plus_micros(-SETTLING);
        let progress = self.console.stream_progress(&self.auditor).await?;
        // Rows whose context may have been incomplete at the last scan are scanned again.
        let (seen, mut from) = progress.map_or(
            (Timestamp::NEG_INFINITY, Timestamp::NEG_INFINITY),
            |progress| {
                let ripe = progress.checked_at.plus_micros(-SETTLING - 2 * CONTEXT);
                (progress.checked_to, progress.checked_to.min(ripe))
            },
        );
        let mut spans = 0;
        while from < until {
            let examined = self
                .engine
                .scan_next(&reference, (from, until), ROWS)
                .await?;
            let examined =
                examined.unwrap_or_else(|| ScannedRows::nothing(Span { from, to: until }));
            from = examined.span.to;
            self.keep(&reference, &examined, Some(from).filter(|to| *to > seen))
                .await?;
            spans += u32::from(from > seen);
            if spans == MAX_SPANS && from < until {
                return Ok(ScanOutcome::More(from));
            }
        }
        self.rescan_late_rows(&reference, until).await?;
        self.rescan_open_orders(&reference).await?;
        self.check_state(&reference, redis).await?;
        Ok(ScanOutcome::Done)
    }

    /// Records the identities of actors of new kill-switch events, since an actor's e-mail may change before a review
    /// is signed.
    async fn record_people(&mut self, reference: &Reference) -> Result<(), StoreError> {
        let acts = |episode: &Episode| -> Vec<Uuid> {
            episode
                .events()
                .filter(|event| event.account().is_some() && !self.seen.contains(&event.event.id))
                .map(|event| event.event.id)
                .collect()
        };
        let events: Vec<Uuid> = reference.history.episodes.iter().flat_map(acts).collect();
        if events.is_empty() || self.console.may_record().is_err() {
            return Ok(());
        }
        let unseen = self.console.unseen_events(&events).await?;
        let is_unseen = |episode: &&Episode| {
            episode
                .events()
                .any(|event| unseen.contains(&event.event.id))
        };
        let episodes: Vec<&Episode> = reference
            .history
            .episodes
            .iter()
            .filter(is_unseen)
            .collect();
        if !episodes.is_empty() {
            let actor_identities_of = self
                .engine
                .actor_identities_of(&self.auditor, &self.console, &episodes)
                .await?;
            self.console
                .record_identities(&actor_identities_of, &unseen)
                .await?;
        }
        self.seen.extend(events);
        Ok(())
    }

    /// Scans minutes again in which rows were committed late.
    async fn rescan_late_rows(
        &mut self,
        reference: &Arc<Reference>,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(since) = self.recent.due(until) else {
            return Ok(());
        };
        let counts = self.engine.count_minutes(since, until).await?;
        for span in self.recent.changed(counts, until) {
            let examined = self.engine.scan_span(reference, span).await?;
            self.keep(reference, &examined, None).await?;
        }
        Ok(())
    }

    async fn keep(
        &self,
        reference: &Arc<Reference>,
        examined: &ScannedRows,
        checked_to: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let scope = Scope::Span(examined.span);
        let names = &reference.algorithm_names;
        let progress = checked_to.map(|to| (to, reference.now));
        self.console
            .keep_stream(scope, &examined.found, names, progress)
            .await
    }

    /// Checks decisions again whose orders were open.
    pub(super) async fn rescan_open_orders(
        &self,
        reference: &Arc<Reference>,
    ) -> Result<(), StoreError> {
        let waiting = self.console.waiting_decisions().await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let found = self
            .engine
            .rescan_decisions(&waiting, reference.now)
            .await?;
        let scope = Scope::Decisions(&waiting);
        let names = &reference.algorithm_names;
        self.console.keep_stream(scope, &found, names, None).await
    }

    /// Applies the rules that check the present state.
    pub(super) async fn check_state(
        &self,
        reference: &Arc<Reference>,
        redis: &RedisState,
    ) -> Result<(), StoreError> {
        let now = reference.now;
        let mut findings: Vec<Finding> = state::switch(&reference.history);
        findings.extend(self.engine.find_ahead(now).await?);
        findings.extend(self.engine.find_silent(now).await?);
        let switch = self.engine.switch_state(&self.auditor).await?;
        let live = LiveState::new(switch.declared, redis.clone(), &switch.history);
        let changed_at = self.engine.setting_changed_at().await?;
        findings.extend(state::disagreement(&live, changed_at));
        let record = self.console.recent_record_state().await?;
        findings.extend(state::unprotected(&record.breaches));
        let rules: Vec<Rule> = Rule::all()
            .filter(|rule| rule.group() == Group::State)
            .collect();
        let found = Found {
            findings,
            waiting: Vec::new(),
        };
        let names = &reference.algorithm_names;
        self.console.keep_state(&rules, &found, names, now).await
    }
}
