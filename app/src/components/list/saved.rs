//! The line over a list: its active filters, whether others are not applied yet, and at its end the menu of saved
//! views.

use domain::saved::{LONGEST_NAME, SavedQuery};
use leptos::prelude::*;

use super::chips::chips;
use super::filter::hidden;
use super::submit_button::unapplied;
use crate::components::field::input;
use crate::components::form::owner;
use crate::components::text::stored;
use crate::model::{ListPage, PageContext};

/// The chips and the menu.
pub fn line(ctx: &PageContext, page: &ListPage) -> AnyView {
    view! {
        <div class="over-list">
            {chips(page)}
            <div class="filter-state" aria-live="polite">{unapplied()}</div>
            {menu(ctx, page)}
        </div>
    }
    .into_any()
}

/// The person's views of this list, and the form that saves what is shown.
fn menu(ctx: &PageContext, page: &ListPage) -> AnyView {
    let here = SavedQuery::of(&page.query);
    let listed = match page.saved.as_deref() {
        None => view! { <p class="dim">"They cannot be loaded at the moment."</p> }.into_any(),
        Some([]) => {
            view! { <p class="dim">"None of this list yet. Save what is shown, to find it here."</p> }
                .into_any()
        }
        Some(views) => {
            let links: Vec<AnyView> = views
                .iter()
                .map(|saved| {
                    let current = (saved.query == here).then_some("true");
                    let href = saved.query.link(page.query.view);
                    view! {
                        <li><a href=href aria-current=current>{stored(&saved.name)}</a></li>
                    }
                    .into_any()
                })
                .collect();
            view! { <ul class="saved-list">{links}</ul> }.into_any()
        }
    };
    let fields = [("view", page.query.view.name), ("query", here.as_str())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    view! {
        <details class="pick quiet to-end" name="pick">
            <summary>"Saved views"</summary>
            <div class="panel">
                {listed}
                <form class="save-view" method="post" action="/views">
                    {owner(ctx)}
                    {hidden(&fields)}
                    <label class="bound" for="view-name">"Save this view as"</label>
                    <div class="with-button">
                        {input("search", |html| {
                            html.raw(" id=\"view-name\" name=\"name\" required");
                            html.attribute("maxlength", Some(&LONGEST_NAME.to_string()));
                        })}
                        <button class="btn primary">"Save"</button>
                    </div>
                </form>
                <a href="/views">"All saved views"</a>
            </div>
        </details>
    }
    .into_any()
}
