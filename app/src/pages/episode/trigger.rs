//! The trigger of an episode: who activated it and when, the earlier state of the switches, the activity before it, and
//! the risk rules.

use domain::dossier::{PRECEDING, Preceding, PriorState, RiskRule};
use domain::episode::{Episode, KillSwitchEvent, Mechanism, Signal};
use domain::time::Timestamp;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use super::equity::Equity;
use crate::components::detail::between;
use crate::components::episode::mechanism_name;
use crate::components::facts::{Fact, Facts};
use crate::components::text::{NoValue, Stored, counted};
use crate::components::time::{RowTime, SecondTime};
use crate::model::{EpisodePage, PageContext};

/// The card.
#[component]
pub fn TriggerCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let dossier = &page.dossier;
    let episode = &dossier.episode;
    let risk = &dossier.risk_context;
    let at = episode.activated_at();
    view! {
        <section class="card" aria-labelledby="trigger-title">
            <h2 id="trigger-title">"Trigger"</h2>
            <Facts>
                <Fact label="Mechanism">{mechanism_name(episode.mechanism)}</Fact>
                <Fact label="Activated" column="timestamp"><RowTime ctx at /></Fact>
                <Fact label="By"><Actor episode /></Fact>
                <Fact label="The switches before"><SwitchesBefore ctx before=&dossier.before /></Fact>
                <Fact label="The 15 minutes before"><PrecedingCounts at seen=dossier.preceding /></Fact>
                <Fact label="Risk rules made before it">
                    <RiskRules ctx at rules=risk.rules.as_deref() />
                </Fact>
            </Facts>
            <Equity ctx at path=&risk.equity />
        </section>
    }
}

#[component]
fn Actor<'a>(
    /// The episode.
    episode: &'a Episode,
) -> impl IntoView + use<> {
    let first = &episode.first().event;
    let by_hard_stop = first.user_id.is_none() && first.user_email.is_none();
    if by_hard_stop && episode.mechanism == Mechanism::EmergencyStop {
        Either::Left("the system’s hard stop")
    } else {
        Either::Right(view! { <Stored text=episode.first().actor() /> })
    }
}

/// The last event before the activation, and the stops that were open already.
#[component]
fn SwitchesBefore<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What the switches said.
    before: &'a PriorState,
) -> impl IntoView + use<> {
    let last = match before.last.as_ref() {
        None => Either::Left("No kill-switch event before it."),
        Some(event) => Either::Right(view! { <EventWords ctx event /> }),
    };
    let open = before.open.iter().map(|episode| {
        let href = format!("/kill-switch/{}", episode.first().event.id);
        view! {
            <br />
            "Open already: "
            <a href=href>{mechanism_name(episode.mechanism)}</a>
            " since "
            <SecondTime ctx at=episode.activated_at() />
        }
    });
    view! { {last}{open.collect_view()} }
}

/// `Emergency stop, last cleared by admin@example.com, Mon 23 Nov 2026 18:35:29`.
#[component]
fn EventWords<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The event.
    event: &'a KillSwitchEvent,
) -> impl IntoView + use<> {
    let what = match event.signal {
        Signal::Activate(_) => ", last activated by ",
        Signal::Clear => ", last cleared by ",
        Signal::Unreadable => ", last written unreadably by ",
    };
    let href = format!("/events/{}", event.event.id);
    view! {
        <a href=href>{mechanism_name(event.mechanism)}</a>
        {what}
        <Stored text=event.actor() />
        ", "
        <SecondTime ctx at=event.event.timestamp />
    }
}

/// The activity before the activation. Each count links to its rows.
#[component]
fn PrecedingCounts(
    /// When the stop was activated.
    at: Timestamp,
    /// The counts.
    seen: Preceding,
) -> impl IntoView {
    // The activation's own microsecond is after it.
    let span = between(at.plus_micros(-PRECEDING), at.plus_micros(-1));
    let events = |kind: &str| span.clone().with("type", kind).link("/events");
    let orders = span.clone().with("outcome", "executed").link("/trades");
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
        (seen.orders, ("order created", "orders created"), orders),
    ];
    let counts = counts
        .map(|(number, noun, href)| view! { <li><a href=href>{counted(number, noun)}</a></li> });
    let volatile = seen.volatile.then(|| {
        view! {
            <li><span class="tag warn">"volatile"</span>" a rejection said that limits were halved"</li>
        }
    });
    view! { <ul class="inline">{counts}{volatile}</ul> }
}

/// The dynamic limits in force.
#[component]
fn RiskRules<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// When the stop was activated.
    at: Timestamp,
    /// The rules; none where they cannot be read.
    rules: Option<&'a [RiskRule]>,
) -> impl IntoView + use<> {
    match rules {
        None => EitherOf3::A("The engine’s table of rules cannot be read."),
        Some([]) => EitherOf3::B(view! { <NoValue /> }),
        Some(rules) => {
            let items = rules
                .iter()
                .map(|rule| view! { <RiskRuleItem ctx at rule /> });
            EitherOf3::C(view! { <ul class="rules">{items.collect_view()}</ul> })
        }
    }
}

#[component]
fn RiskRuleItem<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// When the stop was activated.
    at: Timestamp,
    /// The rule.
    rule: &'a RiskRule,
) -> impl IntoView + use<> {
    let changed = (rule.updated_at > at).then(|| {
        view! {
            " " <span class="tag warn">"changed since"</span> " "
            <span class="dim"><SecondTime ctx at=rule.updated_at /></span>
        }
    });
    let value = rule.value.as_ref();
    let value = value.map(|text| view! { " " <code><Stored text /></code> });
    view! {
        <li>
            <strong><Stored text=&rule.name /></strong>
            " "
            <span class="dim"><Stored text=&rule.rule_type /></span>
            {value}
            {changed}
        </li>
    }
}
