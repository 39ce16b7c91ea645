//! What narrows a list when it is pressed.
//!
//! It is a link: it can be copied and opened elsewhere. But a link knows nothing of what stands in the filter's form
//! and is not applied yet. So it has a twin, a button of that form that means the same and carries the form's fields
//! with it; the style sheet shows the button while there is something unapplied, and the link otherwise. Neither
//! needs a script.

use domain::filter::form::{ADD, DROP, MARKER, pressed};
use leptos::prelude::*;

use crate::components::html::{Html, written};

/// The id of the filter's form.
pub const FORM: &str = "filter-form";

/// A link and its twin.
#[derive(Clone, Debug, Default)]
pub struct SubmitButton {
    /// The class of both.
    pub class: &'static str,
    /// Where the link leads.
    pub href: String,
    /// The button's name in the form.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// What both are called where their content does not say it.
    pub label: Option<String>,
    /// What both say on hover.
    pub title: Option<String>,
    /// Whether it is what is shown.
    pub current: bool,
}

impl SubmitButton {
    /// Adds a pair to the filter.
    #[must_use]
    pub fn adding(param: &str, value: &str, href: String) -> Self {
        Self {
            href,
            name: ADD,
            value: pressed(param, value),
            ..Self::default()
        }
    }

    /// Takes a pair out of the filter.
    #[must_use]
    pub fn dropping(param: &str, value: &str, href: String) -> Self {
        Self {
            href,
            name: DROP,
            value: pressed(param, value),
            ..Self::default()
        }
    }

    /// Both, each with this content.
    pub fn view(&self, content: impl Fn(&mut Html)) -> AnyView {
        written(|html| {
            html.raw("<a class=\"").raw(self.class).raw(" if-applied\"");
            html.attribute("href", Some(&self.href));
            self.write_words(html);
            content(html.raw(">"));
            html.raw("</a>");
            self.write_button(html, content);
        })
    }

    /// The button alone, for what is nothing but a part of the form.
    pub fn write_button(&self, html: &mut Html, content: impl Fn(&mut Html)) {
        html.raw("<button class=\"").raw(self.class);
        html.raw(" if-changed\" form=\"").raw(FORM).raw("\"");
        html.attribute("name", Some(self.name));
        html.attribute("value", Some(&self.value));
        self.write_words(html);
        content(html.raw(">"));
        html.raw("</button>");
    }

    fn write_words(&self, html: &mut Html) {
        html.attribute("aria-label", self.label.as_deref());
        html.attribute("title", self.title.as_deref());
        html.attribute("aria-current", self.current.then_some("true"));
    }
}

/// Says that the filter's form holds something that the rows do not follow yet; hidden while it does not.
pub fn unapplied() -> AnyView {
    view! { <p class="unapplied if-changed">"Filters changed, not applied"</p> }.into_any()
}

/// The hidden field that marks what the form sends as a form's.
pub fn form_marker() -> AnyView {
    view! { <input type="hidden" name=MARKER.0 value=MARKER.1 /> }.into_any()
}
