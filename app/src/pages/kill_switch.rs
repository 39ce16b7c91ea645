//! `/kill-switch`: what all stops amount to, the episodes, and the unmatched events.

use domain::episode::{KillSwitchEvent, Signal};
use leptos::prelude::*;

use crate::components::band::HistoryBand;
use crate::components::list::table::{HeaderCell, Table, TimeCell};
use crate::components::list::{ListSlots, list_page};
use crate::components::text::Stored;
use crate::model::{KillSwitchPage, PageContext};

/// The list of episodes.
#[must_use]
pub fn kill_switch(ctx: &PageContext, page: &KillSwitchPage) -> String {
    list_page(ctx, &page.list, || ListSlots {
        above: Some(view! { <HistoryBand ctx band=&page.band /> }.into_any()),
        below: Some(view! { <UnmatchedEvents ctx events=&page.strays /> }.into_any()),
        ..ListSlots::default()
    })
}

/// Kill-switch events outside every episode. Renders nothing if there is none.
#[component]
fn UnmatchedEvents<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The events, newest first.
    events: &'a [KillSwitchEvent],
) -> impl IntoView + use<> {
    (!events.is_empty()).then(|| {
        let rows = events
            .iter()
            .map(|event| view! { <UnmatchedRow ctx event /> })
            .collect_view();
        let head = view! {
            <HeaderCell class="c-time" label="Time" />
            <HeaderCell class="c-type" label="Type" />
            <HeaderCell class="c-what" label="What it is" />
            <HeaderCell class="c-by" label="By" />
        };
        view! {
            <section class="sheet" aria-labelledby="strays">
                <header class="result-summary">
                    <h2 id="strays">"Unmatched events"</h2>
                    <p>"Kill-switch events outside every episode, newest first"</p>
                </header>
                <Table class="t-unmatched" caption="Unmatched events" head>{rows}</Table>
            </section>
        }
    })
}

#[component]
fn UnmatchedRow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The event.
    event: &'a KillSwitchEvent,
) -> impl IntoView + use<> {
    let what = match event.signal {
        Signal::Clear => "a clear without an activation",
        Signal::Unreadable => "a toggle that says neither on nor off",
        Signal::Activate(_) => "an activation",
    };
    let row = &event.event;
    view! {
        <tr data-row="">
            <TimeCell ctx at=row.timestamp href=format!("/events/{}", row.id) />
            <td class="c-type"><Stored text=&row.event_type /></td>
            <td class="c-what">{what}</td>
            <td class="c-by"><Stored text=event.actor() /></td>
        </tr>
    }
}
