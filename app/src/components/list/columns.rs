//! The columns of a list's table: which are shown, the table of them, and the menu to choose others.

use domain::filter::{Columns, ListQuery, ViewFilter};
use domain::page::KeysetRow;
use domain::query::Pairs;
use domain::view::View;
use leptos::prelude::*;

use super::filter::hidden;
use super::multi_select::write_checkbox;
use super::table::{header, sideways, time_header, write_time_cell, written_table};
use crate::components::html::Html;
use crate::components::text::cut;
use crate::components::visible::visible;
use crate::model::{ListPage, PageContext};

/// A column that a table of `T` can show.
pub struct Column<T: 'static> {
    /// As `cols` names it.
    name: &'static str,
    /// The class of its cells; a number's has `num`.
    class: &'static str,
    /// Its header.
    label: &'static str,
    /// What stands in its cell.
    cell: fn(&mut Html, &PageContext, &T),
    /// What its cell says on hover.
    title: fn(&T) -> Option<&str>,
}

/// A column without words on hover.
pub const fn column<T>(
    name: &'static str,
    class: &'static str,
    label: &'static str,
    cell: fn(&mut Html, &PageContext, &T),
) -> Column<T> {
    Column {
        name,
        class,
        label,
        cell,
        title: |_| None,
    }
}

impl<T> Column<T> {
    /// The same with these words on hover.
    pub const fn titled(mut self, title: fn(&T) -> Option<&str>) -> Self {
        self.title = title;
        self
    }
}

/// What the table of a list is, beside its columns.
pub struct TableSpec<T> {
    /// The table's own class.
    pub class: &'static str,
    /// Its caption, for screen readers.
    pub caption: &'static str,
    /// The header of the time.
    pub time: &'static str,
    /// A row's own page.
    pub href: fn(&T) -> String,
}

/// The columns that are shown: those of the URL, else those that the person keeps, else the usual ones.
#[must_use]
pub fn shown<F: ViewFilter>(ctx: &PageContext, query: &ListQuery<F>) -> Columns {
    let asked = query.cols.as_ref().or_else(|| ctx.columns.of(F::VIEW));
    asked.map_or_else(|| Columns::default_for(F::VIEW), Clone::clone)
}

/// The table of a list's page. The usual columns are laid out for them; others stand as they come, name
/// themselves on a card, and scroll where they have no room.
pub fn listing<F, T>(
    ctx: &PageContext,
    page: &ListPage<F, T>,
    columns: &[Column<T>],
    of: &TableSpec<T>,
) -> AnyView
where
    F: ViewFilter,
    T: KeysetRow<Key = F::Key>,
{
    let rows = &page.page.rows;
    let time = time_header(ctx, &page.query, of.time);
    let chosen = shown(ctx, &page.query);
    let usual = Columns::default_for(F::VIEW);
    if chosen == usual {
        return usual_table(ctx, F::VIEW, rows, columns, time, of);
    }
    let class = if chosen.names().len() > usual.names().len() {
        "chosen many"
    } else {
        "chosen"
    };
    let columns = named(columns, &chosen);
    let body = body(ctx, rows, &columns, of, true);
    let table = written_table(class, of.caption, heads(time, &columns), body);
    sideways(table)
}

/// A table of rows with the usual columns of `view`, whatever somebody chose.
pub fn usual_table<T: KeysetRow>(
    ctx: &PageContext,
    view: View,
    rows: &[T],
    columns: &[Column<T>],
    time: AnyView,
    of: &TableSpec<T>,
) -> AnyView {
    let columns = named(columns, &Columns::default_for(view));
    let body = body(ctx, rows, &columns, of, false);
    let table = written_table(of.class, of.caption, heads(time, &columns), body);
    sideways(table)
}

/// Cells of at most so many bytes have room everywhere.
const ALWAYS_FITS: usize = 16;
/// Most characters on hover: json may be as long as it likes, and the row's own page has it.
const MOST_ON_HOVER: usize = 600;

/// The whole of a text that may be cut, for its cell to say on hover.
#[must_use]
pub fn whole(text: Option<&str>) -> Option<&str> {
    text.filter(|text| text.len() > ALWAYS_FITS)
}

/// A usual row's text.
const ROW_BYTES: usize = 1_300;

/// The rows. Where cells name themselves, each has its column's header with it.
fn body<T: KeysetRow>(
    ctx: &PageContext,
    rows: &[T],
    columns: &[&Column<T>],
    of: &TableSpec<T>,
    name_themselves: bool,
) -> String {
    let mut html = Html::with_room(rows.len() * ROW_BYTES);
    for row in rows {
        html.raw("<tr data-row=\"\">");
        write_time_cell(&mut html, ctx, row.timestamp(), &(of.href)(row));
        for column in columns {
            html.raw("<td class=\"").raw(column.class).raw("\"");
            let title =
                (column.title)(row).map(|title| visible(&cut(title, MOST_ON_HOVER)).into_owned());
            html.attribute("title", title.as_deref());
            html.attribute("data-label", name_themselves.then_some(column.label));
            html.raw(">");
            (column.cell)(&mut html, ctx, row);
            html.raw("</td>");
        }
        html.raw("</tr>");
    }
    html.into_string()
}

/// The columns of these names, in their order.
fn named<'a, T>(columns: &'a [Column<T>], chosen: &Columns) -> Vec<&'a Column<T>> {
    let names = chosen.names().iter();
    names
        .filter_map(|name| columns.iter().find(|column| column.name == *name))
        .collect()
}

fn heads<T>(time: AnyView, columns: &[&Column<T>]) -> Vec<AnyView> {
    let heads = columns.iter();
    let heads = heads.map(|column| header(column.class, column.label));
    std::iter::once(time).chain(heads).collect()
}

/// The names and headers of a table's columns, for the menu.
pub fn labels<T>(columns: &[Column<T>]) -> Vec<(&'static str, &'static str)> {
    columns
        .iter()
        .map(|column| (column.name, column.label))
        .collect()
}

/// The menu that chooses columns: a plain GET form. What it chooses is kept.
pub fn menu<F: ViewFilter>(
    ctx: &PageContext,
    query: &ListQuery<F>,
    labels: &[(&'static str, &'static str)],
) -> AnyView {
    let path = super::path::<F>();
    let chosen = shown(ctx, query);
    let others = Columns::all(F::VIEW);
    let others = others.names().iter();
    let others = others.filter(|name| !chosen.names().contains(name));
    let kept = rest(query);
    let named = chosen.names().iter().chain(others);
    let named = named.filter_map(|name| labels.iter().find(|(known, _)| known == name));
    let mut items = Html::default();
    for (name, label) in named {
        let earlier = chosen.with_earlier(name).map(|columns| {
            let pairs = kept.clone().with("cols", columns.print());
            pairs.with("keep", "cols").link(&path)
        });
        let is_shown = chosen.names().contains(name);
        write_item(&mut items, (name, label), is_shown, earlier.as_deref());
    }
    let usual = kept.clone().with("keep", "cols").link(&path);
    let number = (chosen != Columns::default_for(F::VIEW))
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
                    <a class="btn" href=usual>"Default columns"</a>
                </div>
            </form>
        </details>
    }
    .into_any()
}

/// The query without columns and position.
fn rest<F: ViewFilter>(query: &ListQuery<F>) -> Pairs {
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
