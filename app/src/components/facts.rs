//! The columns of a row as a list, each with its name in the database and the CSV.

use leptos::prelude::*;
use uuid::Uuid;

use super::content::Content;
use super::html::{Html, written};

/// The list of facts: its children are [`Fact`]s.
#[component]
pub fn Facts(children: Content) -> impl IntoView {
    view! { <dl class="facts">{children}</dl> }
}

/// One fact: its children are the value.
#[component]
pub fn Fact(
    /// The label.
    label: &'static str,
    /// The column's name; empty if the value is derived.
    #[prop(optional)]
    column: &'static str,
    children: Content,
) -> impl IntoView {
    let column = (!column.is_empty()).then(|| view! { <code>{column}</code> });
    view! { <div><dt>{format!("{label} ")}{column}</dt><dd>{children}</dd></div> }
}

/// An id in full length.
#[component]
pub fn Id(
    /// The id.
    id: Uuid,
) -> impl IntoView {
    written(|html| write_id(html, id))
}

/// Writes [`Id`].
fn write_id(html: &mut Html, id: Uuid) {
    html.raw("<code class=\"id\">").print(id).raw("</code>");
}
