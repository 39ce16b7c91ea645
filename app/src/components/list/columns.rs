//! The columns of a list's table: which are shown, the table of them, and the menu to choose others.

use domain::catalogue::{ListRow, TableColumn, View};
use domain::filter::{Columns, ListQuery};
use domain::query::Pairs;
use leptos::prelude::*;

use super::cells::{Cell, write_cell, write_title};
use super::filter::hidden;
use super::multi_select::write_checkbox;
use super::table::{header, sideways, time_header, write_time_cell, written_table};
use crate::components::html::Html;
use crate::model::{ListPage, PageContext};

/// The columns that are shown: those of the URL, else those that the person keeps, else the default ones.
#[must_use]
pub fn shown(ctx: &PageContext, query: &ListQuery) -> Columns {
    let asked = query.cols.as_ref().or_else(|| ctx.columns.of(query.view));
    asked.map_or_else(|| Columns::default_for(query.view), Clone::clone)
}

/// The table of a list's page. The default columns are laid out for them; others stand as they come, name
/// themselves on a card, and scroll where they have no room.
pub fn listing(ctx: &PageContext, page: &ListPage) -> AnyView {
    let view = page.query.view;
    let rows = &page.page.rows;
    let time = time_header(ctx, &page.query, view.words.time);
    let chosen = shown(ctx, &page.query);
    let default = Columns::default_for(view);
    if chosen == default {
        return default_table(ctx, view, view.words.title, rows, time);
    }
    let class = if chosen.names().len() > default.names().len() {
        "chosen many"
    } else {
        "chosen"
    };
    let columns = named(view, &chosen);
    let body = body(ctx, view, rows, &columns, true);
    let table = written_table(class, view.words.title, heads(time, &columns), body);
    sideways(table)
}

/// A table of rows with the default columns of `view`, whatever somebody chose.
pub fn default_table(
    ctx: &PageContext,
    view: View,
    caption: &'static str,
    rows: &[ListRow],
    time: AnyView,
) -> AnyView {
    let columns = named(view, &Columns::default_for(view));
    let body = body(ctx, view, rows, &columns, false);
    let class = format!("t-{view}");
    sideways(written_table(&class, caption, heads(time, &columns), body))
}

/// A usual row's text.
const ROW_BYTES: usize = 1_300;

/// The rows. Where cells name themselves, each has its column's header with it.
fn body(
    ctx: &PageContext,
    view: View,
    rows: &[ListRow],
    columns: &[&TableColumn],
    name_themselves: bool,
) -> String {
    let mut html = Html::with_room(rows.len() * ROW_BYTES);
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
        write_time_cell(&mut html, ctx, row.timestamp, &href);
        for (column, places) in columns.iter().zip(&places) {
            let cell = Cell {
                ctx,
                row,
                format: column.format,
                places,
            };
            html.raw("<td class=\"").raw(column.class).raw("\"");
            write_title(&mut html, &cell);
            html.attribute("data-label", name_themselves.then_some(column.label));
            html.raw(">");
            write_cell(&mut html, &cell);
            html.raw("</td>");
        }
        html.raw("</tr>");
    }
    html.into_string()
}

/// The columns of these names, in their order.
fn named(view: View, chosen: &Columns) -> Vec<&'static TableColumn> {
    let table = &view.0.table;
    let names = chosen.names().iter();
    names
        .filter_map(|name| table.iter().find(|column| column.name == *name))
        .collect()
}

fn heads(time: AnyView, columns: &[&TableColumn]) -> Vec<AnyView> {
    let heads = columns.iter();
    let heads = heads.map(|column| header(column.class, column.label));
    std::iter::once(time).chain(heads).collect()
}

/// The menu that chooses columns: a plain GET form. What it chooses is kept.
pub fn menu(ctx: &PageContext, query: &ListQuery) -> AnyView {
    let view = query.view;
    let path = view.path();
    let chosen = shown(ctx, query);
    let others = Columns::all(view);
    let others = others.names().iter();
    let others = others.filter(|name| !chosen.names().contains(name));
    let kept = rest(query);
    let named = chosen.names().iter().chain(others);
    let named = named.filter_map(|name| view.0.table.iter().find(|known| known.name == *name));
    let mut items = Html::default();
    for TableColumn { name, label, .. } in named {
        let earlier = chosen.with_earlier(name).map(|columns| {
            let pairs = kept.clone().with("cols", columns.print());
            pairs.with("keep", "cols").link(&path)
        });
        let is_shown = chosen.names().contains(name);
        write_item(&mut items, (name, label), is_shown, earlier.as_deref());
    }
    let default = kept.clone().with("keep", "cols").link(&path);
    let number = (chosen != Columns::default_for(view))
        .then(|| view! { <span class="count on">{chosen.names().len() + 1}</span> });
    view! {
        <details class="pick to-end" name="pick">
            <summary>"Columns"{number}</summary>
            <form class="panel" method="get" action=path>
                {hidden(kept.as_slice())}
                <input type="hidden" name="keep" value="cols" />
                <input type="hidden" name="cols" value="time" />
                <ul class="boxes column-list" inner_html=items.into_string()></ul>
                <div class="menu-row">
                    <button class="btn primary">"Show"</button>
                    <a class="btn" href=default>"Default columns"</a>
                </div>
            </form>
        </details>
    }
    .into_any()
}

/// The query without columns and position.
fn rest(query: &ListQuery) -> Pairs {
    query.pairs().without(&["cols", "after"])
}

/// A column's box; where it is shown and not the first, a link that moves it towards the time.
fn write_item(
    html: &mut Html,
    (name, label): (&'static str, &'static str),
    is_shown: bool,
    earlier: Option<&str>,
) {
    html.raw("<li>");
    write_checkbox(html, "cols", name, is_shown);
    html.raw(label).raw("</label>");
    if let Some(href) = earlier {
        let words = format!("Move {label} one column to the left");
        html.raw("<a class=\"earlier\"")
            .attribute("href", Some(href));
        html.attribute("aria-label", Some(&words));
        html.attribute("title", Some(&words)).raw(">↑</a>");
    }
    html.raw("</li>");
}
