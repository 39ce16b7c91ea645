//! Parts that the tables of every list share.

use domain::filter::ListQuery;
use domain::page::Order;
use leptos::prelude::*;

use crate::components::content::Content;
use crate::components::html::{Html, written};
use crate::components::time::{write_ahead, write_timestamp};
use crate::model::PageContext;
use domain::time::Timestamp;

/// The header of a list's time column: names the zone, and links to the reverse order.
#[component]
pub fn TimeHeader<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list's query.
    query: &'a ListQuery,
    /// What the time is called.
    label: &'static str,
) -> impl IntoView + use<> {
    let turned = ListQuery {
        order: query.order.reversed(),
        after: None,
        ..query.clone()
    };
    let href = turned.pairs().link(&query.view.path());
    let (sort, arrow, title) = match query.order {
        Order::Newest => ("descending", "↓", "Newest first. Show oldest first"),
        Order::Oldest => ("ascending", "↑", "Oldest first. Show newest first"),
    };
    view! {
        <th scope="col" class="c-time" aria-sort=sort>
            <a href=href title=title>{format!("{label} {arrow}")}</a>
            " "
            <span class="th-zone">{ctx.zone.name()}</span>
        </th>
    }
}

/// The header of a time column without sorting: names the zone.
#[component]
pub fn ZoneHeader<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
    view! {
        <th scope="col" class="c-time">"Time "<span class="th-zone">{ctx.zone.name()}</span></th>
    }
}

/// The first cell of a row: its time, which links to the row's page.
#[component]
pub fn TimeCell<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The row's time.
    at: Timestamp,
    /// The row's page.
    href: String,
) -> impl IntoView + use<> {
    written(|html| write_time_cell(html, ctx, at, &href))
}

/// Writes [`TimeCell`].
pub fn write_time_cell(html: &mut Html, ctx: &PageContext, at: Timestamp, href: &str) {
    html.raw("<td class=\"c-time\"><a class=\"row-link\" href=\"");
    html.text(href).raw("\">");
    write_timestamp(html, ctx, at);
    html.raw("</a>");
    write_ahead(html, ctx, at);
    html.raw("</td>");
}

/// A column's header.
#[component]
pub fn HeaderCell(
    /// The column's class.
    class: &'static str,
    /// What it is called.
    label: &'static str,
) -> impl IntoView {
    view! { <th scope="col" class=class>{label}</th> }
}

/// A table: caption for screen readers, header cells, and rows as children.
#[component]
pub fn Table<H: IntoView + 'static>(
    /// The class that lays out its columns.
    #[prop(into)]
    class: String,
    /// What it is called.
    caption: &'static str,
    /// The header cells.
    head: H,
    children: Content,
) -> impl IntoView {
    view! {
        <table class=format!("rows {class}")>
            <caption class="sr">{caption}</caption>
            <thead><tr>{head}</tr></thead>
            <tbody>{children}</tbody>
        </table>
    }
}

/// A frame that scrolls horizontally when the table's columns do not fit.
#[component]
pub fn HorizontalScroll(children: Content) -> impl IntoView {
    view! { <div class="horizontal-scroll">{children}</div> }
}
