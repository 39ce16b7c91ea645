//! Why a trade was made, in two or three sentences.

use domain::details::TradeDetails;
use domain::time::Timestamp;
use domain::trace::{Gap, NoOrder, Trace};
use leptos::prelude::*;

use super::words::apart;
use crate::components::decision::decision;
use crate::components::number::{amount, spelled_confidence};
use crate::components::text::{brief, stored};

/// Reasons are cut here; the step has the whole.
const MOST: usize = 240;

/// The answer.
pub fn answer(trace: &Trace) -> AnyView {
    let because = trace
        .decision
        .as_ref()
        .map(|part| part.row.decision.reason.clone())
        .filter(|reason| !reason.is_empty())
        .map(|reason| view! { " Its reason: “"{brief(reason, MOST)}"”" });
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
            |algorithm| stored(&algorithm.name),
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
    view! { {stored(&part.row.decision.agent_id)}" decided "{what}"." }.into_any()
}

fn verdict(trace: &Trace) -> Option<AnyView> {
    let refused = trace.rejection.as_ref().or(trace.rejection_error.as_ref());
    let times = match trace.checks.len() {
        0 => None,
        1 => Some("The Guard approved it once"),
        _ => Some("The Guard approved it twice"),
    };
    let said = match (times, refused) {
        (Some(times), None) => view! { {times}". " }.into_any(),
        (times, Some(part)) => {
            let but = times.map_or("The Guard rejected it".to_owned(), |times| {
                format!("{times}, then rejected it")
            });
            let words = TradeDetails::of(&part.row).reason.map_or_else(
                || ". ".into_any(),
                |words| view! { ": “"{brief(words, MOST)}"” " }.into_any(),
            );
            view! { {but}{words} }.into_any()
        }
        (None, None) if trace.order.is_some() => "No check by the Guard was found. ".into_any(),
        (None, None) => return None,
    };
    Some(said)
}

/// How it ended.
fn end(trace: &Trace) -> Option<AnyView> {
    let Some(part) = &trace.order else {
        let gap = |wanted| trace.gaps().contains(&Gap::Order(wanted));
        return if gap(NoOrder::Missing) {
            Some("The order that it names does not exist.".into_any())
        } else if gap(NoOrder::Unnamed) {
            Some("An order is said to have been submitted, and not which.".into_any())
        } else {
            None
        };
    };
    let order = &part.row;
    let Some(at) = order.brief.filled_at else {
        let status = stored(&order.brief.status);
        return Some(view! { "Its order is not filled; it says “"{status}"”." }.into_any());
    };
    let price = order.brief.price.as_ref().map(amount);
    let price = price.map(|price| view! { " at AUD "{price} });
    let after = beginning(trace).map(|(began, what)| {
        let micros = at.micros_since(began);
        let word = if micros < 0 { "before" } else { "after" };
        format!(", {} {word} {what}", apart(micros))
    });
    Some(
        view! {
            {amount(&order.brief.filled_quantity)}
            " "
            {stored(&order.coin_type)}
            " were filled"
            {price}
            {after}
            "."
        }
        .into_any(),
    )
}

/// The signal's time, else the decision's.
fn beginning(trace: &Trace) -> Option<(Timestamp, &'static str)> {
    let signal = trace.signal.as_ref();
    let decision = trace.decision.as_ref();
    signal
        .map(|part| (part.row.timestamp, "the signal"))
        .or_else(|| decision.map(|part| (part.row.decision.timestamp, "the decision")))
}
