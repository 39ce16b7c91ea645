//! A list without rows, and what to do about it.

use leptos::prelude::*;

use super::chips::{cleared, removals};
use super::submit_button::SubmitButton;
use crate::components::text::write_stored;
use crate::components::visible::visible;
use crate::model::ListPage;

/// What stands where the table would; `nothing` where nothing narrows the list down and it says that in
/// words of its own.
pub fn empty(page: &ListPage, nothing: Option<AnyView>) -> AnyView {
    let path = page.query.view.path();
    let one = page.query.view.words.noun.0;
    if page.query.after.is_some() {
        let first = page.query.pairs().without(&["after"]).link(&path);
        return view! {
            <div class="empty">
                <p class="empty-title">"No " {one} " beyond this point"</p>
                <p>"The rows that were here have all been shown."</p>
                <p><a class="btn" href=first>"First page"</a></p>
            </div>
        }
        .into_any();
    }
    let filters = removals(page);
    if filters.is_empty() {
        return nothing.unwrap_or_else(|| none_yet(one));
    }
    let links: Vec<AnyView> = filters
        .into_iter()
        .map(|filter| {
            let submit_button = SubmitButton {
                class: "as-link",
                ..filter.submit_button
            };
            let submit_button = submit_button.view(|html| {
                html.raw("Without ").text(&visible(&filter.name));
                write_stored(html.raw(" "), &filter.value);
            });
            view! { <li>{submit_button}</li> }.into_any()
        })
        .collect();
    view! {
        <div class="empty">
            <p class="empty-title">"No " {one} " matches this filter"</p>
            <p>"Try it with one condition less, or begin again."</p>
            <ul>{links}</ul>
            <p><a class="btn primary" href=cleared(page)>"Clear all filters"</a></p>
        </div>
    }
    .into_any()
}

fn none_yet(one: &'static str) -> AnyView {
    view! {
        <div class="empty">
            <p class="empty-title">"No " {one} " yet"</p>
            <p>"The engine has written none. They appear here as soon as it does."</p>
        </div>
    }
    .into_any()
}
