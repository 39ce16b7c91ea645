//! Error pages: what happened, what to do, a way out.

use leptos::prelude::*;

use crate::components::text::stored;
use crate::document::{Section, document};
use crate::model::{ErrorPage, Frame};

/// The page for an error; its words come from the server, never from inside.
#[must_use]
pub fn error(frame: &Frame, page: &ErrorPage) -> String {
    let param = page.param.clone().map(|param| {
        view! { <p>"Parameter "<code>{stored(param)}</code></p> }
    });
    let request = page.request_id.clone().map(|id| {
        view! { <p class="dim">"Request "<code class="id">{id}</code>" · quote it when you ask for help"</p> }
    });
    let (label, href) = page.way_out.clone();
    let content = view! {
        <section class="problem">
            <p class="problem-status">{page.status}</p>
            <h1>{page.title.clone()}</h1>
            {param}
            <p class="problem-message">{stored(&page.message)}</p>
            <p><a class="btn primary" href=href>{label}</a></p>
            {request}
        </section>
    };
    document(frame, Section::Elsewhere, &page.title, content.into_any())
}
