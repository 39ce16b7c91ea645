//! Tells whether the filter's form holds something that is not applied: ticked, typed or chosen, but not sent.
//!
//! It writes that on the document, and the style sheet does the rest. Without it the style sheet sees ticks and
//! typed words by itself, but not while a field that had a value is still being typed in.

use leptos::prelude::*;

/// Listens on the form; shows nothing itself.
#[island]
pub fn UnappliedFilters() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    form::listen();
}

#[cfg(feature = "hydrate")]
mod form {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlInputElement};

    /// On the root element while something is unapplied.
    const CHANGED: &str = "data-changed";
    const FIELDS: &str = "#filter-form input:not([type=hidden])";

    /// Listens as long as the page lives.
    pub fn listen() {
        // A browser may have put back what was typed before the page was left.
        tell();
        for event in ["input", "change", "reset"] {
            let handle = window_event_listener_untyped(event, |_| {
                tell();
            });
            std::mem::forget(handle);
        }
        let shown = window_event_listener_untyped("pageshow", |_| {
            tell();
        });
        std::mem::forget(shown);
    }

    fn tell() -> Option<()> {
        let root = document().document_element()?;
        let fields = document().query_selector_all(FIELDS).ok()?;
        let mut fields = (0..fields.length()).filter_map(|at| fields.item(at));
        let changed = fields.any(|field| field.dyn_into::<Element>().is_ok_and(is_changed));
        if changed {
            root.set_attribute(CHANGED, "").ok()
        } else {
            root.remove_attribute(CHANGED).ok()
        }
    }

    fn is_changed(field: Element) -> bool {
        field.dyn_into::<HtmlInputElement>().is_ok_and(|field| {
            if field.type_() == "checkbox" {
                field.checked() != field.default_checked()
            } else {
                field.value() != field.default_value()
            }
        })
    }
}
