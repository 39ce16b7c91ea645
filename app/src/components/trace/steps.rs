//! The steps of a trace: signal, checks, decision, order, execution, position, and those that are missing.

use domain::amount::Amount;
use domain::block::BlockKind;
use domain::details::TradeDetails;
use domain::event::Event;
use domain::order::{Order, OrderLink};
use domain::trace::{Gap, NoOrder, Part, RowId, Trace};
use domain::trade::Outcome;
use domain::wire::{Icon, Tone};
use leptos::either::Either;
use leptos::prelude::*;

use super::step::TraceStep;
use crate::components::decision::DecisionTag;
use crate::components::number::{AmountValue, Confidence, SpelledConfidence, SpelledNumber};
use crate::components::outcome::outcome_label;
use crate::components::text::Stored;
use crate::components::time::ExactTime;
use crate::model::PageContext;

const DONE: (Tone, Icon) = (Tone::Ok, Icon::Dot);

/// Every step, in the order of a trade.
pub fn steps(ctx: &PageContext, trace: &Trace) -> Vec<TraceStep> {
    let gaps = trace.gaps();
    let gap = |wanted: Gap| gaps.contains(&wanted).then(|| missing(trace, wanted));
    let refused = || rejection(trace);
    let mut steps: Vec<TraceStep> = Vec::new();
    steps.extend(
        trace
            .signal
            .as_ref()
            .map(signal)
            .or_else(|| gap(Gap::Signal)),
    );
    match trace.checks.first() {
        Some(first) => steps.push(check(first, "First check", "approval")),
        None => steps.extend(refused().or_else(|| gap(Gap::Verdict))),
    }
    steps.extend(decided(trace).or_else(|| gap(Gap::Decision)));
    if let Some(part) = &trace.order {
        steps.push(ordered(part));
    } else {
        let no_order = gaps.iter().find(|gap| matches!(gap, Gap::Order(_)));
        steps.extend(no_order.map(|gap| missing(trace, *gap)));
    }
    match trace.checks.get(1) {
        Some(second) => steps.push(check(second, "Second check", "approval")),
        None if trace.checks.is_empty() => {}
        None => steps.extend(refused().or_else(|| gap(Gap::SecondCheck))),
    }
    if let Some(part) = &trace.order {
        steps.push(execution(ctx, &part.row));
        steps.push(position(ctx, trace, &part.row));
    }
    steps
}

/// `▲ BUY 0.0103398700 BTC`.
#[component]
fn TradeWords<'a>(
    /// Its side.
    side: Option<&'a str>,
    /// Its quantity as some json spells it.
    #[prop(optional_no_strip)]
    quantity: Option<&'a str>,
    /// Its coin.
    coin: Option<&'a str>,
) -> impl IntoView + use<> {
    let side = side.map(|word| view! { <DecisionTag word /> });
    let coin = coin.map(|text| view! { <Stored text /> });
    view! { {side}" "{spelled(quantity)}" "{coin} }
}

/// A number as some json spells it, where there is one.
fn spelled(text: Option<&str>) -> Option<impl IntoView + use<>> {
    text.map(|text| view! { <SpelledNumber text /> })
}

/// An amount, where there is one.
fn amount(amount: Option<&Amount>) -> Option<impl IntoView + use<>> {
    amount.map(|amount| view! { <AmountValue amount /> })
}

fn signal(part: &Part<Event>) -> TraceStep {
    let details = TradeDetails::of(&part.row);
    let side = details.side.as_deref();
    let (quantity, coin) = (details.quantity.as_deref(), details.coin.as_deref());
    let confidence = details.confidence.as_deref();
    let confidence = confidence.map(|text| view! { <SpelledConfidence text /> });
    TraceStep::new("Signal", DONE, view! { <TradeWords side quantity coin /> })
        .at(Some(part.row.timestamp))
        .value("Confidence", confidence)
        .value("Market price, AUD", spelled(details.price.as_deref()))
        .raw("signal", RowId::Event(part.row.id), &part.link)
}

fn check(part: &Part<Event>, title: &'static str, raw: &'static str) -> TraceStep {
    let details = TradeDetails::of(&part.row);
    TraceStep::new(title, DONE, "Approved by the Guard")
        .at(Some(part.row.timestamp))
        .value("Quantity", spelled(details.quantity.as_deref()))
        .value("Estimated price, AUD", spelled(details.price.as_deref()))
        .value("Trade value, AUD", spelled(details.value.as_deref()))
        .raw(raw, RowId::Event(part.row.id), &part.link)
}

/// The Guard's rejection. A rejection by the kill switch consists of two rows.
fn rejection(trace: &Trace) -> Option<TraceStep> {
    let part = trace
        .rejection
        .as_ref()
        .or(trace.rejection_error.as_ref())?;
    let details = TradeDetails::of(&part.row);
    let kind = details.reason.as_deref().map(BlockKind::of);
    let what = kind.map_or_else(
        || "Rejected by the Guard".to_owned(),
        |kind| format!("Rejected by the Guard: {}", kind.label()),
    );
    let title = if trace.checks.is_empty() {
        "Check"
    } else {
        "Second check"
    };
    let mut step = TraceStep::new(title, (Tone::Stop, Icon::Square), what)
        .at(Some(part.row.timestamp))
        .value("Quantity", spelled(details.quantity.as_deref()))
        .quote(details.reason)
        .raw("rejection", RowId::Event(part.row.id), &part.link);
    if let (Some(_), Some(error)) = (&trace.rejection, &trace.rejection_error) {
        step = step.raw("its error row", RowId::Event(error.row.id), &error.link);
    }
    Some(step)
}

fn decided(trace: &Trace) -> Option<TraceStep> {
    let part = trace.decision.as_ref()?;
    let row = &part.row.decision;
    let look = match row.outcome() {
        Outcome::Executed => DONE,
        Outcome::Blocked(_) => (Tone::Stop, Icon::Square),
        Outcome::BlockedYetExecuted(_) => (Tone::Leak, Icon::Alert),
        Outcome::NoOrder => (Tone::Quiet, Icon::Dash),
        Outcome::Pending => (Tone::Warn, Icon::Ring),
    };
    let (side, coin) = (Some(row.decision.as_str()), Some(row.asset.as_str()));
    let what = view! { <TradeWords side coin /> };
    let confidence = view! { <Confidence score=row.confidence_score /> };
    let agent = view! { <Stored text=&row.agent_id /> };
    Some(
        TraceStep::new("Decision", look, what)
            .at(Some(row.timestamp))
            .value("Price, AUD", amount(row.price_at_decision.as_ref()))
            .value("Confidence", Some(confidence))
            .value("Agent", Some(agent))
            .quote(Some(row.reason.clone()))
            .raw("decision", RowId::Decision(row.id), &part.link),
    )
}

fn ordered(part: &Part<Order>) -> TraceStep {
    let order = &part.row;
    let brief = &order.brief;
    let (side, coin) = (Some(brief.side.as_str()), Some(order.coin_type.as_str()));
    let what = view! { <TradeWords side coin /> };
    // In paper trading a market buy is for an amount of AUD, and no column says whether an order is a paper order.
    let quantity = if brief.side == "buy" && order.order_type == "market" {
        "Quantity; on paper, AUD"
    } else {
        "Quantity"
    };
    let whose = order.user_email.clone();
    let whose = whose.unwrap_or_else(|| order.user_id.to_string());
    TraceStep::new("Order", DONE, what)
        .at(Some(order.created_at))
        .value(quantity, amount(Some(&brief.quantity)))
        .value("Type", Some(view! { <Stored text=&order.order_type /> }))
        .value("User", Some(view! { <Stored text=whose /> }))
        .raw("order", RowId::Order(order.id), &part.link)
}

/// The order's outcome, worded as in the lists.
fn execution(ctx: &PageContext, order: &Order) -> TraceStep {
    let brief = &order.brief;
    let link = OrderLink::Found(brief.status.as_str());
    let told = outcome_label(Outcome::Executed, link, order.created_at, ctx.now);
    let some = |filled: &Amount| filled.decimal().is_none_or(|filled| !filled.is_zero());
    let filled = some(&brief.filled_quantity);
    let what = if filled {
        Either::Left(view! {
            {format!("{}: ", told.short)}
            <AmountValue amount=&brief.filled_quantity />
            " "
            <Stored text=&order.coin_type />
        })
    } else {
        Either::Right(told.short.clone())
    };
    let mut step = if brief.filled_at.is_none() && told.tone != Tone::Stop {
        TraceStep::missing("Execution", told.tone, what)
    } else {
        TraceStep::new("Execution", (told.tone, told.mark), what)
    };
    if !told.more.is_empty() {
        step = step.note(told.more.clone());
    }
    let sent = order.submitted_at.map(|at| view! { <ExactTime ctx at /> });
    step.at(brief.filled_at)
        .value("Price, AUD", amount(brief.price.as_ref()))
        .value(
            "Value, AUD",
            worth(brief.price.as_ref(), &brief.filled_quantity),
        )
        .value("Status", Some(view! { <Stored text=&brief.status /> }))
        .value("Sent", sent)
        .quote(order.error_message.clone())
}

/// Price times quantity, where both are numbers.
fn worth(price: Option<&Amount>, quantity: &Amount) -> Option<impl IntoView + use<>> {
    let product = price?.decimal()?.checked_mul(quantity.decimal()?)?;
    spelled(Some(&product.normalize().to_string()))
}

fn position(ctx: &PageContext, trace: &Trace, order: &Order) -> TraceStep {
    let coin = view! { <Stored text=&order.coin_type /> };
    let Some(held) = &trace.background.position else {
        let what = view! { "No row of "{coin}" now" };
        return TraceStep::missing("Position", Tone::Quiet, what);
    };
    let what = view! { "Now "<AmountValue amount=&held.quantity />" "{coin} };
    let changed = view! { <ExactTime ctx at=held.updated_at /> };
    TraceStep::new("Position", (Tone::Quiet, Icon::Dot), what)
        .value("Average price, AUD", amount(Some(&held.average_price)))
        .value("Cost, AUD", amount(Some(&held.total_cost)))
        .value("Last change", Some(changed))
        .note("As it is now, after every trade since: what was held then is nowhere stored.")
}

/// A missing step. A step that leaked past a check has a more severe tone than one that is merely unknown.
fn missing(trace: &Trace, gap: Gap) -> TraceStep {
    let has_order = trace.order.is_some();
    match gap {
        Gap::Signal => TraceStep::missing("Signal", Tone::Quiet, "No signal was found")
            .note("Only algorithms that the executor runs write signals; a hold writes none."),
        Gap::Verdict if has_order => {
            TraceStep::missing("Check", Tone::Leak, "No approval was found")
                .note("The order exists, and nothing near it says that the Guard let it pass.")
        }
        Gap::Verdict => TraceStep::missing("Check", Tone::Warn, "No check by the Guard was found"),
        Gap::Decision => TraceStep::missing("Decision", Tone::Warn, "No decision was found"),
        Gap::SecondCheck => {
            TraceStep::missing("Second check", Tone::Warn, "No second check was found")
                .note("The Guard checks an algorithm’s trade again before it is executed.")
        }
        Gap::Order(NoOrder::Missing) => {
            TraceStep::missing("Order", Tone::Leak, "The order does not exist")
                .note("The decision names an order that the engine’s table does not hold.")
        }
        Gap::Order(NoOrder::Unnamed) => {
            TraceStep::missing("Order", Tone::Leak, "No order is named")
                .note("The decision says that an order was submitted and does not say which.")
        }
        Gap::Order(NoOrder::Stopped) => {
            TraceStep::missing("Order", Tone::Quiet, "No order, as it should be")
                .note("The Guard stopped the trade before one was made.")
        }
        Gap::Order(NoOrder::NotFound) => {
            TraceStep::missing("Order", Tone::Warn, "No order was found")
        }
    }
}
