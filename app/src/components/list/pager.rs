//! Links to the previous and next page, and the choice of page size.

use domain::filter::ListQuery;
use domain::page::{Limit, Order};
use leptos::prelude::*;

use crate::model::ListPage;

/// The pager. Renders nothing if there is one page of few rows.
#[component]
pub fn Pager<'a>(
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let path = page.query.view.path();
    let query = &page.query;
    let (before, after) = match query.order {
        Order::Newest => ("newer", "older"),
        Order::Oldest => ("older", "newer"),
    };
    let to = |cursor| query.at(cursor).pairs().link(&path);
    let first = query.after.is_some().then(|| {
        let href = query.pairs().without(&["after"]).link(&path);
        view! { <a class="btn" href=href>"First page"</a> }
    });
    let previous = page.page.previous.clone().map(|cursor| {
        view! {
            <a class="btn" rel="prev" href=to(cursor)>"← Previous "<span class="dim">{before}</span></a>
        }
    });
    let next = page.page.next.clone().map(|cursor| {
        view! {
            <a class="btn" rel="next" href=to(cursor)>"Next "<span class="dim">{after}</span>" →"</a>
        }
    });
    let is_alone = first.is_none() && previous.is_none() && next.is_none();
    if is_alone && query.limit == Limit::default() {
        return None;
    }
    let label = format!("Pages of {}", page.query.view.words.noun.1);
    Some(view! {
        <nav class="pager" aria-label=label>
            <PageSizes query />
            <div class="pages">{first}{previous}{next}</div>
        </nav>
    })
}

#[component]
fn PageSizes<'a>(
    /// The list's query.
    query: &'a ListQuery,
) -> impl IntoView + use<> {
    let limits = [50, 100, 200, Limit::MAX].into_iter();
    let links = limits.filter_map(Limit::new).map(|limit| {
        let resized = ListQuery {
            limit,
            after: None,
            ..query.clone()
        };
        let href = resized.pairs().link(&query.view.path());
        let current = (query.limit == limit).then_some("true");
        let label = format!("{} rows a page", limit.rows());
        view! { <a href=href aria-current=current aria-label=label>{limit.rows()}</a> }
    });
    view! { <p class="sizes">"Rows a page "{links.collect_view()}</p> }
}
