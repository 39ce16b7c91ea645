//! `/preferences`: zone and colour scheme.

use leptos::prelude::*;

use crate::document::{Section, document};
use crate::model::{PageContext, Theme};

/// The form. `next` is the local path that it returns to.
#[must_use]
pub fn preferences(ctx: &PageContext, next: &str) -> String {
    let content = view! {
        <div class="page-head"><h1>"Preferences"</h1></div>
        <form class="card preferences" method="post" action="/preferences">
            <input type="hidden" name="next" value=next.to_owned() />
            <label class="labelled">
                "Time zone"
                <select class="field" name="tz">{zones(ctx)}</select>
            </label>
            <p class="dim">
                "Times are shown in it, and a day in a filter is a day of it. Exports are in UTC."
            </p>
            <fieldset class="radios">
                <legend>"Colour scheme"</legend>
                {scheme(ctx, Theme::System, "system", "System")}
                {scheme(ctx, Theme::Light, "light", "Light")}
                {scheme(ctx, Theme::Dark, "dark", "Dark")}
            </fieldset>
            <div class="menu-row">
                <button class="btn primary">"Save"</button>
                <a class="btn" href=next.to_owned()>"Cancel"</a>
            </div>
        </form>
    };
    document(ctx, Section::Elsewhere, "Preferences", content.into_any())
}

fn zones(ctx: &PageContext) -> Vec<AnyView> {
    domain::zone::names()
        .map(|name| {
            let selected = name == ctx.zone.name();
            view! { <option value=name selected=selected>{name}</option> }.into_any()
        })
        .collect()
}

fn scheme(ctx: &PageContext, theme: Theme, value: &'static str, label: &'static str) -> AnyView {
    let checked = ctx.theme == theme;
    view! {
        <label class="box"><input type="radio" name="theme" value=value checked=checked />{label}</label>
    }
    .into_any()
}
