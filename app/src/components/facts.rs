//! Columns of a row, one below the other, each with the name that the database and the CSV give it.

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
    /// What people call it.
    label: &'static str,
    /// Its column; empty for what no column says.
    #[prop(optional)]
    column: &'static str,
    children: Content,
) -> impl IntoView {
    let column = (!column.is_empty()).then(|| view! { <code>{column}</code> });
    view! { <div><dt>{format!("{label} ")}{column}</dt><dd>{children}</dd></div> }
}

/// An id, whole.
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
