//! Rules that check the present state.

use uuid::Uuid;

use super::{Finding, Rule, Subject, SubjectKind};
use crate::episode::{ActivationRow, DOUBLED_WITHIN, Episode, History, KillSwitchEvent, Signal};
use crate::live::LiveState;
use crate::time::Timestamp;

/// Rows more than this many microseconds in the future are findings: one minute.
pub const AHEAD: i64 = 60_000_000;
/// Number of execution periods that an active algorithm may be inactive.
pub const PERIODS: i64 = 10;

/// Findings about kill-switch events that do not match.
#[must_use]
pub fn switch(history: &History) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |rule, event: &KillSwitchEvent, summary: String| {
        findings.push(Finding {
            rule,
            subject: Subject::new(SubjectKind::Event, &event.event.id),
            at: event.event.timestamp,
            asset: None,
            algorithm: None,
            summary,
        });
    };
    for episode in history.open() {
        let first = episode.first();
        let summary = format!("{} by {} has not been cleared.", kind(first), first.actor());
        add(Rule::StopNeverCleared, first, summary);
    }
    for again in history.episodes.iter().flat_map(repeats) {
        let summary = format!(
            "{} by {} came while it was active.",
            kind(again),
            again.actor()
        );
        add(Rule::StopTwice, again, summary);
    }
    for stray in &history.strays {
        if stray.signal == Signal::Clear {
            let summary = format!("{} by {} found nothing active.", kind(stray), stray.actor());
            add(Rule::ClearWithoutStop, stray, summary);
        }
    }
    findings
}

fn kind(event: &KillSwitchEvent) -> &str {
    &event.event.event_type
}

/// Repeated activations, each once, since the emergency stop writes two rows per activation.
fn repeats(episode: &Episode) -> Vec<&KillSwitchEvent> {
    let mut repeats: Vec<&KillSwitchEvent> = Vec::new();
    let mut mirrored = true;
    for event in &episode.repeats {
        let mirrors = repeats.last().is_some_and(|last| {
            !mirrored
                && event.signal == Signal::Activate(ActivationRow::Mirror)
                && last.signal == Signal::Activate(ActivationRow::Trigger)
                && event.event.timestamp.micros_since(last.event.timestamp) <= DOUBLED_WITHIN
        });
        mirrored = mirrors;
        if !mirrors {
            repeats.push(event);
        }
    }
    repeats
}

/// A finding if the sources disagree about the kill switch. `changed_at` is when the setting was written.
#[must_use]
pub fn disagreement(live: &LiveState, changed_at: Option<Timestamp>) -> Option<Finding> {
    let word = |active: bool| if active { "stopped" } else { "trading" };
    let mut says: Vec<(&str, bool)> = Vec::new();
    says.extend(live.declared.map(|active| ("the setting says", active)));
    says.extend(live.enforced().map(|active| ("Redis says", active)));
    says.extend(live.last.map(|last| ("the last event says", last.stops)));
    let differ = says.iter().any(|(_, active)| *active != says[0].1);
    let at = live.last.map(|last| last.at).max(changed_at)?;
    differ.then(|| Finding {
        rule: Rule::StateDisagrees,
        subject: Subject::new(SubjectKind::Setting, &"kill_switch"),
        at,
        asset: None,
        algorithm: None,
        summary: {
            let says: Vec<String> = says
                .iter()
                .map(|(who, active)| format!("{who} {}", word(*active)))
                .collect();
            format!("Of the kill switch, {}.", says.join(", "))
        },
    })
}

/// A breach of the protection of the console's own record: rows of append-only tables could be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The table, or the schema's name.
    pub subject: String,
    /// What is wrong, without a full stop.
    pub what: String,
    /// What cures it, likewise without a full stop.
    pub cure: String,
    /// Whether it is caused by excess rights of the console's role, which a trial tolerates.
    pub is_of_role: bool,
    /// When it was first found.
    pub since: Timestamp,
}

/// One finding per table, and one for the schema.
#[must_use]
pub fn unprotected(breaches: &[Breach]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for breach in breaches {
        let subject = Subject::new(SubjectKind::Record, &breach.subject);
        let known = findings
            .iter_mut()
            .find(|finding| finding.subject == subject);
        match known {
            Some(finding) => {
                finding.at = finding.at.min(breach.since);
                finding.summary.pop();
                finding.summary = format!("{}; {}.", finding.summary, breach.what);
            }
            None => findings.push(Finding {
                rule: Rule::RecordUnprotected,
                subject,
                at: breach.since,
                asset: None,
                algorithm: None,
                summary: format!("The record is not protected: {}.", breach.what),
            }),
        }
    }
    findings
}

/// A finding about a row whose time is after `now`.
#[must_use]
pub fn ahead(
    subject: Subject,
    at: Timestamp,
    asset: Option<String>,
    now: Timestamp,
) -> Option<Finding> {
    (at.micros_since(now) > AHEAD).then(|| Finding {
        rule: Rule::FutureTimestamp,
        subject,
        at,
        asset,
        algorithm: None,
        summary: format!(
            "It bears the time {}, which has not come yet.",
            at.rfc3339()
        ),
    })
}

/// An active deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// `id`
    pub id: Uuid,
    /// `algorithm_id`
    pub algorithm: Uuid,
    /// Its algorithm's name.
    pub name: String,
    /// `execution_frequency`, seconds.
    pub frequency: i64,
    /// The latest of its creation, activation and last execution.
    pub moved_at: Timestamp,
}

impl Deployment {
    /// Microseconds of inactivity that are permitted.
    #[must_use]
    pub fn patience(&self) -> i64 {
        self.frequency.max(1).saturating_mul(PERIODS * 1_000_000)
    }

    /// A finding if it has been inactive for too long.
    #[must_use]
    pub fn silence(&self, now: Timestamp) -> Option<Finding> {
        (now.micros_since(self.moved_at) > self.patience()).then(|| Finding {
            rule: Rule::Silence,
            subject: Subject::new(SubjectKind::Deployment, &self.id),
            at: self.moved_at,
            asset: None,
            algorithm: Some(self.algorithm.to_string()),
            summary: format!(
                "{} should act every {} s and has done nothing since {}.",
                self.name,
                self.frequency,
                self.moved_at.rfc3339()
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaches_of_one_table_are_one_finding_with_the_earliest_time() {
        let breach = |subject: &str, what: &str, since: i64| Breach {
            subject: subject.to_owned(),
            what: what.to_owned(),
            cure: String::new(),
            is_of_role: false,
            since: Timestamp::from_postgres_micros(since),
        };
        let found = unprotected(&[
            breach("finding_note", "one thing", 7),
            breach("role_change", "another", 8),
            breach("finding_note", "a second", 5),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(
            found[0].summary,
            "The record is not protected: one thing; a second."
        );
        assert_eq!(found[0].at, Timestamp::from_postgres_micros(5));
        assert_eq!(found[1].subject.id, "role_change");
    }
}
