//! The incremental way: new rows, and the last ones again.

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

/// Rows younger than this many microseconds may not be committed yet.
pub(super) const SETTLING: i64 = 2_000_000;
/// About so many rows of each table are looked at together.
pub(super) const ROWS: u32 = 20_000;

/// A pass that has looked so often at new rows lets others have a turn.
const MAX_SPANS: u32 = 16;

/// Looks for findings.
pub struct FindingScanner {
    pub(super) engine: EngineDb,
    pub(super) console: ConsoleDb,
    pub(super) auditor: Auditor,
    recent: Recent,
    /// Kill-switch events whose actors are on record.
    seen: HashSet<Uuid>,
}

/// What a pass did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanOutcome {
    /// Somebody else is looking.
    NotOurTurn,
    /// There is more to look at; rows up to this time were.
    More(Timestamp),
    /// Everything was looked at.
    Done,
}

impl FindingScanner {
    /// Prepares to look.
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

    /// Looks at new rows, at the last ones again, at orders that were open, and at what holds now; `redis`
    /// is what the engine's Redis says. A history that was never looked at takes many passes.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn scan(&mut self, redis: &RedisState) -> Result<ScanOutcome, StoreError> {
        self.scan_at(clock::now(), redis).await
    }

    /// As [`FindingScanner::scan`], at a moment of one's own.
    ///
    /// # Errors
    /// When a database is away.
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
        // Rows whose context had not come when they were looked at are looked at once more.
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

    /// Records who was who in kill-switch events that nobody has seen before: an actor may have another e-mail
    /// when somebody signs.
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

    /// Minutes whose rows have become other ones since they were looked at.
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

    /// Orders that were open when they were looked at.
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

    /// The rules about what holds now.
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
