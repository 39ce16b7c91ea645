//! The empty state of a list, with the next steps.

use leptos::either::EitherOf4;
use leptos::prelude::*;

use super::chips::{cleared, removals};
use super::filter_link::FilterLink;
use crate::components::text::Stored;
use crate::components::visible::visible;
use crate::model::ListPage;

/// Stands in place of the table.
#[component]
pub fn EmptyList<'a>(
    /// The list.
    page: &'a ListPage,
    /// The empty state of an unfiltered list; replaces the default one.
    #[prop(optional_no_strip)]
    nothing: Option<AnyView>,
) -> impl IntoView + use<> {
    let noun = page.query.view.words.noun.0;
    if page.query.after.is_some() {
        EitherOf4::A(view! { <BeyondTheEnd page noun /> })
    } else if !page.query.filter_pairs().as_slice().is_empty() {
        EitherOf4::B(view! { <NoMatch page noun /> })
    } else if let Some(nothing) = nothing {
        EitherOf4::C(nothing)
    } else {
        EitherOf4::D(view! { <NoneYet noun /> })
    }
}

#[component]
fn BeyondTheEnd<'a>(
    /// The list.
    page: &'a ListPage,
    /// One of its rows.
    noun: &'static str,
) -> impl IntoView + use<> {
    let path = page.query.view.path();
    let first = page.query.pairs().without(&["after"]).link(&path);
    view! {
        <div class="empty">
            <p class="empty-title">{format!("No {noun} beyond this point")}</p>
            <p>"The rows that were here have all been shown."</p>
            <p><a class="btn" href=first>"First page"</a></p>
        </div>
    }
}

#[component]
fn NoMatch<'a>(
    /// The list.
    page: &'a ListPage,
    /// One of its rows.
    noun: &'static str,
) -> impl IntoView + use<> {
    let links = removals(page).into_iter().map(|filter| {
        let words = format!("Without {} ", visible(&filter.name));
        let value = filter.value;
        view! {
            <li>
                <FilterLink change=filter.change class="as-link">
                    {words.clone()}
                    <Stored text=value.clone() />
                </FilterLink>
            </li>
        }
    });
    view! {
        <div class="empty">
            <p class="empty-title">{format!("No {noun} matches this filter")}</p>
            <p>"Try it with one condition less, or begin again."</p>
            <ul>{links.collect_view()}</ul>
            <p><a class="btn primary" href=cleared(page)>"Clear all filters"</a></p>
        </div>
    }
}

/// The empty state of an unfiltered list of the engine's rows.
#[component]
pub fn NoneYet(
    /// One of its rows.
    noun: &'static str,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{format!("No {noun} yet")}</p>
            <p>"The engine has written none. They appear here as soon as it does."</p>
        </div>
    }
}
