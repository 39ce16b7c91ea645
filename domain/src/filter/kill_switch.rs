//! The filter of `/kill-switch`.

use uuid::Uuid;

use super::any_of::{AnyOf, ParamEnum};
use super::events::Actor;
use super::list::{ListQuery, ViewFilter};
use super::range::Window;
use crate::episode::{Episode, Mechanism};
use crate::query::{Pairs, Params};
use crate::review::ReviewState;
use crate::view::View;

impl ParamEnum for Mechanism {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::EmergencyStop, "emergency_stop"),
        (Self::Toggle, "toggle"),
    ];
    const EXPECTED: &'static str = "emergency_stop or toggle";
}

/// Whether an episode has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not cleared.
    Open,
    /// Cleared.
    Closed,
}

impl ParamEnum for State {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Open, "open"), (Self::Closed, "closed")];
    const EXPECTED: &'static str = "open or closed";
}

/// Whether something slipped through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaks {
    /// Trades were approved or orders created inside the episode.
    Yes,
    /// None were.
    No,
}

impl ParamEnum for Leaks {
    const VALUES: &'static [(Self, &'static str)] = &[(Self::Yes, "yes"), (Self::No, "no")];
    const EXPECTED: &'static str = "yes or no";
}

/// What `/kill-switch` can be narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EpisodeFilter {
    /// `mechanism`
    pub mechanism: AnyOf<Mechanism>,
    /// `state`
    pub state: AnyOf<State>,
    /// `actor`: who activated or cleared it.
    pub actor: AnyOf<Actor>,
    /// `review`
    pub review: AnyOf<ReviewState>,
    /// `leaks`
    pub leaks: AnyOf<Leaks>,
}

impl ViewFilter for EpisodeFilter {
    const VIEW: View = View::KillSwitch;
    const PARAMS: &'static [&'static str] = &["mechanism", "state", "actor", "review", "leaks"];
    type Key = Uuid;

    fn take(params: &mut Params) -> Self {
        Self {
            mechanism: AnyOf::take(params, "mechanism"),
            state: AnyOf::take(params, "state"),
            actor: AnyOf::take(params, "actor"),
            review: AnyOf::take(params, "review"),
            leaks: AnyOf::take(params, "leaks"),
        }
    }

    fn print(&self, out: &mut Pairs) {
        self.mechanism.print("mechanism", out);
        self.state.print("state", out);
        self.actor.print("actor", out);
        self.review.print("review", out);
        self.leaks.print("leaks", out);
    }
}

/// Whether `episode` passes everything in `query` but `leaks`, which needs its effect, and `review`, which
/// needs its signatures. The time of an episode is that of its activation.
#[must_use]
pub fn passes(query: &ListQuery<EpisodeFilter>, window: Window, episode: &Episode) -> bool {
    let filter = &query.filter;
    let state = if episode.cleared().is_some() {
        State::Closed
    } else {
        State::Open
    };
    window.contains(episode.activated_at())
        && filter
            .mechanism
            .passes(|wanted| *wanted == episode.mechanism)
        && filter.state.passes(|wanted| *wanted == state)
        && filter.actor.passes(|wanted| episode.involves(wanted))
        && (query.words.as_slice().is_empty() || query.words.match_text(&episode.searched_text()))
}
