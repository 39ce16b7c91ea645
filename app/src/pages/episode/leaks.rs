//! Leaked trades, and orders that were in flight when the stop began.

use domain::dossier::{Kind, TimelineEntry};
use domain::episode::Episode;
use domain::time::Timestamp;
use domain::wire::Icon;
use leptos::either::{Either, EitherOf5};
use leptos::prelude::*;

use super::words::{
    AlgorithmName, CellText, EntryTrade, EntryValue, NumberOrNone, TradeHeaders, csv,
};
use crate::components::icon::Mark;
use crate::components::list::table::{HeaderCell, HorizontalScroll, Table};
use crate::components::text::{NoValue, OrNone, Stored, counted, grouped, short_id};
use crate::components::time::{TableTime, distance};
use crate::components::visible::visible;
use crate::model::{EpisodePage, PageContext};

/// The card of the leaks.
#[component]
pub fn LeaksCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let dossier = &page.dossier;
    let entries = &dossier.leaks.entries;
    let body = if entries.is_empty() {
        let is_open = dossier.episode.cleared().is_none();
        let said = match (dossier.effect.leaked(), is_open) {
            (true, _) => "The leaked trades could not be listed in time; the CSV has them.",
            (false, true) => "None so far: no approval was given and no order was created.",
            (false, false) => {
                "Nothing: between activation and clear no approval was given and no order created."
            }
        };
        Either::Left(view! { <p>{said}</p> })
    } else {
        let rows = entries
            .iter()
            .map(|leak| view! { <LeakRow ctx episode=&dossier.episode leak /> })
            .collect_view();
        let head = view! { <LeakHeaders /> };
        Either::Right(view! {
            <HorizontalScroll><Table class="t-leaks" caption="Leaked trades" head>{rows}</Table></HorizontalScroll>
        })
    };
    view! {
        <section class="card" aria-labelledby="leaks-title">
            <header class="card-head">
                <h2 id="leaks-title">"Leaked trades"</h2>
                <ListedOfAll page />
            </header>
            {body}
        </section>
    }
}

/// How many of how many are listed. Renders nothing if all are.
#[component]
fn ListedOfAll<'a>(
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let leaks = &page.dossier.leaks;
    let effect = page.dossier.effect;
    leaks.more.then(|| {
        let listed = grouped(leaks.entries.len() as u64);
        let all = grouped(effect.leaked_approvals + effect.leaked_orders);
        view! {
            <p>
                {format!("The first {listed} of {all}. The ")}
                <a href=csv(&page.dossier.episode, "leaks") download="">"CSV"</a>
                " has all."
            </p>
        }
    })
}

#[component]
fn LeakHeaders() -> impl IntoView {
    view! {
        <TradeHeaders />
        <HeaderCell class="c-by" label="User" />
        <HeaderCell class="c-then" label="Result" />
    }
}

#[component]
fn LeakRow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
    /// What slipped through.
    leak: &'a TimelineEntry,
) -> impl IntoView + use<> {
    let is_event = leak.kind.is_event();
    let after = distance(episode.activated_at(), leak.at);
    let shown = leak.at.full_in(ctx.zone);
    let (what, after) = if is_event {
        let href = format!("/events/{}", leak.id);
        let link = view! { <a class="row-link" href=href title=shown>{after}</a> };
        ("Approval", Either::Left(link))
    } else {
        let text = view! { <span title=shown>{after}</span> };
        ("Order", Either::Right(text))
    };
    view! {
        <tr data-row=is_event.then_some("") class=leak.is_second.then_some("second")>
            <td class="c-after num">{after}</td>
            <td class="c-kind"><strong>{what}</strong></td>
            <td class="c-trade"><EntryTrade entry=leak /></td>
            <td class="c-quantity num"><NumberOrNone text=leak.quantity.as_deref() /></td>
            <td class="c-value num"><EntryValue entry=leak /></td>
            <td class="c-algorithm"><AlgorithmName entry=leak /></td>
            <td class="c-by"><CellText text=leak.user.as_deref() /></td>
            <td class="c-then"><LeakResult episode leak /></td>
        </tr>
    }
}

/// The leak's outcome; empty for the first check of a trade.
#[component]
fn LeakResult<'a>(
    /// The episode.
    episode: &'a Episode,
    /// What slipped through.
    leak: &'a TimelineEntry,
) -> impl IntoView + use<> {
    if leak.kind.is_event() {
        let second = leak.is_second;
        return EitherOf5::A(second.then(|| view! { <span class="dim">"second check"</span> }));
    }
    let status = leak.status.as_deref().unwrap_or_default();
    if let Some(at) = leak.filled_at {
        let in_part = status == "partial";
        return EitherOf5::B(view! { <FilledAfter episode order=leak at in_part /> });
    }
    let (icon, words) = match status {
        "pending" => (Icon::Ring, "not submitted"),
        "submitted" => (Icon::Ring, "submitted, not filled"),
        "cancelled" => (Icon::Dash, "cancelled"),
        "failed" => (Icon::Cross, "failed"),
        "" => return EitherOf5::C(view! { <NoValue /> }),
        other => return EitherOf5::D(view! { <Stored text=other /> }),
    };
    let reason = leak.reason.as_deref();
    let reason = reason.map(|reason| visible(reason).into_owned());
    EitherOf5::E(view! { <span class="out quiet" title=reason><Mark icon />{words}</span> })
}

/// How long after its creation the order was filled.
#[component]
fn FilledAfter<'a>(
    /// The episode.
    episode: &'a Episode,
    /// The order.
    order: &'a TimelineEntry,
    /// When it was filled.
    at: Timestamp,
    /// Whether it was filled only in part.
    in_part: bool,
) -> impl IntoView + use<> {
    let words = if in_part { "filled in part" } else { "filled" };
    let is_late = episode.cleared_at().is_some_and(|clear| at >= clear);
    let late = if is_late { ", after the clear" } else { "" };
    let waited = distance(order.created_at.unwrap_or(order.at), at);
    let waited = waited.trim_start_matches('+');
    let text = format!("{words} {waited} later{late}");
    view! { <span class="out plain"><Mark icon=Icon::Dot />{text}</span> }
}

/// Orders that were made before and filled inside. Renders nothing if there is none.
#[component]
pub fn InFlightCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let leaks = &page.dossier.leaks;
    let episode = &page.dossier.episode;
    if leaks.in_flight.is_empty() {
        return None;
    }
    let head = view! {
        <HeaderCell class="c-time" label="Created" />
        <HeaderCell class="c-kind" label="Order" />
        <HeaderCell class="c-trade" label="Trade" />
        <HeaderCell class="c-quantity num" label="Quantity" />
        <HeaderCell class="c-value num" label="Filled for, AUD" />
        <HeaderCell class="c-algorithm" label="Algorithm" />
        <HeaderCell class="c-by" label="User" />
        <HeaderCell class="c-then" label="Result" />
    };
    let rows = leaks
        .in_flight
        .iter()
        .map(|order| view! { <InFlightRow ctx episode order /> })
        .collect_view();
    let count = counted(leaks.in_flight.len() as u64, ("order", "orders"));
    let first = if leaks.more_in_flight {
        "The first "
    } else {
        ""
    };
    Some(view! {
        <section class="card" aria-labelledby="in-flight-title">
            <header class="card-head">
                <h2 id="in-flight-title">"Already under way when it began: not leaks"</h2>
                <p>{format!("{first}{count}, created before and filled inside")}</p>
            </header>
            <HorizontalScroll>
                <Table class="t-in-flight" caption="Orders already under way" head>{rows}</Table>
            </HorizontalScroll>
        </section>
    })
}

#[component]
fn InFlightRow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
    /// The order.
    order: &'a TimelineEntry,
) -> impl IntoView + use<> {
    let created = order
        .created_at
        .or((order.kind == Kind::Created).then_some(order.at))
        .map(|at| view! { <TableTime ctx at /> });
    let filled = order.filled_at.unwrap_or(order.at);
    let filled = format!("filled {}", distance(episode.activated_at(), filled));
    view! {
        <tr>
            <td class="c-time"><OrNone view=created /></td>
            <td class="c-kind"><code title=order.id.to_string()>{short_id(&order.id)}</code></td>
            <td class="c-trade"><EntryTrade entry=order /></td>
            <td class="c-quantity num"><NumberOrNone text=order.quantity.as_deref() /></td>
            <td class="c-value num"><NumberOrNone text=order.value.as_deref() /></td>
            <td class="c-algorithm"><AlgorithmName entry=order /></td>
            <td class="c-by"><CellText text=order.user.as_deref() /></td>
            <td class="c-then">{filled}</td>
        </tr>
    }
}
