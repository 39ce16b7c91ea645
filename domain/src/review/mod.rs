//! Reviews of kill-switch episodes: their entries, the four-eyes rule, and their state.
//!
//! Four-eyes rule: a person who activated or cleared an episode cannot be the first to sign its review, and so never
//! its only reviewer. An episode with leaks needs two different signers. Whether two accounts are one person is decided
//! by present accounts and e-mails, by those recorded when an event was first seen, and by links ([`People`]). Signed
//! entries are never changed; corrections are further entries.

mod people;
mod statement;

use uuid::Uuid;

use crate::account::Subject;
use crate::episode::{Effect, Episode, KillSwitchEvent};
use crate::filter::ParamEnum;
use crate::time::Timestamp;

pub use people::{Link, People};
pub use statement::{Draft, LONGEST_LINE, LONGEST_NOTE, SHORTEST_NOTE, Statement};

/// A reviewer's verdict on an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The stop was justified.
    Justified,
    /// There was no reason to stop.
    FalseAlarm,
    /// Trading continued in spite of the stop.
    FailedToStop,
    /// The stop was an exercise.
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
    /// Label for people: `Failed to stop trading`.
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

/// State of an episode's review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Not done, and not yet due.
    Pending,
    /// Done.
    Reviewed,
    /// Not done, and past its due time.
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

/// A person who signs, with their account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// The account.
    pub subject: Subject,
    /// The account's e-mail at the time.
    pub email: String,
}

impl Reviewer {
    /// Whether both are the same account or accounts with the same e-mail.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.subject == other.subject || same_email(&self.email, &other.email)
    }

    /// Whether this account caused the event, by its id or by the present e-mail of the event's user.
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

    /// The person's part in the episode, if any.
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

/// A person's part in an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Involvement {
    /// Activated it, or repeated the activation.
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

/// A signature on an episode's review. Review states are derived from signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The episode: the id of its activating event.
    pub episode: Uuid,
    /// The signer.
    pub reviewer: Reviewer,
    /// When it was signed.
    pub at: Timestamp,
}

/// A complete entry of an episode's review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Number among the episode's entries, from 1.
    pub number: u32,
    /// Signer, episode and time.
    pub signature: Signature,
    /// The verdict.
    pub verdict: Verdict,
    /// Cause of the episode; may be empty.
    pub cause: String,
    /// Action taken; may be empty.
    pub action: String,
    /// Note in Markdown.
    pub note: String,
    /// Effects of the episode as known at the time of signing.
    pub known: Effect,
}

/// Why a person cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They had a part in the episode, and nobody without a part has signed yet.
    FourEyes(Involvement),
}

/// Whether `reviewer` may sign `episode` after those who already did.
///
/// # Errors
/// The rule that prevents it.
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

/// Progress of an episode's review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewProgress {
    /// The state.
    pub state: ReviewState,
    /// E-mails of the distinct signers, in order.
    pub reviewers: Vec<String>,
    /// Time of the last required signature; `None` until then.
    pub completed_at: Option<Timestamp>,
    /// When it is or was due.
    pub due_at: Timestamp,
    /// What is still needed; `None` when it is done.
    pub needs: Option<Needs>,
}

/// What a review still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A signature.
    Reviewer,
    /// A second signature, because of leaks.
    SecondReviewer,
    /// The episode's clear: signatures given before it cover only what was known then.
    Clear,
    /// A signature after the clear: all present ones were given before it.
    ReviewerAfterClear,
}

/// The signatures of an episode, evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Distinct signers at any time.
    reviewers: Vec<String>,
    /// When the review was complete, if there are no leaks.
    without_leaks: Option<Timestamp>,
    /// When the review was complete, if there are leaks.
    with_leaks: Option<Timestamp>,
    cleared_at: Option<Timestamp>,
    activated_at: Timestamp,
}

impl Signed {
    /// Evaluates the episode's signatures, given in order. Only signatures after the clear complete the review.
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

    /// Whether the state depends on whether there are leaks.
    #[must_use]
    pub const fn depends_on_leaks(&self) -> bool {
        self.without_leaks.is_some() != self.with_leaks.is_some()
    }

    /// Progress of the review at `now`. It is due `patience` microseconds after the clear, or after the activation
    /// while the episode is open.
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

/// Progress of the review with these entries at `now`; `known` is the episode's known effect.
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

/// The facts that a signature refers to, as one word: that the episode is open, or the time of its clear and its known
/// effects. Forms contain it, so that nobody signs what they have not seen.
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
