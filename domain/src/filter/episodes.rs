//! Filters kill-switch episodes in memory, since they are derived from events and not stored.

use super::actor::Actor;
use super::choice::ParamEnum as _;
use super::kill_switch::State;
use super::list::ListQuery;
use super::range::Window;
use crate::episode::Episode;

/// Whether an episode passes the filters that depend only on its events: all but `review` and `leaks`.
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
