//! For an account that may only log out.

use leptos::prelude::*;

use crate::components::text::Stored;
use crate::document::{Section, document};
use crate::model::PageContext;

/// Says why there is nothing to see, who can change that, and how to leave.
#[must_use]
pub fn forbidden(ctx: &PageContext) -> String {
    document(
        ctx,
        Section::Elsewhere,
        "No access",
        || view! { <ForbiddenContent ctx /> },
    )
}

#[component]
fn ForbiddenContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
    let person = ctx.person.as_ref();
    let email = person.map_or("", |person| person.email.as_str());
    view! {
        <section class="problem">
            <p class="problem-status">"403"</p>
            <h1>"This account has no role here"</h1>
            <p class="problem-message">
                "You are logged in as "<strong><Stored text=email /></strong>
                ". The console is for auditors: an administrator can grant the role, after which this page shows the records."
            </p>
            <form method="post" action="/logout">
                <button class="btn primary">"Log out"</button>
            </form>
        </section>
    }
}
