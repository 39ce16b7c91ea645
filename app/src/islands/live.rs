//! The live status in the header: the kill switch's pill and the counts of the navigation.
//!
//! Each island first shows what the server rendered. In the browser all of them follow one signal, which is polled every
//! few seconds while the page is visible. Without JavaScript they do not change.

use domain::wire::{Icon, LiveStatus, Tone};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The short form of a state that is not known.
pub const UNKNOWN: &str = "Unknown";

/// What is known since the page was rendered.
#[derive(Clone, PartialEq)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(
        dead_code,
        reason = "the server has nothing newer than what it renders"
    )
)]
enum Latest {
    /// Nothing new.
    AsRendered,
    /// The last answer.
    Answer(LiveStatus),
    /// The state is no longer known, and why.
    Unknown(&'static str),
}

/// The signal that all islands of the page follow.
#[cfg(feature = "hydrate")]
fn latest(rendered_unknown: bool) -> ArcRwSignal<Latest> {
    poll::latest(rendered_unknown)
}

#[cfg(not(feature = "hydrate"))]
fn latest(_: bool) -> ArcRwSignal<Latest> {
    ArcRwSignal::new(Latest::AsRendered)
}

/// What the pill shows.
#[derive(Clone, PartialEq)]
struct Pill {
    tone: Tone,
    mark: Icon,
    short: String,
    since: String,
    title: String,
}

impl Pill {
    fn of(status: &LiveStatus) -> Self {
        Self {
            tone: status.tone,
            mark: status.mark,
            short: status.short.clone(),
            since: status.since.clone(),
            title: status.title.clone(),
        }
    }

    fn unknown(why: &str) -> Self {
        Self {
            tone: Tone::Warn,
            mark: Icon::Ring,
            short: UNKNOWN.to_owned(),
            since: String::new(),
            title: why.to_owned(),
        }
    }
}

/// The kill switch's state: a link to its episodes.
#[island]
pub fn LivePill(
    /// As the server rendered it.
    status: LiveStatus,
) -> impl IntoView {
    let latest = latest(status.short == UNKNOWN);
    let pill = Memo::new(move |_| match latest.get() {
        Latest::AsRendered => Pill::of(&status),
        Latest::Answer(answer) => Pill::of(&answer),
        Latest::Unknown(why) => Pill::unknown(why),
    });
    view! {
        <a
            class=move || format!("pill {}", pill.read().tone.class())
            href="/kill-switch"
            title=move || pill.read().title.clone()
        >
            <svg class="mark" aria-hidden="true">
                <use href=move || pill.read().mark.href()></use>
            </svg>
            <span class="sr">"Kill switch: "</span>
            <span class="pill-text">
                <span class="pill-short">{move || pill.read().short.clone()}</span>
                <span class="pill-since">{move || pill.read().since.clone()}</span>
            </span>
        </a>
    }
}

/// What a count of the navigation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Badge {
    /// Kill-switch episodes that are not cleared.
    OpenEpisodes,
    /// Reviews that are not done.
    Reviews,
    /// Open findings: those without an explanation.
    Findings,
}

/// A count, and how many of them are overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadgeCount {
    /// All of them.
    pub all: u64,
    /// Those whose time has run out; only reviews have one.
    pub overdue: u64,
}

impl Badge {
    fn count(self, status: &LiveStatus) -> BadgeCount {
        let (all, overdue) = match self {
            Self::OpenEpisodes => (status.open_episodes, 0),
            Self::Findings => (status.open_findings, 0),
            Self::Reviews => (
                status.pending_reviews + status.overdue_reviews,
                status.overdue_reviews,
            ),
        };
        BadgeCount { all, overdue }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::OpenEpisodes => "open-count",
            Self::Reviews => "review-count",
            Self::Findings => "finding-count",
        }
    }

    const fn class(self, count: BadgeCount) -> &'static str {
        match self {
            Self::OpenEpisodes => "count urgent",
            Self::Reviews if count.overdue > 0 => "count warn",
            Self::Reviews | Self::Findings => "count",
        }
    }

    /// What the number counts, for those who do not see where it stands.
    fn explanation(self, count: BadgeCount) -> String {
        match self {
            Self::OpenEpisodes | Self::Findings => " open".to_owned(),
            Self::Reviews if count.overdue == 0 => " reviews to do".to_owned(),
            Self::Reviews => format!(" reviews to do, {} overdue", count.overdue),
        }
    }
}

/// A count of the navigation; none is hidden.
#[island]
pub fn NavBadge(
    /// What it counts.
    badge: Badge,
    /// As the server rendered it.
    count: BadgeCount,
) -> impl IntoView {
    let latest = latest(false);
    let count = Memo::new(move |_| match latest.get() {
        Latest::Answer(answer) => badge.count(&answer),
        Latest::AsRendered | Latest::Unknown(_) => count,
    });
    view! {
        <span
            id=badge.id()
            class=move || badge.class(count.get())
            hidden=move || count.get().all == 0
        >
            <span>{move || number(count.get().all)}</span>
            <span class="sr">{move || badge.explanation(count.get())}</span>
        </span>
    }
}

/// There is room for three digits.
fn number(count: u64) -> String {
    if count > 999 {
        "999+".to_owned()
    } else {
        count.to_string()
    }
}

#[cfg(feature = "hydrate")]
mod poll {
    use std::cell::RefCell;
    use std::time::Duration;

    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use super::Latest;
    use crate::api;
    use crate::islands::patience::within;

    const EVERY: Duration = Duration::from_secs(5);
    /// Delay of the first poll of a page that was rendered without a known state.
    const SOON: Duration = Duration::from_secs(1);

    thread_local! {
        /// The page's one poll, from the first island on.
        static POLL: RefCell<Option<Poll>> = const { RefCell::new(None) };
    }

    #[derive(Clone)]
    struct Poll {
        latest: ArcRwSignal<Latest>,
        /// A request is under way.
        is_busy: ArcRwSignal<bool>,
        /// The session has ended: nothing more is asked.
        has_ended: ArcRwSignal<bool>,
    }

    /// The signal; the first call begins to ask.
    pub fn latest(rendered_unknown: bool) -> ArcRwSignal<Latest> {
        let poll = POLL.with_borrow_mut(|poll| poll.get_or_insert_with(Poll::start).clone());
        if rendered_unknown {
            let poll = poll.clone();
            set_timeout(move || poll.ask(), SOON);
        }
        poll.latest
    }

    impl Poll {
        fn start() -> Self {
            let poll = Self {
                latest: ArcRwSignal::new(Latest::AsRendered),
                is_busy: ArcRwSignal::new(false),
                has_ended: ArcRwSignal::new(false),
            };
            let timed = poll.clone();
            // Without a timer the page stays as the server rendered it.
            let _ = set_interval_with_handle(move || timed.ask(), EVERY);
            // It bubbles from the document. A page that comes back is asked for at once.
            let shown = poll.clone();
            std::mem::forget(window_event_listener_untyped(
                "visibilitychange",
                move |_| shown.ask(),
            ));
            poll
        }

        /// Polls once, unless the page is hidden, a request is pending, or the session has ended.
        fn ask(&self) {
            let (is_busy, has_ended) = (&self.is_busy, &self.has_ended);
            if document().hidden() || is_busy.get_untracked() || has_ended.get_untracked() {
                return;
            }
            is_busy.set(true);
            let poll = self.clone();
            spawn_local(async move {
                match within(api::get_live_status()).await {
                    Ok(answer) => poll.latest.set(Latest::Answer(answer)),
                    Err(error) if error.is_not_allowed() => {
                        poll.has_ended.set(true);
                        let why = "You are no longer logged in. Reload the page.";
                        poll.latest.set(Latest::Unknown(why));
                    }
                    // Leaving the page aborts its request; the error is not shown.
                    Err(_) if document().hidden() => {}
                    Err(_) => poll
                        .latest
                        .set(Latest::Unknown("The console does not answer.")),
                }
                poll.is_busy.set(false);
            });
        }
    }
}
