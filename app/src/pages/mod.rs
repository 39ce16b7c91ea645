//! The pages. Each is a function from the frame and its model to a whole HTML document.

use leptos::prelude::*;

use crate::document::document;
use crate::model::{
    EpisodePage, ErrorPage, EventPage, EventsPage, Frame, KillSwitchPage, LoginPage, OverviewPage,
    SignalPage, SignalsPage, TradePage, TradesPage,
};

fn placeholder(frame: &Frame, title: &str) -> String {
    let heading = title.to_owned();
    document(frame, title, view! { <h1>{heading}</h1> }.into_any())
}

/// `/`
#[must_use]
pub fn overview(frame: &Frame, _page: &OverviewPage) -> String {
    placeholder(frame, "Overview")
}
/// `/trades`
#[must_use]
pub fn trades(frame: &Frame, _page: &TradesPage) -> String {
    placeholder(frame, "Trade decisions")
}
/// `/trades/{id}`
#[must_use]
pub fn trade(frame: &Frame, _page: &TradePage) -> String {
    placeholder(frame, "Trade decision")
}
/// `/signals`
#[must_use]
pub fn signals(frame: &Frame, _page: &SignalsPage) -> String {
    placeholder(frame, "Signals")
}
/// `/signals/{id}`
#[must_use]
pub fn signal(frame: &Frame, _page: &SignalPage) -> String {
    placeholder(frame, "Signal")
}
/// `/events`
#[must_use]
pub fn events(frame: &Frame, _page: &EventsPage) -> String {
    placeholder(frame, "Events")
}
/// `/events/{id}`
#[must_use]
pub fn event(frame: &Frame, _page: &EventPage) -> String {
    placeholder(frame, "Event")
}
/// `/kill-switch`
#[must_use]
pub fn kill_switch(frame: &Frame, _page: &KillSwitchPage) -> String {
    placeholder(frame, "Kill switch")
}
/// `/kill-switch/{id}`
#[must_use]
pub fn episode(frame: &Frame, _page: &EpisodePage) -> String {
    placeholder(frame, "Episode")
}
/// `/login`
#[must_use]
pub fn login(frame: &Frame, _page: &LoginPage) -> String {
    placeholder(frame, "Log in")
}
/// Any error.
#[must_use]
pub fn error(frame: &Frame, page: &ErrorPage) -> String {
    placeholder(frame, &page.title)
}
/// For an account without a role.
#[must_use]
pub fn forbidden(frame: &Frame) -> String {
    placeholder(frame, "No access")
}
/// `/preferences`: zone and colour scheme. `next` is the local path that the form returns to.
#[must_use]
pub fn preferences(frame: &Frame, next: &str) -> String {
    let _ = next;
    placeholder(frame, "Preferences")
}
