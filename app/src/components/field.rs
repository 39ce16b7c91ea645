//! Fields of filters and names: what is typed there is about rows, never about the person, so neither the browser nor
//! a password manager is to fill them in.
//!
//! `autocomplete="off"` alone does not keep Chromium and the managers from it: text is a search field to them, and
//! each manager has an attribute of its own that it honours.

use leptos::prelude::*;

/// An input that nothing fills in. Its name, value and what else it needs are spread onto it: `attr:name="q"`.
#[component]
pub fn PlainInput(
    /// The input's type: `search`, `text`, `number` or `date`.
    kind: &'static str,
) -> impl IntoView {
    // The browser's own, then `1Password`, `LastPass`, `Bitwarden` and `Dashlane`.
    view! {
        <input
            class="field"
            type=kind
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            data-1p-ignore=""
            data-lpignore="true"
            data-bwignore=""
            data-form-type="other"
        />
    }
}
