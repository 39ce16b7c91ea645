//! The toolbar over a list: the active filters, the notice of unapplied changes, and the menu of saved
//! views.

use domain::saved::{LONGEST_NAME, SavedQuery};
use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::chips::Chips;
use super::filter::HiddenFields;
use super::filter_link::UnappliedNotice;
use crate::components::field::PlainInput;
use crate::components::form::FormOwner;
use crate::components::text::Stored;
use crate::model::{ListPage, PageContext};

/// The chips and the menu.
#[component]
pub fn FilterLine<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    view! {
        <div class="list-toolbar">
            <Chips page />
            <div class="filter-state" aria-live="polite"><UnappliedNotice /></div>
            <SavedViews ctx page />
        </div>
    }
}

/// The user's saved views of this list, and the form that saves the current one.
#[component]
fn SavedViews<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let here = SavedQuery::of(&page.query);
    let fields = [("view", page.query.view.name), ("query", here.as_str())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    view! {
        <details class="dropdown quiet to-end" name="dropdown">
            <summary>"Saved views"</summary>
            <div class="panel">
                <SavedViewList page here=&here />
                <form class="save-view" method="post" action="/views">
                    <FormOwner ctx />
                    <HiddenFields pairs=&fields />
                    <label class="compact-label" for="view-name">"Save this view as"</label>
                    <div class="input-group">
                        <PlainInput kind="search" attr:id="view-name" attr:name="name" attr:required=true
                            attr:maxlength=LONGEST_NAME.to_string() />
                        <button class="btn primary">"Save"</button>
                    </div>
                </form>
                <a href="/views">"All saved views"</a>
            </div>
        </details>
    }
}

#[component]
fn SavedViewList<'a>(
    /// The list.
    page: &'a ListPage,
    /// What is shown.
    here: &'a SavedQuery,
) -> impl IntoView + use<> {
    match page.saved.as_deref() {
        None => EitherOf3::A(view! { <p class="dim">"They cannot be loaded at the moment."</p> }),
        Some([]) => EitherOf3::B(view! {
            <p class="dim">"None of this list yet. Save what is shown, to find it here."</p>
        }),
        Some(views) => {
            let links = views.iter().map(|saved| {
                let current = (saved.query == *here).then_some("true");
                let href = saved.query.link(page.query.view);
                view! { <li><a href=href aria-current=current><Stored text=&saved.name /></a></li> }
            });
            EitherOf3::C(view! { <ul class="saved-list">{links.collect_view()}</ul> })
        }
    }
}
