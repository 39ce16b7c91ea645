//! `/kill-switch`: what all stops amount to, the episodes, and the unmatched events.

use domain::episode::{KillSwitchEvent, Signal};
use leptos::prelude::*;

use crate::components::band::band;
use crate::components::list::columns::listing;
use crate::components::list::table::{header, table, time_cell};
use crate::components::list::{ListSlots, list_page};
use crate::components::text::stored;
use crate::model::{KillSwitchPage, PageContext};

/// The list of episodes.
#[must_use]
pub fn kill_switch(ctx: &PageContext, page: &KillSwitchPage) -> String {
    let table = listing(ctx, &page.list);
    let around = ListSlots {
        above: Some(band(ctx, &page.band)),
        below: strays(ctx, &page.strays),
        ..ListSlots::default()
    };
    list_page(ctx, &page.list, table, around)
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
                    <h2 id="strays">"Unmatched events"</h2>
                    <p>"Kill-switch events outside every episode, newest first"</p>
                </header>
                {table("t-strays", "Unmatched events", head, rows)}
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
