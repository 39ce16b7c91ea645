//! Error pages: the error, the next step, and a link. The page of an invalid list query shows the filter form with the
//! valid parameters, and lists the invalid ones.

use domain::filter::ListQuery;
use domain::query::ParamError;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::list::PageHead;
use crate::components::list::filter::FilterForm;
use crate::components::text::Stored;
use crate::document::{Section, document};
use crate::model::{ErrorPage, PageContext, RejectedFilter};

/// The page for an error; its words come from the server, never from inside.
#[must_use]
pub fn error(ctx: &PageContext, page: &ErrorPage) -> String {
    match &page.filter {
        None => document(
            ctx,
            Section::Elsewhere,
            &page.title,
            || view! { <Problem page class="problem" /> },
        ),
        Some(rejected) => list(ctx, page, rejected),
    }
}

/// A list's page without its rows.
fn list(ctx: &PageContext, page: &ErrorPage, rejected: &RejectedFilter) -> String {
    // What was printed can be read; the form would be empty otherwise.
    let query = ListQuery::parse(rejected.view, rejected.query.as_str())
        .unwrap_or_else(|_| ListQuery::all(rejected.view));
    let words = rejected.view.words;
    let section = Section::List(rejected.view.name);
    document(ctx, section, &page.title, || {
        view! {
            <PageHead title=words.title about=words.about />
            <FilterForm ctx query=&query options=&rejected.filter_options />
            <Problem page class="problem in-list" />
        }
    })
}

#[component]
fn Problem<'a>(
    /// The error.
    page: &'a ErrorPage,
    /// The section's class.
    class: &'static str,
) -> impl IntoView + use<> {
    let request = page.request_id.clone().map(|id| {
        view! { <p class="dim">"Request "<code class="id">{id}</code>" · quote it when you ask for help"</p> }
    });
    let (label, href) = page.way_out.clone();
    let faults = page.faults.as_ref();
    let several = faults.is_some_and(|faults| !faults.others.is_empty());
    let corrected = page.corrected.clone().map(|href| {
        let words = if several {
            "Continue without them"
        } else {
            "Continue without it"
        };
        view! { <a class="btn primary" href=href>{words}</a> }
    });
    let class_of_way = if corrected.is_some() {
        "btn"
    } else {
        "btn primary"
    };
    // A page has one main heading; that of a list's is the list's.
    let title = page.title.clone();
    let title = if page.filter.is_some() {
        Either::Left(view! { <h2>{title}</h2> })
    } else {
        Either::Right(view! { <h1>{title}</h1> })
    };
    view! {
        <section class=class>
            <p class="problem-status">{page.status}</p>
            {title}
            <p class="problem-message"><Stored text=&page.message /></p>
            {faults.map(|error| view! { <Faults error /> })}
            <p class="menu-row">{corrected}<a class=class_of_way href=href>{label}</a></p>
            {request}
        </section>
    }
}

/// Each invalid parameter with its expected values.
#[component]
fn Faults<'a>(
    /// The first, with the others.
    error: &'a ParamError,
) -> impl IntoView + use<> {
    let all = std::iter::once(error).chain(&error.others);
    let items = all.map(|fault| {
        view! {
            <div>
                <dt><code><Stored text=&fault.param /></code></dt>
                <dd><Stored text=&fault.message /></dd>
            </div>
        }
    });
    view! { <dl class="faults">{items.collect_view()}</dl> }
}
