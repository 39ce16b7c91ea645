//! For an account that may only log out.

use leptos::prelude::*;

use crate::components::text::stored;

use crate::document::{Section, document};
use crate::model::PageContext;

/// Says why there is nothing to see, who can change that, and how to leave.
#[must_use]
pub fn forbidden(ctx: &PageContext) -> String {
    let email = ctx
        .person
        .as_ref()
        .map_or_else(String::new, |person| person.email.clone());
    let content = view! {
        <section class="problem">
            <p class="problem-status">"403"</p>
            <h1>"This account has no role here"</h1>
            <p class="problem-message">
                "You are logged in as "<strong>{stored(email)}</strong>
                ". The console is for auditors: an administrator can grant the role, after which this page shows the records."
            </p>
            <form method="post" action="/logout">
                <button class="btn primary">"Log out"</button>
            </form>
        </section>
    };
    document(ctx, Section::Elsewhere, "No access", content.into_any())
}
