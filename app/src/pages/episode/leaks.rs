//! Leaked trades, and what was already under way.

use domain::dossier::{Kind, TimelineEntry};
use domain::episode::Episode;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::words::{algorithm, cell, csv, number, trade, value};
use crate::components::icon::{Icon, icon};
use crate::components::list::table::{header, sideways, table};
use crate::components::text::{counted, grouped, none, short_id, stored};
use crate::components::time::{distance, timestamp};
use crate::components::visible::visible;
use crate::model::{EpisodePage, PageContext};

/// The card of the leaks.
pub fn card(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    let dossier = &page.dossier;
    let leaks = &dossier.leaks;
    let rows: Vec<AnyView> = leaks
        .entries
        .iter()
        .map(|leak| row(ctx, &dossier.episode, leak))
        .collect();
    let body = if rows.is_empty() {
        let open = dossier.episode.cleared().is_none();
        let said = match (dossier.effect.leaked(), open) {
            (true, _) => "The leaked trades could not be listed in time; the CSV has them.",
            (false, true) => "None so far: no approval was given and no order was created.",
            (false, false) => {
                "Nothing: between activation and clear no approval was given and no order created."
            }
        };
        view! { <p>{said}</p> }.into_any()
    } else {
        sideways(table("t-leaks", "Leaked trades", head(), rows))
    };
    view! {
        <section class="card" aria-labelledby="leaks-title">
            <header class="card-head">
                <h2 id="leaks-title">"Leaked trades"</h2>
                {listed(page)}
            </header>
            {body}
        </section>
    }
    .into_any()
}

/// How many of how many, where that is not all.
fn listed(page: &EpisodePage) -> Option<AnyView> {
    let leaks = &page.dossier.leaks;
    let effect = page.dossier.effect;
    leaks.more.then(|| {
        let all = effect.leaked_approvals + effect.leaked_orders;
        view! {
            <p>
                "The first " {grouped(leaks.entries.len() as u64)} " of " {grouped(all)} ". The "
                <a href=csv(&page.dossier.episode, "leaks") download="">"CSV"</a>
                " has all."
            </p>
        }
        .into_any()
    })
}

fn head() -> Vec<AnyView> {
    vec![
        header("c-after num", "After"),
        header("c-kind", "What"),
        header("c-trade", "Trade"),
        header("c-quantity num", "Quantity"),
        header("c-value num", "Value, AUD"),
        header("c-algorithm", "Algorithm"),
        header("c-by", "User"),
        header("c-then", "Result"),
    ]
}

fn row(ctx: &PageContext, episode: &Episode, leak: &TimelineEntry) -> AnyView {
    let after = distance(episode.activated_at(), leak.at);
    let shown = leak.at.full_in(ctx.zone);
    let (what, after) = if leak.kind.is_event() {
        let href = format!("/events/{}", leak.id);
        let link = view! { <a class="row-link" href=href title=shown>{after}</a> };
        ("Approval", link.into_any())
    } else {
        (
            "Order",
            view! { <span title=shown>{after}</span> }.into_any(),
        )
    };
    let dim = leak.is_second.then_some("second");
    view! {
        <tr data-row=leak.kind.is_event().then_some("") class=dim>
            <td class="c-after num">{after}</td>
            <td class="c-kind"><strong>{what}</strong></td>
            <td class="c-trade">{trade(leak)}</td>
            <td class="c-quantity num">{number(leak.quantity.as_deref())}</td>
            <td class="c-value num">{value(leak)}</td>
            <td class="c-algorithm">{algorithm(leak)}</td>
            <td class="c-by">{cell(leak.user.as_ref())}</td>
            <td class="c-then">{then(episode, leak)}</td>
        </tr>
    }
    .into_any()
}

/// What became of it; an approval that was the first check of its trade says nothing.
fn then(episode: &Episode, leak: &TimelineEntry) -> Option<AnyView> {
    if leak.kind.is_event() {
        return leak
            .is_second
            .then(|| view! { <span class="dim">"second check"</span> }.into_any());
    }
    let status = leak.status.as_deref().unwrap_or_default();
    let told = |spec: Icon, words: &'static str| {
        let reason = leak
            .reason
            .as_deref()
            .map(|reason| visible(reason).into_owned());
        view! { <span class="out quiet" title=reason>{icon(spec)}{words}</span> }.into_any()
    };
    Some(match (leak.filled_at, status) {
        (Some(at), _) => filled(episode, leak, at, status == "partial"),
        (None, "pending") => told(Icon::Ring, "not submitted"),
        (None, "submitted") => told(Icon::Ring, "submitted, not filled"),
        (None, "cancelled") => told(Icon::Dash, "cancelled"),
        (None, "failed") => told(Icon::Cross, "failed"),
        (None, "") => none(),
        (None, other) => stored(other),
    })
}

/// How long after its creation the order was filled.
fn filled(episode: &Episode, order: &TimelineEntry, at: Timestamp, in_part: bool) -> AnyView {
    let words = if in_part {
        "filled in part "
    } else {
        "filled "
    };
    let late = episode.cleared_at().is_some_and(|clear| at >= clear);
    let late = late.then_some(", after the clear");
    let waited = distance(order.created_at.unwrap_or(order.at), at);
    let waited = waited.trim_start_matches('+').to_owned();
    view! { <span class="out plain">{icon(Icon::Dot)}{words}{waited}" later"{late}</span> }
        .into_any()
}

/// Orders that were made before and filled inside, where there are any.
pub fn in_flight(ctx: &PageContext, page: &EpisodePage) -> Option<AnyView> {
    let leaks = &page.dossier.leaks;
    let episode = &page.dossier.episode;
    if leaks.in_flight.is_empty() {
        return None;
    }
    let head = vec![
        header("c-time", "Created"),
        header("c-kind", "Order"),
        header("c-trade", "Trade"),
        header("c-quantity num", "Quantity"),
        header("c-value num", "Filled for, AUD"),
        header("c-algorithm", "Algorithm"),
        header("c-by", "User"),
        header("c-then", "Result"),
    ];
    let rows = leaks
        .in_flight
        .iter()
        .map(|order| in_flight_row(ctx, episode, order))
        .collect();
    let count = counted(leaks.in_flight.len() as u64, ("order", "orders"));
    let count = if leaks.more_in_flight {
        format!("The first {count}")
    } else {
        count
    };
    Some(
        view! {
            <section class="card" aria-labelledby="in-flight-title">
                <header class="card-head">
                    <h2 id="in-flight-title">"Already under way when it began: not leaks"</h2>
                    <p>{count} ", created before and filled inside"</p>
                </header>
                {sideways(table("t-flight", "Orders already under way", head, rows))}
            </section>
        }
        .into_any(),
    )
}

fn in_flight_row(ctx: &PageContext, episode: &Episode, order: &TimelineEntry) -> AnyView {
    let begin = episode.activated_at();
    let created = order
        .created_at
        .or((order.kind == Kind::Created).then_some(order.at))
        .map_or_else(none, |at| timestamp(ctx, at));
    let filled = order.filled_at.unwrap_or(order.at);
    view! {
        <tr>
            <td class="c-time">{created}</td>
            <td class="c-kind"><code title=order.id.to_string()>{short_id(&order.id)}</code></td>
            <td class="c-trade">{trade(order)}</td>
            <td class="c-quantity num">{number(order.quantity.as_deref())}</td>
            <td class="c-value num">{number(order.value.as_deref())}</td>
            <td class="c-algorithm">{algorithm(order)}</td>
            <td class="c-by">{cell(order.user.as_ref())}</td>
            <td class="c-then">"filled " {distance(begin, filled)}</td>
        </tr>
    }
    .into_any()
}
