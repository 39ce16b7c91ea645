//! The bar at the top of every page: navigation, the kill switch's live state, zone, account.

use domain::zone::offset_label;
use leptos::prelude::*;

use super::live::pill;
use crate::document::{LOGO, Section};
use crate::islands::ThemeSwitch;
use crate::model::Frame;

/// The bar.
pub fn header(frame: &Frame, section: Section) -> AnyView {
    let may_read = frame
        .person
        .as_ref()
        .is_some_and(|person| person.role.is_some());
    view! {
        <header class="bar">
            <a class="brand" href="/">
                <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" inner_html=LOGO></svg>
                <span>"Audit Console"</span>
            </a>
            {may_read.then(|| navigation(frame, section))}
            <div class="bar-end">
                {frame.live.as_ref().filter(|_| may_read).map(pill)}
                {zone(frame)}
                {theme(frame)}
                {account(frame)}
            </div>
        </header>
    }
    .into_any()
}

fn navigation(frame: &Frame, section: Section) -> AnyView {
    let entry = |to: Section, href: &'static str, label: &'static str, open: u64| {
        let current = (to == section).then_some("page");
        let count = (open > 0).then(|| {
            view! { <span class="count hot">{open}<span class="sr">" open"</span></span> }
        });
        view! { <a href=href aria-current=current>{label}{count}</a> }
    };
    view! {
        <nav class="nav" aria-label="Main">
            {entry(Section::Overview, "/", "Overview", 0)}
            {entry(Section::Trades, "/trades", "Trades", 0)}
            {entry(Section::Signals, "/signals", "Signals", 0)}
            {entry(Section::KillSwitch, "/kill-switch", "Kill switch", frame.open_episodes)}
            {entry(Section::Events, "/events", "Events", 0)}
        </nav>
    }
    .into_any()
}

/// The shown zone, and a menu to change it.
fn zone(frame: &Frame) -> AnyView {
    let name = frame.zone.name();
    let offset = offset_label(frame.now, frame.zone);
    let utc = (name != "UTC").then(|| {
        view! {
            <form method="post" action="/preferences">
                <input type="hidden" name="next" value=return_path(frame) />
                <button class="btn" name="tz" value="UTC">"Show UTC"</button>
            </form>
        }
    });
    view! {
        <button class="bar-btn zone-btn" type="button" popovertarget="zone-menu">
            {name}
            {(offset != name).then(|| view! { <span class="dim">{offset.clone()}</span> })}
        </button>
        <div class="menu" id="zone-menu" popover="auto">
            <p>"Times are shown in "<strong>{name}</strong>", now "{offset}". Hover a time for UTC; exports are in UTC."</p>
            <div class="menu-row">
                {utc}
                <a class="btn" href=preferences_path(frame)>"Another zone…"</a>
            </div>
        </div>
    }
    .into_any()
}

/// The colour scheme's button. Without JavaScript it is a form's.
fn theme(frame: &Frame) -> AnyView {
    view! {
        <form class="theme-form" method="post" action="/preferences">
            <input type="hidden" name="next" value=return_path(frame) />
            <ThemeSwitch />
        </form>
    }
    .into_any()
}

fn account(frame: &Frame) -> Option<AnyView> {
    let person = frame.person.as_ref()?;
    let role = person
        .role
        .map_or_else(|| "no role".to_owned(), |role| role.to_string());
    let label = format!("Account of {}", person.email);
    let email = person.email.clone();
    Some(
        view! {
            <button class="bar-btn account-btn" type="button" popovertarget="account-menu" aria-label=label>
                <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                    <circle cx="8" cy="5.5" r="2.8" fill="none" stroke="currentColor" stroke-width="1.5"></circle>
                    <path d="M2.5 14c.6-3 2.8-4.4 5.5-4.4s4.9 1.4 5.5 4.4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"></path>
                </svg>
                <bdi class="account-email">{email.clone()}</bdi>
            </button>
            <div class="menu" id="account-menu" popover="auto">
                <p><strong><bdi>{email}</bdi></strong><br /><span class="dim">{role}</span></p>
                <p class="menu-zone">"Times in "{frame.zone.name()}</p>
                <p class="keys-hint dim">"Press "<kbd>"?"</kbd>" for the keys."</p>
                <div class="menu-row">
                    <a class="btn" href=preferences_path(frame)>"Preferences"</a>
                    <form method="post" action="/logout">
                        <button class="btn">"Log out"</button>
                    </form>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn preferences_path(frame: &Frame) -> String {
    domain::query::Pairs::default()
        .with("next", return_path(frame))
        .link("/preferences")
}

/// Where a preference form returns to: here, without a `tz` that would overrule the choice.
fn return_path(frame: &Frame) -> String {
    let Some((path, query)) = frame.here.split_once('?') else {
        return frame.here.clone();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("tz="))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}
