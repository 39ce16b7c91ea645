//! The kill switch's live state in words.

use domain::live::{LiveState, RedisState, Verdict};
use leptos::prelude::*;

use super::mark::{Mark, mark};
use super::outcome::Tone;

/// The live state, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveTold {
    /// Its shape.
    pub mark: Mark,
    /// Its tone.
    pub tone: Tone,
    /// For the header: `Trading`.
    pub short: &'static str,
    /// A sentence.
    pub answer: &'static str,
    /// What it rests on.
    pub more: &'static str,
}

/// Tells the state.
#[must_use]
pub fn tell(live: &LiveState) -> LiveTold {
    let (mark, tone, short, answer, more) = match (live.verdict(), &live.redis) {
        (Verdict::Trading, _) => (
            Mark::Dot,
            Tone::Ok,
            "Trading",
            "Trading.",
            "No stop is declared and none is enforced.",
        ),
        (Verdict::Stopped, _) if live.declared == Some(false) => (
            Mark::Square,
            Tone::Stop,
            "Stopped",
            "Trading is stopped.",
            "The Guard enforces a stop that the database does not declare.",
        ),
        (Verdict::Stopped, _) => (
            Mark::Square,
            Tone::Stop,
            "Stopped",
            "Trading is stopped.",
            "The emergency stop is enforced by the Guard.",
        ),
        (Verdict::DeclaredNotEnforced, _) => (
            Mark::Alert,
            Tone::Leak,
            "Declared, not enforced",
            "Stopped on paper only.",
            "The database declares a stop; the Guard does not enforce it, so trades go on being approved.",
        ),
        (Verdict::Unknown, RedisState::NotConfigured) => (
            Mark::Ring,
            Tone::Warn,
            "Unknown",
            "Unknown, no Redis configured.",
            "Only Redis tells what the Guard enforces.",
        ),
        (Verdict::Unknown, _) => (
            Mark::Ring,
            Tone::Warn,
            "Unknown",
            "Unknown, Redis not reachable.",
            "Only Redis tells what the Guard enforces, and it did not answer in time.",
        ),
    };
    LiveTold {
        mark,
        tone,
        short,
        answer,
        more,
    }
}

/// The state for the header, a link to the episodes.
pub fn pill(live: &LiveState) -> AnyView {
    let told = tell(live);
    let class = format!("pill {}", told.tone.class());
    let title = format!("{} {}", told.answer, told.more);
    view! {
        <a class=class href="/kill-switch" title=title>
            {mark(told.mark)}
            <span class="sr">"Kill switch: "</span>
            {told.short}
        </a>
    }
    .into_any()
}

/// What the database declares: `stopped`, `not stopped`.
#[must_use]
pub const fn declared_words(live: &LiveState) -> &'static str {
    match live.declared {
        Some(true) => "stopped",
        Some(false) => "not stopped",
        None => "unknown: the setting is missing or cannot be read",
    }
}

/// What Redis enforces.
#[must_use]
pub const fn enforced_words(live: &LiveState) -> &'static str {
    match &live.redis {
        RedisState::NotConfigured => "unknown: no Redis configured",
        RedisState::NotReachable => "unknown: Redis not reachable",
        RedisState::Known {
            emergency_stop: true,
            ..
        } => "stopped",
        RedisState::Known { .. } => "not stopped",
    }
}

/// Whether the two agree.
#[must_use]
pub const fn agreement_words(live: &LiveState) -> &'static str {
    match (live.declared, &live.redis) {
        (Some(declared), RedisState::Known { emergency_stop, .. }) => {
            if declared == *emergency_stop {
                "they agree"
            } else {
                "they disagree"
            }
        }
        _ => "cannot be told",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redis(emergency_stop: bool) -> RedisState {
        RedisState::Known {
            emergency_stop,
            volatile: false,
            initial_equity: None,
        }
    }

    #[test]
    fn a_declared_stop_that_nothing_enforces_is_the_loudest() {
        let live = LiveState {
            declared: Some(true),
            redis: redis(false),
        };
        assert_eq!(tell(&live).tone, Tone::Leak);
        assert_eq!(agreement_words(&live), "they disagree");
    }

    #[test]
    fn without_redis_nothing_is_claimed() {
        for (state, words) in [
            (RedisState::NotConfigured, "Unknown, no Redis configured."),
            (RedisState::NotReachable, "Unknown, Redis not reachable."),
        ] {
            let live = LiveState {
                declared: Some(true),
                redis: state,
            };
            assert_eq!(tell(&live).answer, words);
            assert_eq!(agreement_words(&live), "cannot be told");
        }
    }
}
