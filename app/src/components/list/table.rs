//! Parts that the tables of every list share.

use domain::filter::ListQuery;
use domain::page::Order;
use leptos::prelude::*;

use crate::components::html::{Html, written};
use crate::components::time::{write_ahead, write_timestamp};
use crate::model::PageContext;
use domain::time::Timestamp;

/// The header of the time column: names the zone once, and turns the order round.
pub fn time_header(ctx: &PageContext, query: &ListQuery, label: &'static str) -> AnyView {
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
            <a href=href title=title>{label}" "{arrow}</a>
            " "
            <span class="th-zone">{ctx.zone.name()}</span>
        </th>
    }
    .into_any()
}

/// The first cell of a row: its time, and the link that the whole row is.
pub fn time_cell(ctx: &PageContext, at: Timestamp, href: &str) -> AnyView {
    written(|html| write_time_cell(html, ctx, at, href))
}

/// As [`time_cell`].
pub fn write_time_cell(html: &mut Html, ctx: &PageContext, at: Timestamp, href: &str) {
    html.raw("<td class=\"c-time\"><a class=\"row-link\" href=\"");
    html.text(href).raw("\">");
    write_timestamp(html, ctx, at);
    html.raw("</a>");
    write_ahead(html, ctx, at);
    html.raw("</td>");
}

/// A column's header.
pub fn header(class: &'static str, label: &'static str) -> AnyView {
    view! { <th scope="col" class=class>{label}</th> }.into_any()
}

/// A whole table: caption for screen readers, header cells, rows.
pub fn table(
    class: &str,
    caption: &'static str,
    head: Vec<AnyView>,
    rows: Vec<AnyView>,
) -> AnyView {
    written_table(class, caption, head, rows.to_html())
}

/// A frame in which a table scrolls sideways where its columns have no room: none is left out.
pub fn sideways(table: AnyView) -> AnyView {
    view! { <div class="sideways">{table}</div> }.into_any()
}

/// As [`table`], of rows that are written already.
pub fn written_table(
    class: &str,
    caption: &'static str,
    head: Vec<AnyView>,
    rows: String,
) -> AnyView {
    let class = format!("rows {class}");
    view! {
        <table class=class>
            <caption class="sr">{caption}</caption>
            <thead><tr>{head}</tr></thead>
            <tbody inner_html=rows></tbody>
        </table>
    }
    .into_any()
}
