//! Columns of a row, one below the other, each with the name that the database and the CSV give it.

use leptos::prelude::*;
use uuid::Uuid;

use super::html::{Html, written};
use super::text::none;

/// One fact.
pub struct Fact {
    label: &'static str,
    column: &'static str,
    value: AnyView,
}

/// A fact from a column. `column` may be empty for what no column says.
pub fn fact(label: &'static str, column: &'static str, value: AnyView) -> Fact {
    Fact {
        label,
        column,
        value,
    }
}

/// A fact whose value may be NULL.
pub fn optional(label: &'static str, column: &'static str, value: Option<AnyView>) -> Fact {
    Fact {
        label,
        column,
        value: value.unwrap_or_else(none),
    }
}

/// An id, whole.
pub fn id(id: Uuid) -> AnyView {
    written(|html| write_id(html, id))
}

/// As [`id`].
pub fn write_id(html: &mut Html, id: Uuid) {
    html.raw("<code class=\"id\">").print(id).raw("</code>");
}

/// The list of facts.
pub fn facts(facts: Vec<Fact>) -> AnyView {
    let rows: Vec<AnyView> = facts
        .into_iter()
        .map(|fact| {
            let column = (!fact.column.is_empty()).then(|| view! { <code>{fact.column}</code> });
            view! { <div><dt>{fact.label}" "{column}</dt><dd>{fact.value}</dd></div> }.into_any()
        })
        .collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}
