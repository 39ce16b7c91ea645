//! How many findings there are, and how far the rules have got.

use super::{Rule, Severity};
use crate::time::Timestamp;

/// How many findings a rule has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// Which rule.
    pub rule: Rule,
    /// Those that need somebody.
    pub open: u64,
    /// Those that somebody has written about.
    pub explained: u64,
}

impl RuleCount {
    /// That of a rule among those counted; a rule that is not has none.
    #[must_use]
    pub fn among(counts: &[Self], rule: Rule) -> Self {
        let found = counts.iter().find(|count| count.rule == rule);
        found.copied().unwrap_or(Self {
            rule,
            open: 0,
            explained: 0,
        })
    }

    /// Open and explained ones.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.open + self.explained
    }
}

/// How many findings need somebody, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenFindings {
    /// Of rules that are critical.
    pub critical: u64,
    /// Of rules that are errors.
    pub error: u64,
    /// Of rules that are warnings.
    pub warning: u64,
    /// Of rules that only inform.
    pub info: u64,
}

impl OpenFindings {
    /// Adds the rules up.
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

    /// All of them.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.critical + self.error + self.warning + self.info
    }
}

/// How far a rule has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleProgress {
    /// Which rule.
    pub rule: Rule,
    /// Rows up to this time were looked at.
    pub checked_to: Timestamp,
    /// When.
    pub checked_at: Timestamp,
}

/// The re-run that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// Rows up to this time are to be looked at.
    pub until: Timestamp,
    /// Up to this time they were.
    pub checked_to: Timestamp,
    /// How many rows that was.
    pub looked_at: u64,
}

/// When nothing was checked for so many microseconds, what is listed may be out of date: a minute.
const STALE: i64 = 60_000_000;
/// A rule that lies so many microseconds behind the others is worth a word: a minute.
const BEHIND: i64 = 60_000_000;

/// How far all rules have got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Of each rule; a rule that has not begun is not in it.
    pub progress: Vec<RuleProgress>,
    /// The re-run that is under way, or was interrupted.
    pub rebuild: Option<Rebuild>,
}

impl ScanProgress {
    /// How far a rule has got; none when it has not begun.
    #[must_use]
    pub fn of(&self, rule: Rule) -> Option<RuleProgress> {
        let mut progress = self.progress.iter();
        progress.find(|progress| progress.rule == rule).copied()
    }

    /// Every rule that has begun has looked at the rows up to this time; none when none has.
    #[must_use]
    pub fn checked_to(&self) -> Option<Timestamp> {
        self.progress.iter().map(|rule| rule.checked_to).min()
    }

    /// When something was checked last.
    #[must_use]
    pub fn checked_at(&self) -> Option<Timestamp> {
        self.progress.iter().map(|rule| rule.checked_at).max()
    }

    /// Whether rules have looked, but none of them lately.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.checked_at()
            .is_some_and(|at| now.micros_since(at) > STALE)
    }

    /// Whether a rule lies far behind the one that has got furthest.
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
    fn the_slowest_rule_says_how_far_and_the_last_look_whether_it_is_stale() {
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
