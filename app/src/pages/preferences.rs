//! `/preferences`: zone and colour scheme.

use domain::wire::Theme;
use leptos::prelude::*;

use crate::document::{Section, document};
use crate::model::PageContext;

/// The form. `next` is the local path that it returns to.
#[must_use]
pub fn preferences(ctx: &PageContext, next: &str) -> String {
    document(
        ctx,
        Section::Elsewhere,
        "Preferences",
        || view! { <PreferencesContent ctx next /> },
    )
}

#[component]
fn PreferencesContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The local path that the form returns to.
    next: &'a str,
) -> impl IntoView + use<> {
    let chosen = ctx.theme;
    view! {
        <div class="page-head"><h1>"Preferences"</h1></div>
        <form class="card preferences" method="post" action="/preferences">
            <input type="hidden" name="next" value=next.to_owned() />
            <label class="labelled">
                "Time zone"
                <select class="field" name="tz"><ZoneOptions chosen=ctx.zone.name() /></select>
            </label>
            <p class="dim">
                "Times are shown in it, and a day in a filter is a day of it. Exports are in UTC."
            </p>
            <fieldset class="radios">
                <legend>"Colour scheme"</legend>
                <ThemeOption theme=Theme::System label="System" chosen />
                <ThemeOption theme=Theme::Light label="Light" chosen />
                <ThemeOption theme=Theme::Dark label="Dark" chosen />
            </fieldset>
            <div class="menu-row">
                <button class="btn primary">"Save"</button>
                <a class="btn" href=next.to_owned()>"Cancel"</a>
            </div>
        </form>
    }
}

#[component]
fn ZoneOptions(
    /// The zone that times are shown in.
    chosen: &'static str,
) -> impl IntoView {
    domain::zone::names()
        .map(|name| view! { <option value=name selected=name == chosen>{name}</option> })
        .collect_view()
}

#[component]
fn ThemeOption(
    /// The scheme.
    theme: Theme,
    /// Its label.
    label: &'static str,
    /// The one that was chosen before.
    chosen: Theme,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input type="radio" name="theme" value=theme.as_str() checked=theme == chosen />
            {label}
        </label>
    }
}
