//! `/kill-switch`: what all stops amount to, the episodes, and the events that pair with nothing.

use domain::episode::{KillSwitchEvent, Mechanism, Signal};
use domain::filter::State;
use domain::filter::kill_switch::Leaks;
use domain::review::ReviewState;
use leptos::prelude::*;

use crate::components::band::band;
use crate::components::episode::{lasted, leaks, mechanism_name, mechanism_tag, state};
use crate::components::facts::write_id;
use crate::components::html::Html;
use crate::components::list::columns::{Column, TableSpec, column, labels, listing};
use crate::components::list::multi_select::{fixed, open};
use crate::components::list::table::{header, table, time_cell};
use crate::components::list::{ListSlots, ListSpec, list_page};
use crate::components::review::review_state;
use crate::components::text::{grouped, stored, write_stored};
use crate::components::time::write_timestamp;
use crate::document::Section;
use crate::model::{EpisodeRow, KillSwitchPage, PageContext};

/// The list of episodes.
#[must_use]
pub fn kill_switch(ctx: &PageContext, page: &KillSwitchPage) -> String {
    let spec = spec();
    let of = TableSpec {
        class: "t-episodes",
        caption: "Kill-switch episodes",
        time: "Activated",
        href: |row: &EpisodeRow| format!("/kill-switch/{}", row.episode.first().event.id),
    };
    let table = listing(ctx, &page.list, COLUMNS, &of);
    let around = ListSlots {
        above: Some(band(ctx, &page.band)),
        below: strays(ctx, &page.strays),
        ..ListSlots::default()
    };
    list_page(ctx, &page.list, &spec, table, around)
}

pub(super) fn spec() -> ListSpec {
    ListSpec {
        section: Section::KillSwitch,
        title: "Kill switch",
        about: "Every time trading was said to stop, and whether it did",
        noun: ("episode", "episodes"),
        searches: "Search people and details",
        fields: vec![
            fixed::<Mechanism>("Mechanism", "mechanism"),
            fixed::<State>("State", "state"),
            fixed::<Leaks>("Leaks", "leaks"),
            fixed::<ReviewState>("Review", "review"),
            open("Actor", "actor"),
        ],
        columns: labels(COLUMNS),
    }
}

const COLUMNS: &[Column<EpisodeRow>] = &[
    column("mechanism", "c-mechanism", "Mechanism", |html, _, row| {
        let mechanism = row.episode.mechanism;
        html.raw(mechanism_name(mechanism)).raw(" ");
        html.view(mechanism_tag(mechanism));
    }),
    column("state", "c-state", "State", |html, _, row| {
        html.view(state(&row.episode));
    }),
    column("activated_by", "c-by", "Activated by", |html, _, row| {
        write_stored(html, &row.episode.first().actor());
    }),
    column("lasted", "c-lasted num", "Lasted", |html, ctx, row| {
        html.text(&lasted(&row.episode, ctx.now));
    }),
    column("cleared_by", "c-cleared", "Cleared by", |html, _, row| {
        if_cleared(html, row, |html, clear| write_stored(html, &clear.actor()));
    }),
    column(
        "rejections",
        "c-rejected num",
        "Rejected",
        |html, _, row| {
            html.text(&grouped(row.effect.rejections));
        },
    ),
    column(
        "leaks",
        "c-leaked num",
        "Leaked approvals · orders",
        |html, _, row| {
            html.view(leaks(row.effect));
        },
    ),
    column("review", "c-review", "Review", |html, ctx, row| {
        html.view(review_state(&row.review_progress, ctx.now));
    }),
    column("cleared_at", "c-when", "Cleared", |html, ctx, row| {
        if_cleared(html, row, |html, clear| {
            write_timestamp(html, ctx, clear.event.timestamp);
        });
    }),
    column("id", "c-id", "Id", |html, _, row| {
        write_id(html, row.episode.first().event.id);
    }),
];

fn if_cleared(html: &mut Html, row: &EpisodeRow, write: impl FnOnce(&mut Html, &KillSwitchEvent)) {
    match row.episode.cleared() {
        Some(clear) => write(html, clear),
        None => {
            html.raw("<span class=\"none\">not cleared</span>");
        }
    }
}

fn strays(ctx: &PageContext, strays: &[KillSwitchEvent]) -> Option<AnyView> {
    if strays.is_empty() {
        return None;
    }
    let rows = strays.iter().map(|stray| stray_row(ctx, stray)).collect();
    let head = vec![
        header("c-time", "Time"),
        header("c-type", "Type"),
        header("c-what", "What it is"),
        header("c-by", "By"),
    ];
    Some(
        view! {
            <section class="sheet" aria-labelledby="strays">
                <header class="shown">
                    <h2 id="strays">"Events that pair with nothing"</h2>
                    <p>"Kill-switch events outside every episode, newest first"</p>
                </header>
                {table("t-strays", "Events that pair with nothing", head, rows)}
            </section>
        }
        .into_any(),
    )
}

fn stray_row(ctx: &PageContext, stray: &KillSwitchEvent) -> AnyView {
    let what = match stray.signal {
        Signal::Clear => "a clear without an activation",
        Signal::Unreadable => "a toggle that says neither on nor off",
        Signal::Activate(_) => "an activation",
    };
    let href = format!("/events/{}", stray.event.id);
    view! {
        <tr data-row="">
            {time_cell(ctx, stray.event.timestamp, &href)}
            <td class="c-type">{stored(&stray.event.event_type)}</td>
            <td class="c-what">{what}</td>
            <td class="c-by">{stored(stray.actor())}</td>
        </tr>
    }
    .into_any()
}
