//! The kill switch's live state in words.

use domain::live::{Agreement, LastEvent, LiveState, RedisState, Verdict};
use domain::wire::{Icon, LiveStatus, Tone};
use leptos::either::Either;
use leptos::prelude::*;

use super::episode::mechanism_name;
use super::icon::Mark;
use super::time::{SecondTime, clock_or_date};
use crate::islands::UNKNOWN;
use crate::model::PageContext;

/// The live state in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStateText {
    /// Its shape.
    pub mark: Icon,
    /// Its tone.
    pub tone: Tone,
    /// For the header: `Trading`.
    pub short: &'static str,
    /// A sentence.
    pub answer: &'static str,
    /// The sources it is based on.
    pub more: &'static str,
}

/// Describes the state.
#[must_use]
pub fn live_state_text(live: &LiveState) -> LiveStateText {
    let (mark, tone, short, answer, more) = match (live.verdict(), &live.redis) {
        (Verdict::Trading, _) => (
            Icon::Dot,
            Tone::Ok,
            "Trading",
            "Trading.",
            "No stop is declared and none is enforced.",
        ),
        (Verdict::Stopped, _) if live.declared == Some(false) => (
            Icon::Square,
            Tone::Stop,
            "Stopped",
            "Trading is stopped.",
            "The Guard enforces a stop that the database does not declare.",
        ),
        (Verdict::Stopped, _) => (
            Icon::Square,
            Tone::Stop,
            "Stopped",
            "Trading is stopped.",
            "The emergency stop is enforced by the Guard.",
        ),
        (Verdict::DeclaredNotEnforced, _) => (
            Icon::Alert,
            Tone::Leak,
            "Declared, not enforced",
            "Declared, not enforced.",
            "The database declares a stop; the Guard does not enforce it, so trades go on being approved.",
        ),
        (Verdict::Unknown, RedisState::NotConfigured) => (
            Icon::Ring,
            Tone::Warn,
            UNKNOWN,
            "Unknown, no Redis configured.",
            "Only Redis tells what the Guard enforces.",
        ),
        (Verdict::Unknown, _) => (
            Icon::Ring,
            Tone::Warn,
            UNKNOWN,
            "Unknown, Redis not reachable.",
            "Only Redis tells what the Guard enforces, and it did not answer in time.",
        ),
    };
    LiveStateText {
        mark,
        tone,
        short,
        answer,
        more,
    }
}

/// The live state and what waits for somebody, for the header and for programs; none where the page has no live state.
#[must_use]
pub fn live_status(ctx: &PageContext) -> Option<LiveStatus> {
    let live = ctx.live.as_ref()?;
    let told = live_state_text(live);
    let (since, sentence) = match live.since() {
        Some(at) => (
            format!(" since {}", clock_or_date(ctx, at)),
            format!(" Since {}.", at.second_in(ctx.zone)),
        ),
        None => (String::new(), String::new()),
    };
    Some(LiveStatus {
        mark: told.mark,
        open_episodes: ctx.nav_badges.open_episodes,
        open_findings: ctx.nav_badges.findings.all(),
        overdue_reviews: ctx.nav_badges.overdue_reviews,
        pending_reviews: ctx.nav_badges.pending_reviews,
        short: told.short.to_owned(),
        since,
        title: format!("{} {}{sentence}", told.answer, told.more),
        tone: told.tone,
    })
}

/// What the database declares: `stopped`, `not stopped`.
#[must_use]
pub const fn declared_words(live: &LiveState) -> &'static str {
    match live.declared {
        Some(on) => on_words(on),
        None => "unknown, the setting is missing or cannot be read",
    }
}

/// What Redis enforces.
#[must_use]
pub const fn enforced_words(live: &LiveState) -> &'static str {
    match &live.redis {
        RedisState::NotConfigured => "unknown, no Redis configured",
        RedisState::NotReachable => "unknown, Redis not reachable",
        RedisState::Known { emergency_stop, .. } => on_words(*emergency_stop),
    }
}

const fn on_words(on: bool) -> &'static str {
    if on { "stopped" } else { "not stopped" }
}

/// A source's state, with its icon.
#[component]
pub fn SourceTag(
    /// The words of [`declared_words`] or [`enforced_words`].
    words: &'static str,
) -> impl IntoView {
    let (class, icon) = match words {
        "stopped" => ("out stop", Icon::Square),
        "not stopped" => ("out ok", Icon::Dot),
        _ => ("out warn", Icon::Ring),
    };
    view! { <span class=class><Mark icon />{words}</span> }
}

/// The last activation or clear: event, mechanism and time.
#[component]
pub fn LastEventLine<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The event; none before the first.
    last: Option<LastEvent>,
) -> impl IntoView + use<> {
    let Some(last) = last else {
        return Either::Left(view! { <span class="none">"none yet"</span> });
    };
    let href = format!("/events/{}", last.id);
    Either::Right(view! {
        <SourceTag words=on_words(last.stops) />
        <a class="last-event" href=href>
            {mechanism_name(last.mechanism)} ", " <SecondTime ctx at=last.at />
        </a>
    })
}

/// Whether setting, Redis and last event agree; if not, which of them disagree.
#[must_use]
pub fn agreement_words(live: &LiveState) -> String {
    if live.agreement() == Agreement::Unknown {
        return "cannot be told".to_owned();
    }
    let (Some(declared), Some(enforced)) = (live.declared, live.enforced()) else {
        return "cannot be told".to_owned();
    };
    let Some(last) = live.last.map(|last| last.stops) else {
        return if declared == enforced {
            "setting and Redis agree; no event says either".to_owned()
        } else {
            format!("the setting says {}, Redis does not", on_words(declared))
        };
    };
    let (who, says) = match (declared, enforced, last) {
        (d, e, l) if d == e && e == l => return "all three agree".to_owned(),
        (d, e, l) if e == l => ("the setting", d),
        (d, e, l) if d == l => ("Redis", e),
        (_, _, l) => ("the last event", l),
    };
    format!("{who} disagrees: {}", on_words(says))
}

/// The tone of the agreement on its own.
#[must_use]
pub fn agreement_tone(live: &LiveState) -> Tone {
    match live.agreement() {
        Agreement::Agree => Tone::Quiet,
        Agreement::Disagree => Tone::Stop,
        Agreement::Unknown => Tone::Warn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::episode::Mechanism;
    use domain::time::Timestamp;

    fn redis(emergency_stop: bool) -> RedisState {
        RedisState::Known {
            emergency_stop,
            volatile: false,
            initial_equity: None,
        }
    }

    fn live(declared: Option<bool>, redis: RedisState, last: Option<bool>) -> LiveState {
        LiveState {
            declared,
            redis,
            last: last.map(|stops| LastEvent {
                id: uuid::Uuid::nil(),
                mechanism: Mechanism::Toggle,
                stops,
                at: Timestamp::from_postgres_micros(0),
            }),
            stopped_since: None,
            open_since: None,
        }
    }

    #[test]
    fn a_declared_stop_that_nothing_enforces_is_the_loudest() {
        let live = live(Some(true), redis(false), Some(true));
        assert_eq!(live_state_text(&live).tone, Tone::Leak);
        assert_eq!(agreement_words(&live), "Redis disagrees: not stopped");
    }

    #[test]
    fn whoever_disagrees_is_named() {
        let words = |d, e, l| agreement_words(&live(Some(d), redis(e), l));
        assert_eq!(words(true, true, Some(true)), "all three agree");
        assert_eq!(
            words(true, false, Some(false)),
            "the setting disagrees: stopped"
        );
        assert_eq!(
            words(false, false, Some(true)),
            "the last event disagrees: stopped"
        );
        assert_eq!(
            words(false, false, None),
            "setting and Redis agree; no event says either"
        );
        assert_eq!(
            words(true, false, None),
            "the setting says stopped, Redis does not"
        );
    }

    #[test]
    fn without_redis_nothing_is_claimed() {
        for (state, words) in [
            (RedisState::NotConfigured, "Unknown, no Redis configured."),
            (RedisState::NotReachable, "Unknown, Redis not reachable."),
        ] {
            let live = live(Some(true), state, Some(true));
            assert_eq!(live_state_text(&live).answer, words);
            assert_eq!(agreement_words(&live), "cannot be told");
        }
    }
}
