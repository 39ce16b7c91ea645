//! `/views`: a person's saved views of every list.

use domain::catalogue::View;
use domain::form::FieldError;
use domain::saved::{LONGEST_NAME, MOST_VIEWS, SavedQuery, SavedView};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::field::PlainInput;
use crate::components::form::{FieldName, FormErrors, FormOwner, FormWarning, TextLine};
use crate::components::list::PageHead;
use crate::components::list::chips::words;
use crate::components::list::filter::HiddenFields;
use crate::components::text::{Stored, counted};
use crate::components::time::SecondTime;
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
    document(
        ctx,
        Section::Elsewhere,
        "Saved views",
        || view! { <ViewsContent ctx page /> },
    )
}

#[component]
fn ViewsContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a ViewsPage,
) -> impl IntoView + use<> {
    let rejected = page.refused.as_ref();
    let is_empty = page.views.is_empty() && rejected.is_none();
    let lists = ctx
        .views
        .iter()
        .map(|view| view! { <ViewsOfList ctx page view=*view /> });
    view! {
        <PageHead
            title="Saved views"
            about="Your own names for what lists show. Whoever may read and has a view’s link can open it."
        />
        {rejected.map(|rejected| view! { <RejectedForm ctx rejected /> })}
        {lists.collect_view()}
        {is_empty.then(|| view! { <NoViews ctx /> })}
    }
}

#[component]
fn NoViews<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
    let links = ctx.views.iter().map(|view| {
        let href = format!("/{view}");
        view! { <li><a href=href>{view.words.nav}</a></li> }
    });
    view! {
        <section class="sheet">
            <div class="empty">
                <p class="empty-title">"No saved view yet"</p>
                <p>"Narrow a list down, open “Saved views” over it, and give what is shown a name."</p>
                <ul class="inline-links">{links.collect_view()}</ul>
            </div>
        </section>
    }
}

/// What is wrong with the field of a refused name.
fn errors(rejection: &NameRejection) -> Vec<FieldError> {
    match rejection {
        NameRejection::Wrong(error) => vec![error.clone()],
        NameRejection::Taken => vec![FieldError::new(
            "name",
            "is that of another view of this list: take another, or delete that one",
        )],
        NameRejection::TooMany | NameRejection::SessionEnded => Vec::new(),
    }
}

/// The form of a rejected name, filled with the entered values.
#[component]
fn RejectedForm<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The name, and why it was refused.
    rejected: &'a RejectedName,
) -> impl IntoView + use<> {
    let errors = errors(&rejected.refusal);
    let ended = (rejected.refusal == NameRejection::SessionEnded).then(|| {
        let text = "Your session had ended, and nothing was saved yet. What you typed is still here: save it again.";
        view! { <FormWarning text /> }
    });
    let full = (rejected.refusal == NameRejection::TooMany).then(|| {
        let words = format!(
            "{MOST_VIEWS} views are saved, as many as one person may have. Delete one first."
        );
        view! { <p class="form-warning" role="alert">{words}</p> }
    });
    let (field, heading, action, button) = match &rejected.target {
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
    let saved = match &rejected.target {
        NameTarget::New(view, query) => Some(view! { <QueryToSave view=*view query /> }),
        NameTarget::Saved(_) => None,
    };
    let fields = [field];
    view! {
        <section class="card name-form">
            {full}
            <FormErrors heading errors=&errors fields=&fields />
            <form class="review-form" method="post" action=action>
                <FormOwner ctx />
                {ended}
                {saved}
                <TextLine field value=&rejected.name most=LONGEST_NAME required=true errors=&errors />
                <div class="menu-row"><button class="btn primary">{button}</button></div>
            </form>
        </section>
    }
}

/// The query that is to be saved, in the form and in words.
#[component]
fn QueryToSave<'a>(
    /// The list.
    view: View,
    /// Its query.
    query: &'a SavedQuery,
) -> impl IntoView + use<> {
    let fields = [("view", view.name), ("query", query.as_str())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    view! {
        <HiddenFields pairs=&fields />
        <p class="dim">{format!("{}: ", view.words.nav)}<QueryWords view query /></p>
    }
}

/// The views of one list. Renders nothing if there is none.
#[component]
fn ViewsOfList<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a ViewsPage,
    /// The list.
    view: View,
) -> impl IntoView + use<> {
    let of = page.views.iter().filter(|saved| saved.view == view);
    let items = of
        .map(|saved| view! { <SavedViewItem ctx saved /> })
        .collect_view();
    let id = format!("list-{view}");
    let labelled_by = id.clone();
    let number = counted(items.len() as u64, ("view", "views"));
    (!items.is_empty()).then(|| {
        view! {
            <section class="sheet" aria-labelledby=labelled_by>
                <header class="result-summary"><h2 id=id>{view.words.nav}</h2><p>{number}</p></header>
                <ul class="saved-views">{items}</ul>
            </section>
        }
    })
}

#[component]
fn SavedViewItem<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The view.
    saved: &'a SavedView,
) -> impl IntoView + use<> {
    view! {
        <li>
            <a class="saved-name" href=saved.link()><Stored text=&saved.name /></a>
            <p class="saved-query"><QueryWords view=saved.view query=&saved.query /></p>
            <p class="dim">"Saved "<SecondTime ctx at=saved.saved_at /></p>
            <ChangeMenu ctx saved />
        </li>
    }
}

/// The menu that renames a view or deletes it.
#[component]
fn ChangeMenu<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The view.
    saved: &'a SavedView,
) -> impl IntoView + use<> {
    let (link, id) = (saved.link(), format!("name-{}", saved.id));
    let [rename, delete] = ["rename", "delete"].map(|verb| format!("{link}/{verb}"));
    view! {
        <details class="dropdown quiet to-end" name="dropdown">
            <summary>"Change"<span class="sr">" "<Stored text=&saved.name /></span></summary>
            <div class="panel">
                <form class="save-view" method="post" action=rename>
                    <FormOwner ctx />
                    <label class="compact-label" for=id.clone()>"Name"</label>
                    <div class="input-group">
                        <PlainInput kind="search" attr:name="name" attr:required=true attr:id=id
                            attr:maxlength=LONGEST_NAME.to_string() attr:value=saved.name.clone() />
                        <button class="btn primary">"Rename"</button>
                    </div>
                </form>
                <form method="post" action=delete>
                    <button class="btn danger wide">"Delete this view"</button>
                </form>
            </div>
        </details>
    }
}

/// What a query asks for, in words.
#[component]
fn QueryWords<'a>(
    /// The list.
    view: View,
    /// Its query.
    query: &'a SavedQuery,
) -> impl IntoView + use<> {
    let pairs = query.pairs();
    if pairs.as_slice().is_empty() {
        return Either::Left(view! { <span class="none">"everything, newest first"</span> });
    }
    let parts = pairs.as_slice().iter().map(|(name, value)| {
        let (name, text) = match name.as_str() {
            "order" => (value.clone(), "first".to_owned()),
            "tz" => ("zone".to_owned(), value.clone()),
            "limit" => ("rows a page".to_owned(), value.clone()),
            "cols" => ("columns".to_owned(), value.replace(',', ", ")),
            _ => words(view, name, value),
        };
        view! { <span class="kv"><span class="key">{name}</span>" "<Stored text /></span> }
    });
    Either::Right(view! { <span class="kvs">{parts.collect_view()}</span> })
}
