//! Reviews of kill-switch episodes: what an admin signs, and when an episode counts as dealt with.
//!
//! Four eyes: whoever activated or cleared an episode cannot be the first to sign it off, and so never
//! its only reviewer; where something slipped through, two different people must sign. Who is who is decided
//! by accounts and e-mails as they are now, as they were when an event was first seen, and by links
//! ([`People`]). Nothing that was signed is ever changed: corrections are further entries.

mod people;
mod statement;

use uuid::Uuid;

use crate::account::Subject;
use crate::episode::{Effect, Episode, KillSwitchEvent};
use crate::filter::ParamEnum;
use crate::time::Timestamp;

pub use people::{Link, People};
pub use statement::{Draft, LONGEST_LINE, LONGEST_NOTE, SHORTEST_NOTE, Statement};

/// What a reviewer makes of an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There was reason to stop.
    Justified,
    /// There was none.
    FalseAlarm,
    /// Trading went on.
    FailedToStop,
    /// An exercise.
    Drill,
}

impl ParamEnum for Verdict {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Justified, "justified"),
        (Self::FalseAlarm, "false_alarm"),
        (Self::FailedToStop, "failed_to_stop"),
        (Self::Drill, "drill"),
    ];
    const EXPECTED: &'static str = "justified, false_alarm, failed_to_stop or drill";
}

impl Verdict {
    /// As people read it: `Failed to stop trading`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Justified => "Justified",
            Self::FalseAlarm => "False alarm",
            Self::FailedToStop => "Failed to stop trading",
            Self::Drill => "Drill",
        }
    }
}

/// Whether an episode's review is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Not done, and there is time.
    Pending,
    /// Done.
    Reviewed,
    /// Not done, and it should be.
    Overdue,
}

impl ParamEnum for ReviewState {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Pending, "pending"),
        (Self::Reviewed, "reviewed"),
        (Self::Overdue, "overdue"),
    ];
    const EXPECTED: &'static str = "pending, reviewed or overdue";
}

/// Somebody who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// Their account.
    pub subject: Subject,
    /// Its e-mail at that time.
    pub email: String,
}

impl Reviewer {
    /// Whether this is the same person: the same account, or another account of the same e-mail.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.subject == other.subject || same_email(&self.email, &other.email)
    }

    /// Whether this account wrote that event, by its id or by the e-mail that the event's row has now.
    #[must_use]
    pub fn wrote(&self, event: &KillSwitchEvent) -> bool {
        let by_id = matches!(self.subject, Subject::Engine(id) if event.account() == Some(id));
        by_id
            || event
                .event
                .user_email
                .as_deref()
                .is_some_and(|email| same_email(email, &self.email))
    }

    /// What this person did to the episode, if anything.
    #[must_use]
    pub fn part_in(&self, episode: &Episode, people: &People) -> Option<Involvement> {
        let accounts = people.accounts_of(self, episode);
        let activated = episode
            .activation
            .iter()
            .chain(&episode.repeats)
            .any(|event| people.wrote(&accounts, event));
        let cleared = episode
            .cleared()
            .is_some_and(|clear| people.wrote(&accounts, clear));
        match (activated, cleared) {
            (true, true) => Some(Involvement::Both),
            (true, false) => Some(Involvement::Activated),
            (false, true) => Some(Involvement::Cleared),
            (false, false) => None,
        }
    }
}

fn same_email(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// What somebody did to an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Involvement {
    /// Activated it, or activated it again.
    Activated,
    /// Cleared it.
    Cleared,
    /// Both.
    Both,
}

impl Involvement {
    /// `activated`, `cleared`, `activated and cleared`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Activated => "activated",
            Self::Cleared => "cleared",
            Self::Both => "activated and cleared",
        }
    }
}

/// Who signed an episode and when: what its state is derived from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The episode: the id of its activating event.
    pub episode: Uuid,
    /// Who.
    pub reviewer: Reviewer,
    /// When.
    pub at: Timestamp,
}

/// An entry of an episode's review, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its place among the episode's entries, from 1.
    pub number: u32,
    /// Who signed, for which episode, and when.
    pub signature: Signature,
    /// What they make of it.
    pub verdict: Verdict,
    /// Why it happened; may be empty.
    pub cause: String,
    /// What was done; may be empty.
    pub action: String,
    /// Markdown.
    pub note: String,
    /// What was known to have happened inside the episode when they signed.
    pub known: Effect,
}

/// Why somebody cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They had a part in the episode, and nobody without one has signed yet.
    FourEyes(Involvement),
}

/// Whether `reviewer` may sign `episode` after those who already did.
///
/// # Errors
/// The rule that keeps them from it.
pub fn may_sign(
    reviewer: &Reviewer,
    episode: &Episode,
    signed: &[Signature],
    people: &People,
) -> Result<(), Refusal> {
    let Some(part) = reviewer.part_in(episode, people) else {
        return Ok(());
    };
    let others = signed
        .iter()
        .any(|signature| signature.reviewer.part_in(episode, people).is_none());
    if others {
        Ok(())
    } else {
        Err(Refusal::FourEyes(part))
    }
}

/// How far an episode's review has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewProgress {
    /// In a word.
    pub state: ReviewState,
    /// E-mails of the different people who signed, in order.
    pub reviewers: Vec<String>,
    /// When the last signature that was needed was given; none until then.
    pub completed_at: Option<Timestamp>,
    /// When it is or was due.
    pub due_at: Timestamp,
    /// What is still needed; none when it is done.
    pub needs: Option<Needs>,
}

/// What a review still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A signature.
    Reviewer,
    /// A second signature, because something slipped through.
    SecondReviewer,
    /// That the episode is cleared: what was signed while it was open covers only what was known then.
    Clear,
    /// That somebody signs again: every signature was given while it was open.
    ReviewerAfterClear,
}

/// An episode's signatures taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Different people who signed at any time.
    reviewers: Vec<String>,
    /// When the review was complete if nothing slipped through.
    without_leaks: Option<Timestamp>,
    /// When it was if something did.
    with_leaks: Option<Timestamp>,
    cleared_at: Option<Timestamp>,
    activated_at: Timestamp,
}

impl Signed {
    /// Takes the episode's signatures in the order they were given. Only those that were given after it
    /// was cleared complete its review.
    #[must_use]
    pub fn of(episode: &Episode, signatures: &[Signature], people: &People) -> Self {
        let mut reviewers: Vec<&Reviewer> = Vec::new();
        let mut counting: Vec<&Reviewer> = Vec::new();
        let (mut without_leaks, mut with_leaks) = (None, None);
        let mut uninvolved = false;
        for signature in signatures {
            let reviewer = &signature.reviewer;
            let is_one_of = |known: &[&Reviewer]| {
                known
                    .iter()
                    .any(|known| people.are_one(known, reviewer, episode))
            };
            if !is_one_of(&reviewers) {
                reviewers.push(reviewer);
            }
            if episode.cleared_at().is_none_or(|at| signature.at < at) {
                continue;
            }
            if !is_one_of(&counting) {
                counting.push(reviewer);
            }
            uninvolved |= reviewer.part_in(episode, people).is_none();
            if uninvolved {
                without_leaks.get_or_insert(signature.at);
                if counting.len() >= 2 {
                    with_leaks.get_or_insert(signature.at);
                }
            }
        }
        Self {
            reviewers: reviewers.iter().map(|known| known.email.clone()).collect(),
            without_leaks,
            with_leaks,
            cleared_at: episode.cleared_at(),
            activated_at: episode.activated_at(),
        }
    }

    /// Whether the state hangs on whether something slipped through.
    #[must_use]
    pub const fn depends_on_leaks(&self) -> bool {
        self.without_leaks.is_some() != self.with_leaks.is_some()
    }

    /// How far the review has got at `now`. It is due `patience` microseconds after the clear; of an
    /// episode that is still open, after its activation.
    #[must_use]
    pub fn review_progress(&self, leaked: bool, patience: i64, now: Timestamp) -> ReviewProgress {
        let completed_at = if leaked {
            self.with_leaks
        } else {
            self.without_leaks
        };
        let due_at = self
            .cleared_at
            .unwrap_or(self.activated_at)
            .plus_micros(patience);
        let state = match completed_at {
            Some(_) => ReviewState::Reviewed,
            None if now > due_at => ReviewState::Overdue,
            None => ReviewState::Pending,
        };
        let needs = match completed_at {
            Some(_) => None,
            None if self.reviewers.is_empty() => Some(Needs::Reviewer),
            None if self.cleared_at.is_none() => Some(Needs::Clear),
            None if self.without_leaks.is_some() => Some(Needs::SecondReviewer),
            None => Some(Needs::ReviewerAfterClear),
        };
        ReviewProgress {
            state,
            reviewers: self.reviewers.clone(),
            completed_at,
            due_at,
            needs,
        }
    }
}

/// How far the review that consists of these entries has got at `now`; `known` is what is known to have
/// happened inside the episode.
#[must_use]
pub fn review_progress(
    episode: &Episode,
    reviews: &[Review],
    people: &People,
    known: Effect,
    patience: i64,
    now: Timestamp,
) -> ReviewProgress {
    Signed::of(episode, &signatures(reviews), people).review_progress(known.leaked(), patience, now)
}

/// The signatures of these entries.
#[must_use]
pub fn signatures(reviews: &[Review]) -> Vec<Signature> {
    reviews
        .iter()
        .map(|review| review.signature.clone())
        .collect()
}

/// What a signature is about, as one word: that the stop is open; or when it was cleared and what is known
/// to have happened inside. A form carries it, so that nobody signs what they have not seen.
#[must_use]
pub fn facts(episode: &Episode, effect: Effect) -> String {
    let Some(cleared_at) = episode.cleared_at() else {
        return "open".to_owned();
    };
    format!(
        "{}.{}.{}.{}",
        cleared_at.postgres_micros(),
        effect.rejections,
        effect.leaked_approvals,
        effect.leaked_orders
    )
}
