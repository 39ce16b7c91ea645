//! The bar at the top of every page: navigation, the kill switch's live state, zone, account.

use domain::zone::offset_label;
use leptos::prelude::*;

use super::live::{live_pill, pill};
use super::text::{grouped, stored, stored_as};
use crate::document::{LOGO, Section};
use crate::islands::{LivePill, ThemeSwitch, findings_count, reviews_count};
use crate::model::{NavBadges, PageContext};

/// The bar.
pub fn header(ctx: &PageContext, section: Section) -> AnyView {
    let may_read = ctx
        .person
        .as_ref()
        .is_some_and(|person| person.role.is_some());
    view! {
        <header class="bar">
            <a class="brand" href="/">
                <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" inner_html=LOGO></svg>
                <span>"Audit Console"</span>
            </a>
            {may_read.then(|| navigation(ctx, section))}
            <div class="bar-end">
                {live_pill(ctx).filter(|_| may_read).map(|state| {
                    view! { <LivePill>{pill(&state)}</LivePill> }
                })}
                {zone(ctx)}
                {theme(ctx)}
                {account(ctx)}
            </div>
        </header>
    }
    .into_any()
}

fn navigation(ctx: &PageContext, section: Section) -> AnyView {
    let entry = |to: Section, href: String, label: &'static str, counts: Option<AnyView>| {
        let current = (to == section).then_some("page");
        view! { <a href=href aria-current=current>{label}{counts}</a> }.into_any()
    };
    let lists = ctx.views.iter().map(|view| {
        let counts = match view.name {
            "kill-switch" => Some(counts(ctx.nav_badges)),
            "findings" => Some(findings(ctx.nav_badges)),
            _ => None,
        };
        entry(
            Section::List(view.name),
            view.path(),
            view.words.nav,
            counts,
        )
    });
    view! {
        <nav class="nav" aria-label="Main">
            {entry(Section::Overview, "/".to_owned(), "Overview", None)}
            {lists.collect_view()}
        </nav>
    }
    .into_any()
}

/// Open episodes, loud; reviews to do, quieter. They are there even when they are nought: the live
/// state's island writes into them.
fn counts(nav_badges: NavBadges) -> AnyView {
    let reviews = nav_badges.pending_reviews + nav_badges.overdue_reviews;
    let (class, after) = reviews_count(nav_badges.overdue_reviews);
    view! {
        <span class="count hot" id="open-count" hidden=nav_badges.open_episodes == 0>
            <span id="open-count-number">{grouped(nav_badges.open_episodes)}</span>
            <span class="sr" id="open-count-words">" open"</span>
        </span>
        <span class=class id="review-count" hidden=reviews == 0>
            <span id="review-count-number">{grouped(reviews)}</span>
            <span class="sr" id="review-count-words">{after}</span>
        </span>
    }
    .into_any()
}

/// Findings that nobody has explained, there even when they are none as the counts of [`counts`] are.
fn findings(nav_badges: NavBadges) -> AnyView {
    let open = nav_badges.findings.all();
    let (number, after) = findings_count(open);
    view! {
        <span class="count" id="finding-count" hidden=open == 0>
            <span id="finding-count-number">{number}</span>
            <span class="sr" id="finding-count-words">{after}</span>
        </span>
    }
    .into_any()
}

/// The shown zone, and a menu to change it.
fn zone(ctx: &PageContext) -> AnyView {
    let name = ctx.zone.name();
    let offset = offset_label(ctx.now, ctx.zone);
    let utc = (name != "UTC").then(|| {
        view! {
            <form method="post" action="/preferences">
                <input type="hidden" name="next" value=return_path(ctx) />
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
                <a class="btn" href=preferences_path(ctx)>"Another zone…"</a>
            </div>
        </div>
    }
    .into_any()
}

/// The colour scheme's button. Without JavaScript it is a form's.
fn theme(ctx: &PageContext) -> AnyView {
    view! {
        <form class="theme-form" method="post" action="/preferences">
            <input type="hidden" name="next" value=return_path(ctx) />
            <ThemeSwitch />
        </form>
    }
    .into_any()
}

fn account(ctx: &PageContext) -> Option<AnyView> {
    let person = ctx.person.as_ref()?;
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
                {stored_as("account-email", &email)}
            </button>
            <div class="menu" id="account-menu" popover="auto">
                <p><strong>{stored(&email)}</strong><br /><span class="dim">{role}</span></p>
                <p class="menu-zone">"Times in "{ctx.zone.name()}</p>
                <p class="keys-hint dim">"Press "<kbd>"?"</kbd>" for the keys."</p>
                <div class="menu-row">
                    <a class="btn" href=preferences_path(ctx)>"Preferences"</a>
                    <form method="post" action="/logout">
                        <button class="btn">"Log out"</button>
                    </form>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn preferences_path(ctx: &PageContext) -> String {
    domain::query::Pairs::default()
        .with("next", return_path(ctx))
        .link("/preferences")
}

/// Where a preference form returns to: here, without a `tz` that would overrule the choice.
fn return_path(ctx: &PageContext) -> String {
    let Some((path, query)) = ctx.here.split_once('?') else {
        return ctx.here.clone();
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
