//! Links to the neighbouring pages, and how many rows a page has.

use domain::filter::ListQuery;
use domain::page::{Limit, Order};
use leptos::prelude::*;

use crate::model::ListPage;

/// The pager; nothing where there is one page of few rows.
pub fn pager(page: &ListPage) -> Option<AnyView> {
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
    let alone = first.is_none() && previous.is_none() && next.is_none();
    if alone && query.limit == Limit::default() {
        return None;
    }
    let label = format!("Pages of {}", page.query.view.words.noun.1);
    Some(
        view! {
            <nav class="pager" aria-label=label>
                {sizes(query)}
                <div class="pages">{first}{previous}{next}</div>
            </nav>
        }
        .into_any(),
    )
}

fn sizes(query: &ListQuery) -> AnyView {
    let links: Vec<AnyView> = [50, 100, 200, Limit::MAX]
        .into_iter()
        .filter_map(Limit::new)
        .map(|limit| {
            let resized = ListQuery {
                limit,
                after: None,
                ..query.clone()
            };
            let href = resized.pairs().link(&query.view.path());
            let current = (query.limit == limit).then_some("true");
            let label = format!("{} rows a page", limit.rows());
            view! { <a href=href aria-current=current aria-label=label>{limit.rows()}</a> }
                .into_any()
        })
        .collect();
    view! { <p class="sizes">"Rows a page "{links}</p> }.into_any()
}
