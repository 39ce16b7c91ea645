//! Fields of filters and names: what is typed there is about rows, never about the person, so neither the browser nor
//! a password manager is to fill them in.
//!
//! `autocomplete="off"` alone does not keep Chromium and the managers from it: text is a search field to them, and
//! each manager has an attribute of its own that it honours.

use leptos::prelude::*;

use super::html::{Html, written};

/// What keeps fillers out: the browser's own, `1Password`, `LastPass`, `Bitwarden`, `Dashlane`.
const NOT_FILLED: &str = " autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" data-1p-ignore=\"\" \
     data-lpignore=\"true\" data-bwignore=\"\" data-form-type=\"other\">";

/// An input of the kind `search`, `number` or `date`, with these further attributes.
pub fn input(kind: &'static str, attributes: impl FnOnce(&mut Html)) -> AnyView {
    written(|html| {
        html.raw("<input class=\"field\" type=\"")
            .raw(kind)
            .raw("\"");
        attributes(html);
        html.raw(NOT_FILLED);
    })
}
