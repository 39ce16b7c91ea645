//! `/views`: a person's saved views of every list.

use domain::catalogue::View;
use domain::form::FieldError;
use domain::saved::{LONGEST_NAME, MOST_VIEWS, SavedQuery, SavedView};
use leptos::prelude::*;

use crate::components::field::input;
use crate::components::form::{FieldName, not_saved, owner, refused, required_line};
use crate::components::list::chips::words;
use crate::components::list::filter::hidden;
use crate::components::text::{counted, stored};
use crate::components::time::to_the_second;
use crate::document::{Section, document};
use crate::model::{NameRejection, NameTarget, PageContext, RejectedName, ViewsPage};

/// The field of a name that is to be saved.
const NEW_NAME: FieldName = FieldName {
    name: "name",
    label: "Name",
    id: "new-name",
    error_id: "new-name-error",
    is_choice: false,
};
/// The field of a name that is to be changed.
const OTHER_NAME: FieldName = FieldName {
    id: "other-name",
    error_id: "other-name-error",
    ..NEW_NAME
};

/// The saved views; over them the form of one that was refused.
#[must_use]
pub fn views(ctx: &PageContext, page: &ViewsPage) -> String {
    let sections: Vec<AnyView> = ctx
        .views
        .iter()
        .filter_map(|view| section(ctx, page, *view))
        .collect();
    let nothing = (page.views.is_empty() && page.refused.is_none()).then(|| nothing(ctx));
    let content = view! {
        <div class="page-head">
            <h1>"Saved views"</h1>
            <p>"Your own names for what lists show. Whoever may read and has a view’s link can open it."</p>
        </div>
        {page.refused.as_ref().map(|form| refused_form(ctx, form))}
        {sections}
        {nothing}
    };
    document(ctx, Section::Elsewhere, "Saved views", content.into_any())
}

fn nothing(ctx: &PageContext) -> AnyView {
    let links: Vec<AnyView> = ctx
        .views
        .iter()
        .map(|view| {
            let href = format!("/{view}");
            view! { <li><a href=href>{view.words.nav}</a></li> }.into_any()
        })
        .collect();
    view! {
        <section class="sheet">
            <div class="empty">
                <p class="empty-title">"No saved view yet"</p>
                <p>"Narrow a list down, open “Saved views” over it, and give what is shown a name."</p>
                <ul class="inline-links">{links}</ul>
            </div>
        </section>
    }
    .into_any()
}

/// A form that was refused, to be sent again: nothing that was typed is lost.
fn refused_form(ctx: &PageContext, form: &RejectedName) -> AnyView {
    let errors: Vec<FieldError> = match &form.refusal {
        NameRejection::Wrong(error) => vec![error.clone()],
        NameRejection::Taken => vec![FieldError::new(
            "name",
            "is that of another view of this list: take another, or delete that one",
        )],
        NameRejection::TooMany | NameRejection::SessionEnded => Vec::new(),
    };
    let ended = (form.refusal == NameRejection::SessionEnded).then(|| {
        not_saved(
            "Your session had ended, and nothing was saved yet. What you typed is still here: save it again.",
        )
    });
    let full = (form.refusal == NameRejection::TooMany).then(|| {
        let words = format!(
            "{MOST_VIEWS} views are saved, as many as one person may have. Delete one first."
        );
        view! { <p class="form-warning" role="alert">{words}</p> }
    });
    let (field, heading, action, button) = match &form.target {
        NameTarget::New(..) => (
            NEW_NAME,
            "The view was not saved",
            "/views".to_owned(),
            "Save",
        ),
        NameTarget::Saved(id) => (
            OTHER_NAME,
            "The view was not renamed",
            format!("/views/{id}/rename"),
            "Rename",
        ),
    };
    let saved = match &form.target {
        NameTarget::New(view, query) => {
            let pairs = [("view", view.name), ("query", query.as_str())];
            let fields = hidden(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            let shown = view! { <p class="dim">{view.words.nav}": "{shows(*view, query)}</p> };
            Some(view! { {fields}{shown} })
        }
        NameTarget::Saved(_) => None,
    };
    view! {
        <section class="card refused-name">
            {full}
            {refused(heading, &errors, &[field])}
            <form class="review-form" method="post" action=action>
                {owner(ctx)}
                {ended}
                {saved}
                {required_line(field, &form.name, LONGEST_NAME, &errors)}
                <div class="menu-row"><button class="btn primary">{button}</button></div>
            </form>
        </section>
    }
    .into_any()
}

/// The views of one list; nothing where there are none.
fn section(ctx: &PageContext, page: &ViewsPage, view: View) -> Option<AnyView> {
    let of: Vec<&SavedView> = page
        .views
        .iter()
        .filter(|saved| saved.view == view)
        .collect();
    if of.is_empty() {
        return None;
    }
    let id = format!("list-{view}");
    let labelled_by = id.clone();
    let number = counted(of.len() as u64, ("view", "views"));
    let items: Vec<AnyView> = of.into_iter().map(|saved| item(ctx, saved)).collect();
    Some(
        view! {
            <section class="sheet" aria-labelledby=labelled_by>
                <header class="shown"><h2 id=id>{view.words.nav}</h2><p>{number}</p></header>
                <ul class="saved-views">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

fn item(ctx: &PageContext, saved: &SavedView) -> AnyView {
    let (link, id) = (saved.link(), format!("name-{}", saved.id));
    let [rename, delete] = ["rename", "delete"].map(|verb| format!("{link}/{verb}"));
    view! {
        <li>
            <a class="saved-name" href=link>{stored(&saved.name)}</a>
            <p class="saved-shows">{shows(saved.view, &saved.query)}</p>
            <p class="dim">"Saved "{to_the_second(ctx, saved.saved_at)}</p>
            <details class="pick quiet to-end" name="pick">
                <summary>"Change"<span class="sr">" "{stored(&saved.name)}</span></summary>
                <div class="panel">
                    <form class="save-view" method="post" action=rename>
                        {owner(ctx)}
                        <label class="bound" for=id.clone()>"Name"</label>
                        <div class="with-button">
                            {input("search", |html| {
                                html.raw(" name=\"name\" required");
                                html.attribute("id", Some(&id));
                                html.attribute("maxlength", Some(&LONGEST_NAME.to_string()));
                                html.attribute("value", Some(&saved.name));
                            })}
                            <button class="btn primary">"Rename"</button>
                        </div>
                    </form>
                    <form method="post" action=delete>
                        <button class="btn danger wide">"Delete this view"</button>
                    </form>
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// What a query asks for, in words.
fn shows(view: View, query: &SavedQuery) -> AnyView {
    let pairs = query.pairs();
    if pairs.as_slice().is_empty() {
        return view! { <span class="none">"everything, newest first"</span> }.into_any();
    }
    let parts: Vec<AnyView> = pairs
        .as_slice()
        .iter()
        .map(|(name, value)| {
            let (name, value) = match name.as_str() {
                "order" => (value.clone(), "first".to_owned()),
                "tz" => ("zone".to_owned(), value.clone()),
                "limit" => ("rows a page".to_owned(), value.clone()),
                "cols" => ("columns".to_owned(), value.replace(',', ", ")),
                _ => words(view, name, value),
            };
            view! { <span class="kv"><span class="key">{name}</span>" "{stored(value)}</span> }
                .into_any()
        })
        .collect();
    view! { <span class="kvs">{parts}</span> }.into_any()
}
