//! The parts of every detail page: breadcrumb, heading, cards, links to related rows.

use domain::query::Pairs;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::content::Content;
use super::text::Stored;
use super::visible::visible;

/// The breadcrumb: `Trades / 1068c4de`.
#[component]
pub fn Breadcrumb(
    /// The list's path.
    href: &'static str,
    /// The list's name.
    label: &'static str,
    /// The page's subject.
    here: String,
) -> impl IntoView {
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <a href=href>{label}</a>
            <span aria-hidden="true">" / "</span>
            <code aria-current="page">{visible(&here).into_owned()}</code>
        </nav>
    }
}

/// A card with a heading.
#[component]
pub fn Card(
    /// The heading.
    title: &'static str,
    children: Content,
) -> impl IntoView {
    view! {
        <section class="card">
            <h2>{title}</h2>
            {children}
        </section>
    }
}

/// Two columns of cards on a wide screen, one on a small one.
#[component]
pub fn Columns<M, S>(
    /// The main column.
    main: M,
    /// The side column: related rows.
    side: S,
) -> impl IntoView
where
    M: IntoView + 'static,
    S: IntoView + 'static,
{
    view! {
        <div class="split">
            <div class="split-main">{main}</div>
            <aside class="split-side" aria-label="Related">{side}</aside>
        </div>
    }
}

/// A list of links.
#[component]
pub fn LinkList(
    /// Each one's address and label.
    links: Vec<(String, String)>,
) -> impl IntoView {
    let items = links
        .into_iter()
        .map(|(href, text)| view! { <li><a href=href><Stored text /></a></li> })
        .collect_view();
    view! { <ul class="links">{items}</ul> }
}

/// A quarter of an hour in microseconds: the window of related rows.
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

/// The pairs of a span, which can be open-ended.
#[must_use]
pub fn since(from: Timestamp, to: Option<Timestamp>) -> Pairs {
    match to {
        Some(to) => between(from, to),
        None => Pairs::default().with("from", from.rfc3339()),
    }
}
