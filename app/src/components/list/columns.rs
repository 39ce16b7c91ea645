//! The columns of a list's table: the selection, the table, and the menu that changes the selection.

use domain::catalogue::{ListRow, TableColumn, View};
use domain::filter::{Columns, ListQuery};
use domain::query::Pairs;
use leptos::either::Either;
use leptos::prelude::*;

use super::cells::{Cell, write_cell, write_title};
use super::filter::HiddenFields;
use super::multi_select::Checkbox;
use super::table::{HeaderCell, HorizontalScroll, Table, TimeHeader, write_time_cell};
use crate::components::content::Content;
use crate::components::html::{Html, written};
use crate::model::{ListPage, PageContext};

/// The selected columns: from the URL, else from the user's preference, else the view's defaults.
#[must_use]
pub fn shown(ctx: &PageContext, query: &ListQuery) -> Columns {
    let asked = query.cols.as_ref().or_else(|| ctx.columns.of(query.view));
    asked.map_or_else(|| Columns::default_for(query.view), Clone::clone)
}

/// The table of a list's page. Default columns have a layout of their own. Custom columns use a generic layout: they are
/// labelled on cards, and scroll horizontally if they do not fit.
#[component]
pub fn ListTable<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let query = &page.query;
    let view = query.view;
    let rows = &page.page.rows;
    let (label, caption) = (view.words.time, view.words.title);
    let chosen = shown(ctx, query);
    let default = Columns::default_for(view);
    if chosen == default {
        return Either::Left(view! {
            <DefaultTable ctx view caption rows><TimeHeader ctx query label /></DefaultTable>
        });
    }
    let class = if chosen.names().len() > default.names().len() {
        "custom-columns many-columns"
    } else {
        "custom-columns"
    };
    let columns = named(view, &chosen);
    let head = view! { <TimeHeader ctx query label /><ColumnHeaders columns=&columns /> };
    Either::Right(view! {
        <HorizontalScroll>
            <Table class caption head>{written_rows(ctx, view, rows, &columns, true)}</Table>
        </HorizontalScroll>
    })
}

/// A table with the default columns of `view`, ignoring preferences. Its child is the header of the time column.
#[component]
pub fn DefaultTable<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The view of the rows.
    view: View,
    /// The table's caption.
    caption: &'static str,
    /// The rows.
    rows: &'a [ListRow],
    children: Content,
) -> impl IntoView + use<> {
    let columns = named(view, &Columns::default_for(view));
    let head = view! { {children}<ColumnHeaders columns=&columns /> };
    view! {
        <HorizontalScroll>
            <Table class=format!("t-{view}") caption head>
                {written_rows(ctx, view, rows, &columns, false)}
            </Table>
        </HorizontalScroll>
    }
}

#[component]
fn ColumnHeaders<'a>(
    /// The columns, in their order.
    columns: &'a [&'static TableColumn],
) -> impl IntoView + use<> {
    columns
        .iter()
        .map(|column| view! { <HeaderCell class=column.class label=column.label /> })
        .collect_view()
}

/// Expected bytes of a row's HTML.
const ROW_BYTES: usize = 1_300;

/// The rows, written as text (decision 11).
fn written_rows(
    ctx: &PageContext,
    view: View,
    rows: &[ListRow],
    columns: &[&TableColumn],
    name_themselves: bool,
) -> impl IntoView + use<> {
    written(|html| {
        html.reserve(rows.len() * ROW_BYTES);
        write_rows(html, ctx, view, rows, columns, name_themselves);
    })
}

/// Writes the rows. Where cells name themselves, each has its column's header with it.
fn write_rows(
    html: &mut Html,
    ctx: &PageContext,
    view: View,
    rows: &[ListRow],
    columns: &[&TableColumn],
    name_themselves: bool,
) {
    let places: Vec<Vec<usize>> = columns
        .iter()
        .map(|column| {
            column
                .of
                .iter()
                .filter_map(|name| view.column(name))
                .collect()
        })
        .collect();
    for row in rows {
        html.raw("<tr data-row=\"\">");
        let href = format!("/{view}/{}", row.key);
        write_time_cell(html, ctx, row.timestamp, &href);
        for (column, places) in columns.iter().zip(&places) {
            let cell = Cell {
                ctx,
                row,
                format: column.format,
                places,
            };
            html.raw("<td class=\"").raw(column.class).raw("\"");
            write_title(html, &cell);
            html.attribute("data-label", name_themselves.then_some(column.label));
            html.raw(">");
            write_cell(html, &cell);
            html.raw("</td>");
        }
        html.raw("</tr>");
    }
}

/// The columns of these names, in their order.
fn named(view: View, chosen: &Columns) -> Vec<&'static TableColumn> {
    let table = &view.0.table;
    let names = chosen.names().iter();
    names
        .filter_map(|name| table.iter().find(|column| column.name == *name))
        .collect()
}

/// The menu that selects columns: a plain GET form. The selection is saved as a preference.
#[component]
pub fn ColumnMenu<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list's query.
    query: &'a ListQuery,
) -> impl IntoView + use<> {
    let view = query.view;
    let path = view.path();
    let chosen = shown(ctx, query);
    let others = Columns::all(view);
    let others = others.names().iter();
    let others = others.filter(|name| !chosen.names().contains(name));
    let kept = rest(query);
    let names = chosen.names().iter().chain(others);
    let columns = names.filter_map(|name| view.0.table.iter().find(|known| known.name == *name));
    let items = columns.map(|column| {
        let earlier = chosen.with_earlier(column.name).map(|columns| {
            let pairs = kept.clone().with("cols", columns.print());
            pairs.with("keep", "cols").link(&path)
        });
        let is_shown = chosen.names().contains(&column.name);
        view! { <ColumnItem column is_shown earlier /> }
    });
    let items = items.collect_view();
    let default = kept.clone().with("keep", "cols").link(&path);
    let number = (chosen != Columns::default_for(view))
        .then(|| view! { <span class="count on">{chosen.names().len() + 1}</span> });
    view! {
        <details class="dropdown to-end" name="dropdown">
            <summary>"Columns"{number}</summary>
            <form class="panel" method="get" action=path>
                <HiddenFields pairs=kept.as_slice() />
                <input type="hidden" name="keep" value="cols" />
                <input type="hidden" name="cols" value="time" />
                <ul class="checkboxes column-list">{items}</ul>
                <div class="menu-row">
                    <button class="btn primary">"Show"</button>
                    <a class="btn" href=default>"Default columns"</a>
                </div>
            </form>
        </details>
    }
}

/// The query without columns and position.
fn rest(query: &ListQuery) -> Pairs {
    query.pairs().without(&["cols", "after"])
}

/// A column's checkbox. A selected column, except the first, has a link that moves it to the left.
#[component]
fn ColumnItem(
    /// The column.
    column: &'static TableColumn,
    /// Whether it is shown.
    is_shown: bool,
    /// The page with the column one place earlier.
    earlier: Option<String>,
) -> impl IntoView {
    let label = column.label;
    let link = earlier.map(|href| {
        let words = format!("Move {label} one column to the left");
        view! { <a class="move-earlier" href=href aria-label=words.clone() title=words>"↑"</a> }
    });
    view! {
        <li>
            <Checkbox name="cols" value=column.name is_checked=is_shown>{label}</Checkbox>
            {link}
        </li>
    }
}
