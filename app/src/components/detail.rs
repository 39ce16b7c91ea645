//! What every detail page has: the way back, a heading, cards, links to what happened around it.

use domain::query::Pairs;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::text::stored;
use super::visible::visible;

/// The way back to the list: `Trades / 1068c4de`.
pub fn trail(href: &'static str, label: &'static str, here: &str) -> AnyView {
    view! {
        <nav class="trail" aria-label="Breadcrumb">
            <a href=href>{label}</a>
            <span aria-hidden="true">" / "</span>
            <code aria-current="page">{visible(here).into_owned()}</code>
        </nav>
    }
    .into_any()
}

/// A card with a heading.
pub fn card(title: &'static str, content: AnyView) -> AnyView {
    view! {
        <section class="card">
            <h2>{title}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// Cards beside each other where there is room: what is told, and what is near.
pub fn columns(main: Vec<AnyView>, side: Vec<AnyView>) -> AnyView {
    view! {
        <div class="split">
            <div class="split-main">{main}</div>
            <aside class="split-side" aria-label="Related">{side}</aside>
        </div>
    }
    .into_any()
}

/// A list of links.
pub fn links(items: Vec<(String, String)>) -> AnyView {
    let items: Vec<AnyView> = items
        .into_iter()
        .map(|(href, label)| view! { <li><a href=href>{stored(label)}</a></li> }.into_any())
        .collect();
    view! { <ul class="links">{items}</ul> }.into_any()
}

/// A quarter of an hour in microseconds: what counts as near.
const NEAR: i64 = 15 * 60_000_000;

/// The pairs of a quarter of an hour before to a quarter after `at`.
#[must_use]
pub fn around(at: Timestamp) -> Pairs {
    between(at.plus_micros(-NEAR), at.plus_micros(NEAR))
}

/// The pairs of a span, both ends included.
#[must_use]
pub fn between(from: Timestamp, to: Timestamp) -> Pairs {
    Pairs::default()
        .with("from", from.rfc3339())
        .with("to", to.rfc3339())
}

/// The pairs of a span that may have no end.
#[must_use]
pub fn since(from: Timestamp, to: Option<Timestamp>) -> Pairs {
    match to {
        Some(to) => between(from, to),
        None => Pairs::default().with("from", from.rfc3339()),
    }
}
