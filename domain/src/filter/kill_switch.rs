//! The filter of `/kill-switch`, which is applied in memory.

use super::actor::Actor;
use super::choice::ParamEnum;
use super::list::ListQuery;
use super::range::Window;
use crate::episode::{Episode, Mechanism};

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

/// Whether an episode passes those of the query's filters that its events alone decide: all but `review` and `leaks`.
#[must_use]
pub fn passes(query: &ListQuery, window: Window, episode: &Episode) -> bool {
    let state = if episode.cleared().is_some() {
        State::Closed
    } else {
        State::Open
    };
    let passes = |param: &str, matches: &dyn Fn(&str) -> bool| {
        let given = query.filter.get(param);
        given.is_none_or(|given| given.passes(matches))
    };
    let involves = |actor: &str| Actor::parse(actor).is_some_and(|actor| episode.involves(&actor));
    window.contains(episode.activated_at())
        && passes("mechanism", &|word| word == episode.mechanism.as_str())
        && passes("state", &|word| word == state.as_str())
        && passes("actor", &involves)
        && (query.words.as_slice().is_empty() || query.words.match_text(&episode.searched_text()))
}
