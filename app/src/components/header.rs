//! The top bar of every page: navigation, live state of the kill switch, time zone, account.

use domain::zone::offset_label;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::live::live_status;
use super::text::Stored;
use crate::document::{LOGO, Section};
use crate::islands::{Badge, BadgeCount, LivePill, NavBadge, ThemeSwitch};
use crate::model::{NavBadges, PageContext, Person};

/// The top bar.
#[component]
pub fn Header<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The navigation's entry of the page.
    section: Section,
) -> impl IntoView + use<> {
    let may_read = ctx
        .person
        .as_ref()
        .is_some_and(|person| person.role.is_some());
    let navigation = may_read.then(|| view! { <Navigation ctx section /> });
    let live = live_status(ctx).filter(|_| may_read);
    let account = ctx.person.as_ref();
    view! {
        <header class="top-bar">
            <a class="brand" href="/">
                <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" inner_html=LOGO></svg>
                <span>"Audit Console"</span>
            </a>
            {navigation}
            <div class="top-bar-end">
                {live.map(|status| view! { <LivePill status /> })}
                <ZoneMenu ctx />
                <form class="theme-form" method="post" action="/preferences">
                    <input type="hidden" name="next" value=return_path(ctx) />
                    <ThemeSwitch theme=ctx.theme />
                </form>
                {account.map(|person| view! { <AccountMenu ctx person /> })}
            </div>
        </header>
    }
}

#[component]
fn Navigation<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The entry of the page.
    section: Section,
) -> impl IntoView + use<> {
    let current = move |to: Section| (to == section).then_some("page");
    let lists = ctx.views.iter().map(|list| {
        let badges = match list.name {
            "kill-switch" => EitherOf3::A(view! { <KillSwitchBadges counts=ctx.nav_badges /> }),
            "findings" => EitherOf3::B(view! { <FindingsBadge counts=ctx.nav_badges /> }),
            _ => EitherOf3::C(()),
        };
        view! {
            <a href=list.path() aria-current=current(Section::List(list.name))>
                {list.words.nav}
                {badges}
            </a>
        }
    });
    view! {
        <nav class="nav" aria-label="Main">
            <a href="/" aria-current=current(Section::Overview)>"Overview"</a>
            {lists.collect_view()}
        </nav>
    }
}

/// Badges of the navigation: open episodes, and reviews that are due.
#[component]
fn KillSwitchBadges(
    /// The number of items that need a person.
    counts: NavBadges,
) -> impl IntoView {
    let open = BadgeCount {
        all: counts.open_episodes,
        overdue: 0,
    };
    let reviews = BadgeCount {
        all: counts.pending_reviews + counts.overdue_reviews,
        overdue: counts.overdue_reviews,
    };
    view! {
        <NavBadge badge=Badge::OpenEpisodes count=open />
        <NavBadge badge=Badge::Reviews count=reviews />
    }
}

/// Open findings: those without an explanation.
#[component]
fn FindingsBadge(
    /// The number of items that need a person.
    counts: NavBadges,
) -> impl IntoView {
    let count = BadgeCount {
        all: counts.findings.all(),
        overdue: 0,
    };
    view! { <NavBadge badge=Badge::Findings count /> }
}

/// The time zone in use, and a menu to change it.
#[component]
fn ZoneMenu<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
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
        <button class="top-bar-btn zone-btn" type="button" popovertarget="zone-menu">
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
}

/// The logged-in account, and its menu.
#[component]
fn AccountMenu<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The logged-in account.
    person: &'a Person,
) -> impl IntoView + use<> {
    let role = person
        .role
        .map_or_else(|| "no role".to_owned(), |role| role.to_string());
    let label = format!("Account of {}", person.email);
    let email = &person.email;
    view! {
        <button class="top-bar-btn account-btn" type="button" popovertarget="account-menu" aria-label=label>
            <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                <circle cx="8" cy="5.5" r="2.8" fill="none" stroke="currentColor" stroke-width="1.5"></circle>
                <path d="M2.5 14c.6-3 2.8-4.4 5.5-4.4s4.9 1.4 5.5 4.4" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"></path>
            </svg>
            <Stored text=email class="account-email" />
        </button>
        <div class="menu" id="account-menu" popover="auto">
            <p><strong><Stored text=email /></strong><br /><span class="dim">{role}</span></p>
            <p class="menu-zone">"Times in "{ctx.zone.name()}</p>
            <p class="shortcuts-hint dim">"Press "<kbd>"?"</kbd>" for the keys."</p>
            <div class="menu-row">
                <a class="btn" href=preferences_path(ctx)>"Preferences"</a>
                <form method="post" action="/logout">
                    <button class="btn">"Log out"</button>
                </form>
            </div>
        </div>
    }
}

fn preferences_path(ctx: &PageContext) -> String {
    domain::query::Pairs::default()
        .with("next", return_path(ctx))
        .link("/preferences")
}

/// The path that a preference form returns to: this page without a `tz` parameter, which would override the choice.
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
