//! Counts of findings, and progress of the rules.

use super::{Rule, Severity};
use crate::time::Timestamp;

/// Number of findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule.
    pub rule: Rule,
    /// Open findings.
    pub open: u64,
    /// Explained findings.
    pub explained: u64,
}

impl RuleCount {
    /// The count of a rule among `counts`; zero if it is missing.
    #[must_use]
    pub fn among(counts: &[Self], rule: Rule) -> Self {
        let found = counts.iter().find(|count| count.rule == rule);
        found.copied().unwrap_or(Self {
            rule,
            open: 0,
            explained: 0,
        })
    }

    /// Open and explained findings together.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.open + self.explained
    }
}

/// Number of open findings, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenFindings {
    /// Of critical rules.
    pub critical: u64,
    /// Of rules with severity error.
    pub error: u64,
    /// Of rules with severity warning.
    pub warning: u64,
    /// Of rules with severity info.
    pub info: u64,
}

impl OpenFindings {
    /// Sums the counts of the rules.
    #[must_use]
    pub fn of(counts: &[RuleCount]) -> Self {
        let mut sum = Self::default();
        for RuleCount { rule, open, .. } in counts {
            let part = match rule.severity() {
                Severity::Critical => &mut sum.critical,
                Severity::Error => &mut sum.error,
                Severity::Warning => &mut sum.warning,
                Severity::Info => &mut sum.info,
            };
            *part += open;
        }
        sum
    }

    /// The sum over all severities.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.critical + self.error + self.warning + self.info
    }
}

/// Progress of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleProgress {
    /// The rule.
    pub rule: Rule,
    /// Rows up to this time were checked.
    pub checked_to: Timestamp,
    /// Time of the last check.
    pub checked_at: Timestamp,
}

/// State of a re-run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// End of the re-run.
    pub until: Timestamp,
    /// Rows up to this time were checked.
    pub checked_to: Timestamp,
    /// Number of rows checked.
    pub looked_at: u64,
}

/// Microseconds without a check after which the list may be out of date: one minute.
const STALE: i64 = 60_000_000;
/// Microseconds of lag behind the other rules that are worth mentioning: one minute.
const BEHIND: i64 = 60_000_000;

/// Progress of all rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Progress by rule; without rules that have not started.
    pub progress: Vec<RuleProgress>,
    /// The re-run that is under way or was interrupted.
    pub rebuild: Option<Rebuild>,
}

impl ScanProgress {
    /// Progress of a rule; `None` if it has not started.
    #[must_use]
    pub fn of(&self, rule: Rule) -> Option<RuleProgress> {
        let mut progress = self.progress.iter();
        progress.find(|progress| progress.rule == rule).copied()
    }

    /// The time up to which all started rules have checked; `None` if none has started.
    #[must_use]
    pub fn checked_to(&self) -> Option<Timestamp> {
        self.progress.iter().map(|rule| rule.checked_to).min()
    }

    /// Time of the latest check of any rule.
    #[must_use]
    pub fn checked_at(&self) -> Option<Timestamp> {
        self.progress.iter().map(|rule| rule.checked_at).max()
    }

    /// Whether rules have started but none has checked recently.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.checked_at()
            .is_some_and(|at| now.micros_since(at) > STALE)
    }

    /// Whether a rule lags behind the most advanced one.
    #[must_use]
    pub fn is_behind(&self, progress: RuleProgress) -> bool {
        let furthest = self.progress.iter().map(|rule| rule.checked_to).max();
        furthest.is_some_and(|furthest| furthest.micros_since(progress.checked_to) > BEHIND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_postgres_micros(seconds * 1_000_000)
    }

    #[test]
    fn progress_is_that_of_the_slowest_rule_and_staleness_that_of_the_latest() {
        let progress = |rule, to, when| RuleProgress {
            rule,
            checked_to: at(to),
            checked_at: at(when),
        };
        let scan_progress = ScanProgress {
            progress: vec![
                progress(Rule::LeakDuringStop, 100, 200),
                progress(Rule::Silence, 198, 198),
            ],
            rebuild: None,
        };
        assert_eq!(scan_progress.checked_to(), Some(at(100)));
        assert!(!scan_progress.is_stale(at(260)));
        assert!(scan_progress.is_stale(at(261)));
        assert!(scan_progress.is_behind(scan_progress.progress[0]));
        assert!(!scan_progress.is_behind(scan_progress.progress[1]));
        assert_eq!(scan_progress.of(Rule::StopTwice), None);
        assert!(!ScanProgress::default().is_stale(at(0)));
    }

    #[test]
    fn open_findings_are_added_up_by_severity() {
        let count = |rule, open| RuleCount {
            rule,
            open,
            explained: 9,
        };
        let sum = OpenFindings::of(&[
            count(Rule::LeakDuringStop, 3),
            count(Rule::LimitExceeded, 4),
            count(Rule::StopTwice, 1),
        ]);
        assert_eq!((sum.critical, sum.info, sum.all()), (7, 1, 8));
    }
}
