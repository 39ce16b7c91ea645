//! What set it off: who and when exactly, what the switches said before, what went on, what it is read
//! against.

use domain::dossier::{PRECEDING, Preceding, PriorState, RiskRule};
use domain::episode::{Episode, KillSwitchEvent, Mechanism, Signal};
use domain::query::Pairs;
use domain::time::Timestamp;
use leptos::prelude::*;

use super::equity::equity;
use crate::components::detail::between;
use crate::components::episode::mechanism_name;
use crate::components::facts::{Fact, fact, facts};
use crate::components::text::{counted, none, stored};
use crate::components::time::{row_time, to_the_second};
use crate::model::{EpisodePage, PageContext};

/// The card.
pub fn card(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    let dossier = &page.dossier;
    let episode = &dossier.episode;
    let at = episode.activated_at();
    let rows = vec![
        fact(
            "Mechanism",
            "",
            mechanism_name(episode.mechanism).into_any(),
        ),
        fact("Activated", "timestamp", row_time(ctx, at)),
        fact("By", "", actor(episode)),
        fact("The switches before", "", before(ctx, &dossier.before)),
        fact(
            "The 15 minutes before",
            "",
            preceding(at, dossier.preceding),
        ),
        rules(ctx, at, dossier.risk_context.rules.as_deref()),
    ];
    view! {
        <section class="card" aria-labelledby="trigger-title">
            <h2 id="trigger-title">"Trigger"</h2>
            {facts(rows)}
            {equity(ctx, at, &dossier.risk_context.equity)}
        </section>
    }
    .into_any()
}

fn actor(episode: &Episode) -> AnyView {
    let first = &episode.first().event;
    let by_hard_stop = first.user_id.is_none() && first.user_email.is_none();
    if by_hard_stop && episode.mechanism == Mechanism::EmergencyStop {
        "the system’s hard stop".into_any()
    } else {
        stored(episode.first().actor())
    }
}

fn before(ctx: &PageContext, before: &PriorState) -> AnyView {
    let last = before.last.as_ref().map_or_else(
        || "No kill-switch event before it.".into_any(),
        |last| said(ctx, last),
    );
    let open: Vec<AnyView> = before
        .open
        .iter()
        .map(|episode| {
            let href = format!("/kill-switch/{}", episode.first().event.id);
            view! {
                <br />
                "Open already: "
                <a href=href>{mechanism_name(episode.mechanism)}</a>
                " since "
                {to_the_second(ctx, episode.activated_at())}
            }
            .into_any()
        })
        .collect();
    view! { {last}{open} }.into_any()
}

/// `Emergency stop, last cleared by admin@example.com, Mon 23 Nov 2026 18:35:29`.
fn said(ctx: &PageContext, event: &KillSwitchEvent) -> AnyView {
    let what = match event.signal {
        Signal::Activate(_) => "activated by ",
        Signal::Clear => "cleared by ",
        Signal::Unreadable => "written unreadably by ",
    };
    let href = format!("/events/{}", event.event.id);
    view! {
        <a href=href>{mechanism_name(event.mechanism)}</a>
        ", last "
        {what}
        {stored(event.actor())}
        ", "
        {to_the_second(ctx, event.event.timestamp)}
    }
    .into_any()
}

/// Each count a link to what it counts.
fn preceding(at: Timestamp, seen: Preceding) -> AnyView {
    // The activation's own microsecond is after it.
    let span = between(at.plus_micros(-PRECEDING), at.plus_micros(-1));
    let events = |kind: &str| span.clone().with("type", kind).link("/events");
    let counts = [
        (
            seen.signals,
            ("signal", "signals"),
            events("ALGORITHM_SIGNAL"),
        ),
        (
            seen.approvals,
            ("approval", "approvals"),
            events("TRADE_APPROVED"),
        ),
        (
            seen.rejections,
            ("rejected attempt", "rejected attempts"),
            events("TRADE_REJECTED"),
        ),
        (
            seen.orders,
            ("order created", "orders created"),
            orders(&span),
        ),
    ];
    let counts: Vec<AnyView> = counts
        .into_iter()
        .map(|(number, noun, href)| {
            view! { <li><a href=href>{counted(number, noun)}</a></li> }.into_any()
        })
        .collect();
    let volatile = seen.volatile.then(|| {
        view! {
            <li><span class="tag warn">"volatile"</span>" a rejection said that limits were halved"</li>
        }
    });
    view! { <ul class="inline">{counts}{volatile}</ul> }.into_any()
}

fn orders(span: &Pairs) -> String {
    span.clone().with("outcome", "executed").link("/trades")
}

/// The dynamic limits in force.
fn rules(ctx: &PageContext, at: Timestamp, rules: Option<&[RiskRule]>) -> Fact {
    let value = match rules {
        None => "The engine’s table of rules cannot be read.".into_any(),
        Some([]) => none(),
        Some(rules) => {
            let items: Vec<AnyView> = rules.iter().map(|known| rule(ctx, at, known)).collect();
            view! { <ul class="rules">{items}</ul> }.into_any()
        }
    };
    fact("Risk rules made before it", "", value)
}

fn rule(ctx: &PageContext, at: Timestamp, rule: &RiskRule) -> AnyView {
    let changed = (rule.updated_at > at).then(|| {
        view! {
            " " <span class="tag warn">"changed since"</span> " "
            <span class="dim">{to_the_second(ctx, rule.updated_at)}</span>
        }
    });
    let value = rule
        .value
        .clone()
        .map(|value| view! { " " <code>{stored(value)}</code> });
    view! {
        <li>
            <strong>{stored(&rule.name)}</strong>
            " "
            <span class="dim">{stored(&rule.rule_type)}</span>
            {value}
            {changed}
        </li>
    }
    .into_any()
}
