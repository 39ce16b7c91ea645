//! Whether the filter's form holds something that is not applied: ticked, typed or chosen, but not sent.
//!
//! The island sets an attribute of the document that the style sheet reads. Without JavaScript the style sheet detects
//! changed checkboxes and text by itself, except while a field that had a value is being edited.

use leptos::prelude::*;

/// Watches the form; shows nothing itself.
#[island]
pub fn UnappliedFilters() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    form::watch();
}

/// Whether the form holds something that is not applied.
#[cfg(feature = "hydrate")]
pub fn has_unapplied_filters() -> bool {
    form::IS_CHANGED.with(|is_changed| is_changed.get_untracked())
}

#[cfg(feature = "hydrate")]
mod form {
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlInputElement, NodeList};

    const FIELDS: &str = "#filter-form input:not([type=hidden])";

    thread_local! {
        pub static IS_CHANGED: ArcRwSignal<bool> = ArcRwSignal::new(false);
    }

    /// Watches as long as the page lives.
    pub fn watch() {
        let is_changed = IS_CHANGED.with(Clone::clone);
        // A browser may put back what was typed before the page was left: at its load, or with `pageshow`.
        for event in ["input", "change", "reset", "pageshow"] {
            let is_changed = is_changed.clone();
            std::mem::forget(window_event_listener_untyped(event, move |_| {
                is_changed.set(any_field_is_changed());
            }));
        }
        is_changed.set(any_field_is_changed());
        Effect::new(move |_| {
            if let Some(root) = document().document_element() {
                // The name is well-formed, so it cannot fail.
                let _ = root.toggle_attribute_with_force("data-changed", is_changed.get());
            }
        });
    }

    fn any_field_is_changed() -> bool {
        let fields = document().query_selector_all(FIELDS);
        fields.is_ok_and(|fields| inputs(&fields).any(|field| is_changed(&field)))
    }

    fn inputs(fields: &NodeList) -> impl Iterator<Item = HtmlInputElement> {
        let fields = (0..fields.length()).filter_map(|at| fields.item(at));
        fields.filter_map(|field| field.dyn_into().ok())
    }

    fn is_changed(field: &HtmlInputElement) -> bool {
        if field.type_() == "checkbox" {
            field.checked() != field.default_checked()
        } else {
            field.value() != field.default_value()
        }
    }
}
