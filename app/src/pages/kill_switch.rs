//! `/kill-switch`: what all stops amount to, the episodes, and the events that pair with nothing.

use domain::episode::{KillSwitchEvent, Mechanism, Signal};
use domain::filter::State;
use domain::filter::kill_switch::Leaks;
use domain::review::ReviewState;
use leptos::prelude::*;

use crate::components::band::band;
use crate::components::episode::{lasted, leaks, mechanism_name, mechanism_tag, state};
use crate::components::list::picks::{fixed, open};
use crate::components::list::table::{header, table, time_cell, time_header};
use crate::components::list::{Around, Shape, list_page};
use crate::components::review::review_state;
use crate::components::text::{grouped, stored};
use crate::document::Section;
use crate::model::{EpisodeRow, Frame, KillSwitchPage};

/// The list of episodes.
#[must_use]
pub fn kill_switch(frame: &Frame, page: &KillSwitchPage) -> String {
    let shape = Shape {
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
    };
    let head = vec![
        time_header(frame, &page.list.query, "Activated"),
        header("c-mechanism", "Mechanism"),
        header("c-state", "State"),
        header("c-by", "Activated by"),
        header("c-lasted num", "Lasted"),
        header("c-cleared", "Cleared by"),
        header("c-rejected num", "Rejected"),
        header("c-leaked num", "Leaked approvals · orders"),
        header("c-review", "Review"),
    ];
    let rows = page
        .list
        .page
        .rows
        .iter()
        .map(|episode| row(frame, episode))
        .collect();
    let table = table("t-episodes", "Kill-switch episodes", head, rows);
    let around = Around {
        above: Some(band(frame, &page.band)),
        below: strays(frame, &page.strays),
        ..Around::default()
    };
    list_page(frame, &page.list, &shape, table, around)
}

fn row(frame: &Frame, row: &EpisodeRow) -> AnyView {
    let episode = &row.episode;
    let href = format!("/kill-switch/{}", episode.first().event.id);
    let cleared = episode.cleared().map_or_else(
        || "not cleared".into_any(),
        |clear| stored(clear.actor()).into_any(),
    );
    view! {
        <tr data-row="">
            {time_cell(frame, episode.activated_at(), href)}
            <td class="c-mechanism">
                {mechanism_name(episode.mechanism)} " " {mechanism_tag(episode.mechanism)}
            </td>
            <td class="c-state">{state(episode)}</td>
            <td class="c-by">{stored(episode.first().actor())}</td>
            <td class="c-lasted num">{lasted(episode, frame.now)}</td>
            <td class="c-cleared">{cleared}</td>
            <td class="c-rejected num">{grouped(row.effect.rejections)}</td>
            <td class="c-leaked num">{leaks(row.effect)}</td>
            <td class="c-review">{review_state(&row.standing, frame.now)}</td>
        </tr>
    }
    .into_any()
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
            {time_cell(frame, stray.event.timestamp, href)}
            <td class="c-type">{stored(stray.event.event_type.clone())}</td>
            <td class="c-what">{what}</td>
            <td class="c-by">{stored(stray.actor())}</td>
        </tr>
    }
    .into_any()
}
