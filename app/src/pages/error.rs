//! Error pages: what happened, what to do, a way out. The page of a list's query that is at fault is that list's
//! filter: what is right stands in it, what is not is told.

use domain::filter::ListQuery;
use domain::query::ParamError;
use leptos::prelude::*;

use crate::components::list::filter::filter;
use crate::components::text::stored;
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
            problem(page, "problem"),
        ),
        Some(refused) => list(ctx, page, refused),
    }
}

/// A list's page without its rows.
fn list(ctx: &PageContext, page: &ErrorPage, refused: &RejectedFilter) -> String {
    // What was printed can be read; the form would be empty otherwise.
    let query = ListQuery::parse(refused.view, refused.query.as_str())
        .unwrap_or_else(|_| ListQuery::all(refused.view));
    let words = refused.view.words;
    let content = view! {
        <div class="page-head">
            <h1>{words.title}</h1>
            <p>{words.about}</p>
        </div>
        {filter(ctx, &query, &refused.filter_options)}
        {problem(page, "problem in-list")}
    };
    let section = Section::List(refused.view.name);
    document(ctx, section, &page.title, content.into_any())
}

fn problem(page: &ErrorPage, class: &'static str) -> AnyView {
    let request = page.request_id.clone().map(|id| {
        view! { <p class="dim">"Request "<code class="id">{id}</code>" · quote it when you ask for help"</p> }
    });
    let (label, href) = page.way_out.clone();
    let several = (page.faults.as_ref()).is_some_and(|faults| !faults.others.is_empty());
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
    let title = if page.filter.is_some() {
        view! { <h2>{page.title.clone()}</h2> }.into_any()
    } else {
        view! { <h1>{page.title.clone()}</h1> }.into_any()
    };
    view! {
        <section class=class>
            <p class="problem-status">{page.status}</p>
            {title}
            <p class="problem-message">{stored(&page.message)}</p>
            {page.faults.as_ref().map(faults)}
            <p class="menu-row">{corrected}<a class=class_of_way href=href>{label}</a></p>
            {request}
        </section>
    }
    .into_any()
}

/// Each parameter at fault with what it takes.
fn faults(error: &ParamError) -> AnyView {
    let all = std::iter::once(error).chain(&error.others);
    let items: Vec<AnyView> = all
        .map(|fault| {
            view! {
                <div>
                    <dt><code>{stored(&fault.param)}</code></dt>
                    <dd>{stored(&fault.message)}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    view! { <dl class="faults">{items}</dl> }.into_any()
}
