//! `/trades`: trade decisions.

use domain::block::BlockKind;
use domain::cursor::CursorKey;
use domain::filter::{DecisionKind, OrderStatus, OutcomeKind};
use domain::order::{OrderBrief, OrderLink};
use domain::trade::TradeDecision;
use leptos::prelude::*;

use crate::components::decision::decision;
use crate::components::facts::id;
use crate::components::list::Shape;
use crate::components::list::columns::{Column, Listed, column, labels, listing};
use crate::components::list::picks::{Field, fixed, open};
use crate::components::list::streamed::{late, streamed_list};
use crate::components::number::{amount, confidence};
use crate::components::outcome::tell;
use crate::components::text::{none, stored, stored_or_none};
use crate::components::time::moment;
use crate::document::Section;
use crate::model::{Frame, Picture, Streamed, TradesPage};

/// The list of trade decisions.
#[must_use]
pub fn trades(frame: &Frame, page: &TradesPage) -> Streamed {
    let of = Listed {
        class: "t-trades",
        caption: "Trade decisions",
        time: "Time",
        href: |row: &TradeDecision| format!("/trades/{}", row.id.print()),
    };
    let table = listing(frame, page, COLUMNS, &of);
    streamed_list(frame, page, &shape(), table)
}

/// What is late of the page: its picture and its facets.
#[must_use]
pub fn trades_late(frame: &Frame, page: &TradesPage, made: &Picture) -> String {
    late(frame, page, &shape(), made)
}

fn shape() -> Shape {
    Shape {
        section: Section::Trades,
        title: "Trade decisions",
        about: "What the agents decided, what the Guard blocked, what was filled",
        noun: ("decision", "decisions"),
        searches: "Search reasons",
        fields: vec![
            open("Asset", "asset"),
            fixed::<DecisionKind>("Decision", "decision"),
            fixed::<OutcomeKind>("Outcome", "outcome"),
            fixed::<OrderStatus>("Order", "order_status"),
            fixed::<BlockKind>("Blocked by", "block_kind"),
            open("Agent", "agent"),
            Field::Confidence,
        ],
        columns: labels(COLUMNS),
    }
}

const COLUMNS: &[Column<TradeDecision>] = &[
    column("decision", "c-decision", "Decision", |_, row| {
        decision(&row.decision)
    }),
    column("asset", "c-asset", "Asset", |_, row| text(&row.asset)),
    column("price", "c-price num", "Price, AUD", |_, row| {
        row.price_at_decision.as_ref().map_or_else(none, amount)
    }),
    column("confidence", "c-conf num", "Confidence", |_, row| {
        confidence(row.confidence_score)
    }),
    column("outcome", "c-outcome", "Outcome", outcome).titled(|row| row.block_reason.clone()),
    column("agent", "c-agent", "Agent", |_, row| text(&row.agent_id)),
    column("reason", "c-reason", "Reason", |_, row| text(&row.reason)),
    column("block_reason", "c-reason", "Blocked because", |_, row| {
        stored_or_none(row.block_reason.as_deref())
    }),
    column("order_status", "c-status", "Order", |_, row| {
        match &row.order {
            OrderLink::None => none(),
            OrderLink::Missing => view! { <span class="odd">"missing"</span> }.into_any(),
            OrderLink::Found(order) => text(&order.status),
        }
    }),
    column("order_side", "c-decision", "Side", |_, row| {
        of_order(row, |order| Some(decision(&order.side)))
    }),
    column(
        "order_quantity",
        "c-quantity num",
        "Ordered, as stored",
        |_, row| of_order(row, |order| Some(amount(&order.quantity))),
    ),
    column("filled_quantity", "c-quantity num", "Filled", |_, row| {
        of_order(row, |order| Some(amount(&order.filled_quantity)))
    }),
    column("fill_price", "c-price num", "Fill price, AUD", |_, row| {
        of_order(row, |order| order.price.as_ref().map(amount))
    }),
    column("filled_at", "c-when", "Filled at", |frame, row| {
        of_order(row, |order| order.filled_at.map(|at| moment(frame, at)))
    }),
    column("order_id", "c-id", "Order id", |_, row| {
        row.execution_order_id.map_or_else(none, id)
    }),
    column("id", "c-id", "Id", |_, row| id(row.id)),
];

fn text(text: &str) -> AnyView {
    stored(text).into_any()
}

/// What an order says, where there is one.
fn of_order(row: &TradeDecision, say: impl Fn(&OrderBrief) -> Option<AnyView>) -> AnyView {
    row.order.found().and_then(say).unwrap_or_else(none)
}

fn outcome(frame: &Frame, row: &TradeDecision) -> AnyView {
    let order = match &row.order {
        OrderLink::None => OrderLink::None,
        OrderLink::Missing => OrderLink::Missing,
        OrderLink::Found(brief) => OrderLink::Found(brief),
    };
    tell(row.outcome(), &order, row.timestamp, frame.now).view()
}
