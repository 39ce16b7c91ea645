//! The algorithm behind a trade as it is now, and who approved it.

use domain::strategy::{Algorithm, Deployment, Promotion};
use domain::time::Timestamp;
use domain::trace::Trace;
use leptos::prelude::*;

use crate::components::detail::card;
use crate::components::facts::{fact, facts, id, optional};
use crate::components::json::{Links, json};
use crate::components::number::amount;
use crate::components::text::{none, stored};
use crate::components::time::{exact, to_the_second};
use crate::model::PageContext;

/// The cards, where the trace names an algorithm.
pub fn cards(ctx: &PageContext, trace: &Trace) -> Vec<AnyView> {
    let Some(named) = trace.algorithm() else {
        return Vec::new();
    };
    let background = &trace.background;
    let Some(known) = &background.algorithm else {
        let text = "The engine’s table of algorithms does not hold the one that the trade names: ";
        let content = view! { <p>{text}{id(named)}</p> }.into_any();
        return vec![card("Its algorithm does not exist", content)];
    };
    let at = trace.decided_at();
    vec![
        card("Algorithm, as it is now", algorithm(ctx, known, trace)),
        card(
            "Approval of the strategy",
            promotions(ctx, &background.promotions, at),
        ),
    ]
}

fn algorithm(ctx: &PageContext, known: &Algorithm, trace: &Trace) -> AnyView {
    let deployments = &trace.background.deployments;
    let rows = vec![
        fact("Name", "", stored(&known.name)),
        fact("Version", "", stored(&known.version)),
        fact("Type", "", stored(&known.kind)),
    ];
    let own = deployments
        .iter()
        .all(|deployed| deployed.parameters.is_none())
        .then(|| parameters("Its own parameters", known.configuration.as_deref()));
    let deployed: Vec<AnyView> = deployments
        .iter()
        .map(|deployed| deployment(ctx, deployed, trace.decided_at()))
        .collect();
    let nowhere = deployments
        .is_empty()
        .then(|| view! { <p class="dim">"No deployment for this user exists."</p> });
    view! {
        <div class="narrow">
            {facts(rows)}
            {own}
            {deployed}
            {nowhere}
        </div>
    }
    .into_any()
}

fn parameters(title: &'static str, text: Option<&str>) -> AnyView {
    let tree = text.map_or_else(none, |text| json(text, Links::None));
    view! { <h3>{title}</h3> {tree} }.into_any()
}

/// A deployment's limits; what changed after the trade may have been another limit then.
fn deployment(ctx: &PageContext, deployed: &Deployment, at: Option<Timestamp>) -> AnyView {
    let changed = at
        .is_some_and(|at| deployed.updated_at > at)
        .then(|| view! { " " <span class="tag warn">"changed since"</span> });
    let state = if deployed.is_active {
        "active"
    } else {
        "not active"
    };
    let rows = vec![
        optional("Name", "", deployed.name.as_ref().map(stored)),
        fact("Owner", "", stored(&deployed.user)),
        fact("State", "", state.into_any()),
        optional(
            "Position limit, AUD",
            "",
            deployed.position_limit.as_ref().map(amount),
        ),
        optional(
            "Daily loss limit, AUD",
            "",
            deployed.daily_loss_limit.as_ref().map(amount),
        ),
        fact(
            "Last change",
            "",
            view! { {exact(ctx, deployed.updated_at)}{changed} }.into_any(),
        ),
    ];
    let own = deployed
        .parameters
        .as_deref()
        .map(|text| parameters("Parameters", Some(text)));
    view! { <h3>"Deployment"</h3> {facts(rows)} {own} }.into_any()
}

/// Those made up to the trade first; what came later says nothing about it.
fn promotions(ctx: &PageContext, all: &[Promotion], at: Option<Timestamp>) -> AnyView {
    let is_later = |moment: Timestamp| at.is_some_and(|at| moment > at);
    let approved = all
        .iter()
        .any(|promotion| promotion.status == "approved" && !is_later(promotion.said_at()));
    let answer = if approved {
        view! { <p>"Approved before this trade."</p> }.into_any()
    } else {
        view! { <p><span class="tag warn">"not approved before this trade"</span></p> }.into_any()
    };
    let (before, after): (Vec<_>, Vec<_>) = all
        .iter()
        .partition(|promotion| !is_later(promotion.created_at));
    let items: Vec<AnyView> = before
        .into_iter()
        .chain(after)
        .map(|promotion| {
            let since = if is_later(promotion.created_at) {
                Some("later than the trade")
            } else if is_later(promotion.said_at()) {
                Some("decided later than the trade")
            } else {
                None
            };
            entry(ctx, promotion, since)
        })
        .collect();
    let list = (!items.is_empty()).then(|| view! { <ul class="entries promotions">{items}</ul> });
    let nothing = all.is_empty().then(
        || view! { <p class="dim">"Nobody ever asked for this algorithm to be promoted."</p> },
    );
    view! { {answer}{list}{nothing} }.into_any()
}

fn entry(ctx: &PageContext, promotion: &Promotion, later: Option<&'static str>) -> AnyView {
    let reviewed = promotion.reviewed_by.clone().map(|by| {
        let at = promotion.reviewed_at.map(|at| to_the_second(ctx, at));
        view! { <p>"Reviewed by "{stored(by)}", "{at}</p> }
    });
    let quote = |words: &Option<String>| {
        let words = words.clone();
        words.map(|words| view! { <blockquote>{stored(words)}</blockquote> })
    };
    view! {
        <li>
            <div class="entry-head">
                <span>
                    {stored(&promotion.from)}
                    " → "
                    {stored(&promotion.to)}
                </span>
                <strong>{stored(&promotion.status)}</strong>
            </div>
            {later.map(|later| view! { <p><span class="tag warn">{later}</span></p> })}
            <p>
                "Asked for by "
                {stored(&promotion.created_by)}
                ", "
                {to_the_second(ctx, promotion.created_at)}
            </p>
            {reviewed}
            {quote(&promotion.notes)}
            {quote(&promotion.rejection_reason)}
        </li>
    }
    .into_any()
}
