//! `/login`

use leptos::prelude::*;

use crate::document::{LOGO, Section, document};
use crate::model::{LoginPage, PageContext};

/// The log-in form, with what went wrong before.
#[must_use]
pub fn login(ctx: &PageContext, page: &LoginPage) -> String {
    document(
        ctx,
        Section::Elsewhere,
        "Log in",
        || view! { <LoginContent page /> },
    )
}

#[component]
fn LoginContent<'a>(
    /// The page's model.
    page: &'a LoginPage,
) -> impl IntoView + use<> {
    let failed = page.message.is_some();
    let message = page
        .message
        .clone()
        .map(|message| view! { <p class="form-error" id="login-error" role="alert">{message}</p> });
    let described = failed.then_some("login-error");
    let notice = page
        .notice
        .clone()
        .map(|notice| view! { <p class="form-warning" role="status">{notice}</p> });
    let draft = page
        .draft
        .clone()
        .map(|draft| view! { <input type="hidden" name="draft" value=draft /> });
    let next = (!page.next.is_empty())
        .then(|| view! { <input type="hidden" name="next" value=page.next.clone() /> });
    view! {
        <section class="login card">
            <svg class="login-logo" width="36" height="36" viewBox="0 0 20 20" aria-hidden="true" inner_html=LOGO></svg>
            <h1>"Audit Console"</h1>
            <p class="dim">"Log in with your account of the trading engine, or of the console."</p>
            <form method="post" action="/login">
                {notice}
                {message}
                {next}
                {draft}
                <label class="labelled">
                    "E-mail"
                    <input class="field" type="email" name="email" autocomplete="username" required
                        value=page.email.clone() autofocus=!failed aria-describedby=described />
                </label>
                <label class="labelled">
                    "Password"
                    <input class="field" type="password" name="password" autocomplete="current-password"
                        required autofocus=failed aria-describedby=described />
                </label>
                <button class="btn primary wide">"Log in"</button>
            </form>
        </section>
    }
}
