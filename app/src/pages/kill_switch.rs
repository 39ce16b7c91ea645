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
use crate::components::list::columns::{Column, Listed, column, labels, listing};
use crate::components::list::picks::{fixed, open};
use crate::components::list::table::{header, table, time_cell};
use crate::components::list::{Around, Shape, list_page};
use crate::components::review::review_state;
use crate::components::text::{grouped, stored, write_stored};
use crate::components::time::write_moment;
use crate::document::Section;
use crate::model::{EpisodeRow, Frame, KillSwitchPage};

/// The list of episodes.
#[must_use]
pub fn kill_switch(frame: &Frame, page: &KillSwitchPage) -> String {
    let shape = shape();
    let of = Listed {
        class: "t-episodes",
        caption: "Kill-switch episodes",
        time: "Activated",
        href: |row: &EpisodeRow| format!("/kill-switch/{}", row.episode.first().event.id),
    };
    let table = listing(frame, &page.list, COLUMNS, &of);
    let around = Around {
        above: Some(band(frame, &page.band)),
        below: strays(frame, &page.strays),
        ..Around::default()
    };
    list_page(frame, &page.list, &shape, table, around)
}

pub(super) fn shape() -> Shape {
    Shape {
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
    column("lasted", "c-lasted num", "Lasted", |html, frame, row| {
        html.text(&lasted(&row.episode, frame.now));
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
    column("review", "c-review", "Review", |html, frame, row| {
        html.view(review_state(&row.standing, frame.now));
    }),
    column("cleared_at", "c-when", "Cleared", |html, frame, row| {
        if_cleared(html, row, |html, clear| {
            write_moment(html, frame, clear.event.timestamp);
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

fn strays(frame: &Frame, strays: &[KillSwitchEvent]) -> Option<AnyView> {
    if strays.is_empty() {
        return None;
    }
    let rows = strays.iter().map(|stray| stray_row(frame, stray)).collect();
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

fn stray_row(frame: &Frame, stray: &KillSwitchEvent) -> AnyView {
    let what = match stray.signal {
        Signal::Clear => "a clear without an activation",
        Signal::Unreadable => "a toggle that says neither on nor off",
        Signal::Activate(_) => "an activation",
    };
    let href = format!("/events/{}", stray.event.id);
    view! {
        <tr data-row="">
            {time_cell(frame, stray.event.timestamp, &href)}
            <td class="c-type">{stored(&stray.event.event_type)}</td>
            <td class="c-what">{what}</td>
            <td class="c-by">{stored(stray.actor())}</td>
        </tr>
    }
    .into_any()
}
