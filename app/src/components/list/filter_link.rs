//! Links that narrow a list.
//!
//! A link can be copied and opened elsewhere, but it does not include unapplied changes of the filter form. So each link
//! is rendered together with a button of the form that makes the same change and submits the form's fields. The style
//! sheet shows the button while the form has unapplied changes, and the link otherwise. Neither needs a script.

use domain::filter::form::{ADD, DROP, MARKER, PRESET, pressed};
use leptos::prelude::*;

/// The id of the filter's form.
pub const FORM: &str = "filter-form";

/// A change of the filter.
#[derive(Clone, Debug)]
pub struct FilterChange {
    /// Where the link leads.
    href: String,
    /// The button's name in the form.
    name: &'static str,
    /// Its value.
    value: String,
}

impl FilterChange {
    /// Adds a pair to the filter.
    #[must_use]
    pub fn adding(param: &str, value: &str, href: String) -> Self {
        Self {
            href,
            name: ADD,
            value: pressed(param, value),
        }
    }

    /// Takes a pair out of the filter.
    #[must_use]
    pub fn dropping(param: &str, value: &str, href: String) -> Self {
        Self {
            href,
            name: DROP,
            value: pressed(param, value),
        }
    }

    /// Replaces the span of time by a preset.
    #[must_use]
    pub fn preset(value: String, href: String) -> Self {
        Self {
            href,
            name: PRESET,
            value,
        }
    }
}

/// A link and the equivalent button, with the same content.
#[component]
pub fn FilterLink(
    /// The change.
    change: FilterChange,
    /// The class of both.
    class: &'static str,
    /// The accessible name of both, if it differs from their content.
    #[prop(optional)]
    label: Option<String>,
    /// The tooltip of both.
    #[prop(optional)]
    title: Option<String>,
    /// Whether it is what is shown.
    #[prop(optional)]
    is_current: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let current = is_current.then_some("true");
    view! {
        <a class=format!("{class} if-applied") href=change.href
            aria-label=label.clone() title=title.clone() aria-current=current>
            {children()}
        </a>
        <button class=format!("{class} if-changed") form=FORM name=change.name value=change.value
            aria-label=label title=title aria-current=current>
            {children()}
        </button>
    }
}

/// A notice that the filter form has unapplied changes; hidden while it has none.
#[component]
pub fn UnappliedNotice() -> impl IntoView {
    view! { <p class="unapplied if-changed">"Filters changed, not applied"</p> }
}

/// The hidden field that marks a query as sent by the form.
#[component]
pub fn FormMarker() -> impl IntoView {
    view! { <input type="hidden" name=MARKER.0 value=MARKER.1 /> }
}
