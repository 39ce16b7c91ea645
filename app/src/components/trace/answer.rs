//! The trace's summary: two or three sentences about why the trade was made.

use domain::details::TradeDetails;
use domain::time::Timestamp;
use domain::trace::{Gap, NoOrder, Trace};
use leptos::either::{Either, EitherOf3, EitherOf4};
use leptos::prelude::*;

use super::words::apart;
use crate::components::decision::DecisionTag;
use crate::components::number::{AmountValue, SpelledConfidence};
use crate::components::text::{Brief, Stored};

/// Reasons are truncated to this length; the step shows them in full.
const MOST: usize = 240;

/// The summary.
#[component]
pub fn Answer<'a>(
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let decision = trace.decision.as_ref().map(|part| &part.row.decision);
    let reason = decision.map(|decision| decision.reason.as_str());
    let because = reason
        .filter(|reason| !reason.is_empty())
        .map(|text| view! { " Its reason: “"<Brief text most=MOST />"”" });
    view! {
        <p class="trace-summary">
            <Wanted trace />
            {because}
            " "
            <GuardVerdict trace />
            <Ending trace />
        </p>
    }
}

/// Who signalled or decided what.
#[component]
fn Wanted<'a>(
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let what = view! { <SideAndCoin trace /> };
    if let Some(part) = &trace.signal {
        let algorithm = trace.background.algorithm.as_ref();
        let who = match algorithm {
            None => Either::Left("An algorithm"),
            Some(algorithm) => Either::Right(view! { <Stored text=&algorithm.name /> }),
        };
        let details = TradeDetails::of(&part.row);
        let sure = details.confidence.as_deref();
        let sure = sure.map(|text| view! { ", confidence "<SpelledConfidence text /> });
        return EitherOf3::A(view! { {who}" signalled "{what}{sure}"." });
    }
    match &trace.decision {
        None => EitherOf3::B(view! { "Nothing says who wanted "{what}"." }),
        Some(part) => EitherOf3::C(view! {
            <Stored text=&part.row.decision.agent_id />
            " decided "
            {what}
            "."
        }),
    }
}

/// `BUY BTC`.
#[component]
fn SideAndCoin<'a>(
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let side = trace.side();
    let side = side.map(|side| view! { <DecisionTag word=&side /> });
    let coin = trace.coin().map(|text| view! { <Stored text /> });
    view! { {side}" "{coin} }
}

/// The Guard's approvals and rejection. Renders nothing if no check was required.
#[component]
fn GuardVerdict<'a>(
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let refused = trace.rejection.as_ref().or(trace.rejection_error.as_ref());
    let times = match trace.checks.len() {
        0 => None,
        1 => Some("The Guard approved it once"),
        _ => Some("The Guard approved it twice"),
    };
    match (times, refused) {
        (Some(times), None) => EitherOf4::A(format!("{times}. ")),
        (times, Some(part)) => {
            let but = times.map_or("The Guard rejected it".to_owned(), |times| {
                format!("{times}, then rejected it")
            });
            EitherOf4::B(match TradeDetails::of(&part.row).reason.as_deref() {
                None => Either::Left(format!("{but}. ")),
                Some(text) => Either::Right(view! {
                    {format!("{but}: “")}
                    <Brief text most=MOST />
                    "” "
                }),
            })
        }
        (None, None) if trace.order.is_some() => EitherOf4::C("No check by the Guard was found. "),
        (None, None) => EitherOf4::D(()),
    }
}

/// The order's result. Renders nothing if no order was required.
#[component]
fn Ending<'a>(
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let Some(part) = &trace.order else {
        let gaps = trace.gaps();
        let words = if gaps.contains(&Gap::Order(NoOrder::Missing)) {
            "The order that it names does not exist."
        } else if gaps.contains(&Gap::Order(NoOrder::Unnamed)) {
            "An order is said to have been submitted, and not which."
        } else {
            return EitherOf4::A(());
        };
        return EitherOf4::B(words);
    };
    let order = &part.row;
    let Some(at) = order.brief.filled_at else {
        return EitherOf4::C(view! {
            "Its order is not filled; it says “"
            <Stored text=&order.brief.status />
            "”."
        });
    };
    let price = order.brief.price.as_ref();
    let price = price.map(|amount| view! { " at AUD "<AmountValue amount /> });
    let after = beginning(trace).map(|(began, what)| {
        let micros = at.micros_since(began);
        let word = if micros < 0 { "before" } else { "after" };
        format!(", {} {word} {what}", apart(micros))
    });
    EitherOf4::D(view! {
        <AmountValue amount=&order.brief.filled_quantity />
        " "
        <Stored text=&order.coin_type />
        " were filled"
        {price}
        {format!("{}.", after.unwrap_or_default())}
    })
}

/// The signal's time, else the decision's.
fn beginning(trace: &Trace) -> Option<(Timestamp, &'static str)> {
    let signal = trace.signal.as_ref();
    let decision = trace.decision.as_ref();
    signal
        .map(|part| (part.row.timestamp, "the signal"))
        .or_else(|| decision.map(|part| (part.row.decision.timestamp, "the decision")))
}
