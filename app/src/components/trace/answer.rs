//! Why a trade was made, in two or three sentences.

use domain::details::TradeDetails;
use domain::trace::Trace;
use leptos::prelude::*;

use crate::components::decision::decision;
use crate::components::number::{amount, spelled, spelled_confidence};
use crate::components::text::{brief, stored};
use crate::components::time::distance;

/// Reasons are cut here; the step has the whole.
const MOST: usize = 240;

/// The answer.
pub fn answer(trace: &Trace) -> AnyView {
    let because = trace
        .decision
        .as_ref()
        .map(|part| part.row.decision.reason.clone())
        .filter(|reason| !reason.is_empty())
        .map(|reason| view! { " Its reason: “"{brief(reason, MOST)}"”." });
    view! { <p class="answer">{wanted(trace)}{because}" "{verdict(trace)}{end(trace)}</p> }
        .into_any()
}

/// Who wanted what.
fn wanted(trace: &Trace) -> AnyView {
    let side = trace.side().map(|side| decision(&side));
    let coin = trace.coin().map(stored);
    let what = view! { {side}" "{coin} };
    let algorithm = trace.background.algorithm.as_ref();
    if let Some(part) = &trace.signal {
        let who = algorithm.map_or_else(
            || "An algorithm".into_any(),
            |algorithm| stored(algorithm.name.clone()).into_any(),
        );
        let details = TradeDetails::of(&part.row);
        let sure = details
            .confidence
            .as_deref()
            .map(|score| view! { ", confidence "{spelled_confidence(score)} });
        return view! { {who}" signalled "{what}{sure}"." }.into_any();
    }
    let Some(part) = &trace.decision else {
        return view! { "Nothing says who wanted "{what}"." }.into_any();
    };
    view! { {stored(part.row.decision.agent_id.clone())}" decided "{what}"." }.into_any()
}

fn verdict(trace: &Trace) -> AnyView {
    let refused = trace.rejection.as_ref().or(trace.rejection_error.as_ref());
    let times = match trace.checks.len() {
        0 => None,
        1 => Some("The Guard approved it once"),
        _ => Some("The Guard approved it twice"),
    };
    match (times, refused) {
        (Some(times), None) => view! { {times}". " }.into_any(),
        (times, Some(part)) => {
            let but = times.map_or("The Guard rejected it".to_owned(), |times| {
                format!("{times}, then rejected it")
            });
            let words = TradeDetails::of(&part.row).reason;
            let words = words.map(|words| view! { ": “"{brief(words, MOST)}"”" });
            view! { {but}{words}". " }.into_any()
        }
        (None, None) if trace.order.is_some() => "No check by the Guard was found. ".into_any(),
        (None, None) => ().into_any(),
    }
}

/// How it ended.
fn end(trace: &Trace) -> Option<AnyView> {
    let order = &trace.order.as_ref()?.row;
    let Some(at) = order.brief.filled_at else {
        let status = stored(order.brief.status.clone());
        return Some(view! { "Its order is not filled; it says “"{status}"”." }.into_any());
    };
    let price = order
        .brief
        .price
        .as_ref()
        .map(|price| view! { " at AUD "{spelled(price.as_str())} });
    let began = trace
        .signal
        .as_ref()
        .map(|part| (part.row.timestamp, "the signal"))
        .or_else(|| {
            let decision = &trace.decision.as_ref()?.row.decision;
            Some((decision.timestamp, "the decision"))
        });
    let after = began.map(|(began, what)| format!(", {} from {what}", distance(began, at)));
    Some(
        view! {
            {amount(&order.brief.filled_quantity)}
            " "
            {stored(order.coin_type.clone())}
            " were filled"
            {price}
            {after}
            "."
        }
        .into_any(),
    )
}
