//! Fields of filters and names. Their content is never personal data, so browsers and password managers must not fill
//! them in.
//!
//! Chromium and the password managers ignore `autocomplete="off"` alone. Text inputs are of type `search`, and each
//! manager has an attribute of its own.

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
